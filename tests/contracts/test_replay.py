"""What was answered is answered so ever after, by any process, over any database, from the public files alone."""

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import product
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from registry.bootstrap import MIGRATIONS
from registry.commands.decisions import AnnulCertification, ReinstateCertification
from registry.database import open_database
from tests.contracts.parts import (
    START,
    Clock,
    Parts,
    Place,
    found,
    grant,
    make_place,
    open_parts,
    reissue,
    suspend,
    withdraw,
)
from verifier.encoding import format_json, legal_day
from verifier.fetch import FolderSource, fetch_bundle
from verifier.report import Question
from verifier.report_json import format_report
from verifier.trust import format_trust_root
from verifier.verify import verify

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
TODAY = legal_day(START)
# A process that reads where the public files and the trust root are, and questions, and writes the answers.
REPLAY = """
import json, sys
from datetime import date, datetime
from functools import partial
from pathlib import Path
from verifier.encoding import format_json
from verifier.fetch import FolderSource, fetch_bundle
from verifier.report import Question
from verifier.report_json import format_report
from verifier.trust import parse_trust_root
from verifier.verify import verify

asked = json.load(sys.stdin)
trust = parse_trust_root(Path(asked["trust"]).read_bytes())
for number, on, known_at, now in asked["questions"]:
    question = Question(date.fromisoformat(on), datetime.fromisoformat(known_at), datetime.fromisoformat(now))
    obtain = partial(fetch_bundle, FolderSource(Path(asked["public"])), number)
    sys.stdout.buffer.write(format_json(format_report(verify(trust, question, obtain, number))))
"""
# Other hashes of strings, other time zones and other languages change nothing.
PROCESSES = [
    {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "it_IT.UTF-8"},
    {"PYTHONHASHSEED": "2", "TZ": "America/Los_Angeles", "LC_ALL": "tr_TR.UTF-8", "PYTHONOPTIMIZE": "2"},
]
Asked = tuple[str, date, datetime, datetime]


def begin(parts: Parts) -> list[str]:
    """Four certifications, of which one is suspended after five days."""
    numbers = [parts.registry.decide(grant(f"Person {place}")).number for place in range(4)]
    parts.clock.pass_by(days=5)
    parts.registry.decide(suspend(numbers[0]))
    return numbers


def go_on(parts: Parts, numbers: Sequence[str]) -> None:
    """What changes an answer: back in force, withdrawn from a later day on, annulled from the start, a new document."""
    parts.clock.pass_by(days=3)
    parts.registry.decide(ReinstateCertification("aurora", numbers[0], "decider-1", grant().basis))
    ahead = withdraw(numbers[1])
    later = replace(ahead.basis, effective_on=legal_day(parts.clock()) + 10 * DAY)
    parts.registry.decide(replace(ahead, basis=later))
    parts.registry.decide(AnnulCertification("aurora", numbers[2], "decider-1", grant().basis, "reason"))
    parts.registry.decide(reissue(numbers[3]))
    parts.register.suspend_accreditation("aurora", "demo", "https://accreditamento.example/2")


def questions(numbers: Iterable[str], instants: Iterable[datetime], now: datetime) -> list[Asked]:
    days = [TODAY + number * DAY for number in (-1, 0, 4, 5, 8, 18, 400, 1500)]
    return [(*asked, now) for asked in product(numbers, days, instants)]


def report(parts: Parts, number: str, on: date, known_at: datetime, now: datetime) -> Any:
    obtain = partial(fetch_bundle, FolderSource(parts.place.public), number)
    return format_report(verify(parts.trust(), Question(on, known_at, now), obtain, number))


def test_what_is_recorded_later_changes_no_answer_for_an_earlier_instant(parts: Parts) -> None:
    numbers = begin(parts)
    parts.publisher.publish()
    known = [START + SECOND, START + 5 * DAY + SECOND]
    asked = questions(numbers, known, parts.clock() + SECOND)
    then = [report(parts, *question)["answers"][0] for question in asked]

    go_on(parts, numbers)
    parts.clock.pass_by(hours=1)
    parts.publisher.publish()

    now = parts.clock() + SECOND
    later = [report(parts, *question[:3], now)["answers"] for question in asked]
    assert [answers[0] for answers in later] == then
    # Of what is known now it is not so: the test would see a change.
    assert [answers[-1]["state"] for answers in later] != [answer["state"] for answer in then]
    assert "annulled" in {answers[-1]["state"] for answers in later}


def test_every_process_gives_the_same_bytes_from_the_public_files_alone(parts: Parts, tmp_path: Path) -> None:
    numbers = begin(parts)
    go_on(parts, numbers)
    parts.publisher.publish()
    trust = tmp_path / "trust.json"
    trust.write_bytes(format_trust_root(parts.trust()))
    alone = copytree(parts.place.public, tmp_path / "elsewhere")
    now = parts.clock() + SECOND
    asked = questions(numbers, [START + SECOND, START + 5 * DAY + SECOND, now], now)
    here = b"".join(format_json(report(parts, *question)) for question in asked)

    task = {"public": str(alone), "trust": str(trust), "questions": asked}
    answered = [
        subprocess.run(
            [sys.executable, "-c", REPLAY],
            input=json.dumps(task, default=str).encode(),
            env=env,
            stdout=subprocess.PIPE,
            check=True,
        ).stdout
        for env in PROCESSES
    ]

    assert here.count(b'"state":"annulled"') > 0
    assert answered == [here] * len(PROCESSES)


def published(place: Place) -> dict[str, bytes]:
    paths = (path for path in place.public.rglob("*") if path.is_file())
    return {path.relative_to(place.public).as_posix(): path.read_bytes() for path in paths}


def copied(place: Place, folder: Path, url: str) -> Place:
    """The same registry in another folder and on PostgreSQL, row by row."""
    copytree(place.folder, folder)
    sqlite, postgres = open_database(place.url), open_database(url)
    postgres.migrate(MIGRATIONS)
    tables = sqlite.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'migration' ORDER BY rowid")
    with sqlite.snapshot() as reading, postgres.transaction() as writing:
        for (table,) in tables:
            if table in {"log_state", "status_index", "published"}:
                writing.execute(f"DELETE FROM {table}")
            columns = [str(name) for (name,) in reading.rows(f"SELECT name FROM pragma_table_info('{table}')")]
            writing.insert(str(table), columns, reading.rows(f"SELECT {', '.join(columns)} FROM {table}"))
    sqlite.close()
    postgres.close()
    return Place(folder, url)


@pytest.mark.postgres
def test_both_databases_publish_the_same_bytes_of_one_log(tmp_path: Path, postgres_url: str) -> None:
    place = make_place(tmp_path / "one", f"sqlite:///{tmp_path / 'one' / 'registry.sqlite'}")
    with open_parts(place) as parts:
        found(parts)
        go_on(parts, begin(parts))
        at = parts.clock.at + DAY
    other = copied(place, tmp_path / "other", postgres_url)

    for one in (place, other):
        with open_parts(one, Clock(at)) as parts:
            parts.publisher.publish()

    files = published(place)
    assert {path.partition("/")[0] for path in files} >= {"checkpoint", "snapshot", "tile", "status", "record"}
    assert published(other) == files
