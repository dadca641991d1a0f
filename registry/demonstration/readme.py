"""What lies in the demonstration's folder, and what to try with it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from registry.demonstration.forgeries import Forgery
from registry.demonstration.samples import Sample
from verifier.number import group_number
from verifier.report import EXIT_CODES, Verdict

_HEAD: Final = """# The demonstration

Everybody here is made up, and so are the bodies; of the scheme editions, only the one of
certificate 05 is real, and it is a skeleton with its gaps marked.
{people} people are certified. The page is at <{address}>, as long as `attesto demo {folder}` runs. Everything public
lies in `public/`; whom to trust, in `trust.json`.

Try, with the environment's commands on the path (`. .venv/bin/activate`) and in this folder:

    attesto-verify samples/01-in-force.pdf --trust trust.json --registry public
    attesto-verify forgeries/4-never-logged.pdf --trust trust.json --registry public
    attesto-verify samples/01-in-force.bundle.json --trust trust.json
    attesto audit public --trust trust.json
    attesto show . {number}
    attesto exam show . ESA-2026-001 --body odc-aurora
    attesto withdraw . {number} --decider DE-01 --decision DEL-1 --reason "a try" && attesto publish .

## Samples

One certificate for every status and every condition. Beside each PDF lies its link, as the code
has it. Verdicts are for today, {today}.

| file in `samples/` | number | verdict (exit code) | what it shows |
|---|---|---|---|
"""
_FORGED: Final = """
Numbers 13 to 25 took months, so the demonstration's clock was set back: what its log says of the time before today is
its own invention. An operator who tried that with a real registry would contradict the receipts of its bodies.

## Forgeries

Each is refused with exit code 3, verdict `forged`, and each by another check or for another reason.

| file in `forgeries/` | number | what was done | check that fails |
|---|---|---|---|
"""


def format_readme(
    folder: Path, address: str, people: int, samples: Sequence[Sample], forgeries: Sequence[Forgery], today: str
) -> str:
    """Write the folder's README.md."""
    number = group_number(samples[0].number)
    head = _HEAD.format(people=f"{people:,}", address=address, folder=folder, number=number, today=today)
    rows = [f"| {s.name}.pdf | {group_number(s.number)} | {_verdict(s.verdict)} | {s.says} |" for s in samples]
    forged = [f"| {_file(f)} | {group_number(f.number)} | {f.says} | {f.caught_by} |" for f in forgeries]
    return head + "\n".join(rows) + "\n" + _FORGED + "\n".join(forged) + "\n"


def _verdict(verdict: Verdict) -> str:
    return f"{verdict.value.replace('_', ' ')} ({EXIT_CODES[verdict].value})"


def _file(forgery: Forgery) -> str:
    return f"{forgery.name}.{'bundle.json' if forgery.bundle else 'pdf'}"
