"""The answer in one sentence, which names every day that was asked for and needs no second sentence.

Its parts begin in lower case, as they may stand in the middle; the whole is put together here alone.
"""

from collections.abc import Mapping
from typing import Final

from flask_babel import gettext, lazy_gettext

from verifier.encoding import legal_day
from verifier.page.answer_key import of_every_day, result_key
from verifier.page.day import long_day, standing_days
from verifier.page.words import Text, gap_state
from verifier.report import Kind, Report, Requirement

# Why it is not in force, after a colon or in brackets.
WHY: Final[Mapping[str, Text]] = {
    "not_recorded": lazy_gettext("nothing was recorded of it yet"),
    "not_yet_effective": lazy_gettext("it counts only from %(granted_on)s on"),
    "suspended": lazy_gettext("suspended since %(since)s"),
    "expired": lazy_gettext("expired after %(valid_until)s"),
    "withdrawn": lazy_gettext("withdrawn since %(since)s"),
    "relinquished": lazy_gettext("given up since %(since)s"),
    "annulled": lazy_gettext("annulled from the start"),
    "origin_annulled": lazy_gettext("annulled from the start by the body of that day"),
    "transferred": lazy_gettext("at another body since %(since)s"),
}

_INTERRUPTED: Final = lazy_gettext("the body was not accredited for it on every day")
# What is amber beside being in force today.
BUT: Final[Mapping[str, Text]] = {
    "maintenance_overdue": lazy_gettext("its maintenance is overdue"),
    "accreditation_suspended": lazy_gettext("the body's accreditation is suspended"),
    "accreditation_not_covered": lazy_gettext("the body is not accredited for it"),
    "accreditation_other_profile": lazy_gettext("the body is not accredited for this profile"),
    "accreditation_interrupted": _INTERRUPTED,
}

# The same of another day than today.
BUT_THEN: Final[Mapping[str, Text]] = {
    "maintenance_overdue": lazy_gettext("its maintenance was overdue on that day"),
    "accreditation_suspended": lazy_gettext("the body's accreditation is suspended on that day"),
    "accreditation_not_covered": lazy_gettext("the body is not accredited for it on that day"),
    "accreditation_other_profile": lazy_gettext("the body is not accredited for this profile on that day"),
    "accreditation_interrupted": _INTERRUPTED,
}

# What is recorded for a day to come, after "but".
TO_COME: Final[Mapping[str, Text]] = {
    "certification.suspended": lazy_gettext("suspended from %(day)s on"),
    "certification.withdrawn": lazy_gettext("withdrawn from %(day)s on"),
    "certification.relinquished": lazy_gettext("given up from %(day)s on"),
    "certification.transferred_out": lazy_gettext("at another body from %(day)s on"),
    "certification.scope_reduced": lazy_gettext("with fewer tasks from %(day)s on"),
}
_ANOTHER: Final = lazy_gettext("a decision against it takes effect on %(day)s")

REQUIREMENTS: Final[Mapping[Requirement, Text]] = {
    Requirement.MET: lazy_gettext("requirement met"),
    Requirement.MET_SO_FAR: lazy_gettext("requirement met so far"),
    Requirement.TO_BE_JUDGED: lazy_gettext("to be judged by you"),
    Requirement.NOT_MET: lazy_gettext("requirement not met"),
}


def answer_sentence(report: Report, now: Report | None = None, *, genuine: bool = False, doubtful: bool = False) -> str:
    """The answer of a report that has one; ``now`` is the report for today, where another day was asked for.

    ``genuine``: a document was presented, and is the body's. ``doubtful``: its page has to be looked at.
    """
    kind = report.question.kind
    if result_key(report) == "not_proven":
        said = _not_proven(report)
    elif of_every_day(report):
        said = _of_every_day(report, now)
    else:
        said = _of_a_day(report, now)
    if doubtful:
        said = _with(said, gettext("something on the page could not be compared"))
    if genuine:
        said = gettext("genuine, and %(sentence)s", sentence=said)
    if kind is not Kind.DAY:
        outcome = Requirement.TO_BE_JUDGED if doubtful else report.requirement(kind)
        said = gettext("%(outcome)s: %(sentence)s", outcome=str(REQUIREMENTS[outcome]), sentence=said)
    return said[:1].upper() + said[1:]


