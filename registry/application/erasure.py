"""Erasure: an event on each certification of a holder, the rows gone with it, then the holder's data key destroyed.

Events, tombstones and the deletion are one transaction. The key lies in a store of its own and goes after the commit;
what a crash leaves of that, or a restored backup brings back, ``registry.application.remains`` erases again.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final
from uuid import UUID

from keys.errors import KeyMissingError
from keys.key_set import KeySet
from keys.signer import Purpose, Signer
from keys.signing import jws_signing_input
from registry.application.erased import Erased, ErasureAnswers
from registry.application.prepare import Chance, Draft, Moment, current_key, draw_id, moment_of
from registry.application.remains import Grave, Remains, changes, tombstone_row
from registry.application.streams import Streams
from registry.commands.erasure import EraseHolder
from registry.commands.home_file import ToSign
from registry.database import Database
from registry.domain.decision import Decision
from registry.domain.event import PersonalDataErased
from registry.errors import (
    CommitUnknownError,
    ConflictError,
    ErasedError,
    ForeignError,
    KeysElsewhereError,
    StaleError,
    UnknownError,
)
from registry.store.store import Clock, Store
from registry.store.submission import NewEvent, Rows, Submission
from registry.vault import TOMBSTONE_COLUMNS, Numbered, Vault
from verifier.errors import AttestoError, KeyNotInForceError, SignatureError
from verifier.event import EVENT, Event, parse_event
from verifier.jws import check_jws, signed_jws
from verifier.key import PublicKey
from verifier.number import parse_number

_TOPIC: Final = PersonalDataErased.TOPIC


class Erasure:
    """Erases holders; the keys of the bodies that decide it lie in ``key_set``."""

    def __init__(
        self,
        database: Database,
        store: Store,
        streams: Streams,
        vault: Vault,
        remains: Remains,
        key_set: KeySet,
        clock: Clock,
        chance: Chance,
    ) -> None:
        """Erase from ``vault`` and ``remains``; ``clock`` gives the present instant, ``chance`` random octets."""
        self._store = store
        self._streams = streams
        self._vault = vault
        self._remains = remains
        self.answers = ErasureAnswers(database, store, chance)
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
        concerned = self._vault.certifications_of(numbered.holder)
        if not concerned:
            # Erased by another process, between the two questions.
            raise ErasedError(f"certification {numbered.number} was erased")
        return concerned

    def erase(self, command: EraseHolder) -> Erased:
        """Erase a holder, for ever.

        Raises:
            RequestError: no such certification here, another body's or erased already; the body's key is elsewhere; an
                idempotency key is repeated with another content.
            DomainError: a rule forbids it.
            KeysError: it is recorded, but the holder's data key could not be destroyed: doctor and publish do it.
            StoreError: it could not be stored.
        """
        try:
            return self._erase(command)
        except (ConflictError, SignatureError, KeyNotInForceError, ErasedError):
            # In another process it was erased, another was granted or decided on, or the body's key was rotated.
            self._streams.forget()
            return self._erase(command)

    def prepare(self, command: EraseHolder) -> list[ToSign]:
        """What a body that keeps its keys at home has to sign, a preparation for each certification.

        An erasure hides nothing, so nothing is kept here: the bytes come back with their signatures, on the same day.

        Raises:
            RequestError: no such certification here, another body's or erased already.
            DomainError: a rule forbids it.
            KeyNotInForceError: the body has no event key in force.
        """
        self._streams.forget()
        held, key, draft = self._held(command), self._key(command.body), Draft(self._moment(), self._chance)
        unsigned = [self._unsigned(one.certification, draft.decision(_TOPIC, {}, None), key) for one in held]
        ids = [draw_id(self._chance) for _ in unsigned]
        return [ToSign(id_, command.body, (to_sign,)) for id_, (_, to_sign) in zip(ids, unsigned, strict=True)]

    def submit(self, command: EraseHolder, signed: Sequence[bytes]) -> Erased:
        """Erase a holder by what was signed at home: the JWS of each certification's event. Guards run again.

        Raises:
            StaleError: it is not for every certification of the holder, or says otherwise than it would say now.
            SignatureError: one is not signed by the body's event key in force.
            FormatError: one is no event.
            RequestError, DomainError, KeysError, StoreError: as for ``erase``.
        """
        self._streams.forget()
        if (answered := self.answers.find(command)) is not None:
            return answered
        held, key = self._held(command), self._key(command.body)
        asked = {event.stream: event for event in map(parse_event, signed)}
        if asked.keys() != {one.certification for one in held} or len(asked) != len(signed):
            raise StaleError(
                f"what was signed is not for the {len(held)} certifications of the holder: prepare it anew"
            )
        return self._record(command, held, [self._signed(asked[one.certification], key) for one in held])

    def _erase(self, command: EraseHolder) -> Erased:
        if (answered := self.answers.find(command)) is not None:
            return answered
        held, signer = self._held(command), self._signer(command.body)
        draft = Draft(self._moment(), self._chance)
        return self._record(command, held, [self._event(one.certification, draft, signer) for one in held])

    def _held(self, command: EraseHolder) -> list[Numbered]:
        held = self.concerned(command.number)
        if held[0].body != command.body:
            raise ForeignError(f"certification {command.number} is another body's")
        return held

    def _moment(self) -> Moment:
        return moment_of(self._clock, self._store.recorded_until())

    def _key(self, slug: str) -> PublicKey:
        return current_key(self._streams.keys(slug), Purpose.EVENT, slug)

    def _record(self, command: EraseHolder, held: Sequence[Numbered], events: Sequence[NewEvent]) -> Erased:
        body = self._streams.body(command.body).aggregate
        graves = [Grave(one.number, one.certification, one.body, one.holder) for one in held]
        tombstones = tuple(tombstone_row(grave, command.decider) for grave in graves)
        made = Submission(
            tuple(events),
            (Rows("tombstone", TOMBSTONE_COLUMNS, tombstones), *self.answers.rows(command)),
            {body.id: body.version},
            self._moment().today,
            tuple(changes(graves)),
        )
        try:
            receipt = self._store.append(made)
        except CommitUnknownError:
            # Committed or not, the database knows: where there is no tombstone, nothing is destroyed.
            with suppress(AttestoError):
                self._remains.complete()
            raise
        self._remains.destroy({grave.holder for grave in graves})
        return Erased(tuple(grave.number for grave in graves), receipt)

    def _signer(self, slug: str) -> Signer:
        try:
            signer = self._key_set.current(slug, Purpose.EVENT)
        except KeyMissingError as error:
            sentence = f"body {slug} keeps its event key elsewhere: nobody can sign an erasure here"
            raise KeysElsewhereError(sentence) from error
        if signer.public_key != self._key(slug):
            raise SignatureError(
                f"the event key at hand is not the one that body {slug} has in force: attesto key list"
            )
        return signer

    def _event(self, certification: UUID, draft: Draft, signer: Signer) -> NewEvent:
        sequence, to_sign = self._unsigned(certification, draft.decision(_TOPIC, {}, None), signer.public_key)
        return NewEvent(certification, sequence, _TOPIC, signed_jws(to_sign, signer.sign(to_sign)))

    def _signed(self, asked: Event, key: PublicKey) -> NewEvent:
        decision = Decision(asked.event_id, asked.decided_at, asked.effective_on, self._moment().today)
        sequence, to_sign = self._unsigned(asked.stream, decision, key)
        if to_sign != asked.jws.signing_input:
            raise StaleError("what was signed says otherwise than it would say now: prepare it anew")
        check_jws(asked.jws, key)
        return NewEvent(asked.stream, sequence, _TOPIC, signed_jws(to_sign, asked.jws.signature))

    def _unsigned(self, certification: UUID, decision: Decision, key: PublicKey) -> tuple[int, bytes]:
        """An event's place in its stream, and the bytes to sign."""
        loaded = self._streams.certification(certification)
        loaded.aggregate.erase(decision)
        (event,) = loaded.aggregate.collect_events()
        return event.originator_version, jws_signing_input(
            key, EVENT, self._streams.mapper.payload(event, loaded.chain)
        )
