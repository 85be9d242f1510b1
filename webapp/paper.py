"""The sheet for the doctor: a report under a letterhead, as an accessible PDF (PDF/UA-1) that Typst makes in memory."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from queue import Empty, LifoQueue
from typing import Any, cast

from typst import Compiler, Fonts, TypstError

from webapp.clinics import Clinic
from webapp.i18n import Language
from webapp.questionnaire import Questionnaire
from webapp.report import Report

TEMPLATE = Path(__file__).with_name("sheet.typ")
FONTS = Path(__file__).with_name("fonts")

LETTER = frozenset(["BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE"])
"""The countries whose paper is US Letter (Unicode CLDR, measurementData); it is A4 in all others."""

MOST_LINES_AT_FULL_SIZE = 24
"""Answers that fit on two pages in normal letters, whatever the language."""

Sheet = dict[str, Any]
"""What stands on a sheet, as values for `sheet.typ`; all texts are plain text for readers."""


@dataclass(frozen=True, kw_only=True)
class Letterhead:
    """Whose sheet it is, of which day, and where its rules can be read."""

    clinic: Clinic
    day: date
    address: str


def sheet(report: Report, head: Letterhead) -> Sheet:
    """Return everything that stands on the sheet."""
    language, of, assessment = report.language, report.questionnaire, report.assessment
    _, outcome, clinic = language.catalog.gettext, assessment.outcome, head.clinic
    return {
        "language": language.code,
        "is_letter": clinic.country in LETTER,
        "is_dense": sum(len(row.lines) for row in report.rows) > MOST_LINES_AT_FULL_SIZE,
        "title": _("%(check)s: summary for the doctor") % {"check": of.title},
        "day": language.date(head.day),
        "clinic": clinic.name_in(language.code),
        "phone": language.in_order(clinic.phone or ""),
        "appointment": language.in_order(clinic.appointment or ""),
        "logo": tuple(clinic.logo.content) if clinic.logo else (),
        "headline": outcome.title,
        "what": " ".join(filter(None, [outcome.finding, outcome.what, outcome.when, *report.also])),
        "sums": report.sums,
        "grid": _grid(report) if assessment.is_scored else None,
        "caution": of.limits.points["judgement"] if assessment.is_scored else "",
        "findings": list(_findings(report)),
        "parts": list(_parts(report)),
        "remarks": list(_remarks(report)),
        "advice": list(_advice(report)),
        "rules": list(_rules(of, language)),
        "address": head.address,
        "words": {
            "name": _("Name"),
            "born": _("Date of birth"),
            "notes": _("Notes"),
            "reached": _("this result"),
            "answers": _("All questions and answers"),
            "question": _("Question"),
            "answer": _("Answer"),
            "points": _("Points"),
            "separator": language.separator,
            "rules": _("How this check counts, and why:"),
            "page": _("Page %(page)s of %(pages)s") % {"page": "{page}", "pages": "{pages}"},
        },
    }


def _grid(report: Report) -> Sheet:
    of = report.questionnaire
    rows, columns = of.scores[of.grid.rows], of.scores[of.grid.columns]
    return {
        "down": rows.name,
        "across": columns.name,
        "columns": [f"{one.name} ({report.language.range(columns, one)})" for one in columns.levels.values()],
        "rows": [
            {
                "level": f"{row.name} ({report.language.range(rows, row)})",
                "squares": [
                    {"outcome": of.outcomes[outcome].name, "is_reached": (row.id, column) == report.square}
                    for column, outcome in of.grid.outcomes[row.id].items()
                ],
            }
            for row in rows.levels.values()
        ],
    }


def _passage(title: str, *points: str) -> Sheet:
    return {"title": title, "points": points}


def _findings(report: Report) -> Iterator[Sheet]:
    """Yield the alarm signs, why else no score is shown, and last what to mention."""
    _, assessment = report.language.catalog.gettext, report.assessment
    nothing = _("Nothing ticked.")
    yield _passage(_("Alarm signs"), *(report.alarms or (nothing,)))
    others = [f"{tick.question.ask} {tick.option.label}" for tick in assessment.called_by]
    if others and not assessment.outcome.is_alarm:
        yield _passage(_("Why you get this advice"), *others)
    was_asked = any(one.options for one in assessment.answered if one.question.mention)
    not_mentioned = nothing if was_asked else _("Not answered")
    yield _passage(_("Illnesses, medicines and findings to mention"), *(report.mentions or (not_mentioned,)))


def _parts(report: Report) -> Iterator[Sheet]:
    for part in report.questionnaire.parts.values():
        rows = [
            {"question": row.question.ask, "lines": row.lines} for row in report.rows if row.question in part.questions
        ]
        yield {"title": part.title, "rows": rows}


def _remarks(report: Report) -> Iterator[Sheet]:
    """Yield what stands below the table: caps, what is unknown, what was not asked, what cannot be known."""
    _, of, assessment = report.language.catalog.gettext, report.questionnaire, report.assessment
    if report.caps:
        yield _passage(_("Limits that were reached"), *report.caps)
    if report.unknowns:
        unknowns = (f"{question.ask} {words}" for question, words in report.unknowns)
        yield _passage(_("What you do not know yet"), *unknowns, *filter(None, [report.all_unknown]))
    answered = {"answered": sum(bool(one.options) for one in assessment.answered), "all": len(assessment.answered)}
    yield _passage(
        _("What was asked, and what was not"),
        _("Questions answered: %(answered)s of %(all)s. Nothing was measured or examined.") % answered,
        *report.not_ticked,
        _(
            "Not asked: the exact age, names and doses of medicines, supplements, since when the symptoms are "
            "there, other illnesses, values of blood tests."
        ),
    )
    is_said = "judgement" if assessment.is_scored else ""  # beside the grid already
    yield _passage(of.limits.title, *(text for id, text in of.limits.points.items() if id != is_said))


def _advice(report: Report) -> Iterator[Sheet]:
    """Yield what the person takes home: the notices, and last to see a doctor."""
    _, outcome = report.language.catalog.gettext, report.assessment.outcome
    for notice in report.assessment.notices:
        yield _passage(notice.title, notice.text)
    yield _passage(_("What this does not mean"), outcome.not_mean)
    yield _passage(_("See your doctor"), outcome.doctor)


def _rules(of: Questionnaire, language: Language) -> Iterator[str]:
    _ = language.catalog.gettext
    yield _("Rules version %(version)s of %(date)s.") % {"version": of.version, "date": language.date(of.date)}
    yield _("Checksum (SHA-256): %(checksum)s") % {"checksum": language.in_order(of.checksum)}


class BusyError(Exception):
    """As many PDFs as there may be are being made already."""


class PdfPool:
    """Makes PDFs, at most `places` at the same time.

    Whoever finds no place within `wait` seconds gets a `BusyError` instead of a place in a queue. Every place
    has a compiler of its own, since one cannot be used by two threads. They are made at first use.
    """

    def __init__(self, places: int = 2, wait: float = 0.5) -> None:
        self.wait = wait
        self._places: LifoQueue[Compiler | None] = LifoQueue()
        for _ in range(places):
            self._places.put(None)

    def pdf(self, sheet: Sheet, *, large_print: bool = False) -> bytes:
        """Return a sheet as a PDF. Raises `BusyError`."""
        # The sheet arrives in the template as values, so that no text of it can be taken for markup.
        values = {"sheet": json.dumps(sheet), "large": "yes" if large_print else "no"}
        with self.place() as compiler:
            try:
                made = compiler.compile(sys_inputs=values, format="pdf", pdf_standards=["ua-1"])
            except TypstError:
                # A letter that our fonts lack, in a clinic's name say: no PDF/UA then, but a sheet all the same.
                made = compiler.compile(sys_inputs=values, format="pdf")
        return cast(bytes, made)

    @contextmanager
    def place(self) -> Iterator[Compiler]:
        """Take a place for as long as the block runs. Raises `BusyError`."""
        try:
            compiler = self._places.get(timeout=self.wait)
        except Empty:
            raise BusyError from None
        try:
            compiler = compiler or Compiler(TEMPLATE, font_paths=_fonts())
            yield compiler
        finally:
            self._places.put(compiler)


@cache
def _fonts() -> Fonts:
    """Return our own fonts and no others, so that the sheet looks the same on every machine."""
    return Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
