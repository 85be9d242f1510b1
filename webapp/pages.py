"""The pages around the check: language choice, rules, about, privacy and accessibility, errors."""

from flask import Blueprint, Flask, Response, redirect, render_template, url_for
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed, SecurityError
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
    """Say what the check is, what it is not, and what happens with the answers."""
    return render_template("about.html", questionnaire=edition().questionnaire)


@blueprint.get("/accessibility")
@finished
def accessibility() -> str:
    """Say how accessible the check is, and what is known to fall short."""
    return render_template("accessibility.html", questionnaire=edition().questionnaire)


def show_errors(app: Flask) -> None:
    """Show every error as a page of our own, in the reader's language, echoing nothing of the request."""

    @app.errorhandler(HTTPException)
    def show(error: HTTPException) -> BaseResponse | tuple[str, int, dict[str, str]]:
        status = error.code or InternalServerError.code
        if status < 400:
            return error.get_response()
        if isinstance(error, SecurityError):  # a page would need addresses, and for another host there are none
            return Response("This host is not served here.\n", status, mimetype="text/plain")
        allowed = {"Allow": ", ".join(sorted(error.valid_methods or ()))} if isinstance(error, MethodNotAllowed) else {}
        return render_template("error.html", status=status), status, allowed
