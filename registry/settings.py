"""Settings: a folder with ``attesto.toml``, overridden by environment variables: ATTESTO_ and the name in capitals."""

import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

from registry.errors import SettingError

SETTINGS_FILE: Final = "attesto.toml"
_PREFIX: Final = "ATTESTO_"
_ORIGIN: Final = re.compile(r"[a-z0-9.:-]+(?:/[a-z0-9._-]+)*", re.ASCII)
_COUNT: Final = re.compile(r"[0-9]", re.ASCII)
_SECONDS: Final = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
_MAX_SECONDS: Final = 10 * 365 * 86400


@dataclass(frozen=True, slots=True)
class Settings:
    """Where everything is; relative paths are below the registry's folder.

    ``origin`` names the log for ever; ``address`` is the page's, printed on certificates; ``passphrase_file`` opens the
    key files; ``publish_seconds`` is how long an event may wait for its snapshot (an adverse one waits for none);
    ``proxies`` is how many web servers stand before this one and say whom they ask for. Documents are sealed where
    ``seal_key_file`` names a key.
    """

    folder: Path
    origin: str = "registry.example/log"
    address: str = "http://127.0.0.1:8000"
    database_url: str = ""
    database_password_file: Path = Path()
    guard_file: Path = Path("guard/head.sqlite")
    keys_folder: Path = Path("keys")
    passphrase_file: Path = Path("secrets/passphrase")
    holder_keys_file: Path = Path("holder-keys/holder-keys.sqlite")
    public_folder: Path = Path("public")
    trust_file: Path = Path("trust.json")
    api_tokens_file: Path = Path("secrets/api-tokens.json")
    publish_seconds: int = 600
    heartbeat_seconds: int = 3600
    snapshot_max_age: int = 86400
    proxies: int = 0
    seal_key_file: Path = Path()
    seal_passphrase_file: Path = Path()
    seal_certificate_file: Path = Path()
    seal_roots_file: Path = Path()
    seal_timestamp_url: str = ""
    seal_revocations_folder: Path = Path()

    def path(self, value: Path) -> Path:
        """A path setting, absolute."""
        return self.folder / value

    @property
    def database(self) -> str:
        """The database's URL; without one, a file in the folder."""
        return self.database_url or f"sqlite:///{(self.folder / 'registry.sqlite').absolute()}"


def read_settings(folder: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings of the registry in ``folder``.

    Raises:
        SettingError: there is no registry, or a setting is unknown or not what it should be.
    """
    path = folder / SETTINGS_FILE
    try:
        with path.open("rb") as file:
            written = tomllib.load(file)
    except FileNotFoundError as error:
        raise SettingError(f"there is no registry in {folder}: make one with 'attesto init {folder}'") from error
    except (OSError, ValueError) as error:  # what is no TOML, no UTF-8 or no number is a ValueError
        raise SettingError(f"{path} cannot be read: {error}") from error
    return make_settings(folder, written, os.environ if environment is None else environment)


def make_settings(folder: Path, written: Mapping[str, object], environment: Mapping[str, str]) -> Settings:
    """Settings from what a file says and what the environment overrides.

    Raises:
        SettingError: a setting is unknown or not what it should be.
    """
    known = {field.name: field for field in fields(Settings) if field.name != "folder"}
    if unknown := sorted(written.keys() - known.keys()):
        raise SettingError(f"there is no setting {unknown[0]}; the settings are {', '.join(known)}")
    given = dict(written)
    given |= {name: environment[_PREFIX + name.upper()] for name in known if _PREFIX + name.upper() in environment}
    values = {name: _value(name, value, known[name].type) for name, value in given.items()}
    settings = Settings(folder, **values)  # type: ignore[arg-type]
    _check(settings)
    return settings


def _value(name: str, value: object, kind: object) -> object:
    if name == "proxies":
        if isinstance(value, bool) or not _COUNT.fullmatch(str(value)):
            raise SettingError(f"setting {name} is how many web servers stand before this one: 0 to 9")
        return int(str(value))
    if kind is int:
        if isinstance(value, bool) or not _SECONDS.fullmatch(str(value)) or int(str(value)) > _MAX_SECONDS:
            raise SettingError(f"setting {name} is a whole number of seconds above 0 and below ten years")
        return int(str(value))
    if not isinstance(value, str) or not value.isprintable():
        raise SettingError(f"setting {name} is a text of printable characters")
    return Path(value) if kind is Path else value


def _check(settings: Settings) -> None:
    if not _ORIGIN.fullmatch(settings.origin):
        raise SettingError("setting origin is a name like registry.example.org/log, in lower case and without a scheme")
    if not _is_address(settings.address):
        raise SettingError("setting address is a URL like https://registry.example.org")
    if _has_password(settings.database_url):
        raise SettingError("setting database_url holds no password: database_password_file names a file that does")
    _check_seal(settings)


def _check_seal(settings: Settings) -> None:
    needed = ("seal_passphrase_file", "seal_roots_file")
    if settings.seal_key_file != Path() and (missing := [n for n in needed if getattr(settings, n) == Path()]):
        raise SettingError(f"setting seal_key_file needs setting {missing[0]}")
    if settings.seal_timestamp_url and not _is_url(settings.seal_timestamp_url):
        raise SettingError("setting seal_timestamp_url is a URL like https://stamps.example.org/tsa")


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.username is None and " " not in text


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    rest = parts.path.removeprefix("/") + parts.query + parts.fragment + (parts.username or "") + (parts.password or "")
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and port != 0 and not rest and " " not in text


def _has_password(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise SettingError("setting database_url is sqlite:///path or postgresql://…") from error
    return parts.password is not None or any("password" in name for name in parse_qs(parts.query))


def format_settings(written: Mapping[str, str]) -> str:
    """Write a settings file with the settings that a registry cannot guess; they are printable, so JSON quotes them."""
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in written.items()]
    return "\n".join(
        ["# What is not said here has its default; docs/operations.md describes every setting.", *lines, ""]
    )
