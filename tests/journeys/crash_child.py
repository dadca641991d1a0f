"""A registry at work, to be killed: ``python -m tests.journeys.crash_child`` forks one for each job it reads.

    job      {"folder":…,"url":…,"seed":…,"at":…,"threads":…,"step":[name, side, occurrence] or null}
    answers  the pid of the child, then, once it is dead, how it ended

The child tells a journal of every command that it begins and of every answer that it got, and a second file of every
checkpoint that it is about to sign, each line on disk before it goes on. Around each real effect stands a step, where
the child may have to kill itself.
"""

import json
import os
import random
import signal
import sys
import threading
import traceback
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from keys.holder import HolderKey, HolderKeys
from keys.key_set import OPERATOR, KeySet
from keys.signer import Purpose
from registry.application.answers import Recorded
from registry.database import Database, Transaction
from registry.database.migration import Row, Value
from registry.log.guard import Head, HeadGuard
from registry.publish.folder import PublicFolder
from tests.contracts.parts import PASSPHRASE, Clock, Parts, Place, Wrapping, grant, open_parts, reissue, withdraw

BEFORE: Final = "before"
AFTER: Final = "after"
STEPS: Final = ("commit", "advance", "sign log", "sign operator", "sign event", "sign token", "key", "write", "replace")
JOURNAL: Final = "journal"
SIGNED: Final = "signed"


@dataclass
class Fuse:
    """Kills this process, without a word, at one step."""

    step: tuple[str, str, int] | None
    passed: Counter[tuple[str, str]] = field(default_factory=Counter)

    def at(self, name: str, side: str) -> None:
        self.passed[name, side] += 1
        if self.step == (name, side, self.passed[name, side]):
            os.kill(os.getpid(), signal.SIGKILL)

    @contextmanager
    def around(self, name: str) -> Iterator[None]:
        self.at(name, BEFORE)
        yield
        self.at(name, AFTER)


@dataclass(frozen=True)
class FusedDatabase:
    """The database, with a step before and after each commit."""

    database: Database
    fuse: Fuse

    @property
    def for_update(self) -> str:
        return self.database.for_update

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        with self.database.transaction() as transaction:
            yield transaction
            self.fuse.at("commit", BEFORE)
        self.fuse.at("commit", AFTER)

    def snapshot(self) -> AbstractContextManager[Transaction]:
        return self.database.snapshot()

    def rows(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        return self.database.rows(sql, parameters)

    def migrate(self, migrations: Sequence[Any]) -> None:
        self.database.migrate(migrations)

    def close(self) -> None:
        self.database.close()


@dataclass(frozen=True)
class FusedGuard:
    """The head guard, with a step before and after it moves."""

    guard: HeadGuard
    fuse: Fuse

    def read(self) -> Head | None:
        return self.guard.read()

    def advance(self, head: Head) -> Head:
        with self.fuse.around("advance"):
            return self.guard.advance(head)


@dataclass(frozen=True)
class FusedSigner:
    """A signer, with a step before and after each signature; ``tell`` hears what is about to be signed."""

    signer: Any
    name: str
    fuse: Fuse
    tell: Callable[[bytes], None]

    @property
    def public_key(self) -> Any:
        return self.signer.public_key

    def sign(self, data: bytes) -> bytes:
        self.tell(data)
        with self.fuse.around(f"sign {self.name}"):
            return bytes(self.signer.sign(data))


@dataclass(frozen=True)
class FusedKeySet:
    """The key set, whose signers have steps."""

    key_set: KeySet
    fuse: Fuse
    tell: Callable[[bytes], None]

    def current(self, owner: str, purpose: Purpose) -> FusedSigner:
        tell = self.tell if (owner, purpose) == (OPERATOR, Purpose.LOG) else lambda data: None
        return FusedSigner(self.key_set.current(owner, purpose), str(purpose), self.fuse, tell)


@dataclass(frozen=True)
class FusedHolderKeys:
    """The holders' keys, with a step before and after some are made."""

    holder_keys: HolderKeys
    fuse: Fuse

    def make(self, holders: Sequence[UUID]) -> dict[UUID, HolderKey]:
        with self.fuse.around("key"):
            return self.holder_keys.make(holders)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.holder_keys, name)


@dataclass(frozen=True)
class FusedFolder:
    """The public folder, with a step before and after each file is written."""

    folder: PublicFolder
    fuse: Fuse

    def write(self, path: str, content: bytes) -> None:
        with self.fuse.around("write"):
            self.folder.write(path, content)

    def write_once(self, path: str, content: bytes) -> None:
        with self.fuse.around("write"):
            self.folder.write_once(path, content)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.folder, name)


