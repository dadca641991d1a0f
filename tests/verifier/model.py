"""A second model of a certification's two times: every day is lived through, in order, with what was known of it.

Written from the domain's rules in words, and from no line of ``verifier.status``: here stands a diary, one dict for
each day, and a table of who may follow whom. Even the legal day and the months are computed in another way than there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Protocol

Page = dict[str, object]

DAY = timedelta(days=1)
FIRST = frozenset({"granted", "adopted", "transferred_in"})
OVER = frozenset({"withdrawn", "relinquished", "transferred", "annulled"})
LIVE = frozenset({"active", "suspended"})
# From which states, and to which: None stays.
MOVES: dict[str, tuple[frozenset[str], str | None]] = {
    "maintenance_confirmed": (LIVE, None),
    "maintenance_refused": (LIVE, None),
    "recertified": (frozenset({"active", "expired"}), "active"),
    "scope_extended": (frozenset({"active"}), None),
    "scope_reduced": (LIVE, None),
    "suspended": (frozenset({"active"}), "suspended"),
    "suspension_prolonged": (frozenset({"suspended"}), None),
    "reinstated": (frozenset({"suspended"}), "active"),
    "withdrawn": (LIVE, "withdrawn"),
    "relinquished": (LIVE, "relinquished"),
    "transferred_out": (frozenset({"active"}), "transferred"),
    "corrected": (LIVE | {"not_yet_effective"}, None),
}
# What may be dated back by the edition's limit; all the rest by no day.
LATE = frozenset({"maintenance_confirmed", "recertified", "scope_extended"})
# On its way into the log a decision may cross a midnight.
ON_ITS_WAY = timedelta(hours=1)
# What is no turn of the life itself: documents, and what is said of another event.
BESIDE = frozenset({"issued", "reissued", "superseded", "appeal_upheld", "personal_data_erased"})
TODAY = frozenset({"annulled", "appeal_upheld", "corrected", "personal_data_erased"})


class Recorded(Protocol):
    """An event as it was recorded, whoever keeps it."""

    type: str
    sequence: int
    effective_on: date
    recorded_at: datetime
    valid_until: date | None
    deadline: date | None
    reverses: int | None
    granted_on: date | None
    cycle_starts_on: date | None
    maintained_from: date | None
    scope: tuple[str, ...] | None
    counted_from: date | None


class Accredited(Protocol):
    """An event of a body's accreditation for one scheme."""

    type: str
    sequence: int
    effective_on: date
    recorded_at: datetime
    profiles: tuple[str, ...] | None


class Maintained(Protocol):
    """How often a scheme wants maintenance, and for how long before and after the day it may be confirmed."""

    interval_months: int
    window_days: int
    grace_days: int


class Limited(Protocol):
    """By how many days a scheme lets things be late; None where nobody knows."""

    late_recording_days: int
    recertification_grace_days: int | None


@dataclass(frozen=True, slots=True)
class Entry:
    """The model's own event."""

    type: str
    sequence: int
    effective_on: date
    recorded_at: datetime
    valid_until: date | None = None
    deadline: date | None = None
    reverses: int | None = None
    granted_on: date | None = None
    cycle_starts_on: date | None = None
    maintained_from: date | None = None
    scope: tuple[str, ...] | None = None
    counted_from: date | None = None


@dataclass(frozen=True, slots=True)
class Diary:
    """The pages, and what is said of a day that has none: before the first, or whenever nothing counts day by day.

    ``standing`` are the events that count, ``gone`` the places of those that an appeal took back.
    """

    otherwise: str
    pages: dict[date, Page]
    rule: Maintained | None = None
    standing: Sequence[Recorded] = ()
    gone: frozenset[int] = frozenset()

    def on(self, day: date) -> Page:
        page = self.pages.get(day, {"state": self.otherwise})
        return {**page, "maintenance": _maintenance(page, day, self.rule)}

    def notes(self, day: date) -> set[str]:
        """What is said beside the state, but for maintenance that is due."""
        # An adopted certificate is one in every verdict, also in those on days that prove nothing of it.
        adopted = {"adopted"} if self.standing and name(self.standing[0]) == "adopted" else set()
        page = self.pages.get(day)
        if page is None or page["state"] == "not_yet_effective":
            return adopted
        # Neither a document nor what concerns the whole life takes effect on one day.
        decisions = [f for f in self.standing if f.type.startswith("certification.") and name(f) not in TODAY]
        past = [fact for fact in decisions if fact.effective_on <= day]
        deadline = page.get("deadline")
        said = {
            "recorded_late": any(fact.effective_on < legal_day(fact.recorded_at - ON_ITS_WAY) for fact in past),
            "change_scheduled": len(past) < len(decisions),
            "suspension_past_deadline": isinstance(deadline, date) and day > deadline,
            "maintenance_refused": page["state"] in LIVE and page.get("refused") is True,
        }
        return adopted | {words for words, true in said.items() if true}

    def idle(self, day: date) -> frozenset[int]:
        """The places of the events up to a day that found nothing to follow."""
        return idle if isinstance(idle := self.on(day).get("idle"), frozenset) else frozenset()


