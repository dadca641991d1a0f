"""Without network in a real browser: what the device learned before, how old it is, and never a word about today."""

import re
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from keys.signer import generate
from tests.journeys.page.camera import code_picture
from tests.journeys.page.test_look import check_accessible
from tests.journeys.page.visitor import serving, shown
from tests.verifier.page.world import NOW, ORIGIN, World, before_and_after_a_withdrawal
from verifier.encoding import format_base64
from verifier.errors import ProofError
from verifier.fetch import Source
from verifier.merkle import check_consistency, consistency_proof, leaf_hash, root_hash
from verifier.note import make_verifier
from verifier.trust import Policy, TrustRoot

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

TODAY = re.compile("in force today|genuine and in force", re.IGNORECASE)


class Network:
    """The network between a device and the page, which can be cut; the page's address stays the same."""

    def __init__(self, context: BrowserContext, source: Source, trust: TrustRoot) -> None:
        """Serve the page at a free port."""
        self._context = context
        self._stack = ExitStack()
        self.address = self._stack.enter_context(serving(source, trust))

    def cut(self) -> None:
        """Stop the page; browsers notice only that nobody answers."""
        self._stack.close()

    def mend(self, source: Source, trust: TrustRoot, at: datetime = NOW) -> None:
        """Serve the page again where it was."""
        port = urlsplit(self.address).port or 0
        self._stack.enter_context(serving(source, trust, at, port))


@contextmanager
def network(context: BrowserContext, source: Source, trust: TrustRoot) -> Iterator[Network]:
    """A device's network, at NOW."""
    context.clock.set_fixed_time(NOW)
    made = Network(context, source, trust)
    try:
        yield made
    finally:
        made.cut()


def learn(context: BrowserContext, address: str) -> Page:
    """Let a device keep the page and what the registry says; its page of what it knows."""
    page = context.new_page()
    page.goto(f"{address}/offline")
    expect(page.locator('[data-part="state"]')).to_have_attribute("data-state", "kept", timeout=20_000)
    expect(page.locator("html")).to_have_attribute("data-knows", re.compile("^2029-"))
    page.evaluate("navigator.serviceWorker.ready.then(() => 0)")
    return page


def answered(page: Page, url: str) -> str:
    """Open a link, and the key of what the device answers to it."""
    page.goto(url)
    return answer(page)


def answer(page: Page) -> str:
    """The key of the answer of the device."""
    expect(page.locator("html[data-offline]")).to_be_attached()
    return page.locator("html").get_attribute("data-offline") or ""


def test_a_photo_is_read_and_answered_without_network(world: World, context: BrowserContext, tmp_path: Path) -> None:
    sample = world.samples["active"]
    photo = tmp_path / "photo.png"
    with network(context, world.source, world.trust) as net:
        code_picture(net.address + sample.path, 5).save(photo)
        page = learn(context, net.address)
        net.cut()

        page.goto(f"{net.address}/scan")
        page.get_by_label("Or choose a photo").set_input_files(photo)

        assert answer(page) == "in_force_then"
        assert page.url == f"{net.address}/V/{sample.number}?lang=en"
        result = page.locator("#offline-answer .result")
        expect(result.get_by_role("heading")).to_have_text("In force on 1 February 2029, as this device knew it then")
        expect(result).to_contain_text("1 February 2029 at 11:00, 1 hour ago")
        assert "unknown" in (result.get_attribute("class") or "").split()
        assert not TODAY.search(result.inner_text().replace("Whether it is in force today", ""))
        expect(page.locator('[data-check="signature"]')).to_contain_text("Passed")
        expect(page.locator('[data-check="registered"]')).to_contain_text("Not checked")
        expect(page.locator('[data-check="today"]')).to_contain_text("Not checked")
        expect(page.locator("#offline-holder .name")).to_have_text("Giulia D’Àngelo-Ferrari")
        expect(page.locator('[data-claim="body"]')).to_have_text("Aurora Certificazioni S.r.l.")


def test_a_title_that_is_not_in_the_readers_language_is_the_english_one(world: World, browser: Browser) -> None:
    with (
        browser.new_context(locale="de-DE") as context,
        network(context, world.source, world.trust) as net,
    ):
        page = learn(context, net.address)
        net.cut()

        answered(page, net.address + world.samples["active"].path)

        profile = page.locator('[data-claim="profile"]')
        expect(profile).to_have_text("Shift coordinator")
        expect(profile).to_have_attribute("lang", "en")


