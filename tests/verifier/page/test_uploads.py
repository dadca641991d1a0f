"""Files that are handed in are read, answered and forgotten; of what is wrong with them a sentence says what to do."""

import re
import tempfile
from collections.abc import Callable
from html import unescape

import pytest
from flask.testing import FlaskClient

from tests.verifier.intake.files import typeset
from tests.verifier.page.bids import form, photo, printed, spreadsheet, zipped
from tests.verifier.page.world import NOW, World
from tests.verifier.paper import png, sheet
from tests.verifier.printing import laid_over, struck
from verifier.bundle import format_bundle
from verifier.fetch import fetch_bundle
from verifier.note import fingerprint
from verifier.number import group_number
from verifier.page import create_app
from verifier.page.reception import MAX_FILES, MAX_OCTETS, Turns, keep_turns

HTML = {"Accept": "text/html", "Accept-Language": "en"}
Post = Callable[..., str]


def words(page: str) -> str:
    """The page as it is read."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def result(page: str) -> str:
    found = re.search(r'<section class="result (\w+)" data-result="(\w+)"', page)
    assert found is not None
    return f"{found[1]} {found[2]}"


@pytest.fixture
def post(client: FlaskClient) -> Post:
    """What is answered to files."""

    def post(*given: tuple[str, bytes], status: int = 200, **fields: str) -> str:
        answer = client.post("/check", **form(given, **fields), headers=HTML)
        assert answer.status_code == status
        assert answer.headers["Cache-Control"] == "no-store"
        return str(answer.text)

    return post


KINDS: dict[str, Callable[[World], tuple[str, bytes]]] = {
    "a PDF": lambda world: ("atto.pdf", printed(world, "active")),
    "a photo": lambda world: ("foto.png", photo(world, "active")),
    "a ZIP": lambda world: ("busta.zip", zipped({"atto.pdf": printed(world, "active")})),
    "a text": lambda world: ("link.txt", world.samples["active"].path.encode()),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_of_any_kind_is_checked_with_its_code(world: World, post: Post, kind: str) -> None:
    page = post(KINDS[kind](world))

    assert result(page) == "good genuine"
    assert "Giulia D’Àngelo-Ferrari" in page
    assert "This very document Passed" in words(page)


def test_every_answer_names_the_registrys_address_and_the_key_of_its_log(world: World, post: Post) -> None:
    one, key = ("atto.pdf", printed(world, "active")), fingerprint(world.trust.log_key)[:16].upper()

    for page in (post(one), post(one, ("foto.png", photo(world, "suspended")))):
        assert f"Key of its log: {' '.join(re.findall('....', key))}" in words(page)
        assert "Address of this registry http" in words(page)


def test_a_bundle_is_answered_by_what_is_published_now(world: World, post: Post) -> None:
    bundle = format_bundle(fetch_bundle(world.source, world.samples["withdrawn"].number))

    page = post(("fascicolo.json", bundle))

    assert result(page) == "bad withdrawn"


def test_what_is_printed_is_held_against_the_record(world: World, post: Post) -> None:
    page = post(("atto.pdf", printed(world, "active")))

    for name in ("name", "number", "profile", "body", "valid_until"):
        assert re.search(rf'<tr data-field="{name}">.*?<strong>Same</strong>', page, re.DOTALL), name
    assert "Different" not in page


def test_an_edited_document_with_a_genuine_code_is_not_genuine(world: World, post: Post) -> None:
    edited = printed(world, "active", profile={"it": "Responsabile", "en": "Manager"}, name="Carla Altra")

    page = post(("atto.pdf", edited))

    assert result(page) == "alarm document_differs"
    for name in ("name", "profile"):
        assert re.search(rf'<tr data-field="{name}">.*?<strong>Different</strong>', page, re.DOTALL), name
    assert re.search(r'<tr data-field="number">.*?<strong>Same</strong>', page, re.DOTALL)
    # Of the number it is told what it is, and nothing that reads like a word for this document.
    assert "What the registry says of the number in its code: In force today." in page
    assert "genuine, and" not in page.lower()


def test_an_answer_names_the_number(world: World, post: Post) -> None:
    page = post(("foto.png", photo(world, "withdrawn")))

    assert f'<strong translate="no">{group_number(world.samples["withdrawn"].number)}</strong>' in page


def two_names(world: World) -> bytes:
    """Another profile, and small below it the labels and the number of a second certificate."""
    second = (
        "Certificato / Certificate",
        world.samples["renewed"].number,
        "L'organismo certifica che / The body certifies that",
    )
    page = printed(world, "active", name="Carla Altra", profile={"it": "Direttore", "en": "Director"})
    for up, words in enumerate((*second, "Mario Bianchi")):
        page = laid_over(page, "Per il DGUE, da incollare", words, covered=False, moved=(0, -4 - 1.2 * up))
    return page


def diploma(world: World) -> bytes:
    """A page of nobody's, with a genuine code."""
    return typeset('#image("code.png", width: 5cm)\n= Diploma di direttore', {"code.png": photo(world, "active")})


