"""The application: version 1 of the API below ``/api/v1``, and the registry's health."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from flask import Flask

from registry.api.certifications import certifications
from registry.api.desk import Desk, keep_desk
from registry.api.erasure import erasures
from registry.api.evidence import evidence
from registry.api.exams import exams
from registry.api.health import health
from registry.api.limits import limit
from registry.api.openapi import description
from registry.api.preparations import preparations
from registry.api.problem import answer_problems
from registry.api.reading import MAX_BODY_BYTES
from registry.api.transfers import transfers
from registry.publish.schedule import Schedule

PREFIX: Final = "/api/v1"


def create_app(desk: Desk, schedule: Schedule, clock: Callable[[], datetime], max_age: int) -> Flask:
    """The API of a registry.

    Args:
        desk: the registry, its tokens and its answers.
        schedule: when the registry is to publish.
        clock: gives the present instant, in UTC.
        max_age: how many seconds old the newest snapshot may be.
    """
    app = Flask("registry.api", static_folder=None)
    keep_desk(app.extensions, desk)
    limit(app, MAX_BODY_BYTES)
    answer_problems(app)
    app.register_blueprint(health(schedule, clock, max_age))
    app.register_blueprint(description, url_prefix=PREFIX)
    app.register_blueprint(certifications, url_prefix=PREFIX)
    app.register_blueprint(preparations, url_prefix=PREFIX)
    app.register_blueprint(erasures, url_prefix=PREFIX)
    app.register_blueprint(exams, url_prefix=PREFIX)
    app.register_blueprint(evidence, url_prefix=PREFIX)
    app.register_blueprint(transfers, url_prefix=PREFIX)
    return app
