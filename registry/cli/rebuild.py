"""The command ``attesto rebuild``."""

from pathlib import Path

import click

from registry.bootstrap import now
from registry.cli.options import as_json, folder, registry_in
from registry.cli.output import emit
from registry.cli.progress import progress
from registry.cli.teaching import TeachingCommand
from verifier.encoding import legal_day


@click.command(cls=TeachingCommand)
@folder
@as_json
def rebuild(folder: Path, json_wanted: bool) -> None:
    """Drop the projection and make it anew from the log.

    Example:
        attesto rebuild ./registry

    The rows follow from the log's entries and the day alone, so this loses nothing and changes nothing that was right.
    """
    with registry_in(folder) as attesto, progress() as tell:
        size = attesto.store.log.head().size
        attesto.standings.rebuild(size, legal_day(now()), lambda done: tell("projecting", done, size))
        position = attesto.standings.position()
    emit(
        json_wanted,
        {"size": position.size, "day": position.day},
        f"Made anew from {position.size} entries, for {position.day}.",
    )
