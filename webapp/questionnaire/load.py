"""Read the content file and the telephone numbers, and name every mistake in them by file and place."""

import hashlib
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar, cast

from webapp.questionnaire.model import (
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

CONTENT = Path(__file__).with_name("content.toml")
NUMBERS = Path(__file__).with_name("numbers.toml")

KINDS = ("one", "several")
PHONES = ("emergency", "today", "doctor", "crisis")
PLACEHOLDERS = ("emergency", "crisis")

_VERSION = re.compile(r"\d+\.\d+\.\d+")
_ID = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
_COUNTRY = re.compile(r"[A-Z]{2}|other")

T = TypeVar("T")


class ContentError(ValueError):
    """A content file cannot be used. `mistakes` names each one: file, place, what is wrong, what was expected."""

    def __init__(self, mistakes: Iterable[str]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(self.mistakes))


def load(path: Path = CONTENT) -> Questionnaire:
    """Read a questionnaire from a content file.

    Raises `ContentError` with every mistake found, and `OSError` when the file cannot be read.
    """
    content = path.read_bytes()
    mistakes: list[str] = []
    root = _parse(path.name, content, mistakes)
    questionnaire = _questionnaire(root, hashlib.sha256(content).hexdigest())
    if mistakes:
        raise ContentError(mistakes)
    return questionnaire


def load_numbers(path: Path = NUMBERS) -> Mapping[str, Numbers]:
    """Read whom to call, by ISO 3166 country code; the entry `other` stands for every country not listed.

    Raises `ContentError` with every mistake found, and `OSError` when the file cannot be read.
    """
    mistakes: list[str] = []
    root = _parse(path.name, path.read_bytes(), mistakes)
    numbers = root.tables(None, _numbers, names=_COUNTRY)
    if "other" not in numbers:
        root.wrong("", "'other' is missing; it stands for every country that is not listed")
    if mistakes:
        raise ContentError(mistakes)
    return numbers


def _parse(file: str, content: bytes, mistakes: list[str]) -> "_Table":
    try:
        return _Table(file, "", tomllib.loads(content.decode()), mistakes)
    except UnicodeDecodeError as error:
        raise ContentError([f"{file}: byte {error.start} is not UTF-8"]) from None
    except (ValueError, RecursionError) as error:
        raise ContentError([f"{file}: this is not TOML: {error}"]) from None


class _Table:
    """One TOML table: hands out its values by key, checks each, and writes down what is wrong and where."""

    def __init__(self, file: str, place: str, table: object, mistakes: list[str]) -> None:
        self.file, self.place, self.mistakes = file, place, mistakes
        self.rest: dict[str, Any] = {}
        if isinstance(table, dict):
            self.rest = dict(table)
        else:
            self.wrong("", f"expected a table, found {table!r}")

    def wrong(self, key: str, message: str) -> None:
        """Write down a mistake at a key of this table, or at the table itself when the key is empty."""
        place = ".".join(filter(None, (self.place, key)))
        self.mistakes.append(f"{self.file}: {place}: {message}" if place else f"{self.file}: {message}")

    def take(self, key: str, kind: type[T], named: str, default: T) -> T:
        value = self.rest.pop(key, default)
        if type(value) is kind or value is default:
            return value
        self.wrong(key, f"expected {named}, found {value!r}")
        return default

    def need(self, key: str, kind: type[T], named: str, default: T) -> T:
        if key not in self.rest:
            self.wrong(key, f"is missing; expected {named}")
        return self.take(key, kind, named, default)

    def words(self, key: str) -> str:
        is_text = isinstance(self.rest.get(key), str)
        value = self.need(key, str, "a text", "")
        if is_text and not value.strip():
            self.wrong(key, "is empty; expected a text")
        return value

    def text(self, key: str) -> Text:
        value = self.words(key)
        if re.search(r"[<>]", value):
            self.wrong(key, "has '<' or '>'; texts are plain words, without markup")
        for placeholder in re.findall(r"\{.*?\}|[{}]", value):
            if placeholder[1:-1] not in PLACEHOLDERS:
                self.wrong(key, f"{placeholder!r} is no placeholder; known: {_listed(PLACEHOLDERS)}")
        return Text(f"{self.place}.{key}" if self.place else key, value)

    def optional_text(self, key: str) -> Text | None:
        return self.text(key) if key in self.rest else None

    def number(self, key: str) -> int | None:
        if key not in self.rest:
            return None
        value = self.take(key, int, "a whole number", 0)
        if value < 0:
            self.wrong(key, f"expected a whole number from 0, found {value}")
        return value

    def known(self, key: str, what: str, names: Iterable[str]) -> str:
        value = self.words(key)
        if value:
            self.check_known(key, value, what, names)
        return value

    def optional_known(self, key: str, what: str, names: Iterable[str]) -> str | None:
        return self.known(key, what, names) if key in self.rest else None

    def check_known(self, key: str, value: str, what: str, names: Iterable[str]) -> None:
        if value not in (names := tuple(names)):
            self.wrong(key, f"{value!r} is no {what}; known: {_listed(names)}")

    def strings(self, key: str) -> tuple[str, ...]:
        values = self.take(key, list, "a list of strings", [])
        for value in values:
            if type(value) is not str or not value.strip():
                self.wrong(key, f"expected a list of strings, found {value!r} in it")
        return tuple(value for value in values if type(value) is str)

    def table(self, key: str) -> "_Table":
        place = f"{self.place}.{key}" if self.place else key
        if key not in self.rest:
            self.wrong(key, "is missing; expected a table")
        return _Table(self.file, place, self.rest.pop(key, {}), self.mistakes)

    def tables(
        self, key: str | None, read: Callable[["_Table", str], T], names: re.Pattern[str] = _ID
    ) -> Mapping[str, T]:
        """Read every table below a key (or below this table itself), by its name."""
        parent = self if key is None else self.table(key)
        found = {}
        for name in list(parent.rest):
            if not names.fullmatch(name):
                parent.wrong(name, f"{name!r} is no id; expected the form {names.pattern}")
            child = parent.table(name)
            found[name] = read(child, name)
            child.close()
        return MappingProxyType(found)

    def texts(self, key: str) -> Mapping[str, Text]:
        parent = self.table(key)
        if not parent.rest:
            parent.wrong("", "is empty; expected at least one text")
        return MappingProxyType({name: parent.text(name) for name in list(parent.rest)})

    def close(self) -> None:
        """Write down every key that nobody asked for."""
        for key in self.rest:
            self.wrong(key, "is not known here")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"


def _questionnaire(root: _Table, checksum: str) -> Questionnaire:
    version = root.words("version")
    if version and not _VERSION.fullmatch(version):
        root.wrong("version", f"expected a version such as 1.0.0, found {version!r}")
    shared = root.texts("answers")
    scores = root.tables("scores", _score)
    sources = root.tables("sources", _source)
    origins = root.texts("origins")
    notices = root.tables("notices", _notice)
    outcomes = root.tables("outcomes", _outcome)
    reader = _QuestionReader(shared, scores, sources, origins, notices, outcomes)
    parts_table, questions_table = root.table("parts"), root.table("questions")
    reader.parts = tuple(parts_table.rest)
    questions = questions_table.tables(None, reader.question)
    _check_order(questions_table, questions, reader.parts)
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
        tell=_passage(root.table("tell")),
        sooner=_passage(root.table("sooner")),
        limits=_passage(root.table("limits")),
        performance=_passage(root.table("performance")),
        sources=sources,
    )
    _check_outcomes(root, questionnaire)
    root.close()
    return questionnaire


