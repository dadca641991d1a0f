"""The commands ``attesto body``."""

from datetime import date
from pathlib import Path

import click

from keys.ceremony import BODY_PURPOSES, Introduction
from keys.errors import KeyMissingError
from keys.key_set import KeySet
from keys.signer import Purpose, generate
from registry.bootstrap import now
from registry.cli.options import DAY, LINE, LONG_LINE, as_json, folder, registry_in
from registry.cli.output import columns, emit
from registry.cli.register import caught_up, history_of, key_state, recorded_in
from registry.cli.statement import receipts, record_statement, state
from registry.cli.teaching import TeachingGroup
from registry.commands.home_file import parse_introduction
from verifier.accreditation import Coverage, accreditation
from verifier.encoding import format_day, legal_day
from verifier.errors import FormatError
from verifier.trust import BodyHistory

_SOURCE = click.option("--source", required=True, type=LONG_LINE, help="Where the operator has it from, with its day.")
_SCHEME = click.option("--scheme", required=True, help="The scheme's slug, like demo.")
_ON = click.option(
    "--on", type=DAY, help="The day it takes effect, today or a later one, as 2026-11-24 (Europe/Rome); else today."
)
_SLUG = click.argument("slug", metavar="BODY")


@click.group(cls=TeachingGroup)
def body() -> None:
    """Certification bodies, and their accreditation for each scheme.

    Examples:
        attesto body add ./registry odc-uno --name "OdC Uno S.r.l." --website https://odc-uno.example
        attesto body accredit ./registry odc-uno --scheme demo --number 123A --source "Accredia, 24 Nov 2026"
        attesto body list ./registry
    """


for _command in (state, record_statement, receipts):
    body.add_command(_command)


@body.command()
@folder
@_SLUG
@click.option("--name", type=LINE, help="The body's full name.")
@click.option("--website", type=LONG_LINE, help="The body's own website.")
@click.option(
    "--introduction",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="What a body that keeps its keys at home hands over ('attesto home keys'); it says name and website too.",
)
@as_json
def add(
    folder: Path, slug: str, name: str | None, website: str | None, introduction: Path | None, json_wanted: bool
) -> None:
    """Register a body, with its keys for events, certificates and recovery.

    Examples:
        attesto body add ./registry odc-uno --introduction introduction.json
        attesto body add ./registry odc-uno --name "OdC Uno S.r.l." --website https://odc-uno.example

    With an introduction, the body's keys stay at its home, and nobody here can decide in its name. Without, they are
    kept here: those that were proposed before ('attesto key propose') are taken, missing ones are made. Move the
    recovery key off this machine: it alone can speak for the body once another key is stolen.
    """
    if (introduction is None) == (name is None or website is None):
        raise click.UsageError("give --introduction, or both --name and --website")
    with registry_in(folder) as attesto:
        if introduction is not None:
            receipt = attesto.register.register_introduced(_introduced(introduction, slug))
        else:
            for purpose in BODY_PURPOSES:
                _propose(attesto.key_set, slug, purpose)
            receipt = attesto.register.register_body(slug, name or "", website or "")
        value, text = recorded_in(attesto, receipt)
    emit(json_wanted, {"body": slug, **value}, f"Body {slug} is registered: {text}.")


def _introduced(path: Path, slug: str) -> Introduction:
    introduction = parse_introduction(path.read_bytes())
    if introduction.body != slug:
        raise FormatError(f"{path} introduces body {introduction.body}, not {slug}")
    return introduction


def _propose(key_set: KeySet, slug: str, purpose: Purpose) -> None:
    try:
        key_set.proposed(slug, purpose)
    except KeyMissingError:
        key_set.propose(slug, purpose, generate())


@body.command()
@folder
@_SLUG
@_SCHEME
@click.option("--number", required=True, type=LINE, help="The accreditation's number.")
@click.option("--accreditation-body", type=LINE, default="Accredia", show_default=True)
@click.option("--standard", type=LINE, default="ISO/IEC 17024:2012", show_default=True)
@click.option("--wording", default="", help="What a certificate must print of it.")
@_SOURCE
@_ON
@as_json
def accredit(  # noqa: PLR0913, PLR0917  an accreditation has this many parts
    folder: Path,
    slug: str,
    scheme: str,
    number: str,
    accreditation_body: str,
    standard: str,
    wording: str,
    source: str,
    on: date | None,
    json_wanted: bool,
) -> None:
    """Record that a body is accredited for a scheme, from today or a later day on.

    Never from an earlier day: when the accreditation body decided belongs in --source.
    """
    detail = {
        "number": number,
        "accreditation_body": accreditation_body,
        "standard": standard,
        "wording": wording or f"{accreditation_body} {number}",
    }
    with registry_in(folder) as attesto:
        value, text = recorded_in(attesto, attesto.register.accredit(slug, scheme, source, detail, on))
    emit(
        json_wanted,
        {"body": slug, "scheme": scheme, **value},
        f"{slug} is accredited for {scheme}{_since(on)}: {text}.",
    )


