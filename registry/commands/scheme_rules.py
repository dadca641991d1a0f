"""The rules of a scheme edition, between the scheme file and the event that publishes them."""

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from registry.commands import scheme_shape as shape
from registry.domain.edition import (
    Acquisition,
    BirthShown,
    Evidence,
    Gap,
    RecertificationRule,
    Rules,
    Transition,
    gaps,
)
from verifier.encoding import Json, format_day
from verifier.status import MaintenanceRule

T = TypeVar("T")


def read_rules(rules: shape.RulesShape) -> Rules:
    """The rules of a scheme file, as far as decisions depend on them."""
    birth_shown = _known(rules.birth_shown)
    return Rules(
        _known(rules.open_from),
        _known(rules.open_until),
        _known(rules.validity_months),
        _maintenance(_known(rules.maintenance)),
        _recertification(_known(rules.recertification)),
        _known(rules.suspension_max_days),
        _known(rules.late_recording_days),
        birth_shown if isinstance(birth_shown, Gap) else BirthShown(birth_shown),
        _transition(_known(rules.transition)),
        _acquisition(_known(rules.acquisition)),
        _maintenance_evidence(_known(rules.maintenance)),
    )


def format_rules(rules: Rules) -> dict[str, Json]:
    """Write rules as the event ``edition.published`` carries them: the known by name, the others under ``gaps``.

    What the file leaves away is left away; the evidence of maintenance stands in the rule that it belongs to.
    """
    unknown: dict[str, Json] = {name: dict(gap.reason) for name, gap in gaps(rules).items()}
    unknown.pop("maintenance_evidence", None)
    stated: dict[str, Json] = {
        "open_from": _day(rules.open_from),
        "open_until": _day(rules.open_until),
        "validity_months": _value(rules.validity_months),
        "maintenance": _format_maintenance(rules),
        "recertification": _format_recertification(rules.recertification),
        "suspension_max_days": _value(rules.suspension_max_days),
        "late_recording_days": _value(rules.late_recording_days),
        "birth_shown": None if isinstance(rules.birth_shown, Gap) else rules.birth_shown.value,
    } | _format_later(rules)
    return {name: value for name, value in stated.items() if name not in unknown} | {"gaps": unknown}


def _known(value: T | shape.GapMark) -> T | Gap:
    return Gap(value.gap.model_dump()) if isinstance(value, shape.GapMark) else value


def _maintenance(rule: shape.Maintenance | Gap | None) -> MaintenanceRule | Gap | None:
    if isinstance(rule, shape.Maintenance):
        return MaintenanceRule(rule.interval_months, rule.window_days, rule.grace_days)
    return rule


def _maintenance_evidence(rule: shape.Maintenance | Gap | None) -> tuple[Evidence, ...] | Gap | None:
    if not isinstance(rule, shape.Maintenance):
        return None
    evidence = _known(rule.evidence)
    return _evidence(evidence) if isinstance(evidence, list) else evidence


def _recertification(rule: shape.Recertification | Gap) -> RecertificationRule | Gap:
    return rule if isinstance(rule, Gap) else RecertificationRule(rule.window_days, rule.grace_days)


def _transition(rule: shape.Transition | Gap | None) -> Transition | Gap | None:
    return Transition(tuple(rule.editions), rule.until) if isinstance(rule, shape.Transition) else rule


def _acquisition(rule: shape.Acquisition | Gap | None) -> Acquisition | Gap | None:
    if isinstance(rule, shape.Acquisition):
        return Acquisition(_evidence(rule.evidence), tuple(rule.exam_parts), bool(rule.exam_recorded))
    return rule


def _evidence(kinds: Sequence[shape.Evidence]) -> tuple[Evidence, ...]:
    return tuple(Evidence(kind.slug, kind.title.model_dump(), kind.required, kind.hours) for kind in kinds)


def _format_maintenance(rules: Rules) -> Json:
    if not isinstance(rules.maintenance, MaintenanceRule):
        return None
    rule, evidence = rules.maintenance, rules.maintenance_evidence
    spacing: dict[str, Json] = {
        "interval_months": rule.interval_months,
        "window_days": rule.window_days,
        "grace_days": rule.grace_days,
    }
    match evidence:
        case None:
            return spacing
        case Gap():
            return spacing | {"evidence": {"gap": dict(evidence.reason)}}
    return spacing | {"evidence": _format_evidence(evidence)}


def _format_recertification(rule: RecertificationRule | Gap) -> Json:
    return None if isinstance(rule, Gap) else {"window_days": rule.window_days, "grace_days": rule.grace_days}


def _format_later(rules: Rules) -> dict[str, Json]:
    later: dict[str, Json] = {}
    if isinstance(rules.transition, Transition):
        later["transition"] = {
            "from": list(rules.transition.editions),
            "until": format_day(rules.transition.until),
        }
    if isinstance(rules.acquisition, Acquisition):
        recorded: dict[str, Json] = {"exam_recorded": True} if rules.acquisition.exam_recorded else {}
        later["acquisition"] = {
            "evidence": _format_evidence(rules.acquisition.evidence),
            "exam_parts": list(rules.acquisition.exam_parts),
            **recorded,
        }
    return later


def _format_evidence(kinds: Sequence[Evidence]) -> list[Json]:
    return [_format_kind(kind) for kind in kinds]


def _format_kind(kind: Evidence) -> Json:
    hours: dict[str, Json] = {} if kind.hours is None else {"hours": kind.hours}
    written: dict[str, Json] = {"slug": kind.slug, "title": dict(kind.title), "required": kind.required}
    return written | hours


def _day(value: date | Gap | None) -> Json:
    return format_day(value) if isinstance(value, date) else None


def _value(value: int | Gap) -> Json:
    return None if isinstance(value, Gap) else value
