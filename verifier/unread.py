"""Why something that was handed in has no answer: a name for each reason that the page and evidence packs tell."""

import re
from enum import StrEnum
from typing import Final

from verifier.errors import FormatError


class Unread(StrEnum):
    """Why something has no answer, or not the whole of one; the last two are said of no error."""

    LOCKED = "locked"
    PAGES_LEFT = "pages_left"
    TOO_MANY = "too_many"
    TOO_LARGE = "too_large"
    TOO_SLOW = "too_slow"
    ARCHIVE = "archive"
    KIND = "kind"
    SHEETS_LEFT = "sheets_left"
    DAMAGED = "damaged"
    CODE_UNREAD = "code_unread"
    NO_CODE = "no_code"
    OTHER_CODE = "other_code"
    CODE_NOT_FOUND = "code_not_found"
    UNSIGNED = "unsigned"
    NO_COLUMN = "no_column"
    NO_NUMBER = "no_number"
    EMPTY = "empty"
    NOTHING_FOUND = "nothing_found"
    NOT_CHECKED = "not_checked"
    REFUSED = "refused"


# By what the intake's own English says, the first that fits.
_FITTING: Final[tuple[tuple[Unread, re.Pattern[str]], ...]] = (
    (Unread.LOCKED, re.compile("locked")),
    (Unread.PAGES_LEFT, re.compile("pages? .* not read: at most")),
    (Unread.TOO_MANY, re.compile("certificates are checked at a time")),
    (Unread.TOO_LARGE, re.compile("over the limit|so many times its size")),
    (Unread.TOO_SLOW, re.compile("takes more than|too much memory|was not read")),
    (Unread.ARCHIVE, re.compile("ZIP file inside|pack(ed)? .* as .*ZIP")),
    (Unread.KIND, re.compile("is not read")),
    (Unread.SHEETS_LEFT, re.compile("other sheets")),
    (Unread.DAMAGED, re.compile("damaged")),
    (Unread.CODE_UNREAD, re.compile("one more code|code that cannot be read")),
    (Unread.NO_CODE, re.compile("no code is on it")),
    (Unread.OTHER_CODE, re.compile("the code on it is another one")),
    (Unread.CODE_NOT_FOUND, re.compile("no certificate's code was found")),
    (Unread.UNSIGNED, re.compile("its code is not signed")),
    (Unread.NO_COLUMN, re.compile("column|cells")),
    (Unread.NO_NUMBER, re.compile("the line has no number")),
    (Unread.EMPTY, re.compile("empty|nothing in it|no pages")),
)


def why_unread(error: FormatError) -> Unread:
    """Why an input is nothing to check."""
    return next((why for why, fits in _FITTING if fits.search(str(error))), Unread.NOTHING_FOUND)
