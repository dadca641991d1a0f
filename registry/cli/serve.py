"""The command ``attesto serve``."""

import logging
import os
from pathlib import Path

import click

from registry.cli.options import folder
from registry.cli.teaching import TeachingCommand
from registry.seal import seal_environment
from registry.settings import read_settings
from registry.web import Listening, serve


@click.command(cls=TeachingCommand, name="serve")
@folder
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="The port to listen on.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="How many processes answer.")
def serve_command(folder: Path, host: str, port: int, workers: int) -> None:
    """Serve a registry: its page and public files, the API for bodies, and publish what was recorded.

    Examples:
        attesto serve ./registry
        attesto serve ./registry --host 0.0.0.0 --port 8000 --workers 2

    /             the public page
    /public/      the public files
    /api/v1/      decisions of bodies, each with its token ('attesto token add'); described at /api/v1/openapi.json
    /healthz      200 while the registry works and publishes in time

    An adverse decision is published at once, any other within publish_seconds; a snapshot follows the one before after
    heartbeat_seconds at the latest. SIGTERM ends it once the running requests and publication are done.
    """
    logging.basicConfig(level=logging.INFO, format="[%(levelname)s] %(message)s")
    settings = read_settings(folder)
    # The page seals what it hands out as any page does, by what the environment names; workers inherit it.
    os.environ.update(seal_environment(settings))
    serve(settings, Listening(host, port, workers))
