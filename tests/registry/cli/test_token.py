"""Tokens by command: shown once, kept as hashes, for bodies that there are."""

import json
from pathlib import Path

from registry.api.tokens import TokenFile
from tests.registry.cli.conftest import call, done


def tokens(folder: Path) -> TokenFile:
    return TokenFile(folder / "secrets" / "api-tokens.json")


def test_a_token_is_shown_once_and_speaks_for_its_body(folder: Path) -> None:
    made = done("token", "add", folder, "--body", "odc-uno", "--label", "software")

    client = tokens(folder).find(made["token"])
    assert client is not None
    assert (client.body, client.label) == ("odc-uno", "software")
    listed = call("token", "list", folder).stdout
    assert "odc-uno" in listed
    assert made["token"] not in listed
    assert made["token"] not in (folder / "secrets" / "api-tokens.json").read_text()


def test_no_two_tokens_are_alike(folder: Path) -> None:
    made = {done("token", "add", folder, "--body", "odc-uno", "--label", label)["token"] for label in "abc"}

    assert len(made) == 3
    assert all(len(token) >= 43 for token in made)


def test_a_token_is_removed(folder: Path) -> None:
    made = done("token", "add", folder, "--body", "odc-uno", "--label", "software")

    done("token", "remove", folder, "--body", "odc-uno", "--label", "software")

    assert tokens(folder).find(made["token"]) is None
    assert done("token", "list", folder) == {"tokens": []}
    assert call("token", "remove", folder, "--body", "odc-uno", "--label", "software").exit_code == 1


def test_a_token_for_a_body_that_there_is_not_is_refused(folder: Path) -> None:
    told = call("token", "add", folder, "--body", "nobody", "--label", "software")

    assert (told.exit_code, told.stderr) == (2, "attesto: no body nobody is registered here\n")
    assert not (folder / "secrets" / "api-tokens.json").exists()


def test_a_label_is_used_once(folder: Path) -> None:
    done("token", "add", folder, "--body", "odc-uno", "--label", "software")

    again = call("token", "add", folder, "--body", "odc-uno", "--label", "software")

    assert again.exit_code == 1
    assert "remove it first" in again.stderr


def test_a_file_of_tokens_that_is_broken_stops_with_one_sentence(folder: Path) -> None:
    (folder / "secrets" / "api-tokens.json").write_text(json.dumps({"x": 1}))

    for command in (["token", "list", folder], ["serve", folder]):
        told = call(*command)

        assert told.exit_code == 2
        assert told.stderr.count("\n") == 1
