"""What a registry has to refuse, beside the verifier's rules: a second model, written from the domain's words alone.

``objections`` names everything that speaks against an attempt, each in a word; a registry names the first it meets.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from tests.verifier.model import (
    DAY,
    FIRST,
    LATE,
    LIVE,
    OVER,
    TODAY,
    Maintained,
    Page,
    Recorded,
    diary,
    legal_day,
    months_on,
    name,
)

EVER = datetime(2200, 1, 1, tzinfo=UTC)
# A person's case: the decision maker was neither examiner nor trainer.
CASES = frozenset({"granted", "adopted", "transferred_in", "recertified"})
AT_ONCE = TODAY | {"adopted", "transferred_in", "transferred_out"}
FROM: dict[str, frozenset[str]] = {
    "maintenance_confirmed": LIVE,
    "maintenance_refused": LIVE,
    "recertified": frozenset({"active", "expired"}),
    "scope_extended": frozenset({"active"}),
    "scope_reduced": LIVE,
    "suspended": frozenset({"active"}),
    "suspension_prolonged": frozenset({"suspended"}),
    "reinstated": frozenset({"suspended"}),
    "withdrawn": LIVE,
    "relinquished": LIVE,
    "annulled": LIVE | OVER - {"annulled"} | {"not_yet_effective", "expired"},
    "transferred_out": frozenset({"active"}),
    "appeal_upheld": OVER | {"suspended"},
    "corrected": LIVE | {"not_yet_effective"},
    "personal_data_erased": LIVE | OVER | {"not_yet_effective", "expired"},
    "document": frozenset({"active", "not_yet_effective"}),
}


@dataclass(frozen=True, slots=True)
class Book:
    """What a scheme edition says: months, days, and the tasks of its profiles."""

    months: int
    opens: date
    closes: date
    late: int
    window: int
    grace: int
    longest: int
    maintenance: Maintained | None
    tasks: frozenset[str]


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody wants to decide at an instant, effective on a legal day."""

    did: str
    at: datetime
    on: date
    impartial: bool = True
    stated: date | None = None
    deadline: date | None = None
    names: int | None = None
    tasks: frozenset[str] = frozenset()
    past: tuple[date, date, date] | None = None
    covered: str = "covered"
    marked: bool = False
    receiver_is_another: bool = True


def ends(book: Book, starts: date) -> date:
    """The last valid day of a cycle: the day before the same day so many months on."""
    return months_on(starts, book.months) - DAY


def objections(life: Sequence[Recorded], wanted: Attempt, book: Book) -> set[str]:
    """Everything that speaks against it; nothing, where it is to be recorded."""
    found = set(_of_the_day(life, wanted, book))
    if wanted.did in CASES and not wanted.impartial:
        found.add("eyes")
    if wanted.did in FIRST:
        return found | set(_of_a_beginning(wanted, book))
    page = diary(life, EVER, wanted.on).on(wanted.on)
    allowed = FROM[wanted.did] | (
        frozenset({"suspended"}) if wanted.did == "document" and issued(life) else frozenset()
    )
    if page["state"] not in allowed:
        found.add("state")
        return found
    return found | set(_of_what_it_says(life, page, wanted, book))


def issued(life: Sequence[Recorded]) -> bool:
    """Whether a document was made already."""
    return any(name(fact) == "issued" for fact in life)


def _of_the_day(life: Sequence[Recorded], wanted: Attempt, book: Book) -> list[str]:
    today, did = legal_day(wanted.at), wanted.did
    if did == "document":
        return []
    late = book.late if did in LATE else 0
    found = ["backdated"] if wanted.on < today - late * DAY else []
    if did in AT_ONCE and wanted.on != today:
        found.append("not today")
    planned = [fact for fact in life if fact.type.startswith("certification.") and fact.effective_on > today]
    if planned and (wanted.on > today or did == "transferred_out"):
        found.append("scheduled")
    return found


def _of_a_beginning(wanted: Attempt, book: Book) -> list[str]:
    found = [] if wanted.marked or wanted.covered == "covered" else ["not accredited"]
    if wanted.did != "transferred_in" and not book.opens <= wanted.on <= book.closes:
        found.append("closed")
    if wanted.did == "granted" and wanted.stated not in {None, ends(book, wanted.on)}:
        found.append("validity")
    if wanted.did == "adopted" and wanted.past is not None and wanted.stated is not None:
        first, cycle, kept = wanted.past
        if not first <= cycle <= kept <= wanted.on:
            found.append("past")
        if wanted.stated < wanted.on:
            found.append("past expired")
        if wanted.stated > ends(book, cycle):
            found.append("validity")
    return found


def _of_what_it_says(life: Sequence[Recorded], page: Page, wanted: Attempt, book: Book) -> list[str]:
    match wanted.did:
        case "maintenance_confirmed":
            return _of_maintenance(life, wanted, book)
        case "recertified":
            return _of_a_cycle(page, wanted, book)
        case "suspended" | "suspension_prolonged":
            return _of_a_suspension(page, wanted, book)
        case "scope_extended" | "scope_reduced":
            return _of_a_scope(page, wanted, book)
        case "appeal_upheld":
            gone = {fact.reverses for fact in life if name(fact) == "appeal_upheld"}
            may = {f.sequence for f in life if name(f) in {"suspended", "withdrawn", "annulled"}} - gone
            return [] if wanted.names in may else ["appeal"]
        case "corrected":
            may = {fact.sequence for fact in life if name(fact) in FIRST | {"corrected"}}
            return [] if wanted.names in may else ["correction"]
        case "transferred_out":
            return [] if wanted.receiver_is_another else ["receiver"]
    return []


def _of_maintenance(life: Sequence[Recorded], wanted: Attempt, book: Book) -> list[str]:
    rule = book.maintenance
    due, _ = diary(life, EVER, wanted.on, rule).on(wanted.on)["maintenance"]  # type: ignore[misc]
    early = rule is not None and due is not None and wanted.on < due - timedelta(rule.window_days)
    return ["early"] if early else []


def _of_a_cycle(page: Page, wanted: Attempt, book: Book) -> list[str]:
    last = page["valid_until"]
    assert isinstance(last, date)
    found = ["window"] if wanted.on < last - timedelta(book.window) else []
    if wanted.on > last + timedelta(book.grace):
        found.append("grace")
    if wanted.stated not in {None, ends(book, max(wanted.on, last + DAY))}:
        found.append("validity")
    return found


def _of_a_suspension(page: Page, wanted: Attempt, book: Book) -> list[str]:
    since, before = page["since"], page["deadline"]
    assert wanted.deadline is not None
    begins = since if wanted.did == "suspension_prolonged" and isinstance(since, date) else wanted.on
    found = [] if begins <= wanted.deadline <= begins + timedelta(book.longest) else ["deadline"]
    if isinstance(before, date) and wanted.deadline <= before:
        found.append("no later")
    return found


def _of_a_scope(page: Page, wanted: Attempt, book: Book) -> list[str]:
    scope = page["scope"]
    held = book.tasks if scope is None else frozenset(scope)  # type: ignore[call-overload]
    fits = held < wanted.tasks if wanted.did == "scope_extended" else wanted.tasks < held
    return [] if fits and wanted.tasks and wanted.tasks <= book.tasks else ["scope"]
