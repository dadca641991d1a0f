"""The command ``attesto transfer``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import click

from registry.application.handovers import WaitingHandover
from registry.application.submit import Signed
from registry.application.transfer import Handover, Transferred
from registry.bootstrap import Attesto
from registry.cli.deciding import DECIDER
from registry.cli.documents import check_printable
from registry.cli.exits import REFUSED
from registry.cli.options import LINE, as_json, folder, registry_in
from registry.cli.output import counted, emit, recorded, recorded_text, write_private
from registry.cli.submit import Waiting, preparing
from registry.cli.teaching import TeachingCommand
from registry.commands.decisions import Basis, TransferCertification
from registry.commands.home_file import format_to_sign, parse_signatures, parse_to_sign
from registry.domain.decision import Case
from verifier.encoding import format_day
from verifier.errors import FormatError
from verifier.event import Event
from verifier.number import group_number

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command(cls=TeachingCommand)
@folder
@click.argument("number")
@click.option("--to", "receiver", required=True, help="The body that takes the certification over.")
@DECIDER
@click.option("--decision", required=True, type=LINE, help="The decision's reference at the body that hands over.")
@click.option("--receiver-decider", required=True, type=LINE, help="Who decides at the receiver, by its own id.")
@click.option("--receiver-decision", type=LINE, help="The decision's reference at the receiver; without it, the same.")
@click.option(
    "--receiver-examiner", "examiners", multiple=True, type=LINE, help="Who examined for the receiver, if anybody did."
)
@click.option(
    "--receiver-trainer", "trainers", multiple=True, type=LINE, help="Who trained for the receiver, if anybody did."
)
@click.option("--reference", type=LINE, help="The receiver's own id of the person.")
@click.option("--unaccredited", is_flag=True, help="Take over though the receiver is not accredited; verdicts say so.")
@click.option(
    "--key", "idempotency_key", type=LINE, help="An idempotency key: the same command again is recorded once."
)
@preparing
@click.option("--prepared", type=_FILE, help="What --prepare wrote, once it is signed at home.")
@click.option("--signatures", type=_FILE, multiple=True, help="What a body signed of it; once for each body at home.")
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
    prepare: Path | None,
    prepared: Path | None,
    signatures: tuple[Path, ...],
    yes: bool,
    json_wanted: bool,
) -> None:
    """Hand a certification over to another body, today: two decisions, each signed by its body, recorded together.

    Example:
        attesto transfer ./registry 7K3M-9P2X-QD4W5 --to odc-due --decider DE-06 --decision DEL-2027-0180
            --receiver-decider VE-01 --receiver-decision TR-2027-0003

    The certification ends here as transferred and goes on at the receiver under a new number, with a new document and
    the same days. The receiver gets the person's name, day and place of birth: the holder must have agreed to that.
    What is scheduled for a later day stands against it.

    A body that keeps its keys at home signs its half there, and all of it is recorded on one day. The same command with
    --prepare makes what is to be signed, and with --prepared takes it back:
        attesto transfer ./registry 7K3M-9P2X-QD4W5 … --prepare to-sign.json
        attesto home sign ./home to-sign.json --out signed.json
        attesto transfer ./registry 7K3M-9P2X-QD4W5 … --prepared to-sign.json --signatures signed.json

    Where both are at home, --signatures is given twice. Where the transfer is stale by then, to-sign.json is written
    anew, to be signed again, and the exit code is 1.
    """
    submitted = _read_submitted(prepare, prepared, signatures)
    with registry_in(folder) as attesto:
        numbered = attesto.registry.numbered(number)
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
        made = attesto.transfers.find(command)
        if made is None and submitted is None:
            _ask(attesto, command, prepare, yes)
        outcome = made or _carry_out(attesto, command, prepare, submitted)
        if isinstance(outcome, Transferred):
            value = {"out": recorded(outcome.out), "in": recorded(outcome.into)} if json_wanted else {}
            emit(json_wanted, value, _text(outcome, folder))
    if isinstance(outcome, WaitingHandover):
        _hand_out(outcome, prepare, submitted, json_wanted)


@dataclass(frozen=True, slots=True)
class _Submitted:
    """What comes back from home: the file that was signed, the id of the old body's half in it, signatures by id."""

    file: Path
    handover: UUID
    signed: Mapping[UUID, Signed]


