"""Whole pages and files: made once, kept in memory, compressed at first use, and answered with an ETag."""

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, wraps
from threading import Lock
from typing import Any

import brotli
from flask import Response, current_app, request
from werkzeug.http import parse_accept_header

PAGE_CACHING = "public, max-age=300"
HTML = "text/html; charset=utf-8"
FOREVER = "public, max-age=31536000, immutable"

LONGEST_KEY = 256
"""Characters of an address or a header up to which something is kept for it: nobody fills memory with long names."""

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
        coding = accepted_coding(request.headers.get("Accept-Encoding", ""))
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


class PageCache:
    """The pages that were asked for last, by the path below which the site stands and the path of the page.

    Both can be made up where a proxy passes on anything, so there is an end to their number and their length.
    """

    def __init__(self, most: int = 1024) -> None:
        self.most = most
        self.pages: OrderedDict[tuple[str, str], Finished] = OrderedDict()
        self._making = Lock()

    def get(self, root: str, path: str, make: Callable[[], Finished]) -> Finished:
        """Return a page. Where many ask for a new one at once, one of them makes it and the others wait."""
        if len(root) + len(path) > LONGEST_KEY:
            return make()
        found = self.pages.get((root, path))
        if found is None:
            with self._making:
                found = self.pages[root, path] = self.pages.get((root, path)) or make()
                if len(self.pages) > self.most:
                    self.pages.popitem(last=False)
        with suppress(KeyError):  # another thread may have put it out meanwhile
            self.pages.move_to_end((root, path))
        return found


def finished(view: Callable[..., str | Finished]) -> Callable[..., Response]:
    """Keep what a view returns for an address, since it depends on nothing else. When debugging, keep nothing."""

    @wraps(view)
    def answer(**values: Any) -> Response:
        def make() -> Finished:
            made = view(**values)
            return Finished(made.encode(), HTML) if isinstance(made, str) else made

        if current_app.debug:
            return make().response()
        cache: PageCache = current_app.extensions["pages"]
        return cache.get(request.root_path, request.path, make).response()

    return answer


def compress(response: Response) -> Response:
    """Compress a page made for one reader. Quickly: it is sent once."""
    kind = response.mimetype or ""
    compressible = kind.startswith("text/") or kind.endswith("json")
    if response.content_encoding or response.direct_passthrough or not compressible:
        return response
    response.vary.add("Accept-Encoding")
    coding, body = accepted_coding(request.headers.get("Accept-Encoding", "")), response.get_data()
    if not coding or len(body) < _SMALLEST_WORTH_COMPRESSING:
        return response
    response.set_data(_compressed(body, coding, brotli_quality=1, gzip_level=3))
    response.content_encoding = coding
    return response


def _compressed(body: bytes, coding: str, *, brotli_quality: int, gzip_level: int) -> bytes:
    if coding == "br":
        return brotli.compress(body, quality=brotli_quality, mode=brotli.MODE_TEXT)  # type: ignore[no-any-return]
    return gzip.compress(body, gzip_level, mtime=0)


def accepted_coding(accepts: str) -> str:
    """Return the best content coding that a browser accepts, by its `Accept-Encoding`; empty for none.

    A header longer than any browser's is not read.
    """
    return _accepted_coding(accepts) if len(accepts) <= LONGEST_KEY else ""


@lru_cache(maxsize=256)
def _accepted_coding(accepts: str) -> str:
    accepted = parse_accept_header(accepts)
    return next((coding for coding in ("br", "gzip") if accepted.quality(coding) > 0), "")
