"""What a body files as received: evidence for a certification's maintenance."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ReceiveEvidence:
    """File evidence of a kind for a certification.

    ``body`` None is whosever it is; ``received_on`` is a legal day, None today; ``hours`` where the kind counts them;
    ``reference`` is the body's own.
    """

    body: str | None
    number: str
    kind: str
    received_on: date | None = None
    hours: int | None = None
    reference: str | None = None
