"""The page and a pack come to the same numbers for one batch."""

import re
from dataclasses import replace
from html import unescape
from typing import Any

from tests.verifier.pack.packs import TENDER, presented
from tests.verifier.page.world import NOW, TODAY, World
from verifier.answers import Answer, Means, answer
from verifier.document import Field, FieldOutcome, Reason
from verifier.pack.build import Frame, gather
from verifier.pack.content import PAGE
from verifier.pack.printed import printed
from verifier.page import create_app
from verifier.page.asking import rows_of
from verifier.page.uploads import show_rows
from verifier.report import Question
from verifier.trust import format_trust_root

DRAWN = Field(PAGE, "", "", FieldOutcome.NOT_COMPARABLE, Reason.SEVERAL)
EDITED = Field("name", "Carla Altra", "Giulia D’Àngelo-Ferrari", FieldOutcome.DIFFERENT)
# By sample: the bidder, whether by its code, and what was found on the document.
BATCH = [
    ("active", "Alfa", True, ()),
    ("active", "Alfa", False, ()),
    ("renewed", "Alfa", True, ()),
    ("reinstated", "Alfa", True, (DRAWN,)),
    ("due", "Alfa", True, (EDITED,)),
    ("expired", "Alfa", True, ()),
    ("unaccredited", "Alfa", True, ()),
    ("in grace", "Beta", False, ()),
    ("withdrawn", "Beta", False, ()),
    ("overdue", "Beta", False, ()),
    ("suspended", "", False, ()),
]
# By bidder: lines, people who meet it, by profile, in force but to be judged.
COUNTED = {"Alfa": ("7", "2", "2", "2"), "Beta": ("3", "2", "2", "0"), "": ("1", "0", "–", "0")}


def batch(world: World) -> list[Answer]:
    means = Means(world.trust, Question(TODAY, NOW, NOW), {}, world.source)
    made = [
        (answer(presented(world, name, token=by_code, bidder=bidder), means), found)
        for name, bidder, by_code, found in BATCH
    ]
    return [replace(one, fields=found) for one, found in made]


def on_page(page: str) -> list[tuple[str, ...]]:
    table = re.search(r'<table class="bidders cards">.*?<tbody>(.*?)</tbody>', page, re.DOTALL)
    assert table is not None
    rows = re.findall(r"<tr>(.*?)</tr>", table[1], re.DOTALL)
    return [
        tuple(unescape(re.sub(r"<.*?>", "", cell)).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL))
        for row in rows
    ]


def test_page_and_pack_count_one_batch_alike(world: World) -> None:
    answers = batch(world)

    with create_app(world.source, world.trust, lambda: NOW, "").test_request_context("/?lang=en"):
        page = on_page(show_rows(rows_of(answers, b"k" * 32), Question(TODAY, NOW, NOW), "/batch"))
    pack, reports = gather(answers, Frame(TENDER, "en", format_trust_root(world.trust), source=world.source), NOW)
    first: Any = printed(pack, reports, world.trust)["first"]
    bidders = first["bidders"]

    def number(text: str) -> str:
        return text.rpartition(": ")[2]

    page_counts = {
        name.replace("No bidder named", ""): (lines, people, number(profiles), judged)
        for name, lines, people, profiles, judged, _ in page
    }
    pack_counts = {
        name.replace("–", ""): (lines, people, number(profiles), judged)
        for name, lines, people, profiles, judged, _ in bidders["rows"]
    }
    assert page_counts == COUNTED
    assert pack_counts == COUNTED
    assert [row[-1] for row in bidders["rows"]] == ["1", "0", "0"]
    assert "each of those certifications counts as a person of its own" in bidders["note"]
