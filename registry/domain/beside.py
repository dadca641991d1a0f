"""What a scheme edition may not say beside the others of its scheme: days on which two are open, origins that are not.

A day that a scheme does not make public is held against nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from registry.domain.edition import Edition, Gap, Transition
from registry.domain.errors import EditionOverlapError

# Where in the scheme file it stands, and what is wrong with it.
Contradiction = tuple[tuple[str | int, ...], str]
_FROM, _UNTIL = ("rules", "open_from"), ("rules", "open_until")


def check_beside(edition: Edition, others: Sequence[Edition]) -> None:
    """Check that an edition may be published beside ``others``, each as it grants by now.

    Raises:
        EditionOverlapError: it overlaps with one, or passes from one that is none of its scheme's; all is named.
    """
    found = [reason for _, reason in (*overlaps(edition, others), *unknown_origins(edition, others))]
    if found:
        raise EditionOverlapError(f"edition {edition.slug} does not fit beside the others: {'; '.join(found)}")


def overlaps(edition: Edition, others: Sequence[Edition]) -> Iterator[Contradiction]:
    """Every edition that grants one of its profiles on the same days, with no transition between the two.

    One of the same slug and with another content is named too: an edition says one thing for ever.
    """
    for other in others:
        if other.slug == edition.slug and other.sha256 != edition.sha256:
            yield ("slug",), f"{other.slug} is there already, with another content"
        shared = [slug for slug in edition.profiles if slug in other.profiles]
        if other.scheme != edition.scheme or other.slug == edition.slug or not shared or _joined(edition, other):
            continue
        days = _common_days(edition, other)
        if days is not None:
            first, last = days
            end = "without end" if last is None else f"to {last}"
            # Mended where this edition begins, if it begins while the other is open; otherwise where it ends.
            place = _FROM if first == edition.rules.open_from else _UNTIL
            yield (
                place,
                f"{other.slug} grants {', '.join(shared)} too, from {first} {end}, and no transition joins them",
            )


def unknown_origins(edition: Edition, others: Sequence[Edition]) -> Iterator[Contradiction]:
    """Every edition from which a transition leads that is none of ``others``, or another scheme's."""
    schemes = {other.slug: other.scheme for other in others}
    for i, slug in enumerate(_origins(edition)):
        if schemes.get(slug) != edition.scheme:
            yield ("rules", "transition", "from", i), f"is no edition of the scheme {edition.scheme} here: {slug!r}"


def ended(edition: Edition, closed_on: date | None) -> Edition:
    """The edition as it grants once it was closed or withdrawn on that day: until the day before."""
    if closed_on is None:
        return edition
    last, until = closed_on - timedelta(days=1), edition.rules.open_until
    open_until = min(last, until) if isinstance(until, date) else last
    return replace(edition, rules=replace(edition.rules, open_until=open_until))


def _joined(edition: Edition, other: Edition) -> bool:
    return other.slug in _origins(edition) or edition.slug in _origins(other)


def _origins(edition: Edition) -> tuple[str, ...]:
    transition = edition.rules.transition
    return transition.editions if isinstance(transition, Transition) else ()


def _common_days(one: Edition, two: Edition) -> tuple[date, date | None] | None:
    starts, ends = (one.rules.open_from, two.rules.open_from), (one.rules.open_until, two.rules.open_until)
    known_starts = [day for day in starts if isinstance(day, date)]
    if len(known_starts) < len(starts) or any(isinstance(day, Gap) for day in ends):
        return None
    first, last = max(known_starts), min((day for day in ends if isinstance(day, date)), default=None)
    return None if last is not None and last < first else (first, last)
