import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.signing import sign_jws
from tests.verifier.story import (
    CERTIFICATION,
    EVENTS,
    OPERATOR,
    Story,
    digests,
    told,
)
from verifier.encoding import format_base64url, format_json, parse_instant
from verifier.errors import FormatError
from verifier.event import (
    EVENT,
    REGISTRATION,
    SNAPSHOT,
    TIME,
    TYPES,
    parse_event,
    parse_snapshot,
    parse_time,
    status_leaf,
)
from verifier.jws import check_jws, parse_jws

DOCUMENT = Path(__file__).parents[2] / "docs" / "formats" / "event.md"
HASH = format_base64url(bytes(range(32)))
BEFORE = {"granted_on": "2025-03-10", "cycle_starts_on": "2025-03-10", "maintained_from": "2026-03-10"}
# The own fields of every type, as a genuine event has them.
OWN: dict[str, dict[str, object]] = {
    "certification.granted": {"valid_until": "2029-03-09", "status_index": 2},
    "certification.maintenance_confirmed": {},
    "certification.suspended": {"deadline": "2026-06-01"},
    "certification.reinstated": {},
    "certification.withdrawn": {},
    "certification.relinquished": {},
    "certification.recertified": {"valid_until": "2032-03-09"},
    "certification.adopted": {"valid_until": "2029-03-09", "status_index": 2} | BEFORE,
    "certification.transferred_in": {
        "valid_until": "2029-03-09", "status_index": 2, "origin": "4b5a7a5e-5f0e-4d0c-9d7e-0d6c6f3a1b2c",
        "out_sha256": HASH, "counted_from": "2025-03-10",
    } | BEFORE,
    "certification.maintenance_refused": {},
    "certification.scope_extended": {"scope": ["ascolto", "chat"]},
    "certification.scope_reduced": {"scope": []},
    "certification.suspension_prolonged": {"deadline": "2026-08-01"},
    "certification.annulled": {},
    "certification.transferred_out": {"receiver": "odc-due"},
    "certification.appeal_upheld": {"reverses": 3},
    "certification.corrected": {"corrects": 1},
    "certification.personal_data_erased": {},
    "certificate.issued": {"revision": 1, "token_sha256": HASH},
    "certificate.reissued": {"revision": 2, "token_sha256": HASH},
    "certificate.superseded": {"revision": 1},
    "body.registered": {
        "body": "odc-uno", "name": "OdC", "website": "https://odc.example", "status_index": 1,
        "event_key": {}, "token_key": {}, "recovery_key": {}, "possession": [],
    },
    "accreditation.granted": {
        "scheme": "demo", "source": "s", "number": "1", "accreditation_body": "A", "standard": "S", "wording": "W",
    },
    "accreditation.reduced": {"scheme": "demo", "source": "s", "profiles": ["addetto"]},
    "accreditation.suspended": {"scheme": "demo", "source": "s"},
    "accreditation.restored": {"scheme": "demo", "source": "s"},
    "accreditation.withdrawn": {"scheme": "demo", "source": "s"},
    "key.enrolled": {"purpose": "event", "jwk": {}, "authorisation": "a", "possession": "p"},
    "key.retired": {"key_id": "k", "authorisation": "a"},
    "key.compromised": {"key_id": "k", "authorisation": "a", "from_index": 4},
    "edition.published": {
        "edition": "demo-2026", "scheme": "demo", "title": {}, "sha256": HASH, "status_index": 0, "rules": {},
    },
    "edition.closed": {},
    "edition.withdrawn": {},
}  # fmt: skip


def payload(kind: str = "certification.granted", **changes: object) -> dict[str, object]:
    return Story().payload(CERTIFICATION, kind, **OWN[kind]) | changes


def entry(said: Mapping[str, object], typ: str | None = None) -> bytes:
    typ = typ or TYPES.get(str(said.get("type")), TYPES["certification.granted"]).typ
    return sign_jws(EVENTS if typ == EVENT else OPERATOR, typ, format_json(said))


def without(said: dict[str, object], name: str) -> dict[str, object]:
    return {key: value for key, value in said.items() if key != name}


def test_the_types_are_those_that_the_format_documents() -> None:
    documented = DOCUMENT.read_text(encoding="utf-8")

    # The table names "certificate.issued", ".reissued" in one row.
    missing = [n for n in TYPES if f"`{n}`" not in documented and f"`.{n.partition('.')[2]}`" not in documented]
    assert missing == []
    assert TYPES.keys() == OWN.keys()


