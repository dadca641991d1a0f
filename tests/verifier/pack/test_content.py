"""The machine-readable part of a pack: written and read back alike, and refused where it is anything else."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.verifier.pack.packs import opened
from verifier.errors import FormatError
from verifier.pack.content import format_pack, parse_pack


def test_what_is_written_is_read_back(pack: bytes) -> None:
    content = opened(pack)

    assert parse_pack(format_pack(content)) == content


SPOILT: dict[str, Callable[[dict[str, Any]], Any]] = {
    "another version": lambda p: p.update(v=2),
    "a field too many": lambda p: p.update(more=1),
    "a field missing": lambda p: p.pop("tender"),
    "no items": lambda p: p.update(items=[]),
    "items that are none": lambda p: p.update(items={}),
    "an item with a field too many": lambda p: p["items"][0].update(more=1),
    "a verdict that nobody knows": lambda p: p["items"][0].update(verdict="fine"),
    "a number in another spelling": lambda p: p["items"][0].update(number=p["items"][0]["number"].lower()),
    "neither a bundle nor a reason": lambda p: p["items"][0].update(bundle=None),
    "a bundle and a reason": lambda p: p["items"][0].update(missing="unavailable"),
    "no report": lambda p: p["items"][0].update(report=None),
    "a field's outcome that is no text": lambda p: p["items"][0].update(fields=[{"name": "x"}]),
    "parts that are gone": lambda p: p.update(parts=[]),
    "a title that is no text": lambda p: p.update(titles={"demo-2026/x": {"it": 1}}),
    "an instant that is none": lambda p: p.update(made_at="yesterday"),
    "a token that is none": lambda p: p["items"][0].update(token="!"),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_what_is_no_pack_is_refused(spoil: Callable[[dict[str, Any]], Any], pack: bytes) -> None:
    content = json.loads(format_pack(opened(pack)))
    spoil(content)

    with pytest.raises(FormatError):
        parse_pack(json.dumps(content).encode())
