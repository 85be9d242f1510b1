"""Read the content file and the telephone numbers, and name every mistake in them by file and place."""

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import cast

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
    Start,
    Text,
)
from webapp.questionnaire.table import ContentError, Table, listed, parse

CONTENT = Path(__file__).with_name("content.toml")
NUMBERS = Path(__file__).with_name("numbers.toml")

KINDS = ("one", "several")
PHONES = ("emergency", "today", "doctor", "crisis")

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
    version = root.words("version")
    if version and not _VERSION.fullmatch(version):
        root.wrong("version", f"expected a version such as 1.0.0, found {version!r}")
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
    questionnaire = Questionnaire(
        version=version,
        date=root.need("date", date, "a date such as 2026-11-22", date.min),
        checksum=checksum,
        reviews=_reviews(root),
        title=root.text("title"),
        question=root.text("question"),
        start=_start(root.table("start")),
        scores=scores,
        grid=_grid(root.table("grid"), scores, outcomes),
        origins=origins,
        parts=parts_table.tables(None, lambda table, name: _part(table, name, questions)),
        outcomes=outcomes,
        notices=notices,
        pills=_optional_passage(root, "pills"),
        yourself=_optional_passage(root, "yourself"),
        tell=_passage(root.table("tell")),
        sooner=_passage(root.table("sooner")),
        limits=_limits(root.table("limits")),
        performance=_passage(root.table("performance")),
        about=root.tables("about", lambda table, _: _passage(table)),
        sources=sources,
    )
    _check_outcomes(root, questionnaire)
    root.close()
    return questionnaire


def _start(table: Table) -> Start:
    start = Start(
        title=table.text("title"),
        lead=table.text("lead"),
        for_whom=table.text("for_whom"),
        not_for=table.text("not_for"),
        unreviewed=table.text("unreviewed"),
        points=table.texts("points"),
    )
    table.close()
    return start


def _passage(table: Table) -> Passage:
    passage = Passage(title=table.text("title"), points=table.texts("points"))
    table.close()
    return passage


def _optional_passage(root: Table, key: str) -> Passage | None:
    return _passage(root.table(key)) if key in root.rest else None


def _limits(table: Table) -> Passage:
    limits = _passage(table)
    if JUDGEMENT not in limits.points:
        table.wrong(f"points.{JUDGEMENT}", "is missing; it stands beside every score")
    return limits


def _reviews(root: Table) -> tuple[Review, ...]:
    reviews = []
    for index, entry in enumerate(root.take("reviews", list, "a list of tables", [])):
        table = Table(root.file, f"reviews.{index}", entry, root.mistakes)
        review_date = table.need("date", date, "a date such as 2026-11-22", date.min)
        reviews.append(Review(role=table.words("role"), date=review_date, version=table.words("version")))
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
    return Score(id=name, name=table.text("name"), about=table.text("about"), levels=levels)


def _level(table: Table, name: str) -> Level:
    start = table.number("from")
    if start is None:
        table.wrong("from", "is missing; expected the number of points at which the level begins")
    return Level(id=name, start=start or 0, name=table.text("name"))


def _source(table: Table, name: str) -> Source:
    url = table.words("url") if "url" in table.rest else None
    if url and not url.startswith("https://"):
        table.wrong("url", f"expected an address that begins with https://, found {url!r}")
    cited = table.take("cited_by_article", bool, "true or false", False)
    return Source(id=name, title=table.words("title"), url=url, cited_by_article=cited)


def _notice(table: Table, name: str) -> Notice:
    phone = cast(Phone | None, table.optional_known("phone", "telephone", PHONES))
    return Notice(id=name, title=table.text("title"), text=table.text("text"), phone=phone)


def _outcome(table: Table, name: str) -> Outcome:
    return Outcome(
        id=name,
        phone=cast(Phone, table.known("phone", "telephone", PHONES)),
        name=table.text("name"),
        title=table.text("title"),
        finding=table.text("finding"),
        what=table.optional_text("what"),
        whom=table.text("whom"),
        when=table.text("when"),
        prepare=table.optional_text("prepare"),
        not_mean=table.text("not_mean"),
        doctor=table.text("doctor"),
    )


