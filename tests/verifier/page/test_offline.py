import json
import re
import subprocess
import sys
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from PIL import Image

from tests.verifier.page.world import NOW, SCHEME, Withheld, World, before_and_after_a_withdrawal
from verifier.checkpoint import open_checkpoint
from verifier.encoding import format_json
from verifier.event import parse_snapshot, parse_time
from verifier.jws import check_jws
from verifier.merkle import check_consistency, check_inclusion, leaf_hash
from verifier.page import create_app
from verifier.page.language import LANGUAGES
from verifier.page.offline_words import OFFLINE_HEADLINES
from verifier.tone import Tone
from verifier.trust import parse_trust_root

ROOT = Path(__file__).parents[3]
STATIC = ROOT / "verifier" / "page" / "static"


def test_the_knowledge_is_proven_to_whoever_has_the_trust_root(world: World, client: FlaskClient) -> None:
    answer = client.get("/offline/knowledge.json")
    log = answer.json["log"]

    head = open_checkpoint(log["checkpoint"].encode(), world.trust.origin, world.trust.log_key)
    for name, parse in (("snapshot", parse_snapshot), ("time", parse_time)):
        entry = log[name]["entry"].encode()
        proof = [b64decode(node) for node in log[name]["proof"]]
        check_inclusion(leaf_hash(entry), log[name]["index"], head.size, proof, head.root_hash)
        check_jws(parse(entry).jws, world.trust.operator_key)
    snapshot = parse_snapshot(log["snapshot"]["entry"].encode())
    assert log["time"]["index"] == snapshot.size - 1
    assert parse_time(log["time"]["entry"].encode()).at <= NOW
    assert parse_trust_root(format_json(answer.json["trust"])) == world.trust
    assert client.get(f"/public/status/list/{snapshot.list_sha256.hex()}").status_code == 200


def test_whoever_knew_an_earlier_log_is_shown_that_this_one_goes_on_from_it(tmp_path: Path) -> None:
    before, after = before_and_after_a_withdrawal(tmp_path)
    trust = before.trust
    old, new = (open_checkpoint(w.source.read("checkpoint"), trust.origin, trust.log_key) for w in (before, after))
    client = create_app(after.source, after.trust, lambda: NOW, "https://attesto.example").test_client()

    found = client.get(f"/offline/knowledge.json?since={old.size}").json["log"]["consistency"]

    assert (old.size < new.size, found["since"]) == (True, old.size)
    proof = [b64decode(node) for node in found["proof"]]
    check_consistency(old.size, old.root_hash, new.size, new.root_hash, proof)


@pytest.mark.parametrize(("since", "status"), [("", 200), ("?since=0", 200), ("?since=99999", 200), ("?since=-1", 400)])
def test_from_no_log_or_a_larger_one_there_is_no_proof(client: FlaskClient, since: str, status: int) -> None:
    answer = client.get(f"/offline/knowledge.json{since}")

    assert answer.status_code == status
    assert status == 400 or answer.json["log"]["consistency"] is None


@pytest.mark.parametrize("silent", ["snapshot", "checkpoint", "tile"])
def test_knowledge_that_cannot_be_had_is_told_and_kept_nowhere(world: World, silent: str) -> None:
    app = create_app(Withheld(world.source, silent=silent), world.trust, lambda: NOW, "https://attesto.example")

    answer = app.test_client().get("/offline/knowledge.json")

    assert (answer.status_code, answer.headers["Cache-Control"]) == (503, "no-store")


def test_the_slugs_of_a_code_have_names(client: FlaskClient) -> None:
    content = client.get("/offline/names.json").json

    assert content["bodies"]["aurora"] == "Aurora Certificazioni S.r.l."
    scheme = json.loads(SCHEME.read_text(encoding="utf-8"))
    edition = content["editions"]["demo-2026"]
    assert edition["title"] == scheme["title"]
    assert edition["profiles"]["coordinatore"] == scheme["profiles"]["coordinatore"]["title"]


