"""The command certificate, and the certificates that grant writes: read by others, and whole or not there."""

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from click.testing import Result
from PIL import Image

from registry.bootstrap import open_registry
from registry.settings import read_settings
from tests.registry.cli.conftest import SCHEME, call, done
from verifier.certificate import Link, parse_link, parse_token
from verifier.number import group_number

TO = ("--body", "odc-uno", "--edition", "demo-2026")


def code_of(path: Path) -> str:
    """What zxing-cpp reads in a file, a PDF drawn at 150 dots per inch."""
    if path.suffix == ".pdf":
        with pypdfium2.PdfDocument(path) as document:
            image: Image.Image = document[0].render(scale=150 / 72).to_pil()
    else:
        image = Image.open(BytesIO(path.read_bytes()))
    (found,) = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
    return str(found.text)


def text_of(path: Path) -> str:
    with pypdfium2.PdfDocument(path) as document:
        return " ".join(str(document[0].get_textpage().get_text_range()).split())


def issued(folder: Path, number: str) -> bytes:
    """The token that the registry issued last."""
    with open_registry(read_settings(folder)) as attesto:
        numbered, _ = attesto.registry.certification(number)
        token, _ = attesto.registry.document(numbered.certification)
    return token


@pytest.mark.parametrize("form", ["pdf", "png"])
def test_the_code_of_the_file_is_the_link_with_the_issued_token(
    form: str, folder: Path, number: str, tmp_path: Path
) -> None:
    out = tmp_path / f"certificate.{form}"

    answer = done("certificate", folder, group_number(number), "--out", out)

    assert answer == {"number": number, "revision": 1, "newest_revision": 1, "file": str(out)}
    assert code_of(out).startswith(f"https://cli.example/V/{number}#")
    assert parse_link(code_of(out)) == Link(number, issued(folder, number))


def test_the_code_alone_can_be_had_as_svg(folder: Path, number: str, tmp_path: Path) -> None:
    out = tmp_path / "code.SVG"

    done("certificate", folder, number, "--out", out)

    assert out.read_bytes().startswith(b'<svg xmlns="http://www.w3.org/2000/svg" width="36mm" height="36mm" ')


def test_the_page_shows_what_was_granted_and_nothing_of_the_case(folder: Path, number: str, tmp_path: Path) -> None:
    out = tmp_path / "certificate.pdf"
    claims = parse_token(issued(folder, number)).claims

    done("certificate", folder, number, "--out", out)

    text = text_of(out)
    assert group_number(number) in text
    assert claims.name in text
    assert f"year of birth {claims.birth_year}" in text
    assert "OdC Uno https://odc-uno.example" in text
    assert "Schema dimostrativo Sportello Aurora, edizione 2026" in text
    assert "n. 1, Accredia ISO/IEC 17024:2012" in text
    assert f"open cli.example e digitare il numero / and type the number {group_number(number)}" in text
    assert not [word for word in ("DE-0", "ES-", "FO-", "DEL-2026", "ESA-2026", "AUR-") if word in text]


def test_no_accreditation_is_shown_for_a_scheme_that_it_does_not_cover(folder: Path, people: Path) -> None:
    done("body", "add", folder, "odc-due", "--name", "OdC Due", "--website", "https://odc-due.example")
    done("body", "accredit", folder, "odc-due", "--scheme", "another", "--number", "77Z", "--source", "letter")
    to = ("--body", "odc-due", "--edition", "demo-2026", "--unaccredited")
    (first, *_) = done("grant", folder, people, *to)["granted"]
    out = folder / "certificate.pdf"

    done("certificate", folder, first["number"], "--out", out)

    assert "OdC Due" in text_of(out)
    assert "77Z" not in text_of(out)
    assert "accredit" not in text_of(out)


def test_of_the_birth_the_page_shows_what_the_edition_says(folder: Path, people: Path) -> None:
    scheme = json.loads(SCHEME.read_text(encoding="utf-8"))
    row = "Ada Rossi,02/03/1991,Forlì,addetto,,ES-1,,DE-1,DEL-1,ESA-1,domanda esperienza,"
    people.write_text(people.read_text(encoding="utf-8").splitlines()[0] + f"\n{row}R-7\n", encoding="utf-8")
    texts = {}

    for shown in ("nothing", "year", "date_and_place"):
        slug = f"prova-{shown[:4]}"
        # Joined to those before it, as editions that grant on the same days must be.
        origins = ["demo-2026", *(f"prova-{name[:4]}" for name in texts)]
        transition = {"from": origins, "until": scheme["rules"]["open_until"]}
        rules = scheme["rules"] | {"birth_shown": shown, "transition": transition}
        file = folder / f"{slug}.json"
        file.write_text(json.dumps(scheme | {"slug": slug, "rules": rules}), encoding="utf-8")
        done("scheme", "publish", folder, file)
        (made,) = done("grant", folder, people, "--body", "odc-uno", "--edition", slug)["granted"]
        done("certificate", folder, made["number"], "--out", folder / f"{slug}.pdf")
        texts[shown] = text_of(folder / f"{slug}.pdf")

    assert {shown for shown, text in texts.items() if "1991" in text} == {"year", "date_and_place"}
    assert {shown for shown, text in texts.items() if "2 marzo 1991, Forlì" in text} == {"date_and_place"}


