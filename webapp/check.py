"""The check: the page with all questions, and the result of the answers."""

from dataclasses import dataclass

from flask import Blueprint, current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from webapp.delivery import finished
from webapp.edition import Edition, edition, follow_address
from webapp.forms import CheckForm
from webapp.questionnaire import Assessment, Problem, problem_with
from webapp.questionnaire.model import Option, Outcome, Question
from webapp.questionnaire.nearby import Nearby, nearby

blueprint = Blueprint("check", __name__)
follow_address(blueprint)


@dataclass(frozen=True, kw_only=True)
class Page:
    """What the template shows: an edition, the answers so far, and the result or what is missing for one."""

    edition: Edition
    form: CheckForm
    assessment: Assessment | None = None
    is_refused: bool = False

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

    @property
    def called(self) -> Outcome | None:
        """The most urgent outcome that the answers call for so far, even if other answers are wrong."""
        questionnaire, answers = self.edition.questionnaire, self.form.answers
        return questionnaire.most_urgent(
            option.calls
            for question in questionnaire.questions.values()
            if problem_with(question, answers[question.id]) in (None, Problem.CONTRADICTION)
            for option in question.options.values()
            if option.calls and option.id in answers[question.id]
        )


@blueprint.get("/")
@finished
def check() -> str:
    """Show the empty check, which is the same for everybody."""
    return _render(Page(edition=edition(), form=_form(None)))


@blueprint.post("/")
def check_filled_in() -> str:
    """Show the check with the posted answers filled in: in another language, say."""
    return _render(Page(edition=edition(), form=_form()))


@blueprint.post("/result")
def result() -> tuple[str, int]:
    """Show the result of the posted answers, or what is missing for one (422)."""
    form = _form()
    assessment = form.assess(edition().questionnaire)
    page = Page(edition=edition(), form=form, assessment=assessment, is_refused=assessment is None)
    return _render(page), 422 if page.is_refused else 200


@blueprint.get("/result")
def result_without_answers() -> BaseResponse:
    """Send whoever reloads or shares the address of a result to the check: an address never holds answers."""
    return redirect(url_for(".check"), 303)


def _form(*source: None) -> CheckForm:
    form: CheckForm = current_app.extensions["form_class"](*source)
    return form


def _render(page: Page) -> str:
    return render_template("check.html", page=page, questionnaire=page.edition.questionnaire)
