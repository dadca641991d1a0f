"""One item of an evidence pack as it is printed, and the ways in which all its pages write things."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from verifier.encoding import Json, format_instant
from verifier.fonts import printable
from verifier.headline import headline_key, unmet
from verifier.number import group_number
from verifier.pack.content import Item
from verifier.pack.words import COMPARED, HEADLINES, KINDS, Words
from verifier.report import Kind, Question, Report, Requirement, Verdict
from verifier.tally import Line, requirement
from verifier.tone import Tone

NONE: Final = "–"
# Of a document's fields, those that say who the person is: the annex alone shows what they say.
PERSONAL: Final = frozenset({"name", "birth_year", "birth_date", "birth_place"})


@dataclass(frozen=True, slots=True)
class Row:
    """An item with its place in the pack, its report and the one for the day of the pack, and its profile's title."""

    place: int
    item: Item
    report: Report
    profile: str
    today: Report | None = None

    @property
    def key(self) -> str:
        """The headline of its verdict; a document that was edited is no genuine one, whatever its code says."""
        if self.item.verdict is Verdict.FORGED and self.report.verdict is not Verdict.FORGED:
            return "unsealed" if [f.name for f in self.item.fields if f.differs] == ["seal"] else "edited"
        key = headline_key(self.report, self.today)
        good = HEADLINES[key][0] is Tone.GOOD
        if good and self.item.doubtful:
            return "to_compare"
        return "in_force_so_far" if good and self.report.question.so_far else key

    @property
    def tone(self) -> Tone:
        """How grave it is: an unmet requirement as much as no force."""
        return Tone.BAD if unmet(self.report) else HEADLINES[self.key][0]

    @property
    def title(self) -> str:
        """The headline in English."""
        return HEADLINES[self.key][1]

    @property
    def requirement(self) -> Requirement | None:
        """What becomes of the requirement; None where nothing is known."""
        return requirement(self.report, self.item.verdict, doubtful=self.item.doubtful)

    @property
    def counted(self) -> Line:
        """The item as it is counted."""
        facts, certificate = self.report.facts, self.report.registered
        return Line(
            self.item.bidder,
            (self.item.number if facts is None else facts.number) or "",
            "" if certificate is None else f"{certificate.body} {certificate.holder_tag.hex()}",
            "" if facts is None else facts.profile,
            self.requirement or "",
        )

    @property
    def number(self) -> str:
        """The number as people read it."""
        return NONE if self.item.number is None else group_number(self.item.number)


def question_words(question: Question, words: Words) -> str:
    """What was asked: the requirement, and the day, the deadline or the days."""
    kind = "" if question.kind is Kind.DAY else f"{words(KINDS[question.kind])}{words.colon} "
    on = words.day(question.on) if question.deadline is None else words.instant(question.deadline)
    if question.until is None or question.until == question.on:
        return f"{kind}{on}"
    return kind + words("%(first)s to %(last)s", first=on, last=words.day(question.until))


def instant_words(at: datetime, words: Words) -> str:
    """An instant as clocks in Rome showed it, and in UTC."""
    return words("%(at)s, time of Rome (%(utc)s)", at=words.instant(at), utc=format_instant(at))


def outcome_words(outcome: str, words: Words) -> str:
    """What came of the comparison of a field."""
    return words(COMPARED.get(outcome, outcome))


def pairs(pairs: Iterable[tuple[str, str]]) -> Json:
    """Labels with what they say, printable."""
    return [[label, printable(text) or NONE] for label, text in pairs]
