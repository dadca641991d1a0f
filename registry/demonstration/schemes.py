"""The scheme editions of the demonstration: the shipped ones, and one whose days come soon."""

import json
from pathlib import Path
from typing import Final

import registry
from registry.commands.scheme_file import parse_scheme
from registry.domain.edition import Gap
from registry.errors import SettingError
from verifier.encoding import format_json

_PLACES: Final = (Path(registry.__file__).with_name("schemes"), Path(registry.__file__).parents[1] / "schemes")
QUICK: Final = "demo-rapida"


def scheme_file(slug: str) -> bytes:
    """The file of a shipped scheme edition.

    Raises:
        SettingError: the program was installed without it.
    """
    for place in _PLACES:
        if (path := place / f"{slug}.json").is_file():
            return path.read_bytes()
    raise SettingError(f"the scheme file {slug}.json is not where the program is")


def gapped_scheme_file() -> bytes:
    """The file of the shipped edition that leaves the validity open, because what it says of it is not public.

    Raises:
        SettingError: the program was installed without it.
    """
    for path in sorted(path for place in _PLACES for path in place.glob("*-*.json")):
        content = path.read_bytes()
        if isinstance(parse_scheme(content).rules.validity_months, Gap):
            return content
    raise SettingError("no scheme file with a gap is where the program is")


def quick_scheme_file() -> bytes:
    """The demonstration scheme with maintenance every month: what takes a year elsewhere is due at once here."""
    scheme = json.loads(scheme_file("demo-2026"))
    scheme["slug"] = QUICK
    scheme["title"] = {language: f"{text} (rapida)" for language, text in scheme["title"].items()}
    scheme["rules"] |= {
        "validity_months": 6,
        "maintenance": scheme["rules"]["maintenance"] | {"interval_months": 1, "window_days": 60, "grace_days": 7},
        # Two editions that grant the same profiles on the same days are joined by a transition.
        "transition": {"from": ["demo-2026", "demo-2027"], "until": scheme["rules"]["open_until"]},
    }
    return format_json(scheme)
