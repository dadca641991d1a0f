"""A certification body as the public log shows it: its accreditation for each scheme and its keys, over time.

Everything is held against the trust root. What cannot be shown is one of three other answers: the record was altered,
the body is not on the list, or nothing could be checked.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from verifier.accreditation import Accreditation, AccreditationFact, accreditation
from verifier.bundle import BodyBundle
from verifier.checkpoint import Checkpoint, open_checkpoint
from verifier.encoding import legal_day
from verifier.errors import AttestoError, UnavailableError, UnknownBodyError
from verifier.head import check_complete, check_fresh, check_inclusions, open_snapshot
from verifier.key import PublicKey
from verifier.report import ExitCode
from verifier.stream import LoggedEvent, open_stream
from verifier.trust import EVENT, BodyHistory, KeyAct, KeyRecord, TrustRoot, body_history

Obtain = Callable[[], BodyBundle]


class BodyVerdict(StrEnum):
    """The answer in a word; of a body there is no yes or no, only whether it is as shown."""

    PROVEN = "proven"
    ALTERED = "altered"
    UNKNOWN_BODY = "unknown_body"
    COULD_NOT_BE_CHECKED = "could_not_be_checked"


_EXIT_CODES: Final = {
    BodyVerdict.PROVEN: ExitCode.IN_FORCE,
    BodyVerdict.ALTERED: ExitCode.FAILED,
    BodyVerdict.UNKNOWN_BODY: ExitCode.FAILED,
    BodyVerdict.COULD_NOT_BE_CHECKED: ExitCode.NOT_CHECKED,
}


@dataclass(frozen=True, slots=True)
class KeyEvent:
    """What was done with a key: the entry of the log, and the id of the key on whose word; None: the trust root's."""

    logged: LoggedEvent
    by: str | None


@dataclass(frozen=True, slots=True)
class RegisteredKey:
    """A key in a body's register: when it came, when it went, and what declared it compromised, if anything did.

    ``record`` says which signatures count; it is in doubt, too, where it was let in by a key that was in doubt then.
    """

    record: KeyRecord
    enrolled: KeyEvent
    retired: KeyEvent | None
    compromised: KeyEvent | None


@dataclass(frozen=True, slots=True)
class SchemeAccreditation:
    """A body's accreditation for one scheme: what it is on the day asked, and every event in log order."""

    scheme: str
    current: Accreditation
    events: tuple[tuple[AccreditationFact, LoggedEvent], ...]


@dataclass(frozen=True, slots=True)
class ProvenBody:
    """A body whose record holds in every check; ``snapshot_at`` (UTC) is up to when nothing was left out."""

    history: BodyHistory
    recovery_key: PublicKey
    events: tuple[LoggedEvent, ...]
    keys: tuple[RegisteredKey, ...]
    accreditations: tuple[SchemeAccreditation, ...]
    checkpoint: Checkpoint
    snapshot_at: datetime
    bundle: BodyBundle = field(repr=False)


@dataclass(frozen=True, slots=True)
class BodyReport:
    """What is told of a body asked for at instant ``now`` (UTC); ``reason`` says why it is not proven, for experts."""

    slug: str
    now: datetime
    verdict: BodyVerdict
    reason: str = ""
    body: ProvenBody | None = None

    @property
    def exit_code(self) -> ExitCode:
        """What a program hears."""
        return _EXIT_CODES[self.verdict]


def verify_body(trust: TrustRoot, slug: str, now: datetime, obtain: Obtain) -> BodyReport:
    """Check a body's record and say what it shows, as known at instant ``now`` (UTC).

    Args:
        trust: whom to believe; a body that it does not name is unknown.
        slug: the body's slug.
        now: the present instant.
        obtain: hands over the body's bundle; raises UnavailableError where it cannot.

    Returns:
        The report; no outcome of a check raises.
    """
    try:
        trust.body(slug)
        return BodyReport(slug, now, BodyVerdict.PROVEN, body=_open(trust, slug, now, obtain()))
    except UnknownBodyError as error:
        return BodyReport(slug, now, BodyVerdict.UNKNOWN_BODY, str(error))
    except UnavailableError as error:
        return BodyReport(slug, now, BodyVerdict.COULD_NOT_BE_CHECKED, str(error))
    except AttestoError as error:
        return BodyReport(slug, now, BodyVerdict.ALTERED, str(error))


def _open(trust: TrustRoot, slug: str, now: datetime, bundle: BodyBundle) -> ProvenBody:
    trusted = trust.body(slug)
    checkpoint = open_checkpoint(bundle.checkpoint, trust.origin, trust.log_key)
    check_inclusions(bundle.entries(), bundle.proofs, checkpoint)
    snapshot, snapshot_at = open_snapshot(bundle.snapshot, bundle.snapshot_time, trust)
    events = open_stream(bundle.body, trust.origin, trust.operator_key)
    history = body_history(trusted, trust.operator_key, events)
    check_complete("body", bundle.body, history.status_index, bundle.path, snapshot)
    latest_at = max(snapshot_at, *(logged.recorded_at for logged in events))
    check_fresh(snapshot_at, latest_at, now, now, trust.policy.snapshot_max_age)
    return ProvenBody(
        history,
        trusted.recovery_key,
        events,
        _keys(history, events),
        # Whatever is at hand is known now, also where the log's clock is a little ahead.
        _accreditations(history, events, now, max(now, latest_at)),
        checkpoint,
        snapshot_at,
        bundle,
    )


def _keys(history: BodyHistory, events: tuple[LoggedEvent, ...]) -> tuple[RegisteredKey, ...]:
    by_index = {logged.index: logged for logged in events}

    def made(act: KeyAct) -> KeyEvent:
        first = act.index == events[0].index and act.record.purpose == EVENT
        return KeyEvent(by_index[act.index], None if first else act.by)

    def follow(record: KeyRecord) -> RegisteredKey:
        acts = [act for act in history.acts if act.record.key == record.key]
        enrolled = next(made(act) for act in acts if act.action == "enrol")
        # A retirement on the word of a key in doubt counts for nothing, and of two compromises the wider one does.
        retired = (made(act) for act in acts if act.action == "retire" and act.index == record.retired_at)
        doubted = (a for a in acts if a.action == "compromise" and a.record.doubtful_from == record.doubtful_from)
        return RegisteredKey(record, enrolled, next(retired, None), next(map(made, doubted), None))

    return tuple(map(follow, history.keys))


def _accreditations(
    history: BodyHistory, events: tuple[LoggedEvent, ...], now: datetime, known_at: datetime
) -> tuple[SchemeAccreditation, ...]:
    facts = history.accreditations
    return tuple(
        SchemeAccreditation(
            scheme,
            accreditation(facts, scheme, legal_day(now), known_at),
            tuple((fact, events[fact.sequence - 1]) for fact in facts if fact.scheme == scheme),
        )
        for scheme in dict.fromkeys(fact.scheme for fact in facts)
    )
