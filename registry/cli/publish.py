"""The command ``attesto publish``."""

from pathlib import Path

import click

from registry.cli.options import as_json, folder, registry_in
from registry.cli.output import emit
from registry.cli.progress import progress
from registry.cli.teaching import TeachingCommand


@click.command(cls=TeachingCommand)
@folder
@click.option("--all", "everything", is_flag=True, help="Write every file anew, from the first entry on.")
@as_json
def publish(folder: Path, everything: bool, json_wanted: bool) -> None:
    """Log a snapshot of everything recorded so far, and write the public files.

    Examples:
        attesto publish ./registry
        attesto publish ./registry --all        after files were lost

    Only what changed is written. The trust root is written anew too. What a restored backup brought back of erased
    persons is erased again before.
    """
    with registry_in(folder) as attesto, progress() as tell:
        attesto.registry.remains.complete()
        publisher = attesto.publisher
        made = publisher.publish_again(tell) if everything else publisher.publish(tell)
        trust = attesto.write_trust_root()
    emit(
        json_wanted,
        {"size": made.size, "covered": made.covered, "files": made.files, "trust_root": str(trust)},
        f"Published: {made.size} entries, the snapshot covers {made.covered}, {made.files} files written.",
    )
