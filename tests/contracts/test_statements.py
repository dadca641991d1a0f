"""A body's statement enters the log only while the streams that it rests on stand where they stood."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.domain.body import CertificationBody
from registry.errors import ConflictError
from tests.contracts.parts import Parts, found, make_place, open_parts


@pytest.fixture
def parts(tmp_path: Path, registry_url: str) -> Iterator[Parts]:
    with open_parts(make_place(tmp_path, registry_url)) as opened:
        found(opened)
        yield opened


def test_a_statement_is_an_entry_without_a_stream(parts: Parts) -> None:
    stream = CertificationBody.create_id("aurora")
    events = len(parts.store.log.stream(stream))

    receipt = parts.store.append_statement(b"a.b.c", {stream: events})

    (index,) = receipt.indexes
    (entry,) = parts.store.log.entries(index, index + 1)
    assert (entry.stream, entry.topic, entry.body) == (None, "statement", b"a.b.c")
    assert receipt.size == parts.store.log.head().size == index + 1


def test_a_statement_of_a_body_whose_keys_moved_on_is_not_stored(parts: Parts) -> None:
    stream = CertificationBody.create_id("aurora")
    before = parts.store.log.head()

    with pytest.raises(ConflictError, match="has moved on"):
        parts.store.append_statement(b"a.b.c", {stream: len(parts.store.log.stream(stream)) - 1})

    assert parts.store.log.head() == before
