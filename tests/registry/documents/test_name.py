"""Names: what a certificate can show, and what is refused at import with the reason."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from keys.signer import generate
from keys.signing import sign_token
from registry.commands.people_file import FileContext, parse_people
from registry.commands.scheme_file import parse_scheme
from registry.demonstration.people import PEOPLE_FILE
from registry.demonstration.schemes import scheme_file
from registry.documents.name import max_name_bytes, name_check
from registry.documents.symbol import certificate_link, fits, make_symbol
from tests.registry.documents.conftest import ADDRESS, NUMBER
from verifier.certificate import Certificate
from verifier.errors import FormatError

BODY, EDITION, PROFILES = "odc-aurora", "demo-2026", ("addetto", "coordinatore")
LONGEST = {
    "Latin with an accent on every letter": "è" * 60,
    "Cyrillic": "Щ" * 60,
    "Greek": "Ώ" * 60,
    "Arabic": "ع" * 60,
    "Devanagari, as many letters as there is room for": "क" * 43,
}


@pytest.fixture(scope="module")
def check() -> Callable[[str], None]:
    return name_check(ADDRESS, BODY, EDITION, PROFILES)


def link_of(name: str, profile: str = PROFILES[1], **changes: object) -> str:
    """The link of a real token, made as early or as late in a registry's life as the changes say."""
    claims: dict[str, object] = {
        "body": BODY, "issued_at": datetime(2026, 11, 24, 8, tzinfo=UTC), "valid_until": date(2029, 11, 23),
        "token_id": bytes(16), "number": NUMBER, "revision": 1, "edition": EDITION, "profile": profile,
        "status_index": 70_000, "holder_tag": bytes(8), "name": name, "birth_year": 1990,
    }  # fmt: skip
    return certificate_link(ADDRESS, NUMBER, sign_token(generate(), Certificate(**(claims | changes))))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", LONGEST.values(), ids=LONGEST)
def test_the_longest_names_have_a_symbol_that_can_be_printed(name: str, check: Callable[[str], None]) -> None:
    check(name)

    symbol = make_symbol(link_of(name))

    assert symbol.version <= 15
    assert 36 / symbol.width >= 0.42


def test_a_name_with_all_the_bytes_allowed_fits_even_the_last_token_of_a_registry() -> None:
    most = max_name_bytes(ADDRESS, BODY, EDITION, PROFILES[1])
    last = {"revision": 2**31 - 1, "status_index": 2**53 - 1, "valid_until": date(9998, 12, 30)}
    assert 120 <= most < 180

    full = "क" * (most - 120) + "Щ" * (180 - most)

    assert (len(full), len(full.encode())) == (60, most)
    assert fits(link_of(full, **last))
    assert not fits(link_of("क" * (most - 119) + "Щ" * (179 - most), **last))


def test_a_longer_address_or_slug_leaves_less_room() -> None:
    most = max_name_bytes(ADDRESS, BODY, EDITION, "x")

    assert max_name_bytes(f"https://{'x' * 50}.example", BODY, EDITION, "x") < most
    assert max_name_bytes(ADDRESS, "x" * 32, EDITION, "x") < most
    assert max_name_bytes(ADDRESS, BODY, EDITION, "x" * 12) < most
    assert max_name_bytes(f"https://{'x' * 500}.example", BODY, EDITION, "x") == 0


REFUSED = {
    "Chinese": ("王小明", r"no font here has 王 (U+738B), 小 (U+5C0F), 明 (U+660E)"),
    "Japanese": ("やまだ", "no font here has や (U+3084)"),
    "Korean": ("김민준", "no font here has 김 (U+AE40)"),
    "an emoji": ("Ada 🙂 Rossi", "no font here has 🙂 (U+1F642)"),
    "a mark that no font has with this letter": ("Ada\u0951 Rossi", "no font here has a॑ (U+0061 U+0951)"),
    "a letter for private use": ("Ada \ue000", "(U+E000)"),
    "sixty letters of three bytes": ("क" * 60, "the name takes 180 bytes, the symbol has room for "),
}


@pytest.mark.parametrize(("name", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_name_that_no_certificate_can_show_is_refused(name: str, reason: str, check: Callable[[str], None]) -> None:
    with pytest.raises(FormatError) as refused:
        check(name)

    assert reason in str(refused.value)


def test_a_joiner_inside_a_name_is_no_letter_that_a_font_must_have(check: Callable[[str], None]) -> None:
    check("علی\u200cرضا")
    check("र\u094d\u200dया")


def test_a_refusal_is_named_with_its_line_in_a_file(check: Callable[[str], None]) -> None:
    file = "name,profile,examiners,decider,decision,exam\nAda Rossi,addetto,E,D,1,1\n王小明,addetto,E,D,1,1\n"
    context = FileContext(BODY, parse_scheme(scheme_file(EDITION)), date(2026, 11, 24), check, bytes(32))

    people = parse_people(file.encode(), context)

    assert list(people.commands) == [2]
    assert "\n".join(map(str, people.problems)) == (
        "line 3, column 'name': '王小明' cannot be printed: no font here has 王 (U+738B), 小 (U+5C0F), 明 (U+660E); "
        "there are letters for Latin, Greek, Cyrillic, Arabic, Armenian, Bengali, Devanagari, Georgian and Hebrew"
    )


def test_every_name_of_the_demonstration_can_be_printed_at_its_page() -> None:
    check = name_check("http://127.0.0.1:65535", BODY, EDITION, PROFILES)
    context = FileContext(BODY, parse_scheme(scheme_file(EDITION)), date(2026, 11, 24), check, bytes(32))

    assert parse_people(PEOPLE_FILE.read_bytes(), context).problems == ()
