"""Stylesheet and scripts: read at start, named by their content, kept by browsers for good."""

from collections.abc import Mapping
from pathlib import Path

from flask import Flask, Response, abort, request, url_for

from webapp.delivery import FOREVER, PAGE_CACHING, Finished

TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


class Assets:
    """The files of a folder, as finished responses."""

    def __init__(self, folder: Path) -> None:
        self.files = {
            path.name: Finished(path.read_bytes(), TYPES[path.suffix])
            for path in folder.iterdir()
            if path.suffix in TYPES
        }

    def serve(self, app: Flask) -> None:
        """Serve each file below `/static/`, and give templates `asset('style.css')`, its address with its version."""

        @app.get("/static/<name>", endpoint="asset")
        def asset(name: str) -> Response:
            if name not in self.files:
                abort(404)
            response = self.files[name].response()
            is_current = request.args.get("v") == self.files[name].tag
            response.headers["Cache-Control"] = FOREVER if is_current else PAGE_CACHING
            return response

        app.jinja_env.globals["asset"] = lambda name: url_for("asset", name=name, v=self.files[name].tag)
