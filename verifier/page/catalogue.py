"""The catalogue's pages: every edition, profile, task, knowledge, skill and scale at an address of its own."""

from collections.abc import Mapping
from typing import Final, TypeVar

from flask import Blueprint, Response, make_response, render_template, request
from flask_babel import gettext
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as BaseResponse

from verifier.catalogue import Catalogue, Competence, Gap, Item, Kind, Profile, Task
from verifier.catalogue_search import Wanted, search
from verifier.competence import (
    Change,
    Edit,
    Key,
    compare_editions,
    compare_profiles,
    competences,
    doers,
    matrix,
    required,
    taken,
    takers,
    tasks_of,
)
from verifier.encoding import Json, format_json, legal_day
from verifier.errors import AttestoError, NotFoundError
from verifier.page.catalogue_json import MEDIA_TYPE, Writer
from verifier.page.catalogue_words import CHANGES, EDITS, KINDS, PARTS, changed_rules, rules, say, subject
from verifier.page.desk import the_desk
from verifier.page.library import Edition, the_library
from verifier.page.problem import problem

T = TypeVar("T")

catalogue_pages = Blueprint("catalogue", __name__)
# As long as the field of the form; what is longer looks for nothing.
MAX_WORDS: Final = 64
_KIND: Final = "any(profile, task, knowledge, skill, scale)"
_CACHE: Final = "public, max-age=60"


@catalogue_pages.get("/catalogue.json")
@catalogue_pages.get("/catalogue")
def home() -> BaseResponse:
    """Every edition; with words, what they find in any of them."""
    shelf = the_library().shelf()
    if _wants_json():
        return _document(_writer().shelf(shelf))
    wanted = _wanted()
    open_editions = [edition for edition in shelf.editions if edition.catalogue.public]
    found = [(edition, search(edition.catalogue, wanted)) for edition in open_editions] if wanted.text else []
    return _page("home", shelf=shelf, open_editions=open_editions, wanted=wanted, found=found)


@catalogue_pages.get("/catalogue/compare.json")
@catalogue_pages.get("/catalogue/compare")
def editions() -> BaseResponse:
    """What changed from one edition to another; without two editions, the question."""
    known = [edition for edition in the_library().shelf().editions if edition.catalogue.public]
    by_slug = {edition.catalogue.slug: edition for edition in known}
    ends = _ends(by_slug)
    found = None if ends is None else compare_editions(ends[0].catalogue, ends[1].catalogue)
    if _wants_json():
        return _unasked() if ends is None or found is None else _document(_writer().differences(*ends, found))
    ruled = [] if ends is None else changed_rules(ends[0].catalogue, ends[1].catalogue)
    return _page("editions", editions=known, ends=ends, found=found, changed_rules=ruled)


@catalogue_pages.get("/catalogue/<slug>.json")
@catalogue_pages.get("/catalogue/<slug>")
def edition(slug: str) -> BaseResponse:
    """One edition, or those of its items that are looked for."""
    found = the_library().edition(slug)
    wanted = _wanted()
    items = search(found.catalogue, wanted)
    if _wants_json():
        return _document(_writer().edition(found, items))
    asked = wanted != Wanted()
    return _page("edition", **_of(found), wanted=wanted, asked=asked, items=items, rules=list(rules(found.catalogue)))


@catalogue_pages.get("/catalogue/<slug>/matrix")
def table(slug: str) -> BaseResponse:
    """Every knowledge and skill of an edition against every profile."""
    found = _open(slug)
    return _page("matrix", **_of(found), rows=matrix(found.catalogue))


@catalogue_pages.get("/catalogue/<slug>/compare.json")
@catalogue_pages.get("/catalogue/<slug>/compare")
def profiles(slug: str) -> BaseResponse:
    """What has to be learned between two profiles; without two profiles, the question."""
    found = _open(slug)
    ends = _ends(found.catalogue.profiles)
    way = None if ends is None else compare_profiles(found.catalogue, *ends)
    if _wants_json():
        return _unasked() if ends is None or way is None else _document(_writer().way(found.catalogue, *ends, way))
    return _page("profiles", **_of(found), ends=ends, way=way)


@catalogue_pages.get(f"/catalogue/<slug>/<{_KIND}:kind>/<code>.json")
@catalogue_pages.get(f"/catalogue/<slug>/<{_KIND}:kind>/<code>")
def item(slug: str, kind: str, code: str) -> BaseResponse:
    """One item of an edition."""
    found = _open(slug)
    shown = found.catalogue.find(Kind(kind), code)
    if shown is None:
        raise NotFound
    if _wants_json():
        return _document(_writer().item(found.catalogue, shown))
    return _page("item", **_of(found), item=shown, **_around(found.catalogue, shown))


