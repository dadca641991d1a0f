"""The part of the API's description on what lies beside the log: exam sessions, evidence, offers of transfers."""

from collections.abc import Mapping, Sequence
from inspect import cleandoc
from typing import Final

from pydantic import BaseModel

from registry.api.answers import Decided
from registry.api.evidence import Evidence, EvidenceFile
from registry.api.exams import Exam, ExamInvalidation, RecordedExam
from registry.api.transfers import Acceptance, OfferedTransfer, TransferOffer

TAKEN: Final[Sequence[type[BaseModel]]] = (Exam, ExamInvalidation, Evidence, TransferOffer, Acceptance)
GIVEN: Final[Sequence[type[BaseModel]]] = (RecordedExam, EvidenceFile, OfferedTransfer)
PARAMETERS: Final[Mapping[str, object]] = {
    "exam": {
        "name": "exam", "in": "path", "required": True, "schema": {"type": "string"},
        "description": "the exam session's reference at the body",
    },
    "record": {
        "name": "record", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"},
        "description": "the id of a record of evidence",
    },
    "offer": {
        "name": "offer", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"},
        "description": "the id of an offer of a transfer",
    },
}  # fmt: skip
_ASKED: Final = ("401", "503")
_REFUSED: Final = ("400", *_ASKED, "413", "415", "422")
_TAKEN_BACK: Final = {"description": "taken back, now or before"}
_OF_ONE: Final = ("400", *_ASKED, "403", "404", "410")


def record_paths() -> dict[str, object]:
    """The addresses, described."""
    evidence = _answers(EvidenceFile, "the evidence", *_OF_ONE)
    return {
        "/exams": {
            "post": _taking("holdExam", Exam)
            | _answers(RecordedExam, "was recorded before; nothing was written", *_REFUSED, "404", created="recorded")
        },
        "/exams/{exam}": {
            "get": _named("showExam", "An exam session of this body, and what rests on it.", "exam")
            | _answers(RecordedExam, "the exam session", *_ASKED, "404")
        },
        "/exams/{exam}/invalidate": {
            "post": _taking("invalidateExam", ExamInvalidation, "exam")
            | _answers(RecordedExam, "invalidated, now or before by the same decision", *_REFUSED, "404")
        },
        "/certifications/{number}/evidence": {
            "get": _named("showEvidence", "The evidence of a certification of this body.", "number") | evidence,
            "post": _taking("addEvidence", Evidence, "number")
            | _answers(
                EvidenceFile, "was filed before; nothing was written", *_REFUSED, "403", "404", "409", "410",
                created="filed",
            ),
        },
        "/certifications/{number}/evidence/{record}": {
            "delete": _named("removeEvidence", "Remove a record that was filed by mistake.", "number", "record")
            | evidence
        },
        "/certifications/{number}/transfer": {
            "post": _taking("offerTransfer", TransferOffer, "key", "number")
            | _answers(
                OfferedTransfer, "was offered before under this key; nothing was written", *_REFUSED, "403", "404",
                "409", "410", created="offered",
            ),
        },
        "/transfers/{offer}": {
            "get": _named("showOffer", "An offer that this body made, or that was made to it.", "offer")
            | _answers(OfferedTransfer, "the offer", *_ASKED, "404"),
            "delete": _named("takeBackOffer", "Take back an offer that this body made.", "offer")
            | {"responses": {"204": _TAKEN_BACK, **_refused(*_ASKED, "403", "404", "409")}},
        },
        "/transfers/{offer}/acceptance": {
            "post": _taking("acceptTransfer", Acceptance, "offer")
            | _answers(
                Decided, "was accepted before; nothing was written", *_REFUSED, "403", "404", "409", "410",
                created="recorded: the certification as it begins here",
            ),
        },
    }  # fmt: skip


def _named(name: str, summary: str, *parameters: str) -> dict[str, object]:
    named = [{"$ref": f"#/components/parameters/{parameter}"} for parameter in parameters]
    return {"operationId": name, "summary": summary, "parameters": named}


def _taking(name: str, model: type[BaseModel], *parameters: str) -> dict[str, object]:
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    return _named(name, cleandoc(model.__doc__ or ""), *parameters) | {"requestBody": body}


def _answers(model: type[BaseModel], text: str, *refusals: str, created: str = "") -> dict[str, object]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}}
    given = {"200": {"description": text, "content": content}}
    given |= {"201": {"description": created, "content": content}} if created else {}
    return {"responses": given | _refused(*refusals)}


def _refused(*statuses: str) -> dict[str, object]:
    return {status: {"$ref": f"#/components/responses/{status}"} for status in statuses}
