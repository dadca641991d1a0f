"""Processes of our own program: they run one module, see nothing of our environment and find what we find."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Timer
from typing import Final

import verifier

if sys.platform == "linux":
    import resource

    # Octets written to disk; open files; other processes (root is not held to that); octets of a core dump.
    _LIMITS: Final = {
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: 64,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_CORE: 0,
    }
_ROOT: Final = str(Path(verifier.__file__).parents[1])


def command(module: str) -> list[str]:
    """The command that runs ``main()`` of a module; it reads nothing of the user's folders and keeps no files."""
    code = f"import sys; sys.path[:] = sys.argv[1:]; from {module} import main; main()"
    return [sys.executable, "-I", "-S", "-B", "-X", "utf8", "-c", code, _ROOT, *filter(None, sys.path)]


def environment(**told: str) -> Mapping[str, str] | None:
    """The environment with what it is told and nothing of ours, in which there may be secrets.

    On Windows, where nothing starts without it, ours.
    """
    return None if sys.platform == "win32" else told


@contextmanager
def ended_after(process: subprocess.Popen[bytes], seconds: float) -> Iterator[Event]:
    """End a process that takes longer than that; the event says whether it was."""
    late = Event()

    def end() -> None:
        late.set()
        process.kill()

    ending = Timer(seconds, end)
    ending.daemon = True
    ending.start()
    try:
        yield late
    finally:
        ending.cancel()


def confine(memory: int, seconds: int | None = None) -> None:
    """Hold this process to what a reader of strangers' files needs: octets of memory, and of the processor's time.

    Elsewhere than on Linux whoever started it ends it in time, and that must do.
    """
    if sys.platform == "linux":
        limits = _LIMITS | {resource.RLIMIT_AS: memory}
        if seconds is not None:
            limits[resource.RLIMIT_CPU] = seconds + 1
        for what, value in limits.items():
            _, most = resource.getrlimit(what)
            limit = value if most == resource.RLIM_INFINITY else min(value, most)
            resource.setrlimit(what, (limit, limit))
