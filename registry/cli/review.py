"""The commands that review a certification: its scope, its maintenance, a suspension, an appeal, a correction."""

from datetime import date

import click

from registry.cli.deciding import DECIDER, REASON, Given, decision_command, immediate_command
from registry.cli.options import DAY, LINE, NAME
from registry.commands.decisions import (
    AnnulCertification,
    CorrectCertification,
    Decided,
    ExtendScope,
    ProlongSuspension,
    ReduceScope,
    RefuseMaintenance,
    UpholdAppeal,
)

_TASKS = click.option(
    "--task", "tasks", multiple=True, required=True, type=LINE, help="A task that holds afterwards; give all of them."
)


@decision_command("refused")
@DECIDER
@REASON
def refuse(given: Given, decider: str, reason: str) -> Decided:
    """Refuse to confirm a certification; its status stays, the refusal shows beside it.

    Example:
        attesto refuse ./registry 7K3M-9P2X-QD4W5 --decider DE-06 --decision DEL-2027-0114
            --reason "no proof of work"
    """
    return RefuseMaintenance(given.body, given.number, decider, given.basis, reason)


@decision_command("extended")
@DECIDER
@_TASKS
@click.option("--exam", type=LINE, help="The exam's reference at the body, where there was one.")
def extend(given: Given, decider: str, tasks: tuple[str, ...], exam: str | None) -> Decided:
    """Extend the scope of a certification that was reduced.

    Example:
        attesto extend ./registry 7K3M-9P2X-QD4W5 --decider DE-06 --decision DEL-2027-0120
            --task ascolto --task registrazione
    """
    return ExtendScope(given.body, given.number, decider, given.basis, tasks, exam)


@decision_command("reduced")
@DECIDER
@REASON
@_TASKS
def reduce(given: Given, decider: str, reason: str, tasks: tuple[str, ...]) -> Decided:
    """Reduce the scope of a certification to some of its profile's tasks.

    Example:
        attesto reduce ./registry 7K3M-9P2X-QD4W5 --decider DE-06 --decision DEL-2027-0119
            --task ascolto --reason "no longer done"
    """
    return ReduceScope(given.body, given.number, decider, given.basis, reason, tasks)


@decision_command("prolonged")
@DECIDER
@REASON
@click.option("--until", required=True, type=DAY, help="The new last day by which the body decides again.")
def prolong(given: Given, decider: str, reason: str, until: date) -> Decided:
    """Give a suspension a later deadline; the edition's maximum counts from its first day.

    Example:
        attesto prolong ./registry 7K3M-9P2X-QD4W5 --decider DE-06 --decision DEL-2027-0133
            --reason "papers are awaited" --until 2027-05-31
    """
    return ProlongSuspension(given.body, given.number, decider, given.basis, reason, until)


@immediate_command("annulled")
@DECIDER
@REASON
def annul(given: Given, decider: str, reason: str) -> Decided:
    """Annul a certification from the start: it never was, on any day.

    What was known before stays visible: a verdict "as known then" does not change.

    Example:
        attesto annul ./registry 7K3M-9P2X-QD4W5 --decider DE-06 --decision DEL-2027-0170 --reason "exam invalid"
    """
    return AnnulCertification(given.body, given.number, decider, given.basis, reason)


@immediate_command("reversed")
@DECIDER
@click.option(
    "--reverses", required=True, type=click.IntRange(1), help="The decision's place among the events, as show tells it."
)
def appeal(given: Given, decider: str, reverses: int) -> Decided:
    """Uphold an appeal: a suspension, withdrawal or annulment is reversed; both stay visible.

    Who took that decision does not decide the appeal.

    Example:
        attesto appeal ./registry 7K3M-9P2X-QD4W5 --decider DE-11 --decision RIC-2027-0003 --reverses 3
    """
    return UpholdAppeal(given.body, given.number, decider, given.basis, reverses)


@immediate_command("corrected")
@DECIDER
@click.option("--name", type=NAME, help="The name as it should read.")
@click.option("--birth-date", type=DAY, help="The day of birth as it should read, like 1990-11-24.")
@click.option("--birth-place", type=LINE, help="The place of birth as it should read.")
def correct(given: Given, decider: str, name: str | None, birth_date: date | None, birth_place: str | None) -> Decided:
    """Correct what the document says of the person, and issue it anew under the same number.

    Earlier revisions are superseded and stay readable ('attesto certificate --revision').

    Example:
        attesto correct ./registry 7K3M-9P2X-QD4W5 --decider DE-06 --decision DEL-2027-0161 --name "Zoë D'Angelo"
    """
    return CorrectCertification(given.body, given.number, decider, given.basis, name, birth_date, birth_place)