def answering(diaries: Sequence[Diary], day: date) -> Page:
    """The page that counts of a certification that was transferred: of the newest one that has begun, else the oldest.

    The new body's annulment says that its certification never was, so it counts on the days before, too.
    """
    pages = [diary.on(day) for diary in reversed(diaries)]
    return next((page for page in pages if page["state"] not in {"not_recorded", "not_yet_effective"}), pages[-1])


def legal_day(at: datetime) -> date:
    """The day in Rome, by the European rule: summer time from 01:00 UTC of March's last Sunday to October's."""
    summer = _last_sunday(at.year, 3) <= at.astimezone(UTC) < _last_sunday(at.year, 10)
    return (at.astimezone(UTC) + timedelta(hours=2 if summer else 1)).date()


@cache
def _last_sunday(year: int, month: int) -> datetime:
    return max(
        at for at in (datetime(year, month, number, 1, tzinfo=UTC) for number in range(25, 32)) if at.isoweekday() == 7
    )


def months_on(day: date, months: int) -> date:
    """The same day so many months on; where that month has no such day, its last."""
    first = day.replace(day=1)
    for _ in range(months):
        first = (first + 31 * DAY).replace(day=1)
    last = (first + 31 * DAY).replace(day=1) - DAY
    return min(first + (day.day - 1) * DAY, last)


def name(fact: Recorded) -> str:
    return fact.type.partition(".")[2]


def diary(facts: Iterable[Recorded], known_at: datetime, until: date, rule: Maintained | None = None) -> Diary:
    """One page for each day from the first event's to ``until``."""
    known = sorted((fact for fact in facts if fact.recorded_at <= known_at), key=lambda fact: fact.sequence)
    reversed_by_appeal = {fact.reverses for fact in known if name(fact) == "appeal_upheld"}
    standing = [fact for fact in known if fact.sequence not in reversed_by_appeal]
    if not standing:
        return Diary("not_recorded", {})
    gone = frozenset(place for place in reversed_by_appeal if place is not None)
    if any(name(fact) == "annulled" for fact in standing):
        return Diary("annulled", {}, standing=standing, gone=gone)
    page: Page = {"state": "not_yet_effective"}
    pages: dict[date, Page] = {}
    today = min(fact.effective_on for fact in standing)
    of_day: dict[date, list[Recorded]] = {}
    for fact in standing:
        of_day.setdefault(fact.effective_on, []).append(fact)
    after: object = None
    while today <= until:
        if today == after:
            page = _clock(page, today)
        if today in of_day:
            for fact in of_day[today]:
                page = _clock(_turn(page, fact), today)
            after = last + DAY if isinstance(last := page.get("valid_until"), date) else None
        pages[today] = page
        today += DAY
    return Diary("not_yet_effective", pages, rule, standing, gone)


def _clock(page: Page, today: date) -> Page:
    last = page.get("valid_until")
    if page["state"] in LIVE and isinstance(last, date) and today > last:
        return {**page, "state": "expired", "since": last + DAY, "deadline": None}
    return page


def _turn(page: Page, fact: Recorded) -> Page:
    did, on = name(fact), fact.effective_on
    if did in FIRST and page["state"] == "not_yet_effective":
        starts = fact.cycle_starts_on or on
        kept_until = fact.maintained_from or starts
        return {
            "state": "active",
            "since": on,
            "valid_until": fact.valid_until,
            "deadline": None,
            "granted_on": fact.granted_on or on,
            "cycle": starts,
            "from": kept_until,
            "counted": fact.counted_from or kept_until,
            "confirmed": 0,
            "scope": None,
        }
    if did in BESIDE:
        return page
    sources, target = MOVES.get(did, (frozenset(), None))
    if page["state"] not in sources:
        return {**page, "idle": frozenset({fact.sequence}).union(page.get("idle", ()))}
    turned = dict(page)
    if target and target != page["state"]:
        turned |= {"state": target, "since": on, "deadline": None}
    if did in {"suspended", "suspension_prolonged"}:
        turned["deadline"] = fact.deadline
    if did == "recertified":
        # In time, maintenance is counted from where the old cycle would have ended; never from within it.
        joins = old if page["state"] == "active" and isinstance(old := page["valid_until"], date) else on - DAY
        turned |= {"valid_until": fact.valid_until, "cycle": on, "confirmed": 0, "refused": False}
        turned |= {"from": joins + DAY, "counted": joins + DAY}
    if did == "maintenance_confirmed":
        turned |= {"confirmed": int(str(page["confirmed"])) + 1, "refused": False}
    if did == "maintenance_refused":
        turned["refused"] = True
    if did in {"scope_extended", "scope_reduced"}:
        turned["scope"] = fact.scope
    return turned


def _maintenance(page: Page, today: date, rule: Maintained | None) -> tuple[date | None, str | None]:
    """When it is due next, within the validity, and what is to be said of that today."""
    start, last = page.get("from"), page.get("valid_until")
    if rule is None or page["state"] not in LIVE or not isinstance(start, date) or not isinstance(last, date):
        return None, None
    due = _after_periods(page, int(str(page["confirmed"])) + 1, rule)
    if due > last:
        return None, None
    if today > due + rule.grace_days * DAY:
        return due, "maintenance_overdue"
    if today > due:
        return due, "maintenance_in_grace"
    return due, "maintenance_due" if today >= due - rule.window_days * DAY else None


