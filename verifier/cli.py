"""The command ``attesto-verify``: checks what was presented, and answers in words or JSON and with an exit code."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from functools import partial
from pathlib import Path
from typing import Final, NoReturn, TypeVar

from verifier.answers import Answer, Means, answer, answer_lines, format_answer, gravest
from verifier.body import verify_body
from verifier.body_json import format_body_report
from verifier.body_text import body_lines
from verifier.bundle import MAX_BUNDLE_BYTES, Bundle, parse_bundle
from verifier.deadline import deadline, last_day, parse_said_instant, parse_time_of_day
from verifier.encoding import end_of_day, format_instant, legal_day, parse_day, parse_slug
from verifier.errors import FormatError
from verifier.fetch import Sitting, fetch_body, open_source
from verifier.intake.argument import load, open_arguments
from verifier.opened import bundle_names
from verifier.pack.command import format_check, pack_lines, recheck
from verifier.pack.options import add_pack_options, write_pack
from verifier.report import ExitCode, Kind, Question
from verifier.report_text import Line
from verifier.seal import SealTrust
from verifier.seal_roots import read_seal_roots
from verifier.tone import Tone
from verifier.trust import MAX_TRUST_BYTES, TrustRoot, parse_trust_root

_PROGRAM: Final = "attesto-verify"
_BODY: Final = "body"
_PACK: Final = "pack"
_INTERRUPTED: Final = 130
_COLOURS: Final[Mapping[Tone, str]] = {
    Tone.GOOD: "32",
    Tone.CAUTION: "33",
    Tone.BAD: "31",
    Tone.ALARM: "31",
    Tone.UNKNOWN: "35",
}
_BOLD: Final = "1"
# Joiners are part of names in Persian and Indian scripts; whatever else is invisible or steers a terminal is not shown.
_JOINERS: Final = "\u200c\u200d"
_DESCRIPTION: Final = "Checks certificates, without the registry's servers and without believing them."
_TEACHING: Final = """\
WHAT is any of
  certificate.pdf, photo.jpg, fax.tiff   a document: the codes on it are read (with the extra attesto[scan])
  list.csv, list.xlsx                    a list: its column of numbers is found (XLSX with the extra attesto[lists])
  bid.zip, or a folder                   each of the files in it
  https://…/V/NUMBER#CODE                what that code holds
  NUMBER, as 7K3M-9P2X-QD4W5             a number, as printed; no document is checked then
  bundle.json                            a bundle, which holds every proof
  a file with links, codes or numbers in it, or - for standard input

