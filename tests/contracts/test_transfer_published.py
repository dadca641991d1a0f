"""A transfer as its readers see it: the public files alone, fetched and verified, on both databases."""

import secrets
from datetime import date
from functools import partial
from uuid import UUID

from registry.application.transfer import Transfers
from registry.commands.decisions import Basis, ReinstateCertification, TransferCertification
from registry.commands.erasure import EraseHolder
from registry.domain.decision import Case
from tests.contracts.parts import Parts, confirm, grant, suspend
from verifier.audit import audit
from verifier.bundle import format_bundle, parse_bundle, parse_record
from verifier.encoding import end_of_day, legal_day
from verifier.fetch import FolderSource, fetch_bundle, record_path, transferred_path
from verifier.report import Outcome, Question, Report, Verdict
from verifier.status import State
from verifier.verify import verify

# The contracts' clock begins on this day.
GRANTED = date(2026, 11, 24)


def hand_over(parts: Parts, number: str, left: str = "aurora", receiver: str = "borea") -> str:
    """Transfer a certification; its new number."""
    basis, case = Basis("delibera 7", None), Case("decider-9")
    command = TransferCertification(left, number, "decider-1", basis, receiver, case, "delibera 70", True)
    return Transfers(parts.registry, secrets.token_bytes).transfer(command).into.number


def ask(parts: Parts, number: str, on: date, until: date | None = None, token: bytes | None = None) -> Report:
    """What a reader of the public files alone is told."""
    now = parts.clock()
    obtain = partial(fetch_bundle, FolderSource(parts.place.public), number)
    return verify(parts.trust(), Question(on, now, now, until), obtain, number, token)


def test_each_number_of_a_transferred_certification_is_answered_from_the_public_files(parts: Parts) -> None:
    old = parts.registry.decide(grant()).number
    parts.clock.pass_by(days=10)
    parts.registry.decide(suspend(old))
    parts.clock.pass_by(days=3)
    parts.registry.decide(ReinstateCertification("aurora", old, "decider-1", Basis("delibera 3")))
    parts.clock.pass_by(days=27)
    new = hand_over(parts, old)
    moved_on = legal_day(parts.clock())
    parts.clock.pass_by(days=5)
    parts.publisher.publish()

    today = legal_day(parts.clock())
    left, begun = ask(parts, old, today), ask(parts, new, today)
    before = ask(parts, new, date(2027, 1, 2))

    assert moved_on == date(2027, 1, 3)
    assert (left.answers[0].standing.state, left.trusted) == (State.TRANSFERRED, True)
    assert left.facts is not None
    assert left.facts.receiver == "borea"
    assert left.facts.receiver_name == parts.streams.body("borea").aggregate.name
    assert (begun.verdict, begun.answers[0].origin) == (Verdict.IN_FORCE, None)
    assert (before.verdict, before.answers[0].origin) == (Verdict.IN_FORCE, 0)
    assert before.origins[0].body == "aurora"
    # Suspended on 4 December 2026, reinstated on the 7th.
    (gap,) = ask(parts, new, GRANTED, until=today).gaps
    assert (gap.starts_on, gap.ends_on) == (date(2026, 12, 4), date(2026, 12, 6))


def test_neither_number_leads_to_the_other(parts: Parts) -> None:
    old = parts.registry.decide(grant()).number
    new = hand_over(parts, old)
    parts.clock.pass_by(days=1)
    parts.publisher.publish()
    source = FolderSource(parts.place.public)

    bundles = {number: fetch_bundle(source, number) for number in (old, new)}
    stream = parts.registry.certification(old)[0].certification
    (of_old,) = bundles[old].certification.disclosures
    (of_new,) = bundles[new].certification.disclosures

    assert parse_record(source.read(transferred_path(stream))).disclosures == ()
    assert of_old.encode() not in format_bundle(bundles[new])
    assert of_new.encode() not in format_bundle(bundles[old])
    assert parse_bundle(format_bundle(bundles[new])) == bundles[new]


