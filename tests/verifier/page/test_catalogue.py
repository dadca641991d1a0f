"""The catalogue's pages and documents; what is expected stands in the scheme files."""

import json
import re
from time import sleep
from typing import Any

import pytest
from flask.testing import FlaskClient
from markupsafe import escape

from keys.signer import generate
from tests.verifier.page.shelf import ADDRESS, ESCO, Files, closed_scheme, later_scheme, publish, scheme, shown
from tests.verifier.page.world import World
from verifier.fetch import EDITIONS_PATH, edition_path

SKELETON = "pdr150-2024"
PARTS = {"profile": "profiles", "task": "tasks", "knowledge": "knowledge", "skill": "skills", "scale": "scales"}
EVERY = (scheme(), later_scheme(), scheme(SKELETON), closed_scheme())


def visitor(*schemes: dict[str, Any], **how: Any) -> FlaskClient:
    return shown(publish(*(schemes or EVERY), **how)).test_client()


def read(client: FlaskClient, path: str, language: str = "en", status: int = 200) -> str:
    """The page at a path, as text."""
    answer = client.get(path, headers={"Accept": "text/html", "Accept-Language": language})
    assert answer.status_code == status, path
    return answer.text


def document(client: FlaskClient, path: str) -> dict[str, Any]:
    """The document at a path."""
    answer = client.get(path)
    assert (answer.status_code, answer.content_type) == (200, "application/ld+json"), path
    return dict(answer.json or {})


def addresses() -> list[str]:
    """Every address that the editions have, as their files say."""
    found = []
    for one in EVERY[:3]:
        place = f"/catalogue/{one['slug']}"
        found.append(place)
        for kind, part in PARTS.items():
            found += [f"{place}/{kind}/{slug}" for slug in one[part] if slug != "gap"]
    return found


@pytest.mark.parametrize("language", ["it", "en"])
def test_every_item_has_an_address_where_its_title_stands(language: str) -> None:
    client = visitor()

    for path in addresses():
        page = read(client, path, language)
        title = document(client, f"{path}.json")["name"][language]
        assert escape(title) in page, path


def test_whoever_prefers_json_gets_it_without_another_address() -> None:
    client = visitor()

    for accepted in ("application/ld+json", "application/json"):
        answer = client.get("/catalogue/demo-2026/skill/ascolto", headers={"Accept": accepted})
        assert answer.content_type == "application/ld+json"
        assert set(answer.headers["Vary"].split(", ")) >= {"Accept", "Accept-Language"}


def test_a_document_links_with_other_peoples_words() -> None:
    found = document(visitor(), "/catalogue/demo-2030/profile/addetto.json")

    context = found["@context"]
    assert context["schema"] == "https://schema.org/"
    assert context["skos"] == "http://www.w3.org/2004/02/skos/core#"
    assert context["exactMatch"] == {"@id": "skos:exactMatch", "@type": "@id"}
    assert found["@id"] == f"{ADDRESS}/catalogue/demo-2030/profile/addetto"
    assert found["@type"] == ["schema:DefinedTerm", "skos:Concept"]
    assert found["in"] == f"{ADDRESS}/catalogue/demo-2030"
    assert (found["exactMatch"], found["eqf_level"]) == ([ESCO], 4)
    assert found["name"] == {"it": "Addetto allo sportello", "en": "Desk agent"}
    assert {(one["competence"]["code"], one["level"]["code"], one["level"]["rank"]) for one in found["requires"]} == {
        ("servizi", "pratica", 2),
        ("riservatezza", "pratica", 2),
        ("ascolto", "guidata", 1),
        ("schermo", "autonoma", 2),
    }


def test_every_address_in_a_document_answers() -> None:
    client = visitor()

    for path in addresses():
        for address in _ids(document(client, f"{path}.json")):
            assert client.get(address.removeprefix(ADDRESS).partition("#")[0]).status_code == 200, address


