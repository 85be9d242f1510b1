"""What a questionnaire is made of: parts, questions, options, points, levels, the grid, outcomes and notices.

What has an id is itself and no other (`eq=False`), so that it can be the key of a cache.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self, TypeVar

Kind = Annotated[Literal["one", "several"], "kind of question"]
Phone = Annotated[Literal["emergency", "today", "doctor", "crisis"], "telephone"]


def like(example: str, pattern: str) -> Callable[[str], str | None]:
    """Return a function that says why words are not of a form; None when they are."""

    def mistake_in(words: str) -> str | None:
        is_one = isinstance(words, str) and words.isprintable() and re.fullmatch(pattern, words)
        return None if is_one else f"expected {example}, found {words!r}"

    return mistake_in


Version = Annotated[str, like("a version such as 1.0.0", r"\d+\.\d+\.\d+")]
Link = Annotated[
    str, like("an address that begins with https://", r"""https://(?!:)[^][\s<>"'`\\@/?#]+([/?#][^\s<>"'`\\]*)?""")
]

NONE = "none"
"""The option that every question of kind `several` has, and that excludes all others."""

JUDGEMENT = "judgement"
"""The limit that every questionnaire names, since it stands beside every score."""


class Text(str):
    """A text for readers: an ordinary string that knows its place in the content file.

    The place (`questions.trembling.ask`) is the context under which translators find it.
    """

    __slots__ = ("place",)
    place: str

    def __new__(cls, place: str, text: str) -> Self:
        self = super().__new__(cls, text)
        self.place = place
        return self


def capped(points: int, at_most: int | None) -> int:
    """Return how many of these points count under a cap."""
    return points if at_most is None else min(points, at_most)


@dataclass(frozen=True, kw_only=True)
class Source:
    """A publication that a number rests on. `title` is a citation and is not translated."""

    id: str
    title: str
    url: Link | None
    cited_by_article: bool
    """Whether the article refers to it; our own numbers may rest on others."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Level:
    """A step of a sum: it begins at `start` points and ends where the next level begins."""

    id: str
    start: int
    name: Text


@dataclass(frozen=True, kw_only=True, eq=False)
class Score:
    """One of the sums, with its levels in ascending order."""

    id: str
    name: Text
    about: Text
    levels: Mapping[str, Level]

    def level(self, points: int) -> Level:
        """Return the highest level that this number of points reaches."""
        return [level for level in self.levels.values() if points >= level.start][-1]

    def last_points(self, level: Level) -> int | None:
        """Return the most points that still belong to a level; None for the highest one, which has no end."""
        starts = [other.start for other in self.levels.values() if other.start > level.start]
        return starts[0] - 1 if starts else None


@dataclass(frozen=True, kw_only=True, eq=False)
class Option:
    """One answer to a question. An option calls for an outcome, or gives points, or neither."""

    id: str
    label: Text
    """Names the thing in a few words: what a result, a list or another program calls this answer."""
    detail: Text | None
    """What counts as this answer, in one line; where the question is asked, it stands below the label."""
    points: int
    reason: Text | None
    source: Source | None
    calls: str | None
    notices: tuple[str, ...]
    stands_for: str | None
    """For "I don't know": the option that it could turn out to be."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Question:
    """One question, with its options in reading order."""

    id: str
    part: str
    kind: Kind
    score: str | None
    origin: str
    label: Text
    """Names in a few words, in the third person, what is asked about: what a list for the doctor calls it."""
    ask: Text
    help: Text | None
    why: Text
    at_most: int | None
    """The cap: the most points that all options together can give."""
    at_most_reason: Text | None
    mention: bool
    """Whether what is ticked here belongs on the list of things to mention to the doctor."""
    options: Mapping[str, Option]

    def chosen(self, ids: Collection[str]) -> tuple[Option, ...]:
        """Return the options that these ids choose, in reading order; what does not exist is left out."""
        if len(ids) == 1:
            (only,) = ids
            return (self.options[only],) if only in self.options else ()
        return tuple([option for id, option in self.options.items() if id in ids])


