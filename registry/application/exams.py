"""The exam sessions that bodies record, and which certifications rest on them.

A session is the body's record, not an event of the log; what a decision rests on it travels in that decision's digests.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Final, TypeAlias
from uuid import UUID

import msgspec

from registry.commands.decisions import Command, ExtendScope, GrantCertification, RecertifyCertification
from registry.database import Database, Transaction, pages
from registry.database.migration import Migration, Row
from registry.domain.edition import Edition
from registry.domain.exam import ExamSession, Invalidation, Part, check_held, invalidated
from registry.errors import ChangedExamError, ConflictError, TamperedError, UnknownError
from registry.store.submission import Rows

Sessions: TypeAlias = Mapping[tuple[str, str], ExamSession]

EXAMS: Final = Migration(
    "exams",
    (
        """CREATE TABLE exam_session (
            body TEXT NOT NULL, reference TEXT NOT NULL, edition TEXT NOT NULL, parts TEXT NOT NULL,
            examiners TEXT NOT NULL, stands INTEGER NOT NULL, invalidated_on TEXT, invalidated_by TEXT, reason TEXT,
            PRIMARY KEY (body, reference), UNIQUE (body, reference, stands)
        )""",
        # A decision whose session was invalidated since its guards ran is a conflict: its row would name a session
        # that stands, and there is none. Invalidating takes the rows that are there along.
        """CREATE TABLE exam_foundation (
            event BYTEA PRIMARY KEY, certification BYTEA NOT NULL, holder BYTEA NOT NULL, body TEXT NOT NULL,
            exam TEXT NOT NULL, stands INTEGER NOT NULL,
            FOREIGN KEY (body, exam, stands) REFERENCES exam_session (body, reference, stands) ON UPDATE CASCADE
        )""",
        "CREATE INDEX exam_foundation_exam ON exam_foundation (body, exam)",
        "CREATE INDEX exam_foundation_holder ON exam_foundation (holder)",
    ),
)
_COLUMNS: Final = (
    "body", "reference", "edition", "parts", "examiners", "stands", "invalidated_on", "invalidated_by", "reason",
)  # fmt: skip
_FOUNDATION_COLUMNS: Final = ("event", "certification", "holder", "body", "exam", "stands")
_parts: Final = msgspec.json.Decoder(tuple[Part, ...]).decode
_examiners: Final = msgspec.json.Decoder(tuple[str, ...]).decode


def foundation_rows(event: UUID, certification: UUID, holder: UUID, session: tuple[str, str]) -> Rows:
    """The row that says that a decision rests on a session (body and reference), for the decision's own transaction."""
    row = (event.bytes, certification.bytes, holder.bytes, *session, 1)
    return Rows("exam_foundation", _FOUNDATION_COLUMNS, (row,))


