from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from verifier.encoding import format_base64url
from verifier.enrolment import (
    ENROLMENT,
    Authorisation,
    Possession,
    Statement,
    check_authorisation,
    check_possession,
    format_statement,
    parse_statement,
)
from verifier.errors import FormatError, SignatureError, TrustError
from verifier.jws import format_header
from verifier.key import PublicKey, parse_ed25519

LOG, BODY = "log.example.org/registry", "odc-uno"


class Key:
    """A key of the test's own making, so that this side is checked without the signing side."""

    def __init__(self, number: int) -> None:
        self.private = Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
        self.public: PublicKey = parse_ed25519(self.private.public_key().public_bytes_raw())

    def sign(self, payload: bytes, typ: str = ENROLMENT) -> bytes:
        header = format_header("Ed25519", self.public.key_id, typ)
        signing_input = f"{format_base64url(header)}.{format_base64url(payload)}".encode()
        return signing_input + b"." + format_base64url(self.private.sign(signing_input)).encode()


OLD, NEW, RECOVERY, STRANGER = Key(1), Key(2), Key(3), Key(4)
POSSESSION = Possession(LOG, BODY, "event", NEW.public.key_id)
ENROL = Authorisation("enrol", LOG, BODY, "event", NEW.public.key_id)
COMPROMISE = Authorisation("compromise", LOG, BODY, "event", OLD.public.key_id, 7)


def check_enrol(statement: bytes) -> None:
    authorising = [OLD.public, RECOVERY.public]
    check_authorisation(statement, authorising, LOG, BODY, "enrol", "event", NEW.public.key_id)


def test_a_statement_is_spelt_as_documented() -> None:
    assert format_statement(Possession("o", "b", "event", "k")) == (
        b'{"body":"b","key_id":"k","log":"o","purpose":"event","type":"possession","v":1}'
    )
    assert format_statement(Authorisation("compromise", "o", "b", "token", "k", 0)) == (
        b'{"action":"compromise","body":"b","from_index":0,"key_id":"k","log":"o","purpose":"token",'
        b'"type":"authorisation","v":1}'
    )


texts = st.text(st.characters(codec="utf-8"), max_size=40)
statements = (
    st.builds(Possession, texts, texts, texts, texts)
    | st.builds(Authorisation, st.sampled_from(["enrol", "retire"]), texts, texts, texts, texts)
    | st.builds(Authorisation, st.just("compromise"), texts, texts, texts, texts, st.integers(0, 2**53 - 1))
)


@given(statements)
def test_a_statement_comes_back_as_it_was(statement: Statement) -> None:
    assert parse_statement(format_statement(statement)) == statement


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(b"[]", id="not an object"),
        pytest.param(format_statement(POSSESSION).replace(b'"v":1', b'"v":2'), id="another version"),
        pytest.param(format_statement(POSSESSION).replace(b'"v":1', b'"v":true'), id="a version of true"),
        pytest.param(format_statement(POSSESSION).replace(b'"possession"', b'"promise"'), id="another type"),
        pytest.param(format_statement(POSSESSION).replace(b'"v":1', b'"v":1,"x":1'), id="a field too many"),
        pytest.param(format_statement(POSSESSION).replace(b'"purpose":"event",', b""), id="a field missing"),
        pytest.param(format_statement(POSSESSION).replace(b'"event"', b"1"), id="a field of another type"),
        pytest.param(format_statement(ENROL).replace(b'"enrol"', b'"adopt"'), id="another action"),
        pytest.param(format_statement(ENROL).replace(b'"v":1', b'"v":1,"from_index":7'), id="an index of no use"),
        pytest.param(format_statement(COMPROMISE).replace(b'"from_index":7,', b""), id="no index"),
        pytest.param(format_statement(COMPROMISE).replace(b":7", b":-1"), id="a negative index"),
        pytest.param(format_statement(COMPROMISE).replace(b":7", b":true"), id="an index that is no number"),
    ],
)
def test_what_is_no_statement_is_refused(payload: bytes) -> None:
    with pytest.raises(FormatError):
        parse_statement(payload)


def test_a_key_proves_its_own_possession() -> None:
    check_possession(NEW.sign(format_statement(POSSESSION)), NEW.public, LOG, BODY, "event")


@pytest.mark.parametrize(
    "stated",
    [
        replace(POSSESSION, log="log.example.org/other"),
        replace(POSSESSION, body="odc-due"),
        replace(POSSESSION, purpose="token"),
        replace(POSSESSION, key_id=OLD.public.key_id),
        ENROL,
    ],
)
def test_possession_of_something_else_is_refused(stated: Statement) -> None:
    with pytest.raises(TrustError, match="does not say that body odc-uno holds key"):
        check_possession(NEW.sign(format_statement(stated)), NEW.public, LOG, BODY, "event")


def test_nobody_proves_possession_for_another_key() -> None:
    with pytest.raises(SignatureError, match="names key"):
        check_possession(STRANGER.sign(format_statement(POSSESSION)), NEW.public, LOG, BODY, "event")


def test_a_statement_of_another_type_of_jws_is_refused() -> None:
    statement = NEW.sign(format_statement(POSSESSION), "vnd.attesto.registration.v1+jwt")

    with pytest.raises(FormatError, match="its type is another"):
        check_possession(statement, NEW.public, LOG, BODY, "event")


@pytest.mark.parametrize("signer", [OLD, RECOVERY])
def test_each_trusted_key_authorises(signer: Key) -> None:
    check_enrol(signer.sign(format_statement(ENROL)))


@pytest.mark.parametrize("signer", [NEW, STRANGER])
def test_a_key_that_is_not_trusted_authorises_nothing(signer: Key) -> None:
    with pytest.raises(TrustError, match="may not authorise this"):
        check_enrol(signer.sign(format_statement(ENROL)))


@pytest.mark.parametrize(
    "stated",
    [
        replace(ENROL, action="retire"),
        replace(ENROL, log="log.example.org/other"),
        replace(ENROL, body="odc-due"),
        replace(ENROL, purpose="token"),
        replace(ENROL, key_id=STRANGER.public.key_id),
        replace(ENROL, action="compromise", from_index=0),
        POSSESSION,
    ],
)
def test_an_authorisation_serves_for_nothing_else(stated: Statement) -> None:
    with pytest.raises(TrustError, match="does not authorise to enrol key"):
        check_enrol(OLD.sign(format_statement(stated)))


def test_an_altered_authorisation_is_refused() -> None:
    genuine = OLD.sign(format_statement(ENROL))
    other = OLD.sign(format_statement(replace(ENROL, key_id=STRANGER.public.key_id)))
    header, payload, _ = genuine.split(b".")

    with pytest.raises(SignatureError, match="does not fit"):
        check_enrol(b".".join([header, payload, other.split(b".")[2]]))


def test_a_compromise_counts_from_the_index_that_was_signed() -> None:
    statement = RECOVERY.sign(format_statement(COMPROMISE))
    key_id = OLD.public.key_id

    check_authorisation(statement, [RECOVERY.public], LOG, BODY, "compromise", "event", key_id, 7)
    with pytest.raises(TrustError, match="does not authorise to compromise"):
        check_authorisation(statement, [RECOVERY.public], LOG, BODY, "compromise", "event", key_id, 8)
