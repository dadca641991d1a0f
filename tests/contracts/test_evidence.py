"""A maintenance is confirmed on the evidence that the edition demands, and says on which."""

import secrets
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from keys.errors import HolderErasedError, SealError
from keys.holder import HolderKey, HolderKeys
from registry.application.answers import Recorded
from registry.application.evidence import EvidenceRecords
from registry.application.receiving import file_of, files_of, receive
from registry.commands.erasure import EraseHolder
from registry.commands.receiving import ReceiveEvidence
from registry.domain.errors import MissingEvidenceError, UnknownEvidenceError
from registry.domain.evidence import EvidenceRecord
from registry.errors import ErasedError, ForeignError, UnknownError
from tests.contracts.parts import Parts, Place, confirm, found, grant, open_parts
from tests.contracts.test_transfer import transfer, transfers
from tests.contracts.threads import together
from verifier.disclosure import parse_disclosure


def test_a_confirmation_hides_the_kinds_of_evidence_that_were_received(parts: Parts) -> None:
    made = parts.registry.decide(grant())
    parts.clock.pass_by(days=360)

    parts.registry.decide(confirm(made.number))

    hidden = parts.vault.hidden(made.certification).values()
    (evidence,) = (parse_disclosure(claims["evidence"]).value for claims in hidden if "evidence" in claims)
    assert evidence == ["continuita", "formazione", "reclami"]


def test_a_confirmation_without_what_the_edition_demands_is_refused(parts: Parts) -> None:
    made = parts.registry.decide(grant())
    parts.clock.pass_by(days=360)
    size = parts.store.log.head().size

    with pytest.raises(MissingEvidenceError, match="reclami"):
        parts.registry.decide(replace(confirm(made.number), evidence=("continuita", "formazione")))
    with pytest.raises(UnknownEvidenceError, match="fortuna"):
        parts.registry.decide(
            replace(confirm(made.number), evidence=("continuita", "formazione", "reclami", "fortuna"))
        )

    assert parts.store.log.head().size == size


def file_evidence(
    parts: Parts, made: Recorded, kind: str, hours: int | None = None, reference: str | None = None
) -> UUID:
    command = ReceiveEvidence("aurora", made.number, kind, None, hours, reference)
    return receive(parts.registry, command).filed.id


def file_all(parts: Parts, made: Recorded) -> None:
    for kind, hours in (("continuita", None), ("formazione", 16), ("reclami", None)):
        file_evidence(parts, made, kind, hours)


def drawn(parts: Parts, made: Recorded) -> list[list[dict[str, object]]]:
    """What each confirmation says that it rests on, in their order."""
    hidden = parts.vault.hidden(made.certification)
    confirmed = [e for e in parts.streams.events(made.certification) if e.type.endswith("maintenance_confirmed")]
    return [parse_disclosure(hidden[event.event_id]["evidence"]).value for event in confirmed]  # type: ignore[misc]


def test_a_confirmation_that_names_no_evidence_rests_on_the_records_of_its_period(parts: Parts) -> None:
    made = parts.registry.decide(grant())
    parts.clock.pass_by(days=350)
    unnamed = replace(confirm(made.number), evidence=())
    file_evidence(parts, made, "formazione", 9, "CORSO-1")
    with pytest.raises(MissingEvidenceError, match=r"continuita, formazione \(9 of 16 hours\), reclami$"):
        parts.registry.decide(unnamed)
    file_evidence(parts, made, "formazione", 7)
    file_evidence(parts, made, "continuita")
    file_evidence(parts, made, "reclami")

    parts.registry.decide(unnamed)

    (first,) = drawn(parts, made)
    assert sorted((str(one["kind"]), one.get("hours"), one.get("reference")) for one in first if "hours" in one) == [
        ("formazione", 7, None), ("formazione", 9, "CORSO-1"),
    ]  # fmt: skip
    assert {one["received_on"] for one in first} == {"2027-11-09"}
    assert {one["kind"] for one in first} == {"continuita", "formazione", "reclami"}
    parts.clock.pass_by(days=365)
    with pytest.raises(MissingEvidenceError, match=r"continuita, formazione \(0 of 16 hours\), reclami$"):
        parts.registry.decide(unnamed)


