"""Genuine certificates and forgeries as files: each comes to what its README says, on the day of the gallery."""

import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import Final

import pytest

from tests.gallery.lives import TODAY
from tests.gallery.photographs import WAYS
from verifier.answers import Answer, Means, answer
from verifier.document import FieldOutcome
from verifier.fetch import FolderSource
from verifier.inputs import Input
from verifier.intake.files import read_file
from verifier.intake.reader import Reader
from verifier.page.answer_key import result_key
from verifier.presented import Presented
from verifier.report import Question, Report
from verifier.trust import parse_trust_root

HERE: Final = Path(__file__).parent
NOW: Final = datetime(TODAY.year, TODAY.month, TODAY.day, 11, 0, tzinfo=UTC)
FEWEST: Final = 25


def _listed(kind: str) -> dict[str, str]:
    """The outcome of each file, as the README says it."""
    lines = (HERE / kind / "README.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return {name: outcome for name, outcome, _ in rows[2:]}


GENUINE, FORGED = _listed("genuine"), _listed("forged")


@pytest.fixture(scope="module")
def means(tmp_path_factory: pytest.TempPathFactory) -> Means:
    place = tmp_path_factory.mktemp("gallery")
    with zipfile.ZipFile(HERE / "registry.zip") as archive:
        archive.extractall(place)
    trust = parse_trust_root((place / "trust.json").read_bytes())
    return Means(trust, Question(TODAY, NOW, NOW), {}, FolderSource(place / "public"))


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    """One process for all of them, as one takes in a whole bid."""
    with Reader() as reader:
        yield reader


@pytest.fixture(scope="module")
def genuine(reader: Reader) -> Callable[[str], Input]:
    """What a genuine file presents, read once."""
    return cache(lambda name: _read(reader, name, (HERE / "genuine" / name).read_bytes()))


def _read(reader: Reader, name: str, content: bytes) -> Input:
    """The one thing that a file presents."""
    (one,) = read_file(reader, name, content)
    return one


def _outcome(found: Answer) -> str:
    """What it comes to, as the READMEs write it."""
    if not isinstance(found.report, Report):
        return "bad input"
    differing = {field.name for field in found.fields if field.outcome is FieldOutcome.DIFFERENT}
    if differing:
        return f"differs: {', '.join(sorted(differing))}"
    return "to compare" if found.doubtful else result_key(found.report)


def _sorted(outcome: str) -> str:
    head, colon, fields = outcome.partition(": ")
    return head + colon + ", ".join(sorted(fields.split(", ")))


@pytest.mark.parametrize("kind", ["genuine", "forged"])
def test_every_file_has_its_line_and_every_line_its_file(kind: str) -> None:
    files = {path.name for path in (HERE / kind).iterdir()} - {"README.md"}

    assert files == set(_listed(kind))
    assert len(files) >= FEWEST


@pytest.mark.parametrize("name", GENUINE)
def test_a_genuine_certificate_gets_the_outcome_that_its_readme_names(
    name: str, genuine: Callable[[str], Input], means: Means
) -> None:
    found = answer(genuine(name), means)

    assert _outcome(found) == GENUINE[name]
    if name.endswith(".pdf"):
        # Whatever can be compared was, and agrees.
        assert {field.outcome for field in found.fields} <= {FieldOutcome.SAME, FieldOutcome.NOT_COMPARABLE}
        assert any(field.outcome is FieldOutcome.SAME for field in found.fields)
        assert not found.doubtful


@pytest.mark.parametrize("name", FORGED)
def test_a_forgery_gets_the_outcome_that_its_readme_names(name: str, reader: Reader, means: Means) -> None:
    found = answer(_read(reader, name, (HERE / "forged" / name).read_bytes()), means)

    assert _outcome(found) == _sorted(FORGED[name])
    assert found.exit_code in {2, 3, 4}


def _ways() -> Iterator[tuple[str, str]]:
    """One certificate in every way, and every other one in one of them."""
    first, *others = [name for name in GENUINE if name.endswith(".pdf")]
    yield from ((way, first) for way in WAYS)
    yield from zip(cycle(WAYS), others, strict=False)


@pytest.mark.parametrize(("way", "name"), list(_ways()))
def test_a_genuine_certificate_is_read_whatever_happened_to_the_paper(
    way: str, name: str, genuine: Callable[[str], Input], reader: Reader
) -> None:
    before = genuine(name)

    after = _read(reader, f"{name}.picture", WAYS[way]((HERE / "genuine" / name).read_bytes()))

    assert isinstance(before.presented, Presented)
    assert after.presented == before.presented
