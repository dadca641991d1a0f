from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.encoding import (
    end_of_day,
    format_base64,
    format_base64url,
    format_day,
    format_instant,
    format_json,
    legal_day,
    parse_base64,
    parse_base64url,
    parse_day,
    parse_instant,
    parse_json,
)
from verifier.errors import FormatError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("data", "text"),
    # RFC 4648, section 10
    [(b"", ""), (b"f", "Zg=="), (b"fo", "Zm8="), (b"foo", "Zm9v"), (b"foob", "Zm9vYg=="), (b"fooba", "Zm9vYmE=")],
)
def test_base64_is_the_one_of_the_rfc(data: bytes, text: str) -> None:
    assert format_base64(data) == text
    assert parse_base64(text) == data
    assert format_base64url(data) == text.rstrip("=")
    assert parse_base64url(text.rstrip("=")) == data


def test_the_url_alphabet_differs_where_the_rfc_says() -> None:
    # RFC 4648, sections 4 and 5: 62 and 63 are + and /, or - and _
    assert format_base64(b"\xfb\xff") == "+/8="
    assert format_base64url(b"\xfb\xff") == "-_8"


@given(st.binary())
def test_any_octets_are_read_back(data: bytes) -> None:
    assert parse_base64(format_base64(data)) == data
    assert parse_base64url(format_base64url(data)) == data


@given(st.text(alphabet="AQgw+/-_=é \n\x00Ω", max_size=9))
def test_a_text_has_one_reading_or_none(text: str) -> None:
    for parse, write in ((parse_base64, format_base64), (parse_base64url, format_base64url)):
        try:
            data = parse(text)
        except FormatError:
            continue
        assert write(data) == text


@pytest.mark.parametrize(
    ("why", "text"),
    [
        ("no padding", "Zg"),
        ("half the padding", "Zg="),
        ("too much padding", "Zg==="),
        ("padding only", "===="),
        ("padding inside", "Zg==Zg=="),
        ("bits left over", "Zh=="),
        ("bits left over, two octets", "Zm9="),
        ("one character", "Z"),
        ("white space", "Zm 8="),
        ("newline at the end", "Zm8=\n"),
        ("the other alphabet", "-_8="),
        ("not ASCII", "Zm8é"),
        ("digits of another script", "Zm٣="),
    ],
)
def test_another_spelling_of_base64_is_refused(why: str, text: str) -> None:
    with pytest.raises(FormatError, match="base64"):
        parse_base64(text)


@pytest.mark.parametrize(
    ("why", "text"),
    [
        ("padding", "Zg=="),
        ("padding where none belongs", "Zm9v="),
        ("bits left over", "Zh"),
        ("bits left over, two octets", "Zm9"),
        ("one character", "Z"),
        ("five characters", "Zm9vY"),
        ("white space", "Zm 9v"),
        ("newline at the end", "Zm9v\n"),
        ("the other alphabet", "+/8"),
        ("both alphabets", "-/8"),
        ("not ASCII", "Zm9vé"),
    ],
)
def test_another_spelling_of_base64url_is_refused(why: str, text: str) -> None:
    with pytest.raises(FormatError, match="base64url"):
        parse_base64url(text)


@given(st.dictionaries(st.text(), JSON, max_size=5))
def test_a_json_object_is_read_back(value: dict[str, object]) -> None:
    assert parse_json(format_json(value)) == value


