import json
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.verifier.story import NUMBER_DISCLOSURE, TOKEN, told
from verifier.bundle import (
    MAX_BUNDLE_BYTES,
    MAX_RECORD_BYTES,
    Bundle,
    Origin,
    Placed,
    Record,
    format_bundle,
    format_record,
    parse_bundle,
    parse_record,
)
from verifier.encoding import format_base64, format_json
from verifier.errors import FormatError

INDEXES = st.integers(0, 2**53 - 1)
ENTRIES = st.text(st.characters(codec="ascii"), max_size=40).map(str.encode)
PLACED = st.dictionaries(INDEXES, ENTRIES, max_size=5).map(lambda found: dict(sorted(found.items())))
PROOFS = st.lists(st.binary(min_size=32, max_size=32), max_size=64).map(tuple)
RECORDS = st.builds(Record, st.uuids(), PLACED, PLACED, st.lists(st.text(max_size=20), max_size=3).map(tuple))
PLACES = st.builds(Placed, RECORDS, PROOFS)
BUNDLES = st.builds(
    Bundle,
    st.text(st.characters(codec="utf-8"), max_size=60).map(str.encode),
    st.tuples(INDEXES, ENTRIES),
    st.tuples(INDEXES, ENTRIES),
    RECORDS,
    RECORDS,
    RECORDS,
    st.dictionaries(INDEXES, PROOFS, max_size=4),
    st.fixed_dictionaries(dict.fromkeys(("certification", "body", "edition"), PROOFS)),
    st.none() | st.binary(max_size=40),
    st.lists(st.builds(Origin, PLACES, PLACES), max_size=2).map(tuple),
    st.none() | PLACES,
)


@given(RECORDS)
def test_a_record_is_read_as_it_was_written(record: Record) -> None:
    assert parse_record(format_record(record)) == record


@given(BUNDLES)
def test_a_bundle_is_read_as_it_was_written(bundle: Bundle) -> None:
    assert parse_bundle(format_bundle(bundle)) == bundle


RECORD = Record(UUID(int=7), {4: b"a.b.c", 9: b"d.e.f"}, {0: b"t.i.m"}, ("WyJ",))


def test_a_record_is_spelt_as_documented() -> None:
    assert format_record(RECORD) == (
        b'{"disclosures":["WyJ"],"entries":[{"entry":"a.b.c","index":4},{"entry":"d.e.f","index":9}],'
        b'"stream":"00000000-0000-0000-0000-000000000007","times":[{"entry":"t.i.m","index":0}]}'
    )


BUNDLE = replace(told().bundle(), token=TOKEN)
WRITTEN = json.loads(format_bundle(BUNDLE))


def test_a_bundle_has_the_names_that_are_documented() -> None:
    assert set(WRITTEN) == {"v", "checkpoint", "snapshot", "snapshot_time", "records", "proofs", "paths", "token"}
    assert WRITTEN["v"] == 1
    assert set(WRITTEN["records"]) == set(WRITTEN["paths"]) == {"certification", "body", "edition"}
    assert set(WRITTEN["proofs"]) == {str(index) for index in range(9)}
    assert WRITTEN["records"]["certification"]["disclosures"] == [NUMBER_DISCLOSURE]
    assert "token" not in json.loads(format_bundle(replace(BUNDLE, token=None)))


def test_a_bundle_names_every_entry_that_it_carries() -> None:
    assert sorted(BUNDLE.entries()) == list(enumerate(told().entries))
    assert [name for name, _ in BUNDLE.records] == ["certification", "body", "edition"]


def test_an_index_under_which_two_places_hold_other_bytes_is_named_with_both() -> None:
    twofold = replace(BUNDLE, body=replace(BUNDLE.body, times={0: b"t.i.m"}))

    assert {entry for index, entry in twofold.entries() if index == 0} == {BUNDLE.edition.times[0], b"t.i.m"}


def changed(path: str, value: object) -> bytes:
    document = json.loads(json.dumps(WRITTEN))
    *parents, name = path.split("/")
    place = document
    for parent in parents:
        place = place[int(parent) if isinstance(place, list) else parent]
    if value is ...:
        del place[int(name) if isinstance(place, list) else name]
    else:
        place[int(name) if isinstance(place, list) else name] = value
    return format_json(document)


