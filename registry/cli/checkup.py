"""The checks of ``attesto doctor``: each says what it saw, and what to do where something is wrong."""

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final
from uuid import UUID

from keys.ceremony import BODY_PURPOSES
from keys.errors import HolderErasedError, SealingError
from keys.signer import Purpose
from registry.bootstrap import Attesto
from registry.cli.progress import Tell
from registry.cli.register import caught_up, history_of
from registry.errors import ForkError, GuardMissingError, RestoredError, TamperedError
from registry.settings import Settings
from verifier.checkpoint import Checkpoint, open_checkpoint
from verifier.encoding import format_instant
from verifier.errors import AttestoError, NotFoundError
from verifier.event import parse_snapshot, parse_time
from verifier.fetch import FolderSource, parse_latest
from verifier.merkle import Frontier, leaf_hash, subtree_root
from verifier.tiles import entries_path, new_tiles, tile_path
from verifier.trust import parse_trust_root

_PAGE: Final = 1000
_SEAL_RENEWAL: Final = timedelta(days=30)
_PUBLISH: Final = "attesto publish"
_PUBLISH_ALL: Final = "attesto publish --all"
_ADVICE: Final[dict[type[AttestoError], str]] = {
    GuardMissingError: "if the guard was lost and you know why: attesto log adopt-head",
    RestoredError: "restore a newer copy of the database; never sign on (docs/operations.md)",
    ForkError: "stop: two logs bear one name (docs/operations.md)",
    TamperedError: "restore the database; attesto audit on a public copy says since when",
    SealingError: "the seal's settings, certificate and time-stamps (docs/operations.md)",
}


class Level(StrEnum):
    """How bad it is."""

    GOOD = "ok"
    WARNING = "warning"
    WRONG = "WRONG"


@dataclass(frozen=True, slots=True)
class Complaint:
    """What one check saw, and what to do about it."""

    check: str
    level: Level
    says: str
    advice: str = ""


def _good(check: str, says: str) -> Complaint:
    return Complaint(check, Level.GOOD, says)


def check_files(settings: Settings) -> Iterator[Complaint]:
    """Check what needs no registry open: secrets and volumes."""
    secrets = [settings.passphrase_file, settings.api_tokens_file, settings.holder_keys_file]
    secrets += [settings.seal_key_file, settings.seal_passphrase_file]
    places = [*map(settings.path, secrets), *settings.path(settings.keys_folder).rglob("*.*")]
    wide = [path for path in places if path.is_file() and _wide(path)]
    for path in wide:
        yield Complaint("secrets", Level.WRONG, f"{path} is open to others than its owner", f"chmod 600 {path}")
    if not wide:
        yield _good("secrets", "every file with a secret is its owner's alone")
    yield _check_volumes(settings)


def _wide(path: Path) -> bool:
    """Whether a file is open to others that could be closed to them."""
    # A container's secret is mounted read-only, with the mode and the owner that its host gave it.
    mounted_read_only = os.statvfs(path).f_flag & os.ST_RDONLY
    return not mounted_read_only and bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def _check_volumes(settings: Settings) -> Complaint:
    guard = settings.path(settings.guard_file)
    scheme, _, place = settings.database.partition("sqlite:///")
    if scheme or not guard.exists():
        return _good("volumes", "the database is not on this machine's volumes")
    if guard.stat().st_dev == Path(place).stat().st_dev:
        says = "the guard and the database are on one volume: a restored volume would take the guard back in time too"
        return Complaint(
            "volumes", Level.WARNING, says, "setting guard_file: another volume, not restored with this one"
        )
    return _good("volumes", "the guard and the database are on two volumes")


def check_registry(attesto: Attesto, at: datetime, tell: Tell) -> Iterator[Complaint]:
    """Check an open registry, as of the instant ``at`` (UTC)."""
    yield from _safely("guard", lambda: _check_guard(attesto))
    yield from _safely("rows", lambda: _check_rows(attesto, tell))
    yield from _safely("projection", lambda: _check_projection(attesto))
    yield from _safely("keys", lambda: _check_keys(attesto))
    yield from _safely("trust root", lambda: _check_trust_root(attesto))
    yield from _safely("published", lambda: _check_published(attesto))
    yield from _safely("snapshot", lambda: _check_snapshot(attesto, at))
    yield from _safely("seal", lambda: _check_seal(attesto, at))
    yield from _safely("erasures", lambda: _check_erasures(attesto, tell))


