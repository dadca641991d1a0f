"""What in a scheme file contradicts itself: references to nothing, circles, doubles, days and periods out of order.

Reads the raw document, whatever its shape, so that these are found together with the errors of the shape.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TypeAlias

from registry.commands.problem import Path
from verifier.encoding import Json, parse_day
from verifier.errors import FormatError

Contradictions: TypeAlias = Iterator[tuple[Path, str]]


def find_contradictions(document: Json) -> Contradictions:
    """Every contradiction: its path and the reason."""
    yield from _rules(_object(document, "rules"))
    yield from _transition(document)
    yield from _checklists(document)
    yield from _scales(document)
    yield from _tasks(document)
    yield from _profiles(document)
    yield from _steps(document)
    yield from _circles(document)


def _object(value: Json, *names: str) -> dict[str, Json]:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) and "gap" not in value else {}


def _slugs(value: Json) -> list[tuple[int, str]]:
    return [(i, slug) for i, slug in enumerate(value if isinstance(value, list) else []) if isinstance(slug, str)]


def _rules(rules: dict[str, Json]) -> Contradictions:
    try:
        if parse_day(str(rules.get("open_until"))) < parse_day(str(rules.get("open_from"))):
            yield ("rules", "open_until"), "is before open_from"
    except FormatError:
        pass  # a gap, no end, or no day at all: the shape says which
    interval = _object(rules, "maintenance").get("interval_months")
    validity = rules.get("validity_months")
    if type(interval) is type(validity) is int and interval >= validity:
        yield ("rules", "maintenance", "interval_months"), "is not shorter than validity_months, so it never falls due"


def _transition(document: Json) -> Contradictions:
    rules, itself = _object(document, "rules"), document.get("slug") if isinstance(document, dict) else None
    transition = _object(rules, "transition")
    for i, slug in _slugs(transition.get("from")):
        if slug == itself:
            yield ("rules", "transition", "from", i), "is this edition itself"
    yield from _doubles(("rules", "transition", "from"), _slugs(transition.get("from")))
    try:
        if parse_day(str(transition.get("until"))) < parse_day(str(rules.get("open_from"))):
            yield ("rules", "transition", "until"), "is before open_from"
    except FormatError:
        pass  # no transition, a gap, or no day at all: the shape says which


def _checklists(document: Json) -> Contradictions:
    """Kinds of evidence and parts of the exam that stand twice, and parts that there are not."""
    acquisition, parts = _object(document, "rules", "acquisition"), _members(_object(document, "exam").get("parts"))
    maintenance = _object(document, "rules", "maintenance")
    yield from _doubled_slugs(("rules", "maintenance", "evidence"), _members(maintenance.get("evidence")))
    yield from _doubled_slugs(("rules", "acquisition", "evidence"), _members(acquisition.get("evidence")))
    yield from _doubled_slugs(("exam", "parts"), parts)
    known = {slug for _, slug in parts}
    yield from _list(
        ("rules", "acquisition", "exam_parts"), acquisition.get("exam_parts"), known, "part of this file's exam"
    )


def _members(value: Json) -> list[tuple[int, str]]:
    """The slugs of objects in a list, each with its place."""
    return _slugs([_object(member).get("slug") for member in value] if isinstance(value, list) else None)


def _doubled_slugs(path: Path, members: Sequence[tuple[int, str]]) -> Contradictions:
    for place, reason in _doubles(path, members):
        yield (*place, "slug"), reason


def _doubles(path: Path, slugs: Sequence[tuple[int, str]]) -> Contradictions:
    seen: set[str] = set()
    for i, slug in slugs:
        if slug in seen:
            yield (*path, i), f"stands twice: {slug[:40]}"
        seen.add(slug)


def _scales(document: Json) -> Contradictions:
    scales = _object(document, "scales")
    for slug in scales:
        levels = _levels(scales, slug)
        for i, level in enumerate(levels):
            if level and level in levels[:i]:
                yield ("scales", slug, "levels", i, "slug"), f"stands twice: {level}"
    for part in ("knowledge", "skills"):
        for slug, item in _object(document, part).items():
            yield from _dangling((part, slug, "scale"), _object(item).get("scale"), scales, "scale of this file")


def _tasks(document: Json) -> Contradictions:
    scales = _object(document, "scales")
    for slug, task in _object(document, "tasks").items():
        for part, what in (("knowledge", "knowledge"), ("skills", "skill")):
            items = _object(document, part)
            for name, level in _object(task, part).items():
                path = ("tasks", slug, part, name)
                yield from _dangling(path, name, items, f"{what} of this file")
                scale = _object(items, name).get("scale")
                if isinstance(scale, str) and scale in scales:
                    yield from _dangling(path, level, _levels(scales, scale), f"level of the scale {scale}")


def _profiles(document: Json) -> Contradictions:
    profiles, tasks = _object(document, "profiles"), _object(document, "tasks")
    for slug in profiles:
        profile = _object(profiles, slug)
        yield from _list(("profiles", slug, "follows"), profile.get("follows"), profiles, "profile of this file")
        yield from _list(("profiles", slug, "tasks"), profile.get("tasks"), tasks, "task of this file")


def _steps(document: Json) -> Contradictions:
    profiles = _object(document, "profiles")
    seen: set[str] = set()
    for step, group in enumerate(_groups(document)):
        yield from _list(("same_step", step), group, profiles, "profile of this file")
        members = {slug for _, slug in _slugs(group)}
        for slug in sorted(members & seen):
            yield ("same_step", step), f"puts {slug} on a second step"
        seen |= members


def _circles(document: Json) -> Contradictions:
    """Profiles that come before themselves; those on one step count as one place in the graph."""
    profiles = _object(document, "profiles")
    step = {slug: slug for slug in profiles} | dict(_same_step(document))
    follows = [
        (slug, i, name)
        for slug in profiles
        for i, name in _slugs(_object(profiles, slug).get("follows"))
        if name in step
    ]
    before: dict[str, set[str]] = {}
    for slug, _, name in follows:
        before.setdefault(step[slug], set()).add(step[name])
    for slug, i, name in follows:
        if step[slug] in _reached(before, step[name]):
            yield ("profiles", slug, "follows", i), f"leads in a circle back to {slug}"


def _same_step(document: Json) -> Iterator[tuple[str, str]]:
    for group in _groups(document):
        members = [slug for _, slug in _slugs(group)]
        yield from ((slug, members[0]) for slug in members)


def _reached(before: Mapping[str, set[str]], start: str) -> set[str]:
    reached, ahead = {start}, [start]
    while ahead:
        new = before.get(ahead.pop(), set()) - reached
        reached |= new
        ahead.extend(new)
    return reached


def _groups(document: Json) -> list[Json]:
    groups = document.get("same_step") if isinstance(document, dict) else None
    return groups if isinstance(groups, list) else []


def _levels(scales: Json, scale: str) -> Sequence[str]:
    levels = _object(scales, scale).get("levels")
    slugs = [_object(level).get("slug") for level in levels] if isinstance(levels, list) else []
    return [slug if isinstance(slug, str) else "" for slug in slugs]


def _list(path: Path, value: Json, known: Collection[str], what: str) -> Contradictions:
    for i, slug in _slugs(value):
        yield from _dangling((*path, i), slug, known, what)
    yield from _doubles(path, _slugs(value))


def _dangling(path: Path, slug: Json, known: Collection[str], what: str) -> Contradictions:
    if isinstance(slug, str) and slug not in known:
        yield path, f"is no {what}: {slug[:40]!r}"
