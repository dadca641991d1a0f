"""A report as JSON: what a program reads, from the command line and from the page alike.

    {"v":1,"verdict":"in_force","exit_code":0,"question":{…},"checks":[…],"answers":[…],"certification":{…},…}

The media type is ``application/vnd.attesto.report.v1+json``. Days are legal days (Europe/Rome), instants UTC.
"""

from collections.abc import Iterable
from datetime import date
from typing import Final

from verifier.accreditation import Accreditation
from verifier.certificate import Certificate
from verifier.encoding import Json, format_base64, format_base64url, format_day, format_instant
from verifier.finding import Difference
from verifier.gap import Gap
from verifier.report import Answer, Check, Evidence, Facts, LogPlace, Origin, Question, Report
from verifier.uncovered import Uncovered

MEDIA_TYPE: Final = "application/vnd.attesto.report.v1+json"


def format_report(report: Report) -> dict[str, Json]:
    """The report as a JSON object; ``certificate`` holds a name only where the token was presented."""
    of_days = report.question.until is not None and bool(report.answers)
    return {
        "v": 1,
        "verdict": str(report.verdict),
        "exit_code": int(report.exit_code),
        "question": _question(report.question),
        "checks": [_check(check) for check in report.checks],
        "answers": [_answer(answer, report) for answer in report.answers],
        "differences": [_difference(difference) for difference in report.differences],
        "erased": report.erased,
        "requirement": str(report.requirement(report.question.kind)) if report.answers else None,
        "gaps": [_gap(gap) for gap in report.gaps] if of_days else None,
        "uncovered": [_uncovered(days) for days in report.uncovered] if of_days else None,
        "certification": None if report.facts is None else _facts(report.facts),
        "evidence": None if report.evidence is None else _evidence(report.evidence),
        "origins": [_origin(origin) for origin in report.origins],
        "certificate": None if report.token is None else _certificate(report.token),
    }


def _question(question: Question) -> Json:
    return {
        "on": format_day(question.on),
        "known_at": format_instant(question.known_at),
        "now": format_instant(question.now),
        "until": _day(question.until),
        "kind": str(question.kind),
        "deadline": None if question.deadline is None else format_instant(question.deadline),
        "so_far": question.so_far,
    }


def _check(check: Check) -> Json:
    return {
        "name": check.name,
        "statement": check.statement,
        "outcome": str(check.outcome),
        "reason": check.reason,
    }


def _answer(answer: Answer, report: Report) -> Json:
    standing = answer.standing
    return {
        "body": _body(answer, report),
        "on": format_day(answer.on),
        "known_at": format_instant(answer.known_at),
        "state": str(standing.state),
        "in_force": standing.in_force,
        "since": _day(standing.since),
        "valid_until": _day(standing.valid_until),
        "deadline": _day(standing.deadline),
        "granted_on": _day(standing.granted_on),
        "cycle_starts_on": _day(standing.cycle_starts_on),
        "maintenance_due_on": _day(standing.maintenance_due_on),
        "conditions": [str(condition) for condition in standing.conditions],
        "scope": _slugs(standing.scope),
        "reversed": list(standing.left_out),
        "without_effect": list(standing.without_effect),
        "proven_from": _day(standing.proven_from),
        "accreditation": _accreditation(answer.accreditation),
    }


def _body(answer: Answer, report: Report) -> Json:
    """The slug of the body that answers: on a day before a transfer, the body of then."""
    if answer.origin is not None:
        return report.origins[answer.origin].body
    return None if report.facts is None else report.facts.body


def _accreditation(accreditation: Accreditation) -> Json:
    return {
        "coverage": str(accreditation.coverage),
        "since": _day(accreditation.since),
        "detail": None if accreditation.detail is None else dict(accreditation.detail),
        "profiles": _slugs(accreditation.profiles),
    }


def _difference(difference: Difference) -> Json:
    return {
        "record": str(difference.record),
        "type": difference.type,
        "sequence": difference.sequence,
        "index": difference.index,
        "effective_on": format_day(difference.effective_on),
        "recorded_at": format_instant(difference.recorded_at),
        "cause": str(difference.cause),
    }


def _gap(gap: Gap) -> Json:
    return {"starts_on": format_day(gap.starts_on), "ends_on": format_day(gap.ends_on), "state": str(gap.state)}


def _uncovered(days: Uncovered) -> Json:
    return {
        "starts_on": format_day(days.starts_on),
        "ends_on": format_day(days.ends_on),
        "coverage": str(days.accreditation.coverage),
        "profiles": _slugs(days.accreditation.profiles),
    }


def _facts(facts: Facts) -> Json:
    return {
        "number": facts.number,
        "body": {
            "slug": facts.body,
            "name": facts.body_name,
            "website": facts.website,
            "keys_hosted": facts.keys_hosted,
        },
        "scheme": facts.scheme,
        "edition": {"slug": facts.edition, "title": dict(facts.edition_title)},
        "profile": facts.profile,
        "revision": facts.revision,
        "current_revision": facts.current_revision,
        "receiver": None if facts.receiver is None else {"slug": facts.receiver, "name": facts.receiver_name},
    }


def _evidence(evidence: Evidence) -> Json:
    return {
        "origin": evidence.origin,
        "tree_size": evidence.tree_size,
        "root_hash": format_base64(evidence.root_hash),
        "snapshot": {"index": evidence.snapshot_index, "at": format_instant(evidence.snapshot_at)},
        "events": _places(evidence.events),
    }


def _origin(origin: Origin) -> Json:
    return {
        "body": {"slug": origin.body, "name": origin.body_name, "website": origin.website},
        "handed_over_on": format_day(origin.handed_over_on),
        "events": _places(origin.events),
    }


def _places(events: Iterable[LogPlace]) -> Json:
    return [
        {
            "index": index,
            "type": event_type,
            "effective_on": format_day(effective_on),
            "recorded_at": format_instant(recorded_at),
        }
        for index, event_type, effective_on, recorded_at in events
    ]


def _certificate(certificate: Certificate) -> Json:
    return {
        "body": certificate.body,
        "issued_at": format_instant(certificate.issued_at),
        "valid_until": format_day(certificate.valid_until),
        "token_id": format_base64url(certificate.token_id),
        "number": certificate.number,
        "revision": certificate.revision,
        "edition": certificate.edition,
        "profile": certificate.profile,
        "status_index": certificate.status_index,
        "holder_tag": format_base64url(certificate.holder_tag),
        "name": certificate.name,
        "birth_year": certificate.birth_year,
    }


def _slugs(slugs: tuple[str, ...] | None) -> Json:
    return None if slugs is None else list(slugs)


def _day(day: date | None) -> Json:
    return None if day is None else format_day(day)
