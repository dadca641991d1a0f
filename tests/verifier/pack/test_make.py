"""A pack as a file: archival, tagged, the same bytes each time; no name before the annex. Read by other programs."""

import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.verifier.pack.packs import DAY, TENDER, answers, opened, packed
from tests.verifier.page.translations import compile_translations
from tests.verifier.page.world import NOW, TODAY, World
from verifier.answers import Answer, Means, answer
from verifier.document import Field, FieldOutcome
from verifier.errors import FormatError
from verifier.inputs import Document, Input
from verifier.pack.build import Frame, pack_answers
from verifier.pack.content import Tender
from verifier.pack.words import LANGUAGES
from verifier.presented import Presented
from verifier.report import Kind, Question
from verifier.trust import format_trust_root

pytestmark = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="NO POPPLER: packs were not read by others")
NAME = "Giulia D’Àngelo-Ferrari"


def run(*command: object) -> str:
    return subprocess.run([*map(str, command)], capture_output=True, check=True).stdout.decode()


def pages(pack: bytes, folder: Path) -> list[str]:
    """The text of every page, as poppler reads it, in one line each."""
    (folder / "pack.pdf").write_bytes(pack)
    read = run("pdftotext", "-layout", folder / "pack.pdf", "-")
    return [" ".join(page.split()) for page in read.split("\f")[:-1]]


def test_the_same_answers_give_the_same_bytes(world: World, pack: bytes) -> None:
    given = [
        *answers(world, "active", "suspended", "expired", "withdrawn"),
        *answers(world, "accreditation suspended", "not yet", token=False, bidder="Beta S.r.l."),
    ]

    assert packed(world, given) == pack


def test_names_stand_in_the_annex_alone(pack: bytes, tmp_path: Path) -> None:
    *before, annex = pages(pack, tmp_path)

    assert all(NAME not in page and "Łukasz" not in page for page in before)
    assert "Allegato: nomi" in annex
    assert (annex.count(NAME), annex.count("Łukasz Żółć")) == (3, 1)


def test_the_first_page_says_who_asked_what_came_of_it_and_what_it_rests_on(
    world: World, pack: bytes, tmp_path: Path
) -> None:
    first, *_ = pages(pack, tmp_path)

    for text in (TENDER.committee, TENDER.cig, TENDER.requirement, "15/11/2028", "2029-02-01T11:00:00Z"):
        assert text in first
    assert world.trust.origin in first
    assert world.trust.log_key.key.key_id in first
    assert "Questo file NON è sigillato" in first
    assert "attesto-verify pack FILE.pdf --trust trust.json" in first


def test_each_answer_has_its_line_for_the_espd(world: World, tmp_path: Path) -> None:
    number = world.samples["active"].number

    text = " ".join(pages(packed(world, answers(world, "active"), "en"), tmp_path))

    grouped = f"{number[:4]}-{number[4:8]}-{number[8:]}"
    assert f"URL https://attesto.example/V/{number} · Code {grouped} · Issuer Aurora Certificazioni S.r.l." in text


def test_an_annulment_since_is_shown_as_known_then_and_now(world: World, tmp_path: Path) -> None:
    late = answers(world, "late", kind=Kind.PARTICIPATION)

    text = " ".join(pages(packed(world, late, "en"), tmp_path))

    assert "As known then in force; " in text
    assert "As known now in force; " in text


def test_what_is_amber_says_so_and_what_came_later_is_told(world: World, tmp_path: Path) -> None:
    given = [*answers(world, "overdue", on=TODAY), *answers(world, "ends soon", on=TODAY), *answers(world, "withdrawn")]

    text = " ".join(pages(packed(world, given, "en"), tmp_path))

    assert "In force, maintenance overdue" in text
    assert "In force, a change is decided" in text
    assert "Already recorded for 15/02/2029: Certification withdrawn." in text
    assert "Since then, on 08/01/2029: Certification withdrawn." in text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("due", "and not confirmed yet."),
        ("in grace", "the period of grace is still running."),
        ("overdue", "The body has not decided on it yet."),
        ("late", "A decision was recorded after the day from which it counts."),
        ("past deadline", "The body should have decided on the suspension by"),
    ],
)
def test_what_holds_beside_an_answer_is_printed_with_it(name: str, said: str, world: World, tmp_path: Path) -> None:
    text = " ".join(pages(packed(world, answers(world, name, on=TODAY), "en"), tmp_path))

    assert said in text


def test_it_is_archival_and_accessible_and_has_one_attachment(pack: bytes, tmp_path: Path) -> None:
    (tmp_path / "pack.pdf").write_bytes(pack)

    assert re.search(rb"<pdfaid:part>3</pdfaid:part>\s*<pdfaid:conformance>A</pdfaid:conformance>", pack)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pack
    assert re.search(r"Tagged: +yes", run("pdfinfo", tmp_path / "pack.pdf"))
    assert run("pdfdetach", "-list", tmp_path / "pack.pdf").splitlines() == ["1 embedded files", "1: pack.json"]
    run("pdfdetach", "-save", "1", "-o", tmp_path / "pack.json", tmp_path / "pack.pdf")
    content = json.loads((tmp_path / "pack.json").read_bytes())
    assert [item["number"] for item in content["items"]] == [item.number for item in opened(pack).items]


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_made_in_every_language(language: str, world: World, tmp_path: Path) -> None:
    compile_translations()
    titles = {"it": "Pacchetto di prova", "en": "Evidence pack", "fr": "Dossier de preuve", "de": "Nachweismappe"}

    text = pages(packed(world, answers(world, *world.samples, kind=Kind.EXECUTION), language), tmp_path)

    assert text[0].startswith(titles.get(language, "Expediente de prueba"))


