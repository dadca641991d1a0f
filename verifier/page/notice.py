"""What is to be said beside the answer: conditions, transfers, what was known then, decisions without effect."""

from collections.abc import Iterable, Iterator
from typing import Final

from flask_babel import gettext

from verifier.encoding import legal_day
from verifier.page.answer_key import of_every_day
from verifier.page.day import long_day, rome_time, standing_days
from verifier.page.words import (
    ACCREDITATION_EVENTS,
    CAUSES,
    CONDITIONS,
    COVERAGES,
    EVENTS,
    HEADLINES,
    PERIOD_HEADLINES,
    STATES,
)
from verifier.report import Origin, Report
from verifier.status import Condition


def notices(report: Report) -> list[str]:
    """What is to be said beside the state: conditions, and what was known then where it differs."""
    if not report.answers:
        return []
    return [
        *_so_far(report),
        *_conditions(report),
        *_transfers(report),
        *_scheduled(report),
        *_known_then(report),
        *_through(report),
        *_without_effect(report),
    ]


def _so_far(report: Report) -> Iterable[str]:
    if report.question.so_far:
        words = PERIOD_HEADLINES if of_every_day(report) else HEADLINES
        yield str(words["in_force_so_far"].text)


def _conditions(report: Report) -> Iterable[str]:
    for condition in report.conditions:
        if condition is not _SCHEDULED:
            yield str(CONDITIONS[condition]) % standing_days(report.answers[0].standing)


def _transfers(report: Report) -> Iterable[str]:
    """Which body answers for the day, and where the certification comes from or went."""
    then = body_then(report)
    if then is not None:
        yield gettext("On this day it was held at %(body)s, which answers for it.", body=then.body_name)
    for origin in report.origins:
        day = long_day(origin.handed_over_on)
        yield gettext("It was taken over from %(body)s on %(day)s, with all its days.", body=origin.body_name, day=day)
    if report.facts is not None and report.facts.receiver is not None:
        yield gettext("It goes on at %(body)s.", body=report.facts.receiver_name or report.facts.receiver)


def body_then(report: Report) -> Origin | None:
    """What the certification goes on from, where that answers for the day asked."""
    place = report.answers[0].origin if report.answers else None
    return None if place is None else report.origins[place]


_SCHEDULED: Final = Condition.CHANGE_SCHEDULED


def _scheduled(report: Report) -> Iterable[str]:
    if _SCHEDULED not in report.conditions:
        return
    today = legal_day(report.question.now)
    for _, event_type, effective_on, _ in report.to_come():
        event, day = str(EVENTS[event_type]), long_day(effective_on)
        if effective_on > today:
            yield gettext("Already recorded for %(day)s: %(event)s.", day=day, event=event)
        else:
            yield gettext("Since then, on %(day)s: %(event)s.", day=day, event=event)


def _known_then(report: Report) -> Iterable[str]:
    now, *others = report.answers
    for then in others:
        known = _as_known(report)
        if then.standing.state is not now.standing.state:
            yield gettext(
                "%(known)s: %(then)s. As known now: %(now)s.",
                known=known,
                then=str(STATES[then.standing.state]),
                now=str(STATES[now.standing.state]),
            )
        if then.accreditation.coverage is not now.accreditation.coverage:
            yield gettext(
                "The accreditation. %(known)s: %(then)s. As known now: %(now)s.",
                known=known,
                then=str(COVERAGES[then.accreditation.coverage]),
                now=str(COVERAGES[now.accreditation.coverage]),
            )


def _as_known(report: Report) -> str:
    if report.question.deadline is None:
        return str(gettext("As known at the end of that day"))
    return str(gettext("As known at the deadline, %(at)s", at=rome_time(report.question.deadline)))


def _through(report: Report) -> Iterable[str]:
    for found in report.differences:
        yield gettext(
            "The answers differ through entry %(index)s of the log, “%(event)s” (counts from %(day)s, recorded on"
            " %(at)s): %(cause)s.",
            index=found.index,
            event=str({**EVENTS, **ACCREDITATION_EVENTS}[found.type]),
            day=long_day(found.effective_on),
            at=rome_time(found.recorded_at),
            cause=str(CAUSES[found.cause]),
        )


def _without_effect(report: Report) -> Iterable[str]:
    standing, events = report.answers[0].standing, report.events(report.answers[0])

    def told(sequences: Iterable[int]) -> Iterator[dict[str, object]]:
        for index, event_type, effective_on, _ in (events[sequence - 1] for sequence in sequences):
            yield {"event": str(EVENTS[event_type]), "day": long_day(effective_on), "index": index}

    for gaps in told(standing.left_out):
        yield gettext("“%(event)s” of %(day)s (entry %(index)s) was taken back by an appeal that was upheld.", **gaps)
    for gaps in told(standing.without_effect):
        yield gettext(
            "“%(event)s” of %(day)s (entry %(index)s) has no effect: nothing was left that it could act on.", **gaps
        )
