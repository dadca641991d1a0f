"""A transfer as it comes to a body's home: two halves that belong together, of which each body signs its own."""

import json
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Final
from uuid import UUID

import pytest

from registry.application.handovers import WaitingHandover
from registry.bootstrap import open_registry
from registry.commands.asked import read_all
from registry.commands.decisions import (
    Basis,
    GrantCertification,
    Person,
    ReduceScope,
    TransferCertification,
    WithdrawCertification,
)
from registry.commands.home_file import ToSign
from registry.domain.decision import Case
from tests.registry.office import CASE, RECEIVED, grant, make_registry
from verifier.encoding import format_base64url, parse_base64url
from verifier.errors import FormatError

LOG: Final = "office.example/log"
OLD: Final = "odc-uno"
NEW: Final = "odc-due"
BASIS: Final = Basis("DEL-9")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[ToSign]]:
    """Transfers of three certifications, one of them reduced, and a withdrawal."""
    settings = make_registry(tmp_path_factory.mktemp("asked") / "registry")
    person = Person("Zoë D'Angelo")
    wide = GrantCertification(OLD, "demo-2026", "referente", person, CASE, "ESA-1", BASIS, received=RECEIVED)
    with open_registry(settings) as attesto:
        whole, other = grant(attesto), grant(attesto)
        reduced = attesto.registry.decide(wide).number
        attesto.registry.decide(ReduceScope(OLD, reduced, "DE-06", BASIS, "fees", ("accogliere",)))

        def waiting(number: str) -> list[ToSign]:
            command = TransferCertification(OLD, number, "DE-06", BASIS, NEW, Case("VE-01"), "TR-3", consented=True)
            prepared = attesto.handovers.prepare(command)
            assert isinstance(prepared, WaitingHandover)
            return prepared.to_sign

        withdrawal = attesto.preparations.prepare(WithdrawCertification(OLD, whole, "DE-06", BASIS, "fraud"))
        return {
            "whole": waiting(whole), "other": waiting(other), "reduced": waiting(reduced),
            "withdrawal": [withdrawal.to_sign],  # type: ignore[union-attr]
        }  # fmt: skip


def test_each_body_reads_its_own_half(made: dict[str, list[ToSign]]) -> None:
    (old,), (new,) = (read_all(made["whole"], LOG, body) for body in (OLD, NEW))

    assert [event.type for event in old.events] == ["certification.transferred_out"]
    assert (old.certificate, old.left) == (None, None)
    assert [event.type for event in new.events] == ["certification.transferred_in", "certificate.issued"]
    assert new.left is not None
    assert (new.left.stream, new.left.text("body")) == (old.events[0].stream, OLD)
    assert new.certificate is not None
    assert new.certificate.name == "Zoë D'Angelo-Ñandú"


def test_a_scope_that_was_reduced_is_reduced_at_the_receiver(made: dict[str, list[ToSign]]) -> None:
    (new,) = read_all(made["reduced"], LOG, NEW)

    assert [event.type for event in new.events] == [
        "certification.transferred_in", "certification.scope_reduced", "certificate.issued",
    ]  # fmt: skip


def test_the_old_body_may_sign_its_half_alone(made: dict[str, list[ToSign]]) -> None:
    (old,) = read_all(made["whole"][:1], LOG, OLD)

    assert old.events[0].text("receiver") == NEW


def altered(item: ToSign, place: int = 0, **fields: object) -> ToSign:
    """The preparation with other fields in one of its events."""
    events = list(item.events)
    head, payload = events[place].split(b".")
    said = json.loads(parse_base64url(payload.decode())) | fields
    content = json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    events[place] = head + b"." + format_base64url(content).encode()
    return replace(item, events=tuple(events))


def linked(halves: list[ToSign], **fields: object) -> list[ToSign]:
    """Halves with other fields in the old body's, every hash made to fit again."""
    out = altered(halves[0], **fields)
    into = altered(halves[1], out_sha256=digest(out.events[0]))
    return [out, altered(into, 1, previous=digest(into.events[0]))]


def digest(signing_input: bytes) -> str:
    return format_base64url(sha256(signing_input).digest())


Make = Callable[[dict[str, list[ToSign]]], list[ToSign]]
NOT_SIGNED: Final[dict[str, tuple[Make, str, str]]] = {
    "a takeover alone": (lambda m: m["whole"][1:], NEW, "takes over what the file does not hand over"),
    "the end of another certification": (
        lambda m: [m["other"][0], m["whole"][1]], NEW, "is of another body or log",
    ),
    "the beginning of another one": (lambda m: [m["whole"][0], m["other"][1]], OLD, "is of another body or log"),
    "something of the other body's beside it": (
        lambda m: [*m["whole"], *m["withdrawal"]], NEW, "is of another body or log",
    ),
    "no half of one's own": (lambda m: m["whole"], "odc-tre", "is of another body or log"),
    "a half of nothing": (
        lambda m: [replace(m["whole"][0], events=()), m["whole"][1]], NEW, "is of another body or log",
    ),
    "one's own half under the other's name": (
        lambda m: [m["whole"][0], replace(m["whole"][1], body=OLD)], OLD, "is of another body or log",
    ),
    "an end with another hash": (
        lambda m: [altered(m["whole"][0], sequence=4), m["whole"][1]], NEW, "is of another body or log",
    ),
    "an end that names another receiver": (
        lambda m: linked(m["whole"], receiver="odc-tre"), NEW, "is of another body or log",
    ),
    "an end in another log": (lambda m: linked(m["whole"], log="a.example"), NEW, "is of another body or log"),
    "an end on another day": (
        lambda m: linked(m["whole"], effective_on="2099-01-01"), NEW, "is of another body or log",
    ),
    "an end of another profile": (lambda m: linked(m["whole"], profile="referente"), NEW, "is of another body or log"),
    "a beginning from another stream": (
        lambda m: [m["whole"][0], altered(m["whole"][1], origin=str(UUID(int=7, version=4)))], OLD,
        "is of another body or log",
    ),
    "a takeover with a document of another": (
        lambda m: [m["whole"][0], replace(m["whole"][1], token=m["other"][1].token)], NEW,
        "holds another certificate than its events say",
    ),
    "a takeover that goes on a stream": (
        lambda m: [m["whole"][0], altered(m["whole"][1], sequence=2)], NEW,
        "holds events that do not follow each other",
    ),
}  # fmt: skip


def test_halves_are_read_whose_hashes_were_made_to_fit(made: dict[str, list[ToSign]]) -> None:
    (new,) = read_all(linked(made["whole"], decided_at="2020-01-01T00:00:00Z"), LOG, NEW)

    assert new.left is not None


@pytest.mark.parametrize("case", NOT_SIGNED)
def test_halves_that_do_not_belong_together_are_not_signed(case: str, made: dict[str, list[ToSign]]) -> None:
    make, body, reason = NOT_SIGNED[case]

    with pytest.raises(FormatError, match=rf"^preparation [0-9a-f-]{{36}} {reason}: it is not signed$"):
        read_all(make(made), LOG, body)
