"""Every sentence the page says about a certification body, beside those on its accreditation."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext

from verifier.body import BodyVerdict
from verifier.page.words import ACCREDITATION_EVENTS, HEADLINES, Headline, Text
from verifier.tone import Tone

BODY_HEADLINES: Final[Mapping[BodyVerdict, Headline]] = {
    BodyVerdict.ALTERED: Headline(
        Tone.ALARM,
        lazy_gettext("The record does not hold"),
        lazy_gettext("What the registry shows of this body was altered or is not complete. Do not rely on it."),
    ),
    BodyVerdict.UNKNOWN_BODY: Headline(
        Tone.ALARM,
        lazy_gettext("Unknown certification body"),
        lazy_gettext(
            "No body of this name is on the list of this registry. Do not rely on a certificate that names it."
        ),
    ),
    BodyVerdict.COULD_NOT_BE_CHECKED: HEADLINES["could_not_be_checked"],
}

BODY_EVENTS: Final[Mapping[str, Text]] = {
    "body.registered": lazy_gettext("Body registered, with its first keys"),
    "key.enrolled": lazy_gettext("Key enrolled"),
    "key.retired": lazy_gettext("Key retired"),
    "key.compromised": lazy_gettext("Key declared compromised"),
    **ACCREDITATION_EVENTS,
}

PURPOSES: Final[Mapping[str, Text]] = {
    "event": lazy_gettext("decisions"),
    "token": lazy_gettext("certificates"),
}
