"""The check: the page with all questions, and the result of the answers."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import wraps

from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue

from webapp import fhir
from webapp.delivery import finished
from webapp.earlier import answered_on, filed_before, not_to_come, taken_over
from webapp.edition import edition, follow_address
from webapp.forms import CheckForm
from webapp.headers import name_file
from webapp.kept import fragments_of
from webapp.page import CODE, Page, Result
from webapp.paper import BusyError, PdfPool
from webapp.questionnaire.assess import Answers
from webapp.questionnaire.code import CodeError, decode
from webapp.settings import today
from webapp.summary import record_text
from webapp.upload import MOST_BYTES_UPLOADED

FILE = "file"
"""The field, no question, that brings the file of an earlier check."""

SAVE = "save"
"""The field, no question, by which a sheet is downloaded instead of shown."""

SECONDS_TO_SAVE = 60
SECONDS_UNTIL_LESS_BUSY = 5

blueprint = Blueprint("check", __name__)
follow_address(blueprint)


@blueprint.get("/")
@finished
def check() -> str:
    """Show the empty check, which is the same for everybody."""
    return _render(Page(edition=edition(), form=_form(None)))


@blueprint.post("/")
def check_filled_in() -> str | tuple[str, int]:
    """Show the check with the posted answers filled in, in another language, say; or with those of a file.

    The answers of a file take the place of all others, so that two people's answers never mix; the signs that call
    for help are asked again. A file that cannot be used changes nothing.
    """
    if request.mimetype == "multipart/form-data":
        request.max_content_length = MOST_BYTES_UPLOADED
    if request.mimetype.endswith(("json", "xml")):
        return _render(Page(edition=edition(), form=_form(), file_problem=fhir.FileProblem.NOT_IN_THE_FORM)), 415
    if FILE not in request.files:
        return _render(_posted())
    if not (file := request.files[FILE]).filename:
        return _render(replace(_posted(), file_problem=fhir.FileProblem.NO_FILE)), 422
    addresses = {fhir.CANONICAL, current_app.config["CANONICAL"]}
    try:
        return _filled_in(fhir.read_response(edition().questionnaire, addresses, file.read()))
    except fhir.FileError as error:
        return _render(replace(_posted(), file_problem=error.problem)), 422


@blueprint.post("/search")
def check_found() -> str | tuple[str, int]:
    """Show the check filled in from the code of an earlier one, or what is wrong with the code (422).

    Of a form with a text field, Chromium tells its maker the outline, unless its address is that of a search.
    """
    try:
        answers = decode(edition().questionnaire, request.form.get(CODE, ""))
    except CodeError as error:
        return _render(replace(_posted(), code_problem=error)), 422
    return _filled_in(fhir.Filed(answers=answers, version=edition().questionnaire.version))


def _filled_in(filed: fhir.Filed) -> str:
    form = _form(None, data=taken_over(edition().questionnaire, filed.answers))
    return _render(Page(edition=edition(), form=form, filed=filed, answered_on=not_to_come(filed.authored)))


def of_a_result(view: Callable[[Page, Result], ResponseReturnValue]) -> Callable[[], ResponseReturnValue]:
    """Give a view the result of the posted answers; or else answer with the page that says what is missing (422)."""

    @wraps(view)
    def answer() -> ResponseReturnValue:
        page = _posted()
        assessment = page.form.assess(page.edition.questionnaire)
        if assessment is None:
            return _render(replace(page, is_refused=True)), 422
        answers, answered_on = page.form.answers.data, page.answered_on
        result = Result(edition=page.edition, answers=answers, assessment=assessment, answered_on=answered_on)
        return view(replace(page, result=result), result)

    return answer


@blueprint.post("/result")
@of_a_result
def result(page: Page, _result: Result) -> str:
    """Show the result."""
    return _render(page)


@blueprint.post("/summary.pdf")
@of_a_result
def summary(page: Page, result: Result) -> ResponseReturnValue:
    """Make the sheet for the doctor as a PDF, kept nowhere. When too many are being made: the page to print (503)."""
    pool: PdfPool = current_app.extensions["pdf_pool"]
    try:
        pdf = pool.pdf(result.sheet, large_print=page.is_large_print)
    except BusyError:
        return _render(replace(page, is_busy=True)), 503, {"Retry-After": str(SECONDS_UNTIL_LESS_BUSY)}
    response = Response(pdf, mimetype="application/pdf")
    # Viewers that save or print a sheet ask their cache for it once more. The privacy page says so.
    response.headers["Cache-Control"] = f"private, max-age={SECONDS_TO_SAVE}"
    return name_file(response, "attachment" if SAVE in request.form else "inline", _file_name("pdf"))


@blueprint.post("/record.txt")
@of_a_result
def record(_page: Page, result: Result) -> Response:
    """Say the result as plain text in the doctor's language, to copy into a record."""
    return Response(record_text(result.summary, result.code), mimetype="text/plain")


@blueprint.post("/answers.json")
@of_a_result
def answers_file(page: Page, result: Result) -> Response:
    """Hand out the answers and the result as a file for a clinic (FHIR), kept nowhere."""
    resource = fhir.response_resource(
        page.edition.questionnaire,
        result.assessment,
        canonical=current_app.config["CANONICAL"],
        language=page.edition.language.code,
        authored=page.answered_on or today(),
    )
    response = Response(json.dumps(resource, ensure_ascii=False, indent=2) + "\n", content_type=fhir.MEDIA_TYPE)
    return name_file(response, "attachment", _file_name("json"))


@blueprint.get("/search")
@blueprint.get("/result")
@blueprint.get("/summary.pdf")
@blueprint.get("/answers.json")
@blueprint.get("/record.txt")
def result_without_answers() -> tuple[str, int]:
    """Say that a result is not kept, to whoever reloads or shares its address: an address never holds answers."""
    return render_template("not_kept.html"), 404


def _file_name(ending: str) -> str:
    """Return a name that says nothing about the outcome: it stays in lists of downloads."""
    return f"{edition().questionnaire.title} {today().isoformat()}.{ending}"


def _posted() -> Page:
    """Return the page with the posted answers, and with what is known of an earlier check that some came from."""
    return Page(
        edition=edition(),
        form=_form(),
        filed=filed_before(edition().questionnaire, request.form),
        answered_on=answered_on(request.form),
    )


def _form(*source: None, data: Answers | None = None) -> CheckForm:
    form: CheckForm = current_app.extensions["form_class"](*source, answers=data or {})
    return form


def _render(page: Page) -> str:
    kept, questionnaire = fragments_of(page.edition), page.edition.questionnaire
    most = fhir.MOST_BYTES_FILED
    return render_template("check.html", page=page, questionnaire=questionnaire, kept=kept, most_bytes_filed=most)