CERTIFICATION = "records/certification"
HASH = format_base64(bytes(32))


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ("v", 2, "not a bundle"),
        ("v", "1", "not a bundle"),
        ("v", True, "not a bundle"),
        ("more", 1, "not a bundle"),
        ("checkpoint", 1, "not the text"),
        ("token", 1, "not the text"),
        ("token", None, "not the text"),
        ("token", "AB", "base64url is not canonical"),
        ("snapshot", [8, "x"], "not a log entry with its leaf index"),
        ("snapshot/index", -1, "not a log entry with its leaf index"),
        ("snapshot/index", "8", "not a log entry with its leaf index"),
        ("snapshot/index", False, "not a log entry with its leaf index"),
        ("snapshot/index", True, "not a log entry with its leaf index"),
        ("snapshot/entry", 1, "not a log entry with its leaf index"),
        ("snapshot/entry", "é", "not a log entry with its leaf index"),
        ("snapshot/more", 1, "not a log entry with its leaf index"),
        ("snapshot_time/index", None, "not a log entry with its leaf index"),
        ("records/more", {}, "not the object"),
        ("records/body", ..., "not the object"),
        ("records/body", [], "not the object"),
        (f"{CERTIFICATION}/more", 1, "not a record: a field is missing or too many"),
        (f"{CERTIFICATION}/times", ..., "not a record: a field is missing or too many"),
        (f"{CERTIFICATION}/stream", "7", "stream is not a UUID"),
        (f"{CERTIFICATION}/stream", 7, "not the text"),
        (f"{CERTIFICATION}/stream", UUID(int=3).hex, "in another spelling than its own"),
        (f"{CERTIFICATION}/entries", {}, "not the list"),
        (f"{CERTIFICATION}/entries/1/index", 4, "not in ascending order"),
        (f"{CERTIFICATION}/entries/1/index", 3, "not in ascending order"),
        (f"{CERTIFICATION}/times/0/index", 99, "not in ascending order"),
        (f"{CERTIFICATION}/disclosures", "x", "not the list"),
        (f"{CERTIFICATION}/disclosures/0", 1, "not the text"),
        ("proofs", [], "not the object"),
        ("proofs/05", [], "not a leaf index"),
        ("proofs/-1", [], "not a leaf index"),
        ("proofs/+5", [], "not a leaf index"),
        ("proofs/ 5", [], "not a leaf index"),
        ("proofs/\u0665", [], "not a leaf index"),
        ("proofs/", [], "not a leaf index"),
        ("proofs/10000000000000000", [], "not a leaf index"),
        ("proofs/4", HASH, "not the list"),
        ("proofs/4/0", 1, "not the text"),
        ("proofs/4/0", HASH[:-1], "base64"),
        ("proofs/4/0", format_base64(bytes(31)), "not 32 bytes long"),
        ("proofs/4", [HASH] * 65, "a proof of more than 64 hashes"),
        ("paths/body", ..., "not the object"),
        ("paths/more", [], "not the object"),
        ("paths/body", [format_base64(bytes(33))], "not 32 bytes long"),
    ],
)
def test_what_is_no_bundle_is_refused_with_its_reason(path: str, value: object, reason: str) -> None:
    with pytest.raises(FormatError, match=reason):
        parse_bundle(changed(path, value))


@pytest.mark.parametrize("name", [name for name in WRITTEN if name != "token"])
def test_a_bundle_without_one_of_its_fields_is_refused(name: str) -> None:
    with pytest.raises(FormatError, match="not a bundle: a field is missing"):
        parse_bundle(changed(name, ...))


def test_a_proof_of_sixty_four_hashes_is_the_longest() -> None:
    assert len(parse_bundle(changed("proofs/4", [HASH] * 64)).proofs[4]) == 64


def test_a_list_of_ten_thousand_is_the_longest() -> None:
    texts = ("",) * 10_000

    assert parse_record(format_record(replace(RECORD, disclosures=texts))).disclosures == texts
    with pytest.raises(FormatError, match="not the list"):
        parse_record(format_record(replace(RECORD, disclosures=(*texts, ""))))


def test_what_is_over_the_limit_is_refused_before_it_is_read() -> None:
    # docs/formats/record.md and bundle.md, must 1: 1 MiB and 4 MiB
    assert (MAX_RECORD_BYTES, MAX_BUNDLE_BYTES) == (1_048_576, 4_194_304)
    with pytest.raises(FormatError, match=f"over the limit of {MAX_RECORD_BYTES}"):
        parse_record(b" " * (MAX_RECORD_BYTES + 1))
    with pytest.raises(FormatError, match=f"over the limit of {MAX_BUNDLE_BYTES}"):
        parse_bundle(b" " * (MAX_BUNDLE_BYTES + 1))
