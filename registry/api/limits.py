"""What goes for every request and every answer of the API: limits, and headers that keep browsers out."""

from typing import Final

from flask import Flask, Response, abort, request

from verifier.page.guard import MAX_HEADER_BYTES, MAX_TARGET_BYTES

# No CORS header is among them: a page of another origin can neither send a token here nor read an answer.
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def limit(app: Flask, max_body_bytes: int) -> None:
    """Refuse requests that are too large, and dress every answer."""
    # Werkzeug cuts a body of unknown length off at this limit without a word: one byte more tells that it was cut.
    app.config["MAX_CONTENT_LENGTH"] = max_body_bytes + 1

    @app.before_request
    def refuse() -> None:
        if len(request.environ.get("PATH_INFO", "")) + len(request.query_string) > MAX_TARGET_BYTES:
            abort(414)
        if sum(len(name) + len(value) for name, value in request.headers) > MAX_HEADER_BYTES:
            abort(431)
        if (request.content_length or 0) > max_body_bytes:
            abort(413)

    @app.after_request
    def dress(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response
