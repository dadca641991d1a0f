"""The verifier without the registry: its folder copied to another place, nothing else of the product within reach."""

import json
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.verifier.page.translations import compile_translations
from tests.waiting import LONG_SECONDS, eventually

pytestmark = [pytest.mark.journey, pytest.mark.enable_socket]

ROOT: Final = Path(__file__).parents[2]
CORE: Final = ("cryptography", "cbor2", "cffi", "pycparser")
# Run before the verifier: no socket is opened, and in the end every package that was imported is named.
CONFINED: Final = """
import atexit, runpy, sys

def refuse(event, arguments):
    if event.startswith("socket."):
        raise OSError("there is no network here")

def tell():
    names = {name.partition(".")[0] for name, module in sys.modules.items() if module is not None}
    sys.stderr.write(" ".join(sorted(names - sys.stdlib_module_names - {"__main__", "__mp_main__"})))

sys.addaudithook(refuse)
atexit.register(tell)
runpy.run_module("verifier.cli", run_name="__main__", alter_sys=True)
"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry of a few people, built by the real one."""
    folder = tmp_path_factory.mktemp("built") / "demo"
    command = Path(sys.executable).with_name("attesto")
    subprocess.run([command, "demo", folder, "--people", "3", "--no-serve"], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the verifier and nothing else of the product."""
    compile_translations()
    folder = tmp_path_factory.mktemp("alone")
    shutil.copytree(ROOT / "verifier", folder / "verifier", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture(scope="module")
def day(demo: Path) -> str:
    """The day on which the demonstration was built, so that midnight does not matter."""
    (day,) = re.findall(r"Verdicts are for today, (\S+)\.", (demo / "README.md").read_text(encoding="utf-8"))
    return str(day)


def environment(alone: Path, *packages: str) -> dict[str, str]:
    """What a Python process is told: where the verifier is, and where packages are; no path file of theirs is read."""
    return {"PYTHONPATH": ":".join([str(alone), *packages]), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}


def python(
    alone: Path, *arguments: object, interpreter: object = sys.executable, before: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """Python in the folder, without the checkout: -S leaves out what an editable installation adds."""
    command = [*before, str(interpreter), "-S", *map(str, arguments)]
    packages = sysconfig.get_path("purelib") if interpreter == sys.executable else _packages(Path(str(interpreter)))
    return subprocess.run(
        command,
        cwd=alone,
        env=environment(alone, packages),
        capture_output=True,
        text=True,
        check=False,
        timeout=LONG_SECONDS,
    )


def _packages(interpreter: Path) -> str:
    (packages,) = interpreter.parents[1].glob("lib/python*/site-packages")
    return str(packages)


@pytest.mark.parametrize("module", ["registry.bootstrap", "keys.signer"])
def test_neither_registry_nor_keys_are_within_reach(module: str, alone: Path) -> None:
    assert "ModuleNotFoundError" in python(alone, "-c", f"import {module}").stderr
    assert python(alone, "-c", "import verifier.page").stderr == ""


def test_a_bundle_is_checked_with_two_packages_and_no_socket(alone: Path, demo: Path, day: str) -> None:
    bundle = demo / "samples" / "01-in-force.bundle.json"

    ran = python(alone, "-c", CONFINED, bundle, "--trust", demo / "trust.json", "--on", day)

    assert (ran.returncode, ran.stdout.splitlines()[0]) == (0, f"GENUINE AND IN FORCE on {day}")
    assert ran.stdout.count("\n  passed  ") == 12
    imported = set(ran.stderr.split())
    assert {"verifier", "cryptography", "cbor2"} <= imported
    assert {name for name in imported if not name.startswith("_")} <= {"verifier", *CORE}


def test_the_confinement_of_these_tests_confines(alone: Path, demo: Path) -> None:
    ran = python(
        alone, "-c", CONFINED, "0000-0000-00000", "--trust", demo / "trust.json", "--registry", "http://127.0.0.1:9"
    )

    assert ran.returncode == 4
    assert "the registry does not answer" in ran.stdout


def test_a_bundle_is_checked_where_there_is_no_network(alone: Path, demo: Path, day: str) -> None:
    without_network = ("unshare", "--map-root-user", "--net")
    if shutil.which("unshare") is None or subprocess.run([*without_network, "true"], check=False).returncode:
        pytest.skip("NO NETWORK NAMESPACES: that a bundle needs no network is shown by refused sockets only")
    arguments = ("-m", "verifier.cli", "--trust", demo / "trust.json", "--on", day)

    genuine = python(alone, *arguments, demo / "samples" / "01-in-force.bundle.json", before=without_network)
    forged = python(alone, *arguments, demo / "forgeries" / "5-last-event-left-out.bundle.json", before=without_network)

    assert (genuine.returncode, forged.returncode) == (0, 3)


def test_the_core_needs_no_other_package_than_those_it_names(alone: Path, demo: Path, day: str, tmp_path: Path) -> None:
    pinned = (ROOT / "requirements" / "attesto.txt").read_text(encoding="utf-8")
    blocks = [re.search(rf"^{name}==(?:.*\\\n)*.*\n", pinned, re.MULTILINE) for name in CORE]
    (tmp_path / "core.txt").write_text("".join(block[0] for block in blocks if block), encoding="utf-8")
    venv.create(tmp_path / "venv", with_pip=True, symlinks=True)
    interpreter = tmp_path / "venv" / "bin" / "python"
    install = [interpreter, "-m", "pip", "install", "-q", "--require-hashes", "-r", tmp_path / "core.txt"]
    installed = subprocess.run(install, capture_output=True, text=True, check=False)
    if "No matching distribution" in installed.stderr or "ConnectionError" in installed.stderr:
        pytest.skip("NO PACKAGE INDEX ANSWERS: the core was not tried with its own dependencies alone")
    assert installed.returncode == 0, installed.stderr
    samples, trust = demo / "samples", ("--trust", demo / "trust.json", "--on", day)

    bundle = python(alone, "-m", "verifier.cli", samples / "01-in-force.bundle.json", *trust, interpreter=interpreter)
    link = python(
        alone, "-m", "verifier.cli", samples / "09-withdrawn.link.txt", "--registry", demo / "public", *trust,
        interpreter=interpreter,
    )  # fmt: skip
    document = python(alone, "-m", "verifier.cli", samples / "01-in-force.pdf", *trust, interpreter=interpreter)

    assert (bundle.returncode, link.returncode, document.returncode) == (0, 1, 2)
    assert "pip install 'attesto[scan,lists]'" in document.stderr


@contextmanager
def page(alone: Path, demo: Path) -> Iterator[str]:
    """The page, served from the folder; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-S", "-m", "verifier.page", "--public", demo / "public", "--trust", demo / "trust.json"]
    told = environment(alone, sysconfig.get_path("purelib"))
    with subprocess.Popen([*map(str, command), "--port", str(port)], cwd=alone, env=told) as process:
        try:
            _wait_for(f"http://127.0.0.1:{port}/healthz")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def fetched(url: str) -> bytes:
    """What is at that address of our own."""
    with urlopen(url, timeout=LONG_SECONDS) as answer:  # noqa: S310
        content: bytes = answer.read()
    return content


def _wait_for(url: str) -> None:
    def answers() -> bool:
        try:
            fetched(url)
        except (URLError, ConnectionError):
            return False
        return True

    assert eventually(answers), "the page did not answer"


def test_the_page_answers_for_a_number_and_the_command_line_asks_it_for_proofs(
    alone: Path, demo: Path, day: str
) -> None:
    link = (demo / "samples" / "08-suspended.link.txt").read_text(encoding="ascii")
    number = link.partition("/V/")[2].partition("#")[0]

    with page(alone, demo) as address:
        report = json.loads(fetched(f"{address}/V/{number}.json?on={day}"))
        html = fetched(f"{address}/V/{number}?on={day}").decode()
        (demo / "saved.json").write_bytes(fetched(f"{address}/V/{number}/bundle"))
        arguments = ("-m", "verifier.cli", "--trust", demo / "trust.json", "--on", day)
        over_http = python(alone, *arguments, demo / "samples" / "08-suspended.pdf", "--registry", f"{address}/public")
    by_saved_bundle = python(alone, *arguments, demo / "samples" / "08-suspended.pdf", "--bundle", demo / "saved.json")

    assert (report["verdict"], report["answers"][0]["state"]) == ("not_in_force", "suspended")
    assert 'data-result="suspended"' in html
    for ran in (over_http, by_saved_bundle):
        assert (ran.returncode, ran.stdout.splitlines()[0]) == (1, f"SUSPENDED, NOT IN FORCE on {day}"), ran.stderr


def test_every_file_of_the_demonstration_gets_the_exit_code_that_its_readme_promises(
    alone: Path, demo: Path, day: str
) -> None:
    readme = (demo / "README.md").read_text(encoding="utf-8")
    samples = re.findall(r"^\| (\d\d-\S+) .*\((\d)\)", readme, re.MULTILINE)
    forgeries = re.findall(r"^\| (\d-\S+) ", readme, re.MULTILINE)
    promised = {f"samples/{name}": int(code) for name, code in samples}
    promised |= {f"forgeries/{name}": 3 for name in forgeries}
    arguments = ("-m", "verifier.cli", "--json", "--trust", demo / "trust.json", "--registry", demo / "public")

    ran = python(alone, *arguments, "--on", day, *(demo / name for name in promised))

    reports = [json.loads(line) for line in ran.stdout.splitlines()]
    given = {str(Path(report["input"]["name"]).relative_to(demo)): report["exit_code"] for report in reports}
    assert given == promised
    assert set(promised.values()) == {0, 1, 3}
    assert ran.returncode == 3
