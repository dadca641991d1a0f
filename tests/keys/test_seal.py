import asyncio
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from keys.errors import KeyFileError, KeyMissingError, PassphraseError, SealingError
from keys.seal import PadesSealer, SealKey, open_pades_sealer, open_seal_key
from tests.seals import PASSPHRASE, Authority, Identity, document, now
from verifier.pades import outside_loops
from verifier.report import Outcome
from verifier.seal import SealFinding, read_seals

Open = Callable[..., PadesSealer]


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority(now())


@pytest.fixture(scope="module")
def identity(authority: Authority) -> Identity:
    return authority.seal_identity()


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return document()


def kept(folder: Path, content: bytes, name: str = "seal-key") -> Path:
    path = folder / name
    path.touch(mode=0o600)
    path.write_bytes(content)
    return path


@pytest.fixture
def key(identity: Identity, tmp_path: Path) -> SealKey:
    return open_seal_key(kept(tmp_path, identity.key_pem), PASSPHRASE, identity.pem)


@pytest.fixture
def sealer(key: SealKey, authority: Authority) -> Open:
    """A sealer with that key, as the test wants it."""

    def opened(roots: bytes = authority.root.pem, clock: Callable[[], datetime] = now, **more: object) -> PadesSealer:
        return open_pades_sealer(key, roots, clock, **more)  # type: ignore[arg-type]

    return opened


def pdfsig(pdf: bytes, folder: Path, *options: str) -> str:
    if shutil.which("pdfsig") is None:
        pytest.skip("NO PDFSIG: poppler-utils is not installed")
    path = kept(folder, pdf, "sealed.pdf")
    return subprocess.run(["pdfsig", *options, path], capture_output=True, check=True).stdout.decode()


def test_a_sealed_document_is_the_document_and_more_after_it(sealer: Open, pdf: bytes, authority: Authority) -> None:
    before = now()

    sealed = sealer().seal(pdf)

    assert sealed.startswith(pdf)
    (seal,) = read_seals(sealed, [authority.root.pem], now())
    assert (seal.signer, seal.outcome, seal.whole, seal.stamped) == ("Registro di prova", Outcome.PASSED, True, False)
    assert seal.at is not None
    assert before <= seal.at <= now()
    assert seal.finding is SealFinding.HOLDS_REVOCATION_UNKNOWN


def test_a_document_is_sealed_and_checked_also_where_an_event_loop_runs(
    sealer: Open, pdf: bytes, authority: Authority
) -> None:
    async def seal() -> bytes:
        return sealer().seal(pdf)

    async def check(sealed: bytes) -> Outcome:
        return read_seals(sealed, [authority.root.pem], now())[0].outcome

    sealed = outside_loops(lambda: asyncio.run(seal()))
    assert outside_loops(lambda: asyncio.run(check(sealed))) is Outcome.PASSED


@pytest.mark.parametrize("rsa", [True, False], ids=["RSA", "ES256"])
def test_poppler_calls_the_seal_valid(rsa: bool, authority: Authority, pdf: bytes, tmp_path: Path) -> None:
    identity = authority.seal_identity(rsa=rsa)
    key = open_seal_key(kept(tmp_path, identity.key_pem), PASSPHRASE, identity.pem)

    said = pdfsig(open_pades_sealer(key, authority.root.pem, now).seal(pdf), tmp_path)

    assert "Signature is Valid." in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    assert "Common Name: Registro di prova" in said


@pytest.mark.parametrize("trusted", [True, False])
def test_poppler_trusts_whom_it_is_told_to(
    trusted: bool, sealer: Open, authority: Authority, pdf: bytes, tmp_path: Path
) -> None:
    if shutil.which("certutil") is None:
        pytest.skip("NO CERTUTIL: libnss3-tools is not installed; poppler is not told whom to trust")
    store = tmp_path / "nss"
    store.mkdir()
    root = kept(tmp_path, (authority if trusted else Authority(authority.at, "Altra radice")).root.pem, "root.pem")
    subprocess.run(["certutil", "-N", "-d", store, "--empty-password"], check=True)
    subprocess.run(["certutil", "-A", "-d", store, "-n", "root", "-t", "CT,C,C", "-i", root], check=True)

    said = pdfsig(sealer(stamper=authority.stamper()).seal(pdf), tmp_path, "-nssdir", str(store))

    assert "Signature is Valid." in said
    assert ("Certificate is Trusted." in said) is trusted


def test_a_seal_leaves_the_document_archival(sealer: Open, pdf: bytes) -> None:
    """What PDF/A-3 asks of it: no PDF 2.0, what the file says of itself in two places alike, a widget that prints."""
    added = sealer().seal(pdf)[len(pdf) :]

    assert b"/Version" not in added
    (flags,) = re.findall(rb"/F (\d+)", added)
    assert int(flags) & 0b111 == 0b100  # printed, neither hidden nor invisible (ISO 19005-3, 6.3.2)
    assert b'pdfaid:part="3"' in added
    assert b'pdfuaid:part="1"' in added


