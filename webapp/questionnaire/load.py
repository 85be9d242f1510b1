"""Read the content file and the telephone numbers, and name every mistake in them by file and place."""

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import get_args

from webapp.questionnaire.model import (
    JUDGEMENT,
    NONE,
    Grid,
    Kind,
    Level,
    Notice,
    Numbers,
    Option,
    Outcome,
    Part,
    Passage,
    Phone,
    Question,
    Questionnaire,
    Review,
    Score,
    Source,
    Text,
)
from webapp.questionnaire.table import ContentError, Table, listed, parse

CONTENT = Path(__file__).with_name("content.toml")
NUMBERS = Path(__file__).with_name("numbers.toml")

KINDS: tuple[Kind, ...] = get_args(Kind)
PHONES: tuple[Phone, ...] = get_args(Phone)

_VERSION = re.compile(r"\d+\.\d+\.\d+")
_COUNTRY = re.compile(r"[A-Z]{2}|other")


def load(path: Path = CONTENT) -> Questionnaire:
    """Read a questionnaire from a content file.

    Raises `ContentError` with every mistake found, and `OSError` when the file cannot be read.
    """
    content = path.read_bytes()
    mistakes: list[str] = []
    root = parse(path.name, content, mistakes)
    questionnaire = _questionnaire(root, hashlib.sha256(content).hexdigest())
    if mistakes:
        raise ContentError(mistakes)
    return questionnaire


def load_numbers(path: Path = NUMBERS) -> Mapping[str, Numbers]:
    """Read whom to call, by ISO 3166 country code; the entry `other` stands for every country not listed.

    Raises `ContentError` with every mistake found, and `OSError` when the file cannot be read.
    """
    mistakes: list[str] = []
    root = parse(path.name, path.read_bytes(), mistakes)
    numbers = root.tables(None, _numbers, names=_COUNTRY)
    if "other" not in numbers:
        root.wrong("", "'other' is missing; it stands for every country that is not listed")
    if mistakes:
        raise ContentError(mistakes)
    return numbers


def _questionnaire(root: Table, checksum: str) -> Questionnaire:
    shared = root.texts("answers")
    scores = root.tables("scores", _score)
    sources = root.tables("sources", _source)
    origins = root.texts("origins")
    notices = root.optional_tables("notices", _notice)
    outcomes = root.tables("outcomes", _outcome)
    parts_table, questions_table = root.table("parts"), root.table("questions")
    reader = _QuestionReader(shared, scores, sources, origins, notices, outcomes, tuple(parts_table.rest))
    questions = questions_table.tables(None, reader.question)
    _check_order(questions_table, questions, tuple(parts_table.rest))
    questionnaire = root.fill(
        Questionnaire,
        checksum=checksum,
        reviews=_reviews(root),
        scores=scores,
        grid=_grid(root.table("grid"), scores, outcomes),
        origins=origins,
        parts=parts_table.tables(None, lambda table, name: _part(table, name, questions)),
        outcomes=outcomes,
        notices=notices,
        about=root.tables("about", lambda table, _: table.fill(Passage)),
        sources=sources,
    )
    if questionnaire.version and not _VERSION.fullmatch(questionnaire.version):
        root.wrong("version", f"expected a version such as 1.0.0, found {questionnaire.version!r}")
    if JUDGEMENT not in questionnaire.limits.points:
        root.wrong(f"limits.points.{JUDGEMENT}", "is missing; it stands beside every score")
    _check_outcomes(root, questionnaire)
    root.close()
    return questionnaire


def _reviews(root: Table) -> tuple[Review, ...]:
    reviews = []
    for index, entry in enumerate(root.take("reviews", list, "a list of tables", [])):
        table = Table(root.file, f"reviews.{index}", entry, root.mistakes)
        reviews.append(table.fill(Review))
        table.close()
    return tuple(reviews)


