"""An evidence pack as a PDF file: what is attached to it, what its pages show and who sealed it.

A process of its own looks into the file (``verifier.pack.work``), within limits of time and memory; here is what comes
of it, never more than a pack may hold.
"""

import subprocess
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import find_spec
from typing import Final

from verifier.child import command, ended_after, environment
from verifier.encoding import Json, format_base64, format_instant, format_json, parse_json
from verifier.errors import AlteredError, FormatError
from verifier.pack.content import MAX_CONTENT_BYTES
from verifier.seal import Seal, SealTrust, parse_seal

# A minute for whatever is asked of a file; its pages are drawn twice, a hundred in a second.
SECONDS: Final = 60
PAGE_SECONDS: Final = 300
_MAX_SAID: Final = 1024 * 1024


def read_content(document: bytes) -> bytes:
    """The one attachment of a pack.

    Raises:
        FormatError: not a PDF file that can be read within the limits.
        AlteredError: it has another attachment than a pack's, or one too many.
    """
    return _ask({"wanted": "content"}, document, SECONDS, MAX_CONTENT_BYTES)


def same_pages(length: int, data: bytes) -> bool:
    """Whether a file shows the same pages as its first ``length`` octets, which something was appended to.

    Raises:
        FormatError: it cannot be read within the limits.
    """
    return _ask({"wanted": "pages", "length": length}, data, PAGE_SECONDS, _MAX_SAID) == b"true"


def read_seals(data: bytes, trust: SealTrust) -> tuple[Seal, ...]:
    """Every seal of a file, checked.

    Raises:
        FormatError: it cannot be read within the limits.
    """
    asked: dict[str, Json] = {
        "wanted": "seals",
        "roots": [format_base64(root) for root in trust.roots],
        "at": format_instant(trust.at),
    }
    said = parse_json(_ask(asked, data, SECONDS, _MAX_SAID))["seals"]
    return tuple(map(parse_seal, said)) if isinstance(said, list) else ()


def _ask(asked: Mapping[str, Json], data: bytes, seconds: int, most: int) -> bytes:
    if find_spec("pypdfium2") is None:
        raise FormatError("evidence packs want pypdfium2, which is not installed: pip install 'attesto[scan]'")
    pipe = subprocess.PIPE
    process = subprocess.Popen(  # noqa: S603  our own program
        command("verifier.pack.work"), env=environment(), stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
    )
    with process, ended_after(process, seconds) as late:
        said = _talk(process, format_json({**asked, "seconds": seconds}) + b"\n" + data, most)
        # Whatever it still says is over the limit.
        process.kill()
    if late.is_set():
        raise FormatError(f"opening the pack takes more than {seconds} seconds")
    return _found(said, most)


def _talk(process: subprocess.Popen[bytes], asked: bytes, most: int) -> bytes:
    if process.stdin is None or process.stdout is None:
        return b""
    with suppress(OSError):  # it may end before it was told everything, and has said nothing then
        process.stdin.write(asked)
        process.stdin.close()
    return process.stdout.read(1 + most + 1)


def _found(said: bytes, most: int) -> bytes:
    mark, found = said[:1], said[1:]
    if len(found) > most:
        raise FormatError("opening the pack gives more than any pack holds")
    match mark:
        case b"+":
            return found
        case b"~":
            raise AlteredError(found.decode("utf-8", "replace"))
        case b"!":
            raise FormatError(found.decode("utf-8", "replace"))
    raise FormatError("the pack cannot be opened: it is damaged, or takes too much memory")
