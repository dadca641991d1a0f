import gettext
import re
from collections.abc import Iterator
from functools import cache
from io import BytesIO

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po

from tests.verifier.page.translations import TRANSLATIONS
from verifier.page.language import LANGUAGES

PAGE = TRANSLATIONS.parent
# What a translator may neither lose nor invent: the places to fill, and the tags around them.
GAP = re.compile(r"%\(\w+\)\w|</?[a-z]+[^>]*>")
# English is what the texts are written in.
TRANSLATED = sorted(LANGUAGES.keys() - {"en"})


@cache
def sources() -> frozenset[str | tuple[str, str]]:
    """Every text of the page, as its authors wrote it; those with a count in two forms."""
    with (PAGE / "babel.cfg").open() as mapping:
        methods, options = parse_mapping_cfg(mapping)
    two = (1, 2)
    keywords = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": two, "lazy_ngettext": two}
    return frozenset(message for _, _, message, _, _ in extract_from_dir(PAGE, methods, options, keywords))


@cache
def catalogue(language: str) -> Catalog:
    """The texts in a language."""
    source = TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"
    return read_po(BytesIO(source.read_bytes()), locale=language, abort_invalid=True)


def messages(language: str) -> list[Message]:
    """The texts in a language, without the header."""
    return [message for message in catalogue(language) if message.id]


def forms(message: Message) -> Iterator[tuple[str, str]]:
    """Every form of a translation with the form of the source that it stands for."""
    if isinstance(message.id, str):
        yield message.id, message.string
    else:
        yield from zip(message.id, message.string, strict=True)


def test_every_language_has_texts_and_there_are_no_others() -> None:
    assert sorted(path.name for path in TRANSLATIONS.iterdir()) == TRANSLATED


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated_and_no_other(language: str) -> None:
    translated = {m.id for m in messages(language) if all(said for _, said in forms(m)) and not m.fuzzy}

    assert len(sources()) > 150
    assert sources() - translated == set()
    assert {m.id for m in messages(language)} - sources() == set()
    assert not catalogue(language).obsolete


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_gaps_and_the_tags_of_its_source(language: str) -> None:
    for message in messages(language):
        for written, said in forms(message):
            assert set(GAP.findall(said)) == set(GAP.findall(written)), said


@pytest.mark.parametrize("language", TRANSLATED)
def test_counts_follow_the_language_s_own_rule(language: str) -> None:
    rule = get_plural(language)

    assert (catalogue(language).num_plurals, catalogue(language).plural_expr) == (rule.num_plurals, rule.plural_expr)


def test_a_count_of_none_is_singular_in_french_alone() -> None:
    counted = {language: compiled(language).ngettext("%(num)s day", "%(num)s days", 0) for language in TRANSLATED}

    assert counted == {"de": "%(num)s Tage", "es": "%(num)s días", "fr": "%(num)s jour", "it": "%(num)s giorni"}


def compiled(language: str) -> gettext.GNUTranslations:
    """The texts in a language, as an install compiles them."""
    made = BytesIO()
    write_mo(made, catalogue(language))
    made.seek(0)
    return gettext.GNUTranslations(made)


def test_a_french_mark_of_two_parts_never_begins_a_line() -> None:
    loose = [said for message in messages("fr") for _, said in forms(message) if re.search(r" [:;?!»]|« |'", said)]

    assert loose == []


def test_a_day_follows_no_italian_article_that_eight_and_eleven_would_change() -> None:
    day = r"%\((?:day|at|first|last|since|valid_until|deadline|granted_on|proven_from|maintenance_due_on)\)s"
    bare = re.compile(rf"\b(?:il|al|dal|del|nel) {day}", re.IGNORECASE)

    assert [said for message in messages("it") for _, said in forms(message) if bare.search(said)] == []


def test_no_script_says_anything_in_its_own_words() -> None:
    said = re.compile(r"\b(?:textContent|innerText|ariaLabel|title|placeholder|alt) = [\"'`](?!\$)[^\"'`]*[A-Za-z]{2}")
    scripts = {path.name: path.read_text(encoding="utf-8") for path in (PAGE / "static" / "js").glob("*.js")}

    assert {name for name, text in scripts.items() if said.search(text)} == set()
    assert len(scripts) > 5
