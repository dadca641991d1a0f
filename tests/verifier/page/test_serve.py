"""The served page follows its trust root's file, and takes no address where somebody listens."""

import itertools
import json
import logging
import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from tests.verifier.page.world import World
from verifier.errors import UnavailableError
from verifier.page.serve import FollowingPage, Serving, free_address
from verifier.trust import format_trust_root


@pytest.fixture
def trust(world: World, tmp_path: Path) -> Path:
    path = tmp_path / "trust.json"
    path.write_bytes(format_trust_root(replace(world.trust, bodies={})))
    return path


@pytest.fixture
def page(world: World, trust: Path) -> Client:
    seconds = itertools.count()
    serving = Serving(str(world.public), trust, "127.0.0.1", 8000, "http://127.0.0.1:8000", 1)
    return Client(FollowingPage(serving, lambda: next(seconds)))


def checks(page: Client, world: World) -> dict[str, str]:
    answer: Any = json.loads(page.get(f"/V/{world.samples['active'].number}.json").data)
    return {check["name"]: check["outcome"] for check in answer["checks"]}


def test_a_body_that_is_registered_while_the_page_runs_is_known_to_it(page: Client, trust: Path, world: World) -> None:
    before = checks(page, world)

    trust.write_bytes(format_trust_root(world.trust))

    assert (before["body"], checks(page, world)["body"]) == ("failed", "passed")


def test_a_trust_root_that_is_broken_is_not_taken_over(
    page: Client, trust: Path, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    trust.write_bytes(format_trust_root(world.trust))
    assert checks(page, world)["body"] == "passed"

    for broken in (b"", format_trust_root(world.trust)[:100], None):
        if broken is None:
            trust.unlink()
        else:
            trust.write_bytes(broken)
        with caplog.at_level(logging.ERROR):
            assert checks(page, world)["body"] == "passed"

    assert len(caplog.records) == 3
    assert all(record.getMessage().startswith("the trust root is not taken over: ") for record in caplog.records)


@pytest.mark.enable_socket
def test_an_address_where_somebody_listens_is_refused_though_both_would_share_it() -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(UnavailableError, match=f"^127.0.0.1:{port} cannot be listened on: Address already in use$"):
            free_address("127.0.0.1", port)
    assert free_address("127.0.0.1", port) == "127.0.0.1"
