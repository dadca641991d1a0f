import re
from base64 import urlsafe_b64encode

import pytest

from verifier.disclosure import MAX_DISCLOSURE_BYTES, disclosure_digest, parse_disclosure
from verifier.errors import FormatError

FAMILY_NAME = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
SALT = "_26bc4LT-ac6q2KI6cBW5es"


def encode(json: str) -> str:
    return urlsafe_b64encode(json.encode()).rstrip(b"=").decode()


@pytest.mark.parametrize(
    ("text", "digest"),
    [
        # RFC 9901, section 4.2.3
        (FAMILY_NAME, "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"),
        # RFC 9901, section 4.2.4.2
        ("WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIkZSIl0", "w0I8EKcdCtUPkGCNUrfwVp2xEgNjtoIDlOxc9-PlOhs"),
        # RFC 9901, section 5.1
        (
            "WyIyR0xDNDJzS1F2ZUNmR2ZyeU5STjl3IiwgImdpdmVuX25hbWUiLCAiSm9obiJd",
            "jsu9yVulwQQlhFlM_3JlzMaSFzglhQG0DpfayQwLUK4",
        ),
        (
            "WyJlbHVWNU9nM2dTTklJOEVZbnN4QV9BIiwgImZhbWlseV9uYW1lIiwgIkRvZSJd",
            "TGf4oLbgwd5JQaHyKVQZU9UdGE0w5rtDsrZzfUaomLo",
        ),
        (
            "WyJHMDJOU3JRZmpGWFE3SW8wOXN5YWpBIiwgInVwZGF0ZWRfYXQiLCAxNTcwMDAwMDAwXQ",
            "CrQe7S5kqBAHt-nMYXgc6bdt2SH5aTY1sU_M-PgkjPI",
        ),
    ],
)
def test_a_digest_is_the_one_that_the_rfc_prints(text: str, digest: str) -> None:
    assert disclosure_digest(text) == digest


def test_the_rfcs_example_says_what_the_rfc_says_it_says() -> None:
    disclosure = parse_disclosure(FAMILY_NAME)

    assert (disclosure.name, disclosure.value) == ("family_name", "Möbius")
    assert disclosure.digest == "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"


@pytest.mark.parametrize(
    "text",
    [
        # RFC 9901, section 4.2.1: the same claim with an escape, without white space, with newlines
        "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNXHUwMGY2Yml1cyJd",
        "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsImZhbWlseV9uYW1lIiwiTcO2Yml1cyJd",
        "WwoiXzI2YmM0TFQtYWM2cTJLSTZjQlc1ZXMiLAoiZmFtaWx5X25hbWUiLAoiTcO2Yml1cyIKXQ",
    ],
)
def test_another_spelling_is_the_same_claim_under_another_digest(text: str) -> None:
    disclosure = parse_disclosure(text)

    assert (disclosure.name, disclosure.value) == ("family_name", "Möbius")
    assert disclosure.digest != disclosure_digest(FAMILY_NAME)


def test_a_value_may_be_any_json() -> None:
    assert parse_disclosure(encode(f'["{SALT}","trainers",[null,{{"a":true}}]]')).value == [None, {"a": True}]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not JSON"),
        ("WyJf MjZi", "not base64url"),
        (FAMILY_NAME + "=", "canonical"),
        (FAMILY_NAME + "é", "not base64url"),
        (encode("nothing"), "not JSON"),
        (encode(f'["{SALT}","name","value"'), "not JSON"),
        (encode(f'["{SALT}","FR"]'), "array of salt, name and value"),
        (encode(f'["{SALT}","name","value",1]'), "array of salt, name and value"),
        (encode(f'[1,"{SALT}","value"]'), "array of salt, name and value"),
        (encode(f'["{SALT}",1,"value"]'), "array of salt, name and value"),
        (encode(f'{{"{SALT}":"name"}}'), "array of salt, name and value"),
        (encode(f'["{SALT}","name","value"],"more":1'), "array of salt, name and value"),
        (encode(f'["{SALT}","name","value"],"":1'), "twice"),
        (encode(f'["{SALT}","name","value"]}}{{"":1'), "not JSON"),
        (encode(f'["{SALT}","name",1.5]'), "not an integer"),
        (encode(f'["{SALT}","name",{{"a":1,"a":2}}]'), "twice"),
        (encode(f'["{SALT}","_sd","value"]'), "must not be named _sd"),
        (encode(f'["{SALT}","...","value"]'), "must not be named ..."),
        (encode('["2GLC42sKQveCfGfryNRN9","name","value"]'), "fewer than 128 bits"),
        (encode(f'["{SALT}","name","{"x" * MAX_DISCLOSURE_BYTES}"]'), "over the limit"),
    ],
)
def test_what_is_no_disclosure_is_refused(text: str, why: str) -> None:
    with pytest.raises(FormatError, match=re.escape(why)):
        parse_disclosure(text)


def test_the_repr_keeps_the_value_to_itself() -> None:
    assert "Möbius" not in repr(parse_disclosure(FAMILY_NAME))
