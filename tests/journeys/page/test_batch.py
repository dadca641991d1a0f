"""A batch in a real browser: every line right, stopped and gone on with, reloaded, sorted, kept as files."""

import csv
import io
import json
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from tests.journeys.page.test_look import check_accessible
from tests.verifier.page.bids import photo, printed, spreadsheet, zipped
from tests.verifier.page.world import World
from verifier.pack.check import check_pack
from verifier.pack.content import Unanswered
from verifier.report import Verdict
from verifier.unread import Unread

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

CASES = Path(__file__).parents[2] / "verifier" / "page" / "tallies.json"
LONG = 60_000
FINISHED = "Finished"
# Every sample by its number: what the page says of it on 1 February 2029.
SAID = {
    "active": "In force today",
    "overdue": "In force today, but its maintenance is overdue",
    "ends soon": "In force today, but withdrawn from 15 February 2029 on",
    "suspended": "Not in force today: suspended since 10 December 2028",
    "expired": "Not in force today: expired after 11 January 2029",
    "withdrawn": "Not in force today: withdrawn since 8 January 2029",
    "relinquished": "Not in force today: given up since 9 January 2029",
    "not yet": "Not in force today: it counts only from 1 March 2029 on",
    "unaccredited": "In force today, but the body is not accredited for it",
}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB", accept_downloads=True) as context:
        yield context.new_page()


def begin(page: Page, address: str, numbers: list[str], *files: Path, bidder: str = "") -> None:
    page.goto(f"{address}/batch")
    page.get_by_label("Numbers").fill("\n".join(numbers))
    page.get_by_label("Files").set_input_files(list(files))
    page.locator("#bidder").fill(bidder)
    page.get_by_role("button", name="Check all").click()


def finished(page: Page) -> None:
    expect(page.get_by_role("status").filter(has_text=FINISHED)).to_be_visible(timeout=LONG)


def rows(page: Page) -> Locator:
    return page.locator(".rows tbody tr")


def titles(page: Page) -> list[str]:
    """What every line says, whatever its spaces are."""
    return [said.replace("\u00a0", " ") for said in page.locator('.rows [data-cell="title"]').all_inner_texts()]


SIDEWAYS = "[...document.querySelectorAll('.scroll')].filter((part) => part.scrollWidth > part.clientWidth).length"


class Gate:
    """Lets so many parts of a batch through to the server, and holds the others."""

    def __init__(self, page: Page) -> None:
        self.parts = 0
        page.route("**/batch/rows*", self._pass)

    def _pass(self, route: Route) -> None:
        if self.parts:
            self.parts -= 1
            route.continue_()


def test_thirty_mixed_things_are_right_in_every_line(world: World, page: Page, address: str, tmp_path: Path) -> None:
    numbers = [world.samples[name].number for name in SAID]
    links = [f"{world.samples[name].path};Alfa" for name in ("active", "withdrawn", "suspended")]
    (tmp_path / "atto.pdf").write_bytes(printed(world, "active"))
    (tmp_path / "alterato.pdf").write_bytes(printed(world, "active", name="Carla Altra"))
    (tmp_path / "foto.png").write_bytes(photo(world, "expired"))
    (tmp_path / "rotto.pdf").write_bytes(b"%PDF-1.7 broken")
    archive = {"a.pdf": printed(world, "withdrawn"), "b.png": photo(world, "active")}
    (tmp_path / "busta.zip").write_bytes(zipped(archive))
    listed = [("Numero", "Operatore economico"), *((world.samples[name].number, "Beta") for name in SAID)]
    (tmp_path / "elenco.xlsx").write_bytes(spreadsheet([*listed, ("nothing", "Beta"), ("0000000000000", "Beta")]))
    names = ("atto.pdf", "alterato.pdf", "foto.png", "rotto.pdf", "busta.zip", "elenco.xlsx")

    begin(page, address, [*numbers, *links, "nothing"], *(tmp_path / name for name in names), bidder="Gamma")
    finished(page)

    altered, nothing = "Altered: the document says something else than the record", "Nothing to check"
    in_lines = [*SAID.values(), "Genuine, and in force today", SAID["withdrawn"], SAID["suspended"], nothing]
    in_files = ["Genuine, and in force today", altered, SAID["expired"], nothing]
    in_archive, in_list = [SAID["withdrawn"], "Genuine, and in force today"], [*SAID.values(), nothing]
    assert titles(page) == [*in_lines, *in_files, *in_archive, *in_list, "No record under this number"]
    bidders = page.locator('.rows [data-cell="bidder"]').all_inner_texts()
    assert bidders == ["Gamma"] * 9 + ["Alfa"] * 3 + ["Gamma"] * 7 + ["Beta"] * 11
    assert page.locator(".bidders tbody th").all_inner_texts() == ["Gamma", "Alfa", "Beta"]
    assert "withdrawn since 8\u00a0January 2029" in page.locator(".rows").inner_text()


