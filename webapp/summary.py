"""What a doctor reads of a check in thirty seconds, in the doctor's language: on paper, and as text for a record."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date as Day  # noqa: N812 - a summary has a date in words of its own
from functools import cached_property

from webapp.questionnaire.assess import Answered, Tick
from webapp.questionnaire.model import NONE, Option, Question
from webapp.report import Report

MOST_SIGNS_IN_FULL = 3
"""Alarm signs that are printed with what counts as one; of more, the names must do on a page."""

YES = "yes"
"""The option by which a question is known that asks whether something is so, and not how often or how much."""


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """A few facts under a title. What is said beside them is of less weight; what is `urgent` must not be missed."""

    title: str
    points: tuple[str, ...]
    beside: tuple[str, ...] = ()
    is_urgent: bool = False
    unknown: str = ""
    """What is neither so nor not so: easily read as a no in small letters, and as a yes among the points."""


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The answers and the advice in the third person, made of short labels.

    `report` is in the doctor's language. `meant_for` names the language that it should have been in, where the
    check is not offered in that one.
    """

    report: Report
    day: Day
    meant_for: str = ""
    answered_on: Day | None = None
    """The day of the answers after the first part, where they come from an earlier check."""

    @property
    def title(self) -> str:
        return self._("%(check)s: summary for the doctor", check=self.report.questionnaire.title)

    @property
    def date(self) -> str:
        return self.report.language.date(self.day)

    @cached_property
    def basis(self) -> str:
        """What this rests on, and in which language it should have been."""
        words = [self._("Filled in by the patient and not verified. No diagnosis.")]
        if self.answered_on:
            of_before = self._("The answers after part 1 were filled in from an earlier check, of %(date)s.")
            words.append(of_before % {"date": self.report.language.date(self.answered_on)})
        if not self.report.questionnaire.reviews:
            words.append(self._("No clinician has reviewed the rules."))
        if self.meant_for:
            missing = self._("This page should be in %(language)s, but the check is not there yet in that language.")
            words.append(missing % {"language": self.meant_for})
        return " ".join(words)

    @cached_property
    def advice(self) -> Paragraph:
        """What the patient was told to do, by when and why, in the very words."""
        assessment, outcome = self.report.assessment, self.report.assessment.outcome
        is_told = outcome.phone != "emergency"
        also = [call for call in assessment.also_called if call.outcome.is_alarm and is_told]
        points = [f"{call.outcome.title} ({self._names(call.ticks)})" for call in also]
        others = [
            f"{call.outcome.name} ({self._names(call.ticks)})" for call in assessment.also_called if call not in also
        ]
        others += [notice.title for notice in assessment.notices]
        beside = [self._("Result: %(outcome)s.", outcome=outcome.name)] if assessment.is_scored else []
        beside.append(self._("When: “%(when)s”", when=outcome.when))
        if others:
            beside.append(self._("Also told: %(words)s", words=self.report.listed(iter(others))))
        title = self._("Advice given to the patient")
        return Paragraph(title=title, points=(outcome.title, *points), beside=tuple(beside))

    @cached_property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """Everything else, the weightiest first."""
        first = (self._alarms(), self._findings(), self._symptoms())
        return tuple(one for one in (*first, self._context(), self._unknown(), self._not_asked()) if one)

    @cached_property
    def sums(self) -> str:
        """The points in one line; empty where no score is shown."""
        return " ".join(self.report.sums)

    @cached_property
    def rules(self) -> str:
        """Which rules decided."""
        of = self.report.questionnaire
        day = self.report.language.date(of.date)
        return self._("Rules version %(version)s of %(date)s.", version=of.version, date=day)

    @cached_property
    def to_write(self) -> tuple[str, ...]:
        """What stands before the lines to write on."""
        return (
            self._("Since when"),
            self._("Medicines and supplements"),
            self._("The patient’s question"),
            self._("Examination and plan"),
        )

    def _alarms(self) -> Paragraph:
        ticks = [tick for call in self.report.assessment.calls if call.outcome.is_alarm for tick in call.ticks]
        is_short = len(ticks) <= MOST_SIGNS_IN_FULL
        ticked = [
            f"{self._name(one)} ({one.option.detail})" if is_short and one.option.detail else self._name(one)
            for one in ticks
        ]
        number = sum(self._is_alarm(option) for one in self._answered for option in one.question.options.values())
        points = tuple(ticked) or (self._none_of(number),)
        return Paragraph(title=self._("Alarm signs"), points=points, is_urgent=bool(ticked))

    def _findings(self) -> Paragraph | None:
        """Return causes and findings that were ticked, and in small what was not."""
        lists = [one for one in self._answered if any(self._is_listed(option) for option in _of_a_list(one.question))]
        asked = [one for one in self._answered if self._is_finding(one.question)]
        if not lists and not asked:
            return None
        ticked = [one.question.label for one in asked if one.options[0].id == YES]
        ticked += [option.label for one in lists for option in one.options if self._is_listed(option)]
        unknown = [one.question.label for one in asked if one.options[0].stands_for]
        others = [
            option.label
            for one in lists
            for option in one.question.options.values()
            if self._is_listed(option) and option not in one.options
        ]
        others += [one.question.label for one in asked if one.options[0].id != YES and not one.options[0].stands_for]
        beside = self._("Answered no: %(options)s.", options=self.report.listed(iter(others)))
        not_known = self._("Not known: %(options)s.", options=self.report.listed(iter(unknown)))
        return Paragraph(
            title=self._("Causes and findings"),
            points=tuple(ticked) or (self._none_of(len(others) + len(unknown)),),
            beside=(beside,) if others else (),
            unknown=not_known if unknown else "",
        )

    def _symptoms(self) -> Paragraph | None:
        """Return the symptoms by how often they were said to be there, the heaviest answer first."""
        groups: dict[str, list[str]] = {}
        asked = [one for one in self._answered if self._is_symptom(one.question)]
        scale = {option.label: None for one in asked for option in reversed(list(one.question.options.values()))}
        for label in scale:
            groups[label] = [one.question.label for one in asked if one.options[0].label == label]
        nothing = self._("none")
        points = tuple(f"{label}: {self.report.listed(iter(names)) or nothing}" for label, names in groups.items())
        return Paragraph(title=self._("Symptoms"), points=points) if points else None

    def _context(self) -> Paragraph | None:
        asked = [
            one
            for one in self._answered
            if one.question.kind == "one" and not self._is_finding(one.question) and not self._is_symptom(one.question)
        ]
        asked.sort(key=lambda one: not one.options[0].calls)
        not_known = self._("not known")
        points = tuple(
            f"{one.question.label}: {not_known if one.options[0].stands_for else one.options[0].label}" for one in asked
        )
        return Paragraph(title=self._("About the patient"), points=points) if points else None

    def _unknown(self) -> Paragraph | None:
        if self.report.unknowns:
            points = [f"{question.label}. {words}" for question, words in self.report.unknowns]
            points += filter(None, [self.report.all_unknown])
        else:
            points = [one.question.label for one in self._answered if one.options[0].stands_for]
        if not points and len(self._answered) == len(self.report.assessment.answered):
            points = [self._("Nothing of what was asked.")]
        return Paragraph(title=self._("The patient does not know"), points=tuple(points)) if points else None

    def _not_asked(self) -> Paragraph:
        answered = self.report.assessment.answered
        number = {"answered": len(self._answered), "all": len(answered)}
        words = self._("Questions answered: %(answered)s of %(all)s. Nothing was measured or examined.", **number)
        points = [
            self._(
                "The exact age, names and doses of medicines, supplements, since when the symptoms are there, "
                "other illnesses, values of blood tests."
            )
        ]
        unanswered = [one.question.label for one in answered if not one.options]
        if unanswered:
            points.append(self._("Not answered: %(questions)s.", questions=self.report.listed(iter(unanswered))))
        return Paragraph(title=self._("Not asked"), points=tuple(points), beside=(words,))

    @property
    def _answered(self) -> list[Answered]:
        return [one for one in self.report.assessment.answered if one.options]

    def _is_alarm(self, option: Option) -> bool:
        return bool(option.calls) and self.report.questionnaire.outcomes[option.calls or ""].is_alarm

    def _is_listed(self, option: Option) -> bool:
        return option.id != NONE and not self._is_alarm(option)

    def _is_finding(self, question: Question) -> bool:
        """Whether it asks if something to mention is so, or, among the symptoms, if something was found."""
        grid = self.report.questionnaire.grid
        return YES in question.options and (question.mention or question.score == grid.rows)

    def _is_symptom(self, question: Question) -> bool:
        grid = self.report.questionnaire.grid
        return question.kind == "one" and question.score == grid.rows and YES not in question.options

    def _none_of(self, number: int) -> str:
        ngettext = self.report.language.ngettext
        return ngettext("None of the %(num)s asked about", "None of the %(num)s asked about", number)

    def _names(self, ticks: tuple[Tick, ...]) -> str:
        return self.report.listed(self._name(tick) for tick in ticks)

    def _name(self, tick: Tick) -> str:
        return tick.option.label if tick.question.kind == "several" else f"{tick.question.label}: {tick.option.label}"

    def _(self, words: str, /, **values: object) -> str:
        return self.report.language.gettext(words, **values)


def _of_a_list(question: Question) -> tuple[Option, ...]:
    return tuple(question.options.values()) if question.kind == "several" else ()


def record_text(summary: Summary, code: str = "") -> str:
    """Return the summary as plain text, to paste into a record: one fact a line, no lines to write on."""
    return "\n".join(_lines(summary, code)) + "\n"


def _lines(summary: Summary, code: str) -> Iterator[str]:
    yield f"{summary.title}, {summary.date}"
    yield summary.basis
    for paragraph in (summary.advice, *summary.paragraphs):
        yield ""
        yield paragraph.title
        yield from (f"- {point}" for point in paragraph.points)
        yield from filter(None, [paragraph.unknown, *paragraph.beside])
    yield ""
    yield from filter(None, [summary.sums, code, summary.rules])
