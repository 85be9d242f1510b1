"""The questionnaire as one form: reads what was posted and says at which question something is wrong."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import Field

from webapp.questionnaire import AnswersError, Assessment, Questionnaire, assess


class AnswerField(Field):  # type: ignore[misc]
    """Takes everything that was posted for a question, as it is."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(label="", default=tuple, **settings)
        # If fields had their form as well, answers would stay in memory until somebody looks for cycles.
        self._form = None

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        # werkzeug leaves the carriage return on a field when what it reads at once ends in the closing boundary
        # (https://github.com/pallets/werkzeug/issues/3285).
        self.data = [value.removesuffix("\r") for value in valuelist]


class CheckForm(FlaskForm):  # type: ignore[misc]
    """One field per question, named by its id.

    There is no CSRF token: nobody is logged in and nothing is stored, so there is no authority that another
    site could borrow, and a token would need a cookie, which a frame on a clinic's page does not get. Who may
    post is settled by `headers.py`.
    """

    class Meta:
        csrf = False

        def wrap_formdata(self, _form: FlaskForm, formdata: Any) -> Any:
            """Read posted fields and nothing else: Flask-WTF would take files, and JSON of any shape, as well."""
            return None if formdata is None else request.form

    @cached_property
    def answers(self) -> Mapping[str, Sequence[str]]:
        """The posted values as they are, by question id; questions without a value have none."""
        return {field.name: tuple(field.data) for field in self}

    def assess(self, questionnaire: Questionnaire) -> Assessment | None:
        """Apply the rules. None when an answer is needed first; then each such field has its `Problem`."""
        try:
            return assess(questionnaire, self.answers)
        except AnswersError as error:
            for question, problem in error.problems.items():
                self[question].errors = (problem.value,)
            return None


def form_class(questionnaire: Questionnaire) -> type[CheckForm]:
    """Return the form for a questionnaire. Its labels are drawn by the template.

    Every field takes several values, so that two answers to a question of kind `one` are seen, not dropped.
    """
    fields: dict[str, Any] = {question: AnswerField() for question in questionnaire.questions}
    return type("QuestionnaireForm", (CheckForm,), fields)