def test_who_names_the_same_person_is_told_and_people_are_counted_once(world: World, page: Page, address: str) -> None:
    renewed = world.samples["renewed"]
    lines = [f"{renewed.path};Alfa", f"{renewed.link(renewed.tokens[0])};Alfa", f"{world.samples['due'].path};Alfa"]

    begin(page, address, [*lines, f"{world.samples['due'].number};Beta"])
    finished(page)

    counted = [row.locator("td").nth(1).inner_text() for row in page.locator(".bidders tbody tr").all()]
    assert counted == ["2", "1"]
    assert "The same certification, a second time" in rows(page).nth(0).inner_text()
    for line in (2, 3):
        assert "The same person is named by two bidders" in rows(page).nth(line).inner_text()


def test_a_title_in_another_language_is_marked_with_it(world: World, page: Page, address: str) -> None:
    page.goto(f"{address}/batch?lang=de")
    page.locator("#numbers").fill(world.samples["active"].number)
    page.locator("#numbers").locator("xpath=ancestor::form").locator("button[type=submit]").click()

    expect(page.locator('.rows [data-cell="profile_title"]')).to_have_attribute("lang", "en")
    expect(page.locator(".bidders td").nth(2).locator("span")).to_have_attribute("lang", "en")
    expect(page.locator(".bidders td").nth(2)).to_have_text("Shift coordinator: 1")


def test_the_browser_counts_as_the_server_does(page: Page, address: str) -> None:
    page.goto(f"{address}/batch")
    cases = json.loads(CASES.read_text(encoding="utf-8"))
    counted = page.evaluate(
        """async (cases) => {
            const { flag, tally } = await import("/static/js/tally.js");
            return cases.map(({ rows }) => {
                const flagged = flag(rows);
                return { flags: flagged.map((row) => row.reasons), bidders: tally(flagged) };
            });
        }""",
        cases,
    )

    assert counted == [{"flags": case["flags"], "bidders": case["bidders"]} for case in cases]


def test_it_is_stopped_gone_on_with_and_reloaded(world: World, page: Page, address: str) -> None:
    gate, counted = Gate(page), page.locator('[data-part="count"]')
    gate.parts = 1
    begin(page, address, [world.samples["active"].number] * 160)

    expect(counted).to_have_text(re.compile("^50 of 160"), timeout=LONG)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("status").filter(has_text="Paused")).to_be_visible()
    page.reload()
    expect(counted).to_have_text("50 of 160")
    gate.parts = 1
    page.get_by_role("button", name="Go on").click()
    expect(counted).to_have_text(re.compile("^100 of 160"), timeout=LONG)
    gate.parts = 9
    page.reload()
    finished(page)

    expect(counted).to_have_text("160 of 160")
    assert "Rows 1 to 100 of 160" in page.locator("[data-shown]").inner_text()
    page.get_by_role("button", name="Next rows").click()
    assert rows(page).count() == 60


def test_what_is_begun_anew_is_forgotten(world: World, page: Page, address: str) -> None:
    begin(page, address, [world.samples["active"].path])
    finished(page)

    page.get_by_role("button", name="Begin anew").click()
    expect(page.get_by_label("Numbers")).to_be_visible()
    page.reload()

    expect(page.get_by_label("Numbers")).to_be_visible()
    assert rows(page).count() == 0
    kept = """async () => {
        const database = await new Promise((resolve) => {
            const request = indexedDB.open("attesto-batch");
            request.onsuccess = () => resolve(request.result);
        });
        const all = (name) => new Promise((resolve) => {
            const request = database.transaction(name).objectStore(name).getAll();
            request.onsuccess = () => resolve(request.result.length);
        });
        return [await all("batches"), await all("jobs")];
    }"""
    assert page.evaluate(kept) == [0, 0]


