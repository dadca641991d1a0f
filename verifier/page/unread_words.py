"""Why something that was handed in could not be read, in a sentence that says what to do instead."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext

from verifier.errors import FormatError
from verifier.page.words import Text
from verifier.unread import Unread, why_unread

# Packs say the same (verifier.pack.words).
SENTENCES: Final[Mapping[Unread, Text]] = {
    Unread.LOCKED: lazy_gettext(
        "It is locked by a password, or an old file of an office program. Save it anew, without a password."
    ),
    Unread.PAGES_LEFT: lazy_gettext("Not every page was read. Hand in the last pages as a file of their own."),
    Unread.TOO_MANY: lazy_gettext("From here on nothing was read: it is too much at once. Hand in the rest by itself."),
    Unread.TOO_LARGE: lazy_gettext("It is too large to be read. Make it smaller, or hand it in in parts."),
    Unread.TOO_SLOW: lazy_gettext(
        "Reading it takes too long or too much memory, so it was given up, or the rest of it was."
    ),
    Unread.ARCHIVE: lazy_gettext(
        "Such an archive is not opened. Hand the files in by themselves, or in one ordinary ZIP file."
    ),
    Unread.KIND: lazy_gettext("A file of this kind is not read. Save it as PDF, JPEG, PNG, XLSX or CSV."),
    Unread.SHEETS_LEFT: lazy_gettext(
        "Other sheets of it hold numbers, too, and were left out. Hand them in as files of their own."
    ),
    Unread.DAMAGED: lazy_gettext("It cannot be read: it is damaged."),
    Unread.CODE_UNREAD: lazy_gettext("There is a code on it that cannot be read. Is it sharp, whole and large enough?"),
    Unread.NO_CODE: lazy_gettext(
        "This page looks like a certificate, and no code is on it: nothing of it was checked."
    ),
    Unread.OTHER_CODE: lazy_gettext("The code on it is not that of a certificate."),
    Unread.CODE_NOT_FOUND: lazy_gettext(
        "No code of a certificate was found on it. Is it sharp, whole and large enough?"
    ),
    Unread.UNSIGNED: lazy_gettext(
        "Its code is not signed, so the document cannot be checked. Check the number in it by itself."
    ),
    Unread.NO_COLUMN: lazy_gettext("No column of the list holds numbers of certificates."),
    Unread.NO_NUMBER: lazy_gettext("This line has no number."),
    Unread.EMPTY: lazy_gettext("There is nothing in it."),
    Unread.NOTHING_FOUND: lazy_gettext(
        "No number, code or bundle of a certificate was found here: hand in the certificate itself, or type its number."
    ),
}


def unread_text(error: FormatError) -> Text:
    """What the page says of an input that could not be read."""
    return SENTENCES[why_unread(error)]
