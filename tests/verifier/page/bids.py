"""What bidders hand in: certificates of the world as PDF files, altered ones among them, lists, photos and bundles."""

import json
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from io import BytesIO

from openpyxl import Workbook

from registry.documents.certificate import Accreditation, PrintedCertificate, format_pdf
from registry.documents.symbol import certificate_link
from tests.verifier.page.world import ACCREDITED, NOW, SCHEME, World
from tests.verifier.paper import png, symbol
from verifier.certificate import parse_token
from verifier.fetch import fetch_bundle
from verifier.report import Question
from verifier.verify import verify

ADDRESS = "https://registry.example"
_BOUNDARY = "between-two-parts"


def printed(world: World, sample_name: str, **changes: object) -> bytes:
    """The newest certificate of a sample as its body prints it, some of its words changed by somebody else."""
    sample = world.samples[sample_name]
    token = parse_token(sample.tokens[-1])
    claims = token.claims
    bundle = partial(fetch_bundle, world.source, sample.number)
    report = verify(world.trust, Question(NOW.date(), NOW, NOW), bundle, sample.number)
    assert report.facts is not None
    standing, scheme = report.answers[0].standing, json.loads(SCHEME.read_bytes())
    assert standing.granted_on is not None
    certificate = PrintedCertificate(
        number=claims.number,
        revision=claims.revision,
        name=claims.name,
        body=report.facts.body_name,
        website=report.facts.website,
        scheme=scheme["title"],
        edition=claims.edition,
        profile=scheme["profiles"][claims.profile]["title"],
        granted_on=standing.granted_on,
        decided_on=standing.granted_on,
        cycle_starts_on=standing.cycle_starts_on or standing.granted_on,
        valid_until=claims.valid_until,
        key_id=token.short_id.hex(),
        link=certificate_link(ADDRESS, claims.number, sample.tokens[-1]),
        issued_at=claims.issued_at,
        accreditation=Accreditation(**ACCREDITED) if claims.body != "cirro" else None,
        birth_year=claims.birth_year,
    )
    return format_pdf(replace(certificate, **changes))


def photo(world: World, name: str) -> bytes:
    """The code of a sample's certificate alone, as a picture."""
    return png(symbol(certificate_link(ADDRESS, world.samples[name].number, world.samples[name].tokens[-1])))


def spreadsheet(rows: Iterable[Iterable[str]]) -> bytes:
    """An Excel file with these rows."""
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    """A ZIP file of files."""
    written = BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return written.getvalue()


def form(files: Iterable[tuple[str, bytes]], **fields: str) -> dict[str, object]:
    """A form with files, as a browser sends it; the client's own would lay it on the disk."""
    head = "--{}\r\nContent-Disposition: form-data; name={}\r\n\r\n"
    parts = [head.format(_BOUNDARY, f'"{name}"').encode() + value.encode() for name, value in fields.items()]
    parts += [head.format(_BOUNDARY, f'"files"; filename="{name}"').encode() + content for name, content in files]
    body = b"\r\n".join([*parts, f"--{_BOUNDARY}--\r\n".encode()])
    return {"data": body, "content_type": f"multipart/form-data; boundary={_BOUNDARY}"}
