"""Five forgeries of the demonstration's own certificates, each caught by another check."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from keys.signer import Signer
from keys.signing import sign_token
from registry.demonstration.samples import Sample
from verifier.bundle import Bundle, Record, format_bundle
from verifier.certificate import parse_token

NAME: Final = "Furbo Falsari"


@dataclass(frozen=True, slots=True)
class Forgery:
    """What somebody might hand in: a number with a token, or a bundle; and the check that catches it."""

    name: str
    number: str
    says: str
    caught_by: str
    token: bytes = field(default=b"", repr=False)
    bundle: bytes = field(default=b"", repr=False)


def forge(
    sample: Sample, other: Sample, token_key: Signer, stranger: Signer, withdrawn: tuple[str, Bundle]
) -> Iterator[Forgery]:
    """Forge from two genuine samples and the number and bundle of a withdrawn one.

    ``token_key`` is the body's own key for certificates, as a thief inside would have it; ``stranger`` is nobody's.
    """
    claims = parse_token(sample.token).claims
    withdrawn_number, bundle = withdrawn
    yield Forgery(
        "1-name-changed",
        sample.number,
        "the name in the code was changed",
        "token",
        _renamed(sample.token, claims.name),
    )
    yield Forgery(
        "2-foreign-key", sample.number, "all claims are true, but a key of nobody signed them", "token",
        sign_token(stranger, claims),
    )  # fmt: skip
    yield Forgery(
        "3-pasted-code", sample.number, f"the code of certificate {other.number} stands beside another's number",
        "token", other.token,
    )  # fmt: skip
    yield Forgery(
        "4-never-logged", sample.number, "signed with the body's true key over another name, and never logged",
        "registered", sign_token(token_key, replace(claims, name=NAME)),
    )  # fmt: skip
    yield Forgery(
        "5-last-event-left-out", withdrawn_number, "all in it is true, but the last event, a withdrawal, is left out",
        "complete", bundle=format_bundle(_without_last_event(bundle)),
    )  # fmt: skip


def _renamed(token: bytes, name: str) -> bytes:
    """The token with one letter of the name changed, and the body's signature as it was."""
    old = name.encode()
    changed = name.replace(name[0], "Z", 1).encode()
    if len(changed) != len(old) or changed == old:
        raise ValueError(f"another name to forge, please: {name}")
    return token.replace(old, changed, 1)


def _without_last_event(bundle: Bundle) -> Bundle:
    record = bundle.certification
    entries = dict(list(record.entries.items())[:-1])
    return replace(bundle, certification=Record(record.stream, entries, record.times, record.disclosures))
