"""Stylesheet and scripts: read at start, named by their content, kept by browsers for good."""

import re
from collections.abc import Iterable
from pathlib import Path

from flask import Flask, Response, abort, request, url_for

from webapp.appearance import LOGO_TYPES, stylesheet
from webapp.clinics import Clinic
from webapp.delivery import FOREVER, PAGE_CACHING, Finished

TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"} | LOGO_TYPES


class Assets:
    """The files of a folder, as finished responses."""

    def __init__(self, folder: Path) -> None:
        self.files = {
            path.name: Finished(_squeezed(path).encode(), TYPES[path.suffix])
            for path in folder.iterdir()
            if path.suffix in TYPES
        }

    def add_clinics(self, clinics: Iterable[Clinic]) -> None:
        """Add the colours and the logo of each clinic that has any."""
        for clinic in clinics:
            if clinic.style and clinic.accent and clinic.accent_dark:
                style = stylesheet(clinic.accent, clinic.accent_dark)
                self.files[clinic.style] = Finished(style.encode(), TYPES[".css"])
            if clinic.picture and clinic.logo:
                self.files[clinic.picture] = Finished(clinic.logo.content, TYPES[clinic.logo.suffix])

    def serve(self, app: Flask) -> None:
        """Serve each file below `/static/`, and give templates `asset('style.css')`, its address with its version.

        `embed.js` stands at `/embed.js` as well: clinics paste that address, so it never changes.
        """

        @app.get("/embed.js", endpoint="embed_script")
        def embed_script() -> Response:
            return self.files["embed.js"].response()

        @app.get("/static/<path:name>", endpoint="asset")
        def asset(name: str) -> Response:
            if name not in self.files:
                abort(404)
            response = self.files[name].response()
            # The whole query: with anything beside it there would be no end to the addresses that are kept for good.
            is_current = request.query_string.decode("latin-1") == f"v={self.files[name].tag}"
            response.headers["Cache-Control"] = FOREVER if is_current else PAGE_CACHING
            return response

        app.jinja_env.globals["asset"] = lambda name: url_for("asset", name=name, v=self.files[name].tag)


def _squeezed(path: Path) -> str:
    """Return a stylesheet or script without what only its readers need: comments, indentation, spare spaces."""
    text = path.read_text()
    if path.suffix == ".css":
        text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
        return re.sub(r" ?([{};,]) ?", r"\1", re.sub(r"\s+", " ", text)).replace(";}", "}").strip()
    if path.suffix == ".js":
        return re.sub(r"^\s*(//.*\n)?", "", text, flags=re.MULTILINE)
    return text
