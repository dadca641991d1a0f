"""Attacks on what a reader gets: files changed, withheld or old, and certificates that are not what they seem."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from keys.key_set import OPERATOR
from keys.signer import Purpose, generate
from keys.signing import sign_note, sign_token
from tests.attacks.registry import Tampered, Target, failed, found_by, settle, with_bit
from tests.contracts.parts import make_place, open_parts, withdraw
from verifier.bundle import format_record, parse_record
from verifier.certificate import parse_token
from verifier.checkpoint import claimed_checkpoint, format_checkpoint
from verifier.event import parse_event
from verifier.fetch import FolderSource, parse_latest, record_path
from verifier.report import ExitCode, Outcome, Verdict


def files(target: Target) -> dict[str, bytes]:
    place = target.public
    return {path.relative_to(place).as_posix(): path.read_bytes() for path in place.rglob("*") if path.is_file()}


def tampered(target: Target, **changed: bytes) -> Tampered:
    return Tampered(FolderSource(target.public), changed)


def one(target: Target, beginning: str) -> str:
    (path,) = [name for name in files(target) if name.startswith(beginning)]
    return path


def test_what_nobody_touched_is_in_force(published: Target) -> None:
    assert published.check(published.in_force).exit_code is ExitCode.IN_FORCE
    assert published.check(published.withdrawn).exit_code is ExitCode.NOT_IN_FORCE
    assert found_by(published.audit()) == {}


def test_one_bit_changed_in_an_event_of_a_record(published: Target) -> None:
    path = record_path(published.in_force.number)
    record = parse_record(files(published)[path])
    for index, entry in record.entries.items():
        for octet in range(0, len(entry), 7):
            altered = format_record(replace(record, entries={**record.entries, index: _altered(entry, octet)}))

            report = published.check(published.in_force, tampered(published, **{path: altered}))

            # Where the change sends the reader to a file that is not there, nothing could be checked.
            assert report.exit_code in {ExitCode.FAILED, ExitCode.NOT_CHECKED}
            assert report.answers == ()
        # The last one changed the signature, of which nothing but the log could know.
        assert failed(report) == {"inclusion": f"entry {index} is not what the log holds there"}


def _altered(entry: bytes, octet: int) -> bytes:
    """One letter of base64 exchanged for another that differs in one bit of what it stands for."""
    letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    if entry[octet : octet + 1] == b".":
        octet += 1
    letter = letters[letters.index(entry[octet]) ^ 1]
    return entry[:octet] + bytes([letter]) + entry[octet + 1 :]


def test_one_bit_changed_in_a_log_entry(published: Target) -> None:
    path = one(published, "tile/entries/")
    content = files(published)[path]
    _, entry = parse_latest(files(published)["snapshot"])
    # The entry before the snapshot's is the one that a reader takes from the log itself: the time that closes it.
    place = 8 * (len(content) - len(entry) - 2 - 20)

    altered = tampered(published, **{path: with_bit(content, place)})

    assert failed(published.check(published.in_force, altered)).keys() == {"inclusion"}


@pytest.mark.parametrize("bit", [0, 2000])
def test_one_bit_changed_in_a_log_entry_is_found_by_whoever_replays_it(
    published: Target, tmp_path: Path, bit: int
) -> None:
    public = published.copy_public(tmp_path / "public")
    path = public / one(published, "tile/entries/")
    path.write_bytes(with_bit(path.read_bytes(), 8 * 300 + bit))

    assert "tile" in found_by(published.audit(public))


def test_one_bit_changed_in_a_tile(published: Target, tmp_path: Path) -> None:
    path = one(published, "tile/0/")
    content = files(published)[path]
    for place in range(0, len(content), 32):
        altered = with_bit(content, 8 * place)

        report = published.check(published.in_force, tampered(published, **{path: altered}))

        assert failed(report).keys() == {"inclusion"}, place
    public = published.copy_public(tmp_path / "public")
    (public / path).write_bytes(altered)
    assert "tile" in found_by(published.audit(public))


def test_one_bit_changed_in_a_checkpoint(published: Target) -> None:
    content = files(published)["checkpoint"]
    for bit in range(0, 8 * len(content), 5):
        report = published.check(published.in_force, tampered(published, checkpoint=with_bit(content, bit)))

        assert report.exit_code in {ExitCode.FAILED, ExitCode.NOT_CHECKED}
        assert report.answers == ()


def test_a_checkpoint_with_another_root(published: Target) -> None:
    checkpoint = claimed_checkpoint(files(published)["checkpoint"])
    _, signature = files(published)["checkpoint"].split(b"\n\n")
    text = format_checkpoint(replace(checkpoint, root_hash=with_bit(checkpoint.root_hash, 0)))

    report = published.check(published.in_force, tampered(published, checkpoint=text.encode() + b"\n" + signature))

    assert failed(report).keys() == {"checkpoint"}
    assert "does not fit" in failed(report)["checkpoint"]


def test_one_bit_changed_in_a_token(published: Target) -> None:
    token = published.in_force.token
    for bit in range(0, 8 * len(token), 3):
        report = published.check(published.in_force, token=with_bit(token, bit))

        assert (report.exit_code, report.token, failed(report).keys()) == (ExitCode.FAILED, None, {"token"}), bit


def test_a_token_of_one_certificate_pasted_on_anothers_link(published: Target) -> None:
    report = published.check(published.in_force, token=published.foreign.token)

    assert report.verdict is Verdict.FORGED
    assert failed(report) == {"token": "the token is of another certificate than the number beside it"}


def test_a_token_newly_signed_with_the_genuine_key_over_another_name(published: Target) -> None:
    claims = parse_token(published.in_force.token).claims
    key = published.parts.key_set.current("aurora", Purpose.TOKEN)

    report = published.check(published.in_force, token=sign_token(key, replace(claims, name="Furbo Falsari")))

    assert report.verdict is Verdict.FORGED
    assert failed(report).keys() == {"registered"}
    assert "the body never logged this certificate" in failed(report)["registered"]


def test_a_token_signed_by_another_body(published: Target) -> None:
    claims = parse_token(published.in_force.token).claims
    key = published.parts.key_set.current("borea", Purpose.TOKEN)

    report = published.check(published.in_force, token=sign_token(key, claims))

    assert failed(report) == {"token": "the token is signed by no token key of body aurora"}


def test_the_last_event_left_out_of_a_record_and_all_else_genuine(published: Target, tmp_path: Path) -> None:
    path = record_path(published.withdrawn.number)
    record = parse_record(files(published)[path])
    *kept, (_, last) = record.entries.items()
    assert parse_event(last).type == "certification.withdrawn"
    shorter = format_record(replace(record, entries=dict(kept)))

    report = published.check(published.withdrawn, tampered(published, **{path: shorter}))

    assert report.verdict is Verdict.FORGED
    assert failed(report) == {
        "complete": "the certification's record is not what the snapshot names: an event is left out"
    }
    public = published.copy_public(tmp_path / "public")
    (public / path).write_bytes(shorter)
    assert "record" in found_by(published.audit(public))


def test_a_snapshot_of_last_week(published: Target) -> None:
    next_week = published.parts.clock.at + timedelta(days=7)

    report = published.check(published.in_force, at=next_week)

    assert (report.verdict, report.exit_code) == (Verdict.COULD_NOT_BE_CHECKED, ExitCode.NOT_CHECKED)
    assert report.check("fresh").outcome is Outcome.NOT_CHECKED
    assert "too old to say what was known later" in report.check("fresh").reason


def test_last_weeks_snapshot_in_the_place_of_todays(tmp_path: Path) -> None:
    with open_parts(make_place(tmp_path, f"sqlite:///{tmp_path / 'registry.sqlite'}")) as parts:
        target = settle(parts)
        old = files(target)
        parts.clock.pass_by(days=7)
        parts.registry.decide(withdraw(target.in_force.number))
        parts.publisher.publish()
        withheld = {record_path(target.in_force.number), "snapshot"}

        report = target.check(target.in_force, tampered(target, **{path: old[path] for path in withheld}))

    # The withdrawal of today is left out of the record, and the snapshot is the one that knew nothing of it.
    assert report.check("fresh").outcome is Outcome.NOT_CHECKED
    assert (report.verdict, report.answers) == (Verdict.COULD_NOT_BE_CHECKED, ())


def test_a_checkpoint_of_another_log(published: Target) -> None:
    checkpoint = claimed_checkpoint(files(published)["checkpoint"])
    log_key = published.parts.key_set.current(OPERATOR, Purpose.LOG)
    another = "other.example/log"
    for origin, key in ((another, log_key), (another, generate()), (checkpoint.origin, generate())):
        head = sign_note(origin, key, format_checkpoint(replace(checkpoint, origin=origin)))

        report = published.check(published.in_force, tampered(published, checkpoint=head))

        assert failed(report) == {"checkpoint": "the note is signed by no key that is known"}


def test_the_public_files_of_another_log_under_the_same_name(published: Target, tmp_path: Path) -> None:
    with open_parts(make_place(tmp_path, f"sqlite:///{tmp_path / 'registry.sqlite'}")) as parts:
        other = settle(parts)
    assert other.trust.origin == published.trust.origin

    report = published.check(other.in_force, FolderSource(other.public))

    assert failed(report) == {"checkpoint": "the note is signed by no key that is known"}


@pytest.mark.parametrize(
    "beginning",
    ["status/tree/", "snapshot", "checkpoint", "tile/0/", "tile/entries/", "body/aurora", "edition/"],
)
def test_a_status_file_withheld_could_not_be_checked_and_is_never_green(published: Target, beginning: str) -> None:
    withheld = [path for path in files(published) if path.startswith(beginning)]
    assert withheld

    report = published.check(published.in_force, Tampered(FolderSource(published.public), {}, withheld))

    assert (report.verdict, report.exit_code) == (Verdict.COULD_NOT_BE_CHECKED, ExitCode.NOT_CHECKED)
    assert report.check("record").outcome is Outcome.NOT_CHECKED
    assert report.answers == ()
    # The certificate's own signature is right, and the report says so.
    assert report.check("token").outcome is Outcome.PASSED


def test_a_record_withheld_from_whoever_holds_the_certificate(published: Target) -> None:
    source = Tampered(FolderSource(published.public), {}, [record_path(published.in_force.number)])

    report = published.check(published.in_force, source)

    assert (report.verdict, report.exit_code) == (Verdict.WITHHELD, ExitCode.NOT_CHECKED)


def test_a_list_that_says_in_force_changes_no_verdict(published: Target) -> None:
    path = one(published, "status/list/")

    report = published.check(published.withdrawn, Tampered(FolderSource(published.public), {}, [path]))

    # A verdict rests on the events; the list is for readers without the rule.
    assert report.verdict is Verdict.NOT_IN_FORCE
