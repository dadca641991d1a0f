"""An audit finds what a cheat, a fault or a thief changed in the public files, and never calls unchecked files good."""

import json
import zlib
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keys.ceremony import authorise, possession
from keys.signer import Signer, generate
from keys.signing import sign_note
from tests.verifier.audit.world import (
    ORIGIN,
    World,
    digests,
    failed,
    files,
    following,
    issued,
    payload,
    places,
    signed,
    snapshot,
    time_entry,
    write,
)
from verifier.audit import audit
from verifier.audit.hashes import audit_hashes
from verifier.checkpoint import Checkpoint, format_checkpoint
from verifier.encoding import format_base64url, format_json, parse_base64url, parse_json
from verifier.event import EVENT, SNAPSHOT, TIME, parse_event
from verifier.fetch import FolderSource, format_latest, status_list_path
from verifier.report import ExitCode, Outcome
from verifier.tiles import entries_path, format_entries


def test_an_honest_registry_passes_every_check(world: World) -> None:
    made = world.audit()

    assert set(made.outcomes.values()) == {Outcome.PASSED}
    assert made.findings == ()
    assert made.exit_code == ExitCode.IN_FORCE
    assert made.counts["certification"] == made.counts["record"] == 6
    assert made.size == len(world.entries())


def test_records_that_nobody_lists_are_not_checked_and_the_rest_is(world: World) -> None:
    made = audit(FolderSource(world.public), world.trust)

    assert made.exit_code == ExitCode.NOT_CHECKED
    assert made.counts["record"] == 0
    assert {name for name, outcome in made.outcomes.items() if outcome is not Outcome.PASSED} == {"record"}
    assert [finding.reason for finding in made.findings] == [
        "nobody lists the records of 6 certifications, so that they cannot be checked"
    ]


def test_a_record_that_holds_an_event_beside_the_logs_is_found(world: World, tmp_path: Path) -> None:
    public = world.copy(tmp_path / "public")
    path = next(public.glob("record/*/*"))
    record = json.loads(path.read_bytes())
    last = record["entries"][-1]["entry"].encode()
    unlogged = following(world, last, "certification.maintenance_confirmed", None, **digests(3)).decode()
    # Under the index of a genuine time entry, which the record holds too.
    record["entries"].append({"index": record["times"][-1]["index"], "entry": unlogged})
    path.write_bytes(format_json(record))

    assert failed(world.audit(public)) == {"record"}


def test_progress_is_told_up_to_the_whole(world: World) -> None:
    told: dict[str, tuple[int, int]] = {}

    audit(FolderSource(world.public), world.trust, None, lambda step, done, total: told.update({step: (done, total)}))

    assert told["entries"] == (len(world.entries()),) * 2


ALTERED = {
    "tile/0/": "tile",
    "tile/entries/": "root",
    "checkpoint": "checkpoint",
    "record/": "record",
    "body/": "record",
    "edition/": "record",
    "status/tree/": "status",
    "status/list/": "list",
    "scheme/": "scheme",
    "editions": "scheme",
    "snapshot": "snapshot",
}


