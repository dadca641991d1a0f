"""The vault: what a holder's key sealed opens in its own place, with that key, and never again once it is destroyed."""

from uuid import UUID, uuid4

import pytest

from keys.errors import HolderErasedError, SealError
from registry.application.answers import Recorded
from registry.errors import ConflictError, UnknownError
from registry.vault import HOLDER_COLUMNS, HOLDER_TAG_BYTES, NUMBER_COLUMNS, Vault, seal_hidden
from tests.contracts.parts import Parts, grant, reissue
from verifier.certificate import parse_token
from verifier.disclosure import parse_disclosure
from verifier.encoding import parse_base64url
from verifier.event import parse_event


def granted(parts: Parts, name: str = "Łukasz Żółć", reference: str | None = None) -> Recorded:
    return parts.registry.decide(grant(name, reference=reference))


def events(parts: Parts, certification: UUID) -> list[UUID]:
    return [parse_event(entry.body).event_id for entry in parts.store.log.stream(certification)]


def database_bytes(parts: Parts) -> bytes:
    """Every column of every row of every table, one after the other."""
    tables = ("entry", "holder", "number", "hidden", "answer", "standing", "log_state", "scheme_file")
    with parts.database.snapshot() as reading:
        rows = [row for table in tables for row in reading.rows(f"SELECT * FROM {table}")]
    return b"\0".join(v if isinstance(v, bytes) else str(v).encode() for row in rows for v in row)


def test_what_an_event_hides_is_found_under_it_and_disclosed_by_its_digests(parts: Parts) -> None:
    answer = granted(parts)

    hidden = parts.vault.hidden(answer.certification)

    first, second = events(parts, answer.certification)
    assert hidden.keys() == {first, second}
    disclosed = {name: parse_disclosure(text) for name, text in hidden[first].items()}
    assert (disclosed["name"].value, disclosed["number"].value) == ("Łukasz Żółć", answer.number)
    digests = parse_event(parts.store.log.stream(answer.certification)[0].body).digests
    assert {disclosure.digest for disclosure in disclosed.values()} <= set(digests)
    assert parse_base64url(hidden[second]["token"]) == answer.token


def test_no_name_lies_open_in_the_database(parts: Parts) -> None:
    granted(parts, "Wołodymyr Unverwechselbar")

    everything = database_bytes(parts)

    for name in ("Wołodymyr", "Unverwechselbar", "1987-05-04", "Forlì"):
        assert name.encode() not in everything
    assert b"certification.granted" in everything


def test_a_number_leads_to_its_certification_and_back(parts: Parts) -> None:
    answers = [granted(parts) for _ in range(3)]

    for answer in answers:
        numbered = parts.vault.find_number(answer.number)
        assert numbered == parts.vault.numbered(answer.certification)
        assert numbered is not None
        assert (numbered.certification, numbered.body) == (answer.certification, "aurora")
        assert parse_disclosure(numbered.disclosure).value == answer.number
    found = parts.vault.numbers([answer.certification for answer in answers] + [uuid4()])
    assert {id_: numbered.number for id_, numbered in found.items()} == {a.certification: a.number for a in answers}


def test_nobodys_number_is_nobodys(parts: Parts) -> None:
    assert parts.vault.find_number("0000000000000") is None
    nobody = uuid4()
    with pytest.raises(UnknownError, match=rf"^no certification {nobody} here$"):
        parts.vault.numbered(nobody)
    with pytest.raises(UnknownError, match=rf"^no holder {nobody} here$"):
        parts.vault.holder(nobody)
    assert parts.vault.hidden(nobody) == {}


def test_many_holders_are_found_by_their_bodys_references(parts: Parts) -> None:
    references = [f"P-{place}" for place in range(1200)]
    with parts.database.transaction() as transaction:
        rows = [(uuid4().bytes, "aurora", reference, bytes(HOLDER_TAG_BYTES)) for reference in references]
        transaction.insert("holder", HOLDER_COLUMNS, rows)

    found = parts.vault.find_holders("aurora", [*references, "P-nobody"])

    assert found.keys() == set(references)
    assert {reference: holder.holder.bytes for reference, holder in found.items()} == {r[2]: r[0] for r in rows}
    assert parts.vault.find_holders("borea", references) == {}
    assert parts.vault.find_holders("aurora", []) == {}


