"""The commands ``attesto evidence``."""

from datetime import date
from pathlib import Path
from typing import Final
from uuid import UUID

import click

from registry.application.evidence import Filed
from registry.application.receiving import File, file_of, receive
from registry.cli.options import DAY, LINE, as_json, folder, registry_in
from registry.cli.output import columns, emit
from registry.cli.teaching import TeachingGroup
from registry.commands.receiving import ReceiveEvidence
from verifier.encoding import format_instant
from verifier.number import group_number

_NUMBER: Final = click.argument("number")
_BODY: Final = click.option("--body", help="The body that received it; refused where the certification is another's.")


@click.group(cls=TeachingGroup)
def evidence() -> None:
    """Evidence that a body receives for the maintenance of a certification.

    Examples:
        attesto evidence add ./registry 7K3M-9P2X-QD4W5 --kind formazione --hours 8 --reference CORSO-17
        attesto evidence list ./registry 7K3M-9P2X-QD4W5

    Records lie encrypted under the holder's key. 'attesto confirm' without --evidence rests on those of the running
    maintenance period: what was received since the grant, the last confirmation or recertification, and filed after it.
    """


@evidence.command()
@folder
@_NUMBER
@_BODY
@click.option("--kind", required=True, type=LINE, help="Its kind, by the slug in the edition.")
@click.option("--hours", type=click.IntRange(1, 1000), help="How many hours, where the edition counts them.")
@click.option("--received-on", type=DAY, help="The day it was received; without it, today.")
@click.option("--reference", type=LINE, help="Its reference at the body.")
@as_json
def add(
    folder: Path,
    number: str,
    body: str | None,
    kind: str,
    hours: int | None,
    received_on: date | None,
    reference: str | None,
    json_wanted: bool,
) -> None:
    """File evidence that was received.

    Example:
        attesto evidence add ./registry 7K3M-9P2X-QD4W5 --kind formazione --hours 8 --reference CORSO-17

    What is the same in kind, day, hours and reference is one record: filing it again changes nothing.
    """
    with registry_in(folder) as attesto:
        command = ReceiveEvidence(body, number, kind, received_on, hours, reference)
        received = receive(attesto.registry, command)
        numbered, certification = attesto.registry.certification(number)
        file = file_of(attesto.registry, certification)
    again = " (it was filed before; nothing was written)" if received.repeated else ""
    emit(
        json_wanted,
        {"number": numbered.number, **_value(received.filed, file), "repeated": received.repeated, **_lacks(file)},
        f"{group_number(numbered.number)}: {kind} is filed{again}. {_missing(file)}",
    )


@evidence.command("list")
@folder
@_NUMBER
@_BODY
@as_json
def list_records(folder: Path, number: str, body: str | None, json_wanted: bool) -> None:
    """List the evidence of a certification, which of it counts in the running period, and what that lacks."""
    with registry_in(folder) as attesto:
        numbered, certification = attesto.registry.certification(number, body)
        file = file_of(attesto.registry, certification)
    value = {"number": numbered.number, "evidence": [_value(filed, file) for filed in file.records], **_lacks(file)}
    rows = [
        (f.record.kind, f.record.hours or "", f.record.received_on, f.record.reference or "", _counts(f, file), f.id)
        for f in file.records
    ]
    header = ("kind", "hours", "received on", "reference", "counts", "id")
    text = columns(header, rows) if rows else "No evidence is filed."
    emit(json_wanted, value, f"{text}\n{_missing(file)}")


@evidence.command()
@folder
@_NUMBER
@click.argument("record", metavar="ID", type=click.UUID)
@_BODY
@as_json
def remove(folder: Path, number: str, record: UUID, body: str | None, json_wanted: bool) -> None:
    """Remove a record that was filed by mistake; what a confirmation already rests on stays in its digests."""
    with registry_in(folder) as attesto:
        numbered, certification = attesto.registry.certification(number, body)
        attesto.registry.evidence.remove(numbered.certification, record)
        file = file_of(attesto.registry, certification)
    text = f"{group_number(numbered.number)}: the record is removed. {_missing(file)}"
    emit(json_wanted, {"number": numbered.number, "removed": record, **_lacks(file)}, text)


def _value(filed: Filed, file: File) -> dict[str, object]:
    record = filed.record
    return {
        "id": filed.id,
        "kind": record.kind,
        "hours": record.hours,
        "received_on": record.received_on,
        "recorded_at": format_instant(record.recorded_at),
        "reference": record.reference,
        "counts": record in file.counting,
    }


def _lacks(file: File) -> dict[str, object]:
    return {"missing": list(file.missing)}


def _counts(filed: Filed, file: File) -> str:
    return "yes" if filed.record in file.counting else "no"


def _missing(file: File) -> str:
    return f"Missing: {', '.join(file.missing)}." if file.missing else "Nothing that the edition requires is missing."