def kept(page: Page, rule: Maintained | None) -> date:
    """The day up to which maintenance was kept: what the next one is counted from."""
    start = page["from"]
    assert isinstance(start, date)
    return start if rule is None else _after_periods(page, int(str(page["confirmed"])), rule)


def _after_periods(page: Page, periods: int, rule: Maintained) -> date:
    """So many periods on, on the day of the month that they were counted from at first, or the month's last."""
    start, counted = page["from"], page["counted"]
    assert isinstance(start, date)
    assert isinstance(counted, date)
    month = months_on(start.replace(day=1), rule.interval_months * periods)
    return min(month + (counted.day - 1) * DAY, months_on(month, 1) - DAY)


def refusal(before: Sequence[Recorded], new: Recorded, limits: Limited) -> str | None:
    """Why the domain forbids a further event, in a word, or None."""
    did, on = name(new), new.effective_on
    earliest, today = legal_day(new.recorded_at - ON_ITS_WAY), legal_day(new.recorded_at + ON_ITS_WAY)
    if (did in FIRST) is bool(before):
        return "place"
    if on < earliest - (limits.late_recording_days if did in LATE else 0) * DAY or (did in TODAY and on > today):
        return "day"
    if on > today and any(fact.effective_on > today for fact in before):
        return "scheduled"
    if did in FIRST or did == "personal_data_erased":
        return None
    return _state_refusal(before, new, limits)


def _state_refusal(before: Sequence[Recorded], new: Recorded, limits: Limited) -> str | None:
    did, on = name(new), new.effective_on
    page = diary(before, new.recorded_at, on).on(on)
    if did == "annulled":
        return "state" if page["state"] == "annulled" else None
    if did == "appeal_upheld":
        return _appeal_refusal(before, new, str(page["state"]))
    if page["state"] not in MOVES[did][0]:
        return "state"
    last = page.get("valid_until")
    grace = limits.recertification_grace_days
    if page["state"] == "expired" and isinstance(last, date) and grace is not None and on > last + grace * DAY:
        return "grace"
    return None


def _appeal_refusal(before: Sequence[Recorded], new: Recorded, state: str) -> str | None:
    gone = {fact.reverses for fact in before if name(fact) == "appeal_upheld"}
    named = [fact for fact in before if fact.sequence == new.reverses and fact.sequence not in gone]
    if not named or name(named[0]) not in {"suspended", "withdrawn", "annulled"}:
        return "reverses"
    return None if state in OVER | {"suspended"} else "state"


WHEN_ACCREDITED = {
    "granted": "not_covered covered suspended",
    "suspended": "covered",
    "restored": "suspended",
    "reduced": "covered suspended",
    "withdrawn": "covered suspended",
}


def covered(facts: Iterable[Accredited], on: date, known_at: datetime, profile: str | None) -> str:
    """What a body's events for one scheme come to, asked for a profile or for the scheme as a whole."""
    state, profiles = _accreditation(facts, on, known_at)
    outside = profile is not None and profiles is not None and profile not in profiles
    return "not_covered" if outside else state


def profiles_left(facts: Iterable[Accredited], on: date, known_at: datetime) -> tuple[str, ...] | None:
    """The profiles that a reduction left; None where none was reduced, or nothing is left of it all."""
    return _accreditation(facts, on, known_at)[1]


def widened(facts: Iterable[Accredited], profiles: Iterable[str]) -> bool:
    """Whether a reduction of one scheme, which has these profiles, is to more than was covered before its day."""
    days = sorted(facts, key=lambda fact: (fact.effective_on, fact.sequence))
    for place, fact in enumerate(days):
        state, left = _accreditation(days[:place], fact.effective_on, datetime.max.replace(tzinfo=UTC))
        more = set(fact.profiles or ()) - set(profiles if left is None else left)
        if more and state in WHEN_ACCREDITED["reduced"].split():
            return True
    return False


def _accreditation(facts: Iterable[Accredited], on: date, known_at: datetime) -> tuple[str, tuple[str, ...] | None]:
    state, profiles = "not_covered", None
    known = [fact for fact in facts if fact.recorded_at <= known_at and fact.effective_on <= on]
    for fact in sorted(known, key=lambda fact: (fact.effective_on, fact.sequence)):
        did = fact.type.partition(".")[2]
        # Only what is there can be suspended, given back, cut down or taken away; a grant begins anew.
        if state not in WHEN_ACCREDITED[did].split():
            continue
        # A reduction neither lifts a suspension nor suspends; only a grant, or the end of everything, widens again.
        state = {"suspended": "suspended", "withdrawn": "not_covered", "reduced": state}.get(did, "covered")
        profiles = fact.profiles if did == "reduced" else None if did in {"granted", "withdrawn"} else profiles
    return state, profiles
