"""What the check is compared with, served by the same server: a bare WSGI function, and Flask's hello world."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

flask_hello = Flask(__name__)


@flask_hello.get("/")
def hello() -> str:
    """Answer as little as Flask can."""
    return "Hello, world"


def bare(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer as little as WSGI can."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"Hello, world"]
