"""The public files of a story, in memory, as a registry would publish them."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.verifier.story import (
    BODY,
    BODY_STREAM,
    CERTIFICATION,
    EDITION,
    EDITION_STREAM,
    NUMBER_DISCLOSURE,
    Story,
)
from verifier.bundle import format_record
from verifier.errors import NotFoundError, UnavailableError
from verifier.fetch import format_latest
from verifier.merkle import leaf_hash
from verifier.status_tree import StatusTree
from verifier.tiles import entries_path, format_entries, new_tiles, tile_path

# SHA-256 of "0000000000000" by another tool: printf 0000000000000 | sha256sum
RECORD = "record/af/af53aaf87656940fccd31afc9a799fb65b14ca21ceacfe3a4536951a8699b78a"


def published(story: Story) -> dict[str, bytes]:
    """The public files of a story of at most 256 entries, by their documented places."""
    files: dict[str, bytes] = {}
    for level, index, width in new_tiles(0, len(story.entries)):
        files[tile_path(level, index, width)] = b"".join(map(leaf_hash, story.entries))
        files[entries_path(index, width)] = format_entries(story.entries)
    StatusTree(story.leaves(story.covering)).write_changes(files.__setitem__)
    files[f"body/{BODY}"] = format_record(story.record(BODY_STREAM))
    files[f"edition/{EDITION}"] = format_record(story.record(EDITION_STREAM))
    files[RECORD] = format_record(story.record(CERTIFICATION, NUMBER_DISCLOSURE))
    return files | {
        "checkpoint": story.checkpoint(),
        "snapshot": format_latest(story.covering, story.entries[story.covering]),
    }


@dataclass
class Files:
    """Public files in memory, of which the test may change some while they are read."""

    files: dict[str, bytes]
    reads: list[str] = field(default_factory=list)
    silent: str = "-"
    before: Callable[[str], None] = lambda path: None

    def read(self, path: str) -> bytes:
        self.before(path)
        self.reads.append(path)
        if path.startswith(self.silent):
            raise UnavailableError("the registry does not answer")
        if path not in self.files:
            raise NotFoundError(f"there is no file {path}")
        return self.files[path]
