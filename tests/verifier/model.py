"""A second model of a certification's two times: every day is lived through, in order, with what was known of it.

Written from the domain's rules in words, and from no line of ``verifier.status``: here stands a diary, one dict for
each day, and a table of who may follow whom. Even the legal day and the months are computed in another way than there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from verifier.accreditation import AccreditationFact
from verifier.status import Fact, Limits, MaintenanceRule

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
TODAY = frozenset({"annulled", "appeal_upheld", "corrected", "personal_data_erased"})


@dataclass(frozen=True, slots=True)
class Diary:
    """The pages, and what is said of a day that has none: before the first, or whenever nothing counts day by day."""

    otherwise: str
    pages: dict[date, Page]
    rule: MaintenanceRule | None = None

    def on(self, day: date) -> Page:
        page = self.pages.get(day, {"state": self.otherwise})
        return {**page, "maintenance": _maintenance(page, day, self.rule)}


def legal_day(at: datetime) -> date:
    """The day in Rome, by the European rule: summer time from 01:00 UTC of March's last Sunday to October's."""
    summer = _last_sunday(at.year, 3) <= at.astimezone(UTC) < _last_sunday(at.year, 10)
    return (at.astimezone(UTC) + timedelta(hours=2 if summer else 1)).date()


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


def name(fact: Fact) -> str:
    return fact.type.partition(".")[2]


def diary(facts: Iterable[Fact], known_at: datetime, until: date, rule: MaintenanceRule | None = None) -> Diary:
    """One page for each day from the first event's to ``until``."""
    known = sorted((fact for fact in facts if fact.recorded_at <= known_at), key=lambda fact: fact.sequence)
    reversed_by_appeal = {fact.reverses for fact in known if name(fact) == "appeal_upheld"}
    standing = [fact for fact in known if fact.sequence not in reversed_by_appeal]
    if not standing:
        return Diary("not_recorded", {})
    if any(name(fact) == "annulled" for fact in standing):
        return Diary("annulled", {})
    page: Page = {"state": "not_yet_effective"}
    pages: dict[date, Page] = {}
    today = min(fact.effective_on for fact in standing)
    of_day: dict[date, list[Fact]] = {}
    for fact in standing:
        of_day.setdefault(fact.effective_on, []).append(fact)
    while today <= until:
        page = _clock(page, today)
        for fact in of_day.get(today, []):
            page = _clock(_turn(page, fact), today)
        pages[today] = page
        today += DAY
    return Diary("not_yet_effective", pages, rule)


def _clock(page: Page, today: date) -> Page:
    last = page.get("valid_until")
    if page["state"] in LIVE and isinstance(last, date) and today > last:
        return {**page, "state": "expired", "since": last + DAY, "deadline": None}
    return page


def _turn(page: Page, fact: Fact) -> Page:
    did, on = name(fact), fact.effective_on
    if did in FIRST and page["state"] == "not_yet_effective":
        starts = fact.cycle_starts_on or on
        return {
            "state": "active",
            "since": on,
            "valid_until": fact.valid_until,
            "deadline": None,
            "granted_on": fact.granted_on or on,
            "cycle": starts,
            "from": fact.maintained_from or starts,
            "confirmed": 0,
            "scope": None,
        }
    sources, target = MOVES.get(did, (frozenset(), None))
    if page["state"] not in sources:
        return page
    turned = dict(page)
    if target and target != page["state"]:
        turned |= {"state": target, "since": on, "deadline": None}
    if did in {"suspended", "suspension_prolonged"}:
        turned["deadline"] = fact.deadline
    if did == "recertified":
        # In time, maintenance is counted from where the old cycle would have ended; never from within it.
        joins = old if page["state"] == "active" and isinstance(old := page["valid_until"], date) else on - DAY
        turned |= {"valid_until": fact.valid_until, "cycle": on, "from": joins + DAY, "confirmed": 0}
    if did == "maintenance_confirmed":
        turned["confirmed"] = int(str(page["confirmed"])) + 1
    if did in {"scope_extended", "scope_reduced"}:
        turned["scope"] = fact.scope
    return turned


def _maintenance(page: Page, today: date, rule: MaintenanceRule | None) -> tuple[date | None, str | None]:
    """When it is due next, within the validity, and what is to be said of that today."""
    start, last = page.get("from"), page.get("valid_until")
    if rule is None or page["state"] not in LIVE or not isinstance(start, date) or not isinstance(last, date):
        return None, None
    due = months_on(start, rule.interval_months * (int(str(page["confirmed"])) + 1))
    if due > last:
        return None, None
    if today > due + rule.grace_days * DAY:
        return due, "maintenance_overdue"
    if today > due:
        return due, "maintenance_in_grace"
    return due, "maintenance_due" if today >= due - rule.window_days * DAY else None


def refusal(before: Sequence[Fact], new: Fact, limits: Limits) -> str | None:
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


def _state_refusal(before: Sequence[Fact], new: Fact, limits: Limits) -> str | None:
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


def _appeal_refusal(before: Sequence[Fact], new: Fact, state: str) -> str | None:
    gone = {fact.reverses for fact in before if name(fact) == "appeal_upheld"}
    named = [fact for fact in before if fact.sequence == new.reverses and fact.sequence not in gone]
    if not named or name(named[0]) not in {"suspended", "withdrawn", "annulled"}:
        return "reverses"
    return None if state in OVER | {"suspended"} else "state"


def covered(facts: Iterable[AccreditationFact], on: date, known_at: datetime, profile: str | None) -> str:
    """What a body's events for one scheme come to: the last of them that counts by then decides."""
    state, profiles = "not_covered", None
    known = [fact for fact in facts if fact.recorded_at <= known_at and fact.effective_on <= on]
    for fact in sorted(known, key=lambda fact: (fact.effective_on, fact.sequence)):
        did = fact.type.partition(".")[2]
        # A reduction neither lifts a suspension nor suspends; only a grant, or the end of everything, widens again.
        state = {"suspended": "suspended", "withdrawn": "not_covered", "reduced": state}.get(did, "covered")
        profiles = fact.profiles if did == "reduced" else None if did in {"granted", "withdrawn"} else profiles
    outside = profile is not None and profiles is not None and profile not in profiles
    return "not_covered" if outside else state
