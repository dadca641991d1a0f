"""A committee's batch: numbers as of a day, certificates as PDF files, and both mixed."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

import pypdfium2
import zxingcpp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.application.answers import Recorded
from registry.bootstrap import Attesto, now
from registry.cli.documents import write_token
from tests.benchmarks.checks import anew
from tests.benchmarks.figure import Aim, Figure, Kind, rate, step
from tests.benchmarks.worlds import folder, grant_all, people, registry
from verifier.answers import Answer, Means, answer
from verifier.encoding import legal_day
from verifier.errors import FormatError
from verifier.fetch import FolderSource, Sitting
from verifier.inputs import Input
from verifier.intake.files import read_files
from verifier.presented import Presented
from verifier.report import Question

_SIGNATURES: Final = "check two signatures a certificate, those of its own events, with the key at hand"
NUMBERS: Final = Kind("batch-numbers", "certificates/s", _SIGNATURES, Aim("value", 500))
ANOTHER_DAY: Final = Kind("batch-numbers-as-of", "certificates/s", _SIGNATURES, Aim("value", 500))
PAGES: Final = Kind(
    "batch-pdf-pages", "pages/s", "render the same pages at 150 dpi and read their codes in this process",
    Aim("value", 20),
)  # fmt: skip
MIXED: Final = Kind("batch-mixed", "items/s", "the same as for pages, and of the numbers nothing")
KINDS: Final = (NUMBERS, ANOTHER_DAY, PAGES, MIXED)
_RESOLUTION: Final = 150
_POINTS_PER_INCH: Final = 72


def measure(items: int, rounds: int) -> Iterator[Figure]:
    """Check so many numbers, today and as of another day; then PDF files, a fifth as many; then all of them mixed."""
    with folder() as place, registry(place / "registry") as attesto:
        with step(f"batch: granting and publishing {items}"):
            recorded = grant_all(attesto, list(people(attesto, items)))
            attesto.publisher.publish()
        with step("batch: typesetting"):
            documents = _documents(attesto, recorded[: max(1, items // 5)])
        numbers = [Input(made.number, Presented(made.number)) for made in recorded]
        signed = _signed(2 * items)
        today = legal_day(now())
        for kind, day in ((NUMBERS, today), (ANOTHER_DAY, today + timedelta(days=1))):
            ask = _asking(attesto, numbers, day - today)
            with step(f"batch: {kind.name}"):
                yield Figure(kind, [(anew(items, ask), rate(items, signed)) for _ in range(rounds)])
        raw = _rendering(documents)
        with step("batch: pages"):
            pages = len(documents)
            yield Figure(PAGES, [(rate(pages, _reading(documents)), rate(pages, raw)) for _ in range(rounds)])
        half = numbers[: items - pages]

        def all_of_it() -> None:
            read = [*half, *read_files(documents)]
            assert len(read) == items
            _answer(attesto, read, timedelta())

        with step("batch: mixed"):
            yield Figure(MIXED, [(anew(items, all_of_it), rate(items, raw)) for _ in range(rounds)])


def _documents(attesto: Attesto, recorded: Sequence[Recorded]) -> list[tuple[str, bytes]]:
    with tempfile.TemporaryDirectory() as place:
        made = []
        for one in recorded:
            path = Path(place, f"{one.number}.pdf")
            write_token(attesto, one.number, one.token or b"", path)
            made.append((path.name, path.read_bytes()))
        return made


def _asking(attesto: Attesto, inputs: Sequence[Input], later: timedelta) -> Callable[[], object]:
    return lambda: _answer(attesto, inputs, later)


def _answer(attesto: Attesto, inputs: Sequence[Input], later: timedelta) -> list[Answer]:
    at = now()
    source = FolderSource(attesto.settings.path(attesto.settings.public_folder))
    means = Means(attesto.trust_root(), Question(legal_day(at) + later, at, at), {}, Sitting(source))
    answers = [answer(one, means) for one in inputs]
    # Each is in force today; of a day to come that is said with a caution, and by the same exit code.
    assert {one.exit_code for one in answers} == {0}
    return answers


def _reading(documents: Sequence[tuple[str, bytes]]) -> Callable[[], None]:
    def read() -> None:
        found = list(read_files(documents))
        assert len(found) == len(documents)
        assert not any(isinstance(one.presented, FormatError) for one in found)

    return read


def _rendering(documents: Sequence[tuple[str, bytes]]) -> Callable[[], None]:
    def render() -> None:
        for _, content in documents:
            page = pypdfium2.PdfDocument(content)[0]
            picture = page.render(scale=_RESOLUTION / _POINTS_PER_INCH, grayscale=True).to_pil()
            assert zxingcpp.read_barcodes(picture)

    return render


def _signed(count: int) -> Callable[[], None]:
    private = Ed25519PrivateKey.generate()
    message = bytes(1000)
    signature, key = private.sign(message), private.public_key()

    def check() -> None:
        for _ in range(count):
            key.verify(signature, message)

    return check
