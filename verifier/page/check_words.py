"""What the page says of each check: its name for people, what came of it, and why the browser refused a code."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask_babel import lazy_gettext

from verifier.page.words import Text

_RESTS_ON_ANOTHER: Final = lazy_gettext("It rests on a check that did not pass.")


@dataclass(frozen=True, slots=True)
class CheckWords:
    """A check's name for people, and what it says when it passed, when it failed, and when it could not be made."""

    label: Text
    passed: Text
    failed: Text
    not_checked: Text = _RESTS_ON_ANOTHER


CHECK_WORDS: Final[Mapping[str, CheckWords]] = {
    "token": CheckWords(
        lazy_gettext("Code on the certificate"),
        lazy_gettext("The code on the certificate is signed by the body."),
        lazy_gettext(
            "The code on the certificate is not signed by the body it names, that body is not on the list, or it"
            " belongs to another number."
        ),
        lazy_gettext("The code on the certificate was not checked: scan it to check the document itself."),
    ),
    "record": CheckWords(
        lazy_gettext("Record"),
        lazy_gettext("The registry's record of the certification could be had."),
        lazy_gettext("The registry's record of the certification cannot be read."),
        lazy_gettext("The registry's record of the certification could not be had."),
    ),
    "checkpoint": CheckWords(
        lazy_gettext("Head of the log"),
        lazy_gettext("The head of the public log is signed by the log's key."),
        lazy_gettext("The head of the public log is not signed by the log's key."),
    ),
    "inclusion": CheckWords(
        lazy_gettext("Entries in the log"),
        lazy_gettext("Every entry of the record is in the public log."),
        lazy_gettext("An entry of the record is not what the public log holds."),
    ),
    "chain": CheckWords(
        lazy_gettext("Order and times"),
        lazy_gettext("The decisions follow each other without a gap, and their times are the log's."),
        lazy_gettext("A decision is missing or out of place, or its time is not the log's."),
    ),
    "body": CheckWords(
        lazy_gettext("Body and its keys"),
        lazy_gettext("The body is on this registry's list, and its keys follow from that list."),
        lazy_gettext("The body is not on this registry's list, or its keys do not follow from that list."),
    ),
    "signatures": CheckWords(
        lazy_gettext("Signatures"),
        lazy_gettext("Every decision is signed with a key of the body that was in force."),
        lazy_gettext("A decision is not signed with a key of the body that was in force."),
    ),
    "number": CheckWords(
        lazy_gettext("Number"),
        lazy_gettext("The number belongs to this certification."),
        lazy_gettext("The number belongs to another certification."),
        lazy_gettext(
            "What tied the number to its record was erased: that the two belong together is the registry's word."
        ),
    ),
    "rules": CheckWords(
        lazy_gettext("Rules"),
        lazy_gettext("No decision breaks the rules of a certification's life."),
        lazy_gettext("A decision breaks the rules of a certification's life."),
    ),
    "complete": CheckWords(
        lazy_gettext("Completeness"),
        lazy_gettext("Nothing was left out up to the time of the snapshot."),
        lazy_gettext("Something was left out of the record."),
        lazy_gettext("Whether something was left out could not be checked."),
    ),
    "registered": CheckWords(
        lazy_gettext("This very document"),
        lazy_gettext("The body logged this very certificate."),
        lazy_gettext("The body never logged this certificate, or logged another content."),
        lazy_gettext("Whether the body logged this very document was not checked."),
    ),
    "fresh": CheckWords(
        lazy_gettext("Freshness"),
        lazy_gettext("The snapshot is recent enough for the question."),
        lazy_gettext("The snapshot is not recent enough for the question."),
        lazy_gettext("The snapshot is too old to say what is known now."),
    ),
}

# Why an answer could not be given, by the check that was not made; neither is a yes or a no.
UNCHECKED: Final[Mapping[str, Text]] = {
    "record": lazy_gettext(
        "The registry does not answer at present, or not in time. This is neither a yes nor a no: try again later."
    ),
    "unreadable": lazy_gettext(
        "What the registry answered cannot be read. This is neither a yes nor a no: try again later, and tell the"
        " registry if it lasts."
    ),
    "complete": lazy_gettext(
        "The registry is about to publish this certificate anew. This is neither a yes nor a no: try again in ten"
        " minutes."
    ),
    "fresh": lazy_gettext(
        "What the registry published is too old to say what counts today. This is neither a yes nor a no: try again"
        " later."
    ),
}

# What only the browser checks, beside "token" and "registered".
BROWSER_CHECKS: Final[Mapping[str, CheckWords]] = {
    "snapshot": CheckWords(
        lazy_gettext("Snapshot"),
        lazy_gettext("The snapshot is signed by the registry's operator and is in the public log."),
        lazy_gettext("The snapshot is not signed by the registry's operator, or is not in the public log."),
        lazy_gettext("The snapshot was not checked by your browser."),
    ),
    "list": CheckWords(
        lazy_gettext("Status list"),
        lazy_gettext("The public status list of the day says the same."),
        lazy_gettext("The public status list of the day says otherwise."),
        lazy_gettext("The public status list is of another day, or could not be had."),
    ),
}

# Why the browser refused a code, in a sentence for people.
REASONS: Final[Mapping[str, Text]] = {
    "unreadable": lazy_gettext("Its code cannot be read: it is damaged, cut off or altered. Scan it again."),
    "other_number": lazy_gettext("Its code belongs to another certificate than the number beside it."),
    "signature": lazy_gettext("Its code is not signed by the certification body."),
    "unregistered": lazy_gettext("Its code bears the body's signature, but the body never logged this certificate."),
    "key": lazy_gettext("Its code is signed with a key of the body that was not in force."),
    "claims": lazy_gettext("Its code says otherwise than the decisions of the body."),
    "list": lazy_gettext("The public status list of the day says otherwise, or could not be had."),
    "evidence": lazy_gettext("Your browser could not follow the registry's proofs."),
    "unsupported": lazy_gettext(
        "This browser cannot check the signatures. Scan the code with another one that is up to date, or check the "
        "certificate with the program attesto-verify."
    ),
    "insecure": lazy_gettext(
        "This page was opened without encryption (http), and so the browser checks no signature. Open it with https, "
        "or check the certificate with the program attesto-verify."
    ),
    "erased": lazy_gettext(
        "The code is signed by the body. What the certificate is on a day, the program attesto-verify tells from the "
        "document itself."
    ),
    "unfetched": lazy_gettext("What is needed to check the code could not be had."),
    "younger_key": lazy_gettext("The code's key is younger than this page's list of keys, so it was not checked."),
}