examples
  attesto-verify certificate.pdf --trust trust.json --registry https://registry.example/public
  attesto-verify bundle.json --trust trust.json
  attesto-verify certificate.pdf --trust trust.json --bundle bundle.json
  attesto-verify bid.zip list.csv --trust trust.json --registry public/ --on 2026-11-24
  attesto-verify bundle.json --trust trust.json --on 2026-11-24 --known-at 2026-11-24T12:00
  attesto-verify bid/*.pdf --trust trust.json --registry public/ --from 2026-11-24 --to 2027-02-10
  attesto-verify bid/*.pdf --trust trust.json --registry public/ --kind participation --on 2026-11-24 --at 12:00
  attesto-verify bid/*.pdf --trust trust.json --registry public/ --on 2026-11-24 --pack evidence.pdf --cig B1A2C3D4E5
  attesto-verify pack evidence.pdf --trust trust.json              (an evidence pack, checked again years later)
  attesto-verify body SLUG --trust trust.json --registry public/   (a body's accreditation and keys over time)

exit codes
  0  genuine and in force on that day
  1  genuine, but not in force on that day or, with --from, on every day; or replaced by a newer certificate
  2  bad usage or input
  3  forged, altered, or a check failed
  4  could not be checked, or the holder's data were erased: neither a yes nor a no
Several answers come to the gravest of them, in the order 3, 2, 4, 1, 0.

The trust root says whom to believe, so it is never fetched. Take it from somebody you believe: the body, the
accreditation body, the tender's documents. Without --registry and --bundle only the code's signature is checked.
"""


T = TypeVar("T")


class _Parser(argparse.ArgumentParser):
    """A parser whose complaint is an error like any other."""

    def error(self, message: str) -> NoReturn:
        """Complain."""
        raise FormatError(f"{message}; {_PROGRAM} --help says more")


def now() -> datetime:
    """The present instant in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def main(
    arguments: Sequence[str] | None = None,
    environment: Mapping[str, str] = os.environ,
    clock: Callable[[], datetime] = now,
) -> int:
    """Check what the command line presents; the exit code says what came of it."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _run(arguments, environment, clock)
        sys.stdout.flush()
    except FormatError as error:
        _complain(str(error))
        return ExitCode.BAD_INPUT
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # Nobody reads on. What was not said must not look like a yes, and must not fail again when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.NOT_CHECKED
    except Exception as error:  # Python itself would exit with 1, and that means genuine.
        _complain(f"nothing is known, because this program failed: {type(error).__name__}")
        return ExitCode.NOT_CHECKED
    return code


def _run(arguments: Sequence[str] | None, environment: Mapping[str, str], clock: Callable[[], datetime]) -> ExitCode:
    typed = sys.argv[1:] if arguments is None else arguments
    if list(typed[:1]) == [_BODY]:
        return _tell_of_body(typed[1:], environment, clock())
    if list(typed[:1]) == [_PACK]:
        return _tell_of_pack(typed[1:], environment, clock())
    given, at = _parser(environment).parse_args(arguments), clock()
    means = _means(given, at)
    answers = [answer(one, means) for one in open_arguments(given.what, _seal_trust(given, means.trust, at))]
    if given.json:
        for made in answers:
            print(format_answer(made))
    else:
        _write(answer_lines(answers, means, given.trust), _coloured(environment))
        _complain_of(answers)
    if given.pack is not None:
        write_pack(given, answers, means, load(given.trust, MAX_TRUST_BYTES), environment)
    return gravest(answers)


def _tell_of_body(arguments: Sequence[str], environment: Mapping[str, str], at: datetime) -> ExitCode:
    """Answer ``attesto-verify body SLUG``; a file of that name is checked as ./body."""
    given = _body_parser(environment).parse_args(arguments)
    slug, trust, source = parse_slug(given.slug), _trust_root(given.trust), open_source(given.registry)
    report = verify_body(trust, slug, at, partial(fetch_body, source, slug))
    if given.json:
        print(json.dumps(format_body_report(report), sort_keys=True))
    else:
        _write(body_lines(report), _coloured(environment))
    return report.exit_code


def _body_parser(environment: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = _Parser(
        f"{_PROGRAM} {_BODY}",
        description="Tells of a certification body what the log proves: accreditation and keys over time.",
        allow_abbrev=False,
    )
    parser.add_argument("slug", metavar="SLUG", help="the body's name in the registry, as odc-uno")
    _add_trust(parser, environment)
    place = "the registry's public files, an address or a folder"
    parser.add_argument("--registry", metavar="PLACE", required=True, help=place)
    parser.add_argument("--json", action="store_true", help="for programs: the answer as a line of JSON")
    return parser


def _tell_of_pack(arguments: Sequence[str], environment: Mapping[str, str], at: datetime) -> ExitCode:
    """Answer ``attesto-verify pack FILE``; a file of that name is checked as ./pack."""
    parser = _Parser(f"{_PROGRAM} {_PACK}", description="Checks an evidence pack again, offline.", allow_abbrev=False)
    parser.add_argument("file", metavar="FILE", help="the evidence pack, a PDF file")
    _add_trust(parser, environment)
    parser.add_argument("--json", action="store_true", help="for programs: the answer as a line of JSON")
    given = parser.parse_args(arguments)
    trust = _trust_root(given.trust)
    check = recheck(given.file, trust, load(given.trust, MAX_TRUST_BYTES), at)
    if given.json:
        print(json.dumps(format_check(check), sort_keys=True))
    else:
        _write(pack_lines(check), _coloured(environment))
    return check.exit_code


def _add_trust(parser: argparse.ArgumentParser, environment: Mapping[str, str]) -> None:
    trust = environment.get("ATTESTO_TRUST") or None
    parser.add_argument("--trust", metavar="FILE", default=trust, help="trust root: whom to believe (or ATTESTO_TRUST)")


def _trust_root(path: str | None) -> TrustRoot:
    if path is None:
        raise FormatError("whom to believe is not said: name a trust root with --trust FILE or ATTESTO_TRUST")
    return _open("trust root", path, MAX_TRUST_BYTES, parse_trust_root)


def _parser(environment: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = _Parser(
        _PROGRAM,
        description=_DESCRIPTION,
        epilog=_TEACHING,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("what", nargs="+", metavar="WHAT", help="what to check, see below")
    _add_trust(parser, environment)
    add("--registry", metavar="PLACE", help="the registry's public files, an address or a folder")
    add("--bundle", metavar="FILE", action="append", default=[], help="proofs: a bundle, or a folder of them (*.json)")
    add("--on", metavar="DAY", type=_day, help="the day that matters (Europe/Rome), as 2026-11-24; else today")
    add("--known-at", metavar="TIME", type=_instant, help="count only what was recorded by then, as 2026-11-24T12:00"
        " (Europe/Rome) or 2026-11-24T11:00:00Z; else now")  # fmt: skip
    add("--from", dest="start", metavar="DAY", type=_day, help="was it in force on every day from this one, as a tender"
        " that asks for it to take part wants it from its deadline; the answers are for this day")  # fmt: skip
    add("--to", dest="until", metavar="DAY", type=_day, help="to this one; else to today")
    add("--kind", type=Kind, choices=list(Kind), help="what a tender asks it for, with --on the deadline (for execution"
        " the signing); followed to today, or to the day of --to")  # fmt: skip
    add("--at", metavar="TIME", type=_time_of_day, help="the deadline's time of day (Europe/Rome), as 12:00;"
        " 24:00 where it is left out")  # fmt: skip
    add("--seal-roots", metavar="FILE", action="append", default=[], help="certificates (PEM or DER) of who is trusted"
        " for seals on documents, besides those of the trust root")  # fmt: skip
    add("--json", action="store_true", help="for programs: a line of JSON for each answer")
    add_pack_options(parser)
    return parser


def _day(text: str) -> date:
    try:
        day = parse_day(text)
        end_of_day(day)
    except (FormatError, OverflowError) as error:
        raise argparse.ArgumentTypeError("not a day like 2026-11-24") from error
    return day


def _time_of_day(text: str) -> time | None:
    try:
        return parse_time_of_day(text)
    except FormatError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _instant(text: str) -> datetime:
    try:
        return parse_said_instant(text)
    except FormatError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _means(given: argparse.Namespace, at: datetime) -> Means:
    """What the call names, opened.

    Raises:
        FormatError: something is missing, or not what it should be.
    """
    trust = _trust_root(given.trust)
    if given.known_at is not None and given.known_at > at:
        raise FormatError(f"--known-at is later than now, {format_instant(at)}")
    question = _question(given, at)
    files = [path for name in given.bundle for path in _bundle_files(name)]
    opened = [_open("bundle", path, MAX_BUNDLE_BYTES, _parse_named) for path in files]
    bundles = {name: bundle for names, bundle in opened for name in names}
    source = None if given.registry is None else Sitting(open_source(given.registry))
    return Means(trust, question, bundles, source)


def _seal_trust(given: argparse.Namespace, trust: TrustRoot, at: datetime) -> SealTrust:
    named = [root for path in given.seal_roots for root in _open("seal roots", path, MAX_TRUST_BYTES, read_seal_roots)]
    return SealTrust((*trust.seal_roots, *named), at)


def _question(given: argparse.Namespace, at: datetime) -> Question:
    known_at, kind = given.known_at or at, given.kind or Kind.DAY
    if kind is not Kind.DAY and given.on is None:
        raise FormatError(f"--kind {kind} needs --on, the day from which it counts")
    if given.on is not None and given.start is not None:
        raise FormatError("--on asks for one day, --from for every day from it on: give one of them")
    if kind is Kind.DAY and given.start is None and given.until is not None:
        raise FormatError("--to needs --from, the first of the days")
    on = given.start or given.on or legal_day(at)
    until = last_day(kind, on, given.until, legal_day(at)) if given.start is None else given.until or legal_day(at)
    if until is not None and until < on:
        raise FormatError(f"--to is before {'--on' if given.start is None else '--from'}, {on}")
    return Question(on, known_at, at, until, kind, None if given.at is None else deadline(on, given.at))


def _open(what: str, path: str, limit: int, parse: Callable[[bytes], T]) -> T:
    try:
        return parse(load(path, limit))
    except FormatError as error:
        raise FormatError(f"{what} {path}: {error}") from error


def _bundle_files(name: str) -> Iterable[str]:
    folder = Path(name)
    return map(str, sorted(folder.glob("*.json"))) if folder.is_dir() else [name]


def _parse_named(content: bytes) -> tuple[tuple[str, ...], Bundle]:
    """A bundle with what it is of, as it says itself."""
    bundle = parse_bundle(content)
    return bundle_names(bundle), bundle


def _coloured(environment: Mapping[str, str]) -> bool:
    return sys.stdout.isatty() and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"


def _write(lines: Iterable[Line], coloured: bool) -> None:
    for line in lines:
        text, colour = _printable(line.text), _colour(line)
        print(f"\x1b[{colour}m{text}\x1b[0m" if coloured and colour else text)


def _colour(line: Line) -> str:
    if line.heading:
        return _BOLD
    return "" if line.tone is None else _COLOURS[line.tone]


def _complain_of(answers: Iterable[Answer]) -> None:
    for made in answers:
        if isinstance(made.report, FormatError):
            _complain(f"{made.input.place}: {made.report}")


def _complain(sentence: str) -> None:
    print(f"{_PROGRAM}: {_printable(sentence)}", file=sys.stderr)


def _printable(text: str) -> str:
    """The text with everything that is invisible, or that a terminal would act on, written out."""
    return "".join(c if c.isprintable() or c in _JOINERS else c.encode("unicode_escape").decode() for c in text)


if __name__ == "__main__":
    sys.exit(main())
