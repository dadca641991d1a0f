"""An audit follows every body's keys, and what was signed with one that is in doubt."""

from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path

import pytest

from keys.ceremony import authorise, possession
from keys.signer import generate
from tests.verifier.audit.world import ORIGIN, World, digests, failed, following, issued, payload, places, signed, write
from verifier.encoding import format_base64url, format_day, format_json, parse_day, parse_json
from verifier.event import REGISTRATION
from verifier.fetch import scheme_path


def test_events_under_a_key_that_one_in_doubt_let_in_are_found(world: World, tmp_path: Path) -> None:
    thief, entries = generate(), world.entries()
    first = len(entries)
    enrolled = following(
        world,
        entries[places(world, "accreditation.granted")[0]],
        "key.enrolled",
        None,
        purpose="event",
        jwk=thief.public_key.jwk(),
        possession=possession(thief, ORIGIN, "odc-uno", "event").decode(),
        authorisation=authorise(world.body, ORIGIN, "odc-uno", "enrol", "event", thief.public_key.key_id).decode(),
    )
    confirmed = following(world, issued(world), "certification.maintenance_confirmed", thief, **digests(3))
    key_id = world.body.public_key.key_id
    word = authorise(world.recovery, ORIGIN, "odc-uno", "compromise", "event", key_id, first).decode()
    compromised = following(
        world, enrolled, "key.compromised", None, key_id=key_id, from_index=first, authorisation=word
    )

    early = world.audit(world.sign_again(tmp_path / "early", [*entries, enrolled, confirmed]))
    made = world.audit(world.sign_again(tmp_path / "public", [*entries, enrolled, confirmed, compromised]))

    assert early.findings == ()
    assert failed(made) == {"signature"}
    assert f"1 events from entry {first + 1} on are in doubt" in made.findings[0].reason
    assert "was let in by one that was later declared compromised" in made.findings[0].reason


def test_a_body_registered_twice_is_found(world: World, tmp_path: Path) -> None:
    registered = payload(world.entries()[places(world, "body.registered")[0]])
    again = registered | {"stream": "00000000-0000-4000-8000-000000000004", "status_index": 99}
    entries = [*world.entries(), signed(world.operator, REGISTRATION, again)]

    made = world.audit(world.sign_again(tmp_path / "public", entries))

    assert [(f.check, f.place, f.reason) for f in made.findings] == [
        ("body", f"entry {len(entries) - 1}", "body odc-uno is registered twice")
    ]


def reductions(world: World, *profiles: str, after: Sequence[int] = ()) -> list[bytes]:
    """The accreditation of the world's body reduced to some profiles, one event for each, so many days ``after``."""
    entries = [world.entries()[places(world, "accreditation.granted")[0]]]
    today = parse_day(str(payload(entries[0])["effective_on"]))
    for named, days in zip_longest(profiles, after, fillvalue=0):
        on = format_day(today + timedelta(days=int(days)))
        more = {"scheme": "demo", "source": "letter", "profiles": str(named).split(), "effective_on": on}
        entries.append(following(world, entries[-1], "accreditation.reduced", None, **more))
    return entries[1:]


@pytest.mark.parametrize(
    ("profiles", "said"),
    [
        (("addetto analista", "addetto"), []),
        (("addetto", "addetto"), []),
        (("addetto", "addetto analista"), ["to more than it covered: analista"]),
        # Later ones are held against what was covered without the wider one.
        (("addetto", "addetto analista", "addetto"), ["to more than it covered: analista"]),
        (("addetto", "addetto analista", "analista"), ["covered: analista", "covered: analista"]),
        (("addetto palombaro",), ["its accreditation for demo is reduced to what no edition has: palombaro"]),
    ],
)
def test_a_reduction_to_more_than_was_covered_or_to_what_is_nowhere_is_found(
    world: World, tmp_path: Path, profiles: tuple[str, ...], said: list[str]
) -> None:
    entries = [*world.entries(), *reductions(world, *profiles)]

    made = world.audit(world.sign_again(tmp_path / "public", entries))

    assert {finding.check for finding in made.findings} <= {"body"}
    assert [one in finding.reason for one, finding in zip(said, made.findings, strict=True)] == [True] * len(said)


