"""Passphrases stretched as they are everywhere but in tests."""

import pytest

from keys import master, pkcs8
from keys.secret_file import SCRYPT_N, stretch


@pytest.fixture(autouse=True)
def _passphrases_stretched_as_they_should_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pkcs8, "SCRYPT_N", SCRYPT_N)
    monkeypatch.setattr(master, "stretch", stretch)
