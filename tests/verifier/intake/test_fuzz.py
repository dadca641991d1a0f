"""No bytes do more than be refused: in bounded time, with one printable sentence."""

import time
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.verifier.intake.files import LINK, NUMBERS, drawn, workbook, zipped
from tests.verifier.paper import jpeg, png, symbol
from verifier.errors import FormatError
from verifier.inputs import Input
from verifier.intake.files import read_file
from verifier.intake.reader import Reader
from verifier.presented import Presented

SECONDS = 10
SEEDS = {
    "PDF": drawn(b"BT /F 12 Tf 100 700 Td (Rossi) Tj ET"),
    "PNG": png(symbol(LINK, 2)),
    "JPEG": jpeg(symbol(LINK, 2)),
    "ZIP": zipped({"a.txt": NUMBERS[0].encode(), "b.png": png(symbol(LINK, 1))}),
    "XLSX": workbook([["Impresa", "Numero"], ["Alfa", NUMBERS[0]]]),
    "CSV": f"Impresa;Numero\nAlfa;{NUMBERS[0]}\nBeta;{NUMBERS[1]}\n".encode(),
}
MARKS = [
    b"%PDF-1.7\n",
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"GIF89a",
    b"II*\0",
    b"RIFF\0\0\0\0WEBP",
    b"PK\x03\x04",
    b"{",
]
fuzzed = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(SECONDS) as reader:
        yield reader


def check(reader: Reader, content: bytes) -> list[Input]:
    began = time.monotonic()
    inputs = list(read_file(reader, "file", content))

    assert time.monotonic() - began < 4 * SECONDS
    assert inputs
    for one in inputs:
        assert isinstance(one.presented, Presented | FormatError)
        if isinstance(one.presented, FormatError):
            assert str(one.presented).isprintable()
            assert 0 < len(str(one.presented)) < 300
    return inputs


@fuzzed
@given(st.sampled_from(MARKS) | st.just(b""), st.binary(max_size=400))
def test_no_bytes_do_more_than_be_refused(reader: Reader, mark: bytes, more: bytes) -> None:
    assert all(isinstance(one.presented, FormatError) for one in check(reader, mark + more))


@fuzzed
@given(data=st.data())
def test_no_damage_does_more_than_be_refused_or_read(reader: Reader, data: st.DataObject) -> None:
    seed = SEEDS[data.draw(st.sampled_from(sorted(SEEDS)))]
    content = bytearray(seed)
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))

    numbers = {one.presented.number for one in check(reader, bytes(content)) if isinstance(one.presented, Presented)}

    # The check character of a number, and the error correction of a code, let no other number pass but by great chance.
    assert numbers <= {NUMBERS[0], NUMBERS[1]}


@pytest.mark.parametrize("name", SEEDS)
def test_what_is_damaged_here_is_read_whole(reader: Reader, name: str) -> None:
    assert any(isinstance(one.presented, Presented) for one in check(reader, SEEDS[name]))
