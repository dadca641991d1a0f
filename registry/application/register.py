"""The operator's register: bodies with their keys and accreditations, and scheme editions.

The operator signs these events, but what binds a body's keys are the statements inside, signed by the body itself.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import TypeAlias

from eventsourcing.domain import Aggregate

from keys.ceremony import BODY_PURPOSES, Compromise, Introduction, Succession, declare, introduce, recover, succeed
from keys.key_set import OPERATOR, KeySet
from keys.signer import Purpose
from keys.signing import sign_jws
from registry.application.prepare import Chance, current_key, draw_id, find_current_key, moment_of
from registry.application.streams import Streams
from registry.commands.scheme_file import parse_scheme
from registry.commands.scheme_rules import format_rules
from registry.domain.beside import check_beside, ended
from registry.domain.body import CertificationBody, Registration
from registry.domain.edition import Edition, check_profiles_known
from registry.domain.scheme import SchemeEdition
from registry.errors import ConflictError, RequestError, UnknownError
from registry.store.store import Clock, Store
from registry.store.submission import NewEvent, Receipt, Rows, Submission
from verifier.enrolment import check_authorisation, check_possession
from verifier.event import REGISTRATION, parse_event
from verifier.jws import chain_hash, parse_jws
from verifier.key import PublicKey
from verifier.trust import TrustedBody, check_introduction

Change: TypeAlias = tuple[type[CertificationBody.Event], Mapping[str, object]]


class Register:
    """Records what the operator registers; the keys of hosted bodies lie in ``key_set``."""

    def __init__(self, store: Store, streams: Streams, key_set: KeySet, clock: Clock, chance: Chance) -> None:
        """Write to ``store``, signing with the operator's key."""
        self._store = store
        self._streams = streams
        self._key_set = key_set
        self._operator = key_set.current(OPERATOR, Purpose.OPERATOR)
        self._clock = clock
        self._chance = chance

    def register_body(self, slug: str, name: str, website: str) -> Receipt:
        """Register a body whose three keys are proposed in the key set: event, token, recovery.

        Raises:
            RequestError: the slug is the operator's.
            ConflictError: it is a body's already.
            KeyMissingError: a key is not proposed.
            TrustError, FormatError: one key is proposed for two purposes, or a name is none.
            StoreError: it could not be stored.
        """
        signers = {purpose: self._key_set.proposed(slug, purpose) for purpose in BODY_PURPOSES}
        try:
            receipt = self.register_introduced(introduce(self._store.origin, slug, name, website, signers))
        except ConflictError:
            # The log may have these very keys already: then it was the key set that stopped half-way.
            if any(self._current(slug, p) != signers[p].public_key for p in (Purpose.EVENT, Purpose.TOKEN)):
                raise
            receipt = self._receipt_of(slug, 1)
        for purpose in BODY_PURPOSES:
            self._key_set.enrol(slug, purpose)
        return receipt

    def register_introduced(self, introduction: Introduction) -> Receipt:
        """Register a body that keeps its keys at home.

        Raises:
            RequestError: the slug is the operator's, or the introduction is for another log.
            ConflictError: it is a body's already.
            TrustError, SignatureError, FormatError: a statement is not what it should be.
            StoreError: it could not be stored.
        """
        slug = introduction.body
        if slug == OPERATOR:
            raise RequestError(f"the slug {OPERATOR} is taken")
        self._check_log(introduction.log, "introduction")
        check_introduction(introduction.log, slug, introduction.keys, introduction.statements)
        now = self._now()
        body = CertificationBody._create(
            CertificationBody.Created,
            id=CertificationBody.create_id(slug),
            timestamp=now.decided_at,
            event_id=now.event_id,
            effective_on=now.effective_on,
            body=slug,
            name=introduction.name,
            website=introduction.website,
            status_index=self._store.reserve_status_indexes(1)[0],
            possession=[statement.decode("ascii") for statement in introduction.statements],
            **{f"{purpose}_key": key.jwk() for purpose, key in introduction.keys.items()},
        )
        return self._append(body, None)

    def accredit(
        self, slug: str, scheme: str, source: str, detail: Mapping[str, str], on: date | None = None
    ) -> Receipt:
        """Record that a body is accredited for a scheme: number, accreditation body, standard, wording.

        This and what follows takes effect on legal day ``on`` (Europe/Rome), today where it is None.

        Raises:
            UnknownError: no such body here.
            BackdatedError, FarDayError, AlreadyScheduledError: it may not take effect on that day.
            StoreError: it could not be stored.
        """
        return self._change(slug, (CertificationBody.Accredited, {"scheme": scheme, "source": source, **detail}), on=on)

    def reduce_accreditation(
        self, slug: str, scheme: str, source: str, profiles: Collection[str], on: date | None = None
    ) -> Receipt:
        """Record that a body's accreditation for a scheme is reduced to ``profiles``.

        Raises:
            ReductionError: it does not cover one of them, or no edition of the scheme has it.
            UnknownError, DomainError, StoreError: as for ``suspend_accreditation``.
        """
        covered = tuple(sorted(set(profiles)))
        check_profiles_known([one.edition for one in self._streams.editions()], scheme, covered)
        fields = {"scheme": scheme, "source": source, "profiles": covered}
        return self._change(slug, (CertificationBody.AccreditationReduced, fields), on=on)

    def suspend_accreditation(self, slug: str, scheme: str, source: str, on: date | None = None) -> Receipt:
        """Record that a body's accreditation for a scheme is suspended.

        Raises:
            UnknownError: no such body here.
            AccreditationTransitionError: the accreditation is not one that can be suspended.
            BackdatedError, FarDayError, AlreadyScheduledError: it may not take effect on that day.
            StoreError: it could not be stored.
        """
        fields = {"scheme": scheme, "source": source}
        return self._change(slug, (CertificationBody.AccreditationSuspended, fields), on=on)

    def restore_accreditation(self, slug: str, scheme: str, source: str, on: date | None = None) -> Receipt:
        """Record that a body's accreditation for a scheme is restored.

        Raises:
            UnknownError: no such body here.
            AccreditationTransitionError: the accreditation is not one that can be restored.
            BackdatedError, FarDayError, AlreadyScheduledError: it may not take effect on that day.
            StoreError: it could not be stored.
        """
        fields = {"scheme": scheme, "source": source}
        return self._change(slug, (CertificationBody.AccreditationRestored, fields), on=on)

    def withdraw_accreditation(self, slug: str, scheme: str, source: str, on: date | None = None) -> Receipt:
        """Record that a body's accreditation for a scheme is withdrawn.

        Raises:
            UnknownError: no such body here.
            AccreditationTransitionError: the accreditation is not one that can be withdrawn.
            BackdatedError, FarDayError, AlreadyScheduledError: it may not take effect on that day.
            StoreError: it could not be stored.
        """
        fields = {"scheme": scheme, "source": source}
        return self._change(slug, (CertificationBody.AccreditationWithdrawn, fields), on=on)

    def rotate_key(self, slug: str, purpose: Purpose) -> Receipt:
        """Enrol the proposed key, authorised by the current one, and retire that one, in one submission.

        What the old key signed stays as it is: events by their place in the log, tokens by the events that name them.

        Raises:
            UnknownError: no such body here.
            KeyMissingError: no key is proposed, or there is none to authorise it.
            KeyNotInForceError: the log has no key in force: recover one.
            StoreError: it could not be stored.
        """
        current, new = self._key_set.current(slug, purpose), self._key_set.proposed(slug, purpose)
        # Where the log has the new key already, it was the key set that stopped half-way.
        done = self._current(slug, purpose) == new.public_key
        succession = succeed(self._store.origin, slug, purpose, current, new)
        receipt = self._receipt_of(slug, 2) if done else self.replace_key(succession)
        self._key_set.enrol(slug, purpose)
        return receipt

    def recover_key(self, slug: str, purpose: Purpose) -> Receipt:
        """Enrol the proposed key, authorised by the recovery key, in the place of one that is lost or compromised.

        Raises:
            UnknownError: no such body here.
            KeyMissingError: no key is proposed, or the recovery key is not here.
            StoreError: it could not be stored.
        """
        recovery, new = self._key_set.current(slug, Purpose.RECOVERY), self._key_set.proposed(slug, purpose)
        keys = self._streams.trusted_body(slug).keys
        replaced = find_current_key(keys, purpose) or [r.key for r in keys if r.purpose == purpose][-1]
        # Where the log has the new key already, it was the key set that stopped half-way.
        if replaced == new.public_key:
            receipt = self._receipt_of(slug, 1)
        else:
            receipt = self.replace_key(recover(self._store.origin, slug, purpose, replaced.key_id, recovery, new))
        self._key_set.enrol(slug, purpose)
        return receipt

    def replace_key(self, succession: Succession) -> Receipt:
        """Let a body's new key take the place of the one that it names, by that one's word or the recovery key's.

        Raises:
            UnknownError: no such body here.
            RequestError: the succession is for another log, or another key is in force.
            TrustError, SignatureError, FormatError: a statement is not what it should be.
            StoreError: it could not be stored.
        """
        log, slug, purpose, retired = succession.log, succession.body, succession.purpose, succession.retired
        self._check_log(log, "succession")
        body = self._streams.trusted_body(slug)
        current = find_current_key(body.keys, purpose)
        known = [r.key for r in body.keys if r.purpose == purpose]
        if retired not in {key.key_id for key in ([current] if current else known)}:
            raise RequestError(f"key {retired[:8]}… is not the {purpose} key that body {slug} has in force")
        key = succession.key
        if key in [body.recovery_key, *(record.key for record in body.keys)]:
            raise RequestError(f"key {key.key_id[:8]}… of body {slug} was enrolled before")
        vouching = [*([current] if current else []), body.recovery_key]
        check_possession(succession.possession, key, log, slug, purpose)
        check_authorisation(succession.enrolment, vouching, log, slug, "enrol", purpose, key.key_id)
        check_authorisation(succession.retirement, [key], log, slug, "retire", purpose, retired)
        enrolled = {
            "purpose": str(purpose),
            "jwk": key.jwk(),
            "authorisation": succession.enrolment.decode("ascii"),
            "possession": succession.possession.decode("ascii"),
        }
        changes: list[Change] = [(CertificationBody.KeyEnrolled, enrolled)]
        if current is not None:
            ended = {"key_id": retired, "authorisation": succession.retirement.decode("ascii")}
            changes.append((CertificationBody.KeyRetired, ended))
        return self._change(slug, *changes)

    def declare_compromised(self, slug: str, purpose: Purpose, key_id: str, from_index: int) -> Receipt:
        """Record that a key's signatures are in doubt from a leaf index on; the recovery key signs for it.

        Raises:
            KeyMissingError: the recovery key is not here.
            UnknownError, RequestError, StoreError: as for ``record_compromise``.
        """
        recovery = self._key_set.current(slug, Purpose.RECOVERY)
        return self.record_compromise(declare(self._store.origin, slug, purpose, key_id, from_index, recovery))

    def record_compromise(self, compromise: Compromise) -> Receipt:
        """Record that a body declares one of its keys compromised.

        Raises:
            UnknownError: no such body here.
            RequestError: it is for another log, the body never had that key, or the log is shorter.
            TrustError, SignatureError, FormatError: the statement is not the recovery key's.
            StoreError: it could not be stored.
        """
        log, slug, purpose, key_id = compromise.log, compromise.body, compromise.purpose, compromise.key_id
        self._check_log(log, "declaration")
        body = self._streams.trusted_body(slug)
        if key_id not in {r.key.key_id for r in body.keys if r.purpose == purpose}:
            raise RequestError(f"body {slug} never had the {purpose} key {key_id[:8]}…")
        if compromise.from_index > (size := self._store.log.head().size):
            raise RequestError(
                f"the log has {size} entries: nothing can be in doubt from entry {compromise.from_index} on"
            )
        check_authorisation(
            compromise.authorisation,
            [body.recovery_key],
            log,
            slug,
            "compromise",
            purpose,
            key_id,
            compromise.from_index,
        )
        said = {
            "key_id": key_id,
            "from_index": compromise.from_index,
            "authorisation": compromise.authorisation.decode("ascii"),
        }
        return self._change(slug, (CertificationBody.KeyCompromised, said))

    def check_new_edition(self, edition: Edition) -> None:
        """Check that no edition of that slug is published: once it is, it never changes.

        Raises:
            ConflictError: one is, with these bytes or others.
        """
        try:
            stream = self._streams.edition_stream(edition.slug).aggregate
        except UnknownError:
            return
        if stream.sha256 == edition.sha256:
            raise ConflictError(f"edition {edition.slug} is published already, as it stands in this file")
        raise ConflictError(
            f"edition {edition.slug} is published with another content and never changes: "
            "what is new is another edition, with another slug"
        )

    def publish_edition(self, content: bytes) -> tuple[Edition, Receipt]:
        """Publish a scheme edition from its file's bytes.

        Raises:
            SchemeFileError: the file is broken; every problem is named.
            ConflictError: the edition is published already.
            EditionOverlapError: it does not fit beside the published editions of its scheme.
            StoreError: it could not be stored.
        """
        edition = parse_scheme(content)
        self.check_new_edition(edition)
        others = self._streams.editions()
        check_beside(edition, [ended(one.edition, one.stream.closed_on) for one in others])
        try:
            return edition, self._publish(edition, content, len(others))
        except ConflictError:
            # Where another process has published one since they were read, this one has to fit beside it, too.
            if len(self._streams.editions()) == len(others):
                raise
            return self.publish_edition(content)

    def close_edition(self, slug: str) -> Receipt:
        """Record that an edition takes no new grants from today on.

        Raises:
            UnknownError: no such edition here.
            EditionNotOpenError: it was closed or withdrawn before.
            StoreError: it could not be stored.
        """
        return self._end(slug, SchemeEdition.Closed)

    def withdraw_edition(self, slug: str) -> Receipt:
        """Record that an edition was withdrawn by its owner; it takes no new grants from today on."""
        return self._end(slug, SchemeEdition.Withdrawn)

    def trusted_body(self, slug: str, origin: str) -> TrustedBody:
        """What a trust root says of a body, with its keys as of now.

        Raises:
            UnknownError: no such body here.
            TrustError, SignatureError, FormatError: its stream is not what it should be.
        """
        hosted = any(self._key_set.generations(slug, purpose) for purpose in BODY_PURPOSES)
        return replace(self._streams.trusted_body(slug), hosted=hosted)

    @property
    def operator_key(self) -> PublicKey:
        """The operator's public key."""
        return self._operator.public_key

    def _check_log(self, log: str, file: str) -> None:
        if log != self._store.origin:
            raise RequestError(f"the {file} is for log {log}, this one is {self._store.origin}")

    def _current(self, slug: str, purpose: Purpose) -> PublicKey:
        return current_key(self._streams.trusted_body(slug).keys, purpose, slug)

    def _receipt_of(self, slug: str, count: int) -> Receipt:
        """The receipt of the newest events of a body's stream."""
        entries = self._store.log.stream(CertificationBody.create_id(slug))[-count:]
        return self._store.receipt(tuple(entry.index for entry in entries))

    def _change(self, slug: str, *changes: Change, on: date | None = None) -> Receipt:
        loaded = self._streams.body_stream(slug)
        body = loaded.aggregate
        for event_class, fields in changes:
            now = self._now()
            body.record(event_class, now if on is None else replace(now, effective_on=on), **fields)
        try:
            return self._append(body, loaded.chain)
        finally:
            self._streams.forget()

    def _publish(self, edition: Edition, content: bytes, place: int) -> Receipt:
        status_index = self._store.reserve_status_indexes(1)[0]
        stream = SchemeEdition.published(edition, self._now(), status_index, format_rules(edition.rules))
        file = Rows("scheme_file", ("sha256", "content"), ((edition.sha256, content),))
        return self._append(stream, None, (file, Rows("edition_place", ("place",), ((place,),))))

    def _end(self, slug: str, event_class: type[SchemeEdition.Event]) -> Receipt:
        loaded = self._streams.edition_stream(slug)
        loaded.aggregate.end(event_class, self._now())
        try:
            return self._append(loaded.aggregate, loaded.chain)
        finally:
            self._streams.forget()

    def _now(self) -> Registration:
        moment = moment_of(self._clock, self._store.recorded_until())
        return Registration(draw_id(self._chance), moment.at, moment.today)

    def _append(self, aggregate: Aggregate, chain: bytes | None, rows: tuple[Rows, ...] = ()) -> Receipt:
        events, days = list[NewEvent](), list[date]()
        for event in aggregate.collect_events():
            if isinstance(event, CertificationBody.AccreditationEvent):
                # Where the log is past it already, whoever verifies would find it dated back.
                days.append(event.effective_on)
            body = sign_jws(self._operator, REGISTRATION, self._streams.mapper.payload(event, chain))
            events.append(NewEvent(event.originator_id, event.originator_version, parse_event(body).type, body))
            chain = chain_hash(parse_jws(body))
        return self._store.append(Submission(tuple(events), rows, prepared_on=min(days, default=None)))
