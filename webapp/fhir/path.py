"""The rules as FHIRPath, so that another program that shows the Questionnaire computes the same as this one.

Each expression stands by itself: it needs the answers of a response (`%resource`), in one pass. Points are written
out by code, since few programs have the `weight()` of Structured Data Capture, and no expression reads the item of
another, which could be missing or out of date. Where anything is open, unknown or contradictory, nothing comes out.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from webapp.fhir.wording import OUTCOME, SYSTEM, outcome_code
from webapp.questionnaire import Questionnaire
from webapp.questionnaire.assess import Tick
from webapp.questionnaire.model import NONE, Outcome, Question, Score

_QUESTIONS = "%resource.item.item"
"""The path to the questions: each stands in the group of its part."""

_VALUES = f"{_QUESTIONS}.answer.value"

_NOTHING = "{}"

_HAS_FACTORY = "'😀'.matches('^.$')"
"""Tells programs apart without an error, at which they would leave an old outcome standing. fhirpath.js counts such a
sign as one character since 3.13; older ones have no `%factory` (since 3.16), but the `%questionnaire` that newer ones,
as in Smart Forms, may lack."""

CAN_MAKE_CODINGS = "(0 / 0).empty()"
"""False in Medplum, to which this is a number. It has neither of the two, and would show an old outcome for ever."""


def sum_of(questionnaire: Questionnaire, score: Score) -> str:
    """Return the expression that adds up the points of one score, caps applied; empty where no score is shown."""
    return _first_of([(is_scored(questionnaire), _points(questionnaire, score))])


def outcome(questionnaire: Questionnaire) -> str:
    """Return the expression of the outcome's coding; empty while it is open."""
    called = questionnaire.called_in(questionnaire.questions.values())
    cases = [(" and ".join(_calls(questionnaire, one)), f"'{outcome_code(one)}'") for one in called]
    code = _first_of([*cases, (is_scored(questionnaire), _by_the_grid(questionnaire))])
    options = f"%questionnaire.item.where(linkId = '{OUTCOME}').answerOption"
    codes = [outcome_code(one) for one in questionnaire.outcomes.values()]
    offered = _first_of([(f"$this = '{own}'", f"{options}.value.where(code = '{own}')") for own in reversed(codes)])
    return f"({code}).select(iif({_HAS_FACTORY}, %factory.Coding('{SYSTEM}', $this), {offered}))"


def is_scored(questionnaire: Questionnaire) -> str:
    """Return the condition for sums: each question is answered, and no answer calls for more, is unknown or clashes.

    It says itself that "none of these" excludes all else, since not every program knows `optionExclusive`.
    """
    count = len(questionnaire.questions)
    calm = [one for one in _options(questionnaire.questions.values()) if not one.option.calls]
    together = [one for one in calm if one.question.kind == "several" and one.option.id != NONE]
    answered = f"{_QUESTIONS}.where(answer.exists())"
    known, beside_others = (
        f"answer.count() = answer.value.where({_code_among(one)}).count()" for one in (calm, together)
    )
    return (
        f"{answered}.count() = {count} and {answered}.linkId.distinct().count() = {count}"
        f" and {answered}.all({known} and (answer.count() = 1 or {beside_others}))"
    )


def _calls(questionnaire: Questionnaire, called: Outcome) -> Iterator[str]:
    """Yield the conditions of an outcome: what could call for a more urgent one is answered, and an answer calls."""
    urgency = list(questionnaire.outcomes)
    more_urgent = set(urgency[: urgency.index(called.id)])
    for question in questionnaire.questions.values():
        if more_urgent & {option.calls for option in question.options.values()}:
            known = f"answer.value.where({_code_among(_options([question]))}).count()"
            answered = f"answer.exists() and answer.count() = {known}"
            yield f"{_QUESTIONS}.where(linkId = '{question.id}' and {answered}).exists()"
    calling = [one for one in _options(questionnaire.questions.values()) if one.option.calls == called.id]
    yield f"{_VALUES}.where({_code_among(calling)}).exists()"


def _points(questionnaire: Questionnaire, score: Score) -> str:
    """Return the points of a score, part by part, since a part may have a cap as a question may."""
    parts = []
    for part in questionnaire.parts.values():
        own = [question for question in part.questions if question.score == score.id]
        terms = [_worth(_options(one for one in own if one.at_most is None))]
        terms += [_capped(_worth(_options([one])), one.at_most) for one in own if one.at_most is not None]
        parts.append(_capped(" + ".join(filter(None, terms)), part.at_most))
    return " + ".join(filter(None, parts)) or "0"


def _options(questions: Iterable[Question]) -> list[Tick]:
    return [Tick(question, option) for question in questions for option in question.options.values()]


def _worth(options: Iterable[Tick]) -> str:
    """Return what these options give together: so many points times how many of those that give them are chosen."""
    giving = sorted((one for one in options if one.option.points), key=lambda one: one.option.points)
    return " + ".join(
        f"{points} * {_VALUES}.where({_code_among(group)}).code.distinct().count()"
        for points, group in groupby(giving, key=lambda one: one.option.points)
    )


def _capped(points: str, at_most: int | None) -> str:
    return points if at_most is None or not points else f"({points}).select(iif($this > {at_most}, {at_most}, $this))"


def _by_the_grid(questionnaire: Questionnaire) -> str:
    """Return the code of the outcome whose squares hold the row and the column that the sums reach."""
    grid = questionnaire.grid
    squares: dict[str, list[str]] = {}
    for row, line in grid.outcomes.items():
        for column, outcome in line.items():
            squares.setdefault(outcome, []).append(f"'{row} {column}'")
    cases = [
        (f"$this in ({' | '.join(squares[one.id])})", f"'{outcome_code(one)}'")
        for one in reversed(questionnaire.scored_outcomes)
    ]
    square = f"{_level(questionnaire, grid.rows)} + ' ' + {_level(questionnaire, grid.columns)}"
    return f"({square}).select({_first_of(cases)})"


def _level(questionnaire: Questionnaire, score: str) -> str:
    """Return the id of the level that the points of a score reach."""
    own = questionnaire.scores[score]
    cases = [(f"$this >= {level.start}", f"'{level.id}'") for level in reversed(list(own.levels.values()))]
    return f"({_points(questionnaire, own)}).select({_first_of(cases)})"


def _first_of(cases: Sequence[tuple[str, str]]) -> str:
    """Return the value whose condition is the first to hold; nothing where none does."""
    chosen = _NOTHING
    for condition, value in reversed(cases):
        chosen = f"iif({condition}, {value}, {chosen})"
    return chosen


def _code_among(options: Iterable[Tick]) -> str:
    """Return the condition on a coding that it is one of these options: a pattern, which is quicker than a list."""
    grouped = groupby(options, key=lambda one: one.question.id)
    codes = "|".join(f"{id}[.]({'|'.join(one.option.id for one in own)})" for id, own in grouped)
    return f"code.matches('^({codes})$')"
