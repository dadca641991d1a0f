"""Publishing: a snapshot of every stream, then the files that prove it.

Order: time entry, projection, status tree, snapshot entry; then tiles, checkpoint, records, and last the file that
names the snapshot. A reader who reads snapshot, records, checkpoint, tiles never sees what it cannot prove.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from hashlib import sha256
from typing import Final

from registry.application.streams import Streams
from registry.database import Database
from registry.database.migration import Migration
from registry.errors import ConflictError, TamperedError
from registry.log.guard import Head
from registry.projections.standings import Standing, Standings
from registry.publish.folder import PublicFolder
from registry.publish.records import Records
from registry.publish.status_list import format_status_list
from registry.store.store import Store
from registry.store.submission import Receipt
from registry.vault import Vault
from verifier.checkpoint import claimed_checkpoint
from verifier.encoding import format_base64url, format_day, format_json, legal_day
from verifier.fetch import EDITIONS_PATH, format_editions, format_latest, scheme_path, status_list_path
from verifier.status import State
from verifier.status_tree import StatusTree
from verifier.tiles import TILE_HEIGHT, TILE_WIDTH, entries_path, format_entries, new_tiles, tile_path

PUBLISHED: Final = Migration(
    "published",
    (
        "CREATE TABLE published (id INTEGER PRIMARY KEY CHECK (id = 1), size BIGINT NOT NULL, covered BIGINT NOT NULL)",
        "INSERT INTO published VALUES (1, 0, 0)",
    ),
)
Progress = Callable[[str, int, int], None]
_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class Publication:
    """What was published: the tree's size, the prefix that the snapshot covers, the files written."""

    size: int
    covered: int
    files: int


@dataclass(frozen=True, slots=True)
class Projected:
    """The projection of one head: its day, the streams that changed, every certification's state, every edition."""

    head: Head
    day: date
    changed: Sequence[Standing]
    states: Sequence[tuple[int, State]]
    editions: Sequence[str]


def _silent(step: str, done: int, total: int) -> None:
    """Tell nobody."""


def _tell_projected(progress: Progress, size: int, done: int) -> None:
    progress("projecting", done, size)


