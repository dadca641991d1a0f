"""Tokens: the file opens nothing, is read again when it changes, and is never half written."""

import json
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from registry.api.tokens import Client, TokenFile, format_tokens, make_token, parse_tokens
from registry.errors import RequestError, SettingError
from verifier.errors import FormatError

AT = datetime(2026, 11, 24, 8, tzinfo=UTC)
UNO = Client("odc-uno", "software", AT)
DUE = Client("odc-due", "software", AT)


@pytest.fixture
def file(tmp_path: Path) -> TokenFile:
    return TokenFile(tmp_path / "secrets" / "api-tokens.json")


def test_where_there_is_no_file_nobody_is_known(file: TokenFile) -> None:
    assert file.find("attesto_x") is None


def test_an_empty_object_is_a_file_of_no_tokens(tmp_path: Path) -> None:
    (tmp_path / "tokens.json").write_text("{}\n")

    assert TokenFile(tmp_path / "tokens.json").clients() == {}


def test_a_token_is_made_of_all_the_chance_there_is() -> None:
    assert make_token(bytes(range(32))) == "attesto_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"


def test_a_token_speaks_for_its_body_from_when_it_is_added_until_it_is_removed(file: TokenFile, tmp_path: Path) -> None:
    server = TokenFile(tmp_path / "secrets" / "api-tokens.json")

    file.add("attesto_one", UNO)
    file.add("attesto_two", DUE)
    known = server.find("attesto_one"), server.find("attesto_two"), server.find("attesto_three")
    file.remove("odc-uno", "software")

    assert known == (UNO, DUE, None)
    assert (server.find("attesto_one"), server.find("attesto_two")) == (None, DUE)


def test_the_file_holds_hashes_only_and_is_its_owners_alone(file: TokenFile, tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "api-tokens.json"

    file.add("attesto_one", UNO)

    # sha256sum of "attesto_one", by coreutils.
    assert list(json.loads(path.read_text())) == ["681f4688747da92e4f977500a22fcec1de6b98d739b8f5b488f924e7925e30a3"]
    assert "attesto_one" not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["api-tokens.json"]


def test_a_label_names_one_token_of_a_body(file: TokenFile) -> None:
    file.add("attesto_one", UNO)

    with pytest.raises(RequestError, match="already"):
        file.add("attesto_two", UNO)
    with pytest.raises(RequestError, match="has no token"):
        file.remove("odc-uno", "another")
    assert file.find("attesto_two") is None


@pytest.mark.parametrize("label", ["", "  ", "a\nb", "x" * 61])
def test_a_label_is_a_short_line(label: str, file: TokenFile) -> None:
    with pytest.raises(RequestError, match="label"):
        file.add("attesto_one", Client("odc-uno", label, AT))


def test_what_is_written_is_read_back() -> None:
    clients = {"0" * 64: UNO, "f" * 64: DUE}

    assert parse_tokens(format_tokens(clients)) == clients


ENTRY = {"added_at": "2026-11-24T08:00:00Z", "body": "odc-uno", "label": "x"}


@pytest.mark.parametrize(
    "content",
    [
        [], {"x": ENTRY}, {"A" * 64: ENTRY}, {"0" * 64: "odc-uno"}, {"0" * 64: {**ENTRY, "scope": "all"}},
        {"0" * 64: {**ENTRY, "body": None}}, {"0" * 64: {**ENTRY, "added_at": "today"}},
    ],
)  # fmt: skip
def test_a_file_that_is_none_is_refused_and_lets_nobody_in(content: object, tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    path.write_text(json.dumps(content))

    with pytest.raises(FormatError):
        parse_tokens(path.read_bytes())
    with pytest.raises(SettingError, match="the file of API tokens"):
        TokenFile(path).find("attesto_one")


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "secrets").write_text("a file, not a folder")

    with pytest.raises(SettingError, match="cannot be"):
        TokenFile(tmp_path / "secrets" / "api-tokens.json").add("attesto_one", UNO)


ADD_TEN = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from registry.api.tokens import Client, TokenFile
file = TokenFile(Path(sys.argv[1]))
sys.stdin.readline()
for label in range(10):
    name = f"{sys.argv[2]}-{label}"
    file.add(name, Client("odc-uno", name, datetime(2026, 11, 24, tzinfo=UTC)))
    if label % 2:
        file.remove("odc-uno", name)
"""


def test_several_processes_add_and_remove_and_none_undoes_anothers(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "api-tokens.json"
    processes = [
        subprocess.Popen([sys.executable, "-c", ADD_TEN, path, name], stdin=subprocess.PIPE, text=True)
        for name in ("one", "two", "three")
    ]

    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for process in processes:
        with process:
            assert process.wait(timeout=60) == 0

    labels = {client.label for client in TokenFile(path).clients().values()}
    assert labels == {f"{name}-{label}" for name in ("one", "two", "three") for label in range(0, 10, 2)}
