"""The commands ``attesto scheme``."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from registry.bootstrap import Attesto
from registry.cli.exits import BAD_INPUT, Failure
from registry.cli.options import as_json, folder, registry_in
from registry.cli.output import columns, emit
from registry.cli.register import caught_up, recorded_in
from registry.cli.teaching import TeachingGroup
from registry.commands.problem import Problem
from registry.commands.scheme_difference import compare_scheme_files
from registry.commands.scheme_file import SchemeFileError, parse_scheme
from registry.commands.scheme_matrix import requirement_matrix
from registry.commands.scheme_overlap import find_overlaps, find_unknown_origins
from registry.commands.scheme_rules import format_rules
from registry.domain.beside import ended
from registry.domain.edition import Edition, gaps
from verifier.encoding import Json

_DIFFERENT = 1
_Problems = Mapping[Path, Sequence[Problem]]
_FILE = click.argument("file", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False))
_REGISTRY = click.option(
    "--in", "place", metavar="DIR", type=click.Path(path_type=Path, file_okay=False), help="The folder of a registry."
)
_SLUG = click.argument("slug", metavar="EDITION")


@click.group(cls=TeachingGroup)
def scheme() -> None:
    """Scheme editions: profiles and rules, as data. docs/formats/scheme.md describes the file.

    Examples:
        attesto scheme check schemes/demo-2026.json schemes/demo-2027.json
        attesto scheme diff schemes/demo-2026.json schemes/demo-2027.json
        attesto scheme publish ./registry schemes/demo-2026.json
        attesto scheme close ./registry demo-2026
        attesto scheme withdraw ./registry demo-2026
    """


@scheme.command()
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@_REGISTRY
@as_json
def check(files: tuple[Path, ...], place: Path | None, json_wanted: bool) -> None:
    """Check scheme files, alone and with each other, and name everything that is wrong, each with its place.

    With --in DIR they are held against the editions that are published there, too.
    """
    editions, broken = _read(files)
    published = [] if place is None else _published_in(place)
    known = [*editions.values(), *published]
    unfit = {file: _problems(file, edition, known, place is not None) for file, edition in editions.items()}
    _refuse(broken, unfit)
    emit(
        json_wanted,
        {"editions": [_value(edition) for edition in editions.values()]},
        "\n\n".join(f"{file} is a scheme file.\n\n{_text(edition)}" for file, edition in editions.items()),
    )


@scheme.command()
@folder
@_FILE
@as_json
def publish(folder: Path, file: Path, json_wanted: bool) -> None:
    """Publish the edition of a scheme file; it never changes afterwards."""
    edition = _parse(file)
    with registry_in(folder) as attesto:
        attesto.register.check_new_edition(edition)
        _refuse({}, {file: _problems(file, edition, _published(attesto), True)})
        edition, receipt = attesto.register.publish_edition(file.read_bytes())
        value, text = recorded_in(attesto, receipt)
    emit(json_wanted, _value(edition) | value, f"Edition {edition.slug} is published: {text}.")


@scheme.command()
@folder
@_SLUG
@as_json
def show(folder: Path, slug: str, json_wanted: bool) -> None:
    """Show a published edition: profiles, rules, requirements, and what the scheme does not make public."""
    with registry_in(folder) as attesto:
        published = attesto.streams.edition(slug)
        rows = requirement_matrix(attesto.streams.scheme_file(published.stream.sha256))
    closed_on = published.stream.closed_on
    state = f"\nIt takes no new grants since {closed_on}." if closed_on else ""
    emit(
        json_wanted,
        _value(published.edition) | {"matrix": rows, "closed_on": closed_on},
        _text(published.edition) + _matrix_text(published.edition, rows) + state,
    )


@scheme.command()
@click.argument("older", metavar="OLD")
@click.argument("newer", metavar="NEW")
@_REGISTRY
@as_json
@click.pass_context
def diff(ctx: click.Context, older: str, newer: str, place: Path | None, json_wanted: bool) -> None:
    """Compare two editions, each a scheme file or, with --in DIR, the slug of one that is published there.

    It names what was added, removed and changed: profiles, tasks, knowledge, skills, levels and rules. The exit code
    is 0 where nothing differs but the slug, and 1 where something does.
    """
    found = compare_scheme_files(_content(older, place), _content(newer, place))
    text = "\n".join(map(str, found)) or f"{older} and {newer} say the same."
    emit(json_wanted, {"differences": found}, text)
    ctx.exit(_DIFFERENT if found else 0)


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
    editions, broken = _read((file,))
    _refuse(broken, {})
    return editions[file]


def _read(files: tuple[Path, ...]) -> tuple[dict[Path, Edition], _Problems]:
    """The editions, those of contradictory files among them, and what is wrong with each file alone."""
    editions, broken = {}, {}
    for file in files:
        try:
            editions[file] = parse_scheme(file.read_bytes())
        except SchemeFileError as error:
            broken[file] = error.problems
            if error.edition is not None:
                editions[file] = error.edition
    return editions, broken


def _refuse(broken: _Problems, unfit: _Problems) -> None:
    told = [*_told(broken, "is not a scheme file"), *_told(unfit, "does not fit")]
    if told:
        raise Failure("\n".join(told), BAD_INPUT, "SchemeFileError" if broken else "EditionOverlapError")


def _told(problems: _Problems, what: str) -> list[str]:
    return [f"{file} {what}:\n" + "\n".join(f"  {p}" for p in found) for file, found in problems.items() if found]


def _problems(file: Path, edition: Edition, others: Sequence[Edition], all_known: bool) -> list[Problem]:
    content = file.read_bytes()
    # Without a registry nobody can say which earlier editions there are.
    unknown = find_unknown_origins(content, edition, others) if all_known else []
    return sorted(find_overlaps(content, edition, others) + unknown)


def _published(attesto: Attesto) -> list[Edition]:
    editions = [attesto.streams.edition(standing.edition) for standing in caught_up(attesto, "edition")]
    return [ended(published.edition, published.stream.closed_on) for published in editions]


def _published_in(place: Path) -> list[Edition]:
    with registry_in(place) as attesto:
        return _published(attesto)


def _content(named: str, place: Path | None) -> bytes:
    file = Path(named)
    if file.is_file():
        _parse(file)
        return file.read_bytes()
    if place is None:
        raise Failure(f"{named} is no file; an edition's slug needs --in DIR", BAD_INPUT, "UnknownError")
    with registry_in(place) as attesto:
        return attesto.streams.scheme_file(attesto.streams.edition_stream(named).aggregate.sha256)


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


def _matrix_text(edition: Edition, rows: Sequence[Mapping[str, Json]]) -> str:
    if not rows:
        return ""
    cells = [(row["kind"], row["slug"], *_levels(edition, row["levels"])) for row in rows]
    return "\n\n" + columns(("requires", "", *edition.profiles), cells)


def _levels(edition: Edition, levels: Json) -> list[Json]:
    return [levels.get(slug, "-") if isinstance(levels, dict) else "-" for slug in edition.profiles]
