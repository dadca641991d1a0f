"""Several processes publish and project one log: each snapshot is of exactly what it says, whoever went before."""

import threading
from collections.abc import Iterator
from pathlib import Path

from registry.bootstrap import Attesto, initialise, now, open_registry
from registry.projections.standings import Standing, Standings
from registry.publish.folder import PublicFolder
from registry.publish.publisher import Publisher
from registry.store.reader import LogEntry, LogReader
from tests.registry.office import grant
from verifier.audit import audit
from verifier.encoding import legal_day
from verifier.fetch import FolderSource
from verifier.report import ExitCode


def audited(attesto: Attesto) -> tuple[int, list[str]]:
    """What an outsider finds in the public files."""
    public = attesto.settings.path(attesto.settings.public_folder)
    records = (path.relative_to(public).as_posix() for path in sorted(public.glob("record/*/*")))
    found = audit(FolderSource(public), attesto.trust_root(), records)
    return found.exit_code, [str(finding) for finding in found.findings]


def project(attesto: Attesto) -> None:
    attesto.standings.catch_up(attesto.store.log.head().size, legal_day(now()))


def test_publishers_that_take_turns_make_snapshots_that_hold(two: tuple[Attesto, Attesto]) -> None:
    one, other = two
    for publisher in (one, other, one, other):
        grant(one)
        publisher.publisher.publish()

    assert audited(one) == (ExitCode.IN_FORCE, [])


def test_what_another_process_has_projected_is_not_taken_in_again(two: tuple[Attesto, Attesto]) -> None:
    one, other = two

    class Overtaken(LogReader):
        def entries(self, start: int, end: int) -> Iterator[LogEntry]:
            project(other)
            return super().entries(start, end)

    number = grant(one)

    Standings(one.database, Overtaken(one.database)).catch_up(one.store.log.head().size, legal_day(now()))

    (certification,) = one.standings.of_kind("certification")
    assert [fact.type for fact in certification.facts] == ["certification.granted", "certificate.issued"]
    assert certification.stream == one.registry.certification(number)[0].certification


def test_a_snapshot_holds_nothing_that_was_projected_past_its_size(two: tuple[Attesto, Attesto]) -> None:
    one, other = two
    hurries = [grant, project]

    class Hurried(Standings):
        def changed_since(self, index: int) -> list[Standing]:
            while hurries:
                hurries.pop(0)(other)
            return super().changed_since(index)

    publisher = Publisher(
        one.database, one.store, one.streams, Hurried(one.database, one.store.log), one.vault,
        PublicFolder(one.settings.path(one.settings.public_folder)), now,
    )  # fmt: skip
    grant(one)

    publisher.publish()

    assert audited(one) == (ExitCode.IN_FORCE, [])


def test_a_folder_that_is_held_is_waited_for(two: tuple[Attesto, Attesto]) -> None:
    one, _ = two
    folder = PublicFolder(one.settings.path(one.settings.public_folder))
    published = threading.Event()
    thread = threading.Thread(target=lambda: (one.publisher.publish(), published.set()))

    with folder.held():
        thread.start()
        early = published.wait(0.5)
    thread.join()

    assert (early, published.is_set()) == (False, True)


def test_a_log_without_entries_is_published(tmp_path: Path) -> None:
    settings = initialise(tmp_path / "registry", "empty.example/log", "https://empty.example")
    with open_registry(settings) as attesto:
        made = [attesto.publisher.publish().covered for _ in range(2)]

        assert made == [1, 3]
        assert audited(attesto) == (ExitCode.IN_FORCE, [])
