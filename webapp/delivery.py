"""Finished responses: made once, compressed once, and answered with an ETag."""

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any

import brotli
from flask import Response, current_app, request

PAGE_CACHING = "public, max-age=300"
FOREVER = "public, max-age=31536000, immutable"

SEEN = "magnesium.seen"
"""Where in the WSGI environment stands what an answer was about, for whoever counts answers. Never what it said."""

_SMALLEST_WORTH_COMPRESSING = 500
_DYNAMIC_BROTLI_QUALITY = 3
_DYNAMIC_GZIP_LEVEL = 3


@dataclass(frozen=True)
class Finished:
    """A response body that is the same for everybody, with its compressed forms."""

    body: bytes
    content_type: str
    caching: str = PAGE_CACHING

    @cached_property
    def tag(self) -> str:
        return hashlib.sha256(self.body).hexdigest()[:20]

    @cached_property
    def forms(self) -> dict[str, bytes]:
        """The body by content coding, as small as it gets."""
        return {
            "br": brotli.compress(self.body, quality=11, mode=brotli.MODE_TEXT),
            "gzip": gzip.compress(self.body, 9, mtime=0),
            "": self.body,
        }

    def response(self) -> Response:
        """Answer the current request: in the best coding the browser takes, or 304 if it has the body already."""
        coding = _coding()
        response = Response(self.forms[coding], content_type=self.content_type)
        if coding:
            response.content_encoding = coding
        response.headers["Cache-Control"] = self.caching
        response.vary.add("Accept-Encoding")
        response.set_etag(f"{self.tag}-{coding}" if coding else self.tag)
        response.make_conditional(request)
        return response


def finished(view: Callable[..., str | Finished]) -> Callable[..., Response]:
    """Keep what a view returns for an address, since it depends on nothing else.

    The kept responses are bounded by the addresses that exist: languages times clinics times pages.
    """

    @wraps(view)
    def answer(**values: Any) -> Response:
        kept: dict[tuple[str, str], Finished] = current_app.extensions.setdefault("finished", {})
        address = request.root_path, request.path
        found = kept.get(address)
        if found is None:
            made = view(**values)
            found = Finished(made.encode(), "text/html; charset=utf-8") if isinstance(made, str) else made
            kept[address] = found
        return found.response()

    return answer


def compress(response: Response) -> Response:
    """Compress a page made for one reader. Quickly: it is sent once."""
    coding = _coding()
    kind = response.mimetype or ""
    compressible = kind.startswith("text/") or kind.endswith("json")
    if not coding or response.content_encoding or response.direct_passthrough or not compressible:
        return response
    body = response.get_data()
    if len(body) < _SMALLEST_WORTH_COMPRESSING:
        return response
    if coding == "br":
        response.set_data(brotli.compress(body, quality=_DYNAMIC_BROTLI_QUALITY))
    else:
        response.set_data(gzip.compress(body, _DYNAMIC_GZIP_LEVEL, mtime=0))
    response.content_encoding = coding
    response.vary.add("Accept-Encoding")
    return response


def _coding() -> str:
    accepted = request.accept_encodings
    return next((coding for coding in ("br", "gzip") if accepted.quality(coding) > 0), "")
