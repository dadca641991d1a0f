"""The commands ``attesto log``."""

from pathlib import Path

import click

from registry.bootstrap import Attesto
from registry.cli.options import as_json, folder, registry_in
from registry.cli.output import emit
from registry.cli.teaching import TeachingGroup
from registry.errors import ForkError, GuardMissingError, RestoredError, SettingError, UnknownError
from verifier.checkpoint import Checkpoint, open_checkpoint
from verifier.errors import NotFoundError
from verifier.fetch import open_source
from verifier.merkle import subtree_root


@click.group(cls=TeachingGroup)
def log() -> None:
    """The log's head, after its guard was lost.

    Example:
        attesto log adopt-head ./registry --published https://registry.example.org/public
    """


@log.command("adopt-head")
@folder
@click.option("--published", metavar="PUBLIC", help="Where to read the published checkpoint: a folder or a URL.")
@click.option("--unpublished", is_flag=True, help="Nothing was ever published: there is nothing to compare with.")
@as_json
def adopt_head(folder: Path, published: str | None, unpublished: bool, json_wanted: bool) -> None:
    """Let a new, empty guard begin at the database's head, once it agrees with the published checkpoint.

    Do this only when the guard was lost and you know why. Compare with a mirror that is not this machine's: what was
    restored together with the database proves nothing. Never restore the guard itself from a backup.
    """
    with registry_in(folder) as attesto:
        _check_lost(attesto)
        place = published or str(attesto.settings.path(attesto.settings.public_folder))
        known = None if unpublished else _published(attesto, place)
        if known is not None:
            _check_continues(attesto, known)
        head = attesto.store.adopt_head()
        attesto.store.check_head()
    emit(
        json_wanted,
        {"size": head.size, "root": head.root, "compared_with": None if known is None else known.size},
        f"The guard begins at size {head.size}, which continues the published {known.size}."
        if known
        else f"The guard begins at size {head.size}; nothing was published to compare with.",
    )


def _check_lost(attesto: Attesto) -> None:
    try:
        attesto.store.check_head()
    except GuardMissingError:
        return
    raise SettingError("the guard knows the log's head: there is nothing to adopt")


def _published(attesto: Attesto, place: str) -> Checkpoint:
    trust = attesto.trust_root()
    try:
        return open_checkpoint(open_source(place).read("checkpoint"), trust.origin, trust.log_key)
    except NotFoundError as error:
        raise UnknownError(
            f"there is no checkpoint in {place}: name a mirror with --published, or say --unpublished"
        ) from error


def _check_continues(attesto: Attesto, published: Checkpoint) -> None:
    size = attesto.store.log.head().size
    if published.size > size:
        raise RestoredError(f"the database holds {size} entries, but {published.size} were published: it is older")
    if subtree_root(published.size, attesto.store.log.subtree) != published.root_hash:
        raise ForkError(f"the database's log differs from the published one at size {published.size}")
