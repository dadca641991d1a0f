"""Ceremonies: the statements by which a body's keys are enrolled, retired and declared compromised.

``verifier.enrolment`` says what each statement means and checks it.
"""

from keys.signer import Signer
from keys.signing import sign_jws
from verifier.enrolment import ENROLMENT, Authorisation, Possession, Statement, format_statement


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


def _sign(signer: Signer, statement: Statement) -> bytes:
    return sign_jws(signer, ENROLMENT, format_statement(statement))
