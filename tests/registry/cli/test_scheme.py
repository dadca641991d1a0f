"""Scheme files by command: checked together, compared, shown, and published once and for ever."""

import json
from pathlib import Path

from tests.registry.cli.conftest import SCHEME, call, done

NEWER = SCHEME.with_name("demo-2027.json")


def other(place: Path, slug: str, **rules: object) -> Path:
    scheme = json.loads(SCHEME.read_bytes())
    scheme["slug"], scheme["rules"] = slug, scheme["rules"] | rules
    path = place / f"{slug}.json"
    path.write_text(json.dumps(scheme, indent=1), encoding="utf-8")
    return path


def test_files_are_checked_together(tmp_path: Path) -> None:
    good, bad = done("scheme", "check", SCHEME, NEWER), call("scheme", "check", SCHEME, other(tmp_path, "doppia"))

    assert [edition["edition"] for edition in good["editions"]] == ["demo-2026", "demo-2027"]
    assert bad.exit_code == 2
    assert "/rules/open_from: doppia grants addetto" in bad.stderr
    assert "/rules/open_from: demo-2026 grants addetto" in bad.stderr


def test_an_overlap_is_named_beside_what_is_wrong_with_a_file_alone(tmp_path: Path) -> None:
    contradictory, shapeless = other(tmp_path, "doppia"), tmp_path / "broken.json"
    scheme = json.loads(contradictory.read_bytes())
    scheme["profiles"]["addetto"]["follows"] = ["addetto"]
    contradictory.write_text(json.dumps(scheme), encoding="utf-8")
    shapeless.write_text("[]", encoding="utf-8")

    bad = call("scheme", "check", contradictory, shapeless, SCHEME)

    assert bad.exit_code == 2
    assert "/profiles/addetto/follows/0: leads in a circle" in bad.stderr
    assert "broken.json is not a scheme file" in bad.stderr
    assert "/rules/open_from: doppia grants addetto" in bad.stderr
    assert "/rules/open_from: demo-2026 grants addetto" in bad.stderr


def test_a_file_is_checked_against_what_is_published(folder: Path, tmp_path: Path) -> None:
    lost = other(
        tmp_path, "persa", open_from="2036-01-01", open_until=None, transition={"from": ["x"], "until": "2036-02-01"}
    )

    assert call("scheme", "check", lost).exit_code == 0
    assert "is no edition of the scheme demo here: 'x'" in call("scheme", "check", lost, "--in", folder).stderr
    assert call("scheme", "check", SCHEME, NEWER, "--in", folder).exit_code == 0
    changed = other(tmp_path, "demo-2026", late_recording_days=9)
    assert "/slug: demo-2026 is there already" in call("scheme", "check", changed, "--in", folder).stderr


def test_an_edition_that_overlaps_a_published_one_is_not_published(folder: Path, tmp_path: Path) -> None:
    refused = call("scheme", "publish", folder, other(tmp_path, "doppia"))

    assert refused.exit_code == 2
    assert "/rules/open_from: demo-2026 grants addetto" in refused.stderr
    assert [edition["edition"] for edition in done("scheme", "list", folder)["editions"]] == ["demo-2026"]


def test_a_changed_file_of_a_published_edition_is_refused(folder: Path, tmp_path: Path) -> None:
    again, changed = call("scheme", "publish", folder, SCHEME), call(
        "scheme", "publish", folder, other(tmp_path, "demo-2026", late_recording_days=9)
    )  # fmt: skip

    assert (again.exit_code, changed.exit_code) == (1, 1)
    assert "is published already, as it stands in this file" in again.stderr
    assert "is published with another content and never changes" in changed.stderr


def test_editions_are_compared_by_file_and_by_slug(folder: Path) -> None:
    same, different = call("scheme", "diff", SCHEME, "demo-2026", "--in", folder), call("scheme", "diff", SCHEME, NEWER)
    told = json.loads(call("scheme", "diff", "demo-2026", NEWER, "--in", folder, "--json").stdout)["differences"]

    assert same.exit_code == 0
    assert "say the same" in same.stdout
    assert different.exit_code == 1
    assert "rules: maintenance/evidence/formazione/hours changed from 16 to 20" in different.stdout
    assert {
        "subject": "profile referente", "place": "tasks/sorvegliare", "edit": "added", "before": None, "after": None,
    } in told  # fmt: skip


def test_what_cannot_be_compared_is_bad_input(folder: Path) -> None:
    assert "needs --in DIR" in call("scheme", "diff", "demo-2026", NEWER).stderr
    assert call("scheme", "diff", "demo-2026", NEWER).exit_code == 2
    assert call("scheme", "diff", "demo-1999", NEWER, "--in", folder).exit_code == 2


def test_an_edition_is_shown_with_its_requirements(folder: Path) -> None:
    shown, text = done("scheme", "show", folder, "demo-2026"), call("scheme", "show", folder, "demo-2026").stdout

    rows = {row["slug"]: row["levels"] for row in shown["matrix"]}
    assert rows["bilancio"] == {"direttore": "critica"}
    assert next(line for line in text.splitlines() if " bilancio " in line).split()[-1] == "critica"


def test_an_edition_is_closed_once_and_withdrawn_once(folder: Path) -> None:
    done("scheme", "close", folder, "demo-2026")
    closed = call("scheme", "close", folder, "demo-2026")
    done("scheme", "withdraw", folder, "demo-2026")
    again, late = (call("scheme", what, folder, "demo-2026") for what in ("withdraw", "close"))

    assert (closed.exit_code, again.exit_code, late.exit_code) == (1, 1, 1)
    assert "edition demo-2026 takes no new grants since" in closed.stderr
    assert "edition demo-2026 was withdrawn on" in again.stderr
    assert "edition demo-2026 was withdrawn on" in late.stderr
