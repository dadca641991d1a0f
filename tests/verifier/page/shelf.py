"""Public files of a few scheme editions alone, signed and timed as a registry would, for the catalogue's pages."""

import copy
import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from flask import Flask

from keys.signer import Signer
from tests.verifier.story import OPERATOR, Story, trust_root
from verifier.bundle import format_record
from verifier.encoding import format_base64url
from verifier.errors import NotFoundError
from verifier.fetch import EDITIONS_PATH, edition_path, format_editions, scheme_path
from verifier.page import create_app

SCHEMES: Final = Path(__file__).parents[3] / "schemes"
ADDRESS: Final = "https://attesto.example"
ESCO: Final = "http://data.europa.eu/esco/occupation/00000000-0000-4000-8000-000000000000"


class Files:
    """Public files by path; ``asked`` holds the path of each that was read, in turn."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        """Hold ``files``."""
        self.files = dict(files)
        self.asked: list[str] = []

    def read(self, path: str) -> bytes:
        """The file at a path."""
        self.asked.append(path)
        if path not in self.files:
            raise NotFoundError("there is no such file")
        return self.files[path]


def scheme(name: str = "demo-2026") -> dict[str, Any]:
    """A scheme file that ships with the product."""
    return dict(json.loads((SCHEMES / f"{name}.json").read_bytes()))


def later_scheme() -> dict[str, Any]:
    """Another edition of the demonstration scheme: a task more, a level higher, a profile less, a link."""
    later = copy.deepcopy(scheme()) | {"slug": "demo-2030"}
    later["title"] = {"it": "Aurora, edizione 2030", "en": "Aurora, 2030 edition"}
    later["tasks"]["chiudere"] = {
        "title": {"it": "Chiudere il caso", "en": "Close the case"},
        "knowledge": {"servizi": "pratica"},
        "skills": {"schermo": "autonoma"},
    }
    later["profiles"]["addetto"] |= {
        "tasks": ["accogliere", "chiudere"],
        "eqf_level": 4,
        "links": [{"kind": "esco", "uri": ESCO}],
    }
    later["tasks"]["formare"]["skills"]["ascolto"] = "esperta"
    del later["profiles"]["direttore"]
    later["rules"] |= {"validity_months": 24, "transition": {"from": ["demo-2026"], "until": "2030-12-31"}}
    later["rules"]["maintenance"] |= {
        "evidence": [
            {"slug": "ore", "title": {"it": "Ore di corso", "en": "Hours of class"}, "required": True, "hours": 20},
            {"slug": "nota", "title": {"it": "Nota", "en": "Note"}, "required": False},
        ]
    }
    return later


def closed_scheme() -> dict[str, Any]:
    """An edition whose owner does not make its catalogue public."""
    closed = copy.deepcopy(scheme()) | {"slug": "closed-2026", "scheme": "closed"}
    closed["title"] = {"it": "Schema riservato", "en": "Reserved scheme"}
    closed["publication"]["catalogue"] = False
    return closed


def publish(*schemes: Mapping[str, Any], ended: str = "", signer: Signer = OPERATOR) -> Files:
    """The public files of these editions; ``ended`` is withdrawn again, ``signer`` signs in the operator's place."""
    story, slugs, files = Story(), [], {}
    story.time()
    for index, one in enumerate(schemes):
        content = json.dumps(one, ensure_ascii=False).encode()
        digest = sha256(content).digest()
        slugs.append(str(one["slug"]))
        files[scheme_path(digest)] = content
        said = {"edition": slugs[-1], "scheme": one["scheme"], "title": one["title"], "rules": {}}
        story.add(
            UUID(int=index + 1),
            "edition.published",
            signer,
            sha256=format_base64url(digest),
            status_index=index,
            **said,
        )
    story.later(days=400)
    if ended:
        story.add(UUID(int=slugs.index(ended) + 1), "edition.withdrawn")
    story.snapshot()
    records = {edition_path(slug): format_record(story.record(UUID(int=i))) for i, slug in enumerate(slugs, start=1)}
    return Files(files | records | {EDITIONS_PATH: format_editions(slugs)})


def shown(files: Files) -> Flask:
    """The page over these files."""
    return create_app(files, trust_root(), lambda: Story().at, ADDRESS)