def test_the_worker_governs_the_whole_page_and_is_asked_for_anew_each_time(client: FlaskClient) -> None:
    answer = client.get("/sw.js")

    assert answer.content_type == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"


def kept(client: FlaskClient) -> list[str]:
    """The files that the worker keeps on a device."""
    line = next(line for line in client.get("/sw.js").text.splitlines() if line.startswith("const FILES = "))
    return json.loads(line.removeprefix("const FILES = ").removesuffix(";"))


def test_every_file_that_the_worker_keeps_is_there(client: FlaskClient) -> None:
    files = kept(client)

    assert {path: client.get(path, buffered=True).status_code for path in files} == dict.fromkeys(files, 200)
    assert {f"/{page}?lang={code}" for page in ("scan", "offline") for code in LANGUAGES} <= set(files)


def test_the_worker_keeps_no_answer_about_a_certificate(client: FlaskClient) -> None:
    assert [path for path in kept(client) if path.lower().startswith(("/v/", "/public", "/offline/"))] == []


@pytest.mark.parametrize("path", ["/scan", "/offline"])
def test_every_script_and_style_of_a_kept_page_is_kept(client: FlaskClient, path: str) -> None:
    files = kept(client)
    page = client.get(path).text

    linked = [part.split('"')[0] for name in ('src="', 'href="') for part in page.split(name)[1:]]
    assert [link for link in linked if link.startswith("/static/") and link not in files] == []
    modules = [file for file in files if file.startswith("/static/js/")]
    scripts = [client.get(module, buffered=True).text for module in modules]
    imported = {f"/static/js/{name}" for script in scripts for name in re.findall(r'"\./(\w+\.js)"', script)}
    assert imported
    assert imported <= set(files)


def test_another_address_makes_another_worker(world: World) -> None:
    scripts = {
        create_app(world.source, world.trust, lambda: NOW, address).test_client().get("/sw.js").text
        for address in ("https://attesto.example", "https://attesto.example", "https://other.example")
    }

    assert len(scripts) == 2


def test_the_manifest_lets_a_phone_install_the_page(client: FlaskClient) -> None:
    manifest = client.get("/manifest.webmanifest", headers={"Accept-Language": "en"})

    assert manifest.content_type == "application/manifest+json"
    content = json.loads(manifest.data)
    assert client.get(content["start_url"]).status_code == 200
    assert (content["display"], content["scope"], content["lang"]) == ("standalone", "/", "en")
    pictures = [icon for icon in content["icons"] if icon["type"] == "image/png"]
    assert {(icon["sizes"], icon["purpose"]) for icon in pictures} == {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }
    for icon in pictures:
        with Image.open(STATIC / icon["src"].removeprefix("/static/")) as picture:
            assert icon["sizes"] == f"{picture.width}x{picture.height}"


def test_the_icons_are_drawn_from_the_pages_own(tmp_path: Path) -> None:
    def check(static: Path) -> int:
        command = [sys.executable, ROOT / "scripts" / "make-icons", "--check", "--static", static]
        return subprocess.run(command, check=False).returncode

    (tmp_path / "icons").mkdir()
    for path in [STATIC / "icon.svg", *(STATIC / "icons").iterdir()]:
        (tmp_path / path.relative_to(STATIC)).write_bytes(path.read_bytes())

    assert check(STATIC) == 0
    (tmp_path / "icon.svg").write_text("<svg/>", encoding="utf-8")
    assert check(tmp_path) == 1


def test_nothing_that_is_said_without_network_is_green() -> None:
    assert Tone.GOOD not in {headline.tone for headline in OFFLINE_HEADLINES.values()}


def test_the_page_says_what_it_can_and_cannot_say(read: Callable[..., str]) -> None:
    page = read("/offline")

    assert "Not what is true today, and not whether the body registered this very certificate." in page
    assert "nothing of the certificates you check" in page
