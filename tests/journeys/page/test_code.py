"""The code of a certificate in a real browser: the script answers as the verifier does, and tells nobody."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, expect

from keys.signer import generate
from tests.journeys.page.visitor import ELSEWHERE, scan, serving, shown
from tests.verifier.page.world import NOW, Withheld, World, too_late, without_last_event
from verifier.certificate import parse_token
from verifier.encoding import legal_day
from verifier.fetch import Source, fetch_bundle
from verifier.page.answer_key import result_key
from verifier.report import Question
from verifier.trust import TrustRoot
from verifier.verify import verify

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]


@dataclass(frozen=True, slots=True)
class Scene:
    """A code on a link, and what stands between it and an answer."""

    sample: str
    token: Callable[[World], bytes] | None = None
    source: Callable[[World], Source] | None = None
    trust: Callable[[World], TrustRoot] | None = None
    at: datetime = NOW


def flipped(token: bytes, byte: int) -> bytes:
    """The token with one bit changed."""
    return token[:byte] + bytes([token[byte] ^ 4]) + token[byte + 1 :]


SCENES = {
    "genuine": Scene("active"),
    "genuine, by an ES256 key, accreditation suspended": Scene("accreditation suspended"),
    "genuine and not accredited": Scene("unaccredited"),
    "genuine and suspended": Scene("suspended"),
    "genuine and expired": Scene("expired"),
    "genuine and withdrawn": Scene("withdrawn"),
    "genuine and given up": Scene("relinquished"),
    "genuine and not yet in force": Scene("not yet"),
    "genuine, of a renewed certification": Scene("renewed"),
    "an older document": Scene("renewed", lambda world: world.samples["renewed"].tokens[0]),
    "signed by another key": Scene("active", lambda world: world.token_by("active", generate())),
    "signed by another body": Scene("active", lambda world: world.token_by("active", world.token_keys["cirro"])),
    "signed by a body with another kind of key": Scene(
        "active", lambda world: world.token_by("active", world.token_keys["borea"])
    ),
    "another name under the genuine key": Scene("active", lambda world: world.token_over("active", "Mario Rossi")),
    "another certificate's code": Scene("active", lambda world: world.samples["renewed"].tokens[0]),
    "a bit of the header changed": Scene("active", lambda world: flipped(world.samples["active"].tokens[0], 8)),
    "a bit of the claims changed": Scene("active", lambda world: flipped(world.samples["active"].tokens[0], 120)),
    "a bit of the signature changed": Scene("active", lambda world: flipped(world.samples["active"].tokens[0], -9)),
    "the record withheld": Scene("active", source=lambda world: Withheld(world.source, missing="record/")),
    "the record withheld from a forgery": Scene(
        "active",
        lambda world: world.token_by("active", generate()),
        lambda world: Withheld(world.source, missing="record/"),
    ),
    "no answer from the registry": Scene("active", source=lambda world: Withheld(world.source, silent="status/tree")),
    "no answer about a forgery": Scene(
        "active",
        lambda world: world.token_by("active", generate()),
        lambda world: Withheld(world.source, silent="status/tree"),
    ),
    "an old snapshot": Scene("active", at=too_late()),
    "an old snapshot, and a document that was never registered": Scene(
        "active", lambda world: world.token_over("active", "Mario Rossi"), at=too_late()
    ),
    "a body that is not on the list": Scene("active", trust=lambda world: world.without_body("aurora")),
    "a withdrawal left out": Scene("withdrawn", source=lambda world: without_last_event(world, "withdrawn")),
}


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES.keys())
def test_the_browser_answers_as_the_verifier_does(world: World, page: Page, scene: Scene) -> None:
    sample = world.samples[scene.sample]
    token = scene.token(world) if scene.token else sample.tokens[-1]
    source = scene.source(world) if scene.source else world.source
    trust = scene.trust(world) if scene.trust else world.trust
    question = Question(legal_day(scene.at), scene.at, scene.at)
    report = verify(trust, question, lambda: fetch_bundle(source, sample.number), sample.number, token)

    with serving(source, trust, scene.at) as address:
        found = scan(page, address + sample.link(token))

    # A green answer to a code says a little more than one to a number.
    assert found == {"in_force": "genuine"}.get(result_key(report), result_key(report))
    named = page.locator("#holder").is_visible()
    assert named is (report.check("token").outcome == "passed" and found != "forged")
    if named:
        assert page.locator(".name").inner_text() == parse_token(token).claims.name


def test_an_older_document_was_the_certificate_on_the_days_before_the_newer_one(
    world: World, page: Page, address: str
) -> None:
    sample = world.samples["renewed"]
    path, _, code = sample.link(sample.tokens[0]).partition("#")

    then = scan(page, f"{address}{path}?on=2026-06-01#{code}")
    now = scan(page, f"{address}{path}#{code}")

    assert (then, now) == ("genuine", "superseded")


def test_a_code_is_out_of_address_bar_and_history_before_anything_else(
    world: World, page: Page, context: BrowserContext, address: str
) -> None:
    sample = world.samples["active"]
    asked: list[Request] = []
    context.on("request", lambda request: asked.append(request))  # noqa: PLW0108  playwright wants a function

    page.goto(address)
    scan(page, address + sample.path)

    assert page.url == f"{address}/V/{sample.number}"
    page.goto(address)
    page.go_back()
    assert page.url == f"{address}/V/{sample.number}"
    code = sample.path.partition("#")[2]
    sent = [(request.url.partition("#")[0], request.post_data, *request.headers.values()) for request in asked]
    assert not [each for each in sent if any(part and (code[:40] in part or "Giulia" in part) for part in each)]
    assert all(request.url.startswith(address) for request in asked)
    assert context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_a_code_survives_a_change_of_language_and_of_day(world: World, page: Page, address: str) -> None:
    sample = world.samples["active"]
    scan(page, address + sample.path)

    page.locator(".languages summary").click()
    page.get_by_role("link", name="Italiano").click()
    expect(page.locator("html[lang=it][data-checked]")).to_be_attached()
    expect(page.locator(".name")).to_have_text("Giulia D’Àngelo-Ferrari")
    page.locator("#on").fill("2029-01-10")
    page.locator("[data-day-form] button").first.click()
    expect(page.locator("#verdict h1")).to_contain_text("10 gennaio 2029")
    expect(page.locator("html[data-checked]")).to_be_attached()

    assert shown(page) == "genuine"
    assert page.url == f"{address}/V/{sample.number}?on=2029-01-10&lang=it"


@pytest.mark.parametrize(
    ("language", "day"), [("fr", "1er juin 2028"), ("de", "1. Juni 2028"), ("es", "1 de junio de 2028")]
)
def test_the_days_of_a_code_are_written_as_the_page_writes_its_own(
    world: World, browser: Browser, address: str, language: str, day: str
) -> None:
    with browser.new_context(locale=language) as context:
        page = context.new_page()
        scan(page, address + world.samples["active"].path)

        expect(page.locator('[data-claim="issued_on"]')).to_have_text(day)
        expect(page.locator("#record")).to_contain_text(day)


def test_a_second_code_behind_the_same_address_is_checked_anew(world: World, page: Page, address: str) -> None:
    sample = world.samples["active"]
    scan(page, address + sample.path)

    page.evaluate("link => { location.href = link; }", sample.link(world.token_by("active", generate())))

    expect(page.locator('#verdict [data-result="forged"]')).to_be_visible()


def test_without_javascript_the_number_alone_is_answered(world: World, browser: Browser, address: str) -> None:
    with browser.new_context(java_script_enabled=False, locale="en-GB") as context:
        page = context.new_page()

        page.goto(address + world.samples["active"].path)

        assert shown(page) == "in_force"
        assert page.get_by_text("Without JavaScript the code on a certificate is not checked").is_visible()
        assert not page.locator("#holder").is_visible()


UNCHECKED: dict[str, tuple[str, Callable[[World], bytes] | None]] = {
    "genuine": ("active", None),
    "another name under the genuine key": ("active", lambda world: world.token_over("active", "Mario Rossi")),
    "a bit of the signature changed": ("active", lambda world: flipped(world.samples["active"].tokens[0], -9)),
    "genuine and suspended": ("suspended", None),
    "genuine, accreditation suspended": ("accreditation suspended", None),
    "an older document": ("renewed", lambda world: world.samples["renewed"].tokens[0]),
}
WITHOUT = {
    "no cryptography": "Object.defineProperty(Crypto.prototype, 'subtle', {get: () => undefined})",
    "none of that kind of key": (
        "SubtleCrypto.prototype.importKey = async () => { throw new DOMException('no', 'NotSupportedError'); }"
    ),
}


@pytest.mark.parametrize("without", WITHOUT)
@pytest.mark.parametrize("case", UNCHECKED)
def test_a_code_that_a_browser_cannot_check_is_never_green(
    world: World, page: Page, address: str, case: str, without: str
) -> None:
    name, token = UNCHECKED[case]
    sample = world.samples[name]
    page.add_init_script(WITHOUT[without])

    found = scan(page, address + sample.link(token(world) if token else sample.tokens[-1]))

    assert found == "code_not_checked"
    panel = page.locator("#verdict").inner_text()
    assert "Could not be checked here" in panel
    assert "may be forged" in panel
    assert "Scan the code with another one that is up to date" in panel
    assert "attesto-verify" in panel
    assert not page.locator(".result.good:visible").count()
    assert not page.locator("#record").is_visible()
    assert not page.locator("#holder").is_visible()


def test_what_the_number_alone_says_is_told_beside_a_code_that_was_not_checked(
    world: World, page: Page, address: str
) -> None:
    page.add_init_script(WITHOUT["no cryptography"])

    scan(page, address + world.samples["withdrawn"].path)

    alone = "The number alone says: “Not in force today: withdrawn since 8 January 2029”."
    expect(page.locator("#verdict")).to_contain_text(alone)
    token = page.locator('[data-check="token"]')
    assert "Not checked" in token.inner_text()
    assert "This browser cannot check the signatures." in token.inner_text()


def test_a_key_that_never_was_the_bodys_is_seen_without_cryptography(world: World, page: Page, address: str) -> None:
    page.add_init_script(WITHOUT["no cryptography"])

    found = scan(page, address + world.samples["active"].link(world.token_by("active", generate())))

    assert found == "forged"


def test_proofs_that_a_browser_cannot_check_are_never_green(world: World, page: Page, address: str) -> None:
    page.add_init_script(
        """const importKey = SubtleCrypto.prototype.importKey;
        SubtleCrypto.prototype.importKey = async function (format, key, algorithm, ...more) {
            if (algorithm.name === "Ed25519") throw new DOMException("no", "NotSupportedError");
            return importKey.call(this, format, key, algorithm, ...more);
        }"""
    )

    found = scan(page, address + world.samples["accreditation suspended"].path)

    assert found == "code_not_checked"
    assert "Passed" in page.locator('[data-check="token"]').inner_text()


@pytest.mark.parametrize("forged", [False, True])
def test_over_plain_http_no_code_is_checked_and_the_way_out_is_told(
    world: World, page: Page, address: str, forged: bool
) -> None:
    sample = world.samples["active"]
    token = world.token_over("active", "Mario Rossi") if forged else sample.tokens[-1]

    found = scan(page, address.replace("127.0.0.1", ELSEWHERE) + sample.link(token))

    assert not page.evaluate("isSecureContext")
    assert found == "code_not_checked"
    assert "Open it with https" in page.locator("#verdict").inner_text()


def test_an_answer_that_was_none_stays_none_beside_a_code_that_was_not_checked(world: World, page: Page) -> None:
    page.add_init_script(WITHOUT["no cryptography"])

    with serving(Withheld(world.source, missing="record/"), world.trust) as address:
        found = scan(page, address + world.samples["active"].path)

    assert found == "no_record"
    assert page.locator("#browser-note").inner_text().startswith("This browser cannot check the signatures.")


@pytest.mark.parametrize(
    ("blocked", "result"),
    [("**/public/status/list/*", "could_not_be_checked"), ("**/V/*.json*", "could_not_be_checked")],
)
def test_what_the_browser_cannot_have_is_never_green(
    world: World, page: Page, address: str, blocked: str, result: str
) -> None:
    page.route(blocked, lambda route: route.abort())

    assert scan(page, address + world.samples["active"].path) == result


def test_until_the_script_has_run_nothing_is_claimed(world: World, page: Page, address: str) -> None:
    page.route("**/js/page.js", lambda route: route.abort())

    page.goto(address + world.samples["active"].path)

    assert not page.locator("#verdict").is_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Checking the certificate…")
    assert not page.locator("#checks-title").is_visible()
    assert not page.locator(".result.good:visible").count()


EVIDENCE: list[tuple[str, Callable[[Any], Any], str]] = [
    ("browser.log.checkpoint", lambda text: text.replace("/log\n", "/olg\n", 1), "altered"),
    ("browser.log.checkpoint", lambda text: re.sub(r"\n(\d+)", r"\n1\1", text, count=1), "altered"),
    ("browser.log.snapshot.index", lambda index: index - 1, "altered"),
    ("browser.log.snapshot.entry", lambda entry: entry[:-8] + "AAAAAAAA", "altered"),
    ("browser.log.proof", lambda proof: proof[:-1], "altered"),
    ("browser.log.proof", lambda proof: [*proof, proof[0]], "altered"),
    ("browser.log.proof", lambda proof: proof[::-1], "altered"),
    ("browser.log.operator_key", lambda _: generate().public_key.jwk(), "altered"),
    ("browser.log", lambda _: {}, "altered"),
    ("browser.record.documents", lambda _: [], "forged"),
    ("browser.record.profile", lambda _: "direttore", "forged"),
    ("browser.record.edition", lambda _: "demo-2027", "forged"),
    ("browser.record.status_index", lambda index: index + 1, "forged"),
    ("browser.record.body", lambda _: "cirro", "forged"),
    ("browser.bodies.aurora", lambda keys: [keys[0] | {"retired_at": 3}], "forged"),
    ("browser.bodies.aurora", lambda keys: [keys[0] | {"doubtful_from": 0}], "forged"),
    ("browser.bodies.aurora", lambda keys: [keys[0] | {"enrolled_at": 10**6}], "forged"),
    ("browser.bodies.aurora", lambda _: [], "forged"),
    ("browser.bodies", lambda bodies: {"cirro": bodies["cirro"]}, "unknown_body"),
    ("browser", lambda _: None, "could_not_be_checked"),
    ("browser.record", lambda _: None, "code_not_checked"),
    ("answers", lambda answers: [answers[0] | {"in_force": False}], "could_not_be_checked"),
    ("verdict", lambda _: "not_in_force", "could_not_be_checked"),
    ("certification.current_revision", lambda _: 2, "superseded"),
]


@pytest.mark.parametrize(("place", "alter", "result"), EVIDENCE)
def test_evidence_that_does_not_hold_is_never_green(
    world: World, page: Page, address: str, place: str, alter: Callable[[Any], Any], result: str
) -> None:
    def answer(route: Route) -> None:
        response = route.fetch()
        report = response.json()
        *way, name = place.split(".")
        holder = report
        for step in way:
            holder = holder[step]
        holder[name] = alter(holder[name])
        route.fulfill(response=response, json=report)

    page.route("**/V/*.json*", answer)

    assert scan(page, address + world.samples["active"].path) == result


@pytest.mark.parametrize("sample", ["suspended", "expired", "withdrawn", "relinquished", "not yet", "unaccredited"])
def test_no_code_makes_an_answer_better(world: World, page: Page, address: str, sample: str) -> None:
    page.goto(f"{address}/V/{world.samples[sample].number}")
    alone = shown(page)

    assert scan(page, address + world.samples[sample].path) == alone
