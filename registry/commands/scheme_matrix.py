"""The requirement matrix of a scheme file: the highest level at which a profile's tasks take each competence."""

import json

from verifier.catalogue import Catalogue, parse_catalogue
from verifier.competence import matrix
from verifier.encoding import Json, parse_json


def requirement_matrix(content: bytes) -> list[dict[str, Json]]:
    """Every knowledge and skill, with the slug of its level in each profile that takes it.

    Raises:
        FormatError: not a scheme file.
    """
    catalogue = _whole(content)
    profiles = tuple(catalogue.profiles)
    return [
        {
            "kind": row.competence.kind.value,
            "slug": row.competence.slug,
            "title": dict(row.competence.title),
            "levels": {
                profile: level.slug for profile, level in zip(profiles, row.levels, strict=True) if level is not None
            },
        }
        for row in matrix(catalogue)
    ]


def _whole(content: bytes) -> Catalogue:
    # Whether the public may see the catalogue is no question to whoever has the file.
    document = {name: value for name, value in parse_json(content).items() if name != "publication"}
    return parse_catalogue(json.dumps(document).encode())
