"""The words of a result, in one language: said once here, laid out by the page and by the sheet for the doctor."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from webapp.i18n import Language
from webapp.questionnaire import Assessment, Questionnaire
from webapp.questionnaire.assess import Call, Tick, Unknown
from webapp.questionnaire.model import Option, Part, Question


@dataclass(frozen=True)
class Report:
    """What is said of an assessment. All texts are plain text for readers; the questionnaire is in their language."""

    questionnaire: Questionnaire
    language: Language
    assessment: Assessment

    @cached_property
    def also(self) -> tuple[str, ...]:
        """Whatever else was called for, without an advice that could wait longer: nobody may take the slower one."""
        return tuple(map(self._also, self.assessment.also_called))

    def _also(self, call: Call) -> str:
        if not call.outcome.is_alarm:
            return self._("You also answered: %(name)s. Mention this too when you call.", name=call.outcome.name)
        words = self._("You also ticked: %(answers)s. %(advice)s about this too.")
        if self.assessment.outcome.phone == "emergency":
            words = self._("You also ticked: %(answers)s (“%(name)s”). Mention this too when you call.")
        ticked = self.language.separator.join(map(self.named, call.ticks))
        return words % {"answers": ticked, "advice": call.outcome.title, "name": call.outcome.name}

    def named(self, tick: Tick) -> str:
        """Return an answer so that it can be understood by itself."""
        question, option = tick
        return option.label if question.kind == "several" else f"{question.ask} {option.label}"

    @cached_property
    def sums(self) -> tuple[str, ...]:
        """Each sum with its level; first the one that goes across the grid, as the grid is read."""
        if not self.assessment.is_scored:
            return ()
        grid = self.questionnaire.grid
        found = (self.assessment.sums[score] for score in (grid.columns, grid.rows))
        return tuple(
            self.language.ngettext(
                "%(score)s: %(num)s point, which counts as “%(level)s”.",
                "%(score)s: %(num)s points, which counts as “%(level)s”.",
                one.points,
                score=one.score.name,
                level=one.level.name,
            )
            for one in found
        )

    @cached_property
    def caps(self) -> tuple[str, ...]:
        """Where more points were gathered than count, and why there is such a limit."""
        return tuple(
            self._(
                "“%(what)s”: %(points)s points in all, of which at most %(cap)s count. %(reason)s",
                what=cap.of.title if isinstance(cap.of, Part) else cap.of.ask,
                points=cap.points,
                cap=cap.of.at_most,
                reason=cap.of.at_most_reason,
            )
            for cap in self.assessment.caps
        )

    @cached_property
    def unknowns(self) -> tuple[tuple[Question, str], ...]:
        """What each "I don't know" would change if it were yes."""
        return tuple((unknown.tick.question, self._unknown(unknown)) for unknown in self.assessment.unknowns)

    @property
    def all_unknown(self) -> str:
        """What all of them together would change; empty where there are not several."""
        if len(self.assessment.unknowns) < 2:
            return ""
        outcome = self.assessment.if_all_unknown.name
        return self._("If all of these were yes, the result would be “%(outcome)s”.", outcome=outcome)

    @property
    def rows(self) -> Iterator[tuple[Question, tuple[Option, ...], bool]]:
        """Yield every question with its answers, in reading order, and whether their points are shown."""
        for one in self.assessment.answered:
            yield one.question, one.options, self.assessment.is_scored and one.question.score is not None

    def _(self, words: str, /, **values: object) -> str:
        return self.language.gettext(words, **values)

    def _unknown(self, unknown: Unknown) -> str:
        points = self.language.ngettext("If yes: %(num)s point.", "If yes: %(num)s points.", unknown.points)
        words = self._("The result would stay the same.")
        if unknown.outcome != self.assessment.outcome:
            words = self._("The result would be “%(outcome)s”.", outcome=unknown.outcome.name)
        return f"{points} {words}"
