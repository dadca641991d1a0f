"""An audit counts again what a body states of its certifications; what was hidden or made up shows."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import pytest

from keys.signer import Signer, generate
from tests.verifier.audit.world import (
    ORIGIN,
    World,
    digests,
    failed,
    following,
    issued,
    payload,
    places,
    signed,
    time_entry,
)
from verifier.audit import Audit
from verifier.encoding import format_base64url
from verifier.report import Outcome

TYP = "vnd.attesto.statement.v1+jwt"


def hash_over(entries: Sequence[bytes]) -> str:
    """As docs/formats/statement.md says it, of all that certifications have among these entries."""
    own = [entry for entry in entries if str(payload(entry)["type"]).startswith("certifica")]
    return format_base64url(sha256(b"".join(sorted(sha256(entry).digest() for entry in own))).digest())


def statement(world: World, signer: Signer | None = None, **changes: object) -> bytes:
    """What is true of the world: six granted, of which one is suspended and one withdrawn."""
    entries = world.entries()
    granted = payload(entries[places(world, "certification.granted")[0]])
    said = {
        "v": 1, "type": "statement", "log": ORIGIN, "body": "odc-uno", "scheme": "demo", "size": len(entries),
        "on": granted["effective_on"], "granted": 6, "in_force": 4, "events_sha256": hash_over(entries),
        "decided_at": granted["decided_at"],
    }  # fmt: skip
    return signed(signer or world.body, TYP, said | changes)


def audited(world: World, tmp_path: Path, *more: bytes) -> Audit:
    return world.audit(world.sign_again(tmp_path / "public", [*world.entries(), *more]))


def reasons(made: Audit) -> list[str]:
    return [finding.reason for finding in made.findings if finding.check == "statement"]


def test_a_true_statement_holds_and_the_newest_is_told(world: World, tmp_path: Path) -> None:
    earlier = statement(world)
    later = statement(world, size=len(world.entries()) + 1)

    made = audited(world, tmp_path, earlier, later)

    assert made.findings == ()
    assert made.counts["statements"] == 2
    (stated,) = made.statements
    assert stated.index == len(world.entries()) + 1
    assert (stated.statement.count.granted, stated.statement.count.in_force) == (6, 4)


def test_of_no_statement_nothing_is_told(world: World) -> None:
    made = world.audit()

    assert made.statements == ()
    assert made.outcomes["statement"] is Outcome.PASSED


FALSE = {
    "a certification too many": {"granted": 7},
    "a certification too few": {"granted": 5},
    "one more in force": {"in_force": 5},
    "another hash": {"events_sha256": format_base64url(bytes(32))},
    "another scheme": {"scheme": "altro"},
    "fewer entries than it counts": {"size": 8},
    "a day before all": {"on": "2020-01-01"},
}


@pytest.mark.parametrize("false", FALSE)
def test_a_statement_that_counts_otherwise_than_the_log_is_found(world: World, tmp_path: Path, false: str) -> None:
    made = audited(world, tmp_path, statement(world, **FALSE[false]))

    assert failed(made) == {"statement"}
    assert "but the log's first" in reasons(made)[0]
    assert made.statements == ()


def test_a_certification_that_the_operator_hides_is_exposed_by_its_bodys_statement(
    world: World, tmp_path: Path
) -> None:
    stated, entries = statement(world), world.entries()
    last = payload(issued(world))["stream"]
    # Another log in which one certification never was; entries of the time take the places of its two.
    hiding = [
        entry
        for entry in entries[: places(world, "snapshot")[0]]
        if payload(entry)["stream" if "stream" in payload(entry) else "type"] != last
    ]
    while len(hiding) < len(entries):
        previous = max(index for index, entry in enumerate(hiding) if payload(entry)["type"] == "time")
        hiding.append(time_entry(world, previous=previous))

    made = world.audit(world.sign_again(tmp_path / "public", [*hiding, stated]))

    (reason,) = reasons(made)
    assert "odc-uno states for scheme demo: 6 granted, 4 in force" in reason
    assert f"but the log's first {len(entries)} entries hold: 5 granted, 3 in force" in reason


def test_an_event_that_the_body_has_no_receipt_of_is_exposed_by_the_hash_alone(world: World, tmp_path: Path) -> None:
    unknown = following(world, issued(world), "certification.maintenance_confirmed", None, **digests(3))

    made = audited(world, tmp_path, unknown, statement(world, size=len(world.entries()) + 1))

    (reason,) = reasons(made)
    assert reason.count("6 granted, 4 in force") == 2


def test_what_comes_after_the_entries_that_it_covers_changes_no_statement(world: World, tmp_path: Path) -> None:
    withdrawn = following(world, issued(world), "certification.withdrawn", None, **digests(3))

    made = audited(world, tmp_path, withdrawn, statement(world))
    again = world.audit(
        world.sign_again(
            tmp_path / "again",
            [
                *world.entries(),
                withdrawn,
                statement(
                    world,
                    size=len(world.entries()) + 1,
                    in_force=3,
                    events_sha256=hash_over([*world.entries(), withdrawn]),
                ),
            ],
        )
    )

    assert (made.findings, again.findings) == ((), ())


def test_a_statement_about_entries_or_days_to_come_is_found(world: World, tmp_path: Path) -> None:
    ahead = audited(world, tmp_path, statement(world, size=len(world.entries()) + 1))
    tomorrow = world.audit(
        world.sign_again(tmp_path / "tomorrow", [*world.entries(), statement(world, on="2999-01-01")])
    )

    size = len(world.entries())
    assert reasons(ahead) == [f"the statement covers {size + 1} entries, but is itself entry {size}"]
    assert "the statement speaks of 2999-01-01, but was recorded on" in reasons(tomorrow)[0]


@pytest.mark.parametrize("by", ["a stranger", "the operator", "the recovery key"])
def test_a_statement_that_another_than_the_bodys_event_key_signed_is_found(
    world: World, tmp_path: Path, by: str
) -> None:
    signer = {"a stranger": generate(), "the operator": world.operator, "the recovery key": world.recovery}[by]

    made = audited(world, tmp_path, statement(world, signer))

    assert failed(made) == {"statement"}
    assert "was never enrolled by body odc-uno for event" in reasons(made)[0]
    assert made.statements == ()


def test_a_statement_of_no_registered_body_is_found(world: World, tmp_path: Path) -> None:
    made = audited(world, tmp_path, statement(world, body="odc-nessuno"))

    assert reasons(made) == ["body odc-nessuno is not registered"]


@pytest.mark.parametrize(
    "changes", [{"v": 2}, {"type": "snapshot"}, {"more": 1}, {"granted": -1}, {"on": "24/11/2026"}, {"log": "x/log"}],
    ids=lambda changes: str(next(iter(changes))),
)  # fmt: skip
def test_what_is_no_statement_of_this_log_is_found(world: World, tmp_path: Path, changes: dict[str, object]) -> None:
    made = audited(world, tmp_path, statement(world, **changes))

    assert failed(made) == {"entry"}
