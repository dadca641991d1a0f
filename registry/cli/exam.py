"""The commands ``attesto exam``."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from registry.bootstrap import Attesto
from registry.cli.annulling import annul
from registry.cli.deciding import DECIDER
from registry.cli.options import LINE, LONG_LINE, as_json, folder, registry_in
from registry.cli.output import columns, emit
from registry.cli.resting import BODY, REFERENCE, Resting, resting_on, resting_text
from registry.cli.teaching import TeachingGroup
from registry.domain.exam import ExamSession, Invalidation, Part
from verifier.encoding import parse_day
from verifier.errors import FormatError


class _Part(click.ParamType[Part]):
    """A part of an exam, as scritta:2026-11-20."""

    name = "form:day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Part:
        """The part that was typed."""
        form, colon, day = str(value).rpartition(":")
        if not colon:
            self.fail("a part is its form and its day, like scritta:2026-11-20", param, ctx)
        try:
            return Part(LINE.convert(form, param, ctx), parse_day(day))
        except FormatError as error:
            self.fail(f"{day!r} is {error}", param, ctx)


@click.group(cls=TeachingGroup)
def exam() -> None:
    """Exam sessions: what a body records of them, and what rests on them.

    Examples:
        attesto exam hold ./registry ESA-2026-001 --body odc-uno --edition demo-2026
            --part scritta:2026-11-20 --part caso:2026-11-21 --part colloquio:2026-11-21 --examiner ES-05
        attesto exam list ./registry --body odc-uno
        attesto exam invalidate ./registry ESA-2026-001 --body odc-uno --decider DE-06 --reason "answers were sold"
        attesto exam annul ./registry ESA-2026-001 --body odc-uno --decider DE-06 --decision DEL-2027-0170

    A session holds parts, days and examiners; never a candidate, a mark or a failure.
    """


exam.add_command(annul)


@exam.command()
@folder
@REFERENCE
@BODY
@click.option("--edition", required=True, help="The scheme edition, like demo-2026.")
@click.option(
    "--part", "parts", multiple=True, required=True, type=_Part(), help="A part's form and day, scritta:2026-11-20."
)
@click.option(
    "--examiner", "examiners", multiple=True, required=True, type=LINE, help="An examiner, by the body's own id."
)
@as_json
def hold(
    folder: Path,
    reference: str,
    body: str,
    edition: str,
    parts: tuple[Part, ...],
    examiners: tuple[str, ...],
    json_wanted: bool,
) -> None:
    """Record an exam session that was held; from then on a decision that names it as its exam rests on it.

    Example:
        attesto exam hold ./registry ESA-2026-001 --body odc-uno --edition demo-2026
            --part scritta:2026-11-20 --part caso:2026-11-21 --part colloquio:2026-11-21 --examiner ES-05

    Somebody who sat parts on different days is in a session that has all of them, each with its day. The same command
    again records nothing; what was recorded is not changed.
    """
    ordered = tuple(sorted(parts, key=lambda part: (part.held_on, part.form)))
    session = ExamSession(body, reference, edition, ordered, tuple(sorted(set(examiners))))
    with registry_in(folder) as attesto:
        attesto.streams.body(body)
        published = attesto.streams.edition(edition).edition
        new = attesto.registry.exams.hold(session, published, attesto.registry.moment().today)
    again = "" if new else " (it was recorded before; nothing was written)"
    emit(json_wanted, {**_value(session), "repeated": not new}, f"Exam {reference} of {body} is recorded{again}.")


@exam.command()
@folder
@REFERENCE
@BODY
@as_json
def show(folder: Path, reference: str, body: str, json_wanted: bool) -> None:
    """Show an exam session, and every certification that rests on it with its state today."""
    with registry_in(folder) as attesto:
        session = attesto.registry.exams.session(body, reference)
        resting = resting_on(attesto, session)
    _tell(session, resting, json_wanted, _described(session))


@exam.command("list")
@folder
@BODY
@as_json
def list_sessions(folder: Path, body: str, json_wanted: bool) -> None:
    """List the exam sessions of a body."""
    with registry_in(folder) as attesto:
        attesto.streams.body(body)
        sessions = attesto.registry.exams.of_body(body)
    rows = [(s.reference, s.edition, s.held_on, " ".join(part.form for part in s.parts), _stands(s)) for s in sessions]
    text = columns(("exam", "edition", "held on", "parts", "state"), rows) if rows else f"{body} has recorded no exam."
    emit(json_wanted, {"body": body, "exams": [_value(session) for session in sessions]}, text)


@exam.command()
@folder
@REFERENCE
@BODY
@DECIDER
@click.option("--reason", required=True, type=LONG_LINE, help="Why; it is never public. Name no candidate in it.")
@as_json
def invalidate(folder: Path, reference: str, body: str, decider: str, reason: str, json_wanted: bool) -> None:
    """Invalidate an exam session: nothing more may rest on it; what does is listed, and stays what it is.

    Each certification is for a decision of its own: 'attesto exam annul' takes them one after the other,
    'attesto annul' or 'attesto withdraw' a single one. Who examined does not decide.

    Example:
        attesto exam invalidate ./registry ESA-2026-001 --body odc-uno --decider DE-06 --reason "answers were sold"
    """
    with registry_in(folder) as attesto:
        session = attesto.registry.exams.invalidate(body, reference, _invalidation(attesto, decider, reason))
        resting = resting_on(attesto, session)
    _tell(session, resting, json_wanted, f"Exam {reference} of {body} is invalidated.")


def _invalidation(attesto: Attesto, decider: str, reason: str) -> Invalidation:
    return Invalidation(attesto.registry.moment().today, decider, reason)


def _tell(session: ExamSession, resting: list[Resting], json_wanted: bool, said: str) -> None:
    value = {**_value(session), "certifications": [one.value for one in resting]}
    emit(json_wanted, value, f"{said}\n\n{resting_text(resting)}")


def _described(session: ExamSession) -> str:
    parts = [(part.form, part.held_on) for part in session.parts]
    why = "" if session.invalidation is None else f"\nBy {session.invalidation.decider}: {session.invalidation.reason}"
    head = f"Exam {session.reference} of {session.body}, {session.edition}: {_stands(session)}{why}"
    return f"{head}\nExaminers: {' '.join(session.examiners)}\n\n{columns(('part', 'held on'), parts)}"


def _stands(session: ExamSession) -> str:
    return "stands" if session.invalidation is None else f"invalidated on {session.invalidation.on}"


def _value(session: ExamSession) -> dict[str, object]:
    gone = session.invalidation
    invalidated: dict[str, date | str] | None = None
    if gone is not None:
        invalidated = {"on": gone.on, "decider": gone.decider, "reason": gone.reason}
    return {
        "exam": session.reference,
        "body": session.body,
        "edition": session.edition,
        "held_on": session.held_on,
        "parts": session.parts,
        "examiners": session.examiners,
        "invalidated": invalidated,
    }
