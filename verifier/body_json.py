"""A report on a body as JSON: what a program reads, from the command line and from the page alike.

    {"v":1,"body":"odc-uno","verdict":"proven","exit_code":0,"reason":"","now":"…","record":{…}}

The media type is ``application/vnd.attesto.body.v1+json``. Days are legal days (Europe/Rome), instants UTC.
"""

from typing import Final

from verifier.body import BodyReport, KeyEvent, ProvenBody, RegisteredKey, SchemeAccreditation
from verifier.encoding import format_day, format_instant
from verifier.timeline import format_accreditation, format_entry

MEDIA_TYPE: Final = "application/vnd.attesto.body.v1+json"


def format_body_report(report: BodyReport) -> dict[str, object]:
    """The report as a JSON object; ``record`` is null unless all of it is proven."""
    return {
        "v": 1,
        "body": report.slug,
        "verdict": str(report.verdict),
        "exit_code": int(report.exit_code),
        "reason": report.reason,
        "now": format_instant(report.now),
        "record": None if report.body is None else _record(report.body),
    }


def _record(body: ProvenBody) -> dict[str, object]:
    history, bundle = body.history, body.bundle
    return {
        "name": history.name,
        "website": history.website,
        "keys_hosted": history.hosted,
        "stream": str(bundle.body.stream),
        "accreditations": [_scheme(accredited) for accredited in body.accreditations],
        "keys": [_key(key, body.checkpoint.size) for key in body.keys],
        "recovery_key": {"jwk": dict(body.recovery_key.jwk()), "key_id": body.recovery_key.key_id},
        "checkpoint": bundle.checkpoint.decode("utf-8"),
        "snapshot": {"index": bundle.snapshot[0], "at": format_instant(body.snapshot_at)},
        "events": [format_entry(logged, bundle.body, bundle.proofs) for logged in body.events],
    }


def _scheme(accredited: SchemeAccreditation) -> dict[str, object]:
    current = accredited.current
    return {
        "scheme": accredited.scheme,
        "coverage": str(current.coverage),
        "since": None if current.since is None else format_day(current.since),
        "profiles": None if current.profiles is None else list(current.profiles),
        "detail": None if current.detail is None else dict(current.detail),
        "events": [{"index": logged.index, **format_accreditation(fact)} for fact, logged in accredited.events],
    }


def _key(key: RegisteredKey, size: int) -> dict[str, object]:
    record = key.record
    return {
        "purpose": record.purpose,
        "key_id": record.key.key_id,
        "jwk": dict(record.key.jwk()),
        "in_force": record.in_force(size),
        "enrolled": _act(key.enrolled),
        "retired": None if key.retired is None else _act(key.retired),
        "compromised": None if key.compromised is None else _act(key.compromised),
        "doubtful_from": record.doubtful_from,
    }


def _act(act: KeyEvent) -> dict[str, object]:
    return {"index": act.logged.index, "recorded_at": format_instant(act.logged.recorded_at), "by": act.by}
