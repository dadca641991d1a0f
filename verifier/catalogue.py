"""A scheme file as a catalogue for readers: profiles, tasks, knowledge, skills and the levels they are measured on.

The registry refuses a scheme file that contradicts itself before it is published; here is read what readers need, and
a name that is not known here is passed over, as an edition of tomorrow may say more.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias, TypeVar

from verifier.encoding import Json, is_natural, is_one, parse_json
from verifier.errors import FormatError

T = TypeVar("T")

MAX_SCHEME_BYTES: Final = 1024 * 1024
Texts: TypeAlias = Mapping[str, str]


class Kind(StrEnum):
    """What an item of a catalogue is; also the word for it in its address."""

    PROFILE = "profile"
    TASK = "task"
    KNOWLEDGE = "knowledge"
    SKILL = "skill"
    SCALE = "scale"


@dataclass(frozen=True, slots=True)
class Gap:
    """Stands where the scheme does not make something public: why, by language."""

    reason: Texts


@dataclass(frozen=True, slots=True)
class Link:
    """The same thing in another catalogue, or a word about it elsewhere; ``kind`` is esco, eqf or other."""

    kind: str
    uri: str


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a scale; ``rank`` counts from 1, the lowest."""

    slug: str
    title: Texts
    rank: int


@dataclass(frozen=True, slots=True)
class Scale:
    """A mastery scale, its lowest level first."""

    slug: str
    title: Texts
    levels: tuple[Level, ...]

    kind = Kind.SCALE


@dataclass(frozen=True, slots=True)
class Competence:
    """A knowledge or a skill, measured on one scale; only a skill is digital or not."""

    kind: Kind
    slug: str
    title: Texts
    scale: str
    digital: bool = False
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """What has to be done: the level (a slug) of each knowledge and each skill that it takes."""

    slug: str
    title: Texts
    knowledge: Mapping[str, str]
    skills: Mapping[str, str]
    links: tuple[Link, ...] = ()

    kind = Kind.TASK


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile: which profiles one usually comes from, its tasks, and its level in the European framework (EQF)."""

    slug: str
    title: Texts
    follows: tuple[str, ...] | Gap
    tasks: tuple[str, ...] | Gap
    eqf_level: int | Gap | None = None
    links: tuple[Link, ...] = ()

    kind = Kind.PROFILE


Item: TypeAlias = Profile | Task | Competence | Scale


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One edition. Where it may not be shown, ``public`` is false and nothing but its titles is here."""

    slug: str
    scheme: str
    title: Texts
    owner: Texts
    about: Texts
    public: bool
    profiles: Mapping[str, Profile]
    tasks: Mapping[str, Task] | Gap
    knowledge: Mapping[str, Competence] | Gap
    skills: Mapping[str, Competence] | Gap
    scales: Mapping[str, Scale] | Gap
    rules: Mapping[str, Json]

    def part(self, kind: Kind) -> Mapping[str, Item] | Gap:
        """All items of a kind by slug, or why they are not public."""
        parts: Mapping[Kind, Mapping[str, Item] | Gap] = {
            Kind.PROFILE: self.profiles,
            Kind.TASK: self.tasks,
            Kind.KNOWLEDGE: self.knowledge,
            Kind.SKILL: self.skills,
            Kind.SCALE: self.scales,
        }
        return parts[kind]

    def known(self, kind: Kind) -> Mapping[str, Item]:
        """The public items of a kind by slug."""
        part = self.part(kind)
        return {} if isinstance(part, Gap) else part

    def find(self, kind: Kind, slug: str) -> Item | None:
        """The item of that kind and slug, if it is public."""
        return self.known(kind).get(slug)

    def level(self, scale: str, slug: str) -> Level | None:
        """A level of a scale, if it is public."""
        found = self.find(Kind.SCALE, scale)
        levels = found.levels if isinstance(found, Scale) else ()
        return next((level for level in levels if level.slug == slug), None)


def parse_catalogue(content: bytes) -> Catalogue:
    """Read a scheme file.

    Raises:
        FormatError: not one, or one whose catalogue cannot be read here.
    """
    value = _parse(content)
    return _catalogue(value, public=_public(value))


def parse_whole_catalogue(content: bytes) -> Catalogue:
    """Read a scheme file for whoever has it: all of it, also where the public may not see the catalogue.

    Raises:
        FormatError: not one, or one whose catalogue cannot be read here.
    """
    return _catalogue(_parse(content), public=True)


