"""The commands that decide on a certification from its grant to its end."""

from datetime import date

import click

from registry.cli.deciding import DECIDER, REASON, Given, decision_command
from registry.cli.options import DAY, LINE
from registry.commands.decisions import (
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


@decision_command("confirmed")
@DECIDER
@click.option(
    "--evidence", multiple=True, type=LINE, help="A kind of evidence received, by its slug in the edition; give all."
)
def confirm(given: Given, decider: str, evidence: tuple[str, ...]) -> Decided:
    """Confirm a certification inside its cycle.

    Without --evidence it rests on what 'attesto evidence add' filed in the running maintenance period.

    Examples:
        attesto confirm ./registry 7K3M-9P2X-QD4W5 --decider DE-06 --decision DEL-2027-0112
        attesto confirm ./registry 7K3M-9P2X-QD4W5 --decider DE-06 --decision DEL-2027-0112
            --evidence continuita --evidence formazione --evidence reclami
    """
    return ConfirmMaintenance(given.body, given.number, decider, given.basis, evidence)


@decision_command("suspended")
@DECIDER
@REASON
@click.option("--until", required=True, type=DAY, help="The last day by which the body decides again.")
def suspend(given: Given, decider: str, reason: str, until: date) -> Decided:
    """Suspend a certification, with a deadline for the next decision.

    Example:
        attesto suspend ./registry 7K3M-9P2X-QD4W5 --decider DE-06 --decision DEL-2027-0113
            --reason "fees unpaid" --until 2027-03-31
    """
    return SuspendCertification(given.body, given.number, decider, given.basis, reason, until)


@decision_command("reinstated")
@DECIDER
def reinstate(given: Given, decider: str) -> Decided:
    """Lift a suspension; the gap stays visible.

    Example:
        attesto reinstate ./registry 7K3M-9P2X-QD4W5 --decider DE-06 --decision DEL-2027-0140
    """
    return ReinstateCertification(given.body, given.number, decider, given.basis)


@decision_command("withdrawn")
@DECIDER
@REASON
def withdraw(given: Given, decider: str, reason: str) -> Decided:
    """Withdraw a certification, from now on and for ever.

    Example:
        attesto withdraw ./registry 7K3M-9P2X-QD4W5 --decider DE-06 --decision DEL-2027-0150 --reason "fraud"
    """
    return WithdrawCertification(given.body, given.number, decider, given.basis, reason)


@decision_command("relinquished")
@DECIDER
def relinquish(given: Given, decider: str) -> Decided:
    """Record that the person gives the certification up, from now on and for ever.

    Example:
        attesto relinquish ./registry 7K3M-9P2X-QD4W5 --decider DE-06 --decision DEL-2027-0151
    """
    return RelinquishCertification(given.body, given.number, decider, given.basis)


@decision_command("recertified")
@DECIDER
@click.option(
    "--examiner", "examiners", multiple=True, required=True, type=LINE, help="An examiner's id; give one or more."
)
@click.option("--trainer", "trainers", multiple=True, type=LINE, help="A trainer's id; give none or more.")
@click.option("--exam", required=True, type=LINE, help="The exam's reference at the body.")
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


@decision_command("issued anew")
def reissue(given: Given) -> Decided:
    """Issue the certificate's document anew; the one before is superseded.

    Example:
        attesto reissue ./registry 7K3M-9P2X-QD4W5 --decision DEL-2027-0160
    """
    return ReissueCertificate(given.body, given.number, given.basis)