def test_every_type_hides_as_many_claims_as_are_documented() -> None:
    documented = {
        "certification.granted": 10,
        "certification.adopted": 9,
        "certification.transferred_in": 6,
        "certification.maintenance_confirmed": 3,
        "certification.maintenance_refused": 3,
        "certification.scope_extended": 3,
        "certification.scope_reduced": 3,
        "certification.suspension_prolonged": 3,
        "certification.annulled": 3,
        "certification.transferred_out": 2,
        "certification.appeal_upheld": 2,
        "certification.corrected": 5,
        "certification.suspended": 3,
        "certification.reinstated": 2,
        "certification.withdrawn": 3,
        "certification.relinquished": 2,
        "certification.recertified": 5,
    }

    assert {name: event_type.digests for name, event_type in TYPES.items() if event_type.digests} == documented


@pytest.mark.parametrize("kind", OWN)
def test_every_type_is_read(kind: str) -> None:
    event = parse_event(entry(payload(kind)))

    assert (event.type, event.stream, event.sequence, event.previous) == (kind, CERTIFICATION, 1, None)
    assert event.effective_on == date(2026, 3, 10)
    assert event.decided_at == datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
    common = {"body", "edition", "profile"} if event.jws.typ == EVENT else set()
    assert event.content.keys() == OWN[kind].keys() | common


@pytest.mark.parametrize("kind", OWN)
def test_a_field_missing_or_too_many_is_refused(kind: str) -> None:
    said = payload(kind)
    for name in said:
        with pytest.raises(FormatError):
            parse_event(entry(without(said, name)))
    with pytest.raises(FormatError, match="missing or too many: name_of_holder"):
        parse_event(entry(said | {"name_of_holder": "Ada"}))


@pytest.mark.parametrize("kind", OWN)
def test_who_must_have_signed_is_said_by_the_type(kind: str) -> None:
    typ = EVENT if kind.startswith("certifica") else REGISTRATION

    check_jws(parse_event(entry(payload(kind), typ)).jws, (EVENTS if typ == EVENT else OPERATOR).public_key)
    for other in {EVENT, REGISTRATION, TIME, SNAPSHOT, "JWT"} - {typ}:
        with pytest.raises(FormatError, match=f"an event {kind} does not travel as"):
            parse_event(entry(payload(kind), other))


def test_the_parsed_fields_have_their_types() -> None:
    granted_event = parse_event(entry(payload()))
    issued = parse_event(entry(payload("certificate.issued")))
    enrolled = parse_event(entry(payload("key.enrolled", jwk={"kty": "OKP"})))
    registered = parse_event(entry(payload("body.registered", possession=["a", "b"])))

    assert granted_event.day("valid_until") == date(2029, 3, 9)
    assert granted_event.integer("status_index") == 2
    assert granted_event.text("profile") == "addetto"
    assert issued.octets("token_sha256") == bytes(range(32))
    assert enrolled.mapping("jwk") == {"kty": "OKP"}
    assert registered.texts("possession") == ["a", "b"]


def test_a_field_of_another_type_is_asked_for_in_vain() -> None:
    event = parse_event(entry(payload()))

    with pytest.raises(FormatError, match="the event has no date deadline"):
        event.day("deadline")
    with pytest.raises(FormatError, match="the event has no str status_index"):
        event.text("status_index")


@pytest.mark.parametrize("kind", ["certification.granted", "certification.withdrawn"])
def test_the_digests_are_those_that_were_signed(kind: str) -> None:
    said = payload(kind)

    assert parse_event(entry(said)).digests == tuple(said["_sd"])  # type: ignore[arg-type]
    assert parse_event(entry(payload("certificate.issued"))).digests == ()


