"""The command ``attesto erase``."""

from pathlib import Path

import click

from registry.cli.deciding import DECIDER
from registry.cli.options import as_json, folder, registry_in
from registry.cli.output import emit, receipt_fields
from registry.cli.teaching import TeachingCommand
from registry.commands.erasure import EraseHolder
from verifier.encoding import format_instant
from verifier.number import group_number


@click.command(cls=TeachingCommand)
@folder
@click.argument("number")
@DECIDER
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
def erase(folder: Path, number: str, decider: str, yes: bool, json_wanted: bool) -> None:
    """Erase the data of a certified person, for ever: name, birth, documents, decisions' reasons, evidence.

    Examples:
        attesto erase ./registry 7K3M-9P2X-QD4W5 --decider DE-06
        attesto erase ./registry 7K3M-9P2X-QD4W5 --decider DE-06 --yes --json

    It takes every certification that the person has at this body. By number the public answer is then "erased", and
    nothing can be decided on them any more. Whoever holds the document can still have it checked; every proof holds.
    """
    with registry_in(folder) as attesto:
        erasure = attesto.registry.erasure
        concerned = erasure.concerned(number)
        if not yes:
            listed = ", ".join(group_number(numbered.number) for numbered in concerned)
            question = f"Erase one person with {len(concerned)} certifications ({listed})? This cannot be undone."
            click.confirm(question, abort=True, err=True)
        made = erasure.erase(EraseHolder(concerned[0].body, number, decider))
        value = {"erased": made.numbers, **receipt_fields(made.receipt)} if json_wanted else {}
    places = ", ".join(map(str, made.receipt.indexes))
    numbers = ", ".join(map(group_number, made.numbers))
    text = (
        f"Erased: {numbers}; log entry {places}, recorded at {format_instant(made.receipt.recorded_at)}\n"
        f"The public sees it once it is published: attesto publish {folder}"
    )
    emit(json_wanted, value, text)
