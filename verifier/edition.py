"""Scheme editions as the log shows them: what a verifier needs to know of the scheme's rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from verifier.encoding import Json, is_natural
from verifier.errors import FormatError
from verifier.jws import check_jws
from verifier.key import PublicKey
from verifier.status import Limits, MaintenanceRule
from verifier.stream import LoggedEvent


@dataclass(frozen=True, slots=True)
class EditionHistory:
    """A scheme edition as the log shows it."""

    slug: str
    scheme: str
    title: Mapping[str, str]
    status_index: int
    sha256: bytes
    maintenance: MaintenanceRule | None
    limits: Limits
    events: tuple[LoggedEvent, ...] = field(repr=False)


def edition_history(operator: PublicKey, events: Sequence[LoggedEvent]) -> EditionHistory:
    """Follow a scheme edition's stream.

    Raises:
        SignatureError: an event not signed by the operator.
        FormatError: an event out of place.
    """
    for logged in events:
        check_jws(logged.event.jws, operator)
    first = events[0].event
    if first.type != "edition.published" or any(not e.event.type.startswith("edition.") for e in events):
        raise FormatError("the stream is not a scheme edition's")
    title = {language: text for language, text in first.mapping("title").items() if isinstance(text, str)}
    return EditionHistory(
        first.text("edition"),
        first.text("scheme"),
        title,
        first.integer("status_index"),
        first.octets("sha256"),
        _maintenance(first.mapping("rules").get("maintenance")),
        _limits(first.mapping("rules")),
        tuple(events),
    )


def _maintenance(value: Json) -> MaintenanceRule | None:
    match value:
        case None:
            return None
        case {"interval_months": int(interval), "window_days": int(window), "grace_days": int(grace)} if (
            interval > 0 and all(map(is_natural, (interval, window, grace)))
        ):
            return MaintenanceRule(interval, window, grace)
    raise FormatError("the edition's maintenance rule is not one")


def _limits(rules: Mapping[str, Json]) -> Limits:
    # A rule that the scheme does not make public is not among them.
    match rules.get("late_recording_days", 0), rules.get("recertification", {"grace_days": None}):
        case int(late), {"grace_days": int() | None as grace} if is_natural(late) and (
            grace is None or is_natural(grace)
        ):
            return Limits(late, grace)
    raise FormatError("the edition's limits are not days")
