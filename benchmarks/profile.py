"""Where the time of a result goes, in per cent, so that the figures name what to make faster next.

A timer looks a thousand times a second which line is running; the time belongs to the innermost place that has a name
here. What runs in C counts for the line that called it. In this process, without a server and without other requests.
"""

import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from pathlib import Path
from types import FrameType

from werkzeug.test import EnvironBuilder, run_wsgi_app

from benchmarks.load import ANSWERS, GZIP
from benchmarks.server import FORM
from benchmarks.table import Row, Section
from webapp.app import create_app

SECONDS = 4
BETWEEN_LOOKS = 0.001
"""Seconds."""

PLACES = {
    "webapp/questionnaire/nearby.py": "what would lead to another result",
    "webapp/questionnaire/assess.py": "the rules",
    "webapp/forms.py": "reading the form",
    "/wtforms/": "reading the form",
    "/werkzeug/formparser.py": "reading the form",
    "webapp/sheet.py": "the sheet, its texts",
    "webapp/page.py": "the questions, filled in",
    "webapp/delivery.py": "compression",
}
"""Names for the time that is spent in a file or folder, and in what it calls."""

BETWEEN_TEMPLATES = "components.html"
"""What this template does counts for the one that asked for it."""

THE_REST = "Flask, Werkzeug and the rest"


def measure() -> Section:
    """Make results for some seconds and look where the time goes."""
    app = create_app()
    environ = EnvironBuilder("/nl/result", method="POST", headers=GZIP | FORM).get_environ()
    environ["CONTENT_LENGTH"] = str(len(ANSWERS))

    def make_result() -> None:
        run_wsgi_app(app, environ | {"wsgi.input": BytesIO(ANSWERS.encode())})

    make_result()  # The first one also fills what is kept.
    looks, results, started = Counter[str](), 0, time.process_time()
    with looking(looks):
        while time.process_time() < started + SECONDS:
            make_result()
            results += 1
    each = (time.process_time() - started) / results
    shares = {name: count / looks.total() for name, count in looks.most_common()}
    return Section(
        title="where a result's time goes",
        columns=("share", "CPU each"),
        rows=[Row(name, (f"{share:.0%}", f"{share * each * 1000:.3f} ms")) for name, share in shares.items()],
    )


@contextmanager
def looking(looks: Counter[str]) -> Iterator[None]:
    """Count, a thousand times a second, which place is running."""
    signal.signal(signal.SIGALRM, lambda _signal, frame: looks.update([place_of(frame)]))
    signal.setitimer(signal.ITIMER_REAL, BETWEEN_LOOKS, BETWEEN_LOOKS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def place_of(frame: FrameType | None) -> str:
    """Return the name of the innermost place that has one, from a frame outwards."""
    while frame:
        if name := _name_of(frame.f_code.co_filename):
            return name
        frame = frame.f_back
    return THE_REST


@cache
def _name_of(file: str) -> str:
    """Return the name of the place that a file belongs to; empty where it has none."""
    path = Path(file)
    if path.parent.name == "templates" and path.name != BETWEEN_TEMPLATES:
        return f"template {path.name}"
    return next((name for place, name in PLACES.items() if place in file), "")