def test_an_earlier_revision_can_be_had_and_comes_out_as_it_was(folder: Path, number: str, tmp_path: Path) -> None:
    before, after, newest = (tmp_path / f"{name}.pdf" for name in ("before", "after", "newest"))
    done("certificate", folder, number, "--out", before)
    done("reissue", folder, number, "--decision", "DEL-2")

    earlier = call("certificate", folder, number, "--out", after, "--revision", 1)
    done("certificate", folder, number, "--out", newest)

    assert earlier.stdout == f"{group_number(number)}, revision 1; the newest is 2: {after}\n"
    assert after.read_bytes() == before.read_bytes()
    assert "revision 2" in text_of(newest)
    assert code_of(newest) != code_of(before)


def test_the_same_document_gives_the_same_bytes_each_time(folder: Path, number: str, tmp_path: Path) -> None:
    out = tmp_path / "certificate.pdf"
    done("certificate", folder, number, "--out", out)
    first = out.read_bytes()

    done("certificate", folder, number, "--out", out)

    assert out.read_bytes() == first


REFUSED: dict[str, tuple[Callable[[str, Path], tuple[object, ...]], int, str]] = {
    "another form": (lambda n, p: (n, "--out", p / "a.doc"), 2, "a.doc ends in none of .pdf, .svg, .png"),
    "no form": (lambda n, p: (n, "--out", p / "pdf"), 2, "pdf ends in none of .pdf, .svg, .png"),
    "no such revision": (lambda n, p: (n, "--out", p / "a.pdf", "--revision", 9), 2, "has no document of revision 9"),
    "no such number": (lambda n, p: ("0000-0000-00000", "--out", p / "a.pdf"), 2, "no certification with number"),
    "no number": (lambda n, p: ("ABC", "--out", p / "a.pdf"), 2, "a number has 13 symbols, this one has 3"),
    "no such folder": (lambda n, p: (n, "--out", p / "none" / "a.pdf"), 4, "No such file or directory"),
}


@pytest.mark.parametrize(("arguments", "code", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_written_is_told_and_leaves_nothing(
    arguments: Callable[[str, Path], tuple[object, ...]],
    code: int,
    said: str,
    folder: Path,
    number: str,
    tmp_path: Path,
) -> None:
    place = tmp_path / "out"
    place.mkdir()

    told: Result = call("certificate", folder, *arguments(number, place))

    assert told.exit_code == code
    assert said in told.stderr
    assert list(place.iterdir()) == []


def test_grant_writes_a_certificate_for_everybody(folder: Path, people: Path, tmp_path: Path) -> None:
    place = tmp_path / "certificates"

    granted = done("grant", folder, people, *TO, "--pdf", place)["granted"]

    assert {path.name for path in place.iterdir()} == {f"{row['number']}.pdf" for row in granted}
    assert {parse_link(code_of(path)).number for path in place.iterdir()} == {row["number"] for row in granted}


def test_a_name_that_no_certificate_can_show_is_not_granted(folder: Path, people: Path) -> None:
    rows = [
        "王小明,01/02/1990,,addetto,,ES-1,,DE-1,DEL-1,ESA-1,domanda esperienza,R-8",
        f"{'ক' * 60},01/02/1990,,addetto,,ES-1,,DE-1,DEL-1,ESA-1,domanda esperienza,R-9",
    ]
    people.write_text(people.read_text(encoding="utf-8") + "\n".join(rows) + "\n", encoding="utf-8")

    told = call("grant", folder, people, *TO)

    assert told.exit_code == 1
    assert "line 5, column 'name': '王小明' cannot be printed: no font here has 王 (U+738B)" in told.stderr
    assert "cannot be printed: the name takes 180 bytes, the symbol has room for 1" in told.stderr
    assert "3 of 5 rows hold; nothing was written." in told.stdout