def _ids(value: object) -> list[str]:
    match value:
        case dict():
            own = [value["@id"]] if str(value.get("@id", "")).startswith(ADDRESS) else []
            return own + [found for part in value.values() for found in _ids(part)]
        case list():
            return [found for part in value for found in _ids(part)]
    return []


def test_links_elsewhere_and_the_european_level_are_shown() -> None:
    page = read(visitor(), "/catalogue/demo-2030/profile/addetto")

    assert f'href="{ESCO}"' in page
    assert "Skip to the content" in page
    assert "Level 4 of the European Qualifications Framework (EQF)" in page


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "<strong>Not public:</strong> The profile&#39;s tasks are not public."),
        ("it", "<strong>Non pubblico:</strong> I compiti del profilo non sono pubblici."),
    ],
)
def test_a_gap_says_that_it_is_one_and_why(language: str, said: str) -> None:
    client = visitor()

    assert said in read(client, f"/catalogue/{SKELETON}/profile/operatore", language)
    assert said in read(client, f"/catalogue/{SKELETON}/compare?from=operatore&to=team-leader", language)
    assert "The list of tasks is not public." in read(client, f"/catalogue/{SKELETON}")
    assert (
        document(client, f"/catalogue/{SKELETON}.json")["gaps"]["task"]["gap"]["en"]
        == "The list of tasks is not public."
    )


def test_the_way_to_another_profile_is_told() -> None:
    client = visitor()

    page = read(client, "/catalogue/demo-2026/compare?from=addetto&to=coordinatore")
    found = document(client, "/catalogue/demo-2026/compare.json?from=addetto&to=coordinatore")

    assert "New: 1. To a higher level: 3." in page
    assert "Draw up fair shifts" in page
    assert [(step["change"], step["competence"]["code"]) for step in found["steps"]] == [
        ("new", "turni"),
        ("higher", "servizi"),
        ("higher", "ascolto"),
        ("higher", "schermo"),
        ("left", "riservatezza"),
    ]
    assert [task["code"] for task in found["new_tasks"]] == ["risolvere", "coordinare"]


def test_what_changed_between_editions_is_told() -> None:
    client = visitor()

    page = read(client, "/catalogue/compare?from=demo-2026&to=demo-2030")
    found = document(client, "/catalogue/compare.json?from=demo-2026&to=demo-2030")["differences"]

    assert "From “Aurora Help Desk demonstration scheme, 2026 edition” to “Aurora, 2030 edition”" in page
    assert "<del>Acts autonomously</del>" in page
    assert "<ins>Acts as an expert and guides others</ins>" in page
    assert 'href="/catalogue/demo-2026/profile/direttore"' in page
    assert {(one["change"], one["kind"], one["code"]) for one in found} == {
        ("changed", "profile", "addetto"),
        ("removed", "profile", "direttore"),
        ("added", "task", "chiudere"),
        ("changed", "task", "formare"),
    }


def test_the_rules_of_an_edition_are_told_and_what_changed_in_them() -> None:
    client = visitor()

    page = read(client, "/catalogue/demo-2030")
    compared = read(client, "/catalogue/compare?from=demo-2026&to=demo-2030")
    rules = document(client, "/catalogue/compare.json?from=demo-2026&to=demo-2030")["rules"]

    assert "Hours of class (20 hours); Note (not required)" in page
    assert "from demo-2026 until 31 December 2030" in page
    assert "<del>36 months</del>" in compared
    assert "<ins>24 months</ins>" in compared
    assert {"rule": "validity_months", "before": 36, "after": 24} in rules
    assert "recertification" not in {rule["rule"] for rule in rules}


