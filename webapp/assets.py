"""Stylesheet and scripts: read at start, named by their content, kept by browsers for good."""

import re
from collections.abc import Iterable
from pathlib import Path

from flask import Flask, Response, abort, current_app, request, url_for

from webapp.appearance import LOGO_TYPES, stylesheet
from webapp.clinics import Clinic
from webapp.delivery import FOREVER, PAGE_CACHING, Finished

STATIC = Path(__file__).with_name("static")
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"} | LOGO_TYPES


def serve_assets(app: Flask, clinics: Iterable[Clinic]) -> None:
    """Serve each file, and the colours and the logo of each clinic that has any, below `/static/`.

    Templates get `asset('style.css')`, its address with its version. `embed.js` stands at `/embed.js` as well: clinics
    paste that address, so it never changes.
    """
    files = {path.name: _finished(path) for path in STATIC.iterdir() if path.suffix in TYPES}
    for clinic in clinics:
        if clinic.style:
            style = stylesheet(clinic.accent, clinic.accent_dark, clinic.theme)
            files[clinic.style] = Finished(style.encode(), TYPES[".css"])
        if clinic.picture and clinic.logo:
            files[clinic.picture] = Finished(clinic.logo.content, TYPES[clinic.logo.suffix])

    @app.get("/embed.js", endpoint="embed_script", defaults={"name": "embed.js"})
    @app.get("/static/<path:name>", endpoint="asset")
    def asset(name: str) -> Response:
        found, path = files.get(name), STATIC / name
        if found is None:
            abort(404)
        if current_app.debug and path.is_file():
            found = _finished(path)  # as it is now
        return found.response(FOREVER if request.args.get("v") == found.tag else PAGE_CACHING)

    app.jinja_env.globals["asset"] = lambda name: url_for("asset", name=name, v=files[name].tag)


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
