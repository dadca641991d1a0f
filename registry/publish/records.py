"""The records to publish: streams up to a size, each with the time entries around its events."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from registry.domain.event import PersonalDataErased
from registry.errors import TamperedError
from registry.projections.standings import Standing
from registry.store.reader import LogReader
from registry.vault import Vault
from verifier.bundle import Record, format_record
from verifier.fetch import body_path, edition_path, record_path, transferred_path
from verifier.link import TRANSFERRED_OUT

PAGE: Final = 500


class Records:
    """Makes records from a log, with the numbers that ``vault`` discloses."""

    def __init__(self, log: LogReader, vault: Vault) -> None:
        """Read ``log`` and the numbers of ``vault``."""
        self._log = log
        self._vault = vault
        self._times: list[tuple[int, bytes]] = []

    def files(self, standings: Sequence[Standing], size: int) -> Iterator[tuple[str, bytes]]:
        """The path and content of each stream's record, as of the log's first ``size`` entries."""
        after = self._times[-1][0] if self._times else -1
        self._times += self._log.times(after, size)
        for start in range(0, len(standings), PAGE):
            yield from self._page(standings[start : start + PAGE], size)

    def _page(self, standings: Sequence[Standing], size: int) -> Iterator[tuple[str, bytes]]:
        streams = self._log.streams([standing.stream for standing in standings], size)
        places = dict(self._places(standings))
        for standing in standings:
            if standing.stream in places:
                entries = streams[standing.stream]
                path, disclosures = places[standing.stream]
                record = Record(standing.stream, entries, self._around(list(entries)), disclosures)
                if any(fact.type == TRANSFERRED_OUT for fact in standing.facts):
                    # For its receiver's certification, which must not know this one's number.
                    yield transferred_path(standing.stream), format_record(replace(record, disclosures=()))
                yield path, format_record(record)

    def _places(self, standings: Sequence[Standing]) -> Iterator[tuple[UUID, tuple[str, tuple[str, ...]]]]:
        """Where a stream's record lies and what it discloses; none of an erasure that the standings do not know yet."""
        certifications = [standing for standing in standings if standing.kind == "certification"]
        numbers = self._vault.numbers(standing.stream for standing in certifications)
        erased = self._vault.erased(s.stream for s in certifications if s.stream not in numbers)
        for standing in standings:
            stream = standing.stream
            if standing.kind == "body":
                yield stream, (body_path(standing.body), ())
            elif standing.kind == "edition":
                yield stream, (edition_path(standing.edition), ())
            elif stream in numbers:
                yield stream, (record_path(numbers[stream].number), (numbers[stream].disclosure,))
            elif stream not in erased:
                raise TamperedError(f"certification {stream} has neither a number nor a tombstone: attesto doctor")
            elif any(fact.type == PersonalDataErased.TOPIC for fact in standing.facts):
                yield stream, (record_path(erased[stream]), ())

    def _around(self, indexes: Sequence[int]) -> dict[int, bytes]:
        found: dict[int, bytes] = {}
        for index in indexes:
            place = bisect_left(self._times, index, key=lambda time: time[0])
            found |= dict(self._times[place - 1 : place + 1])
        return found
