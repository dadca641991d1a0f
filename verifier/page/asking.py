"""What is asked of everything that is handed in together: the days, for what they count, and whom to believe."""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Final

from flask_babel import format_decimal, gettext

from verifier.answers import Answer, Means, answer
from verifier.encoding import legal_day, parse_base64url
from verifier.errors import AttestoError, FormatError
from verifier.fetch import Sitting
from verifier.inputs import Input
from verifier.intake.files import read_files
from verifier.number import parse_number
from verifier.opened import bundle_names
from verifier.page.desk import SECONDS, Hurried, the_desk
from verifier.page.language import in_nearest_language
from verifier.page.library import the_library
from verifier.page.period import asked_days
from verifier.page.reception import TooManyError
from verifier.page.row import HOLDER_KEY_BYTES, Row, row
from verifier.presented import Presented
from verifier.report import Facts, Question
from verifier.seal import SealTrust

MAX_ANSWERS: Final = 500
# How long whatever one request sends may keep others from having theirs read.
READING_SECONDS: Final = 180


def question(fields: Mapping[str, str], now: datetime) -> Question:
    """What the fields of a form ask for, as known now (UTC).

    Raises:
        DayError: no such question.
    """
    return asked_days(fields, legal_day(now)).question(now)


def holder_key(arguments: Mapping[str, str]) -> bytes:
    """The key under which people are told apart: the one that a batch brings along, else one that nobody keeps.

    Raises:
        FormatError: what is brought is none.
    """
    brought = arguments.get("key", "")
    if not brought:
        return secrets.token_bytes(HOLDER_KEY_BYTES)
    key = parse_base64url(brought)
    if len(key) != HOLDER_KEY_BYTES:
        raise FormatError(f"a batch's key has {HOLDER_KEY_BYTES} bytes")
    return key


class Titles:
    """Profiles' titles in the language of the request, each looked up once."""

    def __init__(self) -> None:
        """Know none yet."""
        self._known: dict[tuple[str, str], tuple[str, str]] = {}

    def __call__(self, facts: Facts) -> tuple[str, str]:
        """The title of the profile, and the code of its language if it is another one; its slug without a catalogue."""
        key = (facts.edition, facts.profile)
        if key not in self._known:
            self._known[key] = in_nearest_language(profile_titles(facts), facts.profile)
        return self._known[key]


def profile_titles(facts: Facts) -> Mapping[str, str]:
    """The profile's title by language; empty where the catalogue cannot be had."""
    try:
        profiles = the_library().edition(facts.edition).catalogue.profiles
    except AttestoError:
        return {}
    return profiles[facts.profile].title if facts.profile in profiles else {}


def read_sent(files: Iterable[tuple[str, bytes]]) -> Iterator[Input]:
    """What the files present, their seals checked by whom the trust root names for them."""
    desk = the_desk()
    return read_files(files, within=READING_SECONDS, trust=SealTrust(desk.trust.seal_roots, desk.clock()))


def read_all(inputs: Iterable[Input], most: int = MAX_ANSWERS) -> list[Input]:
    """Everything that is read.

    Raises:
        TooManyError: there is more than ``most``.
    """
    read = list(islice(inputs, most + 1))
    if len(read) > most:
        raise TooManyError(
            gettext("That is too much at once: at most %(most)s certificates.", most=format_decimal(most))
        )
    return read


def answer_all(inputs: Iterable[Input], asked: Question) -> list[Answer]:
    """The answers, by the public files as they are now."""
    desk = the_desk()
    # All of them wait for a slow registry as long as one visitor does, and are answered by one head of the log.
    means = Means(desk.trust, asked, {}, Sitting(Hurried(desk.source, SECONDS)))
    return [answer(_numbered(one), means) for one in inputs]


def _numbered(one: Input) -> Input:
    """What a bundle presents, by the number that it says it is of: what is published now knows more than a file."""
    presented = one.presented
    if not isinstance(presented, Presented) or presented.bundle is None or presented.number is not None:
        return one
    try:
        number = parse_number(bundle_names(presented.bundle)[0])
    except (FormatError, IndexError):
        return one
    return replace(one, presented=replace(presented, number=number))


def rows_of(answers: Iterable[Answer], key: bytes) -> list[Row]:
    """The lines of answers; ``key`` tells people apart in them."""
    titles = Titles()
    return [row(one, key, titles) for one in answers]