@pytest.mark.parametrize(("beginning", "check"), ALTERED.items())
def test_one_bit_changed_in_a_file_is_found_and_named(world: World, tmp_path: Path, beginning: str, check: str) -> None:
    public = world.copy(tmp_path / "public")
    path = public / next(name for name in files(public) if name.startswith(beginning))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)

    made = world.audit(public)

    assert check in failed(made)
    assert made.exit_code == ExitCode.FAILED


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_bit_of_any_public_file_can_be_changed_unseen(
    world: World, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(files(world.public)))
    content = bytearray((world.public / name).read_bytes())
    bit = data.draw(st.integers(0, 8 * len(content) - 1))
    public = world.copy(tmp_path_factory.mktemp("altered") / "public")
    content[bit // 8] ^= 1 << bit % 8
    (public / name).write_bytes(content)

    made = world.audit(public)

    assert made.exit_code == ExitCode.FAILED, name


def test_a_withheld_file_is_not_checked_and_never_good(world: World, tmp_path: Path) -> None:
    for place, name in enumerate(files(world.public)):
        public = world.copy(tmp_path / str(place))
        (public / name).unlink()

        made = world.audit(public)

        assert made.exit_code == ExitCode.NOT_CHECKED, name
        assert not failed(made), name


def test_a_record_without_its_last_event_is_found(world: World, tmp_path: Path) -> None:
    public = world.copy(tmp_path / "public")
    path, record = next(
        (path, record)
        for path in public.glob("record/*/*")
        if (record := json.loads(path.read_bytes())) and _last_type(record) == "certification.withdrawn"
    )
    record["entries"].pop()
    path.write_bytes(format_json(record))

    made = world.audit(public)

    assert failed(made) == {"record"}
    assert "does not hold the stream's 3 events" in made.findings[0].reason


def _last_type(record: dict[str, list[dict[str, str]]]) -> str:
    return parse_event(record["entries"][-1]["entry"].encode()).type


def confirmed_by(signer: Signer) -> Callable[[World], bytes]:
    return lambda world: following(world, issued(world), "certification.maintenance_confirmed", signer, **digests(3))


def moved(**changes: object) -> Callable[[World], bytes]:
    def make(world: World) -> bytes:
        made = following(world, issued(world), "certification.maintenance_confirmed", None, **digests(3))
        return signed(world.body, EVENT, payload(made) | changes)

    return make


def second_key(world: World) -> bytes:
    thief = generate()
    mine = possession(thief, ORIGIN, "odc-uno", "event").decode()
    last = world.entries()[places(world, "accreditation.granted")[-1]]
    return following(
        world,
        last,
        "key.enrolled",
        None,
        purpose="event",
        jwk=thief.public_key.jwk(),
        possession=mine,
        authorisation=mine,
    )


def regranted(world: World, **changes: object) -> bytes:
    granted = payload(world.entries()[places(world, "certification.granted")[0]])
    return signed(world.body, EVENT, granted | {"stream": "00000000-0000-4000-8000-000000000002"} | changes)


# What a log's own keys can add to it, and what each addition is found to be.
def newest_of_a_body(world: World) -> bytes:
    stream = payload(world.entries()[places(world, "body.registered")[0]])["stream"]
    return [entry for entry in world.entries() if payload(entry).get("stream") == stream][-1]


ADDED: dict[str, tuple[Callable[[World], bytes], set[str], str]] = {
    "no entry": (lambda world: b"nothing", {"entry"}, "not a compact JWS"),
    "an entry of another log": (moved(log="other.example/log"), {"entry"}, "another log"),
    "an event of a type nobody knows": (moved(type="certification.blessed"), {"entry"}, "unknown event type"),
    "an event signed by nobody's key": (confirmed_by(generate()), {"signature"}, "never enrolled"),
    "an event by a body that is not registered": (
        moved(body="odc-due"), {"signature", "chain"}, "body odc-due is not registered"
    ),
    "an event that skips one": (moved(sequence=9), {"chain"}, "follows event"),
    "an event that names another before it": (
        moved(previous=format_base64url(bytes(32))), {"chain"}, "does not name the event before it"
    ),
    "an event of another profile": (moved(profile="direttore"), {"chain"}, "another body, edition or profile"),
    "an event in a stream of another kind": (
        lambda world: following(world, newest_of_a_body(world), "edition.closed", None),
        {"chain", "body"}, "does not belong",
    ),
    "an event without a beginning": (
        moved(stream="00000000-0000-4000-8000-000000000003"), {"chain"}, "before the stream's first"
    ),
    "a status index that is taken": (regranted, {"chain"}, "another stream's already"),
    "a status index far away": (lambda world: regranted(world, status_index=2**40), {"chain"}, "far beyond"),
    "a grant under an edition nobody published": (
        lambda world: regranted(world, status_index=99, edition="demo-1999"), {"chain"}, "demo-1999 is not published"
    ),
    "a reinstatement of what was never suspended": (
        lambda world: following(world, issued(world), "certification.reinstated", None, **digests(2)),
        {"rules"}, "may not follow",
    ),
    "an appeal against an event that no stream could ever reach": (
        lambda world: following(
            world, issued(world), "certification.appeal_upheld", None, reverses=2**40, **digests(2)
        ),
        {"rules"}, "may not follow",
    ),
    "a second key, enrolled by the operator": (second_key, {"body"}, "may not authorise"),
    "a time that goes back": (lambda world: time_entry(world, at="2020-01-01T00:00:00Z"), {"time"}, "goes back"),
    "a time that leaves one out": (lambda world: time_entry(world, previous=0), {"time"}, "as the one before"),
    "a time by another key": (
        lambda world: signed(generate(), TIME, payload(time_entry(world))), {"signature"}, "names key"
    ),
    "a snapshot of other streams": (
        lambda world: snapshot(world, root=format_base64url(bytes(32))), {"snapshot"}, "does not name the streams"
    ),
    "a snapshot of fewer streams": (
        lambda world: snapshot(world, streams=3), {"snapshot"}, "does not name the streams"
    ),
    "a snapshot of more streams than there could ever be": (
        lambda world: snapshot(world, streams=2**50), {"snapshot"}, "does not name the streams"
    ),
    "an event of a place that no leaf can count": (moved(sequence=2**50), {"chain"}, "follows event"),
    "a snapshot that no time closes": (
        lambda world: snapshot(world, size=places(world, "certificate.issued")[0] + 1), {"snapshot"}, "is no time entry"
    ),
    "a snapshot by another key": (
        lambda world: signed(generate(), SNAPSHOT, payload(snapshot(world))), {"signature"}, "names key"
    ),
    "a snapshot whose list is of another day": (
        lambda world: snapshot(
            world, list={"day": "2020-01-01", "sha256": format_base64url(bytes(32))}
        ),
        {"snapshot"}, "names a list of 2020-01-01",
    ),
}  # fmt: skip


@pytest.mark.parametrize("attack", ADDED)
def test_what_the_logs_own_keys_add_is_found_and_named(world: World, tmp_path: Path, attack: str) -> None:
    make, checks, reason = ADDED[attack]
    public = world.sign_again(tmp_path / "public", [*world.entries(), make(world)])

    made = world.audit(public)

    assert failed(made) == checks
    assert any(f.check in checks and reason in f.reason for f in made.findings), made.findings


def test_a_snapshot_covers_what_came_before_its_time_entry_and_nothing_after(world: World, tmp_path: Path) -> None:
    before = world.entries()
    entries = [*before, time_entry(world), moved()(world), time_entry(world, previous=len(before))]
    newest = snapshot(world, size=len(before) + 1)
    public = world.sign_again(tmp_path / "public", [*entries, newest])
    (public / "snapshot").write_bytes(format_latest(len(entries), newest))

    made, by_hashes = world.audit(public), audit_hashes(FolderSource(public), world.trust)

    assert made.exit_code is ExitCode.IN_FORCE, made.findings
    assert not failed(by_hashes)


def test_a_time_past_every_calendar_is_found(world: World, tmp_path: Path) -> None:
    entries = [*world.entries(), time_entry(world, at="9999-12-31T23:59:59Z")]
    public = world.sign_again(tmp_path / "public", [*entries, snapshot(world, size=len(entries))])

    assert failed(world.audit(public)) == {"entry", "snapshot"}


def test_after_a_snapshot_that_lies_an_honest_one_still_holds(world: World, tmp_path: Path) -> None:
    entries = [*world.entries(), time_entry(world)]
    lying = snapshot(world, size=len(entries), root=format_base64url(bytes(32)))
    honest = snapshot(world, size=len(entries))
    public = world.sign_again(tmp_path / "public", [*entries, lying, honest])
    (public / "snapshot").write_bytes(format_latest(len(entries) + 1, honest))

    made = world.audit(public)

    assert [(finding.check, finding.place) for finding in made.findings] == [("snapshot", f"entry {len(entries)}")]


def test_two_entries_swapped_are_found_though_the_log_is_signed_again(world: World, tmp_path: Path) -> None:
    entries = world.entries()
    first = places(world, "certification.granted")[0]
    entries[first], entries[first + 1] = entries[first + 1], entries[first]

    made = world.audit(world.sign_again(tmp_path / "public", entries))

    assert {"chain", "record"} <= failed(made)


def test_two_entries_swapped_in_a_published_file_are_found(world: World, tmp_path: Path) -> None:
    public, entries = world.copy(tmp_path / "public"), world.entries()
    entries[4], entries[6] = entries[6], entries[4]
    write(public / entries_path(0, len(entries)), format_entries(entries))

    made = world.audit(public)

    assert {"tile", "root"} <= failed(made)
    assert any("entries 4, 6" in finding.reason for finding in made.findings)


def test_an_event_left_out_of_a_log_signed_again_is_found(world: World, tmp_path: Path) -> None:
    entries = world.entries()
    del entries[places(world, "certification.withdrawn")[0]]

    public = world.sign_again(tmp_path / "public", entries)
    made = world.audit(public, replace(world.trust, as_of_size=0))

    assert "snapshot" in failed(made)


def test_a_log_that_was_shortened_is_found_by_whoever_has_a_newer_trust_root(world: World, tmp_path: Path) -> None:
    public = world.sign_again(tmp_path / "public", world.entries()[:-1])

    made = world.audit(public)

    assert failed(made) == {"checkpoint"}
    assert made.outcomes["signature"] is Outcome.NOT_CHECKED


def test_a_checkpoint_of_another_log_is_found(world: World, tmp_path: Path) -> None:
    public = world.copy(tmp_path / "public")
    head = Checkpoint(ORIGIN, 1, bytes(32))
    (public / "checkpoint").write_bytes(sign_note(ORIGIN, generate(), format_checkpoint(head)))

    assert failed(world.audit(public)) == {"checkpoint"}


def test_a_snapshot_of_last_week_is_found(world: World, tmp_path: Path) -> None:
    later = time_entry(world)
    entries = [*world.entries(), later]
    newer = snapshot(world, size=len(entries))
    public = world.sign_again(tmp_path / "public", [*entries, newer])

    assert {f.place for f in world.audit(public).findings} == {"snapshot"}

    (public / "snapshot").write_bytes(format_latest(len(entries), newer))

    assert world.audit(public).findings == ()


def test_a_list_that_says_otherwise_than_the_rule_is_found(world: World, tmp_path: Path) -> None:
    (published,) = (world.public / "status" / "list").iterdir()
    said = parse_json(published.read_bytes())
    bits = bytearray(zlib.decompress(parse_base64url(str(said["lst"]))))
    bits[-1] ^= 0b11 << 2 * (world.last_status_index() % 4)
    lying = format_json(said | {"lst": format_base64url(zlib.compress(bytes(bits)))})
    entries = [*world.entries(), time_entry(world)]
    newer = snapshot(
        world, size=len(entries), list={"day": said["day"], "sha256": format_base64url(sha256(lying).digest())}
    )

    public = world.sign_again(tmp_path / "public", [*entries, newer])
    write(public / status_list_path(sha256(lying).digest()), lying)
    (public / "snapshot").write_bytes(format_latest(len(entries), newer))

    assert failed(world.audit(public)) == {"list"}


def test_events_under_a_key_that_is_later_in_doubt_are_found(world: World, tmp_path: Path) -> None:
    key_id, first = world.body.public_key.key_id, places(world, "certification.suspended")[0]
    word = authorise(world.recovery, ORIGIN, "odc-uno", "compromise", "event", key_id, first).decode()
    last = world.entries()[places(world, "accreditation.granted")[0]]
    compromised = following(world, last, "key.compromised", None, key_id=key_id, from_index=first, authorisation=word)

    made = world.audit(world.sign_again(tmp_path / "public", [*world.entries(), compromised]))

    assert failed(made) == {"signature"}
    assert f"2 events from entry {first} on are in doubt" in made.findings[0].reason


def test_a_body_younger_than_the_trust_root_is_not_checked(world: World) -> None:
    younger = replace(world.trust, bodies={}, as_of_size=0)
    older = replace(world.trust, bodies={})

    assert world.audit(trust=younger).exit_code == ExitCode.NOT_CHECKED
    assert failed(world.audit(trust=older)) == {"body"}


def test_a_trust_root_of_other_keys_is_not_satisfied(world: World) -> None:
    body = world.trust.bodies["odc-uno"]
    forged = replace(world.trust, bodies={"odc-uno": replace(body, event_key=generate().public_key)})

    assert "body" in failed(world.audit(trust=forged))


def test_a_body_of_the_trust_root_that_the_log_hides_is_found(world: World) -> None:
    body = world.trust.bodies["odc-uno"]
    wider = replace(world.trust, bodies={"odc-uno": body, "odc-due": replace(body, slug="odc-due")})

    made = world.audit(trust=wider)

    assert [finding.reason for finding in made.findings] == ["body odc-due of the trust root is not in the log"]
