"""Ceremonies: the statements by which a body's keys are enrolled, retired and declared compromised.

``verifier.enrolment`` says what each statement means and checks it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from keys.signer import Purpose, Signer
from keys.signing import sign_jws
from verifier.enrolment import ENROLMENT, Authorisation, Possession, Statement, format_statement
from verifier.key import PublicKey

# The keys of a body, in the order of its registration.
BODY_PURPOSES: Final = (Purpose.EVENT, Purpose.TOKEN, Purpose.RECOVERY)


def possession(signer: Signer, log: str, body: str, purpose: str) -> bytes:
    """The new key's own statement that ``body`` holds it for ``purpose``; ``log`` is the log's origin."""
    return _sign(signer, Possession(log, body, purpose, signer.public_key.key_id))


def authorise(
    signer: Signer, log: str, body: str, action: str, purpose: str, key_id: str, from_index: int | None = None
) -> bytes:
    """A trusted key's statement that the ``action`` on key ``key_id`` is wanted.

    Raises:
        ValueError: the action is none of enrol, retire and compromise, or the last one lacks its leaf index.
    """
    if action not in {"enrol", "retire", "compromise"} or (action == "compromise") != (from_index is not None):
        raise ValueError(f"cannot authorise to {action} a key from index {from_index}")
    return _sign(signer, Authorisation(action, log, body, purpose, key_id, from_index))


@dataclass(frozen=True, slots=True)
class Introduction:
    """What a body hands to the operator to be registered: who it is, its public keys by purpose, their statements.

    The statements are the possession of the event, the token and the recovery key, and the event key's word for the
    token key.
    """

    log: str
    body: str
    name: str
    website: str
    keys: Mapping[str, PublicKey]
    statements: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Succession:
    """What a body hands to the operator to let ``key`` take the place of the one it has for ``purpose``.

    ``enrolment`` is the word of the key in force or of the recovery key; ``retirement`` the new key's that the key
    ``retired`` signs no more.
    """

    log: str
    body: str
    purpose: Purpose
    key: PublicKey
    possession: bytes
    enrolment: bytes
    retired: str
    retirement: bytes


@dataclass(frozen=True, slots=True)
class Compromise:
    """What a body hands to the operator to put one of its keys in doubt from the log's entry ``from_index`` on."""

    log: str
    body: str
    purpose: Purpose
    key_id: str
    from_index: int
    authorisation: bytes


def introduce(log: str, body: str, name: str, website: str, signers: Mapping[Purpose, Signer]) -> Introduction:
    """Sign what registers a body in ``log``; ``signers`` are its keys for events, tokens and recovery."""
    keys: dict[str, PublicKey] = {
        purpose: signers[purpose].public_key for purpose in (Purpose.EVENT, Purpose.TOKEN, Purpose.RECOVERY)
    }
    held = (possession(signers[Purpose(purpose)], log, body, purpose) for purpose in keys)
    vouched = authorise(signers[Purpose.EVENT], log, body, "enrol", Purpose.TOKEN, keys[Purpose.TOKEN].key_id)
    return Introduction(log, body, name, website, keys, (*held, vouched))


def succeed(log: str, body: str, purpose: Purpose, current: Signer, new: Signer) -> Succession:
    """Sign what lets ``new`` take the place of ``current``."""
    return recover(log, body, purpose, current.public_key.key_id, current, new)


def recover(log: str, body: str, purpose: Purpose, retired: str, vouching: Signer, new: Signer) -> Succession:
    """Sign what lets ``new`` take the place of a lost key, by the word of ``vouching``, which is trusted already."""
    key = new.public_key
    return Succession(
        log,
        body,
        purpose,
        key,
        possession(new, log, body, purpose),
        authorise(vouching, log, body, "enrol", purpose, key.key_id),
        retired,
        authorise(new, log, body, "retire", purpose, retired),
    )


def declare(log: str, body: str, purpose: Purpose, key_id: str, from_index: int, recovery: Signer) -> Compromise:
    """Sign, with the recovery key, that a key is in doubt from the log's entry ``from_index`` on."""
    statement = authorise(recovery, log, body, "compromise", purpose, key_id, from_index)
    return Compromise(log, body, purpose, key_id, from_index, statement)


def _sign(signer: Signer, statement: Statement) -> bytes:
    return sign_jws(signer, ENROLMENT, format_statement(statement))