def test_what_is_asked_in_letters_that_no_font_has_is_printed_all_the_same(world: World, tmp_path: Path) -> None:
    tender = Tender("Comitato 株 🙂 \u202eabc", "B1\n2", "“2”", "⚠ x")

    first, *_ = pages(packed(world, answers(world, "active"), tender=tender), tmp_path)

    assert "Comitato ? ? abc" in first
    assert "B1 2" in first


def test_of_an_edited_document_the_annex_alone_says_what_name_it_shows(world: World, tmp_path: Path) -> None:
    fields = (
        Field("name", "Mario Falsario", NAME, FieldOutcome.DIFFERENT),
        Field("profile", "capo", "coordinatore", FieldOutcome.DIFFERENT),
    )
    edited = replace(answers(world, "active")[0], fields=fields)

    *before, annex = pages(packed(world, [edited], "en"), tmp_path)

    text = " ".join(before)
    assert "Altered: the document says something else than the record" in text
    assert "Profile, DIFFERENT. “capo” / “coordinatore”" in text
    assert "Falsario" not in text
    assert "Mario Falsario (DIFFERENT)" in annex


def test_a_document_that_was_not_compared_as_a_whole_is_not_green(world: World, tmp_path: Path) -> None:
    made = answers(world, "active", on=DAY, kind=Kind.PARTICIPATION)[0]
    drawn = replace(made.input, document=Document(("Certificato",), bytes(32), drawn=True))
    same = Field("name", NAME, NAME, FieldOutcome.SAME)
    pack = packed(world, [replace(made, input=drawn, fields=(same,))], "en")

    text = " ".join(pages(pack, tmp_path))

    assert "In force, but look at the page" in text
    assert "To be judged" in text
    assert "Genuine and in force" not in text
    assert opened(pack).items[0].doubtful


def test_of_a_document_whose_code_alone_was_read_the_pack_says_so(world: World, tmp_path: Path) -> None:
    read, *others = answers(world, "active", "withdrawn", "active")
    photo = replace(read, input=replace(read.input, document=Document((), bytes(32))))
    said = "Its code is genuine. What is printed beside it was not compared: go by what is written here."

    text = " ".join(pages(packed(world, [photo, *others], "en"), tmp_path))

    assert text.count(said) == 1
    assert "Genuine and in force" in text
    number = answers(world, "active", token=False)[0]
    listed = replace(number, input=replace(number.input, document=Document((), bytes(32))))
    assert said not in " ".join(pages(packed(world, [listed], "en"), tmp_path))


def test_people_are_counted_once(world: World, tmp_path: Path) -> None:
    first, *_ = pages(packed(world, answers(world, "active", "active", "suspended"), "en"), tmp_path)

    assert re.search(r"Alfa S.p.A. 3 2 [^:]*: 2 0 1", first)


def unanswered(name: str, reason: str, page: int | None = None, row: int | None = None) -> Answer:
    why = FormatError(reason)
    return Answer(Input(name, why, page, row=row, bidder="Beta S.r.l."), why)


@pytest.mark.parametrize(
    ("language", "counted", "title", "line", "damaged"),
    [
        (
            "it",
            "2 Consegnati, senza risposta: vedi l’allegato",
            "Allegato: consegnati, senza risposta",
            "1 elenco.csv – 7 Beta S.r.l. Questa riga non ha un numero.",
            "2 Łukasz.pdf 3 – Beta S.r.l. Non è leggibile: è danneggiato.",
        ),
        (
            "de",
            "2 Eingereicht, ohne Antwort: siehe Anhang",
            "Anhang: eingereicht, ohne Antwort",
            "1 elenco.csv – 7 Beta S.r.l. Diese Zeile hat keine Nummer.",
            "2 Łukasz.pdf 3 – Beta S.r.l. Nicht lesbar: Die Datei ist beschädigt.",
        ),
    ],
)
def test_what_could_not_be_read_is_counted_and_named_in_an_annex(
    language: str, counted: str, title: str, line: str, damaged: str, world: World, tmp_path: Path
) -> None:
    compile_translations()
    left = [unanswered("elenco.csv", "the line has no number", row=7), unanswered("Łukasz.pdf", "it is damaged", 3)]

    first, *others, annex, names = pages(packed(world, [*answers(world, "active"), *left], language), tmp_path)

    assert counted in first
    assert re.search(r"Beta S\.r\.l\. 2 0 – 0 0", first)
    assert annex.startswith(title)
    assert (line in annex, damaged in annex) == (True, True)
    assert all("Łukasz" not in page for page in (first, *others, names))


def test_a_pack_of_what_was_read_whole_has_no_annex_for_what_was_not(pack: bytes, tmp_path: Path) -> None:
    assert not [page for page in pages(pack, tmp_path) if "senza risposta" in page]


@pytest.mark.parametrize("names", [(), ("nothing",)])
def test_a_pack_of_nothing_is_refused(names: tuple[str, ...], world: World) -> None:
    means = Means(world.trust, Question(DAY, NOW, NOW), {}, world.source)
    given = [answer(Input(name, FormatError("nothing to check")), means) for name in names]

    with pytest.raises(FormatError, match="at least one answer"):
        pack_answers(given, Frame(TENDER, "it", format_trust_root(world.trust)), NOW)


def test_a_text_that_is_too_long_is_refused(world: World) -> None:
    means = Means(world.trust, Question(DAY, NOW, NOW), {}, world.source)
    given = [answer(Input("x", Presented(world.samples["active"].number)), means)]

    with pytest.raises(FormatError, match="over the limit of 4000 characters"):
        packed(world, given, tender=Tender("x" * 4001))
