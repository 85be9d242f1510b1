"""The sheet of paper for the doctor: what stands on it, in the words of the reader's language.

A pure adapter: values in, a frozen `Sheet` out. The result page prints it with the browser, `pdf.py` as a PDF,
so both show the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from babel.dates import format_date

from webapp.clinics import Clinic
from webapp.i18n import Language
from webapp.questionnaire import Assessment, Questionnaire
from webapp.questionnaire.assess import Chosen
from webapp.questionnaire.model import NONE, Level, Option, Question, Score

LETTER = frozenset(["BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE"])
"""The countries whose paper is US Letter (Unicode CLDR, measurementData); it is A4 in all others."""

MOST_LINES_AT_FULL_SIZE = 24
"""Answers that fit on two pages in normal letters, whatever the language; there are 17 questions."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One answer to a question, with its points; `points` is empty where none are shown."""

    label: str
    points: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """One question with all answers that were given to it."""

    question: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, kw_only=True)
class PartRows:
    """The questions of one part."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True)
class Square:
    """One square of the grid."""

    outcome: str
    is_reached: bool


@dataclass(frozen=True, kw_only=True)
class GridRow:
    """The squares of one level, from few points to many."""

    level: str
    squares: tuple[Square, ...]


@dataclass(frozen=True, kw_only=True)
class Grid:
    """The rule: a row for each level of one sum, a column for each level of the other."""

    down: str
    across: str
    columns: tuple[str, ...]
    rows: tuple[GridRow, ...]


@dataclass(frozen=True, kw_only=True)
class Paragraphs:
    """A heading with what stands below it."""

    title: str
    points: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Everything that stands on the sheet, from top to bottom. All texts are plain text for readers."""

    language: str
    direction: str
    is_letter: bool
    is_dense: bool
    """Whether so much was ticked that the letters are smaller, for the sheet to stay within two pages."""
    title: str
    day: str
    clinic: str
    phone: str
    appointment: str
    logo: tuple[int, ...]
    """The bytes of the clinic's picture; empty where it has none."""
    headline: str
    what: str
    sums: tuple[Paragraphs, ...]
    """Name, points and level of each sum; empty where no score is shown, and so is the grid."""
    grid: Grid | None
    caution: str
    findings: tuple[Paragraphs, ...]
    """Alarm signs, what else decided, and last what to mention to the doctor."""
    parts: tuple[PartRows, ...]
    remarks: tuple[Paragraphs, ...]
    advice: tuple[Paragraphs, ...]
    rules: tuple[str, ...]
    address: str
    words: Mapping[str, str]


