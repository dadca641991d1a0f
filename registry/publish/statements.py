"""A body's statements of completeness: counted from the log, signed by the body's event key, logged.

A body whose keys are at home counts by its own receipts (``registry/commands/receipt_file.py``); what is counted here
is the registry's claim, and what a statement is held against before it is logged.
"""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from keys.signer import Purpose, Signer
from keys.signing import jws_signing_input, sign_jws
from registry.application.prepare import Moment, current_key
from registry.application.streams import Streams
from registry.commands.receipt_file import Claim
from registry.database import pages
from registry.domain.body import CertificationBody
from registry.errors import RequestError, UnknownError
from registry.projections.standings import Standings
from registry.store.store import Store
from registry.store.submission import Receipt
from verifier.jws import check_jws
from verifier.statement import (
    STATEMENT,
    Count,
    Scope,
    Statement,
    check_count,
    count_streams,
    format_statement,
    parse_statement,
)


class Statements:
    """Counts, and logs what bodies state."""

    def __init__(self, store: Store, streams: Streams, standings: Standings) -> None:
        """Count in the log of ``store``; ``standings`` knows which certifications are whose."""
        self._store = store
        self._streams = streams
        self._standings = standings

    def state(self, body: str, scheme: str, moment: Moment, signer: Signer) -> tuple[Statement, Receipt]:
        """Count a body's certifications under a scheme now, sign that with the body's key, and log it.

        Raises:
            UnknownError: no such body or scheme here.
            KeyNotInForceError, SignatureError: the key is not the one that the body has in force.
            StoreError: it could not be stored.
        """
        scope = self._scope(body, scheme, moment)
        payload = format_statement(scope, self.count(scope), moment.at)
        return self.record(sign_jws(signer, STATEMENT, payload), moment)

    def claim(self, body: str, scheme: str, moment: Moment) -> Claim:
        """What the registry counts now, as the bytes that the body has to sign at home, once its receipts say so too.

        Raises:
            UnknownError: no such body or scheme here.
            KeyNotInForceError: the body has no event key in force.
            StoreError: the log cannot be read.
        """
        scope = self._scope(body, scheme, moment)
        key = current_key(self._streams.trusted_body(body).keys, Purpose.EVENT, body)
        payload = format_statement(scope, self.count(scope), moment.at)
        return Claim(jws_signing_input(key, STATEMENT, payload), self._editions(moment))

    def record(self, data: bytes, moment: Moment) -> tuple[Statement, Receipt]:
        """Log a statement that its body signed, once it says what the log says.

        Raises:
            FormatError: not a statement.
            RequestError: it is of another log, of a time to come, or of a body or scheme that is not here.
            KeyNotInForceError, SignatureError: another key signed it than the one that the body has in force.
            ProofError: it says something else than the log.
            StoreError: it could not be stored; ConflictError where the body's keys have moved on meanwhile.
        """
        statement = parse_statement(data)
        scope = statement.scope
        if scope.log != self._store.origin:
            raise RequestError(f"the statement is of log {scope.log[:80]}, this one is {self._store.origin}")
        # Read before the keys are: where one changes in between, the log refuses.
        stream = CertificationBody.create_id(scope.body)
        expects = {stream: len(self._store.log.stream(stream))}
        check_jws(statement.jws, current_key(self._streams.trusted_body(scope.body).keys, Purpose.EVENT, scope.body))
        size = self._store.log.head().size
        if scope.size > size or scope.on > moment.today:
            raise RequestError(
                f"the statement speaks of {scope.size} entries on {scope.on}: the log has {size}, on {moment.today}"
            )
        self._check_scheme(scope.scheme, self._editions(moment))
        check_count(statement, self.count(scope))
        return statement, self._store.append_statement(data, expects)

    def count(self, scope: Scope) -> Count:
        """What the log holds; the projection must have taken in the scope's entries.

        Raises:
            TamperedError, FormatError: a row is missing or not one.
        """
        return count_streams(self._lives(scope), scope.on)

    def receipts(self, body: str, moment: Moment, after: int = -1) -> Iterator[tuple[int, bytes]]:
        """The entries of a body's certifications with leaf indexes above ``after``, in order.

        Raises:
            UnknownError: no such body here.
            TamperedError: a row is missing or not one.
        """
        self._streams.body(body)
        size = self._catch_up(moment)
        moved = [standing.stream for standing in self._standings.certifications_of(body) if standing.last_index > after]
        found = (pair for entries in self._entries(moved, size) for pair in entries.items())
        yield from sorted(pair for pair in found if pair[0] > after)

    def _lives(self, scope: Scope) -> Iterator[Mapping[int, bytes]]:
        editions = {e for e, scheme in self._published().items() if scheme == scope.scheme}
        rows = self._standings.certifications_of(scope.body)
        return self._entries([standing.stream for standing in rows if standing.edition in editions], scope.size)

    def _entries(self, streams: Sequence[UUID], size: int) -> Iterator[Mapping[int, bytes]]:
        for page in pages(streams):
            yield from self._store.log.streams(page, size).values()

    def _scope(self, body: str, scheme: str, moment: Moment) -> Scope:
        self._streams.body(body)
        size = self._catch_up(moment)
        self._check_scheme(scheme, self._published())
        return Scope(self._store.origin, body, scheme, size, moment.today)

    def _editions(self, moment: Moment) -> dict[str, str]:
        self._catch_up(moment)
        return self._published()

    def _published(self) -> dict[str, str]:
        """The scheme of every edition."""
        slugs = [standing.edition for standing in self._standings.of_kind("edition")]
        return {slug: self._streams.edition(slug).edition.scheme for slug in slugs}

    def _catch_up(self, moment: Moment) -> int:
        size = self._store.log.head().size
        self._standings.catch_up(size, moment.today)
        return size

    @staticmethod
    def _check_scheme(scheme: str, editions: Mapping[str, str]) -> None:
        if scheme not in editions.values():
            raise UnknownError(f"no edition of scheme {scheme[:40]} is published here")