SORTED: list[str] = digests(10)["_sd"]  # type: ignore[assignment]
BAD: dict[str, tuple[str, object, str]] = {
    "no type": ("type", None, "not a text"),
    "an unknown type": ("type", "certification.blessed", "unknown event type 'certification.blessed'"),
    "another version": ("v", 3, "unknown version"),
    "a version of text": ("v", "1", "unknown version"),
    "a version of true": ("v", True, "unknown version"),
    "a log that is no text": ("log", 1, "not a text"),
    "a text of 2,001 characters": ("log", "a" * 2001, "at most 2,000 characters"),
    "an id in upper case": ("id", "AB2D99C4-44AC-4191-A7E9-5C872241F6B8", "spelt in another way"),
    "an id in braces": ("id", "{ab2d99c4-44ac-4191-a7e9-5c872241f6b8}", "spelt in another way"),
    "an id that is none": ("id", "1", "not a UUID"),
    "a stream as URN": ("stream", "urn:uuid:ab2d99c4-44ac-4191-a7e9-5c872241f6b8", "spelt in another way"),
    "a sequence below nought": ("sequence", -1, "not a natural number"),
    "a sequence that is true": ("sequence", True, "not a natural number"),
    "a sequence of text": ("sequence", "1", "not a natural number"),
    "a previous that is no hash": ("previous", format_base64url(bytes(31)), "not a SHA-256 hash"),
    "a previous with padding": ("previous", HASH + "=", "base64url"),
    "a previous of another kind": ("previous", 0, "not a text"),
    "a day that is none": ("effective_on", "2026-02-29", "no such day"),
    "a day in another spelling": ("effective_on", "20260310", "not a day"),
    "a week for a day": ("valid_until", "2026-W11-2", "not a day"),
    "a day that no other follows": ("valid_until", "9999-12-31", "a day after the year 9998"),
    "a day of the last year": ("effective_on", "9999-01-01", "a day after the year 9998"),
    "an instant with an offset": ("decided_at", "2026-03-10T10:00:00+01:00", "not an instant"),
    "an instant past every calendar": ("decided_at", "9999-01-01T00:00:00Z", "outside the years 1970 to 9998"),
    "an instant before every log": ("decided_at", "1969-12-31T23:59:59Z", "outside the years 1970 to 9998"),
    "a body that is no text": ("body", 1, "not a slug"),
    "a body in upper case": ("body", "OdC", "not a slug"),
    "a body with a path": ("body", "../odc", "not a slug"),
    "an empty profile": ("profile", "", "not a slug"),
    "a profile that ends in a hyphen": ("profile", "addetto-", "not a slug"),
    "an edition of 33 characters": ("edition", "a" * 33, "not a slug"),
    "an edition with a newline": ("edition", "demo\n", "not a slug"),
    "a status index below nought": ("status_index", -1, "not a natural number"),
    "too few digests": ("_sd", SORTED[:-1], "10 sorted SHA-256 digests"),
    "too many digests": ("_sd", digests(11)["_sd"], "10 sorted SHA-256 digests"),
    "digests in another order": ("_sd", SORTED[::-1], "10 sorted SHA-256 digests"),
    "a digest twice": ("_sd", sorted([*SORTED[:-1], SORTED[0]]), "10 sorted"),
    "digests that are no list": ("_sd", {}, "not a list"),
    "more than 16 digests": ("_sd", ["a"] * 17, "at most 16 texts"),
    "digests of numbers": ("_sd", [1] * 9, "not a text"),
    "another algorithm of digests": ("_sd_alg", "sha-512", "10 sorted SHA-256 digests"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_field_that_is_not_as_the_format_says_is_refused(case: str) -> None:
    name, value, reason = BAD[case]

    with pytest.raises(FormatError, match=reason):
        parse_event(entry(payload() | {name: value}))


@pytest.mark.parametrize(
    ("kind", "name", "value", "reason"),
    [
        ("certificate.issued", "token_sha256", "", "not a SHA-256 hash"),
        ("key.enrolled", "jwk", [], "not an object"),
        ("key.compromised", "from_index", None, "not a natural number"),
        ("body.registered", "possession", "a", "not a list"),
        ("accreditation.granted", "scheme", "De mo", "not a slug"),
        ("edition.published", "title", None, "not an object"),
    ],
)
def test_an_own_field_that_is_not_as_the_format_says_is_refused(
    kind: str, name: str, value: object, reason: str
) -> None:
    with pytest.raises(FormatError, match=reason):
        parse_event(entry(payload(kind) | {name: value}))


def test_sixteen_digests_and_two_thousand_characters_are_the_most() -> None:
    assert parse_event(entry(payload(log="a" * 2000))).log == "a" * 2000
    assert len(parse_event(entry(payload("body.registered", possession=["a"] * 16))).texts("possession")) == 16


@pytest.mark.parametrize("at", ["1970-01-01T00:00:00Z", "9998-12-31T23:59:59Z"])
def test_the_first_and_the_last_instant_are_read(at: str) -> None:
    assert parse_event(entry(payload(decided_at=at))).decided_at == parse_instant(at)


def test_nought_is_a_natural_number() -> None:
    assert parse_event(entry(payload(status_index=0))).integer("status_index") == 0


@pytest.mark.parametrize("slug", ["a", "0", "odc-uno", "a" * 32, "a--b"])
def test_a_slug_is_of_letters_digits_and_inner_hyphens(slug: str) -> None:
    assert parse_event(entry(payload(body=slug))).text("body") == slug


STORY = told()


def test_a_time_entry_says_when_and_after_which() -> None:
    first, second = parse_time(STORY.entries[0]), parse_time(STORY.entries[6])

    assert (first.log, first.at, first.previous) == ("story.example/log", datetime(2026, 3, 10, 9, tzinfo=UTC), None)
    assert (second.at, second.previous) == (datetime(2026, 3, 11, 9, tzinfo=UTC), 0)


def test_a_snapshot_says_what_it_covers() -> None:
    snapshot = parse_snapshot(STORY.entries[8])

    assert (snapshot.log, snapshot.size, snapshot.streams) == ("story.example/log", 8, 3)
    assert (snapshot.list_day, snapshot.list_sha256) == (date(2026, 3, 11), bytes(32))
    assert len(snapshot.root) == 32


STATEMENTS: dict[str, tuple[Callable[[bytes], object], int, str]] = {
    "time": (parse_time, 0, TIME),
    "snapshot": (parse_snapshot, 8, SNAPSHOT),
}


@pytest.mark.parametrize("name", STATEMENTS)
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"v": 2}, "not a {} entry of this format"),
        ({"v": True}, "not a {} entry of this format"),
        ({"type": "event"}, "not a {} entry of this format"),
        ({"more": 1}, "not a {} entry of this format"),
        ({"log": 1}, "not a text"),
        ({"at": "9999-12-31T23:59:59Z", "list": {}}, "not a {} entry|outside the years|names its status list"),
        ({"previous": -1, "size": -1}, "not a {} entry|not a natural number"),
        ({"previous": True, "streams": True}, "not a {} entry|not a natural number"),
    ],
)
def test_a_statement_that_is_not_as_the_format_says_is_refused(
    name: str, change: dict[str, object], reason: str
) -> None:
    parse, index, typ = STATEMENTS[name]
    genuine = json.loads(parse_jws(STORY.entries[index]).payload)
    known = {key: value for key, value in change.items() if key in genuine or key == "more"}

    with pytest.raises(FormatError, match=reason.format(name)):
        parse(sign_jws(OPERATOR, typ, format_json(genuine | known)))


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_without_one_of_its_fields_is_refused(name: str) -> None:
    parse, index, typ = STATEMENTS[name]
    genuine = json.loads(parse_jws(STORY.entries[index]).payload)

    parse(sign_jws(OPERATOR, typ, format_json(genuine)))
    for field in genuine:
        with pytest.raises(FormatError):
            parse(sign_jws(OPERATOR, typ, format_json(without(genuine, field))))


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_of_another_typ_is_refused(name: str) -> None:
    parse, index, typ = STATEMENTS[name]
    said = parse_jws(STORY.entries[index]).payload

    for other in {EVENT, REGISTRATION, TIME, SNAPSHOT} - {typ}:
        with pytest.raises(FormatError, match=f"not a {name} entry"):
            parse(sign_jws(OPERATOR, other, said))


