"""What a body is asked to sign at home, read from the very bytes: a decision that we know, and nothing beside it.

A preparation holds one decision on one certification. What would ride along with it, a further event, another
certificate than the one named, a step that is not the next, is refused whatever signs it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Asked:
    """One preparation with what its bytes say; ``token_key`` is the short id of the key that is to sign the token."""

    waiting: ToSign
    events: Sequence[Event]
    certificate: Certificate | None
    token_key: bytes


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


def _refusal(item: ToSign, why: str) -> FormatError:
    return FormatError(f"preparation {item.preparation} {why}: it is not signed")


def _begins(event: Event) -> bool:
    return event.type in {"certification.granted", "certification.adopted"} and event.previous is None


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
