"""What the page of the check shows: the questions, the answers so far, and the result or what is missing for one."""

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from flask import render_template, request
from markupsafe import Markup

from webapp.edition import Edition, on_top
from webapp.fhir import Filed, FileProblem
from webapp.forms import CheckForm
from webapp.keeping import Pieces
from webapp.questionnaire import Assessment, Problem, problem_with
from webapp.questionnaire.assess import Chosen, chosen_options
from webapp.questionnaire.model import Notice, Option, Outcome, Question
from webapp.questionnaire.nearby import Nearby, nearby
from webapp.sheet import Sheet

LARGE_PRINT = "large_print"
"""The field, no question, that asks for larger letters on paper."""


class _Fields:
    """Rendered questions without answers, cut open wherever a tick may stand."""

    def __init__(self, html: str) -> None:
        self.pieces = re.split(r'(name="\w+" value="\w+")', html)
        self.places = {field: index for index, field in enumerate(self.pieces) if index % 2}

    def filled_in(self, chosen: Chosen) -> Markup:
        """Return the questions with what was chosen ticked."""
        pieces = self.pieces.copy()
        for question, options in chosen.items():
            for option in options:
                pieces[self.places[f'name="{question}" value="{option.id}"']] += " checked"
        return Markup("".join(pieces))  # noqa: S704


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
        return self.edition.sheets.write(
            self.chosen,
            self.assessment,
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

    @cached_property
    def pieces(self) -> Pieces:
        """What is kept of this edition's pages; their links hold the path that the site stands below."""
        return self.edition.pieces.below(request.root_path)

    @property
    def parts(self) -> Markup:
        """The four parts of questions, filled in.

        They are rendered once and kept, since for one reader only the ticks differ; with mistakes to show, anew.
        """
        if self.is_refused:
            return Markup(render_template("parts.html", page=self))  # noqa: S704
        pieces, name = self.pieces, ("parts", self.has_result)
        if name not in pieces:
            blank = replace(self, form=type(self.form)(None))
            pieces[name] = _Fields(render_template("parts.html", page=blank))
        fields: _Fields = pieces[name]
        return fields.filled_in(self.chosen)

    def call_card(self, question: Question) -> Outcome | None:
        """The outcome to show at once when an option of this question calls for it."""
        calls = next((option.calls for option in question.options.values() if option.calls), None)
        return self.edition.questionnaire.outcomes[calls] if calls else None

    @cached_property
    def chosen(self) -> Chosen:
        return chosen_options(self.edition.questionnaire, self.form.answers)

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
