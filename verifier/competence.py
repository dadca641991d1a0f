"""What profiles and editions ask for, side by side: requirements, the way from one profile to another, what changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from verifier.catalogue import Catalogue, Competence, Gap, Item, Kind, Level, Profile, Scale, Task, Texts

COMPETENCES: Final = (Kind.KNOWLEDGE, Kind.SKILL)
Key: TypeAlias = tuple[Kind, str]
Requirements: TypeAlias = Mapping[Key, Level]


class Change(StrEnum):
    """How a competence stands on the way from one profile to another."""

    NEW = "new"
    HIGHER = "higher"
    SAME = "same"
    LOWER = "lower"
    LEFT = "left"


class Edit(StrEnum):
    """How an item stands from one edition to another."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Step:
    """One competence on the way: its level in the profile one leaves, and in the one that one goes to."""

    competence: Competence
    before: Level | None
    after: Level | None
    change: Change


@dataclass(frozen=True, slots=True)
class Way:
    """What has to be learned between two profiles: every competence of either, and the tasks that are new."""

    steps: tuple[Step, ...]
    new_tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One competence of a matrix, with its level in each profile in turn; None where it takes none."""

    competence: Competence
    levels: tuple[Level | None, ...]


@dataclass(frozen=True, slots=True)
class Detail:
    """What is another in an item: ``subject`` names it, and what it was and is follow, None for nothing."""

    subject: str | Texts
    before: Texts | None
    after: Texts | None


@dataclass(frozen=True, slots=True)
class Difference:
    """An item that is not the same in two editions; a change of its own words or levels is told in ``details``."""

    kind: Kind
    slug: str
    title: Texts
    edit: Edit
    details: tuple[Detail, ...] = ()


def required(catalogue: Catalogue, profile: Profile) -> Requirements | Gap:
    """The highest level at which any of the profile's tasks takes each competence, or why that is not public."""
    tasks = tasks_of(catalogue, profile)
    if isinstance(tasks, Gap):
        return tasks
    found: dict[Key, Level] = {}
    for task in tasks:
        for competence, level in taken(catalogue, task):
            key = (competence.kind, competence.slug)
            if key not in found or found[key].rank < level.rank:
                found[key] = level
    return found


def tasks_of(catalogue: Catalogue, profile: Profile) -> tuple[Task, ...] | Gap:
    """The profile's tasks, or why they are not public."""
    if isinstance(profile.tasks, Gap):
        return profile.tasks
    if isinstance(catalogue.tasks, Gap):
        return catalogue.tasks
    return tuple(catalogue.tasks[slug] for slug in profile.tasks if slug in catalogue.tasks)


def taken(catalogue: Catalogue, task: Task) -> Iterator[tuple[Competence, Level]]:
    """The public knowledge and skills that a task takes, each with its level."""
    for kind, levels in ((Kind.KNOWLEDGE, task.knowledge), (Kind.SKILL, task.skills)):
        for slug, level_slug in levels.items():
            competence = catalogue.find(kind, slug)
            if isinstance(competence, Competence):
                level = catalogue.level(competence.scale, level_slug)
                if level is not None:
                    yield competence, level


def matrix(catalogue: Catalogue) -> tuple[Row, ...]:
    """Every competence with its level in each profile, in the order of the file."""
    columns = [required(catalogue, profile) for profile in catalogue.profiles.values()]
    known = [{} if isinstance(column, Gap) else column for column in columns]
    return tuple(
        Row(competence, tuple(column.get((competence.kind, competence.slug)) for column in known))
        for competence in competences(catalogue)
    )


def competences(catalogue: Catalogue) -> tuple[Competence, ...]:
    """All public knowledge, then all public skills, in the order of the file."""
    items = (item for kind in COMPETENCES for item in catalogue.known(kind).values())
    return tuple(item for item in items if isinstance(item, Competence))


def takers(catalogue: Catalogue, item: Item) -> tuple[Task, ...]:
    """The tasks that take a competence."""
    tasks = (task for task in catalogue.known(Kind.TASK).values() if isinstance(task, Task))
    return tuple(task for task in tasks if any(competence == item for competence, _ in taken(catalogue, task)))


def doers(catalogue: Catalogue, task: str) -> tuple[Profile, ...]:
    """The profiles to which a task belongs."""
    return tuple(
        profile
        for profile in catalogue.profiles.values()
        if not isinstance(profile.tasks, Gap) and task in profile.tasks
    )


