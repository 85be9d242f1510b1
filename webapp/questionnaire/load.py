"""Read the content file and the telephone numbers, and name every mistake in them by file and place."""

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any

from webapp.questionnaire import model
from webapp.questionnaire.table import Table, listed, reading

CONTENT = Path(__file__).with_name("content.toml")
NUMBERS = Path(__file__).with_name("numbers.toml")

_COUNTRY = re.compile(r"[A-Z]{2}|other")


def load(path: Path = CONTENT) -> model.Questionnaire:
    """Read a questionnaire from a content file.

    Raises `ContentError` with every mistake found.
    """
    with reading(path) as root:
        return _questionnaire(root)


def load_numbers(path: Path = NUMBERS) -> Mapping[str, model.Numbers]:
    """Read whom to call, by ISO 3166 country code; the entry `other` stands for every country not listed.

    Raises `ContentError` with every mistake found.
    """
    with reading(path) as root:
        numbers = root.tables(None, _numbers, names=_COUNTRY)
        if "other" not in numbers:
            root.wrong("", "'other' is missing; it stands for every country that is not listed")
        return numbers


_Known = Mapping[str, Mapping[str, Any]]
"""What a question or an option may name, by id, and by what it is."""


def _questionnaire(root: Table) -> model.Questionnaire:
    root.rest.setdefault("notices", {})
    parts = Table(root.file, "parts", root.rest.get("parts", {}), []).rest
    shared = root.texts("answers")
    scores = root.tables("scores", _score)
    sources = root.tables("sources", lambda table, _: table.fill(model.Source))
    outcomes = root.tables("outcomes", lambda table, _: table.fill(model.Outcome))
    notices = root.tables("notices", lambda table, _: table.fill(model.Notice))
    origins = root.texts("origins")
    known = {"part": parts, "score": scores, "origin": origins, "outcome": outcomes, "notice": notices}
    known |= {"source": sources, "shared label": shared}
    questions = root.tables("questions", lambda table, _: _question(table, known))
    order = list(parts)
    for before, after in pairwise(question for question in questions.values() if question.part in order):
        if order.index(after.part) < order.index(before.part):
            why_not = f"{after.part!r} comes before {before.part!r}; keep the order of the parts"
            root.wrong(f"questions.{after.id}.part", why_not)
    questionnaire = root.fill(
        model.Questionnaire,
        checksum=root.checksum,
        scores=scores,
        grid=_grid(root.table("grid"), scores, outcomes),
        origins=origins,
        parts=root.tables("parts", lambda table, name: _part(table, name, questions.values())),
        outcomes=outcomes,
        notices=notices,
        sources=sources,
    )
    if model.JUDGEMENT not in questionnaire.limits.points:
        root.wrong(f"limits.points.{model.JUDGEMENT}", "is missing; it stands beside every score")
    _check_outcomes(root, questionnaire)
    return questionnaire


def _score(table: Table, _: str) -> model.Score:
    levels = table.tables("levels", _level)
    starts = [level.start for level in levels.values()]
    if not starts or starts[0] != 0:
        table.wrong("levels", "the first level must begin at 0")
    for (low, high), level in zip(pairwise(starts), list(levels)[1:], strict=True):
        if high <= low:
            table.wrong(f"levels.{level}.from", f"expected more than {low}, where the level before it begins")
    return table.fill(model.Score, levels=levels)


def _level(table: Table, _: str) -> model.Level:
    if "from" not in table.rest:
        table.wrong("from", "is missing; expected the number of points at which the level begins")
    return table.fill(model.Level, start=table.number("from"))


def _part(table: Table, name: str, questions: Iterable[model.Question]) -> model.Part:
    part = table.fill(model.Part, questions=tuple(own for own in questions if own.part == name))
    if not part.questions:
        table.wrong("", "has no question")
    scores = {question.score for question in part.questions if question.score}
    if part.at_most is not None and len(scores) != 1:
        table.wrong("at_most", f"a cap needs questions of one score; found: {listed(sorted(scores))}")
    heaviest = max(map(_heaviest, part.questions), default=0)
    if part.at_most is not None and part.at_most < heaviest:
        table.wrong("at_most", f"expected at least {heaviest}, the points of the heaviest option")
    _check_reason_of_cap(table, part)
    return part


def _question(table: Table, known: _Known) -> model.Question:
    source = table.optional_known("source", "source", known["source"])
    options = table.tables("options", lambda option, name: _option(option, name, known, source))
    question = table.fill(model.Question, options=options)
    for key in ("part", "score", "origin"):
        table.check_known(key, getattr(question, key), key, known[key])
    is_ticked = question.kind == "several"
    if question.at_most is not None and (not is_ticked or question.at_most < _heaviest(question)):
        table.wrong("at_most", "a cap needs kind 'several' and at least the points of the heaviest option")
    _check_reason_of_cap(table, question)
    if len(options) < 2:
        table.wrong("options", "expected at least two options")
    if is_ticked != (model.NONE in options):
        table.wrong("options", f"expected '{model.NONE}' in a question of kind 'several', and only there")
    definite = [option.id for option in options.values() if not option.stands_for and not option.calls]
    for option in options.values():
        if option.points and question.score is None:
            table.wrong(f"options.{option.id}.points", f"the question has no score; known: {listed(known['score'])}")
        table.check_known(f"options.{option.id}.stands_for", option.stands_for, "other option", definite)
        if option.stands_for and is_ticked:
            table.wrong(f"options.{option.id}.stands_for", "is for questions of kind 'one' only")
    return question


