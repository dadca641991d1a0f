"""The command ``attesto demo`` goes on with what is whole, and with nothing else."""

from pathlib import Path

import pytest

from tests.registry.cli.conftest import call


@pytest.mark.parametrize(
    ("origin", "says"),
    [
        ("demo.attesto.example/log", "the demonstration in {} is incomplete: remove it and begin again"),
        ("registry.example/log", "the registry in {} is no demonstration"),
    ],
)
def test_what_is_no_whole_demonstration_is_neither_published_nor_served(
    folder: Path, monkeypatch: pytest.MonkeyPatch, origin: str, says: str
) -> None:
    monkeypatch.setenv("ATTESTO_ORIGIN", origin)

    told = call("demo", folder, "--no-serve")

    assert (told.exit_code, told.stdout, told.stderr) == (2, "", f"attesto: {says.format(folder)}\n")


def test_a_demonstration_that_is_whole_is_published_anew(folder: Path) -> None:
    (folder / "README.md").write_text("what there is")

    told = call("demo", folder, "--no-serve")

    assert (told.exit_code, told.stderr) == (0, "")
    assert "is published anew" in told.stdout
