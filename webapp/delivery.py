"""Whole pages and files: made once, kept in memory, compressed at first use, and answered with an ETag."""

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import Any, cast

import brotli
from flask import Response, current_app, request

PAGE_CACHING = "public, max-age=300"
HTML = "text/html; charset=utf-8"
FOREVER = "public, max-age=31536000, immutable"

MOST_PAGES = 1024
LONGEST_KEY = 256
"""Characters of an address up to which something is kept for it: nobody fills memory with long names."""

_SMALLEST_WORTH_COMPRESSING = 500


@dataclass(frozen=True)
class Finished:
    """A response body that is the same for everybody."""

    body: bytes
    content_type: str
    _coded: dict[str, bytes] = field(default_factory=dict)

    @cached_property
    def tag(self) -> str:
        return hashlib.sha256(self.body).hexdigest()[:10]

    def coded(self, coding: str) -> bytes:
        """Return the body in a content coding, as small as it gets. It is made at first use, which takes a while."""
        if coding not in self._coded:
            self._coded[coding] = _compressed(self.body, coding, brotli_quality=11, gzip_level=9)
        return self._coded[coding]

    def response(self, caching: str = PAGE_CACHING) -> Response:
        """Answer the current request: in the best coding the browser takes, or 304 if it has the body already."""
        coding = _accepted_coding()
        response = Response(self.coded(coding) if coding else self.body, content_type=self.content_type)
        if coding:
            response.content_encoding = coding
        response.headers["Cache-Control"] = "no-store" if current_app.debug else caching
        response.vary.add("Accept-Encoding")
        response.set_etag(f"{self.tag}-{coding}" if coding else self.tag)
        # By the tag alone: we date nothing, and werkzeug falls over a year that no calendar holds.
        conditions = {"HTTP_IF_NONE_MATCH": request.headers.get("If-None-Match", "")}
        response.make_conditional({"REQUEST_METHOD": request.method, **conditions})
        return response


def finished(view: Callable[..., str | Finished]) -> Callable[..., Response]:
    """Keep what a view returns for an address, since it depends on nothing else. When debugging, keep nothing."""

    @wraps(view)
    def answer(**values: Any) -> Response:
        address = request.root_path, request.path
        is_kept = not current_app.debug and sum(map(len, address)) <= LONGEST_KEY
        page = current_app.extensions["pages"] if is_kept else made
        return cast(Finished, page(view, tuple(values.items()), *address)).response()

    return answer


def made(view: Callable[..., str | Finished], values: tuple[tuple[str, Any], ...], _root: str, _path: str) -> Finished:
    """Return what a view makes for an address. Addresses can be made up, where a proxy passes on anything."""
    page = view(**dict(values))
    return Finished(page.encode(), HTML) if isinstance(page, str) else page


def compress(response: Response) -> Response:
    """Compress a page made for one reader. Quickly: it is sent once."""
    kind = response.mimetype or ""
    compressible = kind.startswith("text/") or kind.endswith("json")
    if response.content_encoding or response.direct_passthrough or not compressible:
        return response
    response.vary.add("Accept-Encoding")
    coding, body = _accepted_coding(), response.get_data()
    if not coding or len(body) < _SMALLEST_WORTH_COMPRESSING:
        return response
    response.set_data(_compressed(body, coding, brotli_quality=0, gzip_level=3))
    response.content_encoding = coding
    return response


def _compressed(body: bytes, coding: str, *, brotli_quality: int, gzip_level: int) -> bytes:
    if coding == "br":
        return brotli.compress(body, quality=brotli_quality, mode=brotli.MODE_TEXT)  # type: ignore[no-any-return]
    return gzip.compress(body, gzip_level, mtime=0)


def _accepted_coding() -> str:
    """Return the best content coding that the browser accepts; empty for none."""
    accepted = request.accept_encodings
    return next((coding for coding in ("br", "gzip") if accepted.quality(coding) > 0), "")