def test_each_period_has_records_of_its_own(parts: Parts) -> None:
    made = parts.registry.decide(grant())
    for _ in range(2):
        parts.clock.pass_by(days=355)
        file_all(parts, made)
        parts.registry.decide(replace(confirm(made.number), evidence=()))

    first, second = drawn(parts, made)
    assert {one["received_on"] for one in first} == {"2027-11-14"}
    assert {one["received_on"] for one in second} == {"2028-11-03"}
    assert [len(first), len(second)] == [3, 3]


def test_named_evidence_is_taken_at_the_bodys_word(parts: Parts) -> None:
    made = parts.registry.decide(grant())
    parts.clock.pass_by(days=355)
    file_evidence(parts, made, "formazione", 1)

    parts.registry.decide(confirm(made.number))

    assert drawn(parts, made) == [["continuita", "formazione", "reclami"]]


def test_records_are_those_of_one_certification_and_die_with_the_holders_key(parts: Parts) -> None:
    made, other = parts.registry.decide(grant("Ada")), parts.registry.decide(grant("Bea"))
    file_evidence(parts, made, "formazione", 9, "CORSO-1")

    (row,) = parts.database.rows("SELECT sealed FROM evidence_record")

    assert isinstance(row[0], bytes)
    assert b"formazione" not in row[0]
    assert b"CORSO-1" not in row[0]
    assert [
        filed.record.hours for filed in file_of(parts.registry, parts.registry.certification(made.number)[1]).records
    ] == [9]
    assert file_of(parts.registry, parts.registry.certification(other.number)[1]).records == []
    parts.holder_keys.destroy(parts.vault.numbered(made.certification).holder)
    with pytest.raises(HolderErasedError):
        parts.registry.evidence.of(made.certification)
    with pytest.raises(HolderErasedError):
        file_evidence(parts, made, "reclami")


def test_an_erasure_takes_the_records_and_no_other_persons(parts: Parts) -> None:
    made, other = parts.registry.decide(grant("Ada")), parts.registry.decide(grant("Bea"))
    for one in (made, other):
        file_evidence(parts, one, "reclami")

    parts.registry.erasure.erase(EraseHolder("aurora", made.number, "decider-1"))

    (row,) = parts.database.rows("SELECT certification FROM evidence_record")
    assert row == (other.certification.bytes,)
    with pytest.raises(ErasedError):
        receive(parts.registry, ReceiveEvidence("aurora", made.number, "reclami"))


def test_a_record_that_was_moved_to_another_certification_is_refused(parts: Parts) -> None:
    reference = "AUR-1"
    made = parts.registry.decide(grant("Ada", reference=reference))
    other = parts.registry.decide(grant("Ada", reference=reference))
    file_evidence(parts, made, "formazione", 9)

    with parts.database.transaction() as transaction:
        transaction.execute("UPDATE evidence_record SET certification = ?", (other.certification.bytes,))

    with pytest.raises(SealError):
        parts.registry.evidence.of(other.certification)


def test_a_record_is_removed_from_its_certification_alone(parts: Parts) -> None:
    made, other = parts.registry.decide(grant("Ada")), parts.registry.decide(grant("Bea"))
    record = file_evidence(parts, made, "reclami")

    for certification, strange in ((other.certification, record), (made.certification, uuid4())):
        with pytest.raises(UnknownError, match="no evidence"):
            parts.registry.evidence.remove(certification, strange)
    assert [filed.id for filed in parts.registry.evidence.of(made.certification)] == [record]
    parts.registry.evidence.remove(made.certification, record)
    assert parts.registry.evidence.of(made.certification) == []


def test_evidence_for_an_unknown_and_for_another_bodys_certification_are_two_answers(parts: Parts) -> None:
    made = parts.registry.decide(grant())

    with pytest.raises(ForeignError, match="another body's"):
        receive(parts.registry, ReceiveEvidence("borea", made.number, "reclami", date(2026, 11, 24)))
    with pytest.raises(UnknownError, match="no certification with number"):
        receive(parts.registry, ReceiveEvidence("aurora", "7K3M-9P2X-QD4W5", "reclami"))

    assert parts.registry.evidence.of(made.certification) == []


