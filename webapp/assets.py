"""Stylesheet and scripts: read at start, named by their content, kept by browsers for good."""

import re
from collections.abc import Iterable
from pathlib import Path

from flask import Flask, Response, abort, current_app, request, url_for

from webapp.appearance import LOGO_TYPES, stylesheet
from webapp.clinics import Clinic
from webapp.delivery import FOREVER, PAGE_CACHING, Finished

TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"} | LOGO_TYPES


class Assets:
    """The files of a folder, and the colours and the logo of each clinic that has any, as finished responses."""

    def __init__(self, folder: Path, clinics: Iterable[Clinic]) -> None:
        self.folder = folder
        self.files = {path.name: _finished(path) for path in folder.iterdir() if path.suffix in TYPES}
        for clinic in clinics:
            if clinic.style:
                style = stylesheet(clinic.accent, clinic.accent_dark, clinic.theme)
                self.files[clinic.style] = Finished(style.encode(), TYPES[".css"])
            if clinic.picture and clinic.logo:
                self.files[clinic.picture] = Finished(clinic.logo.content, TYPES[clinic.logo.suffix])

    def find(self, name: str) -> Finished | None:
        """Return a file; when debugging, as it is now."""
        found, path = self.files.get(name), self.folder / name
        return _finished(path) if found and current_app.debug and path.is_file() else found

    def serve(self, app: Flask) -> None:
        """Serve each file below `/static/`, and give templates `asset('style.css')`, its address with its version.

        `embed.js` stands at `/embed.js` as well: clinics paste that address, so it never changes.
        """

        @app.get("/embed.js", endpoint="embed_script")
        def embed_script() -> Response:
            response = asset("embed.js")
            response.access_control_allow_origin = "*"  # for type="module" and integrity
            return response

        @app.get("/static/<path:name>", endpoint="asset")
        def asset(name: str) -> Response:
            found = self.find(name)
            if found is None:
                abort(404)
            is_current = request.args.get("v") == found.tag
            return found.response(FOREVER if is_current else PAGE_CACHING)

        app.jinja_env.globals["asset"] = lambda name: url_for("asset", name=name, v=self.files[name].tag)


def _finished(path: Path) -> Finished:
    return Finished(_squeezed(path).encode(), TYPES[path.suffix])


def _squeezed(path: Path) -> str:
    """Return a stylesheet or script without what only its readers need: comments, indentation, spare spaces."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".css":
        text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
        return re.sub(r" ?([{};,]) ?", r"\1", re.sub(r"\s+", " ", text)).replace(": ", ":").replace(";}", "}").strip()
    if path.suffix == ".js":
        return re.sub(r"(?<=[;{,(])\n", "", re.sub(r"^\s*(//.*\n)?", "", text, flags=re.MULTILINE))
    return text
