"""Whole scheme files: those of before are read, and those that must fail give the errors that stand beside them."""

from pathlib import Path

import pytest

from registry.commands.scheme_file import SchemeFileError, parse_scheme

FILES = Path(__file__).parent / "scheme_files"
REFUSED = sorted((FILES / "refused").glob("*.json"))
READ = sorted((FILES / "read").glob("*.json"))


@pytest.mark.parametrize("path", REFUSED, ids=lambda path: path.stem)
def test_a_bad_file_gives_its_errors_and_no_others(path: Path) -> None:
    expected = path.with_suffix(".txt").read_text(encoding="utf-8").splitlines()

    with pytest.raises(SchemeFileError) as refusal:
        parse_scheme(path.read_bytes())

    assert [str(problem) for problem in refusal.value.problems] == expected


@pytest.mark.parametrize("path", READ, ids=lambda path: path.stem)
def test_a_file_from_before_transitions_and_checklists_is_read_for_ever(path: Path) -> None:
    edition = parse_scheme(path.read_bytes())

    assert edition.slug == path.stem
    assert (edition.rules.transition, edition.rules.acquisition, edition.rules.maintenance_evidence) == (None,) * 3


def test_there_are_files_of_both_kinds() -> None:
    assert len(REFUSED) >= 8
    assert len(READ) == 2
