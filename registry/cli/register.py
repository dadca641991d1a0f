"""What the commands on bodies, keys and schemes share: the projection caught up, the trust root written anew."""

from registry.bootstrap import Attesto, now
from registry.cli.output import receipt_fields
from registry.domain.body import CertificationBody
from registry.projections.standings import Standing
from registry.store.submission import Receipt
from verifier.encoding import format_instant, legal_day
from verifier.trust import BodyHistory, KeyRecord, body_history


def caught_up(attesto: Attesto, kind: str) -> list[Standing]:
    """The standings of one kind, as of the log's newest entry."""
    attesto.standings.catch_up(attesto.store.log.head().size, legal_day(now()))
    return attesto.standings.of_kind(kind)


def recorded_in(attesto: Attesto, receipt: Receipt) -> tuple[dict[str, object], str]:
    """What is said of an entry of the register, once the trust root says it too.

    Raises:
        SettingError: the trust root cannot be written.
        TamperedError: a row of the log is missing or not one.
    """
    caught_up(attesto, "body")
    trust = attesto.write_trust_root()
    index, at = receipt.indexes[-1], format_instant(receipt.recorded_at)
    value = {"entry": index, **receipt_fields(receipt), "trust_root": str(trust)}
    return value, f"log entry {index}, recorded at {at}"


def history_of(attesto: Attesto, slug: str) -> BodyHistory:
    """A body as the log shows it; times are the operator's, since no snapshot need have followed yet.

    Raises:
        UnknownError: no such body here.
    """
    attesto.streams.body(slug)
    trusted = attesto.register.trusted_body(slug, attesto.settings.origin)
    events = attesto.streams.logged(CertificationBody.create_id(slug))
    return body_history(trusted, attesto.register.operator_key, events)


def key_state(record: KeyRecord, size: int) -> str:
    """What a key is, for people, in a log of ``size`` entries."""
    if record.doubtful_from is not None:
        return f"compromised from entry {record.doubtful_from}"
    if record.retired_at is not None:
        return f"retired at entry {record.retired_at}"
    return "in force" if record.in_force(size) else "not in force"
