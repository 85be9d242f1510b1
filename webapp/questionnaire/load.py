"""Read the content file and the telephone numbers, and name every mistake in them by file and place."""

import re
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

from webapp.questionnaire.model import (
    JUDGEMENT,
    NONE,
    Grid,
    Level,
    Numbers,
    Option,
    Outcome,
    Part,
    Question,
    Questionnaire,
    Score,
    Source,
    Text,
)
from webapp.questionnaire.table import Table, listed, reading

CONTENT = Path(__file__).with_name("content.toml")
NUMBERS = Path(__file__).with_name("numbers.toml")

_VERSION = re.compile(r"\d+\.\d+\.\d+")
_COUNTRY = re.compile(r"[A-Z]{2}|other")


def load(path: Path = CONTENT) -> Questionnaire:
    """Read a questionnaire from a content file.

    Raises `ContentError` with every mistake found.
    """
    with reading(path) as root:
        return _questionnaire(root)


def load_numbers(path: Path = NUMBERS) -> Mapping[str, Numbers]:
    """Read whom to call, by ISO 3166 country code; the entry `other` stands for every country not listed.

    Raises `ContentError` with every mistake found.
    """
    with reading(path) as root:
        numbers = root.tables(None, _numbers, names=_COUNTRY)
        if "other" not in numbers:
            root.wrong("", "'other' is missing; it stands for every country that is not listed")
        return numbers


def _questionnaire(root: Table) -> Questionnaire:
    root.rest.setdefault("notices", {})
    shared = root.texts("answers")
    scores = root.tables("scores", _score)
    sources = root.tables("sources", lambda table, _: table.fill(Source))
    outcomes = root.tables("outcomes", lambda table, _: table.fill(Outcome))
    questions = root.tables("questions", lambda table, _: _question(table, shared, sources))

    def part(table: Table, name: str) -> Part:
        return table.fill(Part, questions=tuple(own for own in questions.values() if own.part == name))

    questionnaire = root.fill(
        Questionnaire,
        checksum=root.checksum,
        scores=scores,
        grid=_grid(root.table("grid"), scores, outcomes),
        parts=root.tables("parts", part),
        outcomes=outcomes,
        sources=sources,
    )
    root.close()
    _check(root, questionnaire, questions)
    return questionnaire


def _check(root: Table, questionnaire: Questionnaire, questions: Mapping[str, Question]) -> None:
    """Judge the file as a whole; `questions` are in its order, and also those of a part that does not exist."""
    if questionnaire.version and not _VERSION.fullmatch(questionnaire.version):
        root.wrong("version", f"expected a version such as 1.0.0, found {questionnaire.version!r}")
    if JUDGEMENT not in questionnaire.limits.points:
        root.wrong(f"limits.points.{JUDGEMENT}", "is missing; it stands beside every score")
    for source in questionnaire.sources.values():
        if source.url and not source.url.startswith("https://"):
            root.wrong(
                f"sources.{source.id}.url", f"expected an address that begins with https://, found {source.url!r}"
            )
    for own in questionnaire.parts.values():
        _check_part(root, own)
    for question in questions.values():
        _check_question(root, questionnaire, question)
    parts = list(questionnaire.parts)
    for before, after in pairwise(question for question in questions.values() if question.part in parts):
        if parts.index(after.part) < parts.index(before.part):
            order = f"{after.part!r} comes before {before.part!r}; keep the order of the parts"
            root.wrong(f"questions.{after.id}.part", order)
    _check_outcomes(root, questionnaire)


def _score(table: Table, _: str) -> Score:
    levels = table.tables("levels", _level)
    starts = [level.start for level in levels.values()]
    if not starts or starts[0] != 0:
        table.wrong("levels", "the first level must begin at 0")
    for (low, high), level in zip(pairwise(starts), list(levels)[1:], strict=True):
        if high <= low:
            table.wrong(f"levels.{level}.from", f"expected more than {low}, where the level before it begins")
    return table.fill(Score, levels=levels)


def _level(table: Table, _: str) -> Level:
    if "from" not in table.rest:
        table.wrong("from", "is missing; expected the number of points at which the level begins")
    return table.fill(Level, start=table.number("from"))


def _question(table: Table, shared: Mapping[str, Text], sources: Mapping[str, Source]) -> Question:
    source = table.optional_known("source", "source", sources)
    return table.fill(
        Question, options=table.tables("options", lambda option, name: _option(option, name, shared, sources, source))
    )


def _option(
    table: Table, name: str, shared: Mapping[str, Text], sources: Mapping[str, Source], source: str | None
) -> Option:
    if "label" not in table.rest and name not in shared:
        table.wrong("label", f"is missing; only these have a shared label: {listed(shared)}")
    label = table.text("label") if "label" in table.rest else shared.get(name, Text("", ""))
    source = table.optional_known("source", "source", sources) or source
    option = table.fill(Option, label=label, source=sources.get(source or ""))
    if option.points and not option.reason:
        table.wrong("reason", "is missing; every point needs a reason")
    if option.points and not source:
        table.wrong("source", "is missing; every point needs a source, here or at the question")
    if option.points and option.calls:
        table.wrong("calls", "an option gives points or calls for an outcome, not both")
    return option


