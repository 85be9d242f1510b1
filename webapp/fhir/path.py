"""The rules as FHIRPath, so that another program that shows the Questionnaire computes the same as this one.

`weight()` is the function of Structured Data Capture (SDC) that reads the points of an answer:
https://build.fhir.org/ig/HL7/sdc/expressions.html#fhirpath-supplements
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from webapp.questionnaire import Questionnaire
from webapp.questionnaire.model import NONE, Grid, Outcome, Question, Score

OUTCOME = "outcome"
"""The id of the item that holds the outcome."""

SCORED = "scored"
"""The variable that says whether the sums decide: every question answered, and no answer that calls for more."""

_NOTHING = "{}"


def scored(questionnaire: Questionnaire) -> str:
    """Return the expression of the variable `%scored`.

    It says itself that "none of these" excludes all else, since not every program knows `optionExclusive`.
    """
    everything = f"{_items()}.where(answer.exists()).linkId.distinct().count() = {len(questionnaire.questions)}"
    calls = " or ".join(_is_called(questionnaire, outcome) for outcome in _called(questionnaire))
    contradictions = f"{_items()}.where(answer.count() > 1 and answer.value.where(code = '{NONE}').exists())"
    return f"{everything} and {contradictions}.empty() and ({calls}).not()"


def sum_of(questionnaire: Questionnaire, score: Score) -> str:
    """Return the expression that adds up the points of one score, caps applied; empty where no score is shown."""
    own = [question for question in questionnaire.questions.values() if question.score == score.id]
    terms = [term for cap, group in groupby(own, lambda question: question.at_most) for term in _terms(cap, group)]
    return f"iif(%{SCORED}, {' + '.join(terms)}, {_NOTHING})"


def outcome(questionnaire: Questionnaire) -> str:
    """Return the expression that selects the outcome among its item's options; empty while it is open."""
    code = f"iif(%{SCORED}, {_by_the_grid(questionnaire)}, {_NOTHING})"
    for called in reversed(list(_called(questionnaire))):
        first = [f"{_answer(question)}.exists()" for question in _asked_first(questionnaire, called)]
        code = f"iif({' and '.join([*first, f'({_is_called(questionnaire, called)})'])}, '{called.id}', {code})"
    return f"%questionnaire.item.where(linkId = '{OUTCOME}').answerOption.value.where(code = {code})"


def _called(questionnaire: Questionnaire) -> Iterator[Outcome]:
    """Yield the outcomes that an option calls for, most urgent first."""
    calls = {option.calls for question in questionnaire.questions.values() for option in question.options.values()}
    return (outcome for outcome in questionnaire.outcomes.values() if outcome.id in calls)


def _is_called(questionnaire: Questionnaire, outcome: Outcome) -> str:
    return " or ".join(
        f"{_answer(question)}.value.where(code in {_union(options)}).exists()"
        for question in questionnaire.questions.values()
        if (options := [option.id for option in question.options.values() if option.calls == outcome.id])
    )


def _asked_first(questionnaire: Questionnaire, called: Outcome) -> Iterator[Question]:
    """Yield the questions that could call for something more urgent, and so keep this outcome open."""
    urgency = list(questionnaire.outcomes)
    more_urgent = set(urgency[: urgency.index(called.id)])
    for question in questionnaire.questions.values():
        if more_urgent & {option.calls for option in question.options.values()}:
            yield question


def _terms(cap: int | None, questions: Iterable[Question]) -> Iterator[str]:
    """Yield what questions add to a sum: those without a cap together, the others each by itself."""
    if cap is None:
        yield f"{_items()}.where(linkId in {_union(question.id for question in questions)}).answer.weight().sum()"
    else:
        for question in questions:
            points = f"{_answer(question)}.weight().sum()"
            yield f"iif({points} > {cap}, {cap}, {points})"


def _by_the_grid(questionnaire: Questionnaire) -> str:
    grid, scores = questionnaire.grid, questionnaire.scores
    rows = {row: _by_level(scores[grid.columns], _quoted(grid, row)) for row in grid.outcomes}
    return _by_level(scores[grid.rows], rows)


def _quoted(grid: Grid, row: str) -> dict[str, str]:
    return {column: f"'{outcome}'" for column, outcome in grid.outcomes[row].items()}


def _by_level(score: Score, values: Mapping[str, str]) -> str:
    """Return the expression that chooses among values by the level that a sum reaches."""
    points = f"%resource.item.where(linkId = '{score.id}').answer.value"
    first, *others = score.levels.values()
    chosen = values[first.id]
    for level in others:
        chosen = f"iif({points} >= {level.start}, {values[level.id]}, {chosen})"
    return chosen


def _items() -> str:
    """Return the path to the questions: each stands in the group of its part."""
    return "%resource.item.item"


def _answer(question: Question) -> str:
    return f"{_items()}.where(linkId = '{question.id}').answer"


def _union(ids: Iterable[str]) -> str:
    return "(" + " | ".join(f"'{id}'" for id in ids) + ")"
