"""The command ``attesto erase``."""

from collections.abc import Sequence
from pathlib import Path

import click

from registry.application.erased import Erased
from registry.bootstrap import Attesto
from registry.cli.deciding import DECIDER
from registry.cli.options import LINE, as_json, folder, registry_in
from registry.cli.output import counted, emit, receipt_fields, write_private
from registry.cli.submit import preparing
from registry.cli.teaching import TeachingCommand
from registry.commands.erasure import EraseHolder
from registry.commands.home_file import format_to_sign, parse_signatures, parse_to_sign
from registry.vault import Numbered
from verifier.encoding import format_instant
from verifier.errors import FormatError
from verifier.jws import signed_jws
from verifier.number import group_number

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command(cls=TeachingCommand)
@folder
@click.argument("number")
@DECIDER
@click.option(
    "--key", "idempotency_key", type=LINE, help="An idempotency key: the same command again gets the first answer."
)
@preparing
@click.option("--prepared", type=_FILE, help="What --prepare wrote, once it is signed at home.")
@click.option("--signatures", type=_FILE, help="What was signed of it ('attesto home sign').")
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
def erase(  # noqa: PLR0913, PLR0917  the command's parameters are the user's
    folder: Path,
    number: str,
    decider: str,
    idempotency_key: str | None,
    prepare: Path | None,
    prepared: Path | None,
    signatures: Path | None,
    yes: bool,
    json_wanted: bool,
) -> None:
    """Erase the data of a certified person, for ever: name, birth, documents, decisions' reasons, evidence.

    Examples:
        attesto erase ./registry 7K3M-9P2X-QD4W5 --decider DE-06
        attesto erase ./registry 7K3M-9P2X-QD4W5 --decider DE-06 --yes --json

    It takes every certification that the person has at this body. By number the public answer is then "erased", and
    nothing can be decided on them any more. Whoever holds the document can still have it checked; every proof holds.

    A body that keeps its keys at home signs there, and all of it on one day:
        attesto erase ./registry 7K3M-9P2X-QD4W5 --decider DE-06 --prepare erase.json
        attesto home sign ./home erase.json --out signed.json
        attesto erase ./registry 7K3M-9P2X-QD4W5 --decider DE-06 --prepared erase.json --signatures signed.json
    """
    signed = _read_signed(prepared, signatures)
    with registry_in(folder) as attesto:
        erasure = attesto.registry.erasure
        erased_by = None if idempotency_key is None else erasure.answers.body_of(number)
        concerned = [] if erased_by else erasure.concerned(number)
        command = EraseHolder(erased_by or concerned[0].body, number, decider, idempotency_key)
        if prepare is not None:
            waiting = erasure.prepare(command)
            write_private(prepare, format_to_sign(waiting))
            waits = counted(len(waiting), "event waits", "events wait")
            text = f"{waits} in {prepare} to be signed, and to be submitted with it today."
            emit(json_wanted, {"prepared": {"decisions": len(waiting), "file": prepare}}, text)
            return
        if concerned and not yes:
            _ask(concerned)
        made = _erased(attesto, command, signed)
        value = {"erased": made.numbers, **receipt_fields(made.receipt)} if json_wanted else {}
    emit(json_wanted, value, f"{_said(made)}\nThe public sees it once it is published: attesto publish {folder}")


def _read_signed(prepared: Path | None, signatures: Path | None) -> list[bytes] | None:
    """The events that were signed at home, None where the key is here.

    Raises:
        FormatError: one of the two files is missing, is none, or not the other's.
    """
    if prepared is None and signatures is None:
        return None
    if prepared is None or signatures is None:
        raise FormatError("what was signed at home takes both files: --prepared and --signatures")
    waiting = {item.preparation: item.events for item in parse_to_sign(prepared.read_bytes())}
    signed: list[bytes] = []
    for item in parse_signatures(signatures.read_bytes()):
        events = waiting.get(item.preparation, ())
        if len(events) != len(item.events):
            raise FormatError(f"{signatures} was not signed of {prepared}")
        signed += [signed_jws(e, s) for e, s in zip(events, item.events, strict=True)]
    return signed


def _ask(concerned: Sequence[Numbered]) -> None:
    listed = ", ".join(group_number(numbered.number) for numbered in concerned)
    them = counted(len(concerned), "certification", "certifications")
    click.confirm(f"Erase one person with {them} ({listed})? This cannot be undone.", abort=True, err=True)


def _erased(attesto: Attesto, command: EraseHolder, signed: list[bytes] | None) -> Erased:
    erasure = attesto.registry.erasure
    return erasure.erase(command) if signed is None else erasure.submit(command, signed)


def _said(made: Erased) -> str:
    places = ", ".join(map(str, made.receipt.indexes))
    numbers = ", ".join(map(group_number, made.numbers))
    return f"Erased: {numbers}; log entry {places}, recorded at {format_instant(made.receipt.recorded_at)}"
