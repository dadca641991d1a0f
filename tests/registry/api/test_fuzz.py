"""Whatever a body's software sends is carried out, or refused with a reason and leaves nothing behind."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.bootstrap import Attesto, now, open_registry
from tests.registry.api.conftest import DOCUMENT, GRANT, Office, application_of, found_office, validator
from tests.registry.cli.conftest import done
from tests.registry.office import BODIES
from verifier.encoding import legal_day

SCHEMAS: Final = DOCUMENT["components"]["schemas"]
# What each order's address takes.
ORDERS: Final[Mapping[str, str]] = {
    path: operation["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    for path, operation in DOCUMENT["paths"].items()
    if "post" in operation
}
DAYS: Final = st.integers(-40, 1500).map(lambda days: str(legal_day(now()) + timedelta(days=days)))
TEXTS: Final = st.one_of(
    st.sampled_from(["", " ", "\ud800", "\x00", "è" * 200, "x" * 5000, "🦄", "\u202e", "../..", "%00", "2027-02-29",
                     "0001-01-01", "9999-12-31", "00000000-0000-0000-0000-000000000000"]),
    st.text(max_size=20),
    st.dates().map(str),
)  # fmt: skip
ANYTHING: Final = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.sampled_from([2**63, 10**400, 0.5, 1e308]), TEXTS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
# What may be right, by the field's name; every other field takes the id of somebody.
RIGHT: Final[Mapping[str, st.SearchStrategy[object]]] = {
    **{name: st.just(value) for name, value in GRANT.items()},
    **dict.fromkeys(("effective_on", "valid_until", "deadline", "granted_on", "received_on"), DAYS),
    **dict.fromkeys(("cycle_starts_on", "maintained_from", "birth_date"), DAYS),
    **{name: st.sampled_from([["EX-1"], []]) for name in ("examiners", "trainers")},
    **{name: st.booleans() for name in ("unaccredited", "consented")},
    "reverses": st.integers(1, 4),
    "hours": st.integers(1, 40),
    "kind": st.sampled_from(["formazione", "reclami"]),
    "evidence": st.just(["continuita", "formazione", "reclami"]),
    "tasks": st.sampled_from([["accogliere"], ["accogliere", "risolvere"], ["misurare"]]),
    "receiver": st.sampled_from(["odc-due", "odc-uno", "nessuno"]),
    "parts": DAYS.map(lambda day: [{"form": "scritta", "held_on": day}]),
    "action": st.sampled_from(["grant", "suspend", "annul", "confirm"]),
    "content": st.just(GRANT),
}


def content_of(data: st.DataObject, name: str) -> dict[str, object]:
    """An order of that schema, most of its fields right."""
    schema = SCHEMAS[name]
    content = {}
    for field in schema["properties"]:
        chance = data.draw(st.integers(0, 15), f"how to fill in {field}")
        if chance == 0:
            content[field] = data.draw(ANYTHING, field)
        elif field in schema.get("required", ()) or chance < 8:
            content[field] = data.draw(RIGHT.get(field, st.sampled_from(["DE-06", "DE-07"])), field)
    return content


@pytest.fixture(scope="module")
def attesto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attesto]:
    """A registry of its own: what is recorded here, exams among it, is nobody else's."""
    with open_registry(found_office(tmp_path_factory.mktemp("orders") / "registry")) as attesto:
        yield attesto


@pytest.fixture
def body(attesto: Attesto) -> Office:
    return Office(application_of(attesto).test_client(), BODIES[0])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_what_is_sent_is_carried_out_or_refused_with_a_reason(
    body: Office, attesto: Attesto, data: st.DataObject
) -> None:
    number = body.granted(profile="referente", exam="ESA-0")["number"]
    for path in data.draw(st.lists(st.sampled_from(sorted(ORDERS)), min_size=1, max_size=4), "orders"):
        content = content_of(data, ORDERS[path])
        other = data.draw(
            st.sampled_from(["ESA-1", "00000000-0000-0000-0000-000000000000", "%FF", "🦄"]), "other place"
        )
        address = re.sub(r"{\w+}", other, path.replace("{number}", number))
        size = attesto.store.log.head().size

        answer = body.post(address, json.dumps(content).encode())

        assert answer.status_code < 500, answer.text
        if answer.status_code >= 400:
            assert answer.content_type == "application/problem+json"
            assert answer.json is not None
            assert answer.json["detail"]
            assert attesto.store.log.head().size == size
        else:
            assert validator(ORDERS[path]).is_valid(content)


def test_what_was_carried_out_holds_before_an_auditor(body: Office, attesto: Attesto) -> None:
    body.granted(exam="ESA-0")

    attesto.publisher.publish()

    public = attesto.settings.path(attesto.settings.public_folder)
    assert done("audit", public, "--trust", public / "trust.json")["size"] == attesto.store.log.head().size
