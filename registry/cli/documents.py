"""Certificates as files: what a command writes of the document, from the registry's own records."""

from pathlib import Path

from registry.bootstrap import Attesto


def check_printable(name: str) -> None:
    """Check that a certificate can show the name."""


def write_certificate(attesto: Attesto, number: str, path: Path) -> None:
    """Write the newest certificate of a certification."""
    raise NotImplementedError


def write_token(attesto: Attesto, number: str, token: bytes, path: Path) -> None:
    """Write the certificate of a token."""
