"""The commands on a body's statements of completeness, at the registry."""

from pathlib import Path

import click

from keys.signer import Purpose
from registry.cli.options import as_json, folder, registry_in
from registry.cli.output import counted, emit, receipt_fields
from registry.cli.teaching import TeachingCommand
from registry.commands.receipt_file import format_claim, format_receipts
from registry.store.submission import Receipt
from verifier.encoding import format_instant
from verifier.statement import Statement

_BODY = click.option("--body", "slug", required=True, help="The body's slug.")
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(cls=TeachingCommand)
@folder
@_BODY
@click.option("--scheme", required=True, help="The scheme's slug, like demo.")
@click.option("--prepare", type=_FILE, help="Log nothing: write what a body with its keys at home compares and signs.")
@as_json
def state(folder: Path, slug: str, scheme: str, prepare: Path | None, json_wanted: bool) -> None:
    """Log a body's statement of how many certifications it has under a scheme, signed by its event key.

    Examples:
        attesto body state ./registry --body odc-uno --scheme demo
        attesto body state ./registry --body odc-uno --scheme demo --prepare claim.json

    Whoever replays the log counts again: what was hidden from the body or from the public is found. A body whose keys
    are at home gets the registry's claim, compares it with its own receipts ('attesto home state'), and its statement
    is recorded with 'attesto body record-statement'.
    """
    with registry_in(folder) as attesto:
        moment = attesto.registry.moment()
        if prepare is not None:
            claim = attesto.statements.claim(slug, scheme, moment)
            prepare.write_bytes(format_claim(claim))
            says = claim.statement
            emit(json_wanted, {"claim": prepare, **_fields(says)}, f"{_text(says)}\nTo be compared at home: {prepare}")
            return
        signer = attesto.key_set.current(slug, Purpose.EVENT)
        _tell(*attesto.statements.state(slug, scheme, moment, signer), json_wanted)


@click.command("record-statement", cls=TeachingCommand)
@folder
@click.argument("file", metavar="STATEMENT", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@as_json
def record_statement(folder: Path, file: Path, json_wanted: bool) -> None:
    """Log a statement that a body made at home ('attesto home state').

    Example:
        attesto body record-statement ./registry statement.jws

    What says something else than the log is refused, with both counts: find out who is wrong.
    """
    with registry_in(folder) as attesto:
        _tell(*attesto.statements.record(file.read_bytes().strip(), attesto.registry.moment()), json_wanted)


@click.command(cls=TeachingCommand)
@folder
@_BODY
@click.option("--after", type=click.IntRange(-1), default=-1, help="Only entries after this one.")
@click.option("--out", required=True, type=_FILE, help="The file; with --after, lines are added to it.")
@as_json
def receipts(folder: Path, slug: str, after: int, out: Path, json_wanted: bool) -> None:
    """Write a body's entries with their places, one a line, for the body to keep at home.

    Examples:
        attesto body receipts ./registry --body odc-uno --out receipts.jsonl
        attesto body receipts ./registry --body odc-uno --after 4711 --out receipts.jsonl

    Fetch them after each decision: what is kept early cannot be denied later.
    """
    with registry_in(folder) as attesto:
        found = list(attesto.statements.receipts(slug, attesto.registry.moment(), after))
    with out.open("a" if after >= 0 else "w", encoding="ascii") as file:
        file.write(format_receipts(found))
    last = found[-1][0] if found else None
    emit(
        json_wanted,
        {"receipts": len(found), "last": last, "file": out},
        f"{counted(len(found), 'receipt is', 'receipts are')} in {out}.",
    )


def _tell(statement: Statement, receipt: Receipt, json_wanted: bool) -> None:
    (index,) = receipt.indexes
    at = format_instant(receipt.recorded_at)
    value = {"entry": index, **_fields(statement), **receipt_fields(receipt)} if json_wanted else {}
    emit(json_wanted, value, f"{_text(statement)}\nIt is log entry {index}, recorded at {at}.")


def _fields(statement: Statement) -> dict[str, object]:
    scope, count = statement.scope, statement.count
    return {
        "body": scope.body,
        "scheme": scope.scheme,
        "covers": scope.size,
        "on": scope.on,
        "granted": count.granted,
        "in_force": count.in_force,
        "events_sha256": count.events_sha256,
    }


def _text(statement: Statement) -> str:
    scope, count = statement.scope, statement.count
    granted = counted(count.granted, "certification", "certifications")
    return (
        f"{scope.body} for {scope.scheme}: {granted} granted, {count.in_force:,} in force on "
        f"{scope.on}, as of the log's first {scope.size:,} entries."
    )
