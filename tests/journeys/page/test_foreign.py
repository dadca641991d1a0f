"""Codes of another registry: they are refused by their key, whatever host and number their link names."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from keys.signer import SoftwareSigner, generate
from keys.signing import sign_token
from tests.journeys.page.visitor import scan
from tests.verifier.page.world import Sample, World
from verifier.certificate import Certificate, parse_token
from verifier.key import ES256
from verifier.number import format_number

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

ABSENT = format_number(1)
# What a forger, or an honest registry elsewhere, may put under the address of this one; and what comes of it.
FOREIGN: dict[str, tuple[Callable[[Certificate], Certificate], str, str]] = {
    "the very claims of a certificate of ours": (lambda claims: claims, "Ed25519", "forged"),
    "another kind of key": (lambda claims: claims, ES256, "forged"),
    "another person": (lambda claims: replace(claims, name="Mario Rossi"), "Ed25519", "forged"),
    "a body that we do not know": (lambda claims: replace(claims, body="odc-falso"), "Ed25519", "unknown_body"),
    "a number that we do not have": (lambda claims: replace(claims, number=ABSENT), "Ed25519", "no_record"),
}


@pytest.mark.parametrize("case", FOREIGN)
def test_a_foreign_code_is_refused_by_its_key(world: World, page: Page, address: str, case: str) -> None:
    change, algorithm, result = FOREIGN[case]
    foreign: SoftwareSigner = generate(algorithm)
    claims = change(parse_token(world.samples["active"].tokens[-1]).claims)
    link = Sample(claims.number, (sign_token(foreign, claims),)).path

    assert scan(page, address + link) == result

    assert not page.locator(".result.good:visible").count()
    # Who holds it is not repeated: nobody whom we know has said so.
    expect(page.locator("#holder")).to_be_hidden()
