"""What is forged or altered is refused, and named by the check that caught it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keys.signer import generate
from tests.verifier.cli.asking import HOST, NAME, Ask, link, written
from tests.verifier.page.world import World
from verifier.bundle import format_bundle
from verifier.certificate import format_link
from verifier.fetch import fetch_bundle
from verifier.note import make_verifier
from verifier.trust import TrustRoot, format_trust_root


def other_log_key(trust: TrustRoot) -> TrustRoot:
    return replace(trust, log_key=make_verifier(trust.origin, generate().public_key))


def other_operator(trust: TrustRoot) -> TrustRoot:
    return replace(trust, operator_key=generate().public_key)


def other_event_key(trust: TrustRoot) -> TrustRoot:
    body = replace(trust.body("aurora"), event_key=generate().public_key)
    return replace(trust, bodies={**trust.bodies, "aurora": body})


@pytest.mark.parametrize(
    ("change", "failed"),
    [(other_log_key, "checkpoint"), (other_operator, "chain"), (other_event_key, "body")],
)
def test_another_trust_root_makes_the_record_not_hold(
    change: Callable[[TrustRoot], TrustRoot], failed: str, world: World, ask: Ask, tmp_path: Path
) -> None:
    other = written(tmp_path / "other.json", format_trust_root(change(world.trust)))

    said = ask(link(world, "active"), "--registry", world.public, trusted=other)

    assert (said.code, said.first, said.outcome(failed)) == (3, "THE RECORD DOES NOT HOLD", "FAILED")


def test_a_body_that_the_trust_root_does_not_name_is_unknown(world: World, ask: Ask, tmp_path: Path) -> None:
    other = written(tmp_path / "other.json", format_trust_root(world.without_body("aurora")))

    said = ask(link(world, "active"), "--registry", world.public, trusted=other)

    assert (said.code, said.first) == (3, "UNKNOWN CERTIFICATION BODY")
    assert NAME not in said.out


def test_a_token_of_the_body_s_own_key_over_another_name_is_forged(world: World, ask: Ask) -> None:
    sample = world.samples["active"]
    forged = format_link(HOST, sample.number, world.token_over("active", "Furbo Falsari"))

    said = ask(forged, "--registry", world.public)

    assert (said.code, said.first, said.outcome("registered")) == (3, "FORGED OR ALTERED", "FAILED")
    assert "What its code says (do not rely on it)" in said.out


def test_a_token_of_a_stranger_s_key_is_forged(world: World, ask: Ask) -> None:
    forged = format_link(HOST, world.samples["active"].number, world.token_by("active", generate()))

    said = ask(forged, "--registry", world.public)

    assert (said.code, said.first) == (3, "FORGED OR ALTERED")
    assert NAME not in said.out


def test_a_code_beside_another_certificate_s_number_is_forged(world: World, ask: Ask) -> None:
    pasted = format_link(HOST, world.samples["active"].number, world.samples["suspended"].tokens[0])

    said = ask(pasted, "--registry", world.public)

    assert (said.code, said.first, said.outcome("token")) == (3, "FORGED OR ALTERED", "FAILED")


def test_a_bundle_that_leaves_the_withdrawal_out_does_not_hold(world: World, ask: Ask, tmp_path: Path) -> None:
    genuine = fetch_bundle(world.source, world.samples["withdrawn"].number)
    record = genuine.certification
    shortened = replace(record, entries=dict(list(record.entries.items())[:-1]))
    file = written(tmp_path / "bundle.json", format_bundle(replace(genuine, certification=shortened)))

    said = ask(file)

    assert (said.code, said.first, said.outcome("complete")) == (3, "THE RECORD DOES NOT HOLD", "FAILED")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bit=st.integers(0, 10_000))
def test_one_bit_changed_in_a_token_is_forged(bit: int, world: World, ask: Ask) -> None:
    sample = world.samples["active"]
    token = bytearray(sample.tokens[0])
    token[bit // 8 % len(token)] ^= 1 << bit % 8

    said = ask(format_link(HOST, sample.number, bytes(token)), "--registry", world.public)

    assert (said.code, said.first) in {(3, "FORGED OR ALTERED"), (3, "UNKNOWN CERTIFICATION BODY")}
