"""Settings: what a file and the environment may say, what stops with one sentence, and what is written anew."""

import stat
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from registry.bootstrap import initialise, open_registry
from registry.errors import SettingError
from registry.settings import Settings, format_settings, make_settings, read_settings
from tests.registry.cli.conftest import call

WRITTEN: Final = {"origin": "cli.example/log", "address": "https://cli.example"}
HOME: Final = Path("registry")

MUST_FAIL: Final = {
    "an origin in capitals": ('origin = "Example/log"', "origin is a name like"),
    "an origin that is a number": ("origin = 7", "origin is a text"),
    "an address of another scheme": ('address = "ftp://cli.example"', "address is a URL like"),
    "an address without a host": ('address = "https://"', "address is a URL like"),
    "an address with half a bracket": ('address = "http://["', "address is a URL like"),
    "an address with a port that is none": ('address = "http://cli.example:99999"', "address is a URL like"),
    "an address with a path": ('address = "https://cli.example/page"', "address is a URL like"),
    "an address with a query": ('address = "https://cli.example?a=b"', "address is a URL like"),
    "an address with a name": ('address = "https://anna@cli.example"', "address is a URL like"),
    "an address with a space": ('address = "https://cli. example"', "address is a URL like"),
    "seconds of another script": ('publish_seconds = "²"', "publish_seconds is a whole number"),
    "seconds beyond all time": (f"publish_seconds = {'9' * 40}", "publish_seconds is a whole number"),
    "more than ten years": ("publish_seconds = 315360001", "publish_seconds is a whole number"),
    "no seconds": ("heartbeat_seconds = 0", "heartbeat_seconds is a whole number"),
    "more proxies than anybody has": ("proxies = 10", "proxies is how many web servers"),
    "yes for proxies": ("proxies = true", "proxies is how many web servers"),
    "a part of a second": ("heartbeat_seconds = 1.5", "heartbeat_seconds is a whole number"),
    "yes for seconds": ("snapshot_max_age = true", "snapshot_max_age is a whole number"),
    "a number of thousands of digits": (f"publish_seconds = {'9' * 5000}", "cannot be read"),
    "a folder with a control character": (r'public_folder = "a\u0000b"', "public_folder is a text of printable"),
    "a password in the database's URL": (
        'database_url = "postgresql://attesto:geheim@db/attesto"', "database_password_file names a file",
    ),
    "a password after the database's URL": (
        'database_url = "postgresql://attesto@db/attesto?sslmode=require&password=geheim"', "database_password_file",
    ),
    "a database's URL with half a bracket": ('database_url = "postgresql://[/attesto"', "database_url is"),
    "a setting that there is not": ('colour = "red"', "there is no setting colour"),
    "no TOML": ("origin", "cannot be read"),
}  # fmt: skip


@pytest.mark.parametrize("case", MUST_FAIL)
def test_what_is_no_setting_stops_with_one_sentence_and_exit_code_2(case: str, tmp_path: Path) -> None:
    line, reason = MUST_FAIL[case]
    (tmp_path / "attesto.toml").write_text(line + "\n", encoding="utf-8")

    told = call("publish", tmp_path)

    assert told.exit_code == 2
    assert reason in told.stderr
    assert told.stderr.count("\n") == 1
    assert "geheim" not in told.stderr


def test_a_settings_file_that_is_not_utf8_stops_with_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "attesto.toml").write_bytes('origin = "città"'.encode("latin-1"))

    told = call("publish", tmp_path)

    assert told.exit_code == 2
    assert "attesto.toml cannot be read" in told.stderr


@pytest.mark.parametrize("seconds", [1, 315_360_000, "600"])
def test_seconds_are_taken_up_to_ten_years(seconds: int | str) -> None:
    assert make_settings(HOME, {"publish_seconds": seconds}, {}).publish_seconds == int(seconds)


@pytest.mark.parametrize("address", ["http://127.0.0.1:8000", "https://[::1]:8443/", "https://registry.example.org"])
def test_an_address_is_scheme_and_host_and_perhaps_a_port(address: str) -> None:
    assert make_settings(HOME, {"address": address}, {}).address == address


@pytest.mark.parametrize(
    "url",
    [
        r'sqlite:///srv/"registry"\data.sqlite',
        "sqlite:////srv/città/𝄞.sqlite",
        "postgresql://attesto@db.example.org/attesto?sslmode=require",
    ],
)
def test_what_is_written_is_read_back(url: str, tmp_path: Path) -> None:
    written = {**WRITTEN, "database_url": url, "database_password_file": 'secrets/it\'s "here"'}

    (tmp_path / "attesto.toml").write_text(format_settings(written), encoding="utf-8")

    assert read_settings(tmp_path, {}) == make_settings(tmp_path, written, {})


def test_the_settings_of_a_new_registry_are_its_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / 'a "quoted" place'
    database = f'sqlite:///{tmp_path}/a "quoted" file.sqlite'

    initialise(folder, WRITTEN["origin"], WRITTEN["address"], database)

    assert read_settings(folder, {}).database_url == database
    assert stat.S_IMODE((folder / "attesto.toml").stat().st_mode) == 0o600


def test_a_password_in_the_url_of_a_new_registry_is_refused_and_nothing_is_made(tmp_path: Path) -> None:
    told = call(
        "init", tmp_path / "new", "--origin", WRITTEN["origin"], "--address", WRITTEN["address"],
        "--database", "postgresql://attesto:geheim@db/attesto",
    )  # fmt: skip

    assert told.exit_code == 2
    assert "database_password_file" in told.stderr
    assert list((tmp_path / "new").iterdir()) == []


def test_a_new_registry_keeps_where_the_password_is(tmp_path: Path) -> None:
    told = call(
        "init", tmp_path / "new", "--origin", WRITTEN["origin"], "--address", WRITTEN["address"],
        "--database", "postgresql://attesto@127.0.0.1/attesto", "--database-password-file", "secrets/none",
    )  # fmt: skip

    assert told.exit_code == 2
    assert "the database's password file secrets/none cannot be read" in told.stderr


def _made(folder: Path) -> Settings:
    return initialise(folder, WRITTEN["origin"], WRITTEN["address"])


def test_a_password_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    settings = _made(tmp_path / "new")
    (tmp_path / "password").write_bytes(b"gehe\xefm")
    other = replace(settings, database_url="postgresql://db/attesto", database_password_file=tmp_path / "password")

    with pytest.raises(SettingError, match="is not UTF-8"), open_registry(other):
        pass


def test_a_password_for_a_file_is_refused_and_lands_in_no_name(tmp_path: Path) -> None:
    settings = _made(tmp_path / "new")
    (tmp_path / "password").write_text("geheim", encoding="utf-8")

    with (
        pytest.raises(SettingError, match="of use with a PostgreSQL database only"),
        open_registry(replace(settings, database_password_file=tmp_path / "password")),
    ):
        pass

    assert list(tmp_path.rglob("*geheim*")) == []