def test_a_certificate_withdrawn_meanwhile_is_never_called_in_force_today(
    context: BrowserContext, tmp_path: Path
) -> None:
    before, after = before_and_after_a_withdrawal(tmp_path)
    sample = before.samples["active"]
    with network(context, before.source, before.trust) as net:
        page = learn(context, net.address)
        net.cut()
        later = NOW + timedelta(hours=3)
        context.clock.set_fixed_time(later)

        assert answered(page, net.address + sample.path) == "in_force_then"
        result = page.locator("#offline-answer .result")
        expect(result).to_contain_text("4 hours ago")
        expect(result).to_contain_text("can only be said with network")
        assert page.locator("#offline-answer .good").count() == 0

        net.mend(after.source, after.trust, later)
        page.get_by_role("button", name="Check again with network").click()
        expect(page.locator("html[data-checked]")).to_be_attached()
        assert shown(page) == "withdrawn"

        learn(context, net.address)
        net.cut()
        assert answered(page, net.address + sample.path) == "not_in_force_then"


def test_what_was_granted_meanwhile_is_not_known_and_not_refused(context: BrowserContext, tmp_path: Path) -> None:
    before, after = before_and_after_a_withdrawal(tmp_path)
    with network(context, before.source, before.trust) as net:
        page = learn(context, net.address)
        net.cut()

        assert answered(page, net.address + after.samples["newer"].path) == "not_listed"


@pytest.mark.parametrize(
    ("policy", "passed", "state"),
    [
        (Policy(), timedelta(hours=22), "in_force_then"),
        (Policy(), timedelta(hours=23, minutes=1), "out_of_date"),
        (Policy(snapshot_max_age=7200), timedelta(minutes=59), "in_force_then"),
        (Policy(snapshot_max_age=7200), timedelta(minutes=61), "out_of_date"),
        (Policy(), timedelta(days=400), "out_of_date"),
        (Policy(), timedelta(hours=-2), "no_list"),
    ],
)
def test_knowledge_grows_old(
    world: World, context: BrowserContext, policy: Policy, passed: timedelta, state: str
) -> None:
    with network(context, world.source, replace(world.trust, policy=policy)) as net:
        page = learn(context, net.address)
        net.cut()
        context.clock.set_fixed_time(NOW + passed)

        assert answered(page, net.address + world.samples["active"].path) == state
        result = page.locator("#offline-answer .result")
        assert ("caution" in (result.get_attribute("class") or "").split()) is (state == "out_of_date")
        assert page.get_by_text("This is out of date").is_visible() is (state == "out_of_date")


def _path(name: str) -> Callable[[World], str]:
    return lambda world: world.samples[name].path


def _forged(world: World) -> str:
    return world.samples["active"].link(world.token_by("active", generate()))


def _of_another_body(world: World) -> str:
    return world.samples["active"].link(world.token_by("active", world.token_keys["cirro"]))


def _flipped(world: World) -> str:
    token = world.samples["active"].tokens[0]
    return world.samples["active"].link(token[:-9] + bytes([token[-9] ^ 4]) + token[-8:])


def _of_another_number(world: World) -> str:
    return world.samples["active"].link(world.samples["renewed"].tokens[0])


# A code that is scanned without network, and the device's answer to it.
SCENES: dict[str, tuple[Callable[[World], str], str]] = {
    "in force": (_path("active"), "in_force_then"),
    "by an ES256 key": (_path("accreditation suspended"), "in_force_then"),
    "suspended": (_path("suspended"), "suspended_then"),
    "withdrawn": (_path("withdrawn"), "not_in_force_then"),
    "expired": (_path("expired"), "not_in_force_then"),
    "not yet in force": (_path("not yet"), "not_in_force_then"),
    "a renewed certification's old document": (
        lambda world: world.samples["renewed"].link(world.samples["renewed"].tokens[0]),
        "ended",
    ),
    "signed by a key that nobody knows": (_forged, "key_unknown"),
    "signed by another body": (_of_another_body, "key_unknown"),
    "a bit of the signature changed": (_flipped, "forged"),
    "another certificate's code": (_of_another_number, "forged"),
    "no code at all": (lambda world: f"/V/{world.samples['active'].number}", "number_only"),
    "a typed number": (lambda world: f"/?number={world.samples['active'].number}", "number_only"),
    "damaged": (lambda world: world.samples["active"].path[:-1], "forged"),
    "another page": (lambda _: "/body/", "no_page"),
}


