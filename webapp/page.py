"""What the page of the check shows: the questions, the answers so far, and the result or what is missing for one."""

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from flask import current_app, render_template, request
from markupsafe import Markup

from webapp.edition import Edition, on_top
from webapp.fhir import Filed, FileProblem
from webapp.forms import CheckForm
from webapp.questionnaire import Assessment, Problem, problem_with
from webapp.questionnaire.model import Notice, Option, Outcome, Question
from webapp.questionnaire.nearby import Nearby, nearby
from webapp.sheet import Sheet, make_sheet

LARGE_PRINT = "large_print"
"""The field, no question, that asks for larger letters on paper."""


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

    @property
    def parts(self) -> Markup:
        """The four parts of questions, filled in.

        They are rendered once and kept, since for one reader only the ticks differ; with mistakes to show, anew.
        """
        if self.open_questions:
            return Markup(render_template("parts.html", page=self))  # noqa: S704
        kept: dict[object, str] = current_app.extensions.setdefault("parts", {})
        key = self.edition.mount, *self.edition.address.values(), self.has_result
        if key not in kept:
            blank: CheckForm = current_app.extensions["form_class"](None)
            kept[key] = render_template("parts.html", page=replace(self, form=blank))
        filled = kept[key]
        for question, chosen in self.form.answers.items():
            for option in self.edition.questionnaire.questions[question].options.keys() & chosen:
                field = f'name="{question}" value="{option}"'
                filled = filled.replace(field, f"{field} checked", 1)
        return Markup(filled)  # noqa: S704

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
