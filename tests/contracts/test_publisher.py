"""What is published proves itself to a reader who has the files and a trust root alone, at every moment."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from registry.errors import RestoredError, SettingError, TamperedError
from registry.publish.folder import PublicFolder
from tests.contracts.parts import Parts, Place, Wrapping, found, grant, open_parts, reissue, suspend, withdraw
from tests.contracts.submissions import bodies
from tests.contracts.tampering import force
from verifier.audit import Audit, audit
from verifier.checkpoint import open_checkpoint
from verifier.encoding import legal_day
from verifier.errors import NotFoundError
from verifier.fetch import FolderSource, fetch_bundle, parse_latest, record_path
from verifier.merkle import leaf_hash, root_hash
from verifier.report import Outcome, Question, Report, Verdict
from verifier.tiles import TILE_WIDTH, entries_path, parse_entries, tile_path
from verifier.trust import TrustRoot
from verifier.verify import verify


def ask(parts: Parts, number: str, token: bytes | None = None, at: datetime | None = None) -> Report:
    """What a verifier says who has the public files and the trust root."""
    now = at or parts.clock()
    obtain = partial(fetch_bundle, FolderSource(parts.place.public), number)
    return verify(parts.trust(), Question(legal_day(now), now, now), obtain, number, token)


def audited(parts: Parts, trust: TrustRoot | None = None) -> Audit:
    public = parts.place.public
    paths = sorted(path.relative_to(public).as_posix() for path in public.glob("record/*/[!.]*"))
    return audit(FolderSource(public), trust or parts.trust(), paths)


def files(parts: Parts) -> dict[str, tuple[int, bytes]]:
    """Every published file: which file it is on the disk, and what it holds."""
    public = parts.place.public
    paths = (path for path in public.rglob("*") if path.is_file())
    return {path.relative_to(public).as_posix(): (path.stat().st_ino, path.read_bytes()) for path in paths}


def test_every_certification_is_what_the_verifier_says_it_is(parts: Parts) -> None:
    answers = {command: parts.registry.decide(grant()) for command in (reissue, suspend, withdraw)}
    untouched = parts.registry.decide(grant("Łukasz Żółć"))
    reissued = parts.registry.decide(reissue(answers[reissue].number))
    for command in (suspend, withdraw):
        parts.registry.decide(command(answers[command].number))
    parts.clock.pass_by(minutes=5)
    parts.publisher.publish()

    for answer, token, verdict in (
        (untouched, untouched.token, Verdict.IN_FORCE),
        (answers[reissue], reissued.token, Verdict.IN_FORCE),
        (answers[reissue], answers[reissue].token, Verdict.SUPERSEDED),
        (answers[suspend], answers[suspend].token, Verdict.NOT_IN_FORCE),
        (answers[withdraw], None, Verdict.NOT_IN_FORCE),
    ):
        report = ask(parts, answer.number, token)

        assert report.verdict == verdict
        assert {check.outcome for check in report.checks} == {Outcome.PASSED}
    assert ask(parts, "0000000000000").verdict == Verdict.NO_RECORD


def test_an_auditor_accepts_every_publication(parts: Parts) -> None:
    numbers = [parts.registry.decide(grant()).number for _ in range(3)]
    for change in (reissue, suspend, withdraw, None):
        parts.clock.pass_by(hours=30)
        if change is not None:
            parts.registry.decide(change(numbers.pop()))
            parts.registry.decide(grant())

        published = parts.publisher.publish()

        report = audited(parts)
        assert report.findings == ()
        assert set(report.outcomes.values()) == {Outcome.PASSED}
        assert published.size == report.size == parts.store.log.head().size


def test_tiles_and_bundles_are_those_of_the_tree_over_all_entries(parts: Parts) -> None:
    widths: list[int] = []
    for count in (3, 140, 1, 200):
        parts.registry.decide_all([grant() for _ in range(count)])
        widths.append(parts.publisher.publish().size)

    entries = bodies(parts)
    leaves = [leaf_hash(body) for body in entries]
    nodes = [leaves, [root_hash(leaves[i : i + 256]) for i in range(0, len(leaves) - 255, 256)]]
    source, size = FolderSource(parts.place.public), widths[-1]
    assert size > 2 * TILE_WIDTH
    for level, hashes in enumerate(nodes):
        whole = size >> 8 * level
        for index in range(-(-whole // TILE_WIDTH)):
            width = min(TILE_WIDTH, whole - index * TILE_WIDTH)
            first = index * TILE_WIDTH
            assert source.read(tile_path(level, index, width)) == b"".join(hashes[first : first + width])
            if level == 0:
                bundle = parse_entries(source.read(entries_path(index, width)), width)
                assert list(bundle) == entries[first : first + width]
    checkpoint = open_checkpoint(source.read("checkpoint"), parts.store.origin, parts.log_verifier)
    assert (checkpoint.size, checkpoint.root_hash) == (size, root_hash(leaves[:size]))


def test_partial_tiles_of_an_earlier_checkpoint_stay_and_are_prefixes_of_the_later(parts: Parts) -> None:
    parts.registry.decide(grant())
    early = parts.publisher.publish().size
    parts.registry.decide(grant())
    late = parts.publisher.publish().size

    source = FolderSource(parts.place.public)
    for path in (tile_path, lambda _, index, width: entries_path(index, width)):
        assert source.read(path(0, 0, late)).startswith(source.read(path(0, 0, early)))


def test_publishing_again_without_news_writes_no_record_and_no_status_anew(parts: Parts) -> None:
    parts.registry.decide_all([grant() for _ in range(5)])
    parts.publisher.publish()
    before = files(parts)

    parts.publisher.publish()

    after = files(parts)
    assert {path for path in before if after[path] != before[path]} == {"checkpoint", "snapshot"}
    size = parts.store.log.head().size
    assert after.keys() - before.keys() == {tile_path(0, 0, size), entries_path(0, size)}
    assert audited(parts).findings == ()


def test_a_publisher_of_another_process_goes_on_where_the_last_one_ended(place: Place) -> None:
    with open_parts(place) as parts:
        found(parts)
        parts.registry.decide_all([grant() for _ in range(5)])
        parts.publisher.publish()
        before = files(parts)
    with open_parts(place) as parts:
        parts.registry.decide(grant())
        parts.publisher.publish()

        changed = {
            path for path, file in files(parts).items() if path.startswith("record/") and file != before.get(path)
        }
        assert len(changed) == 1
        assert audited(parts).findings == ()


def test_files_that_were_lost_are_restored_by_publishing_everything_again(parts: Parts) -> None:
    numbers = [parts.registry.decide(grant()).number for _ in range(5)]
    parts.publisher.publish()
    parts.registry.decide(withdraw(numbers[0]))
    parts.publisher.publish()
    kept = [path for path in parts.place.public.rglob("*") if path.is_file()]
    for lost in (random.Random(1).sample(kept, len(kept) // 2), kept):  # noqa: S311  any half will do
        for path in lost:
            path.unlink(missing_ok=True)
        assert audited(parts).findings

        parts.publisher.publish_again()

        assert audited(parts).findings == ()
        assert ask(parts, numbers[0]).verdict == Verdict.NOT_IN_FORCE
        assert ask(parts, numbers[1]).verdict == Verdict.IN_FORCE


@dataclass
class Watched:
    """A folder that is looked at before the first file and after each."""

    folder: PublicFolder
    look: Callable[[], None] = lambda: None

    def write(self, path: str, content: bytes) -> None:
        self.folder.write(path, content)
        self.look()

    def write_once(self, path: str, content: bytes) -> None:
        self.folder.write_once(path, content)
        self.look()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.folder, name)


def test_a_reader_in_between_never_hears_of_a_forgery_and_never_a_wrong_answer(place: Place) -> None:
    watched: list[Watched] = []

    def watch(folder: PublicFolder) -> PublicFolder:
        watched.append(Watched(folder))
        return watched[0]

    with open_parts(place, wrapping=Wrapping(folder=watch)) as parts:
        found(parts)
        standing, ended, both = (parts.registry.decide(grant()) for _ in range(3))
        heard: dict[str, list[Verdict]] = {answer.number: [] for answer in (standing, ended, both)}
        audits: list[list[tuple[str, int | str]]] = []
        trust = parts.trust()

        def look() -> None:
            for answer in (standing, ended, both):
                heard[answer.number].append(ask(parts, answer.number).verdict)
            failed = [finding for finding in audited(parts, trust).findings if finding.outcome == Outcome.FAILED]
            audits.append([(finding.check, finding.place) for finding in failed])

        watched[0].look = look
        parts.publisher.publish()
        first = {number: list(verdicts) for number, verdicts in heard.items()}
        for verdicts in heard.values():
            verdicts.clear()
        parts.clock.pass_by(minutes=1)
        for command in (withdraw(ended.number), reissue(both.number), suspend(both.number), *[grant()] * 3):
            parts.registry.decide(command)
        parts.publisher.publish()

    # The first time: no record, then one that cannot be proven yet, then the answer. It never turns back.
    unknown, unproven = Verdict.NO_RECORD, Verdict.COULD_NOT_BE_CHECKED
    for verdicts in first.values():
        assert list(dict.fromkeys(verdicts)) in ([unproven, Verdict.IN_FORCE], [unknown, unproven, Verdict.IN_FORCE])
        assert verdicts == sorted(verdicts, key=list(dict.fromkeys(verdicts)).index)
    assert set(heard[standing.number]) == {Verdict.IN_FORCE}
    for number in (ended.number, both.number):
        order = list(dict.fromkeys(heard[number]))
        assert order == [Verdict.IN_FORCE, Verdict.NOT_IN_FORCE]
        assert heard[number] == sorted(heard[number], key=order.index)
    assert audits
    assert [failed for failed in audits if failed] == []


def test_a_number_that_is_granted_and_not_published_has_no_record(parts: Parts) -> None:
    parts.publisher.publish()
    number = parts.registry.decide(grant()).number

    assert ask(parts, number).verdict == Verdict.NO_RECORD
    with pytest.raises(NotFoundError):
        FolderSource(parts.place.public).read(record_path(number))


def test_a_withdrawal_that_is_not_published_is_not_green_once_the_snapshot_is_old(parts: Parts) -> None:
    number = parts.registry.decide(grant()).number
    parts.publisher.publish()
    parts.registry.decide(withdraw(number))

    assert ask(parts, number, at=parts.clock() + timedelta(hours=23)).verdict == Verdict.IN_FORCE
    late = ask(parts, number, at=parts.clock() + timedelta(hours=25))
    assert late.verdict == Verdict.COULD_NOT_BE_CHECKED


def test_no_claim_about_a_person_is_in_any_public_file(parts: Parts) -> None:
    number = parts.registry.decide(grant("Wołodymyr Unverwechselbar", reference="P-4711")).number
    parts.publisher.publish()

    everything = b"".join(content for _, content in files(parts).values())
    names = "\n".join(files(parts))
    for claim in ("Wołodymyr", "Unverwechselbar", "1987-05-04", "Forlì", "P-4711", "examiner-1", "esame 1"):
        assert claim.encode() not in everything
    assert number not in names


def test_a_log_that_its_guard_denies_is_not_published(place: Place) -> None:
    with open_parts(place) as parts:
        found(parts)
        head = parts.store.log.head()
        parts.guard.advance(type(head)(head.size + 1, head.root))

        with pytest.raises(RestoredError):
            parts.publisher.publish()
        assert files(parts) == {}


def test_an_entry_that_is_missing_is_never_published_over(parts: Parts) -> None:
    parts.publisher.publish()
    before = files(parts)
    parts.registry.decide(grant())
    force(parts.database, "DELETE FROM entry WHERE leaf_index = ?", parts.store.log.head().size - 1)

    with pytest.raises(TamperedError):
        parts.publisher.publish()
    assert files(parts)["checkpoint"] == before["checkpoint"]


def test_a_file_in_the_way_is_named_and_publishing_goes_on_once_it_is_gone(parts: Parts) -> None:
    parts.registry.decide(grant())
    obstacle = parts.place.public / "record"
    obstacle.write_text("in the way")

    with pytest.raises(SettingError, match=r"^the public file record/.* cannot be written: "):
        parts.publisher.publish()
    assert not (parts.place.public / "snapshot").exists()

    obstacle.unlink()
    parts.publisher.publish()
    assert audited(parts).findings == ()


def test_the_newest_snapshot_is_named_by_a_file_and_is_in_the_log(parts: Parts) -> None:
    published = parts.publisher.publish()

    index, entry = parse_latest((parts.place.public / "snapshot").read_bytes())
    assert bodies(parts)[index] == entry
    assert index == published.size - 1 == published.covered


@pytest.mark.parametrize("left", [b"", b"half"])
def test_a_file_that_a_power_cut_left_short_is_written_again(parts: Parts, left: bytes) -> None:
    parts.registry.decide(grant())
    parts.publisher.publish()
    chunk = next(path for path in (parts.place.public / "status").rglob("*") if path.is_file())
    whole = chunk.read_bytes()
    chunk.write_bytes(left)

    parts.publisher.publish_again()

    assert chunk.read_bytes() == whole