def test_each_code_gets_its_own_answer_without_network(world: World, context: BrowserContext) -> None:
    with network(context, world.source, world.trust) as net:
        page = learn(context, net.address)
        net.cut()

        found = {}
        for name, (path, _) in SCENES.items():
            # Where only the code is another, the answer to the one before would still stand there.
            page.goto("about:blank")
            found[name] = answered(page, net.address + path(world))

    assert found == {name: state for name, (_, state) in SCENES.items()}


def test_a_body_that_the_device_does_not_know_is_told(world: World, context: BrowserContext) -> None:
    with network(context, world.source, world.without_body("aurora")) as net:
        page = learn(context, net.address)
        net.cut()

        assert answered(page, net.address + world.samples["active"].path) == "body_unknown"


def test_a_key_in_doubt_is_not_relied_on(world: World, context: BrowserContext) -> None:
    body = world.trust.bodies["aurora"]
    keys = tuple(replace(key, doubtful_from=3) if key.purpose == "token" else key for key in body.keys)
    trust = replace(world.trust, bodies={**world.trust.bodies, "aurora": replace(body, keys=keys)})
    with network(context, world.source, trust) as net:
        page = learn(context, net.address)
        net.cut()

        assert answered(page, net.address + world.samples["active"].path) == "key_doubtful"


def test_a_link_is_pasted_and_checked_on_the_device(world: World, context: BrowserContext) -> None:
    sample = world.samples["active"]
    with network(context, world.source, world.trust) as net:
        learn(context, net.address).close()
        net.cut()
        page = context.new_page()
        page.goto(f"{net.address}/offline")

        page.get_by_label("paste the link").fill("Giulia")
        page.get_by_role("button", name="Check on this device").click()
        expect(page.locator("#link-refused")).to_be_visible()
        page.get_by_label("paste the link").fill(f"https://registry.example{sample.path}")
        page.get_by_role("button", name="Check on this device").click()

        assert answer(page) == "in_force_then"
        expect(page.locator("#offline-answer")).to_be_focused()
        assert page.url == f"{net.address}/offline"

        page.get_by_label("paste the link").fill("Giulia")
        page.get_by_role("button", name="Check on this device").click()

        expect(page.locator("#link-refused")).to_be_visible()
        expect(page.locator("#offline-answer")).to_have_text("Checking without network")
        for part in ("#offline-answer .result", "#offline-holder", "#offline-checks", "#again"):
            expect(page.locator(part)).to_be_hidden()
        assert sample.number[:4] not in page.locator("main").inner_text()


def test_once_the_network_is_back_the_page_asks_by_itself(world: World, context: BrowserContext) -> None:
    sample = world.samples["suspended"]
    with network(context, world.source, world.trust) as net:
        page = learn(context, net.address)
        net.cut()
        context.set_offline(offline=True)
        assert answered(page, net.address + sample.path) == "suspended_then"
        net.mend(world.source, world.trust)

        context.set_offline(offline=False)

        expect(page.locator("html[data-checked]")).to_be_attached()
        assert shown(page) == "suspended"
        assert page.url == f"{net.address}/V/{sample.number}"


def test_a_network_that_takes_everything_and_answers_nothing_counts_as_none(
    world: World, context: BrowserContext, tmp_path: Path
) -> None:
    photo = tmp_path / "photo.png"
    with network(context, world.source, world.trust) as net:
        code_picture(net.address + world.samples["active"].path, 5).save(photo)
        page = learn(context, net.address)
        net.cut()
        with socket.create_server(("127.0.0.1", urlsplit(net.address).port or 0)):
            assert answered(page, net.address + world.samples["active"].path) == "in_force_then"
            page.goto(f"{net.address}/scan")
            page.get_by_label("Or choose a photo").set_input_files(photo)
            expect(page.locator("html[data-offline=in_force_then]")).to_be_attached(timeout=25_000)


