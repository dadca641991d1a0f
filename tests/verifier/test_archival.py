"""What every document that is typeset has in common."""

import subprocess
from pathlib import Path

import pytest

from verifier.archival import compiler, typeset
from verifier.errors import FormatError

_TEMPLATE = '#set document(title: "Prova")\n#set text(lang: "it", font: "Noto Sans")\n#sys.inputs.said'


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "template.typ"
    path.write_text(_TEMPLATE, encoding="utf-8")
    return path


def test_the_same_content_gives_the_same_bytes_and_is_printed_as_it_is(template: Path) -> None:
    pdf = typeset(compiler(template), {"said": "#panic() *uno*"}, 1_700_000_000)

    assert typeset(compiler(template), {"said": "#panic() *uno*"}, 1_700_000_000) == pdf
    text = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    assert "#panic() *uno*" in text


def test_what_the_template_refuses_is_told(template: Path) -> None:
    with pytest.raises(FormatError, match="said"):
        typeset(compiler(template), {}, 0)
