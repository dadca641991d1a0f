"""Our own processes find our program and nothing of ours beside it."""

import json
import subprocess
from pathlib import Path

import pytest

from verifier.child import command, environment

_MAIN = """
import json, os, sys
def main():
    json.dump({"environment": dict(os.environ), "isolated": sys.flags.isolated}, sys.stdout)
"""


def test_a_process_runs_a_module_that_we_find_and_sees_only_what_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "told.py").write_text(_MAIN, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("ATTESTO_PASSPHRASE", "secret")

    said = subprocess.run(command("told"), env=environment(LEVEL="7"), capture_output=True, check=True).stdout

    found = json.loads(said)
    assert found["isolated"] == 1
    assert found["environment"].get("LEVEL") == "7"
    assert "secret" not in said.decode()
