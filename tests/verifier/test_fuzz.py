"""No bytes make a parser raise what its caller does not expect, and no change of a bundle changes an answer unseen."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.signing import sign_jws
from tests.verifier.public_files import Files, published
from tests.verifier.story import (
    CERTIFICATION,
    EVENTS,
    NUMBER,
    NUMBER_DISCLOSURE,
    OPERATOR,
    TOKEN,
    Story,
    granted,
    told,
    trust_root,
)
from verifier.bundle import format_bundle, format_record, parse_bundle, parse_record
from verifier.certificate import parse_link, parse_token
from verifier.checkpoint import claimed_checkpoint
from verifier.disclosure import parse_disclosure
from verifier.encoding import format_json, parse_json
from verifier.enrolment import parse_statement
from verifier.errors import AttestoError, FormatError
from verifier.event import EVENT, REGISTRATION, SNAPSHOT, TIME, parse_event, parse_snapshot, parse_time
from verifier.fetch import fetch_bundle, parse_latest
from verifier.jws import parse_jws
from verifier.note import parse_vkey
from verifier.number import parse_number
from verifier.proof import LogProof, format_proof, parse_proof
from verifier.report import ExitCode, Report
from verifier.trust import format_trust_root, parse_trust_root

STORY = told()
BUNDLE = STORY.bundle(TOKEN)
PARSERS: dict[str, tuple[Callable[[bytes], object], bytes]] = {
    "bundle": (parse_bundle, format_bundle(BUNDLE)),
    "record": (parse_record, format_record(BUNDLE.certification)),
    "latest": (parse_latest, published(STORY)["snapshot"]),
    "trust root": (parse_trust_root, format_trust_root(trust_root())),
    "event": (parse_event, STORY.entries[4]),
    "registration": (parse_event, STORY.entries[2]),
    "edition": (parse_event, STORY.entries[1]),
    "time": (parse_time, STORY.entries[0]),
    "snapshot": (parse_snapshot, STORY.entries[8]),
    "jws": (parse_jws, STORY.entries[5]),
    "token": (parse_token, TOKEN),
    "checkpoint": (claimed_checkpoint, STORY.checkpoint()),
    "proof": (parse_proof, format_proof(LogProof(4, BUNDLE.proofs[4], STORY.checkpoint()))),
    "JSON": (parse_json, b'{"a":[{"b":"\\u00e8"},1,null,true]}'),
    "statement": (
        parse_statement,
        parse_jws(parse_event(STORY.entries[2]).texts("possession")[0].encode()).payload,
    ),
    "disclosure": (lambda data: parse_disclosure(data.decode("latin-1")), NUMBER_DISCLOSURE.encode()),
    "link": (lambda data: parse_link(data.decode("latin-1")), f"https://x/V/{NUMBER}#AA".encode()),
    "number": (lambda data: parse_number(data.decode("latin-1")), NUMBER.encode()),
    "verifier key": (
        lambda data: parse_vkey(data.decode("latin-1")), json.loads(format_trust_root(trust_root()))["log_key"].encode()
    ),
}  # fmt: skip


def refused_or_read(parse: Callable[[bytes], object], data: bytes) -> None:
    with suppress(FormatError):
        parse(data)


@pytest.mark.parametrize("name", PARSERS)
@given(data=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(name: str, data: bytes) -> None:
    refused_or_read(PARSERS[name][0], data)


@pytest.mark.parametrize("name", PARSERS)
@given(data=st.data())
def test_a_mangled_document_is_read_or_refused(name: str, data: st.DataObject) -> None:
    parse, genuine = PARSERS[name]
    parse(genuine)

    refused_or_read(parse, data.draw(mangled(genuine)))


@st.composite
def mangled(draw: st.DrawFn, genuine: bytes) -> bytes:
    """Genuine bytes with a part cut out, repeated, exchanged for any other or for one that JSON cares about."""
    content = bytearray(genuine)
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 9)))
        content[start:end] = draw(
            st.binary(max_size=6) | st.just(bytes(content[start:end]) * 2) | st.sampled_from(_TROUBLE)
        )
    return bytes(content)


_TROUBLE = [b"\\ud800", b"null", b"true", b"-1", b"1e9", b"9" * 30, b"[" * 50, b'"', b"{}", "é".encode(), b"\0", b"\n"]
ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.sampled_from(["", "0001-01-01", "9999-12-31", "9999-12-31T23:59:59Z", "A" * 43, "odc-due", "è", "\ud800"])
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=4,
)


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [path] if path else []
    if isinstance(value, dict):
        return found + [place for name, inner in value.items() for place in places(inner, (*path, name))]
    if isinstance(value, list):
        return found + [place for index, inner in enumerate(value) for place in places(inner, (*path, index))]
    return found


def changed(document: Any, path: tuple[str | int, ...], value: object) -> Any:
    copy = json.loads(json.dumps(document))
    place = copy
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return copy


def spelt(value: object) -> bytes:
    """JSON with every character beyond ASCII as an escape, so that half a surrogate pair can be written."""
    return json.dumps(value).encode()


DOCUMENTS = {name: json.loads(PARSERS[name][1]) for name in ("bundle", "record", "latest", "trust root", "statement")}
PAYLOADS = {
    "event": (EVENT, parse_event),
    "registration": (REGISTRATION, parse_event),
    "edition": (REGISTRATION, parse_event),
    "time": (TIME, parse_time),
    "snapshot": (SNAPSHOT, parse_snapshot),
}


@pytest.mark.parametrize("name", DOCUMENTS)
@given(data=st.data())
def test_a_document_with_any_value_in_any_place_is_read_or_refused(name: str, data: st.DataObject) -> None:
    document = DOCUMENTS[name]
    path = data.draw(st.sampled_from(places(document)))

    refused_or_read(PARSERS[name][0], spelt(changed(document, path, data.draw(ANY))))


@pytest.mark.parametrize("name", PAYLOADS)
@given(data=st.data())
def test_an_entry_with_any_value_in_any_place_is_read_or_refused(name: str, data: st.DataObject) -> None:
    typ, parse = PAYLOADS[name]
    document = json.loads(parse_jws(PARSERS[name][1]).payload)
    path = data.draw(st.sampled_from(places(document)))

    refused_or_read(parse, sign_jws(EVENTS, typ, spelt(changed(document, path, data.draw(ANY)))))


def checked(data: bytes) -> Report | None:
    try:
        bundle = parse_bundle(data)
    except FormatError:
        return None
    return STORY.verify(bundle, token=bundle.token, number=NUMBER)


GENUINE = STORY.verify(token=TOKEN, number=NUMBER)


def never_another_answer(report: Report | None) -> None:
    if report is not None and report.trusted and len(report.checks) == len(GENUINE.checks):
        assert (report.verdict, report.answers, report.facts, report.token) == (
            GENUINE.verdict,
            GENUINE.answers,
            GENUINE.facts,
            GENUINE.token,
        )
    elif report is not None and report.token is None and all(c.name != "token" for c in report.checks):
        assert report.answers in [(), GENUINE.answers]
    elif report is not None:
        assert report.answers == ()


@settings(max_examples=100)
@given(st.integers(0, 8 * len(format_bundle(BUNDLE)) - 1))
def test_no_bit_of_a_bundle_can_be_changed_so_that_another_answer_is_trusted(bit: int) -> None:
    content = bytearray(format_bundle(BUNDLE))
    content[bit // 8] ^= 1 << bit % 8

    never_another_answer(checked(bytes(content)))


@settings(max_examples=100)
@given(st.data())
def test_no_value_of_a_bundle_can_be_changed_so_that_another_answer_is_trusted(data: st.DataObject) -> None:
    document = DOCUMENTS["bundle"]
    path = data.draw(st.sampled_from(places(document)))

    never_another_answer(checked(spelt(changed(document, path, data.draw(ANY)))))


def rewritten(story: Story, index: int, path: tuple[str | int, ...], value: object) -> None:
    """Let whoever signed an entry have signed another."""
    jws = parse_jws(story.entries[index])
    signer = EVENTS if jws.typ == EVENT else OPERATOR
    story.entries[index] = sign_jws(signer, jws.typ, spelt(changed(json.loads(jws.payload), path, value)))


@settings(max_examples=100)
@given(st.data())
def test_whatever_the_operator_and_the_body_sign_is_answered_by_a_report(data: st.DataObject) -> None:
    story = granted()
    story.add(CERTIFICATION, "certification.suspended", deadline="2026-05-01")
    story.snapshot()
    bundle = story.bundle(TOKEN)
    index = data.draw(st.integers(0, len(story.entries) - 1))
    path = data.draw(st.sampled_from(places(json.loads(parse_jws(story.entries[index]).payload))))
    rewritten(story, index, path, data.draw(ANY))

    altered = parse_bundle(format_bundle(story.prove(_with_entries(bundle, story))))
    report = story.verify(altered, token=TOKEN, number=NUMBER)

    assert all(check.reason for check in report.checks)
    assert report.trusted or report.exit_code != ExitCode.IN_FORCE


def _with_entries(bundle: Any, story: Story) -> Any:
    document = json.loads(format_bundle(bundle))
    for holder in [document["snapshot"], document["snapshot_time"]]:
        holder["entry"] = story.entries[holder["index"]].decode()
    for record in document["records"].values():
        for held in record["entries"] + record["times"]:
            held["entry"] = story.entries[held["index"]].decode()
    document["checkpoint"] = story.checkpoint().decode()
    return parse_bundle(format_json(document))


@given(st.data())
def test_public_files_that_say_anything_are_fetched_or_refused(data: st.DataObject) -> None:
    files = published(STORY)
    path = data.draw(st.sampled_from(sorted(files)))
    files[path] = data.draw(mangled(files[path]) | st.binary(max_size=40))

    try:
        bundle = fetch_bundle(Files(files), NUMBER)
    except AttestoError:
        return
    never_another_answer(STORY.verify(bundle, token=TOKEN, number=NUMBER))


@given(st.data())
def test_a_snapshot_file_that_says_anything_is_fetched_or_refused(data: st.DataObject) -> None:
    files = published(STORY)
    document = json.loads(parse_jws(STORY.entries[8]).payload)
    path = data.draw(st.sampled_from(places(document)))
    entry = sign_jws(OPERATOR, SNAPSHOT, spelt(changed(document, path, data.draw(ANY))))
    files["snapshot"] = format_json({"index": data.draw(st.integers(-9, 99)), "entry": entry.decode()})

    with suppress(AttestoError):
        fetch_bundle(Files(files), NUMBER)
