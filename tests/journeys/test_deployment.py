"""The compose file's services as plain processes, from the first command to a withdrawal that the public sees.

What docker-compose.yml says is read and run as it stands: commands, settings, secrets, health checks. Only places are
other ones: volumes are folders, ports are free ones on 127.0.0.1, and PostgreSQL listens on a socket.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import psycopg
import pytest
import yaml

from tests.verifier.page.translations import compile_translations
from tests.waiting import LONG_SECONDS, eventually

ROOT: Final = Path(__file__).parents[2]
PASSWORD: Final = "correct-horse-battery-staple"
# The only setting that the compose file does not have: nobody waits ten minutes for a test.
HURRY: Final = {"ATTESTO_PUBLISH_SECONDS": "1"}
GRANT: Final = {
    "edition": "demo-2026",
    "profile": "addetto",
    "person": {"name": "Zoë D'Angelo-Ñandú", "birth_date": "1990-11-24"},
    "case": {"decider": "DE-06", "examiners": ["ES-05"]},
    "exam": "ESA-2026-001",
    "received": ["domanda", "esperienza"],
    "decision": "DEL-2026-0401",
}
pytestmark = [pytest.mark.journey, pytest.mark.postgres, pytest.mark.enable_socket]


@dataclass
class Host:
    """A machine that runs services of a compose file as processes."""

    compose: dict[str, Any]
    folder: Path
    database: str
    ports: dict[str, int] = field(default_factory=dict)
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def environment(self, service: str) -> dict[str, str]:
        """What the service is told, and nothing of ours."""
        declared: Mapping[str, str] = self.compose["services"][service].get("environment", {})
        told = {name: self.place(service, _interpolated(value)) for name, value in declared.items()}
        return {"PATH": os.defpath, "HOME": str(self.folder), **told}

    def command(self, service: str, words: list[str]) -> list[str]:
        """A command of the service with this machine's places."""
        return [self.place(service, word) for word in words]

    def place(self, service: str, text: str) -> str:
        """Where on this machine a container's place is."""
        if text in {"python", "attesto"}:
            return str(Path(sys.executable).with_name(text)) if text == "attesto" else sys.executable
        if text == "8000":
            return str(self.ports[service])
        text = text.replace("//attesto@db/attesto", self.database.partition(":")[2])
        text = text.replace("127.0.0.1:8000/healthz", f"127.0.0.1:{self.ports[service]}/healthz")
        text = text.replace("0.0.0.0", "127.0.0.1")  # noqa: S104  replaced, so that nobody else is let in
        return str(self.folder / text[1:]) if text.startswith("/") else text

    def start(self, service: str) -> None:
        """Start the service's own command."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.ports[service] = free.getsockname()[1]
        words = self.command(service, self.compose["services"][service]["command"])
        hurry = HURRY if service == "registry" else {}
        with (self.folder / f"{service}.log").open("wb") as log:
            environment = self.environment(service) | hurry
            self.running.append(subprocess.Popen(words, cwd=self.folder, env=environment, stdout=log, stderr=log))

    def run(self, service: str, *words: str) -> Any:
        """Run another command of the image with the service's settings; return its JSON."""
        command = self.command(service, [*words, "--json"])
        ran = subprocess.run(command, cwd=self.folder, env=self.environment(service), capture_output=True, check=False)
        assert ran.returncode == 0, ran.stderr.decode()
        return json.loads(ran.stdout)

    def healthy(self, service: str) -> bool:
        """Whether the service's own health check holds."""
        kind, *words = self.compose["services"][service]["healthcheck"]["test"]
        assert kind == "CMD"
        checked = subprocess.run(
            self.command(service, words), env=self.environment(service), stderr=subprocess.DEVNULL, check=False
        )
        return checked.returncode == 0

    def stop(self) -> list[int]:
        """End every service as a container's end does; return their exit codes."""
        for process in self.running:
            process.send_signal(signal.SIGTERM)
        return [process.wait(timeout=LONG_SECONDS) for process in self.running]


def _interpolated(value: str) -> str:
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)


@pytest.fixture
def database(postgres_url: str) -> Iterator[str]:
    """The database's URL for a user who has to give a password."""
    parts = urlsplit(postgres_url)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        (place,) = connection.execute("SHOW hba_file").fetchone() or ("",)
        connection.execute(f"CREATE ROLE attesto LOGIN PASSWORD '{PASSWORD}'")
        connection.execute(f"ALTER DATABASE {parts.path[1:]} OWNER TO attesto")
        connection.execute("ALTER SCHEMA public OWNER TO attesto")
        rules = Path(place)
        before = rules.read_text()
        rules.write_text("local all attesto scram-sha-256\n" + before)
        connection.execute("SELECT pg_reload_conf()")
        yield parts._replace(netloc="attesto@").geturl()
        rules.write_text(before)
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("REASSIGN OWNED BY attesto TO CURRENT_USER")
        connection.execute("DROP OWNED BY attesto")
        connection.execute("DROP ROLE attesto")


