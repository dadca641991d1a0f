"""The commands ``attesto home``: what a certification body does on its own machine, where its keys are."""

import secrets
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click

from keys.ceremony import BODY_PURPOSES, Succession, declare, introduce, succeed
from keys.ceremony import recover as sign_recovery
from keys.errors import KeyFileError
from keys.key_set import KeySet
from keys.secret_file import read_secret, write_secret
from keys.signer import Purpose, generate
from keys.signing import sign_jws
from registry.cli.options import as_json
from registry.cli.output import columns, counted, emit
from registry.cli.teaching import TeachingGroup
from registry.commands.asked import Asked, read_all
from registry.commands.home_file import (
    Signatures,
    format_compromise,
    format_introduction,
    format_signatures,
    format_succession,
    parse_introduction,
    parse_signatures,
    parse_to_sign,
)
from registry.commands.receipt_file import format_receipts, kept, own_count, parse_claim, parse_receipts
from registry.errors import RequestError
from verifier.certificate import Certificate
from verifier.encoding import format_day, parse_base64url
from verifier.errors import FormatError
from verifier.event import Event
from verifier.key import ED25519, ES256
from verifier.number import group_number
from verifier.statement import STATEMENT, format_statement
from verifier.trust import parse_trust_root

_PASSPHRASE = "passphrase"  # noqa: S105  a file's name, not a secret
_INTRODUCTION = "introduction.json"
_SHOWN = 20
_HEADER = ("decision", "from", "until", "certification", "edition", "profile", "revision", "number", "name")
_HOME = click.argument("folder", metavar="HOME", type=click.Path(path_type=Path, file_okay=False))
_FILE = click.Path(path_type=Path, dir_okay=False)
_THERE = click.Path(path_type=Path, exists=True, dir_okay=False)
_OUT = click.option("--out", required=True, type=_FILE, help="The file to write.")


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

    What was recorded is kept, from the answer of 'attesto submit --json':
        attesto home keep ./home to-sign.json signatures.json answer.json --trust trust.json --receipts receipts.jsonl

    Is everything there, and no more? Compared with the body's own receipts, signed, and logged:
        attesto body state ./registry --body odc-uno --scheme demo --prepare claim.json
        attesto home state ./home claim.json --receipts receipts.jsonl --out statement.jws
        attesto body record-statement ./registry statement.jws

    A key that was stolen; the operator records both files ('attesto key record', 'attesto key replace').
        attesto home compromised ./home event --key-id vzd… --from-entry 4711 --out compromise.json
        attesto home recover ./home event --out succession.json
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
@click.option("--list", "listing", type=_FILE, help="Write all that is to be signed into this file, one event a line.")
@click.option("--yes", is_flag=True, help="Sign without asking.")
@as_json
def sign(folder: Path, file: Path, out: Path, listing: Path | None, yes: bool, json_wanted: bool) -> None:
    """Show what the registry prepared, and sign it with the keys in HOME.

    What is shown is read from the very bytes that are signed: every event with its days. Of more than 20 decisions a
    summary is shown; --list and --json name every one. Reasons, people and references travel as digests; of a
    certificate the name and the number are shown, since its token states them. Of a transfer each body signs its half.
    """
    log, body = _who(folder)
    waiting = parse_to_sign(file.read_bytes())
    read = read_all(waiting, log, body)
    rows = [row for asked in read for row in _rows(asked)]
    if listing is not None:
        listing.write_text(columns(_HEADER, rows) + "\n", encoding="utf-8")
    if not yes:
        _show(rows, len(read))
        click.confirm(f"Sign {counted(len(read), 'decision', 'decisions')} of {body}?", abort=True, err=True)
    keys = _keys(folder)
    signed = [_signed(asked, keys, body) for asked in read]
    out.write_bytes(format_signatures(signed))
    listed = [dict(zip(_HEADER, row, strict=True)) for row in rows]
    emit(
        json_wanted,
        {"signed": len(signed), "file": str(out), "events": listed},
        f"{counted(len(signed), 'decision is', 'decisions are')} signed in {out}.",
    )


