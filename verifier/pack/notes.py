"""What an evidence pack says beside an answer: what holds of it, what differs, what was compared."""

from collections.abc import Iterable, Iterator
from typing import Final

from verifier.accreditation import Accreditation
from verifier.encoding import legal_day
from verifier.fonts import printable
from verifier.headline import headline_key
from verifier.pack.content import NOT_COMPARED, TO_COMPARE
from verifier.pack.row import NONE, PERSONAL, Row, outcome_words
from verifier.pack.words import CAUSES, CONDITIONS, COVERAGES, EVENTS, FIELDS, HEADLINES, OTHER_PROFILE, STATES, Words
from verifier.report import Answer, Report
from verifier.status import Condition, State

_DAYS: Final = ("since", "valid_until", "deadline", "granted_on", "maintenance_due_on", "proven_from")


def state_words(state: State, answer: Answer, words: Words) -> str:
    """A state; of days before an adopted certification was recorded here nothing is known but the body's claim."""
    claimed = answer.standing.proven_from is not None and state is State.NOT_YET_EFFECTIVE
    return words("not proven") if claimed else words(STATES[state])


def accredited_words(accreditation: Accreditation, words: Words) -> str:
    """Whether the body was accredited; a reduced accreditation may leave just this profile out."""
    return words(OTHER_PROFILE if accreditation.leaves_profile_out else COVERAGES[accreditation.coverage])


def notes(row: Row, words: Words) -> Iterator[str]:
    """Everything that is to be said beside the answer."""
    report = row.report
    if report.answers:
        yield from _conditions(report, words)
        yield from _transfers(report, words)
    yield from _differences(report, words)
    yield from _changes(report, words)
    if row.today is not None and row.key == "changed_since":
        title = HEADLINES[headline_key(row.today)][1]
        yield words(
            "On the day of this pack, %(day)s: %(said)s.", day=words.day(row.today.question.on), said=words(title)
        )
    yield from _without_effect(report, words)
    yield from _days(report, words)
    yield from _compared(row, words)
    if row.item.bundle is None:
        yield words("There is no proof of this answer in the file: it cannot be checked again.")


def _conditions(report: Report, words: Words) -> Iterator[str]:
    standing = report.answers[0].standing
    on = {name: getattr(standing, name) for name in _DAYS}
    days = {name: NONE if day is None else words.day(day) for name, day in on.items()}
    for condition in report.conditions:
        # What is decided for later is told decision by decision.
        if condition is not Condition.CHANGE_SCHEDULED:
            yield words(CONDITIONS[condition], **days)


def _transfers(report: Report, words: Words) -> Iterator[str]:
    """Which body answers for the day, and where the certification comes from or went."""
    place = report.answers[0].origin
    if place is not None:
        body = printable(report.origins[place].body_name)
        yield words("On this day it was held at %(body)s, which answers for it.", body=body)
    for origin in report.origins:
        body, day = printable(origin.body_name), words.day(origin.handed_over_on)
        yield words("It was taken over from %(body)s on %(day)s, with all its days.", body=body, day=day)
    if report.facts is not None and report.facts.receiver is not None:
        body = printable(report.facts.receiver_name or report.facts.receiver)
        yield words("It goes on at %(body)s.", body=body)


def _differences(report: Report, words: Words) -> Iterator[str]:
    for found in report.differences:
        yield words(
            "The answers then and now differ through entry %(index)s, “%(event)s”: %(cause)s.",
            index=found.index,
            event=words(EVENTS.get(found.type, found.type)),
            cause=words(CAUSES[found.cause]),
        )


def _changes(report: Report, words: Words) -> Iterator[str]:
    """What is recorded of days after the one asked for."""
    today = legal_day(report.question.now)
    for _, name, on, _ in report.to_come() if report.answers else ():
        event, day = words(EVENTS[name]), words.day(on)
        if on > today:
            yield words("Already recorded for %(day)s: %(event)s.", day=day, event=event)
        else:
            yield words("Since then, on %(day)s: %(event)s.", day=day, event=event)


def _without_effect(report: Report, words: Words) -> Iterator[str]:
    """Decisions that an appeal took back, or that nothing was left for."""
    if not report.answers:
        return
    standing, events = report.answers[0].standing, report.events(report.answers[0])

    def told(sequences: Iterable[int]) -> Iterator[dict[str, object]]:
        for index, name, on, _ in (events[sequence - 1] for sequence in sequences):
            yield {"event": words(EVENTS[name]), "day": words.day(on), "index": index}

    for gaps in told(standing.left_out):
        yield words("“%(event)s” of %(day)s (entry %(index)s) was taken back by an appeal that was upheld.", **gaps)
    for gaps in told(standing.without_effect):
        yield words(
            "“%(event)s” of %(day)s (entry %(index)s) has no effect: nothing was left that it could act on.", **gaps
        )


def _days(report: Report, words: Words) -> Iterator[str]:
    """Days without force, or without the accreditation."""
    for gap in report.gaps:
        days = words("%(first)s to %(last)s", first=words.day(gap.starts_on), last=words.day(gap.ends_on))
        yield words(
            "Not in force: %(days)s (%(state)s).", days=days, state=state_words(gap.state, report.answers[0], words)
        )
    for span in report.uncovered:
        days = words("%(first)s to %(last)s", first=words.day(span.starts_on), last=words.day(span.ends_on))
        yield words(
            "Accreditation: %(days)s (%(state)s).", days=days, state=accredited_words(span.accreditation, words)
        )


def _compared(row: Row, words: Words) -> Iterator[str]:
    for compared in row.item.fields:
        if compared.outcome == TO_COMPARE:
            yield words(
                "Its code is genuine. Something on the page was not compared with the record, as a picture, a drawing,"
                " a remark or other words: go by what is written here."
            )
            continue
        if compared.outcome == NOT_COMPARED:
            yield words("Its code is genuine. What is printed beside it was not compared: go by what is written here.")
            continue
        if compared.outcome == "same":
            continue
        field = words(FIELDS.get(compared.name, compared.name))
        said = words(
            "The document against the record: %(field)s, %(outcome)s.",
            field=field,
            outcome=outcome_words(compared.outcome, words),
        )
        shown = compared.name not in PERSONAL and compared.differs and compared.shown
        yield printable(said + (f" “{compared.shown}” / “{compared.recorded}”" if shown else ""))
    if row.item.fields and all(compared.outcome == "same" for compared in row.item.fields):
        yield words("The document against the record: every field is the same.")
