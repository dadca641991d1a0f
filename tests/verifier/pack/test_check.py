"""A pack checked again: what is intact gives the same verdicts, and whatever was done to it is named."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.signer import generate
from keys.signing import sign_token
from tests.verifier.pack.conftest import NAMES
from tests.verifier.pack.packs import DAY, answers, opened, packed, remade
from tests.verifier.page.world import NOW, World
from verifier.answers import Means, answer
from verifier.certificate import parse_token
from verifier.encoding import Json
from verifier.errors import FormatError
from verifier.inputs import Input
from verifier.pack.again import ask_again
from verifier.pack.check import PackCheck, check_pack
from verifier.pack.command import pack_lines
from verifier.pack.content import Compared, Item
from verifier.pack.make import typeset
from verifier.pack.stamp import EMPTY, open_stamped, stamp
from verifier.presented import Presented
from verifier.report import ExitCode, Kind, Outcome, Question, Verdict
from verifier.tone import Tone
from verifier.trust import TrustRoot, parse_trust_root


def checked(pack: bytes, world: World) -> PackCheck:
    return check_pack(pack, world.trust)


def test_an_intact_pack_gives_every_verdict_again(pack: bytes, world: World, trust_file: bytes) -> None:
    check = check_pack(pack, world.trust, trust_file)

    assert (check.exit_code, check.altered, check.printed, check.own_trust) == (0, "", Outcome.PASSED, True)
    assert [item.number for item in check.items] == [world.samples[name].number for name in NAMES]
    assert [str(item.verdict) for item in check.items] == [
        "in_force",
        "in_force",
        "in_force",
        "in_force",
        "in_force",
        "not_in_force",
    ]
    assert all(item.same and item.proven for item in check.items)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_pack_with_one_byte_changed_is_refused(pack: bytes, world: World, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(pack) - 1))
    altered = bytearray(pack)
    altered[place] ^= data.draw(st.integers(1, 255))

    assert checked(bytes(altered), world).exit_code is ExitCode.FAILED


@pytest.mark.parametrize("alter", [lambda p: p[:-1], lambda p: p[:-20], lambda p: p + b"\n", lambda p: p + p])
def test_a_pack_that_was_cut_or_appended_to_is_refused(
    alter: Callable[[bytes], bytes], pack: bytes, world: World
) -> None:
    found = check_pack(alter(pack), world.trust, read_seals=lambda data: ())

    assert found.exit_code is ExitCode.FAILED
    assert "altered" in found.altered


def test_what_was_appended_is_never_taken_for_nothing_where_seals_cannot_be_read(pack: bytes, world: World) -> None:
    found = check_pack(pack + b"\n% harmless?\n", world.trust)

    assert (found.exit_code, found.seals_unread) == (ExitCode.NOT_CHECKED, True)


@pytest.mark.parametrize("text", [b"", b"%PDF-1.7\n%%EOF", b'{"v":1}'])
def test_what_bears_no_stamp_is_no_pack(text: bytes, world: World) -> None:
    with pytest.raises(FormatError, match="no evidence pack"):
        checked(text, world)


def edited(pack: bytes, place: int, **changes: Any) -> bytes:
    """The pack with an item changed, printed and stamped anew, as a forger with this program can."""
    opened_pack = opened(pack)
    items = list(opened_pack.items)
    items[place] = replace(items[place], **changes)
    return remade(replace(opened_pack, items=tuple(items)))


def test_an_untouched_pack_that_is_made_anew_is_the_same_file(pack: bytes) -> None:
    assert remade(opened(pack)) == pack


def test_a_verdict_that_was_edited_is_named(pack: bytes, world: World) -> None:
    check = checked(edited(pack, 5, verdict=Verdict.IN_FORCE), world)

    assert check.exit_code is ExitCode.FAILED
    assert [item.differences for item in check.items] == [(), (), (), (), (), ("verdict",)]
    assert check.items[5].verdict is Verdict.NOT_IN_FORCE


def told(item: Item, name: str, **changes: Json) -> dict[str, Json]:
    """An item's report with a part of it changed."""
    part = item.report[name]
    assert isinstance(part, dict)
    return {**item.report, name: part | changes}