@pytest.mark.parametrize(
    "listed",
    [{}, {"day": "2026-03-11"}, {"day": "2026-03-11", "sha256": HASH, "bits": 2}, {"day": "x", "sha256": HASH}],
)
def test_a_snapshot_that_names_its_list_in_another_way_is_refused(listed: dict[str, Any]) -> None:
    genuine = json.loads(parse_jws(STORY.entries[8]).payload)

    with pytest.raises(FormatError):
        parse_snapshot(sign_jws(OPERATOR, SNAPSHOT, format_json(genuine | {"list": listed})))


def test_a_status_leaf_is_sixty_octets_as_documented() -> None:
    # docs/formats/snapshot.md: stream id (16), number of events (u32), last leaf index (u64), SHA-256, big-endian
    stream = UUID("ce383dad-7677-4cb4-84df-c4180c9a03e9")

    leaf = status_leaf(stream, 3, 258, sha256(b"entry").digest())

    assert leaf[:28].hex() == "ce383dad76774cb484dfc4180c9a03e9000000030000000000000102"
    assert leaf[28:] == sha256(b"entry").digest()
    assert len(leaf) == 60


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1), st.binary(min_size=32, max_size=32))
def test_two_states_of_a_stream_never_share_a_leaf(events: int, index: int, digest: bytes) -> None:
    leaf = status_leaf(CERTIFICATION, events, index, digest)

    assert (leaf[:16], int.from_bytes(leaf[16:20]), int.from_bytes(leaf[20:28]), leaf[28:]) == (
        CERTIFICATION.bytes,
        events,
        index,
        digest,
    )
