"""What visitors hand in: it stays in memory, is read in turn by few at a time, and is gone with the answer."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from threading import Condition, Lock
from typing import IO, Final

from flask import Blueprint, Request, Response, current_app, make_response, request
from flask_babel import gettext

from verifier.errors import AttestoError, UnavailableError
from verifier.page.allowance import asker
from verifier.page.problem import problem

MAX_FILES: Final = 64
MAX_OCTETS: Final = 40 * 1024 * 1024
MAX_FIELDS: Final = 16
# Lines that are pasted, links with a code among them.
MAX_PASTED_OCTETS: Final = 512 * 1024
MAX_SENDERS: Final = 8
_OF_ONE_ADDRESS: Final = 2
_AGAIN_AFTER: Final = 15
_EXTENSION: Final = "attesto.turns"
_SENDERS: Final = "attesto.senders"


class BusyError(UnavailableError):
    """As many files as may be are being read already."""


class TooManyError(AttestoError):
    """More was handed in than one request may hold; the message is for the visitor, in his language."""


class MemoryRequest(Request):
    """A request that is received in turn, and whose files stay in memory: a large one would be laid on the disk."""

    def _load_form_data(self) -> None:
        if "form" not in self.__dict__:
            with current_app.extensions[_SENDERS].take(asker()):
                super()._load_form_data()

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return BytesIO()


class Senders:
    """Lets a few send at a time, and fewer from one address: a thread waits for each as long as it takes its time."""

    def __init__(self, most: int = MAX_SENDERS, of_one: int = _OF_ONE_ADDRESS) -> None:
        """Let ``most`` send, ``of_one`` of them from one address."""
        self._most = most
        self._of_one = of_one
        self._sending: Counter[str | None] = Counter()
        self._lock = Lock()

    @contextmanager
    def take(self, who: str | None) -> Iterator[None]:
        """Let an address send while the block runs; None is a machine that may speak for many.

        Raises:
            BusyError: too many are sending already.
        """
        with self._lock:
            if self._sending.total() >= self._most or (who and self._sending[who] >= self._of_one):
                raise BusyError("too many are sending already")
            self._sending[who] += 1
        try:
            yield
        finally:
            with self._lock:
                self._sending -= Counter([who])


class Turns:
    """Lets a few requests work at a time, one of each address, and a few more wait; the others are to come again."""

    def __init__(self, working: int = 2, waiting: int = 2, seconds: float = 10) -> None:
        """Let ``working`` work and ``waiting`` wait, each at most so many seconds."""
        self._most = working
        self._places = working + waiting
        self._seconds = seconds
        self._inside: Counter[str | None] = Counter()
        self._working: Counter[str | None] = Counter()
        self._change = Condition()

    @contextmanager
    def take(self, who: str | None = None) -> Iterator[None]:
        """Work for an address while the block runs; None is a machine that may speak for many.

        Raises:
            BusyError: no turn is to be had in time.
        """
        with self._change:
            # Whoever only asks for a number has to find a thread that is free: so not everybody may wait.
            if self._inside.total() >= self._places or (who and self._inside[who] > 1):
                raise BusyError("too many are waiting already")
            self._inside[who] += 1
        try:
            with self._change:
                if not self._change.wait_for(lambda: self._free(who), self._seconds):
                    raise BusyError("no turn was to be had in time")
                self._working[who] += 1
            try:
                yield
            finally:
                with self._change:
                    self._working -= Counter([who])
                    self._change.notify_all()
        finally:
            with self._change:
                self._inside -= Counter([who])

    def _free(self, who: str | None) -> bool:
        return self._working.total() < self._most and not (who and self._working[who])


def keep_senders(extensions: dict[str, object], senders: Senders) -> None:
    """Keep who is sending where requests find it."""
    extensions[_SENDERS] = senders


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


def sent() -> bytes:
    """The body as it was sent.

    Raises:
        BusyError: too many are sending already.
    """
    with current_app.extensions[_SENDERS].take(asker()):
        return request.get_data(cache=False)


def handed_in() -> list[tuple[str, bytes]]:
    """The files that were sent, by name and in their order; a field that was left empty is none.

    Raises:
        TooManyError: more than MAX_FILES.
    """
    named = [(file.filename or "", file.read()) for file in request.files.getlist("files")]
    files = [(name, content) for name, content in named if name or content]
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