def compare_profiles(catalogue: Catalogue, origin: Profile, target: Profile) -> Way | Gap:
    """What whoever holds ``origin`` must learn for ``target``, or why that cannot be told."""
    before, after = required(catalogue, origin), required(catalogue, target)
    if isinstance(before, Gap):
        return before
    if isinstance(after, Gap):
        return after
    steps = [
        _step(competence, before.get((competence.kind, competence.slug)), after.get((competence.kind, competence.slug)))
        for competence in competences(catalogue)
    ]
    order = list(Change)
    told = sorted((step for step in steps if step is not None), key=lambda step: order.index(step.change))
    return Way(tuple(told), _new_tasks(catalogue, origin, target))


def _step(competence: Competence, before: Level | None, after: Level | None) -> Step | None:
    match before, after:
        case None, None:
            return None
        case None, Level():
            return Step(competence, before, after, Change.NEW)
        case Level(), None:
            return Step(competence, before, after, Change.LEFT)
        case Level(rank=had), Level(rank=asked):
            change = Change.HIGHER if asked > had else Change.LOWER if asked < had else Change.SAME
            return Step(competence, before, after, change)
    raise AssertionError


def _new_tasks(catalogue: Catalogue, origin: Profile, target: Profile) -> tuple[Task, ...]:
    had, asked = tasks_of(catalogue, origin), tasks_of(catalogue, target)
    if isinstance(had, Gap) or isinstance(asked, Gap):
        return ()
    return tuple(task for task in asked if task not in had)


def compare_editions(older: Catalogue, newer: Catalogue) -> tuple[Difference, ...]:
    """Every item that only one of two editions has, or that is another in each; the same slug is the same item."""
    return tuple(difference for kind in Kind for difference in _differences(kind, older, newer))


def _differences(kind: Kind, older: Catalogue, newer: Catalogue) -> Iterator[Difference]:
    before, after = older.known(kind), newer.known(kind)
    for slug in [*after, *(slug for slug in before if slug not in after)]:
        if slug not in before:
            yield Difference(kind, slug, after[slug].title, Edit.ADDED)
        elif slug not in after:
            yield Difference(kind, slug, before[slug].title, Edit.REMOVED)
        else:
            details = tuple(_details(_said(older, before[slug]), _said(newer, after[slug])))
            if details:
                yield Difference(kind, slug, after[slug].title, Edit.CHANGED, details)


@dataclass(frozen=True, slots=True)
class _Word:
    """One thing that an item says: what it is about, by what it is the same in another edition, and as it is shown."""

    subject: str | Texts
    same: str | Texts
    shown: Texts


_Said: TypeAlias = Mapping[tuple[str, str], _Word]


def _details(before: _Said, after: _Said) -> Iterator[Detail]:
    for key in [*after, *(key for key in before if key not in after)]:
        was, now = before.get(key), after.get(key)
        if now is None:
            if was is not None:
                yield Detail(was.subject, was.shown, None)
        elif was is None:
            yield Detail(now.subject, None, now.shown)
        elif was.same != now.same:
            yield Detail(now.subject, was.shown, now.shown)


def _said(catalogue: Catalogue, item: Item) -> _Said:
    """Everything that an item says, each under a key by which it is found in another edition."""
    said = {("title", ""): _Word("title", item.title, item.title)}
    match item:
        case Profile():
            # A title that changed is told where it stands, and not again by whoever refers to it.
            said |= {("task", s): _Word("task", s, _title(catalogue, Kind.TASK, s)) for s in _open(item.tasks)}
            said |= {
                ("follows", s): _Word("follows", s, _title(catalogue, Kind.PROFILE, s)) for s in _open(item.follows)
            }
            if isinstance(item.eqf_level, int):
                said["eqf_level", ""] = _Word("eqf_level", str(item.eqf_level), _same(str(item.eqf_level)))
        case Task():
            said |= {(c.kind, c.slug): _Word(c.title, level.slug, level.title) for c, level in taken(catalogue, item)}
        case Competence():
            said["scale", ""] = _Word("scale", item.scale, _title(catalogue, Kind.SCALE, item.scale))
            if item.digital:
                said["digital", ""] = _Word("digital", "", {"it": "sì", "en": "yes"})
        case Scale():
            said |= {("level", level.slug): _Word("level", level.title, level.title) for level in item.levels}
    return said


def _open(slugs: tuple[str, ...] | Gap) -> tuple[str, ...]:
    return () if isinstance(slugs, Gap) else slugs


def _title(catalogue: Catalogue, kind: Kind, slug: str) -> Texts:
    found = catalogue.find(kind, slug)
    return _same(slug) if found is None else found.title


def _same(text: str) -> Texts:
    return {"it": text, "en": text}
