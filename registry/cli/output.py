"""What commands print: sentences and columns for people, one JSON object for programs."""

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from uuid import UUID

import click

from registry.application.answers import Recorded
from registry.store.submission import Receipt
from verifier.encoding import format_instant
from verifier.number import group_number


def emit(json_wanted: bool, value: Mapping[str, object], text: str) -> None:
    """Print ``value`` as JSON or ``text``."""
    click.echo(json.dumps(value, default=_plain, ensure_ascii=False, indent=2) if json_wanted else text)


def write_private(path: Path, content: bytes) -> None:
    """Write a file that names people: its owner's alone, whole or not at all, in place of one that is there."""
    if path.exists() and not path.is_file():
        path.write_bytes(content)  # a pipe or a terminal
        return
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # of mode 0600
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def columns(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Rows under a header, each column as wide as it must be."""
    cells = [[str(cell) for cell in row] for row in (header, *rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells)
    return "\n".join(lines)


def counted(count: int, one: str, many: str) -> str:
    """How many there are, in words: 1 certification, 2,000 certifications."""
    return f"{count:,} {one if count == 1 else many}"


def recorded(done: Recorded) -> dict[str, object]:
    """What a program hears of a decision that is in the log, asked while the registry is open."""
    return {
        "number": done.number,
        "certification": done.certification,
        **receipt_fields(done.receipt),
        "repeated": done.repeated,
    }


def receipt_fields(receipt: Receipt) -> dict[str, object]:
    """A receipt for programs: entries, each with its C2SP log proof, and the checkpoint that the proofs lead to."""
    return {
        "entries": list(receipt.indexes),
        "proofs": [receipt.proof(index) for index in receipt.indexes],
        "recorded_at": receipt.recorded_at,
        "size": receipt.size,
        "checkpoint": receipt.checkpoint.decode(),
    }


def recorded_text(what: str, done: Recorded) -> str:
    """What people read of a decision that is in the log."""
    places = ", ".join(map(str, done.receipt.indexes))
    again = " (it was recorded before; nothing was written)" if done.repeated else ""
    at = format_instant(done.receipt.recorded_at)
    return f"{group_number(done.number)} {what}: log entry {places}, recorded at {at}{again}"


def _plain(value: object) -> object:
    match value:
        case Enum():
            return value.value
        case datetime():
            return format_instant(value)
        case date():
            return value.isoformat()
        case UUID():
            return str(value)
        case bytes():
            return value.hex()
        case Path():
            return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"no JSON for {type(value).__name__}")
