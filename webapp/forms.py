"""The questionnaire as one form: reads what was posted and says at which question something is wrong."""

from collections.abc import Iterable
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field
from wtforms.utils import unset_value

from webapp.questionnaire import AnswersError, Assessment, Questionnaire, assess
from webapp.questionnaire.assess import Answers


class AnswersField(Field):  # type: ignore[misc]
    """What was posted for each question under its id, as it is; `errors` has the `Problem` of each by its id.

    A question takes several values, so that two answers to one of kind `one` are seen, not dropped.
    """

    data: Answers
    errors: dict[str, str]

    def __init__(self, questions: Iterable[str], **settings: Any) -> None:
        super().__init__(label="", **settings)
        self._questions = questions
        # If the field had its form as well, answers would stay in memory until somebody looks for cycles.
        self._form = None

    def process(self, formdata: MultiDict[str, str] | None, data: Any = unset_value, **_further: object) -> None:
        self.errors = {}
        if formdata is None:
            self.data = {id: () if data is unset_value else data.get(id, ()) for id in self._questions}
        else:
            # werkzeug leaves the carriage return on a field when what it reads at once ends in the closing boundary
            # (https://github.com/pallets/werkzeug/issues/3285).
            self.data = {id: tuple([own.removesuffix("\r") for own in formdata.getlist(id)]) for id in self._questions}


class CheckForm(FlaskForm):  # type: ignore[misc]
    """The answers to all questions.

    There is no CSRF token: nobody is logged in and nothing is stored, so there is no authority that another
    site could borrow, and a token would need a cookie, which a frame on a clinic's page does not get. Who may
    post is settled by `headers.py`.
    """

    answers: AnswersField

    class Meta:
        csrf = False

        def wrap_formdata(self, _form: FlaskForm, formdata: Any) -> Any:
            """Read posted fields and nothing else: Flask-WTF would take files, and JSON of any shape, as well."""
            return None if formdata is None else request.form

    def assess(self, questionnaire: Questionnaire) -> Assessment | None:
        """Apply the rules. None when an answer is needed first; then each such question has its error."""
        try:
            return assess(questionnaire, self.answers.data)
        except AnswersError as error:
            self.answers.errors = {question: problem.value for question, problem in error.problems.items()}
            return None


def form_class(questionnaire: Questionnaire) -> type[CheckForm]:
    """Return the form for a questionnaire. Its labels are drawn by the template."""
    return type("QuestionnaireForm", (CheckForm,), {"answers": AnswersField(questionnaire.questions)})