@home.command()
@_HOME
@click.argument("file", metavar="TO-SIGN.json", type=_THERE)
@click.argument("signatures", metavar="SIGNATURES.json", type=_THERE)
@click.argument("answer", metavar="ANSWER.json", type=_THERE)
@click.option("--trust", required=True, type=_THERE, help="The trust root, which names the log's key.")
@click.option("--receipts", required=True, type=_FILE, help="The file of receipts; what was recorded is added to it.")
@as_json
def keep(
    folder: Path, file: Path, signatures: Path, answer: Path, trust: Path, receipts: Path, json_wanted: bool
) -> None:
    """Keep receipts of what was signed at home and recorded.

    ANSWER.json is what 'attesto submit --json' said, of a transfer 'attesto transfer --json'. Its proofs must lead from
    the very bytes that were signed here to a head that the log's key signed; what is kept so cannot be denied later.
    """
    log, _ = _who(folder)
    waiting, signed = parse_to_sign(file.read_bytes()), parse_signatures(signatures.read_bytes())
    log_key = parse_trust_root(trust.read_bytes()).log_key
    found = kept(waiting, signed, answer.read_bytes(), log, log_key)
    with receipts.open("a", encoding="ascii") as lines:
        lines.write(format_receipts(sorted(found.items())))
    emit(json_wanted, {"receipts": len(found), "file": receipts}, f"{len(found)} receipts are added to {receipts}.")


@home.command()
@_HOME
@click.argument("claim", metavar="CLAIM.json", type=_THERE)
@click.option("--receipts", required=True, type=_THERE, help="What this body has kept ('attesto home keep').")
@click.option("--insist", is_flag=True, help="Sign what the receipts say, where the registry claims something else.")
@_OUT
@as_json
def state(folder: Path, claim: Path, receipts: Path, insist: bool, out: Path, json_wanted: bool) -> None:
    """Compare what the registry claims to hold of this body with the body's own receipts, and sign it.

    CLAIM.json is from 'attesto body state --prepare'; the signed file is for 'attesto body record-statement'. Where the
    receipts say something else, nothing is signed, and both counts are shown. With --insist the receipts' count is
    signed: the registry will not record that, but whoever is shown the file can count in the log.
    """
    log, body = _who(folder)
    made = parse_claim(claim.read_bytes())
    claimed = made.statement
    scope = claimed.scope
    if (scope.log, scope.body) != (log, body):
        raise FormatError(f"the claim is of body {scope.body[:40]} for log {scope.log[:80]}, not of {body} for {log}")
    keys = _keys(folder)
    own = [keys.generation(body, Purpose.EVENT, n).public_key for n in keys.generations(body, Purpose.EVENT)]
    with receipts.open("rb") as lines:
        counted = own_count(parse_receipts(lines), scope, made.editions, own)
    if counted != claimed.count and not insist:
        raise RequestError(
            f"the registry claims of its first {scope.size} entries: {claimed.count}; but the receipts say: {counted}"
        )
    signer = keys.find(body, Purpose.EVENT, parse_base64url(claimed.jws.key_id)[:8])
    out.write_bytes(sign_jws(signer, STATEMENT, format_statement(scope, counted, claimed.decided_at)))
    emit(
        json_wanted,
        {"body": body, "scheme": scope.scheme, "granted": counted.granted, "in_force": counted.in_force, "file": out},
        f"{body} states for {scope.scheme}: {counted}. Signed in {out}.",
    )


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
    _hand_over(succession, keys, out, json_wanted)


@home.command()
@_HOME
@click.argument("purpose", type=click.Choice(["event", "token"]))
@_OUT
@click.option("--key-id", help="The key that it replaces ('attesto key list'); without it, the newest one in HOME.")
@click.option("--algorithm", type=click.Choice([ED25519, ES256]), default=ED25519, show_default=True)
@as_json
def recover(folder: Path, purpose: str, out: Path, key_id: str | None, algorithm: str, json_wanted: bool) -> None:
    """Make a new key in the place of one that was lost or stolen, by the word of the recovery key.

    The recovery key must be in HOME: put its file back, and take it away again afterwards. A stolen key is declared
    first ('attesto home compromised'). Hand the file to the operator at once ('attesto key replace').
    """
    log, body = _who(folder)
    keys, kind = _keys(folder), Purpose(purpose)
    recovery = keys.current(body, Purpose.RECOVERY)
    replaced = key_id or keys.current(body, kind).public_key.key_id
    keys.propose(body, kind, generate(algorithm))
    succession = sign_recovery(log, body, kind, replaced, recovery, keys.proposed(body, kind))
    _hand_over(succession, keys, out, json_wanted)


