"""The pages around the check: language choice, about, privacy, accessibility, for clinics, and errors."""

import tomllib
from pathlib import Path
from typing import cast

from flask import Blueprint, Flask, Response, abort, redirect, render_template, request, url_for
from werkzeug import exceptions
from werkzeug.wrappers import Response as BaseResponse

from webapp.delivery import finished
from webapp.edition import edition, editions, follow_address, is_for_frame, visitors_language
from webapp.upload import UploadRequest

blueprint = Blueprint("pages", __name__)
follow_address(blueprint)

site = Blueprint("site", __name__)

TESTED = tomllib.loads(Path(__file__).with_name("tested.toml").read_text(encoding="utf-8"))
"""What was tested, when, with which versions, and what was counted: written by `make evidence`."""


@site.get("/")
def choose_language() -> BaseResponse:
    """Send visitors to the check in their own language."""
    response = redirect(url_for("check.check", lang=visitors_language()), 302)
    response.headers["Cache-Control"] = "private, max-age=300"
    response.vary.add("Accept-Language")
    return response


@blueprint.get("/about")
@finished
def about() -> str:
    """Say what the check is and what it is not."""
    return render_template("about.html", questionnaire=edition().questionnaire)


@blueprint.get("/privacy")
@finished
def privacy() -> str:
    """Say what happens with the answers, what is not known about it, and how it was checked."""
    return render_template("privacy.html", tested=TESTED["privacy"])


@blueprint.get("/accessibility")
@finished
def accessibility() -> str:
    """Say how accessible the check is, by what the last run of the tests has counted, and what falls short."""
    return render_template("accessibility.html", tested=TESTED["accessibility"])


@blueprint.get("/clinics")
def clinics() -> str:
    """Show the check as it will stand on a clinic's page, and the lines to paste, for a clinic and a language.

    The lines hold the host that was asked for, which a visitor can choose, so no cache may keep this page. The
    language is the one asked for, the page's own, or the clinic's first.
    """
    if edition().mount != "site":
        abort(404)
    known = editions().clinics
    clinic = known.get(request.args.get("clinic", ""), next(iter(known.values())))
    wanted = (request.args.get("language", ""), edition().language.code, *clinic.languages, *editions().languages)
    shown = next(one for one in (editions().find(lang, clinic.id, "embed") for lang in wanted) if one)
    return render_template("clinics.html", clinics=known, shown=shown)


def show_errors(app: Flask) -> None:
    """Show every error as a page of our own, in the reader's language, echoing nothing of the request."""

    @app.errorhandler(exceptions.HTTPException)
    def show(error: exceptions.HTTPException) -> BaseResponse | tuple[str, int, dict[str, str]]:
        _let_go(error)
        status = error.code or exceptions.InternalServerError.code
        if isinstance(error, exceptions.RequestEntityTooLarge):
            cast(UploadRequest, request).pass_over()
        if status < 400:
            return error.get_response()
        # A page would need addresses, and for another host there are none, whatever else is wrong.
        if isinstance(request.routing_exception, exceptions.SecurityError | exceptions.BadHost):
            return Response("This host is not served here.\n", status, mimetype="text/plain")
        allowed = (
            {"Allow": ", ".join(sorted(error.valid_methods or ()))}
            if isinstance(error, exceptions.MethodNotAllowed)
            else {}
        )
        return render_template("error.html", status=status, is_framed=is_for_frame()), status, allowed


def _let_go(error: BaseException | None) -> None:
    """Take the frames off an error that has been handled: they would keep the request, and what was sent, in memory."""
    while error is not None:
        error.__traceback__ = None
        error = getattr(error, "original_exception", None) or error.__context__
