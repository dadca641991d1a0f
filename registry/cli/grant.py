"""The command ``attesto grant``."""

from dataclasses import replace

import click

from registry.cli.rows import Words, rows_command
from registry.commands.decisions import GrantCertification
from registry.commands.people_file import FileContext, PeopleFile, parse_people


@rows_command(Words("grant", "granting", "granted"))
@click.option(
    "--received", multiple=True, help="A kind of evidence in every row's application, by its slug; repeat it."
)
def grant(data: bytes, context: FileContext, received: tuple[str, ...]) -> PeopleFile[GrantCertification]:
    """Certify the people of a CSV file.

    Examples:
        attesto grant ./registry people.csv --body odc-uno --edition demo-2026 --dry-run
        attesto grant ./registry people.csv --body odc-uno --edition demo-2026 --pdf ./certificates
        attesto grant ./registry people.csv --body odc-uno --edition demo-2026 --partial --errors wrong.csv

    The first line names the columns, in English or Italian (nome, data di nascita, luogo di nascita, profilo,
    esaminatori, formatori, deliberante, delibera, esame, domanda, evidenze ricevute, riferimento …):
        name,birth_date,birth_place,profile,effective_on,examiners,trainers,decider,decision,exam,received,reference
        Zoë D'Angelo,24/11/1990,Forlì,addetto,,ES-05,FO-05,DE-06,DEL-2026-0401,ESA-2026-001,domanda esperienza,AUR-0001

    All rows are checked before one is granted, against the scheme's rules too; if one does not hold, nothing of the
    file is granted, unless --partial is given. The same file again grants nothing twice; with a reference in every row,
    neither does another file that names the same person, profile and decision. Exit code 1 says that rows were left
    out, 2 that the file is not what it should be.
    """
    return parse_people(data, replace(context, received=received))
