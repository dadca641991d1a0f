"""Answers kept in memory for the seconds that any cache may keep them, and given again without asking anew.

A much asked certificate would otherwise be proven from scratch for every visitor. Nothing is kept of who asked.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Final
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.wrappers import Response

MAX_ANSWERS: Final = 512
MAX_ANSWER_BYTES: Final = 64 * 1024
MAX_REQUEST_BYTES: Final = 4096
_ASKED_BY: Final = ("PATH_INFO", "QUERY_STRING", "HTTP_ACCEPT", "HTTP_ACCEPT_LANGUAGE")
_Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer with the instants (UTC) from and until which it is kept."""

    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    etag: str
    since: datetime
    until: datetime


class Memory:
    """Keeps answers of one application; ``clock`` gives the present instant."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """Begin empty."""
        self._clock = clock
        self._answers: dict[_Key, Kept] = {}
        self._lock = Lock()

    def answer(
        self, environ: WSGIEnvironment, start_response: StartResponse, application: WSGIApplication
    ) -> Iterable[bytes]:
        """The kept answer to a request, else the application's, kept if it may be."""
        key = _key(environ)
        if key is None:
            return application(environ, start_response)
        kept, now = self._answers.get(key), self._clock()
        if kept is None or now >= kept.until:
            kept = self._ask(key, environ, application)
        return _give(kept, environ, start_response, now)

    def _ask(self, key: _Key, environ: WSGIEnvironment, application: WSGIApplication) -> Kept:
        whole = {name: value for name, value in environ.items() if name != "HTTP_IF_NONE_MATCH"}
        response = Response.from_app(application, whole, buffered=True)
        kept = _keep(response, self._clock())
        if len(kept.body) <= MAX_ANSWER_BYTES and kept.since < kept.until:
            self._remember(key, kept)
        return kept

    def _remember(self, key: _Key, kept: Kept) -> None:
        with self._lock:
            self._answers.pop(key, None)
            if len(self._answers) >= MAX_ANSWERS:
                self._answers.pop(next(iter(self._answers)))
            self._answers[key] = kept


def _key(environ: WSGIEnvironment) -> _Key | None:
    """What a plain question depends on; None for any other request, which the application has to look at."""
    if environ["REQUEST_METHOD"] != "GET" or environ.get("CONTENT_LENGTH") or "HTTP_TRANSFER_ENCODING" in environ:
        return None
    # Lists, for in this one place a generator's price shows.
    size = sum([len(value) for name, value in environ.items() if name[:5] == "HTTP_"])
    key = tuple([environ.get(name, "") for name in _ASKED_BY])
    return key if size + len(key[0]) + len(key[1]) <= MAX_REQUEST_BYTES else None


def _keep(response: Response, now: datetime) -> Kept:
    control = response.cache_control
    seconds = control.max_age if control.public and response.status_code == 200 else None
    return Kept(
        response.status,
        tuple(response.headers.items()),
        response.get_data(),
        response.headers.get("ETag", ""),
        now,
        now + timedelta(seconds=seconds or 0),
    )


def _give(kept: Kept, environ: WSGIEnvironment, start_response: StartResponse, now: datetime) -> Iterable[bytes]:
    # Age keeps the caches between here and the visitor from adding their own seconds to ours.
    headers = [*kept.headers, ("Age", str(max(0, int((now - kept.since).total_seconds()))))]
    if kept.etag and environ.get("HTTP_IF_NONE_MATCH") == kept.etag:
        start_response("304 NOT MODIFIED", [h for h in headers if not h[0].lower().startswith("content-")])
        return []
    start_response(kept.status, headers)
    return [kept.body]
