"""The words of a result, in one language: said once here, laid out by the page and by the sheet for the doctor."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from webapp.i18n import Language
from webapp.questionnaire import Assessment, Questionnaire
from webapp.questionnaire.assess import Answered, Tick, Unknown
from webapp.questionnaire.model import NONE, Option, Part, Question


class Line(NamedTuple):
    """One answer; `points` is empty where none are shown."""

    label: str
    points: str


class Row(NamedTuple):
    """A question with everything that was answered to it."""

    question: Question
    options: tuple[Option, ...]
    lines: tuple[Line, ...]
    """One for each option; where nothing was answered, one that says so."""


@dataclass(frozen=True)
class Report:
    """What is said of an assessment. All texts are plain text for readers; the questionnaire is in their language."""

    questionnaire: Questionnaire
    language: Language
    assessment: Assessment

    @cached_property
    def also(self) -> tuple[str, ...]:
        """Whatever else was called for; beside an ambulance without its advice, so that nobody takes the slower one."""
        _ = self.language.catalog.gettext
        words = _("This also counts: %(answers)s. %(advice)s.")
        if self.assessment.outcome.phone == "emergency":
            words = _("You also answered: %(answers)s (“%(name)s”). Tell that too when you call.")
        return tuple(
            words
            % {
                "answers": self.listed(self.named(tick) for tick in call.ticks),
                "advice": call.outcome.title,
                "name": call.outcome.name,
            }
            for call in self.assessment.also_called
        )

    def named(self, tick: Tick) -> str:
        """Return an answer so that it can be understood by itself."""
        question, option = tick
        return option.label if question.kind == "several" else f"{question.ask} {option.label}"

    @cached_property
    def sums(self) -> tuple[str, ...]:
        """Each sum with its level; first the one that goes across the grid, as the grid is read."""
        if not self.assessment.is_scored:
            return ()
        grid, ngettext = self.questionnaire.grid, self.language.catalog.ngettext
        found = (self.assessment.sums[score] for score in (grid.columns, grid.rows))
        return tuple(
            ngettext(
                "%(score)s: %(num)s point, that is “%(level)s”.",
                "%(score)s: %(num)s points, that is “%(level)s”.",
                one.points,
            )
            % {"score": one.score.name, "num": one.points, "level": one.level.name}
            for one in found
        )

    @property
    def square(self) -> tuple[str, str]:
        """The square of the grid that was reached: the level down, and the level across."""
        sums, grid = self.assessment.sums, self.questionnaire.grid
        return sums[grid.rows].level.id, sums[grid.columns].level.id

    @cached_property
    def caps(self) -> tuple[str, ...]:
        """Where more points were gathered than count, and why there is such a limit."""
        _ = self.language.catalog.gettext
        words = _("“%(what)s”: %(points)s points in all, of which at most %(cap)s count. %(reason)s")
        return tuple(
            words
            % {
                "what": cap.of.title if isinstance(cap.of, Part) else cap.of.ask,
                "points": cap.points,
                "cap": cap.of.at_most,
                "reason": cap.of.at_most_reason,
            }
            for cap in self.assessment.caps
        )

    @cached_property
    def unknowns(self) -> tuple[tuple[Question, str], ...]:
        """What each "I don't know" would change if it were yes."""
        return tuple((unknown.tick.question, self._unknown(unknown)) for unknown in self.assessment.unknowns)

    @cached_property
    def all_unknown(self) -> str:
        """What all of them together would change; empty where there are not several."""
        _ = self.language.catalog.gettext
        words = _("If all of these were yes, the result would be “%(outcome)s”.")
        is_more_than_one = len(self.assessment.unknowns) > 1
        return words % {"outcome": self.assessment.if_all_unknown.name} if is_more_than_one else ""

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """Every question with its answers, in reading order, and with the points where a score is shown."""
        return tuple(
            [Row(answered.question, answered.options, self._lines(answered)) for answered in self.assessment.answered]
        )

    @cached_property
    def alarms(self) -> tuple[str, ...]:
        """All alarm signs that were ticked, not only those that decided."""
        return tuple(
            tick.option.label for call in self.assessment.calls if call.outcome.is_alarm for tick in call.ticks
        )

    @cached_property
    def mentions(self) -> tuple[str, ...]:
        """Illnesses, medicines and findings that a doctor should hear about."""
        return tuple(self.named(tick) for tick in self.assessment.mentions)

    @cached_property
    def not_ticked(self) -> tuple[str, ...]:
        """What was asked about and not ticked, for each list that was answered."""
        _ = self.language.catalog.gettext
        words = _("Asked with “%(question)s” and not ticked: %(options)s.")
        return tuple(
            words % {"question": question.ask, "options": self.listed(option.label for option in others)}
            for question, options, _points in self.assessment.answered
            if question.kind == "several" and options
            if (others := [one for one in question.options.values() if one not in options and one.id != NONE])
        )

    def if_yes(self, points: int) -> str:
        ngettext = self.language.catalog.ngettext
        return ngettext("If yes: %(num)s point.", "If yes: %(num)s points.", points) % {"num": points}

    def listed(self, texts: Iterator[str]) -> str:
        """Return texts as one line."""
        return self.language.separator.join(texts)

    def _unknown(self, unknown: Unknown) -> str:
        _ = self.language.catalog.gettext
        words = _("The result would stay the same.")
        if unknown.outcome != self.assessment.outcome:
            words = _("The result would be “%(outcome)s”.") % {"outcome": unknown.outcome.name}
        return f"{self.if_yes(unknown.points)} {words}"

    def _lines(self, answered: Answered) -> tuple[Line, ...]:
        question = answered.question
        lines = [Line(option.label, self._points(question, option)) for option in answered.options]
        return tuple(lines) or (Line(self.language.catalog.gettext("Not answered"), ""),)

    def _points(self, question: Question, option: Option) -> str:
        return self.language.points(option.points) if self.assessment.is_scored and question.score else ""
