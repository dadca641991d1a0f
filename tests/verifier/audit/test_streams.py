"""A stream's state is packed small and comes back as it was."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from verifier.audit.streams import KINDS, Replayed, pack, unpack
from verifier.event import TYPES
from verifier.status import Fact

HASHES = st.binary(min_size=32, max_size=32)
INSTANTS = st.integers(0, 2**35).map(lambda second: datetime.fromtimestamp(second, UTC))
FACTS = st.lists(
    st.tuples(
        st.sampled_from(list(TYPES)), st.dates(), INSTANTS, *[st.none() | st.dates()] * 2,
        st.none() | st.integers(1, 9), *[st.none() | st.dates()] * 3, st.none(), st.none() | st.dates(),
    ),
    max_size=4,
).map(lambda rows: tuple(Fact(row[0], i, *row[1:]) for i, row in enumerate(rows, start=1)))  # fmt: skip
STREAMS = st.builds(
    Replayed,
    st.sampled_from(KINDS),
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**53),
    st.integers(0, 2**53),
    HASHES,
    HASHES,
    HASHES,
    FACTS,
)


@given(STREAMS)
def test_a_state_is_read_as_it_was_written(stream: Replayed) -> None:
    assert unpack(pack(stream)) == stream


@given(STREAMS)
def test_a_state_takes_some_two_hundred_octets(stream: Replayed) -> None:
    assert len(pack(stream)) <= 125 + 41 * len(stream.facts)
