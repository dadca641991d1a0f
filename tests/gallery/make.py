"""Makes the gallery anew: ``python -m tests.gallery.make``. What it writes is kept; nothing in it depends on today.

Files are made as a forger or a body would make them; what each has to come to is written here by hand.
"""

import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, ImageDraw, ImageFont

from keys.signer import Purpose, Signer, generate
from keys.signing import sign_token
from registry.bootstrap import Attesto, initialise, open_registry
from registry.cli.documents import _printed
from registry.documents.certificate import PrintedCertificate, format_pdf
from tests.gallery.lives import ADDRESS, TODAY, Clock, Lives
from tests.verifier.paper import png, symbol
from verifier.bundle import Bundle, format_bundle
from verifier.certificate import Certificate, format_link, parse_token
from verifier.fetch import FolderSource, fetch_bundle
from verifier.fonts import FOLDER

HERE: Final = Path(__file__).parent
ORIGIN: Final = "registro.example/log"


@dataclass(frozen=True, slots=True)
class Piece:
    """One file: its name, what it has to come to, what it is, and its octets."""

    name: str
    outcome: str
    says: str
    content: bytes = field(repr=False)


class Studio:
    """Makes the pieces from a registry that has lived."""

    def __init__(self, attesto: Attesto, lives: Lives) -> None:
        """Draw from what ``lives`` recorded with ``attesto``."""
        self._attesto = attesto
        self._lives = lives
        self._source = FolderSource(attesto.settings.path(attesto.settings.public_folder))

    def genuine(self) -> Iterator[Piece]:
        """Documents as bodies issued them, in every state."""
        plain = self._paper
        yield plain("in force", "in_force", "in force")
        yield plain("due", "in_force", "in force; maintenance is due soon")
        yield plain("in grace", "in_force", "in force; maintenance was due, and the grace period runs")
        yield plain("overdue", "maintenance_overdue", "in force; maintenance is overdue")
        yield plain("recorded late", "in_force", "in force; a confirmation was recorded some days late, as allowed")
        yield plain("withdrawal announced", "change_scheduled", "in force; a withdrawal is recorded for 15 February")
        yield plain("suspension announced", "change_scheduled", "in force; a suspension is recorded for 20 February")
        yield plain("reinstated", "in_force", "in force again after a suspension")
        yield plain("not yet", "not_yet_effective", "counts from 1 March only")
        yield plain("suspended", "suspended", "suspended, with a deadline in March")
        yield plain("past deadline", "suspended", "suspended, and the deadline has passed: no change by itself")
        yield plain("expired", "expired", "its last valid day has passed")
        yield plain("withdrawn", "withdrawn", "withdrawn by the body")
        yield plain("relinquished", "relinquished", "given up by its holder")
        yield plain("annulled", "annulled", "annulled from its first day")
        yield plain("appealed", "in_force", "withdrawn, and given back on appeal")
        yield plain("reduced", "in_force", "in force for fewer tasks than its profile has")
        yield plain("reissued", "superseded", "the first document; a second one was issued", 0)
        yield plain("reissued", "in_force", "the second document", 1, "reissued-second")
        yield plain("corrected", "superseded", "with the name as it was misspelt at first", 0)
        yield plain("corrected", "in_force", "with the corrected name", 1, "corrected-second")
        yield plain("renewed", "superseded", "the document of the first cycle", 0)
        yield plain("renewed", "in_force", "the document of the second cycle", 1, "renewed-second")
        yield plain("transferred", "transferred", "the old body's document of one that was handed over")
        yield plain("taken over", "accreditation_suspended", "the new body's document; its accreditation is suspended")
        yield plain("accreditation suspended", "accreditation_suspended", "in force; the body's accreditation is not")
        yield plain("unaccredited", "accreditation_not_covered", "of a body that was never accredited for the scheme")
        yield plain("adopted", "in_force", "granted before the registry and taken over into it")
        yield plain("before the rotation", "in_force", "signed with keys that were replaced since, one as compromised")
        yield plain("after the rotation", "in_force", "signed with the new keys")
        for script in ("greek", "cyrillic", "arabic", "devanagari", "vietnamese", "hebrew"):
            yield plain(script, "in_force", f"in force; a {script.capitalize()} name")
        yield plain("long", "in_force", "in force; a name as long as may be")
        link = self._link("in force", host="registro-ufficiale.example")
        yield Piece("other-host.png", "in_force", "a true code whose link names a host of nobody", _code(link))
        bundle = self._bundle("in force")
        yield Piece("in-force.bundle.json", "in_force", "everything to check it offline", format_bundle(bundle))
        yield Piece("in-force.link.txt", "in_force", "the link of its code as text", self._link("in force").encode())

        number, _ = self._newest("erased")
        yield Piece("erased.number.txt", "erased", "the number of one whose holder's data were erased", number.encode())
        says = "the code of the same one: whoever holds the paper can still prove it"
        yield Piece("erased.png", "in_force", says, _code(self._link("erased")))

    def forged(self) -> Iterator[Piece]:
        """Documents that say what is not so."""
        yield from self._retypeset()
        yield from self._painted_over()
        yield from self._drawn_beside()
        yield from self._false_tokens()
        yield from self._malformed()
        yield from self._bundles()

    def _retypeset(self) -> Iterator[Piece]:
        """The page typeset anew with other words beside the true code."""
        true, other = self._printed("operator"), self._printed("in force")

        def differing(file: str, fields: str, says: str, **changes: Any) -> Piece:
            pdf = format_pdf(replace(true, **changes))
            return Piece(f"{file}.pdf", f"differs: {fields}", f"true code; {says}", pdf)

        day, year = timedelta(days=1), timedelta(days=365)
        yield differing("profile", "profile", "an operator made a coordinator", profile=other.profile)
        yield differing("name", "name", "another holder's name", name="Piera Operosa")
        yield differing("one-letter", "name", "one letter of the name changed", name="Pietro Operoso")
        yield differing("last-day", "valid_until", "valid a year longer", valid_until=true.valid_until + year)
        yield differing("one-day", "valid_until", "valid a day longer", valid_until=true.valid_until + day)
        yield differing("first-day", "granted_on", "granted a year earlier", granted_on=true.granted_on - year)
        yield differing("cycle", "cycle_starts_on", "the cycle begun later", cycle_starts_on=true.cycle_starts_on + day)
        yield differing("body", "body", "another body's name", body="Istituto Boreale di Qualità")
        yield differing("scheme", "edition", "another edition of the scheme", edition="demo-2027")
        yield differing("number", "number", "another certificate's number", number=other.number)
        yield differing("revision", "revision", "a newer issue", revision=2)
        yield differing("birth", "birth_year", "another year of birth", birth_year=1990)
        several = replace(other, link=true.link)
        says = "the code of an operator on a coordinator's page"
        yield Piece("pasted-code.pdf", "differs: name, number, profile", says, format_pdf(several))

    def _painted_over(self) -> Iterator[Piece]:
        """The true page, with a white box and other words over what it said."""
        pdf = format_pdf(self._printed("operator"))
        profile = self._printed("in force").profile["it"]
        for name, old, new, fields in (
            ("painted-profile", self._printed("operator").profile["it"], profile, "profile"),
            ("painted-name", "Piero Operoso", "Dario Altrui", "name"),
        ):
            says = f"the true page; “{old}” painted over with “{new}”"
            yield Piece(f"{name}.pdf", f"differs: {fields}", says, _paint_over(pdf, old, new))

    def _drawn_beside(self) -> Iterator[Piece]:
        """The true page, with something on it that is no text."""
        says = "the true page; beside the profile a picture of the words “e direttore”"
        yield Piece("picture-beside.pdf", "to compare", says, _pictured(format_pdf(self._printed("in force"))))

    def _false_tokens(self) -> Iterator[Piece]:
        number, token = self._newest("in force")
        claims, stranger = parse_token(token).claims, generate()
        stolen, borea = self._token_key("aurora"), self._token_key("borea")

        def paper(name: str, outcome: str, says: str, made: bytes, of: str = number) -> Piece:
            link = f"{ADDRESS}/V/{of}#" + format_link("x", of, made).partition("#")[2]
            return Piece(f"{name}.pdf", outcome, says, format_pdf(replace(self._printed("in force"), link=link)))

        def stolen_key(file: str, says: str, **changes: Any) -> Piece:
            text = f"signed with the body's true key for codes, and never logged: {says}"
            return paper(file, "forged", text, sign_token(stolen, replace(claims, **changes)))

        yield paper("code-name", "forged", "the name in the code changed, the signature kept", _renamed(token, claims))
        yield paper("code-signature", "forged", "one bit of the code's signature", token[:-1] + bytes([token[-1] ^ 1]))
        yield paper("foreign-key", "forged", "true claims, signed by nobody's key", sign_token(stranger, claims))
        yield paper("other-bodys-key", "forged", "true claims, signed by another body's key", sign_token(borea, claims))
        other, theirs = self._newest("another")
        yield paper("other-code", "forged", "another certificate's true code beside this number", theirs)
        yield paper("other-number", "forged", "this true code beside another's number", token, other)
        yield stolen_key("never-logged", "another name", name="Furbo Falsari")
        yield stolen_key("never-logged-day", "valid longer", valid_until=claims.valid_until + timedelta(days=700))
        yield stolen_key("never-logged-profile", "another profile", profile="direttore")
        yield stolen_key("never-logged-issue", "a newer issue", revision=9)
        yield stolen_key("never-logged-index", "another's status index", status_index=claims.status_index + 1)
        unlisted = sign_token(stranger, replace(claims, body="sconosciuto"))
        yield paper("unknown-body", "unknown_body", "a body that nobody lists, and its own key", unlisted)
        late = self._late_token()
        yield Piece("retired-key.png", "forged", "signed with a key for codes after it was replaced", late)
        nobody = replace(claims, number="0000000000000")
        says = "a number that nobody has, signed with the body's true key for codes"
        yield Piece("no-such-number.png", "withheld", says, _code(self._of(nobody, sign_token(stolen, nobody))))

    def _malformed(self) -> Iterator[Piece]:
        number, token = self._newest("in force")

        def code(name: str, outcome: str, says: str, made: bytes) -> Piece:
            return Piece(f"{name}.png", outcome, says, _code(format_link("registro.example", number, made)))

        yield code("cut-short", "forged", "a code that ends too early", token[:-10])
        yield code("too-long", "forged", "something after the code", token + b"\x00")
        yield code("deep", "forged", "lists in lists, hundreds deep", b"\xd2" + b"\x81" * 450 + b"\x00")
        yield code("indefinite", "forged", "a list of indefinite length", b"\xd2\x9f" + token[2:] + b"\xff")
        yield code("noise", "forged", "random octets", bytes(range(200)))
        link = f"{ADDRESS}/V/{number}"
        yield Piece("unsigned.png", "bad input", "the link alone, without a signed code", _code(link))

    def _bundles(self) -> Iterator[Piece]:
        def bundle(name: str, says: str, made: Bundle | bytes) -> Piece:
            content = made if isinstance(made, bytes) else format_bundle(made)
            return Piece(f"{name}.bundle.json", "altered", says, content)

        withdrawn, true = self._bundle("withdrawn"), self._bundle("in force")
        record = withdrawn.certification
        left_out = replace(record, entries=dict(list(record.entries.items())[:-1]))
        yield bundle("last-event", "the withdrawal is left out", replace(withdrawn, certification=left_out))
        yield bundle("one-bit", "one bit of an event's signature", _one_bit(format_bundle(true)))
        head = true.checkpoint[:-3] + (b"A" if true.checkpoint[-3:-2] != b"A" else b"B") + true.checkpoint[-2:]
        yield bundle("head", "one letter of the log's signature", replace(true, checkpoint=head))
        swapped = replace(true, proofs=dict(zip(true.proofs, reversed(true.proofs.values()), strict=True)))
        yield bundle("proofs", "the proofs in another order", swapped)
        paths = {**true.paths, "certification": true.paths["certification"][::-1]}
        yield bundle("path", "the path to the status upside down", replace(true, paths=paths))
        _, theirs = self._newest("another")
        says = "one certificate's proofs with another's code"
        yield Piece("other-token.bundle.json", "forged", says, format_bundle(replace(true, token=theirs)))

    def _paper(self, name: str, outcome: str, says: str, place: int = -1, file: str = "") -> Piece:
        number, token = self._lives.numbers[name], self._lives.tokens[name][place]
        content = format_pdf(_printed(self._attesto, number, token))
        return Piece(f"{(file or name).replace(' ', '-')}.pdf", outcome, says, content)

    def _printed(self, name: str) -> PrintedCertificate:
        return _printed(self._attesto, *self._newest(name))

    def _newest(self, name: str) -> tuple[str, bytes]:
        return self._lives.numbers[name], self._lives.tokens[name][-1]

    def _link(self, name: str, host: str = "registro.example") -> str:
        return format_link(host, *self._newest(name))

    def _of(self, claims: Certificate, token: bytes) -> str:
        return format_link("registro.example", claims.number, token)

    def _bundle(self, name: str) -> Bundle:
        number, token = self._newest(name)
        return replace(fetch_bundle(self._source, number), token=token)

    def _token_key(self, body: str) -> Signer:
        return self._attesto.key_set.current(body, Purpose.TOKEN)

    def _late_token(self) -> bytes:
        _, token = self._newest("after the rotation")
        claims = replace(parse_token(token).claims, name="Bruno Rinnovata")
        return _code(self._of(claims, sign_token(self._lives.replaced_token_key, claims)))


