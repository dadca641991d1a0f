"""A transfer: a certification leaves one body and goes on at another, both decisions recorded together or neither.

The chain is over what is to be signed, not over signatures, so the receiver's event can name the old body's before that
one is signed: two bodies sign with two keys, and one submission holds both.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final
from uuid import UUID

from keys.errors import KeyMissingError
from keys.signer import Signer
from registry.application.answers import Recorded
from registry.application.claims import handover_claims, kept_scope_claims, takeover_claims
from registry.application.prepare import (
    Chance,
    Context,
    Draft,
    Prepared,
    assemble,
    beginning_of,
    draw_id,
    draw_number,
    issue_document,
    printed_of,
)
from registry.application.registry import Registry
from registry.application.streams import Loaded
from registry.application.submit import Signed, sign, submission, token
from registry.commands.decisions import Person, TransferCertification
from registry.domain.beginning import transfer_in
from registry.domain.certification import Certification
from registry.domain.errors import ConsentError, DomainError
from registry.errors import ConflictError, KeysElsewhereError
from registry.store.submission import Submission
from registry.vault import HOLDER_TAG_BYTES, Holder, Numbered
from verifier.disclosure import parse_disclosure
from verifier.encoding import parse_day
from verifier.errors import AttestoError
from verifier.event import Event, parse_event

_PERSON: Final = ("name", "birth_date", "birth_place")


@dataclass(frozen=True, slots=True)
class Handover:
    """A transfer, ready to be signed: what the old body signs, and what the receiver does."""

    out: Prepared
    into: Prepared

    @property
    def parts(self) -> tuple[Prepared, Prepared]:
        """Both halves, in the order of the log."""
        return self.out, self.into

    @property
    def events(self) -> tuple[Event, ...]:
        """The events, read from the very bytes that are to be signed."""
        return tuple(parse_event(e.signing_input + b".") for part in self.parts for e in part.events)


@dataclass(frozen=True, slots=True)
class Transferred:
    """A transfer that is in the log: the old certification's end, and the new one's beginning with its document."""

    out: Recorded
    into: Recorded


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the receiver's certification goes: whose it is, whether that is a new holder, its status index."""

    holder: Holder
    new: bool
    status_index: int


