"""Answers kept in memory for the seconds that any cache may keep them, and given again without asking anew.

A much asked certificate would otherwise be proven from scratch for every visitor. What is kept is compressed once, for
all browsers that take it so. Nothing is kept of who asked.
"""

import gzip
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
_COMPRESSED: Final = frozenset(
    {"text/html", "text/css", "text/javascript", "application/json", "application/manifest+json", "image/svg+xml"}
)
_REFUSED: Final = frozenset({"q=0", "q=0.0", "q=0.00", "q=0.000"})
_ASKED_BY: Final = ("PATH_INFO", "QUERY_STRING", "HTTP_ACCEPT", "HTTP_ACCEPT_LANGUAGE")
_Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer with the instants (UTC) from and until which it is kept; ``small`` is its body compressed by gzip."""

    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    small: bytes | None
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
    control, body = response.cache_control, response.get_data()
    seconds = control.max_age if control.public and response.status_code == 200 else None
    small = None
    if seconds and len(body) <= MAX_ANSWER_BYTES and response.mimetype in _COMPRESSED:
        response.vary.add("Accept-Encoding")
        small = gzip.compress(body, mtime=0)
    until = now + timedelta(seconds=seconds or 0)
    return Kept(
        response.status, tuple(response.headers.items()), body, small, response.headers.get("ETag", ""), now, until
    )


def _give(kept: Kept, environ: WSGIEnvironment, start_response: StartResponse, now: datetime) -> Iterable[bytes]:
    # Age keeps the caches between here and the visitor from adding their own seconds to ours.
    age = ("Age", str(max(0, int((now - kept.since).total_seconds()))))
    known = environ.get("HTTP_IF_NONE_MATCH")
    if kept.etag and known in {kept.etag, _small_etag(kept.etag)}:
        bare = [h for h in kept.headers if not h[0].lower().startswith("content-") and h[0] != "ETag"]
        start_response("304 NOT MODIFIED", [*bare, ("ETag", known), age])
        return []
    if kept.small is None or "gzip" not in _encodings(environ):
        start_response(kept.status, [*kept.headers, age])
        return [kept.body]
    others = [h for h in kept.headers if h[0] not in {"Content-Length", "ETag"}]
    about = [("Content-Encoding", "gzip"), ("Content-Length", str(len(kept.small)))]
    start_response(kept.status, [*others, *about, ("ETag", _small_etag(kept.etag)), age])
    return [kept.small]


def _small_etag(etag: str) -> str:
    """The validator of the compressed answer: other octets, so another one (RFC 9110, section 8.8.3)."""
    return f'{etag[:-1]}-gzip"' if etag else etag


def _encodings(environ: WSGIEnvironment) -> set[str]:
    """The content codings that a request takes by name (RFC 9110, section 12.5.3)."""
    codings = (coding.partition(";") for coding in environ.get("HTTP_ACCEPT_ENCODING", "").lower().split(","))
    return {name.strip() for name, _, weight in codings if weight.strip() not in _REFUSED}
