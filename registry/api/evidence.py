"""Evidence for maintenance over HTTP: a body files what it received, and asks what is there and what is missing."""

from datetime import date
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from flask import Blueprint, Response
from pydantic import BaseModel, Field

from registry.api.answers import Instant
from registry.api.desk import answer, authorise, the_body, the_desk
from registry.api.reading import read_model
from registry.api.requests import Day, Line, Model, Slug
from registry.application.evidence import Filed
from registry.application.receiving import File, file_of, receive
from registry.commands.receiving import ReceiveEvidence

evidence = Blueprint("evidence", __name__)
evidence.before_request(authorise)


class Evidence(Model):
    """File evidence that was received; what is the same in kind, day, hours and reference is one record."""

    kind: Slug
    hours: Annotated[int, Field(ge=1, le=1000)] | None = None
    received_on: Day | None = None
    reference: Line | None = None


class FiledEvidence(BaseModel):
    """A record of evidence. ``counts``: in the maintenance period that runs."""

    id: UUID
    kind: str
    hours: int | None
    received_on: date
    recorded_at: Instant
    reference: str | None
    counts: bool


class EvidenceFile(BaseModel):
    """The evidence of a certification of the body that asks."""

    number: str
    evidence: list[FiledEvidence]
    missing: list[str] = Field(description="what the edition requires beside it for the next confirmation")


@evidence.post("/certifications/<number>/evidence")
def add(number: str) -> Response:
    """File a record."""
    asked = read_model(Evidence)
    command = ReceiveEvidence(the_body(), number, asked.kind, asked.received_on, asked.hours, asked.reference)
    received = receive(the_desk().registry, command)
    return _answer(number, HTTPStatus.OK if received.repeated else HTTPStatus.CREATED)


@evidence.get("/certifications/<number>/evidence")
def show(number: str) -> Response:
    """Every record."""
    return _answer(number, HTTPStatus.OK)


@evidence.delete("/certifications/<number>/evidence/<uuid:record>")
def remove(number: str, record: UUID) -> Response:
    """Remove a record that was filed by mistake."""
    registry = the_desk().registry
    numbered = registry.numbered(number, the_body())
    registry.evidence.remove(numbered.certification, record)
    return _answer(number, HTTPStatus.OK)


def _answer(number: str, status: HTTPStatus) -> Response:
    registry = the_desk().registry
    numbered, certification = registry.certification(number, the_body())
    file = file_of(registry, certification)
    records = [_filed(filed, file) for filed in file.records]
    return answer(EvidenceFile(number=numbered.number, evidence=records, missing=list(file.missing)), status)


def _filed(filed: Filed, file: File) -> FiledEvidence:
    record = filed.record
    return FiledEvidence(
        id=filed.id,
        kind=record.kind,
        hours=record.hours,
        received_on=record.received_on,
        recorded_at=record.recorded_at,
        reference=record.reference,
        counts=record in file.counting,
    )
