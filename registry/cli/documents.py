"""Certificates as files: what commands write of the document, from the registry's own records and a token."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from registry.bootstrap import Attesto
from registry.cli.output import write_private
from registry.documents.certificate import Accreditation, PrintedCertificate, format_pdf
from registry.documents.name import name_check
from registry.documents.symbol import certificate_link, format_png, format_svg, make_symbol
from registry.domain.body import CertificationBody
from registry.domain.certification import Certification
from registry.domain.edition import BirthShown, Edition, birth_shown, profile
from verifier.accreditation import Coverage
from verifier.certificate import Certificate, parse_token
from verifier.disclosure import parse_disclosure
from verifier.encoding import Json, format_base64url, legal_day, parse_day
from verifier.errors import FormatError
from verifier.number import parse_number
from verifier.status import Fact

WriteDocument = Callable[[Attesto, str, bytes], bytes]
_DOCUMENTS: Final = frozenset({"certificate.issued", "certificate.reissued"})
_KEY_CHARACTERS: Final = 8


def check_printable(attesto: Attesto, body: str, edition: str) -> Callable[[str], None]:
    """A check of names for certificates of the body under the edition; it raises FormatError.

    Raises:
        UnknownError: no such edition here.
    """
    return name_check(attesto.settings.address, body, edition, attesto.streams.edition(edition).edition.profiles)


def write_certificate(attesto: Attesto, number: str, path: Path, revision: int | None = None) -> int:
    """Write the newest certificate of a certification, or that of a revision, in the form that the file's name ends in.

    Returns:
        The revision.

    Raises:
        FormatError: the file's name ends in no form, or the certificate cannot be printed.
        UnknownError: no such number or revision here.
        HolderErasedError: the holder was erased.
        SettingError, KeysError: the document cannot be sealed as it is configured.
    """
    numbered = attesto.registry.numbered(number)
    token, _ = attesto.registry.document(numbered.certification, revision)
    write_token(attesto, number, token, path)
    return parse_token(token).claims.revision


def write_token(attesto: Attesto, number: str, token: bytes, path: Path) -> None:
    """Write the certificate of a token under a number, whole or not at all, for its owner's eyes alone.

    What the token states is printed as it states it, though it were forged; the days, the titles and the body come from
    the registry's records of the number.

    Raises:
        FormatError: the file's name ends in no form, the token is none, or the certificate cannot be printed.
        UnknownError: no such number here.
        HolderErasedError: the holder was erased.
        SettingError, KeysError: the document cannot be sealed as it is configured.
    """
    form = FORMS.get(path.suffix.lower())
    if form is None:
        raise FormatError(f"{path.name} ends in none of {', '.join(FORMS)}")
    write_private(path, form(attesto, parse_number(number), token))


def _pdf(attesto: Attesto, number: str, token: bytes) -> bytes:
    pdf, sealer = format_pdf(_printed(attesto, number, token)), attesto.sealer()
    # Sealed anew each time and kept nowhere: a kept document would hold a name outside the vault.
    return pdf if sealer is None else sealer.seal(pdf)


def _svg(attesto: Attesto, number: str, token: bytes) -> bytes:
    return format_svg(make_symbol(certificate_link(attesto.settings.address, number, token)))


def _png(attesto: Attesto, number: str, token: bytes) -> bytes:
    return format_png(make_symbol(certificate_link(attesto.settings.address, number, token)))


FORMS: Final[Mapping[str, WriteDocument]] = {".pdf": _pdf, ".svg": _svg, ".png": _png}


def _printed(attesto: Attesto, number: str, token: bytes) -> PrintedCertificate:
    parsed = parse_token(token)
    claims = parsed.claims
    numbered, certification = attesto.registry.certification(number)
    body = attesto.streams.body(certification.body).aggregate
    edition = attesto.streams.edition(certification.edition).edition
    first, cycle = _cycle(certification, claims.revision)
    shown = birth_shown(edition.rules)
    born: Mapping[str, Json] = {}
    if shown is BirthShown.DATE_AND_PLACE:
        _, granted = attesto.registry.document(numbered.certification)
        born = {name: parse_disclosure(text).value for name, text in granted.items() if name.startswith("birth_")}
    return PrintedCertificate(
        number=number,
        revision=claims.revision,
        name=claims.name,
        body=body.name,
        website=body.website,
        scheme=edition.title,
        edition=edition.slug,
        profile=profile(edition, certification.profile).title,
        granted_on=first.effective_on,
        decided_on=legal_day(cycle.recorded_at),
        cycle_starts_on=cycle.effective_on,
        valid_until=claims.valid_until,
        key_id=format_base64url(parsed.short_id)[:_KEY_CHARACTERS],
        link=certificate_link(attesto.settings.address, number, token),
        issued_at=claims.issued_at,
        accreditation=_accreditation(body, edition, claims),
        birth_year=claims.birth_year if shown is BirthShown.YEAR else None,
        birth_date=parse_day(str(born["birth_date"])) if born.get("birth_date") else None,
        birth_place=str(born["birth_place"]) if born.get("birth_place") else None,
    )


def _cycle(certification: Certification, revision: int) -> tuple[Fact, Fact]:
    """The grant, and what began the cycle that the document of a revision is about."""
    facts = certification.facts
    documents = [place for place, fact in enumerate(facts) if fact.type in _DOCUMENTS]
    before = facts[: documents[:revision][-1]]
    return facts[0], next(fact for fact in reversed(before) if fact.valid_until is not None)


def _accreditation(body: CertificationBody, edition: Edition, claims: Certificate) -> Accreditation | None:
    """The accreditation as it read when the document was issued, None where the body had none for this scheme."""
    covered = body.accredited(edition.scheme, legal_day(claims.issued_at), known_at=claims.issued_at)
    if covered.coverage is not Coverage.COVERED or covered.detail is None:
        return None
    detail = covered.detail
    return Accreditation(detail["number"], detail["accreditation_body"], detail["standard"], detail["wording"])
