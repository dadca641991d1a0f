"""What is wrong with a JSON document that people wrote, and where it stands."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

Path: TypeAlias = tuple[str | int, ...]

_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],]|[^\s{}\[\],:"]+')
_INSIDE: Final[Mapping[str, Path]] = {"{": ("",), "[": (0,)}


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to mend: the line (from 1), the JSON pointer (RFC 6901) and the reason, in words for people."""

    line: int
    pointer: str
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.pointer or 'the whole'}: {self.reason}"


def find_places(text: str) -> Iterator[tuple[Path, int]]:
    """The path and the line of every value of a valid JSON document, in its order.

    A name that stands twice in one object yields its path twice; ``json.loads`` would keep the last one unsaid.
    """
    path: list[str | int] = []
    line, seen, name_next = 1, 0, False
    for token in _TOKEN.finditer(text):
        line, seen = line + text.count("\n", seen, token.start()), token.start()
        match token[0]:
            case "}" | "]":
                path.pop()
                name_next = False
            case ",":
                last = path[-1]
                name_next = isinstance(last, str)
                path[-1] = last if isinstance(last, str) else last + 1
            case name if name_next:
                path[-1] = json.loads(name)
                name_next = False
            case value:
                yield tuple(path), line
                name_next = value == "{"
                path += _INSIDE.get(value, ())


def place_problem(lines: Mapping[Path, int], path: Path, reason: str) -> Problem:
    """The problem at ``path``; what is missing stands where the nearest thing around it begins.

    ``lines`` holds every path of the document, the empty one of the whole at least.
    """
    around = path
    while around not in lines:
        around = around[:-1]
    return Problem(lines[around], format_pointer(path), _printable(reason))


def format_pointer(path: Path) -> str:
    """Write a path as a JSON pointer (RFC 6901, section 3); what cannot be printed is escaped."""
    names = (str(name).replace("~", "~0").replace("/", "~1") for name in path)
    return "".join(f"/{_printable(name)}" for name in names)


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)