def _not_proven(report: Report) -> str:
    day, first = long_day(report.question.on), long_day(report.answers[0].standing.proven_from)
    return str(gettext("not proven for %(day)s, as it was recorded here only on %(first)s", day=day, first=first))


def _of_a_day(report: Report, now: Report | None) -> str:
    day, in_force = long_day(report.question.on), _in_force(report)
    today = legal_day(report.question.now)
    if report.question.on == today:
        if in_force:
            return _with(gettext("in force today"), _but(report, BUT))
        return str(gettext("not in force today: %(why)s", why=_why(report)))
    if report.question.on > today and in_force:
        said = gettext("in force on %(day)s so far, as that day has not come yet", day=day)
        return _with(said, _but(report, BUT_THEN))
    if now is None or report.question.on > today:
        if in_force:
            return _with(gettext("in force on %(day)s", day=day), _but(report, BUT_THEN))
        return str(gettext("not in force on %(day)s: %(why)s", day=day, why=_why(report)))
    return _then_and_now(report, now) if in_force else _not_then(report, now)


def _then_and_now(then: Report, now: Report) -> str:
    day = long_day(then.question.on)
    if not _in_force(now):
        said = str(gettext("in force on %(day)s, %(why)s", day=day, why=_why(now)))
        # Of a maintenance that was overdue the end says enough.
        return said if result_key(then) == "maintenance_overdue" else _with(said, _but(then, BUT_THEN))
    return _with(gettext("in force on %(day)s and today", day=day), _but(then, BUT_THEN) or _but(now, BUT))


def _not_then(then: Report, now: Report) -> str:
    day, why, why_now = long_day(then.question.on), _why(then), _why(now)
    if _in_force(now):
        return str(gettext("not in force on %(day)s (%(why)s), but in force today", day=day, why=why))
    if why == why_now:
        return str(gettext("not in force on %(day)s: %(why)s", day=day, why=why))
    return str(gettext("not in force on %(day)s (%(why)s), nor today (%(why_now)s)", day=day, why=why, why_now=why_now))


def _of_every_day(report: Report, now: Report | None) -> str:
    question = report.question
    first, last = long_day(question.on), long_day(question.until)
    if not _in_force(report):
        return str(gettext("not in force on %(day)s: %(why)s", day=first, why=_why(report)))
    if report.gaps:
        return _interrupted(report, now)
    if question.on > legal_day(question.now):
        said = gettext("in force on %(day)s so far, as that day has not come yet", day=first)
    elif question.so_far:
        said = gettext("in force on every day so far, from %(first)s to %(last)s", first=first, last=last)
    elif question.until == legal_day(question.now):
        said = gettext("in force on every day from %(first)s to today", first=first)
    else:
        said = gettext("in force on every day from %(first)s to %(last)s", first=first, last=last)
    return _with(said, _but(report, BUT_THEN) or ("" if now is None else _but(now, BUT)))


def _interrupted(report: Report, now: Report | None) -> str:
    day, gap = long_day(report.question.on), report.gaps[0]
    if now is not None and not _in_force(now) and gap.ends_on == report.question.until:
        return str(gettext("in force on %(day)s, %(why)s", day=day, why=_why(now)))
    first, last = long_day(gap.starts_on), long_day(gap.ends_on)
    state = str(gap_state(gap.state, report))
    if gap.starts_on == gap.ends_on:
        return str(gettext("in force on %(day)s, but %(state)s on %(other)s", day=day, state=state, other=first))
    said = gettext(
        "in force on %(day)s, but %(state)s from %(first)s to %(last)s", day=day, state=state, first=first, last=last
    )
    return str(said)


def _with(said: str, but: str) -> str:
    return str(gettext("%(sentence)s, but %(but)s", sentence=said, but=but)) if but else said


def _but(report: Report, words: Mapping[str, Text]) -> str:
    key = result_key(report)
    if key == "change_scheduled":
        _, event_type, day, _ = report.changes_to_come()[0]
        return str(TO_COME.get(event_type, _ANOTHER)) % {"day": long_day(day)}
    return str(words.get(key, ""))


def _in_force(report: Report) -> bool:
    return report.answers[0].standing.in_force


def _why(report: Report) -> str:
    return str(WHY.get(result_key(report), "")) % standing_days(report.answers[0].standing)
