"""What an evidence pack says, in the five languages of the page.

What the page says too is translated there, once, and read from its catalogue; what packs alone say lies in words.json
beside this file, under its English. A pack must be made where no web framework is installed, so the
English of what is shared stands here again, and a test holds it to the page's.
"""

import functools
import gettext
import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Final

from verifier.accreditation import Coverage
from verifier.encoding import ROME, legal_day
from verifier.errors import FormatError
from verifier.finding import Cause
from verifier.report import Kind, Outcome, Requirement
from verifier.status import Condition, State
from verifier.tone import Tone
from verifier.unread import Unread

LANGUAGES: Final = ("it", "en", "fr", "de", "es")
TRANSLATIONS: Final = Path(__file__).parents[1] / "page" / "translations"
_OWN: Final = Path(__file__).with_name("words.json")

HEADLINES: Final[Mapping[str, tuple[Tone, str]]] = {
    "genuine": (Tone.GOOD, "Genuine and in force"),
    "in_force": (Tone.GOOD, "In force"),
    "in_force_so_far": (Tone.CAUTION, "In force so far"),
    "maintenance_overdue": (Tone.CAUTION, "In force, maintenance overdue"),
    "change_scheduled": (Tone.CAUTION, "In force, a change is decided"),
    "accreditation_suspended": (Tone.CAUTION, "In force, accreditation suspended"),
    "accreditation_not_covered": (Tone.CAUTION, "In force, not accredited"),
    "accreditation_other_profile": (Tone.CAUTION, "In force, not accredited for this profile"),
    "accreditation_interrupted": (Tone.CAUTION, "In force, not accredited on every day"),
    "superseded": (Tone.CAUTION, "Genuine, but replaced by a newer certificate"),
    "changed_since": (Tone.CAUTION, "In force then, another answer today"),
    "to_compare": (Tone.CAUTION, "In force, but look at the page"),
    "interrupted": (Tone.CAUTION, "In force, but not all along"),
    "suspended": (Tone.BAD, "Suspended"),
    "expired": (Tone.BAD, "Expired"),
    "withdrawn": (Tone.BAD, "Withdrawn"),
    "relinquished": (Tone.BAD, "Given up"),
    "annulled": (Tone.BAD, "Annulled"),
    "origin_annulled": (Tone.BAD, "Annulled"),
    "transferred": (Tone.BAD, "Transferred to another body"),
    "not_yet_effective": (Tone.BAD, "Not yet in force"),
    "not_proven": (Tone.BAD, "Not proven for this day"),
    "not_recorded": (Tone.BAD, "Not yet recorded"),
    "forged": (Tone.BAD, "Not genuine"),
    "edited": (Tone.BAD, "Altered: the document says something else than the record"),
    "unsealed": (Tone.BAD, "Altered: the file was changed after it was sealed"),
    "altered": (Tone.BAD, "The record does not hold"),
    "unknown_body": (Tone.BAD, "Unknown certification body"),
    "withheld": (Tone.UNKNOWN, "Withheld, could not be checked"),
    "no_record": (Tone.UNKNOWN, "No record under this number"),
    "erased": (Tone.UNKNOWN, "Erased"),
    "could_not_be_checked": (Tone.UNKNOWN, "Could not be checked"),
    "signed_only": (Tone.UNKNOWN, "Could not be checked"),
}

STATES: Final[Mapping[State, str]] = {
    State.NOT_RECORDED: "not yet recorded",
    State.NOT_YET_EFFECTIVE: "not yet in force",
    State.ACTIVE: "in force",
    State.SUSPENDED: "suspended",
    State.EXPIRED: "expired",
    State.WITHDRAWN: "withdrawn",
    State.RELINQUISHED: "given up",
    State.ANNULLED: "annulled",
    State.TRANSFERRED: "transferred to another body",
}

COVERAGES: Final[Mapping[Coverage, str]] = {
    Coverage.COVERED: "Accredited for this scheme",
    Coverage.SUSPENDED: "Accreditation for this scheme suspended",
    Coverage.NOT_COVERED: "Not accredited for this scheme",
}

OTHER_PROFILE: Final = "Accredited for this scheme, but not for this profile"

