"""The public files of the demonstration hold no personal or internal claim: not in clear, not encoded, not hashed."""

import base64
import hashlib
import json
import re
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from registry.bootstrap import Attesto, open_registry
from registry.demonstration.build import build
from registry.settings import read_settings
from verifier.disclosure import parse_disclosure
from verifier.fetch import record_path

PEOPLE = 60
# What a decision hides behind digests (docs/formats/event.md), and the body's own reference to a person.
HIDDEN = {
    "number", "name", "birth_date", "birth_place", "decision", "exam", "decider", "examiners", "trainers", "reason",
    "former_number", "reference",
}  # fmt: skip
# What exams and applications name by words of the public scheme file, or by days.
PUBLIC_WORDS = {"received", "form", "held_on"}
HASHES = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256", "blake2b", "blake2s")


@dataclass(frozen=True, slots=True)
class Public:
    """The public files by path, and every claim by its name that must not be read from them."""

    files: dict[str, bytes]
    claims: dict[str, set[str]]


def every_name(attesto: Attesto, body: str, edition: str) -> Callable[[str], None]:
    """In the place of the check of names, which has its own tests."""
    return nothing


def nothing(*_: object) -> None:
    """In the place of what writes documents and tells progress."""


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Public:
    folder = tmp_path_factory.mktemp("public") / "demo"
    folder.mkdir()
    build(folder, PEOPLE, "http://127.0.0.1:8000", every_name, nothing, nothing)
    with open_registry(read_settings(folder)) as attesto:
        claims = claims_of(attesto)
    place = folder / "public"
    files = {path.relative_to(place).as_posix(): path.read_bytes() for path in place.rglob("*") if path.is_file()}
    return Public(files, claims)


def claims_of(attesto: Attesto) -> dict[str, set[str]]:
    """Every claim that the registry's vault holds, by name; a list or an object counts as each of its parts."""
    found: dict[str, set[str]] = {}
    with attesto.database.snapshot() as reading:
        found["reference"] = {str(row[0]) for row in reading.rows("SELECT reference FROM holder") if row[0]}
    for standing in attesto.standings.of_kind("certification"):
        for hidden in attesto.vault.hidden(standing.stream).values():
            # Evidence is told by its kind, and the kinds are words of the public scheme file.
            named = (text for name, text in hidden.items() if name not in {"token", "evidence"})
            for disclosure in map(parse_disclosure, named):
                if values := set(parts_of(disclosure.value)):
                    found.setdefault(disclosure.name, set()).update(values)
    return found


def parts_of(value: object) -> Iterator[str]:
    """The texts that a claim is made of."""
    match value:
        case dict():
            for name, part in value.items():
                yield from () if name in PUBLIC_WORDS else parts_of(part)
        case list():
            for part in value:
                yield from parts_of(part)
        case _:
            yield str(value)


def layers(content: bytes, depth: int = 4) -> Iterator[bytes]:
    """The content, and what it becomes once JSON, JWS, base64 and zlib are taken off it."""
    yield content
    if depth == 0:
        return
    for inner in {*_unzipped(content), *_unescaped(content), *_decoded(content)} - {content}:
        yield from layers(inner, depth - 1)


def _unzipped(content: bytes) -> Iterator[bytes]:
    with suppress(zlib.error):
        yield zlib.decompress(content, wbits=zlib.MAX_WBITS | 32)


def _unescaped(content: bytes) -> Iterator[bytes]:
    if b"\\" in content:
        with suppress(ValueError):
            yield json.dumps(json.loads(content), ensure_ascii=False).replace("\\n", "\n").encode()


def _decoded(content: bytes) -> Iterator[bytes]:
    for run in re.findall(rb"[A-Za-z0-9+/_-]{8,}", content):
        with suppress(ValueError):
            yield base64.b64decode(run.translate(_URL_SAFE) + b"=" * (-len(run) % 4))


