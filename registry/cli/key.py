"""The commands ``attesto key``."""

from pathlib import Path

import click

from keys.errors import KeyMissingError
from keys.signer import Purpose, generate
from registry.cli.options import as_json, folder, registry_in
from registry.cli.output import columns, emit
from registry.cli.register import caught_up, history_of, key_state, recorded_in
from registry.cli.teaching import TeachingGroup
from registry.commands.home_file import parse_compromise, parse_succession
from verifier.key import ED25519, ES256

_SLUG = click.argument("slug", metavar="BODY")
_PURPOSE = click.argument("purpose", type=click.Choice(["event", "token"]))


@click.group(cls=TeachingGroup)
def key() -> None:
    """The bodies' keys: for events (decisions), for tokens (certificates), and for recovery.

    A key that is replaced in good order:
        attesto key propose ./registry odc-uno event
        attesto key rotate ./registry odc-uno event

    A key that was stolen: what it signed from log entry 4711 on is in doubt, and a new one takes its place.
        attesto key list ./registry odc-uno
        attesto key compromised ./registry odc-uno event --key-id vzd… --from-entry 4711
        attesto key recover ./registry odc-uno event
    """


@key.command()
@folder
@_SLUG
@click.argument("purpose", type=click.Choice(["event", "token", "recovery"]))
@click.option("--algorithm", type=click.Choice([ED25519, ES256]), default=ED25519, show_default=True)
@as_json
def propose(folder: Path, slug: str, purpose: str, algorithm: str, json_wanted: bool) -> None:
    """Make a key for a body; it signs nothing until it is registered or rotated in."""
    with registry_in(folder) as attesto:
        attesto.key_set.propose(slug, Purpose(purpose), generate(algorithm))
        key_id = attesto.key_set.proposed(slug, Purpose(purpose)).public_key.key_id
    emit(
        json_wanted,
        {"body": slug, "purpose": purpose, "key_id": key_id},
        f"The new {purpose} key of {slug} waits for its rotation: {key_id}",
    )


@key.command()
@folder
@_SLUG
@_PURPOSE
@as_json
def rotate(folder: Path, slug: str, purpose: str, json_wanted: bool) -> None:
    """Let the proposed key take the place of the current one, which is retired.

    What the old key signed stays valid, by its place in the log. The trust root is written anew: hand it out.
    """
    with registry_in(folder) as attesto:
        receipt = attesto.register.rotate_key(slug, Purpose(purpose))
        value, text = recorded_in(attesto, receipt)
        key_id = attesto.key_set.current(slug, Purpose(purpose)).public_key.key_id
    _in_force(json_wanted, slug, purpose, key_id, (value, text))


@key.command()
@folder
@_SLUG
@_PURPOSE
@as_json
def recover(folder: Path, slug: str, purpose: str, json_wanted: bool) -> None:
    """Let a new key take the place of one that was lost or stolen, by the word of the body's recovery key.

    The key that was proposed ('attesto key propose') is taken, else one is made. The recovery key must be here: put
    its file back among the body's keys, and take it away again afterwards. A stolen key is declared first
    ('attesto key compromised'); one that is still in force is retired.
    """
    with registry_in(folder) as attesto:
        try:
            attesto.key_set.proposed(slug, Purpose(purpose))
        except KeyMissingError:
            attesto.key_set.propose(slug, Purpose(purpose), generate())
        value, text = recorded_in(attesto, attesto.register.recover_key(slug, Purpose(purpose)))
        key_id = attesto.key_set.current(slug, Purpose(purpose)).public_key.key_id
    _in_force(json_wanted, slug, purpose, key_id, (value, text))


@key.command()
@folder
@click.argument("file", metavar="SUCCESSION.json", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@as_json
def replace(folder: Path, file: Path, json_wanted: bool) -> None:
    """Let the new key of a body that keeps its keys at home take the place of the current one.

    Example:
        attesto key replace ./registry succession.json        made by 'attesto home rotate' or 'attesto home recover'
    """
    succession = parse_succession(file.read_bytes())
    with registry_in(folder) as attesto:
        value, text = recorded_in(attesto, attesto.register.replace_key(succession))
    slug, purpose, key_id = succession.body, succession.purpose, succession.key.key_id
    _in_force(json_wanted, slug, purpose, key_id, (value, text))


@key.command()
@folder
@_SLUG
@_PURPOSE
@click.option("--key-id", required=True, help="The key's id, as 'attesto key list' shows it.")
@click.option("--from-entry", required=True, type=click.IntRange(0), help="The first log entry in doubt.")
@as_json
def compromised(folder: Path, slug: str, purpose: str, key_id: str, from_entry: int, json_wanted: bool) -> None:
    """Record that a key's signatures are in doubt from a log entry on; the body's recovery key signs for it.

    Good decisions among those in doubt must be taken again. A later statement can widen the doubt, never narrow it.
    """
    with registry_in(folder) as attesto:
        receipt = attesto.register.declare_compromised(slug, Purpose(purpose), key_id, from_entry)
        value, text = recorded_in(attesto, receipt)
    emit(
        json_wanted,
        {"body": slug, "key_id": key_id, "from_entry": from_entry, **value},
        f"Key {key_id} of {slug} is in doubt from entry {from_entry} on: {text}.",
    )


@key.command()
@folder
@click.argument("file", metavar="COMPROMISE.json", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@as_json
def record(folder: Path, file: Path, json_wanted: bool) -> None:
    """Record that a body which keeps its keys at home declares one of them compromised.

    Example:
        attesto key record ./registry compromise.json         made by 'attesto home compromised'
    """
    said = parse_compromise(file.read_bytes())
    with registry_in(folder) as attesto:
        value, text = recorded_in(attesto, attesto.register.record_compromise(said))
    emit(
        json_wanted,
        {"body": said.body, "key_id": said.key_id, "from_entry": said.from_index, **value},
        f"Key {said.key_id} of {said.body} is in doubt from entry {said.from_index} on: {text}.",
    )


@key.command("list")
@folder
@click.argument("slug", metavar="[BODY]", required=False)
@as_json
def list_keys(folder: Path, slug: str | None, json_wanted: bool) -> None:
    """List the keys of one body or of all, as the log has them."""
    with registry_in(folder) as attesto:
        slugs = [slug] if slug else [standing.body for standing in caught_up(attesto, "body")]
        size = attesto.store.log.head().size
        keys = [(slug, r, key_state(r, size)) for slug in slugs for r in history_of(attesto, slug).keys]
    rows = [(slug, r.purpose, r.key.key_id, r.key.algorithm, r.enrolled_at, state) for slug, r, state in keys]
    names = ("body", "purpose", "key_id", "algorithm", "enrolled_at", "state")
    emit(
        json_wanted,
        {"keys": [dict(zip(names, row, strict=True)) for row in rows]},
        columns(("body", "for", "id", "algorithm", "since entry", "state"), rows),
    )


def _in_force(json_wanted: bool, slug: str, purpose: str, key_id: str, done: tuple[dict[str, object], str]) -> None:
    value, text = done
    emit(
        json_wanted,
        {"body": slug, "purpose": purpose, "key_id": key_id, **value},
        f"{slug} signs with {purpose} key {key_id} from now on: {text}.",
    )
