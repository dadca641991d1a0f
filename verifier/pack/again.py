"""One item of an evidence pack asked again: what was presented, the question of then, and the pack's own bundle."""

from verifier.bundle import Bundle
from verifier.encoding import legal_day
from verifier.errors import FormatError, NotFoundError, UnavailableError
from verifier.pack.content import Item, Missing
from verifier.report import Question, Report
from verifier.trust import TrustRoot
from verifier.verify import verify


def ask_again(item: Item, trust: TrustRoot, question: Question | None = None) -> Report:
    """The report on an item, by its own question or another.

    Raises:
        FormatError: the item does not say what was asked.
    """
    return verify(trust, question or item.question, lambda: _obtain(item), item.number, item.token)


def ask_for_today(item: Item, trust: TrustRoot) -> Report | None:
    """The report on the day on which the pack was made; None where that was asked for."""
    question = item.question
    today = legal_day(question.now)
    if item.bundle is None or question.on == today:
        return None
    return ask_again(item, trust, Question(today, question.now, question.now))


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