def _parse(content: bytes) -> Mapping[str, Json]:
    value = parse_json(content, MAX_SCHEME_BYTES)
    if not is_one(value.get("v")):
        raise FormatError("the scheme file is of a version that is not known here")
    return value


def _catalogue(value: Mapping[str, Json], *, public: bool) -> Catalogue:
    shown = value if public else {}
    return Catalogue(
        _text(value, "slug"),
        _text(value, "scheme"),
        _texts(value, "title"),
        _texts(value, "owner"),
        _texts(value, "about"),
        public,
        _items(shown.get("profiles", {}), _profile),
        _known(shown, "tasks", _task),
        _known(shown, "knowledge", _knowledge),
        _known(shown, "skills", _skill),
        _known(shown, "scales", _scale),
        _object(shown.get("rules", {})),
    )


def parse_gap(value: Json) -> Gap | None:
    """The gap that stands in the place of a value; None where the value itself is there."""
    match value:
        case {"gap": dict(reason)}:
            return Gap(_plain(reason))
    return None


def _public(value: Mapping[str, Json]) -> bool:
    # Where the scheme's rule is a gap, the file itself holds only what is public.
    match value.get("publication"):
        case {"catalogue": False}:
            return False
    return True


def _known(
    value: Mapping[str, Json], name: str, parse: Callable[[str, Mapping[str, Json]], T]
) -> Mapping[str, T] | Gap:
    part = value.get(name, {})
    return parse_gap(part) or _items(part, parse)


def _items(part: Json, parse: Callable[[str, Mapping[str, Json]], T]) -> dict[str, T]:
    return {slug: parse(slug, _object(item)) for slug, item in _object(part).items()}


def _profile(slug: str, value: Mapping[str, Json]) -> Profile:
    eqf_level = value.get("eqf_level")
    return Profile(
        slug,
        _texts(value, "title"),
        _slugs(value.get("follows", [])),
        _slugs(value.get("tasks", [])),
        eqf_level if is_natural(eqf_level) and isinstance(eqf_level, int) else parse_gap(eqf_level),
        _links(value),
    )


def _task(slug: str, value: Mapping[str, Json]) -> Task:
    return Task(
        slug,
        _texts(value, "title"),
        _levels(value.get("knowledge", {})),
        _levels(value.get("skills", {})),
        _links(value),
    )


def _knowledge(slug: str, value: Mapping[str, Json]) -> Competence:
    return Competence(Kind.KNOWLEDGE, slug, _texts(value, "title"), _text(value, "scale"), links=_links(value))


def _skill(slug: str, value: Mapping[str, Json]) -> Competence:
    digital = value.get("digital") is True
    return Competence(Kind.SKILL, slug, _texts(value, "title"), _text(value, "scale"), digital, _links(value))


def _scale(slug: str, value: Mapping[str, Json]) -> Scale:
    levels = [_object(level) for level in _list(value.get("levels"))]
    return Scale(
        slug,
        _texts(value, "title"),
        tuple(Level(_text(level, "slug"), _texts(level, "title"), rank) for rank, level in enumerate(levels, start=1)),
    )


def _links(value: Mapping[str, Json]) -> tuple[Link, ...]:
    links = [_object(link) for link in _list(value.get("links", []))]
    # A link becomes an address on a page: nothing but http and https does.
    return tuple(
        Link(_text(link, "kind"), _text(link, "uri"))
        for link in links
        if _text(link, "uri").startswith(("https://", "http://"))
    )


def _slugs(value: Json) -> tuple[str, ...] | Gap:
    gap = parse_gap(value)
    if gap is not None:
        return gap
    return tuple(slug for slug in _list(value) if isinstance(slug, str))


def _levels(value: Json) -> dict[str, str]:
    return {slug: level for slug, level in _object(value).items() if isinstance(level, str)}


def _texts(value: Mapping[str, Json], name: str) -> Texts:
    texts = _plain(_object(value.get(name)))
    if not texts:
        raise FormatError(f"the scheme file lacks the text {name}")
    return texts


def _plain(value: Mapping[str, Json]) -> Texts:
    return {language: text for language, text in value.items() if isinstance(text, str)}


def _text(value: Mapping[str, Json], name: str) -> str:
    found = value.get(name)
    if not isinstance(found, str):
        raise FormatError(f"the scheme file lacks the name {name}")
    return found


def _object(value: Json) -> Mapping[str, Json]:
    if not isinstance(value, dict):
        raise FormatError("a part of the scheme file is no object")
    return value


def _list(value: Json) -> list[Json]:
    if not isinstance(value, list):
        raise FormatError("a part of the scheme file is no list")
    return value
