"""The assembly: one function that puts the check together."""

import gc
import logging
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, partial
from pathlib import Path
from types import TracebackType
from typing import Any

import jinja2
from babel.support import NullTranslations
from flask import Flask, Response, g, request
from flask_babel import Babel, Domain, format_date, format_decimal, format_percent
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp import check, commands, embedding, pages, rules, safety
from webapp.assets import Assets
from webapp.clinics import EXAMPLE, NO_CLINIC, Clinic, load_clinics
from webapp.delivery import SEEN, FinishedResponse, compress
from webapp.edition import Edition, Editions, edition, mount, outside_frame, tone
from webapp.evidence import load_evidence
from webapp.fhir import CANONICAL, checked_canonical
from webapp.forms import form_class
from webapp.front import Front
from webapp.headers import guard_posts, tell_browser
from webapp.i18n import DEFAULT, TRANSLATIONS, load_languages
from webapp.kept import Fragments
from webapp.logs import JsonLog
from webapp.paper import PdfPool
from webapp.questionnaire import CONTENT, load, load_numbers
from webapp.upload import UploadRequest
from webapp.watching import Answer, Seen, watch

STATIC = Path(__file__).with_name("static")
MOST_BYTES_POSTED = 16 * 1024


class App(Flask):
    """Flask, but an error in the log never quotes what a person has posted, and no upload touches the disk."""

    request_class = UploadRequest

    def log_exception(self, exc_info: Any) -> None:
        """Write the type of an error and where it happened; its message could hold an answer."""
        kind: type[BaseException]
        kind, _, frames = exc_info
        log: JsonLog | None = self.extensions.get("log")
        if log:
            log.error(kind.__name__, _places(frames), request.endpoint)
        else:
            self.logger.error("%s at %s", kind.__name__, " < ".join(_places(frames)))


def create_app(**settings: Any) -> Flask:
    """Return the WSGI application.

    Settings come from the environment (`MAGNESIUM_…`); those given as arguments win:
    `TRUSTED_HOSTS` (list of host names), `PROXY_HOPS` (number of proxies in front),
    `CONTENT` (path of the content file), `CLINICS` (path of the file with the clinics), `TRANSLATIONS` (folder),
    `CANONICAL` (address that names the FHIR Questionnaire), `LOG` (`json` for a line about each answer on stdout).
    With `PROMETHEUS_MULTIPROC_DIR` in the environment, answers are counted into files of that folder.

    Raises `ContentError` when a file cannot be used; it names every mistake by file and key. Raises `ValueError`
    for a setting that cannot be used.
    """
    app = App(__name__, static_folder=None)
    app.logger.addFilter(_without_message)
    app.config.update(MAX_CONTENT_LENGTH=MOST_BYTES_POSTED, PROXY_HOPS=0)
    app.config.update(CONTENT=CONTENT, TRANSLATIONS=TRANSLATIONS, CLINICS=None, CANONICAL=CANONICAL, LOG="")
    app.config.from_prefixed_env("MAGNESIUM")
    app.config.update(settings)
    checked_canonical(app.config["CANONICAL"])
    front = Front(app.wsgi_app, app.config["TRUSTED_HOSTS"])
    app.wsgi_app = front  # type: ignore[method-assign]
    _trust_proxies(app, app.config["PROXY_HOPS"])
    _watch(app)
    _answer_liveness(app)
    questionnaire = load(Path(app.config["CONTENT"]))
    app.extensions["content"] = Path(app.config["CONTENT"]).read_bytes()
    languages = load_languages(Path(app.config["TRANSLATIONS"]))
    app.extensions["form_class"] = form_class(questionnaire)
    app.extensions["pdf_pool"] = PdfPool()
    app.extensions["evidence"] = load_evidence()
    app.extensions["safety"] = safety.load_safety_file()
    clinics = _clinics(app.config["CLINICS"], languages)
    app.extensions["editions"] = Editions(questionnaire, load_numbers(), languages, clinics)
    _speak(app)
    _set_up_templates(app)
    assets = Assets(STATIC)
    assets.add_clinics(clinics.values())
    assets.serve(app)
    app.register_blueprint(pages.site)
    app.register_blueprint(rules.files)
    mount(app, pages.blueprint, ("site", "at", "embed"))
    mount(app, rules.blueprint, ("site", "at", "embed"))
    mount(app, safety.blueprint, ("site", "at", "embed"))
    mount(app, check.blueprint, ("site", "at", "embed"))
    mount(app, embedding.blueprint, ("site",))
    app.cli.add_command(commands.clinics)
    pages.show_errors(app)
    guard_posts(app)
    app.after_request(partial(_finish, front))
    _settle_memory()
    return app


