"""An audit holds what the log says of an edition against the scheme file that the log names."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from tests.verifier.audit.world import World, following, payload, places, signed, write
from tests.verifier.story import EDITION_STREAM, OPERATOR, ORIGIN, Story
from verifier.audit.editions import check_scheme_file
from verifier.audit.overlap import find_overlaps
from verifier.edition import EditionHistory, edition_history
from verifier.encoding import format_base64url, format_json, parse_json
from verifier.errors import FormatError, ProofError
from verifier.event import REGISTRATION
from verifier.fetch import scheme_path
from verifier.stream import open_stream

FILE = {
    "v": 1,
    "slug": "demo-2026",
    "scheme": "demo",
    "title": {"it": "Dimostrativo", "en": "Demonstration"},
    "rules": {
        "maintenance": {"interval_months": 12, "window_days": 60, "grace_days": 30},
        "recertification": {"gap": {"it": "ignoto", "en": "unknown"}},
        "late_recording_days": 5,
    },
}
RULES = {
    "maintenance": {"interval_months": 12, "window_days": 60, "grace_days": 30},
    "late_recording_days": 5,
    "gaps": {"recertification": {"it": "ignoto", "en": "unknown"}},
}


def published(**changes: object) -> EditionHistory:
    said = {"edition": "demo-2026", "scheme": "demo", "title": FILE["title"], "rules": RULES}
    story = Story()
    story.time()
    sha = format_base64url(bytes(32))
    story.add(EDITION_STREAM, "edition.published", sha256=sha, status_index=0, **(said | changes))
    story.time()
    return edition_history(OPERATOR.public_key, open_stream(story.record(EDITION_STREAM), ORIGIN, OPERATOR.public_key))


def test_an_edition_published_as_its_file_has_it_passes() -> None:
    check_scheme_file(published(), format_json(FILE))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"rules": RULES | {"late_recording_days": 3650}}, "with other rules than the file's"),
        ({"rules": {n: r for n, r in RULES.items() if n != "maintenance"}}, "with other rules than the file's"),
        ({"rules": RULES | {"gaps": {}}}, "with other rules than the file's"),
        ({"rules": RULES | {"recertification": {"window_days": 1, "grace_days": 999}}}, "with other rules"),
        ({"edition": "demo-2027"}, "under another name or title"),
        ({"scheme": "other"}, "under another name or title"),
        ({"title": {"it": "Altro", "en": "Other"}}, "under another name or title"),
    ],
)
def test_an_edition_published_otherwise_than_its_file_is_found(changes: dict[str, object], reason: str) -> None:
    with pytest.raises(ProofError, match=reason):
        check_scheme_file(published(**changes), format_json(FILE))


@pytest.mark.parametrize("content", [b"", b"{}", b'{"rules":[]}', b"nothing"])
def test_a_file_that_is_no_scheme_file_is_refused(content: bytes) -> None:
    with pytest.raises(FormatError):
        check_scheme_file(published(), content)


SCHEMES = sorted((Path(__file__).parents[3] / "schemes").glob("*-*.json"))


@pytest.mark.parametrize("path", SCHEMES, ids=[path.stem for path in SCHEMES])
def test_the_shipped_files_rules_are_of_the_form_that_is_compared(path: Path) -> None:
    file = json.loads(path.read_bytes())
    known = {name: rule for name, rule in file["rules"].items() if not (isinstance(rule, dict) and "gap" in rule)}
    gaps = {name: rule["gap"] for name, rule in file["rules"].items() if name not in known}
    said = {"edition": file["slug"], "scheme": file["scheme"], "title": file["title"]}

    check_scheme_file(published(rules=known | {"gaps": gaps}, **said), path.read_bytes())


PLACE = {"stream": "00000000-0000-4000-8000-000000000009"}


def beside(world: World, rules: dict[str, object], **changes: object) -> tuple[bytes, bytes]:
    """The world's edition published once more under another slug, with some rules changed, and its scheme file."""
    said = payload(world.entries()[places(world, "edition.published")[0]])
    (path,) = (world.public / "scheme").iterdir()
    file = parse_json(path.read_bytes())
    content = format_json(file | {"slug": "altra", "rules": file["rules"] | rules} | changes)
    gaps = {name: rule["gap"] for name, rule in rules.items() if isinstance(rule, dict) and "gap" in rule}
    known = {name: rule for name, rule in (said["rules"] | rules).items() if name not in gaps}
    more = {"edition": "altra", "sha256": format_base64url(sha256(content).digest())}
    more |= {"status_index": world.last_status_index() + 1, "rules": known | {"gaps": said["rules"]["gaps"] | gaps}}
    return signed(world.operator, REGISTRATION, said | PLACE | more), content


