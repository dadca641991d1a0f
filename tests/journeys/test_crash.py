"""Killed with SIGKILL at any step of append, publish and sign, a registry loses nothing that it acknowledged.

A child process grants, withdraws, reissues and publishes; it is killed at a step of its own or at any instant, some
hundreds of times. After each death the registry is opened again, as after any restart, and held to what the child had
told before it died.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from registry.application.answers import Recorded
from tests.contracts.parts import ORIGIN, START, Clock, Parts, Place, found, make_place, open_parts
from tests.journeys.crash_child import AFTER, BEFORE, JOURNAL, SIGNED, STEPS, to_command
from verifier.audit import audit
from verifier.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from verifier.encoding import parse_json
from verifier.event import parse_time
from verifier.fetch import FolderSource
from verifier.jws import parse_jws
from verifier.merkle import check_inclusion, leaf_hash, root_hash
from verifier.report import Outcome

ROOT: Final = Path(__file__).parents[2]
KILLS: Final = {"sqlite": 250, "postgres": 60}
AUDITED: Final = 25
WAIT_SECONDS: Final = 30
_OCCURRENCES: Final = {"write": 15, "replace": 15}
_TOPICS: Final = {
    "grant": "certification.granted",
    "reissue": "certificate.reissued",
    "withdraw": "certification.withdrawn",
}


@dataclass
class Told:
    """What the children told so far: commands begun, answers got, checkpoints about to be signed."""

    begun: dict[str, dict[str, str]] = field(default_factory=dict)
    acknowledged: dict[str, dict[str, Any]] = field(default_factory=dict)
    signed: dict[int, bytes] = field(default_factory=dict)
    unchecked: set[int] = field(default_factory=set)
    read: dict[str, int] = field(default_factory=dict)

    def listen(self, folder: Path) -> list[dict[str, Any]]:
        """Take in what was told since the last time; return the new answers."""
        new = []
        for line in self._new_lines(folder / JOURNAL):
            if "begun" in line:
                self.begun[line["begun"]["key"]] = line["begun"]
            elif "acknowledged" in line:
                self.acknowledged[line["acknowledged"]] = line
                new.append(line)
        for line in self._new_lines(folder / SIGNED):
            self.keep(parse_checkpoint(line["note"]))
        return new

    def keep(self, checkpoint: Checkpoint) -> None:
        if checkpoint.size not in self.signed:
            self.unchecked.add(checkpoint.size)
        root = self.signed.setdefault(checkpoint.size, checkpoint.root_hash)
        assert root == checkpoint.root_hash, f"two roots for size {checkpoint.size}"

    def _new_lines(self, path: Path) -> Iterator[dict[str, Any]]:
        data = path.read_bytes() if path.exists() else b""
        start = self.read.get(path.name, 0)
        end = data.rfind(b"\n") + 1
        self.read[path.name] = end
        return map(json.loads, data[start:end].splitlines())

    def standing(self) -> list[str]:
        """The numbers that a child may go on with."""
        withdrawn = {command["subject"] for command in self.begun.values() if command["kind"] == "withdraw"}
        granted = [
            self.acknowledged[key]["number"] for key, command in self.begun.items() if command["kind"] == "grant"
        ]
        return [number for number in granted if number not in withdrawn]


@dataclass
class House:
    """A registry that is killed again and again."""

    place: Place
    children: subprocess.Popen[str]
    chance: random.Random
    told: Told = field(default_factory=Told)
    bodies: list[bytes] = field(default_factory=list)
    at: datetime = START

    def kill(self, seed: str, step: tuple[str, str, int] | None) -> None:
        """Let a child work until it dies: at its step, or else at any instant."""
        threads = self.chance.choice((1, 1, 3))
        job = {
            "folder": str(self.place.folder),
            "url": self.place.url,
            "seed": seed,
            "at": (self.at + timedelta(seconds=self.chance.randint(0, 900))).isoformat(),
            "threads": threads,
            "granted": self.told.standing(),
            "step": step,
        }
        print(json.dumps(job), file=self.children.stdin, flush=True)
        child = int(self._answer())
        if step is None:
            self._await(seed)
            time.sleep(self.chance.uniform(0, 0.05))
            os.kill(child, signal.SIGKILL)
        assert self._answer() == f"{-signal.SIGKILL}\n"

    def _answer(self) -> str:
        assert self.children.stdout is not None
        return self.children.stdout.readline()

    def _await(self, seed: str) -> None:
        """Wait until the child has opened the registry."""
        journal, end = self.place.folder / JOURNAL, time.monotonic() + WAIT_SECONDS
        while not journal.exists() or json.dumps({"opened": seed}) not in journal.read_text():
            assert time.monotonic() < end, "the child does not open the registry"
            time.sleep(0.002)

    def check(self) -> None:
        """Open the registry again and hold it to everything that was told."""
        new = self.told.listen(self.place.folder)
        with open_parts(self.place, Clock(self.at)) as parts:
            self._check_log(parts)
            self._check_signed(parts)
            for answer in new:
                self._check_acknowledged(parts, answer)
            self._check_repeated(parts)
            self.at = max(self.at, *(parse_time(body).at for _, body in parts.store.log.times(-1, len(self.bodies))))

    def _check_log(self, parts: Parts) -> None:
        """No entry that was there is gone or another; the tree is the entries'; the guard agrees."""
        log = parts.store.log
        bodies = [entry.body for entry in log.entries(0, log.head().size)]
        assert bodies[: len(self.bodies)] == self.bodies
        self.bodies = bodies
        assert log.head().root == root_hash([leaf_hash(body) for body in bodies])
        parts.store.check_head()

    def _check_signed(self, parts: Parts) -> None:
        """Each size has one root, the log's own; and nothing was signed that the guard had not heard of."""
        published = self.place.public / "checkpoint"
        if published.exists():
            self.told.keep(open_checkpoint(published.read_bytes(), ORIGIN, parts.log_verifier))
        leaves = [leaf_hash(body) for body in self.bodies]
        held = parts.guard.read()
        assert held is not None
        assert max(self.told.signed, default=0) <= held.size
        while self.told.unchecked:
            size = self.told.unchecked.pop()
            assert self.told.signed[size] == root_hash(leaves[:size])

    def _check_acknowledged(self, parts: Parts, answer: dict[str, Any]) -> None:
        """The receipt proves the entries, and they are in the log at their places with their bytes."""
        checkpoint = open_checkpoint(answer["checkpoint"].encode(), ORIGIN, parts.log_verifier)
        self.told.keep(checkpoint)
        for index, body, proof in zip(answer["indexes"], answer["bodies"], answer["proofs"], strict=True):
            path = [b64decode(node) for node in proof]
            check_inclusion(leaf_hash(body.encode()), index, checkpoint.size, path, checkpoint.root_hash)
            assert self.bodies[index] == body.encode()

    def _check_repeated(self, parts: Parts) -> None:
        """A command that got no answer is given again: it is recorded once, whether it had been recorded or not."""
        for key, command in self.told.begun.items():
            if key in self.told.acknowledged:
                continue
            first = parts.registry.decide(to_command(command))
            again = parts.registry.decide(to_command(command))
            assert isinstance(again, Recorded)
            assert again.repeated
            assert (again.certification, again.receipt.indexes) == (first.certification, first.receipt.indexes)
            self.told.acknowledged[key] = {"number": first.number, "certification": str(first.certification)}
        self._check_log(parts)

    def check_once(self) -> None:
        """Every command begun is in the log once, and each grant made a certification of its own."""
        logged = Counter(parse_json(parse_jws(body).payload)["type"] for body in self.bodies)
        begun = Counter(command["kind"] for command in self.told.begun.values())
        assert {kind: logged[topic] for kind, topic in _TOPICS.items()} == begun
        granted = {
            self.told.acknowledged[k]["certification"] for k, c in self.told.begun.items() if c["kind"] == "grant"
        }
        assert len(granted) == begun["grant"]

    def check_published(self) -> None:
        """What is published now is what an auditor accepts, every record included."""
        with open_parts(self.place, Clock(self.at)) as parts:
            parts.publisher.publish()
            trust = parts.trust()
            self._check_log(parts)
        paths = sorted(self.place.public.glob("record/*/[!.]*"))
        found_out = audit(
            FolderSource(self.place.public), trust, [p.relative_to(self.place.public).as_posix() for p in paths]
        )
        assert found_out.findings == ()
        assert set(found_out.outcomes.values()) == {Outcome.PASSED}
        assert found_out.size == len(self.bodies)
        assert found_out.counts["record"] == found_out.counts["certification"] == len(paths)


