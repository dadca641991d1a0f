"""Preparations: decisions that wait for their body's signatures, for a body that keeps its keys at home.

Prepare gives the exact bytes to sign and keeps what they hide, sealed under the holder's key, for three days. Submit
runs every guard again as of now. Where what is to be signed would say something else by then, the signatures are for
nothing: the answer is a new preparation, and the old one is gone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeAlias, get_args
from uuid import UUID

import msgspec

from keys.errors import HolderErasedError
from keys.holder import HolderKey
from registry.application.answers import Recorded
from registry.application.prepare import Chance, Prepared, UnsignedToken, draw_id
from registry.application.registry import Registry
from registry.application.submit import Signed, check_signatures, submission, token
from registry.application.waiting import WAITS, keep
from registry.commands.decisions import Command
from registry.commands.home_file import ToSign
from registry.database import Database
from registry.database.migration import Migration, Row
from registry.errors import ConflictError, StaleError, StoreError, UnknownError
from registry.store.store import Clock
from registry.store.submission import Receipt, Rows, Submission
from verifier.encoding import Json, format_instant, parse_instant, parse_json
from verifier.errors import AttestoError
from verifier.jws import parse_jws

PREPARATIONS: Final = Migration(
    "preparations",
    (
        """CREATE TABLE preparation (
            id BYTEA PRIMARY KEY, body TEXT NOT NULL, holder BYTEA NOT NULL, expires_at TEXT NOT NULL,
            sealed BYTEA NOT NULL
        )""",
        "CREATE INDEX preparation_expires_at ON preparation (expires_at)",
    ),
)
_COLUMNS: Final = ("id", "body", "holder", "expires_at", "sealed")
_COMMANDS: Final[dict[str, type[Command]]] = {kind.__name__: kind for kind in get_args(Command)}
# A transfer that waits for two bodies. holder: at the old body; taken_by: at the receiver. Both their keys seal it.
HANDOVERS: Final = Migration(
    "handovers",
    (
        """CREATE TABLE handover (
            id BYTEA PRIMARY KEY, holder BYTEA NOT NULL, taken_by BYTEA NOT NULL, expires_at TEXT NOT NULL,
            sealed BYTEA NOT NULL
        )""",
        "CREATE INDEX handover_expires_at ON handover (expires_at)",
    ),
)
# What chance and the clock make anew each time, and what follows from it.
_DRAWN: Final = frozenset({"id", "decided_at", "_sd", "stream", "status_index", "token_sha256", "out_sha256"})


@dataclass(frozen=True, slots=True)
class Preparation:
    """What waits to be signed, under which id, and until when (UTC)."""

    preparation: UUID
    prepared: Prepared
    expires_at: datetime

    @property
    def to_sign(self) -> ToSign:
        """The preparation as it travels to whoever signs."""
        return to_sign(self.preparation, self.prepared)


Outcome: TypeAlias = Recorded | Preparation | AttestoError


class _Waiting(msgspec.Struct, frozen=True):
    """What is sealed: the command, for the guards to run again, and what was prepared."""

    kind: str
    command: msgspec.Raw
    prepared: Prepared


@dataclass(frozen=True, slots=True)
class _Ready:
    """A preparation whose signatures fit and which says what it would say if it were made now."""

    command: Command
    prepared: Prepared
    submission: Submission
    token: bytes | None


class Preparations:
    """Prepares decisions and takes the signatures back."""

    def __init__(self, database: Database, registry: Registry, clock: Clock, chance: Chance) -> None:
        """Prepare with ``registry``; ``clock`` gives the present instant (UTC), ``chance`` random octets."""
        self._database = database
        self._registry = registry
        self._clock = clock
        self._chance = chance

    def prepare(self, command: Command) -> Preparation | Recorded:
        """Make the bytes to sign, to be submitted within 72 hours; a command answered before gets its first answer.

        Raises:
            DomainError: a rule forbids it.
            RequestError: it names what is not here, or repeats an idempotency key with another content.
            FormatError: a number that is none, or a name that no certificate can state.
            HolderErasedError: the holder was erased.
        """
        answered = self._registry.answers.find(command, command.basis.idempotency_key)
        return answered or self._prepare(command)

    def submit(self, body: str, preparation: UUID, signed: Signed) -> Recorded | Preparation:
        """Store and log one prepared decision; where it is stale, prepare it anew.

        Raises:
            UnknownError: no such preparation of that body waits.
            SignatureError: a signature is not the body's current key's over what was prepared.
            DomainError, StoreError: as for any decision.
        """
        (outcome,) = self.submit_all(body, [(preparation, signed)])
        if isinstance(outcome, AttestoError):
            raise outcome
        return outcome

    def submit_all(self, body: str, submitted: Sequence[tuple[UUID, Signed]]) -> list[Outcome]:
        """Store and log prepared decisions of one body, each by itself whole.

        Returns:
            What was recorded, the new preparation of what is stale, or why not, in order.
        """
        examined = [self._examined(body, preparation, signed) for preparation, signed in submitted]
        ready = [item for item in examined if isinstance(item, _Ready)]
        stored = iter(self._registry.store.append_all([item.submission for item in ready]))
        return [
            self._outcome(body, given, item, next(stored)) if isinstance(item, _Ready) else item
            for given, item in zip(submitted, examined, strict=True)
        ]

    def _outcome(self, body: str, given: tuple[UUID, Signed], ready: _Ready, stored: Receipt | StoreError) -> Outcome:
        if isinstance(stored, ConflictError):
            # Somebody was faster. What is there now decides: recorded already, stale, or good still.
            self._registry.streams.forget()
            again = self._examined(body, *given)
            if not isinstance(again, _Ready):
                return again
            (stored,) = self._registry.store.append_all([again.submission])
        if isinstance(stored, Receipt):
            return Recorded(ready.prepared.certification, ready.prepared.number, stored, ready.token)
        return stored

    def _examined(self, body: str, preparation: UUID, signed: Signed) -> _Ready | Outcome:
        try:
            command, prepared, key = self._open(body, preparation)
            kept_under = command.basis.idempotency_key or f"preparation {preparation}"
            answered = self._registry.answers.find(command, kept_under)
            if answered is not None:
                return answered
            again = self._registry.prepare(command, _status_index(prepared))
            if not says_the_same(prepared, again):
                return self._replace(preparation, command)
            # That these keys are the current ones, the preparation made now has said.
            check_signatures(prepared, signed)
            rows = self._registry.answers.rows(command, prepared, kept_under)
            # The guards ran now, against the streams as they are: these heads must still stand, and this day.
            current = replace(prepared, expects=again.expects, prepared_on=again.prepared_on)
            return _Ready(command, prepared, submission(current, signed, key, rows), token(prepared, signed))
        except AttestoError as error:
            return error

    def _prepare(self, command: Command) -> Preparation:
        try:
            return self._keep(command, self._registry.prepare(command))
        except HolderErasedError:
            # In another process, while it was prepared: what is there now has the answer.
            return self._keep(command, self._registry.prepare(command))

    def _keep(self, command: Command, prepared: Prepared) -> Preparation:
        preparation = draw_id(self._chance)
        expires_at = self._clock().replace(microsecond=0) + WAITS
        key = self._registry.holder_key(prepared)
        waiting = _Waiting(type(command).__name__, msgspec.Raw(msgspec.json.encode(command)), prepared)
        sealed = key.seal(preparation.bytes, msgspec.json.encode(waiting))
        holder = prepared.holder.holder
        row = (preparation.bytes, prepared.body, holder.bytes, format_instant(expires_at), sealed)
        keep(self._database, self._clock(), [prepared], [Rows("preparation", _COLUMNS, (row,))])
        return Preparation(preparation, prepared, expires_at)

    def _replace(self, stale: UUID, command: Command) -> Preparation:
        made = self._prepare(command)
        with self._database.transaction() as transaction:
            transaction.execute("DELETE FROM preparation WHERE id = ?", (stale.bytes,))
        return made

    def _open(self, body: str, preparation: UUID) -> tuple[Command, Prepared, HolderKey]:
        with self._database.snapshot() as reading:
            rows = reading.rows(
                "SELECT holder, expires_at, sealed FROM preparation WHERE id = ? AND body = ?",
                (preparation.bytes, body),
            )
        if not rows or self._expired(rows[0]):
            raise UnknownError(f"no preparation {preparation} of body {body} waits: prepare the decision anew")
        match rows[0]:
            case (bytes(holder), str(), bytes(sealed)):
                key = self._holder_key(UUID(bytes=holder))
                waiting = msgspec.json.decode(key.unseal(preparation.bytes, sealed), type=_Waiting)
                command = msgspec.json.decode(waiting.command, type=_COMMANDS[waiting.kind])
                return command, waiting.prepared, key
        raise StaleError(f"preparation {preparation} cannot be read; prepare the decision anew")

    def _holder_key(self, holder: UUID) -> HolderKey:
        try:
            return self._registry.vault.keys.open(holder)
        except HolderErasedError as error:
            raise StaleError("the person was erased meanwhile; there is nothing left to decide on") from error

    def _expired(self, row: Row) -> bool:
        return parse_instant(str(row[1])) <= self._clock()


def to_sign(preparation: UUID, prepared: Prepared) -> ToSign:
    """What was prepared, as it travels to whoever signs."""
    token = None if prepared.token is None else prepared.token.signing_input
    return ToSign(preparation, prepared.body, tuple(event.signing_input for event in prepared.events), token)


def _status_index(prepared: Prepared) -> int | None:
    return None if prepared.token is None else prepared.token.certificate.status_index


def says_the_same(prepared: Prepared, again: Prepared) -> bool:
    """Whether what was prepared says what it would say if it were prepared now, chance and clock apart."""
    if prepared.new_holder != again.new_holder or (not again.new_holder and prepared.holder != again.holder):
        return False
    if prepared.exam != again.exam:
        return False
    return _statements(prepared) == _statements(again) and _printed(prepared.token) == _printed(again.token)


def _statements(prepared: Prepared) -> list[tuple[str, dict[str, Json]]]:
    statements = []
    for place, event in enumerate(prepared.events):
        jws = parse_jws(event.signing_input + b".")
        # Within one decision an event names the one before it, which chance made; only the first names the stream's.
        drawn = _DRAWN | {"previous"} if place else _DRAWN
        statements.append((jws.key_id, {n: v for n, v in parse_json(jws.payload).items() if n not in drawn}))
    return statements


def _printed(unsigned: UnsignedToken | None) -> tuple[object, ...]:
    if unsigned is None:
        return ()
    claims = unsigned.certificate
    return unsigned.key, claims.valid_until, claims.revision, claims.name, claims.birth_year
