"""The demonstration has a certificate of every status and five forgeries, each with the verdict that is promised."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from registry.bootstrap import Attesto, now, open_registry
from registry.cli.documents import write_token
from registry.demonstration.build import Demonstration, build
from registry.demonstration.people import PEOPLE_FILE
from registry.settings import read_settings
from verifier.accreditation import Coverage
from verifier.answers import Means, answer
from verifier.audit import audit
from verifier.bundle import parse_bundle
from verifier.certificate import parse_link, parse_token
from verifier.document import FieldOutcome
from verifier.encoding import legal_day
from verifier.fetch import FolderSource, fetch_bundle
from verifier.intake.files import read_files
from verifier.report import ExitCode, Outcome, Question, Report, Verdict
from verifier.status import Condition, State
from verifier.trust import TrustRoot, parse_trust_root
from verifier.verify import verify

PEOPLE = 1003


def write_name(attesto: Attesto, number: str, token: bytes, path: Path) -> None:
    """In the place of a PDF, whose making has its own tests."""
    path.write_text(parse_token(token).claims.name, encoding="utf-8")


def every_name(attesto: Attesto, body: str, edition: str) -> Callable[[str], None]:
    """In the place of the check of names, which has its own tests."""
    return lambda name: None


@dataclass(frozen=True, slots=True)
class Built:
    """The demonstration, and a verifier with its trust root."""

    made: Demonstration
    folder: Path
    trust: TrustRoot

    def verify(self, number: str | None, token: bytes) -> Report:
        at = now()
        public = FolderSource(self.folder / "public")
        return verify(
            self.trust, Question(legal_day(at), at, at), lambda: fetch_bundle(public, str(number)), number, token
        )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("demonstration") / "demo"
    folder.mkdir()
    made = build(folder, PEOPLE, "http://127.0.0.1:8000", every_name, write_name, lambda step, done, total: None)
    return Built(made, folder, parse_trust_root((folder / "trust.json").read_bytes()))


def test_every_sample_has_the_verdict_that_is_promised(built: Built) -> None:
    verdicts = {s.name: built.verify(s.number, s.token).verdict for s in built.made.samples}

    assert verdicts == {sample.name: sample.verdict for sample in built.made.samples}
    assert set(verdicts.values()) == {Verdict.IN_FORCE, Verdict.NOT_IN_FORCE, Verdict.SUPERSEDED}


def test_every_sample_as_it_is_printed_agrees_with_its_record(built: Built, tmp_path: Path) -> None:
    """Whatever became of the certification: nobody's genuine document is called edited."""
    at = now()
    means = Means(built.trust, Question(legal_day(at), at, at), {}, FolderSource(built.folder / "public"))
    with open_registry(read_settings(built.folder)) as attesto:
        for sample in built.made.samples:
            write_token(attesto, sample.number, sample.token, tmp_path / f"{sample.name}.pdf")

    found = read_files((path.name, path.read_bytes()) for path in sorted(tmp_path.glob("*.pdf")))
    answers = {one.name: answer(one, means) for one in found}

    assert len(answers) == len(built.made.samples) == 25
    assert all(made.fields for made in answers.values())
    outcomes = {(f.name, f.outcome) for made in answers.values() for f in made.fields if f.outcome != "same"}
    # Somebody's name is in Bengali, which does not come back from a PDF file as it was.
    assert outcomes == {("name", FieldOutcome.NOT_COMPARABLE)}


def test_the_samples_show_every_state_and_every_condition(built: Built) -> None:
    answers = [built.verify(s.number, s.token).answers[0] for s in built.made.samples]

    assert {answer.standing.state for answer in answers} == set(State) - {State.NOT_RECORDED}
    conditions = {condition for answer in answers for condition in answer.standing.conditions}
    assert conditions == set(Condition)
    assert {answer.accreditation.coverage for answer in answers} == set(Coverage)
    assert legal_day(now()) in {answer.standing.valid_until for answer in answers}


def test_every_forgery_is_refused_by_the_check_that_is_named(built: Built) -> None:
    for forgery in built.made.forgeries:
        if forgery.bundle:
            bundle = parse_bundle(forgery.bundle)
            report = verify(built.trust, _today(), functools.partial(parse_bundle, forgery.bundle), None, bundle.token)
        else:
            report = built.verify(forgery.number, forgery.token)

        assert report.verdict is Verdict.FORGED, forgery.name
        assert report.exit_code is ExitCode.FAILED
        assert [check.name for check in report.checks if check.outcome is Outcome.FAILED] == [forgery.caught_by]
    assert len(built.made.forgeries) == 5


def _today() -> Question:
    at = now()
    return Question(legal_day(at), at, at)


def test_the_forged_names_are_other_names(built: Built) -> None:
    genuine = parse_token(built.made.samples[0].token).claims.name
    forged = {f.name: parse_token(f.token).claims.name for f in built.made.forgeries if f.token}

    assert forged["1-name-changed"] != genuine
    assert forged["4-never-logged"] != genuine
    assert forged["2-foreign-key"] == genuine


def test_the_genuine_bundle_can_be_checked_with_nothing_else_at_hand(built: Built) -> None:
    bundle = parse_bundle((built.folder / "samples" / "01-in-force.bundle.json").read_bytes())

    assert verify(built.trust, _today(), lambda: bundle, None, bundle.token).verdict is Verdict.IN_FORCE


def test_the_files_of_links_hold_what_the_codes_hold(built: Built) -> None:
    for sample in built.made.samples:
        text = (built.folder / "samples" / f"{sample.name}.link.txt").read_text(encoding="ascii")

        link = parse_link(text)

        assert text.startswith("http://127.0.0.1:8000/V/")
        assert (link.number, link.token) == (sample.number, sample.token)


def test_the_readme_names_every_file(built: Built) -> None:
    readme = (built.folder / "README.md").read_text(encoding="utf-8")

    for path in [*(built.folder / "samples").glob("*.pdf"), *(built.folder / "forgeries").glob("*.[pb]*")]:
        assert f"| {path.name} |" in readme
    assert f"{PEOPLE:,} people are certified" in readme


def test_an_audit_finds_nothing_and_more_people_than_the_file_has(built: Built) -> None:
    public = built.folder / "public"
    records = [path.relative_to(public).as_posix() for path in public.glob("record/*/*")]

    made = audit(FolderSource(public), built.trust, records)

    assert made.findings == ()
    assert made.counts["certification"] == made.counts["record"] == PEOPLE + 25


def test_everybody_in_the_file_rests_on_a_recorded_exam(built: Built) -> None:
    with open_registry(read_settings(built.folder)) as attesto:
        sessions = attesto.registry.exams.of_body("odc-aurora")
        resting = [len(attesto.registry.exams.resting_on(session)) for session in sessions]

    # Twenty rows to a session; the three people beyond the file's end come from its first rows.
    assert resting == [23] + [20] * 49


def test_the_public_files_hold_no_name_and_no_birth(built: Built) -> None:
    content = b"\n".join(path.read_bytes() for path in (built.folder / "public").rglob("*") if path.is_file())
    rows = [line.split(",") for line in PEOPLE_FILE.read_text(encoding="utf-8").splitlines()[1:]]

    for cells in rows:
        assert cells[0].encode() not in content
    assert not any(birth.encode() in content for birth in {cells[1] for cells in rows})
    assert b"AUR-0001" not in content
