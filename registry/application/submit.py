"""Submit: what was prepared and signed becomes a submission to the log, with everything that goes beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from keys.holder import HolderKey
from keys.signer import Signer
from registry.application.exams import foundation_rows
from registry.application.prepare import Prepared
from registry.store.submission import NewEvent, Rows, Submission
from registry.vault import HIDDEN_COLUMNS, HOLDER_COLUMNS, NUMBER_COLUMNS, seal_hidden
from verifier.certificate import signed_token
from verifier.encoding import format_base64url
from verifier.errors import SignatureError
from verifier.jws import check_jws, parse_jws, signed_jws
from verifier.key import check_signature


@dataclass(frozen=True, slots=True)
class Signed:
    """The body's signatures: one per event, in order, and the token's."""

    events: tuple[bytes, ...]
    token: bytes | None = field(default=None, repr=False)


def sign(prepared: Prepared, event_signer: Signer, token_signer: Signer) -> Signed:
    """Sign with keys at hand; a body that keeps its keys at home does this there.

    Raises:
        SignatureError: a key at hand is not the one that the body has in force.
    """
    if not may_sign(prepared, event_signer, token_signer):
        raise SignatureError(f"a key at hand is not the one that body {prepared.body} has in force: attesto key list")
    token = None if prepared.token is None else token_signer.sign(prepared.token.signing_input)
    return Signed(tuple(event_signer.sign(event.signing_input) for event in prepared.events), token)


def may_sign(prepared: Prepared, event_signer: Signer, token_signer: Signer) -> bool:
    """Whether keys at hand are those that the body had in force when the decision was prepared."""
    token_key = token_signer.public_key if prepared.token is None else prepared.token.key
    return (event_signer.public_key, token_signer.public_key) == (prepared.key, token_key)


def check_signatures(prepared: Prepared, signed: Signed) -> None:
    """Check what came back signed against the keys for which it was prepared.

    Raises:
        SignatureError: one is missing, or is not that key's over what was prepared.
    """
    if len(signed.events) != len(prepared.events) or (signed.token is None) != (prepared.token is None):
        raise SignatureError("a preparation takes one signature per event, and the token's where it has one")
    for body in event_bodies(prepared, signed):
        check_jws(parse_jws(body), prepared.key)
    if prepared.token is not None and signed.token is not None:
        check_signature(prepared.token.key, signed.token, prepared.token.signing_input)


def submission(prepared: Prepared, signed: Signed, key: HolderKey, more: Sequence[Rows] = ()) -> Submission:
    """What is stored: the very bytes that were signed, and the claims sealed under the holder's ``key``."""
    pairs = zip(prepared.events, event_bodies(prepared, signed), strict=True)
    events = tuple(NewEvent(event.stream, event.sequence, event.topic, body) for event, body in pairs)
    return Submission(events, (*_rows(prepared, signed, key), *more), prepared.expects, prepared.prepared_on)


def token(prepared: Prepared, signed: Signed) -> bytes | None:
    """The certificate's token, where the decision issues one."""
    if prepared.token is None or signed.token is None:
        return None
    return signed_token(prepared.token.signing_input, signed.token)


def event_bodies(prepared: Prepared, signed: Signed) -> list[bytes]:
    """The JWS of each event: what was prepared, with its signature."""
    pairs = zip(prepared.events, signed.events, strict=True)
    return [signed_jws(event.signing_input, signature) for event, signature in pairs]


def _rows(prepared: Prepared, signed: Signed, key: HolderKey) -> list[Rows]:
    hidden: dict[UUID, dict[str, str]] = {event: dict(claims) for event, claims in prepared.hidden.items()}
    made = token(prepared, signed)
    if made is not None:
        hidden[prepared.events[-1].event_id] = {"token": format_base64url(made)}
    certification, holder = prepared.certification.bytes, prepared.holder.holder.bytes
    values = tuple(
        (event.bytes, certification, holder, seal_hidden(key, event, claims)) for event, claims in hidden.items()
    )
    rows = [Rows("hidden", HIDDEN_COLUMNS, values)]
    if prepared.new_holder:
        known = prepared.holder
        rows.append(Rows("holder", HOLDER_COLUMNS, ((holder, known.body, known.reference, known.tag),)))
    if prepared.events[0].sequence == 1:
        disclosure = prepared.hidden[prepared.events[0].event_id]["number"]
        number = (prepared.number, certification, prepared.body, holder, disclosure)
        rows.append(Rows("number", NUMBER_COLUMNS, (number,)))
    if prepared.exam is not None:
        session = (prepared.body, prepared.exam)
        event = prepared.events[0].event_id
        rows.append(foundation_rows(event, prepared.certification, prepared.holder.holder, session))
    return rows
