"""Two editions of one scheme grant the same profile on the same days only where a transition joins them."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from registry.commands.scheme_file import parse_scheme
from registry.commands.scheme_overlap import find_overlaps, find_unknown_origins
from registry.domain.beside import ended
from registry.domain.edition import Edition

DEMO = json.loads((Path(__file__).parents[3] / "schemes" / "demo-2026.json").read_bytes())
GAP = {"gap": {"it": "Non pubblico.", "en": "Not public."}}


def file(slug: str, open_from: object, open_until: object, **more: Any) -> bytes:
    rules = DEMO["rules"] | {"open_from": open_from, "open_until": open_until} | more.pop("rules", {})
    return json.dumps(DEMO | {"slug": slug, "rules": rules} | more, indent=1).encode()


def overlaps(content: bytes, *others: bytes) -> list[tuple[str, str]]:
    found = find_overlaps(content, parse_scheme(content), [parse_scheme(other) for other in others])
    return [(problem.pointer, problem.reason) for problem in found]


def test_an_edition_that_begins_while_another_is_open_is_named_where_it_begins() -> None:
    content = file("nuova", "2026-06-01", None)

    ((place, reason),) = overlaps(content, file("vecchia", "2026-01-01", "2026-12-31"))

    assert place == "/rules/open_from"
    assert reason.startswith("vecchia grants addetto, ")
    assert "from 2026-06-01 to 2026-12-31" in reason


def test_an_edition_that_goes_on_into_another_is_named_where_it_ends() -> None:
    ((place, reason),) = overlaps(file("vecchia", "2026-01-01", None), file("nuova", "2026-06-01", None))

    assert place == "/rules/open_until"
    assert "from 2026-06-01 without end" in reason


def test_the_line_is_that_of_the_day_in_the_file() -> None:
    content = file("nuova", "2026-06-01", None)
    (problem,) = find_overlaps(content, parse_scheme(content), [parse_scheme(file("vecchia", "2026-01-01", None))])

    assert '"open_from": "2026-06-01"' in content.decode().splitlines()[problem.line - 1]


OTHERS: Mapping[str, bytes] = {
    "it ends the day before": file("vecchia", "2025-01-01", "2026-05-31"),
    "it is of another scheme": file("vecchia", "2026-01-01", None, scheme="altro"),
    "it is the same file": file("nuova", "2026-06-01", None),
    "its first day is not public": file("vecchia", GAP, None),
    "its last day is not public": file("vecchia", "2026-01-01", GAP),
    "it names this one in its transition": file(
        "vecchia", "2026-01-01", None, rules={"transition": {"from": ["nuova"], "until": "2026-12-31"}}
    ),
    "it has other profiles": file(
        "vecchia",
        "2026-01-01",
        None,
        profiles={"altro": DEMO["profiles"]["addetto"]},
        same_step=[],
    ),
}


@pytest.mark.parametrize("why", sorted(OTHERS))
def test_nothing_overlaps_where(why: str) -> None:
    assert overlaps(file("nuova", "2026-06-01", None), OTHERS[why]) == []


def test_an_edition_says_one_thing_only() -> None:
    assert overlaps(file("nuova", "2026-06-01", None), file("nuova", "2026-07-01", None)) == [
        ("/slug", "nuova is there already, with another content")
    ]


def test_one_common_day_is_an_overlap() -> None:
    assert len(overlaps(file("nuova", "2026-05-31", None), OTHERS["it ends the day before"])) == 1


def test_a_transition_joins_two_editions() -> None:
    rules = {"transition": {"from": ["vecchia"], "until": "2026-12-31"}}

    assert overlaps(file("nuova", "2026-06-01", None, rules=rules), file("vecchia", "2026-01-01", None)) == []


@pytest.mark.parametrize(
    ("closed_on", "last"),
    [
        (None, date(2026, 12, 31)),
        (date(2026, 6, 1), date(2026, 5, 31)),
        (date(2027, 6, 1), date(2026, 12, 31)),
    ],
)
def test_a_closed_edition_grants_until_the_day_before(closed_on: date | None, last: date) -> None:
    edition = ended(parse_scheme(file("vecchia", "2026-01-01", "2026-12-31")), closed_on)

    assert edition.rules.open_until == last


def test_a_closed_edition_without_a_last_day_gets_one() -> None:
    assert ended(parse_scheme(OTHERS["it is of another scheme"]), date(2026, 6, 1)).rules.open_until == date(
        2026, 5, 31
    )


def test_a_transition_comes_from_an_edition_of_the_same_scheme() -> None:
    rules = {"transition": {"from": ["vecchia", "ignota", "altra"], "until": "2026-12-31"}}
    content = file("nuova", "2026-06-01", None, rules=rules)
    others: list[Edition] = [
        parse_scheme(file("vecchia", "2026-01-01", None)),
        parse_scheme(file("altra", "2026-01-01", None, scheme="altro")),
    ]

    found = find_unknown_origins(content, parse_scheme(content), others)

    assert [(problem.pointer, problem.reason) for problem in found] == [
        ("/rules/transition/from/1", "is no edition of the scheme demo here: 'ignota'"),
        ("/rules/transition/from/2", "is no edition of the scheme demo here: 'altra'"),
    ]
