"""Facts of a certification written as lines, and what the status rule says of them."""

from datetime import UTC, date, datetime

from verifier.status import Condition, Fact, MaintenanceRule, Standing, State, status

GRANTED_ON, UNTIL = date(2026, 3, 10), date(2029, 3, 9)


def day(text: str) -> date:
    return date.fromisoformat(text)


def noon(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 11, 0, tzinfo=UTC)


def life(*events: str, until: date = UNTIL) -> list[Fact]:
    """Facts from lines like "suspended 2026-05-01 recorded 2026-04-20 until 2026-08-01"; a grant comes first."""
    lines = [f"granted {GRANTED_ON} until {until}", *events]
    return [fact(line, sequence) for sequence, line in enumerate(lines, start=1)]


def fact(line: str, sequence: int = 1) -> Fact:
    words = line.split()
    topic, on = words[0], day(words[1])
    pairs = dict(zip(words[2::2], words[3::2], strict=True))
    reverses = pairs.pop("reverses", None)
    said = {name: day(text) for name, text in pairs.items()}
    last = said.get("until")
    prefix = "certificate" if topic in {"issued", "reissued", "superseded"} else "certification"
    return Fact(
        f"{prefix}.{topic}",
        sequence,
        on,
        noon(said.get("recorded", on)),
        last if topic in {"granted", "adopted", "transferred_in", "recertified"} else None,
        last if topic in {"suspended", "suspension_prolonged"} else None,
        None if reverses is None else int(reverses),
        said.get("granted"),
        said.get("cycle"),
        said.get("maintained"),
        counted_from=said.get("counted"),
    )


def on(facts: list[Fact], text: str, known: str = "2099-01-01", rule: MaintenanceRule | None = None) -> Standing:
    return status(facts, day(text), noon(day(known)), rule)


def state(facts: list[Fact], text: str, known: str = "2099-01-01") -> State:
    return on(facts, text, known).state


def conditions(facts: list[Fact], text: str, rule: MaintenanceRule | None = None) -> set[Condition]:
    return set(on(facts, text, rule=rule).conditions)
