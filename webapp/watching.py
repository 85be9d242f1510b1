"""What is noted of each answer for counters and for the log: what it was about, never who asked or what they said."""

from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any, NamedTuple
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from webapp.delivery import SEEN

SHORTEST = 50
"""Milliseconds below which durations are not told apart: one outcome may take one or two longer than another."""

METHODS = ("GET", "HEAD", "OPTIONS", "POST")


class Seen(NamedTuple):
    """What an answer was about, in names of our own only: their number is bounded."""

    endpoint: str
    """The name of the view; empty where no address matched."""
    clinic: str
    """The clinic's id; empty for the check on its own site."""
    outcome: str = ""
    """The outcome of a result that was shown. It is counted, and never logged."""
    is_upload: bool = False
    """Whether the file of an earlier check came with the request."""


class Answer(NamedTuple):
    """One answer, as counters and log may know it."""

    seen: Seen
    method: str
    status: int
    ms_at_most: int
    """How long it took, rounded up; see `coarse`."""


def watch(app: WSGIApplication, observers: Iterable[Callable[[Answer], None]]) -> WSGIApplication:
    """Return the application, telling each observer of each answer. What raises an error counts as status 500."""

    def watched(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        status = "500"

        def start(line: str, *more: Any) -> Any:
            nonlocal status
            status = line[:3]
            return start_response(line, *more)

        began = perf_counter()
        try:
            return app(environ, start)
        finally:
            method = environ["REQUEST_METHOD"]
            answer = Answer(
                environ.get(SEEN, Seen("", "")),
                method if method in METHODS else "other",
                int(status),
                coarse(perf_counter() - began),
            )
            for observe in observers:
                observe(answer)

    return watched


def coarse(seconds: float) -> int:
    """Return a duration in milliseconds, rounded up to 50, 100, 200, 400 and so on."""
    ms = SHORTEST
    while ms < seconds * 1000:
        ms *= 2
    return ms
