"""What a body is asked to sign at home, read from the very bytes: a decision that we know, and nothing beside it.

A preparation holds one decision on one certification. What would ride along with it, a further event, another
certificate than the one named, a step that is not the next, is refused whatever signs it. A transfer is two
preparations, one for each body; whoever takes over is shown what the other body hands over.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from registry.commands.home_file import ToSign
from verifier.certificate import Certificate, parse_signing_input, token_digest
from verifier.errors import FormatError
from verifier.event import EVENT, Event, parse_event
from verifier.jws import chain_hash

_REISSUE: Final = ("certificate.superseded", "certificate.reissued")
# What a preparation may hold: the types of its events, in order. Who issues a document is asked for its token too.
_DECISIONS: Final = frozenset({
    ("certification.granted", "certificate.issued"),
    ("certification.adopted", "certificate.issued"),
    ("certification.transferred_out",),
    ("certification.transferred_in", "certificate.issued"),
    ("certification.transferred_in", "certification.scope_reduced", "certificate.issued"),
    ("certification.recertified", *_REISSUE),
    _REISSUE,
    ("certification.corrected", *_REISSUE),
    ("certification.maintenance_confirmed",),
    ("certification.maintenance_refused",),
    ("certification.scope_extended",),
    ("certification.scope_reduced",),
    ("certification.suspension_prolonged",),
    ("certification.annulled",),
    ("certification.appeal_upheld",),
    ("certification.suspended",),
    ("certification.reinstated",),
    ("certification.withdrawn",),
    ("certification.relinquished",),
    ("certification.personal_data_erased",),
})  # fmt: skip
_TAKEN_OVER: Final = "certification.transferred_in"
_BEGINNINGS: Final = frozenset({"certification.granted", "certification.adopted", _TAKEN_OVER})


@dataclass(frozen=True, slots=True)
class Asked:
    """One preparation with what its bytes say; ``token_key`` is the short id of the key that is to sign the token.

    ``left`` is the event with which a certification that is taken over leaves the other body.
    """

    waiting: ToSign
    events: Sequence[Event]
    certificate: Certificate | None
    token_key: bytes
    left: Event | None = None


def read_all(waiting: Sequence[ToSign], log: str, body: str) -> list[Asked]:
    """Read what ``body`` is asked to sign for ``log``, all that a file holds but the other body's halves of transfers.

    Raises:
        FormatError: something is another's, or not one decision that we know; or the other half of a transfer is not
            the one that is named.
    """
    own = [read_asked(item, log, body) for item in waiting if item.body == body]
    others = [_other_half(item, own, log) for item in waiting if item.body != body]
    return [_with_left(asked, others) for asked in own]


def read_asked(item: ToSign, log: str, body: str) -> Asked:
    """Read what ``body`` is asked to sign for ``log``.

    Raises:
        FormatError: it is another's, or not one decision that we know.
    """
    events = [parse_event(signing_input + b".") for signing_input in item.events]
    if any(event.jws.typ != EVENT or event.log != log or event.text("body") != body for event in events):
        raise _refusal(item, "is of another body or log")
    if tuple(event.type for event in events) not in _DECISIONS:
        raise _refusal(item, "is no decision that we know")
    if not all(_follows(*pair) for pair in pairwise(events)) or _begins(events[0]) != (events[0].sequence == 1):
        raise _refusal(item, "holds events that do not follow each other")
    issues = events[-1].type in {"certificate.issued", "certificate.reissued"}
    if issues != (item.token is not None):
        raise _refusal(item, "lacks the certificate that its events name, or has one that they do not")
    if item.token is None:
        return Asked(item, events, None, b"")
    certificate, short_id = parse_signing_input(item.token)
    if certificate.body != body:
        raise _refusal(item, "holds another body's certificate")
    if token_digest(item.token) != events[-1].octets("token_sha256") or not _states(certificate, events):
        raise _refusal(item, "holds another certificate than its events say")
    return Asked(item, events, certificate, short_id)


def _other_half(item: ToSign, own: Sequence[Asked], log: str) -> Event:
    """The first event of another body's preparation, which is the other half of one's own."""
    if item.events:
        other = parse_event(item.events[0] + b".")
        first = [asked.events[0] for asked in own]
        if other.log == log and any(_is_handover(event, other) or _is_handover(other, event) for event in first):
            return other
    raise _refusal(item, "is of another body or log")


def _is_handover(left: Event, begun: Event) -> bool:
    """Whether a certification leaves one body with the first of two events and goes on at another with the second."""
    return (
        (left.type, begun.type) == ("certification.transferred_out", _TAKEN_OVER)
        and (left.stream, chain_hash(left.jws)) == (begun.content["origin"], begun.octets("out_sha256"))
        and (left.text("receiver"), left.effective_on) == (begun.text("body"), begun.effective_on)
        and _subject(left) == _subject(begun)
    )


def _with_left(asked: Asked, others: Sequence[Event]) -> Asked:
    begun = asked.events[0]
    if begun.type != _TAKEN_OVER:
        return asked
    for left in others:
        if _is_handover(left, begun):
            return replace(asked, left=left)
    raise _refusal(asked.waiting, "takes over what the file does not hand over")


def _refusal(item: ToSign, why: str) -> FormatError:
    return FormatError(f"preparation {item.preparation} {why}: it is not signed")


def _begins(event: Event) -> bool:
    return event.type in _BEGINNINGS and event.previous is None


def _follows(earlier: Event, event: Event) -> bool:
    return (
        (event.stream, event.sequence, event.previous)
        == (earlier.stream, earlier.sequence + 1, chain_hash(earlier.jws))
        and _subject(event) == _subject(earlier)
        and event.jws.key_id == earlier.jws.key_id
    )


def _subject(event: Event) -> tuple[str, str]:
    return event.text("edition"), event.text("profile")


def _states(certificate: Certificate, events: Sequence[Event]) -> bool:
    """Whether a certificate states what the events say, as far as they say it."""
    first, last = events[0], events[-1]
    said = (certificate.edition, certificate.profile, certificate.revision)
    superseded = [event.integer("revision") for event in events if event.type == "certificate.superseded"]
    return (
        said == (*_subject(last), last.integer("revision"))
        and superseded == ([] if certificate.revision == 1 else [certificate.revision - 1])
        and first.content.get("valid_until", certificate.valid_until) == certificate.valid_until
        and first.content.get("status_index", certificate.status_index) == certificate.status_index
    )
