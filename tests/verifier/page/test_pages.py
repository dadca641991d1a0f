import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest
from flask.testing import FlaskClient

from tests.verifier.page.world import (
    NOW,
    Withheld,
    World,
    too_late,
    with_altered_event,
    without_last_event,
)
from verifier.bundle import Bundle, parse_bundle
from verifier.fetch import Source, fetch_bundle
from verifier.page import create_app
from verifier.report import Question, Verdict
from verifier.trust import TrustRoot
from verifier.verify import verify

Read = Callable[..., str]
HTML = {"Accept": "text/html", "Accept-Language": "en"}


def shown(page: str) -> str:
    """The key of the big result."""
    match = re.search(r'<section class="result (\w+)" data-result="(\w+)"', page)
    assert match is not None
    return f"{match[1]} {match[2]}"


def ask(source: Source, trust: TrustRoot, path: str, at: datetime = NOW, status: int = 200) -> str:
    """A page over other files, another trust root or at another time."""
    answer = create_app(source, trust, lambda: at, "https://attesto.example").test_client().get(path, headers=HTML)
    assert answer.status_code == status
    return str(answer.text)


@pytest.mark.parametrize(
    ("name", "result", "says"),
    [
        ("active", "good in_force", "The certification counts on this day"),
        ("reinstated", "good in_force", "State since"),
        ("renewed", "good in_force", "Renewed on"),
        ("due", "good in_force", "Maintenance is due by 10\u00a0March 2029"),
        ("in grace", "good in_force", "the period of grace is still running"),
        ("overdue", "caution maintenance_overdue", "Maintenance was due by 1\u00a0December 2028 and is not confirmed."),
        ("late", "good in_force", "recorded after the day from which it counts"),
        (
            "ends soon",
            "caution change_scheduled",
            "Already recorded for 15\u00a0February 2029: Certification withdrawn.",
        ),
        ("suspended", "bad suspended", "while it lasts, the certification does not count"),
        ("past deadline", "bad suspended", "decided on the suspension by 15\u00a0January 2029 and has not"),
        ("expired", "bad expired", "After its last valid day a certification does not count"),
        ("withdrawn", "bad withdrawn", "The body ended the certification for good"),
        ("relinquished", "bad relinquished", "gave the certification up for good"),
        ("not yet", "bad not_yet_effective", "does not count before the day from which it takes effect"),
        ("accreditation suspended", "caution accreditation_suspended", "is suspended on this day"),
        ("unaccredited", "caution accreditation_not_covered", "has no accreditation for this scheme"),
    ],
)
def test_every_state_has_its_page(world: World, read: Read, name: str, result: str, says: str) -> None:
    page = read(f"/V/{world.samples[name].number}").replace("&#39;", "'")

    assert shown(page) == result
    assert says in page


def test_green_is_for_what_is_in_force_with_nothing_against_it(world: World, read: Read) -> None:
    amber = {"overdue", "ends soon"}
    for name, sample in world.samples.items():
        bundle = fetch_bundle(world.source, sample.number)
        report = verify(world.trust, Question(NOW.date(), NOW, NOW), partial(pick, bundle), sample.number)
        green = report.verdict is Verdict.IN_FORCE and report.answers[0].accreditation.coverage == "covered"
        green = green and name not in amber
        assert (shown(read(f"/V/{sample.number}")).split()[0] == "good") is green, name


def pick(bundle: Bundle) -> Bundle:
    """The bundle at hand."""
    return bundle


def test_a_number_that_nobody_has_is_no_yes_and_no_no(read: Read) -> None:
    assert shown(read("/V/0000000000000", status=404)) == "unknown no_record"


def test_a_hidden_record_is_no_record_for_a_typed_number(world: World) -> None:
    path = f"/V/{world.samples['active'].number}"

    page = ask(Withheld(world.source, missing="record/"), world.trust, path, status=404)

    assert shown(page) == "unknown no_record"


@pytest.mark.parametrize(
    "held_back", ["snapshot", "checkpoint", "tile/", "status/tree/", "body/", "edition/", "record/"]
)
def test_files_that_do_not_answer_are_never_green(world: World, held_back: str) -> None:
    path = f"/V/{world.samples['active'].number}"

    page = ask(Withheld(world.source, silent=held_back), world.trust, path, status=503)

    assert shown(page) == "unknown could_not_be_checked"


@pytest.mark.parametrize("held_back", ["checkpoint", "tile/", "status/tree/", "body/", "edition/"])
def test_withheld_proofs_are_never_green(world: World, held_back: str) -> None:
    path = f"/V/{world.samples['active'].number}"

    page = ask(Withheld(world.source, missing=held_back), world.trust, path, status=503)

    assert shown(page) == "unknown could_not_be_checked"


def test_an_old_snapshot_says_nothing_about_now(world: World) -> None:
    path = f"/V/{world.samples['active'].number}"

    page = ask(world.source, world.trust, path, at=too_late(), status=503)

    assert shown(page) == "unknown could_not_be_checked"
    assert "The snapshot is too old to say what is known now." in page


