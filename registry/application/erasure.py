"""Erasure: an event on each certification of a holder, the rows gone with it, then the holder's data key destroyed.

Events, tombstones and the deletion are one transaction. The key lies in a store of its own and goes after the commit;
what a crash leaves of that, or a restored backup brings back, ``complete`` erases again.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from keys.errors import KeyMissingError
from keys.key_set import KeySet
from keys.signer import Purpose, Signer
from keys.signing import sign_jws
from registry.application.answers import FORGET
from registry.application.prepare import Chance, Draft, current_key, moment_of
from registry.application.streams import Streams
from registry.commands.erasure import EraseHolder
from registry.database import Database
from registry.database.migration import Migration, Row, Value
from registry.domain.event import PersonalDataErased
from registry.errors import ConflictError, ForeignError, KeysElsewhereError, TamperedError, UnknownError
from registry.store.store import Clock, Store
from registry.store.submission import Change, NewEvent, Receipt, Rows, Submission
from registry.vault import PERSONAL, TOMBSTONE_COLUMNS, Numbered, Vault
from verifier.errors import KeyNotInForceError, SignatureError
from verifier.event import EVENT
from verifier.number import parse_number

_TOPIC: Final = PersonalDataErased.TOPIC
ERASURE: Final = Migration(
    "erasure",
    (
        f"CREATE INDEX entry_erased ON entry (stream) WHERE topic = '{_TOPIC}'",
        "CREATE INDEX answer_certification ON answer (certification)",
    ),
)
_GRAVE: Final = ("number", "certification", "body", "holder")
# The topic stands in the query as it stands in the index, or the index would not be used.
_UNBURIED: Final = f"""SELECT entry.stream, number.number, number.body, number.holder FROM entry
    LEFT JOIN tombstone ON tombstone.certification = entry.stream
    LEFT JOIN number ON number.certification = entry.stream
    WHERE entry.topic = '{_TOPIC}' AND tombstone.number IS NULL"""
_BURIED: Final = f"SELECT DISTINCT {', '.join(f'tombstone.{name}' for name in _GRAVE)} FROM tombstone"


@dataclass(frozen=True, slots=True)
class Erased:
    """A holder erased: the numbers of all certifications that the holder had at the body, and the receipt."""

    numbers: tuple[str, ...]
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Grave:
    """An erased certification, and whose it was."""

    number: str
    certification: UUID
    body: str
    holder: UUID


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Erased certifications of which something is left: rows or a data key; ``nameless`` those whose number is lost."""

    graves: tuple[Grave, ...]
    nameless: tuple[UUID, ...]


