"""The command ``attesto certificate``."""

from pathlib import Path

import click

from registry.cli.documents import FORMS, write_certificate
from registry.cli.options import as_json, folder, registry_in
from registry.cli.output import emit
from registry.cli.teaching import TeachingCommand
from verifier.number import group_number


@click.command(cls=TeachingCommand)
@folder
@click.argument("number")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write; its name ends in .pdf, .svg or .png.",
)
@click.option("--revision", type=click.IntRange(1), help="An earlier document than the newest.")
@as_json
def certificate(folder: Path, number: str, out: Path, revision: int | None, json_wanted: bool) -> None:
    """Write the certificate of a certification.

    Examples:
        attesto certificate ./registry 7K3M-9P2X-QD4W5 --out certificate.pdf
        attesto certificate ./registry 7K3M-9P2X-QD4W5 --out code.svg      the code alone, to put elsewhere
        attesto certificate ./registry 7K3M-9P2X-QD4W5 --out first.pdf --revision 1

    The document says nothing of the status; whoever scans or types it learns that from the public files. It is made of
    what was recorded when it was issued, so the same revision gives the same bytes; a seal, where one is configured
    (docs/operations.md), follows them and is made anew each time. Print the code 36 mm wide, with the white around it:
    smaller, phones may fail to read it. A file that is there already is replaced.
    """
    if out.suffix.lower() not in FORMS:
        raise click.BadParameter(f"{out.name} ends in none of {', '.join(FORMS)}", param_hint="--out")
    with registry_in(folder) as attesto:
        numbered, certification = attesto.registry.certification(number)
        written = write_certificate(attesto, numbered.number, out, revision)
        newest = certification.revision
    value = {"number": numbered.number, "revision": written, "newest_revision": newest, "file": str(out)}
    note = "" if written == newest else f"; the newest is {newest}"
    emit(json_wanted, value, f"{group_number(numbered.number)}, revision {written}{note}: {out}")
