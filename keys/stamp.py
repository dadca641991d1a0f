"""Time-stamps from an authority over HTTP (RFC 3161, section 3.4)."""

import urllib.error
import urllib.request
from http.client import HTTPException
from typing import Final

from asn1crypto import tsp
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError

from verifier.download import exchange

TIMEOUT_SECONDS: Final = 10
MAX_ANSWER_BYTES: Final = 256 * 1024
_REPLY: Final = "application/timestamp-reply"
_SOMETHING_ELSE: Final = "the time-stamp authority answers with something else"


class HttpStamper(TimeStamper):
    """Asks one authority, and waits; what it answers is checked when the sealed document is."""

    def __init__(self, url: str) -> None:
        """Ask at ``url``, which begins with https:// or http://."""
        super().__init__()  # type: ignore[no-untyped-call]
        self._url = url

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Ask for one time-stamp.

        Raises:
            TimestampRequestError: the authority does not answer, or with something else.
        """
        headers = {"Content-Type": "application/timestamp-query", "Accept": _REPLY}
        request = urllib.request.Request(self._url, req.dump(), headers)  # noqa: S310  the settings checked it
        try:
            answer = exchange(request, TIMEOUT_SECONDS, MAX_ANSWER_BYTES)
        except urllib.error.HTTPError as error:
            error.close()
            raise TimestampRequestError(f"the time-stamp authority answers {error.code}") from error
        except (OSError, HTTPException, ValueError) as error:
            raise TimestampRequestError("the time-stamp authority does not answer") from error
        if answer.kind != _REPLY or answer.broken_off or len(answer.data) > MAX_ANSWER_BYTES:
            raise TimestampRequestError(_SOMETHING_ELSE)
        try:
            return tsp.TimeStampResp.load(answer.data, strict=True)
        except ValueError as error:
            raise TimestampRequestError(_SOMETHING_ELSE) from error