TO_COMPARE: dict[str, Callable[[World], bytes]] = {
    "something drawn": lambda world: struck(printed(world, "active")),
    "two certificates in one": two_names,
    "another document": diploma,
}


@pytest.mark.parametrize("name", TO_COMPARE)
def test_what_was_not_compared_on_a_page_with_a_genuine_code_is_never_green(
    world: World, post: Post, name: str
) -> None:
    document = ("atto.pdf", TO_COMPARE[name](world))

    assert result(page := post(document)) == "caution to_compare"
    assert '"differing": ["page"]' in unescape(page)
    told = words(post(document, kind="participation", on="2029-02-01"))
    assert "To be judged by you: in force" in told
    assert "but something on the page could not be compared" in told
    assert "Needs attention" in (table := words(post(document, ("foto.png", photo(world, "active")))))
    assert "1 needs attention" in table or "2 need attention" in table


def test_of_a_picture_it_is_said_that_the_code_alone_was_read(world: World, post: Post) -> None:
    page, other = post(("foto.png", photo(world, "active"))), post(("atto.pdf", printed(world, "active")))

    assert "Its code is genuine. What is printed beside it was not compared" in words(page)
    assert "not compared: go by" not in words(other)
    assert '"uncompared": true' in unescape(page)
    assert '"uncompared": false' in unescape(other)


@pytest.mark.parametrize(
    ("language", "title"), [("de", '<span lang="en">Shift coordinator</span>'), ("it", "[A-Z][^<]+")]
)
def test_a_title_in_another_language_is_marked_in_the_tables(
    world: World, client: FlaskClient, language: str, title: str
) -> None:
    files = [(f"{name}.pdf", printed(world, name)) for name in ("active", "suspended")]

    page = client.post(f"/check?lang={language}", **form(files), headers={"Accept": "text/html"}).text

    assert len(re.findall(rf"<td><span>{title}</span>", page)) == 2
    assert len(re.findall(rf'<td data-heading="[^"]+">{title}: 1</td>', page)) == 1


def test_a_forged_code_names_nobody(world: World, post: Post) -> None:
    forged = world.samples["active"].link(world.token_over("active", "Carla Altra"))

    page = post(("link.txt", forged.encode()))

    assert result(page) == "alarm forged"
    assert "Carla Altra" not in page


def test_several_certificates_are_a_table_in_their_order(world: World, post: Post) -> None:
    names = ("active", "withdrawn", "suspended")
    listed = spreadsheet([("Numero", "Operatore economico"), *((world.samples[name].number, "Alfa") for name in names)])

    page = words(post(("elenco.xlsx", listed), ("foto.png", photo(world, "expired")), ("nulla.png", png(sheet()))))

    places = [
        page.index(said) for said in ("elenco.xlsx line 2", "elenco.xlsx line 3", "elenco.xlsx line 4", "foto.png")
    ]
    assert places == sorted(places)
    assert page.count("In force today") == 1
    assert "Not in force today: withdrawn since 8 January 2029" in page
    assert "5 certificates 4 need attention" in page
    assert "nulla.png" in page
    assert "Nothing to check" in page