def _settle_memory() -> None:
    """Let the search for lost cycles pass over what is there for good, and run after thousands of new objects only.

    A request makes some thousand objects and leaves no cycle behind: looking after every 700 costs a tenth of it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _trust_proxies(app: Flask, hops: int) -> None:
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, hops, hops, hops, hops, hops)  # type: ignore[method-assign]


def _watch(app: Flask) -> None:
    """Log and count answers where that is switched on. `/healthz` is answered further out, so neither sees it."""
    observers: list[Callable[[Answer], None]] = []
    if app.config["LOG"] not in ("", "json"):
        raise ValueError(f"MAGNESIUM_LOG: {app.config['LOG']!r} is unknown; known: json")
    if app.config["LOG"]:
        app.extensions["log"] = JsonLog(sys.stdout)
        observers.append(app.extensions["log"].answer)
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from webapp.metrics import Counters  # needs prometheus-client, which nothing else does

        observers.append(Counters().count)
    if observers:
        app.wsgi_app = watch(app.wsgi_app, observers)  # type: ignore[assignment, method-assign]


def _clinics(path: str | None, languages: Iterable[str]) -> Mapping[str, Clinic]:
    """Return the clinics by id: those of the file, or else the example; and the one without a name, for the site."""
    found = load_clinics(Path(path), languages) if path else {}
    return {NO_CLINIC.id: NO_CLINIC, **(found or {EXAMPLE.id: EXAMPLE})}


def _answer_liveness(app: Flask) -> None:
    """Answer `/healthz` before the host check: a probe knows the machine, not its name."""
    inner = app.wsgi_app

    def wsgi_app(environ: dict[str, Any], start_response: Any) -> Any:
        if environ.get("PATH_INFO") == "/healthz" and environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            start_response("200 OK", [("Content-Type", "text/plain"), ("Cache-Control", "no-store")])
            return [b"ok\n"]
        return inner(environ, start_response)

    app.wsgi_app = wsgi_app  # type: ignore[method-assign]


class Catalogs(Domain):  # type: ignore[misc]
    """Looks texts up in the catalogs that were compiled at start, instead of in files."""

    def get_translations(self) -> NullTranslations:
        return edition().language.catalog


def _speak(app: Flask) -> None:
    babel = Babel(app, default_locale=DEFAULT, locale_selector=lambda: edition().language.locale)
    babel.domain_instance = Catalogs()


def _set_up_templates(app: Flask) -> None:
    app.jinja_env.undefined = jinja2.StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    # Jinja's own gettext returns Markup, so a translation could bring markup into a page; these return plain text.
    app.jinja_env.globals.update(_=_gettext, gettext=_gettext, ngettext=_ngettext, format_date=format_date)
    app.jinja_env.globals.update(format_decimal=format_decimal, format_percent=format_percent)
    app.jinja_env.globals.update(edition=edition, outside_frame=outside_frame, tone=tone)
    # A macro that is imported without context sees globals: there must be nothing of a request among them.
    for name in ("request", "session", "g"):
        del app.jinja_env.globals[name]
    app.extensions["fragments"] = _fragments(app)
    app.jinja_env.filters["tel"] = _tel


MOST_EDITIONS_KEPT = 128
"""For how many editions, and paths that the site stands below, fragments are kept: about a third of a megabyte each."""


def _fragments(app: Flask) -> Callable[[Edition, str], Fragments]:
    def make(_edition: Edition, _root: str) -> Fragments:
        return Fragments(app.jinja_env, is_cached=not app.debug)

    return lru_cache(maxsize=0 if app.debug else MOST_EDITIONS_KEPT)(make)


def _gettext(text: str, **values: Any) -> str:
    """Look a text up in the catalog of this page's language; a page does so a hundred times, so without detours."""
    found = edition().language.catalog.gettext(text)
    return found % values if values else found


def _ngettext(one: str, many: str, num: int, **values: Any) -> str:
    return edition().language.catalog.ngettext(one, many, num) % {"num": num, **values}


def _tel(number: str) -> str:
    return "tel:" + "".join(character for character in number if character.isdigit() or character == "+")


def _finish(front: Front, response: Response) -> Response:
    found = edition()
    request.environ[SEEN] = Seen(request.endpoint or "", found.clinic.id, g.get("outcome", ""), "is_upload" in g)
    framed_by = found.clinic if found.is_framed else None
    for_other_sites = request.endpoint in ("asset", "embed_script")
    tell_browser(compress(response), framed_by, for_other_sites, request.endpoint == "embedding.clinics")
    if isinstance(response, FinishedResponse):
        front.keep(request, response)
    return response


def _without_message(record: logging.LogRecord) -> bool:
    """Leave of an error in the log its type and places, also where Flask itself writes it: while answering an error."""
    if record.exc_info and record.exc_info[0]:
        kind, _, frames = record.exc_info
        record.msg = f"{record.msg}: {kind.__name__} at {' < '.join(_places(frames))}"
        record.exc_info = None
    return True


def _places(frames: TracebackType | None) -> list[str]:
    return [f"{frame.filename}:{frame.lineno}" for frame in reversed(traceback.extract_tb(frames))]
