"""What goes for every request and every answer: limits, security headers, validators for caches."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from flask import Flask, Response, abort, current_app, request

MAX_TARGET_BYTES: Final = 2048
MAX_HEADER_BYTES: Final = 16 * 1024
# The octets that a view may be sent, by its function: what only asks has nothing to send.
_TAKES: Final[dict[Callable[..., Any], int]] = {}
_SAME_SITE: Final = frozenset({"same-origin", "none"})
View = TypeVar("View", bound=Callable[..., Any])

# What every page may do; one that needs more takes these, and changes what it needs.
DIRECTIVES: Final[Mapping[str, str]] = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "'none'",
}


def format_policy(directives: Mapping[str, str]) -> str:
    """A Content-Security-Policy (CSP 3) of directives by name."""
    return "; ".join(f"{name} {value}" for name, value in directives.items())


PERMISSIONS: Final = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
_HEADERS: Final = {
    "Content-Security-Policy": format_policy(DIRECTIVES),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
}


def takes(octets: int) -> Callable[[View], View]:
    """Let a view be sent a body of up to so many octets, of known length and by this page's own forms alone."""

    def mark(view: View) -> View:
        _TAKES[view] = octets
        return view

    return mark


def _check_body() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    limit = 0 if view is None else _TAKES.get(view, 0)
    if (request.content_length or 0) > limit or "chunked" in request.headers.get("Transfer-Encoding", ""):
        abort(413)
    # Browsers say where a request comes from; no other site's page spends this one's time, or a visitor's allowance.
    if limit and request.headers.get("Sec-Fetch-Site", "none") not in _SAME_SITE:
        abort(403)
    request.max_content_length = limit


def guard(app: Flask, address: str) -> None:
    """Refuse requests that are too large, and dress every answer; ``address`` is the page's own URL."""
    headers = dict(_HEADERS)
    if address.startswith("https://"):
        headers["Strict-Transport-Security"] = "max-age=63072000"

    @app.before_request
    def limit() -> None:
        if len(request.environ.get("PATH_INFO", "")) + len(request.query_string) > MAX_TARGET_BYTES:
            abort(414)
        if sum(len(name) + len(value) for name, value in request.headers) > MAX_HEADER_BYTES:
            abort(431)
        _check_body()

    @app.after_request
    def dress(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        # The public files are for everybody's programs; everything else is for this page alone.
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if response.status_code == 200 and not response.direct_passthrough:
            response.add_etag()
            response.make_conditional(request)
        return response