@pytest.mark.parametrize(
    ("profiles", "after", "wider"),
    [
        (("addetto analista", "addetto"), (10, 5), 1),
        (("addetto", "addetto analista"), (10, 5), None),
        (("addetto", "addetto analista"), (5, 10), 1),
    ],
)
def test_a_reduction_is_held_against_those_that_take_effect_beside_it_in_whatever_order_they_were_recorded(
    world: World, tmp_path: Path, profiles: tuple[str, ...], after: tuple[int, ...], wider: int | None
) -> None:
    entries = world.entries()

    made = world.audit(world.sign_again(tmp_path / "public", [*entries, *reductions(world, *profiles, after=after)]))

    expected = [] if wider is None else [("body", f"entry {len(entries) + wider}")]
    assert [(finding.check, finding.place) for finding in made.findings] == expected


def test_a_reduction_to_what_is_nowhere_is_found_after_an_event_that_does_not_hold(
    world: World, tmp_path: Path
) -> None:
    nobody = generate().public_key.jwk()
    entries = [world.entries()[places(world, "accreditation.granted")[0]]]
    forged = {"purpose": "event", "jwk": nobody, "authorisation": "a.b.c", "possession": "a.b.c"}
    entries.append(following(world, entries[-1], "key.enrolled", None, **forged))
    more = {"scheme": "demo", "source": "letter", "profiles": ["palombaro"]}
    entries.append(following(world, entries[-1], "accreditation.reduced", None, **more))
    first = len(world.entries())

    made = world.audit(world.sign_again(tmp_path / "public", [*world.entries(), *entries[1:]]))

    assert [(f.check, f.place) for f in made.findings] == [("body", f"entry {first}"), ("body", f"entry {first + 1}")]
    assert made.findings[1].reason.endswith("is reduced to what no edition has: palombaro")


def test_what_a_scheme_file_that_is_withheld_might_have_is_held_against_nobody(world: World, tmp_path: Path) -> None:
    public = world.sign_again(tmp_path / "public", [*world.entries(), *reductions(world, "palombaro")])
    for file in (public / "scheme").iterdir():
        file.unlink()

    assert {finding.check for finding in world.audit(public).findings} == {"scheme"}


def another_schemes_edition(world: World) -> tuple[bytes, bytes]:
    """The world's edition published as that of another scheme, and its scheme file."""
    published = payload(world.entries()[places(world, "edition.published")[0]])
    (file,) = (world.public / "scheme").iterdir()
    content = format_json(parse_json(file.read_bytes()) | {"slug": "altra", "scheme": "altro"})
    place = {"stream": "00000000-0000-4000-8000-000000000009", "status_index": world.last_status_index() + 1}
    named = {"edition": "altra", "scheme": "altro", "sha256": format_base64url(sha256(content).digest())}
    return signed(world.operator, REGISTRATION, published | place | named), content


@pytest.mark.parametrize(("published_before", "found"), [(True, {"body"}), (False, set())])
def test_a_reduction_is_held_against_what_could_be_known_when_it_was_recorded(
    world: World, tmp_path: Path, published_before: bool, found: set[str]
) -> None:
    edition, content = another_schemes_edition(world)
    last = world.entries()[places(world, "accreditation.granted")[0]]
    detail = {name: payload(last)[name] for name in ("number", "accreditation_body", "standard", "wording")}
    granted = following(world, last, "accreditation.granted", None, scheme="altro", source="letter", **detail)
    more = {"scheme": "altro", "source": "letter", "profiles": ["palombaro"]}
    reduced = following(world, granted, "accreditation.reduced", None, **more)
    then = [edition, granted, reduced] if published_before else [granted, reduced, edition]

    public = world.sign_again(tmp_path / "public", [*world.entries(), *then])
    write(public / scheme_path(sha256(content).digest()), content)

    assert failed(world.audit(public)) == found
