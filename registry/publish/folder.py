"""A folder of public files: each file appears whole or not at all."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from registry.errors import SettingError


class PublicFolder:
    """Writes files below a folder."""

    def __init__(self, folder: Path) -> None:
        """Write below ``folder``, which is made.

        Raises:
            SettingError: it cannot be made.
        """
        self._folder = folder
        self._made: set[Path] = set()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingError(f"the public folder {folder} cannot be made: {error.strerror}") from error

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder alone, after whoever holds it now; the system lets go for a process that dies.

        Raises:
            SettingError: it is not there.
        """
        try:
            descriptor = os.open(self._folder, os.O_RDONLY)
        except OSError as error:
            raise SettingError(f"the public folder {self._folder} cannot be held: {error.strerror}") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def write(self, path: str, content: bytes) -> None:
        """Write a file that may be there in an older form.

        Raises:
            SettingError: it cannot be written.
        """
        place = self._folder / path
        try:
            if place.parent not in self._made:
                place.parent.mkdir(parents=True, exist_ok=True)
                self._made.add(place.parent)
            temporary = place.with_name(f".{place.name}.new")
            temporary.write_bytes(content)
            os.replace(temporary, place)  # noqa: PTH105  the same call, without making a Path of it
        except OSError as error:
            raise SettingError(f"the public file {path} cannot be written: {error.strerror}") from error

    def write_once(self, path: str, content: bytes) -> None:
        """Write a file whose name says what it holds, unless it is there.

        Raises:
            SettingError: it cannot be written.
        """
        place = self._folder / path
        # Of another size is what a power cut left of it.
        if not place.exists() or place.stat().st_size != len(content) or place.read_bytes() != content:
            self.write(path, content)

    @staticmethod
    def sync() -> None:
        """Have everything that was written on the disk, with one call for all files."""
        os.sync()
