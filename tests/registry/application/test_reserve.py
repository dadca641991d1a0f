"""What grants need beforehand: nothing is given twice, and every holder's key is on disk."""

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from uuid import UUID

import pytest

from keys.errors import HolderErasedError
from registry.application.reserve import BLOCK, Reserve
from registry.bootstrap import Attesto, open_registry
from tests.registry.office import make_registry


@pytest.fixture(scope="module")
def attesto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attesto]:
    with open_registry(make_registry(tmp_path_factory.mktemp("reserve") / "registry")) as attesto:
        yield attesto


@pytest.fixture
def reserve(attesto: Attesto) -> Reserve:
    return Reserve(attesto.store, attesto.vault.keys, os.urandom)


def test_threads_and_other_reserves_are_never_given_the_same(attesto: Attesto, reserve: Reserve) -> None:
    other = Reserve(attesto.store, attesto.vault.keys, os.urandom)
    taken: list[tuple[int, UUID]] = []

    def take(reserve: Reserve) -> None:
        taken.extend((reserve.status_index(), reserve.holder()) for _ in range(BLOCK))

    threads = [Thread(target=take, args=(each,)) for each in (reserve, reserve, reserve, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({index for index, _ in taken}) == len({holder for _, holder in taken}) == 4 * BLOCK


def test_a_holder_that_is_given_has_a_key_in_the_file(attesto: Attesto, reserve: Reserve) -> None:
    holder = reserve.holder()

    file = attesto.settings.path(attesto.settings.holder_keys_file)
    assert _wrapped(file, holder) is not None
    sealed = attesto.vault.keys.open(holder).seal(b"place", b"claim")
    assert attesto.vault.keys.unseal(holder, b"place", sealed) == b"claim"


def test_what_is_filled_is_used_before_more_is_reserved(attesto: Attesto, reserve: Reserve) -> None:
    reserve.fill(2 * BLOCK)
    indexes = [reserve.status_index() for _ in range(2 * BLOCK)]

    assert indexes == list(range(indexes[0], indexes[0] + 2 * BLOCK))
    assert attesto.store.reserve_status_indexes(1)[0] == indexes[-1] + 1


def test_a_key_that_was_destroyed_is_not_made_again(attesto: Attesto, reserve: Reserve) -> None:
    holder = reserve.holder()
    attesto.vault.keys.destroy(holder)

    with pytest.raises(HolderErasedError):
        attesto.vault.keys.create([holder])


def test_a_key_is_handed_out_once_to_whoever_took_its_holder(attesto: Attesto, reserve: Reserve) -> None:
    holder = reserve.holder()

    key = reserve.take_key(holder)

    assert key is not None
    assert attesto.vault.keys.unseal(holder, b"place", key.seal(b"place", b"claim")) == b"claim"
    assert reserve.take_key(holder) is None
    assert reserve.take_key(UUID(int=7)) is None


def test_what_a_refused_grant_did_not_use_is_given_to_the_next(reserve: Reserve) -> None:
    index, holder = reserve.status_index(), reserve.holder()

    reserve.give_back(index, holder)

    assert (reserve.status_index(), reserve.holder()) == (index, holder)


def _wrapped(file: Path, holder: UUID) -> bytes | None:
    connection = sqlite3.connect(file)
    try:
        row = connection.execute("SELECT wrapped FROM holder_key WHERE holder = ?", (holder.bytes,)).fetchone()
    finally:
        connection.close()
    return None if row is None else bytes(row[0])
