"""The public list of scheme editions: all that are published, in the order of the log, and no other."""

from pathlib import Path

from tests.contracts.parts import Parts
from verifier.audit import audit
from verifier.fetch import EDITIONS_PATH, FolderSource, edition_path, parse_editions

SKELETON = Path(__file__).parents[2] / "schemes" / "pdr150-2024.json"


def listed(parts: Parts) -> tuple[str, ...]:
    return parse_editions((parts.place.public / EDITIONS_PATH).read_bytes())


def test_every_published_edition_is_listed_in_the_order_of_the_log(parts: Parts) -> None:
    parts.publisher.publish()
    assert listed(parts) == ("demo-2026",)

    parts.register.publish_edition(SKELETON.read_bytes())
    assert listed(parts) == ("demo-2026",)

    parts.publisher.publish()
    assert listed(parts) == ("demo-2026", "pdr150-2024")
    assert all((parts.place.public / edition_path(slug)).is_file() for slug in listed(parts))


def test_a_withdrawn_edition_stays_listed(parts: Parts) -> None:
    parts.register.withdraw_edition("demo-2026")
    parts.publisher.publish()

    assert listed(parts) == ("demo-2026",)


def test_a_lost_list_is_published_again(parts: Parts) -> None:
    parts.publisher.publish()
    (parts.place.public / EDITIONS_PATH).unlink()

    parts.publisher.publish_again()

    assert listed(parts) == ("demo-2026",)


def test_an_edition_left_out_of_the_list_is_found(parts: Parts) -> None:
    parts.register.publish_edition(SKELETON.read_bytes())
    parts.publisher.publish()
    (parts.place.public / EDITIONS_PATH).write_bytes(b'{"editions":["demo-2026"]}')

    found = audit(FolderSource(parts.place.public), parts.trust(), None).findings

    assert [(finding.check, finding.place) for finding in found if finding.outcome == "failed"] == [
        ("scheme", EDITIONS_PATH)
    ]
