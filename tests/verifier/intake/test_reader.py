"""The process that reads files has nothing to harm with, and costs one file at most when it breaks."""

import os
import resource
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.verifier.intake.files import LINK, NUMBERS, drawn, numbers, read, zipped
from tests.verifier.paper import png, symbol
from verifier.intake.files import read_file, read_files
from verifier.intake.reader import Reader

ROOT = Path(__file__).parents[3]


def children() -> list[int]:
    """The processes that this one started."""
    found: list[int] = []
    for path in Path("/proc/self/task").iterdir():
        # A thread of the test's own may end meanwhile.
        with suppress(FileNotFoundError, ProcessLookupError):
            found.extend(map(int, (path / "children").read_text().split()))
    return found


@pytest.fixture
def started() -> list[int]:
    return children()


def test_the_process_has_no_environment_and_may_do_little(started: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATTESTO_MASTER_KEY", "secret")
    with Reader() as reader:
        list(read_file(reader, "a", NUMBERS[0].encode()))
        (pid,) = set(children()) - set(started)

        assert b"secret" not in Path(f"/proc/{pid}/environ").read_bytes()
        assert b"secret" not in Path(f"/proc/{pid}/cmdline").read_bytes()
        assert resource.prlimit(pid, resource.RLIMIT_AS) == (2**30, 2**30)
        for limit in (resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC, resource.RLIMIT_CORE):
            assert resource.prlimit(pid, limit) == (0, 0)
        assert resource.prlimit(pid, resource.RLIMIT_NOFILE) == (64, 64)
        assert resource.prlimit(pid, resource.RLIMIT_CPU)[0] <= 62


def test_the_process_loads_nothing_that_checks_what_it_reads() -> None:
    """It starts for every file that is handed in, and each module that it loads is time that somebody waits."""
    program = "import sys, verifier.intake.work, verifier.intake.page; print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, cwd=ROOT)

    assert not {"cryptography.x509", "verifier.trust", "verifier.verify"}.intersection(said.stdout.decode().split())


def test_one_process_reads_many_files_and_is_gone_afterwards(started: list[int]) -> None:
    seen: set[int] = set()
    files = ((f"{place}", NUMBERS[place].encode()) for place in range(5))
    for _ in read_files(files):
        seen |= set(children()) - set(started)

    assert len(seen) == 1
    assert not seen & set(children())


def test_a_reader_that_nobody_reads_on_from_is_gone(started: list[int]) -> None:
    inputs = read_files([("a.zip", zipped({str(place): NUMBERS[place].encode() for place in range(9)}))])
    next(inputs)
    inputs.close()  # type: ignore[attr-defined]

    assert set(children()) <= set(started)


def test_a_process_that_is_killed_costs_one_file_at_most(started: list[int]) -> None:
    files = {f"{place}.png": png(symbol(LINK)) for place in range(6)}
    names, bad = [], []
    for one in read_files([("a.zip", zipped(files))]):
        if not names:
            (pid,) = set(children()) - set(started)
            os.kill(pid, signal.SIGKILL)
        names.append(one.name)
        if numbers([one]) == [None]:
            bad.append(str(one.presented))

    assert names == [f"a.zip/{name}" for name in files]
    assert bad in ([], ["it cannot be read, or takes too much memory"])


HOG = drawn(b"0 0 m 1 1 l S\n" * 1_500_000)


def test_a_file_that_takes_too_long_is_ended_and_the_next_one_is_read() -> None:
    began = time.monotonic()

    inputs = read(HOG, png(symbol(LINK)), zipped({"hog.pdf": HOG, "good.txt": NUMBERS[1].encode()}), seconds=3)

    assert numbers(inputs) == [None, NUMBERS[0], None, NUMBERS[1]]
    assert {str(one.presented) for one in inputs[::2]} <= {
        "reading it takes more than 3 seconds",
        "it cannot be read, or takes too much memory",
    }
    assert time.monotonic() - began < 30


def test_after_many_broken_files_the_rest_of_a_zip_file_is_given_up_and_that_is_said() -> None:
    hogs = {f"{place}.pdf": HOG for place in range(9)}

    inputs = read(zipped(hogs), seconds=1)

    assert [one.name for one in inputs] == [f"file 0/{place}.pdf" for place in range(8)]
    assert str(inputs[-1].presented).endswith("; what comes after it in the ZIP file was not read")


def test_all_files_together_take_no_longer_than_they_may_and_what_is_left_is_told() -> None:
    began = time.monotonic()
    slow = zipped({f"{place}.pdf": HOG for place in range(5)})

    inputs = list(read_files([("slow.zip", slow), ("good.txt", NUMBERS[0].encode())], within=3))

    assert numbers(inputs) == [None] * len(inputs)
    assert str(inputs[-3].presented) == "all of it takes more than 3 seconds"
    assert [one.name for one in inputs[-2:]] == ["slow.zip", "good.txt"]
    assert {str(one.presented) for one in inputs[-2:]} == {
        "what is left was not read: all of it takes more than 3 seconds"
    }
    assert time.monotonic() - began < 30
