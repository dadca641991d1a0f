"""Every value of a JSON document is found where it stands."""

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.commands.problem import Path, Problem, find_places, format_pointer, place_problem

SCALARS = st.none() | st.booleans() | st.integers() | st.text()
DOCUMENTS = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


def walk(value: object, path: Path = ()) -> Iterator[tuple[Path, object]]:
    yield path, value
    if isinstance(value, dict):
        for name, member in value.items():
            yield from walk(member, (*path, name))
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from walk(item, (*path, index))


@given(DOCUMENTS, st.sampled_from([None, 0, 2]), st.booleans())
def test_every_value_is_found_in_its_order_on_the_line_where_it_begins(
    document: object, indent: int | None, ascii_only: bool
) -> None:
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
    rows = text.split("\n")

    places = list(find_places(text))

    assert [path for path, _ in places] == [path for path, _ in walk(document)]
    for (_, line), (_, value) in zip(places, walk(document), strict=True):
        begin = "{" if isinstance(value, dict) else "[" if isinstance(value, list) else json.dumps(value)
        assert begin in rows[line - 1] or not ascii_only


def test_lines_are_counted_from_the_first_character() -> None:
    assert list(find_places("\n\n1\n")) == [((), 3)]


def test_a_name_that_stands_twice_is_found_twice() -> None:
    text = '{\n"a": {},\n"b": [1],\n"a": 2}'

    assert list(find_places(text)) == [((), 1), (("a",), 2), (("b",), 3), (("b", 0), 3), (("a",), 4)]


@pytest.mark.parametrize(
    ("path", "pointer"),
    # The examples of RFC 6901, section 5, that have a path.
    [
        ((), ""),
        (("foo",), "/foo"),
        (("foo", 0), "/foo/0"),
        (("",), "/"),
        (("a/b",), "/a~1b"),
        (("c%d",), "/c%d"),
        (("m~n",), "/m~0n"),
        ((" ",), "/ "),
    ],
)
def test_a_pointer_is_written_as_the_rfc_has_it(path: Path, pointer: str) -> None:
    assert format_pointer(path) == pointer


@pytest.mark.parametrize("name", ["\x1b[31m", "\u202etxt", "\ud800", "a\nb"])
def test_a_pointer_can_always_be_printed(name: str) -> None:
    assert format_pointer((name,)).isprintable()


def test_what_is_missing_stands_where_the_thing_around_it_begins() -> None:
    lines = dict(find_places('{\n"a": {\n"b": 1}}'))

    assert place_problem(lines, ("a", "b", "c"), "is missing") == Problem(3, "/a/b/c", "is missing")
    assert place_problem(lines, ("a", "c", "d"), "is missing") == Problem(2, "/a/c/d", "is missing")
    assert str(place_problem(lines, ("x",), "is missing")) == "line 1, /x: is missing"
    assert str(place_problem(lines, (), "is not an object")) == "line 1, the whole: is not an object"