def _since(on: date | None) -> str:
    return "" if on is None else f" from {format_day(on)} on"


@body.command("reduce-accreditation")
@folder
@_SLUG
@_SCHEME
@click.option("--profile", "profiles", multiple=True, required=True, help="A profile that is still covered; repeat it.")
@_SOURCE
@_ON
@as_json
def reduce_accreditation(
    folder: Path, slug: str, scheme: str, profiles: tuple[str, ...], source: str, on: date | None, json_wanted: bool
) -> None:
    """Record that a body's accreditation for a scheme is reduced to some profiles, from today or a later day on."""
    with registry_in(folder) as attesto:
        value, text = recorded_in(attesto, attesto.register.reduce_accreditation(slug, scheme, source, profiles, on))
    emit(
        json_wanted,
        {"body": slug, "scheme": scheme, **value},
        f"Accreditation of {slug} is reduced{_since(on)}: {text}.",
    )


@body.command("suspend-accreditation")
@folder
@_SLUG
@_SCHEME
@_SOURCE
@_ON
@as_json
def suspend_accreditation(
    folder: Path, slug: str, scheme: str, source: str, on: date | None, json_wanted: bool
) -> None:
    """Record that a body's accreditation for a scheme is suspended, from today or a later day on."""
    with registry_in(folder) as attesto:
        value, text = recorded_in(attesto, attesto.register.suspend_accreditation(slug, scheme, source, on))
    emit(
        json_wanted,
        {"body": slug, "scheme": scheme, **value},
        f"Accreditation of {slug} is suspended{_since(on)}: {text}.",
    )


@body.command("restore-accreditation")
@folder
@_SLUG
@_SCHEME
@_SOURCE
@_ON
@as_json
def restore_accreditation(
    folder: Path, slug: str, scheme: str, source: str, on: date | None, json_wanted: bool
) -> None:
    """Record that a body's accreditation for a scheme is restored, from today or a later day on."""
    with registry_in(folder) as attesto:
        value, text = recorded_in(attesto, attesto.register.restore_accreditation(slug, scheme, source, on))
    emit(
        json_wanted,
        {"body": slug, "scheme": scheme, **value},
        f"Accreditation of {slug} is restored{_since(on)}: {text}.",
    )


@body.command("withdraw-accreditation")
@folder
@_SLUG
@_SCHEME
@_SOURCE
@_ON
@as_json
def withdraw_accreditation(
    folder: Path, slug: str, scheme: str, source: str, on: date | None, json_wanted: bool
) -> None:
    """Record that a body's accreditation for a scheme is withdrawn, from today or a later day on."""
    with registry_in(folder) as attesto:
        value, text = recorded_in(attesto, attesto.register.withdraw_accreditation(slug, scheme, source, on))
    emit(
        json_wanted,
        {"body": slug, "scheme": scheme, **value},
        f"Accreditation of {slug} is withdrawn{_since(on)}: {text}.",
    )


@body.command()
@folder
@_SLUG
@as_json
def show(folder: Path, slug: str, json_wanted: bool) -> None:
    """Show a body: its keys by log entry, and its accreditations over time."""
    with registry_in(folder) as attesto:
        history, size = history_of(attesto, slug), attesto.store.log.head().size
    keys = [(r.purpose, r.key.key_id, r.enrolled_at, key_state(r, size)) for r in history.keys]
    facts = [(f.effective_on, f.scheme, f.type.partition(".")[2], f.detail["source"]) for f in history.accreditations]
    emit(
        json_wanted,
        {
            "body": slug,
            "name": history.name,
            "website": history.website,
            "keys": _keys(history, size),
            "accreditations": history.accreditations,
        },
        f"{history.name} ({slug}), {history.website}\n\n"
        + columns(("key for", "id", "since entry", "state"), keys)
        + "\n\n"
        + columns(("effective", "scheme", "accreditation", "source"), facts),
    )


def _keys(history: BodyHistory, size: int) -> list[dict[str, object]]:
    return [
        {"purpose": r.purpose, "key_id": r.key.key_id, "enrolled_at": r.enrolled_at, "state": key_state(r, size)}
        for r in history.keys
    ]


@body.command("list")
@folder
@as_json
def list_bodies(folder: Path, json_wanted: bool) -> None:
    """List the bodies, with the schemes that each is accredited for today."""
    with registry_in(folder) as attesto:
        histories = [history_of(attesto, standing.body) for standing in caught_up(attesto, "body")]
    rows = [(h.slug, h.name, ", ".join(_covered(h)) or "none") for h in histories]
    emit(
        json_wanted,
        {"bodies": [{"body": h.slug, "name": h.name, "accredited_for": _covered(h)} for h in histories]},
        columns(("body", "name", "accredited for"), rows) if rows else "No body is registered yet.",
    )


def _covered(history: BodyHistory) -> list[str]:
    at = now()
    schemes = sorted({fact.scheme for fact in history.accreditations})
    covered = {s: accreditation(history.accreditations, s, legal_day(at), at).coverage for s in schemes}
    return [scheme for scheme, coverage in covered.items() if coverage is Coverage.COVERED]
