"""The check: the page with all questions, and the result of the answers."""

import json
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from webapp.delivery import finished
from webapp.edition import Edition, edition, follow_address, on_top
from webapp.fhir import CANONICAL, MEDIA_TYPE, Filed, FileError, FileProblem, read_response, response_resource
from webapp.forms import CheckForm
from webapp.pdf import BusyError, Press
from webapp.questionnaire import Assessment, Problem, problem_with
from webapp.questionnaire.assess import Answers
from webapp.questionnaire.model import Notice, Option, Outcome, Question
from webapp.questionnaire.nearby import Nearby, nearby
from webapp.sheet import Sheet, make_sheet
from webapp.upload import MOST_BYTES_UPLOADED

LARGE_PRINT = "large_print"
"""The field, no question, that asks for larger letters on paper."""

FILE = "file"
"""The field, no question, that brings the file of an earlier check."""

SECONDS_UNTIL_LESS_BUSY = 5

blueprint = Blueprint("check", __name__)
follow_address(blueprint)


@dataclass(frozen=True, kw_only=True)
class Page:
    """What the template shows: an edition, the answers so far, and the result or what is missing for one."""

    edition: Edition
    form: CheckForm
    assessment: Assessment | None = None
    is_refused: bool = False
    is_busy: bool = False
    """Whether a PDF was asked for that could not be made now; then the page offers to print itself."""
    filed: Filed | None = None
    """The file that these answers come from, when they were uploaded."""
    file_problem: FileProblem | None = None
    """Why the uploaded file could not be used."""

    @cached_property
    def sheet(self) -> Sheet | None:
        """The sheet for the doctor, which the browser prints instead of the page."""
        if self.assessment is None:
            return None
        return make_sheet(
            self.edition.questionnaire,
            self.form.answers,
            self.assessment,
            language=self.edition.language,
            clinic=self.edition.clinic,
            day=date.today(),
            address=on_top("rules.rules", _external=True),
        )

    @property
    def is_large_print(self) -> bool:
        return LARGE_PRINT in request.form

    @property
    def has_result(self) -> bool:
        return self.assessment is not None or self.is_refused

    def is_chosen(self, question: Question, option: Option) -> bool:
        return option.id in self.form.answers[question.id]

    def call_card(self, question: Question) -> Outcome | None:
        """The outcome to show at once when an option of this question calls for it."""
        calls = next((option.calls for option in question.options.values() if option.calls), None)
        return self.edition.questionnaire.outcomes[calls] if calls else None

    @property
    def nearby(self) -> list[Nearby]:
        """The smallest changes that would lead to another outcome: upwards first."""
        if self.assessment is None:
            return []
        found = nearby(self.edition.questionnaire, self.form.answers, self.assessment)
        return [one for one in found if one]

    def error(self, question: Question) -> str | None:
        errors = self.form[question.id].errors
        return errors[0] if errors else None

    @property
    def open_questions(self) -> list[Question]:
        """The questions that have an error, in reading order."""
        return [question for question in self.edition.questionnaire.questions.values() if self.error(question)]

    def is_answered(self, question: Question) -> bool:
        return bool(self.form.answers[question.id])

    def phone_notices(self, question: Question) -> list[Notice]:
        """The notices with telephone numbers that an option of this question adds: shown at the tick."""
        notices = {id: self.edition.questionnaire.notices[id] for o in question.options.values() for id in o.notices}
        return [notice for notice in notices.values() if notice.phone]

    @property
    def called(self) -> Outcome | None:
        """The most urgent outcome that the answers call for so far, even if other answers are wrong."""
        return self.edition.questionnaire.most_urgent(option.calls for option in self._ticked if option.calls)

    @property
    def notices_so_far(self) -> list[Notice]:
        """The notices that the answers add so far, even if other answers are wrong."""
        named = {id for option in self._ticked for id in option.notices}
        return [notice for id, notice in self.edition.questionnaire.notices.items() if id in named]

    @property
    def _ticked(self) -> list[Option]:
        return [
            option
            for question in self.edition.questionnaire.questions.values()
            if problem_with(question, self.form.answers[question.id]) in (None, Problem.CONTRADICTION)
            for option in question.options.values()
            if self.is_chosen(question, option)
        ]


