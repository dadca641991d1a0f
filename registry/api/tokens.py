"""API tokens: who may speak for which body over HTTP. The file holds their SHA-256 alone, so that it opens nothing.

    {"5e88…": {"added_at": "2026-11-24T08:00:00Z", "body": "odc-uno", "label": "management software"}}

A token is 256 bits of chance, so its hash needs neither salt nor stretching.
"""

import fcntl
import hmac
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Final

from registry.errors import RequestError, SettingError
from verifier.encoding import Json, format_base64url, format_instant, format_json, parse_instant, parse_json
from verifier.errors import FormatError

TOKEN_BYTES: Final = 32
MAX_FILE_BYTES: Final = 1024 * 1024
MAX_LABEL_CHARACTERS: Final = 60
# So that whoever finds a token in a place where it should not be knows what it is.
_PREFIX: Final = "attesto_"
_DIGEST: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Client:
    """Who holds a token: the body that it speaks for, the operator's label, since when (UTC)."""

    body: str
    label: str
    added_at: datetime


def make_token(chance: bytes) -> str:
    """The token of 32 random octets."""
    return _PREFIX + format_base64url(chance)


def token_digest(token: str) -> str:
    """What the file knows of a token."""
    return sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def parse_tokens(data: bytes) -> dict[str, Client]:
    """Read a file of tokens: clients by digest.

    Raises:
        FormatError: not such a file.
    """
    clients: dict[str, Client] = {}
    for digest, entry in parse_json(data, MAX_FILE_BYTES).items():
        if not _DIGEST.fullmatch(digest):
            raise FormatError("a token's SHA-256 has 64 hexadecimal digits")
        clients[digest] = _parse_client(entry)
    return clients


def _parse_client(entry: Json) -> Client:
    match entry:
        case {"body": str(body), "label": str(label), "added_at": str(added_at), **rest} if not rest:
            return Client(body, label, parse_instant(added_at))
    raise FormatError("a token's entry is body, label and added_at")


def format_tokens(clients: Mapping[str, Client]) -> bytes:
    """Write a file of tokens."""
    rows = {
        digest: {"body": client.body, "label": client.label, "added_at": format_instant(client.added_at)}
        for digest, client in clients.items()
    }
    return format_json(rows)


class TokenFile:
    """The tokens in force; the file is read again when it changes, so adding and removing take effect at once."""

    def __init__(self, path: Path) -> None:
        """Read tokens from the file at ``path``; where there is none, nobody may write."""
        self._path = path
        self._lock = Lock()
        self._stamp: tuple[int, ...] | None = None
        self._clients: dict[str, Client] = {}

    def clients(self) -> Mapping[str, Client]:
        """The clients by digest.

        Raises:
            SettingError: the file cannot be read or is none.
        """
        with self._lock:
            stamp = self._stamped()
            if stamp is None or stamp != self._stamp:
                self._clients, self._stamp = self._read(), stamp
            return self._clients

    def find(self, token: str) -> Client | None:
        """The client who holds ``token``; every entry is compared, in the same time whichever fits.

        Raises:
            SettingError: the file cannot be read or is none.
        """
        digest, found = token_digest(token), None
        for known, client in self.clients().items():
            if hmac.compare_digest(known, digest):
                found = client
        return found

    def add(self, token: str, client: Client) -> None:
        """Let ``token`` speak for the client's body.

        Raises:
            RequestError: the body has a token of that label, or the label is none.
            SettingError: the file cannot be read or written.
        """
        if not client.label.isprintable() or not 0 < len(client.label.strip()) <= MAX_LABEL_CHARACTERS:
            raise RequestError(f"a label has 1 to {MAX_LABEL_CHARACTERS} printable characters")
        with self._held() as clients:
            if any((known.body, known.label) == (client.body, client.label) for known in clients.values()):
                raise RequestError(f"body {client.body} has a token {client.label!r} already: remove it first")
            self._write(clients | {token_digest(token): client})

    def remove(self, body: str, label: str) -> None:
        """Let a token speak for nobody any more.

        Raises:
            RequestError: the body has no token of that label.
            SettingError: the file cannot be read or written.
        """
        with self._held() as clients:
            kept = {digest: c for digest, c in clients.items() if (c.body, c.label) != (body, label)}
            if len(kept) == len(clients):
                raise RequestError(f"body {body} has no token {label!r}")
            self._write(kept)

    @contextmanager
    def _held(self) -> Iterator[dict[str, Client]]:
        """What the file says, while no other process adds or removes; the system lets go for one that dies."""
        folder = self._path.parent
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # The folder, since the file itself is replaced.
            descriptor = os.open(folder, os.O_RDONLY)
        except OSError as error:
            raise SettingError(f"the folder of API tokens {folder} cannot be used: {error.strerror}") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield self._read()
        finally:
            os.close(descriptor)

    def _stamped(self) -> tuple[int, ...] | None:
        try:
            stat = self._path.stat()
        except OSError:
            return None
        return stat.st_ino, stat.st_mtime_ns, stat.st_size

    def _read(self) -> dict[str, Client]:
        try:
            with self._path.open("rb") as file:
                return parse_tokens(file.read(MAX_FILE_BYTES + 1))
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise SettingError(f"the file of API tokens {self._path} cannot be read: {error.strerror}") from error
        except FormatError as error:
            raise SettingError(f"the file of API tokens {self._path} is none: {error}") from error

    def _write(self, clients: Mapping[str, Client]) -> None:
        try:
            descriptor, name = tempfile.mkstemp(dir=self._path.parent, prefix=f".{self._path.name}.")  # of mode 0600
            with os.fdopen(descriptor, "wb") as file:
                file.write(format_tokens(clients))
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self._path)
        except OSError as error:
            raise SettingError(f"the file of API tokens {self._path} cannot be written: {error.strerror}") from error
