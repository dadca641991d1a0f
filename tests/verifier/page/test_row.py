"""One person is one body's holder: what two bodies call by the same tag are two people."""

from dataclasses import replace

from tests.verifier.page.world import World
from verifier.certificate import parse_token
from verifier.page.row import holder_id

KEY = b"k" * 32


def test_equal_tags_of_two_bodies_are_two_people(world: World) -> None:
    certificate = parse_token(world.samples["active"].tokens[-1]).claims
    shifted = replace(certificate, body=certificate.body + "-due")

    people = {holder_id(KEY, one) for one in (certificate, replace(certificate, body="borea"), shifted)}

    assert len(people) == 3
    assert holder_id(KEY, replace(certificate, profile="direttore", number="0000000000000")) in people
    assert holder_id(KEY, replace(certificate, holder_tag=bytes(8))) not in people
