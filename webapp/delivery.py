"""Finished responses: made once, compressed once, and answered with an ETag."""

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, wraps
from threading import Lock
from typing import Any

import brotli
from flask import Response, current_app, request
from werkzeug.http import parse_accept_header

from webapp.front import Shelf

PAGE_CACHING = "public, max-age=300"
HTML = "text/html; charset=utf-8"
FOREVER = "public, max-age=31536000, immutable"

SEEN = "magnesium.seen"
"""Where in the WSGI environment stands what an answer was about, for whoever counts answers. Never what it said."""

_SMALLEST_WORTH_COMPRESSING = 500
_DYNAMIC_BROTLI_QUALITY = 1
_DYNAMIC_GZIP_LEVEL = 3


class FinishedResponse(Response):
    """A response that any other request for the same address may get as well."""


@dataclass(frozen=True)
class Finished:
    """A response body that is the same for everybody, with its compressed forms."""

    body: bytes
    content_type: str
    caching: str = PAGE_CACHING
    forms: dict[str, bytes] = field(init=False)
    """The body by content coding, as small as it gets."""

    def __post_init__(self) -> None:
        forms = {
            "br": brotli.compress(self.body, quality=11, mode=brotli.MODE_TEXT),
            "gzip": gzip.compress(self.body, 9, mtime=0),
            "": self.body,
        }
        object.__setattr__(self, "forms", forms)

    @cached_property
    def tag(self) -> str:
        return hashlib.sha256(self.body).hexdigest()[:20]

    def response(self) -> "FinishedResponse":
        """Answer the current request: in the best coding the browser takes, or 304 if it has the body already."""
        coding = accepted_coding(request.headers.get("Accept-Encoding", ""))
        response = FinishedResponse(self.forms[coding], content_type=self.content_type)
        if coding:
            response.content_encoding = coding
        response.headers["Cache-Control"] = self.caching
        response.vary.add("Accept-Encoding")
        response.set_etag(f"{self.tag}-{coding}" if coding else self.tag)
        # By the tag alone: we date nothing, and werkzeug falls over a year that no calendar holds.
        conditions = {"HTTP_IF_NONE_MATCH": request.headers.get("If-None-Match", "")}
        response.make_conditional({"REQUEST_METHOD": request.method, **conditions})
        return response


def finished(view: Callable[..., str | Finished]) -> Callable[..., Response]:
    """Keep what a view returns for an address, since it depends on nothing else.

    The kept responses are bounded by the addresses that exist: languages times clinics times pages. Where many ask at
    once, one of them makes the response and the others wait for it.
    """
    making = Lock()

    @wraps(view)
    def answer(**values: Any) -> Response:
        shelf: Shelf[str, Finished] = current_app.extensions.setdefault("finished", Shelf())
        kept, path = shelf.below(request.root_path), request.path
        if path not in kept:
            with making:
                if path not in kept:
                    made = view(**values)
                    kept[path] = Finished(made.encode(), HTML) if isinstance(made, str) else made
        return kept[path].response()

    return answer


def compress(response: Response) -> Response:
    """Compress a page made for one reader. Quickly: it is sent once."""
    coding = accepted_coding(request.headers.get("Accept-Encoding", ""))
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
    response.headers["Content-Encoding"] = coding
    response.headers.add("Vary", "Accept-Encoding")
    return response


@lru_cache(maxsize=256)
def accepted_coding(accepts: str) -> str:
    """Return the best content coding that a browser accepts, by its `Accept-Encoding`; empty for none."""
    accepted = parse_accept_header(accepts)
    return next((coding for coding in ("br", "gzip") if accepted.quality(coding) > 0), "")
