from tests.verifier.page.world import NOW, Withheld, World, too_late
from verifier.certificate import parse_token
from verifier.encoding import format_base64url
from verifier.page.desk import Desk
from verifier.page.evidence import browser_evidence


def desk(world: World, source=None, at=NOW) -> Desk:
    return Desk(source or world.source, world.trust, lambda: at, "https://attesto.example")


def test_a_browser_gets_what_vouches_for_each_document(world: World) -> None:
    sample = world.samples["renewed"]

    evidence = browser_evidence(desk(world).ask(sample.number, desk(world).question()), world.trust)

    digests = [document["token_sha256"] for document in evidence["record"]["documents"]]
    assert digests == [format_base64url(parse_token(token).digest) for token in sample.tokens]
    assert [document["revision"] for document in evidence["record"]["documents"]] == [1, 2]
    assert [key["jwk"] for key in evidence["bodies"]["aurora"]] == [world.token_keys["aurora"].public_key.jwk()]


def test_without_a_record_a_browser_gets_the_trusted_bodies_keys_alone(world: World) -> None:
    asked = desk(world, Withheld(world.source, missing="record/")).ask(
        world.samples["active"].number, desk(world).question()
    )

    evidence = browser_evidence(asked, world.trust)

    assert (evidence["record"], evidence["log"]) == (None, None)
    assert evidence["bodies"].keys() == {"aurora", "borea", "cirro"}


def test_an_old_snapshot_still_shows_what_was_registered(world: World) -> None:
    at = too_late()
    asked = desk(world, at=at).ask(world.samples["active"].number, desk(world, at=at).question())

    evidence = browser_evidence(asked, world.trust)

    assert evidence["record"]["documents"]


def test_an_unproven_record_vouches_for_nothing(world: World) -> None:
    asked = desk(world, Withheld(world.source, missing="status/tree/")).ask(
        world.samples["active"].number, desk(world).question()
    )

    assert browser_evidence(asked, world.trust)["record"] is None
