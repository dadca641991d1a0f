"""The page on a visitor's device: what it keeps there, and what it answers without network."""

import functools
import re
from hashlib import sha256
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from verifier.catalogue import Catalogue
from verifier.encoding import format_json
from verifier.errors import AttestoError
from verifier.page.bodies import listed_bodies
from verifier.page.desk import the_desk
from verifier.page.guard import DIRECTIVES, format_policy
from verifier.page.knowledge import offline_knowledge
from verifier.page.language import LANGUAGES, language
from verifier.page.library import the_library
from verifier.page.offline_words import LISTED, OFFLINE_CHECKS, OFFLINE_HEADLINES, OFFLINE_REASONS, UNMADE_CHECKS
from verifier.page.pages import cached
from verifier.page.problem import problem
from verifier.page.view import Line, Result
from verifier.page.words import Text
from verifier.report import Outcome

offline = Blueprint("offline", __name__)
MEDIA_TYPE: Final = "application/vnd.attesto.knowledge.v1+json"
POLICY: Final = format_policy({**DIRECTIVES, "manifest-src": "'self'", "trusted-types": "attesto-script"})
_SIZE: Final = re.compile(r"\d{1,15}", re.ASCII)
# Names change rarely, and to read them takes every body's record.
_NAMES_AGE: Final = 600
_FOLDER: Final = Path(__file__).parent
_PAGES: Final = ("/scan", "/offline")
# Everything that these pages load; whatever the other pages need beside the scripts stays with the network.
_STATIC: Final = (
    "page.css", "scan.css", "icon.svg", "icons/icon-192.png", "js/*.js", "vendor/zxing-wasm/*.js",
    "vendor/zxing-wasm/*.wasm",
)  # fmt: skip
_TEXTS: Final = ("templates/**/*", "translations/**/*.mo")


@offline.get("/offline")
def page() -> BaseResponse:
    """What the device knows; with a code in the fragment, what it can say of it without network."""
    shown = render_template(
        "offline.html",
        results=[
            Result(key, words.tone, str(words.title), str(words.text)) for key, words in OFFLINE_HEADLINES.items()
        ],
        made=[_line(name, words.label, words.not_checked) for name, words in OFFLINE_CHECKS.items()],
        unmade=[_line(name, *words) for name, words in UNMADE_CHECKS.items()],
        checks=OFFLINE_CHECKS,
        words={**OFFLINE_REASONS, **LISTED},
    )
    response = cached(make_response(shown))
    response.headers["Content-Security-Policy"] = POLICY
    return response


def _line(name: str, label: Text, text: Text) -> Line:
    return Line(name, Outcome.NOT_CHECKED, str(label), str(text))


@offline.get("/offline/knowledge.json")
def knowledge() -> BaseResponse:
    """What a device keeps in order to answer without network."""
    desk = the_desk()
    since = request.args.get("since", "0")
    if not _SIZE.fullmatch(since):
        return problem(400, gettext("The request cannot be understood."))
    try:
        content = offline_knowledge(desk.source, desk.trust, int(since))
    except AttestoError:
        return problem(503, gettext("The registry's newest files cannot be had at present."))
    return cached(Response(format_json(content), content_type=MEDIA_TYPE))


@offline.get("/offline/names.json")
def names() -> BaseResponse:
    """What the slugs in a certificate's code stand for, as the log says today; a device may do without."""
    try:
        content = {
            "v": 1,
            "bodies": {body.slug: body.name for body in listed_bodies().shown},
            "editions": {
                edition.catalogue.slug: _titles(edition.catalogue) for edition in the_library().shelf().editions
            },
        }
    except AttestoError:
        return problem(503, gettext("The registry's newest files cannot be had at present."))
    response = Response(format_json(content), content_type="application/json")
    response.headers["Cache-Control"] = f"public, max-age={_NAMES_AGE}"
    return response


def _titles(catalogue: Catalogue) -> dict[str, object]:
    profiles = {slug: dict(profile.title) for slug, profile in catalogue.profiles.items()}
    return {"title": dict(catalogue.title), "profiles": profiles}


@offline.get("/sw.js")
def worker() -> BaseResponse:
    """The script that keeps the page's files on the device; another one for every change of any of them."""
    files = [*_files(), *(f"{path}?lang={code}" for path in _PAGES for code in LANGUAGES)]
    script = render_template("sw.js", version=_version(the_desk().address), files=files, languages=list(LANGUAGES))
    response = Response(script, content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response


@functools.cache
def _files() -> tuple[str, ...]:
    static = _FOLDER / "static"
    found = sorted(path.relative_to(static) for pattern in _STATIC for path in static.glob(pattern))
    return (*(f"/static/{path.as_posix()}" for path in found), "/scan/reader.js", "/manifest.webmanifest")


@functools.cache
def _version(address: str) -> str:
    """What changes whenever anything changes that the device keeps."""
    digest = sha256(address.encode())
    patterns = (*(f"static/{pattern}" for pattern in _STATIC), *_TEXTS)
    for path in sorted(path for pattern in patterns for path in _FOLDER.glob(pattern) if path.is_file()):
        digest.update(sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


@offline.get("/manifest.webmanifest")
def manifest() -> BaseResponse:
    """What a phone needs to put the page on its screen."""
    icons = [
        {"src": url_for("static", filename="icon.svg"), "sizes": "any", "type": "image/svg+xml"},
        *(_icon(f"icon-{size}.png", size, "any") for size in (192, 512)),
        _icon("maskable-512.png", 512, "maskable"),
    ]
    content = {
        "id": "/",
        "name": "Attesto",
        "short_name": "Attesto",
        "description": gettext("Is this certificate genuine, and in force?"),
        "lang": language(),
        "start_url": "/scan",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f5f6f8",
        "theme_color": "#1a56b0",
        "icons": icons,
    }
    return cached(Response(format_json(content), content_type="application/manifest+json"))


def _icon(name: str, size: int, purpose: str) -> dict[str, str]:
    path = url_for("static", filename=f"icons/{name}")
    return {"src": path, "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
