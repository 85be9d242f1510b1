"""The pages around the check: language choice, rules, about, privacy and accessibility, errors."""

from flask import Blueprint, Flask, Response, current_app, redirect, render_template, request, url_for
from werkzeug.exceptions import BadHost, HTTPException, InternalServerError, MethodNotAllowed, SecurityError
from werkzeug.wrappers import Response as BaseResponse

from webapp.delivery import finished
from webapp.edition import edition, follow_address, visitors_language

blueprint = Blueprint("pages", __name__)
follow_address(blueprint)

site = Blueprint("site", __name__)


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
    return render_template("privacy.html", checked=current_app.extensions["evidence"]["privacy"])


@blueprint.get("/accessibility")
@finished
def accessibility() -> str:
    """Say how accessible the check is, by what the last run of the tests has counted, and what falls short."""
    return render_template("accessibility.html", run=current_app.extensions["evidence"]["accessibility"])


def show_errors(app: Flask) -> None:
    """Show every error as a page of our own, in the reader's language, echoing nothing of the request."""

    @app.errorhandler(HTTPException)
    def show(error: HTTPException) -> BaseResponse | tuple[str, int, dict[str, str]]:
        _let_go(error)
        status = error.code or InternalServerError.code
        if status < 400:
            return error.get_response()
        # A page would need addresses, and for another host there are none, whatever else is wrong.
        if isinstance(request.routing_exception, SecurityError | BadHost):
            return Response("This host is not served here.\n", status, mimetype="text/plain")
        allowed = {"Allow": ", ".join(sorted(error.valid_methods or ()))} if isinstance(error, MethodNotAllowed) else {}
        return render_template("error.html", status=status), status, allowed


def _let_go(error: BaseException | None) -> None:
    """Take the frames off an error that has been handled: they would keep the request, and what was sent, in memory."""
    while error is not None:
        error.__traceback__ = None
        error = error.__context__
