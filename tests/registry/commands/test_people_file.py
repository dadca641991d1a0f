"""A file of people becomes grants, or says everything that is wrong with it, each with its place."""

import csv
import hmac
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.commands.csv_table import MAX_BYTES, MAX_ROWS, CellProblem
from registry.commands.people_file import FileContext, PeopleFile, format_errors, parse_people
from registry.commands.scheme_file import parse_scheme
from verifier.errors import FormatError

ROOT = Path(__file__).parents[3]
PEOPLE = ROOT / "registry" / "demonstration" / "people.csv"
EDITION = parse_scheme((ROOT / "schemes" / "demo-2026.json").read_bytes())
TODAY = date(2026, 11, 24)
SECRET = bytes(range(32))
HEADER = "name,birth_date,birth_place,profile,effective_on,examiners,trainers,decider,decision,exam,received,reference"
GOOD = [
    "Zoë D'Angelo-Ñandú",
    "24/11/1990",
    "Forlì",
    "addetto",
    "",
    "ES-1 ES-2",
    "FO-1",
    "DE-1",
    "DEL-1",
    "ESA-1",
    "domanda esperienza",
    "R-1",
]
COLUMNS = HEADER.split(",")


def no_emoji(name: str) -> None:
    if any(ord(letter) > 0xFFFF for letter in name):
        raise FormatError("no font has that letter")


def read(data: bytes | str) -> PeopleFile:
    content = data.encode() if isinstance(data, str) else data
    return parse_people(content, FileContext("odc-uno", EDITION, TODAY, no_emoji, SECRET))


def row(**changed: str) -> str:
    cells = [changed.get(name, cell) for name, cell in zip(COLUMNS, GOOD, strict=True)]
    text = StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


def file(*rows: str) -> str:
    return "\r\n".join([HEADER, *(r.strip("\r\n") for r in rows)]) + "\r\n"


def said(people: PeopleFile) -> list[tuple[int, str, str]]:
    return [(problem.line, problem.column, problem.reason) for problem in people.problems]


def test_a_row_becomes_a_grant_with_all_it_says() -> None:
    people = read(file(row(effective_on="2026-12-01")))

    (grant,) = people.commands.values()
    assert people.problems == ()
    assert (grant.body, grant.edition, grant.profile, grant.exam) == ("odc-uno", "demo-2026", "addetto", "ESA-1")
    assert (grant.person.name, grant.person.birth_date) == ("Zoë D'Angelo-Ñandú", date(1990, 11, 24))
    assert (grant.person.birth_place, grant.person.reference) == ("Forlì", "R-1")
    assert (grant.case.decider, grant.case.examiners, grant.case.trainers) == ("DE-1", ("ES-1", "ES-2"), ("FO-1",))
    assert (grant.basis.decision, grant.basis.effective_on, grant.valid_until) == ("DEL-1", date(2026, 12, 1), None)


def test_the_demonstrations_thousand_people_are_all_taken() -> None:
    people = read(PEOPLE.read_bytes())

    assert len(people.commands) == 1000
    assert people.problems == ()


ITALIAN = "Nome e cognome;Data di nascita;Profilo;Esaminatori;Deliberante;Delibera;Esame;Valido fino al"
ENGLISH = "Full name\tBirth date\tProfile\tExaminers\tDecision maker\tDecision\tExam\tLast valid day"


