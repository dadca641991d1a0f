"""The key set: who has which key for what, generation after generation, in files whose names say it all.

    operator/operator-1.pem           retired: kept, because a newer one is there
    operator/operator-2.pem           current: the highest number
    odc-uno/event-1.pem
    odc-uno/event.proposed.pem        waits for its ceremony; signs nothing else until it is enrolled

A key is proposed, its possession and authorisation are signed and logged, and only then it is enrolled here. So a
ceremony that stops half-way leaves the current key current.
"""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from keys.errors import KeyFileError, KeyMissingError
from keys.secret_file import sync_folder
from keys.signer import Purpose, SoftwareSigner
from keys.software import open_key_file, write_key_file

# The owner of the log's and the operator's keys; no certification body may bear this slug.
OPERATOR: Final = "operator"
_OWNER: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?", re.ASCII)
_GENERATION: Final = re.compile(r"([a-z]+)-([1-9][0-9]*)\.pem", re.ASCII)


@dataclass(frozen=True, slots=True)
class KeySet:
    """Key files under ``folder``, all under one passphrase; opened keys are kept in memory."""

    folder: Path
    passphrase: bytes = field(repr=False)
    opened: dict[Path, SoftwareSigner] = field(default_factory=dict, init=False, repr=False, compare=False)

    def current(self, owner: str, purpose: Purpose) -> SoftwareSigner:
        """The key that signs now.

        Raises:
            KeyMissingError: none was enrolled.
            KeyFileError, PassphraseError: its file cannot be used.
        """
        generations = self.generations(owner, purpose)
        if not generations:
            raise KeyMissingError(f"{owner} has no {purpose} key")
        return self.generation(owner, purpose, generations[-1])

    def generations(self, owner: str, purpose: Purpose) -> list[int]:
        """The numbers of the keys enrolled so far, the current one last."""
        try:
            names = os.listdir(self._folder(owner))  # noqa: PTH208  asked before each signature: names are enough
        except FileNotFoundError:
            return []
        found = map(_GENERATION.fullmatch, names)
        return sorted(int(match[2]) for match in found if match is not None and match[1] == purpose)

    def generation(self, owner: str, purpose: Purpose, number: int) -> SoftwareSigner:
        """The key of that generation, current or retired.

        Raises:
            KeyMissingError: there is none.
            KeyFileError, PassphraseError: its file cannot be used.
        """
        path = self._path(owner, purpose, number)
        if path not in self.opened:
            self.opened[path] = open_key_file(path, self.passphrase)
        return self.opened[path]

    def find(self, owner: str, purpose: Purpose, short_id: bytes) -> SoftwareSigner:
        """The youngest key whose id begins with ``short_id``, current or retired.

        Raises:
            KeyMissingError: there is none.
            KeyFileError, PassphraseError: a file cannot be used.
        """
        for number in reversed(self.generations(owner, purpose)):
            signer = self.generation(owner, purpose, number)
            if signer.public_key.short_id == short_id:
                return signer
        raise KeyMissingError(f"{owner} has no {purpose} key {short_id.hex()} here")

    def propose(self, owner: str, purpose: Purpose, signer: SoftwareSigner) -> None:
        """Keep a new key for its ceremony.

        Raises:
            KeyFileError: another one is proposed already, or the file cannot be written.
        """
        self._folder(owner).mkdir(mode=0o700, parents=True, exist_ok=True)
        write_key_file(self._proposed_path(owner, purpose), signer, self.passphrase)

    def proposed(self, owner: str, purpose: Purpose) -> SoftwareSigner:
        """The key whose ceremony is under way.

        Raises:
            KeyMissingError: none is proposed.
            KeyFileError, PassphraseError: its file cannot be used.
        """
        return open_key_file(self._proposed_path(owner, purpose), self.passphrase)

    def enrol(self, owner: str, purpose: Purpose) -> int:
        """Make the proposed key the current one and return its generation; call this once the log has it.

        Raises:
            KeyMissingError: none is proposed.
        """
        number = max(self.generations(owner, purpose), default=0) + 1
        try:
            self._proposed_path(owner, purpose).rename(self._path(owner, purpose, number))
        except FileNotFoundError as error:
            raise KeyMissingError(f"{owner} has no proposed {purpose} key") from error
        sync_folder(self._folder(owner))
        return number

    def _folder(self, owner: str) -> Path:
        if not _OWNER.fullmatch(owner):
            raise KeyFileError(f"the owner of a key is a slug, not {owner[:40]!r}")
        return self.folder / owner

    def _path(self, owner: str, purpose: Purpose, number: int) -> Path:
        return self._folder(owner) / f"{purpose}-{number}.pem"

    def _proposed_path(self, owner: str, purpose: Purpose) -> Path:
        return self._folder(owner) / f"{purpose}.proposed.pem"