@pytest.mark.parametrize(
    ("question", "found", "missing"),
    [
        ("q=ascoltare", "/skill/ascolto", "/skill/turni"),
        ("q=listen&kind=skill", "/skill/ascolto", "/skill/turni"),
        ("kind=scale", "/scale/autonomia", "/skill/ascolto"),
        ("profile=analista", "/skill/analisi", "/skill/ascolto"),
        ("digital=1", "/skill/schermo", "/skill/ascolto"),
    ],
)
def test_an_edition_is_searched(question: str, found: str, missing: str) -> None:
    client = visitor()

    page = read(client, f"/catalogue/demo-2026?{question}")
    codes = {term["@id"] for term in document(client, f"/catalogue/demo-2026.json?{question}")["terms"]}

    assert f'href="/catalogue/demo-2026{found}"' in page
    assert f'href="/catalogue/demo-2026{missing}"' not in page
    assert f"{ADDRESS}/catalogue/demo-2026{found}" in codes
    assert f"{ADDRESS}/catalogue/demo-2026{missing}" not in codes


def test_all_editions_are_searched_together() -> None:
    page = read(visitor(), "/catalogue?q=close")

    assert 'href="/catalogue/demo-2030/task/chiudere"' in page
    assert "Nothing is found" in read(visitor(), "/catalogue?q=nowhere")
    assert "Nothing is found" in read(visitor(), "/catalogue/demo-2026?q=nowhere")


def test_what_is_looked_for_is_shown_as_text_alone() -> None:
    page = read(visitor(), "/catalogue?q=<script>alert(1)</script>")

    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_the_matrix_holds_a_level_for_each_profile_that_asks_for_one() -> None:
    page = read(visitor(), "/catalogue/demo-2026/matrix")

    # By the scheme file: three profiles ask for "servizi", one at the first level and two at the third.
    row = page[page.index("The services of the Aurora desk") :].partition("</tr>")[0]
    assert [row.count(f"<strong>{rank}</strong>") for rank in (1, 2, 3)] == [1, 0, 2]
    assert "are not public" in read(visitor(), f"/catalogue/{SKELETON}/matrix")


def test_of_a_catalogue_that_is_not_public_there_is_a_title_and_a_sentence() -> None:
    client = visitor()

    page = read(client, "/catalogue/closed-2026")
    found = document(client, "/catalogue/closed-2026.json")

    assert "Reserved scheme" in page
    assert "The scheme's owner does not make this catalogue public." in page
    assert "Desk agent" not in page
    assert (found["public"], found["terms"], found["rules"]) == (False, [], {})
    for path in ("profile/addetto", "matrix", "compare", "compare?from=addetto&to=referente"):
        read(client, f"/catalogue/closed-2026/{path}", status=404)
    assert "/catalogue/closed-2026/profile" not in read(client, "/catalogue")
    read(client, "/catalogue/compare?from=closed-2026&to=demo-2026", status=404)


def test_without_an_edition_the_catalogue_says_so() -> None:
    client = shown(Files({})).test_client()

    assert "Nothing is published yet" in read(client, "/catalogue")
    assert "Non è ancora pubblicato nulla" in read(client, "/catalogue", "it")
    assert document(client, "/catalogue.json")["editions"] == []


def test_a_withdrawn_edition_says_so() -> None:
    page = read(visitor(scheme(), ended="demo-2026"), "/catalogue/demo-2026")

    # The story begins on 10 March 2026, and the withdrawal comes 400 days later.
    assert "This edition was withdrawn on 14 April 2027." in page


def test_a_file_that_is_not_the_logged_one_is_not_shown() -> None:
    files = publish(scheme(), later_scheme())
    path = next(path for path, content in files.files.items() if path.startswith("scheme/") and b"demo-2030" in content)
    files.files[path] = files.files[path].replace(b"Close the case", b"Steal the case")
    client = shown(files).test_client()

    assert "Steal" not in read(client, "/catalogue/demo-2030/task/chiudere", status=503)
    home = read(client, "/catalogue")
    assert "so they are not shown: demo-2030." in home
    assert 'href="/catalogue/demo-2026"' in home