def _score(table: Table, name: str) -> Score:
    levels = table.tables("levels", _level)
    starts = [level.start for level in levels.values()]
    if not starts or starts[0] != 0:
        table.wrong("levels", "the first level must begin at 0")
    for (low, high), level in zip(pairwise(starts), list(levels)[1:], strict=True):
        if high <= low:
            table.wrong(f"levels.{level}.from", f"expected more than {low}, where the level before it begins")
    return table.fill(Score, id=name, levels=levels)


def _level(table: Table, name: str) -> Level:
    start = table.number("from")
    if start is None:
        table.wrong("from", "is missing; expected the number of points at which the level begins")
    return table.fill(Level, id=name, start=start or 0)


def _source(table: Table, name: str) -> Source:
    source = table.fill(Source, id=name)
    if source.url and not source.url.startswith("https://"):
        table.wrong("url", f"expected an address that begins with https://, found {source.url!r}")
    return source


def _notice(table: Table, name: str) -> Notice:
    return table.fill(Notice, id=name, phone=table.optional_known("phone", "telephone", PHONES))


def _outcome(table: Table, name: str) -> Outcome:
    return table.fill(Outcome, id=name, phone=table.known("phone", "telephone", PHONES))


def _part(table: Table, name: str, questions: Mapping[str, Question]) -> Part:
    own = tuple(question for question in questions.values() if question.part == name)
    if not own:
        table.wrong("", "has no question")
    part = table.fill(Part, id=name, questions=own)
    _check_reason_of_cap(table, part)
    scores = {question.score for question in own if question.score}
    if part.at_most is not None and len(scores) != 1:
        table.wrong("at_most", f"a cap needs questions of one score; found: {listed(sorted(scores))}")
    heaviest = max((option.points for question in own for option in question.options.values()), default=0)
    if part.at_most is not None and part.at_most < heaviest:
        table.wrong("at_most", f"expected at least {heaviest}, the points of the heaviest option")
    return part


def _check_reason_of_cap(table: Table, of: Question | Part) -> None:
    if (of.at_most is None) != (of.at_most_reason is None):
        table.wrong("at_most_reason", "a cap and its reason need each other")


def _check_order(table: Table, questions: Mapping[str, Question], parts: tuple[str, ...]) -> None:
    for before, after in pairwise(questions.values()):
        if before.part in parts and after.part in parts and parts.index(after.part) < parts.index(before.part):
            order = f"{after.part!r} comes before {before.part!r}; keep the order of the parts"
            table.wrong(f"{after.id}.part", order)


@dataclass(frozen=True)
class _QuestionReader:
    """Reads questions and options, which refer to nearly everything else in the file."""

    shared: Mapping[str, Text]
    scores: Mapping[str, Score]
    sources: Mapping[str, Source]
    origins: Mapping[str, Text]
    notices: Mapping[str, Notice]
    outcomes: Mapping[str, Outcome]
    parts: Collection[str]

    def question(self, table: Table, name: str) -> Question:
        score = table.optional_known("score", "score", self.scores)
        source = table.optional_known("source", "source", self.sources)
        question = table.fill(
            Question,
            id=name,
            part=table.known("part", "part", self.parts),
            kind=table.known("kind", "kind of question", KINDS),
            score=score,
            origin=table.known("origin", "origin", self.origins),
            options=table.tables("options", lambda option, key: self._option(option, key, score, source)),
        )
        _check_reason_of_cap(table, question)
        heaviest = max((option.points for option in question.options.values()), default=0)
        if question.at_most is not None and (question.kind != "several" or question.at_most < heaviest):
            table.wrong("at_most", "a cap needs kind 'several' and at least the points of the heaviest option")
        self._check_options(table, question.kind, question.options)
        return question

    def _check_options(self, table: Table, kind: str, options: Mapping[str, Option]) -> None:
        if len(options) < 2:
            table.wrong("options", "expected at least two options")
        if (kind == "several") != (NONE in options):
            table.wrong("options", f"expected '{NONE}' in a question of kind 'several', and only there")
        for option in options.values():
            if option.stands_for is not None:
                others = [other.id for other in options.values() if not other.stands_for and not other.calls]
                table.check_known(f"options.{option.id}.stands_for", option.stands_for, "other option", others)
                if kind != "one":
                    table.wrong(f"options.{option.id}.stands_for", "is for questions of kind 'one' only")
            bare = not (option.points or option.calls or option.notices)
            if not bare and (option.id == NONE or option.stands_for):
                table.wrong(f"options.{option.id}", "this answer may have no points, no outcome and no notice")

    def _option(self, table: Table, name: str, score: str | None, source: str | None) -> Option:
        own = table.optional_known("source", "source", self.sources) or source
        option = table.fill(
            Option,
            id=name,
            label=table.text("label") if "label" in table.rest else self._shared_label(table, name),
            points=table.number("points") or 0,
            source=self.sources.get(own) if own else None,
            calls=table.optional_known("calls", "outcome", self.outcomes),
        )
        if option.points and score is None:
            table.wrong("points", f"the question has no score; known: {listed(self.scores)}")
        if option.points and not option.reason:
            table.wrong("reason", "is missing; every point needs a reason")
        if option.points and not own:
            table.wrong("source", "is missing; every point needs a source, here or at the question")
        if option.points and option.calls:
            table.wrong("calls", "an option gives points or calls for an outcome, not both")
        for notice in option.notices:
            table.check_known("notices", notice, "notice", self.notices)
        return option

    def _shared_label(self, table: Table, name: str) -> Text:
        if name not in self.shared:
            table.wrong("label", f"is missing; only these have a shared label: {listed(self.shared)}")
        return self.shared.get(name, Text("", ""))


