"""The bodies as the log shows them while it is replayed: their keys, and who signed what with which."""

from array import array
from bisect import bisect_left
from collections.abc import Collection, Mapping
from uuid import UUID

from verifier.accreditation import find_wider_reduction, wider_profiles
from verifier.audit.findings import Findings
from verifier.errors import TrustError, UnavailableError
from verifier.jws import Jws, check_jws
from verifier.key import PublicKey, parse_jwk
from verifier.report import Outcome
from verifier.stream import LoggedEvent
from verifier.trust import EVENT, BodyHistory, KeyRecord, TrustedBody, TrustRoot, body_history


class Bodies:
    """Follows every body's stream from the trust root's keys on."""

    def __init__(self, trust: TrustRoot, findings: Findings) -> None:
        self._trust = trust
        self._findings = findings
        self.streams: dict[UUID, str] = {}
        self._trusted: dict[str, TrustedBody] = {}
        self._events: dict[str, list[LoggedEvent]] = {}
        self._histories: dict[str, BodyHistory] = {}
        self._records: dict[tuple[str, str], KeyRecord] = {}
        # Eight octets for each event, by key: a later word on a compromise must find what it puts in doubt.
        self._signed: dict[str, array[int]] = {}

    def take(self, logged: LoggedEvent) -> None:
        """Follow one event of a body; one that does not hold is a finding and has no effect."""
        with self._findings.check("body", logged.index):
            slug = self._slug(logged)
            events = [*self._events.get(slug, ()), logged]
            before = self._histories.get(slug)
            history = body_history(self._trusted[slug], self._trust.operator_key, events)
            if logged.event.type.startswith("accreditation."):
                _check_reductions(history, logged.event.text("scheme"))
            self._histories[slug], self._events[slug] = history, events
            self._records |= {(slug, r.key.key_id): r for r in history.keys if r.purpose == EVENT}
            if before is not None and logged.event.type == "key.compromised":
                for record in history.keys:
                    if record.doubtful_from is not None and record not in before.keys:
                        self._doubt(logged, record.key.key_id, record.doubtful_from)

    def check_profiles(self, known: Mapping[str, Collection[str]], since: Mapping[str, int]) -> None:
        """Check that reduced accreditations name profiles that exist, ``known`` by the scheme that has them.

        What was recorded before ``since``, the leaf index of a scheme's first edition, nobody could hold against any.
        """
        for slug, history in self._histories.items():
            # By their own numbers: an event that does not hold is not among them.
            places = {logged.event.sequence: logged.index for logged in self._events[slug]}
            for fact in history.accreditations:
                index = places[fact.sequence]
                odd = wider_profiles(known.get(fact.scheme), fact.profiles or ())
                if odd and index > since[fact.scheme]:
                    reason = f"its accreditation for {fact.scheme} is reduced to what no edition has: {odd}"
                    self._findings.add("body", index, Outcome.FAILED, reason)

    def check_signed(self, jws: Jws, slug: str, index: int) -> None:
        """Check that a key of the body that is in force at the leaf index signed an event there.

        Raises:
            TrustError: the body is not known, or the key is not in force.
            SignatureError: the key did not sign.
        """
        check_jws(jws, self._key(slug, jws.key_id, index))
        self._signed.setdefault(jws.key_id, array("Q")).append(index)

    def _key(self, slug: str, key_id: str, index: int) -> PublicKey:
        record = self._records.get((slug, key_id))
        if record is not None and record.in_force(index):
            return record.key
        history = self._histories.get(slug)
        if history is None:
            raise TrustError(f"body {slug} is not registered")
        return history.key("event", key_id, index)

    def finish(self, size: int) -> None:
        """Compare with what the trust root says of keys; ``size`` is the log's."""
        for slug, trusted in self._trust.bodies.items():
            with self._findings.check("body", f"body {slug}"):
                self._check_trusted(slug, trusted, size)

    def _slug(self, logged: LoggedEvent) -> str:
        event = logged.event
        if event.type != "body.registered":
            if event.stream not in self.streams:
                raise TrustError("an event of a body that was never registered")
            return self.streams[event.stream]
        slug = event.text("body")
        if slug in self._trusted:
            raise TrustError(f"body {slug} is registered twice")
        self._trusted[slug] = self._trust.bodies.get(slug) or self._untrusted(slug, logged)
        self.streams[event.stream] = slug
        return slug

    def _untrusted(self, slug: str, logged: LoggedEvent) -> TrustedBody:
        # Its events are still held against its own registration, so that one gap in the trust root hides no forgery.
        if logged.index < self._trust.as_of_size:
            self._findings.add("body", logged.index, Outcome.FAILED, f"body {slug} is not on the trust root's list")
        else:
            reason = f"body {slug} was registered after the trust root was made: get a newer one"
            self._findings.add("body", logged.index, Outcome.NOT_CHECKED, reason)
        event_key, recovery_key = (
            parse_jwk(logged.event.mapping(f"{purpose}_key")) for purpose in ("event", "recovery")
        )
        return TrustedBody(slug, event_key, recovery_key)

    def _doubt(self, logged: LoggedEvent, key_id: str, since: int) -> None:
        """Note what was signed with a key that is in doubt since a compromise was declared, of it or of another."""
        signed = self._signed.get(key_id, array("Q"))
        doubtful = signed[bisect_left(signed, since) :]
        if doubtful:
            named = key_id == logged.event.text("key_id")
            how = "was later declared compromised" if named else "was let in by one that was later declared compromised"
            reason = (
                f"{len(doubtful)} events from entry {doubtful[0]} on are in doubt: their key {key_id[:8]}… {how}, "
                f"in entry {logged.index}"
            )
            self._findings.add("signature", doubtful[0], Outcome.FAILED, reason)

    def _check_trusted(self, slug: str, trusted: TrustedBody, size: int) -> None:
        history = self._histories.get(slug)
        if any(record.enrolled_at >= size for record in trusted.keys):
            raise UnavailableError(f"keys of body {slug} are newer than what is published: not yet, or held back")
        if history is None:
            raise TrustError(f"body {slug} of the trust root is not in the log")
        enrolled = {(record.purpose, record.key, record.enrolled_at) for record in history.keys}
        for record in trusted.keys:
            if (record.purpose, record.key, record.enrolled_at) not in enrolled:
                raise TrustError(f"key {record.key.key_id[:8]}… of the trust root is not in the log where it should be")


def _check_reductions(history: BodyHistory, scheme: str) -> None:
    """Check that no reduction of an accreditation for ``scheme`` is to more than was covered before it."""
    if found := find_wider_reduction(history.accreditations, scheme):
        fact, wider = found
        raise TrustError(
            f"the accreditation of body {history.slug} for {scheme} is reduced on {fact.effective_on} "
            f"to more than it covered: {wider}"
        )
