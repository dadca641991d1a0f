"""What a body keeps of the log at its home, and what the registry claims to be the whole of it.

    receipts   one JSON object a line: {"entry":"eyJhbGci…","index":12}, the body's own entries at their places
    claim      registry → home: the statement of completeness to sign, and the scheme of every edition

The body signs the claim only where its receipts say the same.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from registry.commands.home_file import MAX_FILE_BYTES, Signatures, ToSign
from registry.errors import RequestError
from verifier.checkpoint import Checkpoint, open_checkpoint
from verifier.encoding import Json, format_base64url, format_json, is_natural, is_one, parse_base64url, parse_json
from verifier.errors import ChainError, FormatError, ProofError
from verifier.event import EVENT, Event, parse_event
from verifier.jws import MAX_ENTRY_BYTES, check_jws, signed_jws
from verifier.key import PublicKey
from verifier.merkle import check_inclusion, leaf_hash
from verifier.note import Verifier
from verifier.proof import LogProof, parse_proof
from verifier.statement import Count, Scope, Statement, count_streams, parse_statement
from verifier.stream import check_chain

_MAX_LINE_BYTES: Final = 2 * MAX_ENTRY_BYTES


@dataclass(frozen=True, slots=True)
class Claim:
    """What the registry counts: the signing input of the statement, and each edition's scheme."""

    signing_input: bytes
    editions: Mapping[str, str]

    @property
    def statement(self) -> Statement:
        """The statement as its bytes say, unsigned.

        Raises:
            FormatError: they are no statement's.
        """
        return parse_statement(self.signing_input + b".")


def format_claim(claim: Claim) -> bytes:
    """Write a claim."""
    return format_json({"v": 1, "statement": format_base64url(claim.signing_input), "editions": dict(claim.editions)})


def parse_claim(data: bytes) -> Claim:
    """Read a claim.

    Raises:
        FormatError: not a claim.
    """
    match parse_json(data):
        case {"v": version, "statement": str(statement), "editions": dict(editions), **rest} if not rest and is_one(
            version
        ):
            return Claim(parse_base64url(statement), {slug: _text(scheme) for slug, scheme in editions.items()})
    raise FormatError("not a registry's claim of what it holds of a body")


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise FormatError("an edition in the claim names no scheme")
    return value


def format_receipts(receipts: Iterable[tuple[int, bytes]]) -> str:
    """Write receipts, one a line."""
    return "".join(
        json.dumps({"entry": entry.decode("ascii"), "index": index}, separators=(",", ":")) + "\n"
        for index, entry in receipts
    )


def parse_receipts(lines: Iterable[bytes]) -> dict[int, bytes]:
    """Read receipts by leaf index, in the order of the log; the same one twice is one.

    Raises:
        FormatError: a line is none.
        ChainError: two different entries at one place: the log has shown two faces.
    """
    found: dict[int, bytes] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        match parse_json(line, _MAX_LINE_BYTES):
            case {"entry": str(entry), "index": int(index), **rest} if (
                not rest and is_natural(index) and entry.isascii()
            ):
                if found.setdefault(index, entry.encode("ascii")) != entry.encode("ascii"):
                    raise ChainError(f"the receipts hold two different entries {index}: the log has shown two faces")
            case _:
                raise FormatError(f"line {number} of the receipts is none")
    return dict(sorted(found.items()))


def kept(
    waiting: Sequence[ToSign], signed: Sequence[Signatures], answer: bytes, origin: str, log_key: Verifier
) -> dict[int, bytes]:
    """The receipts of what a body signed and the registry recorded, by leaf index; ``answer`` is what submitting said.

    The other body's half of a transfer is that body's to keep.

    Raises:
        FormatError: not such an answer.
        SignatureError: a proof's checkpoint is not signed by the log's key.
        ProofError: an entry that the answer names is nothing that was signed here.
    """
    entries: dict[str, list[bytes]] = {}
    for entry in _signed_entries(waiting, signed):
        entries.setdefault(str(parse_event(entry).stream), []).append(entry)
    found: dict[int, bytes] = {}
    elsewhere = _signed_elsewhere(waiting, signed)
    for certification, written in _proofs(answer):
        if certification in elsewhere:
            continue
        proof = parse_proof(written.encode())
        head = open_checkpoint(proof.checkpoint, origin, log_key)
        found[proof.index] = _proven(proof, head, entries.get(certification, []))
    return found