@pytest.mark.parametrize(
    ("header", "mark"), [(ITALIAN, ";"), (ENGLISH, "\t"), (ITALIAN.replace(";", ","), ","), (ENGLISH.upper(), "\t")]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_headers_delimiters_encodings_and_line_ends_of_spreadsheets_are_read(
    header: str, mark: str, encoding: str, end: str
) -> None:
    cells = ["Niccolò Müller", "1990-11-24", "Addetto", "ES-1", "DE-1", "DEL-1", "ESA-1", "23/11/2029"]
    text = f"{header}{end}{mark.join(cells)}{end}"

    people = read(text.encode(encoding))

    (grant,) = people.commands.values()
    assert people.problems == ()
    assert grant.person.name == "Niccolò Müller"
    assert grant.valid_until == date(2029, 11, 23)


def test_a_profile_may_be_named_by_its_title_in_either_language() -> None:
    titles = {p.title[language] for p in EDITION.profiles.values() for language in ("it", "en")}
    for title in titles:
        people = read(file(row(profile=title.upper())))

        assert [EDITION.profiles[g.profile].title for g in people.commands.values()] != []


BAD_ROWS = {
    "no name": (row(name=""), "name", "is empty"),
    "a name of 300 characters": (row(name="A" * 300), "name", "has 300 characters, at most 60 are possible"),
    "a name with a character that nobody sees": (
        row(name="Anna\u202eRossi"),
        "name",
        "characters that cannot be printed",
    ),
    "a name that no font prints": (row(name="Anna 😀"), "name", "cannot be printed: no font has that letter"),
    "a formula": (row(name='=HYPERLINK("http://x")'), "name", "begins like a spreadsheet's formula"),
    "a formula with a plus": (row(birth_place="+1"), "birth_place", "begins like a spreadsheet's formula"),
    "a formula with a minus": (row(trainers="-1"), "trainers", "begins like a spreadsheet's formula"),
    "a formula with an at": (row(reference="@SUM(A1)"), "reference", "begins like a spreadsheet's formula"),
    "a formula after a tab": (row(exam="\t=1"), "exam", "begins like a spreadsheet's formula"),
    "a formula after a carriage return": (row(exam="\r=1"), "exam", "begins like a spreadsheet's formula"),
    "a day that is none": (row(birth_date="31/02/1990"), "birth_date", "is no day like"),
    "a month before the day": (row(birth_date="11/24/1990"), "birth_date", "is no day like"),
    "a year of two digits": (row(birth_date="24/11/90"), "birth_date", "is no day like"),
    "a day in words": (row(effective_on="domani"), "effective_on", "is no day like"),
    "a birth in the future": (row(birth_date="25/11/2026"), "birth_date", "between 1850 and today"),
    "a birth before all registers": (row(birth_date="31/12/1849"), "birth_date", "between 1850 and today"),
    "an unknown profile": (row(profile="capo"), "profile", "is no profile of demo-2026; there are addetto"),
    "no profile": (row(profile=""), "profile", "is empty"),
    "no decision maker": (row(decider=" "), "decider", "is empty"),
    "no decision": (row(decision=""), "decision", "is empty"),
    "no examiner": (row(examiners=""), "examiners", "is empty"),
    "no exam": (row(exam=""), "exam", "is empty"),
    "a reference of 121 characters": (row(reference="R" * 121), "reference", "has 121 characters"),
    "a crowd of examiners": (row(examiners=" ".join(f"E{i}" for i in range(13))), "examiners", "more than 12"),
}


@pytest.mark.parametrize("case", BAD_ROWS)
def test_what_is_wrong_with_a_row_is_named_with_line_column_and_reason(case: str) -> None:
    bad, column, reason = BAD_ROWS[case]

    people = read(file(row(reference="R-0", name="Ada"), bad))

    (problem,) = people.problems
    assert (problem.line, problem.column) == (3, column)
    assert reason in problem.reason
    assert list(people.commands) == [2]


def test_a_problem_shows_the_value_shortened_and_printable() -> None:
    (long,) = read(file(row(name="A" * 300))).problems
    (hidden,) = read(file(row(name="Anna\u202eRossi"))).problems

    assert long.value == "A" * 39 + "…"
    assert hidden.value == "Anna\\u202eRossi"
    assert str(hidden).startswith("line 2, column 'name': 'Anna")


def test_all_problems_of_all_rows_are_named_at_once() -> None:
    people = read(file(row(name="", profile="capo"), row(birth_date="x", reference="R-2")))

    assert [(problem.line, problem.column) for problem in people.problems] == [
        (2, "name"), (2, "profile"), (3, "birth_date"),
    ]  # fmt: skip


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    text = file(row(birth_place="Reggio\nEmilia"), "", row(profile="capo", reference="R-2"))

    (problem,) = read(text).problems

    assert problem.line == text.split("capo", maxsplit=1)[0].count("\n") + 1


REPEATED = {
    "the same row twice": ([row(), row()], "reference", "stands on line 2 already"),
    "the same person without reference": ([row(reference=""), row(reference="")], "name", "stands on line 2 already"),
    "a reference of two persons": ([row(), row(name="Ada")], "reference", "another person's, on line 2"),
}


@pytest.mark.parametrize("case", REPEATED)
def test_what_stands_twice_is_named(case: str) -> None:
    rows, column, reason = REPEATED[case]

    people = read(file(*rows))

    assert (3, column) in [(problem.line, problem.column) for problem in people.problems]
    assert any(reason in problem.reason for problem in people.problems)
    assert list(people.commands) == [2]


def test_one_person_may_be_certified_for_two_profiles() -> None:
    assert read(file(row(), row(profile="referente"))).problems == ()


BAD_FILES: dict[str, tuple[bytes, int, str]] = {
    "an empty file": (b"", 1, "the file is empty"),
    "a file of blank lines": (b"\r\n\r\n", 1, "the file is empty"),
    "a header alone": (f"{HEADER}\n".encode(), 1, "a header and no row"),
    "a workbook": (b"PK\x03\x04rest", 1, "a spreadsheet's own"),
    "an old workbook": (b"\xd0\xcf\x11\xe0rest", 1, "a spreadsheet's own"),
    "UTF-16": (file(row()).encode("utf-16"), 1, "UTF-16"),
    "octets of nothing": (b"name\0", 1, "UTF-16 or no text"),
    "half UTF-8, half Windows": (
        file(row()).encode() + row(name="Niccolò", reference="R-2").encode("cp1252"), 3, "is not UTF-8, though"
    ),
    "UTF-8 with a mark and a Windows letter": (
        b"\xef\xbb\xbf" + file(row(name="Niccolò", birth_place="")).encode("cp1252"), 2, "is not UTF-8, though"
    ),
    "an octet that Windows-1252 has not": (file(row(name="Ni\x81o", birth_place="")).encode("latin-1"), 2, "neither"),
    "a quote that is never closed": (f'{HEADER}\n"Ada,'.encode(), 2, "is not CSV"),
    "a cell without end": (f'{HEADER}\n"{"A" * 200_000}",'.encode(), 2, "is not CSV"),
    "a file without known columns": (b"a,b\n1,2\n", 1, "is no column of this format"),
    "a wrong delimiter": (file(row()).replace(",", "|").encode(), 1, "is no column of this format"),
    "a column too many": (file(row()).replace("exam", "exam,tax_code", 1).encode(), 1, "is no column of this format"),
    "an unknown column below blank lines": (b"\r\n\r\na,b\n1,2\n", 3, "is no column of this format"),
    "a missing column below a blank line": (b"\nname,exam\nAda,E-1\n", 2, "is missing: the file has no such column"),
    "a column twice": (file(row()).replace("birth_place", "nome", 1).encode(), 1, "stands twice, for name"),
    "a missing column": (file(row()).replace("decider", "trainer", 1).encode(), 1, "stands twice, for trainers"),
    "a row too short": (f"{HEADER}\nAda,1990-11-24\n".encode(), 2, "the row has 2 cells, the header has 12"),
    "a delimiter in a value": (file(row().replace("FO-1", "FO-1,FO-2")).encode(), 2, "the row has 13 cells"),
    "a file too large": (b" " * (MAX_BYTES + 1), 1, "over the limit of 16 MiB"),
    "more rows than a file may have": (
        (HEADER + "\n" + "Ada,,,,,,,,,,\n" * (MAX_ROWS + 1)).encode(), MAX_ROWS + 2, "more than 100,000 rows"
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_FILES)
def test_what_is_wrong_with_a_file_is_named_with_its_line(case: str) -> None:
    data, line, reason = BAD_FILES[case]

    people = read(data)

    assert any(problem.line == line and reason in problem.reason for problem in people.problems), said(people)
    assert people.commands == {}


def test_every_missing_column_is_named() -> None:
    people = read("name,exam\nAda,E-1\n")

    assert [problem.column for problem in people.problems] == ["profile", "examiners", "decider", "decision"]


def keys(data: str) -> list[str | None]:
    return [grant.basis.idempotency_key for grant in read(data).commands.values()]


def test_the_same_file_gives_the_same_keys_and_each_row_its_own() -> None:
    text = file(row(), row(profile="referente"), row(reference="", name="Ada"), row(reference="", name="Bea"))

    assert keys(text) == keys(text)
    assert len(set(keys(text))) == 4


def test_a_reference_is_known_again_in_another_file_and_a_person_without_one_is_not() -> None:
    referenced, plain = row(), row(reference="", name="Ada")

    assert keys(file(referenced)) == keys(file(referenced, plain))[:1]
    assert keys(file(plain)) != keys(file(plain, referenced))[:1]


def test_whoever_has_not_the_registrys_secret_makes_no_rows_key() -> None:
    data = "\n".join([HEADER, row()]).encode()
    ours, theirs = (
        parse_people(data, FileContext("odc-uno", EDITION, TODAY, no_emoji, secret)).commands[2].basis.idempotency_key
        for secret in (SECRET, bytes(32))
    )

    # What the row says, by whoever guesses it: edition, reference, profile, decision.
    guessed = b"demo-2026\nR-1\naddetto\nDEL-1"
    assert ours == hmac.new(SECRET, guessed, "sha256").hexdigest()
    assert len({ours, theirs, sha256(guessed).hexdigest()}) == 3


def test_no_key_is_made_of_the_person_alone() -> None:
    assert keys(file(row(name="Ada"))) == keys(file(row(name="Bea")))


def test_the_rows_with_problems_are_written_back_with_their_reasons() -> None:
    people = read("\ufeff" + file(row(), row(name="=1+1", reference="R-2"), row(profile="capo", reference="R-3")))

    written = format_errors(people, [*people.problems, CellProblem(2, "", "", "four eyes")])

    rows = list(csv.reader(StringIO(written.decode("utf-8-sig"))))
    assert rows[0] == [*COLUMNS, "problems"]
    assert [cells[-1].partition(";")[0][:20] for cells in rows[1:]] == [
        "four eyes", "name: begins like a ", "profile: is no profi",
    ]  # fmt: skip
    assert rows[1][:-1] == GOOD
    assert rows[2][0] == "'=1+1", "a formula is written as a text"


@given(st.binary(max_size=300))
def test_no_file_raises(data: bytes) -> None:
    people = read(data)

    assert people.problems
    assert not people.commands


@given(st.lists(st.text(max_size=40), min_size=11, max_size=11))
def test_no_row_raises(cells: Sequence[str]) -> None:
    text = StringIO()
    csv.writer(text).writerows([COLUMNS, cells])

    people = read(text.getvalue().encode("utf-8", "replace"))

    assert people.problems or len(people.commands) == 1
