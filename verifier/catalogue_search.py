"""Finding items of a catalogue by their words, their kind and the profile that needs them."""

import unicodedata
from collections.abc import Iterator, Set
from dataclasses import dataclass

from verifier.catalogue import Catalogue, Competence, Gap, Item, Kind
from verifier.competence import required, tasks_of


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: every word of ``text``, in any language; a kind; what a profile needs; digital skills."""

    text: str = ""
    kind: Kind | None = None
    profile: str = ""
    digital: bool = False


def search(catalogue: Catalogue, wanted: Wanted) -> tuple[Item, ...]:
    """The public items that are wanted, by kind and in the order of the file."""
    words = _plain(wanted.text).split()
    needed = _needed(catalogue, wanted.profile) if wanted.profile else None
    return tuple(
        item
        for kind in ([wanted.kind] if wanted.kind else Kind)
        for item in catalogue.known(kind).values()
        if (needed is None or (item.kind, item.slug) in needed)
        and (not wanted.digital or (isinstance(item, Competence) and item.digital))
        and all(any(word in text for text in _texts(item)) for word in words)
    )


def _needed(catalogue: Catalogue, slug: str) -> Set[tuple[Kind, str]]:
    """A profile, its tasks, and the knowledge and skills that they take."""
    profile = catalogue.profiles.get(slug)
    if profile is None:
        return frozenset()
    tasks, competences = tasks_of(catalogue, profile), required(catalogue, profile)
    found = {(Kind.PROFILE, slug)}
    found |= set() if isinstance(tasks, Gap) else {(Kind.TASK, task.slug) for task in tasks}
    return found | (set() if isinstance(competences, Gap) else set(competences))


def _texts(item: Item) -> Iterator[str]:
    yield item.slug
    yield from map(_plain, item.title.values())


def _plain(text: str) -> str:
    """The text as it is compared: without capitals, and without the accents that people leave out."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in apart if not unicodedata.combining(character))
