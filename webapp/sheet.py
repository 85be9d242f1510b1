"""The sheet of paper for the doctor: what stands on it, in the words of the reader's language.

A pure adapter: values in, a frozen `Sheet` out. The result page prints it with the browser, `pdf.py` as a PDF,
so both show the same.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date

from webapp.clinics import Clinic
from webapp.i18n import Language
from webapp.questionnaire import Assessment, Questionnaire
from webapp.questionnaire.assess import Answers
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


def make_sheet(
    questionnaire: Questionnaire,
    answers: Answers,
    assessment: Assessment,
    *,
    language: Language,
    clinic: Clinic,
    day: date,
    address: str,
) -> Sheet:
    """Return the sheet for an assessment of answers to a questionnaire that is in this language already.

    `day` is the date that stands on it, `address` the one of the rules page.
    """
    write = _Writer(questionnaire, answers, assessment, language)
    _ = language.catalog.gettext
    parts = tuple(
        PartRows(title=part.title, rows=tuple(write.row(question) for question in part.questions))
        for part in questionnaire.parts.values()
    )
    return Sheet(
        language=language.code,
        direction=language.direction,
        is_letter=clinic.country in LETTER,
        is_dense=sum(len(row.lines) for part in parts for row in part.rows) > MOST_LINES_AT_FULL_SIZE,
        title=_("%(check)s: summary for the doctor") % {"check": questionnaire.title},
        day=write.date(day),
        clinic=clinic.name_in(language.code),
        phone=language.in_order(clinic.phone or ""),
        appointment=language.in_order(clinic.appointment or ""),
        logo=tuple(clinic.logo.content) if clinic.logo else (),
        headline=assessment.outcome.title,
        what=assessment.outcome.what,
        sums=tuple(write.sums()),
        grid=write.grid() if assessment.is_scored else None,
        caution=questionnaire.limits.points["judgement"] if assessment.is_scored else "",
        findings=tuple(write.findings()),
        parts=parts,
        remarks=tuple(write.remarks()),
        advice=tuple(write.advice()),
        rules=tuple(write.rules()),
        address=address,
        words=write.words(),
    )


@dataclass(frozen=True)
class _Writer:
    """Puts an assessment into words, piece by piece."""

    of: Questionnaire
    answers: Answers
    assessment: Assessment
    language: Language

    def sums(self) -> Iterator[Paragraphs]:
        """Yield the sums in the order of the grid's sentence: first across, then down."""
        ngettext = self.language.catalog.ngettext
        for score in (self.of.grid.columns, self.of.grid.rows) if self.assessment.is_scored else ():
            own = self.assessment.sums[score]
            points = ngettext("%(num)s point", "%(num)s points", own.points) % {"num": own.points}
            yield Paragraphs(title=own.score.name, points=(points, own.level.name))

    def grid(self) -> Grid:
        of, sums = self.of, self.assessment.sums
        rows, columns = of.scores[of.grid.rows], of.scores[of.grid.columns]
        return Grid(
            down=rows.name,
            across=columns.name,
            columns=tuple(self.level(columns, level) for level in columns.levels.values()),
            rows=tuple(
                GridRow(
                    level=self.level(rows, row),
                    squares=tuple(
                        Square(
                            outcome=of.outcomes[of.grid.outcomes[row.id][column.id]].name,
                            is_reached=(row, column) == (sums[rows.id].level, sums[columns.id].level),
                        )
                        for column in columns.levels.values()
                    ),
                )
                for row in rows.levels.values()
            ),
        )

    def level(self, score: Score, level: Level) -> str:
        last = score.last_points(level)
        end = "+" if last is None else f"–{last}" if last > level.start else ""
        return f"{level.name} ({self.language.in_order(f'{level.start}{end}')})"

    def findings(self) -> Iterator[Paragraphs]:
        """Yield all alarm signs, not only those that decided; why else no score is shown; what to mention."""
        _ = self.language.catalog.gettext
        calls = [
            (self.of.outcomes[option.calls].phone, question, option)
            for question in self.of.questions.values()
            for option in self.chosen(question)
            if option.calls
        ]
        alarms = tuple(option.label for phone, _question, option in calls if phone != "doctor")
        others = tuple(f"{question.ask} {option.label}" for phone, question, option in calls if phone == "doctor")
        mentions = tuple(
            option.label if question.kind == "several" else f"{question.ask} {option.label}"
            for question, option in self.assessment.mentions
        )
        nothing = (_("Nothing ticked."),)
        was_asked = any(question.mention and self.chosen(question) for question in self.of.questions.values())
        yield Paragraphs(title=_("Alarm signs"), points=alarms or nothing)
        if others:
            yield Paragraphs(title=_("Why you get this advice"), points=others)
        yield Paragraphs(
            title=_("Illnesses, medicines and findings to mention"),
            points=mentions or (nothing if was_asked else (_("Not answered"),)),
        )

    def row(self, question: Question) -> Row:
        _ = self.language.catalog.gettext
        lines = [
            Line(label=self.label(question, option), points=self.points(question, option))
            for option in self.chosen(question)
        ]
        for cap in self.assessment.caps:
            if cap.question == question:
                words = _("Of these %(points)s points, at most %(cap)s count.")
                label = words % {"points": cap.points, "cap": question.at_most}
                lines.append(Line(label=label, points=self.language.in_order(f"= {question.at_most}")))
        return Row(question=question.ask, lines=tuple(lines) or (Line(label=_("Not answered"), points=""),))

    def chosen(self, question: Question) -> tuple[Option, ...]:
        """Return the chosen options in reading order; what does not exist is left out."""
        chosen = self.answers.get(question.id, ())
        return tuple(option for option in question.options.values() if option.id in chosen)

    def label(self, question: Question, option: Option) -> str:
        if not (self.assessment.is_scored and option.stands_for):
            return option.label
        return f"{option.label}. {self.if_yes(question.options[option.stands_for].points)}"

    def points(self, question: Question, option: Option) -> str:
        return str(option.points) if self.assessment.is_scored and question.score else ""

    def if_yes(self, points: int) -> str:
        ngettext = self.language.catalog.ngettext
        return ngettext("If yes: %(num)s point.", "If yes: %(num)s points.", points) % {"num": points}

    def remarks(self) -> Iterator[Paragraphs]:
        """Yield what stands below the table: what is unknown, what was not asked, what cannot be known."""
        _, of = self.language.catalog.gettext, self.of
        if self.assessment.unknowns:
            yield Paragraphs(title=_("What you do not know yet"), points=tuple(self.unknowns()))
        yield Paragraphs(title=_("What was asked, and what was not"), points=tuple(self.asked()))
        limits = (text for id, text in of.limits.points.items() if id != "judgement" or not self.assessment.is_scored)
        yield Paragraphs(title=of.limits.title, points=tuple(limits))

    def advice(self) -> Iterator[Paragraphs]:
        """Yield what the person takes home: the notices, and last to see a doctor."""
        _, outcome = self.language.catalog.gettext, self.assessment.outcome
        for notice in self.assessment.notices:
            yield Paragraphs(title=notice.title, points=(notice.text,))
        yield Paragraphs(title=_("What this does not mean"), points=(outcome.not_mean,))
        yield Paragraphs(title=_("See your doctor"), points=(outcome.doctor,))

    def asked(self) -> Iterator[str]:
        """Yield how much was answered, what of the lists was not ticked, and what the check never asks."""
        _, questions = self.language.catalog.gettext, self.of.questions.values()
        answered = sum(bool(self.chosen(question)) for question in questions)
        words = _("Questions answered: %(answered)s of %(all)s. Nothing was measured or examined.")
        yield words % {"answered": answered, "all": len(questions)}
        for question in questions:
            chosen = self.chosen(question)
            others = [one.label for one in question.options.values() if one.id != NONE and one not in chosen]
            if question.kind == "several" and chosen and others:
                words = _("Asked with “%(question)s” and not ticked: %(options)s.")
                yield words % {"question": question.ask, "options": self.language.separator.join(others)}
        yield _(
            "Not asked: the exact age, names and doses of medicines, supplements, since when the complaints are "
            "there, other illnesses, values of blood tests."
        )

    def unknowns(self) -> Iterator[str]:
        _ = self.language.catalog.gettext
        for unknown in self.assessment.unknowns:
            words = _("The outcome would stay the same.")
            if unknown.outcome != self.assessment.outcome:
                words = _("The outcome would be “%(outcome)s”.") % {"outcome": unknown.outcome.name}
            yield f"{unknown.tick.question.ask} {self.if_yes(unknown.points)} {words}"
        if len(self.assessment.unknowns) > 1:
            words = _("If all of these were yes, the outcome would be “%(outcome)s”.")
            yield words % {"outcome": self.assessment.if_all_unknown.name}

    def rules(self) -> Iterator[str]:
        _, of = self.language.catalog.gettext, self.of
        yield _("Rules version %(version)s of %(date)s.") % {"version": of.version, "date": self.date(of.date)}
        yield _("Checksum (SHA-256): %(checksum)s") % {"checksum": self.language.in_order(of.checksum)}

    def words(self) -> Mapping[str, str]:
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
        return format_date(day, "long", locale=self.language.locale)
