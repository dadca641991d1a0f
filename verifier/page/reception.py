"""What visitors hand in: it stays in memory, is read in turn by few at a time, and is gone with the answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from threading import BoundedSemaphore
from typing import IO, Final

from flask import Blueprint, Request, Response, current_app, make_response, request
from flask_babel import gettext

from verifier.errors import AttestoError, UnavailableError
from verifier.page.problem import problem

MAX_FILES: Final = 64
MAX_OCTETS: Final = 40 * 1024 * 1024
MAX_FIELDS: Final = 16
# Lines that are pasted, links with a code among them.
MAX_PASTED_OCTETS: Final = 512 * 1024
_AGAIN_AFTER: Final = 15
_EXTENSION: Final = "attesto.turns"


class BusyError(UnavailableError):
    """As many files as may be are being read already."""


class TooManyError(AttestoError):
    """More was handed in than one request may hold; the message is for the visitor, in his language."""


class MemoryRequest(Request):
    """A request whose files stay in memory: a large one would be laid on the disk by the framework."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return BytesIO()


class Turns:
    """Lets a few requests work at a time and a few more wait for it; the others are to come again."""

    def __init__(self, working: int = 2, waiting: int = 1, seconds: float = 10) -> None:
        """Let ``working`` work and ``waiting`` wait, each at most so many seconds."""
        self._places = BoundedSemaphore(working + waiting)
        self._work = BoundedSemaphore(working)
        self._seconds = seconds

    @contextmanager
    def take(self) -> Iterator[None]:
        """Work while the block runs.

        Raises:
            BusyError: no turn is to be had in time.
        """
        # Whoever only asks for a number has to find a thread that is free: so not everybody may wait.
        if not self._places.acquire(blocking=False):
            raise BusyError("too many are waiting already")
        try:
            if not self._work.acquire(timeout=self._seconds):
                raise BusyError("no turn was to be had in time")
            try:
                yield
            finally:
                self._work.release()
        finally:
            self._places.release()


def keep_turns(extensions: dict[str, object], turns: Turns) -> None:
    """Keep the turns where ``the_turns`` finds them."""
    extensions[_EXTENSION] = turns


def the_turns() -> Turns:
    """The turns of the application that answers."""
    turns: Turns = current_app.extensions[_EXTENSION]
    return turns


def expect_files() -> None:
    """Bound what the form that is sent may hold; before it is looked at."""
    request.max_form_parts = MAX_FILES + MAX_FIELDS
    request.max_form_memory_size = MAX_PASTED_OCTETS


def handed_in() -> list[tuple[str, bytes]]:
    """The files that were sent, by name and in their order; a field that was left empty is none.

    Raises:
        TooManyError: more than MAX_FILES.
    """
    sent = [(file.filename or "", file.read()) for file in request.files.getlist("files")]
    files = [(name, content) for name, content in sent if name or content]
    if len(files) > MAX_FILES:
        raise TooManyError(gettext("That is too much at once: send at most %(files)s files.", files=MAX_FILES))
    return files


def refuse(blueprint: Blueprint) -> None:
    """Let the views of a blueprint refuse what is too large, too much, or comes while too much else is being read."""
    blueprint.register_error_handler(413, too_large)
    blueprint.register_error_handler(BusyError, busy)
    blueprint.register_error_handler(TooManyError, lambda error: problem(422, str(error)))


def busy(_: Exception | None = None) -> Response:
    """The answer to whoever gets no turn."""
    response = problem(503, gettext("Many files are being checked just now. Wait a minute, then send yours again."))
    response.headers["Retry-After"] = str(_AGAIN_AFTER)
    return response


def too_large(_: Exception) -> Response:
    """The answer to whoever sends more than is taken."""
    return problem(
        413,
        gettext(
            "That is too much at once. Send fewer or smaller files: at most %(files)s files, of %(size)s MB together.",
            files=MAX_FILES,
            size=MAX_OCTETS // 2**20,
        ),
    )


def unkept(content: str) -> Response:
    """An answer about what was handed in, which no cache keeps."""
    response = make_response(content)
    response.cache_control.no_store = True
    response.headers["X-Robots-Tag"] = "noindex"
    return response
