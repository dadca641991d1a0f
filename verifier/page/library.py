"""The published scheme editions as catalogues: each is the file that a record signed by the operator names."""

from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Final

from flask import current_app

from verifier.bundle import parse_record
from verifier.catalogue import Catalogue, parse_catalogue
from verifier.edition import EditionHistory, edition_history
from verifier.errors import AttestoError, FormatError, NotFoundError
from verifier.fetch import EDITIONS_PATH, Source, edition_path, fetch_scheme, parse_editions
from verifier.page.desk import SECONDS, Hurried
from verifier.stream import LoggedEvent, open_stream
from verifier.trust import TrustRoot

MAX_KEPT: Final = 64
_EXTENSION: Final = "attesto.library"


@dataclass(frozen=True, slots=True)
class Edition:
    """A published edition: its catalogue, the file's hash, and the event that closed or withdrew it, if one did."""

    catalogue: Catalogue
    sha256: bytes
    published: LoggedEvent
    ended: LoggedEvent | None


@dataclass(frozen=True, slots=True)
class Shelf:
    """Every edition that is what the log says, and the slugs of those that could not be shown."""

    editions: tuple[Edition, ...]
    missing: tuple[str, ...]


class Library:
    """Reads editions from the public files; a scheme file is read and parsed once, and kept by its hash."""

    def __init__(self, source: Source, trust: TrustRoot) -> None:
        """Read ``source``, and believe the operator of ``trust``."""
        self._source = source
        self._trust = trust
        self._kept: dict[bytes, Catalogue] = {}
        self._lock = Lock()

    def shelf(self) -> Shelf:
        """Every edition; of a registry that is slow those that it gave in time.

        Raises:
            UnavailableError: the registry does not answer.
            FormatError: what it gives is no list of editions.
        """
        source = Hurried(self._source, SECONDS)
        editions: list[Edition] = []
        missing: list[str] = []
        for slug in _slugs(source):
            try:
                editions.append(self._edition(source, slug))
            except AttestoError:
                missing.append(slug)
        return Shelf(tuple(editions), tuple(missing))

    def edition(self, slug: str) -> Edition:
        """The edition of that slug.

        Raises:
            NotFoundError: there is none.
            UnavailableError: the registry does not answer.
            AttestoError: its record is not signed by the operator, or its file is not the one that the record names.
        """
        source = Hurried(self._source, SECONDS)
        if slug not in _slugs(source):
            raise NotFoundError("there is no such edition")
        return self._edition(source, slug)

    def _edition(self, source: Source, slug: str) -> Edition:
        record = parse_record(source.read(edition_path(slug)))
        operator = self._trust.operator_key
        history = edition_history(operator, open_stream(record, self._trust.origin, operator))
        if history.slug != slug:
            raise FormatError("the record is another edition's")
        return Edition(self._catalogue(source, history), history.sha256, history.events[0], _ended(history.events))

    def _catalogue(self, source: Source, history: EditionHistory) -> Catalogue:
        kept = self._kept.get(history.sha256)
        if kept is not None:
            return kept
        catalogue = parse_catalogue(fetch_scheme(source, history.sha256))
        if (catalogue.slug, catalogue.scheme) != (history.slug, history.scheme):
            raise FormatError("the scheme file is another edition's")
        self._keep(history.sha256, catalogue)
        return catalogue

    def _keep(self, digest: bytes, catalogue: Catalogue) -> None:
        with self._lock:
            if len(self._kept) >= MAX_KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[digest] = catalogue


def _slugs(source: Source) -> tuple[str, ...]:
    """The slugs of all editions; none where nothing was published yet."""
    try:
        return parse_editions(source.read(EDITIONS_PATH))
    except NotFoundError:
        return ()


def _ended(events: Iterable[LoggedEvent]) -> LoggedEvent | None:
    """What says the most about an edition's end: its withdrawal, else its closing."""
    by_type = {logged.event.type: logged for logged in events}
    return by_type.get("edition.withdrawn") or by_type.get("edition.closed")


def keep_library(extensions: dict[str, object], library: Library) -> None:
    """Keep the library where ``the_library`` finds it."""
    extensions[_EXTENSION] = library


def the_library() -> Library:
    """The library of the application that answers."""
    library: Library = current_app.extensions[_EXTENSION]
    return library