def overlaps(world: World, place: Path, entries: list[bytes], content: bytes) -> list[tuple[str, str]]:
    public = world.sign_again(place, [*world.entries(), *entries])
    write(public / scheme_path(sha256(content).digest()), content)
    made = world.audit(public)
    assert {finding.check for finding in made.findings} <= {"scheme"}
    return [(finding.place, finding.reason) for finding in made.findings]


PASSED = {"from": ["demo-2026"], "until": "2030-12-31"}
UNKNOWN = {"gap": {"it": "ignoto", "en": "unknown"}}


@pytest.mark.parametrize(
    ("rules", "days"),
    [
        ({}, "from 2026-01-01 to 2035-12-31"),
        ({"open_until": None}, "from 2026-01-01 to 2035-12-31"),
        ({"open_from": "2035-12-31", "open_until": None}, "from 2035-12-31 to 2035-12-31"),
        ({"open_from": "2036-01-01", "open_until": None}, ""),
        ({"open_from": "2025-01-01", "open_until": "2025-12-31"}, ""),
        ({"transition": PASSED}, ""),
        ({"transition": PASSED | {"from": ["altrove"]}}, "from 2026-01-01 to 2035-12-31"),
        ({"open_from": UNKNOWN}, ""),
        ({"open_until": UNKNOWN}, ""),
    ],
)
def test_an_edition_that_grants_what_another_one_grants_on_the_same_days_is_found(
    world: World, tmp_path: Path, rules: dict[str, object], days: str
) -> None:
    edition, content = beside(world, rules)

    made = overlaps(world, tmp_path / "public", [edition], content)

    profiles = "addetto, analista, coordinatore, direttore, formatore, referente"
    reason = f"edition altra grants {profiles} {days}, as demo-2026 does, and no transition joins them"
    assert made == ([(f"entry {len(world.entries())}", reason)] if days else [])


def test_two_editions_that_nothing_ends_overlap_without_end() -> None:
    rules = RULES | {"open_from": "2026-01-01", "open_until": None}
    editions = [published(rules=rules), published(rules=rules, edition="demo-2027")]

    ((_, reason),) = find_overlaps(editions, {"demo-2026": ["addetto"], "demo-2027": ["addetto", "analista"]})

    assert reason.startswith("edition demo-2027 grants addetto from 2026-01-01 without end, as demo-2026 does")


@pytest.mark.parametrize("changes", [{"scheme": "altro"}, {"profiles": {"palombaro": {}}}])
def test_another_schemes_edition_or_one_of_other_profiles_overlaps_with_nothing(
    world: World, tmp_path: Path, changes: dict[str, object]
) -> None:
    edition, content = beside(world, {}, **changes)
    if "scheme" in changes:
        edition = signed(world.operator, REGISTRATION, payload(edition) | changes)

    assert overlaps(world, tmp_path / "public", [edition], content) == []


@pytest.mark.parametrize("closed_first", [True, False])
def test_an_edition_that_was_closed_before_grants_until_the_day_before(
    world: World, tmp_path: Path, closed_first: bool
) -> None:
    published = world.entries()[places(world, "edition.published")[0]]
    closed = following(world, published, "edition.closed", None)
    edition, content = beside(world, {"open_from": payload(published)["effective_on"]})

    made = overlaps(world, tmp_path / "public", [closed, edition] if closed_first else [edition, closed], content)

    assert len(made) == (0 if closed_first else 1)


def test_a_day_of_an_edition_that_is_none_is_found(world: World, tmp_path: Path) -> None:
    edition, content = beside(world, {"open_from": "soon"})

    assert overlaps(world, tmp_path / "public", [edition], content) == [("the log", "not a day like 2026-11-24")]
