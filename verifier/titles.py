"""The titles of an edition's profiles, from the scheme file that its record names."""

from verifier.bundle import Bundle
from verifier.document import Titles
from verifier.encoding import Json, parse_json
from verifier.errors import AttestoError
from verifier.event import parse_event
from verifier.fetch import Source, fetch_scheme


def find_titles(source: Source | None, bundle: Bundle | None) -> Titles:
    """The titles by slug and language; none where the scheme file cannot be had."""
    if source is None or bundle is None:
        return {}
    try:
        published = parse_event(next(iter(bundle.edition.entries.values())))
        return _titles(parse_json(fetch_scheme(source, published.octets("sha256"))))
    except AttestoError:
        return {}


def _titles(scheme: Json) -> dict[str, dict[str, str]]:
    titles: dict[str, dict[str, str]] = {}
    match scheme:
        case {"profiles": dict(profiles)}:
            for slug, profile in profiles.items():
                match profile:
                    case {"title": dict(title)}:
                        titles[slug] = {language: text for language, text in title.items() if isinstance(text, str)}
    return titles
