"""People are counted once; the browser's own count is held to the same file in the journeys."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from verifier.page.attention import Attention
from verifier.page.row import Row
from verifier.page.tally import flag, tally
from verifier.tone import Tone

CASES = json.loads(Path(__file__).with_name("tallies.json").read_text(encoding="utf-8"))


def row_of(case: dict[str, Any]) -> Row:
    reasons = tuple(Attention(reason) for reason in case["reasons"])
    told = {name: case[name] for name in ("requirement", "profile", "holder")}
    return Row("", None, None, case["bidder"], case["number"], "in_force", Tone.GOOD, "", "", **told, reasons=reasons)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["says"])
def test_people_are_counted_once_and_what_is_there_twice_is_flagged(case: dict[str, Any]) -> None:
    flagged = flag(map(row_of, case["rows"]))

    assert [[str(reason) for reason in row.reasons] for row in flagged] == case["flags"]
    assert [asdict(bidder.count) | {"attention": bidder.attention} for bidder in tally(flagged)] == case["bidders"]