def _safely(check: str, run: Callable[[], Complaint]) -> Iterator[Complaint]:
    try:
        yield run()
    except AttestoError as error:
        yield Complaint(check, Level.WRONG, str(error), _ADVICE.get(type(error), ""))


def _check_guard(attesto: Attesto) -> Complaint:
    attesto.store.check_head()
    return _good(
        "guard", f"the guard agrees with the log, and its last row is there: {attesto.store.log.head().size} entries"
    )


def _check_rows(attesto: Attesto, tell: Tell) -> Complaint:
    head, frontier = attesto.store.log.head(), Frontier()
    altered: int | None = None
    log = attesto.store.log
    for entry, nodes in zip(log.entries(0, head.size), log.nodes(0, head.size), strict=True):
        frontier, completed = frontier.append(leaf_hash(entry.body))
        if altered is None and nodes != b"".join(completed):
            altered = entry.index
        if frontier.size % _PAGE == 0 or frontier.size == head.size:
            tell("hashing rows", frontier.size, head.size)
    if frontier.root != head.root:
        raise TamperedError(f"the {head.size} rows do not hash to the log's root: one was altered, or two were swapped")
    if altered is not None:
        raise TamperedError(f"the hashes stored with entry {altered} are not those of the rows: they were altered")
    return _good("rows", f"all {head.size} rows hash to the log's root")


def _check_projection(attesto: Attesto) -> Complaint:
    position, size = attesto.standings.position().size, attesto.store.log.head().size
    if position > size:
        return Complaint("projection", Level.WRONG, f"it is ahead of the log: {position} of {size}", "attesto rebuild")
    return _good("projection", f"it has taken in {position} of {size} entries")


def _check_keys(attesto: Attesto) -> Complaint:
    size = attesto.store.log.head().size
    bodies = [standing.body for standing in caught_up(attesto, "body")]
    hosted = [s for s in bodies if any(attesto.key_set.generations(s, purpose) for purpose in BODY_PURPOSES)]
    for slug in hosted:
        for purpose in (Purpose.EVENT, Purpose.TOKEN):
            current = attesto.key_set.current(slug, purpose).public_key
            records = [r for r in history_of(attesto, slug).keys if r.purpose == purpose and r.in_force(size)]
            if current not in [record.key for record in records]:
                says = f"the key set's current {purpose} key of {slug} is not in force in the log"
                return Complaint(
                    "keys", Level.WRONG, says, f"attesto key list; attesto key rotate, or enrol {slug}'s key"
                )
    at_home = f"; {len(bodies) - len(hosted)} keep theirs at home" if len(bodies) > len(hosted) else ""
    return _good("keys", f"the keys of {len(hosted)} bodies open, and are in force in the log{at_home}")


def _check_trust_root(attesto: Attesto) -> Complaint:
    path = attesto.settings.path(attesto.settings.trust_file)
    if not path.is_file():
        return Complaint("trust root", Level.WRONG, f"{path} is missing", _PUBLISH)
    written, wanted = parse_trust_root(path.read_bytes()), attesto.trust_root()
    keys = (written.log_key, written.operator_key, written.bodies, written.seal_roots)
    if keys != (wanted.log_key, wanted.operator_key, wanted.bodies, wanted.seal_roots):
        return Complaint("trust root", Level.WARNING, "it is older than the newest key or body", _PUBLISH)
    return _good("trust root", f"it names the log's, the operator's and {len(wanted.bodies)} bodies' keys as they are")


