"""The shape of a scheme file: its names, their types and their limits.

docs/formats/scheme.md explains it, schemes/scheme.schema.json says the same to editors and other people's tools.
"""

import re
from datetime import date
from typing import Annotated, Final, Literal, TypeAlias, TypeVar
from unicodedata import is_normalized

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, WrapValidator
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidatorFunctionWrapHandler

from verifier.encoding import parse_day
from verifier.errors import FormatError

T = TypeVar("T")

# Pydantic puts the tag of a union into the place of an error; no slug looks like these.
TAGS: Final = frozenset({"(known)", "(gap)"})
_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
# The characters of RFC 3986, section 2; a host in lower case, so that one address has one spelling.
_URI: Final = re.compile(r"https://[a-z0-9.-]+(?:/[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*)?", re.ASCII)


def _tag(value: object) -> str:
    return "(gap)" if isinstance(value, dict) and "gap" in value else "(known)"


def _day(value: object) -> date:
    try:
        return parse_day(value if isinstance(value, str) else "")
    except FormatError as error:
        raise PydanticCustomError("day", "is no day like 2026-11-24") from error


def _slug(value: str, limited: ValidatorFunctionWrapHandler) -> str:
    slug: str = limited(value)
    if not _SLUG.fullmatch(slug):
        raise PydanticCustomError("slug", "is no slug of a-z, 0-9 and single inner hyphens")
    return slug


def _line(value: str, limited: ValidatorFunctionWrapHandler) -> str:
    line: str = limited(value)
    if line != line.strip() or not line.isprintable():
        raise PydanticCustomError("line", "has spaces around it, or characters that cannot be printed")
    if not is_normalized("NFC", line):
        raise PydanticCustomError("normal_form", "is not in Unicode normal form C")
    return line


def _uri(value: str, limited: ValidatorFunctionWrapHandler) -> str:
    uri: str = limited(value)
    if not _URI.fullmatch(uri):
        raise PydanticCustomError("uri", "is no https address")
    return uri


def _stated(value: object) -> object:
    # What is left away and what is null would be two spellings of one thing.
    if value is None:
        raise PydanticCustomError("null", "is null: leave it away")
    return value


def _true(value: bool) -> bool:
    if not value:
        raise PydanticCustomError("false", "is false: leave it away")
    return value


def _version(value: int) -> int:
    if value != 1:
        raise PydanticCustomError("version", "is no version of this format that is known here")
    return value


Version = Annotated[int, AfterValidator(_version)]
Day = Annotated[date, BeforeValidator(_day)]
Days = Annotated[int, Field(ge=0, le=3660)]
Months = Annotated[int, Field(ge=1, le=600)]
Slug = Annotated[str, Field(max_length=32), WrapValidator(_slug)]
# It travels in the QR of every certificate.
ShortSlug = Annotated[str, Field(max_length=12), WrapValidator(_slug)]
Line = Annotated[str, Field(min_length=1, max_length=200), WrapValidator(_line)]
Uri = Annotated[str, Field(max_length=300), WrapValidator(_uri)]
EqfLevel = Annotated[int, Field(ge=1, le=8)]
# A name that may be left away.
Optional: TypeAlias = Annotated[T | None, BeforeValidator(_stated)]


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class Texts(_Part):
    """One text in every language of the product."""

    it: Line
    en: Line


class GapMark(_Part):
    """Stands in the place of what the scheme does not make public, and says so."""

    gap: Texts


Known: TypeAlias = Annotated[
    Annotated[T, Tag("(known)")] | Annotated[GapMark, Tag("(gap)")],
    Discriminator(_tag),
]


class Evidence(_Part):
    """One kind of evidence that a decision is taken on; ``hours`` where it is counted in hours."""

    slug: Slug
    title: Texts
    required: bool
    hours: Optional[Annotated[int, Field(ge=1, le=1000)]] = None


class Maintenance(_Part):
    """How often a certification is confirmed, how long around the due day that is in time, and on what evidence."""

    interval_months: Months
    window_days: Days
    grace_days: Days
    evidence: Optional[Known[Annotated[list[Evidence], Field(min_length=1)]]] = None