class Exams:
    """Records exam sessions and finds them."""

    def __init__(self, database: Database) -> None:
        """Keep them in ``database``."""
        self._database = database

    def hold(self, session: ExamSession, edition: Edition, today: date) -> bool:
        """Record a session that was held under ``edition``, on legal day ``today``; False where it is recorded already.

        Raises:
            DomainError: a rule forbids it.
            ChangedExamError: one is recorded under its reference with another content.
        """
        check_held(session, edition, today)
        try:
            return self._hold(session)
        except ConflictError:
            # Another process recorded one under that reference at the same moment.
            return self._hold(session)

    def _hold(self, session: ExamSession) -> bool:
        with self._database.transaction() as transaction:
            known = _find(transaction, [(session.body, session.reference)])
            if not known:
                transaction.insert("exam_session", _COLUMNS, [_row(session)])
                return True
        (before,) = known.values()
        if replace(before, invalidation=None) != session:
            raise ChangedExamError(f"exam {session.reference} of body {session.body} is recorded with another content")
        return False

    def session(self, body: str, reference: str) -> ExamSession:
        """The session that the body recorded under that reference.

        Raises:
            UnknownError: there is none.
        """
        found = self._named([(body, reference)])
        if not found:
            raise UnknownError(f"no exam session {reference} of body {body} is recorded here")
        return found[body, reference]

    def named_by(self, commands: Iterable[Command]) -> Sessions:
        """The sessions that commands name, by body and reference; an exam that is no recorded session is left out."""
        return self._named({(command.body, exam) for command in commands if (exam := exam_of(command)) is not None})

    def of_body(self, body: str) -> list[ExamSession]:
        """The body's sessions, by reference."""
        with self._database.snapshot() as reading:
            rows = reading.rows(
                f"SELECT {', '.join(_COLUMNS)} FROM exam_session WHERE body = ? ORDER BY reference", (body,)
            )
        return [_session(row) for row in rows]

    def invalidate(self, body: str, reference: str, invalidation: Invalidation) -> ExamSession:
        """Invalidate a session: from now on nothing may rest on it. The same invalidation again changes nothing.

        Raises:
            UnknownError: there is no such session.
            FourEyesError: who decides examined.
            ExamInvalidatedError: it was invalidated already, by another decision.
        """
        invalidated(self.session(body, reference), invalidation)
        with self._database.transaction() as transaction:
            transaction.execute(
                "UPDATE exam_session SET stands = 0, invalidated_on = ?, invalidated_by = ?, reason = ? "
                "WHERE body = ? AND reference = ? AND stands = 1",
                (invalidation.on.isoformat(), invalidation.decider, invalidation.reason, body, reference),
            )
        # Another process may have been faster, with another decision.
        return invalidated(self.session(body, reference), invalidation)

    def resting_on(self, session: ExamSession) -> list[UUID]:
        """The certifications that rest on a session; those of erased persons are gone."""
        with self._database.snapshot() as reading:
            rows = reading.rows(
                "SELECT DISTINCT certification FROM exam_foundation WHERE body = ? AND exam = ?",
                (session.body, session.reference),
            )
        return sorted(UUID(bytes=certification) for (certification,) in rows if isinstance(certification, bytes))

    def _named(self, names: Iterable[tuple[str, str]]) -> Sessions:
        wanted = sorted(names)
        if not wanted:
            return {}
        with self._database.snapshot() as reading:
            return _find(reading, wanted)


def exam_of(command: Command) -> str | None:
    """The exam that a command names, None where it names none."""
    if isinstance(command, GrantCertification | RecertifyCertification | ExtendScope):
        return command.exam
    return None


def _find(reading: Transaction, names: list[tuple[str, str]]) -> dict[tuple[str, str], ExamSession]:
    found: dict[tuple[str, str], ExamSession] = {}
    for body in sorted({body for body, _ in names}):
        references = [reference for named, reference in names if named == body]
        for page in pages(references):
            sql = (
                f"SELECT {', '.join(_COLUMNS)} FROM exam_session "
                f"WHERE body = ? AND reference IN ({', '.join('?' * len(page))})"
            )
            sessions = map(_session, reading.rows(sql, (body, *page)))
            found |= {(body, session.reference): session for session in sessions}
    return found


def _row(session: ExamSession) -> Row:
    parts, examiners = (msgspec.json.encode(value).decode() for value in (session.parts, session.examiners))
    return session.body, session.reference, session.edition, parts, examiners, 1, None, None, None


def _session(row: Row) -> ExamSession:
    match row:
        case (str(body), str(reference), str(edition), str(parts), str(examiners), 1, None, None, None):
            return ExamSession(body, reference, edition, _parts(parts), _examiners(examiners))
        case (str(body), str(reference), str(edition), str(parts), str(examiners), 0, str(on), str(decider), str(why)):
            invalidation = Invalidation(date.fromisoformat(on), decider, why)
            return ExamSession(body, reference, edition, _parts(parts), _examiners(examiners), invalidation)
    raise TamperedError("a row of the exam sessions is not one")