class Erasure:
    """Erases holders; the keys of the bodies that decide it lie in ``key_set``."""

    def __init__(
        self,
        database: Database,
        store: Store,
        streams: Streams,
        vault: Vault,
        key_set: KeySet,
        clock: Clock,
        chance: Chance,
    ) -> None:
        """Erase from ``database`` and ``vault``; ``clock`` gives the present instant, ``chance`` random octets."""
        self._database = database
        self._store = store
        self._streams = streams
        self._vault = vault
        self._key_set = key_set
        self._clock = clock
        self._chance = chance

    def concerned(self, number: str) -> list[Numbered]:
        """Every certification that goes with the one of that number: all that its holder has at its body.

        Raises:
            UnknownError: no such number here.
            ErasedError: its holder was erased.
            FormatError: no number.
        """
        numbered = self._vault.find_number(parse_number(number))
        if numbered is None:
            raise UnknownError(f"no certification with number {number} here")
        return self._vault.certifications_of(numbered.holder)

    def erase(self, command: EraseHolder) -> Erased:
        """Erase a holder, for ever.

        Raises:
            RequestError: no such certification here, another body's or erased already; the body's key is elsewhere.
            DomainError: a rule forbids it.
            KeysError: it is recorded, but the holder's data key could not be destroyed: ``complete`` does it.
            StoreError: it could not be stored.
        """
        try:
            return self._erase(command)
        except (ConflictError, SignatureError, KeyNotInForceError):
            # In another process a certification was granted or decided on, or the body's key was rotated.
            self._streams.forget()
            return self._erase(command)

    def _erase(self, command: EraseHolder) -> Erased:
        held = self.concerned(command.number)
        if held[0].body != command.body:
            raise ForeignError(f"certification {command.number} is another body's")
        receipt = self._store.append(self._submission(command, held))
        self._destroy({held[0].holder})
        return Erased(tuple(numbered.number for numbered in held), receipt)

    def _submission(self, command: EraseHolder, held: Sequence[Numbered]) -> Submission:
        signer = self._signer(command.body)
        moment = moment_of(self._clock, self._store.recorded_until())
        draft, body = Draft(moment, self._chance), self._streams.body(command.body).aggregate
        graves = [Grave(one.number, one.certification, one.body, one.holder) for one in held]
        return Submission(
            tuple(self._event(grave.certification, draft, signer) for grave in graves),
            (Rows("tombstone", TOMBSTONE_COLUMNS, tuple(_tombstone(grave, command.decider) for grave in graves)),),
            {body.id: body.version},
            moment.today,
            tuple(_changes(graves)),
        )

    def _signer(self, slug: str) -> Signer:
        try:
            signer = self._key_set.current(slug, Purpose.EVENT)
        except KeyMissingError as error:
            sentence = f"body {slug} keeps its event key elsewhere: nobody can sign an erasure here"
            raise KeysElsewhereError(sentence) from error
        if signer.public_key != current_key(self._streams.keys(slug), Purpose.EVENT, slug):
            raise SignatureError(
                f"the event key at hand is not the one that body {slug} has in force: attesto key list"
            )
        return signer

    def _event(self, certification: UUID, draft: Draft, signer: Signer) -> NewEvent:
        loaded = self._streams.certification(certification)
        loaded.aggregate.erase(draft.decision(_TOPIC, {}, None))
        (event,) = loaded.aggregate.collect_events()
        jws = sign_jws(signer, EVENT, self._streams.mapper.payload(event, loaded.chain))
        return NewEvent(certification, event.originator_version, _TOPIC, jws)

    def unfinished(self) -> Unfinished:
        """What is left of holders whose erasure the log or a tombstone tells of.

        Raises:
            TamperedError: a tombstone stands where the log holds no erasure, or names a holder who is certified.
        """
        unburied, nameless = self._unburied()
        graves = dict.fromkeys([*unburied, *self._with_rows(), *self._with_key()])
        for grave in graves:
            self._check_erased(grave.certification)
        erased = {grave.certification for grave in graves}
        for holder in {grave.holder for grave in graves}:
            for numbered in self._vault.certifications_of(holder):
                if numbered.certification not in erased:
                    raise TamperedError(f"certification {numbered.number} is not erased, and its holder is said to be")
        return Unfinished(tuple(graves), nameless)

    def complete(self) -> Unfinished:
        """Erase again what is left of erased holders, and say what it was; raises what ``unfinished`` raises."""
        left = self.unfinished()
        if left.graves:
            with self._database.transaction() as transaction:
                for change in _changes(left.graves):
                    transaction.execute(change.sql, change.parameters)
                rows = [_tombstone(grave, None) for grave in left.graves]
                transaction.insert("tombstone", TOMBSTONE_COLUMNS, rows, "ON CONFLICT DO NOTHING")
            self._destroy({grave.holder for grave in left.graves})
        return left

    def _unburied(self) -> tuple[list[Grave], tuple[UUID, ...]]:
        """Certifications whose erasure the log holds and no tombstone; apart from them those whose number is lost."""
        graves, nameless = [], []
        for stream, number, body, holder in self._database.rows(_UNBURIED):
            if number is None:
                nameless.append(UUID(bytes=bytes(stream)))  # type: ignore[arg-type]
            else:
                graves.append(_grave((number, stream, body, holder)))
        return graves, tuple(nameless)

    def _with_rows(self) -> list[Grave]:
        joined = (
            f"{_BURIED} JOIN {table} ON {table}.{column} = tombstone.{column}" for table, column in PERSONAL.items()
        )
        return [_grave(row) for sql in joined for row in self._database.rows(sql)]

    def _with_key(self) -> list[Grave]:
        graves = [_grave(row) for row in self._database.rows(_BURIED)]
        intact = set(self._vault.keys.find_intact(sorted({grave.holder for grave in graves})))
        return [grave for grave in graves if grave.holder in intact]

    def _check_erased(self, certification: UUID) -> None:
        # A row alone must not destroy a key: whoever writes into the database could erase anybody.
        if all(event.type != _TOPIC for event in self._streams.events(certification)):
            raise TamperedError(f"certification {certification} has a tombstone, and its stream holds no erasure")

    def _destroy(self, holders: Iterable[UUID]) -> None:
        for holder in holders:
            self._vault.keys.destroy(holder)
        self._database.scrub()


def _changes(graves: Sequence[Grave]) -> Iterator[Change]:
    """What takes every row of erased holders away, and makes the answers on them say nothing."""
    for table, column in PERSONAL.items():
        ids = dict.fromkeys(grave.holder if column == "holder" else grave.certification for grave in graves)
        yield from (Change(f"DELETE FROM {table} WHERE {column} = ?", (id_.bytes,)) for id_ in ids)
    for grave in graves:
        yield Change(FORGET, (b"", b"", grave.certification.bytes))


def _tombstone(grave: Grave, decider: str | None) -> tuple[Value, ...]:
    return grave.number, grave.certification.bytes, grave.body, grave.holder.bytes, decider


def _grave(row: Row) -> Grave:
    match row:
        case (str(number), bytes(certification), str(body), bytes(holder)):
            return Grave(number, UUID(bytes=certification), body, UUID(bytes=holder))
    raise TamperedError("a row of the tombstones or numbers is not one")
