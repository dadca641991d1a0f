"""Bodies that decide at random, for years: the registry, the verifier and a model of the domain's words agree.

What the model objects to the registry refuses, by the error of one of its objections; what it does not is recorded, and
holds before the verifier. Whatever was answered once is answered so ever after.
"""

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Final
from uuid import UUID, uuid5

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from registry.domain.beginning import Beginning, transfer_in
from registry.domain.body import CertificationBody, Registration
from registry.domain.certification import Certification
from registry.domain.decision import Decision
from registry.domain.errors import (
    AccreditationTransitionError,
    AlreadyScheduledError,
    BackdatedError,
    ReductionError,
)
from tests.registry.domain.attempts import IMPARTIAL, PARTIAL, PROFILES, act, agree, begun, edition, refusal
from tests.registry.domain.bodies import body
from tests.registry.domain.chance import (
    BEGINNINGS,
    BOOKS,
    DAY,
    HOUR,
    NUMBERS,
    OFFSETS,
    ON_THE_WAY,
    SECOND,
    STEPS,
    TASKS,
    Wish,
    any_beginning,
    any_wish,
)
from tests.verifier import model
from tests.verifier.model_rules import EVER, Attempt, Book, ends, issued, objections
from verifier.accreditation import AccreditationFact, accreditation
from verifier.gap import gaps
from verifier.status import Fact, Limits, Standing, State, breach, status

TRIES: Final = 6
# What is over is decided on seldom.
OVER: Final = frozenset(State) - {State.ACTIVE, State.SUSPENDED, State.NOT_YET_EFFECTIVE}
ROOT: Final = UUID(int=7)
# What a verifier objects to as well: of the day only where no midnight is within the hour that the log takes.
VISIBLE: Final = {"state", "appeal", "grace"}
VISIBLE_BY_DAY: Final = {"backdated", "not today", "scheduled"}
SCHEMES: Final = ("demo", "other")
BODIES: Final = ("aurora", "borea", "cirro")
ACCREDITATIONS: Final = {
    "granted": CertificationBody.Accredited,
    "suspended": CertificationBody.AccreditationSuspended,
    "restored": CertificationBody.AccreditationRestored,
    "reduced": CertificationBody.AccreditationReduced,
    "withdrawn": CertificationBody.AccreditationWithdrawn,
}
# What a body's accreditation has to be for that to happen to it.
WHEN: Final = {
    "granted": {"covered", "suspended", "not_covered"},
    "suspended": {"covered"},
    "restored": {"suspended"},
    "reduced": {"covered", "suspended"},
    "withdrawn": {"covered", "suspended"},
}
DETAIL: Final = {"number": "1", "accreditation_body": "Ente", "standard": "ISO/IEC 17024:2012", "wording": "w"}


@dataclass
class Held:
    """A certification three times: at the registry, in the log as a verifier reads it, and in the model."""

    at_registry: Certification
    body: str
    scheme: str
    profile: str
    logged: list[Fact] = field(default_factory=list)
    modelled: list[model.Entry] = field(default_factory=list)
    before: "Held | None" = None
    shown: list[tuple[date, datetime, Standing]] = field(default_factory=list)

    @property
    def chain(self) -> list["Held"]:
        """Itself, behind those that it was transferred from."""
        return [*([] if self.before is None else self.before.chain), self]


