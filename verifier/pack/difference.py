"""In what an item of an evidence pack says otherwise than the report that its bundle gives again."""

from collections.abc import Iterator, Mapping
from typing import Final

from verifier.encoding import Json
from verifier.pack.content import Item
from verifier.report import Report, Verdict
from verifier.report_json import format_report

# What of a report depends on the trust root beside the verdict, or is worded anew by another version of the program.
_TELLING: Final = (
    "answers",
    "differences",
    "gaps",
    "uncovered",
    "erased",
    "requirement",
    "certification",
    "evidence",
    "origins",
)


def verdict_again(item: Item, report: Report) -> Verdict:
    """The verdict on an item, by the report on it that was made again."""
    # An edited document stays one: what it showed was compared when the pack was made, and the pack does not hold it.
    edited = any(compared.differs for compared in item.fields)
    return Verdict.FORGED if edited else report.verdict


def differences(item: Item, report: Report) -> tuple[str, ...]:
    """The parts of an item's report that differ from the one that was made again."""
    return tuple(_differences(item, report))


def _differences(item: Item, report: Report) -> Iterator[str]:
    if item.verdict is not verdict_again(item, report):
        yield "verdict"
    again, stated = format_report(report), item.report
    for name in _TELLING:
        if _telling(again[name]) != _telling(stated.get(name)):
            yield name
    outcomes = [(check.name, str(check.outcome)) for check in report.checks]
    if item.report.get("verdict") != str(report.verdict) or _outcomes(stated.get("checks")) != outcomes:
        yield "checks"


def _telling(value: Json) -> Json:
    """A part of a report without what the trust root says of a body beside its keys."""
    if not isinstance(value, dict):
        return value
    told = {name: inner for name, inner in value.items() if name != "receiver"}
    body = told.get("body")
    if isinstance(body, dict):
        told["body"] = {name: inner for name, inner in body.items() if name != "keys_hosted"}
    return told


def _outcomes(checks: Json) -> list[tuple[Json, Json]]:
    listed = checks if isinstance(checks, list) else []
    return [(check.get("name"), check.get("outcome")) for check in listed if isinstance(check, Mapping)]
