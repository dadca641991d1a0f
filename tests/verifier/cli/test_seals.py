"""A certificate's seal: told beside the answer, and against it where the file was altered after it was sealed."""

from dataclasses import replace
from pathlib import Path

import pytest

from keys.seal import PadesSealer, SealKey
from registry.documents.certificate import format_pdf
from tests.seals import Authority
from tests.verifier.cli.asking import Ask, written
from tests.verifier.page.world import NOW, World
from tests.verifier.printing import certificate_of
from verifier.trust import format_trust_root

AUTHORITY = Authority(NOW)
IDENTITY = AUTHORITY.seal_identity()


@pytest.fixture(scope="module")
def sealed(world: World) -> bytes:
    key = SealKey(IDENTITY.asn1_key, IDENTITY.asn1_certificate)
    return PadesSealer(key, (AUTHORITY.root.der,), lambda: NOW).seal(format_pdf(certificate_of(world, "active")))


@pytest.fixture
def roots(tmp_path: Path) -> Path:
    return written(tmp_path / "roots.pem", AUTHORITY.root.pem)


def altered(sealed: bytes) -> bytes:
    """The document with one letter of its metadata changed, which nobody sees on the page."""
    place = sealed.index(b"<rdf:Description")
    return sealed[:place] + b"<rdf:description" + sealed[place + 16 :]


def test_the_seal_is_told_beside_the_answer(sealed: bytes, roots: Path, world: World, ask: Ask, tmp_path: Path) -> None:
    file = written(tmp_path / "bid.pdf", sealed)

    said = ask(file, "--registry", world.public, "--seal-roots", roots)
    (report,) = ask(file, "--registry", world.public, "--seal-roots", roots, "--json").reports

    assert (said.code, said.first) == (0, "GENUINE AND IN FORCE on 2029-02-01")
    assert "\n  holds         Registro di prova, by its own word of 20" in said.out
    (seal,) = report["seals"]
    assert (seal["signer"], seal["outcome"], seal["finding"]) == (
        "Registro di prova", "passed", "holds_revocation_unknown",
    )  # fmt: skip
    assert (seal["stamped"], seal["whole"]) == (False, True)


def test_without_roots_a_seal_is_there_and_no_more(sealed: bytes, world: World, ask: Ask, tmp_path: Path) -> None:
    said = ask(written(tmp_path / "bid.pdf", sealed), "--registry", world.public)

    assert (said.code, said.first) == (0, "GENUINE AND IN FORCE on 2029-02-01")
    assert "\n  not checked   Registro di prova" in said.out
    assert "a seal is there, but whom to trust for it was not said" in said.out


def test_the_trust_root_may_name_the_seals_roots(sealed: bytes, world: World, ask: Ask, tmp_path: Path) -> None:
    trust = written(tmp_path / "own.json", format_trust_root(replace(world.trust, seal_roots=(AUTHORITY.root.der,))))

    said = ask(written(tmp_path / "bid.pdf", sealed), "--registry", world.public, trusted=trust)

    assert "\n  holds         Registro di prova" in said.out


@pytest.mark.parametrize("with_roots", [True, False])
def test_what_was_altered_after_sealing_is_forged_though_code_and_fields_agree(
    with_roots: bool, sealed: bytes, roots: Path, world: World, ask: Ask, tmp_path: Path
) -> None:
    file = written(tmp_path / "bid.pdf", altered(sealed))
    named = ("--seal-roots", roots) if with_roots else ()

    said = ask(file, "--registry", world.public, *named)
    (report,) = ask(file, "--registry", world.public, *named, "--json").reports

    assert (said.code, said.first) == (3, "ALTERED AFTER IT WAS SEALED, DO NOT RELY ON IT")
    assert "GENUINE" not in said.out
    assert "\n  BROKEN        Registro di prova" in said.out
    assert (report["verdict"], report["exit_code"]) == ("forged", 3)
    assert [seal["finding"] for seal in report["seals"]] == ["altered"]
    assert {field["outcome"] for field in report["fields"]} == {"same"}


def test_an_unsealed_document_is_none_the_worse(world: World, roots: Path, ask: Ask, tmp_path: Path) -> None:
    file = written(tmp_path / "bid.pdf", format_pdf(certificate_of(world, "active")))

    said = ask(file, "--registry", world.public, "--seal-roots", roots)
    (report,) = ask(file, "--registry", world.public, "--json").reports

    assert said.code == 0
    assert "The seal of the document" not in said.out
    assert report["seals"] == []


def test_roots_that_are_none_are_refused(sealed: bytes, ask: Ask, tmp_path: Path) -> None:
    file, broken = written(tmp_path / "bid.pdf", sealed), written(tmp_path / "roots.pem", "roots")

    said = ask(file, "--seal-roots", broken)

    assert said.code == 2
    assert f"seal roots {broken}: not a certificate in DER or PEM" in said.err
