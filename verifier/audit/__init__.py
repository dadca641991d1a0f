"""The audit: everything a registry published, replayed from the public files and a trust root alone.

The log's entries are read once, in order, and make the tree, the streams, the keys, the accreditations and every
snapshot anew; what the registry published must be the same to the octet. Nothing here believes the registry, and the
registry's own program is not needed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from verifier.audit.files import FileCheck
from verifier.audit.findings import CHECKS, Finding, Findings
from verifier.audit.replay import Replay
from verifier.audit.statements import Stated
from verifier.audit.tree import TileCheck
from verifier.checkpoint import Checkpoint, open_checkpoint
from verifier.errors import NotFoundError, ProofError, UnavailableError
from verifier.fetch import Source
from verifier.merkle import EMPTY_ROOT, leaf_hashes
from verifier.report import ExitCode, Outcome
from verifier.tiles import TILE_WIDTH, entries_path, parse_entries
from verifier.trust import TrustRoot

Progress = Callable[[str, int, int], None]
Take = Callable[[int, Sequence[bytes]], None]


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit saw: the log's head, how much of what, each check's outcome, and every finding.

    ``counts`` names events, times, snapshots, statements, certification, body, edition and record; ``unlisted`` counts
    the findings past the first thousand; ``statements`` are the newest of each body and scheme that hold.
    """

    origin: str
    size: int
    root_hash: bytes
    counts: Mapping[str, int]
    outcomes: Mapping[str, Outcome]
    findings: tuple[Finding, ...]
    unlisted: int = 0
    statements: tuple[Stated, ...] = ()

    @property
    def exit_code(self) -> ExitCode:
        """What a program hears: 0 nothing found, 3 something failed, 4 something could not be checked."""
        if Outcome.FAILED in self.outcomes.values():
            return ExitCode.FAILED
        return ExitCode.NOT_CHECKED if Outcome.NOT_CHECKED in self.outcomes.values() else ExitCode.IN_FORCE


def silent(step: str, done: int, total: int) -> None:
    """Tell nobody."""


def audit(
    source: Source,
    trust: TrustRoot,
    records: Iterable[str] | None = None,
    progress: Progress = silent,
    now: datetime | None = None,
) -> Audit:
    """Replay a registry from its public files.

    Args:
        source: the public files.
        trust: whom to believe.
        records: the paths of the certifications' records where they can be listed, as in a folder; None else.
        progress: hears the step, how much is done and of how much.
        now: the present instant (UTC), which the log must not be ahead of; None where there is no clock to hold it to.

    Returns:
        All that was found; nothing that the registry publishes raises.
    """
    findings = Findings()
    replay = Replay(trust, source.read, findings)
    checkpoint = Checkpoint(trust.origin, 0, EMPTY_ROOT)
    checked = None
    with findings.check("checkpoint", "checkpoint"):
        checkpoint = read_head(source, trust)
        if read_entries(source, checkpoint, replay.take_all, findings, progress):
            replay.finish(checkpoint.size, now)
            checked = FileCheck(source.read, replay, checkpoint.size, findings).check(records, progress)
    if checked is None:
        findings.stop()
    return conclude(checkpoint, {**replay.counts, "record": checked or 0}, findings, replay.statements.newest)


def read_head(source: Source, trust: TrustRoot) -> Checkpoint:
    """The log's head, signed by the log's key and no older than the trust root.

    Raises:
        UnavailableError: there is none.
        FormatError, SignatureError, TrustError: it is not one of this log's.
        ProofError: it is older.
    """
    try:
        checkpoint = open_checkpoint(source.read("checkpoint"), trust.origin, trust.log_key)
    except NotFoundError as error:
        raise UnavailableError(
            "there is no checkpoint: this is no registry's public folder, or it is withheld"
        ) from error
    if checkpoint.size < trust.as_of_size:
        raise ProofError(
            f"the log has {checkpoint.size} entries, but had {trust.as_of_size} when the trust root was made"
        )
    return checkpoint


def read_entries(source: Source, checkpoint: Checkpoint, take: Take, findings: Findings, progress: Progress) -> bool:
    """Hand every bundle's entries to ``take``, and hold the tree that they make against the tiles and the head.

    Returns:
        False where one bundle could not be had, so that nothing after it can be judged.
    """
    tiles = TileCheck(source.read, findings)
    for start in range(0, checkpoint.size, TILE_WIDTH):
        width = min(TILE_WIDTH, checkpoint.size - start)
        path = entries_path(start // TILE_WIDTH, width)
        entries: tuple[bytes, ...] = ()
        with findings.check("entry", path):
            entries = parse_entries(source.read(path), width)
        if not entries:
            return False
        tiles.add(leaf_hashes(entries))
        take(start, entries)
        progress("entries", start + width, checkpoint.size)
    with findings.check("root", "checkpoint"):
        if tiles.finish() != checkpoint.root_hash:
            raise ProofError(f"the {checkpoint.size} entries do not make the root that the head names")
    return True


def conclude(
    checkpoint: Checkpoint, counts: Mapping[str, int], findings: Findings, statements: tuple[Stated, ...] = ()
) -> Audit:
    """What an audit of the log under ``checkpoint`` came to."""
    outcomes = {name: findings.outcome(name) for name in CHECKS}
    unlisted = findings.count(Outcome.FAILED) + findings.count(Outcome.NOT_CHECKED) - len(findings.listed)
    listed = tuple(findings.listed)
    return Audit(
        checkpoint.origin, checkpoint.size, checkpoint.root_hash, counts, outcomes, listed, unlisted, statements
    )