def test_with_network_nothing_old_is_shown(world: World, context: BrowserContext) -> None:
    with network(context, world.source, world.trust) as net:
        page = learn(context, net.address)
        page.reload()
        page.evaluate("navigator.serviceWorker.controller ? 0 : Promise.reject()")
        net.cut()
        net.mend(world.source, world.without_body("aurora"))

        page.goto(net.address + world.samples["active"].path)
        expect(page.locator("html[data-checked]")).to_be_attached()

        assert shown(page) == "unknown_body"


def test_another_key_of_the_log_is_refused_loudly(world: World, context: BrowserContext) -> None:
    other = replace(world.trust, log_key=make_verifier(ORIGIN, generate().public_key))
    with network(context, world.source, world.trust) as net:
        page = learn(context, net.address)
        net.cut()
        net.mend(world.source, other)

        page.goto(f"{net.address}/offline")
        expect(page.get_by_role("alert").filter(has_text="not the registry that your device knows")).to_be_visible()
        expect(page.locator("[data-refused]")).to_have_text("log_key")
        page.goto(net.address)
        expect(page.get_by_role("alert").filter(has_text="not the registry that your device knows")).to_be_visible()
        net.cut()

        # What the device knew before stands, with the warning above it.
        assert answered(page, net.address + world.samples["active"].path) == "in_force_then"
        expect(page.locator("#refusal")).to_be_visible()
        page.get_by_role("button", name="Forget it").click()
        expect(page.locator("#refusal")).to_be_hidden()


def test_a_log_that_does_not_go_on_from_the_known_one_is_refused_loudly(
    context: BrowserContext, tmp_path: Path
) -> None:
    before, after = before_and_after_a_withdrawal(tmp_path)

    def bend(route: Route) -> None:
        answer = route.fetch()
        content = answer.json()
        content["log"]["consistency"]["proof"][0] = format_base64(bytes(32))
        route.fulfill(response=answer, json=content)

    with network(context, before.source, before.trust) as net:
        page = learn(context, net.address)
        net.cut()
        net.mend(after.source, after.trust)
        context.route("**/offline/knowledge.json*", bend)

        page.goto(f"{net.address}/offline")
        expect(page.locator("[data-refused]")).to_have_text("history")
        context.unroute_all(behavior="wait")
        net.cut()

        assert answered(page, net.address + before.samples["active"].path) == "in_force_then"


def test_without_proof_that_the_log_goes_on_nothing_is_taken_over(context: BrowserContext, tmp_path: Path) -> None:
    before, after = before_and_after_a_withdrawal(tmp_path)
    with network(context, before.source, before.trust) as net:
        page = learn(context, net.address)
        net.cut()
        net.mend(after.source, after.trust)
        context.route("**/offline/knowledge.json*", lambda route: route.continue_(url=route.request.url.split("?")[0]))

        page.goto(f"{net.address}/offline")
        expect(page.locator('[data-part="state"]')).to_have_attribute("data-state", "unproven")
        context.unroute_all(behavior="wait")
        net.cut()

        assert answered(page, net.address + before.samples["active"].path) == "in_force_then"


GOES_ON = """async ([path, cases]) => {
    const { goesOn } = await import(path + "/static/js/log.js");
    const bytes = (text) => Uint8Array.from(atob(text), (symbol) => symbol.charCodeAt(0));
    const head = ([size, root]) => ({ size, root: bytes(root) });
    return Promise.all(cases.map(([first, second, proof]) => goesOn(head(first), head(second), proof.map(bytes))));
}"""


def follows(first: tuple[int, bytes], second: tuple[int, bytes], proof: Sequence[bytes]) -> bool:
    """Whether the verifier takes a consistency proof."""
    try:
        check_consistency(*first, *second, proof)
    except ProofError:
        return False
    return True


def test_script_and_verifier_follow_a_log_alike(page: Page, address: str) -> None:
    leaves = [leaf_hash(bytes([place])) for place in range(13)]
    cases = []
    for new in range(1, len(leaves)):
        for old in range(1, new + 1):
            proof = consistency_proof(old, leaves[:new])
            heads = (old, root_hash(leaves[:old])), (new, root_hash(leaves[:new]))
            other = (old, root_hash(leaves[1 : old + 1])), heads[1]
            for bent in (proof, proof[1:], proof[:-1], (*proof, leaves[0]), proof[::-1]):
                cases += [(heads, bent), (other, bent), (heads[::-1], bent)]
    page.goto(address)

    texts = [
        [*([size, format_base64(root)] for size, root in heads), [format_base64(node) for node in proof]]
        for heads, proof in cases
    ]
    found = page.evaluate(GOES_ON, [address, texts])

    assert found == [follows(*heads, proof) for heads, proof in cases]
    assert (True in found, False in found) == (True, True)


