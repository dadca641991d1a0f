"""The page that reads a certificate's symbol, with the camera or from a photo; the visitor's device does it alone."""

from typing import Final
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, make_response, render_template
from werkzeug.wrappers import Response as BaseResponse

from verifier.page.desk import the_desk
from verifier.page.guard import DIRECTIVES, PERMISSIONS, format_policy
from verifier.page.pages import cached
from verifier.page.scan_words import SCAN_WORDS

scanning = Blueprint("scan", __name__, url_prefix="/scan")
# The reader of symbols is WebAssembly; it runs in a worker, whose script is one of two that this page may start.
POLICY: Final = format_policy(
    {
        **DIRECTIVES,
        "script-src": "'self' 'wasm-unsafe-eval'",
        "worker-src": "'self'",
        "media-src": "'self' blob: mediastream:",
        "manifest-src": "'self'",
        "trusted-types": "attesto-script",
    }
)
READER_POLICY: Final = format_policy(
    {"default-src": "'none'", "script-src": "'self' 'wasm-unsafe-eval'", "connect-src": "'self'"}
)


@scanning.get("")
def page() -> BaseResponse:
    """The camera, and a field for a photo beside it."""
    host = urlsplit(the_desk().address).netloc
    response = cached(make_response(render_template("scan.html", host=host, SCAN_WORDS=SCAN_WORDS)))
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Permissions-Policy"] = PERMISSIONS.replace("camera=()", "camera=(self)")
    return response


@scanning.get("/reader.js")
def reader() -> Response:
    """The script that reads pictures, under a policy of its own, as browsers want it for a worker."""
    response = current_app.send_static_file("js/reader.js")
    response.headers["Content-Security-Policy"] = READER_POLICY
    return response
