"""The command ``attesto demo``."""

import shutil
import sys
from pathlib import Path

import click

from registry.cli.documents import check_printable, write_token
from registry.cli.options import as_json, registry_in
from registry.cli.output import columns, emit
from registry.cli.progress import progress
from registry.cli.teaching import TeachingCommand
from registry.demonstration.build import LAST_FILE, ORIGIN, Demonstration, build
from registry.documents.symbol import certificate_link
from registry.errors import SettingError
from registry.settings import SETTINGS_FILE, read_settings
from verifier.number import group_number
from verifier.page.serve import Serving, serve


@click.command(cls=TeachingCommand)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--people", default=1000, show_default=True, type=click.IntRange(1, 1_000_000), help="How many to certify."
)
@click.option("--no-serve", is_flag=True, help="Build, and do not serve.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Serve on 127.0.0.1 and this."
)
@as_json
def demo(folder: Path, people: int, no_serve: bool, port: int, json_wanted: bool) -> None:
    """Build a demonstration registry in DIR, with made-up people, and serve its page.

    Examples:
        attesto demo ./demo
        attesto demo ./demo --people 20000 --no-serve

    DIR/samples holds a certificate of every status and condition, DIR/forgeries five forgeries, DIR/README.md says what
    each is and what verdict to expect. A demonstration that is there already is published anew and served.
    """
    address = f"http://127.0.0.1:{port}"
    if (folder / SETTINGS_FILE).exists():
        _check_whole(folder)
        _publish(folder, json_wanted)
    else:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with progress() as tell:
            made = build(folder, people, address, check_printable, write_token, tell)
        emit(json_wanted, _value(made, address), _text(made, address))
    if not no_serve:
        _serve(folder, port)


def _check_whole(folder: Path) -> None:
    if (folder / LAST_FILE).exists():
        return
    # Nobody is told to remove a registry in earnest.
    if read_settings(folder).origin != ORIGIN:
        raise SettingError(f"the registry in {folder} is no demonstration")
    raise SettingError(f"the demonstration in {folder} is incomplete: remove it and begin again")


def _publish(folder: Path, json_wanted: bool) -> None:
    with registry_in(folder) as attesto, progress() as tell:
        made = attesto.publisher.publish(tell)
        attesto.write_trust_root()
    emit(json_wanted, {"folder": str(folder), "size": made.size}, f"The demonstration in {folder} is published anew.")


def _serve(folder: Path, port: int) -> None:
    settings = read_settings(folder)
    public, trust = settings.path(settings.public_folder), settings.path(settings.trust_file)
    serve(Serving(str(public), trust, "127.0.0.1", port, settings.address, workers=1))


def _value(made: Demonstration, address: str) -> dict[str, object]:
    return {
        "folder": str(made.folder),
        "address": address,
        "people": made.people,
        "samples": [
            {
                "name": s.name,
                "number": s.number,
                "verdict": s.verdict,
                "link": certificate_link(address, s.number, s.token),
            }
            for s in made.samples
        ],
        "forgeries": [{"name": f.name, "caught_by": f.caught_by} for f in made.forgeries],
    }


def _text(made: Demonstration, address: str) -> str:
    rows = [(group_number(s.number), s.verdict.replace("_", " "), f"{s.name}.pdf") for s in made.samples]
    verify, attesto = _command("attesto-verify"), _command("attesto")
    checked = f"--trust {made.folder}/trust.json --registry {made.folder}/public"
    return "\n".join(
        [
            f"{made.people:,} people are certified in {made.folder}; {made.folder}/README.md says what there is.",
            "",
            columns(("number", "verdict", "certificate, in samples/"), rows),
            "",
            f"Open {address} and type a number, or try:",
            f"  {verify} {made.folder}/samples/01-in-force.pdf {checked}",
            f"  {verify} {made.folder}/forgeries/4-never-logged.pdf {checked}",
            f"  {attesto} audit {made.folder}/public --trust {made.folder}/trust.json",
        ]
    )


def _command(name: str) -> str:
    """How the reader can call a command that came with this one: by its name where the path has it."""
    return name if shutil.which(name) else str(Path(sys.argv[0]).with_name(name))
