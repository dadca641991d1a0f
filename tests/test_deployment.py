"""The compose file and the Dockerfile: what they promise, checked without a container engine."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from jsonschema import Draft201909Validator

from registry.errors import SettingError
from registry.settings import make_settings

ROOT: Final = Path(__file__).parents[1]
VENDOR: Final = ROOT / "tests" / "vendor"
Compose = dict[str, Any]


@pytest.fixture
def compose() -> Compose:
    document: Compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return document


@pytest.fixture(scope="session")
def dockerfile() -> list[str]:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    joined = re.sub(r"\\\n\s*", "", text)
    return [line for line in joined.splitlines() if line and not line.startswith("#")]


def broken_promises(compose: Compose) -> list[str]:
    """Every promise that a compose file breaks, one sentence each."""
    return [fault for promise in PROMISES for fault in promise(compose)]


def _schema(compose: Compose) -> list[str]:
    schema = json.loads((VENDOR / "compose-spec.json").read_text(encoding="utf-8"))
    return [f"schema: {error.json_path} {error.message}" for error in Draft201909Validator(schema).iter_errors(compose)]


def _page_is_apart(compose: Compose) -> list[str]:
    page = compose["services"]["page"]
    shared = set(page.get("networks", ["default"])) & set(compose["services"]["db"].get("networks", ["default"]))
    return [
        *(f"page and database share network {name}" for name in sorted(shared)),
        *(f"page holds secret {name}" for name in page.get("secrets", [])),
        *(f"page writes to {volume}" for volume in page.get("volumes", []) if not volume.endswith(":ro")),
        *(f"page is told {name}" for name in page.get("environment", {}) if "DATABASE" in name),
    ]


def _page_says_where_it_is(compose: Compose) -> list[str]:
    told = [compose["services"][name].get("environment", {}).get("ATTESTO_ADDRESS") for name in ("page", "registry")]
    return ["page and certificates name different addresses"] * (told[0] is None or told[0] != told[1])


def _database_is_inside(compose: Compose) -> list[str]:
    database, networks = compose["services"]["db"], compose["networks"]
    faults = [f"network {name} leads outside" for name in database["networks"] if not networks[name].get("internal")]
    return faults + ["the database has a port"] * ("ports" in database)


def _secrets_are_files(compose: Compose) -> list[str]:
    faults = [f"secret {name} is no file" for name, secret in compose["secrets"].items() if set(secret) != {"file"}]
    for service, declared in compose["services"].items():
        for name, value in declared.get("environment", {}).items():
            secret = re.search("PASSWORD|PASSPHRASE|TOKEN", name)
            if secret and not (name.endswith("_FILE") and value.startswith("/run/secrets/")):
                faults.append(f"{service} is told {name} in the open")
            if re.search(r"://[^/]*:[^/]*@", value):
                faults.append(f"{service} is told a password in {name}")
    return faults


def _services_are_confined(compose: Compose) -> list[str]:
    wanted = {"read_only": True, "cap_drop": ["ALL"], "security_opt": ["no-new-privileges:true"]}
    faults = []
    for service, declared in compose["services"].items():
        faults += [f"{service} has another {name}" for name, value in wanted.items() if declared.get(name) != value]
        if not re.fullmatch(r"[1-9]\d*:[1-9]\d*", declared.get("user", "root")):
            faults.append(f"{service} may be root")
        if declared.get("privileged") or declared.get("cap_add"):
            faults.append(f"{service} has more rights than it needs")
        if not declared.get("healthcheck", {}).get("test"):
            faults.append(f"{service} has no health check")
    return faults


def _ports_are_local(compose: Compose) -> list[str]:
    ports = ((name, port) for name, service in compose["services"].items() for port in service.get("ports", []))
    return [f"{name} listens to everybody: {port}" for name, port in ports if not port.startswith("127.0.0.1:")]


def _guard_is_apart(compose: Compose) -> list[str]:
    sources = [volume.split(":")[0] for volume in compose["services"]["registry"]["volumes"]]
    targets = {volume.split(":")[1]: volume.split(":")[0] for volume in compose["services"]["registry"]["volumes"]}
    stored = {volume.split(":")[0] for volume in compose["services"]["db"]["volumes"]}
    guard = targets.get("/guard")
    if guard is None or guard in stored or sources.count(guard) != 1:
        return ["the guard has no volume of its own"]
    return []


PROMISES: Final[tuple[Callable[[Compose], list[str]], ...]] = (
    _schema,
    _page_is_apart,
    _page_says_where_it_is,
    _database_is_inside,
    _secrets_are_files,
    _services_are_confined,
    _ports_are_local,
    _guard_is_apart,
)


def test_the_compose_file_keeps_every_promise(compose: Compose) -> None:
    assert broken_promises(compose) == []


# Where to change the file, to what, and which promise that breaks.
MUST_FAIL: Final = {
    "a name that the specification does not know": ("services.page.read_onyl", True, "schema"),
    "a way from the page to the database": ("services.page.networks", ["outside", "inside"], "share network inside"),
    "no networks at all for the page and database": ("services.page.networks", ["inside"], "share network inside"),
    "public files that the page may write": ("services.page.volumes", ["public:/public"], "page writes to"),
    "a secret for the page": ("services.page.secrets", ["passphrase"], "page holds secret"),
    "a page that is not told its address": ("services.page.environment", {}, "different addresses"),
    "a page at another address than the certificates'": (
        "services.page.environment.ATTESTO_ADDRESS",
        "http://0.0.0.0:8000",
        "different addresses",
    ),
    "a database that is reached from outside": ("services.db.ports", ["127.0.0.1:5432:5432"], "has a port"),
    "an inner network with a way out": ("networks.inside", {}, "leads outside"),
    "a password in the open": ("services.db.environment.POSTGRES_PASSWORD", "x", "in the open"),
    "a password in the address": (
        "services.registry.environment.ATTESTO_DATABASE_URL",
        "postgresql://attesto:secret@db/attesto",
        "a password in",
    ),
    "a secret from the environment": ("secrets.passphrase", {"environment": "PASSPHRASE"}, "is no file"),
    "a root file system that can be written": ("services.registry.read_only", False, "read_only"),
    "capabilities that are kept": ("services.page.cap_drop", ["NET_RAW"], "cap_drop"),
    "a capability that is added": ("services.page.cap_add", ["SYS_ADMIN"], "more rights"),
    "new privileges": ("services.db.security_opt", [], "security_opt"),
    "root": ("services.registry.user", "0:0", "may be root"),
    "no health check": ("services.page.healthcheck", {}, "no health check"),
    "a port for everybody": ("services.registry.ports", ["8001:8000"], "listens to everybody"),
    "a guard beside the registry's other files": (
        "services.registry.volumes",
        ["registry:/registry", "registry:/guard"],
        "guard has no volume",
    ),
}


@pytest.mark.parametrize(("place", "value", "reason"), MUST_FAIL.values(), ids=MUST_FAIL)
def test_a_compose_file_that_breaks_a_promise_is_told(place: str, value: object, reason: str, compose: Compose) -> None:
    changed = deepcopy(compose)
    *path, last = place.split(".")
    inner = changed
    for name in path:
        inner = inner[name]

    inner[last] = value

    assert any(reason in fault for fault in broken_promises(changed))


def test_the_registrys_environment_is_settings_that_exist(compose: Compose) -> None:
    environment = _interpolated(compose["services"]["registry"]["environment"])

    settings = make_settings(Path("/registry"), {}, environment)
    told = [name for name in environment if str(getattr(settings, _setting(name))) != environment[name]]

    assert told == []
    with pytest.raises(SettingError):
        make_settings(Path("/registry"), {}, environment | {"ATTESTO_ADDRESS": "nowhere"})


def _setting(name: str) -> str:
    return name.removeprefix("ATTESTO_").lower()


def _interpolated(environment: dict[str, str]) -> dict[str, str]:
    return {name: re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value) for name, value in environment.items()}


def test_every_place_that_the_registry_writes_to_is_a_volume_of_the_image(
    compose: Compose, dockerfile: list[str]
) -> None:
    mounted = {volume.split(":")[1] for volume in compose["services"]["registry"]["volumes"]}
    made = {word for line in dockerfile if "install --directory" in line for word in line.split() if word[0] == "/"}
    environment = compose["services"]["registry"]["environment"].values()
    written = [value for value in environment if value.startswith("/") and not value.startswith("/run/secrets/")]

    assert mounted == made
    assert all(any(value == place or value.startswith(f"{place}/") for place in mounted) for value in written)


def test_the_image_is_built_in_stages_and_keeps_no_tool_that_builds(dockerfile: list[str]) -> None:
    stages = [place for place, line in enumerate(dockerfile) if line.startswith("FROM ")]
    final = dockerfile[stages[-1] :]

    assert len(stages) == 2
    assert not [line for line in final if re.search(r"apt-get|gcc|pip (install|wheel)|requirements", line)]
    assert [line for line in final if line.startswith("COPY")] == ["COPY --from=build /opt/attesto /opt/attesto"]
    assert any("uninstall" in line and line.rstrip().endswith("/trust") for line in final)


def test_the_image_installs_only_what_is_pinned_by_hash(dockerfile: list[str]) -> None:
    installs = [part for line in dockerfile for part in line.split("&&") if " install " in part and "pip" in part]

    assert len(installs) == 3
    assert all("--require-hashes" in part or "--no-index" in part for part in installs)


def test_the_image_runs_without_root_and_says_how_it_is(dockerfile: list[str]) -> None:
    users = [line.split()[1] for line in dockerfile if line.startswith("USER ")]

    assert users == ["10001:10001"]
    assert any(line.startswith("HEALTHCHECK ") for line in dockerfile)


def test_the_vendored_schema_is_what_its_package_ships(tmp_path: Path) -> None:
    script = ROOT / "scripts" / "vendor-compose-spec"
    for file in VENDOR.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())

    as_vendored = subprocess.run([sys.executable, script, "--check", "--folder", tmp_path], check=False)
    (tmp_path / "compose-spec.json").write_text("{}")
    changed = subprocess.run(
        [sys.executable, script, "--check", "--folder", tmp_path], capture_output=True, check=False
    )

    assert as_vendored.returncode == 0
    assert (changed.returncode, changed.stderr) == (1, b"compose-spec.json is changed\n")
