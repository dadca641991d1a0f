"""The doctor names what is wrong with a registry, and what to do; a lost guard is adopted with care."""

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.registry.cli.conftest import ROOT, call, done


def wrong(folder: Path) -> dict[str, str]:
    """The checks that say that something is wrong, with what they say."""
    told = call("doctor", folder, "--json")
    checks = json.loads(told.stdout)["checks"]
    found = {check["check"]: f"{check['says']} → {check['advice']}" for check in checks if check["level"] == "WRONG"}
    assert told.exit_code == (1 if found else 0)
    return found


def change(folder: Path, sql: str) -> None:
    with sqlite3.connect(folder / "registry.sqlite") as connection:
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute(sql)
    connection.close()


def alter_row(folder: Path) -> None:
    change(folder, "UPDATE entry SET body = CAST(replace(body, '.', '-') AS BLOB) WHERE leaf_index = 3")


def delete_last_row(folder: Path) -> None:
    change(folder, "DELETE FROM entry WHERE leaf_index = (SELECT max(leaf_index) FROM entry)")


def swap_rows(folder: Path) -> None:
    change(folder, "UPDATE entry SET body = (SELECT e.body FROM entry e WHERE e.leaf_index = 5 - entry.leaf_index) "
                   "WHERE leaf_index IN (2, 3)")  # fmt: skip


def open_secret(folder: Path) -> None:
    (folder / "secrets" / "passphrase").chmod(0o644)


def lose_guard(folder: Path) -> None:
    shutil.rmtree(folder / "guard")
    (folder / "guard").mkdir()


def lose_tile(folder: Path) -> None:
    next((folder / "public" / "tile" / "0").rglob("[0-9]*")).rename(folder / "tile")
    for path in (folder / "public" / "tile" / "0").rglob("*"):
        if path.is_file():
            path.unlink()


def foreign_checkpoint(folder: Path) -> None:
    (folder / "public" / "checkpoint").write_bytes(b"other\n1\nAAAA\n\n")


def erase_behind(folder: Path) -> None:
    (keys,) = (folder / "holder-keys").glob("*.sqlite")
    with sqlite3.connect(folder / "registry.sqlite") as connection:
        holder = connection.execute("SELECT holder FROM holder LIMIT 1").fetchone()
    connection.close()
    with sqlite3.connect(keys) as connection:
        connection.execute("UPDATE holder_key SET wrapped = NULL WHERE holder = ?", holder)
    connection.close()


def lose_key(folder: Path) -> None:
    (folder / "keys" / "odc-uno" / "event-1.pem").unlink()


SICK: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "an altered row": (alter_row, "rows", "do not hash to the log's root"),
    "two rows swapped": (swap_rows, "rows", "do not hash to the log's root"),
    "the last row deleted": (delete_last_row, "guard", "is missing"),
    "a secret open to others": (open_secret, "secrets", "chmod 600"),
    "a lost guard": (lose_guard, "guard", "attesto log adopt-head"),
    "a lost tile": (lose_tile, "published", "attesto publish --all"),
    "a checkpoint that is none": (foreign_checkpoint, "published", ""),
    "a lost key": (lose_key, "keys", "odc-uno has no event key"),
    "an erased person whose rows are back": (erase_behind, "erasures", "1 erased persons are back"),
}


@pytest.mark.parametrize("case", SICK)
def test_what_is_wrong_is_named_with_what_to_do(folder: Path, number: str, case: str) -> None:
    make_sick, check, says = SICK[case]

    make_sick(folder)

    assert says in wrong(folder)[check]


def test_yesterdays_database_is_named_and_nothing_is_signed(folder: Path, number: str, tmp_path: Path) -> None:
    shutil.copy(folder / "registry.sqlite", tmp_path / "yesterday.sqlite")
    done("relinquish", folder, number, "--decider", "D", "--decision", "D")
    for path in folder.glob("registry.sqlite*"):
        path.unlink()
    shutil.copy(tmp_path / "yesterday.sqlite", folder / "registry.sqlite")

    refused = call("reissue", folder, number, "--decision", "D")

    assert "it is older" in wrong(folder)["guard"]
    assert refused.exit_code == 1
    assert "it is older" in refused.stderr


def test_a_registry_in_good_order_has_nothing_wrong(folder: Path, number: str) -> None:
    assert wrong(folder) == {}


def test_a_secret_that_is_mounted_read_only_is_its_hosts_to_close(folder: Path) -> None:
    open_secret(folder)
    script = 'mount --bind $1/secrets $1/secrets && mount -o remount,ro,bind $1/secrets && shift && exec "$@"'
    unshare = ["unshare", "--map-root-user", "--mount", "sh", "-ec", script, "sh", str(folder)]
    if not shutil.which("unshare") or subprocess.run([*unshare, "true"], capture_output=True, check=False).returncode:
        pytest.skip("NO MOUNT CAN BE MADE HERE")
    doctor = [sys.executable, "-c", "from registry.cli import main; main()", "doctor", str(folder), "--json"]

    told = subprocess.run([*unshare, *doctor], capture_output=True, cwd=ROOT, check=False)

    assert told.returncode == 0, told.stdout + told.stderr
    levels = {check["check"]: check["level"] for check in json.loads(told.stdout)["checks"]}
    assert levels["secrets"] == "ok"
    assert "chmod 600" in wrong(folder)["secrets"]


def test_a_warning_is_not_an_error(folder: Path) -> None:
    told = call("doctor", folder)

    assert told.exit_code == 0
    assert "warning" in told.stdout
    assert "nothing is published yet" in told.stdout


def test_a_lost_guard_begins_at_the_head_that_was_published(folder: Path, number: str) -> None:
    size = done("publish", folder)["size"]
    lose_guard(folder)
    assert call("publish", folder).exit_code == 1

    adopted = done("log", "adopt-head", folder)

    assert adopted["size"] == adopted["compared_with"] == size
    assert done("publish", folder)["size"] > size


def test_a_guard_that_is_there_is_not_replaced(folder: Path) -> None:
    told = call("log", "adopt-head", folder, "--unpublished")

    assert told.exit_code == 2
    assert "nothing to adopt" in told.stderr


def test_a_head_is_adopted_unseen_only_when_that_is_said(folder: Path) -> None:
    lose_guard(folder)

    unseen = call("log", "adopt-head", folder)
    said = done("log", "adopt-head", folder, "--unpublished")

    assert unseen.exit_code == 2
    assert "name a mirror with --published, or say --unpublished" in unseen.stderr
    assert said["compared_with"] is None


def test_a_database_older_than_the_published_head_is_not_adopted(folder: Path, number: str, tmp_path: Path) -> None:
    shutil.copy(folder / "registry.sqlite", tmp_path / "yesterday.sqlite")
    done("publish", folder)
    for path in folder.glob("registry.sqlite*"):
        path.unlink()
    shutil.copy(tmp_path / "yesterday.sqlite", folder / "registry.sqlite")
    lose_guard(folder)

    told = call("log", "adopt-head", folder)

    assert told.exit_code == 1
    assert "it is older" in told.stderr
