"""The command grant: all or nothing, checked before anything is stored, and never twice."""

import csv
import json
import os
import re
import stat
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path

from registry.bootstrap import open_registry
from registry.settings import read_settings
from tests.registry.cli.conftest import PEOPLE, call, done

TO = ("--body", "odc-uno", "--edition", "demo-2026")


def size(folder: Path) -> int:
    return int(done("rebuild", folder)["size"])


def with_rows(people: Path, *rows: str) -> Path:
    people.write_text(people.read_text(encoding="utf-8") + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return people


BROKEN = "Ada,31/02/1990,,capo,,ES-1,,DE-1,DEL-1,ESA-1,domanda esperienza,R-9"
SAME_EYES = "Ada,01/02/1990,,addetto,,DE-1 ES-1,,DE-1,DEL-1,ESA-1,domanda esperienza,R-9"
BACKDATED = "Ada,01/02/1990,,addetto,2026-01-02,ES-1,,DE-1,DEL-1,ESA-1,domanda esperienza,R-9"


def test_every_row_is_granted_with_its_place_in_the_log(folder: Path, people: Path) -> None:
    made = done("grant", folder, people, *TO)

    assert [row["line"] for row in made["granted"]] == [2, 3, 4]
    assert len({row["number"] for row in made["granted"]}) == 3
    assert all(len(row["entries"]) == 2 for row in made["granted"])
    assert made["problems"] == []


def test_a_dry_run_writes_nothing(folder: Path, people: Path) -> None:
    before = size(folder)

    made = done("grant", folder, people, *TO, "--dry-run")

    assert made["granted"] == []
    assert size(folder) == before


def test_one_broken_row_stops_the_whole_file(folder: Path, people: Path) -> None:
    before = size(folder)

    told = call("grant", folder, with_rows(people, BROKEN), *TO)

    assert told.exit_code == 1
    assert "line 5, column 'birth_date': '31/02/1990' is no day" in told.stderr
    assert "line 5, column 'profile': 'capo' is no profile" in told.stderr
    assert "3 of 4 rows hold; nothing was written." in told.stdout
    assert size(folder) == before


def test_what_a_rule_refuses_is_found_before_anything_is_stored(folder: Path, people: Path) -> None:
    before = size(folder)

    told = call("grant", folder, with_rows(people, SAME_EYES, BACKDATED.replace("R-9", "R-8")), *TO)

    assert told.exit_code == 1
    assert (
        "line 5, column 'decider': 'DE-1' is refused: DE-1 was examiner or trainer of the case and may not decide it"
        in told.stderr
    )
    assert (
        "line 6, column 'effective_on': '2026-01-02' is refused: a grant is never effective before it is recorded"
        in told.stderr
    )
    assert size(folder) == before


def test_a_rule_about_a_column_names_it_and_any_other_the_line_alone(folder: Path, people: Path) -> None:
    until = "name,profile,examiners,decider,decision,exam,received,Scadenza\n"
    until += "Ada,addetto,ES-1,DE-1,DEL-1,ESA-1,domanda esperienza,2020-01-01\n"
    people.write_text(until, encoding="utf-8")
    dated = json.loads(call("grant", folder, people, *TO, "--json").stdout)["problems"]
    done("scheme", "close", folder, "demo-2026")
    people.write_text(until.replace(",Scadenza", "").replace(",2020-01-01", ""), encoding="utf-8")

    closed = json.loads(call("grant", folder, people, *TO, "--json").stdout)["problems"]

    assert [(p["line"], p["column"], p["value"]) for p in dated] == [(2, "Scadenza", "2020-01-01")]
    assert [(p["line"], p["column"], p["value"]) for p in closed] == [(2, "", "")]
    assert "takes no new grants" in closed[0]["reason"]


def test_a_person_who_was_erased_is_named_by_the_line_and_nobody_else_suffers(folder: Path, people: Path) -> None:
    done("grant", folder, people, *TO)
    with open_registry(read_settings(folder)) as attesto:
        erased = next(iter(attesto.vault.find_holders("odc-uno", [_reference(people, 3)]).values()))
        attesto.vault.keys.destroy(erased.holder)
    text = people.read_text(encoding="utf-8")
    people.write_text(re.sub(r"DEL-2026-\d+", "DEL-2027-0001", text), encoding="utf-8")
    before = size(folder)

    told = call("grant", folder, people, *TO)
    made = call("grant", folder, people, *TO, "--partial", "--json")

    assert told.exit_code == 1
    assert f"line 3, column 'reference': '{_reference(people, 3)}' is refused: the data key of" in told.stderr
    assert "2 of 3 rows hold; nothing was written." in told.stdout
    assert [row["line"] for row in json.loads(made.stdout)["granted"]] == [2, 4]
    assert size(folder) > before


def _reference(people: Path, line: int) -> str:
    return people.read_text(encoding="utf-8").splitlines()[line - 1].rpartition(",")[2]


def test_with_partial_the_rows_that_hold_are_granted(folder: Path, people: Path) -> None:
    told = call("grant", folder, with_rows(people, BROKEN, SAME_EYES), *TO, "--partial")

    assert told.exit_code == 1
    assert "3 granted, 0 were granted before, 2 left out." in told.stdout


def test_the_rows_left_out_are_written_with_their_reasons(folder: Path, people: Path, tmp_path: Path) -> None:
    errors = tmp_path / "errors.csv"

    call("grant", folder, with_rows(people, BROKEN, SAME_EYES), *TO, "--partial", "--errors", errors)

    header, first, second = csv.reader(StringIO(errors.read_text(encoding="utf-8-sig")))
    assert header[-1] == "problems"
    assert "is no day like" in first[-1]
    assert "may not decide it" in second[-1]


def test_files_that_name_people_are_their_owners_alone(folder: Path, people: Path, tmp_path: Path) -> None:
    errors, prepared, certificates = tmp_path / "errors.csv", tmp_path / "to-sign.json", tmp_path / "certificates"
    errors.touch(mode=0o644)

    done("grant", folder, people, *TO, "--prepare", prepared)
    call("grant", folder, with_rows(people, BROKEN), *TO, "--partial", "--errors", errors, "--pdf", certificates)

    written = [errors, prepared, *certificates.iterdir()]
    assert len(written) == 5
    assert {stat.S_IMODE(path.stat().st_mode) for path in written} == {0o600}
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_the_rows_left_out_go_through_a_pipe_too(folder: Path, people: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with ThreadPoolExecutor() as reader:
        read = reader.submit((tmp_path / "pipe").read_bytes)
        call("grant", folder, with_rows(people, BROKEN), *TO, "--errors", tmp_path / "pipe")

    assert b"is no day like" in read.result()
    assert (tmp_path / "pipe").is_fifo()


def test_the_same_file_again_grants_nothing(folder: Path, people: Path) -> None:
    first = done("grant", folder, people, *TO)["granted"]
    before = size(folder)

    again = done("grant", folder, people, *TO)["granted"]

    assert [(row["number"], row["entries"]) for row in again] == [(row["number"], row["entries"]) for row in first]
    assert all(row["repeated"] for row in again)
    assert size(folder) == before


def test_a_longer_file_grants_only_what_is_new(folder: Path, people: Path) -> None:
    done("grant", folder, people, *TO)

    good = "Ada Rossi,01/02/1990,,addetto,,ES-1,,DE-1,DEL-1,ESA-1,domanda esperienza,R-9"
    made = done("grant", folder, with_rows(people, good), *TO)["granted"]

    assert [row["repeated"] for row in made] == [True, True, True, False]


def test_a_row_that_was_granted_with_another_content_is_refused(folder: Path, people: Path) -> None:
    done("grant", folder, people, *TO)
    text = people.read_text(encoding="utf-8")
    people.write_text(text.replace("Bahía Blanca", "Madrid"), encoding="utf-8")
    before = size(folder)

    told = call("grant", folder, people, *TO)

    assert told.exit_code == 1
    assert "was used for another content" in told.stderr
    assert size(folder) == before


def test_a_file_that_is_none_is_bad_input(folder: Path, people: Path) -> None:
    people.write_bytes(b"PK\x03\x04")

    told = call("grant", folder, people, *TO)

    assert told.exit_code == 2
    assert "a spreadsheet's own" in told.stderr


def test_an_unknown_body_or_edition_is_bad_input(folder: Path, people: Path) -> None:
    body = call("grant", folder, people, "--body", "odc-due", "--edition", "demo-2026")
    edition = call("grant", folder, people, "--body", "odc-uno", "--edition", "demo-1999")

    assert (body.exit_code, body.stderr) == (2, "attesto: no body odc-due is registered here\n")
    assert (edition.exit_code, edition.stderr) == (2, "attesto: no edition demo-1999 is published here\n")


def test_a_body_without_accreditation_grants_only_when_that_is_said(folder: Path, people: Path) -> None:
    done("body", "add", folder, "odc-due", "--name", "OdC Due", "--website", "https://odc-due.example")
    to = ("--body", "odc-due", "--edition", "demo-2026")

    refused = call("grant", folder, people, *to)
    made = done("grant", folder, people, *to, "--unaccredited")

    assert refused.exit_code == 1
    assert "not accredited for scheme demo" in refused.stderr
    assert len(made["granted"]) == 3


def test_a_thousand_people_are_granted_at_once(folder: Path) -> None:
    assert len(done("grant", folder, PEOPLE, *TO)["granted"]) == 1000
