"""The public files, served as a web server would: each with its media type and for how long it may be kept."""

import re
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, Response
from flask_babel import gettext

from verifier.encoding import SLUG
from verifier.errors import NotFoundError, UnavailableError
from verifier.page.desk import the_desk
from verifier.page.problem import problem

files = Blueprint("public", __name__)
_FOR_EVER: Final = 365 * 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of public file: which paths, which media type, and how many seconds it may be kept."""

    paths: re.Pattern[str]
    media_type: str
    max_age: int

    @property
    def cache_control(self) -> str:
        """The header of that name."""
        return f"public, max-age={self.max_age}" + (", immutable" if self.max_age == _FOR_EVER else "")


def _kind(paths: str, media_type: str, max_age: int) -> Kind:
    return Kind(re.compile(paths, re.ASCII), media_type, max_age)


_OCTETS: Final = "application/octet-stream"
_RECORD: Final = "application/vnd.attesto.record.v1+json"
_UUID: Final = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_INDEX: Final = r"(?:x\d{3}/)*\d{3}(?:\.p/\d{1,3})?"
# Nothing else is served, whatever lies in the folder.
KINDS: Final = (
    _kind("checkpoint", "text/plain; charset=utf-8", 5),
    _kind("snapshot", "application/vnd.attesto.snapshot.v1+json", 60),
    _kind(rf"tile/(?:\d{{1,2}}|entries)/{_INDEX}", _OCTETS, _FOR_EVER),
    _kind("status/tree/[0-9a-f]{2}/[0-9a-f]{64}", _OCTETS, _FOR_EVER),
    _kind("status/list/[0-9a-f]{64}", "application/vnd.attesto.status-list.v1+json", _FOR_EVER),
    _kind("record/[0-9a-f]{2}/[0-9a-f]{64}", _RECORD, 60),
    _kind(f"transferred/{_UUID}", _RECORD, 60),
    _kind(f"(?:body|edition)/{SLUG}", _RECORD, 60),
    _kind("editions", "application/vnd.attesto.editions.v1+json", 60),
    _kind("scheme/[0-9a-f]{64}", "application/json", _FOR_EVER),
    _kind(r"trust\.json", "application/vnd.attesto.trust.v1+json", 60),
)


@files.get("/public/<path:path>")
def public_file(path: str) -> Response:
    """One public file."""
    kind = next((kind for kind in KINDS if kind.paths.fullmatch(path)), None)
    if kind is None:
        return problem(404, gettext("There is no such public file."))
    try:
        content = the_desk().source.read(path)
    except NotFoundError:
        return problem(404, gettext("There is no such public file."))
    except UnavailableError:
        return problem(503, gettext("The public file cannot be had at present."))
    response = Response(content, content_type=kind.media_type)
    response.headers["Cache-Control"] = kind.cache_control
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
