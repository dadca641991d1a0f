"""Does this name match? What the page asks the registry for a number, what it answers, and how often."""

import logging
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.verifier.page.knowing import Knowing
from tests.verifier.page.world import NOW, World
from verifier.page import create_app
from verifier.page.names import MAX_OCTETS, PER_ADDRESS, PER_ADDRESS_SECONDS, PER_NUMBER, PER_NUMBER_SECONDS
from verifier.page.reception import Senders, keep_senders

NAME = "Giulia D’Àngelo-Ferrari"


@dataclass
class Visit:
    """A visitor of the registry's own page, at a time and from an address that may change."""

    client: FlaskClient
    number: str
    now: datetime = NOW
    address: str = "203.0.113.7"

    def ask(self, typed: str, number: str = "", accept: str = "application/json", **more: object) -> TestResponse:
        """Ask for a name."""
        return self.client.post(
            f"/v/{number or self.number}/name",
            data={"name": typed},
            headers={"Accept": accept, "Accept-Language": "en"},
            environ_base={"REMOTE_ADDR": self.address},
            **more,
        )


@pytest.fixture
def visit(world: World) -> Visit:
    silent = world.samples["overdue"].number
    app = create_app(
        world.source, world.trust, lambda: made.now, "https://attesto.example", known=Knowing(world, silent)
    )
    made = Visit(app.test_client(), world.samples["active"].number)
    return made


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        (NAME, {"outcome": "same", "overlooked": []}),
        ("d'angelo ferrari giulia", {"outcome": "same_but", "overlooked": ["case", "accents", "marks", "order"]}),
        ("Giulia Ferrara", {"outcome": "different", "overlooked": []}),
        ("", {"outcome": "not_comparable", "overlooked": []}),
        ("Джулия", {"outcome": "not_comparable", "overlooked": []}),
    ],
)
def test_a_program_hears_the_outcome_and_what_was_overlooked(
    typed: str, answer: dict[str, object], visit: Visit
) -> None:
    said = visit.ask(typed)

    assert (said.status_code, said.json) == (200, answer)
    assert said.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (NAME, "Yes. It is the same name, letter by letter."),
        ("giulia d’àngelo-ferrari", "Yes. It is the same name, if this is overlooked: capital letters"),
        ("Giulia Ferrara", "No. It is another name."),
        ("Anna " + NAME, "Perhaps. One of the two has further names: look at the identity document."),
        ("Джулия", "The names could not be compared."),
    ],
)
def test_a_person_reads_a_sentence_and_no_name(typed: str, sentence: str, visit: Visit) -> None:
    said = visit.ask(typed, accept="text/html")

    text = " ".join(re.sub(r"<[^>]+>", " ", said.text).split())
    assert said.status_code == 200
    assert sentence in text
    assert "Ferrar" not in text
    assert said.headers["Cache-Control"] == "no-store"


def test_an_erased_number_an_unknown_one_and_another_alphabet_get_one_answer(visit: Visit, world: World) -> None:
    answers = [visit.ask(NAME, world.erased.number), visit.ask(NAME, "0000000000000"), visit.ask("Джулия")]

    assert {(said.status_code, said.data) for said in answers} == {(200, answers[0].data)}
    assert answers[0].json == {"outcome": "not_comparable", "overlooked": []}


def test_who_guesses_is_stopped_and_told_when_to_go_on(visit: Visit) -> None:
    assert [visit.ask(f"Anna {n}").status_code for n in range(PER_ADDRESS)] == [200] * PER_ADDRESS

    said = visit.ask(NAME)
    assert said.status_code == 429
    assert 0 < int(said.headers["Retry-After"]) <= PER_ADDRESS_SECONDS / PER_ADDRESS + 1
    assert "Too many names were tried for this number." in said.text
    assert "same" not in said.json["detail"]

    visit.now += timedelta(seconds=int(said.headers["Retry-After"]))
    assert visit.ask(NAME).status_code == 200


def test_another_address_and_another_number_have_their_own_allowance(visit: Visit, world: World) -> None:
    for n in range(PER_ADDRESS):
        visit.ask(f"Anna {n}")

    assert visit.ask(NAME, world.samples["renewed"].number).status_code == 200
    visit.address = "203.0.113.8"
    assert visit.ask(NAME).status_code == 200


def test_all_addresses_together_do_not_guess_a_number_either(visit: Visit) -> None:
    statuses = []
    for n in range(PER_NUMBER + 1):
        visit.address = f"198.51.100.{n}"
        statuses.append(visit.ask(NAME).status_code)

    assert statuses == [200] * PER_NUMBER + [429]
    visit.now += timedelta(seconds=PER_NUMBER_SECONDS / PER_NUMBER + 1)
    assert visit.ask(NAME).status_code == 200


def test_a_registry_that_does_not_answer_is_no_answer(visit: Visit, world: World) -> None:
    said = visit.ask(NAME, world.samples["overdue"].number)

    assert said.status_code == 503
    assert said.json["detail"] == "The registry did not answer. Nothing was compared."


def test_who_has_to_wait_to_send_has_asked_nothing(visit: Visit) -> None:
    keep_senders(visit.client.application.extensions, Senders(most=0))
    turned_away = [visit.ask(NAME) for _ in range(PER_ADDRESS)]
    keep_senders(visit.client.application.extensions, Senders())

    assert {(said.status_code, "Retry-After" in said.headers) for said in turned_away} == {(503, True)}
    assert visit.ask(NAME).json["outcome"] == "same"


def test_a_page_without_a_registry_says_who_can_answer(client: FlaskClient, world: World) -> None:
    number = world.samples["active"].number

    page = client.get(f"/V/{number}", headers={"Accept": "text/html", "Accept-Language": "en"}).text
    said = client.post(f"/V/{number}/name", data={"name": NAME}, headers={"Accept-Language": "en"})

    assert "only the registry can answer, at the address printed on the certificate" in page
    assert "data-name-ask hidden" in page
    assert said.status_code == 404
    assert said.json["detail"] == "This page knows no names. Scan the code on the certificate instead."


def test_the_registrys_page_asks_for_a_name(visit: Visit) -> None:
    page = visit.client.get(f"/V/{visit.number}", headers={"Accept": "text/html", "Accept-Language": "en"}).text

    assert re.search(rf'<form [^>]*method="post" action="/v/{visit.number}/name"', page, re.IGNORECASE)
    assert "data-name-ask hidden" not in page


def test_of_an_erased_number_no_name_is_asked(visit: Visit, world: World) -> None:
    page = visit.client.get(f"/V/{world.erased.number}", headers={"Accept": "text/html"}).text

    assert re.search(r'id="name-card"[^>]* hidden', page)


def test_a_bad_number_a_long_name_and_another_sites_form_are_refused(visit: Visit) -> None:
    assert visit.ask(NAME, "7K3M-9P2X-QD4W6").status_code == 400
    assert visit.ask("x" * MAX_OCTETS).status_code == 413
    foreign = visit.client.post(
        f"/v/{visit.number}/name", data={"name": NAME}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert foreign.status_code == 403
    assert visit.client.get(f"/v/{visit.number}/name").status_code == 405


def test_nothing_of_the_name_is_logged(visit: Visit, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        visit.ask(NAME)
        visit.ask("Giulia Ferrara", accept="text/html")

    assert "Giulia" not in caplog.text
    assert visit.number not in caplog.text
