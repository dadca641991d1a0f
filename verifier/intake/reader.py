"""Has files read by a process of its own, which is ended and started anew where a file breaks or holds it."""

import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import ceil, inf
from threading import Event
from time import monotonic
from types import TracebackType
from typing import Final, Self

from verifier.child import command, ended_after, environment
from verifier.encoding import Json, format_base64, format_instant
from verifier.errors import FormatError
from verifier.intake.frame import read_frame, write_frame
from verifier.intake.shown import Shown
from verifier.intake.table import Row
from verifier.seal import Seal, SealTrust, parse_seal

SECONDS: Final = 60
_BROKEN: Final = "it cannot be read, or takes too much memory"
# Files of one ZIP file that may break their reader, before the rest is given up.
_MAX_BREAKS: Final = 8
# Each page of a document is told twice at most, and each attachment once.
_MAX_FRAMES: Final = 1_000


@dataclass(slots=True)
class Part:
    """What was read of one file, by itself or in a ZIP file, where ``name`` is its name there.

    ``seals`` is how many signatures are in a document, and None where it is no document; ``checked`` is what came of
    them, where that was asked for; ``errors`` are sentences on what of it was not read.
    """

    place: int = 0
    name: str = ""
    sha256: bytes = b""
    shown: list[Shown] = field(default_factory=list)
    attached: list[bytes] = field(default_factory=list)
    seals: int | None = None
    checked: tuple[Seal, ...] = ()
    rows: list[Row] = field(default_factory=list)
    text: str | None = None
    bundle: bytes | None = None
    errors: list[str] = field(default_factory=list)


class Reader:
    """One process at most, started when it is first needed; a file may take ``seconds``, all together ``within``.

    With ``trust``, seals are checked.
    """

    def __init__(self, seconds: float = SECONDS, trust: SealTrust | None = None, within: float = inf) -> None:
        self._seconds = seconds
        self._within = within
        self._ends = monotonic() + within
        self._trust = trust
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def parts(self, content: bytes) -> Iterator[Part]:
        """The file, or the files in it; where one breaks the process, another goes on with the next."""
        start: int | None = 0
        part, breaks = Part(), 0
        while True:
            before, part, late = part, Part(), Event()
            left = self._ends - monotonic()
            if left <= 0:
                self.close()
                yield Part(errors=[f"what is left was not read: {self._too_long(left)}"])
                return
            try:
                with ended_after(self._started(), min(left, self._seconds)) as late:
                    filled = self._fill(part, content, start)
            except (EOFError, FormatError, KeyError, OSError, ValueError):  # whatever has taken over the process says
                self.close()
                breaks += 1
                part.errors.append(_why(part, breaks, self._too_long(left) if late.is_set() else _BROKEN))
                if before.name and not part.name and breaks < _MAX_BREAKS:  # it broke between two files
                    part = before
                else:
                    yield part
                if not part.name or breaks >= _MAX_BREAKS:
                    return
                start = part.place + 1
            else:
                if not filled:
                    return
                yield part
                start = None

    def _too_long(self, left: float) -> str:
        """Which of the two limits a file met that was begun with so many seconds left for all of them."""
        if left < self._seconds:
            return f"all of it takes more than {self._within:g} seconds"
        return f"reading it takes more than {self._seconds:g} seconds"

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            pipe = subprocess.PIPE
            self._process = subprocess.Popen(  # noqa: S603  our own program
                command("verifier.intake.work"), env=environment(), stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
            )
        return self._process

    def _fill(self, part: Part, content: bytes, start: int | None) -> bool:
        """Take what is said of the next file, which is asked for unless it comes by itself; False after the last."""
        process = self._started()
        if start is not None:
            asked = {"start": start, "seconds": ceil(self._seconds), "trust": _format_trust(self._trust)}
            write_frame(process.stdin, asked, content)
        for _ in range(_MAX_FRAMES):
            head, body = read_frame(process.stdout)
            match head["say"]:
                case "done":
                    return True
                case "end":
                    return False
            _take(part, head, body)
        raise FormatError("a reader that finds no end")


def _format_trust(trust: SealTrust | None) -> Json:
    if trust is None:
        return None
    return {"roots": [format_base64(root) for root in trust.roots], "at": format_instant(trust.at)}


def _take(part: Part, head: Mapping[str, Json], body: bytes) -> None:
    match head:
        case {"say": "begin", "place": int(place), "name": str(name), "sha256": str(digest)}:
            part.place, part.name, part.sha256 = place, name, bytes.fromhex(digest)
        case {"say": "shown", "page": int() | None as page, "texts": list(texts), "lines": list(lines), **rest}:
            part.shown.append(Shown(page, _strings(texts), _strings(lines), bool(rest["unread"]), bool(rest["drawn"])))
        case {"say": "rows", "rows": list(rows)}:
            part.rows.extend(map(_row, rows))
        case {"say": "document", "seals": int(count)}:
            part.seals = count
        case {"say": "seals", "seals": list(seals)}:
            part.checked = tuple(map(parse_seal, seals))
        case {"say": "attached"}:
            part.attached.append(body)
        case {"say": "text"}:
            part.text = body.decode()
        case {"say": "bundle"}:
            part.bundle = body
        case {"say": "error", "why": str(why)}:
            part.errors.append(why)
        case _:
            raise FormatError("no answer of a reader")


def _strings(values: list[Json]) -> tuple[str, ...]:
    return tuple(value for value in values if isinstance(value, str))


def _row(value: Json) -> Row:
    match value:
        case [int(place), str(text), str(bidder)]:
            return Row(place, text, bidder)
    raise FormatError("no row of a list")


def _why(part: Part, breaks: int, why: str) -> str:
    if part.shown:
        return f"not all of it was read: {why}"
    return f"{why}; what comes after it in the ZIP file was not read" if part.name and breaks >= _MAX_BREAKS else why