def test_the_database_takes_one_holder_per_body_and_reference_and_one_number_per_certification(parts: Parts) -> None:
    holder, certification = uuid4().bytes, uuid4().bytes
    with parts.database.transaction() as transaction:
        transaction.insert("holder", HOLDER_COLUMNS, [(holder, "aurora", "P-1", b"t")])
        transaction.insert("number", NUMBER_COLUMNS, [("N1", certification, "aurora", holder, "d")])

    for table, columns, row in (
        ("holder", HOLDER_COLUMNS, (uuid4().bytes, "aurora", "P-1", b"t")),
        ("number", NUMBER_COLUMNS, ("N1", uuid4().bytes, "aurora", holder, "d")),
        ("number", NUMBER_COLUMNS, ("N2", certification, "aurora", holder, "d")),
        ("number", NUMBER_COLUMNS, ("N3", uuid4().bytes, "aurora", uuid4().bytes, "d")),
    ):
        with pytest.raises(ConflictError), parts.database.transaction() as transaction:
            transaction.insert(table, columns, [row])


def test_a_sealed_row_moved_to_another_event_is_refused(parts: Parts) -> None:
    first = granted(parts, reference="P-1")
    second = granted(parts, reference="P-1")
    (event, _), (other, _) = (events(parts, answer.certification) for answer in (first, second))
    with parts.database.transaction() as transaction:
        # The holder, and so the key, is the same: only the place tells the two apart.
        transaction.execute(
            "UPDATE hidden SET sealed = (SELECT sealed FROM hidden WHERE event = ?) WHERE event = ?",
            (other.bytes, event.bytes),
        )

    with pytest.raises(SealError):
        parts.vault.hidden(first.certification)
    assert len(parts.vault.hidden(second.certification)) == 2


def test_a_sealed_row_given_to_another_holder_is_refused(parts: Parts) -> None:
    first, second = granted(parts), granted(parts)
    holder = parts.vault.numbered(second.certification).holder
    with parts.database.transaction() as transaction:
        transaction.execute(
            "UPDATE hidden SET holder = ? WHERE certification = ?", (holder.bytes, first.certification.bytes)
        )

    with pytest.raises(SealError):
        parts.vault.hidden(first.certification)


def test_a_sealed_row_with_one_bit_changed_is_refused(parts: Parts) -> None:
    answer = granted(parts)
    with parts.database.snapshot() as reading:
        ((event, sealed),) = reading.rows(
            "SELECT event, sealed FROM hidden WHERE certification = ? ORDER BY event LIMIT 1",
            (answer.certification.bytes,),
        )
    assert isinstance(sealed, bytes)
    for place in (0, 12, len(sealed) - 1):
        altered = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with parts.database.transaction() as transaction:
            transaction.execute("UPDATE hidden SET sealed = ? WHERE event = ?", (altered, event))

        with pytest.raises(SealError):
            parts.vault.hidden(answer.certification)


def test_what_is_sealed_for_one_event_differs_each_time(parts: Parts) -> None:
    holder, event = uuid4(), uuid4()
    parts.holder_keys.create([holder])
    key = parts.vault.keys.open(holder)

    sealed = {seal_hidden(key, event, {"name": "x"}) for _ in range(3)}

    assert len(sealed) == 3
    assert {key.unseal(event.bytes, one) for one in sealed} == {b'{"name":"x"}'}


def test_an_erased_holder_is_erased_everywhere_and_every_proof_stays(parts: Parts) -> None:
    first, second = (granted(parts, reference="P-1") for _ in range(2))
    neighbour = granted(parts)
    holder = parts.vault.numbered(first.certification).holder

    parts.holder_keys.destroy(holder)

    for answer in (first, second):
        with pytest.raises(HolderErasedError, match=r"^the data key of holder .* was destroyed$"):
            parts.vault.hidden(answer.certification)
        with pytest.raises(HolderErasedError):
            parts.registry.document(answer.certification)
        with pytest.raises(HolderErasedError):
            parts.registry.decide(reissue(answer.number))
        assert parts.streams.certification(answer.certification).aggregate.version == 2
        assert parts.store.receipt(answer.receipt.indexes).indexes == answer.receipt.indexes
    parts.registry.decide(reissue(neighbour.number))
    token, _ = parts.registry.document(neighbour.certification)
    assert parse_token(token).claims.revision == 2


def test_an_erased_holder_fails_its_own_decision_and_no_neighbours(parts: Parts) -> None:
    erased, neighbour = granted(parts, reference="P-1"), granted(parts)
    parts.holder_keys.destroy(parts.vault.numbered(erased.certification).holder)
    commands = [reissue(erased.number), grant(reference="P-1"), reissue(neighbour.number), grant()]

    outcomes = parts.registry.decide_all(commands)

    assert [type(outcome).__name__ for outcome in outcomes] == [
        "HolderErasedError",
        "HolderErasedError",
        "Recorded",
        "Recorded",
    ]


def test_without_the_holders_keys_the_database_opens_to_nobody(parts: Parts) -> None:
    answer = granted(parts)
    parts.holder_keys.destroy(parts.vault.numbered(answer.certification).holder)

    with pytest.raises(HolderErasedError):
        Vault(parts.database, parts.holder_keys).hidden(answer.certification)