def test_a_left_out_withdrawal_is_named(world: World) -> None:
    path = f"/V/{world.samples['withdrawn'].number}"

    page = ask(without_last_event(world, "withdrawn"), world.trust, path)

    assert shown(page) == "alarm altered"
    assert "Something was left out of the record." in page


def test_an_altered_event_is_named(world: World) -> None:
    path = f"/V/{world.samples['active'].number}"

    page = ask(with_altered_event(world, "active"), world.trust, path)

    assert shown(page) == "alarm altered"
    assert "An entry of the record is not what the public log holds." in page


def test_a_body_that_is_not_on_the_list_is_unknown(world: World) -> None:
    path = f"/V/{world.samples['active'].number}"

    page = ask(world.source, world.without_body("aurora"), path)

    assert shown(page) == "alarm unknown_body"


def test_the_day_that_matters_decides(world: World, read: Read) -> None:
    number = world.samples["withdrawn"].number

    assert shown(read(f"/V/{number}?on=2029-01-07")) == "caution changed_since"
    assert shown(read(f"/V/{number}?on=2029-01-08")) == "bad withdrawn"
    assert shown(read(f"/V/{number}?on=2028-06-01")) == "bad not_yet_effective"


def test_no_line_below_a_headline_parts_a_day_from_its_month(world: World, read: Read) -> None:
    path = f"/V/{world.samples['overdue'].number}"

    assert "entro il giorno 1\u00a0dicembre 2028 e" in read(path, "it")
    assert "el 1\u00a0de\u00a0diciembre de 2028" in read(path, "es")


def test_a_past_day_is_answered_with_today_beside_it(world: World, read: Read) -> None:
    page = read(f"/V/{world.samples['withdrawn'].number}?on=2029-01-07")

    assert ">In force on 7\u00a0January 2029, withdrawn since 8\u00a0January 2029</h1>" in page
    link = (
        r'class="note today bad".*?Today, 1\u00a0February 2029: <a [^>]*>'
        r"Not in force today: withdrawn since 8\u00a0January 2029<"
    )
    assert re.search(link, page, re.DOTALL)


def test_what_was_known_then_is_told_where_it_differs(world: World, read: Read) -> None:
    renewed_late = read(f"/V/{world.samples['renewed late'].number}?on=2029-01-16")

    assert "As known at the end of that day: expired. As known now: in force." in renewed_late
    assert "The answer was the same" not in renewed_late


def test_an_answer_that_was_the_same_then_says_so(world: World, read: Read) -> None:
    page = read(f"/V/{world.samples['active'].number}?on=2029-01-16")

    assert "The answer was the same by what was known at the end of that day." in page


def test_of_a_day_to_come_the_page_says_only_in_force_so_far_and_is_never_green(world: World, read: Read) -> None:
    page = read(f"/V/{world.samples['active'].number}?on=2029-02-02")

    assert shown(page) == "caution in_force_so_far"
    assert "decisions that are not recorded so far may change the answer" in page


def test_of_a_day_to_come_the_page_calls_no_body_late_that_has_time_yet(world: World, read: Read) -> None:
    page = read(f"/V/{world.samples['active'].number}?on=2029-09-01").replace("\u00a0", " ")

    assert "Maintenance is due by 1 June 2029 and not confirmed yet." in page
    assert "Maintenance was due" not in page


def test_a_day_to_come_after_the_last_valid_one_is_expired(world: World, read: Read) -> None:
    assert shown(read(f"/V/{world.samples['active'].number}?on=2040-01-01")) == "bad expired"


def test_the_event_through_which_the_answers_differ_is_named(world: World, read: Read) -> None:
    page = read(f"/V/{world.samples['renewed late'].number}?on=2029-01-16")

    assert re.search(
        r"differ through entry \d+ of the log, “Certification renewed” \(counts from 15\u00a0January 2029", page
    )
    assert "it was recorded after the day from which it counts" in page


@pytest.mark.parametrize(
    "day", ["9999-12-31", "1.2.2029", "2029-02-30", "2029-2-1", "yesterday", "٢٠٢٩-٠٢-٠١", "a" * 200]
)
def test_a_day_that_is_none_is_refused(world: World, read: Read, day: str) -> None:
    assert "write it as 2026-01-31" in read(f"/V/{world.samples['active'].number}?on={day}", status=400)


def test_a_number_is_read_as_people_write_it(world: World, client: FlaskClient, read: Read) -> None:
    number = world.samples["active"].number
    grouped = f"{number[:4]}-{number[4:8]} {number[8:]}".lower()

    asked = client.get("/", query_string={"number": grouped})

    assert (asked.status_code, asked.location) == (303, f"/V/{number}")
    assert shown(read(f"/v/{grouped}")) == "good in_force"


def test_the_form_keeps_day_and_language(world: World, client: FlaskClient) -> None:
    number = world.samples["active"].number

    asked = client.get("/", query_string={"number": number, "on": "2029-01-01", "lang": "en"})

    assert asked.location == f"/V/{number}?on=2029-01-01&lang=en"


