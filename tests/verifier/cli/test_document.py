"""A certificate's PDF file: what its page shows is held against the record."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from registry.documents.certificate import PrintedCertificate, format_pdf
from tests.verifier.cli.asking import Ask, bundle, link, written
from tests.verifier.page.world import World
from tests.verifier.paper import png, symbol
from tests.verifier.printing import certificate_of, with_attachment


@pytest.fixture(scope="module")
def certificate(world: World) -> PrintedCertificate:
    return certificate_of(world, "active")


def different(report: Mapping[str, object]) -> list[str]:
    """The fields of a JSON report that differ."""
    fields = report["fields"]
    assert isinstance(fields, list)
    return [field["name"] for field in fields if field["outcome"] == "different"]


def test_a_certificate_as_printed_agrees_with_the_record(
    certificate: PrintedCertificate, world: World, ask: Ask, tmp_path: Path
) -> None:
    file = written(tmp_path / "bid.pdf", format_pdf(certificate))

    said = ask(file, "--registry", world.public)
    (report,) = ask(file, "--registry", world.public, "--json").reports

    assert (said.code, said.first) == (0, "GENUINE AND IN FORCE on 2029-02-01")
    assert "  same          last valid day  2031-05-31" in said.out
    assert {field["outcome"] for field in report["fields"]} == {"same"}


@pytest.mark.parametrize(
    ("edit", "field"),
    [
        ({"profile": {"it": "Team leader", "en": "Team leader"}}, "profile"),
        ({"valid_until": date(2041, 5, 31)}, "valid_until"),
        ({"name": "Mario Bianchi"}, "name"),
        ({"number": "7K3M9P2XQD4W5"}, "number"),
        ({"body": "Istituto Boreale di Qualità"}, "body"),
    ],
)
def test_an_edited_document_is_told_apart_though_its_code_is_genuine(
    edit: Mapping[str, object], field: str, certificate: PrintedCertificate, world: World, ask: Ask, tmp_path: Path
) -> None:
    file = written(tmp_path / "bid.pdf", format_pdf(replace(certificate, **edit)))

    said = ask(file, "--registry", world.public)
    (report,) = ask(file, "--registry", world.public, "--json").reports

    assert (said.code, said.first) == (3, "EDITED, DO NOT RELY ON IT")
    assert "GENUINE" not in said.out
    assert (report["verdict"], report["exit_code"]) == ("forged", 3)
    assert different(report) == [field]


def test_a_genuine_attachment_makes_an_edited_document_no_better(
    certificate: PrintedCertificate, world: World, ask: Ask, tmp_path: Path
) -> None:
    proofs = bundle(world, "active", world.samples["active"].tokens[-1])
    genuine = written(tmp_path / "1.pdf", with_attachment(format_pdf(certificate), "a.json", proofs))
    later = format_pdf(replace(certificate, valid_until=date(2041, 5, 31)))
    edited = written(tmp_path / "2.pdf", with_attachment(later, "a.json", proofs))

    assert ask(genuine).code == 0
    (report,) = ask(edited, "--json").reports
    assert (report["verdict"], different(report)) == ("forged", ["valid_until"])


def test_an_edit_is_told_from_a_bundle_alone(
    certificate: PrintedCertificate, world: World, ask: Ask, tmp_path: Path
) -> None:
    proofs = written(tmp_path / "proofs.json", bundle(world, "active"))
    edited = written(tmp_path / "bid.pdf", format_pdf(replace(certificate, name="Mario Bianchi")))

    (report,) = ask(edited, "--bundle", proofs, "--json").reports

    assert different(report) == ["name"]
    assert {f["name"]: f["reason"] for f in report["fields"] if f["outcome"] == "not_comparable"} == {
        "profile": "no_record"
    }


def test_an_edited_document_among_others_is_the_gravest(
    certificate: PrintedCertificate, world: World, ask: Ask, tmp_path: Path
) -> None:
    edited = written(tmp_path / "bid.pdf", format_pdf(replace(certificate, name="Mario Bianchi")))

    said = ask(edited, link(world, "suspended"), "--registry", world.public)

    assert said.code == 3
    assert said.out.splitlines()[-2] == f"  EDITED, DO NOT RELY ON IT  {edited}, page 1"


def test_a_photo_has_no_fields(world: World, ask: Ask, tmp_path: Path) -> None:
    file = written(tmp_path / "photo.png", png(symbol(link(world, "active"))))

    (report,) = ask(file, "--registry", world.public, "--json").reports

    assert (report["verdict"], report["fields"]) == ("in_force", None)
