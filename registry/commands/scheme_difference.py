"""What is another in two scheme files: profiles, tasks, knowledge, skills, levels and rules, by slug.

The same slug is the same thing; the order in a list counts only for the levels of a scale.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from verifier.competence import Edit
from verifier.encoding import Json, format_json, parse_json

_WORDS: Final = {"profiles": "profile", "tasks": "task", "knowledge": "knowledge", "skills": "skill", "scales": "scale"}
# Two editions differ in their slug always, and where an editor finds the format is nobody's rule.
_UNCOMPARED: Final = frozenset({"$schema", "slug", "v"})
Leaves: TypeAlias = Mapping[tuple[str, ...], str]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is another: ``subject`` is what it belongs to, ``place`` names it there, empty for the whole."""

    subject: str
    place: str
    edit: Edit
    before: str | None = None
    after: str | None = None

    def __str__(self) -> str:
        what = f"{self.subject}: {self.place}" if self.place else self.subject
        match self.edit:
            case Edit.CHANGED:
                return f"{what} changed from {self.before} to {self.after}"
            case Edit.ADDED:
                return f"{what} added" + (f": {self.after}" if self.after else "")
            case Edit.REMOVED:
                return f"{what} removed" + (f": {self.before}" if self.before else "")


def compare_scheme_files(older: bytes, newer: bytes) -> tuple[Difference, ...]:
    """Every difference from one scheme file to another, in the order of the format.

    Raises:
        FormatError: one is no JSON object.
    """
    before, after = parse_json(older), parse_json(newer)
    names = [name for name in {**before, **after} if name not in _UNCOMPARED]
    return tuple(d for name in names for d in _part(name, before.get(name), after.get(name)))


def _part(name: str, before: Json, after: Json) -> Iterator[Difference]:
    word = _WORDS.get(name)
    if word is None or _is_leaf(before) or _is_leaf(after):
        yield from _details(name, before, after)
        return
    had, has = _mapping(before), _mapping(after)
    for slug in {**had, **has}:
        subject = f"{word} {slug}"
        if slug not in had:
            yield Difference(subject, "", Edit.ADDED, None, _title(has[slug]))
        elif slug not in has:
            yield Difference(subject, "", Edit.REMOVED, _title(had[slug]), None)
        else:
            yield from _details(subject, had[slug], has[slug])


def _details(subject: str, before: Json, after: Json) -> Iterator[Difference]:
    had, has = dict(_leaves(before)), dict(_leaves(after))
    for path in {**had, **has}:
        was, now = had.get(path), has.get(path)
        if was != now:
            edit = Edit.ADDED if was is None else Edit.REMOVED if now is None else Edit.CHANGED
            # A member of a list is its own name.
            yield Difference(subject, "/".join(path), edit, was or None, now or None)


def _leaves(value: Json, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    if _is_leaf(value):
        yield path, _said(value)
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from _leaves(member, (*path, name))
    elif isinstance(value, list):
        for rank, member in enumerate(value, start=1):
            yield from _member(member, rank, path)


def _member(member: Json, rank: int, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    match member:
        case {"slug": str(slug)}:
            rest: dict[str, Json] = {name: value for name, value in _mapping(member).items() if name != "slug"}
            yield from _leaves(rest, (*path, slug))
            if path[-1:] == ("levels",):
                yield (*path, slug, "rank"), str(rank)
        case str(slug):
            yield (*path, slug), ""
        case _:
            yield (*path, _said(member)), ""


def _is_leaf(value: Json) -> bool:
    match value:
        case {"gap": _} | {"it": str(), "en": str()}:
            return True
    return not isinstance(value, (dict, list))


def _said(value: Json) -> str:
    match value:
        case {"gap": {"en": str(reason)}}:
            return f"not public ({reason})"
        case {"it": str(it), "en": str(en)}:
            return f"{en!r} (Italian: {it!r})"
        case None | bool():
            return {None: "none", True: "yes", False: "no"}[value]
        case str() | int():
            return str(value)
        case list() if all(isinstance(member, str) for member in value):
            return ", ".join(sorted(map(str, value)))
    return format_json({"value": value}).decode()


def _mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, dict) else {}


def _title(item: Json) -> str | None:
    title = _mapping(item).get("title")
    return None if title is None else _said(title)