def _option(table: Table, name: str, known: _Known, source: str | None) -> model.Option:
    shared = known["shared label"]
    if "label" not in table.rest and name not in shared:
        table.wrong("label", f"is missing; only these have a shared label: {listed(shared)}")
    label = table.text("label") if "label" in table.rest else shared.get(name, model.Text("", ""))
    source = table.optional_known("source", "source", known["source"]) or source
    option = table.fill(model.Option, label=label, source=known["source"].get(source or ""))
    table.check_known("calls", option.calls, "outcome", known["outcome"])
    for notice in option.notices:
        table.check_known("notices", notice, "notice", known["notice"])
    if option.points and not option.reason:
        table.wrong("reason", "is missing; every point needs a reason")
    if option.points and not source:
        table.wrong("source", "is missing; every point needs a source, here or at the question")
    if option.points and option.calls:
        table.wrong("calls", "an option gives points or calls for an outcome, not both")
    if (name == model.NONE or option.stands_for) and (option.points or option.calls or option.notices):
        table.wrong("", "this answer may have no points, no outcome and no notice")
    return option


def _heaviest(question: model.Question) -> int:
    return max((option.points for option in question.options.values()), default=0)


def _check_reason_of_cap(table: Table, of: model.Question | model.Part) -> None:
    if (of.at_most is None) != (of.at_most_reason is None):
        table.wrong("at_most_reason", "a cap and its reason need each other")


def _grid(table: Table, scores: Mapping[str, model.Score], outcomes: Mapping[str, model.Outcome]) -> model.Grid:
    rows, columns = (table.known(key, "score", scores) for key in ("rows", "columns"))
    squares = table.table("outcomes")
    grid: dict[str, Mapping[str, str]] = {}
    if rows in scores and columns in scores:
        if {rows, columns} != set(scores):
            table.wrong("", f"needs each score once, as rows or as columns; known: {listed(scores)}")
        for row in scores[rows].levels:
            line = squares.table(row)
            own = {column: line.known(column, "outcome", outcomes) for column in scores[columns].levels}
            grid[row] = MappingProxyType(own)
            line.close()
        squares.close()
        _check_grid_rises(squares, grid, list(outcomes))
    table.close()
    return model.Grid(rows=rows, columns=columns, outcomes=MappingProxyType(grid))


def _check_grid_rises(squares: Table, grid: Mapping[str, Mapping[str, str]], outcomes: list[str]) -> None:
    """More points must never lead to a milder outcome, neither along a row nor down a column."""
    along = [(line[left], row, right) for row, line in grid.items() for left, right in pairwise(line)]
    down = [(grid[above][column], row, column) for above, row in pairwise(grid) for column in grid[row]]
    for fewer, row, column in (*along, *down):
        more = grid[row][column]
        if fewer in outcomes and more in outcomes and outcomes.index(more) > outcomes.index(fewer):
            squares.wrong(f"{row}.{column}", f"{more!r} is milder than {fewer!r} beside it, which needs fewer points")


def _check_outcomes(root: Table, questionnaire: model.Questionnaire) -> None:
    """Every outcome is called for by an option or stands in the grid, not both; and options outrank the grid."""
    options = [o for question in questionnaire.questions.values() for o in question.options.values()]
    called = {option.calls for option in options}
    in_grid = {outcome.id for outcome in questionnaire.scored_outcomes}
    grid_reached = False
    for outcome in questionnaire.outcomes:
        if (outcome in called) == (outcome in in_grid):
            how = "both an option and the grid lead here" if outcome in called else "nothing leads here"
            root.wrong(f"outcomes.{outcome}", f"{how}; expected one of the two")
        grid_reached = grid_reached or outcome in in_grid
        if grid_reached and outcome in called:
            root.wrong(f"outcomes.{outcome}", "stands below an outcome of the grid; options call for more urgent ones")
    used = {notice for option in options for notice in option.notices}
    for notice in questionnaire.notices:
        if notice not in used:
            root.wrong(f"notices.{notice}", "no option adds this notice")


def _numbers(table: Table, name: str) -> model.Numbers:
    table.rest.setdefault("crisis_by_language", {})
    numbers = table.fill(model.Numbers, country=name)
    for language, lines in numbers.crisis_by_language.items():
        place = f"crisis_by_language.{language}"
        if not lines:
            table.wrong(place, "is empty; expected at least one number of 'crisis'")
        for line in lines:
            table.check_known(place, line, "number of 'crisis'", numbers.crisis)
    if not numbers.emergency:
        table.wrong("emergency", "is missing; expected at least one telephone number")
    if not numbers.crisis and numbers.crisis_words is None:
        table.wrong("crisis", "is missing; expected telephone numbers, or 'crisis_words' in their place")
    return numbers
