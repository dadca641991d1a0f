"""No change of a transferred certification's bundle, log or files changes an answer unseen, and none raises."""

import json
from contextlib import suppress
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from keys.signing import sign_jws
from tests.verifier.handover import FIRST, SECOND, THIRD, bundle_of, files_of, transfer, transferred, trust_all
from tests.verifier.public_files import Files
from tests.verifier.story import NUMBER, OPERATOR, Story
from tests.verifier.test_fuzz import ANY, changed, mangled, places, spelt
from verifier.bundle import Bundle, format_bundle, parse_bundle
from verifier.errors import AttestoError, FormatError
from verifier.event import EVENT
from verifier.fetch import fetch_bundle
from verifier.jws import parse_jws
from verifier.report import Answer, ExitCode, Report

# In force at the first body until 2026-04-08, at the second on the next two days, at the third from then on.
DAYS = (date(2026, 4, 8), date(2026, 4, 9), date(2026, 4, 10))


def moved_on() -> Story:
    story = transferred()
    transfer(story, SECOND, THIRD)
    story.later(days=1)
    story.snapshot()
    return story


STORY = moved_on()
BUNDLE = bundle_of(STORY, FIRST, SECOND, THIRD)
DOCUMENT = json.loads(format_bundle(BUNDLE))


def answers(story: Story, bundle: Bundle) -> list[tuple[bool, tuple[Answer, ...]]]:
    told = [story.verify(bundle, on=day, trust=trust_all(), number=NUMBER) for day in DAYS]
    return [(report.trusted, report.answers) for report in told]


GENUINE = answers(STORY, BUNDLE)


def never_another_answer(bundle: Bundle) -> None:
    for (trusted, said), genuine in zip(answers(STORY, bundle), GENUINE, strict=True):
        assert not trusted or (trusted, said) == genuine


def test_the_genuine_one_is_answered_by_each_body_in_its_days() -> None:
    assert [(trusted, said[0].origin) for trusted, said in GENUINE] == [(True, 1), (True, 0), (True, None)]


@settings(max_examples=100)
@given(st.data())
def test_no_value_of_a_bundle_can_be_changed_so_that_another_answer_is_trusted(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(places(DOCUMENT)))

    with suppress(FormatError):
        never_another_answer(parse_bundle(spelt(changed(DOCUMENT, path, data.draw(ANY)))))


@settings(max_examples=60)
@given(st.data())
def test_public_files_that_say_anything_are_fetched_or_refused(data: st.DataObject) -> None:
    files = files_of(STORY, FIRST, SECOND, THIRD)
    path = data.draw(st.sampled_from(sorted(files)))
    files[path] = data.draw(mangled(files[path]))

    try:
        bundle = fetch_bundle(Files(files), NUMBER)
    except AttestoError:
        return
    never_another_answer(bundle)


@settings(max_examples=100)
@given(st.data())
def test_whatever_the_bodies_and_the_operator_sign_is_answered_by_a_report(data: st.DataObject) -> None:
    story = moved_on()
    index = data.draw(st.integers(0, len(story.entries) - 1))
    jws = parse_jws(story.entries[index])
    payload = json.loads(jws.payload)
    signers = {stop.body: stop.event for stop in (FIRST, SECOND, THIRD)}
    signer = signers[payload["body"]] if jws.typ == EVENT else OPERATOR
    path = data.draw(st.sampled_from(places(payload)))
    genuine = bundle_of(story, FIRST, SECOND, THIRD)
    story.entries[index] = sign_jws(signer, jws.typ, spelt(changed(payload, path, data.draw(ANY))))

    for day in DAYS:
        report = story.verify(with_entries(genuine, story), on=day, trust=trust_all(), number=NUMBER)

        assert all(check.reason for check in report.checks)
        assert report.trusted or never_green(report)


def never_green(report: Report) -> bool:
    return report.exit_code != ExitCode.IN_FORCE


def with_entries(bundle: Bundle, story: Story) -> Bundle:
    """The bundle as it would be of the story's entries, whoever wrote them."""
    document = json.loads(format_bundle(bundle))
    records = [*document["records"].values()]
    records += [one["record"] for origin in document["origins"] for one in origin.values()]
    held = [document["snapshot"], document["snapshot_time"]]
    held += [entry for record in records for entry in record["entries"] + record["times"]]
    for one in held:
        one["entry"] = story.entries[one["index"]].decode()
    document["checkpoint"] = story.checkpoint().decode()
    return story.prove(parse_bundle(spelt(document)))
