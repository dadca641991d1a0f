"""Every sentence the page says about an answer, by what it answers; the template adds none of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from flask_babel import LazyString, lazy_gettext

from verifier.accreditation import Coverage
from verifier.finding import Cause
from verifier.report import Report
from verifier.status import Condition, State
from verifier.tone import Tone

Text: TypeAlias = "LazyString"


@dataclass(frozen=True, slots=True)
class Headline:
    """The big result: its tone, a word or two, and one sentence."""

    tone: Tone
    title: Text
    text: Text


HEADLINES: Final[Mapping[str, Headline]] = {
    "in_force": Headline(
        Tone.GOOD,
        lazy_gettext("In force"),
        lazy_gettext("The certification counts on this day, and the body is accredited for this scheme."),
    ),
    "changed_since": Headline(
        Tone.CAUTION,
        lazy_gettext("In force then, another answer today"),
        lazy_gettext("On that day the certification counted. Today there is something else to know."),
    ),
    "maintenance_overdue": Headline(
        Tone.CAUTION,
        lazy_gettext("In force, maintenance overdue"),
        lazy_gettext(
            "The certification counts on this day. The body should have confirmed it by %(maintenance_due_on)s and has"
            " not decided yet: ask the body."
        ),
    ),
    "change_scheduled": Headline(
        Tone.CAUTION,
        lazy_gettext("In force, a change is decided"),
        lazy_gettext("The certification counts on this day. A decision that is recorded already changes that later."),
    ),
    "genuine": Headline(
        Tone.GOOD,
        lazy_gettext("Genuine and in force"),
        lazy_gettext("The body issued this very certificate, and the certification counts on this day."),
    ),
    "accreditation_suspended": Headline(
        Tone.CAUTION,
        lazy_gettext("In force, accreditation suspended"),
        lazy_gettext(
            "The certification stands, but the body's accreditation for this scheme is suspended on this day: see"
            " whether one is required."
        ),
    ),
    "accreditation_not_covered": Headline(
        Tone.CAUTION,
        lazy_gettext("In force, not accredited"),
        lazy_gettext(
            "The certification stands, but the body has no accreditation for this scheme on this day: see whether"
            " one is required."
        ),
    ),
    "accreditation_other_profile": Headline(
        Tone.CAUTION,
        lazy_gettext("In force, not accredited for this profile"),
        lazy_gettext("The certification stands. The body is accredited for this scheme, but not for this profile."),
    ),
    "accreditation_interrupted": Headline(
        Tone.CAUTION,
        lazy_gettext("In force, not accredited on every day"),
        lazy_gettext(
            "The certification stands, but on some of these days the body was not accredited for this scheme."
        ),
    ),
    "in_force_so_far": Headline(
        Tone.CAUTION,
        lazy_gettext("In force so far"),
        lazy_gettext("This day has not come yet: decisions that are not recorded so far may change the answer."),
    ),
    "interrupted": Headline(
        Tone.CAUTION,
        lazy_gettext("In force, but not all along"),
        lazy_gettext("The certification counts on the first of these days, but not on every one of them."),
    ),
    "superseded": Headline(
        Tone.CAUTION,
        lazy_gettext("Genuine, but replaced by a newer certificate"),
        lazy_gettext("The certification is in force, but this document is an old one: ask for the newest."),
    ),
    "suspended": Headline(
        Tone.BAD,
        lazy_gettext("Suspended"),
        lazy_gettext(
            "A suspension is for a time: while it lasts, the certification does not count. The body may lift it."
        ),
    ),
    "expired": Headline(
        Tone.BAD,
        lazy_gettext("Expired"),
        lazy_gettext("After its last valid day a certification does not count: it takes a renewal, or a new one."),
    ),
    "withdrawn": Headline(
        Tone.BAD,
        lazy_gettext("Withdrawn"),
        lazy_gettext("The body ended the certification for good: it takes a new one."),
    ),
    "relinquished": Headline(
        Tone.BAD,
        lazy_gettext("Given up"),
        lazy_gettext("The certified person gave the certification up for good: it takes a new one."),
    ),
    "annulled": Headline(
        Tone.BAD,
        lazy_gettext("Annulled"),
        lazy_gettext("The body annulled the certification from the start: it does not count on any day."),
    ),
    "origin_annulled": Headline(
        Tone.BAD,
        lazy_gettext("Annulled"),
        lazy_gettext(
            "The body that held it on this day annulled it from the start: it does not count on any day at that body."
        ),
    ),
    "transferred": Headline(
        Tone.BAD,
        lazy_gettext("Transferred to another body"),
        lazy_gettext(
            "The certification goes on at another body, under another number: ask for the certificate of that body."
        ),
    ),
    "not_yet_effective": Headline(
        Tone.BAD,
        lazy_gettext("Not yet in force"),
        lazy_gettext("A certification does not count before the day from which it takes effect."),
    ),
    "not_proven": Headline(
        Tone.BAD,
        lazy_gettext("Not proven for this day"),
        lazy_gettext(
            "The body states that it granted the certification on %(granted_on)s. For the days before it was"
            " recorded here nothing here proves that: ask the body for a proof."
        ),
    ),
    "not_recorded": Headline(
        Tone.BAD,
        lazy_gettext("Not yet recorded"),
        lazy_gettext("At that time nothing was recorded of this certification."),
    ),
    "forged": Headline(
        Tone.ALARM,
        lazy_gettext("Not genuine"),
        lazy_gettext("This certificate is forged or altered. Do not rely on it."),
    ),
    "altered": Headline(
        Tone.ALARM,
        lazy_gettext("The record does not hold"),
        lazy_gettext("What the registry shows of this number was altered or is not complete. Do not rely on it."),
    ),
    "document_differs": Headline(
        Tone.ALARM,
        lazy_gettext("Altered: the document says something else than the record"),
        lazy_gettext("What is printed on it is not what the body certified. Do not rely on it: go by the record."),
    ),
    "to_compare": Headline(
        Tone.CAUTION,
        lazy_gettext("In force, but look at the page"),
        lazy_gettext(
            "Its code is genuine. Something on the page was not compared with the record, as a picture, a drawing, a"
            " remark or other words: go by what is written here."
        ),
    ),
    "unsealed": Headline(
        Tone.ALARM,
        lazy_gettext("Altered: the file was changed after it was sealed"),
        lazy_gettext("The file is no longer what was sealed. Do not rely on it: go by the record."),
    ),
    "unknown_body": Headline(
        Tone.ALARM,
        lazy_gettext("Unknown certification body"),
        lazy_gettext("The certification body is not on the list of this registry. Do not rely on the certificate."),
    ),
    "withheld": Headline(
        Tone.UNKNOWN,
        lazy_gettext("Withheld, could not be checked"),
        lazy_gettext(
            "The body signed this certificate, but the registry does not show its record. This is neither a yes nor"
            " a no: ask the body."
        ),
    ),
    "no_record": Headline(
        Tone.UNKNOWN,
        lazy_gettext("No record under this number"),
        lazy_gettext(
            "At this address there is none. Compare number and address with the certificate, letter by letter."
        ),
    ),
    "erased": Headline(
        Tone.UNKNOWN,
        lazy_gettext("Erased"),
        lazy_gettext(
            "What stood under this number was erased under the retention rule. This is neither a yes nor a no: ask"
            " the body."
        ),
    ),
    "could_not_be_checked": Headline(
        Tone.UNKNOWN,
        lazy_gettext("Could not be checked"),
        lazy_gettext("The proofs cannot be had at present, or are too old. This is neither a yes nor a no: try later."),
    ),
    "code_not_checked": Headline(
        Tone.UNKNOWN,
        lazy_gettext("Could not be checked here"),
        lazy_gettext(
            "The code was not fully checked here, so the certificate may be forged. The number alone says: “%(alone)s”."
        ),
    ),
    "bad_number": Headline(
        Tone.UNKNOWN,
        lazy_gettext("This is no number of a certificate"),
        lazy_gettext("A number has 13 letters and digits. One is missing or wrong, or two of them are swapped."),
    ),
    "checking": Headline(
        Tone.UNKNOWN,
        lazy_gettext("Checking the certificate…"),
        lazy_gettext("Your browser checks the code from the certificate. It does not leave this device."),
    ),
}

# Of a document of which the code alone was read, in place of what a genuine one is told.
ONLY_CODE: Final = lazy_gettext(
    "Its code is genuine. What is printed beside it was not compared: go by what is written here."
)

# What they become where every day of a period was asked for.
PERIOD_HEADLINES: Final[Mapping[str, Headline]] = {
    "in_force": Headline(
        Tone.GOOD,
        lazy_gettext("In force on every day"),
        lazy_gettext(
            "The certification counts on every one of these days, and on each of them the body is accredited for it."
        ),
    ),
    "genuine": Headline(
        Tone.GOOD,
        lazy_gettext("Genuine, and in force on every day"),
        lazy_gettext("The body issued this very certificate, and the certification counts on every one of these days."),
    ),
    "in_force_so_far": Headline(
        Tone.CAUTION,
        lazy_gettext("In force on every day so far"),
        lazy_gettext(
            "Not every one of these days has come yet: decisions that are not recorded so far may change the answer."
        ),
    ),
}

# What JavaScript may turn the page to, once it has looked at the code from the certificate; "genuine" from green alone.
BROWSER_STATES: Final = (
    "checking", "genuine", "superseded", "forged", "altered", "unknown_body", "withheld", "could_not_be_checked",
    "code_not_checked",
)  # fmt: skip

STATES: Final[Mapping[State, Text]] = {
    State.NOT_RECORDED: lazy_gettext("not yet recorded"),
    State.NOT_YET_EFFECTIVE: lazy_gettext("not yet in force"),
    State.ACTIVE: lazy_gettext("in force"),
    State.SUSPENDED: lazy_gettext("suspended"),
    State.EXPIRED: lazy_gettext("expired"),
    State.WITHDRAWN: lazy_gettext("withdrawn"),
    State.RELINQUISHED: lazy_gettext("given up"),
    State.ANNULLED: lazy_gettext("annulled"),
    State.TRANSFERRED: lazy_gettext("transferred to another body"),
}


def gap_state(state: State, report: Report) -> Text:
    """What it was on days without force."""
    # Before an adopted certification was recorded here, its body may claim it; that it was not in force is not known.
    claimed = report.answers[0].standing.proven_from is not None and state is State.NOT_YET_EFFECTIVE
    return lazy_gettext("not proven") if claimed else STATES[state]


CONDITIONS: Final[Mapping[Condition, Text]] = {
    Condition.MAINTENANCE_DUE: lazy_gettext("Maintenance is due by %(maintenance_due_on)s and not confirmed yet."),
    Condition.MAINTENANCE_IN_GRACE: lazy_gettext(
        "Maintenance was due by %(maintenance_due_on)s and is not confirmed; the period of grace is still running."
    ),
    Condition.MAINTENANCE_OVERDUE: lazy_gettext(
        "Maintenance was due by %(maintenance_due_on)s and is not confirmed. The body has not decided on it yet."
    ),
    Condition.SUSPENSION_PAST_DEADLINE: lazy_gettext(
        "The body should have decided on the suspension by %(deadline)s and has not."
    ),
    Condition.CHANGE_SCHEDULED: lazy_gettext("A decision that is already recorded takes effect on a later day."),
    Condition.RECORDED_LATE: lazy_gettext("A decision was recorded after the day from which it counts."),
    Condition.MAINTENANCE_REFUSED: lazy_gettext("The body refused to confirm the certification's maintenance."),
    Condition.ADOPTED: lazy_gettext(
        "It was granted before this registry. Its original dates (granted on %(granted_on)s) are the body's claim; its"
        " status is proven only from %(proven_from)s on, the day it was recorded here."
    ),
    Condition.ORIGIN_ANNULLED: lazy_gettext(
        "The body that handed the certification over annulled it from the start. The body that took it over has not:"
        " from the day of the transfer on, its decisions count."
    ),
}

COVERAGES: Final[Mapping[Coverage, Text]] = {
    Coverage.COVERED: lazy_gettext("Accredited for this scheme"),
    Coverage.SUSPENDED: lazy_gettext("Accreditation for this scheme suspended"),
    Coverage.NOT_COVERED: lazy_gettext("Not accredited for this scheme"),
}

OTHER_PROFILE: Final = lazy_gettext("Accredited for this scheme, but not for this profile")

CAUSES: Final[Mapping[Cause, Text]] = {
    Cause.ANNULLED: lazy_gettext("it applies to every day, also to those before it"),
    Cause.APPEAL_UPHELD: lazy_gettext("it takes an earlier decision back, as if that had not been"),
    Cause.RECORDED_LATE: lazy_gettext("it was recorded after the day from which it counts"),
    Cause.DECIDED_LATER: lazy_gettext("it was not recorded yet by then"),
}

ACCREDITATION_EVENTS: Final[Mapping[str, Text]] = {
    "accreditation.granted": lazy_gettext("Accreditation granted"),
    "accreditation.reduced": lazy_gettext("Accreditation reduced to some profiles"),
    "accreditation.suspended": lazy_gettext("Accreditation suspended"),
    "accreditation.restored": lazy_gettext("Accreditation restored"),
    "accreditation.withdrawn": lazy_gettext("Accreditation withdrawn"),
}

EVENTS: Final[Mapping[str, Text]] = {
    "certification.granted": lazy_gettext("Certification granted"),
    "certification.adopted": lazy_gettext("Certification granted before this registry, recorded here"),
    "certification.transferred_in": lazy_gettext("Certification taken over from another body"),
    "certification.maintenance_confirmed": lazy_gettext("Maintenance confirmed"),
    "certification.maintenance_refused": lazy_gettext("Maintenance refused"),
    "certification.scope_extended": lazy_gettext("Scope extended"),
    "certification.scope_reduced": lazy_gettext("Scope reduced"),
    "certification.suspension_prolonged": lazy_gettext("Suspension prolonged"),
    "certification.annulled": lazy_gettext("Certification annulled"),
    "certification.transferred_out": lazy_gettext("Certification handed over to another body"),
    "certification.appeal_upheld": lazy_gettext("Appeal upheld"),
    "certification.corrected": lazy_gettext("Certificate corrected"),
    "certification.personal_data_erased": lazy_gettext("Personal data erased"),
    "certification.suspended": lazy_gettext("Certification suspended"),
    "certification.reinstated": lazy_gettext("Certification reinstated"),
    "certification.withdrawn": lazy_gettext("Certification withdrawn"),
    "certification.relinquished": lazy_gettext("Certification given up"),
    "certification.recertified": lazy_gettext("Certification renewed"),
    "certificate.issued": lazy_gettext("Certificate issued"),
    "certificate.reissued": lazy_gettext("Certificate issued anew"),
    "certificate.superseded": lazy_gettext("Older certificate replaced"),
}
