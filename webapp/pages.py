"""The pages around the check: language choice, rules, about, privacy and accessibility, errors."""

from flask import Blueprint, Flask, Response, current_app, redirect, render_template, send_from_directory, url_for
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response as BaseResponse

from webapp.delivery import Finished, finished
from webapp.edition import edition, follow_address, visitors_language
from webapp.questionnaire import CONTENT

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


@site.get("/content.toml")
@finished
def content() -> Finished:
    """Hand out the very file that decides."""
    return Finished(CONTENT.read_bytes(), "application/toml; charset=utf-8")


@blueprint.get("/about")
@finished
def about() -> str:
    """Say what the check is, what it is not, and what happens with the answers."""
    return render_template("about.html", questionnaire=edition().questionnaire)


def show_errors(app: Flask) -> None:
    """Show every error as a page of our own, in the reader's language, echoing nothing of the request."""

    @app.errorhandler(HTTPException)
    def show(error: HTTPException) -> BaseResponse | tuple[str, int]:
        status = error.code or InternalServerError.code
        if status < 400:
            return error.get_response()
        return render_template("error.html", status=status), status
