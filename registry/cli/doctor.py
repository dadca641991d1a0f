"""The command ``attesto doctor``."""

from pathlib import Path

import click

from registry.bootstrap import now, open_registry
from registry.cli.checkup import Complaint, Level, check_files, check_registry
from registry.cli.exits import DONE, REFUSED
from registry.cli.options import as_json, folder
from registry.cli.output import emit
from registry.cli.progress import progress
from registry.cli.teaching import TeachingCommand
from registry.settings import read_settings


@click.command(cls=TeachingCommand)
@folder
@as_json
def doctor(folder: Path, json_wanted: bool) -> None:
    """Find out what is wrong with a registry, and what to do.

    Example:
        attesto doctor ./registry

    Settings, secrets, keys, database, guard, projection, published files, erasures. Every row of the log is hashed.
    Exit code 1: something is wrong; a warning alone is none.
    """
    settings = read_settings(folder)
    complaints = list(check_files(settings))
    with open_registry(settings) as attesto, progress() as tell:
        complaints += check_registry(attesto, now(), tell)
    emit(json_wanted, {"checks": complaints}, "\n".join(map(_text, complaints)))
    wrong = any(complaint.level is Level.WRONG for complaint in complaints)
    raise click.exceptions.Exit(REFUSED if wrong else DONE)


def _text(complaint: Complaint) -> str:
    advice = f"\n{'':9}→ {complaint.advice}" if complaint.advice else ""
    return f"{complaint.level:9}{complaint.check}: {complaint.says}{advice}"