def test_with_an_authority_the_seal_bears_its_time(sealer: Open, pdf: bytes, authority: Authority) -> None:
    stamped_at = authority.at + timedelta(hours=1)

    (seal,) = read_seals(sealer(stamper=authority.stamper(stamped_at)).seal(pdf), [authority.root.pem], now())

    assert (seal.outcome, seal.stamped, seal.at) == (Outcome.PASSED, True, stamped_at)


def test_with_revocation_lists_the_seal_proves_that_nothing_was_revoked(
    sealer: Open, pdf: bytes, authority: Authority
) -> None:
    sealed = sealer(stamper=authority.stamper(), revocations=[authority.revocations()]).seal(pdf)

    years_later = authority.at + timedelta(days=900)
    for at in (now(), years_later):
        (seal,) = read_seals(sealed, [authority.root.pem], at)
        assert (seal.finding, seal.stamped, seal.whole) == (SealFinding.HOLDS, True, True)


def test_a_seal_that_would_not_hold_is_not_given(
    sealer: Open, pdf: bytes, authority: Authority, identity: Identity
) -> None:
    stranger = Authority(authority.at, "Altra radice")
    refused = {
        "nobody who is trusted for seals vouches for its certificate": sealer(roots=stranger.root.pem),
        "its certificate is not valid now": sealer(clock=lambda: authority.at + timedelta(days=701)),
        "no root vouches for the time-stamp authority": sealer(stamper=stranger.stamper()),
        "could not be validated": sealer(revocations=[authority.revocations(identity)]),
        "could not be  validated": sealer(revocations=[authority.revocations(at=authority.at - timedelta(days=90))]),
    }

    for reason, refusing in refused.items():
        with pytest.raises(SealingError, match=re.sub(" +", " ", reason)):
            refusing.seal(pdf)


def test_a_certificate_for_something_else_does_not_seal(authority: Authority, pdf: bytes, tmp_path: Path) -> None:
    identity = authority.seal_identity(usage="key_agreement")
    key = open_seal_key(kept(tmp_path, identity.key_pem), PASSPHRASE, identity.pem)

    with pytest.raises(SealingError, match="it is for something else"):
        open_pades_sealer(key, authority.root.pem, now).seal(pdf)


@pytest.mark.parametrize("content", [b"", b"no PDF at all", b"%PDF-1.7\n%%EOF\n"])
def test_what_is_no_document_is_not_sealed(content: bytes, sealer: Open) -> None:
    with pytest.raises(SealingError, match=r"^the document is not sealed: [A-Za-z]+"):
        sealer().seal(content)


def test_a_seal_key_may_come_with_its_certificate(identity: Identity, authority: Authority, tmp_path: Path) -> None:
    key = open_seal_key(kept(tmp_path, identity.pkcs12), PASSPHRASE, authority.root.pem)

    assert key.certificate.dump() == identity.asn1_certificate.dump()
    assert [one.dump() for one in key.chain] == [authority.root.asn1_certificate.dump()]
    assert key.expires_at == authority.at + timedelta(days=700)


def test_a_key_that_cannot_be_used_is_refused_with_its_reason(
    identity: Identity, authority: Authority, tmp_path: Path
) -> None:
    pem, bundle = kept(tmp_path, identity.key_pem, "pem"), kept(tmp_path, identity.pkcs12, "p12")
    plain = kept(tmp_path, identity.pem, "plain")
    wide = kept(tmp_path, identity.key_pem, "wide")
    wide.chmod(0o644)

    with pytest.raises(KeyMissingError, match="there is no key file"):
        open_seal_key(tmp_path / "none", PASSPHRASE)
    with pytest.raises(KeyFileError, match="no certificate here is of this key"):
        open_seal_key(pem, PASSPHRASE, authority.root.pem)
    with pytest.raises(KeyFileError, match="its certificates are not in PEM"):
        open_seal_key(pem, PASSPHRASE, b"certificates")
    with pytest.raises(KeyFileError, match=r"not an encrypted PKCS#8 key in PEM"):
        open_seal_key(plain, PASSPHRASE)
    with pytest.raises(KeyFileError, match="chmod 600"):
        open_seal_key(wide, PASSPHRASE)
    for path in (pem, bundle):
        with pytest.raises(PassphraseError, match=r"^seal key file .* cannot be used: the passphrase does not open it"):
            open_seal_key(path, b"another", identity.pem)


def test_roots_and_lists_that_are_none_are_refused(key: SealKey, authority: Authority) -> None:
    with pytest.raises(SealingError, match="the roots of the seal cannot be read"):
        open_pades_sealer(key, b"none", now)
    with pytest.raises(SealingError, match="a revocation list is not one in DER"):
        open_pades_sealer(key, authority.root.pem, now, None, [b"none"])


def test_nothing_secret_is_shown(key: SealKey, sealer: Open) -> None:
    assert repr(key) == "SealKey()"
    assert key.private_key.dump().hex() not in repr(sealer())
