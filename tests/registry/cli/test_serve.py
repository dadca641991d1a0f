"""`attesto serve` as a process: what it answers, what it says, and how it ends."""

import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import pytest

from tests.registry.cli.conftest import done
from tests.verifier.page.translations import compile_translations
from tests.waiting import LONG_SECONDS, eventually

pytestmark = [pytest.mark.journey, pytest.mark.enable_socket]
ATTESTO: Final = Path(sys.executable).with_name("attesto")
GRANT: Final = {
    "edition": "demo-2026",
    "profile": "addetto",
    "person": {"name": "Zoë D'Angelo-Ñandú"},
    "case": {"decider": "DE-06", "examiners": ["ES-05"]},
    "exam": "ESA-1",
    "received": ["domanda", "esperienza"],
    "decision": "DEL-1",
}


@dataclass
class Served:
    """A registry that is served: its process, its port, its token, the file of all it says."""

    process: subprocess.Popen[bytes]
    port: int
    token: str
    said: Path

    def ask(self, method: str, path: str, content: object = None, key: str = "") -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LONG_SECONDS)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", "Idempotency-Key": key}
        connection.request(method, path, json.dumps(content).encode() if content else None, headers if content else {})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, json.loads(body) if "json" in answer.headers["Content-Type"] else body

    def healthy(self) -> bool:
        try:
            return self.ask("GET", "/healthz")[0] == 200
        except OSError:
            return False

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=LONG_SECONDS)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def served(folder: Path, tmp_path: Path) -> Iterator[Served]:
    compile_translations()
    token = done("token", "add", folder, "--body", "odc-uno", "--label", "software")["token"]
    port, said = free_port(), tmp_path / "said.txt"
    with said.open("wb") as output:
        process = subprocess.Popen([ATTESTO, "serve", folder, "--port", str(port)], stdout=output, stderr=output)
    made = Served(process, port, token, said)
    try:
        assert eventually(lambda: process.poll() is not None or made.healthy()), said.read_text()
        assert process.poll() is None, said.read_text()
        yield made
    finally:
        process.kill()
        process.wait()


def test_it_serves_page_files_and_api_publishes_and_ends_when_told(served: Served, folder: Path) -> None:
    status, granted = served.ask("POST", "/api/v1/certifications", GRANT, "key-1")
    number = granted["number"]
    served.ask("POST", f"/api/v1/certifications/{number}/relinquish", {"decision": "D", "decider": "DE-06"}, "key-2")

    def seen() -> bool:
        return bool(served.ask("GET", f"/V/{number}.json")[1].get("verdict") == "not_in_force")

    assert (status, eventually(seen)) == (201, True)
    assert served.ask("GET", "/public/checkpoint")[1] == (folder / "public" / "checkpoint").read_bytes()
    assert b"<html" in served.ask("GET", "/")[1]
    assert served.stop() == 0
    said = served.said.read_text()
    assert "published" in said
    assert not re.search(rf"GET|POST|/V/|{number}|{served.token}|Zoë|WARNING|ERROR|Traceback", said)


def test_its_page_answers_whether_a_name_matches_and_says_nothing_of_it(served: Served) -> None:
    number = served.ask("POST", "/api/v1/certifications", GRANT, "key-1")[1]["number"]

    same, other = (name_asked(served.port, number, name) for name in ("D'ANGELO-ÑANDÚ ZOË", "Zoë Rossi"))

    assert same == (200, {"outcome": "same_but", "overlooked": ["case", "order"]})
    assert other == (200, {"outcome": "different", "overlooked": []})
    assert served.stop() == 0
    assert not re.search(rf"{number}|Zoë|ZOË|Rossi|WARNING|ERROR", served.said.read_text())


def name_asked(port: int, number: str, typed: str) -> tuple[int, Any]:
    """What the page answers to a name, as a form sends it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LONG_SECONDS)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    connection.request("POST", f"/V/{number}/name", urlencode({"name": typed}), headers)
    answer = connection.getresponse()
    body = json.loads(answer.read())
    connection.close()
    return answer.status, body


def test_a_decision_under_way_is_answered_before_it_ends(served: Served, folder: Path) -> None:
    outcomes: list[str] = []
    acknowledged: list[str] = []

    def body(name: int) -> None:
        for count in range(10_000):
            try:
                status, made = served.ask("POST", "/api/v1/certifications", GRANT, f"{name}-{count}")
            except ConnectionRefusedError:
                outcomes.append("refused")
                return
            except (OSError, http.client.HTTPException) as error:
                outcomes.append(f"unanswered: {type(error).__name__}")
                return
            outcomes.append(str(status))
            acknowledged.append(made["number"])

    threads = [threading.Thread(target=body, args=(name,)) for name in range(6)]
    for thread in threads:
        thread.start()
    assert eventually(lambda: len(acknowledged) > 20)

    code = served.stop()
    for thread in threads:
        thread.join()

    assert code == 0
    assert Counter(outcomes) == {"201": len(acknowledged), "refused": 6}
    for number in acknowledged[-12:]:
        assert done("show", folder, number)["standing"]["state"] == "active"


def test_workers_end_when_the_main_process_is_killed(served: Served) -> None:
    served.process.kill()
    served.process.wait()

    assert eventually(lambda: not served.healthy())
    assert eventually(lambda: _free(served.port))


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_where_somebody_listens_already_it_says_so(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        told = subprocess.run([ATTESTO, "serve", folder, "--port", str(port)], capture_output=True, check=False)

    assert told.returncode == 4
    assert told.stderr.decode() == f"attesto: 127.0.0.1:{port} cannot be listened on: Address already in use\n"