CAUSES: Final[Mapping[Cause, str]] = {
    Cause.ANNULLED: "it applies to every day, also to those before it",
    Cause.APPEAL_UPHELD: "it takes an earlier decision back, as if that had not been",
    Cause.RECORDED_LATE: "it was recorded after the day from which it counts",
    Cause.DECIDED_LATER: "it was not recorded yet by then",
}

CONDITIONS: Final[Mapping[Condition, str]] = {
    Condition.MAINTENANCE_DUE: "Maintenance is due by %(maintenance_due_on)s and not confirmed yet.",
    Condition.MAINTENANCE_IN_GRACE: "Maintenance was due by %(maintenance_due_on)s and is not confirmed; the period of"
    " grace is still running.",
    Condition.MAINTENANCE_OVERDUE: "Maintenance was due by %(maintenance_due_on)s and is not confirmed. The body has"
    " not decided on it yet.",
    Condition.SUSPENSION_PAST_DEADLINE: "The body should have decided on the suspension by %(deadline)s and has not.",
    Condition.CHANGE_SCHEDULED: "A decision that is already recorded takes effect on a later day.",
    Condition.RECORDED_LATE: "A decision was recorded after the day from which it counts.",
    Condition.MAINTENANCE_REFUSED: "The body refused to confirm the certification's maintenance.",
    Condition.ADOPTED: "It was granted before this registry. Its original dates (granted on %(granted_on)s) are the"
    " body's claim; its status is proven only from %(proven_from)s on, the day it was recorded here.",
    Condition.ORIGIN_ANNULLED: "The body that handed the certification over annulled it from the start. The body that"
    " took it over has not: from the day of the transfer on, its decisions count.",
}

EVENTS: Final[Mapping[str, str]] = {
    "accreditation.granted": "Accreditation granted",
    "accreditation.reduced": "Accreditation reduced to some profiles",
    "accreditation.suspended": "Accreditation suspended",
    "accreditation.restored": "Accreditation restored",
    "accreditation.withdrawn": "Accreditation withdrawn",
    "certification.granted": "Certification granted",
    "certification.adopted": "Certification granted before this registry, recorded here",
    "certification.transferred_in": "Certification taken over from another body",
    "certification.maintenance_confirmed": "Maintenance confirmed",
    "certification.maintenance_refused": "Maintenance refused",
    "certification.scope_extended": "Scope extended",
    "certification.scope_reduced": "Scope reduced",
    "certification.suspension_prolonged": "Suspension prolonged",
    "certification.annulled": "Certification annulled",
    "certification.transferred_out": "Certification handed over to another body",
    "certification.appeal_upheld": "Appeal upheld",
    "certification.corrected": "Certificate corrected",
    "certification.personal_data_erased": "Personal data erased",
    "certification.suspended": "Certification suspended",
    "certification.reinstated": "Certification reinstated",
    "certification.withdrawn": "Certification withdrawn",
    "certification.relinquished": "Certification given up",
    "certification.recertified": "Certification renewed",
    "certificate.issued": "Certificate issued",
    "certificate.reissued": "Certificate issued anew",
    "certificate.superseded": "Older certificate replaced",
}

CHECKS: Final[Mapping[str, str]] = {
    "token": "Code on the certificate",
    "record": "Record",
    "checkpoint": "Head of the log",
    "inclusion": "Entries in the log",
    "chain": "Order and times",
    "body": "Body and its keys",
    "signatures": "Signatures",
    "number": "Number",
    "rules": "Rules",
    "complete": "Completeness",
    "registered": "This very document",
    "fresh": "Freshness",
}

OUTCOMES: Final[Mapping[Outcome, str]] = {
    Outcome.PASSED: "Passed",
    Outcome.FAILED: "Failed",
    Outcome.NOT_CHECKED: "Not checked",
}

REQUIREMENTS: Final[Mapping[Requirement, str]] = {
    Requirement.MET: "Met",
    Requirement.MET_SO_FAR: "Met so far",
    Requirement.TO_BE_JUDGED: "To be judged",
    Requirement.NOT_MET: "Not met",
}

KINDS: Final[Mapping[Kind, str]] = {
    Kind.PARTICIPATION: "Requirement to take part",
    Kind.SCORING: "Requirement for points",
    Kind.EXECUTION: "Requirement to carry out",
    Kind.DAY: "A day, no requirement",
}