class Publisher:
    """Publishes one log into one folder; publishers of several processes take turns."""

    def __init__(
        self,
        database: Database,
        store: Store,
        streams: Streams,
        standings: Standings,
        vault: Vault,
        folder: PublicFolder,
        clock: Callable[[], datetime],
    ) -> None:
        """Publish the log of ``store`` into ``folder``."""
        self._database = database
        self._store = store
        self._streams = streams
        self._standings = standings
        self._records = Records(store.log, vault)
        self._folder = folder
        self._clock = clock
        # Made from all rows the first time; later only what changed since moves.
        self._tree = StatusTree()
        self._tree_covers = 0
        self._files = 0

    def publish(self, progress: Progress = _silent) -> Publication:
        """Log a snapshot of everything recorded so far and publish what changed.

        Raises:
            HeadError: the log's head and its guard do not agree.
            ConflictError: other processes move the projection all the time.
            TamperedError: a row is missing or not one.
            SettingError: a file cannot be written.
        """
        with self._folder.held():
            return self._publish(progress)

    def publish_again(self, progress: Progress = _silent) -> Publication:
        """Publish everything from the first entry on, into a folder that may have lost files.

        Raises:
            HeadError: the log's head and its guard do not agree.
            SettingError: a file cannot be written.
        """
        with self._folder.held():
            self._keep_position(0, 0)
            self._tree, self._tree_covers = StatusTree(), 0
            return self._publish(progress)

    def size(self) -> int:
        """How many entries the newest published checkpoint has.

        Raises:
            TamperedError: the row that says so is missing.
        """
        return self._position()[0]

    def covered(self) -> int:
        """The prefix of the log that the newest published snapshot covers.

        Raises:
            TamperedError: the row that says so is missing.
        """
        return self._position()[1]

    def _publish(self, progress: Progress) -> Publication:
        self._files = 0
        size, covered = self._position()
        projected = self._projected(covered, progress)
        head = projected.head
        receipt = self._snapshot(projected)
        checkpoint = self._store.checkpoint()
        reached = claimed_checkpoint(checkpoint).size
        self._publish_tiles(size, reached, progress)
        changed = [standing for standing in projected.changed if standing.last_index >= covered]
        # The head first: a record that is newer than the head could not be proven until that is there too.
        self._write("checkpoint", checkpoint)
        self._publish_records(changed, head.size, progress)
        self._publish_schemes(changed, projected.editions)
        (index,) = receipt.indexes
        (entry,) = self._store.log.entries(index, index + 1)
        self._write("snapshot", format_latest(index, entry.body))
        self._folder.sync()
        self._keep_position(reached, head.size)
        return Publication(reached, head.size, self._files)

    def _projected(self, covered: int, progress: Progress) -> Projected:
        """The log closed by a time entry, and the projection of exactly that, read while no other process moves it.

        Raises:
            ConflictError: others move it all the time.
        """
        for _ in range(_TRIES):
            head = self._store.append_time()
            tell = partial(_tell_projected, progress, head.size)
            self._standings.catch_up(head.size, legal_day(self._clock()), tell)
            before = self._standings.position()
            changed = self._standings.changed_since(min(covered, self._tree_covers))
            states = self._standings.states()
            editions = [standing.edition for standing in self._standings.of_kind("edition")]
            if before == self._standings.position() and before.size == head.size:
                return Projected(head, before.day, changed, states, editions)
        raise ConflictError("the projection moves on while it is read")

    def _snapshot(self, projected: Projected) -> Receipt:
        head, tree = projected.head, self._tree
        for standing in projected.changed:
            tree.update(standing.status_index, standing.leaf_hash)
        root = tree.write_changes(self._write_once)
        self._tree_covers = head.size
        listed = format_status_list(projected.day, tree.size, projected.states)
        digest = sha256(listed).digest()
        self._write_once(status_list_path(digest), listed)
        return self._store.append_snapshot(
            format_json(
                {
                    "list": {"day": format_day(projected.day), "sha256": format_base64url(digest)},
                    "log": self._store.origin,
                    "root": format_base64url(root),
                    "size": head.size,
                    "streams": tree.size,
                    "type": "snapshot",
                    "v": 1,
                }
            )
        )

    def _publish_tiles(self, old_size: int, new_size: int, progress: Progress) -> None:
        for level, index, width in new_tiles(old_size, new_size):
            start = index * TILE_WIDTH
            self._write(
                tile_path(level, index, width), self._store.log.node_hashes(level * TILE_HEIGHT, start, start + width)
            )
            if level == 0:
                entries = self._store.log.entries(start, start + width)
                self._write(entries_path(index, width), format_entries(entry.body for entry in entries))
                progress("tiles", start + width, new_size)

    def _publish_records(self, changed: Sequence[Standing], size: int, progress: Progress) -> None:
        for done, (path, content) in enumerate(self._records.files(changed, size), start=1):
            self._write(path, content)
            # One that was transferred has two files.
            progress("records", min(done, len(changed)), len(changed))

    def _publish_schemes(self, changed: Sequence[Standing], editions: Sequence[str]) -> None:
        changed_editions = [standing.edition for standing in changed if standing.kind == "edition"]
        for edition in changed_editions:
            digest = self._streams.edition_stream(edition).aggregate.sha256
            self._write_once(scheme_path(digest), self._streams.scheme_file(digest))
        if changed_editions:
            # Last, so that whatever it lists is there.
            self._write(EDITIONS_PATH, format_editions(editions))

    def _write(self, path: str, content: bytes) -> None:
        self._folder.write(path, content)
        self._files += 1

    def _write_once(self, path: str, content: bytes) -> None:
        self._folder.write_once(path, content)
        self._files += 1

    def _position(self) -> tuple[int, int]:
        with self._database.snapshot() as reading:
            rows = reading.rows("SELECT size, covered FROM published WHERE id = 1")
        match rows:
            case [(int(size), int(covered))]:
                return size, covered
        raise TamperedError("the row of what is published is missing")

    def _keep_position(self, size: int, covered: int) -> None:
        with self._database.transaction() as transaction:
            transaction.execute("UPDATE published SET size = ?, covered = ? WHERE id = 1", (size, covered))
