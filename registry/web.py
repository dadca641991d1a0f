"""Serving a registry: public page and files, write API and health in the workers, the publisher beside them.

The main process publishes; granian's workers answer. Workers are spawned, not forked: the main process has threads and
open databases that no child may inherit.
"""

import functools
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from threading import BoundedSemaphore, Thread
from typing import Final
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from registry.api.answers import Answers
from registry.api.app import PREFIX, create_app
from registry.api.desk import Desk
from registry.api.tokens import TokenFile
from registry.application.names import Names
from registry.bootstrap import Attesto, now, open_registry
from registry.documents.name import name_check
from registry.publish.background import BackgroundPublisher
from registry.publish.schedule import Schedule
from registry.settings import Settings
from verifier.page.serve import Serving, free_address, listen, open_page

# Several threads share one commit; more would wait for the database's pool, or for a processor.
_THREADS: Final = min(8, 2 * (os.cpu_count() or 1) + 1)
_HEALTH: Final = "/healthz"


@dataclass(frozen=True, slots=True)
class Listening:
    """Where to listen, and how many processes answer."""

    host: str
    port: int
    workers: int


class Web:
    """One application of two: the API and the health by their paths, the page for everything else."""

    def __init__(self, api: WSGIApplication, page: WSGIApplication, opened: ExitStack) -> None:
        """Answer with ``api`` and ``page``, and keep open what is ``opened`` for them."""
        self._api = api
        self._page = page
        self._opened = opened

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        path = environ.get("PATH_INFO", "")
        application = self._api if path == _HEALTH or f"{path}/".startswith(f"{PREFIX}/") else self._page
        return application(environ, start_response)


def open_web(settings: Settings, listening: Listening) -> WSGIApplication:
    """Everything that a worker answers with; the registry stays open as long as the process lives.

    Raises:
        AttestoError: the registry cannot be opened.
    """
    Thread(target=_end_with_parent, daemon=True).start()
    opened = ExitStack()
    attesto = opened.enter_context(open_registry(settings))
    desk = Desk(
        attesto.registry,
        attesto.preparations,
        attesto.offers,
        TokenFile(settings.path(settings.api_tokens_file)),
        Answers(attesto.registry, settings.address),
        functools.lru_cache(maxsize=1024)(functools.partial(_name_check, attesto)),
        BoundedSemaphore(_THREADS // 2),
    )
    api = create_app(desk, _schedule(attesto), now, settings.snapshot_max_age)
    public, trust = settings.path(settings.public_folder), settings.path(settings.trust_file)
    place = (str(public), trust, listening.host, listening.port, settings.address, listening.workers)
    serving = Serving(*place, settings.proxies)
    return Web(api, open_page(serving, Names(attesto.registry)), opened)


def _end_with_parent() -> None:
    """End this worker when the main process was killed: without a publisher it must not go on."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def serve(settings: Settings, listening: Listening) -> None:
    """Publish and answer until told to stop; then finish what is under way.

    Raises:
        AttestoError: the registry cannot be opened, or the address cannot be listened on.
    """
    TokenFile(settings.path(settings.api_tokens_file)).clients()
    listening = replace(listening, host=free_address(listening.host, listening.port))
    with open_registry(settings) as attesto:
        # Before anything is served: a restored backup may have brought erased persons back.
        attesto.registry.remains.complete()
        attesto.write_trust_root()
        publisher = BackgroundPublisher(attesto.publisher, _schedule(attesto), now)
        publisher.start()
        try:
            _listen(settings, listening)
        finally:
            publisher.stop()


def _listen(settings: Settings, listening: Listening) -> None:
    multiprocessing.set_start_method("spawn", force=True)
    load = functools.partial(open_web, settings, listening)
    listen(load, listening.host, listening.port, listening.workers, _THREADS)


def _name_check(attesto: Attesto, body: str, edition: str) -> Callable[[str], None]:
    return name_check(attesto.settings.address, body, edition, attesto.streams.edition(edition).edition.profiles)


def _schedule(attesto: Attesto) -> Schedule:
    settings = attesto.settings
    return Schedule(attesto.store.log, attesto.publisher.covered, settings.publish_seconds, settings.heartbeat_seconds)
