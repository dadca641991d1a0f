"""The command ``attesto exam annul``: one command, one decision for each certification that rests on an exam."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from keys.signer import Purpose
from registry.application.answers import Recorded
from registry.application.registry import Outcome
from registry.bootstrap import Attesto
from registry.cli.deciding import DECIDER
from registry.cli.exits import REFUSED
from registry.cli.options import LINE, LONG_LINE, as_json, folder, registry_in
from registry.cli.output import counted, emit, recorded, recorded_text
from registry.cli.progress import Tell, progress
from registry.cli.resting import BODY, REFERENCE, Resting, resting_on
from registry.cli.submit import Waiting, preparing, write_prepared
from registry.cli.teaching import TeachingCommand
from registry.commands.decisions import AnnulCertification, Basis
from registry.domain.exam import check_reviewable
from registry.errors import UnknownError
from verifier.number import group_number, parse_number
from verifier.status import State


@dataclass(frozen=True, slots=True)
class _Review:
    """What rests on an exam: what is to be annulled, and what is not and why."""

    annulled_before: Sequence[Resting]
    restored: Sequence[Resting]
    left_out: Sequence[Resting]
    open: Sequence[Resting]


@click.command(cls=TeachingCommand)
@folder
@REFERENCE
@BODY
@DECIDER
@click.option("--decision", required=True, type=LINE, help="The decisions' reference at the body.")
@click.option("--reason", type=LONG_LINE, help="Why; without it, the reason for which the exam was invalidated.")
@click.option("--except", "left_out", multiple=True, metavar="NUMBER", help="A certification to leave out; repeat it.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@preparing
@as_json
def annul(  # noqa: PLR0913, PLR0917  the command's parameters are the user's
    folder: Path,
    reference: str,
    body: str,
    decider: str,
    decision: str,
    reason: str | None,
    left_out: tuple[str, ...],
    yes: bool,
    prepare: Path | None,
    json_wanted: bool,
) -> None:
    """Annul every certification that rests on an invalidated exam, each by a decision of its own.

    What is annulled already is left alone, and so is what an appeal has restored: 'attesto annul' decides on a single
    one. After a failure the same command goes on where it stopped; nothing is annulled twice.

    Examples:
        attesto exam annul ./registry ESA-2026-001 --body odc-uno --decider DE-06 --decision DEL-2027-0170
        attesto exam annul ./registry ESA-2026-001 --body odc-uno --decider DE-06 --decision DEL-2027-0170
            --except 7K3M-9P2X-QD4W5 --yes

    Exit code 1 says that one was refused.
    """
    if json_wanted and not yes and prepare is None:
        raise click.UsageError("--json asks nothing: give --yes too")
    with registry_in(folder) as attesto, progress() as tell:
        session = attesto.registry.exams.session(body, reference)
        invalidation = check_reviewable(session, decider)
        review = _review(resting_on(attesto, session), {parse_number(number) for number in left_out})
        commands = [
            AnnulCertification(
                body, one.number, decider, Basis(decision, None, _key(one)), reason or invalidation.reason
            )
            for one in review.open
        ]
        if prepare is not None:
            _tell_prepared(write_prepared(attesto, commands, prepare, tell), json_wanted)
            return
        attesto.key_set.current(body, Purpose.EVENT)
        if commands and not yes:
            them = counted(len(commands), "certification", "certifications")
            click.confirm(f"Annul {them} of {body}, for ever?", abort=True, err=True)
        outcomes = _decide(attesto, commands, tell)
        value = _value(review, outcomes) if json_wanted else {}
    emit(
        json_wanted,
        value,
        f"{_text(review, outcomes)}\nThe public sees it once it is published: attesto publish {folder}",
    )
    if any(not isinstance(outcome, Recorded) for outcome in outcomes):
        raise click.exceptions.Exit(REFUSED)


def _review(resting: Sequence[Resting], left_out: Collection[str]) -> _Review:
    if strange := sorted(set(left_out) - {one.number for one in resting}):
        raise UnknownError(f"certification {group_number(strange[0])} does not rest on this exam")
    annulled = [one for one in resting if one.state is State.ANNULLED]
    restored = [one for one in resting if one.restored]
    out = [one for one in resting if one.number in left_out and one not in annulled and one not in restored]
    done = [*annulled, *restored, *out]
    return _Review(annulled, restored, out, [one for one in resting if one not in done])


def _key(one: Resting) -> str:
    # It outlives an erasure, so it does not name the exam.
    return f"annulled after {one.events} events: {one.certification}"


def _decide(attesto: Attesto, commands: Sequence[AnnulCertification], tell: Tell) -> list[Outcome]:
    return attesto.registry.decide_all(commands, lambda done: tell("annulling", done, len(commands)))


def _tell_prepared(waiting: Waiting, json_wanted: bool) -> None:
    emit(json_wanted, {"prepared": waiting}, waiting.text)


def _value(review: _Review, outcomes: Sequence[Outcome]) -> dict[str, object]:
    pairs = list(zip(review.open, outcomes, strict=True))
    return {
        "annulled": [recorded(outcome) for _, outcome in pairs if isinstance(outcome, Recorded)],
        "refused": [
            {"number": one.number, "kind": type(outcome).__name__, "message": str(outcome)}
            for one, outcome in pairs
            if not isinstance(outcome, Recorded)
        ],
        "annulled_before": [one.number for one in review.annulled_before],
        "restored": [one.number for one in review.restored],
        "left_out": [one.number for one in review.left_out],
    }


def _text(review: _Review, outcomes: Sequence[Outcome]) -> str:
    lines = [
        recorded_text("annulled", outcome)
        if isinstance(outcome, Recorded)
        else f"{group_number(one.number)} refused: {outcome}"
        for one, outcome in zip(review.open, outcomes, strict=True)
    ]
    lines += [f"{group_number(one.number)} was annulled before" for one in review.annulled_before]
    lines += [f"{group_number(one.number)} is left alone: an appeal restored it" for one in review.restored]
    lines += [f"{group_number(one.number)} is left out: it is {one.state}" for one in review.left_out]
    done = sum(isinstance(outcome, Recorded) for outcome in outcomes)
    return "\n".join([*lines, f"{done} annulled, {len(outcomes) - done} refused."])