@pytest.mark.parametrize(("language", "said"), [("fr", "Shift coordinator\u00a0: 1"), ("de", "Shift coordinator: 1")])
def test_who_is_counted_by_profile_is_told_with_the_languages_colon(
    world: World, client: FlaskClient, language: str, said: str
) -> None:
    given = form((("a.pdf", printed(world, "active")), ("b.png", photo(world, "expired"))))

    page = client.post("/check", **given, headers=HTML | {"Accept-Language": language}).text

    assert f">{said}</td>" in re.sub(r"</?span[^>]*>", "", unescape(page))


def test_the_day_that_matters_is_asked_of_files_too(world: World, post: Post) -> None:
    page = post(("foto.png", photo(world, "withdrawn")), kind="scoring", on="2029-01-05")

    assert "In force on 5 January 2029" in words(page).replace("in force", "In force")
    assert result(page).startswith(("good", "caution"))


@pytest.mark.parametrize(
    ("given", "fields", "status", "says"),
    [
        ([], {}, 422, "No file was chosen"),
        ([("a.txt", b"7K3M")] * (MAX_FILES + 1), {}, 422, "at most 64 files"),
        ([("a.txt", b"x")], {"on": "soon"}, 422, "The day is not one"),
        ([("a.txt", b"x")], {"kind": "luck"}, 422, "no such kind of requirement"),
        ([("a.csv", b"numero\n" + b"7K3M9P2XQD4W5\n" * 501)], {}, 422, "at most 500 certificates"),
        ([("a.bin", b"x" * (MAX_OCTETS + 1))], {}, 413, "at most 64 files, of 40 MB together"),
        ([("a.txt", b"7K3M")] * 200, {}, 413, "at most 64 files, of 40 MB together"),
    ],
)
def test_what_cannot_be_taken_is_told_in_a_sentence(
    post: Post, given: list[tuple[str, bytes]], fields: dict[str, str], status: int, says: str
) -> None:
    assert says in words(post(*given, status=status, **fields))


@pytest.mark.parametrize(
    "content", [b"", b"\0" * 1000, b"%PDF-1.7 broken", b"PK\x03\x04 no zip", b"{", b"\xff\xd8\xff"]
)
def test_a_broken_file_is_nothing_to_check_and_no_error(post: Post, content: bytes) -> None:
    assert result(post(("rotto.pdf", content))) == "unknown unreadable"


def test_a_body_that_breaks_off_is_no_error_of_ours(client: FlaskClient) -> None:
    for body in (b"", b"--x\r\n", b'--x\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\nabc'):
        answer = client.post("/check", data=body, content_type="multipart/form-data; boundary=x", headers=HTML)
        assert answer.status_code in {400, 413, 422}


def test_nothing_of_a_large_file_touches_the_disk(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a file was laid on the disk")

    for name in ("TemporaryFile", "NamedTemporaryFile", "SpooledTemporaryFile"):
        monkeypatch.setattr(tempfile, name, refuse)
        monkeypatch.setattr(f"werkzeug.formparser.{name}", refuse, raising=False)

    assert result(post(("gross.png", b"\x89PNG\r\n\x1a\n" + b"x" * 3_000_000))) == "unknown unreadable"


def test_whoever_gets_no_turn_is_told_when_to_come_again(world: World) -> None:
    app = create_app(world.source, world.trust, lambda: NOW, "https://attesto.example")
    turns = Turns(working=1, waiting=0)
    keep_turns(app.extensions, turns)

    with turns.take():
        answer = app.test_client().post("/check", **form([("a.txt", b"x")]), headers=HTML)

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "Wait a minute, then send yours again" in answer.text


def test_no_other_site_sends_files(client: FlaskClient) -> None:
    from_elsewhere = {**HTML, "Sec-Fetch-Site": "cross-site"}

    answer = client.post("/check", **form([("a.txt", b"x")]), headers=from_elsewhere)

    assert answer.status_code == 403
