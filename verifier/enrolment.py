"""Statements by which keys enter and leave a body's service: possession and authorisation.

    {"alg":…,"kid":…,"typ":"vnd.attesto.enrolment.v1+jwt"} . {"type":"possession", …} . signature

A *possession* is signed by the key it speaks of; an *authorisation* by a key that is already trusted. Each names the
log, the body, the purpose and the key, so it serves for nothing else. They travel inside key events, never as log
entries.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final, TypeAlias

from verifier.encoding import Json, format_json, is_natural, is_one, parse_json
from verifier.errors import FormatError, TrustError
from verifier.jws import Jws, check_jws, parse_jws
from verifier.key import PublicKey

ENROLMENT: Final = "vnd.attesto.enrolment.v1+jwt"
MAX_STATEMENT_BYTES: Final = 2048


@dataclass(frozen=True, slots=True)
class Possession:
    """Whoever signs this holds the key ``key_id`` and wants it used for ``purpose`` by ``body`` in ``log``."""

    log: str
    body: str
    purpose: str
    key_id: str


@dataclass(frozen=True, slots=True)
class Authorisation:
    """Whoever signs this wants the ``action`` done: ``enrol``, ``retire``, or ``compromise`` from a leaf index on."""

    action: str
    log: str
    body: str
    purpose: str
    key_id: str
    from_index: int | None = None


Statement: TypeAlias = Possession | Authorisation


def format_statement(statement: Statement) -> bytes:
    """Write a statement as the payload to sign."""
    kind = "possession" if isinstance(statement, Possession) else "authorisation"
    fields = {name: value for name, value in asdict(statement).items() if value is not None}
    return format_json({"v": 1, "type": kind, **fields})


def parse_statement(payload: bytes) -> Statement:
    """Read a statement's payload.

    Raises:
        FormatError: not a statement, a field missing or too many, or an index with another action than ``compromise``.
    """
    match parse_json(payload, MAX_STATEMENT_BYTES):
        case {"v": version, "log": str(log), "body": str(body), "purpose": str(purpose), "key_id": str(key_id), **rest}:
            match rest if is_one(version) else None:
                case {"type": "possession", **more} if not more:
                    return Possession(log, body, purpose, key_id)
                case {"type": "authorisation", "action": "enrol" | "retire" as action, **more} if not more:
                    return Authorisation(action, log, body, purpose, key_id)
                case {"type": "authorisation", "action": "compromise", "from_index": index, **more} if not more:
                    return Authorisation("compromise", log, body, purpose, key_id, _leaf_index(index))
    raise FormatError("not an enrolment statement of this format")


def _leaf_index(value: Json) -> int:
    if not isinstance(value, int) or not is_natural(value):
        raise FormatError("an enrolment statement names no leaf index")
    return value


def check_possession(statement: bytes, key: PublicKey, log: str, body: str, purpose: str) -> None:
    """Check that ``key`` itself signed its possession, for this log, body and purpose.

    Raises:
        FormatError: not an enrolment statement.
        SignatureError: signed by another key, or not at all.
        TrustError: it says something else.
    """
    jws = _parse(statement)
    check_jws(jws, key)
    if parse_statement(jws.payload) != Possession(log, body, purpose, key.key_id):
        raise TrustError(f"the statement does not say that body {body} holds key {key.key_id[:8]}… for {purpose}")


def check_authorisation(
    statement: bytes,
    authorising: Sequence[PublicKey],
    log: str,
    body: str,
    action: str,
    purpose: str,
    key_id: str,
    from_index: int | None = None,
) -> None:
    """Check that one of the ``authorising`` keys signed for exactly this ``action`` on key ``key_id``.

    Raises:
        FormatError: not an enrolment statement.
        SignatureError: the signature is not that key's.
        TrustError: signed by a key that may not, or it says something else.
    """
    jws = _parse(statement)
    check_jws(jws, _find(jws, authorising))
    if parse_statement(jws.payload) != Authorisation(action, log, body, purpose, key_id, from_index):
        raise TrustError(f"the statement does not authorise to {action} key {key_id[:8]}… of body {body} for {purpose}")


def _parse(statement: bytes) -> Jws:
    jws = parse_jws(statement, MAX_STATEMENT_BYTES)
    if jws.typ != ENROLMENT:
        raise FormatError("not an enrolment statement: its type is another")
    return jws


def _find(jws: Jws, authorising: Sequence[PublicKey]) -> PublicKey:
    key = next((key for key in authorising if key.key_id == jws.key_id), None)
    if key is None:
        raise TrustError(f"the statement is signed by key {jws.key_id[:8]}…, which may not authorise this")
    return key
