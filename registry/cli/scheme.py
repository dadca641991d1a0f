"""The commands ``attesto scheme``."""

from pathlib import Path

import click

from registry.cli.exits import BAD_INPUT, Failure
from registry.cli.options import as_json, folder, registry_in
from registry.cli.output import columns, emit
from registry.cli.register import caught_up, recorded_in
from registry.cli.teaching import TeachingGroup
from registry.commands.scheme_file import SchemeFileError, parse_scheme
from registry.commands.scheme_rules import format_rules
from registry.domain.edition import Edition, gaps

_FILE = click.argument("file", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False))
_SLUG = click.argument("slug", metavar="EDITION")


@click.group(cls=TeachingGroup)
def scheme() -> None:
    """Scheme editions: profiles and rules, as data. docs/formats/scheme.md describes the file.

    Examples:
        attesto scheme check schemes/demo-2026.json
        attesto scheme publish ./registry schemes/demo-2026.json
        attesto scheme close ./registry demo-2026
        attesto scheme withdraw ./registry demo-2026
    """


@scheme.command()
@_FILE
@as_json
def check(file: Path, json_wanted: bool) -> None:
    """Check a scheme file and name everything that is wrong with it, each with its place."""
    edition = _parse(file)
    emit(json_wanted, _value(edition), f"{file} is a scheme file.\n\n{_text(edition)}")


@scheme.command()
@folder
@_FILE
@as_json
def publish(folder: Path, file: Path, json_wanted: bool) -> None:
    """Publish the edition of a scheme file; it never changes afterwards."""
    _parse(file)
    with registry_in(folder) as attesto:
        edition, receipt = attesto.register.publish_edition(file.read_bytes())
        value, text = recorded_in(attesto, receipt)
    emit(json_wanted, _value(edition) | value, f"Edition {edition.slug} is published: {text}.")


@scheme.command()
@folder
@_SLUG
@as_json
def show(folder: Path, slug: str, json_wanted: bool) -> None:
    """Show a published edition: profiles, rules, and what the scheme does not make public."""
    with registry_in(folder) as attesto:
        published = attesto.streams.edition(slug)
    closed_on = published.stream.closed_on
    state = f"\nIt takes no new grants since {closed_on}." if closed_on else ""
    emit(json_wanted, _value(published.edition) | {"closed_on": closed_on}, _text(published.edition) + state)


@scheme.command()
@folder
@_SLUG
@as_json
def close(folder: Path, slug: str, json_wanted: bool) -> None:
    """Record that an edition takes no new grants from today on; what was granted stays."""
    with registry_in(folder) as attesto:
        value, text = recorded_in(attesto, attesto.register.close_edition(slug))
    emit(json_wanted, {"edition": slug, **value}, f"Edition {slug} is closed to new grants: {text}.")


@scheme.command()
@folder
@_SLUG
@as_json
def withdraw(folder: Path, slug: str, json_wanted: bool) -> None:
    """Record that its owner withdrew an edition: no new grants from today on; what was granted stays."""
    with registry_in(folder) as attesto:
        value, text = recorded_in(attesto, attesto.register.withdraw_edition(slug))
    emit(json_wanted, {"edition": slug, **value}, f"Edition {slug} is withdrawn: {text}.")


@scheme.command("list")
@folder
@as_json
def list_editions(folder: Path, json_wanted: bool) -> None:
    """List the published editions."""
    with registry_in(folder) as attesto:
        published = [attesto.streams.edition(standing.edition) for standing in caught_up(attesto, "edition")]
    rows = [(p.edition.slug, p.edition.scheme, p.edition.title["en"], p.stream.closed_on or "open") for p in published]
    emit(
        json_wanted,
        {"editions": [_value(p.edition) | {"closed_on": p.stream.closed_on} for p in published]},
        columns(("edition", "scheme", "title", "closed"), rows) if rows else "No edition is published yet.",
    )


def _parse(file: Path) -> Edition:
    try:
        return parse_scheme(file.read_bytes())
    except SchemeFileError as error:
        problems = "\n".join(f"  {problem}" for problem in error.problems)
        raise Failure(f"{file} is not a scheme file:\n{problems}", BAD_INPUT, "SchemeFileError") from error


def _value(edition: Edition) -> dict[str, object]:
    return {
        "edition": edition.slug,
        "scheme": edition.scheme,
        "title": dict(edition.title),
        "profiles": {slug: dict(profile.title) for slug, profile in edition.profiles.items()},
        "rules": format_rules(edition.rules),
        "sha256": edition.sha256,
    }


def _text(edition: Edition) -> str:
    profiles = [(slug, profile.title["it"], profile.title["en"]) for slug, profile in edition.profiles.items()]
    unknown = [(name, gap.reason["en"]) for name, gap in gaps(edition.rules).items()]
    text = f"{edition.slug}, of scheme {edition.scheme}: {edition.title['en']}\n\n"
    text += columns(("profile", "Italian", "English"), profiles)
    return text + ("\n\n" + columns(("not public", "why"), unknown) if unknown else "")