def test_json_is_written_compact_sorted_and_in_utf8() -> None:
    assert format_json({"b": [1, None, True], "a": "è"}) == '{"a":"è","b":[1,null,true]}'.encode()


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_json_has_no_number_for_is_not_written(number: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        format_json({"a": number})


@pytest.mark.parametrize(
    ("why", "data"),
    [
        ("empty", b""),
        ("no object", b"[]"),
        ("a text", b'"a"'),
        ("null", b"null"),
        ("cut off", b'{"a":1'),
        ("goes on", b"{}{}"),
        ("a name twice", b'{"a":1,"a":1}'),
        ("a name twice, deeper", b'{"a":[{"b":1,"b":2}]}'),
        ("a name twice by escape", b'{"a":1,"\\u0061":1}'),
        ("a fraction", b'{"a":1.5}'),
        ("an integer as a fraction", b'{"a":1.0}'),
        ("an exponent", b'{"a":1e3}'),
        ("a number past 2**53 - 1", b'{"a":9007199254740992}'),
        ("a number before -(2**53 - 1)", b'{"a":-9007199254740992}'),
        ("a number of very many digits", b'{"a":' + b"9" * 10_000 + b"}"),
        ("not a number", b'{"a":NaN}'),
        ("infinity", b'{"a":-Infinity}'),
        ("a leading zero", b'{"a":01}'),
        ("a comment", b'{"a":1}// no'),
        ("a comma too many", b'{"a":1,}'),
        ("single quotes", b"{'a':1}"),
        ("not UTF-8", b'{"a":"\xff"}'),
        ("UTF-8 of a surrogate", b'{"a":"\xed\xa0\x80"}'),
        ("UTF-16", '{"a":1}'.encode("utf-16")),
        ("a byte order mark", b"\xef\xbb\xbf{}"),
        ("a control character in a text", b'{"a":"\x01"}'),
        ("nested without end", b'{"a":' + b"[" * 100_000),
    ],
)
def test_what_is_no_strict_json_object_is_refused(why: str, data: bytes) -> None:
    with pytest.raises(FormatError):
        parse_json(data)


def test_json_over_the_limit_is_refused_before_it_is_read() -> None:
    assert parse_json(b'{"a":1}', 7) == {"a": 1}

    with pytest.raises(FormatError, match="JSON of 8 bytes is over the limit of 7"):
        parse_json(b"not JSON", 7)


def test_the_largest_integers_are_those_that_every_reader_holds_exactly() -> None:
    assert parse_json(b'{"a":9007199254740991,"b":-9007199254740991}') == {"a": 2**53 - 1, "b": -(2**53) + 1}


@given(st.datetimes(min_value=datetime(1000, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_an_instant_is_read_back_to_the_second(at: datetime) -> None:
    assert parse_instant(format_instant(at)) == at.replace(microsecond=0)


def test_an_instant_is_written_as_utc() -> None:
    assert format_instant(datetime(2026, 11, 24, 1, 0, tzinfo=timezone(timedelta(hours=2)))) == "2026-11-23T23:00:00Z"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-24",
        "2026-11-24T08:00:00",
        "2026-11-24T08:00:00z",
        "2026-11-24t08:00:00Z",
        "2026-11-24 08:00:00Z",
        "2026-11-24T08:00:00+00:00",
        "2026-11-24T08:00:00.0Z",
        "2026-11-24T08:00Z",
        "2026-11-24T08:00:00Z\n",
        "2026-02-29T08:00:00Z",
        "2026-11-24T24:00:00Z",
        "2026-11-24T08:60:00Z",
        "2026-12-31T23:59:60Z",
        "0000-01-01T00:00:00Z",
        "٢٠٢٦-11-24T08:00:00Z",
    ],
)
def test_another_spelling_of_an_instant_is_refused(text: str) -> None:
    with pytest.raises(FormatError, match="instant"):
        parse_instant(text)


@given(st.dates())
def test_a_day_is_read_back(day: date) -> None:
    assert parse_day(format_day(day)) == day


@pytest.mark.parametrize(
    "text",
    ["", "2026-11-4", "20261124", "2026-W48-2", "2026-328", "2026-02-29", "2026-13-01", "0000-01-01", "2026-11-24\n"],
)
def test_another_spelling_of_a_day_is_refused(text: str) -> None:
    with pytest.raises(FormatError, match="day"):
        parse_day(text)


@pytest.mark.parametrize(
    ("at", "day"),
    [
        # Rome is one hour ahead of UTC in winter and two in summer (Directive 2000/84/EC).
        ("2026-11-24T22:59:59Z", "2026-11-24"),
        ("2026-11-24T23:00:00Z", "2026-11-25"),
        ("2026-07-01T21:59:59Z", "2026-07-01"),
        ("2026-07-01T22:00:00Z", "2026-07-02"),
    ],
)
def test_an_instant_falls_on_the_day_of_rome(at: str, day: str) -> None:
    assert legal_day(parse_instant(at)) == parse_day(day)


@pytest.mark.parametrize(
    ("day", "at"),
    [
        ("2026-11-24", "2026-11-24T23:00:00Z"),
        ("2026-07-01", "2026-07-01T22:00:00Z"),
        # The clocks change on the last Sundays of March and October (Directive 2000/84/EC): 23 and 25 hours.
        ("2026-03-29", "2026-03-29T22:00:00Z"),
        ("2026-10-25", "2026-10-25T23:00:00Z"),
    ],
)
def test_a_day_ends_at_midnight_in_rome(day: str, at: str) -> None:
    assert end_of_day(parse_day(day)) == parse_instant(at)


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 1, 1)))
def test_a_day_holds_its_last_second_and_not_its_end(day: date) -> None:
    end = end_of_day(day)

    assert legal_day(end - timedelta(seconds=1)) == day
    assert legal_day(end) == day + timedelta(days=1)
