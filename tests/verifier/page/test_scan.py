import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.verifier.page.world import World

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "scripts" / "vendor-zxing"
VENDORED = ROOT / "verifier" / "page" / "static" / "vendor" / "zxing-wasm"


def directives(client: FlaskClient, path: str) -> dict[str, str]:
    policy = client.get(path, buffered=True).headers["Content-Security-Policy"]
    return dict(part.split(" ", 1) for part in policy.split("; "))


@pytest.mark.parametrize("path", ["/scan", "/scan/reader.js"])
def test_what_reads_codes_may_compile_webassembly_and_nothing_else_may_run(client: FlaskClient, path: str) -> None:
    found = directives(client, path)

    assert found["default-src"] == "'none'"
    assert found["script-src"] == "'self' 'wasm-unsafe-eval'"
    assert found["connect-src"] == "'self'"


@pytest.mark.parametrize("path", ["/", "/offline", "/sw.js", "/V/0000000000000", "/catalogue/", "/static/js/reader.js"])
def test_no_other_answer_lets_webassembly_be_compiled(client: FlaskClient, path: str) -> None:
    assert directives(client, path)["script-src"] == "'self'"


def test_the_scanner_alone_may_use_the_camera(client: FlaskClient) -> None:
    assert "camera=(self)" in client.get("/scan").headers["Permissions-Policy"]
    for path in ("/", "/offline", "/V/0000000000000"):
        assert "camera=()" in client.get(path).headers["Permissions-Policy"]


def test_the_scanner_may_start_scripts_by_one_policy_alone(client: FlaskClient) -> None:
    found = directives(client, "/scan")

    assert found["require-trusted-types-for"] == "'script'"
    assert found["trusted-types"] == "attesto-script"
    assert found["worker-src"] == "'self'"
    assert found["frame-ancestors"] == found["base-uri"] == "'none'"


def test_the_reader_is_served_as_what_browsers_compile(client: FlaskClient) -> None:
    answer = client.get("/static/vendor/zxing-wasm/zxing_reader.wasm", buffered=True)

    assert answer.content_type == "application/wasm"
    assert answer.data == (VENDORED / "zxing_reader.wasm").read_bytes()


def test_home_leads_to_the_scanner(read: Callable[..., str]) -> None:
    assert 'href="/scan"' in read("/")


def test_the_scanner_says_what_is_sent_and_what_is_not(world: World, read: Callable[..., str]) -> None:
    page = read("/scan")

    assert "The pictures of the camera and your photos stay on this device." in page
    assert "The number of the certificate is sent to this page" in page
    assert 'type="file" accept="image/*"' in page


def test_whoever_has_a_document_and_no_code_is_led_on(read: Callable[..., str]) -> None:
    page = read("/scan")

    assert 'href="/check"' in page
    assert 'href="/offline"' in page


def test_the_scanner_is_for_reading_alone(client: FlaskClient) -> None:
    assert client.post("/scan", data=b"x").status_code == 413
    assert client.post("/scan").status_code == 405


def checked(folder: Path) -> tuple[int, str]:
    done = subprocess.run([sys.executable, SCRIPT, "--check", "--folder", folder], capture_output=True, check=False)
    return done.returncode, done.stderr.decode()


def test_the_reader_is_the_one_that_its_manifest_names() -> None:
    assert checked(VENDORED) == (0, "")


def test_a_reader_that_is_not_as_vendored_is_told(tmp_path: Path) -> None:
    for file in VENDORED.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "reader.js").write_text("fetch('https://elsewhere.example')", encoding="utf-8")
    (tmp_path / "LICENSE").unlink()
    (tmp_path / "more.js").write_bytes(b"")

    assert checked(tmp_path) == (
        1,
        "LICENSE is missing\nmore.js is not named in vendor.json\nreader.js is changed\n",
    )


def test_both_licences_lie_beside_the_reader() -> None:
    assert (VENDORED / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")
    assert "Apache License" in (VENDORED / "LICENSE.zxing-cpp").read_text(encoding="utf-8")
