"""An earlier check that is filled in again: what of it is asked anew, and what stays said about it.

Nothing is stored between two requests, so the form carries it along in hidden fields.
"""

from collections.abc import Iterator
from datetime import date

from werkzeug.datastructures import MultiDict

from webapp.fhir import Filed, Misfit, day_of
from webapp.questionnaire import Questionnaire
from webapp.questionnaire.assess import Answers, Tick
from webapp.questionnaire.model import Question
from webapp.settings import today

ANSWERED_ON = "answered_on"
"""The field, no question, with the day of the answers that were taken over (ISO 8601)."""

VERSION, UNFINISHED, SIGN, MISFIT = "filed_version", "filed_unfinished", "filed_sign", "filed_misfit"
"""The fields, no questions, with what was said about a file, for the page in another language."""

MOST_MISFITS = 12
"""How many are told: what a form carries along has to fit a request."""

_MOST_CHARACTERS = 120


def is_asked_again(questionnaire: Questionnaire, question: Question) -> bool:
    """Whether an old answer does not count: the signs that call for help are about now, whatever was so then."""
    called = (questionnaire.outcomes[option.calls] for option in question.options.values() if option.calls)
    return any(outcome.is_alarm for outcome in called)


def taken_over(questionnaire: Questionnaire, answers: Answers) -> Answers:
    """Return the answers of an earlier check that are filled in again."""
    return {
        id: chosen for id, chosen in answers.items() if not is_asked_again(questionnaire, questionnaire.questions[id])
    }


def signs_then(questionnaire: Questionnaire, filed: Filed) -> list[Tick]:
    """Return the signs that were ticked then, each with its question."""
    return [
        Tick(question, option)
        for question in questionnaire.questions.values()
        if is_asked_again(questionnaire, question)
        for option in question.chosen(filed.answers.get(question.id, ()))
        if option.calls
    ]


def not_to_come(day: date | None) -> date | None:
    """Return the day of an earlier check; None where it is not known, or is yet to come and so cannot be right."""
    return day if day and day <= today() else None


def answered_on(form: MultiDict[str, str]) -> date | None:
    """Return the day of the answers that were taken over, as the form carries it along."""
    return not_to_come(day_of(form.get(ANSWERED_ON)))


def fields(questionnaire: Questionnaire, filed: Filed) -> Iterator[tuple[str, str]]:
    """Yield the hidden fields that carry along what is said about a file, by name."""
    yield VERSION, filed.version or ""
    if filed.is_unfinished:
        yield UNFINISHED, "yes"
    for question, option in signs_then(questionnaire, filed):
        yield SIGN, f"{question.id}|{option.id}"
    for misfit in filed.misfits[:MOST_MISFITS]:
        yield MISFIT, f"{misfit.question.id if misfit.question else ''}|{misfit.words or ''}"


def filed_before(questionnaire: Questionnaire, form: MultiDict[str, str]) -> Filed | None:
    """Return what such fields say about a file that was filled in before; None where none was.

    Of its answers there are only the signs of then. Whatever else is posted is left out.
    """
    if VERSION not in form:
        return None
    signs: dict[str, tuple[str, ...]] = {}
    for question, option in _pairs(form.getlist(SIGN)):
        signs[question] = (*signs.get(question, ()), option)
    misfits = [
        Misfit(question=questionnaire.questions.get(question), words=words or None)
        for question, words in _pairs(form.getlist(MISFIT)[:MOST_MISFITS])
        if question in questionnaire.questions or words
    ]
    return Filed(
        answers=signs,
        authored=answered_on(form),
        version=_plain(form[VERSION]) or None,
        is_unfinished=UNFINISHED in form,
        misfits=tuple(misfits),
        open=(),
    )


def _pairs(texts: list[str]) -> Iterator[tuple[str, str]]:
    for text in texts:
        name, _, value = text.partition("|")
        yield name, _plain(value)


def _plain(text: str) -> str:
    return "".join(filter(str.isprintable, text))[:_MOST_CHARACTERS]
