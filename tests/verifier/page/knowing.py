"""Who knows the world's names, as its registry does."""

from dataclasses import dataclass

from tests.verifier.page.world import World
from verifier.certificate import parse_token
from verifier.errors import UnavailableError
from verifier.names import NameMatch, compare_names


@dataclass(frozen=True)
class Knowing:
    """Compares with the names in the world's tokens; nobody answers for the silent number."""

    world: World
    silent: str = ""

    def matches(self, number: str, typed: str) -> NameMatch | None:
        """Whether the sample of that number has the name."""
        if number == self.silent:
            raise UnavailableError("the database does not answer")
        tokens = {sample.number: sample.tokens[-1] for sample in self.world.samples.values()}
        return compare_names(typed, parse_token(tokens[number]).claims.name) if number in tokens else None
