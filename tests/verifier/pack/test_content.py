"""The machine-readable part of a pack: written and read back alike, and refused where it is anything else."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.verifier.pack.packs import opened
from verifier.errors import FormatError
from verifier.pack.content import Unanswered, format_pack, parse_pack
from verifier.unread import Unread


def test_what_is_written_is_read_back(pack: bytes) -> None:
    content = opened(pack)

    assert parse_pack(format_pack(content)) == content


UNANSWERED = {"source": "gara.xlsx", "page": None, "line": 7, "bidder": "Beta", "reason": "no_number"}


def test_what_has_no_answer_is_read_back(pack: bytes) -> None:
    content = json.loads(format_pack(opened(pack)))
    content["unanswered"] = [UNANSWERED]

    read = parse_pack(json.dumps(content).encode())

    assert read.unanswered == (Unanswered("gara.xlsx", None, 7, "Beta", Unread.NO_NUMBER),)
    assert json.loads(format_pack(read)) == content


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
    "a list of what has no answer that is none": lambda p: p.update(unanswered={}),
    "too much without an answer": lambda p: p.update(unanswered=[UNANSWERED] * 5001),
    "no answer for more than is said": lambda p: p.update(unanswered=[UNANSWERED | {"more": 1}]),
    "a reason that nobody knows": lambda p: p.update(unanswered=[UNANSWERED | {"reason": "mood"}]),
    "a line that is no number": lambda p: p.update(unanswered=[UNANSWERED | {"line": "7"}]),
    "a page that is no number": lambda p: p.update(unanswered=[UNANSWERED | {"page": True}]),
    "a token that is none": lambda p: p["items"][0].update(token="!"),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_what_is_no_pack_is_refused(spoil: Callable[[dict[str, Any]], Any], pack: bytes) -> None:
    content = json.loads(format_pack(opened(pack)))
    spoil(content)

    with pytest.raises(FormatError):
        parse_pack(json.dumps(content).encode())