@pytest.fixture
def children(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """The process that forks the children; what they say on their way out is shown where a test fails."""
    command = [sys.executable, "-m", "tests.journeys.crash_child"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


@pytest.mark.journey
def test_a_registry_killed_at_any_step_loses_nothing_acknowledged_and_signs_no_second_root(
    database_url: str, tmp_path: Path, children: subprocess.Popen[str]
) -> None:
    seed = int(os.environ.get("ATTESTO_CRASH_SEED") or random.SystemRandom().randrange(1 << 32))
    print(f"to have the same chance again: ATTESTO_CRASH_SEED={seed}")  # noqa: T201  shown where the test fails
    house = House(make_place(tmp_path, database_url), children, random.Random(seed))  # noqa: S311  no secret
    with open_parts(house.place) as parts:
        found(parts)
    steps = [(name, side) for name in STEPS for side in (BEFORE, AFTER)]
    for number in range(KILLS[database_url.partition(":")[0].replace("postgresql", "postgres")]):
        # Each step in its turn, at one of its first occurrences; then as often at any instant. One publication writes
        # many files.
        named = number % (2 * len(steps)) < len(steps) or number % 2
        name, side = steps[number % len(steps)]
        step = (name, side, house.chance.randint(1, _OCCURRENCES.get(name, 3))) if named else None
        print(f"kill {number}: {step}")  # noqa: T201
        house.kill(f"{seed}-{number}", step)
        house.check()
        if number % AUDITED == AUDITED - 1:
            house.check_published()
    house.check_once()
    house.check_published()
