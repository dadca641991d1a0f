"""What the command line says of a report, in English and by what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from verifier.accreditation import Coverage
from verifier.finding import Cause
from verifier.report import Outcome
from verifier.status import Condition, State
from verifier.tone import Tone


@dataclass(frozen=True, slots=True)
class Headline:
    """The verdict: its tone, a few words that stand before the day, and one sentence."""

    tone: Tone
    title: str
    text: str


HEADLINES: Final[Mapping[str, Headline]] = {
    "genuine": Headline(
        Tone.GOOD,
        "GENUINE AND IN FORCE",
        "The body issued this very certificate, the certification counts on that day, and the body is accredited.",
    ),
    "in_force": Headline(
        Tone.GOOD,
        "IN FORCE",
        "The certification of this number counts on that day. No document was presented, so none was checked.",
    ),
    "maintenance_overdue": Headline(
        Tone.CAUTION,
        "IN FORCE, MAINTENANCE OVERDUE",
        "The certification counts on that day. The body should have confirmed it by {maintenance_due_on}, and has not.",
    ),
    "change_scheduled": Headline(
        Tone.CAUTION,
        "IN FORCE, A CHANGE IS DECIDED",
        "The certification counts on that day. A decision that is recorded already changes that later.",
    ),
    "accreditation_suspended": Headline(
        Tone.CAUTION,
        "IN FORCE, ACCREDITATION SUSPENDED",
        "The certification stands, but the body's accreditation for this scheme is suspended on that day.",
    ),
    "accreditation_not_covered": Headline(
        Tone.CAUTION,
        "IN FORCE, NOT ACCREDITED",
        "The certification stands, but the body has no accreditation for this scheme on that day.",
    ),
    "accreditation_interrupted": Headline(
        Tone.CAUTION,
        "IN FORCE, NOT ACCREDITED ON EVERY DAY",
        "The certification counts on every day, but the body was not accredited for this scheme on every one of them.",
    ),
    "superseded": Headline(
        Tone.CAUTION,
        "REPLACED BY A NEWER CERTIFICATE",
        "The certification counts on that day, but this document is an old one: ask for the newest.",
    ),
    "accreditation_other_profile": Headline(
        Tone.CAUTION,
        "IN FORCE, NOT ACCREDITED FOR THIS PROFILE",
        "The certification stands. The body is accredited for this scheme, but not for this profile, on that day.",
    ),
    "interrupted": Headline(
        Tone.CAUTION,
        "IN FORCE, BUT NOT ALL ALONG",
        "The certification counts on that day, but not on every day from then to {until}.",
    ),
    "suspended": Headline(
        Tone.BAD, "SUSPENDED, NOT IN FORCE", "The body suspended the certification on {since}: it does not count."
    ),
    "expired": Headline(
        Tone.BAD, "EXPIRED, NOT IN FORCE", "The last valid day was {valid_until}: the certification does not count."
    ),
    "withdrawn": Headline(
        Tone.BAD, "WITHDRAWN, NOT IN FORCE", "The body withdrew the certification on {since}, for good."
    ),
    "relinquished": Headline(
        Tone.BAD, "GIVEN UP, NOT IN FORCE", "The certified person gave the certification up on {since}, for good."
    ),
    "annulled": Headline(
        Tone.BAD,
        "ANNULLED, NOT IN FORCE",
        "The body annulled the certification from the start: it does not count on any day.",
    ),
    "origin_annulled": Headline(
        Tone.BAD,
        "ANNULLED, NOT IN FORCE",
        "The body that held it on that day annulled it from the start: it does not count on any day at that body.",
    ),
    "transferred": Headline(
        Tone.BAD,
        "TRANSFERRED, NOT IN FORCE HERE",
        "Since {since} the certification goes on at another body, under another number.",
    ),
    "not_yet_effective": Headline(
        Tone.BAD, "NOT YET IN FORCE", "The certification takes effect only on {granted_on}: it does not count."
    ),
    "not_proven": Headline(
        Tone.BAD,
        "NOT PROVEN FOR THAT DAY",
        "The body states that the certification was granted on {granted_on}. It was recorded here only on"
        " {proven_from}: that it was in force before is the body's claim, which nothing here proves.",
    ),
    "not_recorded": Headline(
        Tone.BAD, "NOT YET RECORDED, NOT IN FORCE", "At that time nothing was recorded of this certification."
    ),
    "to_compare": Headline(
        Tone.CAUTION,
        "IN FORCE, BUT LOOK AT THE PAGE",
        "The code is genuine, and what it names counts on that day. Something on the page was not compared with the"
        " record, as a picture, drawing, remark or other words: go by what is written here.",
    ),
    "edited": Headline(
        Tone.BAD,
        "EDITED, DO NOT RELY ON IT",
        "The code on the document is genuine, but the document shows something else than what was recorded.",
    ),
    "unsealed": Headline(
        Tone.BAD,
        "ALTERED AFTER IT WAS SEALED, DO NOT RELY ON IT",
        "The code on the document may be genuine, but the file is not as it was sealed.",
    ),
    "forged": Headline(
        Tone.BAD, "FORGED OR ALTERED", "This certificate is not what the body issued. Do not rely on it."
    ),
    "altered": Headline(
        Tone.BAD,
        "THE RECORD DOES NOT HOLD",
        "What is shown of this certification was altered, is not complete, or is of another registry."
        " Do not rely on it.",
    ),
    "unknown_body": Headline(
        Tone.BAD, "UNKNOWN CERTIFICATION BODY", "The body is not on the list of the trust root. Do not rely on it."
    ),
    "withheld": Headline(
        Tone.UNKNOWN,
        "WITHHELD, COULD NOT BE CHECKED",
        "The body signed this certificate, but the registry does not show its record. This is neither a yes nor a no.",
    ),
    "no_record": Headline(
        Tone.UNKNOWN,
        "NO RECORD",
        "There is no record under this number at this address. This is neither a yes nor a no.",
    ),
    "erased": Headline(
        Tone.UNKNOWN,
        "ERASED",
        "What stood under this number was erased under the retention rule. This is neither a yes nor a no.",
    ),
    "could_not_be_checked": Headline(
        Tone.UNKNOWN,
        "COULD NOT BE CHECKED",
        "The proofs cannot be had, or are too old. This is neither a yes nor a no.",
    ),
    "signed_only": Headline(
        Tone.UNKNOWN,
        "COULD NOT BE CHECKED",
        "The signature on the code is the body's. Whether the body registered this certificate, and whether it is"
        " in force, is not known. This is neither a yes nor a no.",
    ),
}

STATES: Final[Mapping[State, str]] = {
    State.NOT_RECORDED: "nothing is recorded",
    State.NOT_YET_EFFECTIVE: "not yet in force, takes effect on {granted_on}",
    State.ACTIVE: "in force since {since}, last valid day {valid_until}",
    State.SUSPENDED: "suspended since {since}, to be decided on by {deadline}, last valid day {valid_until}",
    State.EXPIRED: "expired, last valid day {valid_until}",
    State.WITHDRAWN: "withdrawn since {since}",
    State.RELINQUISHED: "given up since {since}",
    State.ANNULLED: "annulled, so that it never was in force on any day",
    State.TRANSFERRED: "transferred to another body on {since}",
}

COVERAGES: Final[Mapping[Coverage, str]] = {
    Coverage.COVERED: "body accredited for this scheme since {since}",
    Coverage.SUSPENDED: "body's accreditation for this scheme suspended since {since}",
    Coverage.NOT_COVERED: "body not accredited for this scheme",
}

# Of an adopted certification before it was recorded here: the state's own words would say more than is known.
NOT_PROVEN: Final = "not proven, as it was recorded here only on {proven_from}"

# A coverage of a reduced accreditation that leaves the certification's profile out.
OTHER_PROFILE: Final = "body accredited for this scheme since {since}, but not for this profile"

CAUSES: Final[Mapping[Cause, str]] = {
    Cause.ANNULLED: "it applies to every day, also to those before it",
    Cause.APPEAL_UPHELD: "it takes an earlier decision back, as if that had not been",
    Cause.RECORDED_LATE: "it was recorded after the day from which it counts",
    Cause.DECIDED_LATER: "it was recorded only after the earlier of the two instants",
}

GAPS: Final[Mapping[State, str]] = {
    State.NOT_RECORDED: "nothing was recorded",
    State.NOT_YET_EFFECTIVE: "not yet in force",
    State.SUSPENDED: "suspended",
    State.EXPIRED: "expired",
    State.WITHDRAWN: "withdrawn",
    State.RELINQUISHED: "given up",
    State.ANNULLED: "annulled",
    State.TRANSFERRED: "transferred to another body, where it goes on under another number",
}

CONDITIONS: Final[Mapping[Condition, str]] = {
    Condition.MAINTENANCE_DUE: "Maintenance is due by {maintenance_due_on} and not confirmed yet.",
    Condition.MAINTENANCE_IN_GRACE: "Maintenance was due by {maintenance_due_on} and is not confirmed; the period of"
    " grace is running.",
    Condition.MAINTENANCE_OVERDUE: "Maintenance was due by {maintenance_due_on} and is not confirmed. The body has not"
    " decided on it.",
    Condition.SUSPENSION_PAST_DEADLINE: "The body should have decided on the suspension by {deadline} and has not.",
    Condition.CHANGE_SCHEDULED: "A decision that is recorded already takes effect on a later day.",
    Condition.RECORDED_LATE: "A decision was recorded after the day from which it counts.",
    Condition.MAINTENANCE_REFUSED: "The body refused to confirm the certification's maintenance.",
    Condition.ADOPTED: "It was granted before this registry. Its original dates (granted on {granted_on}) are the"
    " body's claim; its status is proven only from {proven_from} on, the day it was recorded here.",
    Condition.ORIGIN_ANNULLED: "The body that handed the certification over annulled it from the start. The body that"
    " took it over has not: from the day of the transfer on, its decisions count.",
}

HOLDER_ERASED: Final = (
    "The body has erased the holder's data: the registry says nothing of this by number any more. The document's own"
    " code proves it still."
)

OUTCOMES: Final[Mapping[Outcome, tuple[str, Tone]]] = {
    Outcome.PASSED: ("passed", Tone.GOOD),
    Outcome.FAILED: ("FAILED", Tone.BAD),
    Outcome.NOT_CHECKED: ("not checked", Tone.UNKNOWN),
}

# What would help, by verdict or by the check that stopped the list.
ADVICE: Final[Mapping[str, str]] = {
    "withheld": "What would help: other copies of the registry's public files, or a bundle of this certificate from"
    " the body (--bundle).",
    "no_record": "What would help: compare number and address with the certificate, letter by letter.",
    "erased": "What would help: the certificate itself. Its code proves the number, and everything is checked by it as"
    " before.",
    "unknown_body": "What would help: a newer trust root, if the body is younger than this one.",
    "record": "What would help: the registry's public files (--registry, an address that mostly ends in /public, or"
    " a folder), or a bundle of this certificate (--bundle).",
    "checkpoint": "Before you judge: is the trust root the one of this registry, from somebody you believe?",
    "complete": "What would help: ask again in some minutes.",
    "fresh": "What would help: newer proofs (--registry, or a new bundle). Or ask what was known when these were made:"
    " --known-at TIME, not later than the snapshot.",
}
