"""The command adopt: certificates of before the registry, from a file that is checked whole before one is taken in."""

import csv
import json
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest

from registry.bootstrap import now
from registry.cli.exits import BAD_INPUT, REFUSED
from tests.registry.cli.conftest import call, done
from verifier.encoding import add_months, format_day, legal_day

TO = ("--body", "odc-uno", "--edition", "demo-2026")
HEADER = "name,birth_date,profile,granted_on,cycle_starts_on,maintained_from,valid_until,former_number,decider,decision"
ROW = "{name},24/11/1990,addetto,{granted},{begun},{maintained},{until},{former},{decider},{decision},{examiners},"


def day(days: int) -> date:
    """So many days before today."""
    return legal_day(now()) - timedelta(days=days)


def row(name: str = "Zoë D'Angelo", reference: str = "", **changes: object) -> str:
    """A certificate of four years ago, renewed a year ago."""
    cells = {
        "granted": f"{day(1460):%d/%m/%Y}", "begun": format_day(day(365)), "maintained": "",
        "until": format_day(day(-700)), "former": "UNO-0117", "decider": "DE-06", "decision": "DEL-9",
        "examiners": "",
    }  # fmt: skip
    return ROW.format(name=name, **(cells | changes)) + reference


@pytest.fixture
def before(tmp_path: Path) -> Path:
    return tmp_path / "before.csv"


def write(path: Path, *rows: str) -> Path:
    path.write_text("\n".join([f"{HEADER},examiners,reference", *rows]) + "\n", encoding="utf-8")
    return path


def entries(folder: Path) -> int:
    return int(done("rebuild", folder)["size"])


def test_every_row_is_adopted_with_the_days_that_it_states(folder: Path, before: Path) -> None:
    write(before, row(), row("Ada Neri", begun="", former="", granted=format_day(day(100))))

    made = done("adopt", folder, before, *TO)

    assert [adopted["line"] for adopted in made["adopted"]] == [2, 3]
    renewed, first = (done("show", folder, adopted["number"], "--personal") for adopted in made["adopted"])
    assert renewed["standing"]["state"] == "active"
    assert "adopted" in renewed["standing"]["conditions"]
    assert [renewed["standing"][name] for name in ("granted_on", "cycle_starts_on", "valid_until")] == [
        format_day(day(1460)), format_day(day(365)), format_day(day(-700)),
    ]  # fmt: skip
    assert renewed["events"][0]["content"]["maintained_from"] == format_day(day(365))
    assert renewed["events"][0]["personal"]["former_number"] == "UNO-0117"
    # What a row leaves out is the day before it.
    assert [first["events"][0]["content"][name] for name in ("cycle_starts_on", "maintained_from")] == [
        format_day(day(100)),
    ] * 2  # fmt: skip


def test_a_file_in_italian_is_read_as_well(folder: Path, before: Path) -> None:
    header = "Nome e cognome;Profilo;Primo rilascio;Scadenza;Numero precedente;Deliberante;Delibera"
    before.write_text(f"{header}\nZoë;addetto;{day(30):%d/%m/%Y};{day(-30):%d/%m/%Y};17;DE-1;DEL-1\n", encoding="utf-8")

    assert len(done("adopt", folder, before, *TO)["adopted"]) == 1


def test_a_dry_run_writes_nothing(folder: Path, before: Path) -> None:
    size = entries(folder)

    told = call("adopt", folder, write(before, row()), *TO, "--dry-run")

    assert told.exit_code == 0
    assert "1 of 1 rows hold; nothing was written. All can be adopted." in told.stdout
    assert entries(folder) == size


