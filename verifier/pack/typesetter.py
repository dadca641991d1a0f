"""The typesetter, in a process of its own for each pack.

It keeps what it laid out for the documents to come, and holds some 0.6 MB for each certificate of a pack: in the page's
own process names would outlive their pack, and memory would grow. So it ends with the pack.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

from verifier.child import command, environment
from verifier.errors import FormatError, UnavailableError

SECONDS: Final = 300
MAX_MEMORY: Final = 6 * 1024**3
TEMPLATE: Final = Path(__file__).with_name("pack.typ")
_MADE: Final = b"+"


def typeset_pdf(data: str, content: str, timestamp: int) -> bytes:
    """A pack's pages as PDF, with its machine-readable part attached.

    Args:
        data: what the template prints, as JSON.
        content: the machine-readable part.
        timestamp: the one instant in the file, in seconds since 1970 (UTC).

    Raises:
        FormatError: it cannot be typeset.
        UnavailableError: not within the time and memory that there are.
    """
    wanted = json.dumps({"data": data, "content": content, "timestamp": timestamp}).encode()
    # Fewer threads hold less memory.
    told = environment(RAYON_NUM_THREADS="2", MALLOC_ARENA_MAX="2")
    try:
        done = subprocess.run(  # noqa: S603  our own program
            command(__name__), input=wanted, capture_output=True, check=False, timeout=SECONDS, env=told
        )
    except subprocess.TimeoutExpired as error:
        raise UnavailableError(f"the pack cannot be typeset within {SECONDS} seconds") from error
    except OSError as error:
        raise UnavailableError("the pack cannot be typeset: nothing to do it with can be started") from error
    if done.stdout[:1] == _MADE:
        return done.stdout[1:]
    if not done.stdout:
        raise UnavailableError("the pack cannot be typeset: it takes too much memory")
    raise FormatError(f"the pack cannot be typeset: {done.stdout.decode('utf-8', 'replace')}")


def main() -> None:
    """Typeset what standard input asks for; standard output gets a plus sign and the file, or why there is none."""
    _limit()
    wanted = json.load(sys.stdin.buffer)
    sys.stdout.buffer.write(_answer(wanted["data"], wanted["content"], wanted["timestamp"]))


def _answer(data: str, content: str, timestamp: int) -> bytes:
    from verifier.archival import compiler, typeset  # noqa: PLC0415  the typesetter is loaded in this process alone

    try:
        return _MADE + typeset(compiler(TEMPLATE), {"data": data, "content": content}, timestamp)
    except FormatError as error:
        return str(error).encode()


def _limit() -> None:
    if sys.platform == "linux":
        import resource  # noqa: PLC0415  there is none elsewhere

        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