def _check_published(attesto: Attesto) -> Complaint:
    settings = attesto.settings
    public = settings.path(settings.public_folder)
    try:
        checkpoint = _published_checkpoint(attesto, public)
    except NotFoundError:
        return Complaint("published", Level.WARNING, "nothing is published yet", _PUBLISH)
    size = attesto.store.log.head().size
    if checkpoint.size > size:
        raise RestoredError(f"{checkpoint.size} entries were published, but the database holds {size}: it is older")
    if subtree_root(checkpoint.size, attesto.store.log.subtree) != checkpoint.root_hash:
        raise ForkError(f"the published log differs from the database's at size {checkpoint.size}")
    for level, index, width in new_tiles(0, checkpoint.size):
        paths = [tile_path(level, index, width)] + ([entries_path(index, width)] if level == 0 else [])
        if missing := [path for path in paths if not (public / path).is_file()]:
            return Complaint("published", Level.WRONG, f"{missing[0]} is missing", _PUBLISH_ALL)
    waiting = size - checkpoint.size
    return _good("published", f"the checkpoint and its tiles are the log's; {waiting} entries wait for the next time")


def _published_checkpoint(attesto: Attesto, public: Path) -> Checkpoint:
    trust = attesto.trust_root()
    return open_checkpoint(FolderSource(public).read("checkpoint"), trust.origin, trust.log_key)


def _check_snapshot(attesto: Attesto, at: datetime) -> Complaint:
    settings = attesto.settings
    try:
        index, entry = parse_latest(FolderSource(settings.path(settings.public_folder)).read("snapshot"))
    except NotFoundError:
        return Complaint("snapshot", Level.WARNING, "there is none yet", _PUBLISH)
    (stored,) = attesto.store.log.entries(index, index + 1)
    if stored.body != entry:
        raise TamperedError(f"the published snapshot is not the log's entry {index}")
    closing = parse_snapshot(entry).size - 1
    (time,) = attesto.store.log.entries(closing, closing + 1)
    taken_at = parse_time(time.body).at
    age = at - taken_at
    if age > timedelta(seconds=settings.snapshot_max_age):
        says = f"the newest is of {format_instant(taken_at)}: every verdict is 'could not be checked'"
        return Complaint("snapshot", Level.WRONG, says, f"{_PUBLISH}, and find out why nobody did")
    return _good("snapshot", f"the newest is of {format_instant(taken_at)}, {int(age.total_seconds())} seconds old")


def _check_seal(attesto: Attesto, at: datetime) -> Complaint:
    sealer = attesto.sealer()
    if sealer is None:
        return _good("seal", "documents are not sealed: no seal is configured")
    sealer.try_out()
    expires_at = sealer.key.expires_at
    says = f"a document is sealed and its seal holds; its certificate is good until {format_instant(expires_at)}"
    if expires_at - at < _SEAL_RENEWAL:
        return Complaint("seal", Level.WARNING, says, "have it renewed: past that instant nothing is sealed")
    return _good("seal", says)


def _check_erasures(attesto: Attesto, tell: Tell) -> Complaint:
    left = attesto.registry.remains.complete()
    with attesto.database.snapshot() as reading:
        holders = [UUID(bytes=bytes(row[0])) for row in reading.rows("SELECT holder FROM holder")]  # type: ignore[arg-type]
    revived = 0
    for done, holder in enumerate(holders, start=1):
        revived += _erased(attesto, holder)
        if done % _PAGE == 0 or done == len(holders):
            tell("holders", done, len(holders))
    if revived:
        says = f"the rows of {revived} erased persons are back, and the log tells of no erasure: a backup was restored"
        return Complaint("erasures", Level.WRONG, says, "attesto erase (docs/operations.md)")
    if left.nameless:
        says = f"{len(left.nameless)} erased certifications have lost their number: their records cannot be published"
        return Complaint("erasures", Level.WRONG, says, "restore the tombstones (docs/operations.md)")
    if left.graves:
        says = f"of {len(left.graves)} erased certifications rows or keys were back, and are erased again"
        return Complaint("erasures", Level.WARNING, says, "look for the backup that was restored")
    return _good("erasures", f"the data keys of all {len(holders)} holders open, and of who was erased nothing is left")


def _erased(attesto: Attesto, holder: UUID) -> bool:
    try:
        attesto.vault.keys.open(holder)
    except HolderErasedError:
        return True
    return False
