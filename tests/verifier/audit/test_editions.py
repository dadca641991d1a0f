"""An audit holds what the log says of an edition against the scheme file that the log names."""

import json
from pathlib import Path

import pytest

from tests.verifier.story import EDITION_STREAM, OPERATOR, ORIGIN, Story
from verifier.audit.editions import check_scheme_file
from verifier.edition import EditionHistory, edition_history
from verifier.encoding import format_base64url, format_json
from verifier.errors import FormatError, ProofError
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