def test_a_pasted_link_is_answered_and_its_token_goes_no_further(world: World, client: FlaskClient) -> None:
    sample = world.samples["active"]

    asked = client.get("/", query_string={"number": f"https://attesto.example{sample.path}"})

    assert asked.location == f"/V/{sample.number}"


@pytest.mark.parametrize(
    "typed", ["ABC", "CXS0-B4AT-FM56", "7K3M9P2XQD4W6", "", "%F0%9F%A6%84", "' OR 1=1 --", "a" * 900]
)
def test_a_number_that_does_not_fit_gets_a_form_and_no_answer(read: Read, typed: str) -> None:
    page = read(f"/?number={typed}", status=400)

    assert shown(page) == "unknown bad_number"
    assert 'name="number"' in page


def test_what_was_typed_comes_back_harmless(read: Read) -> None:
    page = read("/?number=%22%3E%3Cscript%3Ealert(1)", status=400)

    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("path", "status"),
    [("/?number={}", 400), ("/V/{}", 400), ("/V/0000000000000?on={}", 400), ("/nothing/{}", 404), ("/?{}=1", 200)],
)
def test_a_code_that_was_sent_all_the_same_is_not_repeated(
    world: World, client: FlaskClient, path: str, status: int
) -> None:
    code = world.samples["active"].path.partition("#")[2]

    answer = client.get(path.format(code), headers=HTML)

    assert answer.status_code == status
    assert code[:20] not in answer.text + str(answer.headers)


def test_no_page_names_a_holder(world: World, client: FlaskClient) -> None:
    names = ["Giulia", "Ferrari", "Żółć", "Núñez", "Åkesson", "Nguyễn", "1987", "Forlì"]

    for sample in world.samples.values():
        for path in (f"/V/{sample.number}", f"/V/{sample.number}.json", f"/V/{sample.number}/bundle"):
            answer = client.get(path).get_data(as_text=True)
            assert not [name for name in names if name in answer], path


def test_profile_and_scheme_have_their_titles_in_the_reader_s_language(world: World, read: Read) -> None:
    path = f"/V/{world.samples['active'].number}"

    assert "Shift coordinator" in read(path)
    assert "Coordinatore di turno" in read(path, "it")
    assert "Aurora Help Desk demonstration scheme, 2026 edition" in read(path)


def test_a_missing_scheme_file_leaves_the_slug(world: World) -> None:
    page = ask(Withheld(world.source, missing="scheme/"), world.trust, f"/V/{world.samples['active'].number}")

    assert shown(page) == "good in_force"
    assert "<strong>coordinatore</strong>" in page


def test_programs_get_the_same_answer(world: World, client: FlaskClient) -> None:
    answer = client.get(f"/V/{world.samples['suspended'].number}.json")

    assert answer.content_type == "application/vnd.attesto.report.v1+json"
    assert answer.json["verdict"] == "not_in_force"
    assert answer.json["answers"][0]["state"] == "suspended"
    assert answer.json["certificate"] is None


def test_the_bundle_checks_offline(world: World, client: FlaskClient) -> None:
    number = world.samples["withdrawn"].number

    answer = client.get(f"/V/{number}/bundle")

    assert answer.content_type == "application/vnd.attesto.bundle.v1+json"
    report = verify(world.trust, Question(NOW.date(), NOW, NOW), lambda: parse_bundle(answer.data), number)
    assert report.verdict is Verdict.NOT_IN_FORCE


def test_there_is_no_bundle_of_what_is_not_there(client: FlaskClient) -> None:
    answer = client.get("/V/0000000000000/bundle")

    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


def test_health_tells_the_snapshot_s_age(world: World, client: FlaskClient) -> None:
    answer = client.get("/healthz")

    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "snapshot_at": "2029-02-01T10:00:00Z", "snapshot_age": 3600}


@pytest.mark.parametrize("held_back", ["snapshot", "checkpoint", "tile/entries/"])
def test_health_fails_with_the_public_files(world: World, held_back: str) -> None:
    app = create_app(Withheld(world.source, missing=held_back), world.trust, lambda: NOW, "https://attesto.example")

    answer = app.test_client().get("/healthz")

    assert (answer.status_code, answer.json["status"]) == (503, "unavailable")


def test_health_fails_when_nothing_is_published_any_more(world: World) -> None:
    late = datetime(2029, 2, 5, tzinfo=UTC)
    app = create_app(world.source, world.trust, lambda: late, "https://attesto.example")

    answer = app.test_client().get("/healthz")

    assert (answer.status_code, answer.json["status"]) == (503, "stale")


@pytest.mark.parametrize("hosted", [True, False])
def test_whether_the_operator_keeps_the_bodys_keys_is_said_as_the_trust_root_says_it(
    world: World, hosted: bool
) -> None:
    body = replace(world.trust.bodies["aurora"], hosted=hosted)
    trust = replace(world.trust, bodies={**world.trust.bodies, "aurora": body})

    page = ask(world.source, trust, f"/V/{world.samples['active'].number}")

    assert ("operator keeps this body" in page) is hosted
