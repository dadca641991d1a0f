import json
from collections.abc import Callable
from uuid import UUID

import pytest

from keys.ceremony import declare, introduce, succeed
from keys.signer import Purpose, generate
from registry.commands.home_file import (
    Signatures,
    ToSign,
    format_compromise,
    format_introduction,
    format_signatures,
    format_succession,
    format_to_sign,
    parse_compromise,
    parse_introduction,
    parse_signatures,
    parse_succession,
    parse_to_sign,
)
from verifier.errors import FormatError
from verifier.key import ES256

SIGNERS = {Purpose.EVENT: generate(), Purpose.TOKEN: generate(ES256), Purpose.RECOVERY: generate()}
INTRODUCTION = introduce("a.example/log", "uno", "OdC Uno – Qualità", "https://uno.example", SIGNERS)
SUCCESSION = succeed("a.example/log", "uno", Purpose.EVENT, SIGNERS[Purpose.EVENT], generate())
COMPROMISE = declare("a.example/log", "uno", Purpose.EVENT, "k" * 43, 7, SIGNERS[Purpose.RECOVERY])
WAITING = [ToSign(UUID(int=7, version=4), "uno", (b"a.b", b"c.d"), b"\x84"), ToSign(UUID(int=8), "uno", (b"e.f",))]
SIGNED = [Signatures(UUID(int=7, version=4), (bytes(64), bytes(64)), bytes(64)), Signatures(UUID(int=8), (bytes(64),))]

FILES = {
    "introduction": (INTRODUCTION, format_introduction, parse_introduction),
    "succession": (SUCCESSION, format_succession, parse_succession),
    "compromise": (COMPROMISE, format_compromise, parse_compromise),
    "preparations": (WAITING, format_to_sign, parse_to_sign),
    "signatures": (SIGNED, format_signatures, parse_signatures),
}
Format = Callable[[object], bytes]
Parse = Callable[[bytes], object]


@pytest.mark.parametrize(("value", "write", "read"), FILES.values(), ids=FILES)
def test_a_file_is_read_as_it_was_written(value: object, write: Format, read: Parse) -> None:
    assert read(write(value)) == value


@pytest.mark.parametrize(("value", "write", "read"), FILES.values(), ids=FILES)
def test_a_field_missing_or_too_many_is_refused_everywhere(value: object, write: Format, read: Parse) -> None:
    document = json.loads(write(value))

    for name in document:
        with pytest.raises(FormatError):
            read(json.dumps({n: v for n, v in document.items() if n != name}).encode())
        with pytest.raises(FormatError):
            read(json.dumps(document | {name: -1}).encode())
    with pytest.raises(FormatError):
        read(json.dumps(document | {"more": 1}).encode())


@pytest.mark.parametrize("read", [read for *_, read in FILES.values()], ids=FILES)
@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\xff", b'{"v":1}', b'{"v":1,"v":1}'])
def test_what_is_no_such_file_is_refused(data: bytes, read: Parse) -> None:
    with pytest.raises(FormatError):
        read(data)


@pytest.mark.parametrize("statement", ["é", 17, None])
def test_a_statement_is_ascii(statement: object) -> None:
    document = json.loads(format_introduction(INTRODUCTION))
    document["statements"][0] = statement

    with pytest.raises(FormatError):
        parse_introduction(json.dumps(document).encode())


def test_a_key_of_low_order_is_refused_where_it_is_read() -> None:
    document = json.loads(format_succession(SUCCESSION))
    document["jwk"]["x"] = "A" * 43

    with pytest.raises(FormatError, match="low order"):
        parse_succession(json.dumps(document).encode())


def test_a_token_is_not_in_the_repr_of_what_holds_it() -> None:
    assert "84" not in repr(WAITING[0])