def test_the_catalogue_waits_for_a_slow_registry_as_long_as_any_question(monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow(Files):
        def read(self, path: str) -> bytes:
            if path.startswith("scheme/"):
                sleep(0.6)
            return super().read(path)

    monkeypatch.setattr("verifier.page.library.SECONDS", 0.5)
    client = shown(Slow(publish(*EVERY).files)).test_client()

    said = document(client, "/catalogue.json")

    assert said["missing"] == [one["slug"] for one in EVERY[1:]]


def test_a_record_that_the_operator_did_not_sign_is_not_shown() -> None:
    client = visitor(scheme(), signer=generate())

    assert client.get("/catalogue/demo-2026").status_code == 503
    assert document(client, "/catalogue.json")["missing"] == ["demo-2026"]


def test_a_record_of_another_edition_is_not_shown() -> None:
    files = publish(scheme(), later_scheme())
    files.files[edition_path("demo-2030")] = files.files[edition_path("demo-2026")]

    assert shown(files).test_client().get("/catalogue/demo-2030").status_code == 503


def test_a_list_that_is_none_is_no_empty_catalogue() -> None:
    client = shown(Files({EDITIONS_PATH: b"[]"})).test_client()

    answer = client.get("/catalogue", headers={"Accept": "text/html"})

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")


@pytest.mark.parametrize(
    "path",
    [
        "nothing", "demo-2026/profile/nothing", "demo-2026/nothing/addetto", "demo-2026/profile/gap",
        "pdr150-2024/task/gap", "demo-2026/compare?from=addetto", "demo-2026/compare?from=addetto&to=nothing",
        "compare?from=demo-2026&to=nothing", "../trust.json", "..%2fcheckpoint",
    ],
)  # fmt: skip
def test_there_is_no_page_of_what_is_not_there(path: str) -> None:
    read(visitor(), f"/catalogue/{path}", status=404)


def test_a_program_that_names_no_ends_is_told_how() -> None:
    client = visitor()

    for path in ("/catalogue/compare.json", "/catalogue/demo-2026/compare.json"):
        answer = client.get(path)
        assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert "<form" in read(client, "/catalogue/compare")
    assert "<form" in read(client, "/catalogue/demo-2026/compare")


def test_a_scheme_file_is_read_once() -> None:
    files = publish(scheme())
    client = shown(files).test_client()

    for path in ("", "/profile/addetto", "/task/formare", "/matrix"):
        read(client, f"/catalogue/demo-2026{path}")

    assert [path for path in files.asked if path.startswith("scheme/")] == [
        path for path in files.files if path.startswith("scheme/")
    ]


def test_what_a_cache_has_is_not_sent_again() -> None:
    client = visitor()
    first = client.get("/catalogue/demo-2026.json")

    again = client.get("/catalogue/demo-2026.json", headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert (again.status_code, again.data) == (304, b"")


def test_the_language_stays_from_page_to_page() -> None:
    client = visitor()

    page = read(client, "/catalogue/demo-2026?lang=en&q=listen", "it")

    assert 'href="/catalogue/demo-2026/skill/ascolto?lang=en"' in page
    assert '<input type="hidden" name="lang" value="en">' in page
    assert 'href="/catalogue/demo-2026?lang=it&amp;q=listen"' in page


def test_the_registrys_own_files_are_a_catalogue(world: World, client: FlaskClient) -> None:
    listed = json.loads((world.public / "editions").read_bytes())

    assert listed == {"editions": ["demo-2026"]}
    assert "Shift coordinator" in read(client, "/catalogue")
    assert 'href="/catalogue"' in read(client, "/")


def test_a_choice_in_another_language_is_marked_with_it(client: FlaskClient) -> None:
    german, italian = (read(client, f"/catalogue/demo-2026?lang={language}") for language in ("de", "it"))

    assert re.search(r'<option value="addetto" lang="en">[A-Z]', german)
    assert re.search(r'<option value="addetto">[A-Z]', italian)
