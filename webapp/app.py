"""The assembly: one function that puts the check together."""

import logging
import os
import re
import traceback
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from babel.support import NullTranslations
from flask import Flask, Response, current_app, request
from flask_babel import Babel, Domain, format_date, format_decimal, gettext, ngettext
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp import check, pages, rules, safety
from webapp.assets import serve_assets
from webapp.clinics import ANY_SITE, EXAMPLE, load_clinics
from webapp.delivery import MOST_PAGES, compress, made
from webapp.edition import Editions, edition, is_for_frame, mount, outside_frame, tone
from webapp.forms import form_class
from webapp.headers import guard_posts, tell_browser
from webapp.i18n import DEFAULT, catalogs, load_languages
from webapp.kept import fragment_cache
from webapp.paper import PdfPool
from webapp.questionnaire import load, load_numbers
from webapp.settings import read_settings
from webapp.upload import UploadRequest

MOST_BYTES_POSTED = 16 * 1024

LONGEST_HOST = 260
"""Characters of a host with its port: a name has 253 at most."""


def create_app(**given: Any) -> Flask:
    """Return the WSGI application.

    Settings come from the environment (`MAGNESIUM_…`, see docs/running.md); those given as arguments win.

    Raises `ContentError` when a setting or a file cannot be used; it names every mistake, in files by key.
    """
    app = Flask(__name__, static_folder=None)
    app.request_class = UploadRequest
    app.config.from_mapping(MAX_CONTENT_LENGTH=MOST_BYTES_POSTED, **read_settings(os.environ, given))
    app.logger.addFilter(_without_message)
    if hops := app.config["PROXY_HOPS"]:  # The port stands in the host: that of X-Forwarded-Port is not looked at.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops, x_prefix=hops)  # type: ignore[method-assign]
    _answer_without_flask(app)
    questionnaire = load(Path(app.config["CONTENT"]))
    app.extensions["content"] = Path(app.config["CONTENT"]).read_bytes()
    numbers = load_numbers()
    translations = Path(app.config["TRANSLATIONS"])
    languages = load_languages(translations, questionnaire, numbers)
    # A clinic may name a language that is not complete: it comes when it is.
    known = languages.keys() | catalogs(translations)
    clinics = load_clinics(Path(path), known) if (path := app.config["CLINICS"]) else {EXAMPLE.id: EXAMPLE}
    app.extensions.update(
        editions=Editions(questionnaire, numbers, languages, clinics),
        form_class=form_class(questionnaire),
        pdf_pool=PdfPool(),
        pages=lru_cache(maxsize=MOST_PAGES)(made),
        safety=safety.load_safety_file(),
    )
    babel = Babel(app, default_locale=DEFAULT, locale_selector=lambda: edition().language.locale)
    babel.domain_instance = Catalogs()
    _set_up_templates(app)
    serve_assets(app, clinics.values())
    app.register_blueprint(pages.site)
    app.register_blueprint(rules.files)
    for blueprint in (pages.blueprint, rules.blueprint, safety.blueprint, check.blueprint):
        mount(app, blueprint)
    pages.show_errors(app)
    guard_posts(app)
    app.after_request(_finish)
    return app


def _without_message(record: logging.LogRecord) -> bool:
    """Leave of an error in the log its type and its places, never its message, which could hold an answer.

    Only when debugging it is left as it is.
    """
    if record.exc_info and record.exc_info[0] and not (current_app and current_app.debug):
        kind, _, frames = record.exc_info
        places = [f"{frame.filename}:{frame.lineno}" for frame in reversed(traceback.extract_tb(frames))]
        record.msg, record.args, record.exc_info = f"{kind.__name__} at {' < '.join(places)}", (), None
    return True


def _answer_without_flask(app: Flask) -> None:
    """Answer `/healthz` before the host check, since a probe knows the machine, not its name; refuse endless hosts."""
    inner = app.wsgi_app

    def wsgi_app(environ: dict[str, Any], start_response: Any) -> Any:
        plain = [("Content-Type", "text/plain"), ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")]
        if environ.get("PATH_INFO") == "/healthz" and environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            start_response("200 OK", plain)
            return [b"ok\n"]
        # In addresses made of it, Python's own cache of addresses would keep one of any length.
        if len(environ.get("HTTP_HOST", "")) > LONGEST_HOST:
            start_response("400 BAD REQUEST", plain)
            return [b"This host is not served here.\n"]
        return inner(environ, start_response)

    app.wsgi_app = wsgi_app  # type: ignore[method-assign]


class Catalogs(Domain):  # type: ignore[misc]
    """Looks texts up in the catalogs that were compiled at start, instead of in files."""

    def get_translations(self) -> NullTranslations:
        return edition().language.catalog


def _set_up_templates(app: Flask) -> None:
    environment = app.jinja_env
    environment.undefined = jinja2.StrictUndefined
    environment.trim_blocks = environment.lstrip_blocks = True
    # Jinja's own gettext returns Markup, so a translation could bring markup into a page; these return plain text.
    environment.globals.update(_=gettext, gettext=gettext, ngettext=ngettext, format_date=format_date)
    environment.globals.update(format_decimal=format_decimal, edition=edition, outside_frame=outside_frame, tone=tone)
    # A macro that is imported without context sees the globals: there must be nothing of a request among them.
    for name in ("request", "session", "g"):
        del environment.globals[name]
    environment.filters["tel"] = lambda number: "tel:" + re.sub(r"[^\d+]", "", number)
    app.extensions["fragments"] = fragment_cache(environment)


def _finish(response: Response) -> Response:
    found = edition()
    framed_by = found.clinic if found.is_framed else None
    if response.status_code == 404 and is_for_frame():
        framed_by = framed_by or ANY_SITE  # whoever misspelt a clinic sees what is wrong, and a number to call
    if request.endpoint in ("embed_script", "files.questionnaire"):
        response.access_control_allow_origin = "*"  # also for type="module" and integrity
    for_other_sites = request.endpoint in ("asset", "embed_script")
    return tell_browser(compress(response), framed_by, for_other_sites, request.endpoint == "pages.clinics")
