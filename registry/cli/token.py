"""The commands ``attesto token``."""

import secrets
from pathlib import Path

import click

from registry.api.tokens import TOKEN_BYTES, Client, TokenFile, make_token
from registry.bootstrap import now
from registry.cli.options import as_json, folder, registry_in
from registry.cli.output import columns, emit
from registry.cli.teaching import TeachingGroup
from registry.settings import read_settings
from verifier.encoding import format_instant

_BODY = click.option("--body", required=True, help="The body that the token speaks for.")
_LABEL = click.option("--label", required=True, help="What holds the token, like 'management software'.")


@click.group(cls=TeachingGroup)
def token() -> None:
    """The tokens with which bodies decide over HTTP.

    Examples:
        attesto token add ./registry --body odc-uno --label "management software"
        attesto token list ./registry
        attesto token remove ./registry --body odc-uno --label "management software"

    A token speaks for one body. The registry keeps its SHA-256 alone; adding and removing take effect at once.
    """


@token.command()
@folder
@_BODY
@_LABEL
@as_json
def add(folder: Path, body: str, label: str, json_wanted: bool) -> None:
    """Make a token for a body and print it, once."""
    with registry_in(folder) as attesto:
        attesto.streams.body(body)
        file = _file(folder)
        made = make_token(secrets.token_bytes(TOKEN_BYTES))
        file.add(made, Client(body, label, now()))
    emit(
        json_wanted,
        {"body": body, "label": label, "token": made},
        f"{made}\nThis is the token of {body}, {label}. It is not kept and cannot be shown again.",
    )


@token.command()
@folder
@_BODY
@_LABEL
@as_json
def remove(folder: Path, body: str, label: str, json_wanted: bool) -> None:
    """Let a token speak for nobody any more."""
    _file(folder).remove(body, label)
    emit(json_wanted, {"body": body, "label": label}, f"The token {label!r} of {body} is no longer accepted.")


@token.command("list")
@folder
@as_json
def list_tokens(folder: Path, json_wanted: bool) -> None:
    """List the tokens: for whom each speaks, and since when."""
    clients = sorted(_file(folder).clients().values(), key=lambda client: (client.body, client.label))
    rows = [(client.body, client.label, format_instant(client.added_at)) for client in clients]
    emit(
        json_wanted,
        {"tokens": clients},
        columns(("body", "label", "added at"), rows) if rows else "There are no tokens: nobody decides over HTTP.",
    )


def _file(folder: Path) -> TokenFile:
    settings = read_settings(folder)
    return TokenFile(settings.path(settings.api_tokens_file))