class SheetWriter:
    """Writes sheets for one questionnaire, which is in this language already. What never changes is worded once."""

    def __init__(self, questionnaire: Questionnaire, language: Language) -> None:
        self.of, self.language = questionnaire, language
        self.words, self.rules = self._words(), tuple(self._rules())
        self.grid, self.limits, self.line = cache(self._grid), cache(self._limits), cache(self._line)

    def write(self, chosen: Chosen, assessment: Assessment, *, clinic: Clinic, day: date, address: str) -> Sheet:
        """Return the sheet for an assessment of what was chosen; see `chosen_options`.

        `day` is the date that stands on it, `address` the one of the rules page.
        """
        of, language, is_scored = self.of, self.language, assessment.is_scored
        parts = tuple(
            PartRows(
                title=part.title,
                rows=tuple(self.row(question, chosen[question.id], assessment) for question in part.questions),
            )
            for part in of.parts.values()
        )
        return Sheet(
            language=language.code,
            direction=language.direction,
            is_letter=clinic.country in LETTER,
            is_dense=sum(len(row.lines) for part in parts for row in part.rows) > MOST_LINES_AT_FULL_SIZE,
            title=language.catalog.gettext("%(check)s: summary for the doctor") % {"check": of.title},
            day=self.date(day),
            clinic=clinic.name_in(language.code),
            phone=language.in_order(clinic.phone or ""),
            appointment=language.in_order(clinic.appointment or ""),
            logo=tuple(clinic.logo.content) if clinic.logo else (),
            headline=assessment.outcome.title,
            what=assessment.outcome.what,
            sums=tuple(self.sums(assessment)),
            grid=self.grid(*self.square(assessment)) if is_scored else None,
            caution=of.limits.points["judgement"] if is_scored else "",
            findings=tuple(self.findings(chosen, assessment)),
            parts=parts,
            remarks=tuple(self.remarks(chosen, assessment)),
            advice=tuple(self.advice(assessment)),
            rules=self.rules,
            address=address,
            words=self.words,
        )

    def square(self, assessment: Assessment) -> tuple[str, str]:
        """Return the levels that were reached: down, across."""
        row, column = assessment.sums[self.of.grid.rows], assessment.sums[self.of.grid.columns]
        return row.level.id, column.level.id

    def sums(self, assessment: Assessment) -> Iterator[Paragraphs]:
        """Yield the sums in the order of the grid's sentence: first across, then down."""
        ngettext = self.language.catalog.ngettext
        for score in (self.of.grid.columns, self.of.grid.rows) if assessment.is_scored else ():
            own = assessment.sums[score]
            points = ngettext("%(num)s point", "%(num)s points", own.points) % {"num": own.points}
            yield Paragraphs(title=own.score.name, points=(points, own.level.name))

    def _grid(self, *reached: str) -> Grid:
        rows, columns = self.of.scores[self.of.grid.rows], self.of.scores[self.of.grid.columns]
        return Grid(
            down=rows.name,
            across=columns.name,
            columns=tuple(self.level(columns, level) for level in columns.levels.values()),
            rows=tuple(
                GridRow(
                    level=self.level(rows, rows.levels[row]),
                    squares=tuple(
                        Square(outcome=self.of.outcomes[outcome].name, is_reached=(row, column) == reached)
                        for column, outcome in squares.items()
                    ),
                )
                for row, squares in self.of.grid.outcomes.items()
            ),
        )

    def level(self, score: Score, level: Level) -> str:
        last = score.last_points(level)
        end = "+" if last is None else f"–{last}" if last > level.start else ""
        return f"{level.name} ({self.language.in_order(f'{level.start}{end}')})"

    def findings(self, chosen: Chosen, assessment: Assessment) -> Iterator[Paragraphs]:
        """Yield all alarm signs, not only those that decided; why else no score is shown; what to mention."""
        _ = self.language.catalog.gettext
        calls = [
            (self.of.outcomes[option.calls].phone, self.of.questions[question], option)
            for question, options in chosen.items()
            for option in options
            if option.calls
        ]
        alarms = tuple(option.label for phone, _question, option in calls if phone != "doctor")
        others = tuple(f"{question.ask} {option.label}" for phone, question, option in calls if phone == "doctor")
        mentions = tuple(
            option.label if question.kind == "several" else f"{question.ask} {option.label}"
            for question, option in assessment.mentions
        )
        nothing = (_("Nothing ticked."),)
        was_asked = any(question.mention and chosen[question.id] for question in self.of.questions.values())
        yield Paragraphs(title=_("Alarm signs"), points=alarms or nothing)
        if others:
            yield Paragraphs(title=_("Why you get this advice"), points=others)
        yield Paragraphs(
            title=_("Illnesses, medicines and findings to mention"),
            points=mentions or (nothing if was_asked else (_("Not answered"),)),
        )

    def row(self, question: Question, chosen: Sequence[Option], assessment: Assessment) -> Row:
        _ = self.language.catalog.gettext
        lines = [self.line(question.id, option.id, assessment.is_scored) for option in chosen]
        for cap in assessment.caps:
            if cap.question is question:
                words = _("Of these %(points)s points, at most %(cap)s count.")
                label = words % {"points": cap.points, "cap": question.at_most}
                lines.append(Line(label=label, points=self.language.in_order(f"= {question.at_most}")))
        return Row(question=question.ask, lines=tuple(lines) or (Line(label=_("Not answered"), points=""),))

    def _line(self, question_id: str, option_id: str, is_scored: bool) -> Line:
        question = self.of.questions[question_id]
        option = question.options[option_id]
        label, points = str(option.label), str(option.points) if is_scored and question.score else ""
        if is_scored and option.stands_for:
            label = f"{label}. {self.if_yes(question.options[option.stands_for].points)}"
        return Line(label=label, points=points)

    def if_yes(self, points: int) -> str:
        ngettext = self.language.catalog.ngettext
        return ngettext("If yes: %(num)s point.", "If yes: %(num)s points.", points) % {"num": points}

    def remarks(self, chosen: Chosen, assessment: Assessment) -> Iterator[Paragraphs]:
        """Yield what stands below the table: what is unknown, what was not asked, what cannot be known."""
        _ = self.language.catalog.gettext
        if assessment.unknowns:
            yield Paragraphs(title=_("What you do not know yet"), points=tuple(self.unknowns(assessment)))
        yield Paragraphs(title=_("What was asked, and what was not"), points=tuple(self.asked(chosen)))
        yield self.limits(assessment.is_scored)

    def _limits(self, is_scored: bool) -> Paragraphs:
        limits = (text for id, text in self.of.limits.points.items() if id != "judgement" or not is_scored)
        return Paragraphs(title=self.of.limits.title, points=tuple(limits))

    def advice(self, assessment: Assessment) -> Iterator[Paragraphs]:
        """Yield what the person takes home: the notices, and last to see a doctor."""
        _, outcome = self.language.catalog.gettext, assessment.outcome
        for notice in assessment.notices:
            yield Paragraphs(title=notice.title, points=(notice.text,))
        yield Paragraphs(title=_("What this does not mean"), points=(outcome.not_mean,))
        yield Paragraphs(title=_("See your doctor"), points=(outcome.doctor,))

    def asked(self, chosen: Chosen) -> Iterator[str]:
        """Yield how much was answered, what of the lists was not ticked, and what the check never asks."""
        _ = self.language.catalog.gettext
        words = _("Questions answered: %(answered)s of %(all)s. Nothing was measured or examined.")
        yield words % {"answered": sum(map(bool, chosen.values())), "all": len(chosen)}
        for question in self.of.questions.values():
            if question.kind == "several" and chosen[question.id]:
                ticked = [NONE, *(option.id for option in chosen[question.id])]
                others = [option.label for id, option in question.options.items() if id not in ticked]
                if others:
                    words = _("Asked with “%(question)s” and not ticked: %(options)s.")
                    yield words % {"question": question.ask, "options": self.language.separator.join(others)}
        yield _(
            "Not asked: the exact age, names and doses of medicines, supplements, since when the complaints are "
            "there, other illnesses, values of blood tests."
        )

    def unknowns(self, assessment: Assessment) -> Iterator[str]:
        _ = self.language.catalog.gettext
        for unknown in assessment.unknowns:
            words = _("The outcome would stay the same.")
            if unknown.outcome != assessment.outcome:
                words = _("The outcome would be “%(outcome)s”.") % {"outcome": unknown.outcome.name}
            yield f"{unknown.tick.question.ask} {self.if_yes(unknown.points)} {words}"
        if len(assessment.unknowns) > 1:
            words = _("If all of these were yes, the outcome would be “%(outcome)s”.")
            yield words % {"outcome": assessment.if_all_unknown.name}

    def _rules(self) -> Iterator[str]:
        _, of = self.language.catalog.gettext, self.of
        yield _("Rules version %(version)s of %(date)s.") % {"version": of.version, "date": self.date(of.date)}
        yield _("Checksum (SHA-256): %(checksum)s") % {"checksum": self.language.in_order(of.checksum)}

    def _words(self) -> Mapping[str, str]:
        _ = self.language.catalog.gettext
        return {
            "name": _("Name"),
            "born": _("Date of birth"),
            "notes": _("Notes"),
            "reached": _("this result"),
            "answers": _("All questions and answers"),
            "question": _("Question"),
            "answer": _("Answer"),
            "points": _("Points"),
            "separator": self.language.separator,
            "rules": _("How this check counts, and why:"),
            "page": _("Page %(page)s of %(pages)s") % {"page": "{page}", "pages": "{pages}"},
        }

    def date(self, day: date) -> str:
        return _long_date(day, self.language.code)


@lru_cache(maxsize=64)
def _long_date(day: date, language: str) -> str:
    return format_date(day, "long", locale=language)
