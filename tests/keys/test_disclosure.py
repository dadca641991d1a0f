import hashlib
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.disclosure import make_disclosures
from verifier.disclosure import parse_disclosure
from verifier.encoding import Json

names = st.text(st.characters(codec="utf-8"), max_size=20).filter(lambda name: name not in {"_sd", "..."})
values: st.SearchStrategy[Json] = st.recursive(
    st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(names, values | st.none(), max_size=9))
def test_every_claim_can_be_shown_and_the_digests_tell_nothing(claims: dict[str, Json]) -> None:
    digests, disclosures = make_disclosures(claims, 9, os.urandom)

    assert len(set(digests)) == 9
    assert list(digests) == sorted(digests)
    shown = {name: parse_disclosure(text) for name, text in disclosures.items()}
    assert {name: (d.name, d.value) for name, d in shown.items()} == {
        name: (name, value) for name, value in claims.items() if value is not None
    }
    assert {d.digest for d in shown.values()} <= set(digests)


def test_the_bytes_are_those_of_rfc_9901_section_4_2() -> None:
    digests, disclosures = make_disclosures({"name": "Möbius"}, 1, lambda size: bytes(range(size)))

    salt = urlsafe_b64encode(bytes(range(16))).rstrip(b"=").decode()
    assert urlsafe_b64decode(disclosures["name"] + "==") == f'["{salt}","name","Möbius"]'.encode()
    hashed = hashlib.sha256(disclosures["name"].encode("ascii")).digest()
    assert digests == (urlsafe_b64encode(hashed).rstrip(b"=").decode(),)


def test_chance_is_asked_once_for_128_bits_a_digest_and_none_serves_twice() -> None:
    asked: list[int] = []

    def chance(size: int) -> bytes:
        asked.append(size)
        return bytes(range(size))

    digests, disclosures = make_disclosures({"number": "A", "name": None, "exam": "B"}, 5, chance)

    assert asked == [16 * 5]
    assert len(set(digests)) == 5
    assert len({parse_disclosure(text).digest for text in disclosures.values()}) == 2


def test_a_decoy_is_as_long_as_a_digest_and_new_each_time() -> None:
    first, _ = make_disclosures({}, 9, os.urandom)
    second, _ = make_disclosures({}, 9, os.urandom)

    assert {len(digest) for digest in first + second} == {43}
    assert not set(first) & set(second)


def test_the_same_claim_has_another_digest_each_time() -> None:
    first, _ = make_disclosures({"name": "Maria"}, 1, os.urandom)
    second, _ = make_disclosures({"name": "Maria"}, 1, os.urandom)

    assert first != second


def test_more_claims_than_digests_are_refused() -> None:
    with pytest.raises(ValueError, match="2 claims do not fit into 1 digests"):
        make_disclosures({"number": "A", "name": "B", "exam": None}, 1, os.urandom)
