"""Tokens in a real browser: the script and the verifier take the same ones and refuse the same ones."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO

import cbor2
import pytest
from playwright.sync_api import Page

from keys.signer import generate
from keys.signing import sign_token
from tests.verifier.page.world import NOW
from verifier.certificate import Certificate, open_token, parse_token
from verifier.errors import AttestoError
from verifier.key import ES256, PublicKey
from verifier.number import format_number

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]


CHECK = """async ([path, tokens, jwk]) => {
    const { parseToken } = await import(path + "/static/js/token.js");
    const { algorithmOf, signedBy } = await import(path + "/static/js/key.js");
    const { hex } = await import(path + "/static/js/bytes.js");
    const found = [];
    for (const text of tokens) {
        try {
            const token = parseToken(Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16)));
            const right = algorithmOf(jwk) === token.algorithm && (await signedBy(jwk, token.signature, token.signed));
            const { name, number, validUntil, issuedAt, birthYear, statusIndex } = token.claims;
            found.push([right, hex(token.keyId), hex(token.signed), name, number, validUntil, issuedAt.getTime() / 1000,
                        birthYear, statusIndex]);
        } catch (error) {
            if (error.constructor.name !== "FormatError") throw error;
            found.push(null);
        }
    }
    return found;
}"""


def python_says(token: bytes, key: PublicKey) -> list[object] | None:
    """What CHECK says, by the verifier."""
    try:
        parsed = parse_token(token)
    except AttestoError:
        return None
    try:
        open_token(replace(parsed, short_id=key.short_id), key)
        right = True
    except AttestoError:
        right = False
    claims = parsed.claims
    return [
        right, parsed.short_id.hex(), parsed.signing_input.hex(), claims.name, claims.number,
        claims.valid_until.isoformat(), int(claims.issued_at.timestamp()), claims.birth_year, claims.status_index,
    ]  # fmt: skip


CERTIFICATE = Certificate(
    "odc-uno", NOW, date(2031, 5, 31), bytes(range(16)), "0000000000000", 1, "demo-2026", "operatore", 7,
    bytes(8), "Giulia D’Àngelo-Ferrari", 1987,
)  # fmt: skip
VARIANTS = [
    {},
    {"birth_year": None},
    {"name": "李小龙"},
    {"name": "محمد‌رضا"},
    {"name": "Ñ" * 60},
    {"name": "𠀀" * 60},
    *({"number": format_number(1 << bits)} for bits in (0, 23, 24, 31, 32, 52, 53, 59)),
    {"number": format_number(2**60 - 1)},
    {"status_index": 0},
    {"status_index": 2**53 - 1},
    {"status_index": 23},
    {"status_index": 24},
    {"status_index": 256},
    {"status_index": 2**32},
    {"revision": 2**31 - 1},
    {"valid_until": date(2031, 3, 30)},
    {"valid_until": date(2031, 10, 26)},
    {"valid_until": date(2099, 12, 31)},
    {"valid_until": date(9998, 12, 30)},
    {"valid_until": date(1970, 1, 1)},
    {"body": "a", "profile": "b", "edition": "c" * 32},
]


@pytest.mark.parametrize("algorithm", ["Ed25519", ES256])
def test_script_and_verifier_read_tokens_alike(page: Page, address: str, algorithm: str) -> None:
    signer = generate(algorithm)
    tokens = [sign_token(signer, replace(CERTIFICATE, **variant)) for variant in VARIANTS]
    page.goto(address)

    found = page.evaluate(CHECK, [address, [token.hex() for token in tokens], signer.public_key.jwk()])

    assert found == [python_says(token, signer.public_key) for token in tokens]
    assert all(answer and answer[0] for answer in found)


def test_script_and_verifier_refuse_the_same_tokens(page: Page, address: str) -> None:
    signer = generate()
    token = sign_token(signer, CERTIFICATE)
    bits = [token[:i] + bytes([token[i] ^ 1 << bit]) + token[i + 1 :] for i in range(len(token)) for bit in range(8)]
    cuts = [token[:length] for length in range(len(token))]
    tokens = [*bits, *cuts, token + b"\0", token * 2, b"\xf6", bytes(600), *foreign(token)]
    page.goto(address)

    found = page.evaluate(CHECK, [address, [token.hex() for token in tokens], signer.public_key.jwk()])

    expected = [python_says(token, signer.public_key) for token in tokens]
    assert [t.hex() for t, js, python in zip(tokens, found, expected, strict=True) if js != python] == []
    # A changed key id alone leaves the signature right for the key at hand: whose it is, is another check's business.
    assert not [answer for answer in found if answer and answer[0] and answer[1] == signer.public_key.short_id.hex()]


def foreign(token: bytes) -> Iterator[bytes]:
    """The same claims in spellings that nobody signs, and claims that nobody makes."""
    tag = cbor2.loads(token)
    header, unprotected, payload, signature = tag.value
    claims = cbor2.loads(payload)

    def made(value: object, **how: bool) -> bytes:
        return cbor2.dumps(value, **how)

    yield made(tag.value)
    yield made(cbor2.CBORTag(17, tag.value))
    yield made(cbor2.CBORTag(18, [*tag.value, b""]))
    yield made(cbor2.CBORTag(18, [header, {4: b"x"}, payload, signature]))
    yield made(cbor2.CBORTag(18, [header, unprotected, payload, signature[:-1]]))
    yield made(cbor2.CBORTag(18, [b"", unprotected, payload, signature]))
    for other in (
        {1: -8, 4: bytes(8)},
        {4: bytes(8), 1: -19},
        {1: -19},
        {1: -19, 4: bytes(7)},
        {1: -19, 4: bytes(8), 5: b""},
    ):
        yield made(cbor2.CBORTag(18, [made(other), unprotected, payload, signature]))
    row = claims[-65537]
    changes: list[dict[object, object]] = [
        {1: "Odc"}, {1: ""}, {1: "a" * 33}, {1: b"odc-uno"}, {4: claims[4] + 1}, {4: claims[4] - 3600}, {4: 0}, {4: -1},
        {4: 2**60}, {4: float(claims[4])}, {6: -1}, {6: 2**63}, {6: True}, {7: bytes(15)}, {7: "x" * 16}, {8: 1},
        {-65537: row[:-1]}, {-65537: [*row, None]}, {-65537: {}},
    ]  # fmt: skip
    for place, values in {
        0: (-1, 2**60, 2**64 - 1, "7", True),
        1: (0, 2**31, -1, None, True),
        2: ("A", "a_b", "-a", None, "a" * 33),
        3: ("", "é", 1),
        4: (-1, 2**53, 2**64 - 1, None),
        5: (bytes(7), bytes(9), "12345678"),
        6: (
            "",
            " ",
            "a ",
            " a",
            "a" * 61,
            "a\tb",
            "a\u202eb",
            "a\u00a0b",
            "\u200d",
            "a\u2028b",
            "\ufeffa",
            5,
            None,
            b"a",
        ),
        7: (0, 1849, 10_000, -1, "1987", False),
    }.items():
        changes += [{-65537: [*row[:place], value, *row[place + 1 :]]} for value in values]
    for change in changes:
        yield made(cbor2.CBORTag(18, [header, unprotected, made({**claims, **change}), signature]))
    yield made(cbor2.CBORTag(18, [header, unprotected, made(dict(reversed(claims.items()))), signature]))
    indefinite = BytesIO()
    indefinite.write(b"\xd2\x9f" + b"".join(map(made, tag.value)) + b"\xff")
    yield indefinite.getvalue()
    yield b"\xd8\x12" + token[1:]
    yield token[:1] + b"\x98\x04" + token[2:]
