"""The command ``attesto transfer``."""

from pathlib import Path

import click

from registry.application.transfer import Handover, Transferred
from registry.bootstrap import Attesto
from registry.cli.deciding import DECIDER
from registry.cli.documents import check_printable
from registry.cli.options import as_json, folder, registry_in
from registry.cli.output import emit, recorded, recorded_text
from registry.cli.teaching import TeachingCommand
from registry.commands.decisions import Basis, TransferCertification
from registry.domain.decision import Case
from verifier.encoding import format_day
from verifier.event import Event
from verifier.number import group_number


@click.command(cls=TeachingCommand)
@folder
@click.argument("number")
@click.option("--to", "receiver", required=True, help="The body that takes the certification over.")
@DECIDER
@click.option("--decision", required=True, help="The decision's reference at the body that hands over.")
@click.option("--receiver-decider", required=True, help="Who decides at the receiver, by its own id.")
@click.option("--receiver-decision", help="The decision's reference at the receiver; without it, the same.")
@click.option("--receiver-examiner", "examiners", multiple=True, help="Who examined for the receiver, if anybody did.")
@click.option("--receiver-trainer", "trainers", multiple=True, help="Who trained for the receiver, if anybody did.")
@click.option("--reference", help="The receiver's own id of the person.")
@click.option("--unaccredited", is_flag=True, help="Take over though the receiver is not accredited; verdicts say so.")
@click.option("--key", "idempotency_key", help="An idempotency key: the same command again is recorded once.")
@click.option("--yes", is_flag=True, help="Do not ask: it is as it should be, and the holder has agreed.")
@as_json
def transfer(  # noqa: PLR0913, PLR0917  the command's parameters are the user's
    folder: Path,
    number: str,
    receiver: str,
    decider: str,
    decision: str,
    receiver_decider: str,
    receiver_decision: str | None,
    examiners: tuple[str, ...],
    trainers: tuple[str, ...],
    reference: str | None,
    unaccredited: bool,
    idempotency_key: str | None,
    yes: bool,
    json_wanted: bool,
) -> None:
    """Hand a certification over to another body, today: two decisions, each signed by its body, recorded together.

    Example:
        attesto transfer ./registry 7K3M-9P2X-QD4W5 --to odc-due --decider DE-06 --decision DEL-2027-0180
            --receiver-decider VE-01 --receiver-decision TR-2027-0003

    The certification ends here as transferred and goes on at the receiver under a new number, with a new document and
    the same days. The receiver gets the person's name, day and place of birth: the holder must have agreed to that.
    Both bodies' keys must lie in this registry. What is scheduled for a later day stands against it.
    """
    with registry_in(folder) as attesto:
        numbered, _ = attesto.registry.certification(number)
        command = TransferCertification(
            numbered.body,
            numbered.number,
            decider,
            Basis(decision, None, idempotency_key),
            receiver,
            Case(receiver_decider, examiners, trainers),
            receiver_decision or decision,
            consented=True,
            reference=reference,
            unaccredited=unaccredited,
        )
        made = attesto.transfers.find(command) or _carry_out(attesto, command, yes)
        value = {"out": recorded(made.out), "in": recorded(made.into)} if json_wanted else {}
    emit(json_wanted, value, _text(made, folder))


def _carry_out(attesto: Attesto, command: TransferCertification, yes: bool) -> Transferred:
    handover = attesto.transfers.rehearse(command)
    out, begun = handover.events[:2]
    if handover.into.token is not None:
        check_printable(attesto, command.receiver, out.text("edition"))(handover.into.token.certificate.name)
    if not yes:
        click.echo(_preview(handover, out, begun), err=True)
        click.confirm("Has the holder agreed, and is it to be transferred?", abort=True, err=True)
    return attesto.transfers.transfer(command)


def _preview(handover: Handover, out: Event, begun: Event) -> str:
    days = {
        "first grant": "granted_on",
        "cycle since": "cycle_starts_on",
        "maintenance counts from": "maintained_from",
        "last valid day": "valid_until",
    }
    scopes = [event.slugs("scope") for event in handover.events if "scope" in event.content]
    bodies = f"from {out.text('body')} to {begun.text('body')} on {format_day(out.effective_on)}"
    lines = [f"{group_number(handover.out.number)}  {out.text('profile')}, {out.text('edition')}: {bodies}"]
    lines += [f"  {label}: {format_day(begun.day(name))}" for label, name in days.items()]
    lines += [f"  tasks: {' '.join(scope)}" for scope in scopes]
    person = "gets the person's data" if handover.into.new_holder else "knows the person by that reference"
    return "\n".join([*lines, f"It ends here, for ever, and goes on under a new number. The receiver {person}."])


def _text(made: Transferred, folder: Path) -> str:
    return "\n".join([
        recorded_text("handed over", made.out),
        recorded_text("taken over", made.into),
        f"The document: attesto certificate {folder} {group_number(made.into.number)}",
        f"The public sees it once it is published: attesto publish {folder}",
    ])  # fmt: skip
