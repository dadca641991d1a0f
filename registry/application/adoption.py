"""Prepare an adoption: a certification of before the registry, with its first document here."""

from registry.application.claims import adoption_claims
from registry.application.prepare import (
    Context,
    Draft,
    Prepared,
    assemble,
    beginning_of,
    draw_number,
    issue_document,
    prepare_grant,
    printed_of,
)
from registry.commands.decisions import AdoptCertification, Begun
from registry.domain.beginning import adopt
from registry.vault import Holder


def prepare_beginning(command: Begun, context: Context, holder: Holder, *, new: bool, status_index: int) -> Prepared:
    """Prepare a grant or an adoption.

    Raises:
        DomainError: a rule forbids it.
    """
    if isinstance(command, AdoptCertification):
        return prepare_adoption(command, context, holder, new=new, status_index=status_index)
    return prepare_grant(command, context, holder, new=new, status_index=status_index)


def prepare_adoption(
    command: AdoptCertification, context: Context, holder: Holder, *, new: bool, status_index: int
) -> Prepared:
    """Prepare an adoption with its first certificate.

    Raises:
        DomainError: a rule forbids it.
    """
    draft = Draft(context.moment, context.chance)
    number = draw_number(context.chance)
    decision = draft.decision("certification.adopted", adoption_claims(command, number), command.basis.effective_on)
    context.published.stream.check_open(decision.effective_on)
    beginning = beginning_of(command, context, decision, status_index)
    certification = adopt(beginning, command.profile, command.past)
    token = issue_document(certification, draft, context, holder, number, printed_of(command.person, context))
    return assemble(certification, None, draft, context, holder, number, token, new=new)
