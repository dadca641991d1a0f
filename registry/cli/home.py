"""The commands ``attesto home``: what a certification body does on its own machine, where its keys are."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from keys.ceremony import BODY_PURPOSES, introduce, succeed
from keys.errors import KeyFileError
from keys.key_set import KeySet
from keys.secret_file import read_secret, write_secret
from keys.signer import Purpose, generate
from registry.cli.options import as_json
from registry.cli.output import columns, emit
from registry.cli.teaching import TeachingGroup
from registry.commands.home_file import (
    Signatures,
    ToSign,
    format_introduction,
    format_signatures,
    format_succession,
    parse_introduction,
    parse_to_sign,
)
from verifier.certificate import Certificate, parse_signing_input
from verifier.encoding import format_day, parse_base64url
from verifier.errors import FormatError
from verifier.event import EVENT, Event, parse_event
from verifier.key import ED25519, ES256
from verifier.number import group_number

_PASSPHRASE = "passphrase"  # noqa: S105  a file's name, not a secret
_INTRODUCTION = "introduction.json"
_SHOWN = 20
_HOME = click.argument("folder", metavar="HOME", type=click.Path(path_type=Path, file_okay=False))
_OUT = click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The file to write.")


@click.group(cls=TeachingGroup)
def home() -> None:
    """Keep a body's keys at home, and sign there what the registry prepared.

    At home, once; introduction.json goes to the operator:
        attesto home keys ./home --body odc-uno --name "OdC Uno S.r.l." --website https://odc-uno.example
            --log registry.example.org/log

    At the registry; the operator never sees a secret key:
        attesto body add ./registry odc-uno --introduction introduction.json

    Each decision: prepared at the registry, looked at and signed at home, submitted to the registry.
        attesto grant ./registry people.csv --body odc-uno --edition demo-2026 --prepare to-sign.json
        attesto home sign ./home to-sign.json --out signatures.json
        attesto submit ./registry signatures.json --body odc-uno
    """


@home.command("keys")
@_HOME
@click.option("--body", required=True, help="The body's slug.")
@click.option("--name", required=True, help="The body's full name.")
@click.option("--website", required=True, help="The body's own website.")
@click.option("--log", required=True, help="The origin of the registry's log; what is signed serves for no other.")
@click.option("--algorithm", type=click.Choice([ED25519, ES256]), default=ED25519, show_default=True)
@as_json
def make_keys(folder: Path, body: str, name: str, website: str, log: str, algorithm: str, json_wanted: bool) -> None:
    """Make a body's three keys in HOME, and write the introduction for the operator.

    The passphrase is drawn by chance and lies beside the keys: take it, and the recovery key, to another place.
    """
    introduction = folder / _INTRODUCTION
    if introduction.exists():
        raise KeyFileError(f"there are keys in {folder} already")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_secret(folder / _PASSPHRASE, secrets.token_urlsafe(32).encode() + b"\n")
    keys = _keys(folder)
    for purpose in BODY_PURPOSES:
        keys.propose(body, purpose, generate(algorithm))
        keys.enrol(body, purpose)
    signers = {purpose: keys.current(body, purpose) for purpose in BODY_PURPOSES}
    introduction.write_bytes(format_introduction(introduce(log, body, name, website, signers)))
    ids = {str(purpose): signer.public_key.key_id for purpose, signer in signers.items()}
    emit(
        json_wanted,
        {"body": body, "introduction": str(introduction), "keys": ids},
        f"The keys of {body} are in {folder}. For the operator: {introduction}",
    )


@home.command()
@_HOME
@click.argument("file", metavar="TO-SIGN.json", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@_OUT
@click.option("--yes", is_flag=True, help="Sign without asking.")
@as_json
def sign(folder: Path, file: Path, out: Path, yes: bool, json_wanted: bool) -> None:
    """Show what the registry prepared, and sign it with the keys in HOME.

    What is shown is read from the very bytes that are signed. Reasons, people and references travel as digests; of a
    certificate the name and the number are shown, since its token states them.
    """
    log, body = _who(folder)
    waiting = parse_to_sign(file.read_bytes())
    read = [_read(item, log, body) for item in waiting]
    if not yes:
        _show(read)
        click.confirm(f"Sign {len(waiting)} decisions of {body}?", abort=True, err=True)
    keys = _keys(folder)
    signed = [_signed(asked, keys, body) for asked in read]
    out.write_bytes(format_signatures(signed))
    emit(json_wanted, {"signed": len(signed), "file": str(out)}, f"{len(signed)} decisions are signed in {out}.")


@home.command()
@_HOME
@click.argument("purpose", type=click.Choice(["event", "token"]))
@_OUT
@click.option("--algorithm", type=click.Choice([ED25519, ES256]), default=ED25519, show_default=True)
@as_json
def rotate(folder: Path, purpose: str, out: Path, algorithm: str, json_wanted: bool) -> None:
    """Make a new key in the place of the current one, and write the succession for the operator.

    Hand it over at once ('attesto key replace'): what is signed from now on is signed with the new key.
    """
    log, body = _who(folder)
    keys, kind = _keys(folder), Purpose(purpose)
    keys.propose(body, kind, generate(algorithm))
    succession = succeed(log, body, kind, keys.current(body, kind), keys.proposed(body, kind))
    out.write_bytes(format_succession(succession))
    keys.enrol(body, kind)
    emit(
        json_wanted,
        {"body": body, "purpose": purpose, "key_id": succession.key.key_id, "succession": str(out)},
        f"The new {purpose} key of {body} is {succession.key.key_id}. For the operator: {out}",
    )


def _keys(folder: Path) -> KeySet:
    return KeySet(folder / "keys", read_secret(folder / _PASSPHRASE).strip())


def _who(folder: Path) -> tuple[str, str]:
    """The log that these keys serve, and whose they are."""
    try:
        introduction = parse_introduction((folder / _INTRODUCTION).read_bytes())
    except FileNotFoundError as error:
        raise KeyFileError(f"there are no keys in {folder}: make them with 'attesto home keys'") from error
    return introduction.log, introduction.body


@dataclass(frozen=True, slots=True)
class _Asked:
    """One preparation with what its bytes say."""

    waiting: ToSign
    events: Sequence[Event]
    certificate: Certificate | None
    token_key: bytes


def _read(item: ToSign, log: str, body: str) -> _Asked:
    """What the bytes say; nothing is signed that is not this body's, for this log, in a form that we know.

    Raises:
        FormatError: the bytes are anything else.
    """
    events = [parse_event(signing_input + b".") for signing_input in item.events]
    for event in events:
        if event.jws.typ != EVENT or event.log != log or event.text("body") != body:
            raise FormatError(f"preparation {item.preparation} is of another body or log: it is not signed")
    if item.token is None:
        return _Asked(item, events, None, b"")
    certificate, short_id = parse_signing_input(item.token)
    if certificate.body != body:
        raise FormatError(f"preparation {item.preparation} holds another body's certificate: it is not signed")
    return _Asked(item, events, certificate, short_id)


def _signed(asked: _Asked, keys: KeySet, body: str) -> Signatures:
    """Sign each with the key that its bytes name."""
    item = asked.waiting
    pairs = zip(asked.events, item.events, strict=True)
    token = None if item.token is None else keys.find(body, Purpose.TOKEN, asked.token_key).sign(item.token)
    return Signatures(
        item.preparation,
        tuple(keys.find(body, Purpose.EVENT, _short(event)).sign(data) for event, data in pairs),
        token,
    )


def _short(event: Event) -> bytes:
    return parse_base64url(event.jws.key_id)[:8]


def _show(read: Sequence[_Asked]) -> None:
    rows = []
    for asked in read[:_SHOWN]:
        first, certificate = asked.events[0], asked.certificate
        names = ("", "") if certificate is None else (group_number(certificate.number), certificate.name)
        rows.append((first.type, format_day(first.effective_on), first.text("profile"), *names))
    click.echo(columns(("decision", "from", "profile", "number", "name"), rows), err=True)
    if len(read) > _SHOWN:
        click.echo(f"… and {len(read) - _SHOWN:,} more", err=True)