class Transfers:
    """Transfers certifications between bodies; ``transfer`` between those whose keys both lie here."""

    def __init__(self, registry: Registry, chance: Chance) -> None:
        """Transfer within ``registry``; ``chance`` gives random octets."""
        self._registry = registry
        self._chance = chance

    def rehearse(self, command: TransferCertification) -> Handover:
        """What a transfer would be; every guard runs, and nothing of it is kept.

        Raises:
            DomainError: a rule forbids it.
            RequestError: it names what is not here.
            HolderErasedError: the holder was erased.
        """
        # Rare enough to read both bodies anew.
        self._registry.streams.forget()
        known = self._known(command)
        holder = known or self._new_holder(command, draw_id(self._chance))
        return self._prepare(command, _Place(holder, known is None, 0))

    def prepare(self, command: TransferCertification) -> Handover:
        """Make the bytes that both bodies have to sign; nothing is stored. Raises what ``rehearse`` raises."""
        self._registry.streams.forget()
        known, reserve = self._known(command), self._registry.reserve
        index = reserve.status_index()
        holder = known or self._new_holder(command, reserve.holder())
        try:
            return self._prepare(command, _Place(holder, known is None, index))
        except AttestoError:
            reserve.give_back(index, None if known else holder.holder)
            raise

    def find(self, command: TransferCertification) -> Transferred | None:
        """The first answer to a transfer that is repeated under its idempotency key, None where there is none yet.

        Raises:
            IdempotencyError: the key was used for another content.
        """
        answers = self._registry.answers
        out = answers.find(command, command.basis.idempotency_key)
        into = answers.find(command, _receivers(command), command.receiver)
        return None if out is None or into is None else Transferred(out, into)

    def transfer(self, command: TransferCertification) -> Transferred:
        """Carry a transfer out, whole or not at all.

        Raises:
            DomainError: a rule forbids it.
            RequestError: it names what is not here, a body keeps its keys elsewhere, or an idempotency key is repeated
                with another content.
            HolderErasedError: the holder was erased.
            StoreError: it could not be stored.
        """
        try:
            try:
                return self._transfer(command)
            except ConflictError:
                # Somebody was faster: what is there now decides.
                return self._transfer(command)
        except DomainError:
            # Faster with this very command, between the look at what is there and the guards: that is the answer.
            answered = self.find(command)
            if answered is None:
                raise
            return answered

    def _transfer(self, command: TransferCertification) -> Transferred:
        answered = self.find(command)
        if answered is not None:
            return answered
        handover = self.prepare(command)
        try:
            signed = [self.sign(part) for part in handover.parts]
        except AttestoError:
            self._give_back(handover.into)
            raise
        return self.record(command, handover, signed)

    def record(self, command: TransferCertification, handover: Handover, signed: Sequence[Signed]) -> Transferred:
        """Store and log both halves with their bodies' signatures.

        Raises:
            HolderErasedError: the holder was erased.
            StoreError: it could not be stored; ConflictError where somebody was faster.
        """
        receipt = self._registry.store.append(self._submission(command, handover, signed))
        ends = len(handover.out.events)
        left, begun = (replace(receipt, indexes=receipt.indexes[part]) for part in (slice(ends), slice(ends, None)))
        out, into = handover.out, handover.into
        return Transferred(
            Recorded(out.certification, out.number, left),
            Recorded(into.certification, into.number, begun, token(into, signed[1])),
        )

    def check_keys(self, handover: Handover) -> None:
        """Check that both bodies' keys lie here.

        Raises:
            KeysElsewhereError: one keeps its keys elsewhere.
        """
        for part in handover.parts:
            self._signers(part.body)

    def sign(self, part: Prepared) -> Signed:
        """Sign one half with its body's keys, which lie here.

        Raises:
            KeysElsewhereError: it keeps its keys elsewhere.
            SignatureError: they are not those that it has in force.
        """
        return sign(part, *self._signers(part.body))

    def _give_back(self, into: Prepared) -> None:
        if into.token is not None:
            holder = into.holder.holder if into.new_holder else None
            self._registry.reserve.give_back(into.token.certificate.status_index, holder)

    def _signers(self, body: str) -> tuple[Signer, Signer]:
        try:
            return self._registry.signers(body)
        except KeyMissingError as error:
            sentence = f"the keys of body {body} are not here, and its half of the transfer is not signed at its home"
            raise KeysElsewhereError(sentence) from error

    def _prepare(self, command: TransferCertification, place: _Place) -> Handover:
        numbered = self._registry.numbered(command.number, command.body)
        if not command.consented:
            raise ConsentError("the holder's data go to another body: that takes the holder's consent")
        loaded = self._registry.streams.certification(numbered.certification)
        old = self._registry.context(command.body, loaded.aggregate.edition)
        # Both bodies decide at one moment, on one day.
        new = replace(self._registry.context(command.receiver, loaded.aggregate.edition), moment=old.moment)
        left_by = self._registry.vault.holder(numbered.holder)
        out = _prepare_out(command, old, loaded, left_by, numbered.number)
        return Handover(out, _prepare_in(command, new, loaded.aggregate, self._person(numbered, command), out, place))

    def _person(self, numbered: Numbered, command: TransferCertification) -> Person:
        """The person, as the old body's vault has it now."""
        _, stated = self._registry.document(numbered.certification)
        # What the old body does not know has no disclosure.
        said = {part: str(parse_disclosure(stated[part]).value) for part in _PERSON if part in stated}
        born = parse_day(said["birth_date"]) if "birth_date" in said else None
        return Person(said["name"], born, said.get("birth_place"), command.reference)

    def _known(self, command: TransferCertification) -> Holder | None:
        """The holder whom the receiver knows by that reference."""
        if command.reference is None:
            return None
        return self._registry.vault.find_holders(command.receiver, [command.reference]).get(command.reference)

    def _new_holder(self, command: TransferCertification, holder: UUID) -> Holder:
        return Holder(holder, command.receiver, self._chance(HOLDER_TAG_BYTES), command.reference)

    def _submission(self, command: TransferCertification, handover: Handover, signed: Sequence[Signed]) -> Submission:
        keys = (command.basis.idempotency_key, _receivers(command))
        parts = [
            submission(part, by, self._registry.holder_key(part), self._registry.answers.rows(command, part, key))
            for part, by, key in zip(handover.parts, signed, keys, strict=True)
        ]
        return Submission(
            tuple(event for part in parts for event in part.events),
            tuple(rows for part in parts for rows in part.rows),
            {stream: sequence for part in parts for stream, sequence in part.expects.items()},
            handover.out.prepared_on,
        )


def _prepare_out(
    command: TransferCertification, context: Context, loaded: Loaded[Certification], holder: Holder, number: str
) -> Prepared:
    draft, left = Draft(context.moment, context.chance), loaded.aggregate
    claims, day = handover_claims(command), command.basis.effective_on
    left.transfer_out(draft.decision("certification.transferred_out", claims, day), command.receiver)
    return assemble(left, loaded.chain, draft, context, holder, number, None, new=False)


def _prepare_in(
    command: TransferCertification, context: Context, left: Certification, person: Person, out: Prepared, place: _Place
) -> Prepared:
    draft, number = Draft(context.moment, context.chance), draw_number(context.chance)
    claims, edition = takeover_claims(command, person, number), context.published.edition
    decision = draft.decision("certification.transferred_in", claims, command.basis.effective_on)
    beginning = beginning_of(command, context, decision, place.status_index)
    begun = transfer_in(beginning, left, sha256(out.events[-1].signing_input).digest())
    scope = left.standing(decision.effective_on).scope
    if scope is not None and set(scope) != set(edition.tasks.get(left.profile, ())):
        # A beginning is for the whole profile.
        kept = draft.decision("certification.scope_reduced", kept_scope_claims(command), decision.effective_on)
        begun.reduce_scope(kept, edition, scope)
    document = issue_document(begun, draft, context, place.holder, number, printed_of(person, context))
    return assemble(begun, None, draft, context, place.holder, number, document, new=place.new)


def _receivers(command: TransferCertification) -> str | None:
    """The key of the receiver's half of the answer: keys are a body's own, and the receiver has not given this one."""
    key = command.basis.idempotency_key
    return None if key is None else f"transfer from {command.body}: {key}"
