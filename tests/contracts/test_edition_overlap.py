"""An edition that does not fit beside the published ones is not published, whoever asks the register for it."""

import json
from datetime import timedelta
from typing import Any

import pytest

from registry.domain.errors import EditionNotOpenError, EditionOverlapError, ReductionError
from tests.contracts.parts import SCHEME, Parts, Place, found, grant, open_parts
from tests.contracts.threads import together

DEMO = json.loads(SCHEME.read_bytes())


def file(slug: str, scheme: str = "demo", **rules: Any) -> bytes:
    """The demonstration's scheme file under another slug, with some rules changed; it may not begin before 2026."""
    rules = DEMO["rules"] | {"transition": {"from": ["demo-2026"], "until": "2030-12-31"}} | rules
    return json.dumps(
        DEMO | {"slug": slug, "scheme": scheme, "rules": {k: v for k, v in rules.items() if v != ""}}
    ).encode()


def published(parts: Parts) -> list[str]:
    return [one.edition.slug for one in parts.streams.editions()]


def test_an_edition_that_overlaps_with_a_published_one_is_refused(parts: Parts) -> None:
    size = parts.store.log.head().size

    with pytest.raises(EditionOverlapError, match=r"^edition nuova does not fit beside the others: demo-2026 grants "):
        parts.register.publish_edition(file("nuova", transition=""))

    assert (published(parts), parts.store.log.head().size) == (["demo-2026"], size)


def test_of_two_editions_that_overlap_and_are_published_at_once_one_is_refused(place: Place) -> None:
    with open_parts(place) as one, open_parts(place, one.clock, one.key_set) as other:
        found(one)

        made = together([lambda: outcome(one, "nuova"), lambda: outcome(other, "altra")])

        assert sorted(made) == ["overlaps", "published"]
        assert len(published(one)) == 2


def test_of_many_editions_that_are_published_at_once_none_hears_of_another_that_it_fits_beside(place: Place) -> None:
    with open_parts(place) as one, open_parts(place, one.clock, one.key_set) as other:
        found(one)

        made = together([lambda i=i: outcome([one, other][i % 2], f"e-{i}", scheme=f"s-{i}") for i in range(4)])

        assert made == ["published"] * 4


def outcome(parts: Parts, slug: str, scheme: str = "demo") -> str:
    content = file(slug) if scheme == "demo" else file(slug, scheme=scheme, transition="")
    try:
        parts.register.publish_edition(content)
    except EditionOverlapError:
        return "overlaps"
    return "published"


def test_an_edition_that_passes_from_one_that_is_not_here_is_refused(parts: Parts) -> None:
    elsewhere = {"from": ["demo-2026", "altrove"], "until": "2030-12-31"}

    with pytest.raises(EditionOverlapError, match=r"is no edition of the scheme demo here: 'altrove'$"):
        parts.register.publish_edition(file("nuova", transition=elsewhere))


def test_one_that_a_transition_joins_is_published_and_so_is_one_after_the_other_was_closed(parts: Parts) -> None:
    parts.register.publish_edition(file("nuova"))
    parts.register.close_edition("demo-2026")
    parts.register.close_edition("nuova")
    parts.clock.pass_by(days=2)
    tomorrow = (parts.clock() + timedelta(days=1)).date().isoformat()

    parts.register.publish_edition(file("terza", open_from=tomorrow, transition=""))

    assert published(parts) == ["demo-2026", "nuova", "terza"]


def test_a_closed_edition_takes_no_grant_from_whoever_closed_it(parts: Parts) -> None:
    parts.registry.decide(grant())
    parts.register.close_edition("demo-2026")

    with pytest.raises(EditionNotOpenError):
        parts.registry.decide(grant(key="k2"))


def test_a_reduction_names_profiles_of_a_published_edition(parts: Parts) -> None:
    with pytest.raises(ReductionError, match=r"^no edition of demo has a profile palombaro$"):
        parts.register.reduce_accreditation("aurora", "demo", "letter", ["addetto", "palombaro"])

    parts.register.reduce_accreditation("aurora", "demo", "letter", ["addetto", "analista"])
    with pytest.raises(ReductionError, match=r"does not cover referente: grant it anew$"):
        parts.register.reduce_accreditation("aurora", "demo", "letter", ["addetto", "referente"])
