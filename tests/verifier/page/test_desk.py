"""How long a question waits."""

import pytest

from tests.verifier.public_files import Files
from verifier.errors import UnavailableError
from verifier.page.desk import Hurried


def test_a_question_waits_so_long_for_all_its_files_and_no_longer() -> None:
    time = iter([0.0, 1.0, 19.0, 20.5])
    source = Hurried(Files({"a": b"1", "b": b"2", "c": b"3"}), 20, lambda: next(time))

    assert (source.read("a"), source.read("b")) == (b"1", b"2")
    with pytest.raises(UnavailableError, match="too slowly"):
        source.read("c")
