"""Settings: a folder with ``attesto.toml``, overridden by environment variables: ATTESTO_ and the name in capitals."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from registry.errors import SettingError

SETTINGS_FILE: Final = "attesto.toml"
_PREFIX: Final = "ATTESTO_"
_ORIGIN: Final = re.compile(r"[a-z0-9.:-]+(?:/[a-z0-9._-]+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Settings:
    """Where everything is; relative paths are below the registry's folder.

    ``origin`` names the log for ever; ``address`` is the page's, printed on certificates; ``passphrase_file`` opens the
    key files; ``publish_seconds`` is how long an event may wait for its snapshot (an adverse one waits for none).
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
    except (OSError, tomllib.TOMLDecodeError) as error:
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
    if kind is int:
        if isinstance(value, bool) or not str(value).isdigit() or int(str(value)) == 0:
            raise SettingError(f"setting {name} is a number of seconds above 0")
        return int(str(value))
    if not isinstance(value, str):
        raise SettingError(f"setting {name} is a text")
    return Path(value) if kind is Path else value


def _check(settings: Settings) -> None:
    if not _ORIGIN.fullmatch(settings.origin):
        raise SettingError("setting origin is a name like registry.example.org/log, in lower case and without a scheme")
    parts = urlsplit(settings.address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"}:
        raise SettingError("setting address is a URL like https://registry.example.org")


def format_settings(origin: str, address: str, database_url: str) -> str:
    """Write a settings file with the settings that a registry cannot guess."""
    lines = [
        "# What is not said here has its default; docs/operations.md describes every setting.",
        f'origin = "{origin}"',
        f'address = "{address}"',
    ]
    if database_url:
        lines.append(f'database_url = "{database_url}"')
    return "\n".join(lines) + "\n"
