"""The command ``attesto adopt``."""

from registry.cli.rows import Words, rows_command
from registry.commands.adoption_file import parse_adoptions
from registry.commands.decisions import AdoptCertification
from registry.commands.people_file import FileContext, PeopleFile


@rows_command(Words("adopt", "adopting", "adopted"))
def adopt(data: bytes, context: FileContext) -> PeopleFile[AdoptCertification]:
    """Take in certificates that the body granted before the registry, from a CSV file.

    Examples:
        attesto adopt ./registry before.csv --body odc-uno --edition demo-2026 --dry-run
        attesto adopt ./registry before.csv --body odc-uno --edition demo-2026 --pdf ./certificates

    The first line names the columns, in English or Italian (nome, profilo, primo rilascio, inizio del ciclo, ultimo
    mantenimento, scadenza, numero precedente, deliberante, delibera, riferimento …):
        name,birth_date,profile,granted_on,cycle_starts_on,maintained_from,valid_until,former_number,decider,decision
        Zoë D'Angelo,24/11/1990,addetto,10/05/2023,01/05/2026,,30/04/2029,UNO-0117,DE-06,DEL-2026-0402

    The days are the body's claim, and every verdict says so: the status is proven from today on alone. A cycle that is
    not named began with the first grant, and maintenance counts from the cycle's start unless a later one is named.
    Optional: birth_place, examiners, trainers, and reference, the body's own id of the person.

    Rows are checked, left out, repeated and reported as by 'attesto grant'; exit codes are the same.
    """
    return parse_adoptions(data, context)
