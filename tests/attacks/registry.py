"""A registry to attack: a few certifications, decided on and published, and the eyes of its defenders."""

import secrets
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from registry.application.handovers import Handovers
from registry.application.offers import Offers
from registry.application.preparations import Preparations
from registry.bootstrap import Attesto
from registry.cli.checkup import Level, check_registry
from registry.settings import make_settings
from tests.contracts.parts import ORIGIN, Parts, found, grant, suspend, withdraw
from verifier.audit import Audit, audit
from verifier.encoding import legal_day
from verifier.errors import NotFoundError
from verifier.fetch import FolderSource, Source, fetch_bundle
from verifier.report import Outcome, Question, Report
from verifier.trust import TrustRoot
from verifier.verify import verify


@dataclass(frozen=True, slots=True)
class Certified:
    """One certification: its stream, its number, and the token of its certificate."""

    stream: UUID
    number: str
    token: bytes


@dataclass(frozen=True, slots=True)
class Target:
    """The registry under attack, its readers' trust root, and what it has certified.

    One certification is in force, one withdrawn, one of another body.
    """

    parts: Parts
    trust: TrustRoot
    in_force: Certified
    withdrawn: Certified
    foreign: Certified

    @property
    def public(self) -> Path:
        return self.parts.place.public

    def copy_public(self, place: Path) -> Path:
        """The public files in another place, to be changed there."""
        shutil.copytree(self.public, place)
        return place

    def check(
        self,
        certified: Certified,
        source: Source | None = None,
        *,
        number: str | None = None,
        token: bytes | None = None,
        at: datetime | None = None,
        trust: TrustRoot | None = None,
    ) -> Report:
        """What a reader is told about today who has the certificate in hand."""
        at = at or self.parts.clock.at
        files = source or FolderSource(self.public)
        number = number or certified.number
        return verify(
            trust or self.trust,
            Question(legal_day(at), at, at),
            lambda: fetch_bundle(files, number),
            number,
            token or certified.token,
        )

    def audit(self, public: Path | None = None) -> Audit:
        """What anybody finds who replays the public files."""
        place = public or self.public
        records = sorted(path.relative_to(place).as_posix() for path in place.glob("record/*/*"))
        return audit(FolderSource(place), self.trust, records)

    def doctor(self) -> dict[str, str]:
        """The checks of ``attesto doctor`` that say that something is wrong, with what they say."""
        parts = self.parts
        settings = make_settings(parts.place.folder, {"origin": ORIGIN, "address": "https://registry.example"}, {})
        registry = Attesto(
            settings=settings,
            database=parts.database,
            store=parts.store,
            streams=parts.streams,
            vault=parts.vault,
            registry=parts.registry,
            preparations=Preparations(parts.database, parts.registry, parts.clock, secrets.token_bytes),
            handovers=Handovers(parts.database, parts.registry, parts.clock, secrets.token_bytes),
            offers=Offers(parts.database, parts.registry, parts.clock, secrets.token_bytes),
            register=parts.register,
            standings=parts.standings,
            publisher=parts.publisher,
            key_set=parts.key_set,
            sealer=lambda: None,
        )
        complaints = check_registry(registry, parts.clock.at, lambda step, done, total: None)
        return {c.check: c.says for c in complaints if c.level is Level.WRONG}


def settle(parts: Parts) -> Target:
    """Certify three people in a registry that is empty yet, withdraw one certification, publish."""
    found(parts)
    made = {name: parts.registry.decide(grant(name, body)) for name, body in _PEOPLE.items()}
    certified = {
        name: Certified(recorded.certification, recorded.number, recorded.token or b"")
        for name, recorded in made.items()
    }
    parts.clock.pass_by(minutes=5)
    parts.registry.decide(suspend(certified["Bruno Neri"].number))
    parts.registry.decide(withdraw(certified["Bruno Neri"].number))
    parts.clock.pass_by(minutes=5)
    parts.publisher.publish()
    return Target(parts, parts.trust(), certified["Anna Bianchi"], certified["Bruno Neri"], certified["Carla Verdi"])


_PEOPLE = {"Anna Bianchi": "aurora", "Bruno Neri": "aurora", "Carla Verdi": "borea"}


def failed(report: Report) -> dict[str, str]:
    """The checks that failed, each with its reason."""
    return {check.name: check.reason for check in report.checks if check.outcome is Outcome.FAILED}


def found_by(made: Audit) -> dict[str, str]:
    """What an audit found to be wrong, by check, the first reason of each."""
    findings = [finding for finding in made.findings if finding.outcome is Outcome.FAILED]
    return {finding.check: finding.reason for finding in reversed(findings)}


class Tampered:
    """Public files of which some are others than were published, or are not served."""

    def __init__(self, source: Source, changed: dict[str, bytes], withheld: Iterable[str] = ()) -> None:
        self._source, self._changed, self._withheld = source, changed, frozenset(withheld)

    def read(self, path: str) -> bytes:
        if path in self._withheld:
            raise NotFoundError(f"there is no file {path}")
        return self._changed.get(path) or self._source.read(path)


def with_bit(content: bytes, bit: int) -> bytes:
    """The content with one bit changed."""
    mangled = bytearray(content)
    mangled[bit // 8] ^= 1 << bit % 8
    return bytes(mangled)