@pytest.fixture
def host(tmp_path: Path, database: str) -> Iterator[Host]:
    compile_translations()
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    host = Host(compose, tmp_path, database)
    for service in compose["services"].values():
        for volume in service.get("volumes", []):
            (tmp_path / volume.split(":")[1][1:]).mkdir(mode=0o700, parents=True, exist_ok=True)
    secrets = tmp_path / "run" / "secrets"
    secrets.mkdir(mode=0o700, parents=True)
    (secrets / "database-password").write_text(f"{PASSWORD}\n")
    (secrets / "passphrase").write_text("a passphrase of the operator's\n")
    yield host
    for process in host.running:
        if process.poll() is None:
            process.kill()
            process.wait()


def post(host: Host, path: str, token: str, key: str, content: object) -> Any:
    request = urllib.request.Request(
        f"http://127.0.0.1:{host.ports['registry']}/api/v1{path}",
        json.dumps(content).encode(),
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Idempotency-Key": key},
    )
    with urllib.request.urlopen(request, timeout=LONG_SECONDS) as answer:  # noqa: S310  a server of our own
        return json.loads(answer.read())


def verdict(host: Host, number: str) -> str:
    try:
        with urllib.request.urlopen(
            f"http://127.0.0.1:{host.ports['page']}/V/{number}.json", timeout=LONG_SECONDS
        ) as answer:
            return str(json.loads(answer.read())["verdict"])
    except urllib.error.HTTPError as error:
        with error:
            return str(json.loads(error.read())["verdict"])


def test_the_services_work_together_from_the_first_command_to_a_withdrawal(host: Host) -> None:
    host.ports["registry"] = 0
    host.run("registry", "attesto", "init", "/registry")
    host.start("registry")
    host.start("page")
    assert eventually(lambda: host.healthy("registry")), (host.folder / "registry.log").read_text()
    assert eventually(lambda: host.healthy("page")), (host.folder / "page.log").read_text()
    shutil.copy(ROOT / "schemes" / "demo-2026.json", host.folder / "scheme.json")
    host.run("registry", "attesto", "scheme", "publish", "/registry", "/scheme.json")
    host.run(
        "registry",
        "attesto",
        "body",
        "add",
        "/registry",
        "odc-uno",
        "--name",
        "OdC Uno",
        "--website",
        "https://uno.example",
    )
    host.run(
        "registry", "attesto", "body", "accredit", "/registry", "odc-uno", "--scheme", "demo", "--number", "1",
        "--source", "letter",
    )  # fmt: skip
    made = host.run("registry", "attesto", "token", "add", "/registry", "--body", "odc-uno", "--label", "software")

    granted = post(host, "/certifications", made["token"], "key-1", GRANT)
    in_force = eventually(lambda: verdict(host, granted["number"]) == "in_force")
    withdrawal = {"decision": "DEL-2", "decider": "DE-06", "reason": "fraud"}
    post(host, f"/certifications/{granted['number']}/withdraw", made["token"], "key-2", withdrawal)
    # The page may keep an answer for ten seconds, as any cache may.
    withdrawn = eventually(lambda: verdict(host, granted["number"]) == "not_in_force")
    with urllib.request.urlopen(f"http://127.0.0.1:{host.ports['page']}/?lang=en", timeout=LONG_SECONDS) as answer:
        footer = answer.read().decode().partition("<footer>")[2]
    healthy = host.healthy("registry"), host.healthy("page")
    codes = host.stop()

    assert (in_force, withdrawn) == (True, True)
    assert healthy == (True, True)
    assert codes == [0, 0]
    said = (host.folder / "registry.log").read_text() + (host.folder / "page.log").read_text()
    for secret in (PASSWORD, made["token"], granted["number"], "Zoë", "Traceback"):
        assert secret not in said
    assert set(host.environment("page")) == {"PATH", "HOME", "ATTESTO_ADDRESS", "ATTESTO_PROXIES"}
    assert ">http://127.0.0.1:8000<" in footer
    assert "password" in _refusal(host.database)


def _refusal(url: str) -> str:
    """Why the database lets nobody in who does not know the password."""
    with pytest.raises(psycopg.OperationalError) as refused:
        psycopg.connect(url)
    return str(refused.value)
