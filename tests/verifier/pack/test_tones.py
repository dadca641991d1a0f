"""Page, pack and command line are as grave of every sample of the world, on every kind of day; and count alike."""

import re
from datetime import date, timedelta

import pytest

from tests.verifier.pack.packs import DAY, TENDER, presented
from tests.verifier.page.world import NOW, TODAY, World
from verifier.answers import Means, answer, answer_lines
from verifier.pack.build import Frame, gather
from verifier.pack.printed import printed
from verifier.page import create_app
from verifier.page.row import answer_result
from verifier.report import Kind, Question
from verifier.trust import format_trust_root

LATER = TODAY + timedelta(60)
QUESTIONS = {
    "before anything": Question(date(2020, 1, 1), NOW, NOW),
    "a day long ago": Question(date(2028, 5, 10), NOW, NOW),
    "a day that is over": Question(DAY, NOW, NOW),
    "today": Question(TODAY, NOW, NOW),
    "a day to come": Question(LATER, NOW, NOW),
    "a period that is over": Question(date(2028, 5, 10), NOW, NOW, DAY),
    "a period until today": Question(DAY, NOW, NOW, TODAY),
    "a period to come": Question(DAY, NOW, NOW, LATER),
    **{f"{kind} from a day that is over": Question(DAY, NOW, NOW, TODAY, kind) for kind in Kind if kind != Kind.DAY},
    **{f"{kind} until a day to come": Question(DAY, NOW, NOW, LATER, kind) for kind in Kind if kind != Kind.DAY},
}


@pytest.mark.parametrize("token", [True, False])
@pytest.mark.parametrize("name", QUESTIONS)
def test_page_pack_and_command_line_are_as_grave(name: str, token: bool, world: World) -> None:
    means = Means(world.trust, QUESTIONS[name], {}, world.source)
    answers = [answer(presented(world, sample, token=token), means) for sample in world.samples]
    pack, reports = gather(answers, Frame(TENDER, "en", format_trust_root(world.trust)), NOW)
    with create_app(world.source, world.trust, lambda: NOW, "").test_request_context("/?lang=en"):
        pages = [str(answer_result(one).tone).replace("alarm", "bad") for one in answers]

    rows = printed(pack, reports, world.trust)["table"]["rows"]  # type: ignore[index, call-overload]
    packs = [row["tone"] for row in rows]  # type: ignore[index, call-overload, union-attr]
    lines = [next(answer_lines([one], means, "trust.json")).tone.value for one in answers]

    told = dict(zip(world.samples, zip(pages, packs, lines, strict=True), strict=True))
    assert {sample: tones for sample, tones in told.items() if len(set(tones)) > 1} == {}


def test_page_and_pack_name_what_they_count_of_a_bidder_alike(world: World) -> None:
    means = Means(world.trust, QUESTIONS["today"], {}, world.source)
    answers = [answer(presented(world, "active", token=False), means)] * 2
    pack, reports = gather(answers, Frame(TENDER, "de", format_trust_root(world.trust)), NOW)
    page = create_app(world.source, world.trust, lambda: NOW, "").test_client().get("/batch?lang=de").text

    counted = printed(pack, reports, world.trust)["first"]["bidders"]  # type: ignore[index, call-overload]

    heads = [re.findall(r"<th[^>]*>(.+?)</th>", table) for table in re.findall(r"<thead>.*?</thead>", page, re.DOTALL)]
    assert counted["head"][1] == "Zeilen"  # type: ignore[index, call-overload]
    assert counted["head"][:-1] in [head[:-1] for head in heads]  # type: ignore[index, call-overload]
    assert counted["rows"][0][1] == "2"  # type: ignore[index, call-overload]
