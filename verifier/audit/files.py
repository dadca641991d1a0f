"""The published files beside the log: records, status tree, scheme files, each held against what was replayed."""

from collections.abc import Callable, Collection, Iterable, Mapping
from hashlib import sha256
from uuid import UUID

from verifier.audit.editions import check_scheme_file, scheme_profiles
from verifier.audit.findings import Findings
from verifier.audit.overlap import find_overlaps
from verifier.audit.replay import Replay
from verifier.audit.streams import Replayed, next_digest, unpack
from verifier.bundle import Record, parse_record
from verifier.errors import NotFoundError, ProofError, UnavailableError
from verifier.event import Snapshot, parse_event
from verifier.fetch import (
    EDITIONS_PATH,
    body_path,
    edition_path,
    parse_editions,
    parse_latest,
    record_path,
    scheme_path,
    transferred_path,
)
from verifier.opened import ERASED, disclosed_number
from verifier.report import Outcome
from verifier.status_tree import CHUNK_WIDTH, prove_status

Progress = Callable[[str, int, int], None]
Read = Callable[[str], bytes]


class FileCheck:
    """Checks published files against a finished replay of the log's first ``size`` entries."""

    def __init__(self, read: Read, replay: Replay, size: int, findings: Findings) -> None:
        """Read with ``read``, by path."""
        self._read = read
        self._replay = replay
        self._size = size
        self._findings = findings
        self._behind = False

    def check(self, records: Iterable[str] | None, progress: Progress) -> int:
        """Check everything; ``records`` are the paths of the certifications' records, None where nobody lists them.

        Returns:
            How many certifications' records were checked.
        """
        if self._replay.snapshots.latest is None:
            self._findings.add("snapshot", "snapshot", Outcome.NOT_CHECKED, "the log holds no snapshot yet")
            return 0
        index, snapshot, entry = self._replay.snapshots.latest
        self._check_latest(index, entry)
        self._check_status_tree(snapshot, progress)
        self._check_registered()
        self._check_transferred(snapshot)
        if records is None:
            self._note_unlisted()
            return 0
        return self._check_records(records, progress)

    def _check_latest(self, index: int, newest: bytes) -> None:
        with self._findings.check("snapshot", "snapshot"):
            named, entry = parse_latest(self._known("snapshot"))
            if named >= self._size:
                raise UnavailableError("the registry published anew meanwhile")
            self._behind = (named, entry) == self._replay.snapshots.before_latest
            if self._behind:
                raise UnavailableError(f"it names the snapshot before entry {index}: half published, or held back")
            if (named, entry) != (index, newest):
                raise ProofError(f"the file does not name the newest snapshot, entry {index}")

    def _check_status_tree(self, snapshot: Snapshot, progress: Progress) -> None:
        for start in range(0, snapshot.streams, CHUNK_WIDTH):
            with self._findings.check("status", f"status/tree, status indexes from {start} on"):
                prove_status(snapshot.root, snapshot.streams, start, self._known)
            progress("status tree", min(start + CHUNK_WIDTH, snapshot.streams), snapshot.streams)

    def _check_registered(self) -> None:
        profiles: dict[str, frozenset[str]] = {}
        for stream, slug in self._replay.bodies.streams.items():
            self._check_registered_record(body_path(slug), stream)
        for stream, edition in self._replay.editions.streams.items():
            self._check_registered_record(edition_path(edition.slug), stream)
            path = scheme_path(edition.sha256)
            with self._findings.check("scheme", path):
                content = self._known(path)
                if sha256(content).digest() != edition.sha256:
                    raise ProofError("it is not the file that the log names")
                check_scheme_file(edition, content)
                profiles[edition.slug] = scheme_profiles(content)
        self._check_profiles(profiles)
        self._check_editions()

    def _check_profiles(self, profiles: Mapping[str, Collection[str]]) -> None:
        """Check what takes the scheme files of all editions: their ``profiles``, by the slug of the edition."""
        editions = tuple(self._replay.editions.streams.values())
        with self._findings.check("scheme", "the log"):
            for index, reason in find_overlaps(editions, profiles):
                self._findings.add("scheme", index, Outcome.FAILED, reason)
        # Streams are in the order of the log: the first of a scheme is the last to be written here.
        since = {edition.scheme: edition.events[0].index for edition in reversed(editions)}
        of_scheme = {scheme: [edition.slug for edition in editions if edition.scheme == scheme] for scheme in since}
        # A file that could not be read may be the one that has the profile.
        known = {
            scheme: frozenset().union(*(profiles[slug] for slug in slugs))
            for scheme, slugs in of_scheme.items()
            if profiles.keys() >= set(slugs)
        }
        self._replay.bodies.check_profiles(known, since)

    def _check_transferred(self, snapshot: Snapshot) -> None:
        for stream, index in self._replay.transfers.handed_over.items():
            if index < snapshot.size:
                self._check_registered_record(transferred_path(stream), stream)

    def _check_editions(self) -> None:
        editions = self._replay.editions.streams.items()
        covered = tuple(e.slug for stream, e in editions if self._replay.snapshots.find_covered(stream) is not None)
        if not covered:
            return
        with self._findings.check("scheme", EDITIONS_PATH):
            listed = parse_editions(self._known(EDITIONS_PATH))
            if listed != covered and self._behind:
                raise UnavailableError(
                    "it does not list the editions of the newest snapshot: half published, or held back"
                )
            if listed != covered:
                raise ProofError("it does not list the editions that the log names")

    def _check_registered_record(self, path: str, stream: UUID) -> None:
        if self._replay.snapshots.find_covered(stream) is None:
            return
        with self._findings.check("record", path):
            record = parse_record(self._known(path))
            if record.stream != stream:
                raise ProofError("it holds another stream")
            if record.disclosures:
                raise ProofError("it discloses something, which belongs under a number alone")
            self._check_whole(record)

    def _check_records(self, paths: Iterable[str], progress: Progress) -> int:
        total = self._replay.counts["certification"]
        seen: set[int] = set()
        for path in paths:
            with self._findings.check("record", path):
                record = parse_record(self._read(path))
                place = self._check_whole(record).status_index
                again = place in seen
                seen.add(place)
                _check_number(record, path, again=again)
            progress("records", min(len(seen), total), total)
        self._check_none_withheld(seen)
        return len(seen)

    def _check_whole(self, record: Record) -> Replayed:
        """Check that a record holds its stream as of the newest snapshot, and the times around its events.

        Raises:
            ProofError: it does not.
            UnavailableError: it is newer than what was replayed.
        """
        if any(index >= self._size for index in (*record.entries, *record.times)):
            raise UnavailableError("it is newer than the log's head that was read")
        stream = self._replay.snapshots.find_covered(record.stream)
        if stream is None:
            raise ProofError("it holds a stream that no snapshot covers")
        digest = b""
        for index, entry in record.entries.items():
            digest = next_digest(digest, index, sha256(entry).digest())
        if digest != stream.digest and self._behind:
            raise UnavailableError(
                "it does not hold the stream as the newest snapshot has it: half published, or held back"
            )
        if digest != stream.digest:
            raise ProofError(f"it does not hold the stream's {stream.events} events as the log does")
        times = {index: sha256(entry).digest() for index, entry in record.times.items()}
        if times != self._replay.times.around(record.entries):
            raise ProofError("it does not hold the time entries around its events")
        return stream

    def _note_unlisted(self) -> None:
        count = self._replay.counts["certification"]
        if count:
            reason = f"nobody lists the records of {count} certifications, so that they cannot be checked"
            self._findings.add("record", "record/", Outcome.NOT_CHECKED, reason)

    def _check_none_withheld(self, seen: set[int]) -> None:
        streams = map(unpack, self._replay.snapshots.covered.values())
        missing = [s.status_index for s in streams if s.kind == "certification" and s.status_index not in seen]
        if missing:
            reason = (
                f"{len(missing)} certifications have no record that holds, the first at status index {min(missing)}"
            )
            self._findings.add("record", "record/", Outcome.NOT_CHECKED, reason)

    def _known(self, path: str) -> bytes:
        """A file that must be there."""
        try:
            return self._read(path)
        except NotFoundError as error:
            raise UnavailableError(f"the registry withholds {path}") from error


def _check_number(record: Record, path: str, *, again: bool) -> None:
    events = [parse_event(entry) for entry in record.entries.values()]
    if not record.disclosures and any(event.type == ERASED for event in events):
        # Nothing ties the number to the record any more; that it lies in one place alone is what can be held.
        if again:
            raise ProofError("the record of an erased certification lies elsewhere too")
        return
    number = disclosed_number(record, events[0])
    if record_path(number) != path:
        raise ProofError("it lies under another number than its own")
