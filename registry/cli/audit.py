"""The command ``attesto audit``."""

from collections.abc import Iterator
from pathlib import Path

import click

from registry.bootstrap import now
from registry.cli.options import as_json
from registry.cli.output import columns, counted, emit
from registry.cli.progress import progress
from registry.cli.teaching import TeachingCommand
from verifier.audit import Audit
from verifier.audit import audit as replay
from verifier.audit.findings import CHECKS
from verifier.audit.hashes import audit_hashes
from verifier.audit.statements import Stated
from verifier.fetch import open_source
from verifier.report import Outcome
from verifier.trust import parse_trust_root

_COUNTED = {
    "events": "events", "times": "time entries", "snapshots": "snapshots", "statements": "statements",
    "certification": "certifications", "body": "bodies", "edition": "editions", "record": "certifications' records",
}  # fmt: skip
_MARKS = {Outcome.PASSED: "ok", Outcome.FAILED: "FAILED", Outcome.NOT_CHECKED: "not checked"}


@click.command(cls=TeachingCommand)
@click.argument("public", metavar="PUBLIC")
@click.option(
    "--trust", required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False), help="The trust root."
)
@click.option("--hashes", is_flag=True, help="Check by hashes alone: many times faster, and no event's signature.")
@as_json
def audit(public: str, trust: Path, hashes: bool, json_wanted: bool) -> None:
    """Replay everything from the public files alone, as any outsider can.

    PUBLIC is a registry's public folder or its URL.

    Examples:
        attesto audit ./registry/public --trust trust.json
        attesto audit https://registry.example.org/public --trust trust.json
        attesto audit ./registry/public --trust trust.json --hashes

    Every entry is hashed and its signature checked; tree, streams, keys and snapshots are made anew, and every public
    file must agree with them. The records of certifications lie under hashes of their numbers, and nobody lists these
    over a URL: there they are not checked, and the exit code is 4. Of a folder they are checked one and all. Exit code
    0: nothing found; 3: something failed; 4: something is withheld, or could not be checked.

    With --hashes: every entry's octets, the tiles, the tree, every stream's chain, the times and the snapshots. Who
    signed an event and whether it was allowed are not checked, so that the exit code is 3 or 4 and never 0.
    """
    root = parse_trust_root(trust.read_bytes())
    source = open_source(public)
    with progress() as tell:
        if hashes:
            made = audit_hashes(source, root, tell, now())
        else:
            made = replay(source, root, None if "://" in public else _records(Path(public)), tell, now())
    emit(json_wanted, _value(made), _text(made))
    raise click.exceptions.Exit(made.exit_code)


def _records(public: Path) -> Iterator[str]:
    """The records' paths, without what a publisher has half written."""
    for place in sorted(public.glob("record/*")):
        for path in sorted(place.glob("[!.]*")):
            yield path.relative_to(public).as_posix()


def _value(made: Audit) -> dict[str, object]:
    return {
        "origin": made.origin,
        "size": made.size,
        "root_hash": made.root_hash,
        "counts": made.counts,
        "checks": {name: made.outcomes[name] for name in CHECKS},
        "findings": list(made.findings),
        "statements": [_stated(stated) for stated in made.statements],
        "unlisted": made.unlisted,
        "exit_code": int(made.exit_code),
    }


def _stated(stated: Stated) -> dict[str, object]:
    scope, count = stated.statement.scope, stated.statement.count
    return {
        "body": scope.body,
        "scheme": scope.scheme,
        "granted": count.granted,
        "in_force": count.in_force,
        "on": scope.on,
        "size": scope.size,
        "entry": stated.index,
    }


def _stated_text(stated: Stated) -> str:
    scope, count = stated.statement.scope, stated.statement.count
    granted = counted(count.granted, "certification", "certifications")
    return (
        f"{scope.body} states for {scope.scheme}: {granted} granted, {count.in_force:,} in "
        f"force on {scope.on}, as of the first {scope.size:,} entries (entry {stated.index})"
    )


def _text(made: Audit) -> str:
    counts = ", ".join(f"{_COUNTED[name]} {count:,}" for name, count in made.counts.items())
    rows = [(name, _MARKS[made.outcomes[name]], says) for name, says in CHECKS.items()]
    lines = [f"{made.origin}: {made.size:,} entries ({counts})", "", columns(("check", "", "what it says"), rows), ""]
    lines += [str(finding) for finding in made.findings]
    lines += [f"… and {made.unlisted:,} more"] if made.unlisted else []
    lines += [*map(_stated_text, made.statements), ""] if made.statements else []
    return "\n".join([*lines, _verdict(made)])


def _verdict(made: Audit) -> str:
    if Outcome.FAILED in made.outcomes.values():
        return "The registry's files do not hold."
    if Outcome.NOT_CHECKED in made.outcomes.values():
        return "Nothing is wrong with what could be checked, but not everything could."
    return "Everything holds."
