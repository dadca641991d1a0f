"""Does this name match? Answered for a typed number by the registry, where the page is the registry's own.

The answer says yes or no and what was overlooked, never a name. Whose certificate is at hand asks the browser instead,
which compares with the name in the code (static/js/name.js).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from flask import Blueprint, Response, current_app, make_response, render_template, request, url_for
from flask_babel import gettext, lazy_gettext

from verifier.encoding import format_json
from verifier.errors import AttestoError, FormatError
from verifier.names import NameMatch, NameOutcome, Overlooked
from verifier.number import group_number, parse_number
from verifier.page.allowance import Allowance, asker
from verifier.page.guard import takes
from verifier.page.problem import problem, wants_page
from verifier.page.reception import BusyError, busy
from verifier.page.typed import number_fault
from verifier.page.words import Text
from verifier.tone import Tone

names = Blueprint("names", __name__)
names.register_error_handler(BusyError, busy)
MAX_OCTETS: Final = 1024
MAX_TYPED_NAME: Final = 80
# Enough for somebody who mistypes; too little for whoever guesses.
PER_ADDRESS: Final = 5
PER_ADDRESS_SECONDS: Final = 10 * 60
PER_NUMBER: Final = 30
PER_NUMBER_SECONDS: Final = 24 * 60 * 60
_EXTENSION: Final = "attesto.names"

OUTCOMES: Final[Mapping[str, tuple[Tone, Text]]] = {
    NameOutcome.SAME: (Tone.GOOD, lazy_gettext("Yes. It is the same name, letter by letter.")),
    NameOutcome.SAME_BUT: (Tone.GOOD, lazy_gettext("Yes. It is the same name, if this is overlooked:")),
    Overlooked.FURTHER_NAMES: (
        Tone.CAUTION,
        lazy_gettext("Perhaps. One of the two has further names: look at the identity document."),
    ),
    NameOutcome.DIFFERENT: (Tone.BAD, lazy_gettext("No. It is another name.")),
    NameOutcome.NOT_COMPARABLE: (
        Tone.UNKNOWN,
        lazy_gettext(
            "The names could not be compared. Names in two alphabets never are, and of some numbers there is no name."
        ),
    ),
}
OVERLOOKED: Final[Mapping[Overlooked, Text]] = {
    Overlooked.CASE: lazy_gettext("capital letters"),
    Overlooked.ACCENTS: lazy_gettext("accents"),
    Overlooked.MARKS: lazy_gettext("apostrophes, hyphens and full stops"),
    Overlooked.SPACES: lazy_gettext("spaces"),
    Overlooked.ORDER: lazy_gettext("the order of the words"),
}
TOO_MANY: Final = lazy_gettext(
    "Too many names were tried for this number. Nothing was compared: try again later, or scan the certificate's code."
)
UNANSWERED: Final = lazy_gettext("The registry did not answer. Nothing was compared.")


class Names(Protocol):
    """Who knows the names: the registry."""

    def matches(self, number: str, typed: str) -> NameMatch | None:
        """Whether the name is that of the normalised number's certificate; None where there is none.

        Raises:
            AttestoError: the name cannot be had at present.
        """


@dataclass(frozen=True, slots=True)
class NameDesk:
    """Asks ``names`` and lets nobody guess; an allowance is each address's for a number, one the number's for all."""

    names: Names
    per_address: Allowance
    per_number: Allowance

    def wait(self, number: str, who: str) -> float:
        """Take one question; 0 where it is given, else the seconds until there will be one."""
        return self.per_address.take(f"{number} {who}") or self.per_number.take(number)


def keep_names(extensions: dict[str, object], known: Names | None, clock: Callable[[], datetime]) -> None:
    """Let the application answer for ``known``; without it, it says that it cannot."""
    if known is not None:
        per_address = Allowance(PER_ADDRESS, PER_ADDRESS / PER_ADDRESS_SECONDS, clock)
        per_number = Allowance(PER_NUMBER, PER_NUMBER / PER_NUMBER_SECONDS, clock)
        extensions[_EXTENSION] = NameDesk(known, per_address, per_number)


def the_name_desk() -> NameDesk | None:
    """The desk of the application that answers, None for a page that knows no names."""
    desk: NameDesk | None = current_app.extensions.get(_EXTENSION)
    return desk


@names.post("/v/<number>/name")
@names.post("/V/<number>/name")
@takes(MAX_OCTETS)
def match(number: str) -> Response:
    """Whether the name in the form is that of the number's certificate."""
    desk = the_name_desk()
    if desk is None:
        return problem(404, gettext("This page knows no names. Scan the code on the certificate instead."))
    try:
        parsed = parse_number(number)
    except FormatError:
        return problem(400, number_fault(number))
    # Read first: whoever has to wait to send has asked nothing yet.
    typed = request.form.get("name", "")
    seconds = desk.wait(parsed, asker() or "")
    if seconds:
        response = problem(429, str(TOO_MANY))
        response.headers["Retry-After"] = str(int(seconds) + 1)
        return response
    try:
        found = desk.names.matches(parsed, typed)
    except AttestoError:
        return problem(503, str(UNANSWERED))
    return _answer(parsed, found or NameMatch(NameOutcome.NOT_COMPARABLE))


def _answer(number: str, found: NameMatch) -> Response:
    if wants_page():
        shown = {"number": group_number(number), "asked": url_for("pages.certificate", number=number), "found": found}
        response = make_response(render_template("name_answer.html", key=outcome_key(found), **shown))
    else:
        content = {"outcome": str(found.outcome), "overlooked": [str(what) for what in found.overlooked]}
        response = Response(format_json(content), content_type="application/json")
    response.cache_control.no_store = True
    return response


def outcome_key(found: NameMatch) -> str:
    """Which of the outcomes is shown."""
    further = Overlooked.FURTHER_NAMES in found.overlooked
    return str(Overlooked.FURTHER_NAMES if further else found.outcome)


@names.app_context_processor
def words() -> dict[str, object]:
    """What templates say of names."""
    return {
        "NAME_OUTCOMES": OUTCOMES,
        "OVERLOOKED": OVERLOOKED,
        "MAX_TYPED_NAME": MAX_TYPED_NAME,
        "NAME_TOO_MANY": TOO_MANY,
        "NAME_UNANSWERED": UNANSWERED,
        "names_known": the_name_desk() is not None,
    }