@blueprint.get("/")
@finished
def check() -> str:
    """Show the empty check, which is the same for everybody."""
    return _render(Page(edition=edition(), form=_form(None)))


@blueprint.post("/")
def check_filled_in() -> str | tuple[str, int]:
    """Show the check with the posted answers filled in, in another language, say; or with those of a file.

    The answers of a file take the place of all others, so that two people's answers never mix. A file that
    cannot be used changes nothing.
    """
    if request.mimetype == "multipart/form-data":
        request.max_content_length = MOST_BYTES_UPLOADED
    if FILE not in request.files:
        return _render(Page(edition=edition(), form=_form()))
    try:
        filed = _read_upload()
    except FileError as error:
        return _render(Page(edition=edition(), form=_form(), file_problem=error.problem)), 422
    return _render(Page(edition=edition(), form=_form(None, data=filed.answers), filed=filed))


@blueprint.post("/result")
def result() -> tuple[str, int]:
    """Show the result of the posted answers, or what is missing for one (422)."""
    page = _assessed()
    return _render(page), 422 if page.is_refused else 200


@blueprint.post("/summary.pdf")
def summary() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Make the sheet for the doctor as a PDF, kept nowhere. When too many are being made: the page to print (503)."""
    page = _assessed()
    if page.sheet is None:
        return _render(page), 422
    press: Press = current_app.extensions["press"]
    try:
        pdf = press.pdf(page.sheet, large_print=page.is_large_print)
    except BusyError:
        return _render(replace(page, is_busy=True)), 503, {"Retry-After": str(SECONDS_UNTIL_LESS_BUSY)}
    response = Response(pdf, mimetype="application/pdf")
    # A name that says nothing about the outcome: it stays in lists of downloads.
    name = f"{page.edition.questionnaire.title} {date.today().isoformat()}.pdf"
    response.headers.set("Content-Disposition", "inline", filename=name)
    return response


@blueprint.post("/answers.json")
def answers_file() -> Response | tuple[str, int]:
    """Hand out the answers and the result as a file for a clinic (FHIR), kept nowhere."""
    page = _assessed()
    if page.assessment is None:
        return _render(page), 422
    resource = response_resource(
        page.edition.questionnaire,
        page.form.answers,
        page.assessment,
        canonical=current_app.config["CANONICAL"],
        language=page.edition.language.code,
        authored=date.today(),
    )
    response = Response(json.dumps(resource, ensure_ascii=False, indent=2) + "\n", content_type=MEDIA_TYPE)
    name = f"{page.edition.questionnaire.title} {date.today().isoformat()}.json"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


@blueprint.get("/result")
@blueprint.get("/summary.pdf")
@blueprint.get("/answers.json")
def result_without_answers() -> BaseResponse:
    """Send whoever reloads or shares the address of a result to the check: an address never holds answers."""
    return redirect(url_for(".check"), 303)


def _assessed() -> Page:
    """Return the page for the posted answers, with the result or with what is missing for one."""
    form = _form()
    assessment = form.assess(edition().questionnaire)
    return Page(edition=edition(), form=form, assessment=assessment, is_refused=assessment is None)


def _read_upload() -> Filed:
    """Return the answers in the uploaded file. Raises `FileError` when it cannot be used."""
    file = request.files[FILE]
    if not file.filename:
        raise FileError(FileProblem.NO_FILE)
    return read_response(edition().questionnaire, {CANONICAL, current_app.config["CANONICAL"]}, file.read())


def _form(*source: None, data: Answers | None = None) -> CheckForm:
    form: CheckForm = current_app.extensions["form_class"](*source, data=data)
    return form


def _render(page: Page) -> str:
    return render_template("check.html", page=page, questionnaire=page.edition.questionnaire)
