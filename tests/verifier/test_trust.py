import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.signer import ES256, Signer, generate
from tests.seals import Authority, now
from tests.verifier.story import (
    BODY,
    BODY_STREAM,
    EDITION_STREAM,
    EVENTS,
    LOG,
    OPERATOR,
    ORIGIN,
    RECOVERY,
    RULES,
    TOKENS,
    Impostor,
    Story,
    begin,
    trust_root,
)
from verifier.edition import EditionHistory, edition_history
from verifier.encoding import format_base64url, format_json
from verifier.errors import ChainError, FormatError, SignatureError, UnknownBodyError
from verifier.note import format_vkey, make_verifier
from verifier.status import Limits, MaintenanceRule
from verifier.stream import open_stream
from verifier.trust import (
    MAX_TRUST_BYTES,
    KeyRecord,
    Policy,
    TrustedBody,
    TrustRoot,
    format_trust_root,
    parse_trust_root,
)

AFTER = generate(ES256)


def edition(story: Story) -> EditionHistory:
    story.later(minutes=1)
    return edition_history(OPERATOR.public_key, open_stream(story.record(EDITION_STREAM), ORIGIN, OPERATOR.public_key))


def test_an_edition_says_its_rules() -> None:
    followed = edition(begin())

    assert (followed.slug, followed.scheme, followed.status_index, followed.sha256) == (
        "demo-2026",
        "demo",
        0,
        bytes(32),
    )
    assert followed.title == {"it": "Dimostrativo", "en": "Demonstration"}
    assert followed.maintenance == MaintenanceRule(12, 60, 30)
    assert followed.limits == Limits(late_recording_days=5, recertification_grace_days=60)


def test_maintenance_may_be_monthly() -> None:
    rule = {"interval_months": 1, "window_days": 0, "grace_days": 0}

    assert edition(begin(RULES | {"maintenance": rule})).maintenance == MaintenanceRule(1, 0, 0)


@pytest.mark.parametrize("rules", [{}, {"maintenance": None}, {"gaps": {"maintenance": {"it": "x", "en": "y"}}}])
def test_what_an_edition_does_not_say_is_not_made_up(rules: dict[str, object]) -> None:
    followed = edition(begin(rules))

    assert followed.maintenance is None
    assert followed.limits == Limits(late_recording_days=0, recertification_grace_days=None)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"maintenance": {"interval_months": 0, "window_days": 1, "grace_days": 1}}, "maintenance rule is not one"),
        ({"maintenance": {"interval_months": 12}}, "maintenance rule is not one"),
        ({"maintenance": "yearly"}, "maintenance rule is not one"),
        ({"late_recording_days": "5"}, "limits are not days"),
        ({"late_recording_days": None}, "limits are not days"),
        ({"late_recording_days": True}, "limits are not days"),
        ({"late_recording_days": -1}, "limits are not days"),
        ({"recertification": {"window_days": 120, "grace_days": True}}, "limits are not days"),
        ({"maintenance": {"interval_months": True, "window_days": 1, "grace_days": 1}}, "maintenance rule is not one"),
        ({"maintenance": {"interval_months": 1, "window_days": 1, "grace_days": False}}, "maintenance rule is not one"),
        ({"recertification": {"grace_days": "60"}}, "limits are not days"),
        ({"recertification": {}}, "limits are not days"),
        ({"recertification": 60}, "limits are not days"),
    ],
)
def test_rules_that_are_none_are_refused(changes: dict[str, object], reason: str) -> None:
    with pytest.raises(FormatError, match=reason):
        edition(begin(RULES | changes))


@pytest.mark.parametrize("kind", ["edition.closed", "edition.withdrawn"])
def test_an_editions_end_belongs_in_its_stream(kind: str) -> None:
    story = begin()
    story.add(EDITION_STREAM, kind)

    assert [logged.event.type for logged in edition(story).events] == ["edition.published", kind]


@pytest.mark.parametrize("signer", [EVENTS, Impostor(OPERATOR.public_key)])
def test_an_editions_event_is_the_operators(signer: Signer) -> None:
    story = begin()
    story.add(EDITION_STREAM, "edition.closed", signer)

    with pytest.raises(SignatureError):
        edition(story)


def test_another_stream_is_no_editions() -> None:
    of_a_body, without_beginning, mixed = begin(), Story(), begin()
    without_beginning.time()
    without_beginning.add(EDITION_STREAM, "edition.closed")
    mixed.add(EDITION_STREAM, "accreditation.suspended", scheme="demo", source="x")
    of_a_body.streams[EDITION_STREAM] = of_a_body.streams[BODY_STREAM]

    for story in (without_beginning, mixed):
        with pytest.raises(FormatError, match="not a scheme edition's"):
            edition(story)
    with pytest.raises(ChainError, match="belongs to another stream"):
        edition(of_a_body)


ROOT = trust_root()
WRITTEN: dict[str, Any] = json.loads(format_trust_root(ROOT))


def test_a_trust_root_names_its_bodies_and_no_others() -> None:
    assert ROOT.body(BODY).event_key == EVENTS.public_key
    with pytest.raises(UnknownBodyError, match="body odc-due is not on the list of this trust root"):
        ROOT.body("odc-due")


