"""A page that seals: an evidence pack comes sealed over HTTP, and holds; or the page does not start."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.benchmarks.worlds import grant_all, people, registry
from tests.seals import PASSPHRASE, Authority, now
from tests.waiting import LONG_SECONDS
from verifier.trust import format_trust_root

pytestmark = [pytest.mark.journey, pytest.mark.enable_socket]


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    """What the page's environment names: a registry with one certification, and a seal that the trust root knows."""
    authority = Authority(now())
    identity = authority.seal_identity()
    with registry(tmp_path / "registry") as attesto:
        (recorded,) = grant_all(attesto, list(people(attesto, 1)))
        attesto.publisher.publish()
        public = attesto.settings.path(attesto.settings.public_folder)
        trust = replace(attesto.trust_root(), seal_roots=(authority.root.der,))
    files = {
        "seal_key_file": identity.key_pem,
        "seal_passphrase_file": PASSPHRASE,
        "seal_certificate_file": identity.pem,
        "seal_roots_file": authority.root.pem,
        "trust": format_trust_root(trust),
    }
    for name, content in files.items():
        (tmp_path / name).touch(mode=0o600)
        (tmp_path / name).write_bytes(content)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    named = {f"ATTESTO_{name.upper()}": str(tmp_path / name) for name in files}
    return named | {"ATTESTO_PUBLIC": str(public), "ATTESTO_PORT": str(port), "NUMBER": recorded.number}


@pytest.fixture
def url(settings: Mapping[str, str]) -> Iterator[str]:
    page = start(settings)
    try:
        yield f"http://127.0.0.1:{settings['ATTESTO_PORT']}"
    finally:
        page.send_signal(signal.SIGTERM)
        page.communicate(timeout=LONG_SECONDS)


def start(settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "verifier.page"]
    return subprocess.Popen(command, env=os.environ | settings, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def post(url: str, fields: Mapping[str, str]) -> bytes:
    end = time.monotonic() + LONG_SECONDS
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, urllib.parse.urlencode(fields).encode()) as answer:  # noqa: S310  our own
                content: bytes = answer.read()
                return content
        except urllib.error.HTTPError:
            raise
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the page does not answer")


def test_a_pack_comes_sealed_and_is_checked_again(url: str, settings: Mapping[str, str], tmp_path: Path) -> None:
    pack = tmp_path / "pack.pdf"
    pack.write_bytes(post(f"{url}/pack", {"number": settings["NUMBER"]}))

    program = Path(sys.executable).with_name("attesto-verify")
    command = [program, "pack", pack, "--trust", settings["ATTESTO_TRUST"], "--json"]
    checked = subprocess.run(command, capture_output=True, check=False)

    said = json.loads(checked.stdout)
    assert (checked.returncode, said["altered"], said["printed"]) == (0, None, "passed")
    assert [item["verdict"] for item in said["items"]] == ["in_force"]
    (seal,) = said["seals"]
    assert (seal["signer"], seal["whole"], seal["outcome"]) == ("Registro di prova", True, "passed")


def test_a_page_whose_seal_cannot_be_used_does_not_start(settings: dict[str, str]) -> None:
    Path(settings["ATTESTO_SEAL_PASSPHRASE_FILE"]).write_bytes(b"another")

    page = start(settings)
    _, said = page.communicate(timeout=LONG_SECONDS)

    assert page.returncode == 2
    assert said.decode().startswith("documents cannot be sealed: seal key file ")
    assert said.count(b"\n") == 1