def test_a_certification_that_moves_on_is_followed_to_its_first_body(parts: Parts) -> None:
    old = parts.registry.decide(grant()).number
    parts.clock.pass_by(days=380)
    parts.registry.decide(confirm(old))
    second = hand_over(parts, old)
    parts.clock.pass_by(days=10)
    parts.publisher.publish()
    parts.clock.pass_by(days=1)
    third = hand_over(parts, second, "borea", "aurora")
    parts.clock.pass_by(days=1)
    parts.publisher.publish()
    today = legal_day(parts.clock())

    reports = {number: ask(parts, number, GRANTED, until=today) for number in (second, third)}

    assert [origin.body for origin in reports[third].origins] == ["borea", "aurora"]
    assert (reports[third].verdict, reports[third].gaps) == (Verdict.IN_FORCE, ())
    assert reports[second].verdict is Verdict.INTERRUPTED
    # Maintenance every twelve months, confirmed once: the next is due two years after the grant.
    due_on = ask(parts, third, today).answers[0].standing.maintenance_due_on
    assert due_on == date(2028, 11, 24)


def test_what_the_old_body_erased_proves_the_days_there_as_before(parts: Parts) -> None:
    old = parts.registry.decide(grant()).number
    parts.clock.pass_by(days=10)
    new = hand_over(parts, old)
    parts.clock.pass_by(days=1)
    parts.registry.erasure.erase(EraseHolder("aurora", old, "decider-9"))
    parts.clock.pass_by(minutes=5)
    parts.publisher.publish()

    left, before = ask(parts, old, GRANTED), ask(parts, new, GRANTED)

    assert left.verdict is Verdict.ERASED
    assert (before.verdict, before.trusted, before.answers[0].origin) == (Verdict.IN_FORCE, True, 0)
    assert before.origins[0].events[-1][1] == "certification.personal_data_erased"


def test_the_document_of_the_new_number_is_genuine_and_the_old_one_says_transferred(parts: Parts) -> None:
    granted = parts.registry.decide(grant())
    parts.clock.pass_by(days=10)
    new = hand_over(parts, granted.number)
    parts.clock.pass_by(minutes=5)
    parts.publisher.publish()
    today, token = (
        legal_day(parts.clock()),
        parts.registry.document(parts.registry.certification(new)[0].certification)[0],
    )

    begun, left = ask(parts, new, today, token=token), ask(parts, granted.number, today, token=granted.token)
    before = ask(parts, granted.number, GRANTED, token=granted.token)

    assert (begun.verdict, begun.check("registered").outcome) == (Verdict.IN_FORCE, Outcome.PASSED)
    assert (left.verdict, left.answers[0].standing.state) == (Verdict.NOT_IN_FORCE, State.TRANSFERRED)
    assert before.verdict is Verdict.IN_FORCE


def test_what_was_known_before_the_transfer_is_answered_for_the_new_number(parts: Parts) -> None:
    old = parts.registry.decide(grant()).number
    parts.clock.pass_by(days=10)
    new = hand_over(parts, old)
    parts.clock.pass_by(minutes=5)
    parts.publisher.publish()
    now, known_at = parts.clock(), end_of_day(date(2026, 12, 1))
    obtain = partial(fetch_bundle, FolderSource(parts.place.public), new)

    report = verify(parts.trust(), Question(date(2026, 12, 1), known_at, now), obtain, new)

    assert {answer.standing.state for answer in report.answers} == {State.ACTIVE}
    assert report.differences == ()


def test_the_audit_holds_the_files_of_a_transfer_against_the_log(parts: Parts) -> None:
    hand_over(parts, parts.registry.decide(grant()).number)
    parts.clock.pass_by(minutes=5)
    parts.publisher.publish()
    public = parts.place.public
    paths = sorted(path.relative_to(public).as_posix() for path in public.glob("record/*/[!.]*"))

    assert audit(FolderSource(public), parts.trust(), paths).findings == ()

    (handed_over,) = public.glob("transferred/*")
    stream = UUID(handed_over.name)
    handed_over.write_bytes((public / record_path(parts.vault.numbered(stream).number)).read_bytes())

    (finding,) = audit(FolderSource(public), parts.trust(), paths).findings
    assert str(finding) == f"record: transferred/{stream}: it discloses something, which belongs under a number alone"
