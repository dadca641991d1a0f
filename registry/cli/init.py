"""The command ``attesto init``."""

from pathlib import Path

import click

from registry.bootstrap import initialise
from registry.cli.options import as_json, folder
from registry.cli.output import emit
from registry.cli.teaching import TeachingCommand


@click.command(cls=TeachingCommand)
@folder
@click.option(
    "--origin", required=True, envvar="ATTESTO_ORIGIN", help="The log's name for ever, like registry.example.org/log."
)
@click.option("--address", required=True, envvar="ATTESTO_ADDRESS", help="The page's URL, printed on certificates.")
@click.option("--database", default="", metavar="URL", help="postgresql://… ; without it, an SQLite file in DIR.")
@click.option(
    "--database-password-file",
    "password_file",
    default="",
    metavar="FILE",
    help="A file with the password of the PostgreSQL user; a relative path is below DIR.",
)
@as_json
def init(folder: Path, origin: str, address: str, database: str, password_file: str, json_wanted: bool) -> None:
    """Make a registry in the folder DIR: settings, keys, database and trust root.

    Examples:
        attesto init ./registry --origin registry.example.org/log --address https://registry.example.org
        attesto init ./registry --origin registry.example.org/log --address https://registry.example.org
            --database postgresql://attesto@db.example.org/attesto --database-password-file /run/secrets/db

    The origin is part of every signature and cannot be changed later. The passphrase of the key files is drawn by
    chance and lies in secrets/passphrase: keep a copy of it and of the keys, apart from each other.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings = initialise(folder, origin, address, database, password_file)
    trust = settings.path(settings.trust_file)
    emit(
        json_wanted,
        {"folder": str(folder), "origin": origin, "address": address, "trust_root": str(trust)},
        f"A registry of the log {origin} is in {folder}.\n"
        f"Trust root for verifiers: {trust}\n"
        f"Next: publish a scheme (attesto scheme publish), add a body (attesto body add).",
    )
