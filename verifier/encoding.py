"""One spelling per value: strict base64, JSON, days and instants.

Every parser here refuses all spellings but the one that its formatter writes (JSON apart, where order and white
space are the writer's), so that two documents with the same meaning cannot differ in their bytes unnoticed.
"""

import binascii
import calendar
import functools
import json
import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from verifier.errors import FormatError

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json] | None"

ROME: Final = ZoneInfo("Europe/Rome")
MAX_JSON_BYTES: Final = 16 * 1024 * 1024
_TO_URL: Final = bytes.maketrans(b"+/", b"-_")
_FROM_URL: Final = bytes.maketrans(b"-_", b"+/")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
SLUG: Final = "[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?"


def format_base64(data: bytes) -> str:
    """Write standard base64 with padding (RFC 4648, section 4)."""
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def parse_base64(text: str) -> bytes:
    """Read canonical standard base64.

    Raises:
        FormatError: a foreign character, wrong padding, or bits left over.
    """
    try:
        data = binascii.a2b_base64(text, strict_mode=True)
    except (binascii.Error, ValueError) as error:
        raise FormatError("not standard base64") from error
    if format_base64(data) != text:
        raise FormatError("base64 is not canonical")
    return data


def format_base64url(data: bytes) -> str:
    """Write base64url without padding (RFC 7515, section 2)."""
    return binascii.b2a_base64(data, newline=False).translate(_TO_URL).rstrip(b"=").decode("ascii")


def parse_base64url(text: str) -> bytes:
    """Read canonical base64url without padding.

    Raises:
        FormatError: a foreign character, padding, or bits left over.
    """
    try:
        padded = text.encode("ascii").translate(_FROM_URL) + b"=" * (-len(text) % 4)
        data = binascii.a2b_base64(padded, strict_mode=True)
    except (binascii.Error, ValueError) as error:
        raise FormatError("not base64url") from error
    if format_base64url(data) != text:
        raise FormatError("base64url is not canonical")
    return data


def format_json(value: object) -> bytes:
    """Write compact JSON with sorted names, in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False).encode()


def parse_json(data: bytes, limit: int = MAX_JSON_BYTES) -> dict[str, Json]:
    """Read a JSON object of at most ``limit`` bytes; no name twice, fraction, number past 2**53 - 1 or surrogate.

    Raises:
        FormatError: not such an object.
    """
    if len(data) > limit:
        raise FormatError(f"JSON of {len(data)} bytes is over the limit of {limit}")
    try:
        value = _STRICT.decode(data.decode("utf-8", "strict"))
        if b"\\u" in data:
            # An escape may leave half of a surrogate pair, which is no character and which no UTF-8 can hold.
            format_json(value)
    except (ValueError, RecursionError) as error:
        raise FormatError("not JSON as this format wants it") from error
    if not isinstance(value, dict):
        raise FormatError("not a JSON object")
    return value


def _no_name_twice(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise FormatError("a JSON name stands twice in one object")
    return value


def _no_fraction(text: str) -> Json:
    raise FormatError(f"JSON number {text[:20]} is not an integer")


def _safe_integer(text: str) -> int:
    if len(text) > 17 or abs(int(text)) >= 2**53:
        raise FormatError("JSON number is out of range")
    return int(text)


_STRICT: Final = json.JSONDecoder(
    object_pairs_hook=_no_name_twice,
    parse_float=_no_fraction,
    parse_int=_safe_integer,
    parse_constant=_no_fraction,
)


def is_natural(value: object) -> bool:
    """Whether the JSON value is a whole number from 0 on; True is an int to Python, and would be a spelling of 1."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def is_one(value: object) -> bool:
    """Whether the JSON value is the number 1."""
    return is_natural(value) and value == 1


@functools.lru_cache(maxsize=1024)
def format_instant(at: datetime) -> str:
    """Write an instant as UTC to the second: ``2026-11-24T08:00:00Z`` (RFC 3339)."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_instant(text: str) -> datetime:
    """Read an instant written by format_instant, as UTC.

    Raises:
        FormatError: another spelling, or no such instant.
    """
    if not _INSTANT.fullmatch(text):
        raise FormatError("not an instant like 2026-11-24T08:00:00Z")
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise FormatError("no such instant") from error


def format_day(day: date) -> str:
    """Write a legal day as ``2026-11-24``."""
    return day.isoformat()


def parse_day(text: str) -> date:
    """Read a legal day written by format_day.

    Raises:
        FormatError: another spelling, or no such day.
    """
    if not _DAY.fullmatch(text):
        raise FormatError("not a day like 2026-11-24")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise FormatError("no such day") from error


def legal_day(at: datetime) -> date:
    """The day on which an instant falls in Europe/Rome."""
    return at.astimezone(ROME).date()


def end_of_day(day: date) -> datetime:
    """The instant (UTC) of 24:00 Europe/Rome, when a legal day is over."""
    return datetime.combine(day + timedelta(days=1), time(), ROME).astimezone(UTC)


def add_months(day: date, months: int) -> date:
    """The same day of the month ``months`` later, or the last day of a month that has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def parse_slug(text: str) -> str:
    """Read a slug, which names a body, a scheme or a part of one in addresses.

    Raises:
        FormatError: not 1 to 32 of a-z, 0-9 and inner hyphens.
    """
    if not re.fullmatch(SLUG, text, re.ASCII):
        raise FormatError("not a slug of a-z, 0-9 and inner hyphens")
    return text
