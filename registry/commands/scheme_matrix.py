"""The requirement matrix of a scheme file: the highest level at which a profile's tasks take each competence."""

from verifier.catalogue import parse_whole_catalogue
from verifier.competence import matrix
from verifier.encoding import Json


def requirement_matrix(content: bytes) -> list[dict[str, Json]]:
    """Every knowledge and skill, with the slug of its level in each profile that takes it.

    Raises:
        FormatError: not a scheme file.
    """
    catalogue = parse_whole_catalogue(content)
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
