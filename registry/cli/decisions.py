"""The commands that decide on a certification that is there: each makes one command of the registry's."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click

from registry.cli.options import DAY, as_json, folder, registry_in
from registry.cli.output import emit, recorded, recorded_text
from registry.cli.submit import preparing, write_prepared
from registry.cli.teaching import TeachingCommand
from registry.commands.decisions import (
    Basis,
    ConfirmMaintenance,
    Decided,
    RecertifyCertification,
    ReinstateCertification,
    ReissueCertificate,
    RelinquishCertification,
    SuspendCertification,
    WithdrawCertification,
)
from registry.domain.decision import Case


@dataclass(frozen=True, slots=True)
class Given:
    """What every decision names: the body, the certification's number, what it rests on."""

    body: str
    number: str
    basis: Basis


_DECIDER = click.option("--decider", required=True, help="Who decides, by the body's own id.")


def _decision(done: str) -> Callable[[Callable[..., Decided]], click.Command]:
    """A command line around a function that makes the decision; ``done`` says what was done."""

    def decorate(make: Callable[..., Decided]) -> click.Command:
        @functools.wraps(make)
        def decide(
            *,
            folder: Path,
            number: str,
            decision: str,
            on: date | None,
            idempotency_key: str | None,
            prepare: Path | None,
            json_wanted: bool,
            **own: object,
        ) -> None:
            with registry_in(folder) as attesto:
                numbered, _ = attesto.registry.certification(number)
                given = Given(numbered.body, numbered.number, Basis(decision, on, idempotency_key))
                command = make(given, **own)
                if prepare is not None:
                    waiting = write_prepared(attesto, [command], prepare)
                    emit(json_wanted, {"prepared": waiting}, waiting.text)
                    return
                made = attesto.registry.decide(command)
                value = recorded(made) if json_wanted else {}
            text = f"{recorded_text(done, made)}\nThe public sees it once it is published: attesto publish {folder}"
            emit(json_wanted, value, text)

        return _with_common_options(decide)

    return decorate


def _with_common_options(decide: Callable[..., None]) -> click.Command:
    for option in (
        as_json,
        preparing,
        click.option("--key", "idempotency_key", help="An idempotency key: the same command again is recorded once."),
        click.option("--on", type=DAY, help="The day it takes effect, like 2026-11-24; without it, today."),
        click.option("--decision", required=True, help="The decision's reference at the body."),
        click.argument("number"),
        folder,
    ):
        decide = option(decide)
    return click.command(cls=TeachingCommand)(decide)


@_decision("confirmed")
@_DECIDER
def confirm(given: Given, decider: str) -> Decided:
    """Confirm a certification inside its cycle.

    Example:
        attesto confirm ./registry 7K3M-9P2X-QD4W5 --decider DE-06 --decision DEL-2027-0112
    """
    return ConfirmMaintenance(given.body, given.number, decider, given.basis)


@_decision("suspended")
@_DECIDER
@click.option("--reason", required=True, help="Why; it is kept encrypted and never public.")
@click.option("--until", required=True, type=DAY, help="The last day by which the body decides again.")
def suspend(given: Given, decider: str, reason: str, until: date) -> Decided:
    """Suspend a certification, with a deadline for the next decision.

    Example:
        attesto suspend ./registry 7K3M-9P2X-QD4W5 --decider DE-06 --decision DEL-2027-0113
            --reason "fees unpaid" --until 2027-03-31
    """
    return SuspendCertification(given.body, given.number, decider, given.basis, reason, until)


@_decision("reinstated")
@_DECIDER
def reinstate(given: Given, decider: str) -> Decided:
    """Lift a suspension; the gap stays visible.

    Example:
        attesto reinstate ./registry 7K3M-9P2X-QD4W5 --decider DE-06 --decision DEL-2027-0140
    """
    return ReinstateCertification(given.body, given.number, decider, given.basis)


@_decision("withdrawn")
@_DECIDER
@click.option("--reason", required=True, help="Why; it is kept encrypted and never public.")
def withdraw(given: Given, decider: str, reason: str) -> Decided:
    """Withdraw a certification, from now on and for ever.

    Example:
        attesto withdraw ./registry 7K3M-9P2X-QD4W5 --decider DE-06 --decision DEL-2027-0150 --reason "fraud"
    """
    return WithdrawCertification(given.body, given.number, decider, given.basis, reason)


@_decision("relinquished")
@_DECIDER
def relinquish(given: Given, decider: str) -> Decided:
    """Record that the person gives the certification up, from now on and for ever.

    Example:
        attesto relinquish ./registry 7K3M-9P2X-QD4W5 --decider DE-06 --decision DEL-2027-0151
    """
    return RelinquishCertification(given.body, given.number, decider, given.basis)


@_decision("recertified")
@_DECIDER
@click.option("--examiner", "examiners", multiple=True, required=True, help="An examiner's id; give one or more.")
@click.option("--trainer", "trainers", multiple=True, help="A trainer's id; give none or more.")
@click.option("--exam", required=True, help="The exam's reference at the body.")
@click.option("--valid-until", type=DAY, help="The last valid day, where the edition does not give it.")
def recertify(
    given: Given,
    decider: str,
    examiners: tuple[str, ...],
    trainers: tuple[str, ...],
    exam: str,
    valid_until: date | None,
) -> Decided:
    """Begin a new cycle, with a new document.

    Example:
        attesto recertify ./registry 7K3M-9P2X-QD4W5 --decider DE-06 --decision DEL-2029-0004
            --examiner ES-05 --examiner ES-22 --trainer FO-05 --exam ESA-2029-001
    """
    case = Case(decider, examiners, trainers)
    return RecertifyCertification(given.body, given.number, case, exam, given.basis, valid_until)


@_decision("issued anew")
def reissue(given: Given) -> Decided:
    """Issue the certificate's document anew; the one before is superseded.

    Example:
        attesto reissue ./registry 7K3M-9P2X-QD4W5 --decision DEL-2027-0160
    """
    return ReissueCertificate(given.body, given.number, given.basis)
