"""One event of a type and version, signed with the story's keys, as ``scripts/freeze-events`` adds it to the set."""

from hashlib import sha256
from pathlib import Path

from keys.signing import sign_jws
from tests.verifier.story import CERTIFICATION, EVENTS, OPERATOR, Story, digests
from tests.verifier.test_event import OWN
from verifier.encoding import format_json
from verifier.event import EARLIER, EVENT, TYPES

FROZEN = Path(__file__).parent / "events.jsonl"


def specimen(name: str, version: int) -> dict[str, object]:
    """The entry, its SHA-256, the key that signed it, and what it says."""
    kind = EARLIER.get((name, version), TYPES[name])
    said = Story().payload(CERTIFICATION, name, **OWN[name]) | {"v": version}
    said = {key: value for key, value in said.items() if key not in {"_sd", "_sd_alg"}}
    said |= digests(kind.digests) if kind.digests else {}
    signer = EVENTS if kind.typ == EVENT else OPERATOR
    entry = sign_jws(signer, kind.typ, format_json(said))
    return {
        "type": name,
        "v": version,
        "entry": entry.decode("ascii"),
        "sha256": sha256(entry).hexdigest(),
        "key": signer.public_key.jwk(),
        "says": said,
    }
