"""Disclosures of an event's personal claims, and the digests that the event carries instead (RFC 9901, section 4.2)."""

from collections.abc import Callable, Mapping
from hashlib import sha256
from json import JSONEncoder
from typing import Final

from verifier.encoding import Json, format_base64url

SALT_BYTES: Final = 16
_encode: Final = JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def make_disclosures(
    claims: Mapping[str, Json], count: int, chance: Callable[[int], bytes]
) -> tuple[tuple[str, ...], dict[str, str]]:
    """Hide ``claims`` behind exactly ``count`` digests: (the digests, sorted; the disclosure of each claim by name).

    A claim that is None is absent: a decoy takes its place (RFC 9901, section 4.2.5), so that the number of digests
    tells nothing. ``chance`` returns that many random octets and is asked once: 16 for each digest.

    Raises:
        ValueError: more claims than digests.
    """
    present = {name: value for name, value in claims.items() if value is not None}
    if len(present) > count:
        raise ValueError(f"{len(present)} claims do not fit into {count} digests")
    random = chance(SALT_BYTES * count)
    salts = [random[start : start + SALT_BYTES] for start in range(0, len(random), SALT_BYTES)]
    disclosures = {name: _disclosure(salts.pop(), name, value) for name, value in present.items()}
    hidden = [*(text.encode("ascii") for text in disclosures.values()), *salts]
    return tuple(sorted(format_base64url(sha256(data).digest()) for data in hidden)), disclosures


def _disclosure(salt: bytes, name: str, value: Json) -> str:
    # A text alone is encoded several times as fast as a list that holds one.
    return format_base64url(f'["{format_base64url(salt)}",{_encode(name)},{_encode(value)}]'.encode())
