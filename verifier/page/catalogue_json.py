"""The catalogue for programs: JSON-LD in the words of SKOS and schema.org, in every language at once.

Each document carries its own context; a program that reads plain JSON may pass it over. An address in it is that of the
page for people, which answers with this document where it is asked for JSON.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from verifier.catalogue import Catalogue, Competence, Gap, Item, Kind, Level, Link, Profile, Scale, Task
from verifier.competence import (
    Difference,
    Step,
    Way,
    doers,
    required,
    taken,
    takers,
)
from verifier.encoding import Json, format_instant
from verifier.page.library import Edition, Shelf

MEDIA_TYPE: Final = "application/ld+json"
_OWN: Final = "urn:attesto:catalogue:"
CONTEXT: Final[Mapping[str, Json]] = {
    "@vocab": _OWN,
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "name": {"@id": "schema:name", "@container": "@language"},
    "description": {"@id": "schema:description", "@container": "@language"},
    "creator": {"@id": "schema:creator", "@container": "@language"},
    "code": "schema:termCode",
    "in": {"@id": "schema:inDefinedTermSet", "@type": "@id"},
    "terms": "schema:hasDefinedTerm",
    "exactMatch": {"@id": "skos:exactMatch", "@type": "@id"},
    "related": {"@id": "schema:subjectOf", "@type": "@id"},
    "gap": {"@container": "@language"},
    "scale": {"@type": "@id"},
}


class Writer:
    """Writes documents whose addresses begin with that of the page."""

    def __init__(self, address: str) -> None:
        """Write for the page at ``address``, without a slash at its end."""
        self._place = f"{address}/catalogue"

    def shelf(self, shelf: Shelf) -> dict[str, Json]:
        """All editions."""
        editions: list[Json] = [self._named_edition(edition) for edition in shelf.editions]
        return _document({"@id": self._place, "@type": "schema:DataCatalog", "editions": editions}) | {
            "missing": list(shelf.missing)
        }

    def edition(self, edition: Edition, items: Iterable[Item]) -> dict[str, Json]:
        """An edition with those of its items that are asked for."""
        catalogue = edition.catalogue
        gaps: dict[str, Json] = {
            str(kind): {"gap": dict(part.reason)} for kind in Kind if isinstance(part := catalogue.part(kind), Gap)
        }
        return _document(self._named_edition(edition)) | {
            "description": dict(catalogue.about),
            "creator": dict(catalogue.owner),
            "public": catalogue.public,
            "rules": dict(catalogue.rules),
            "terms": [self._item(catalogue, item) for item in items],
            "gaps": gaps,
        }

    def item(self, catalogue: Catalogue, item: Item) -> dict[str, Json]:
        """One item of an edition."""
        return _document(self._item(catalogue, item))

    def way(self, catalogue: Catalogue, origin: Profile, target: Profile, way: Way | Gap) -> dict[str, Json]:
        """What has to be learned between two profiles."""
        ends: dict[str, Json] = {"from": self._named(catalogue, origin), "to": self._named(catalogue, target)}
        if isinstance(way, Gap):
            return _document(ends | {"gap": dict(way.reason)})
        steps: list[Json] = [self._step(catalogue, step) for step in way.steps]
        return _document(ends | {"steps": steps, "new_tasks": self._all_named(catalogue, way.new_tasks)})

    def differences(self, older: Edition, newer: Edition, found: Iterable[Difference]) -> dict[str, Json]:
        """What changed from one edition to another."""
        return _document(
            {
                "from": self._named_edition(older),
                "to": self._named_edition(newer),
                "differences": [_difference(difference) for difference in found],
                "rules": _changed_rules(older.catalogue.rules, newer.catalogue.rules),
            }
        )

    def _named_edition(self, edition: Edition) -> dict[str, Json]:
        catalogue = edition.catalogue
        named: dict[str, Json] = {
            "@id": f"{self._place}/{catalogue.slug}",
            "@type": ["schema:DefinedTermSet", "skos:ConceptScheme"],
            "code": catalogue.slug,
            "scheme": catalogue.scheme,
            "name": dict(catalogue.title),
            "sha256": edition.sha256.hex(),
            "published_at": format_instant(edition.published.recorded_at),
        }
        if edition.ended is not None:
            named |= {"ended": edition.ended.event.type, "ended_at": format_instant(edition.ended.recorded_at)}
        return named

    def _address(self, catalogue: Catalogue, kind: Kind, slug: str) -> str:
        return f"{self._place}/{catalogue.slug}/{kind}/{slug}"

    def _named(self, catalogue: Catalogue, item: Item) -> dict[str, Json]:
        return {
            "@id": self._address(catalogue, item.kind, item.slug),
            "@type": ["schema:DefinedTerm", "skos:Concept"],
            "kind": str(item.kind),
            "code": item.slug,
            "name": dict(item.title),
        }

    def _all_named(self, catalogue: Catalogue, items: Iterable[Item]) -> list[Json]:
        return [self._named(catalogue, item) for item in items]

    def _item(self, catalogue: Catalogue, item: Item) -> dict[str, Json]:
        said: dict[str, Json] = {"in": f"{self._place}/{catalogue.slug}"}
        match item:
            case Profile():
                said |= self._profile(catalogue, item) | _links(item.links)
            case Task():
                requires: list[Json] = [self._level(catalogue, c, level) for c, level in taken(catalogue, item)]
                said |= {"requires": requires, "profiles": self._all_named(catalogue, doers(catalogue, item.slug))}
                said |= _links(item.links)
            case Competence():
                said |= {"scale": self._address(catalogue, Kind.SCALE, item.scale)} | _links(item.links)
                said["tasks"] = self._all_named(catalogue, takers(catalogue, item))
                if item.kind is Kind.SKILL:
                    said["digital"] = item.digital
            case Scale():
                said["levels"] = [self._of_scale(catalogue, item.slug, level) for level in item.levels]
        return self._named(catalogue, item) | said

    def _profile(self, catalogue: Catalogue, profile: Profile) -> dict[str, Json]:
        said: dict[str, Json] = {}
        for name, kind, slugs in (("follows", Kind.PROFILE, profile.follows), ("tasks", Kind.TASK, profile.tasks)):
            if isinstance(slugs, Gap):
                said[name] = {"gap": dict(slugs.reason)}
            else:
                items = (catalogue.find(kind, slug) for slug in slugs)
                said[name] = self._all_named(catalogue, (item for item in items if item is not None))
        requirements = required(catalogue, profile)
        if not isinstance(requirements, Gap):
            known = ((catalogue.find(*key), level) for key, level in requirements.items())
            said["requires"] = [self._level(catalogue, c, level) for c, level in known if isinstance(c, Competence)]
        match profile.eqf_level:
            case Gap(reason):
                said["eqf_level"] = {"gap": dict(reason)}
            case int(level):
                said["eqf_level"] = level
        return said

    def _level(self, catalogue: Catalogue, competence: Competence, level: Level) -> dict[str, Json]:
        return {
            "competence": self._named(catalogue, competence),
            "level": self._of_scale(catalogue, competence.scale, level),
        }

    def _of_scale(self, catalogue: Catalogue, scale: str, level: Level) -> dict[str, Json]:
        address = f"{self._address(catalogue, Kind.SCALE, scale)}#{level.slug}"
        return {"@id": address, "code": level.slug, "name": dict(level.title), "rank": level.rank}

    def _step(self, catalogue: Catalogue, step: Step) -> dict[str, Json]:
        scale = step.competence.scale
        return {
            "change": str(step.change),
            "competence": self._named(catalogue, step.competence),
            "before": None if step.before is None else self._of_scale(catalogue, scale, step.before),
            "after": None if step.after is None else self._of_scale(catalogue, scale, step.after),
        }


def _document(content: Mapping[str, Json]) -> dict[str, Json]:
    return {"@context": dict(CONTEXT), **content}


def _changed_rules(before: Mapping[str, Json], after: Mapping[str, Json]) -> list[Json]:
    names = [*after, *(name for name in before if name not in after)]
    return [
        {"rule": name, "before": before.get(name), "after": after.get(name)}
        for name in names
        if before.get(name) != after.get(name) or (name in before) != (name in after)
    ]


def _links(links: Iterable[Link]) -> dict[str, Json]:
    same: list[Json] = [link.uri for link in links if link.kind == "esco"]
    other: list[Json] = [link.uri for link in links if link.kind != "esco"]
    return {name: uris for name, uris in (("exactMatch", same), ("related", other)) if uris}


def _difference(difference: Difference) -> dict[str, Json]:
    return {
        "change": str(difference.edit),
        "kind": str(difference.kind),
        "code": difference.slug,
        "name": dict(difference.title),
        "details": [
            {
                "subject": detail.subject if isinstance(detail.subject, str) else dict(detail.subject),
                "before": None if detail.before is None else dict(detail.before),
                "after": None if detail.after is None else dict(detail.after),
            }
            for detail in difference.details
        ],
    }
