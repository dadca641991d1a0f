"""The files that travel between the registry and a body that keeps its keys at home.

    introduction   home → registry   who the body is, its public keys, their statements
    succession     home → registry   a new key in the place of another
    compromise     home → registry   a key that is in doubt from a log entry on
    preparation    registry → home   the exact bytes to sign
    signatures     home → registry   what was signed

Each is one JSON object. Binary values are base64url; nothing in them is secret but the names that a token shows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from keys.ceremony import Compromise, Introduction, Succession
from keys.signer import Purpose
from verifier.encoding import Json, format_base64url, format_json, parse_base64url, parse_json
from verifier.errors import FormatError
from verifier.key import parse_jwk

MAX_FILE_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ToSign:
    """One preparation as it travels: the signing input of each event's JWS, and the token's Sig_structure."""

    preparation: UUID
    body: str
    events: tuple[bytes, ...]
    token: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Signatures:
    """What a body signed for one preparation."""

    preparation: UUID
    events: tuple[bytes, ...]
    token: bytes | None = field(default=None, repr=False)


def format_introduction(introduction: Introduction) -> bytes:
    """Write an introduction."""
    return format_json(
        {
            "v": 1,
            "log": introduction.log,
            "body": introduction.body,
            "name": introduction.name,
            "website": introduction.website,
            "keys": {purpose: key.jwk() for purpose, key in introduction.keys.items()},
            "statements": [statement.decode("ascii") for statement in introduction.statements],
        }
    )


def parse_introduction(data: bytes) -> Introduction:
    """Read an introduction; its statements are checked where it is registered.

    Raises:
        FormatError: not an introduction, or a key in it that must not be used.
    """
    match parse_json(data, MAX_FILE_BYTES):
        case {
            "v": 1,
            "log": str(log),
            "body": str(body),
            "name": str(name),
            "website": str(website),
            "keys": {"event": dict(event), "token": dict(token), "recovery": dict(recovery), **others},
            "statements": list(statements),
            **rest,
        } if not rest and not others:
            keys = {"event": parse_jwk(event), "token": parse_jwk(token), "recovery": parse_jwk(recovery)}
            return Introduction(log, body, name, website, keys, tuple(map(_ascii, statements)))
    raise FormatError("not an introduction of a body: a field is missing or too many")


def format_succession(succession: Succession) -> bytes:
    """Write a succession."""
    return format_json(
        {
            "v": 1,
            "log": succession.log,
            "body": succession.body,
            "purpose": str(succession.purpose),
            "jwk": succession.key.jwk(),
            "possession": succession.possession.decode("ascii"),
            "enrolment": succession.enrolment.decode("ascii"),
            "retired": succession.retired,
            "retirement": succession.retirement.decode("ascii"),
        }
    )


def parse_succession(data: bytes) -> Succession:
    """Read a succession; its statements are checked where it is recorded.

    Raises:
        FormatError: not a succession, or a key in it that must not be used.
    """
    match parse_json(data, MAX_FILE_BYTES):
        case {
            "v": 1,
            "log": str(log),
            "body": str(body),
            "purpose": "event" | "token" as purpose,
            "jwk": dict(jwk),
            "possession": possession,
            "enrolment": enrolment,
            "retired": str(retired),
            "retirement": retirement,
            **rest,
        } if not rest:
            key, held, vouched = parse_jwk(jwk), _ascii(possession), _ascii(enrolment)
            return Succession(log, body, Purpose(purpose), key, held, vouched, retired, _ascii(retirement))
    raise FormatError("not a succession of keys: a field is missing or too many")


def format_compromise(compromise: Compromise) -> bytes:
    """Write the declaration of a compromise."""
    return format_json(
        {
            "v": 1,
            "log": compromise.log,
            "body": compromise.body,
            "purpose": str(compromise.purpose),
            "key_id": compromise.key_id,
            "from_index": compromise.from_index,
            "authorisation": compromise.authorisation.decode("ascii"),
        }
    )


def parse_compromise(data: bytes) -> Compromise:
    """Read the declaration of a compromise; its statement is checked where it is recorded.

    Raises:
        FormatError: not a declaration.
    """
    match parse_json(data, MAX_FILE_BYTES):
        case {
            "v": 1,
            "log": str(log),
            "body": str(body),
            "purpose": "event" | "token" as purpose,
            "key_id": str(key_id),
            "from_index": int(index),
            "authorisation": authorisation,
            **rest,
        } if not rest and not isinstance(index, bool) and index >= 0:
            return Compromise(log, body, Purpose(purpose), key_id, index, _ascii(authorisation))
    raise FormatError("not the declaration of a compromise: a field is missing or too many")


def format_to_sign(waiting: Sequence[ToSign]) -> bytes:
    """Write preparations."""
    return format_json({"v": 1, "preparations": [to_sign_json(item) for item in waiting]})


def to_sign_json(waiting: ToSign) -> dict[str, Json]:
    """One preparation as JSON."""
    return {
        "preparation": str(waiting.preparation),
        "body": waiting.body,
        "events": [format_base64url(event) for event in waiting.events],
        "token": None if waiting.token is None else format_base64url(waiting.token),
    }


def parse_to_sign(data: bytes) -> list[ToSign]:
    """Read preparations, one or many.

    Raises:
        FormatError: not a file of preparations.
    """
    match parse_json(data, MAX_FILE_BYTES):
        case {"v": 1, "preparations": list(items), **rest} if not rest:
            return [_to_sign(item) for item in items]
    raise FormatError("not a file of preparations")


def _to_sign(value: Json) -> ToSign:
    match value:
        case {"preparation": str(name), "body": str(body), "events": list(events), "token": token, **rest} if not rest:
            return ToSign(_uuid(name), body, tuple(map(_octets, events)), None if token is None else _octets(token))
    raise FormatError("a preparation in the file is not one")


def format_signatures(signed: Sequence[Signatures]) -> bytes:
    """Write signatures."""
    return format_json(
        {
            "v": 1,
            "signatures": [
                {
                    "preparation": str(item.preparation),
                    "events": [format_base64url(signature) for signature in item.events],
                    "token": None if item.token is None else format_base64url(item.token),
                }
                for item in signed
            ],
        }
    )


def parse_signatures(data: bytes) -> list[Signatures]:
    """Read signatures, of one preparation or many.

    Raises:
        FormatError: not a file of signatures.
    """
    match parse_json(data, MAX_FILE_BYTES):
        case {"v": 1, "signatures": list(items), **rest} if not rest:
            return [_signatures(item) for item in items]
    raise FormatError("not a file of signatures")


def _signatures(value: Json) -> Signatures:
    match value:
        case {"preparation": str(name), "events": list(events), "token": token, **rest} if not rest:
            return Signatures(_uuid(name), tuple(map(_octets, events)), None if token is None else _octets(token))
    raise FormatError("signatures in the file are not what they should be")


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise FormatError("a preparation's id is a UUID") from error


def _octets(value: Json) -> bytes:
    if not isinstance(value, str):
        raise FormatError("not base64url")
    return parse_base64url(value)


def _ascii(value: Json) -> bytes:
    if not isinstance(value, str) or not value.isascii():
        raise FormatError("a statement is a JWS in ASCII")
    return value.encode("ascii")