_URL_SAFE = bytes.maketrans(b"-_", b"+/")


def spellings(name: str, value: str) -> set[str]:
    """How a claim may be written: as it is, in other letters, without its marks or spaces, a day in other forms."""
    bare = "".join(c for c in unicodedata.normalize("NFD", value) if not unicodedata.combining(c))
    found = {value, value.strip(), value.replace(" ", ""), bare, unicodedata.normalize("NFD", value)}
    if name == "birth_date":
        day = date.fromisoformat(value)
        found |= {day.strftime(form) for form in ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y%m%d", "%d%m%Y", "%Y/%m/%d")}
    if name == "number":
        found |= {"-".join((value[:4], value[4:8], value[8:]))}
    return found | {text.lower() for text in found} | {text.upper() for text in found}


def hashed(text: str) -> Iterator[bytes]:
    """Every hash of a text that anybody could compute, in every spelling of a hash."""
    for algorithm in HASHES:
        digest = hashlib.new(algorithm, text.encode()).digest()
        yield digest
        yield from (digest.hex().encode(), digest.hex().upper().encode())
        for encoded in (base64.b64encode(digest), base64.urlsafe_b64encode(digest)):
            yield encoded.rstrip(b"=")


def clear(claims: dict[str, set[str]]) -> re.Pattern[bytes]:
    """Finds a claim in clear; no letter, digit or hyphen may stand at its ends, as in the midst of random base64."""
    texts = {text for name, values in claims.items() for value in values for text in spellings(name, value)}
    longest_first = sorted((re.escape(text.encode()) for text in texts), key=len, reverse=True)
    return re.compile(rb"(?<![A-Za-z0-9_-])(?:" + b"|".join(longest_first) + rb")(?![A-Za-z0-9_-])")


def windows(content: bytes, lengths: Iterable[int]) -> Iterator[bytes]:
    for length in lengths:
        yield from (content[start : start + length] for start in range(len(content) - length + 1))


def found_in(files: dict[str, bytes], claims: dict[str, set[str]]) -> list[str]:
    """Where a claim can be read or its hash compared, and how."""
    pattern = clear(claims)
    texts = {text for name, values in claims.items() for value in values for text in spellings(name, value)}
    digests = {digest for text in texts for digest in hashed(text)}
    lengths = sorted({len(digest) for digest in digests})
    seen: set[bytes] = set()
    found = []
    for path, content in files.items():
        for layer in (path.encode(), *layers(content)):
            if layer in seen:
                continue
            seen.add(layer)
            found += [f"{path}: {match.decode()} in clear" for match in pattern.findall(layer)]
            found += [f"{path}: a hash of a claim" for window in windows(layer, lengths) if window in digests]
    return found


def test_the_registry_knows_claims_of_every_kind(public: Public) -> None:
    assert public.claims.keys() == HIDDEN
    assert all(public.claims.values())
    assert len(public.claims["name"]) > PEOPLE // 2
    assert len(public.claims["number"]) > PEOPLE


def test_no_claim_can_be_read_from_the_public_files_or_found_by_its_hash(public: Public) -> None:
    claims = {name: values for name, values in public.claims.items() if name != "number"}

    assert found_in(public.files, claims) == []


def test_a_number_is_disclosed_in_the_record_that_lies_under_it_and_nowhere_else(public: Public) -> None:
    records = {record_path(number): number for number in public.claims["number"]}
    assert records.keys() == {path for path in public.files if path.startswith("record/")}

    opened = {path: json.loads(public.files[path]) for path in records}
    disclosed = {path: [parse_disclosure(text).value for text in opened[path].pop("disclosures")] for path in records}
    bare = {path: json.dumps(record).encode() for path, record in opened.items()}

    assert disclosed == {path: [number] for path, number in records.items()}
    # Only the path is a hash without salt: of sixty random bits, for whoever has the number and asks for its record.
    contents = [bare.get(path, content) for path, content in public.files.items()]
    assert (
        found_in({str(place): content for place, content in enumerate(contents)}, {"number": public.claims["number"]})
        == []
    )


def test_no_file_is_named_after_a_claim(public: Public) -> None:
    names = {path: b"" for path in public.files if not path.startswith("record/")}

    assert found_in(names, public.claims) == []


# The test is worth something only if it finds what somebody planted.
def jws(text: str) -> bytes:
    payload = base64.urlsafe_b64encode(json.dumps({"claim": text}).encode()).rstrip(b"=")
    return b'{"entry":"eyJhbGciOiJFZDI1NTE5In0.' + payload + b'.AAAA"}'


def listed(text: str) -> bytes:
    inner = base64.urlsafe_b64encode(zlib.compress(text.encode())).rstrip(b"=")
    return b'{"lst":"' + inner + b'"}'


def digest(algorithm: str, encode: Callable[[bytes], bytes]) -> Callable[[str], bytes]:
    return lambda text: b"sha:" + encode(hashlib.new(algorithm, text.encode()).digest()) + b";"


PLANTED: dict[str, Callable[[str], bytes]] = {
    "in clear": lambda text: f"<{text}>".encode(),
    "in upper case": lambda text: f"<{text.upper()}>".encode(),
    "without spaces": lambda text: f"<{text.replace(' ', '')}>".encode(),
    "as JSON escapes": lambda text: json.dumps({"claim": text}).encode(),
    "in a JWS": jws,
    "in base64": lambda text: base64.b64encode(f"<{text}>".encode()),
    "in base64 twice": lambda text: base64.b64encode(base64.b64encode(f"<{text}>".encode())),
    "in a compressed list": listed,
    "as SHA-256 in hex": digest("sha256", lambda raw: raw.hex().encode()),
    "as SHA-256 in base64url": digest("sha256", base64.urlsafe_b64encode),
    "as SHA-1 in base64": digest("sha1", base64.b64encode),
    "as MD5 in upper hex": digest("md5", lambda raw: raw.hex().upper().encode()),
    "as BLAKE2 in octets": digest("blake2b", lambda raw: raw),
    "as SHA-256 of lower case": lambda text: hashlib.sha256(text.lower().encode()).hexdigest().encode(),
    "as SHA-256 among other hashes": lambda text: bytes(64) + hashlib.sha256(text.encode()).digest() + bytes(64),
}


@pytest.mark.parametrize("name", ["name", "birth_place", "reference", "exam", "decider", "reason", "number"])
@pytest.mark.parametrize("way", PLANTED)
def test_what_is_planted_is_found(public: Public, way: str, name: str) -> None:
    value = min(public.claims[name])

    assert found_in({"tile/0/000": PLANTED[way](value)}, {name: {value}}) != []


@pytest.mark.parametrize("form", ["%Y-%m-%d", "%d/%m/%Y", "%Y%m%d"])
def test_a_birth_date_is_found_in_any_form(public: Public, form: str) -> None:
    value = min(public.claims["birth_date"])
    planted = date.fromisoformat(value).strftime(form)

    assert found_in({"a": f"born {planted}.".encode()}, {"birth_date": {value}}) != []
    assert found_in({f"born {planted}": b""}, {"birth_date": {value}}) != []


def test_a_claim_in_a_real_record_is_found(public: Public) -> None:
    path = next(path for path in public.files if path.startswith("record/"))
    name = max(public.claims["name"], key=len)
    record = json.loads(public.files[path])
    record["entries"][0]["entry"] += jws(name).decode()

    assert found_in({path: json.dumps(record).encode()}, {"name": {name}}) != []
    assert found_in({path: public.files[path]}, {"name": {name}}) == []


def test_the_demonstrations_folder_is_not_all_public(public: Public) -> None:
    assert not any(Path(path).suffix in {".sqlite", ".pem", ".pdf", ".txt", ".csv"} for path in public.files)
