"""Checking: one certification from its bundle, and a whole registry from its public files."""

import cProfile
import pstats
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import verifier.event
import verifier.key
from registry.application.answers import Recorded
from registry.bootstrap import now
from tests.benchmarks.figure import Aim, Figure, Kind, rate, step
from tests.benchmarks.worlds import folder, grant_all, people, registry
from verifier.audit import audit
from verifier.bundle import format_bundle, parse_bundle
from verifier.encoding import legal_day
from verifier.fetch import FolderSource, fetch_bundle
from verifier.report import ExitCode, Question
from verifier.trust import TrustRoot
from verifier.verify import verify

_LIMIT: Final = "check as many Ed25519 signatures over messages of an event's length, with the key at hand"
CHECK: Final = Kind("check-certificate", "signatures/s", _LIMIT, Aim("ratio", 0.6))
AUDIT: Final = Kind("audit-log", "signatures/s", _LIMIT, Aim("ratio", 0.6))
KINDS: Final = (CHECK, AUDIT)
_CHECKED: Final = 100
_EVENT_BYTES: Final = 1000


def measure(certifications: int, rounds: int) -> Iterator[Figure]:
    """Check certificates with their bundles, then audit everything."""
    with folder() as place, registry(place / "registry") as attesto:
        with step(f"check: granting and publishing {certifications}"):
            recorded = grant_all(attesto, list(people(attesto, certifications)))
            attesto.publisher.publish()
        trust, public = attesto.trust_root(), attesto.settings.path(attesto.settings.public_folder)
        source = FolderSource(public)
        records = [str(path.relative_to(public)) for path in (public / "record").rglob("*") if path.is_file()]
        with step("check: certificates"):
            yield _figure(CHECK, _certificates(source, trust, recorded[:_CHECKED]), rounds)
        with step("check: audit"):
            yield _figure(AUDIT, lambda: _audit(source, trust, records), rounds)


def _certificates(source: FolderSource, trust: TrustRoot, recorded: Sequence[Recorded]) -> Callable[[], None]:
    """A check of every certificate with its token, from a bundle as it travels."""
    question = Question(legal_day(now()), now(), now())
    presented = [(r.number, r.token, format_bundle(fetch_bundle(source, r.number))) for r in recorded]

    def check() -> None:
        for number, token, bundle in presented:
            report = verify(trust, question, partial(parse_bundle, bundle), number, token)
            assert report.exit_code is ExitCode.IN_FORCE, report

    return check


def _audit(source: FolderSource, trust: TrustRoot, records: Sequence[str]) -> None:
    assert audit(source, trust, records).exit_code is ExitCode.IN_FORCE


def forget() -> None:
    """Let the verifier know what a process knows at its start: no signature checked, no entry read."""
    for kept in (verifier.key.check_public_signature, verifier.event.parse_event, verifier.event.parse_time):
        kept.cache_clear()


def anew(count: int, work: Callable[[], object]) -> float:
    """How many of ``count`` per second ``work`` does in a process that did not do it before."""
    forget()
    return rate(count, work)


def _figure(kind: Kind, work: Callable[[], None], rounds: int) -> Figure:
    count = _signatures(work)
    measured = [(anew(count, work), _raw(count)) for _ in range(rounds)]
    return Figure(kind, measured, detail={"signatures": count})


def _signatures(work: Callable[[], None]) -> int:
    """How many signatures the work checks, as counted in a run of its own."""
    forget()
    profile = cProfile.Profile()
    profile.runcall(work)
    stats = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    return sum(calls for (_, _, name), (_, calls, *_) in stats.items() if "'verify'" in name and "Ed25519" in name)


def _raw(count: int) -> float:
    private = Ed25519PrivateKey.generate()
    message = bytes(_EVENT_BYTES)
    signature, key = private.sign(message), private.public_key()

    def check() -> None:
        for _ in range(count):
            key.verify(signature, message)

    return rate(count, check)
