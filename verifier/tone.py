"""How grave an answer is, on the page, in packs and on the command line."""

from enum import StrEnum


class Tone(StrEnum):
    """How an answer looks; each has its colour and its icon, and never the colour alone.

    ``ALARM`` is for what must not be relied on at all; where only colours are told apart, it looks as ``BAD`` does.
    """

    GOOD = "good"
    CAUTION = "caution"
    BAD = "bad"
    ALARM = "alarm"
    UNKNOWN = "unknown"