def _grid(table: Table, scores: Mapping[str, Score], outcomes: Mapping[str, Outcome]) -> Grid:
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
    return Grid(rows=rows, columns=columns, outcomes=MappingProxyType(grid))


def _check_grid_rises(squares: Table, grid: Mapping[str, Mapping[str, str]], outcomes: list[str]) -> None:
    """More points must never lead to a milder outcome, neither along a row nor down a column."""
    along = [(line[left], row, right) for row, line in grid.items() for left, right in pairwise(line)]
    down = [(grid[above][column], row, column) for above, row in pairwise(grid) for column in grid[row]]
    for fewer, row, column in (*along, *down):
        more = grid[row][column]
        if fewer in outcomes and more in outcomes and outcomes.index(more) > outcomes.index(fewer):
            squares.wrong(f"{row}.{column}", f"{more!r} is milder than {fewer!r} beside it, which needs fewer points")


def _check_part(root: Table, part: Part) -> None:
    place = f"parts.{part.id}"
    if not part.questions:
        root.wrong(place, "has no question")
    scores = {question.score for question in part.questions if question.score}
    if part.at_most is not None and len(scores) != 1:
        root.wrong(f"{place}.at_most", f"a cap needs questions of one score; found: {listed(sorted(scores))}")
    heaviest = max((_heaviest(question) for question in part.questions), default=0)
    if part.at_most is not None and part.at_most < heaviest:
        root.wrong(f"{place}.at_most", f"expected at least {heaviest}, the points of the heaviest option")
    _check_reason_of_cap(root, place, part)


def _check_question(root: Table, questionnaire: Questionnaire, question: Question) -> None:
    place = f"questions.{question.id}"
    root.check_known(f"{place}.part", question.part, "part", questionnaire.parts)
    root.check_known(f"{place}.score", question.score, "score", questionnaire.scores)
    root.check_known(f"{place}.origin", question.origin, "origin", questionnaire.origins)
    is_ticked = question.kind == "several"
    if question.at_most is not None and (not is_ticked or question.at_most < _heaviest(question)):
        root.wrong(f"{place}.at_most", "a cap needs kind 'several' and at least the points of the heaviest option")
    _check_reason_of_cap(root, place, question)
    if len(question.options) < 2:
        root.wrong(f"{place}.options", "expected at least two options")
    if is_ticked != (NONE in question.options):
        root.wrong(f"{place}.options", f"expected '{NONE}' in a question of kind 'several', and only there")
    for option in question.options.values():
        _check_option(root, questionnaire, question, option)


def _check_option(root: Table, questionnaire: Questionnaire, question: Question, option: Option) -> None:
    place = f"questions.{question.id}.options.{option.id}"
    root.check_known(f"{place}.calls", option.calls, "outcome", questionnaire.outcomes)
    for notice in option.notices:
        root.check_known(f"{place}.notices", notice, "notice", questionnaire.notices)
    if option.points and question.score is None:
        root.wrong(f"{place}.points", f"the question has no score; known: {listed(questionnaire.scores)}")
    others = [other.id for other in question.options.values() if not other.stands_for and not other.calls]
    root.check_known(f"{place}.stands_for", option.stands_for, "other option", others)
    if option.stands_for and question.kind != "one":
        root.wrong(f"{place}.stands_for", "is for questions of kind 'one' only")
    if (option.id == NONE or option.stands_for) and (option.points or option.calls or option.notices):
        root.wrong(place, "this answer may have no points, no outcome and no notice")


def _heaviest(question: Question) -> int:
    return max((option.points for option in question.options.values()), default=0)


def _check_reason_of_cap(root: Table, place: str, of: Question | Part) -> None:
    if (of.at_most is None) != (of.at_most_reason is None):
        root.wrong(f"{place}.at_most_reason", "a cap and its reason need each other")


def _check_outcomes(root: Table, questionnaire: Questionnaire) -> None:
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


def _numbers(table: Table, name: str) -> Numbers:
    table.rest.setdefault("crisis_by_language", {})
    own = table.table("crisis_by_language")
    by_language = MappingProxyType({language: own.strings(language) for language in list(own.rest)})
    numbers = table.fill(Numbers, country=name, crisis_by_language=by_language)
    for language, lines in by_language.items():
        if not lines:
            own.wrong(language, "is empty; expected at least one number of 'crisis'")
        for line in lines:
            own.check_known(language, line, "number of 'crisis'", numbers.crisis)
    if not numbers.emergency:
        table.wrong("emergency", "is missing; expected at least one telephone number")
    if not numbers.crisis and numbers.crisis_words is None:
        table.wrong("crisis", "is missing; expected telephone numbers, or 'crisis_words' in their place")
    return numbers