def _signed_entries(waiting: Sequence[ToSign], signed: Sequence[Signatures]) -> Iterator[bytes]:
    signatures = {item.preparation: item.events for item in signed}
    for item in waiting:
        # What was not signed, or not whole, cannot have been recorded.
        for signing_input, signature in zip(item.events, signatures.get(item.preparation, ()), strict=False):
            yield signed_jws(signing_input, signature)


def _signed_elsewhere(waiting: Sequence[ToSign], signed: Sequence[Signatures]) -> set[str]:
    """The certifications on which another body decides than the one that signed."""
    ids = {item.preparation for item in signed}
    here = {item.body for item in waiting if item.preparation in ids}
    foreign = (event for item in waiting if here and item.body not in here for event in item.events)
    return {str(parse_event(event + b".").stream) for event in foreign}


def _proofs(answer: bytes) -> Iterator[tuple[str, str]]:
    """The log proofs that the answer holds, each with its certification."""
    for made in _recorded(parse_json(answer, MAX_FILE_BYTES)):
        match made:
            case {"certification": str(certification), "proofs": list(proofs)}:
                yield from ((certification, str(proof)) for proof in proofs)
            case _:
                raise FormatError("a decision in the answer has no log proofs")


def _recorded(answer: Json) -> Sequence[Json]:
    match answer:
        case {"recorded": list(recorded)}:
            return recorded
        case {"out": out, "in": into}:
            return [out, into]
    raise FormatError("not the answer of 'attesto submit --json', nor of 'attesto transfer --json'")


def _proven(proof: LogProof, head: Checkpoint, entries: Sequence[bytes]) -> bytes:
    for entry in entries:
        with suppress(ProofError):
            check_inclusion(leaf_hash(entry), proof.index, head.size, proof.hashes, head.root_hash)
            return entry
    raise ProofError(f"entry {proof.index} of the log is nothing that was signed here")


def own_count(
    receipts: Mapping[int, bytes], scope: Scope, editions: Mapping[str, str], keys: Sequence[PublicKey]
) -> Count:
    """What a body counts by its own receipts; ``keys`` are all event keys it ever had.

    Raises:
        RequestError: a receipt is of another body, or of an edition that the claim does not name.
        SignatureError: a receipt is of an entry that none of the keys signed.
        ChainError, FormatError: a receipt is missing between others, or is of no event.
    """
    by_id = {key.key_id: key for key in keys}
    streams: dict[str, dict[int, bytes]] = {}
    chains: dict[str, list[Event]] = {}
    for index, entry in receipts.items():
        if index < scope.size:
            event = _own_event(index, entry, scope, by_id)
            if _scheme(event, index, editions) == scope.scheme:
                streams.setdefault(str(event.stream), {})[index] = entry
                chains.setdefault(str(event.stream), []).append(event)
    for name, events in chains.items():
        try:
            check_chain(events)
        except ChainError as error:
            raise ChainError(f"the receipts of certification {name} are not whole: {error}") from error
    return count_streams(streams.values(), scope.on)


def _own_event(index: int, entry: bytes, scope: Scope, keys: Mapping[str, PublicKey]) -> Event:
    event = parse_event(entry)
    if event.jws.typ != EVENT or (event.log, event.text("body")) != (scope.log, scope.body):
        raise RequestError(f"receipt {index} is not of a decision of body {scope.body} for log {scope.log}")
    if event.jws.key_id not in keys:
        raise RequestError(f"receipt {index} is signed with key {event.jws.key_id[:8]}…, which is not at this home")
    check_jws(event.jws, keys[event.jws.key_id])
    return event


def _scheme(event: Event, index: int, editions: Mapping[str, str]) -> str:
    edition = event.text("edition")
    if edition not in editions:
        raise RequestError(f"receipt {index} is of edition {edition}, which the registry does not name")
    return editions[edition]
