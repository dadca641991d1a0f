"""What the scanner says while it looks for a code, by the names that its script uses."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext

from verifier.page.words import Text

SCAN_WORDS: Final[Mapping[str, Text]] = {
    "starting": lazy_gettext("Your browser asks whether this page may use the camera."),
    "searching": lazy_gettext("Hold the code in front of the camera."),
    "hint": lazy_gettext(
        "No code found yet. Hold it nearer, with more light, flat and without reflections; the whole code must be in"
        " the picture."
    ),
    "foreign": lazy_gettext("This code is not that of a certificate. Look for the one beside the number."),
    "foreign-photo": lazy_gettext("The code in this photo is not that of a certificate."),
    "empty-photo": lazy_gettext(
        "There is no readable code in this photo. Take it nearer, with more light, and with the whole code in it."
    ),
    "no-picture": lazy_gettext("This file is not a picture that your browser can read."),
    "reading": lazy_gettext("Reading the photo…"),
    "found": lazy_gettext("Code found. The answer opens."),
    "refused": lazy_gettext(
        "This page may not use the camera. Allow it in the settings of your browser, or choose a photo below."
    ),
    "absent": lazy_gettext("There is no camera that this page can use. Choose a photo below."),
    "taken": lazy_gettext("The camera cannot be used: perhaps another program has it. Choose a photo below."),
    "insecure": lazy_gettext(
        "This page was opened without encryption (http), and so the browser gives it no camera. Choose a photo below."
    ),
    "no-reader": lazy_gettext("This browser cannot read codes. Scan with your phone's camera app, or type the number."),
}
