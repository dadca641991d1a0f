"""The public verification page: the verifier's answer for people, from public files and a trust root alone."""

from verifier.page.app import create_app

__all__ = ["create_app"]
