import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.verifier.page.world import World
from tests.waiting import LONG_SECONDS
from verifier.page.__main__ import main
from verifier.trust import format_trust_root


def test_a_missing_trust_root_stops_with_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["--public", str(tmp_path), "--trust", str(tmp_path / "none.json")], {})

    assert (code, capsys.readouterr().err.count("\n")) == (2, 1)


def test_a_folder_that_is_none_stops_with_one_sentence(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trust = tmp_path / "trust.json"
    trust.write_bytes(format_trust_root(world.trust))

    code = main(["--public", str(tmp_path / "none"), "--trust", str(trust)], {})

    assert (code, capsys.readouterr().err) == (2, f"there is no folder {tmp_path / 'none'}\n")


def test_a_broken_trust_root_stops_with_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trust = tmp_path / "trust.json"
    trust.write_bytes(b"{}")

    code = main([], {"ATTESTO_PUBLIC": str(tmp_path), "ATTESTO_TRUST": str(trust)})

    assert code == 2
    assert capsys.readouterr().err.startswith("not a trust root")


def test_a_setting_that_is_missing_or_no_number_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([], {"ATTESTO_PUBLIC": "x", "ATTESTO_TRUST": "y", "ATTESTO_PORT": "eighty"})

    assert stopped.value.code == 2
    assert "--port" in capsys.readouterr().err


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])  # noqa: S104  refused, not listened on
def test_a_page_that_listens_everywhere_has_to_be_told_its_address(
    host: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["--public", str(tmp_path), "--trust", str(tmp_path / "none.json"), "--host", host], {})

    assert code == 2
    assert capsys.readouterr().err == (f"{host} is no address that visitors see: name the page's own with --address\n")


@pytest.fixture
def served(world: World, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The page as a process of its own: its URL, and the file of all it has said."""
    trust, said = tmp_path / "trust.json", tmp_path / "said.txt"
    trust.write_bytes(format_trust_root(world.trust))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {"ATTESTO_PUBLIC": str(world.public), "ATTESTO_TRUST": str(trust), "ATTESTO_PORT": str(port)}
    with said.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "verifier.page"], env=os.environ | settings, stdout=output, stderr=output
        )
        try:
            yield f"http://127.0.0.1:{port}", said
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=LONG_SECONDS)


def fetch(url: str) -> tuple[int, bytes]:
    end = time.monotonic() + LONG_SECONDS
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url) as answer:  # noqa: S310  a server of our own
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the page does not answer")


@pytest.mark.journey
@pytest.mark.enable_socket
def test_the_served_page_answers_and_says_nothing_of_who_asked(world: World, served: tuple[str, Path]) -> None:
    url, said = served
    number = world.samples["active"].number

    _, health = fetch(f"{url}/healthz")
    _, content = fetch(f"{url}/V/{number}.json")
    fetch(f"{url}/V/{number}")
    fetch(f"{url}/V/{number}x")

    # The world lies in 2029, the process in the present: what it answers depends on when this runs.
    assert json.loads(health)["snapshot_at"] == "2029-02-01T10:00:00Z"
    assert json.loads(content)["browser"]["record"]["body"] == "aurora"
    text = said.read_text()
    assert "Listening" in text
    assert number not in text
    assert not re.search(r"GET|/V/|Python-urllib", text)


@pytest.mark.journey
@pytest.mark.enable_socket
@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Late: ",
        (
            b"POST /check HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=x\r\n"
            b"Content-Length: 900\r\n\r\n--x\r\n"
        ),
    ],
    ids=["says nothing", "ends no header", "ends no body"],
)
def test_whoever_sends_slowly_keeps_nobody_waiting(served: tuple[str, Path], begun: bytes) -> None:
    url, _ = served
    fetch(f"{url}/healthz")
    with ExitStack() as slow:
        for _ in range(70):
            connection = slow.enter_context(socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2]))))
            connection.sendall(begun)

        with urllib.request.urlopen(f"{url}/static/page.css", timeout=20) as answer:  # noqa: S310  a server of our own
            assert answer.status == 200
