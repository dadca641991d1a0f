"""An audit by hashes finds what the full one finds in octets, tree, chains, times and snapshots, and says the rest."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pybase64
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.verifier.audit.test_audit import ADDED
from tests.verifier.audit.world import (
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
from tests.verifier.frozen.specimen import FROZEN
from verifier.audit import Audit, links
from verifier.audit.findings import CHECKS
from verifier.audit.hashes import UNCHECKED, audit_hashes
from verifier.audit.links import Link, chain_hashes, find_plain, read_link, signing_inputs
from verifier.audit.streams import kind_of
from verifier.encoding import format_base64url, format_json, parse_base64url
from verifier.errors import FormatError
from verifier.event import EVENT, NAMES, REGISTRATION, SNAPSHOT, TIME, VERSIONS, parse_event
from verifier.fetch import FolderSource, format_latest
from verifier.jws import MAX_ENTRY_BYTES, chain_hash, parse_jws
from verifier.report import ExitCode, Outcome
from verifier.tiles import entries_path, format_entries

CHECKED = set(CHECKS) - set(UNCHECKED)
# What an audit by hashes finds of what the log's own keys can add; whatever is signed or decided wrongly it cannot see.
SEEN = {
    "no entry", "an entry of another log", "an event of a type nobody knows",
    "an event by a body that is not registered",
    "an event that skips one", "an event that names another before it", "an event of another profile",
    "an event in a stream of another kind", "an event without a beginning",
    "a status index that is taken", "a status index far away",
    "a grant under an edition nobody published", "a time that goes back", "a time that leaves one out",
    "a snapshot of other streams", "a snapshot of fewer streams",
    "a snapshot of more streams than there could ever be", "an event of a place that no leaf can count",
    "a snapshot that no time closes", "a snapshot whose list is of another day",
}  # fmt: skip


def plain(entry: bytes) -> Link | None:
    (link,) = plain_links([entry])
    return link


def plain_links(entries: list[bytes]) -> list[Link | None]:
    return [link and Link._make(link) for link in find_plain(signing_inputs(entries))]


def by_hashes(world: World, public: Path | None = None) -> Audit:
    return audit_hashes(FolderSource(public or world.public), world.trust)


def test_an_honest_log_is_clean_and_what_was_not_checked_is_said(world: World) -> None:
    made = by_hashes(world)

    assert {name for name, outcome in made.outcomes.items() if outcome is Outcome.PASSED} == CHECKED
    assert {name for name, outcome in made.outcomes.items() if outcome is Outcome.NOT_CHECKED} == set(UNCHECKED)
    assert {finding.check for finding in made.findings} == set(UNCHECKED)
    assert made.exit_code == ExitCode.NOT_CHECKED


def test_as_much_is_counted_as_in_a_full_audit(world: World) -> None:
    full, made = world.audit(), by_hashes(world)

    assert (made.size, made.root_hash) == (full.size, full.root_hash)
    assert {**made.counts, "record": 6} == full.counts


@pytest.mark.parametrize("attack", ADDED)
def test_what_the_logs_own_keys_add_is_found_where_hashes_can_tell(world: World, tmp_path: Path, attack: str) -> None:
    make, _, _ = ADDED[attack]
    public = world.sign_again(tmp_path / "public", [*world.entries(), make(world)])

    made, full = by_hashes(world, public), world.audit(public)

    assert failed(made) == failed(full) & (CHECKED | {"entry"})
    assert bool(failed(made)) == (attack in SEEN)
    assert made.exit_code == (ExitCode.FAILED if attack in SEEN else ExitCode.NOT_CHECKED)


@pytest.mark.parametrize(
    ("beginning", "checks"),
    [
        ("tile/0/", {"tile"}),
        ("tile/entries/", {"tile", "root"}),
        ("checkpoint", {"checkpoint"}),
        ("snapshot", {"snapshot"}),
    ],
)
def test_one_bit_changed_in_the_log_is_found(world: World, tmp_path: Path, beginning: str, checks: set[str]) -> None:
    public = world.copy(tmp_path / "public")
    path = public / next(name for name in files(public) if name.startswith(beginning))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)

    made = by_hashes(world, public)

    assert checks <= failed(made)
    assert made.exit_code == ExitCode.FAILED


@pytest.mark.parametrize("beginning", ["tile/0/", "tile/entries/", "checkpoint", "snapshot"])
def test_a_withheld_file_of_the_log_is_not_checked_and_never_good(world: World, tmp_path: Path, beginning: str) -> None:
    public = world.copy(tmp_path / "public")
    (public / next(name for name in files(public) if name.startswith(beginning))).unlink()

    made = by_hashes(world, public)

    assert not failed(made)
    assert {name for name in CHECKED if made.outcomes[name] is Outcome.NOT_CHECKED}
    assert made.exit_code == ExitCode.NOT_CHECKED


def test_two_entries_swapped_in_a_published_file_are_found_and_named(world: World, tmp_path: Path) -> None:
    public, entries = world.copy(tmp_path / "public"), world.entries()
    entries[4], entries[6] = entries[6], entries[4]
    write(public / entries_path(0, len(entries)), format_entries(entries))

    made = by_hashes(world, public)

    assert {"tile", "root"} <= failed(made)
    assert any("entries 4, 6" in finding.reason for finding in made.findings)


def test_a_log_that_was_shortened_is_found_by_whoever_has_a_newer_trust_root(world: World, tmp_path: Path) -> None:
    public = world.sign_again(tmp_path / "public", world.entries()[:-1])

    made = by_hashes(world, public)

    assert failed(made) == {"checkpoint"}
    assert made.outcomes["chain"] is Outcome.NOT_CHECKED


def test_a_snapshot_of_last_week_is_found(world: World, tmp_path: Path) -> None:
    entries = [*world.entries(), time_entry(world)]
    newer = snapshot(world, size=len(entries))
    public = world.sign_again(tmp_path / "public", [*entries, newer])

    assert by_hashes(world, public).outcomes["snapshot"] is Outcome.NOT_CHECKED

    (public / "snapshot").write_bytes(format_latest(len(entries), newer))

    assert by_hashes(world, public).outcomes["snapshot"] is Outcome.PASSED


def test_a_snapshot_names_the_streams_as_they_were_at_its_time_whatever_came_since(
    world: World, tmp_path: Path
) -> None:
    entries = [*world.entries(), time_entry(world)]
    size = len(entries)
    entries.append(following(world, issued(world), "certification.reinstated", None, **digests(2)))
    entries.append(time_entry(world, previous=size - 1))

    earlier = world.sign_again(tmp_path / "earlier", [*entries, snapshot(world, size=size)])
    later = world.sign_again(tmp_path / "later", [*entries, snapshot(world, size=len(entries))])

    assert failed(by_hashes(world, earlier)) == set()
    assert failed(by_hashes(world, later)) == {"snapshot"}


# What a cheat with every key can do to an entry without leaving the form.
CHANGES = st.sampled_from(
    [
        {"sequence": 1}, {"sequence": 2}, {"sequence": 7}, {"previous": None},
        {"previous": format_base64url(bytes(32))}, {"status_index": 0}, {"status_index": 70}, {"profile": "altro"},
        {"edition": "altra"}, {"body": "odc-due"}, {"stream": "00000000-0000-4000-8000-000000000009"},
        {"log": "other.example/log"}, {"type": "certification.reinstated"}, {"at": "2020-01-01T00:00:00Z"},
        {"size": 3}, {"streams": 2}, {"v": 3}, {"v": True}, {"sequence": True}, {"body": None}, {"edition": ""},
        {"profile": "X"}, {"previous": "x"},
    ]
)  # fmt: skip
MOVES = st.lists(
    st.tuples(st.sampled_from(["swap", "drop", "double", "change"]), st.integers(0, 99), st.integers(0, 99), CHANGES),
    min_size=1,
    max_size=3,
)


def changed(world: World, entries: list[bytes], moves: list[tuple[str, int, int, dict[str, object]]]) -> list[bytes]:
    made = list(entries)
    for move, one, other, change in moves:
        i, j = one % len(made), other % len(made)
        if move == "swap":
            made[i], made[j] = made[j], made[i]
        elif move == "drop":
            del made[i]
        elif move == "double":
            made.insert(j, made[i])
        else:
            typ = parse_jws(made[i]).typ
            known = {name: value for name, value in change.items() if name in payload(made[i])}
            signer = {EVENT: world.body, REGISTRATION: world.operator, TIME: world.operator, SNAPSHOT: world.operator}
            made[i] = signed(signer[typ], typ, payload(made[i]) | known)
    return made


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(moves=MOVES)
@example(moves=[("swap", 8, 9, {})])
@example(moves=[("drop", 9, 0, {})])
@example(moves=[("change", 17, 0, {"type": "certification.reinstated"})])
def test_both_audits_agree_on_every_log_that_its_own_keys_could_sign(
    world: World, tmp_path_factory: pytest.TempPathFactory, moves: list[tuple[str, int, int, dict[str, object]]]
) -> None:
    entries = changed(world, world.entries(), moves)
    public = world.sign_again(tmp_path_factory.mktemp("changed") / "public", entries)
    trust = replace(world.trust, as_of_size=0, bodies={})

    full = failed(world.audit(public, trust)) & (CHECKED | {"entry"})
    made = audit_hashes(FolderSource(public), trust)

    assert failed(made) == full


@pytest.mark.parametrize("kind", ["certification.granted", "certificate.issued"])
@pytest.mark.parametrize(
    "odd",
    [{"body": None}, {"body": "ODC"}, {"edition": None}, {"edition": ""}, {"profile": None}, {"profile": "x" * 33}]
    + [{"previous": odd} for odd in ("x", "A" * 42, "A" * 42 + "B", "A" * 44)],
)
def test_both_audits_refuse_an_event_whose_place_is_not_of_its_form(
    world: World, tmp_path: Path, kind: str, odd: dict[str, object]
) -> None:
    said = payload(world.entries()[places(world, kind)[-1]]) | odd
    if kind == "certification.granted":
        said |= {"stream": "00000000-0000-4000-8000-000000000009", "status_index": world.last_status_index() + 1}
    public = world.sign_again(tmp_path / "public", [*world.entries(), signed(world.body, EVENT, said)])

    assert failed(by_hashes(world, public)) == failed(world.audit(public)) == {"entry"}


@pytest.mark.parametrize("change", [{"edition": "altra"}, {"log": "other.example/log"}, {"profile": "X"}, {"v": 9}])
def test_both_audits_count_alike_what_they_do_not_take(world: World, tmp_path: Path, change: dict[str, object]) -> None:
    said = payload(world.entries()[places(world, "certification.granted")[0]]) | change
    place = {"stream": "00000000-0000-4000-8000-000000000009", "status_index": world.last_status_index() + 1}
    public = world.sign_again(tmp_path / "public", [*world.entries(), signed(world.body, EVENT, said | place)])

    made, full = by_hashes(world, public), world.audit(public)

    assert failed(made) == failed(full) & (CHECKED | {"entry"}) != set()
    assert {**made.counts, "record": 6} == full.counts


@pytest.mark.parametrize("before", [[], [b"no entry"]])
@pytest.mark.parametrize(("farther", "found"), [(0, set()), (1, {"chain"})])
def test_both_audits_agree_how_far_off_a_status_index_may_be(
    world: World, tmp_path: Path, farther: int, found: set[str], before: list[bytes]
) -> None:
    entries = [*world.entries(), *before]
    # Entries, this one too, and streams: six certifications, a body and an edition.
    farthest = 1000 * (len(entries) + 1 + 8 + 1000)
    said = payload(entries[places(world, "certification.granted")[0]])
    place = {"stream": "00000000-0000-4000-8000-000000000009", "status_index": farthest + farther}
    public = world.sign_again(tmp_path / "public", [*entries, signed(world.body, EVENT, said | place)])

    found = found | {"entry"} if before else found
    assert failed(by_hashes(world, public)) == failed(world.audit(public)) == found


def test_both_audits_name_the_same_entries_past_a_place_that_no_leaf_can_count(world: World, tmp_path: Path) -> None:
    far = following(world, issued(world), "certification.reinstated", None, sequence=2**32, **digests(2))
    after = following(world, far, "certification.reinstated", None, **digests(2))
    public = world.sign_again(tmp_path / "public", [*world.entries(), far, after])

    made, full = (
        [f for f in made.findings if f.check == "chain"] for made in (by_hashes(world, public), world.audit(public))
    )

    assert made == full
    assert len(made) == 2


ODD = [
    lambda said: b" " + format_json(said),
    lambda said: format_json(said).replace(b'"log"', b'"l\\u006fg"'),
    lambda said: format_json(said)[:-1] + b',"log":"audit.example/log"}',
    lambda said: format_json(said)[:-1] + b',"log" :"other.example/log"}',
    lambda said: format_json(said).replace(b'"sequence":2', b'"sequence":02'),
    lambda said: format_json(said).replace(b"audit.", b"\x01"),
    lambda said: format_json(said).replace(b'"sequence":2', b'"sequence":2.0'),
    lambda said: format_json(said).replace(b'"sequence":2', b'"sequence":2e0'),
    lambda said: format_json(said).replace(b'"sequence":2', b'"sequence":-2'),
    lambda said: format_json(said).replace(b'"sequence":2', b'"sequence":9007199254740993'),
    lambda said: format_json(said).replace(b'"sequence":2', b'"sequence":NaN'),
    lambda said: format_json(said).replace(b'"sequence":2', b'"sequence":"2"'),
    lambda said: format_json(said).replace(b'"previous":"', b'"previous":{"a":"'),
    lambda said: format_json(said).replace(b"audit.", b"\\ud800"),
    lambda said: b"[" + format_json(said) + b"]",
    lambda said: format_json(said)[:-1],
    lambda said: b"",
    lambda said: b"\xff" + format_json(said),
    lambda said: format_json(said | {"stream": str(said["stream"]).upper()}),
    lambda said: format_json(said | {"log": 'a":b'}),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(ODD)))
def test_a_payload_in_another_spelling_is_read_as_the_strict_reader_reads_it(world: World, number: int) -> None:
    entry = world.entries()[places(world, "certificate.issued")[0]]
    header, _, signature = entry.split(b".")
    spelt = b".".join([header, format_base64url(ODD[number](payload(entry))).encode(), signature])

    try:
        event = parse_event(spelt)
    except FormatError:
        with pytest.raises(FormatError):
            read_link(EVENT, spelt)
        assert plain(spelt) is None
    else:
        link = read_link(EVENT, spelt)
        assert plain(spelt) in {None, link}
        assert [part.decode() for part in (link.log, link.type, link.stream)] == [
            event.log,
            event.type,
            str(event.stream),
        ]
        assert (int(link.sequence), link.previous) == (event.sequence, format_base64url(event.previous or b"").encode())


@pytest.mark.parametrize("tail", [b"=", b"A", b"+", b"/", b" ", b"\xc3"])
def test_base64_in_another_spelling_is_refused(world: World, tail: bytes) -> None:
    header, said, signature = world.entries()[places(world, "certificate.issued")[0]].split(b".")
    spelt = b".".join([header, said + tail, signature])

    assert plain(spelt) is None
    with pytest.raises(FormatError):
        read_link(EVENT, spelt)


@pytest.mark.parametrize(
    ("spell", "found"),
    [
        (lambda letters: letters[:-1] + b"+", {"entry"}),
        (lambda letters: b"/" + letters[1:], {"entry"}),
        (lambda letters: letters[:-1] + b"\xff", {"entry"}),
        (lambda letters: letters[:-1] + b".", {"entry"}),
        (lambda letters: letters[:-1] + b"=", {"entry"}),
        (lambda letters: letters[:-1] + bytes([letters[-1] + 1]), {"entry"}),
        (lambda letters: letters[:-1], {"entry"}),
        # Of another length, and so nobody's; but that is for whoever checks signatures.
        (lambda letters: letters[:-2], set()),
        (lambda letters: letters + b"A", set()),
        (lambda letters: b"", set()),
    ],
)
def test_a_signature_that_is_not_spelt_as_one_is_found_and_an_event_after_it_follows(
    world: World, tmp_path: Path, spell: Callable[[bytes], bytes], found: set[str]
) -> None:
    event = following(world, issued(world), "certification.maintenance_confirmed", None, **digests(3))
    signed_part, letters = event[:-86], event[-86:]
    spelt = signed_part + spell(letters)
    after = [] if found else [following(world, event, "certification.maintenance_confirmed", None, **digests(3))]
    public = world.sign_again(tmp_path / "public", [*world.entries(), spelt, *after])

    assert failed(by_hashes(world, public)) == found
    assert failed(world.audit(public)) == (found or {"signature"})


@pytest.mark.parametrize("letter", [b"-", b"_", b"+", b"/"])
def test_a_letter_that_only_one_alphabet_of_base64_has_is_left_to_the_strict_reader(
    world: World, letter: bytes
) -> None:
    entry = world.entries()[places(world, "certificate.issued")[0]]
    start, end = entry.find(b".") + 1, entry.rfind(b".")

    assert plain(entry) is not None
    assert [at for at in range(start, end) if plain(entry[:at] + letter + entry[at + 1 :]) is not None] == []


@pytest.mark.parametrize("spare", [0, 1, 2])
def test_spare_bits_are_refused_however_many_octets_the_payload_has(world: World, spare: int) -> None:
    entry = world.entries()[places(world, "certificate.issued")[0]]
    header, _, signature = entry.split(b".")
    said = format_json(payload(entry) | {"decided_at": "x" * spare})
    spelt = format_base64url(said).encode()
    more = bytes([spelt[-1] + 1])

    assert plain(b".".join([header, spelt, signature])) is not None
    assert plain(b".".join([header, spelt[:-1] + more, signature])) is None


def test_an_entry_that_is_too_long_is_left_to_the_strict_reader(world: World) -> None:
    entry = world.entries()[places(world, "certificate.issued")[0]]

    assert plain(entry + b"A" * (MAX_ENTRY_BYTES - len(entry))) is not None
    assert plain(entry + b"A" * (MAX_ENTRY_BYTES + 1 - len(entry))) is None


@pytest.mark.parametrize("line", FROZEN.read_text(encoding="ascii").splitlines())
def test_every_event_that_a_registry_writes_is_read_alike_in_both_ways(line: str) -> None:
    entry = json.loads(line)["entry"].encode("ascii")
    event = parse_event(entry)

    link = plain(entry)

    # A list is for the strict reader, and what the operator registers is rare.
    assert (link is None) == (event.jws.typ != EVENT or "scope" in event.content)
    assert link in {None, read_link(event.jws.typ, entry)}
    assert chain_hashes(signing_inputs([entry])) == [format_base64url(chain_hash(event.jws)).encode()]


@given(
    at=st.integers(0, 2000),
    cut=st.integers(0, 3),
    put=st.sampled_from(
        [b"", b" ", b"x", b'"', b'",', b'":', b"0", b"\\", b"{", b"}", b"[1.5]", b"null", b"\x7f", b"\xc3\xa8"]
        + [bytes([octet]) for octet in range(0x20)]
    ),
    line=st.sampled_from(FROZEN.read_text(encoding="ascii").splitlines()),
)
def test_whatever_is_changed_in_a_payload_nothing_is_read_that_the_strict_reader_refuses(
    at: int, cut: int, put: bytes, line: str
) -> None:
    header, said, signature = json.loads(line)["entry"].encode("ascii").split(b".")
    data = parse_base64url(said.decode("ascii"))
    at %= len(data)
    spelt = b".".join([header, format_base64url(data[:at] + put + data[at + cut :]).encode(), signature])

    link = plain(spelt)

    assert link is None or link == read_link(EVENT, spelt)


def test_only_what_a_body_signs_names_a_profile() -> None:
    # So that an event which is plain needs no look at its stream's kind.
    for (name, version), kind in VERSIONS.items():
        assert (kind_of(name) == "certification") is (kind.typ == EVENT) is ("profile" in NAMES[name, version])


# How an entry is spoilt: in what its base64 says, in its letters, or as a whole.
SPOILT = {
    "not at all": lambda entry: entry,
    "a letter too few": lambda entry: entry[: entry.find(b".")] + b"." + entry[entry.find(b".") + 2 :],
    "a letter too many": lambda entry: entry[: entry.rfind(b".")] + b"A" + entry[entry.rfind(b".") :],
    "padding": lambda entry: entry[: entry.rfind(b".")] + b"=" + entry[entry.rfind(b".") :],
    "spare bits": lambda entry: entry[: entry.rfind(b".") - 1] + b"R" + entry[entry.rfind(b".") :],
    "a control character": lambda entry: entry[: entry.rfind(b".")] + b"CgoK" + entry[entry.rfind(b".") :],
    "a signature's letter too few": lambda entry: entry[:-1],
    "a signature's letter that is none": lambda entry: entry[:-2] + b"+" + entry[-1:],
    "four parts": lambda entry: entry + b".A",
    "two parts": lambda entry: entry[: entry.rfind(b".")],
    "no part": lambda entry: b"",
    "too long": lambda entry: entry + b"A" * MAX_ENTRY_BYTES,
    "no header": lambda entry: entry[entry.find(b".") :],
    "a header alone": lambda entry: entry[: entry.find(b".") + 1],
}
LINES = [json.loads(line)["entry"].encode("ascii") for line in FROZEN.read_text(encoding="ascii").splitlines()]


@given(st.lists(st.tuples(st.sampled_from(LINES), st.sampled_from(sorted(SPOILT))), max_size=12))
@example([(LINES[0], "not at all"), (LINES[0], "a control character"), (LINES[0], "spare bits")])
def test_an_entry_is_read_alike_among_others_and_by_itself(chosen: list[tuple[bytes, str]]) -> None:
    entries = [SPOILT[how](entry) for entry, how in chosen]

    made = plain_links(entries)

    assert made == [plain(entry) for entry in entries]
    assert all(link is None or link == read_link(EVENT, entry) for link, entry in zip(made, entries, strict=True))
    assert chain_hashes(signing_inputs(entries)) == [h for e in entries for h in chain_hashes(signing_inputs([e]))]


@pytest.mark.parametrize("how", sorted(SPOILT.keys() - {"not at all"}))
def test_what_is_spoilt_spoils_nothing_beside_it(how: str) -> None:
    entries = [entry for entry in LINES if plain(entry) is not None][:3]

    first, spoilt, last = plain_links([entries[0], SPOILT[how](entries[1]), entries[2]])

    assert (first, spoilt, last) == (read_link(EVENT, entries[0]), None, read_link(EVENT, entries[2]))


@pytest.mark.parametrize("how", sorted(SPOILT))
def test_the_faster_reader_of_base64_reads_what_pythons_own_reads(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [SPOILT[how](entry) for entry in LINES]
    monkeypatch.setattr(links, "b64decode", pybase64.b64decode)
    fast = plain_links(entries)
    monkeypatch.setattr(links, "b64decode", base64.b64decode)

    assert plain_links(entries) == fast
    assert [plain(entry) for entry in entries] == fast
