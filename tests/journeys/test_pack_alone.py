"""An evidence pack years later: checked by the verifier alone, without network, whatever has happened since."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from tests.journeys.test_verifier_alone import CONFINED, python
from tests.verifier.page.translations import compile_translations

pytestmark = pytest.mark.journey

ROOT: Final = Path(__file__).parents[2]
BODY: Final = "odc-aurora"
SAMPLES: Final = {
    "01-in-force.pdf": "in_force",
    "08-suspended.pdf": "not_in_force",
    "11-superseded.pdf": "superseded",
    "20-annulled.pdf": "not_in_force",
    "22-transferred.pdf": "not_in_force",
    "23-taken-over.pdf": "in_force",
}
FORGERIES: Final = {"1-name-changed.pdf": "forged", "4-never-logged.pdf": "forged"}


def attesto(*arguments: object) -> str:
    command = Path(sys.executable).with_name("attesto")
    ran = subprocess.run([command, *map(str, arguments)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the verifier and nothing else of the product."""
    compile_translations()
    folder = tmp_path_factory.mktemp("alone")
    shutil.copytree(ROOT / "verifier", folder / "verifier", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry of a few people, built by the real one."""
    folder = tmp_path_factory.mktemp("built") / "demo"
    attesto("demo", folder, "--people", "3", "--no-serve")
    return folder


@pytest.fixture(scope="module")
def kept(demo: Path, alone: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a pack, the trust root that it was made with, and that of after all that came."""
    folder = tmp_path_factory.mktemp("kept")
    shutil.copyfile(demo / "trust.json", folder / "then.json")
    given = [*(demo / "samples" / name for name in SAMPLES), *(demo / "forgeries" / name for name in FORGERIES)]
    made = python(
        alone, "-m", "verifier.cli", *given, "--trust", folder / "then.json", "--registry", demo / "public",
        "--pack", folder / "pack.pdf", "--committee", "Commissione", "--cig", "B1A2C3D4E5", "--language", "de",
    )  # fmt: skip
    assert (folder / "pack.pdf").is_file(), made.stderr
    _years_pass(demo)
    shutil.copyfile(demo / "trust.json", folder / "later.json")
    return folder


def _years_pass(demo: Path) -> None:
    """The body's key is replaced, then said to be stolen; the holder of the first certificate is forgotten."""
    listed = json.loads(attesto("key", "list", demo, BODY, "--json"))
    old = next(key["key_id"] for key in _keys(listed) if key["purpose"] == "event")
    attesto("key", "propose", demo, BODY, "event")
    attesto("key", "rotate", demo, BODY, "event")
    size = json.loads((demo / "public" / "trust.json").read_bytes())["as_of_size"]
    attesto("key", "compromised", demo, BODY, "event", "--key-id", old, "--from-entry", size + 2)
    number = (demo / "samples" / "01-in-force.link.txt").read_text().partition("/V/")[2].partition("#")[0]
    attesto("erase", demo, number, "--decider", "DE-06", "--yes")
    attesto("publish", demo)


def _keys(value: Any) -> list[dict[str, Any]]:
    """Every object in a JSON value that describes a key."""
    if isinstance(value, list):
        return [key for inner in value for key in _keys(inner)]
    if isinstance(value, dict):
        return [value] if "key_id" in value else [key for inner in value.values() for key in _keys(inner)]
    return []


def recheck(alone: Path, pack: Path, trust: Path) -> tuple[int, dict[str, Any]]:
    """What the confined verifier says of a pack."""
    ran = python(alone, "-c", CONFINED, "pack", pack, "--trust", trust, "--json")
    return ran.returncode, json.loads(ran.stdout) if ran.stdout else {"said": ran.stderr}


def test_a_later_trust_root_knows_of_a_new_key_and_of_the_theft_of_the_old_one(kept: Path) -> None:
    then, later = (json.loads((kept / name).read_bytes())["bodies"][BODY] for name in ("then.json", "later.json"))

    assert len(later["keys"]) == len(then["keys"]) + 1
    assert any(key["doubtful_from"] is not None for key in later["keys"])
    assert all(key["doubtful_from"] is None for key in then["keys"])


@pytest.mark.parametrize("trust", ["then.json", "later.json"])
def test_a_pack_gives_its_verdicts_again_without_registry_keys_and_network(trust: str, alone: Path, kept: Path) -> None:
    code, said = recheck(alone, kept / "pack.pdf", kept / trust)

    assert (code, said["altered"], said["own_trust_root"]) == (0, None, trust == "then.json"), said
    assert [item["verdict"] for item in said["items"]] == [*SAMPLES.values(), *FORGERIES.values()]
    assert all(item["same"] and item["proven"] for item in said["items"])
    assert said["printed"] == "passed"


def test_what_the_pack_remembers_the_registry_has_forgotten(alone: Path, kept: Path, demo: Path) -> None:
    number = (demo / "samples" / "01-in-force.link.txt").read_text().partition("/V/")[2].partition("#")[0]

    ran = python(alone, "-m", "verifier.cli", number, "--trust", kept / "later.json", "--registry", demo / "public")

    assert (ran.returncode, ran.stdout.splitlines()[0].partition(" on ")[0]) == (4, "ERASED")


@pytest.mark.parametrize("place", [0, 1000, -1000, -1])
def test_a_pack_with_one_byte_changed_is_refused(place: int, alone: Path, kept: Path, tmp_path: Path) -> None:
    altered = bytearray((kept / "pack.pdf").read_bytes())
    altered[place] ^= 1
    (tmp_path / "pack.pdf").write_bytes(altered)

    code, said = recheck(alone, tmp_path / "pack.pdf", kept / "then.json")

    assert (code, said["items"]) == (3, [])
    assert "altered" in said["altered"]
