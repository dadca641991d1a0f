"""The checks, in order: from a certificate's token, its number or a bundle to a report.

Each check rests on those before it. The first that fails or cannot be made ends the list, and its kind decides the
verdict; a verdict of "in force" takes every check.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from verifier.accreditation import accreditation
from verifier.bundle import Bundle
from verifier.certificate import Certificate, ParsedToken, open_token, parse_token
from verifier.edition import EditionHistory
from verifier.errors import (
    ChainError,
    NotFoundError,
    TrustError,
    UnavailableError,
    UnknownBodyError,
)
from verifier.event import Event
from verifier.finding import Between, Difference, accreditation_differences, certification_differences
from verifier.gap import Gap, gaps
from verifier.head import check_complete, check_fresh, recent
from verifier.key import PublicKey
from verifier.link import TRANSFERRED_OUT, check_kept, follow, handed_over
from verifier.lives import Life, check_origins_complete, check_receiver_complete
from verifier.opened import Opened, disclosed_number, open_bundle
from verifier.report import (
    CHECKS,
    TOKEN_CHECKS,
    Answer,
    Checklist,
    Evidence,
    Facts,
    Kind,
    LogPlace,
    Origin,
    Question,
    Report,
    StoppedError,
    Verdict,
)
from verifier.status import Fact, Limits, Standing, breach
from verifier.stream import LoggedEvent
from verifier.trust import BodyHistory, TrustRoot
from verifier.uncovered import Held, Uncovered, Wanted, uncovered

Obtain = Callable[[], Bundle]
_NAMELESS: Final = (
    "what tied the number to this record was destroyed with the holder's data: that the two belong together is the"
    " registry's word"
)


def verify(
    trust: TrustRoot, question: Question, obtain: Obtain, number: str | None = None, token: bytes | None = None
) -> Report:
    """Check one certification and answer the question.

    Args:
        trust: whom to believe.
        question: the legal day T, the instant K, and now.
        obtain: hands over the bundle; raises UnavailableError where it cannot.
        number: the normalised number that was typed or scanned, if any.
        token: the certificate's token that was presented, if any.

    Returns:
        The report; no outcome of a check raises.
    """
    return judge(examine(trust, obtain, number, token), question)


@dataclass(frozen=True, slots=True)
class Examined:
    """What the checks came to that are the same for every question: the record, or why it could not be opened."""

    trust: TrustRoot
    checks: Checklist
    certificate: Certificate | None
    found: Opened | StoppedError


def examine(trust: TrustRoot, obtain: Obtain, number: str | None = None, token: bytes | None = None) -> Examined:
    """Make every check but whether the snapshot is recent enough, which is the question's; arguments as of ``verify``.

    Several questions about one certification are then judged without making them again.
    """
    checks = Checklist(frozenset(CHECKS) if token is not None else frozenset(CHECKS) - TOKEN_CHECKS)
    certificate = None
    try:
        parsed = _check_token_alone(checks, trust, number, token)
        certificate = parsed.claims if parsed else None
        with checks.check("record"):
            bundle = obtain()
        record = open_bundle(checks, trust, bundle)
        if parsed is not None and not checks.made("token"):
            with checks.check("token"):
                _check_logged_key(parsed, record)
        if not record.nameless:
            _check_number(checks, record, number, certificate)
        _check_rules(checks, record)
        _check_complete(checks, record)
        if parsed is not None:
            with checks.check("registered"):
                _check_registered(parsed, record)
        if record.nameless and parsed is not None:
            # The body logged the token, and the token states the number.
            with checks.check("number"):
                _check_claimed(parsed.claims, number)
    except StoppedError as stopped:
        return Examined(trust, checks, certificate, stopped)
    return Examined(trust, checks, certificate, record)


def judge(examined: Examined, question: Question) -> Report:
    """Answer a question about what was examined."""
    checks, record = examined.checks.copy(), examined.found
    if isinstance(record, StoppedError):
        return _stopped(examined, checks, record, question)
    try:
        with checks.check("fresh"):
            _check_fresh(record, examined.trust, question)
    except StoppedError as stopped:
        return _stopped(examined, checks, stopped, question)
    if record.erased and examined.certificate is None:
        return _erased(checks, record, question)
    return _report(checks, record, question, examined.trust, examined.certificate)


def _stopped(examined: Examined, checks: Checklist, stopped: StoppedError, question: Question) -> Report:
    verdict = _verdict_of(stopped, presented=checks.passed("token"))
    if checks.made("record") and not checks.passed("record"):
        # What cannot be read says nothing of the certificate: junk for an answer is like none.
        verdict = Verdict.COULD_NOT_BE_CHECKED
    certificate = examined.certificate if checks.passed("token") else None
    return Report(question, verdict, checks.checks(), token=certificate)


def _check_token_alone(
    checks: Checklist, trust: TrustRoot, number: str | None, token: bytes | None
) -> ParsedToken | None:
    """Check the token by the trust root's keys; one made with a younger key waits for the log's."""
    if token is None:
        return None
    with checks.check("token"):
        parsed = parse_token(token)
        _check_claimed(parsed.claims, number)
        known = trust.body(parsed.claims.body).keys
        key = next((r.key for r in known if r.purpose == "token" and r.key.short_id == parsed.short_id), None)
        if key is not None:
            open_token(parsed, key)
    if key is None:
        checks.postpone("token", "its key is younger than the trust root")
    return parsed


def _check_claimed(claims: Certificate, number: str | None) -> None:
    if number is not None and claims.number != number:
        raise TrustError("the token is of another certificate than the number beside it")


def _check_logged_key(parsed: ParsedToken, record: Opened) -> None:
    key = _token_key(parsed, record.body)
    open_token(parsed, key)


def _token_key(parsed: ParsedToken, body: BodyHistory) -> PublicKey:
    keys = (r.key for r in body.keys if r.purpose == "token" and r.key.short_id == parsed.short_id)
    key = next(keys, None)
    if key is None or parsed.claims.body != body.slug:
        raise TrustError(f"the token is signed by no token key of body {body.slug}")
    return key


def _check_number(checks: Checklist, record: Opened, number: str | None, certificate: Certificate | None) -> None:
    with checks.check("number"):
        disclosed = disclosed_number(record.bundle.certification, record.first)
        asked = number if certificate is None else certificate.number
        if asked is not None and disclosed != asked:
            raise TrustError("the record is of another certification than the number asked for")


def _check_rules(checks: Checklist, record: Opened) -> None:
    with checks.check("rules"):
        for life in record.lives:
            for logged in life.events:
                _check_constant(logged.event, life, record.edition)
        for by_index in record.facts:
            _check_life(tuple(by_index.values()), record.edition.limits)
        check_kept([tuple(by_index.values()) for by_index in record.facts], record.edition.maintenance)


def _check_life(facts: Sequence[Fact], limits: Limits) -> None:
    for place, fact in enumerate(facts, start=1):
        if broken := breach(facts[:place], limits):
            raise ChainError(f"{fact.type} (event {fact.sequence}) {broken}")


def _check_constant(event: Event, life: Life, edition: EditionHistory) -> None:
    found = tuple(event.content.get(name) for name in ("body", "edition", "profile"))
    if found != (life.body.slug, edition.slug, life.first.text("profile")):
        raise ChainError(f"event {event.sequence} names another body, edition or profile")


def _check_complete(checks: Checklist, record: Opened) -> None:
    indexes = (record.first.integer("status_index"), record.body.status_index, record.edition.status_index)
    with checks.check("complete"):
        for (name, published), index in zip(record.bundle.records, indexes, strict=True):
            check_complete(name, published, index, record.bundle.paths[name], record.snapshot)
        check_origins_complete(record.bundle, record.lives[1:], record.snapshot)
        check_receiver_complete(record.bundle, record.receiver, record.snapshot)


def _check_registered(parsed: ParsedToken, record: Opened) -> None:
    logged = next((e for e in record.events if e.event.content.get("token_sha256") == parsed.digest), None)
    if logged is None:
        raise TrustError("the body never logged this certificate: its token was made without the body's decision")
    key = _token_key(parsed, record.body)
    record.body.key("token", key.key_id, logged.index)
    _check_claims(parsed.claims, logged.event, record)


def _check_claims(claims: Certificate, event: Event, record: Opened) -> None:
    said = (claims.body, claims.edition, claims.profile, claims.revision, claims.status_index)
    first = record.first
    logged = (record.body.slug, record.edition.slug, first.text("profile"), event.integer("revision"))
    if said != (*logged, first.integer("status_index")):
        raise TrustError("the token says otherwise than the body's events")


def _check_fresh(record: Opened, trust: TrustRoot, question: Question) -> None:
    latest_at, max_age = record.latest_at, trust.policy.snapshot_max_age
    check_fresh(record.snapshot_at, latest_at, question.known_at, question.now, max_age)


def _recent(record: Opened, trust: TrustRoot, known_at: datetime) -> bool:
    return recent(record.snapshot_at, known_at, trust.policy.snapshot_max_age)


def _verdict_of(stopped: StoppedError, *, presented: bool) -> Verdict:
    match stopped.__cause__:
        case NotFoundError():
            return Verdict.WITHHELD if presented else Verdict.NO_RECORD
        case UnavailableError():
            return Verdict.COULD_NOT_BE_CHECKED
        case UnknownBodyError():
            return Verdict.UNKNOWN_BODY
        case _:
            return Verdict.FORGED


def _erased(checks: Checklist, record: Opened, question: Question) -> Report:
    """By number alone the answer is only that: no standing, no day, no profile, though somebody kept the disclosure."""
    if record.nameless:
        checks.postpone("number", _NAMELESS)
    return Report(question, Verdict.ERASED, checks.checks(), erased=True)


def _report(
    checks: Checklist, record: Opened, question: Question, trust: TrustRoot, certificate: Certificate | None
) -> Report:
    instants = (known_at for known_at in question.instants if _recent(record, trust, known_at))
    answers = tuple(_answer(record, question, known_at) for known_at in instants)
    # A token proves its number also where the record discloses none any more.
    number = disclosed_number(record.bundle.certification, record.first) if certificate is None else certificate.number
    facts, missing = _facts(record, question, number), _gaps(record, question)
    verdict = Verdict.IN_FORCE if answers[0].standing.in_force else Verdict.NOT_IN_FORCE
    if verdict is Verdict.IN_FORCE and missing and question.kind is not Kind.SCORING:
        verdict = Verdict.INTERRUPTED
    if verdict is Verdict.IN_FORCE and certificate is not None and certificate.revision < facts.current_revision:
        verdict = Verdict.SUPERSEDED
    found = _differences(record, question, answers)
    return Report(
        question,
        verdict,
        checks.checks(),
        answers,
        facts,
        _evidence(record),
        certificate,
        found,
        missing,
        erased=record.erased,
        origins=_origins(record),
        uncovered=_uncovered(record, question),
    )


def _gaps(record: Opened, question: Question) -> tuple[Gap, ...]:
    if question.until is None:
        return ()
    lives = [tuple(by_index.values()) for by_index in reversed(record.facts)]
    return gaps(lives, question.on, question.until, record.known(question, question.known_at))


def _uncovered(record: Opened, question: Question) -> tuple[Uncovered, ...]:
    if question.until is None:
        return ()
    lives = [
        Held(tuple(by_index.values()), life.body.accreditations)
        for by_index, life in zip(record.facts, record.lives, strict=True)
    ]
    known = record.known(question, question.known_at)
    wanted = Wanted(record.edition.scheme, record.first.text("profile"), known)
    return uncovered(lives, question.on, question.until, wanted)


def _differences(record: Opened, question: Question, answers: Sequence[Answer]) -> tuple[Difference, ...]:
    known = [record.known(question, answer.known_at) for answer in answers]
    between = Between(question.on, min(known), max(known))
    edition, profile = record.edition, record.first.text("profile")
    own = certification_differences(record.facts, between, edition.maintenance)
    # Of the body that answers by what is known later; where it is another, the transfer itself is among the events.
    place, _ = _follow(record, question, max(known))
    body, of_body = record.lives[place].body, [logged.index for logged in record.lives[place].body_events]
    return own + accreditation_differences(body.accreditations, of_body, between, edition.scheme, profile)


def _current_revision(record: Opened, question: Question) -> int:
    """Which document was the certificate on T, as known at K; 0 where there was none yet."""
    known = record.known(question, question.known_at)
    return _revision([e for e in record.events if e.event.effective_on <= question.on and e.recorded_at <= known])


def _answer(record: Opened, question: Question, known_at: datetime) -> Answer:
    known = record.known(question, known_at)
    place, standing = _follow(record, question, known)
    accreditations = record.lives[place].body.accreditations
    covered = accreditation(accreditations, record.edition.scheme, question.on, known, record.first.text("profile"))
    return Answer(question.on, known_at, standing, covered, place - 1 if place else None)


def _follow(record: Opened, question: Question, known: datetime) -> tuple[int, Standing]:
    lives = [tuple(by_index.values()) for by_index in record.facts]
    return follow(lives, question.on, known, record.edition.maintenance)


def _facts(record: Opened, question: Question, number: str) -> Facts:
    body, edition = record.body, record.edition
    return Facts(
        number,
        body.slug,
        body.name,
        body.website,
        body.hosted,
        edition.scheme,
        edition.slug,
        edition.title,
        record.first.text("profile"),
        _revision(record.events),
        _current_revision(record, question),
        _receiver(record),
        None if record.receiver is None else record.receiver.name,
    )


def _receiver(record: Opened) -> str | None:
    return next((e.event.text("receiver") for e in record.events if e.event.type == TRANSFERRED_OUT), None)


def _origins(record: Opened) -> tuple[Origin, ...]:
    return tuple(
        Origin(
            life.body.slug,
            life.body.name,
            life.body.website,
            handed_over(life.events).event.effective_on,
            _places(life.events),
        )
        for life in record.lives[1:]
    )


def _revision(events: Sequence[LoggedEvent]) -> int:
    revisions = (e.event.integer("revision") for e in events if "token_sha256" in e.event.content)
    return max(revisions, default=0)


def _evidence(record: Opened) -> Evidence:
    return Evidence(
        record.checkpoint.origin,
        record.checkpoint.size,
        record.checkpoint.root_hash,
        record.bundle.snapshot[0],
        record.snapshot_at,
        _places(record.events),
    )


def _places(events: Sequence[LoggedEvent]) -> tuple[LogPlace, ...]:
    return tuple((e.index, e.event.type, e.event.effective_on, e.recorded_at) for e in events)
