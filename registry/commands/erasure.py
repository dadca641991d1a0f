"""The command that erases a holder's data, parsed once at the edge."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EraseHolder:
    """Erase the holder of the certification ``number`` at ``body``, with every certification that the holder has there.

    ``decider`` is who decides, by the body's own id. The same again under ``idempotency_key`` gets the first answer.
    """

    body: str
    number: str
    decider: str
    idempotency_key: str | None = None
