"""What a browser needs in order to check a certificate's token by itself; the token never comes to the server.

    {"bodies":{"odc-uno":[{"jwk":{…},"enrolled_at":2,…}]},"record":{…},"log":{…}}

``bodies`` holds every trusted body's token keys; ``record`` and ``log`` are there only where everything but the
freshness of the snapshot was checked.
"""

from verifier.bundle import Bundle
from verifier.encoding import Json, format_base64, format_base64url
from verifier.event import Event, parse_event
from verifier.note import format_vkey
from verifier.page.desk import Asked
from verifier.report import Outcome, Report, Verdict
from verifier.stream import open_stream
from verifier.trust import TOKEN, KeyRecord, TrustRoot, body_history


def browser_evidence(asked: Asked, trust: TrustRoot) -> dict[str, Json]:
    """The evidence for one answer."""
    keys = {slug: body.keys for slug, body in trust.bodies.items()}
    opened = asked.bundle if _holds(asked.report) else None
    if opened is None:
        return {"bodies": _bodies(keys), "record": None, "log": None}
    events = [(index, parse_event(entry)) for index, entry in opened.certification.entries.items()]
    body = events[0][1].text("body")
    keys[body] = _logged_keys(opened, body, trust)
    return {"bodies": _bodies(keys), "record": _record(events), "log": _log(opened, trust)}


def _holds(report: Report) -> bool:
    # Of an erased certification nothing is told by number, not to a script either.
    passed = all(check.outcome is Outcome.PASSED for check in report.checks if check.name != "fresh")
    return passed and report.verdict is not Verdict.ERASED


def _logged_keys(bundle: Bundle, body: str, trust: TrustRoot) -> tuple[KeyRecord, ...]:
    events = open_stream(bundle.body, trust.origin, trust.operator_key)
    return body_history(trust.body(body), trust.operator_key, events).keys


def _bodies(keys: dict[str, tuple[KeyRecord, ...]]) -> dict[str, Json]:
    return {slug: [_key(record) for record in records if record.purpose == TOKEN] for slug, records in keys.items()}


def _key(record: KeyRecord) -> Json:
    return {
        "jwk": dict(record.key.jwk()),
        "key_id": record.key.key_id,
        "enrolled_at": record.enrolled_at,
        "retired_at": record.retired_at,
        "doubtful_from": record.doubtful_from,
    }


def _record(events: list[tuple[int, Event]]) -> Json:
    first = events[0][1]
    documents: list[Json] = [
        {
            "index": index,
            "revision": event.integer("revision"),
            "token_sha256": format_base64url(event.octets("token_sha256")),
        }
        for index, event in events
        if "token_sha256" in event.content
    ]
    return {
        "body": first.text("body"),
        "edition": first.text("edition"),
        "profile": first.text("profile"),
        "status_index": first.integer("status_index"),
        "documents": documents,
    }


def _log(bundle: Bundle, trust: TrustRoot) -> Json:
    index, entry = bundle.snapshot
    return {
        "origin": trust.origin,
        "key": format_vkey(trust.log_key),
        "operator_key": dict(trust.operator_key.jwk()),
        "checkpoint": bundle.checkpoint.decode("utf-8"),
        "snapshot": {"index": index, "entry": entry.decode("ascii")},
        "proof": [format_base64(node) for node in bundle.proofs[index]],
    }