def filed_rows(parts: Parts) -> int:
    return len(parts.database.rows("SELECT id FROM evidence_record"))


def test_the_same_evidence_that_is_filed_by_many_at_once_is_one_record(place: Place) -> None:
    with open_parts(place) as one, open_parts(place, one.clock, one.key_set) as other:
        found(one)
        made = one.registry.decide(grant())

        ids = together([lambda: file_evidence(one, made, "reclami"), lambda: file_evidence(other, made, "reclami")] * 3)

        assert len(set(ids)) == 1
        assert filed_rows(one) == 1


def test_evidence_that_comes_while_its_holder_is_erased_is_refused_and_nothing_of_it_is_left(place: Place) -> None:
    with open_parts(place) as one:
        found(one)
        made = one.registry.decide(grant())
        holder = one.registry.numbered(made.number).holder

        class Meanwhile(HolderKeys):
            """The holder is erased by another process as soon as the key was opened."""

            def open(self, holder: UUID) -> HolderKey:
                key = super().open(holder)
                one.registry.erasure.erase(EraseHolder("aurora", made.number, "decider-9"))
                return key

        keys = Meanwhile(one.holder_keys.connection, one.holder_keys.master, one.holder_keys.lock)
        records = EvidenceRecords(one.database, keys, secrets.token_bytes)
        record = EvidenceRecord("reclami", one.registry.moment().today, one.registry.moment().at)
        with pytest.raises(HolderErasedError, match=r"^the holder was erased meanwhile$"):
            records.add(made.certification, holder, record)

        assert filed_rows(one) == 0


def test_of_evidence_and_an_erasure_at_once_no_record_is_left(place: Place) -> None:
    with open_parts(place) as one, open_parts(place, one.clock, one.key_set) as other:
        found(one)
        for attempt in range(5):
            made = one.registry.decide(grant(f"Ada {attempt}"))

            def file(made: Recorded = made) -> bool:
                try:
                    file_evidence(other, made, "reclami")
                except (HolderErasedError, ErasedError):
                    return False
                return True

            def erase(made: Recorded = made) -> bool:
                return bool(one.registry.erasure.erase(EraseHolder("aurora", made.number, "decider-9")).numbers)

            together([file, erase, file])

            assert filed_rows(one) == 0


def test_the_evidence_of_many_is_that_of_each(parts: Parts) -> None:
    first, second, bare = (parts.registry.decide(grant(name)) for name in ("Ada", "Bea", "Cio"))
    for made in (first, second):
        file_all(parts, made)
    file_evidence(parts, second, "formazione", 3, "CORSO-2")
    all_of_them = [one.certification for one in (first, second, bare)]

    files = files_of(parts.registry, all_of_them)

    assert files == {one: file_of(parts.registry, parts.streams.certification(one).aggregate) for one in all_of_them}
    assert [len(files[one].records) for one in all_of_them] == [3, 4, 0]
    assert list(files[bare.certification].missing) == ["continuita", "formazione (0 of 16 hours)", "reclami"]


def test_evidence_stays_at_the_body_that_received_it_and_the_receiver_files_its_own(parts: Parts) -> None:
    made = parts.registry.decide(grant())
    parts.clock.pass_by(days=300)
    file_all(parts, made)
    parts.clock.pass_by(days=5)

    moved = transfers(parts).transfer(transfer(made.number)).into

    receivers, left = (parts.streams.certification(one.certification).aggregate for one in (moved, made))
    assert list(file_of(parts.registry, receivers).missing) == ["continuita", "formazione (0 of 16 hours)", "reclami"]
    assert len(file_of(parts.registry, left).records) == 3
    # Received by whoever it was five days before the transfer, and handed on by the holder.
    on = parts.registry.moment().today - timedelta(days=5)
    receive(parts.registry, ReceiveEvidence("borea", moved.number, "formazione", on, 16))
    file = file_of(parts.registry, receivers)
    assert [record.kind for record in file.counting] == ["formazione"]
    assert list(file.missing) == ["continuita", "reclami"]