def test_a_part_that_fails_is_tried_again(world: World, page: Page, address: str) -> None:
    tries = count()

    def fail_twice(route: Route) -> None:
        if next(tries) < 2:
            route.fulfill(status=503, headers={"Retry-After": "1"}, json={"detail": "busy"})
        else:
            route.continue_()

    page.route("**/batch/rows*", fail_twice)
    begin(page, address, [world.samples["active"].number])
    finished(page)

    assert titles(page) == ["In force today"]
    assert next(tries) == 3


def test_what_never_answers_is_not_lost_and_not_green(world: World, page: Page, address: str, tmp_path: Path) -> None:
    (tmp_path / "atto.pdf").write_bytes(printed(world, "active"))
    page.route("**/batch/rows*", lambda route: route.abort())
    begin(page, address, [world.samples["active"].number, "nothing"], tmp_path / "atto.pdf")
    finished(page)

    assert titles(page) == ["Could not be checked"] * 3
    assert "atto.pdf" in rows(page).nth(2).inner_text()
    page.unroute("**/batch/rows*")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator('.rows [data-cell="title"]').first).to_have_text("In force today")
    finished(page)
    assert titles(page) == ["In force today", "Nothing to check", "Genuine, and in force today"]


def test_a_file_that_is_refused_does_not_hold_up_its_neighbours(
    world: World, page: Page, address: str, tmp_path: Path
) -> None:
    (tmp_path / "a.png").write_bytes(photo(world, "active"))
    (tmp_path / "b.png").write_bytes(photo(world, "withdrawn"))

    def refuse_b(route: Route) -> None:
        body = route.request.post_data_buffer or b""
        if b'filename="b.png"' in body:
            route.fulfill(status=422, json={"detail": "This file is not taken."})
        else:
            route.continue_()

    page.route("**/batch/rows*", refuse_b)
    begin(page, address, [], tmp_path / "a.png", tmp_path / "b.png")
    finished(page)

    assert titles(page) == ["Genuine, and in force today", "Could not be checked"]
    assert "This file is not taken." in rows(page).nth(1).inner_text()


def test_the_table_is_sorted_and_filtered_by_keyboard(world: World, page: Page, address: str) -> None:
    names = ("withdrawn", "active", "due")
    begin(page, address, [f"{world.samples[name].number};{bidder}" for name, bidder in zip(names, "CAB", strict=True)])
    finished(page)
    heading = page.locator('[data-sort="bidder"]')

    heading.get_by_role("button").focus()
    page.keyboard.press("Enter")
    assert heading.get_attribute("aria-sort") == "ascending"
    assert page.locator('.rows [data-cell="bidder"]').all_inner_texts() == ["A", "B", "C"]
    page.keyboard.press("Enter")
    assert heading.get_attribute("aria-sort") == "descending"
    assert page.locator('.rows [data-cell="bidder"]').all_inner_texts() == ["C", "B", "A"]
    page.get_by_label("Only what needs attention").focus()
    page.keyboard.press("Space")

    assert titles(page) == [SAID["withdrawn"]]
    assert "Rows 1 to 1 of 1" in page.locator("[data-shown]").inner_text()


def saved(page: Page, name: str) -> bytes:
    with page.expect_download() as download:
        page.get_by_role("button", name=name).click()
    return Path(download.value.path()).read_bytes()


