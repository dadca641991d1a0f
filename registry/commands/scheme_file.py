"""Reads scheme files: the bytes become a scheme edition, or a list of everything that is wrong with them.

The format is in docs/formats/scheme.md.
"""

import json
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from registry.commands.problem import Path, Problem, find_places, format_pointer, place_problem
from registry.commands.scheme_contradiction import find_contradictions
from registry.commands.scheme_rules import read_rules
from registry.commands.scheme_shape import TAGS, GapMark, SchemeShape
from registry.domain.edition import Edition, Profile
from verifier.encoding import Json
from verifier.errors import FormatError

MAX_SCHEME_BYTES: Final = 1024 * 1024


class SchemeFileError(FormatError):
    """The bytes are no scheme file; ``problems`` says all that is wrong, in the order of the file.

    ``edition`` is what the file says all the same where it only contradicts itself, to hold it against others.
    """

    def __init__(self, problems: Sequence[Problem], edition: Edition | None = None) -> None:
        super().__init__("not a scheme file: " + "; ".join(map(str, problems)))
        self.problems = tuple(problems)
        self.edition = edition


def parse_scheme(data: bytes) -> Edition:
    """Read the scheme edition of a scheme file, with the SHA-256 of the bytes as they are.

    Raises:
        SchemeFileError: with every problem of the file.
    """
    text, document = _read(data)
    places = list(find_places(text))
    lines = dict(reversed(places))
    problems = {place_problem(lines, path, reason) for path, reason in find_contradictions(document)}
    problems |= set(_twice(places))
    try:
        shape = SchemeShape.model_validate(document)
    except ValidationError as error:
        problems |= {place_problem(lines, *_reason(detail)) for detail in error.errors()}
        raise SchemeFileError(sorted(problems)) from error
    edition = _edition(shape, sha256(data).digest())
    if problems:
        raise SchemeFileError(sorted(problems), edition)
    return edition


def _read(data: bytes) -> tuple[str, Json]:
    if len(data) > MAX_SCHEME_BYTES:
        raise SchemeFileError([Problem(1, "", f"is over the limit of {MAX_SCHEME_BYTES} bytes")])
    try:
        text = data.decode("utf-8")
        return text, json.loads(text)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SchemeFileError([Problem(line, "", "is not UTF-8")]) from error
    except json.JSONDecodeError as error:
        raise SchemeFileError([Problem(error.lineno, "", f"is not JSON: {error.msg}")]) from error
    except (ValueError, RecursionError) as error:
        raise SchemeFileError([Problem(1, "", "is not JSON: a number too long, or nested too deep")]) from error


def _twice(places: Sequence[tuple[Path, int]]) -> Iterator[Problem]:
    first: dict[Path, int] = {}
    twice: set[Path] = set()
    for path, line in places:
        if path in first:
            twice.add(path)
            # What stands inside a doubled value is doubled with it: one problem, not many.
            if path[:-1] not in twice:
                yield Problem(line, format_pointer(path), f"stands on line {first[path]} already")
        first.setdefault(path, line)


_REASONS: Final = {
    "missing": "is missing",
    "extra_forbidden": "is no name of this format",
    "model_type": "is not an object",
    "dict_type": "is not an object",
    "list_type": "is not a list",
    "string_type": "is not a text",
    "string_unicode": "is not a text of Unicode characters",
    "int_type": "is not a whole number",
    "bool_type": "is not true or false",
    "literal_error": "is not {expected}",
    "greater_than_equal": "is less than {ge}",
    "less_than_equal": "is more than {le}",
    "string_too_short": "has less than {min_length} character",
    "string_too_long": "has more than {max_length} characters",
    "too_short": "has less than {min_length}",
}


def _reason(detail: ErrorDetails) -> tuple[Path, str]:
    path = tuple(name for name in detail["loc"] if name not in TAGS and name != "[key]")
    reason = _REASONS.get(detail["type"], detail["msg"])
    return path, reason.format(**detail.get("ctx", {}))


def _edition(shape: SchemeShape, digest: bytes) -> Edition:
    profiles = {slug: Profile(slug, profile.title.model_dump()) for slug, profile in shape.profiles.items()}
    tasks = {slug: tuple(p.tasks) for slug, p in shape.profiles.items() if not isinstance(p.tasks, GapMark)}
    parts = () if isinstance(shape.exam, GapMark) else tuple(part.slug for part in shape.exam.parts if part.slug)
    return Edition(
        shape.slug, shape.scheme, shape.title.model_dump(), profiles, read_rules(shape.rules), digest, tasks, parts
    )
