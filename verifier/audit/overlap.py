"""Which editions of one scheme grant one profile on the same days: what a registry publishes only by mistake or fraud.

As the registry does, each is held against those that were published before it, as they granted by then; a day that a
scheme does not make public is held against nothing.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta

from verifier.edition import EditionHistory
from verifier.encoding import parse_day


def find_overlaps(
    editions: Sequence[EditionHistory], profiles: Mapping[str, Collection[str]]
) -> Iterator[tuple[int, str]]:
    """The leaf index of every edition that overlaps with one before it, and how.

    Args:
        editions: all of a log, in its order.
        profiles: the profiles' slugs by the slug of the edition, where its scheme file could be read.

    Raises:
        FormatError: the log names a day of an edition that is none.
    """
    for number, edition in enumerate(editions):
        index = edition.events[0].index
        for other in editions[:number]:
            shared = sorted(set(profiles.get(edition.slug, ())) & set(profiles.get(other.slug, ())))
            if other.scheme != edition.scheme or not shared or _joined(edition, other):
                continue
            if days := _common_days(_open(edition, index), _open(other, index)):
                what = f"edition {edition.slug} grants {', '.join(shared)[:200]} {days}"
                yield index, f"{what}, as {other.slug} does, and no transition joins them"


def _joined(one: EditionHistory, other: EditionHistory) -> bool:
    return other.slug in _origins(one) or one.slug in _origins(other)


def _origins(edition: EditionHistory) -> Collection[object]:
    match edition.events[0].event.mapping("rules").get("transition"):
        case {"from": list(slugs)}:
            return slugs
    return ()


def _open(edition: EditionHistory, index: int) -> tuple[date, date] | None:
    """The first and the last day on which an edition grants, as of a leaf index, where both are known."""
    match edition.events[0].event.mapping("rules"):
        case {"open_from": str(first), "open_until": (str() | None) as until}:
            ended = [e.event.effective_on - timedelta(days=1) for e in edition.events[1:] if e.index < index]
            return parse_day(first), min([date.max if until is None else parse_day(until), *ended])
    return None


def _common_days(one: tuple[date, date] | None, other: tuple[date, date] | None) -> str:
    if one is None or other is None:
        return ""
    first, last = max(one[0], other[0]), min(one[1], other[1])
    if last < first:
        return ""
    return f"from {first} without end" if last == date.max else f"from {first} to {last}"
