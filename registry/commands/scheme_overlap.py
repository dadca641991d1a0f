"""Where in a scheme file stands what does not fit beside the other editions of its scheme."""

from collections.abc import Iterator, Sequence

from registry.commands.problem import Problem, find_places, place_problem
from registry.domain.beside import Contradiction, overlaps, unknown_origins
from registry.domain.edition import Edition


def find_overlaps(content: bytes, edition: Edition, others: Sequence[Edition]) -> list[Problem]:
    """Every overlap of an edition with ``others`` (``registry.domain.beside``), with its place in the file.

    ``content`` is the scheme file of ``edition``.
    """
    return _placed(content, overlaps(edition, others))


def find_unknown_origins(content: bytes, edition: Edition, others: Sequence[Edition]) -> list[Problem]:
    """Every edition from which a transition leads that is none of ``others``, or another scheme's."""
    return _placed(content, unknown_origins(edition, others))


def _placed(content: bytes, found: Iterator[Contradiction]) -> list[Problem]:
    lines = dict(find_places(content.decode()))
    return sorted(place_problem(lines, path, reason) for path, reason in found)