KEYS = st.sampled_from([signer.public_key for signer in (EVENTS, TOKENS, RECOVERY, AFTER)])
INDEXES = st.integers(0, 2**53 - 1)
RECORDS = st.builds(
    KeyRecord, st.sampled_from(["event", "token"]), KEYS, INDEXES, st.none() | INDEXES, st.none() | INDEXES
)
SEAL_ROOTS = [Authority(now(), name).root.der for name in ("Radice", "Altra radice")]
WRITTEN_ROOT = format_base64url(SEAL_ROOTS[0])
ROOTS = st.builds(
    lambda slugs, event, recovery, keys, age, size, seal_roots: TrustRoot(
        ORIGIN,
        make_verifier(ORIGIN, LOG.public_key),
        OPERATOR.public_key,
        Policy(age),
        {slug: TrustedBody(slug, event, recovery, tuple(keys)) for slug in slugs},
        size,
        tuple(seal_roots),
    ),
    st.lists(st.from_regex(r"[a-z0-9]{1,9}", fullmatch=True), unique=True, max_size=3),
    KEYS,
    KEYS,
    st.lists(RECORDS, max_size=3),
    st.integers(1, 2**53 - 1),
    INDEXES,
    st.lists(st.sampled_from(SEAL_ROOTS), max_size=2),
)


@given(ROOTS)
def test_a_trust_root_is_read_as_it_was_written(root: TrustRoot) -> None:
    assert parse_trust_root(format_trust_root(root)) == root


def changed(path: str, value: object) -> bytes:
    *parents, name = path.split("/")
    document = json.loads(json.dumps(WRITTEN))
    place = document
    for parent in parents:
        place = place[int(parent) if parent.isdigit() else parent]
    place[name] = value
    return format_json(document)


LOW_ORDER = {"crv": "Ed25519", "kty": "OKP", "x": "A" * 43}


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ("v", 2, "not a trust root"),
        ("v", True, "not a trust root"),
        ("more", 1, "not a trust root"),
        ("seal_roots", [], "seal roots are not certificates"),
        ("seal_roots", [1], "seal roots are not certificates"),
        ("seal_roots", [WRITTEN_ROOT, 1], "seal roots are not certificates"),
        ("seal_roots", "AAAA", "seal roots are not certificates"),
        ("seal_roots", ["AAAA"], "a seal root of the trust root is not a certificate"),
        ("seal_roots", ["A=="], "base64url"),
        ("origin", 1, "not a trust root"),
        ("origin", "other.example/log", "does not bear the origin's name"),
        pytest.param(
            "log_key",
            format_vkey(make_verifier("other", LOG.public_key)),
            "does not bear the origin's name",
            id="log_key of another name",
        ),
        ("log_key", "story.example/log+00000000+AAAA", "type 01"),
        ("operator_key", LOW_ORDER, "low order"),
        ("operator_key", "x", "not a trust root"),
        ("policy", {}, "not a trust root"),
        ("policy/snapshot_max_age", 0, "not a trust root"),
        ("policy/snapshot_max_age", -1, "not a trust root"),
        ("policy/snapshot_max_age", "1", "not a trust root"),
        ("policy/snapshot_max_age", True, "not a trust root"),
        ("as_of_size", -1, "not a trust root"),
        ("as_of_size", True, "not a trust root"),
        ("as_of_size", False, "not a trust root"),
        ("bodies", [], "not a trust root"),
        ("bodies/odc-uno", [], "entry of body 'odc-uno' is not one"),
        ("bodies/odc-uno/more", 1, "entry of body 'odc-uno' is not one"),
        ("bodies/odc-uno/keys", {}, "entry of body 'odc-uno' is not one"),
        ("bodies/odc-uno/event_key", LOW_ORDER, "low order"),
        ("bodies/odc-uno/recovery_key", LOW_ORDER, "low order"),
        ("bodies/odc-uno/keys/0/jwk", LOW_ORDER, "low order"),
        ("bodies/odc-uno/keys/0/purpose", "recovery", "a key record of the trust root is not one"),
        ("bodies/odc-uno/keys/0/more", 1, "a key record of the trust root is not one"),
        ("bodies/odc-uno/keys/0/enrolled_at", None, "a key record of the trust root is not one"),
        ("bodies/odc-uno/keys/0/enrolled_at", True, "a key record of the trust root is not one"),
        ("bodies/odc-uno/keys/0/enrolled_at", -1, "a key record of the trust root is not one"),
        ("bodies/odc-uno/keys/0/retired_at", True, "a key record of the trust root is not one"),
        ("bodies/odc-uno/keys/0/doubtful_from", False, "a key record of the trust root is not one"),
        ("bodies/odc-uno/hosted", 1, "entry of body 'odc-uno' is not one"),
        ("bodies/odc-uno/keys/0/retired_at", "5", "a key record of the trust root is not one"),
        ("bodies/odc-uno/keys/0/doubtful_from", [], "a key record of the trust root is not one"),
    ],
)
def test_what_is_no_trust_root_is_refused(path: str, value: object, reason: str) -> None:
    with pytest.raises(FormatError, match=reason):
        parse_trust_root(changed(path, value))


@pytest.mark.parametrize("name", WRITTEN)
def test_a_trust_root_without_one_of_its_fields_is_refused(name: str) -> None:
    with pytest.raises(FormatError, match="not a trust root: a field is missing"):
        parse_trust_root(format_json({key: value for key, value in WRITTEN.items() if key != name}))


def test_a_snapshot_counts_for_a_day_unless_the_policy_says_otherwise() -> None:
    assert (Policy().snapshot_max_age, WRITTEN["policy"]) == (86_400, {"snapshot_max_age": 86_400})


def test_a_trust_root_over_the_limit_is_refused() -> None:
    # docs/formats/trust-root.md, must 1: 1 MiB
    assert MAX_TRUST_BYTES == 1_048_576
    with pytest.raises(FormatError, match="over the limit"):
        parse_trust_root(b" " * (MAX_TRUST_BYTES + 1))
