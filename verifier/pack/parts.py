"""Bundles folded together: what several of one pack hold alike, the log's head above all, is written once.

A folded bundle has the fields of a bundle; in place of each value stands its place in the pack's list of parts.
"""

from collections.abc import Callable, Sequence
from typing import Final

from verifier.encoding import Json, format_json
from verifier.errors import FormatError

# Fields whose values are folded one by one; every other field is folded whole.
_SPLIT: Final = ("records", "proofs", "paths")


def fold(bundle: dict[str, Json], parts: list[Json], known: dict[bytes, int]) -> dict[str, Json]:
    """Fold a bundle; new parts are added to ``parts``, and ``known`` says where each stands by its bytes."""

    def place(value: Json) -> Json:
        written = format_json(value)
        if written not in known:
            known[written] = len(parts)
            parts.append(value)
        return known[written]

    return {name: _each(name, value, place) for name, value in bundle.items()}


def unfold(folded: Json, parts: Sequence[Json]) -> dict[str, Json]:
    """The bundle that was folded.

    Raises:
        FormatError: a part that it names is not there.
    """

    def part(place: Json) -> Json:
        if not isinstance(place, int) or isinstance(place, bool) or not 0 <= place < len(parts):
            raise FormatError("a bundle of the pack names a part that is not there")
        return parts[place]

    if not isinstance(folded, dict):
        raise FormatError("a bundle of the pack is none")
    return {name: _each(name, value, part) for name, value in folded.items()}


def _each(name: str, value: Json, turn: Callable[[Json], Json]) -> Json:
    if name in _SPLIT and isinstance(value, dict):
        return {key: turn(inner) for key, inner in value.items()}
    return turn(value)
