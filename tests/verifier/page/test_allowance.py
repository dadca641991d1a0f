"""How much one address may ask for: enough for an office, and no more than that."""

from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from tests.verifier.page.world import NOW, World
from verifier.page import create_app
from verifier.page.allowance import BURST, Allowance


class _Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@given(burst=st.integers(1, 50), waits=st.lists(st.floats(0, 3), max_size=200))
def test_nobody_ever_gets_more_than_the_burst_and_what_time_gave_back(burst: int, waits: list[float]) -> None:
    clock = _Clock()
    allowance, given_ = Allowance(burst, 2.0, clock), 0
    for wait in waits:
        clock.pass_(wait)
        given_ += allowance.take("a") == 0
        assert given_ <= burst + 2.0 * (clock.now - NOW).total_seconds() + 1e-3


def test_the_burst_is_given_whole_and_the_next_one_when_it_was_promised() -> None:
    clock = _Clock()
    allowance = Allowance(10, 2.0, clock)

    assert [allowance.take("a") for _ in range(10)] == [0] * 10
    seconds = allowance.take("a")
    assert 0 < seconds <= 0.5
    clock.pass_(seconds + 0.001)
    assert allowance.take("a") == 0
    assert allowance.take("a") > 0
    assert allowance.take("b") == 0


def test_a_crowd_of_addresses_takes_bounded_memory_and_frees_no_greedy_one() -> None:
    clock = _Clock()
    allowance = Allowance(10, 0.001, clock, most=100)
    for _ in range(10):
        allowance.take("greedy")

    for number in range(1000):
        allowance.take(f"passer-by {number}")

    assert allowance.take("greedy") > 0
    assert len(allowance._full_at) <= 100


def _ask(client: FlaskClient, number: str, address: str, forwarded: str = "") -> int:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    environ = {"REMOTE_ADDR": address}
    # What is asked with other arguments does not come from memory.
    return client.get(f"/static/icon.svg?{number}", headers=headers, environ_overrides=environ).status_code


def _client(world: World, proxies: int = 0) -> FlaskClient:
    return create_app(world.source, world.trust, lambda: NOW, "https://attesto.example", proxies).test_client()


def _spend(client: FlaskClient, address: str, forwarded: str = "") -> None:
    for number in range(BURST):
        assert _ask(client, str(number), address, forwarded) == 200


def test_an_address_that_asks_too_much_is_told_so_and_others_are_not(world: World) -> None:
    client = _client(world)
    _spend(client, "192.0.2.7")

    refused = client.get("/", environ_overrides={"REMOTE_ADDR": "192.0.2.7"}, headers={"Accept": "text/html"})

    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) >= 1
    assert refused.headers["Cache-Control"] == "no-store"
    assert _ask(client, "x", "192.0.2.8") == 200


@pytest.mark.parametrize(("address", "status"), [("2001:db8::2", 429), ("2001:db8:0:1::1", 200)])
def test_one_connections_ipv6_addresses_are_one(world: World, address: str, status: int) -> None:
    client = _client(world)
    _spend(client, "2001:db8::1")

    assert _ask(client, "x", address) == status


def test_a_proxy_that_was_announced_is_believed_and_what_was_written_before_it_is_not(world: World) -> None:
    client = _client(world, proxies=1)
    _spend(client, "127.0.0.1", "192.0.2.7")

    assert _ask(client, "x", "127.0.0.1", "192.0.2.8") == 200
    assert _ask(client, "y", "127.0.0.1", "203.0.113.1, 192.0.2.7") == 429


def test_without_an_announced_proxy_a_header_changes_nothing_and_the_machine_itself_is_not_counted(
    world: World,
) -> None:
    client = _client(world)
    _spend(client, "192.0.2.7")

    assert _ask(client, "x", "192.0.2.7", "192.0.2.9") == 429
    _spend(client, "127.0.0.1")
    assert _ask(client, "y", "127.0.0.1") == 200
