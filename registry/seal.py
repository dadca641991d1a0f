"""The seal that the settings name, opened from its files: for certificates, and for packs that the verifier makes."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from keys.seal import PadesSealer, open_pades_sealer, open_seal_key
from keys.stamp import HttpStamper
from registry.errors import SettingError
from registry.settings import Settings, make_settings
from verifier.errors import FormatError
from verifier.pades import parse_certificates

_PREFIX: Final = "ATTESTO_SEAL_"
_NONE: Final = Path()
_NAMES: Final = [field.name for field in fields(Settings) if field.name.startswith("seal_")]


def open_seal(settings: Settings, clock: Callable[[], datetime]) -> PadesSealer | None:
    """The seal, None where no key is named; ``clock`` gives the present instant (UTC).

    Raises:
        SettingError: a file of it is missing or cannot be read.
        KeysError: the key or a certificate cannot be used.
    """
    if settings.seal_key_file == _NONE:
        return None
    certificates = b"" if settings.seal_certificate_file == _NONE else _read(settings, settings.seal_certificate_file)
    passphrase = _read(settings, settings.seal_passphrase_file).strip()
    key = open_seal_key(settings.path(settings.seal_key_file), passphrase, certificates)
    stamper = HttpStamper(settings.seal_timestamp_url) if settings.seal_timestamp_url else None
    return open_pades_sealer(key, _read(settings, settings.seal_roots_file), clock, stamper, _revocations(settings))


def open_seal_of_environment(environment: Mapping[str, str]) -> PadesSealer | None:
    """The seal that the environment alone names, as ATTESTO_SEAL_KEY_FILE and so on; see ``verifier.seal``.

    Raises:
        SettingError, KeysError: as open_seal.
    """
    named = {name: value for name, value in environment.items() if name.startswith(_PREFIX)}
    return open_seal(make_settings(Path(), {}, named), lambda: datetime.now(UTC))


def seal_environment(settings: Settings) -> dict[str, str]:
    """What an environment names the seal with, for open_seal_of_environment; empty where nothing is sealed."""
    if settings.seal_key_file == _NONE:
        return {}
    named = {name: getattr(settings, name) for name in _NAMES}
    return {
        f"ATTESTO_{name.upper()}": str(settings.path(value).absolute()) if isinstance(value, Path) else value
        for name, value in named.items()
        if value not in {_NONE, ""}
    }


def seal_roots(settings: Settings) -> tuple[bytes, ...]:
    """The certificates (DER) of whoever vouches for the seal, also where nothing is sealed any more.

    Raises:
        SettingError: their file is missing, or holds none.
    """
    if settings.seal_roots_file == _NONE:
        return ()
    try:
        return tuple(root.dump() for root in parse_certificates(_read(settings, settings.seal_roots_file)))
    except FormatError as error:
        raise SettingError(f"the file {settings.path(settings.seal_roots_file)} cannot be used: {error}") from error


def _revocations(settings: Settings) -> tuple[bytes, ...]:
    if settings.seal_revocations_folder == _NONE:
        return ()
    paths = sorted(settings.path(settings.seal_revocations_folder).glob("*.crl"))
    if not paths:
        raise SettingError(f"there is no list (*.crl) in {settings.path(settings.seal_revocations_folder)}")
    return tuple(_read(settings, path.absolute()) for path in paths)


def _read(settings: Settings, path: Path) -> bytes:
    try:
        return settings.path(path).read_bytes()
    except OSError as error:
        raise SettingError(f"the file {settings.path(path)} cannot be read: {error.strerror}") from error