class Recertification(_Part):
    """How long before and after the last valid day a new cycle may start."""

    window_days: Days
    grace_days: Days


class Transition(_Part):
    """The earlier editions whose holders may pass to this one, and the last day on which they may."""

    editions: Annotated[list[ShortSlug], Field(min_length=1, alias="from")]
    until: Day


class Acquisition(_Part):
    """What an application is made of, the exam's parts that lead to the certification, whether a session records it."""

    evidence: Annotated[list[Evidence], Field(min_length=1)]
    exam_parts: list[Slug]
    exam_recorded: Optional[Annotated[bool, AfterValidator(_true)]] = None


class RulesShape(_Part):
    """The rules that decisions depend on."""

    open_from: Known[Day]
    open_until: Known[Day | None]
    validity_months: Known[Months]
    maintenance: Known[Maintenance | None]
    recertification: Known[Recertification]
    suspension_max_days: Known[Days]
    late_recording_days: Known[Days]
    birth_shown: Known[Literal["nothing", "year", "date_and_place"]]
    transition: Optional[Known[Transition]] = None
    acquisition: Optional[Known[Acquisition]] = None


class Level(_Part):
    """One level of a mastery scale."""

    slug: Slug
    title: Texts


class Scale(_Part):
    """A mastery scale: its levels, the lowest first."""

    title: Texts
    levels: Annotated[list[Level], Field(min_length=1)]


class Link(_Part):
    """The same thing in another catalogue, or a word about it elsewhere."""

    kind: Literal["esco", "other"]
    uri: Uri


class ProfileLink(_Part):
    """A profile in another catalogue, in the European Qualifications Framework, or a word about it elsewhere."""

    kind: Literal["esco", "eqf", "other"]
    uri: Uri


class Knowledge(_Part):
    """Something to be known, measured on a scale."""

    title: Texts
    scale: Slug
    links: Optional[list[Link]] = None


class Skill(_Part):
    """Something to be able to do, digital or not, measured on a scale."""

    title: Texts
    scale: Slug
    digital: bool
    links: Optional[list[Link]] = None


class Task(_Part):
    """What has to be done, and the knowledge and skills that it takes: each with its level."""

    title: Texts
    knowledge: dict[Slug, Slug]
    skills: dict[Slug, Slug]
    links: Optional[list[Link]] = None


class ProfileShape(_Part):
    """A profile: the profiles that one usually comes from, its tasks, and its level of the European framework."""

    title: Texts
    follows: Known[list[ShortSlug]]
    tasks: Known[list[Slug]]
    eqf_level: Optional[Known[EqfLevel]] = None
    links: Optional[list[ProfileLink]] = None


class ExamPart(_Part):
    """One part of the exam; its slug is how ``acquisition`` names it."""

    slug: Optional[Slug] = None
    title: Texts
    minutes: Annotated[int, Field(ge=1, le=1440)]
    pass_percent: Annotated[int, Field(ge=1, le=100)]


class Exam(_Part):
    """The exam: its parts, and how many days after a failed one it may be sat again."""

    parts: Annotated[list[ExamPart], Field(min_length=1)]
    resit_after_days: Days


class Publication(_Part):
    """Whether anyone may ask "does this name match?", and whether the catalogue may be shown to anyone."""

    name_match: bool
    catalogue: bool


class Retention(_Part):
    """How many months after a certification's end the holder's data and the records of the case are kept."""

    holder_months: Months
    case_months: Months


class SchemeShape(_Part):
    """A whole scheme file: one edition of one scheme."""

    schema_place: Optional[str] = Field(None, alias="$schema")
    v: Version
    slug: ShortSlug
    scheme: Slug
    title: Texts
    owner: Texts
    about: Texts
    rules: RulesShape
    scales: Known[dict[Slug, Scale]]
    knowledge: Known[dict[Slug, Knowledge]]
    skills: Known[dict[Slug, Skill]]
    tasks: Known[dict[Slug, Task]]
    profiles: Annotated[dict[ShortSlug, ProfileShape], Field(min_length=1)]
    same_step: list[Annotated[list[ShortSlug], Field(min_length=2)]]
    exam: Known[Exam]
    publication: Known[Publication]
    retention: Known[Retention]
