"""Publishing: a snapshot of every stream, then the files that prove it.

Order: time entry, projection, status tree, snapshot entry; then tiles, records, checkpoint, and last the file that
names the snapshot. A reader who reads in the reverse order never sees what it cannot prove.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from registry.application.streams import Streams
from registry.database import Database
from registry.database.migration import Migration
from registry.errors import TamperedError
from registry.log.guard import Head
from registry.projections.standings import Standings
from registry.publish.folder import PublicFolder
from registry.publish.records import Records
from registry.publish.status_list import format_status_list
from registry.store.store import Receipt, Store
from registry.vault import Vault
from verifier.checkpoint import claimed_checkpoint
from verifier.encoding import format_base64url, format_day, format_json, legal_day
from verifier.fetch import format_latest, status_list_path
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


@dataclass(frozen=True, slots=True)
class Publication:
    """What was published: the tree's size, the prefix that the snapshot covers, the files written."""

    size: int
    covered: int
    files: int


def _silent(step: str, done: int, total: int) -> None:
    """Tell nobody."""


class Publisher:
    """Publishes one log into one folder; only one publisher of a log may run at a time."""

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
        self._tree: StatusTree | None = None
        self._files = 0

    def publish(self, progress: Progress = _silent) -> Publication:
        """Log a snapshot of everything recorded so far and publish what changed.

        Raises:
            HeadError: the log's head and its guard do not agree.
            SettingError: a file cannot be written.
        """
        self._files = 0
        size, covered = self._position()
        head = self._store.append_time()
        self._standings.catch_up(
            head.size, legal_day(self._clock()), lambda done: progress("projecting", done, head.size)
        )
        receipt = self._snapshot(head, covered)
        checkpoint = self._store.checkpoint()
        reached = claimed_checkpoint(checkpoint).size
        self._publish_tiles(size, reached, progress)
        self._publish_records(covered, head.size, progress)
        self._write("checkpoint", checkpoint)
        (index,) = receipt.indexes
        (entry,) = self._store.log.entries(index, index + 1)
        self._write("snapshot", format_latest(index, entry.body))
        self._keep_position(reached, head.size)
        return Publication(reached, head.size, self._files)

    def publish_again(self, progress: Progress = _silent) -> Publication:
        """Publish everything from the first entry on, into a folder that may have lost files."""
        self._keep_position(0, 0)
        self._tree = None
        return self.publish(progress)

    def unpublished(self) -> tuple[int, frozenset[str]]:
        """How many entries no snapshot covers yet, and of which types they are."""
        _, covered = self._position()
        entries = list(self._store.log.entries(covered, self._store.log.head().size))
        return len(entries), frozenset(entry.topic for entry in entries)

    def _snapshot(self, head: Head, covered: int) -> Receipt:
        tree = self._tree = self._updated_tree(covered)
        root = tree.write_changes(self._write_once)
        day = self._standings.position().day
        listed = format_status_list(day, tree.size, self._standings.states())
        digest = sha256(listed).digest()
        self._write_once(status_list_path(digest), listed)
        return self._store.append_snapshot(
            format_json(
                {
                    "list": {"day": format_day(day), "sha256": format_base64url(digest)},
                    "log": self._store.origin,
                    "root": format_base64url(root),
                    "size": head.size,
                    "streams": tree.size,
                    "type": "snapshot",
                    "v": 1,
                }
            )
        )

    def _updated_tree(self, covered: int) -> StatusTree:
        # The first time in a process the tree is made from all rows; later only what changed moves.
        changed = self._standings.changed_since(0 if self._tree is None else covered)
        tree = self._tree or StatusTree()
        for standing in changed:
            tree.update(standing.status_index, standing.leaf_hash)
        return tree

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

    def _publish_records(self, covered: int, size: int, progress: Progress) -> None:
        changed = self._standings.changed_since(covered)
        for done, (path, content) in enumerate(self._records.files(changed, size), start=1):
            self._write(path, content)
            progress("records", done, len(changed))
        for standing in changed:
            if standing.kind == "edition":
                sha256_of_file = self._streams.edition_stream(standing.edition).aggregate.sha256
                self._write_once(f"scheme/{sha256_of_file.hex()}", self._streams.scheme_file(sha256_of_file))

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
