"""Archival, accessible PDF (PDF/A-3a and PDF/UA-1) from a typst template: the same bytes for the same content anywhere.

What is printed reaches the template as inputs and is never read as code.
"""

from collections.abc import Mapping
from pathlib import Path

import typst

from verifier.errors import FormatError
from verifier.fonts import FOLDER


def compiler(template: Path) -> typst.Compiler:
    """What compiles a template; it keeps the fonts, which are ours alone, and what documents have in common."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FOLDER])
    return typst.Compiler(template, root=template.parent, font_paths=fonts)


def typeset(compiler: typst.Compiler, inputs: Mapping[str, str], timestamp: int) -> bytes:
    """A document with these inputs; ``timestamp`` is the one instant in it, in seconds since 1970 (UTC).

    Raises:
        FormatError: it cannot be typeset.
    """
    try:
        pdf = compiler.compile(
            format="pdf", sys_inputs=dict(inputs), pdf_standards=["a-3a", "ua-1"], timestamp=timestamp
        )
    except typst.TypstError as error:
        raise FormatError(error.message) from error
    if not isinstance(pdf, bytes):
        raise FormatError("it came out in pieces")
    return pdf
