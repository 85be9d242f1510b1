"""What a doctor reads of a check in thirty seconds, in the doctor's language: on paper, and as text for a record."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from webapp.questionnaire.assess import Answered, Tick
from webapp.questionnaire.model import NONE, Option, Question
from webapp.report import Report

MOST_SIGNS_IN_FULL = 3
"""Alarm signs that are printed with what counts as one; of more, the names must do on a page."""

YES = "yes"
"""The option by which a question is known that asks whether something is so, and not how often or how much."""

Sort = Literal["list", "finding", "symptom", "context"]


@dataclass(frozen=True)
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
    day: date
    meant_for: str = ""
    answered_on: date | None = None
    """The day of the answers after the first part, where they come from an earlier check."""

    @property
    def title(self) -> str:
        return self._("%(check)s: summary for the doctor", check=self.report.questionnaire.title)

    @cached_property
    def basis(self) -> str:
        """What this rests on, and in which language it should have been."""
        words = [self._("Filled in by the patient and not verified. Not a diagnosis.")]
        if self.answered_on:
            of_before = self._("The answers after part 1 were filled in from an earlier check, dated %(date)s.")
            words.append(of_before % {"date": self.report.language.date(self.answered_on)})
        if not self.report.questionnaire.reviews:
            words.append(self._("No clinician has reviewed the rules."))
        if self.meant_for:
            missing = self._(
                "This page should be in %(language)s, but the check is not available in that language yet."
            )
            words.append(missing % {"language": self.meant_for})
        return " ".join(words)

    @cached_property
    def advice(self) -> Paragraph:
        """What the patient was told to do, by when and why, in the very words."""
        assessment, outcome = self.report.assessment, self.report.assessment.outcome
        is_told = outcome.phone != "emergency"
        also = [call for call in assessment.also_called if call.outcome.is_alarm and is_told]
        points = [f"{call.outcome.title} ({self._listed(map(self._name, call.ticks))})" for call in also]
        others = [
            f"{call.outcome.name} ({self._listed(map(self._name, call.ticks))})"
            if call.outcome.is_alarm
            else call.outcome.name
            for call in assessment.also_called
            if call not in also
        ]
        beside = [self._("Result: %(outcome)s.", outcome=outcome.name)] if assessment.is_scored else []
        beside.append(self._("When: “%(when)s”", when=outcome.when))
        if others:
            beside.append(self._("Also applies: %(words)s", words=self._listed(others)))
        if notices := [notice.title for notice in assessment.notices]:
            beside.append(self._("Further advice: %(words)s", words=self._listed(notices)))
        return Paragraph(self._("Advice given to the patient"), (outcome.title, *points), tuple(beside))

    @cached_property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """Everything else, the weightiest first."""
        weightiest = self._alarms(), self._findings(), self._symptoms()
        others = self._context(), self._unknown(), self._not_answered(), self._not_asked()
        return tuple(one for one in (*weightiest, *others) if one)

    @cached_property
    def sums(self) -> str:
        """The points in one line; empty where no score is shown."""
        return " ".join(self.report.sums)

    @cached_property
    def rules(self) -> str:
        """Which rules decided."""
        of = self.report.questionnaire
        day = self.report.language.date(of.date)
        return self._("Rules version %(version)s, dated %(date)s.", version=of.version, date=day)

    def _alarms(self) -> Paragraph:
        ticks = [tick for call in self.report.assessment.calls if call.outcome.is_alarm for tick in call.ticks]
        is_short = len(ticks) <= MOST_SIGNS_IN_FULL
        ticked = [
            f"{self._name(one)} ({one.option.detail})" if is_short and one.option.detail else self._name(one)
            for one in ticks
        ]
        number = sum(self._is_alarm(option) for one in self._answered for option in one.question.options.values())
        if not ticked:
            return Paragraph(self._("Alarm signs"), (self._none_of(number),))
        others = self._("Others asked about, not ticked: %(number)s.", number=number - len(ticked))
        return Paragraph(self._("Alarm signs"), tuple(ticked), (others,), is_urgent=True)

    def _findings(self) -> Paragraph | None:
        """Return causes and findings that were ticked, and in small what was not."""
        asked = [(one.question.label, one.options[0]) for one in self._of_sort("finding")]
        listed = [
            (option.label, option in one.options)
            for one in self._of_sort("list")
            for option in one.question.options.values()
            if option.id != NONE and not self._is_alarm(option)
        ]
        if not listed and not asked:
            return None
        ticked: list[str] = [label for label, option in asked if option.id == YES]
        ticked += [label for label, is_ticked in listed if is_ticked]
        others = [label for label, is_ticked in listed if not is_ticked]
        others += [label for label, option in asked if option.id != YES and not option.stands_for]
        unknown = [label for label, option in asked if option.stands_for]
        beside = self._("Not ticked, or answered no: %(options)s.", options=self._listed(others))
        return Paragraph(
            self._("Causes and findings"),
            tuple(ticked) or (self._none_of(len(others) + len(unknown)),),
            beside=(beside,) if others else (),
            unknown=self._("Not known: %(options)s.", options=self._listed(unknown)) if unknown else "",
        )

    def _symptoms(self) -> Paragraph | None:
        """Return the symptoms by how often they were said to be there, the heaviest answer first."""
        asked, nothing, colon = self._of_sort("symptom"), self._("none"), self.report.language.colon
        scale = dict.fromkeys(option.label for one in asked for option in reversed(list(one.question.options.values())))
        groups = {label: [one.question.label for one in asked if one.options[0].label == label] for label in scale}
        points = tuple(f"{label}{colon}{self._listed(names) or nothing}" for label, names in groups.items())
        return Paragraph(self._("Symptoms"), points) if points else None

    def _context(self) -> Paragraph | None:
        """Return what else there is to know; first what decided about the advice."""
        asked = sorted(self._of_sort("context"), key=lambda one: not one.options[0].calls)
        not_known, colon = self._("not known"), self.report.language.colon
        points = tuple(
            f"{one.question.label}{colon}{not_known if one.options[0].stands_for else one.options[0].label}"
            for one in asked
        )
        return Paragraph(self._("About the patient"), points) if points else None

    def _unknown(self) -> Paragraph | None:
        if self.report.unknowns:
            points = [f"{question.label}. {words}" for question, words in self.report.unknowns]
            points += filter(None, [self.report.all_unknown])
        else:
            points = [one.question.label for one in self._answered if one.options[0].stands_for]
        if not points and len(self._answered) == len(self.report.assessment.answered):
            points = [self._("No “I don’t know” answers.")]
        return Paragraph(self._("The patient does not know"), tuple(points)) if points else None

    def _not_answered(self) -> Paragraph | None:
        questions = tuple([one.question.label for one in self.report.assessment.answered if not one.options])
        return Paragraph(self._("Not answered"), (self._listed(questions),)) if questions else None

    def _not_asked(self) -> Paragraph:
        number = {"answered": len(self._answered), "all": len(self.report.assessment.answered)}
        words = self._("Questions answered: %(answered)s of %(all)s. Nothing was measured or examined.", **number)
        point = self._(
            "Exact age, names and doses of medicines, supplements, when symptoms began, other illnesses, "
            "blood test values."
        )
        return Paragraph(self._("Not asked"), (point,), (words,))

    @cached_property
    def _answered(self) -> list[Answered]:
        return [one for one in self.report.assessment.answered if one.options]

    def _of_sort(self, sort: Sort) -> list[Answered]:
        return [one for one in self._answered if self._sort(one.question) == sort]

    def _sort(self, question: Question) -> Sort:
        """A finding is so or not, and is something to mention or, among the symptoms, something that was found."""
        if question.kind == "several":
            return "list"
        is_counted = question.score == self.report.questionnaire.grid.rows
        if YES in question.options:
            return "finding" if question.mention or is_counted else "context"
        return "symptom" if is_counted else "context"

    def _is_alarm(self, option: Option) -> bool:
        return bool(option.calls) and self.report.questionnaire.outcomes[option.calls or ""].is_alarm

    def _none_of(self, number: int) -> str:
        ngettext = self.report.language.ngettext
        return ngettext("None of the %(num)s asked about", "None of the %(num)s asked about", number)

    def _listed(self, texts: Iterable[str]) -> str:
        return self.report.language.separator.join(texts)

    def _name(self, tick: Tick) -> str:
        question, option = tick
        is_clear = question.kind == "several"
        return option.label if is_clear else f"{question.label}{self.report.language.colon}{option.label}"

    def _(self, words: str, /, **values: object) -> str:
        return self.report.language.gettext(words, **values)


def record_text(summary: Summary, code: str = "") -> str:
    """Return the summary as plain text, to paste into a record: one fact a line, no lines to write on."""
    lines = [f"{summary.title}, {summary.report.language.date(summary.day)}", summary.basis]
    for paragraph in (summary.advice, *summary.paragraphs):
        lines += ["", paragraph.title, *(f"- {point}" for point in paragraph.points)]
        lines += filter(None, [paragraph.unknown, *paragraph.beside])
    lines += ["", *filter(None, [summary.sums, code, summary.rules])]
    return "\n".join(lines) + "\n"
