"""What the page says without network: never that something is so today, and always how old its knowledge is.

The script fills ``%(day)s`` (the legal day of the status list), ``%(at)s`` and ``%(age)s`` (the snapshot's instant, and
how long ago that was), ``%(listed)s`` (what the list says) and ``%(valid_until)s`` in.
"""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext

from verifier.page.check_words import REASONS, CheckWords
from verifier.page.words import Headline, Text
from verifier.tone import Tone

OFFLINE_HEADLINES: Final[Mapping[str, Headline]] = {
    "in_force_then": Headline(
        Tone.UNKNOWN,
        lazy_gettext("In force on %(day)s, as this device knew it then"),
        lazy_gettext(
            "This device learned it at %(at)s, %(age)s. Whether it is in force today, and whether the body registered"
            " this very certificate, can only be said with network."
        ),
    ),
    "not_in_force_then": Headline(
        Tone.BAD,
        lazy_gettext("Not in force on %(day)s"),
        lazy_gettext(
            "This device learned it at %(at)s, %(age)s. What it is today, and why, can only be said with network."
        ),
    ),
    "suspended_then": Headline(
        Tone.CAUTION,
        lazy_gettext("Suspended on %(day)s"),
        lazy_gettext("This device learned it at %(at)s, %(age)s. What it is today can only be said with network."),
    ),
    "out_of_date": Headline(
        Tone.CAUTION,
        lazy_gettext("Out of date"),
        lazy_gettext(
            "What this device knows is too old: %(at)s, %(age)s. The certificate was %(listed)s on %(day)s. That says"
            " nothing about today: check it again with network."
        ),
    ),
    "ended": Headline(
        Tone.CAUTION,
        lazy_gettext("Printed last valid day is over"),
        lazy_gettext(
            "It was %(valid_until)s. Whether the certification was renewed can only be said with network. This device"
            " learned what it knows at %(at)s, %(age)s."
        ),
    ),
    "not_listed": Headline(
        Tone.UNKNOWN,
        lazy_gettext("Not known to this device"),
        lazy_gettext(
            "The body signed this certificate, but this device does not know its status. It learned what it knows at"
            " %(at)s, %(age)s; the certificate may be newer."
        ),
    ),
    "no_list": Headline(
        Tone.UNKNOWN,
        lazy_gettext("Signed by the body, status not known"),
        lazy_gettext(
            "What this device keeps cannot be used to tell the status. This is neither a yes nor a no: check it again"
            " with network."
        ),
    ),
    "forged": Headline(
        Tone.ALARM,
        lazy_gettext("Not genuine"),
        lazy_gettext("This certificate is forged or altered. Do not rely on it."),
    ),
    "body_unknown": Headline(
        Tone.ALARM,
        lazy_gettext("Unknown certification body"),
        lazy_gettext(
            "The certification body was not on the list of this registry when this device learned it, %(age)s. Do not"
            " rely on the certificate; check it again with network."
        ),
    ),
    "key_unknown": Headline(
        Tone.UNKNOWN,
        lazy_gettext("Could not be checked here"),
        lazy_gettext(
            "This device does not know the key that the code is signed with. Either the key is newer than what the"
            " device knows, from %(at)s, or the certificate is forged."
        ),
    ),
    "key_doubtful": Headline(
        Tone.CAUTION,
        lazy_gettext("Signed with a key that is in doubt"),
        lazy_gettext(
            "The body declared this key compromised. Whether it issued this certificate before can only be said with"
            " network."
        ),
    ),
    "number_only": Headline(
        Tone.UNKNOWN,
        lazy_gettext("No network, and nothing but a number"),
        lazy_gettext(
            "Without network only the code of a certificate can be checked, not a number alone. Scan the code, or try"
            " again later."
        ),
    ),
    "no_page": Headline(
        Tone.UNKNOWN,
        lazy_gettext("No network"),
        lazy_gettext("This page is not kept on your device. A certificate's code can be checked here even so."),
    ),
    "nothing_known": Headline(
        Tone.UNKNOWN,
        lazy_gettext("This device knows nothing yet"),
        lazy_gettext(
            "Nothing could be checked. Open the scanner once with network, and the device keeps what it needs."
        ),
    ),
    "not_checked": Headline(
        Tone.UNKNOWN,
        lazy_gettext("Could not be checked here"),
        lazy_gettext("The code was not checked, so the certificate may be forged. Check it again with network."),
    ),
}

LISTED: Final[Mapping[str, Text]] = {
    "listed-0": lazy_gettext("in force"),
    "listed-1": lazy_gettext("not in force"),
    "listed-2": lazy_gettext("suspended"),
}

OFFLINE_REASONS: Final[Mapping[str, Text]] = {
    **{
        f"reason-{name}": REASONS[name]
        for name in ("unreadable", "other_number", "signature", "unsupported", "insecure")
    },
    "reason-clock": lazy_gettext(
        "The clock of this device is behind the registry's. Set it right: nobody can tell else how old anything is."
    ),
    "reason-broken": lazy_gettext("What this device keeps does not hold any more: a proof or a signature fails."),
    "state-learning": lazy_gettext("Asking the registry…"),
    "state-kept": lazy_gettext("Done: this device has the newest knowledge."),
    "state-unreachable": lazy_gettext("The registry cannot be reached. What the device knows stays as it is."),
    "state-unproven": lazy_gettext("What the registry sent does not hold, and was not kept."),
    "state-older": lazy_gettext("What the registry sent is older than what this device knows, and was not kept."),
    "state-forgotten": lazy_gettext("This device has forgotten everything about the registry."),
    "state-unsupported": REASONS["unsupported"],
    "state-unkept": lazy_gettext("This browser keeps nothing, perhaps because of a private window."),
    "state-online": lazy_gettext("The network is back."),
}

OFFLINE_CHECKS: Final[Mapping[str, CheckWords]] = {
    "signature": CheckWords(
        lazy_gettext("Signature of the body"),
        lazy_gettext("The code is signed with a key of the body that this device knows."),
        lazy_gettext("The code is not signed with the body's key."),
        lazy_gettext("It was not checked."),
    ),
    "list": CheckWords(
        lazy_gettext("Status list that this device keeps"),
        lazy_gettext("It is the list that the registry's signed log names."),
        lazy_gettext("It is not the list that the registry's signed log names."),
        lazy_gettext("It was not looked at."),
    ),
}

# Name and reason of what is never checked without network.
UNMADE_CHECKS: Final[Mapping[str, tuple[Text, Text]]] = {
    "registered": (
        lazy_gettext("Registration of this very certificate"),
        lazy_gettext("Only with network: a stolen key could sign a certificate that the body never issued."),
    ),
    "today": (
        lazy_gettext("Status today"),
        lazy_gettext("Only with network: decisions of the last hours are not known here."),
    ),
}
