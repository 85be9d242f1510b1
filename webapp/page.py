"""What the page of the check shows: the questions, the answers so far, and the result or what is missing for one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from flask import request

from webapp import earlier
from webapp.edition import Edition, editions, outside_frame
from webapp.fhir import Filed, FileProblem
from webapp.forms import CheckForm
from webapp.paper import Letterhead, Sheet, sheet
from webapp.questionnaire import Assessment, Problem, assess, problem_with, problems_in
from webapp.questionnaire.assess import Answers, Tick
from webapp.questionnaire.code import CodeError, encode
from webapp.questionnaire.model import Notice, Option, Outcome, Part, Question
from webapp.questionnaire.nearby import Nearby, nearby
from webapp.report import Report
from webapp.settings import today
from webapp.summary import Summary

LARGE_PRINT = "large_print"
"""The field, no question, that asks for larger letters on paper."""

CODE = "code"
"""The field, no question, that brings an earlier check by its code."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """What the rules say about somebody's answers, for the patient and for the doctor."""

    edition: Edition
    answers: Answers
    assessment: Assessment
    answered_on: date | None

    @cached_property
    def report(self) -> Report:
        """The words of the result."""
        return Report(self.edition.questionnaire, self.edition.language, self.assessment)

    @cached_property
    def code(self) -> str:
        """The answers as a code to type again."""
        return encode(self.edition.questionnaire, self.answers)

    @property
    def summary(self) -> Summary:
        """The same result for the doctor, in the doctor's language."""
        here, meant_for = editions().for_the_doctor(self.edition)
        report = Report(here.questionnaire, here.language, assess(here.questionnaire, self.answers))
        return Summary(report=report, day=today(), meant_for=meant_for, answered_on=self.answered_on)

    @property
    def sheet(self) -> Sheet:
        """The sheet to print."""
        here, summary = self.edition, self.summary
        lang = next(one.code for one in (summary.report.language, here.language) if one in here.languages)
        address = outside_frame("rules.rules", lang=lang, _external=True)
        head = Letterhead(clinic=here.clinic, numbers=here.numbers, address=address, code=self.code)
        return sheet(summary, self.report, head)

    @property
    def nearby(self) -> list[Nearby]:
        """The smallest changes that would lead to another outcome: upwards first."""
        return [one for one in nearby(self.edition.questionnaire, self.assessment) if one]


@dataclass(frozen=True, kw_only=True)
class Page:
    """What the template shows: an edition, the answers so far, and the result or what is missing for one."""

    edition: Edition
    form: CheckForm
    result: Result | None = None
    is_refused: bool = False
    is_busy: bool = False
    """Whether a PDF was asked for that could not be made now; then the page offers to print itself."""
    filed: Filed | None = None
    """What is said of the file that these answers come from, when they were uploaded."""
    answered_on: date | None = None
    """The day of an earlier check that answers were taken over from; the signs that call for help are always of now."""
    file_problem: FileProblem | None = None
    """Why the uploaded file could not be used."""
    code_problem: CodeError | None = None
    """Why the code that was typed could not be used."""

    @property
    def code_typed(self) -> str:
        """The code as it was typed, to be mended."""
        return request.form.get(CODE, "")

    @property
    def is_large_print(self) -> bool:
        return LARGE_PRINT in request.form

    @property
    def has_result(self) -> bool:
        return self.result is not None or self.is_refused

    def questions(self, part: Part) -> Iterator[tuple[Question, tuple[Option, ...], str]]:
        """Yield each question of a part with what is ticked, right or wrong, and with what is wrong there."""
        answers = self.form.answers
        for question in part.questions:
            yield question, question.chosen(answers.data[question.id]), answers.errors.get(question.id, "")

    @property
    def carried(self) -> list[tuple[str, str]]:
        """The hidden fields, by name, with what is said of an earlier check: in another language it is said again."""
        day = [(earlier.ANSWERED_ON, self.answered_on.isoformat())] if self.answered_on else []
        return [*day, *(earlier.fields(self.edition.questionnaire, self.filed) if self.filed else ())]

    @property
    def signs_then(self) -> list[Tick]:
        """The signs that call for help and were ticked in the file: each is asked again."""
        return earlier.signs_then(self.edition.questionnaire, self.filed) if self.filed else []

    @property
    def not_answered(self) -> list[Question]:
        """The questions without an answer that can be counted, in reading order."""
        return self._questions(problems_in(self.edition.questionnaire, self.form.answers.data))

    @property
    def open_questions(self) -> list[Question]:
        """The questions that have an error, in reading order."""
        return self._questions(self.form.answers.errors)

    def _questions(self, ids: Iterable[str]) -> list[Question]:
        return [self.edition.questionnaire.questions[id] for id in ids]

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
            if problem_with(question, chosen := self.form.answers.data[question.id]) in (None, Problem.CONTRADICTION)
            for option in question.chosen(chosen)
        ]