@catalogue_pages.errorhandler(NotFoundError)
def unknown(_: NotFoundError) -> Response:
    """No such edition."""
    return problem(404, gettext("There is no such page."))


@catalogue_pages.errorhandler(AttestoError)
def unavailable(_: AttestoError) -> Response:
    """An edition that cannot be had, or is not what the log names."""
    response = problem(503, gettext("The catalogue cannot be shown at present: its file is missing or is another."))
    response.headers["Retry-After"] = "60"
    return response


def _open(slug: str) -> Edition:
    found = the_library().edition(slug)
    if not found.catalogue.public:
        raise NotFound
    return found


def _of(found: Edition) -> dict[str, object]:
    return {"edition": found, "catalogue": found.catalogue}


def _around(catalogue: Catalogue, shown: Item) -> dict[str, object]:
    """What stands around an item: what it takes, and what takes it."""
    match shown:
        case Profile():
            needs = required(catalogue, shown)
            levels = needs if isinstance(needs, Gap) else _grouped(catalogue, needs)
            return {"tasks": tasks_of(catalogue, shown), "needs": levels}
        case Task():
            return {"needs": _by_kind(list(taken(catalogue, shown))), "profiles": doers(catalogue, shown.slug)}
        case Competence():
            rows = [row for row in matrix(catalogue) if row.competence == shown]
            levels_by_profile = [
                (profile, level)
                for row in rows
                for profile, level in zip(catalogue.profiles.values(), row.levels, strict=True)
                if level is not None
            ]
            return {"tasks": takers(catalogue, shown), "levels": levels_by_profile}
        case _:
            return {"measured": [c for c in competences(catalogue) if c.scale == shown.slug]}


def _grouped(catalogue: Catalogue, needs: Mapping[Key, T]) -> dict[Kind, list[tuple[Competence, T]]]:
    return _by_kind([(c, needs[c.kind, c.slug]) for c in competences(catalogue) if (c.kind, c.slug) in needs])


def _by_kind(levels: list[tuple[Competence, T]]) -> dict[Kind, list[tuple[Competence, T]]]:
    return {kind: [pair for pair in levels if pair[0].kind is kind] for kind in (Kind.KNOWLEDGE, Kind.SKILL)}


def _wanted() -> Wanted:
    kind = request.args.get("kind", "")
    return Wanted(
        request.args.get("q", "").strip()[:MAX_WORDS],
        Kind(kind) if kind in set(Kind) else None,
        request.args.get("profile", ""),
        request.args.get("digital") == "1",
    )


def _ends(known: Mapping[str, T]) -> tuple[T, T] | None:
    """The two that the question names, None where it names none.

    Raises:
        NotFound: one of them is not there.
    """
    asked = request.args.get("from"), request.args.get("to")
    if not any(asked):
        return None
    before, after = (known.get(slug or "") for slug in asked)
    if before is None or after is None:
        raise NotFound
    return before, after


def _wants_json() -> bool:
    if request.path.endswith(".json"):
        return True
    best = request.accept_mimetypes.best_match(["text/html", MEDIA_TYPE, "application/json"])
    return best not in {None, "text/html"}


def _writer() -> Writer:
    return Writer(the_desk().address)


def _unasked() -> Response:
    return problem(400, gettext("Name both ends of the comparison, as in ?from=…&to=…"))


def _document(content: Mapping[str, Json]) -> Response:
    response = Response(format_json(content), content_type=MEDIA_TYPE)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return _cached(response)


def _page(name: str, **shown: object) -> Response:
    return _cached(make_response(render_template(f"catalogue/{name}.html", **shown)))


def _cached(response: Response) -> Response:
    response.headers["Cache-Control"] = _CACHE
    response.vary.update(("Accept", "Accept-Language"))
    return response


@catalogue_pages.context_processor
def words() -> dict[str, object]:
    """What the catalogue's templates say things with."""
    return {
        "CHANGES": CHANGES,
        "EDITS": EDITS,
        "KINDS": KINDS,
        "PARTS": PARTS,
        "MAX_WORDS": MAX_WORDS,
        "Change": Change,
        "Edit": Edit,
        "Kind": Kind,
        "is_gap": lambda value: isinstance(value, Gap),
        "legal_day": legal_day,
        "say": say,
        "subject": subject,
    }
