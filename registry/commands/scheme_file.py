"""Reads scheme files: the bytes become a scheme edition, or a list of everything that is wrong with them.

The format is in docs/formats/scheme.md.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from hashlib import sha256
from typing import Final, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from registry.commands.problem import Path, Problem, find_places, format_pointer, place_problem
from registry.commands.scheme_contradiction import find_contradictions
from registry.commands.scheme_shape import TAGS, GapMark, Maintenance, Recertification, RulesShape, SchemeShape, Texts
from registry.domain.edition import BirthShown, Edition, Gap, Profile, RecertificationRule, Rules, gaps
from verifier.encoding import Json, format_day
from verifier.errors import FormatError
from verifier.status import MaintenanceRule

MAX_SCHEME_BYTES: Final = 1024 * 1024

T = TypeVar("T")


class SchemeFileError(FormatError):
    """The bytes are no scheme file; ``problems`` says all that is wrong, in the order of the file."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("not a scheme file: " + "; ".join(map(str, problems)))
        self.problems = tuple(problems)


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
    if problems:
        raise SchemeFileError(sorted(problems))
    return _edition(shape, sha256(data).digest())


def format_rules(rules: Rules) -> dict[str, Json]:
    """Write rules as the event ``edition.published`` carries them: the known by name, the others under ``gaps``."""
    unknown: dict[str, Json] = {name: dict(gap.reason) for name, gap in gaps(rules).items()}
    known = {name: value for name, value in asdict(rules).items() if name not in unknown}
    days = {name: format_day(value) for name, value in known.items() if isinstance(value, date)}
    return known | days | {"gaps": unknown}


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
    profiles = {slug: Profile(slug, _texts(profile.title)) for slug, profile in shape.profiles.items()}
    return Edition(shape.slug, shape.scheme, _texts(shape.title), profiles, _rules(shape.rules), digest)


def _rules(shape: RulesShape) -> Rules:
    birth_shown = _known(shape.birth_shown)
    return Rules(
        _known(shape.open_from),
        _known(shape.open_until),
        _known(shape.validity_months),
        _maintenance(_known(shape.maintenance)),
        _recertification(_known(shape.recertification)),
        _known(shape.suspension_max_days),
        _known(shape.late_recording_days),
        birth_shown if isinstance(birth_shown, Gap) else BirthShown(birth_shown),
    )


def _maintenance(rule: Maintenance | Gap | None) -> MaintenanceRule | Gap | None:
    if isinstance(rule, Maintenance):
        return MaintenanceRule(rule.interval_months, rule.window_days, rule.grace_days)
    return rule


def _recertification(rule: Recertification | Gap) -> RecertificationRule | Gap:
    return rule if isinstance(rule, Gap) else RecertificationRule(rule.window_days, rule.grace_days)


def _known(value: T | GapMark) -> T | Gap:
    return Gap(_texts(value.gap)) if isinstance(value, GapMark) else value


def _texts(texts: Texts) -> dict[str, str]:
    return {"it": texts.it, "en": texts.en}