def test_older_files_do_not_replace_what_the_device_knows(context: BrowserContext, tmp_path: Path) -> None:
    before, after = before_and_after_a_withdrawal(tmp_path)
    with network(context, after.source, after.trust) as net:
        context.clock.set_fixed_time(NOW + timedelta(hours=3))
        page = learn(context, net.address)
        net.cut()
        net.mend(before.source, before.trust)

        page.goto(f"{net.address}/offline")
        expect(page.locator('[data-part="state"]')).to_have_attribute("data-state", "older")
        net.cut()

        assert answered(page, net.address + before.samples["active"].path) == "not_in_force_then"


def test_the_device_keeps_nothing_of_what_was_checked(world: World, context: BrowserContext) -> None:
    sample = world.samples["active"]
    code = sample.path.partition("#")[2]
    with network(context, world.source, world.trust) as net:
        page = learn(context, net.address)
        page.goto(net.address + sample.path)
        expect(page.locator("html[data-checked]")).to_be_attached()
        net.cut()
        answered(page, net.address + sample.path)

        kept = page.evaluate(
            """async () => {
                const found = [];
                for (const name of await caches.keys()) {
                    const cache = await caches.open(name);
                    for (const request of await cache.keys()) {
                        found.push(request.url, await (await cache.match(request)).text());
                    }
                }
                return found;
            }"""
        )

        assert len(kept) > 40
        assert not [text for text in kept if sample.number in text or code[:40] in text or "Giulia" in text]
        assert page.evaluate("localStorage.length + sessionStorage.length") == 0
        assert page.evaluate("indexedDB.databases()") == []
        assert context.cookies() == []


def test_a_new_page_takes_the_place_of_the_one_that_the_device_kept(world: World, context: BrowserContext) -> None:
    with network(context, world.source, world.trust) as net:
        page = context.new_page()
        page.goto(net.address)
        page.evaluate("caches.open('attesto-shell-of-last-year').then(() => 0)")

        page = learn(context, net.address)

        expect(page.locator("html")).to_have_attribute("data-knows", re.compile("^2029-"))
        version = re.search(r"attesto-shell-[0-9a-f]{16}", page.request.get(f"{net.address}/sw.js").text())
        assert version is not None
        # It takes over once the old files are gone.
        page.evaluate(
            """() => new Promise((go) => {
                if (navigator.serviceWorker.controller) go(0);
                navigator.serviceWorker.oncontrollerchange = () => go(0);
            })"""
        )
        assert set(page.evaluate("caches.keys()")) == {version[0], "attesto-knowledge"}


def test_a_browser_that_keeps_nothing_scans_and_checks_with_network(
    world: World, browser: Browser, address: str, tmp_path: Path
) -> None:
    photo = tmp_path / "photo.png"
    code_picture(address + world.samples["active"].path, 5).save(photo)
    with browser.new_context(service_workers="block", locale="en-GB") as context:
        context.add_init_script("delete globalThis.caches")
        page = context.new_page()
        page.goto(f"{address}/offline")
        expect(page.locator("html")).to_have_attribute("data-knows", "nothing")
        page.goto(f"{address}/scan")
        page.get_by_label("Or choose a photo").set_input_files(photo)
        expect(page.locator("html[data-checked]")).to_be_attached(timeout=20_000)

        assert shown(page) == "genuine"


@pytest.mark.parametrize("width", [390, 1280])
def test_scanner_and_offline_page_are_accessible(world: World, browser: Browser, width: int) -> None:
    with (
        browser.new_context(viewport={"width": width, "height": 844}, locale="en-GB") as context,
        network(context, world.source, world.trust) as net,
    ):
        page = learn(context, net.address)
        check_accessible(page, "what the device knows")
        page.goto(f"{net.address}/scan")
        page.evaluate("document.querySelectorAll('#scanner [hidden]').forEach((part) => { part.hidden = false; })")
        check_accessible(page, "scanner")
        net.cut()
        for name, (path, _) in SCENES.items():
            answered(page, net.address + path(world))
            check_accessible(page, name)