class Lines:
    """A file of JSON lines, each on disk before the next step."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, line: dict[str, object]) -> None:
        os.write(self._file, json.dumps(line).encode() + b"\n")
        os.fsync(self._file)


def wrapping(fuse: Fuse, signed: Lines) -> Wrapping:
    def tell(note: bytes) -> None:
        signed.write({"note": note.decode()})

    really = os.replace

    def replace(*paths: Any) -> None:
        with fuse.around("replace"):
            really(*paths)

    os.replace = replace
    return Wrapping(
        lambda database: FusedDatabase(database, fuse),
        lambda guard: FusedGuard(guard, fuse),
        lambda key_set: FusedKeySet(key_set, fuse, tell),
        lambda folder: FusedFolder(folder, fuse),
        lambda holder_keys: FusedHolderKeys(holder_keys, fuse),
    )


@dataclass
class Worker:
    """Decides and publishes for ever, and keeps the journal."""

    parts: Parts
    journal: Lines
    chance: random.Random
    name: str
    granted: list[str]
    made: int = 0

    def work(self, *, publishes: bool) -> None:
        while True:
            self.parts.clock.pass_by(seconds=self.chance.choice((0, 1, 20, 45)))
            draw = self.chance.random()
            if publishes and draw < 0.3:
                self.parts.publisher.publish()
            elif draw < 0.4:
                self._decide([self._command("grant", f"Person {n}") for n in range(self.chance.randint(2, 5))])
            elif draw < 0.7 or not self.granted:
                self._decide([self._command("grant", "Zoë D’Àngelo")])
            elif draw < 0.85:
                self._decide([self._command("reissue", self.chance.choice(self.granted))])
            else:
                number = self.granted.pop(self.chance.randrange(len(self.granted)))
                self._decide([self._command("withdraw", number)])

    def _command(self, kind: str, subject: str) -> dict[str, str]:
        self.made += 1
        return {"kind": kind, "subject": subject, "key": f"{self.name}-{self.made}"}

    def _decide(self, wanted: list[dict[str, str]]) -> None:
        for command in wanted:
            self.journal.write({"begun": command})
        for command, recorded in zip(
            wanted, self.parts.registry.decide_all([to_command(w) for w in wanted]), strict=True
        ):
            if not isinstance(recorded, Recorded):
                raise recorded
            self.journal.write({"acknowledged": command["key"], **self._receipt(recorded)})
            if command["kind"] == "grant":
                self.granted.append(recorded.number)

    def _receipt(self, recorded: Recorded) -> dict[str, object]:
        receipt = recorded.receipt
        entries = [next(self.parts.store.log.entries(i, i + 1)) for i in receipt.indexes]
        return {
            "certification": str(recorded.certification),
            "number": recorded.number,
            "checkpoint": receipt.checkpoint.decode(),
            "indexes": receipt.indexes,
            "bodies": [entry.body.decode() for entry in entries],
            "proofs": [[b64encode(node).decode() for node in receipt.prove(i)] for i in receipt.indexes],
        }


def to_command(wanted: dict[str, str]) -> Any:
    make = {"grant": grant, "reissue": reissue, "withdraw": withdraw}[wanted["kind"]]
    return make(wanted["subject"], key=wanted["key"])


def run(job: dict[str, Any], keys: KeySet) -> None:
    """Work until killed; an error of any thread ends the process, which is not what a killed one looks like."""
    place, seed, threads = Place(Path(job["folder"]), job["url"]), job["seed"], job["threads"]
    journal, fuse = Lines(place.folder / JOURNAL), Fuse(tuple(job["step"]) if job["step"] else None)
    clock = Clock(datetime.fromisoformat(job["at"]))
    with open_parts(place, clock, keys, wrapping(fuse, Lines(place.folder / SIGNED))) as parts:
        journal.write({"opened": seed})
        for n in range(threads):
            name, granted = f"{seed}-{n}", job["granted"][n::threads]
            chance = random.Random(name)  # noqa: S311  a test's chance, to be had again
            worker = Worker(parts, journal, chance, name, granted)
            threading.Thread(target=worker.work, kwargs={"publishes": n == 0}, daemon=True).start()
        threading.Event().wait()


def _end(error: threading.ExceptHookArgs) -> None:
    traceback.print_exception(error.exc_value)
    os._exit(1)


def serve() -> None:
    """Fork a child for each job: it finds every module loaded and every key open."""
    opened: dict[str, KeySet] = {}
    for line in sys.stdin:
        job = json.loads(line)
        keys = opened.setdefault(job["folder"], KeySet(Path(job["folder"]) / "keys", PASSPHRASE))
        for owner in keys.folder.iterdir():
            for purpose in {path.name.partition("-")[0] for path in owner.glob("*-*.pem")}:
                keys.current(owner.name, Purpose(purpose))
        child = os.fork()
        if not child:
            threading.excepthook = _end
            try:
                run(job, keys)
            except BaseException:
                traceback.print_exc()
            os._exit(1)
        _say(child)
        _say(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def _say(answer: int) -> None:
    sys.stdout.write(f"{answer}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    serve()