@home.command()
@_HOME
@click.argument("purpose", type=click.Choice(["event", "token"]))
@click.option("--key-id", required=True, help="The key's id, as 'attesto key list' shows it.")
@click.option("--from-entry", required=True, type=click.IntRange(0), help="The first log entry in doubt.")
@_OUT
@as_json
def compromised(folder: Path, purpose: str, key_id: str, from_entry: int, out: Path, json_wanted: bool) -> None:
    """Declare a key's signatures in doubt from a log entry on, by the word of the recovery key, which must be in HOME.

    Good decisions among those in doubt must be taken again. A later statement can widen the doubt, never narrow it.
    Hand the file to the operator at once ('attesto key record').
    """
    log, body = _who(folder)
    recovery = _keys(folder).current(body, Purpose.RECOVERY)
    out.write_bytes(format_compromise(declare(log, body, Purpose(purpose), key_id, from_entry, recovery)))
    emit(
        json_wanted,
        {"body": body, "key_id": key_id, "from_entry": from_entry, "compromise": str(out)},
        f"Key {key_id} of {body} is declared in doubt from entry {from_entry} on. For the operator: {out}",
    )


def _hand_over(succession: Succession, keys: KeySet, out: Path, json_wanted: bool) -> None:
    """Write what the operator records, and sign with the new key from now on."""
    body, purpose, key_id = succession.body, succession.purpose, succession.key.key_id
    out.write_bytes(format_succession(succession))
    keys.enrol(body, purpose)
    emit(
        json_wanted,
        {"body": body, "purpose": purpose, "key_id": key_id, "succession": str(out)},
        f"The new {purpose} key of {body} is {key_id}. For the operator: {out}",
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


def _signed(asked: Asked, keys: KeySet, body: str) -> Signatures:
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


def _show(rows: Sequence[tuple[str, ...]], decisions: int) -> None:
    """Every event of every decision; of many decisions how many there are of each kind and day."""
    if decisions <= _SHOWN:
        click.echo(columns(_HEADER, rows), err=True)
        return
    counted = Counter(row[:3] for row in rows)
    click.echo(
        columns((*_HEADER[:3], "how many"), [(*kind, count) for kind, count in sorted(counted.items())]), err=True
    )
    click.echo("\n--list FILE writes every one of them, with certification, number and name.", err=True)


def _rows(asked: Asked) -> list[tuple[str, ...]]:
    return [(*_said(event, asked), *_whose(event, asked.certificate)) for event in asked.events]


def _said(event: Event, asked: Asked) -> tuple[str, str, str]:
    certificate = asked.certificate
    match event.type:
        case "certification.suspended" | "certification.suspension_prolonged":
            more = f"deadline {format_day(event.day('deadline'))}"
        case "certification.scope_extended" | "certification.scope_reduced":
            more = f"tasks {' '.join(event.slugs('scope'))}"
        case "certification.appeal_upheld":
            more = f"reverses event {event.integer('reverses')}"
        case "certification.granted" | "certification.recertified":
            more = f"valid until {format_day(event.day('valid_until'))}"
        case "certification.adopted":
            more = _claimed(event)
        case "certification.transferred_out":
            more = f"to {event.text('receiver')}"
        case "certification.transferred_in" if asked.left is not None:
            more = f"from {asked.left.text('body')}, certification {asked.left.stream}, {_claimed(event)}"
        case "certificate.issued" | "certificate.reissued" if certificate is not None:
            more = f"valid until {format_day(certificate.valid_until)}"
        case _:
            more = ""
    return event.type, format_day(event.effective_on), more


def _claimed(event: Event) -> str:
    return ", ".join(f"{words} {format_day(event.day(name))}" for name, words in _CLAIMED.items())


_CLAIMED = {
    "granted_on": "first granted",
    "cycle_starts_on": "cycle from",
    "maintained_from": "maintained from",
    "valid_until": "valid until",
}


def _whose(event: Event, certificate: Certificate | None) -> tuple[str, ...]:
    number, name = ("", "") if certificate is None else (group_number(certificate.number), certificate.name)
    revision = str(event.content.get("revision", ""))
    return str(event.stream), event.text("edition"), event.text("profile"), revision, number, name