def test_a_report_that_was_edited_is_named_by_its_parts(pack: bytes, world: World) -> None:
    item = opened(pack).items[0]
    answers_ = item.report["answers"]
    assert isinstance(answers_, list)
    first = answers_[0]
    assert isinstance(first, dict)
    changes: dict[str, dict[str, Json]] = {
        "answers": {**item.report, "answers": [first | {"valid_until": "2040-01-01"}, *answers_[1:]]},
        "certification": told(item, "certification", profile="analista"),
        "evidence": told(item, "evidence", tree_size=5000),
        "gaps": {**item.report, "gaps": []},
        "differences": {**item.report, "differences": ["none"]},
        "requirement": {**item.report, "requirement": "not_met"},
        "checks": {**item.report, "checks": []},
    }

    for name, report in changes.items():
        assert checked(edited(pack, 0, report=report), world).items[0].differences == (name,)


def test_another_day_is_another_question_and_so_another_answer(pack: bytes, world: World) -> None:
    item = opened(pack).items[3]

    check = checked(edited(pack, 3, report=told(item, "question", on="2029-01-31")), world)

    assert {"verdict", "answers"} <= set(check.items[3].differences)


def test_pages_that_say_otherwise_than_the_machine_readable_part_are_told(pack: bytes, world: World) -> None:
    opened_pack = opened(pack)
    trust = parse_trust_root(opened_pack.trust)
    reports = [ask_again(item, trust) for item in opened_pack.items]

    check = checked(typeset(opened_pack, [reports[0]] * len(reports)), world)

    assert (check.exit_code, check.printed) == (ExitCode.FAILED, Outcome.FAILED)
    assert all(item.same for item in check.items)


def test_pages_made_by_another_program_are_not_said_to_be_compared(pack: bytes, world: World) -> None:
    check = checked(remade(replace(opened(pack), typesetting="00" * 32)), world)

    assert (check.exit_code, check.printed) == (0, Outcome.NOT_CHECKED)


def test_a_bundle_of_another_certificate_is_refused(pack: bytes, world: World) -> None:
    other = opened(pack).items[1].bundle

    check = checked(edited(pack, 0, bundle=other), world)

    assert check.items[0].verdict is Verdict.FORGED
    assert "verdict" in check.items[0].differences


def test_a_pack_of_forgeries_says_so_again(world: World) -> None:
    sample = world.samples["active"]
    claims = parse_token(sample.tokens[-1]).claims
    forged = sign_token(generate(), replace(claims, profile="analista"))
    means = Means(world.trust, Question(DAY, NOW, NOW), {}, world.source)
    pack = packed(world, [answer(Input("x", Presented(sample.number, forged)), means)])

    check = checked(pack, world)

    assert (check.exit_code, check.items[0].verdict, check.items[0].proven) == (0, Verdict.FORGED, True)
    assert opened(pack).items[0].bundle is None or check.items[0].same


def test_an_answer_without_proof_is_the_same_and_never_called_proven(world: World) -> None:
    means = Means(world.trust, Question(DAY, NOW, NOW), {}, world.source)
    unknown = answer(Input("x", Presented("0000000000000")), means)
    silent = answer(Input("y", Presented("0000000000000")), replace(means, source=None))

    check = checked(packed(world, [unknown, silent]), world)

    assert check.exit_code is ExitCode.NOT_CHECKED
    assert [(item.verdict, item.same, item.proven) for item in check.items] == [
        (Verdict.NO_RECORD, True, False),
        (Verdict.COULD_NOT_BE_CHECKED, True, False),
    ]


def test_a_document_that_was_edited_stays_a_forgery(pack: bytes, world: World) -> None:
    fields = (Compared("profile", "team leader", "coordinatore", "different"),)

    whole = checked(edited(pack, 0, fields=fields, verdict=Verdict.FORGED), world)
    hushed = checked(edited(pack, 0, fields=fields), world)

    assert (whole.exit_code, whole.items[0].verdict) == (0, Verdict.FORGED)
    assert hushed.items[0].differences == ("verdict",)
    assert [line.tone for line in pack_lines(whole) if "its document was edited" in line.text] == [Tone.BAD]


