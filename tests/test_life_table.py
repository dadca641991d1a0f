"""The table of a certification's life in the docs is the rule's own."""

import sys
from pathlib import Path
from subprocess import run

ROOT = Path(__file__).parents[1]


def test_the_docs_hold_the_table_that_the_rule_prints() -> None:
    made = run([sys.executable, ROOT / "scripts" / "life-table"], capture_output=True, text=True, check=True, cwd=ROOT)

    assert len(made.stdout.splitlines()) > 20
    assert made.stdout in (ROOT / "docs" / "life.md").read_text(encoding="utf-8")
