"""A registry that seals: its certificates, its trust root, its doctor."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.registry.cli.conftest import call, done
from tests.registry.cli.test_certificate import code_of, text_of
from tests.registry.cli.test_doctor import wrong
from tests.registry.test_seal import AUTHORITY, IDENTITY, WRITTEN, keep_seal
from tests.seals import Authority, now
from verifier.report import Outcome
from verifier.seal import read_seals
from verifier.trust import parse_trust_root


def let_it_seal(folder: Path, **more: str) -> None:
    keep_seal(folder, IDENTITY)
    with (folder / "attesto.toml").open("a", encoding="utf-8") as file:
        file.writelines(f'{name} = "{value}"\n' for name, value in (WRITTEN | more).items())


def test_a_certificate_is_the_same_document_with_a_seal_after_it(folder: Path, number: str, tmp_path: Path) -> None:
    done("certificate", folder, number, "--out", tmp_path / "plain.pdf")
    let_it_seal(folder)
    done("certificate", folder, number, "--out", tmp_path / "sealed.pdf")

    plain, sealed = tmp_path / "plain.pdf", tmp_path / "sealed.pdf"
    assert sealed.read_bytes().startswith(plain.read_bytes())
    assert (code_of(sealed), text_of(sealed)) == (code_of(plain), text_of(plain))
    (seal,) = read_seals(sealed.read_bytes(), [AUTHORITY.root.pem], now())
    assert (seal.signer, seal.outcome, seal.whole) == ("Registro di prova", Outcome.PASSED, True)


def test_poppler_finds_the_seal_of_a_certificate_valid(folder: Path, number: str, tmp_path: Path) -> None:
    if shutil.which("pdfsig") is None:
        pytest.skip("NO PDFSIG: poppler-utils is not installed")
    let_it_seal(folder)
    done("certificate", folder, number, "--out", tmp_path / "sealed.pdf")

    said = subprocess.run(["pdfsig", tmp_path / "sealed.pdf"], capture_output=True, check=True).stdout.decode()
    assert "Signature is Valid." in said
    assert "Total document signed" in said


def test_granted_certificates_are_sealed(folder: Path, people: Path, tmp_path: Path) -> None:
    let_it_seal(folder)
    done("grant", folder, people, "--body", "odc-uno", "--edition", "demo-2026", "--pdf", tmp_path / "out")

    written = [path.read_bytes() for path in (tmp_path / "out").iterdir()]
    assert len(written) == 3
    assert all(len(read_seals(pdf, [AUTHORITY.root.pem], now())) == 1 for pdf in written)


def test_a_code_alone_needs_no_seal(folder: Path, number: str, tmp_path: Path) -> None:
    let_it_seal(folder)
    (folder / "seal.pem").unlink()

    done("certificate", folder, number, "--out", tmp_path / "code.svg")


def test_nothing_is_written_where_the_seal_does_not_work(folder: Path, number: str, tmp_path: Path) -> None:
    let_it_seal(folder)
    (folder / "seal-passphrase").write_text("another\n", encoding="utf-8")

    told = call("certificate", folder, number, "--out", tmp_path / "sealed.pdf")

    assert told.exit_code == 2
    assert "the passphrase does not open it" in told.stderr
    assert not (tmp_path / "sealed.pdf").exists()


def test_the_trust_root_names_who_vouches_for_the_seal(folder: Path) -> None:
    assert parse_trust_root((folder / "trust.json").read_bytes()).seal_roots == ()
    let_it_seal(folder)
    done("publish", folder)

    assert parse_trust_root((folder / "trust.json").read_bytes()).seal_roots == (AUTHORITY.root.der,)


def seal_check(folder: Path) -> dict[str, str]:
    checks = json.loads(call("doctor", folder, "--json").stdout)["checks"]
    (found,) = [check for check in checks if check["check"] == "seal"]
    return {str(name): str(value) for name, value in found.items()}


def test_the_doctor_tries_the_seal_out(folder: Path) -> None:
    assert seal_check(folder)["says"] == "documents are not sealed: no seal is configured"
    let_it_seal(folder)

    found = seal_check(folder)
    assert found["level"] == "ok"
    expires_on = IDENTITY.certificate.not_valid_after_utc.date().isoformat()
    assert f"a document is sealed and its seal holds; its certificate is good until {expires_on}" in found["says"]


def test_the_doctor_warns_of_a_seal_that_ends_soon(folder: Path) -> None:
    let_it_seal(folder)
    keep_seal(folder, AUTHORITY.seal_identity(days=20))

    assert seal_check(folder)["level"] == "warning"


def test_the_doctor_names_a_seal_that_does_not_work(folder: Path) -> None:
    let_it_seal(folder)
    keep_seal(folder, Authority(now(), "Altra radice").seal_identity())

    assert wrong(folder)["seal"] == (
        "the seal would not hold: nobody who is trusted for seals vouches for its certificate"
        " → the seal's settings, certificate and time-stamps (docs/operations.md)"
    )


def test_the_doctor_names_a_seals_secret_that_is_open_to_others(folder: Path) -> None:
    let_it_seal(folder)
    (folder / "seal-passphrase").chmod(0o644)

    assert "seal-passphrase is open to others" in wrong(folder)["secrets"]