def test_every_wrong_row_is_named_and_stops_the_whole_file(folder: Path, before: Path) -> None:
    latest = add_months(day(365), 36) - timedelta(days=1)
    broken: list[tuple[dict[str, str], str, str]] = [
        ({"granted": "31/02/2023"}, "granted_on", "'31/02/2023' is no day like 24/11/2026 or 2026-11-24"),
        ({"granted": ""}, "granted_on", "is empty"),
        ({"until": ""}, "valid_until", "is empty"),
        ({"decider": ""}, "decider", "is empty"),
        ({"name": ""}, "name", "is empty"),
        ({"name": "=1+1"}, "name", "'=1+1' begins like a spreadsheet's formula"),
        ({"until": format_day(day(1))}, "valid_until", "only what is in force is adopted"),
        ({"until": "2999-01-01"}, "valid_until", f"ends with {latest} at the latest by the edition's rule"),
        ({"begun": format_day(day(1461))}, "", "do not follow each other"),
        ({"maintained": format_day(day(-1))}, "", "do not follow each other"),
        ({"decider": "ES-1", "examiners": "ES-1"}, "decider", "ES-1 was examiner or trainer of the case"),
    ]
    rows = [row(**{"name": f"Person {place}", **changes}) for place, (changes, _, _) in enumerate(broken)]
    size = entries(folder)

    told = call("adopt", folder, write(before, row("Ada Neri"), *rows), *TO)

    assert told.exit_code == REFUSED
    lines = told.stderr.splitlines()
    assert len(lines) == len(broken)
    for line, said, (_, column, words) in zip(
        range(3, 3 + len(broken)), sorted(lines, key=_place), broken, strict=True
    ):
        assert said.startswith(f"attesto: line {line}, column {column!r}: " if column else f"attesto: line {line}: ")
        assert words in said
    assert f"1 of {1 + len(broken)} rows hold; nothing was written." in told.stdout
    assert entries(folder) == size


def _place(said: str) -> int:
    return int(said.removeprefix("attesto: line ").replace(":", ",").split(",")[0])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (f"{HEADER}\n".encode(), "the file has a header and no row"),
        (b"name,profile\nAda,addetto\n", "granted_on"),
        (f"{HEADER},exam\n{row()}\n".encode(), "column 'exam': is no column of this format"),
        (b"PK\x03\x04 no text", "the file is a spreadsheet's own"),
    ],
)
def test_a_file_that_is_none_is_told(folder: Path, before: Path, content: bytes, words: str) -> None:
    before.write_bytes(content)

    told = call("adopt", folder, before, *TO)

    assert told.exit_code == BAD_INPUT
    assert words in told.stderr


def test_with_partial_the_rows_that_hold_are_adopted_and_the_others_written_with_their_reasons(
    folder: Path, before: Path, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.csv"

    told = call(
        "adopt", folder, write(before, row(), row("Ada", granted="soon")), *TO, "--partial", "--errors", wrong, "--json"
    )

    assert told.exit_code == REFUSED
    assert [made["line"] for made in json.loads(told.stdout)["adopted"]] == [2]
    (left,) = csv.DictReader(StringIO(wrong.read_text(encoding="utf-8-sig")))
    assert (left["name"], left["problems"]) == ("Ada", "granted_on: is no day like 24/11/2026 or 2026-11-24")


def test_the_same_file_again_adopts_nothing_twice(folder: Path, before: Path) -> None:
    write(before, row(reference="P-1"), row("Ada"))
    first = done("adopt", folder, before, *TO)["adopted"]
    size = entries(folder)

    again = done("adopt", folder, before, *TO)["adopted"]

    assert [made["number"] for made in again] == [made["number"] for made in first]
    assert all(made["repeated"] for made in again)
    assert entries(folder) == size


def test_a_thousand_rows_are_adopted_at_once(folder: Path, before: Path) -> None:
    write(before, *(row(f"Person {place}", former=f"UNO-{place}", reference=f"P-{place}") for place in range(1000)))

    told = call("adopt", folder, before, *TO)

    assert told.exit_code == 0
    assert "1000 adopted, 0 were adopted before, 0 left out." in told.stdout