# Of one field of a document, as it was compared with the record.
FIELDS: Final[Mapping[str, str]] = {
    "name": "Name",
    "number": "Number",
    "profile": "Profile",
    "body": "Certification body",
    "revision": "Issue of the document",
    "edition": "Edition",
    "scheme": "Scheme",
    "birth_year": "Year of birth",
    "valid_until": "Last valid day",
    "granted_on": "First grant",
    "decided_on": "Decision",
    "cycle_starts_on": "Start of the cycle",
    "seal": "Seal",
}

COMPARED: Final[Mapping[str, str]] = {
    "same": "the same",
    "different": "DIFFERENT",
    "not_found": "not found on the document",
    "not_comparable": "cannot be compared",
}

UNREAD: Final[Mapping[Unread, str]] = {
    Unread.LOCKED: "It is locked by a password, or an old file of an office program. Save it anew, without a password.",
    Unread.PAGES_LEFT: "Not every page was read. Hand in the last pages as a file of their own.",
    Unread.TOO_MANY: "From here on nothing was read: it is too much at once. Hand in the rest by itself.",
    Unread.TOO_LARGE: "It is too large to be read. Make it smaller, or hand it in in parts.",
    Unread.TOO_SLOW: "Reading it takes too long or too much memory, so it was given up, or the rest of it was.",
    Unread.ARCHIVE: "Such an archive is not opened. Hand the files in by themselves, or in one ordinary ZIP file.",
    Unread.KIND: "A file of this kind is not read. Save it as PDF, JPEG, PNG, XLSX or CSV.",
    Unread.SHEETS_LEFT: "Other sheets of it hold numbers, too, and were left out. Hand them in as files of their own.",
    Unread.DAMAGED: "It cannot be read: it is damaged.",
    Unread.CODE_UNREAD: "There is a code on it that cannot be read. Is it sharp, whole and large enough?",
    Unread.NO_CODE: "This page looks like a certificate, and no code is on it: nothing of it was checked.",
    Unread.OTHER_CODE: "The code on it is not that of a certificate.",
    Unread.CODE_NOT_FOUND: "No code of a certificate was found on it. Is it sharp, whole and large enough?",
    Unread.UNSIGNED: "Its code is not signed, so the document cannot be checked. Check the number in it by itself.",
    Unread.NO_COLUMN: "No column of the list holds numbers of certificates.",
    Unread.NO_NUMBER: "This line has no number.",
    Unread.EMPTY: "There is nothing in it.",
    Unread.NOTHING_FOUND: "No number, code or bundle of a certificate was found here: hand in the certificate itself,"
    " or type its number.",
    Unread.NOT_CHECKED: "Could not be checked: neither a yes nor a no",
    Unread.REFUSED: "Not genuine, or of a body that is not on the list",
}


class Words:
    """The words of one language."""

    def __init__(self, language: str) -> None:
        """Take a language.

        Raises:
            FormatError: packs are not made in it.
        """
        if language not in LANGUAGES:
            raise FormatError(f"evidence packs are made in {', '.join(LANGUAGES)}")
        self.language = language
        self.colon = "\u00a0:" if language == "fr" else ":"
        self._page = gettext.translation("messages", TRANSLATIONS, [language], fallback=True)

    def __call__(self, text: str, **gaps: object) -> str:
        """A text in this language, with its gaps filled; English where there is no other."""
        said = text if self.language == "en" else self._page.gettext(text)
        if said == text:
            said = _own().get(text, {}).get(self.language, text)
        return said % gaps if gaps else said

    def day(self, day: date) -> str:
        """A day as people write it in figures."""
        pattern = self("%(day)s/%(month)s/%(year)s", day="{0:%d}", month="{0:%m}", year="{0.year:04}")
        return pattern.format(day)

    def instant(self, at: datetime) -> str:
        """An instant as clocks in Rome showed it."""
        return f"{self.day(legal_day(at))} {at.astimezone(ROME):%H:%M}"


@functools.cache
def _own() -> Mapping[str, Mapping[str, str]]:
    words: dict[str, dict[str, str]] = json.loads(_OWN.read_text(encoding="utf-8"))
    return words