class Offices(RuleBasedStateMachine):
    """Three bodies, two schemes, a clock that goes on, and everything that bodies decide and people ask."""

    def __init__(self) -> None:
        super().__init__()
        self.cohorts: list[list[Held]] = []
        self.bodies = {slug: body(slug=slug) for slug in BODIES}
        self.accredited: dict[str, list[AccreditationFact]] = {slug: [] for slug in BODIES}
        self.count = 0

    @initialize(begin=BEGINNINGS, books=st.tuples(BOOKS, BOOKS), number=NUMBERS)
    def open(self, begin: datetime, books: tuple[Book, Book], number: int) -> None:
        """The editions are published, two bodies are accredited for them and begin to certify."""
        self.now = begin
        self.books = dict(zip(SCHEMES, books, strict=True))
        self.editions = {scheme: edition(scheme, book) for scheme, book in self.books.items()}
        for slug, scheme in (("aurora", "demo"), ("borea", "demo"), ("borea", "other")):
            self.accredit(slug, scheme, "granted", 0, ())
            self.begin(slug, scheme, number, timedelta(0))

    @rule(
        slug=st.sampled_from(BODIES),
        scheme=st.sampled_from(SCHEMES),
        did=st.sampled_from(sorted(ACCREDITATIONS)),
        offset=OFFSETS,
        profiles=st.sampled_from([(), PROFILES[:1], PROFILES]),
    )
    def accredit(self, slug: str, scheme: str, did: str, offset: int, profiles: tuple[str, ...]) -> None:
        """The operator records what the accreditation body decided, sensible or not."""
        today, of_body = model.legal_day(self.now), self.bodies[slug]
        on = today + offset * DAY
        may = self._covered(slug, scheme, None, on) in WHEN[did]
        fault: type[Exception] | None = None if may else AccreditationTransitionError
        if on < today:
            fault = BackdatedError
        elif on > today and any(f.scheme == scheme and f.effective_on > today for f in self.accredited[slug]):
            fault = AlreadyScheduledError
        left = profiles if did == "reduced" else None
        place = len(self.accredited[slug]) + 2
        fact = AccreditationFact(f"accreditation.{did}", place, scheme, on, self.now, {}, left)
        of_scheme = [f for f in [*self.accredited[slug], fact] if f.scheme == scheme]
        if fault is None and model.widened(of_scheme, PROFILES):
            fault = ReductionError
        more = {"granted": DETAIL, "reduced": {"profiles": profiles}}.get(did, {})
        registration = Registration(self._id(), self.now, on)

        refused = refusal(
            lambda: of_body.record(ACCREDITATIONS[did], registration, scheme=scheme, source="https://x.example", **more)
        )

        assert refused is fault
        if fault is None:
            self.accredited[slug].append(fact)

    @rule(slug=st.sampled_from(BODIES), scheme=st.sampled_from(SCHEMES), number=NUMBERS, log_time=ON_THE_WAY)
    def begin(self, slug: str, scheme: str, number: int, log_time: timedelta) -> None:
        """A body certifies people, or takes in what it certified before the registry."""
        chance = Random(number)  # noqa: S311
        wishes = [any_beginning(chance) for _ in range(12)]
        cohort = [held for wish in wishes for held in self._begin(slug, scheme, wish, self.now + log_time)]
        self.cohorts.extend([cohort] if cohort else [])
        self.now += log_time

    @rule(steps=st.lists(STEPS, min_size=3, max_size=6), number=NUMBERS, log_time=ON_THE_WAY)
    def decide(self, steps: list[timedelta], number: int, log_time: timedelta) -> None:
        """As time goes on bodies decide on everybody, each on his own: what is refused is followed by another wish."""
        for turn, step in enumerate(steps):
            self.now += step
            for place, held in enumerate([held for cohort in self.cohorts for held in cohort]):
                chance = Random(f"{number} {turn} {place}")  # noqa: S311
                if held.at_registry.standing(model.legal_day(self.now)).state in OVER and chance.randrange(8):
                    continue
                tried = (self._try(held, any_wish(chance), self.now + log_time) for _ in range(TRIES))
                next(filter(None, tried), None)
            self.now += log_time

    @rule(which=NUMBERS, asked=st.lists(st.tuples(st.integers(-30, 500), st.integers(-40, 0)), min_size=1, max_size=3))
    def ask(self, which: int, asked: list[tuple[int, int]]) -> None:
        """Somebody asks of a day, as known at an instant that is over; the answer is kept."""
        for held in self.cohorts[which % len(self.cohorts)] if self.cohorts else []:
            for offset, ago in asked:
                on, known_at = held.logged[0].effective_on + offset * DAY, self.now + ago * DAY - SECOND
                held.shown.append((on, known_at, self._answer(held, on, known_at)))

    def teardown(self) -> None:
        """Everybody is asked about at the edges; every answer given once is given again."""
        for held in (held for cohort in self.cohorts for held in cohort):
            for on, known_at in edges(held):
                self._answer(held, on, known_at)
            for on, known_at, shown in held.shown:
                assert self._status(held, on, known_at) == shown
            if held.before is not None:
                self._check_gaps(held.chain)
        self._check_accreditations()

    def _begin(self, slug: str, scheme: str, wish: Wish, logged_at: datetime) -> Iterable[Held]:
        book, profile = self.books[scheme], PROFILES[wish.number % 2]
        on = model.legal_day(self.now) + (wish.offset if wish.did == "granted" or wish.number % 4 == 0 else 0) * DAY
        cycle = on - wish.number % 60 * DAY
        stated = None if wish.did == "granted" and wish.number % 3 else ends(book, cycle) - wish.number % 2 * DAY
        attempt = Attempt(
            wish.did,
            self.now,
            on,
            wish.number % 11 != 0,
            stated,
            past=(cycle - wish.number % 7 * 50 * DAY, cycle, cycle + wish.number % 5 * 9 * DAY),
            covered=self._covered(slug, scheme, profile, on),
            marked=wish.number % 5 < 2,
        )
        against = objections([], attempt, book)
        beginning = self._beginning(slug, scheme, attempt)
        made: list[Certification] = []

        refused = refusal(lambda: made.append(begun(beginning, profile, attempt)))

        agree(refused, against, attempt)
        for certification in made:
            held = Held(certification, slug, scheme, profile)
            valid_until = ends(book, on) if wish.did == "granted" else stated
            days = (None, None, None) if wish.did == "granted" else attempt.past or (None, None, None)
            entry = model.Entry(f"certification.{wish.did}", 1, on, logged_at, valid_until, None, None, *days)
            self._log(held, entry, logged_at)
            yield held

    def _beginning(self, slug: str, scheme: str, attempt: Attempt) -> Beginning:
        case = IMPARTIAL if attempt.impartial else PARTIAL
        decision = self._decision(attempt)
        of_body, of_scheme = self.bodies[slug], self.editions[scheme]
        return Beginning(self._id(), decision, case, of_body, of_scheme, self.count, unaccredited=attempt.marked)

    def _attempt(self, held: Held, wish: Wish) -> Attempt:
        today = model.legal_day(self.now)
        on = today + (0 if wish.did in model.TODAY and wish.number % 4 else wish.offset) * DAY
        if wish.did == "document":
            # It states what begins later, too.
            on = max(today, held.modelled[0].effective_on)
        if wish.did == "recertified" and wish.number % 4 == 0:
            # On the last day of the grace, or a day too late.
            last = [entry.valid_until for entry in held.modelled if entry.valid_until is not None][-1]
            on = max(today, last + (self.books[held.scheme].grace + wish.number % 8 // 4) * DAY)
        wide, deadline = wish.did == "scope_extended" and wish.number % 2, on + wish.length * DAY
        if wish.did == "suspension_prolonged":
            standing = [entry.deadline for entry in held.modelled if entry.deadline is not None]
            deadline = (standing[-1] if standing else on) + wish.length * DAY
        return Attempt(
            wish.did,
            self.now,
            on,
            wish.number % 11 != 0,
            None if wish.number % 5 else on + wish.length * DAY,
            deadline,
            wish.number % (len(held.modelled) + 1) if wish.number % 2 else newest(held.modelled, wish.did),
            frozenset(task for place, task in enumerate(TASKS) if wide or wish.number >> place & 1),
        )

    def _try(self, held: Held, wish: Wish, logged_at: datetime) -> bool:
        if wish.did == "transferred_out":
            return self._transfer(held, wish, logged_at)
        book, attempt = self.books[held.scheme], self._attempt(held, wish)
        against = objections(held.modelled, attempt, book)
        entries = modelled(held.modelled, attempt, book, logged_at)
        around = {model.legal_day(at) for at in (self.now - HOUR, self.now, logged_at + HOUR)}
        if against & (VISIBLE | VISIBLE_BY_DAY if len(around) == 1 else VISIBLE):
            limits = Limits(book.late, book.grace)
            assert breach([*held.logged, *map(as_fact, entries)], limits) is not None, (attempt, held.modelled)

        refused = refusal(lambda: act(held.at_registry, self.editions[held.scheme], attempt, self._decision(attempt)))

        agree(refused, against, (attempt, held.modelled))
        for entry in [] if against else entries:
            self._log(held, entry, logged_at)
        return not against

    def _transfer(self, held: Held, wish: Wish, logged_at: datetime) -> bool:
        """The old body signs it out and the new one in, or neither does."""
        receiver, book = BODIES[wish.number % 3], self.books[held.scheme]
        on = model.legal_day(self.now) + (0 if wish.number % 5 else wish.offset) * DAY
        covered = self._covered(receiver, held.scheme, held.profile, on)
        leave = Attempt("transferred_out", self.now, on, receiver_is_another=receiver != held.body)
        enter = Attempt(
            "transferred_in", self.now, on, wish.number % 11 != 0, covered=covered, marked=wish.number % 4 < 2
        )
        leaving, against = deepcopy(held.at_registry), objections(held.modelled, leave, book)
        agree(refusal(lambda: leaving.transfer_out(self._decision(leave), receiver)), against, (leave, held.modelled))
        if against:
            return False
        beginning, made = self._beginning(receiver, held.scheme, enter), list[Certification]()
        against = objections([], enter, book)
        agree(refusal(lambda: made.append(transfer_in(beginning, leaving, bytes(32)))), against, enter)
        for certification in made:
            page = model.diary(held.modelled, EVER, on, book.maintenance).on(on)
            place = len(held.modelled) + 1
            held.at_registry = leaving
            self._log(held, model.Entry("certification.transferred_out", place, on, logged_at), logged_at)
            going_on = Held(certification, receiver, held.scheme, held.profile, before=held)
            kept, said = model.kept(page, book.maintenance), certification.facts[0].maintained_from
            # Past the last valid day nothing falls due, however far past it is.
            past_all = said is not None and min(kept, said) >= page["valid_until"]
            days = (page["granted_on"], page["cycle"], said if past_all else kept)
            entry = model.Entry(
                "certification.transferred_in", 1, on, logged_at, page["valid_until"], None, None, *days,
                counted_from=page["counted"],
            )  # fmt: skip
            self._log(going_on, entry, logged_at)
            self.cohorts.append([going_on])
        return bool(made)

    def _log(self, held: Held, entry: model.Entry, logged_at: datetime) -> None:
        """What was recorded reaches the log, at once or within the hour."""
        fact = replace(held.at_registry.facts[entry.sequence - 1], recorded_at=logged_at)
        held.modelled.append(entry)
        held.logged.append(fact)
        assert as_fact(entry) == fact
        book = self.books[held.scheme]
        assert breach(held.logged, Limits(book.late, book.grace)) is None, held.modelled

    def _covered(self, slug: str, scheme: str, profile: str | None, on: date) -> str:
        return model.covered([f for f in self.accredited[slug] if f.scheme == scheme], on, self.now, profile)

    def _status(self, held: Held, on: date, known_at: datetime) -> Standing:
        return status(held.logged, on, known_at, self.editions[held.scheme].rules.maintenance)  # type: ignore[arg-type]

    def _answer(self, held: Held, on: date, known_at: datetime) -> Standing:
        standing = self._status(held, on, known_at)
        compare(model.diary(held.modelled, known_at, on, self.books[held.scheme].maintenance), on, standing, held)
        return standing

    def _check_gaps(self, chain: list[Held]) -> None:
        start = chain[0].logged[0].effective_on - 2 * DAY
        end = max(held.logged[-1].effective_on for held in chain) + 40 * DAY
        for known_at in (self.now, chain[-1].logged[0].recorded_at - SECOND):
            diaries = [model.diary(held.modelled, known_at, end) for held in chain]
            asked = [start + number * DAY for number in range((end - start).days + 1)]
            states = {day: model.answering(diaries, day)["state"] for day in asked}

            found = gaps([held.logged for held in chain], start, end, known_at)

            named = {day: gap.state for gap in found for day in asked if gap.starts_on <= day <= gap.ends_on}
            about = (known_at, [held.modelled for held in chain])
            assert named == {day: state for day, state in states.items() if state != "active"}, about
            # Of two that follow each other without a day between, each is of another state.
            apart = [one.ends_on + (DAY if one.state is other.state else 0 * DAY) for one, other in pairwise(found)]
            assert all(end < other.starts_on for end, other in zip(apart, found[1:], strict=True)), about

    def _check_accreditations(self) -> None:
        for slug, facts in self.accredited.items():
            for scheme in SCHEMES:
                of_scheme = [fact for fact in facts if fact.scheme == scheme]
                for fact in of_scheme:
                    for on, known_at, profile in (
                        (fact.effective_on, fact.recorded_at, None),
                        (fact.effective_on - DAY, self.now, "junior"),
                        (fact.effective_on + DAY, fact.recorded_at - SECOND, "senior"),
                    ):
                        answer = accreditation(self.bodies[slug].accreditations, scheme, on, known_at, profile)
                        assert answer.coverage == model.covered(of_scheme, on, known_at, profile)
                        assert answer.profiles == model.profiles_left(of_scheme, on, known_at)

    def _decision(self, attempt: Attempt) -> Decision:
        return Decision(self._id(), attempt.at, attempt.on, model.legal_day(attempt.at))

    def _id(self) -> UUID:
        self.count += 1
        return uuid5(ROOT, str(self.count))


def modelled(life: list[model.Entry], attempt: Attempt, book: Book, logged_at: datetime) -> list[model.Entry]:
    """What the model writes down, where nothing speaks against it."""
    place, did = len(life) + 1, attempt.did
    if did == "document":
        names = ["certificate.superseded", "certificate.reissued"] if issued(life) else ["certificate.issued"]
        return [model.Entry(name, place + number, attempt.on, logged_at) for number, name in enumerate(names)]
    entry = model.Entry(f"certification.{did}", place, attempt.on, logged_at)
    if did == "recertified":
        last = model.diary(life, EVER, attempt.on).on(attempt.on).get("valid_until")
        starts = max(attempt.on, last + DAY) if isinstance(last, date) else attempt.on
        return [replace(entry, valid_until=ends(book, starts))]
    if did in {"suspended", "suspension_prolonged"}:
        return [replace(entry, deadline=attempt.deadline)]
    if did == "appeal_upheld":
        return [replace(entry, reverses=attempt.names)]
    return [replace(entry, scope=tuple(sorted(attempt.tasks)))] if did.startswith("scope") else [entry]


def newest(life: Iterable[model.Entry], did: str) -> int:
    """The newest event that an appeal, or a correction, is likely to name."""
    likely = {"suspended", "withdrawn", "annulled"} if did == "appeal_upheld" else model.FIRST
    return max((entry.sequence for entry in life if model.name(entry) in likely), default=0)


def as_fact(entry: model.Entry) -> Fact:
    return Fact(*(getattr(entry, name) for name in model.Entry.__slots__))


def edges(held: Held) -> Iterable[tuple[date, datetime]]:
    """Some days and instants at which an answer may change: beside each event, as known at another and for ever."""
    for place, fact in enumerate(held.logged):
        other = held.logged[(place * 7 + 3) % len(held.logged)]
        yield fact.effective_on, EVER
        yield fact.effective_on - DAY, other.recorded_at
        yield (fact.deadline or fact.valid_until or fact.effective_on) + DAY, fact.recorded_at
        yield other.effective_on, fact.recorded_at - SECOND


def compare(diary: model.Diary, on: date, standing: Standing, held: Held) -> None:
    """The verifier's answer says all that stands in the diary; the diary is silent where a state has no dates."""
    page = diary.on(on)
    due, word = page["maintenance"]  # type: ignore[misc]
    said = {
        "state": str(standing.state),
        "since": standing.since,
        "valid_until": standing.valid_until,
        "deadline": standing.deadline,
        "granted_on": standing.granted_on,
        "cycle": standing.cycle_starts_on,
        "scope": standing.scope,
    }
    told = {name: page[name] for name in said if name in page}
    about = (on, held.modelled)
    assert {name: said[name] for name in told} == told, about
    assert standing.maintenance_due_on == due, about
    notes = {str(condition) for condition in standing.conditions}
    assert notes == diary.notes(on) | ({word} if word else set()), about
    if page["state"] != "not_yet_effective":
        assert set(standing.left_out) == diary.gone, about
    if page["state"] != "annulled":
        assert set(standing.without_effect) == diary.idle(on), about


TestOffices = Offices.TestCase
# Some thousand certifications.
TestOffices.settings = settings(
    max_examples=max(50, settings().max_examples // 5),
    stateful_step_count=30,
    suppress_health_check=[HealthCheck.too_slow],
)