def _start(table: _Table) -> Start:
    start = Start(
        title=table.text("title"),
        lead=table.text("lead"),
        points=table.texts("points"),
        not_for=table.text("not_for"),
    )
    table.close()
    return start


def _passage(table: _Table) -> Passage:
    passage = Passage(title=table.text("title"), points=table.texts("points"))
    table.close()
    return passage


def _reviews(root: _Table) -> tuple[Review, ...]:
    reviews = []
    for index, entry in enumerate(root.take("reviews", list, "a list of tables", [])):
        table = _Table(root.file, f"reviews.{index}", entry, root.mistakes)
        review_date = table.need("date", date, "a date such as 2026-11-22", date.min)
        reviews.append(Review(role=table.words("role"), date=review_date, version=table.words("version")))
        table.close()
    return tuple(reviews)


def _score(table: _Table, name: str) -> Score:
    levels = table.tables("levels", _level)
    starts = [level.start for level in levels.values()]
    if not starts or starts[0] != 0:
        table.wrong("levels", "the first level must begin at 0")
    for (low, high), level in zip(pairwise(starts), list(levels)[1:], strict=True):
        if high <= low:
            table.wrong(f"levels.{level}.from", f"expected more than {low}, where the level before it begins")
    return Score(id=name, name=table.text("name"), about=table.text("about"), levels=levels)


def _level(table: _Table, name: str) -> Level:
    start = table.number("from")
    if start is None:
        table.wrong("from", "is missing; expected the number of points at which the level begins")
    return Level(id=name, start=start or 0, name=table.text("name"))


def _source(table: _Table, name: str) -> Source:
    url = table.words("url") if "url" in table.rest else None
    if url and not url.startswith("https://"):
        table.wrong("url", f"expected an address that begins with https://, found {url!r}")
    return Source(id=name, title=table.words("title"), url=url)


def _notice(table: _Table, name: str) -> Notice:
    phone = cast(Phone | None, table.optional_known("phone", "telephone", PHONES))
    return Notice(id=name, title=table.text("title"), text=table.text("text"), phone=phone)


