"""Exam sessions over HTTP: a body records what it held, asks what rests on it, and invalidates it."""

from datetime import date
from http import HTTPStatus
from typing import Annotated, Final

from flask import Blueprint, Response
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from registry.api.desk import answer, authorise, the_body, the_desk
from registry.api.reading import read_model
from registry.api.requests import Day, Line, Model, People, Reason, Slug
from registry.application.registry import Registry
from registry.domain.exam import ExamSession, Invalidation, Part
from registry.errors import UnknownError

MAX_PARTS: Final = 32
_LINE: Final[TypeAdapter[str]] = TypeAdapter(Line)

exams = Blueprint("exams", __name__)
exams.before_request(authorise)


class ExamPart(Model):
    """A part of the exam: its form, by the slug of a part in the edition, and its day."""

    form: Slug
    held_on: Day


class Exam(Model):
    """Record an exam session that was held; ``exam`` is its reference. It holds no candidate, mark or failure."""

    exam: Line
    edition: Slug
    parts: Annotated[tuple[ExamPart, ...], Field(min_length=1, max_length=MAX_PARTS)]
    examiners: Annotated[People, Field(min_length=1)]

    def session(self, body: str) -> ExamSession:
        """The session of the body that asks."""
        parts = sorted(
            (Part(part.form, part.held_on) for part in self.parts), key=lambda part: (part.held_on, part.form)
        )
        return ExamSession(body, self.exam, self.edition, tuple(parts), tuple(sorted(set(self.examiners))))


class ExamInvalidation(Model):
    """Invalidate an exam session: nothing more may rest on it; what does is for decisions of its own."""

    decider: Line
    reason: Reason


class InvalidatedExam(BaseModel):
    """That a session was invalidated, and on which day, by whom and why."""

    on: date
    decider: str
    reason: str


class RestingCertification(BaseModel):
    """A certification that rests on a session, with its state today; each is for a decision of its own."""

    number: str
    state: str


class HeldPart(BaseModel):
    """A part of a session."""

    form: str
    held_on: date


class RecordedExam(BaseModel):
    """An exam session of the body that asks, and every certification that rests on it, but for those erased."""

    exam: str
    edition: str
    held_on: date
    parts: list[HeldPart]
    examiners: list[str]
    invalidated: InvalidatedExam | None
    certifications: list[RestingCertification]


@exams.post("/exams")
def hold() -> Response:
    """Record a session."""
    registry, session = the_desk().registry, read_model(Exam).session(the_body())
    new = registry.exams.hold(session, registry.streams.edition(session.edition).edition, registry.moment().today)
    return _answer(registry, session.reference, HTTPStatus.CREATED if new else HTTPStatus.OK)


@exams.get("/exams/<path:exam>")
def show(exam: str) -> Response:
    """A session and what rests on it."""
    return _answer(the_desk().registry, _reference(exam), HTTPStatus.OK)


@exams.post("/exams/<path:exam>/invalidate")
def invalidate(exam: str) -> Response:
    """Invalidate a session."""
    registry, asked, reference = the_desk().registry, read_model(ExamInvalidation), _reference(exam)
    invalidation = Invalidation(registry.moment().today, asked.decider, asked.reason)
    registry.exams.invalidate(the_body(), reference, invalidation)
    return _answer(registry, reference, HTTPStatus.OK)


def _reference(exam: str) -> str:
    """The reference in an address, in the form in which it was recorded; what is none is nobody's."""
    try:
        return _LINE.validate_python(exam)
    except ValidationError as error:
        raise UnknownError("no exam session has such a reference") from error


def _answer(registry: Registry, exam: str, status: HTTPStatus) -> Response:
    session = registry.exams.session(the_body(), exam)
    gone = session.invalidation
    recorded = RecordedExam(
        exam=session.reference,
        edition=session.edition,
        held_on=session.held_on,
        parts=[HeldPart(form=part.form, held_on=part.held_on) for part in session.parts],
        examiners=list(session.examiners),
        invalidated=None if gone is None else InvalidatedExam(on=gone.on, decider=gone.decider, reason=gone.reason),
        certifications=_resting(registry, session),
    )
    return answer(recorded, status)


def _resting(registry: Registry, session: ExamSession) -> list[RestingCertification]:
    today = registry.moment().today
    numbers = registry.vault.numbers(registry.exams.resting_on(session))
    resting = [
        RestingCertification(
            number=numbered.number, state=registry.streams.certification(certification).aggregate.standing(today).state
        )
        for certification, numbered in numbers.items()
    ]
    return sorted(resting, key=lambda one: one.number)
