"""The stamp of a pack: any change of the file is found; what else it may be is told apart."""

import re
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.errors import AlteredError, FormatError
from verifier.pack.stamp import EMPTY, open_stamped, stamp

DOCUMENT = b"%PDF-1.7 /Keywords(" + EMPTY.encode() + b") <xmp>" + EMPTY.encode() + b"</xmp> content %%EOF"


def test_a_stamp_is_the_length_and_the_digest_of_the_file_with_its_digits_at_zero() -> None:
    stamped = stamp(DOCUMENT)

    # printf '%%PDF-1.7 /Keywords(…) <xmp>…</xmp> content %%%%EOF' | sha256sum, by hashlib over the bytes written here
    digest = sha256(DOCUMENT).hexdigest()
    assert (
        re.findall(rb"attesto-pack-v1:(\d+):([0-9a-f]+)", stamped)
        == [(f"{len(DOCUMENT):010}".encode(), digest.encode())] * 2
    )
    assert open_stamped(stamped) == stamped


@given(st.integers(0, len(DOCUMENT) - 1), st.integers(1, 255))
def test_any_change_of_one_byte_is_refused(place: int, change: int) -> None:
    stamped = bytearray(stamp(DOCUMENT))
    stamped[place] ^= change

    with pytest.raises(AlteredError):
        open_stamped(bytes(stamped))


@given(st.integers(0, len(DOCUMENT) - 1))
def test_a_file_that_was_cut_off_is_refused(length: int) -> None:
    with pytest.raises((AlteredError, FormatError)):
        open_stamped(stamp(DOCUMENT)[:length])


def test_what_was_appended_is_no_part_of_the_document() -> None:
    stamped = stamp(DOCUMENT)

    assert open_stamped(stamped + b"appended") == stamped


def test_a_third_stamp_is_refused_inside_and_left_alone_outside() -> None:
    third = DOCUMENT + EMPTY.encode()

    with pytest.raises(FormatError, match="or one too many"):
        stamp(third)
    assert open_stamped(stamp(DOCUMENT) + EMPTY.encode()) == stamp(DOCUMENT)


def test_a_file_without_a_stamp_is_no_pack() -> None:
    with pytest.raises(FormatError, match="no evidence pack: it bears no stamp"):
        open_stamped(b"%PDF-1.7 %%EOF")