def _outcome(table: _Table, name: str) -> Outcome:
    return Outcome(
        id=name,
        phone=cast(Phone, table.known("phone", "telephone", PHONES)),
        name=table.text("name"),
        title=table.text("title"),
        what=table.text("what"),
        whom=table.text("whom"),
        when=table.text("when"),
        prepare=table.text("prepare"),
        not_mean=table.text("not_mean"),
        doctor=table.text("doctor"),
    )


def _part(table: _Table, name: str, questions: Mapping[str, Question]) -> Part:
    own = tuple(question for question in questions.values() if question.part == name)
    if not own:
        table.wrong("", "has no question")
    return Part(id=name, title=table.text("title"), intro=table.text("intro"), questions=own)


def _check_order(table: _Table, questions: Mapping[str, Question], parts: tuple[str, ...]) -> None:
    for before, after in pairwise(questions.values()):
        if before.part in parts and after.part in parts and parts.index(after.part) < parts.index(before.part):
            order = f"{after.part!r} comes before {before.part!r}; keep the order of the parts"
            table.wrong(f"{after.id}.part", order)


class _QuestionReader:
    """Reads questions and options, which refer to nearly everything else in the file."""

    parts: tuple[str, ...] = ()

    def __init__(
        self,
        shared: Mapping[str, Text],
        scores: Mapping[str, Score],
        sources: Mapping[str, Source],
        origins: Mapping[str, Text],
        notices: Mapping[str, Notice],
        outcomes: Mapping[str, Outcome],
    ) -> None:
        self.shared, self.scores, self.sources = shared, scores, sources
        self.origins, self.notices, self.outcomes = origins, notices, outcomes

    def question(self, table: _Table, name: str) -> Question:
        kind = table.known("kind", "kind of question", KINDS)
        score = table.optional_known("score", "score", self.scores)
        source = table.optional_known("source", "source", self.sources)
        options = table.tables("options", lambda option, key: self._option(option, key, score, source))
        at_most = table.number("at_most")
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
            ask=table.text("ask"),
            help=table.optional_text("help"),
            why=table.text("why"),
            at_most=at_most,
            mention=table.take("mention", bool, "true or false", False),
            options=options,
        )

    def _check_options(self, table: _Table, kind: str, options: Mapping[str, Option]) -> None:
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

    def _option(self, table: _Table, name: str, score: str | None, source: str | None) -> Option:
        points = table.number("points") or 0
        reason = table.optional_text("reason")
        own = table.optional_known("source", "source", self.sources) or source
        calls = table.optional_known("calls", "outcome", self.outcomes)
        if points and score is None:
            table.wrong("points", f"the question has no score; known: {_listed(self.scores)}")
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
            points=points,
            reason=reason,
            source=self.sources.get(own) if own else None,
            calls=calls,
            notices=notices,
            stands_for=table.words("stands_for") if "stands_for" in table.rest else None,
        )

    def _shared_label(self, table: _Table, name: str) -> Text:
        if name not in self.shared:
            table.wrong("label", f"is missing; only these have a shared label: {_listed(self.shared)}")
        return self.shared.get(name, Text("", ""))


def _grid(table: _Table, scores: Mapping[str, Score], outcomes: Mapping[str, Outcome]) -> Grid:
    rows, columns = (table.known(key, "score", scores) for key in ("rows", "columns"))
    if rows in scores and columns in scores and {rows, columns} != set(scores):
        table.wrong("", f"needs each score once, as rows or as columns; known: {_listed(scores)}")
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


def _check_grid_rises(line: _Table, row: Mapping[str, str], above: Mapping[str, str], urgency: list[str]) -> None:
    """More points must never lead to a milder outcome, neither along a row nor down a column."""
    neighbours = [(right, row[left], row[right]) for left, right in pairwise(row)]
    neighbours += [(column, above[column], row[column]) for column in above]
    for column, fewer, more in neighbours:
        if fewer in urgency and more in urgency and urgency.index(more) < urgency.index(fewer):
            line.wrong(column, f"{more!r} is milder than {fewer!r} beside it, which needs fewer points")


def _check_outcomes(root: _Table, questionnaire: Questionnaire) -> None:
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
            order = "stands below an outcome of the grid; options call for more urgent ones"
            root.wrong(f"outcomes.{outcome}", order)
    used = {notice for option in options for notice in option.notices}
    for notice in questionnaire.notices:
        if notice not in used:
            root.wrong(f"notices.{notice}", "no option adds this notice")


def _numbers(table: _Table, name: str) -> Numbers:
    emergency = table.strings("emergency")
    if not emergency:
        table.wrong("emergency", "is missing; expected at least one telephone number")
    return Numbers(
        country=name,
        emergency=emergency,
        emergency_note=table.optional_text("emergency_note"),
        today=table.text("today"),
        today_numbers=table.strings("today_numbers"),
        crisis=table.strings("crisis"),
    )
