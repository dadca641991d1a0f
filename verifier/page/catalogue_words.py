"""What the catalogue says of kinds, changes and rules, in the reader's language."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from flask_babel import gettext, lazy_gettext, ngettext
from markupsafe import Markup

from verifier.catalogue import Catalogue, Gap, Kind, Texts, parse_gap
from verifier.competence import Change, Edit
from verifier.encoding import Json, parse_day
from verifier.errors import FormatError
from verifier.page.day import long_day
from verifier.page.language import language, told
from verifier.page.view import in_language
from verifier.page.words import Text

KINDS: Final[Mapping[Kind, Text]] = {
    Kind.PROFILE: lazy_gettext("Profile"),
    Kind.TASK: lazy_gettext("Task"),
    Kind.KNOWLEDGE: lazy_gettext("Item of knowledge"),
    Kind.SKILL: lazy_gettext("Skill"),
    Kind.SCALE: lazy_gettext("Mastery scale"),
}

PARTS: Final[Mapping[Kind, Text]] = {
    Kind.PROFILE: lazy_gettext("Profiles"),
    Kind.TASK: lazy_gettext("Tasks"),
    Kind.KNOWLEDGE: lazy_gettext("Knowledge"),
    Kind.SKILL: lazy_gettext("Skills"),
    Kind.SCALE: lazy_gettext("Mastery scales"),
}

CHANGES: Final[Mapping[Change, Text]] = {
    Change.NEW: lazy_gettext("New"),
    Change.HIGHER: lazy_gettext("Higher level"),
    Change.SAME: lazy_gettext("The same"),
    Change.LOWER: lazy_gettext("A lower level is enough"),
    Change.LEFT: lazy_gettext("No longer needed"),
}

EDITS: Final[Mapping[Edit, Text]] = {
    Edit.ADDED: lazy_gettext("Added"),
    Edit.REMOVED: lazy_gettext("Removed"),
    Edit.CHANGED: lazy_gettext("Changed"),
}

SUBJECTS: Final[Mapping[str, Text]] = {
    "title": lazy_gettext("Title"),
    "task": lazy_gettext("Task"),
    "follows": lazy_gettext("Usually comes from"),
    "eqf_level": lazy_gettext("EQF level"),
    "scale": lazy_gettext("Mastery scale"),
    "digital": lazy_gettext("Digital"),
    "level": lazy_gettext("Level"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of an edition for readers: its name, and what it says or why that is not public."""

    name: str
    label: Text
    text: str
    gap: Gap | None = None


def say(texts: Texts) -> str:
    """The text of the reader's language, for where no mark of another one can stand."""
    return in_language(texts, language(), "")


def subject(name: str | Texts) -> str:
    """The name of what a detail is about."""
    return str(SUBJECTS[name]) if isinstance(name, str) else told(name)


def rules(catalogue: Catalogue) -> Iterator[Rule]:
    """The rules that readers of a catalogue ask for, as far as the edition has them."""
    values = {**catalogue.rules, **_maintenance_evidence(catalogue.rules.get("maintenance"))}
    for name, (label, tell) in _RULES.items():
        if name in values:
            gap = parse_gap(values[name])
            text = "" if gap else tell(values[name])
            if gap or text:
                yield Rule(name, label, text, gap)


def changed_rules(older: Catalogue, newer: Catalogue) -> list[tuple[Rule | None, Rule | None]]:
    """The rules that say something else to readers in another edition, as they were and as they are."""
    before, after = ({rule.name: rule for rule in rules(catalogue)} for catalogue in (older, newer))
    pairs = [(before.get(name), after.get(name)) for name in _RULES]
    return [(was, now) for was, now in pairs if was != now]


def _day(value: Json) -> str:
    try:
        return long_day(parse_day(value)) if isinstance(value, str) else str(gettext("no last day"))
    except FormatError:
        return ""


def _months(value: Json) -> str:
    return str(ngettext("%(num)s month", "%(num)s months", value)) if isinstance(value, int) else ""


def _days(value: Json) -> str:
    return str(ngettext("%(num)s day", "%(num)s days", value)) if isinstance(value, int) else ""


def _maintenance(value: Json) -> str:
    match value:
        case None:
            return str(gettext("none"))
        case {"interval_months": int(count)}:
            return str(ngettext("every month", "every %(num)s months", count))
    return ""


def _maintenance_evidence(value: Json) -> Mapping[str, Json]:
    match value:
        case {"evidence": evidence}:
            return {"maintenance_evidence": evidence}
    return {}


def _acquisition(value: Json) -> str:
    return _evidence(value.get("evidence")) if isinstance(value, dict) else ""


def _evidence(value: Json) -> str:
    pieces = [_piece(piece) for piece in value] if isinstance(value, list) else []
    return Markup("; ").join(filter(None, pieces))


def _piece(value: Json) -> str:
    match value:
        case {"title": dict(title), **rest}:
            text = told({code: words for code, words in title.items() if isinstance(words, str)})
            hours = rest.get("hours")
            notes = [str(ngettext("%(num)s hour", "%(num)s hours", hours))] if isinstance(hours, int) else []
            notes += [str(gettext("not required"))] if rest.get("required") is False else []
            return text + f" ({', '.join(notes)})" if notes else text
    return ""


def _transition(value: Json) -> str:
    match value:
        case {"from": list(editions), "until": str(until)}:
            slugs = ", ".join(slug for slug in editions if isinstance(slug, str))
            return str(gettext("from %(editions)s until %(day)s", editions=slugs, day=_day(until)))
    return ""


def _renewal(value: Json) -> str:
    match value:
        case {"window_days": int(count)}:
            return str(
                ngettext("from one day before the last valid day", "from %(num)s days before the last valid day", count)
            )
    return ""


_RULES: Final[Mapping[str, tuple[Text, Callable[[Json], str]]]] = {
    "open_from": (lazy_gettext("First day of grants"), _day),
    "open_until": (lazy_gettext("Last day of grants"), _day),
    "validity_months": (lazy_gettext("Validity"), _months),
    "acquisition": (lazy_gettext("What an application is made of"), _acquisition),
    "maintenance": (lazy_gettext("Maintenance"), _maintenance),
    "maintenance_evidence": (lazy_gettext("Evidence for maintenance"), _evidence),
    "recertification": (lazy_gettext("Renewal"), _renewal),
    "transition": (lazy_gettext("Passing from earlier editions"), _transition),
    "suspension_max_days": (lazy_gettext("Longest suspension"), _days),
}
