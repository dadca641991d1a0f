"""Does this name match? Answered from the vault, the one place where a number leads to a name."""

from keys.errors import HolderErasedError
from registry.application.registry import Registry
from registry.errors import ErasedError, UnknownError
from verifier.certificate import parse_token
from verifier.names import NameMatch, compare_names


class Names:
    """Compares names and hands none out."""

    def __init__(self, registry: Registry) -> None:
        """Answer for the certificates of ``registry``."""
        self._registry = registry

    def matches(self, number: str, typed: str) -> NameMatch | None:
        """Whether the name is the one on the newest certificate of a normalised number.

        None where there is none: the number is nobody's, or its holder was erased.

        Raises:
            SealError: a row of the vault was altered or moved.
        """
        try:
            numbered = self._registry.numbered(number)
            token, _ = self._registry.document(numbered.certification)
        except (UnknownError, ErasedError, HolderErasedError):
            return None
        return compare_names(typed, parse_token(token).claims.name)
