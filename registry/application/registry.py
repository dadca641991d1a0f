"""The registry's decisions: from a command to a receipt, one or thousands at a time."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final, TypeAlias, TypeVar
from uuid import UUID

from keys.errors import HolderErasedError, KeyMissingError
from keys.holder import HolderKey
from keys.key_set import KeySet
from keys.signer import Purpose, Signer
from registry.application.adoption import prepare_beginning
from registry.application.answers import Answers, Recorded
from registry.application.erasure import Erasure
from registry.application.evidence import EvidenceRecords
from registry.application.exams import Exams, Sessions, exam_of
from registry.application.prepare import (
    Chance,
    Context,
    Moment,
    Prepared,
    Printed,
    draw_id,
    moment_of,
    prepare_decision,
)
from registry.application.remains import Remains
from registry.application.reserve import Reserve
from registry.application.streams import Streams
from registry.application.submit import may_sign, sign, submission, token
from registry.commands.decisions import Begun, Command, ConfirmMaintenance, Decided, UpholdAppeal
from registry.database import Database
from registry.domain.certification import Certification
from registry.domain.decision import check_appeal_decider
from registry.domain.errors import DomainError
from registry.domain.evidence import of_running_period
from registry.domain.exam import ExamSession
from registry.errors import ConflictError, ForeignError, StoreError, UnknownError
from registry.store.store import Clock, Store
from registry.store.submission import Receipt, Submission
from registry.vault import HOLDER_TAG_BYTES, Holder, Numbered, Vault
from verifier.certificate import parse_token
from verifier.disclosure import parse_disclosure
from verifier.encoding import parse_base64url
from verifier.errors import AttestoError, KeyNotInForceError
from verifier.number import parse_number

T = TypeVar("T")
Outcome: TypeAlias = Recorded | AttestoError
BATCH: Final = 1000
_CORRECTABLE: Final = ("name", "birth_date", "birth_place")


@dataclass(frozen=True, slots=True)
class Known:
    """What a batch of commands names that is here already: holders by body and reference, recorded exam sessions."""

    holders: dict[tuple[str, str], Holder]
    exams: Sessions


class Registry:
    """Takes decisions of certification bodies whose keys lie in ``key_set``."""

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
        """Compose a registry; ``clock`` gives the present instant, ``chance`` random octets."""
        self.store = store
        self.streams = streams
        self.vault = vault
        self._database = database
        self._key_set = key_set
        self._clock = clock
        self._chance = chance
        self.answers = Answers(database, store, lambda certification: vault.numbered(certification).number, chance)
        self.exams = Exams(database)
        self.evidence = EvidenceRecords(database, vault.keys, chance)
        self.remains = Remains(database, streams, vault)
        self.erasure = Erasure(database, store, streams, vault, self.remains, key_set, clock, chance)
        self.reserve = Reserve(store, vault.keys, chance)

    def decide(self, command: Command) -> Recorded:
        """Carry out one command.

        Raises:
            DomainError: a rule forbids it.
            RequestError: it names what is not here, or repeats a key with another content.
            FormatError: a number that is none, or a name that no certificate can state.
            StoreError: it could not be stored.
        """
        (outcome,) = self.decide_all([command])
        if isinstance(outcome, Recorded):
            return outcome
        raise outcome

    def decide_all(
        self, commands: Sequence[Command], progress: Callable[[int], None] = lambda done: None
    ) -> list[Outcome]:
        """Carry out commands, each by itself whole, in batches; ``progress`` hears how many are done.

        Returns:
            What was recorded, or why not, in order.
        """
        outcomes: list[Outcome] = []
        for start in range(0, len(commands), BATCH):
            batch = commands[start : start + BATCH]
            try:
                outcomes += self._batch(batch)
            except AttestoError as error:
                # What the batches before have recorded must be told all the same.
                outcomes += [error] * len(batch)
            progress(len(outcomes))
        return outcomes

    def prepare(self, command: Command, status_index: int | None = None) -> Prepared:
        """Make the bytes that the command's body has to sign; nothing is stored.

        What begins a certification gets ``status_index``, or without one the next that is free.

        Raises:
            DomainError: a rule forbids it.
            RequestError: it names what is not here.
            FormatError: a number that is none, or a name that no certificate can state.
        """
        return self._fresh(lambda: self._prepare(command, self._known([command]), status_index))

    def rehearse(self, command: Command) -> None:
        """Run every guard of a command, and keep nothing; raises what ``prepare`` raises."""
        self.prepare(command, status_index=0)

    def holder_key(self, prepared: Prepared) -> HolderKey:
        """The data key of the holder of what was prepared, made where the holder is new.

        Raises:
            HolderErasedError: it was destroyed.
        """
        # Who is new has just got a key from the reserve; it is on disk already.
        holder = prepared.holder.holder
        return self.reserve.take_key(holder) or self.vault.keys.open(holder)

    def numbered(self, number: str, body: str | None = None) -> Numbered:
        """Whose number it is, of ``body`` where one is named.

        Raises:
            UnknownError: no such number here.
            ForeignError: it is another body's.
            ErasedError: its holder was erased.
        """
        found = self.vault.find_number(parse_number(number))
        if found is None:
            raise UnknownError(f"no certification with number {number} here")
        if body not in {None, found.body}:
            raise ForeignError(f"certification {number} is another body's")
        return found

    def certification(self, number: str, body: str | None = None) -> tuple[Numbered, Certification]:
        """The certification of a number; raises what ``numbered`` raises."""
        numbered = self.numbered(number, body)
        return numbered, self.streams.certification(numbered.certification).aggregate

    def document(self, certification: UUID, revision: int | None = None) -> tuple[bytes, Mapping[str, str]]:
        """The token of a certificate document, the newest unless ``revision`` is given, and the person's disclosures.

        Of the person what was corrected last holds, the grant's otherwise.

        Raises:
            UnknownError: no such revision.
            HolderErasedError: the holder was erased.
        """
        hidden = self.vault.hidden(certification)
        tokens = [parse_base64url(claims["token"]) for claims in hidden.values() if "token" in claims]
        by_revision = {parse_token(made).claims.revision: made for made in tokens}
        wanted = max(by_revision, default=0) if revision is None else revision
        if wanted not in by_revision:
            raise UnknownError(f"certification {certification} has no document of revision {wanted}")
        return by_revision[wanted], self._stated(certification, hidden)

    def _stated(self, certification: UUID, hidden: Mapping[UUID, Mapping[str, str]]) -> Mapping[str, str]:
        stated: dict[str, str] = {}
        for event in self.streams.events(certification):
            claims = hidden.get(event.event_id, {})
            if event.sequence == 1:
                stated |= claims
            elif event.type == "certification.corrected":
                stated |= {name: claims[name] for name in _CORRECTABLE if name in claims}
        return stated

    def moment(self) -> Moment:
        """Now, to the second, and its legal day; never before what this process knows the log to have recorded."""
        return moment_of(self._clock, self.store.recorded_until())

    def _batch(self, commands: Sequence[Command]) -> list[Outcome]:
        drafted = self._drafted(commands)
        signers = self._all_signers(drafted)
        if not all(may_sign(p, *signers[p.body]) for p in drafted if isinstance(p, Prepared)):
            # Another process rotated a key since the body was read.
            self.streams.forget()
            drafted = self._drafted(commands)
            signers = self._all_signers(drafted)
        drafted, keys = self._with_keys(commands, drafted)
        waiting = {place: p for place, p in enumerate(drafted) if isinstance(p, Prepared)}
        signed = {
            place: self._sign(p, commands[place], keys[p.holder.holder], signers[p.body])
            for place, p in waiting.items()
        }
        receipts = self.store.append_all([made for made, _ in signed.values()])
        outcomes: list[Outcome] = []
        stored = dict(zip(waiting, receipts, strict=True))
        for place, draft in enumerate(drafted):
            if not isinstance(draft, Prepared):
                outcomes.append(draft)
            else:
                outcomes.append(self._outcome(commands[place], draft, stored[place], signed[place][1]))
        return outcomes

    def _outcome(
        self, command: Command, prepared: Prepared, stored: Receipt | StoreError, made: bytes | None
    ) -> Outcome:
        if isinstance(stored, Receipt):
            return Recorded(prepared.certification, prepared.number, stored, made)
        if isinstance(stored, ConflictError):
            return self._again(command)
        return stored

    def _again(self, command: Command) -> Outcome:
        """Carry a command out once more, on what is there now: a stream moved on meanwhile."""
        self.streams.forget()
        draft = self._draft(command, self._known([command]))
        if not isinstance(draft, Prepared):
            return draft
        try:
            key = self.holder_key(draft)
            made, document = self._sign(draft, command, key, self.signers(draft.body))
            return Recorded(draft.certification, draft.number, self.store.append(made), document)
        except AttestoError as error:
            # Its neighbours may be recorded: what went wrong here is told of this command alone.
            return error

    def _with_keys(
        self, commands: Sequence[Command], drafted: Sequence[Prepared | Outcome]
    ) -> tuple[list[Prepared | Outcome], dict[UUID, HolderKey]]:
        """The drafts with their holders' keys; where another process erased one meanwhile, it is decided on anew."""
        keys: dict[UUID, HolderKey] = {}
        kept: list[Prepared | Outcome] = []
        for command, draft in zip(commands, drafted, strict=True):
            try:
                if isinstance(draft, Prepared) and draft.holder.holder not in keys:
                    keys[draft.holder.holder] = self.holder_key(draft)
                kept.append(draft)
            except HolderErasedError:
                kept.append(self._again(command))
        return kept, keys

    def _drafted(self, commands: Sequence[Command]) -> list[Prepared | Outcome]:
        self.reserve.fill(sum(isinstance(command, Begun) for command in commands))
        known = self._known(commands)
        return [self._draft(command, known) for command in commands]

    def _draft(self, command: Command, known: Known) -> Prepared | Outcome:
        try:
            answered = self.answers.find(command, command.basis.idempotency_key)
            return answered or self._fresh(lambda: self._prepare(command, known))
        except AttestoError as error:
            return error

    def _fresh(self, prepare: Callable[[], T]) -> T:
        try:
            return prepare()
        except (DomainError, UnknownError, KeyNotInForceError):
            # A refusal may rest on a body or edition that has moved on in another process.
            self.streams.forget()
            return prepare()

    def _prepare(self, command: Command, known: Known, status_index: int | None = None) -> Prepared:
        exam = known.exams.get((command.body, exam_of(command) or ""))
        if isinstance(command, Begun):
            return self._prepare_beginning(command, known.holders, exam, status_index)
        return self._prepare_decision(command, exam)

    def _prepare_beginning(
        self,
        command: Begun,
        holders: dict[tuple[str, str], Holder],
        exam: ExamSession | None,
        status_index: int | None,
    ) -> Prepared:
        context = replace(self.context(command.body, command.edition), exam=exam)
        reference = command.person.reference
        known = None if reference is None else holders.get((command.body, reference))
        if known is not None:
            self._check_not_erased(known)
        if status_index is None:
            prepared = self._with_reserve(command, context, known)
            holder = prepared.holder
        else:
            # A rehearsal, or a comparison with what was prepared before: nothing of it is kept.
            holder = known or self._new_holder(command, draw_id(self._chance))
            prepared = prepare_beginning(command, context, holder, new=known is None, status_index=status_index)
        if reference is not None:
            holders[command.body, reference] = holder
        return prepared

    def _with_reserve(self, command: Begun, context: Context, known: Holder | None) -> Prepared:
        index = self.reserve.status_index()
        holder = known or self._new_holder(command, self.reserve.holder())
        try:
            return prepare_beginning(command, context, holder, new=known is None, status_index=index)
        except AttestoError:
            self.reserve.give_back(index, None if known else holder.holder)
            raise

    def _check_not_erased(self, holder: Holder) -> None:
        # A holder of this very batch may have no key yet.
        with suppress(KeyMissingError):
            self.vault.keys.open(holder.holder)

    def _prepare_decision(self, command: Decided, exam: ExamSession | None) -> Prepared:
        numbered = self.numbered(command.number, command.body)
        if isinstance(command, UpholdAppeal):
            check_appeal_decider(command.decider, self._decider(numbered.certification, command.reverses))
        loaded = self.streams.certification(numbered.certification)
        context = replace(self.context(command.body, loaded.aggregate.edition), exam=exam)
        if isinstance(command, ConfirmMaintenance) and not command.evidence:
            filed = self.evidence.of(numbered.certification)
            records = of_running_period([each.record for each in filed], loaded.aggregate.facts)
            context = replace(context, records=records)
        holder = self.vault.holder(numbered.holder)
        return prepare_decision(
            command, context, loaded, holder, numbered.number, self._printed(numbered.certification)
        )

    def _decider(self, certification: UUID, sequence: int) -> str | None:
        """Who took the decision of that sequence, None where there is no such decision."""
        hidden = self.vault.hidden(certification)
        taken = (event.event_id for event in self.streams.events(certification) if event.sequence == sequence)
        named = [hidden[event]["decider"] for event in taken if "decider" in hidden.get(event, {})]
        return str(parse_disclosure(named[0]).value) if named else None

    def _printed(self, certification: UUID) -> Printed:
        newest, granted = self.document(certification)
        name = parse_disclosure(granted["name"]).value
        return Printed(str(name), parse_token(newest).claims.birth_year)

    def context(self, body: str, edition: str) -> Context:
        """What a decision of ``body`` under ``edition`` is prepared in, now.

        Raises:
            UnknownError: no such body or edition here.
        """
        return Context(
            self.streams.mapper,
            self.streams.body(body),
            self.streams.keys(body),
            self.streams.edition(edition),
            self.moment(),
            self._chance,
        )

    def _new_holder(self, command: Begun, holder: UUID) -> Holder:
        return Holder(holder, command.body, self._chance(HOLDER_TAG_BYTES), command.person.reference)

    def _known(self, commands: Sequence[Command]) -> Known:
        references: dict[str, set[str]] = {}
        for command in commands:
            if isinstance(command, Begun) and command.person.reference is not None:
                references.setdefault(command.body, set()).add(command.person.reference)
        holders = {
            (body, reference): holder
            for body, wanted in references.items()
            for reference, holder in self.vault.find_holders(body, sorted(wanted)).items()
        }
        return Known(holders, self.exams.named_by(commands))

    def signers(self, body: str) -> tuple[Signer, Signer]:
        """The body's event signer and token signer, whose keys lie here.

        Raises:
            KeyMissingError: it keeps its keys elsewhere.
        """
        return self._key_set.current(body, Purpose.EVENT), self._key_set.current(body, Purpose.TOKEN)

    def _all_signers(self, drafted: Sequence[Prepared | Outcome]) -> dict[str, tuple[Signer, Signer]]:
        return {body: self.signers(body) for body in {p.body for p in drafted if isinstance(p, Prepared)}}

    def _sign(
        self, prepared: Prepared, command: Command, key: HolderKey, signers: tuple[Signer, Signer]
    ) -> tuple[Submission, bytes | None]:
        signed = sign(prepared, *signers)
        kept = self.answers.rows(command, prepared, command.basis.idempotency_key)
        return submission(prepared, signed, key, kept), token(prepared, signed)
