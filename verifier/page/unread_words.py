"""Why something that was handed in could not be read, in a sentence that says what to do instead."""

import re
from typing import Final

from flask_babel import lazy_gettext

from verifier.errors import FormatError
from verifier.page.words import Text

NOTHING_FOUND: Final = lazy_gettext(
    "No number, code or bundle of a certificate was found here: hand in the certificate itself, or type its number."
)

# By what the intake's own English says, the first that fits; the rest comes under NOTHING_FOUND.
_SENTENCES: Final[tuple[tuple[re.Pattern[str], Text], ...]] = (
    (
        re.compile("locked"),
        lazy_gettext(
            "It is locked by a password, or an old file of an office program. Save it anew, without a password."
        ),
    ),
    (
        re.compile("pages? .* not read: at most"),
        lazy_gettext("Not every page was read. Hand in the last pages as a file of their own."),
    ),
    (
        re.compile("certificates are checked at a time"),
        lazy_gettext("From here on nothing was read: it is too much at once. Hand in the rest by itself."),
    ),
    (
        re.compile("over the limit|so many times its size"),
        lazy_gettext("It is too large to be read. Make it smaller, or hand it in in parts."),
    ),
    (
        re.compile("takes more than|too much memory|was not read"),
        lazy_gettext("Reading it takes too long or too much memory, so it was given up, or the rest of it was."),
    ),
    (
        re.compile("ZIP file inside|pack(ed)? .* as .*ZIP"),
        lazy_gettext("Such an archive is not opened. Hand the files in by themselves, or in one ordinary ZIP file."),
    ),
    (
        re.compile("is not read"),
        lazy_gettext("A file of this kind is not read. Save it as PDF, JPEG, PNG, XLSX or CSV."),
    ),
    (
        re.compile("other sheets"),
        lazy_gettext("Other sheets of it hold numbers, too, and were left out. Hand them in as files of their own."),
    ),
    (re.compile("damaged"), lazy_gettext("It cannot be read: it is damaged.")),
    (
        re.compile("one more code|code that cannot be read"),
        lazy_gettext("There is a code on it that cannot be read. Is it sharp, whole and large enough?"),
    ),
    (
        re.compile("no code is on it"),
        lazy_gettext("This page looks like a certificate, and no code is on it: nothing of it was checked."),
    ),
    (
        re.compile("the code on it is another one"),
        lazy_gettext("The code on it is not that of a certificate."),
    ),
    (
        re.compile("no certificate's code was found"),
        lazy_gettext("No code of a certificate was found on it. Is it sharp, whole and large enough?"),
    ),
    (
        re.compile("its code is not signed"),
        lazy_gettext("Its code is not signed, so the document cannot be checked. Check the number in it by itself."),
    ),
    (
        re.compile("column|cells"),
        lazy_gettext("No column of the list holds numbers of certificates."),
    ),
    (re.compile("the line has no number"), lazy_gettext("This line has no number.")),
    (re.compile("empty|nothing in it|no pages"), lazy_gettext("There is nothing in it.")),
)


def unread_text(error: FormatError) -> Text:
    """What the page says of an input that could not be read."""
    return next((said for fits, said in _SENTENCES if fits.search(str(error))), NOTHING_FOUND)
