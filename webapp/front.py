"""In front of Flask: finished pages are answered with the very bytes and headers that Flask gave the first time.

Whatever is not known for certain here goes on to Flask: another method, an unknown address, a host that is not ours,
a tag other than the present one.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Request
from werkzeug.exceptions import SecurityError
from werkzeug.http import remove_entity_headers
from werkzeug.sansio.utils import get_host

METHODS = ("GET", "HEAD")

K = TypeVar("K")
V = TypeVar("V")


class Shelf(Generic[K, V]):
    def __init__(self) -> None:
        self.kept: dict[str, dict[K, V]] = {}

    def below(self, path: str) -> dict[K, V]:
        return self.kept.setdefault(path, {}) if len(self.kept) < 16 else self.kept.get(path, {})


Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Ready:
    """A response as it goes over the wire: in full, and to whoever has it already."""

    body: bytes
    headers: Headers
    headers_unchanged: Headers
    tag: str
    seen: object
    """What Flask noted about it in the environment, for whoever counts."""


def _late():
    global FOREVER, SEEN, FinishedResponse, accepted_coding
    from webapp.delivery import FOREVER, SEEN, FinishedResponse, accepted_coding


class Front:
    """The application with its finished pages in front."""

    def __init__(self, app: WSGIApplication, trusted_hosts: Collection[str] | None) -> None:
        _late()
        self.app = app
        self.shelf: Shelf[tuple[str, str, str], Ready] = Shelf()
        self.is_ours = lru_cache(maxsize=64)(lambda scheme, host: _is_ours(scheme, host, trusted_hosts))

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request, as WSGI has it."""
        ready = self.find(environ)
        if ready is None:
            return self.app(environ, start_response)
        environ[SEEN] = ready.seen
        if "HTTP_IF_NONE_MATCH" in environ:
            start_response("304 NOT MODIFIED", ready.headers_unchanged.copy())
            return ()
        start_response("200 OK", ready.headers.copy())
        return (ready.body,) if environ["REQUEST_METHOD"] == "GET" else ()

    def find(self, environ: WSGIEnvironment) -> Ready | None:
        """Return what is ready for a request; None when Flask has to be asked."""
        if environ["REQUEST_METHOD"] not in METHODS:
            return None
        found = self.shelf.below(environ.get("SCRIPT_NAME", "")).get(_name(environ))
        if found and environ.get("HTTP_IF_NONE_MATCH", found.tag) == found.tag:
            return found if self.is_ours(environ["wsgi.url_scheme"], environ.get("HTTP_HOST", "")) else None
        return None

    def keep(self, request: Request, response: object) -> None:
        """Take over a response for the next reader. An address with a query is kept if the query names its content."""
        is_bounded = not request.query_string or response.headers["Cache-Control"] == FOREVER
        if (request.method, response.status_code, is_bounded) != ("GET", 200, True):
            return
        headers = response.get_wsgi_headers(request.environ)
        unchanged = headers.copy()
        remove_entity_headers(unchanged)
        self.shelf.below(request.environ.get("SCRIPT_NAME", ""))[_name(request.environ)] = Ready(
            response.get_data(),
            headers.to_wsgi_list(),
            unchanged.to_wsgi_list(),
            headers["ETag"],
            request.environ.get(SEEN),
        )


def _name(environ: WSGIEnvironment) -> tuple[str, str, str]:
    coding = accepted_coding(environ.get("HTTP_ACCEPT_ENCODING", ""))
    return environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", ""), coding


def _is_ours(scheme: str, host: str, trusted_hosts: Collection[str] | None) -> bool:
    try:
        return bool(get_host(scheme, host, None, trusted_hosts))
    except SecurityError:
        return False