def test_the_table_is_kept_as_files_that_hold_no_formula(world: World, page: Page, address: str) -> None:
    begin(page, address, [f"{world.samples['active'].path};=1+1", f"{world.samples['withdrawn'].number};+2", "@x"])
    finished(page)

    content = saved(page, "List (CSV)")
    assert content.startswith(b"\xef\xbb\xbf")
    head, *lines = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    told = [dict(zip(head, line, strict=True)) for line in lines]
    assert [line["Bidder"] for line in told] == ["'=1+1", "'+2", ""]
    assert told[2]["Handed in"] == "'@x"
    assert [line["Answer"] for line in told] == ["Genuine, and in force today", SAID["withdrawn"], "Nothing to check"]
    assert told[0]["Name"] == "Giulia D’Àngelo-Ferrari"

    kept: dict[str, Any] = json.loads(saved(page, "For programs (JSON)"))
    assert [row["key"] for row in kept["rows"]] == ["genuine", "withdrawn", "unreadable"]
    assert not {"token", "holder"} & kept["rows"][0].keys()

    sheet = openpyxl.load_workbook(io.BytesIO(saved(page, "Spreadsheet (XLSX)"))).active
    assert [cell.value for cell in sheet["D"]] == ["Bidder", "=1+1", "+2", None]
    assert {cell.data_type for cell in sheet["D"][1:3]} == {"s"}


def test_an_evidence_pack_is_made_of_the_table(world: World, page: Page, address: str, tmp_path: Path) -> None:
    (tmp_path / "alterato.pdf").write_bytes(printed(world, "active", name="Carla Altra"))
    forged = world.samples["active"].link(world.token_over("active", "Carla Altra"))
    (tmp_path / "rotto.pdf").write_bytes(b"%PDF-1.7 broken")
    files = (tmp_path / "alterato.pdf", tmp_path / "rotto.pdf")
    begin(page, address, [world.samples["due"].path, "nothing", forged], *files, bidder="Alfa")
    finished(page)

    pack = check_pack(saved(page, "Evidence pack (PDF)"), world.trust)

    assert pack.altered == ""
    assert [item.stated for item in pack.items] == [Verdict.IN_FORCE, Verdict.FORGED, Verdict.FORGED]
    assert pack.pack is not None
    assert pack.pack.unanswered == (
        Unanswered("nothing", None, 2, "Alfa", Unread.NOTHING_FOUND),
        Unanswered("rotto.pdf", None, None, "Alfa", Unread.DAMAGED),
    )


@pytest.mark.parametrize(("width", "language"), [(390, "it"), (1280, "en")])
def test_the_form_and_the_table_are_accessible(
    world: World,
    browser: Browser,
    address: str,
    tmp_path: Path,
    width: int,
    language: str,
) -> None:
    (tmp_path / "alterato.pdf").write_bytes(printed(world, "active", name="Carla Altra"))
    with browser.new_context(viewport={"width": width, "height": 844}, locale=language) as context:
        page = context.new_page()
        page.goto(f"{address}/batch")
        check_accessible(page, "form")
        page.locator("#numbers").fill("\n".join([*(world.samples[name].number for name in SAID), "x"]))
        page.locator("#files").set_input_files(tmp_path / "alterato.pdf")
        page.locator("main form[data-batch] button").click()
        expect(page.locator('[data-part="said"]')).not_to_have_text("", timeout=LONG)
        check_accessible(page, "table")
        if width < 640:
            assert (
                page.locator(".bidders td").first.evaluate("cell => getComputedStyle(cell, '::before').content")
                == '"Righe"'
            )
            assert page.evaluate(SIDEWAYS) == 0


def test_without_javascript_the_form_gives_the_table(world: World, browser: Browser, address: str) -> None:
    with browser.new_context(java_script_enabled=False, locale="en-GB") as context:
        page = context.new_page()
        begin(page, address, [world.samples[name].number for name in SAID])

        expect(page.locator(".rows tbody tr .answer")).to_have_text(list(SAID.values()), timeout=LONG)


def test_no_policy_is_broken_and_nobody_else_is_asked(
    world: World, context: BrowserContext, address: str, tmp_path: Path
) -> None:
    said: list[str] = []
    asked: list[str] = []
    page = context.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    context.on("request", lambda request: asked.append(request.url))
    (tmp_path / "atto.pdf").write_bytes(printed(world, "active"))

    begin(page, address, [world.samples["active"].path], tmp_path / "atto.pdf")
    finished(page)
    saved(page, "List (CSV)")

    assert said == []
    assert [url for url in asked if not url.startswith((address, f"blob:{address}"))] == []
    code = world.samples["active"].path.partition("#")[2]
    assert [url for url in asked if code[:24] in url] == []