@dataclass(frozen=True, kw_only=True, eq=False)
class Part:
    """A step of the questionnaire, shown as one screen."""

    id: str
    title: Text
    intro: Text
    at_most: int | None
    """The cap: the most points that all questions together can give."""
    at_most_reason: Text | None
    questions: tuple[Question, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Outcome:
    """What the check says in the end. `phone` says whose number stands on the card."""

    id: str
    phone: Phone
    name: Text
    """A word or two, for a square of the grid."""
    title: Text
    """What to do, with its term."""
    finding: Text
    """What the answers showed, in one sentence."""
    what: Text | None
    whom: Text
    when: Text
    prepare: Text | None
    not_mean: Text
    doctor: Text

    @property
    def is_alarm(self) -> bool:
        """Whether a sign calls for it that cannot wait for an appointment."""
        return self.phone != "doctor"


@dataclass(frozen=True, kw_only=True, eq=False)
class Notice:
    """A warning that some options add to any outcome."""

    id: str
    title: Text
    text: Text
    phone: Phone | None


@dataclass(frozen=True, kw_only=True)
class Grid:
    """The rule: an outcome for each level of the row score and each level of the column score."""

    rows: str
    columns: str
    outcomes: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Passage:
    """A titled list of sentences that is shown as it stands."""

    title: Text
    points: Mapping[str, Text]


@dataclass(frozen=True, kw_only=True)
class Start:
    """What a reader sees before the first question."""

    title: Text
    lead: Text
    for_whom: Text
    not_for: Text
    unreviewed: Text
    points: Mapping[str, Text]


@dataclass(frozen=True, kw_only=True)
class Review:
    """A review of the content: the reviewer's role (never a name), its date and the version that was read."""

    role: str
    date: date
    version: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Questionnaire:
    """The whole content file as values. Mappings are in reading order; `outcomes` has the most urgent first."""

    version: Version
    date: date
    checksum: str
    """SHA-256 of the file's bytes, in hexadecimal."""
    reviews: tuple[Review, ...]
    title: Text
    question: Text
    start: Start
    scores: Mapping[str, Score]
    grid: Grid
    origins: Mapping[str, Text]
    parts: Mapping[str, Part]
    outcomes: Mapping[str, Outcome]
    notices: Mapping[str, Notice]
    pills: Passage | None
    yourself: Passage | None
    tell: Passage
    sooner: Passage
    limits: Passage
    performance: Passage
    about: Mapping[str, Passage]
    sources: Mapping[str, Source]

    @cached_property
    def questions(self) -> Mapping[str, Question]:
        """All questions by id, in reading order."""
        questions = (question for part in self.parts.values() for question in part.questions)
        return MappingProxyType({question.id: question for question in questions})

    @cached_property
    def texts(self) -> Mapping[str, Text]:
        """Every text by its place, in reading order."""
        return MappingProxyType({text.place: text for text in texts(self)})

    @cached_property
    def scored_outcomes(self) -> tuple[Outcome, ...]:
        """The outcomes that stand in the grid, most urgent first; all others are called for by an option."""
        in_grid = {outcome for row in self.grid.outcomes.values() for outcome in row.values()}
        return tuple(outcome for outcome in self.outcomes.values() if outcome.id in in_grid)

    def called_in(self, questions: Iterable[Question]) -> tuple[Outcome, ...]:
        """Return the outcomes that answers to these questions can call for, most urgent first."""
        called = {option.calls for question in questions for option in question.options.values()}
        return tuple(outcome for outcome in self.outcomes.values() if outcome.id in called)

    @cached_property
    def judgement(self) -> Text:
        """What is said beside every score: whose judgement the points are."""
        return self.limits.points[JUDGEMENT]

    def square(self, points: Mapping[str, int]) -> tuple[str, str]:
        """Return the square of the grid, as the ids of its row and its column, for the points of each score."""
        row, column = (self.scores[score].level(points[score]).id for score in (self.grid.rows, self.grid.columns))
        return row, column

    def decide(self, points: Mapping[str, int]) -> Outcome:
        """Return the outcome of the grid for the points of each score."""
        row, column = self.square(points)
        return self.outcomes[self.grid.outcomes[row][column]]

    def most_urgent(self, outcomes: Iterable[str | None]) -> Outcome | None:
        """Return the most urgent of these outcomes; None if there are none."""
        named = set(outcomes)
        return next((outcome for outcome in self.outcomes.values() if outcome.id in named), None)


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """Whom to call in one country."""

    country: str
    where: Text
    """Names the country, since a number is of no use in another one."""
    emergency: tuple[str, ...]
    emergency_note: Text | None
    today: Text
    today_numbers: tuple[str, ...]
    crisis: tuple[str, ...]
    crisis_by_language: Mapping[str, tuple[str, ...]]
    """Where a crisis line speaks one language: its numbers, by language code."""
    crisis_name: Text | None
    crisis_words: Text | None
    """What to call where no number is known."""

    def crisis_in(self, language: str) -> tuple[str, ...]:
        """Return the crisis lines for readers of a language; all of the country where none is for that language."""
        return self.crisis_by_language.get(language, self.crisis)


T = TypeVar("T")


def localise(value: T, translate: Callable[[Text], str]) -> T:
    """Return a copy of a questionnaire, or of any part of it, with every text replaced by its translation.

    `translate` receives each `Text`; the copy keeps the places, so that it has the same type as the original.
    """
    own: Any = value
    if isinstance(own, Text):
        own = Text(own.place, translate(own))
    elif isinstance(own, Mapping):
        own = MappingProxyType({key: localise(item, translate) for key, item in own.items()})
    elif isinstance(own, tuple):
        own = tuple(localise(item, translate) for item in own)
    elif is_dataclass(own) and not isinstance(own, type):
        own = replace(own, **{field.name: localise(getattr(own, field.name), translate) for field in fields(own)})
    return own  # type: ignore[no-any-return]


def texts(value: object) -> Iterator[Text]:
    """Yield every text of a questionnaire, or of any part of it, each place once, in reading order."""
    found: dict[str, Text] = {}
    localise(value, lambda text: found.setdefault(text.place, text))
    yield from found.values()
