"""One item of an evidence pack asked again: what was presented, the question of then, and the pack's own bundle."""

from verifier.bundle import Bundle
from verifier.errors import FormatError, NotFoundError, UnavailableError
from verifier.pack.content import Item, Missing
from verifier.report import Report
from verifier.trust import TrustRoot
from verifier.verify import verify


def ask_again(item: Item, trust: TrustRoot) -> Report:
    """The report on an item.

    Raises:
        FormatError: the item does not say what was asked.
    """
    return verify(trust, item.question, lambda: _obtain(item), item.number, item.token)


def _obtain(item: Item) -> Bundle:
    if item.bundle is not None:
        return item.bundle
    if item.missing is Missing.NOT_FOUND:
        raise NotFoundError(_reason(item))
    if item.missing is Missing.BROKEN:
        raise FormatError(_reason(item))
    raise UnavailableError(_reason(item))


def _reason(item: Item) -> str:
    """Why there was no record when the pack was made, in the words of then."""
    checks = item.report.get("checks")
    for check in checks if isinstance(checks, list) else []:
        match check:
            case {"name": "record", "reason": str(reason)}:
                return reason
    return "the pack holds no bundle of it"