def _grid(table: Table, scores: Mapping[str, Score], outcomes: Mapping[str, Outcome]) -> Grid:
    rows, columns = (table.known(key, "score", scores) for key in ("rows", "columns"))
    if rows in scores and columns in scores and {rows, columns} != set(scores):
        table.wrong("", f"needs each score once, as rows or as columns; known: {listed(scores)}")
    squares = table.table("outcomes")
    grid: dict[str, Mapping[str, str]] = {}
    if rows in scores and columns in scores:
        urgency = list(outcomes)[::-1]
        above: Mapping[str, str] = {}
        for row in scores[rows].levels:
            line = squares.table(row)
            grid[row] = {column: line.known(column, "outcome", outcomes) for column in scores[columns].levels}
            line.close()
            _check_grid_rises(line, grid[row], above, urgency)
            above = grid[row]
        squares.close()
    table.close()
    frozen = {row: MappingProxyType(dict(line)) for row, line in grid.items()}
    return Grid(rows=rows, columns=columns, outcomes=MappingProxyType(frozen))


def _check_grid_rises(line: Table, row: Mapping[str, str], above: Mapping[str, str], urgency: list[str]) -> None:
    """More points must never lead to a milder outcome, neither along a row nor down a column."""
    neighbours = [(right, row[left], row[right]) for left, right in pairwise(row)]
    neighbours += [(column, above[column], row[column]) for column in above]
    for column, fewer, more in neighbours:
        if fewer in urgency and more in urgency and urgency.index(more) < urgency.index(fewer):
            line.wrong(column, f"{more!r} is milder than {fewer!r} beside it, which needs fewer points")


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
    crisis = table.strings("crisis")
    numbers = table.fill(Numbers, country=name, crisis=crisis, crisis_by_language=_by_language(table, crisis))
    if not numbers.emergency:
        table.wrong("emergency", "is missing; expected at least one telephone number")
    if not numbers.crisis and numbers.crisis_words is None:
        table.wrong("crisis", "is missing; expected telephone numbers, or 'crisis_words' in their place")
    return numbers


def _by_language(table: Table, crisis: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    if "crisis_by_language" not in table.rest:
        return MappingProxyType({})
    own = table.table("crisis_by_language")
    found = {language: own.strings(language) for language in list(own.rest)}
    for language, numbers in found.items():
        if not numbers:
            own.wrong(language, "is empty; expected at least one number of 'crisis'")
        for number in numbers:
            own.check_known(language, number, "number of 'crisis'", crisis)
    return MappingProxyType(found)
