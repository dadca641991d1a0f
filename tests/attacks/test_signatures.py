"""Attacks by whoever runs the registry: all is appended, hashed and published as it should be, but for the signer."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from keys.ceremony import authorise, possession
from keys.signer import Purpose, Signer, generate
from keys.signing import sign_jws
from registry.domain.body import CertificationBody
from registry.errors import TamperedError
from registry.store.submission import NewEvent, Submission
from tests.attacks.registry import Target, failed, found_by
from tests.contracts.parts import ORIGIN, propose
from verifier.encoding import format_base64url, format_day, format_instant, format_json, legal_day, parse_json
from verifier.event import EVENT, parse_event
from verifier.jws import chain_hash
from verifier.report import Verdict


def append(target: Target, stream: UUID, kind: str, signer: Signer, **fields: object) -> int:
    """Append an event after a stream's last one through the real sequencer, signed by ``signer``; then publish."""
    parts = target.parts
    last = parse_event(parts.store.log.stream(stream)[-1].body)
    said = parse_json(last.jws.payload)
    own = {name: said[name] for name in ("body", "edition", "profile")} if last.jws.typ == EVENT else {}
    payload = own | {
        "v": 1,
        "log": ORIGIN,
        "id": str(uuid4()),
        "type": kind,
        "stream": str(stream),
        "sequence": last.sequence + 1,
        "previous": format_base64url(chain_hash(last.jws)),
        "effective_on": format_day(legal_day(parts.clock.at)),
        "decided_at": format_instant(parts.clock.at),
        **fields,
    }
    body = sign_jws(signer, last.jws.typ, format_json(payload))
    receipt = parts.store.append(Submission((NewEvent(last.stream, last.sequence + 1, kind, body),)))
    parts.clock.pass_by(minutes=5)
    parts.publisher.publish()
    return receipt.indexes[0]


def digests(count: int) -> dict[str, object]:
    return {"_sd": sorted(format_base64url(bytes([number]) * 32) for number in range(count)), "_sd_alg": "sha-256"}


def current(target: Target, body: str, purpose: Purpose = Purpose.EVENT) -> Signer:
    return target.parts.key_set.current(body, purpose)


def rotated(target: Target) -> Signer:
    """The key that was the body's event key until just now."""
    old = current(target, "aurora")
    propose(target.parts.place, "aurora", Purpose.EVENT)
    target.parts.register.rotate_key("aurora", Purpose.EVENT)
    return old


def compromised(target: Target) -> Signer:
    """The body's event key, after the body has said that somebody else may have it."""
    key = current(target, "aurora")
    size = target.parts.store.log.head().size
    target.parts.register.declare_compromised("aurora", Purpose.EVENT, key.public_key.key_id, size)
    return key


SIGNERS: dict[str, tuple[Callable[[Target], Signer], str]] = {
    "another body's key": (lambda target: current(target, "borea"), "was never enrolled by body aurora for event"),
    "nobody's key": (lambda target: generate(), "was never enrolled by body aurora for event"),
    "the body's token key": (
        lambda target: current(target, "aurora", Purpose.TOKEN), "was never enrolled by body aurora for event"
    ),
    "the operator's key": (
        lambda target: current(target, "operator", Purpose.OPERATOR), "was never enrolled by body aurora for event"
    ),
    "a key after its retirement": (rotated, "was retired at index"),
    "a key in doubt": (compromised, "is compromised from index"),
}  # fmt: skip


@pytest.mark.parametrize("case", SIGNERS)
def test_a_decision_by_a_key_that_may_not_take_it(target: Target, case: str) -> None:
    find, reason = SIGNERS[case]
    signer = find(target)

    index = append(target, target.in_force.stream, "certification.withdrawn", signer, **digests(3))

    report = target.check(target.in_force)
    assert report.verdict is Verdict.FORGED
    assert failed(report).keys() == {"signatures"}
    assert reason in failed(report)["signatures"]
    made = target.audit()
    assert "signature" in found_by(made)
    assert any(str(index) in finding.place for finding in made.findings)
    # What the body itself decided stands as it was.
    assert target.check(target.foreign).verdict is Verdict.IN_FORCE


@pytest.mark.parametrize("case", ["another body's key", "nobody's key", "the operator's key"])
def test_the_registry_itself_reads_no_decision_by_a_key_that_was_never_enrolled(target: Target, case: str) -> None:
    find, _ = SIGNERS[case]
    append(target, target.in_force.stream, "certification.withdrawn", find(target), **digests(3))

    with pytest.raises(TamperedError, match=r"event 3 is altered: key .* was never enrolled by body aurora"):
        target.parts.streams.certification(target.in_force.stream)


def test_what_a_key_signed_before_its_retirement_stands(target: Target) -> None:
    rotated(target)
    target.parts.publisher.publish()

    assert target.check(target.in_force).verdict is Verdict.IN_FORCE
    assert target.check(target.withdrawn).verdict is Verdict.NOT_IN_FORCE
    assert found_by(target.audit()) == {}


def enrolled(target: Target, authorising: Signer) -> Signer:
    """A key of the operator's own, enrolled for a body; the operator signs the body's stream."""
    thief = generate()
    key_id = thief.public_key.key_id
    append(
        target,
        CertificationBody.create_id("aurora"),
        "key.enrolled",
        current(target, "operator", Purpose.OPERATOR),
        purpose="event",
        jwk=thief.public_key.jwk(),
        possession=possession(thief, ORIGIN, "aurora", "event").decode(),
        authorisation=authorise(authorising, ORIGIN, "aurora", "enrol", "event", key_id).decode(),
    )
    return thief


@pytest.mark.parametrize("authorising", ["operator", "borea"])
def test_a_second_key_enrolled_for_a_body_by_the_operator(target: Target, authorising: str) -> None:
    by = current(target, authorising, Purpose.OPERATOR if authorising == "operator" else Purpose.EVENT)
    thief = enrolled(target, by)
    target.parts.streams.forget()
    append(target, target.in_force.stream, "certification.withdrawn", thief, **digests(3))

    report = target.check(target.in_force)

    assert (report.verdict, failed(report).keys()) == (Verdict.FORGED, {"body"})
    assert "may not authorise this" in failed(report)["body"]
    assert {"body", "signature"} <= found_by(target.audit()).keys()


def test_a_body_registered_with_other_keys_than_a_reader_was_told(target: Target) -> None:
    trust = target.trust
    told = replace(trust.bodies["aurora"], event_key=generate().public_key)

    report = target.check(target.in_force, trust=replace(trust, bodies=trust.bodies | {"aurora": told}))

    assert (report.verdict, failed(report).keys()) == (Verdict.FORGED, {"body"})
    assert "registered with other keys than the trust root names" in failed(report)["body"]
