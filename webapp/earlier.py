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

FILED = "filed"
"""The field, no question, with what was said about a file, for the page in another language: `kind|question|words`."""

MOST_MISFITS = 12
"""How many are told: what a form carries along has to fit a request."""

_MOST_CHARACTERS = 120


def is_asked_again(questionnaire: Questionnaire, question: Question) -> bool:
    """Whether an old answer does not count: the signs that call for help are about now, whatever was so then."""
    called = (questionnaire.outcomes[option.calls] for option in question.options.values() if option.calls)
    return any(outcome.is_alarm for outcome in called)


def taken_over(questionnaire: Questionnaire, answers: Answers) -> Answers:
    """Return the answers of an earlier check that are filled in again."""
    asked = questionnaire.questions
    return {id: chosen for id, chosen in answers.items() if not is_asked_again(questionnaire, asked[id])}


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
    said = [("version", "", filed.version), *([("unfinished", "", "")] if filed.is_unfinished else [])]
    said += [("sign", question.id, option.id) for question, option in signs_then(questionnaire, filed)]
    said += [("misfit", one.question.id if one.question else "", one.words) for one in filed.misfits[:MOST_MISFITS]]
    for kind, question, words in said:
        yield FILED, f"{kind}|{question}|{words or ''}"


def filed_before(questionnaire: Questionnaire, form: MultiDict[str, str]) -> Filed | None:
    """Return what such fields say about a file that was filled in before; None where none was.

    Of its answers there are only the signs of then. Whatever else is posted is left out.
    """
    said: dict[str, list[tuple[str, str]]] = {"version": [], "unfinished": [], "sign": [], "misfit": []}
    for field in form.getlist(FILED):
        kind, question, words = (*field.split("|", 2), "", "")[:3]
        said.get(kind, []).append((question, "".join(filter(str.isprintable, words))[:_MOST_CHARACTERS]))
    if not said["version"]:
        return None
    misfits = [
        Misfit(question=questionnaire.questions.get(question), words=words or None)
        for question, words in said["misfit"][:MOST_MISFITS]
        if question in questionnaire.questions or words
    ]
    return Filed(
        answers={id: tuple(option for question, option in said["sign"] if question == id) for id, _ in said["sign"]},
        authored=answered_on(form),
        version=said["version"][0][1] or None,
        is_unfinished=bool(said["unfinished"]),
        misfits=tuple(misfits),
    )
