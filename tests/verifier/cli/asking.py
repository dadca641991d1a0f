"""What tests of the command line ask it with, and what it said."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from tests.verifier.page.world import World
from verifier.bundle import format_bundle
from verifier.certificate import format_link
from verifier.fetch import fetch_bundle

HOST: Final = "registry.example"
NAME: Final = "Giulia D’Àngelo-Ferrari"


def written(path: Path, content: bytes | str) -> Path:
    """The path, where the content now lies."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def link(world: World, name: str, place: int = -1) -> str:
    """The printed link of a sample's document, the newest if not said."""
    sample = world.samples[name]
    return format_link(HOST, sample.number, sample.tokens[place])


def bundle(world: World, name: str, token: bytes | None = None) -> bytes:
    """A bundle of a sample."""
    return format_bundle(replace(fetch_bundle(world.source, world.samples[name].number), token=token))


@dataclass(frozen=True)
class Said:
    """What the command line answered."""

    code: int
    out: str
    err: str

    @property
    def first(self) -> str:
        return self.out.partition("\n")[0]

    @property
    def reports(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]

    def outcome(self, check: str) -> str:
        """What the text says of a check."""
        (outcome,) = re.findall(rf"^  (passed|FAILED|not checked) +{check} ", self.out, re.MULTILINE)
        return str(outcome)


Ask = Callable[..., Said]
VERDICTS: Final = {
    "active": (0, "GENUINE AND IN FORCE"),
    "reinstated": (0, "GENUINE AND IN FORCE"),
    "renewed": (0, "GENUINE AND IN FORCE"),
    "renewed late": (0, "GENUINE AND IN FORCE"),
    "late": (0, "GENUINE AND IN FORCE"),
    "due": (0, "GENUINE AND IN FORCE"),
    "in grace": (0, "GENUINE AND IN FORCE"),
    "overdue": (0, "IN FORCE, MAINTENANCE OVERDUE"),
    "ends soon": (0, "IN FORCE, A CHANGE IS DECIDED"),
    "accreditation suspended": (0, "IN FORCE, ACCREDITATION SUSPENDED"),
    "unaccredited": (0, "IN FORCE, NOT ACCREDITED"),
    "not yet": (1, "NOT YET IN FORCE"),
    "suspended": (1, "SUSPENDED, NOT IN FORCE"),
    "past deadline": (1, "SUSPENDED, NOT IN FORCE"),
    "expired": (1, "EXPIRED, NOT IN FORCE"),
    "withdrawn": (1, "WITHDRAWN, NOT IN FORCE"),
    "relinquished": (1, "GIVEN UP, NOT IN FORCE"),
}