def _read_submitted(prepare: Path | None, prepared: Path | None, files: Sequence[Path]) -> _Submitted | None:
    """What was signed at home, None where nothing is submitted.

    Raises:
        FormatError: a file is missing, is none, or was not signed of what was prepared.
    """
    if prepare is not None and (prepared is not None or files):
        raise FormatError("--prepare makes what is signed at home, --prepared and --signatures take it back: not both")
    if prepared is None:
        if files:
            raise FormatError("what was signed at home takes both files: --prepared and --signatures")
        return None
    halves = [item.preparation for item in parse_to_sign(prepared.read_bytes())]
    if len(halves) != 2:
        raise FormatError(f"{prepared} is not what 'attesto transfer --prepare' wrote")
    signed: dict[UUID, Signed] = {}
    for file in files:
        for item in parse_signatures(file.read_bytes()):
            if item.preparation not in halves:
                raise FormatError(f"{file} was not signed of {prepared}")
            signed[item.preparation] = Signed(item.events, item.token)
    return _Submitted(prepared, halves[0], signed)


def _ask(attesto: Attesto, command: TransferCertification, prepare: Path | None, yes: bool) -> None:
    handover = attesto.transfers.rehearse(command)
    if prepare is None:
        attesto.transfers.check_keys(handover)
    out, begun = handover.events[:2]
    if handover.into.token is not None:
        check_printable(attesto, command.receiver, out.text("edition"))(handover.into.token.certificate.name)
    if not yes:
        evidence = len(attesto.registry.evidence.of(handover.out.certification))
        click.echo(_preview(handover, out, begun, evidence), err=True)
        click.confirm("Has the holder agreed, and is it to be transferred?", abort=True, err=True)


def _carry_out(
    attesto: Attesto, command: TransferCertification, prepare: Path | None, submitted: _Submitted | None
) -> Transferred | WaitingHandover:
    if submitted is not None:
        return attesto.handovers.submit(command, submitted.handover, submitted.signed)
    return attesto.transfers.transfer(command) if prepare is None else attesto.handovers.prepare(command)


def _hand_out(made: WaitingHandover, prepare: Path | None, submitted: _Submitted | None, json_wanted: bool) -> None:
    if prepare is not None:
        waiting = _written(made, prepare)
        emit(json_wanted, {"prepared": waiting}, waiting.text)
    elif submitted is not None:
        waiting = _written(made, submitted.file)
        emit(json_wanted, {"stale": waiting}, f"What was signed fits no more. Anew, {waiting.text}")
        raise click.exceptions.Exit(REFUSED)


def _written(made: WaitingHandover, path: Path) -> Waiting:
    write_private(path, format_to_sign(made.to_sign))
    return Waiting(len(made.ids), path, made.expires_at)


def _preview(handover: Handover, out: Event, begun: Event, evidence: int) -> str:
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
    if evidence:
        stays = counted(evidence, "record of evidence stays", "records of evidence stay")
        lines.append(f"  {stays} at {out.text('body')}: {begun.text('body')} files its own")
    person = "gets the person's data" if handover.into.new_holder else "knows the person by that reference"
    return "\n".join([*lines, f"It ends here, for ever, and goes on under a new number. The receiver {person}."])


def _text(made: Transferred, folder: Path) -> str:
    return "\n".join([
        recorded_text("handed over", made.out),
        recorded_text("taken over", made.into),
        f"The document: attesto certificate {folder} {group_number(made.into.number)}",
        f"The public sees it once it is published: attesto publish {folder}",
    ])  # fmt: skip
