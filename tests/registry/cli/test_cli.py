"""The command line as a whole: help, errors in one sentence, exit codes, settings."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from keys.errors import PassphraseError
from registry.cli import main
from registry.cli.exits import exit_code
from registry.domain.errors import FourEyesError
from registry.errors import (
    CommitUnknownError,
    CsvError,
    ForeignError,
    ForkError,
    IdempotencyError,
    SettingError,
    StoreUnavailableError,
    TamperedError,
    UnknownError,
)
from tests.registry.cli.conftest import SCHEME, call, done
from verifier.errors import AttestoError, FormatError, NotFoundError, SignatureError, UnavailableError

CODES: dict[type[AttestoError], int] = {
    FourEyesError: 1,
    ForeignError: 1,
    IdempotencyError: 1,
    ForkError: 1,
    TamperedError: 1,
    SignatureError: 1,
    SettingError: 2,
    FormatError: 2,
    PassphraseError: 2,
    UnknownError: 2,
    CsvError: 2,
    UnavailableError: 4,
    NotFoundError: 4,
    StoreUnavailableError: 4,
    CommitUnknownError: 4,
}


@pytest.mark.parametrize("error", CODES)
def test_an_error_has_the_exit_code_of_its_kind(error: type[AttestoError]) -> None:
    assert exit_code(error("a sentence")) == CODES[error]


def test_help_names_every_command_and_imports_none() -> None:
    script = (
        "import sys; from registry.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted(n for n in ('rich', 'cryptography', 'eventsourcing', 'typst', 'flask') if n in sys.modules))\n"
    )

    told = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True).stdout

    assert told.splitlines()[-1] == "[]"
    assert all(f"\n  {name} " in told for name in main.list_commands(None))  # type: ignore[arg-type]


def tree(group: click.Group, *above: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command below a group, with the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*above, name), command
        if isinstance(command, click.Group):
            yield from tree(command, *above, name)


COMMANDS = {" ".join(words): command for words, command in tree(main)}


@pytest.mark.parametrize("command", [words for words in COMMANDS if " " not in words])
def test_the_help_of_a_command_teaches_with_an_example(command: str) -> None:
    told = call(command, "--help")

    assert told.exit_code == 0
    assert f"attesto {command} " in told.output


@pytest.mark.parametrize("command", [words for words, made in COMMANDS.items() if not isinstance(made, click.Group)])
def test_every_command_but_serve_answers_programs(command: str) -> None:
    options = [name for parameter in COMMANDS[command].params for name in parameter.opts]

    assert ("--json" in options) == (command != "serve")
    assert "Every command but serve takes --json" in call("--help").output


def test_the_tree_holds_what_the_root_lists_and_what_lies_below() -> None:
    assert {"serve", "token add", "home sign", "submit", "log adopt-head"} <= COMMANDS.keys()


def test_an_unknown_command_is_bad_usage() -> None:
    assert call("dissolve").exit_code == 2


@pytest.mark.parametrize(
    "typed",
    [
        ["due", "FOLDER", "--body", "odc-uno\udcff"],
        ["exam", "list", "FOLDER", "--body", "\udcff"],
        ["annul", "FOLDER", "NUMBER", "--decider", "DE-0\udcff", "--decision", "DEL-1", "--reason", "fraud"],
    ],
)
def test_what_is_not_utf_8_is_bad_usage_in_every_place(typed: list[str], certified: tuple[Path, str]) -> None:
    folder, number = certified

    result = call(*({"FOLDER": folder, "NUMBER": number}.get(word, word) for word in typed))

    assert result.exit_code == 2
    assert "is not UTF-8" in result.stderr


def test_a_folder_without_registry_is_named_in_one_sentence(tmp_path: Path) -> None:
    told = call("publish", tmp_path)

    assert told.exit_code == 2
    assert told.stderr == f"attesto: there is no registry in {tmp_path}: make one with 'attesto init {tmp_path}'\n"
    assert told.stdout == ""


def test_a_program_gets_the_error_as_json(tmp_path: Path) -> None:
    told = call("publish", tmp_path, "--json")

    assert json.loads(told.stdout)["error"]["kind"] == "SettingError"


def test_a_registry_is_made_once(folder: Path) -> None:
    again = call("init", folder, "--origin", "cli.example/log", "--address", "https://cli.example")

    assert again.exit_code == 2
    assert "there is a registry" in again.stderr


def test_a_registry_whose_making_stopped_half_way_can_be_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = (tmp_path / "new", "--origin", "cli.example/log", "--address", "https://cli.example")
    monkeypatch.setenv("ATTESTO_DATABASE_URL", f"sqlite:///{tmp_path}/no/such/folder/db.sqlite")
    stopped = call("init", *new)
    monkeypatch.delenv("ATTESTO_DATABASE_URL")

    done("init", *new)

    assert stopped.exit_code == 4
    assert call("doctor", tmp_path / "new", "--json").exit_code == 0


def test_a_registry_that_is_killed_after_its_first_commit_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    done("init", folder, "--origin", "cli.example/log", "--address", "https://cli.example")
    shutil.copytree(folder / "guard", tmp_path / "guard")
    done("scheme", "publish", folder, SCHEME)
    # As if the guard had not been moved yet when the process was killed.
    shutil.copytree(tmp_path / "guard", folder / "guard", dirs_exist_ok=True)

    done("publish", folder)


@pytest.mark.parametrize(
    ("origin", "address", "reason"),
    [
        ("HTTPS://Example/Log", "https://cli.example", "setting origin is a name like"),
        ("cli.example/log", "ftp://cli.example", "setting address is a URL like"),
    ],
)
def test_a_setting_that_is_none_is_refused(tmp_path: Path, origin: str, address: str, reason: str) -> None:
    told = call("init", tmp_path / "new", "--origin", origin, "--address", address)

    assert told.exit_code == 2
    assert reason in told.stderr


def test_an_unknown_setting_is_named(folder: Path) -> None:
    with (folder / "attesto.toml").open("a", encoding="utf-8") as file:
        file.write('colour = "red"\n')

    told = call("publish", folder)

    assert told.exit_code == 2
    assert "there is no setting colour" in told.stderr


def test_a_database_that_does_not_answer_is_unavailable(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ATTESTO_DATABASE_URL", f"sqlite:///{tmp_path}/no/such/folder/db.sqlite")

    told = call("publish", folder)

    assert told.exit_code == 4
    assert told.stderr.count("\n") == 1


def test_a_wrong_passphrase_is_named(folder: Path) -> None:
    (folder / "secrets" / "passphrase").write_text("another\n", encoding="ascii")

    told = call("body", "list", folder)

    assert told.exit_code == 2
    assert "passphrase" in told.stderr


def test_publishing_writes_what_an_audit_accepts(folder: Path, number: str) -> None:
    made = done("publish", folder)
    audited = done("audit", folder / "public", "--trust", folder / "trust.json")

    assert made["size"] == audited["size"]
    assert audited["findings"] == []
    assert audited["counts"]["record"] == 3
    assert set(audited["checks"].values()) == {"passed"}


def test_lost_public_files_are_written_again(folder: Path, number: str) -> None:
    done("publish", folder)
    for path in (folder / "public").rglob("*"):
        if path.is_file():
            path.unlink()

    done("publish", folder, "--all")

    assert call("audit", folder / "public", "--trust", folder / "trust.json").exit_code == 0


def test_an_audit_that_finds_something_exits_with_3_and_names_it(folder: Path, number: str) -> None:
    done("publish", folder)
    record = next((folder / "public" / "record").glob("*/*"))
    record.write_bytes(record.read_bytes().replace(b'"stream":"', b'"stream":"0', 1))

    told = call("audit", folder / "public", "--trust", folder / "trust.json")

    assert told.exit_code == 3
    assert "record: record/" in told.stdout
    assert "The registry's files do not hold." in told.stdout


def test_what_is_registered_and_not_published_yet_is_nothing_that_an_audit_holds_against_the_log(
    folder: Path, number: str
) -> None:
    done("body", "add", folder, "odc-due", "--name", "OdC Due", "--website", "https://due.example")

    result = call("audit", folder / "public", "--trust", folder / "trust.json")

    assert result.exit_code == 4, result.output
    assert "FAILED" not in result.output
    assert "newer than what is published" in result.output
    done("publish", folder)
    assert call("audit", folder / "public", "--trust", folder / "trust.json").exit_code == 0


def test_an_audit_of_withheld_files_exits_with_4(folder: Path, number: str) -> None:
    done("publish", folder)
    (folder / "public" / "body" / "odc-uno").unlink()

    told = call("audit", folder / "public", "--trust", folder / "trust.json")

    assert told.exit_code == 4
    assert "not everything could" in told.stdout


def test_a_broken_trust_root_is_bad_input(folder: Path, tmp_path: Path) -> None:
    done("publish", folder)
    (tmp_path / "trust.json").write_bytes(b"{}")

    assert call("audit", folder / "public", "--trust", tmp_path / "trust.json").exit_code == 2
