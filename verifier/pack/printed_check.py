"""Whether the pages of an evidence pack show what its machine-readable part says: they are typeset again.

Only the very program that made a pack makes the same bytes of it; of a pack by another version nothing is said.
"""

from verifier.errors import FormatError, UnavailableError
from verifier.pack.again import ask_again
from verifier.pack.content import Pack
from verifier.pack.difference import differences
from verifier.report import Outcome
from verifier.trust import parse_trust_root


def check_printed(pack: Pack, document: bytes) -> Outcome:
    """Whether ``document`` is what this program prints of the pack."""
    try:
        from verifier.pack.make import typeset, typesetting  # noqa: PLC0415  an extra, which checking does without

        ours = typesetting()
    except ImportError:
        return Outcome.NOT_CHECKED
    if pack.typesetting != ours:
        return Outcome.NOT_CHECKED
    try:
        trust = parse_trust_root(pack.trust)
        reports = [ask_again(item, trust) for item in pack.items]
        # The pages are printed by the pack's own trust root: by a strange one they say otherwise than its items do.
        if any(map(differences, pack.items, reports)):
            return Outcome.FAILED
        printed = typeset(pack, reports)
    except FormatError:
        return Outcome.FAILED
    except UnavailableError:
        return Outcome.NOT_CHECKED
    return Outcome.PASSED if printed == document else Outcome.FAILED