def _code(link: str) -> bytes:
    return png(symbol(link, 6))


def _renamed(token: bytes, claims: Certificate) -> bytes:
    """The token with one letter of the name changed, and the body's signature as it was."""
    old = claims.name.encode()
    changed = token.replace(old, old.replace(b"Giulia", b"Giulio"), 1)
    assert changed != token
    return changed


def _one_bit(bundle: bytes) -> bytes:
    value = json.loads(bundle)
    entry = value["records"]["certification"]["entries"][0]
    head, payload, signature = entry["entry"].split(".")
    entry["entry"] = ".".join((head, payload, ("B" if signature[0] == "A" else "A") + signature[1:]))
    return json.dumps(value).encode()


def _paint_over(pdf: bytes, old: str, new: str) -> bytes:
    """The page with a white box over every place of ``old``, and ``new`` in a standard font on top of it."""
    document = pypdfium2.PdfDocument(pdf)
    page = document[0]
    searcher = page.get_textpage().search(old)
    boxes = []
    while found := searcher.get_next():
        text = page.get_textpage()
        boxes.append([text.get_charbox(found[0] + place) for place in range(found[1])])
    assert boxes
    for box in boxes:
        left, bottom = min(b[0] for b in box), min(b[1] for b in box)
        right, top = max(b[2] for b in box), max(b[3] for b in box)
        white = pdfium.FPDFPageObj_CreateNewRect(left - 1, bottom - 2, right - left + 2, top - bottom + 4)
        pdfium.FPDFPageObj_SetFillColor(white, 255, 255, 255, 255)
        pdfium.FPDFPath_SetDrawMode(white, pdfium.FPDF_FILLMODE_ALTERNATE, False)
        pdfium.FPDFPage_InsertObject(page, white)
        words = pdfium.FPDFPageObj_NewTextObj(document, b"Helvetica-Bold", top - bottom)
        encoded = (new + "\0").encode("utf-16-le")
        pdfium.FPDFText_SetText(words, pdfium.cast(encoded, pdfium.POINTER(pdfium.FPDF_WCHAR)))
        pdfium.FPDFPageObj_Transform(words, 1, 0, 0, 1, left, bottom)
        pdfium.FPDFPage_InsertObject(page, words)
    page.gen_content()
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def _pictured(pdf: bytes) -> bytes:
    """The page with a picture of two words where nothing is written."""
    words = Image.new("L", (400, 80), 255)
    font = ImageFont.truetype(FOLDER / "NotoSans-Regular.ttf", 60)
    ImageDraw.Draw(words).text((4, 0), "e direttore", font=font, fill=30)
    document = pypdfium2.PdfDocument(pdf)
    page, picture = document[0], pypdfium2.PdfImage.new(document)
    picture.set_bitmap(pypdfium2.PdfBitmap.from_pil(words))
    picture.set_matrix(pypdfium2.PdfMatrix().scale(120, 24).translate(330, 545))
    page.insert_obj(picture)
    page.gen_content()
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def _write(folder: Path, title: str, pieces: list[Piece]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for piece in pieces:
        (folder / piece.name).write_bytes(piece.content)
    rows = [f"| {piece.name} | {piece.outcome} | {piece.says} |" for piece in pieces]
    head = [f"# {title}", "", "| file | outcome | what it is |", "|---|---|---|"]
    (folder / "README.md").write_text("\n".join([*head, *rows, ""]), encoding="utf-8")


def _pack(public: Path, trust: bytes, target: Path) -> None:
    """The public files and the trust root in one archive."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_dated("trust.json"), trust)
        for file in sorted(path for path in public.rglob("*") if path.is_file() and path.name != "trust.json"):
            archive.writestr(_dated(f"public/{file.relative_to(public).as_posix()}"), file.read_bytes())


def _dated(name: str) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, (TODAY.year, TODAY.month, TODAY.day, 0, 0, 0))


def main(live: Callable[[Lives], None] = Lives.record) -> None:
    """Make everything anew."""
    clock = Clock()
    with tempfile.TemporaryDirectory() as made:
        settings = initialise(Path(made) / "registry", ORIGIN, ADDRESS)
        with open_registry(settings, clock) as attesto:
            lives = Lives(attesto, clock)
            live(lives)
            clock.move(TODAY)
            attesto.publisher.publish()
            attesto.write_trust_root()
            studio = Studio(attesto, lives)
            genuine, forged = list(studio.genuine()), list(studio.forged())
            public = settings.path(settings.public_folder)
            _pack(public, settings.path(settings.trust_file).read_bytes(), HERE / "registry.zip")
    _write(HERE / "genuine", "Genuine certificates, as of 1 February 2029", genuine)
    _write(HERE / "forged", "Forgeries, as of 1 February 2029", forged)


if __name__ == "__main__":
    main()