def _part(table: Table, name: str, questions: Mapping[str, Question]) -> Part:
    own = tuple(question for question in questions.values() if question.part == name)
    if not own:
        table.wrong("", "has no question")
    at_most, at_most_reason = _cap(table)
    scores = {question.score for question in own if question.score}
    if at_most is not None and len(scores) != 1:
        table.wrong("at_most", f"a cap needs questions of one score; found: {listed(sorted(scores))}")
    heaviest = max((option.points for question in own for option in question.options.values()), default=0)
    if at_most is not None and at_most < heaviest:
        table.wrong("at_most", f"expected at least {heaviest}, the points of the heaviest option")
    return Part(
        id=name,
        title=table.text("title"),
        intro=table.text("intro"),
        at_most=at_most,
        at_most_reason=at_most_reason,
        questions=own,
    )


def _cap(table: Table) -> tuple[int | None, Text | None]:
    """Read the cap of a question or a part, and why there is one."""
    at_most, reason = table.number("at_most"), table.optional_text("at_most_reason")
    if (at_most is None) != (reason is None):
        table.wrong("at_most_reason", "a cap and its reason need each other")
    return at_most, reason


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
        kind = table.known("kind", "kind of question", KINDS)
        score = table.optional_known("score", "score", self.scores)
        source = table.optional_known("source", "source", self.sources)
        options = table.tables("options", lambda option, key: self._option(option, key, score, source))
        at_most, at_most_reason = _cap(table)
        heaviest = max((option.points for option in options.values()), default=0)
        if at_most is not None and (kind != "several" or at_most < heaviest):
            table.wrong("at_most", "a cap needs kind 'several' and at least the points of the heaviest option")
        self._check_options(table, kind, options)
        return Question(
            id=name,
            part=table.known("part", "part", self.parts),
            kind=cast(Kind, kind),
            score=score,
            origin=table.known("origin", "origin", self.origins),
            label=table.text("label"),
            ask=table.text("ask"),
            help=table.optional_text("help"),
            why=table.text("why"),
            at_most=at_most,
            at_most_reason=at_most_reason,
            mention=table.take("mention", bool, "true or false", False),
            options=options,
        )

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
        points = table.number("points") or 0
        reason = table.optional_text("reason")
        own = table.optional_known("source", "source", self.sources) or source
        calls = table.optional_known("calls", "outcome", self.outcomes)
        if points and score is None:
            table.wrong("points", f"the question has no score; known: {listed(self.scores)}")
        if points and not reason:
            table.wrong("reason", "is missing; every point needs a reason")
        if points and not own:
            table.wrong("source", "is missing; every point needs a source, here or at the question")
        if points and calls:
            table.wrong("calls", "an option gives points or calls for an outcome, not both")
        notices = table.strings("notices")
        for notice in notices:
            table.check_known("notices", notice, "notice", self.notices)
        return Option(
            id=name,
            label=table.text("label") if "label" in table.rest else self._shared_label(table, name),
            detail=table.optional_text("detail"),
            points=points,
            reason=reason,
            source=self.sources.get(own) if own else None,
            calls=calls,
            notices=notices,
            stands_for=table.words("stands_for") if "stands_for" in table.rest else None,
        )

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
    emergency = table.strings("emergency")
    if not emergency:
        table.wrong("emergency", "is missing; expected at least one telephone number")
    crisis, crisis_words = table.strings("crisis"), table.optional_text("crisis_words")
    if not crisis and crisis_words is None:
        table.wrong("crisis", "is missing; expected telephone numbers, or 'crisis_words' in their place")
    return Numbers(
        country=name,
        where=table.text("where"),
        emergency=emergency,
        emergency_note=table.optional_text("emergency_note"),
        today=table.text("today"),
        today_numbers=table.strings("today_numbers"),
        crisis=crisis,
        crisis_by_language=_by_language(table, crisis),
        crisis_name=table.optional_text("crisis_name"),
        crisis_words=crisis_words,
    )


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