def test_an_erased_certification_is_answered_again(world: World) -> None:
    means = Means(world.trust, Question(DAY, NOW, NOW), {}, world.source)
    erased = answer(Input("x", Presented(world.erased.number)), means)
    by_token = answer(Input("x", Presented(world.erased.number, world.erased.tokens[-1])), means)

    check = checked(packed(world, [erased, by_token]), world)

    assert check.exit_code == 0
    assert [item.verdict for item in check.items] == [Verdict.ERASED, by_token.report.verdict]  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_of_requirement_is_judged_again(kind: Kind, world: World) -> None:
    pack = packed(world, answers(world, *world.samples, kind=kind))

    check = checked(pack, world)

    assert (check.exit_code, check.printed) == (0, Outcome.PASSED)
    assert len(check.items) == len(world.samples)


def test_a_trust_root_without_the_body_gives_another_verdict(pack: bytes, world: World) -> None:
    bodies = {slug: body for slug, body in world.trust.bodies.items() if slug != "aurora"}

    check = check_pack(pack, replace(world.trust, bodies=bodies))

    assert check.exit_code is ExitCode.FAILED
    assert check.items[0].verdict is Verdict.UNKNOWN_BODY
    assert not check.own_trust


def rebuilt(pack: bytes, change: Callable[[pypdfium2.PdfDocument], None]) -> bytes:
    """The file written anew by another program after a change, with its stamp made anew."""
    pdf = pypdfium2.PdfDocument(pack)
    change(pdf)
    written = BytesIO()
    pdf.save(written)
    pdf.close()
    old = pack[pack.index(b"attesto-pack-v1:") :][: len(EMPTY)]
    return stamp(written.getvalue().replace(old, EMPTY.encode()))


def replace_attachment(content: bytes) -> Callable[[pypdfium2.PdfDocument], None]:
    return lambda pdf: pdf.get_attachment(0).set_data(content)


def attach(pdf: pypdfium2.PdfDocument) -> None:
    pdf.new_attachment("another.json").set_data(b"{}")


def test_a_second_attachment_is_refused(pack: bytes, world: World) -> None:
    check = checked(rebuilt(pack, attach), world)

    assert check.altered == "the pack has not exactly one attachment"


def test_an_attachment_that_was_taken_out_is_missed(pack: bytes, world: World) -> None:
    check = checked(rebuilt(pack, lambda pdf: pdf.del_attachment(0)), world)

    assert check.altered == "the pack has not exactly one attachment"


def test_an_attachment_of_another_pack_does_not_fit_the_pages(pack: bytes, world: World) -> None:
    other = packed(world, answers(world, "late", "due"))
    pdf = pypdfium2.PdfDocument(other)
    content = bytes(pdf.get_attachment(0).get_data())
    pdf.close()

    check = checked(rebuilt(pack, replace_attachment(content)), world)

    assert (check.exit_code, check.printed) == (ExitCode.FAILED, Outcome.FAILED)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'{"v":1}',
        b'{"v":1,"v":1}',
        b'{"a":' * 100_000,
        b"\xff\xfe",
    ],
)
def test_an_attachment_that_is_no_pack_is_refused(content: bytes, pack: bytes, world: World) -> None:
    with pytest.raises(FormatError):
        checked(rebuilt(pack, replace_attachment(content)), world)


def test_the_document_of_a_pack_is_the_whole_file(pack: bytes) -> None:
    assert open_stamped(pack) == pack


def younger(trust: TrustRoot, slug: str, **changes: Any) -> TrustRoot:
    """A trust root of later, that knows more of a body's event key."""
    body = trust.bodies[slug]
    keys = tuple(replace(r, **changes) if r.purpose == "event" else r for r in body.keys)
    return replace(trust, as_of_size=10_000, bodies={**trust.bodies, slug: replace(body, keys=keys)})


def test_a_key_that_was_retired_or_stolen_later_changes_nothing(pack: bytes, world: World) -> None:
    later = younger(world.trust, "aurora", retired_at=5000, doubtful_from=6000)

    check = check_pack(pack, later)

    assert (check.exit_code, [item.same for item in check.items]) == (0, [True] * 6)


def test_a_key_that_is_known_to_have_been_stolen_before_is_told(pack: bytes, world: World) -> None:
    check = check_pack(pack, younger(world.trust, "aurora", doubtful_from=5))

    assert check.exit_code is ExitCode.FAILED
    assert check.items[0].verdict is Verdict.IN_FORCE
    assert "is in doubt from entry 5 on" in check.items[0].doubts[0]
