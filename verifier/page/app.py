"""The application, composed from the parts it is given."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from traceback import format_tb
from types import TracebackType
from typing import Final
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

from verifier.fetch import Source
from verifier.page.allowance import limit_askers
from verifier.page.batch import batches
from verifier.page.bodies import bodies
from verifier.page.catalogue import catalogue_pages
from verifier.page.desk import Desk, keep_desk
from verifier.page.guard import guard
from verifier.page.language import speak
from verifier.page.library import Library, keep_library
from verifier.page.memory import Memory
from verifier.page.names import Names, keep_names, names
from verifier.page.offline import offline
from verifier.page.packs import packs
from verifier.page.pages import pages
from verifier.page.problem import answer_problems
from verifier.page.public import files
from verifier.page.reception import MemoryRequest, Senders, Turns, keep_senders, keep_turns
from verifier.page.scan import scanning
from verifier.page.timeline import timelines
from verifier.page.uploads import uploads
from verifier.trust import TrustRoot

_log = logging.getLogger(__name__)
_SECONDS_IN_MEMORY: Final = 10


class Page(Flask):
    """A Flask application with a memory, whose log names no path: that would tie a visitor to a certificate."""

    request_class = MemoryRequest
    memory: Memory
    proxies: int = 0

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request, from memory where it may."""
        # Each proxy adds the address that it was asked from; whatever stands before those anybody may have written.
        application = ProxyFix(super().wsgi_app, x_for=self.proxies, x_proto=0, x_host=0)
        return self.memory.answer(environ, start_response, application)

    def log_exception(self, exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None]) -> None:
        """Log what went wrong and where, and not for whom: a fault's own words may hold what was asked."""
        kind, _, trace = exc_info
        name = "" if kind is None else kind.__name__
        _log.error("a request could not be answered: %s\n%s", name, "".join(format_tb(trace)))


def _keep_files(response: Response) -> Response:
    """Let the memory keep the page's own files; browsers have them for ever, and ask each time whether they changed."""
    if request.endpoint == "static" and response.cache_control.no_cache:
        response.cache_control.public, response.cache_control.max_age = True, _SECONDS_IN_MEMORY
    return response


def create_app(
    source: Source,
    trust: TrustRoot,
    clock: Callable[[], datetime],
    address: str,
    proxies: int = 0,
    known: Names | None = None,
) -> Flask:
    """The page over the public files of ``source``.

    Args:
        source: where the public files are.
        trust: whom to believe.
        clock: gives the present instant, in UTC.
        address: the page's own URL, which visitors are told to compare with their address bar.
        proxies: how many web servers stand before the page and say, each, whom they ask for (X-Forwarded-For).
        known: who knows the names, where the page is the registry's own.
    """
    app = Page("verifier.page", template_folder="templates", static_folder="static")
    app.memory, app.proxies = Memory(clock), proxies
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    keep_desk(app.extensions, Desk(source, trust, clock, address.rstrip("/")))
    keep_library(app.extensions, Library(source, trust))
    keep_senders(app.extensions, Senders())
    keep_turns(app.extensions, Turns())
    keep_names(app.extensions, known, clock)
    app.after_request(_keep_files)
    guard(app, address)
    limit_askers(app, clock)
    speak(app)
    answer_problems(app)
    app.register_blueprint(pages)
    app.register_blueprint(names)
    app.register_blueprint(timelines)
    app.register_blueprint(bodies)
    app.register_blueprint(catalogue_pages)
    app.register_blueprint(uploads)
    app.register_blueprint(batches)
    app.register_blueprint(packs)
    app.register_blueprint(scanning)
    app.register_blueprint(offline)
    app.register_blueprint(files)
    return app
