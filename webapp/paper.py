"""The sheet: a page for the doctor and a page for the patient, as an accessible PDF (PDF/UA-1) that Typst makes."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, cast

import segno
from typst import Compiler, Fonts, TypstError

from webapp.clinics import Clinic
from webapp.i18n import Language
from webapp.questionnaire import Numbers
from webapp.questionnaire.model import Phone
from webapp.report import Report
from webapp.summary import Paragraph, Summary

TEMPLATE = Path(__file__).with_name("sheet.typ")
FONTS = Path(__file__).with_name("fonts")

LETTER = frozenset(["BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE"])
"""The countries whose paper is US Letter (Unicode CLDR, measurementData); it is A4 in all others."""

_VOWEL_SIGNS = re.compile("[\u064b-\u0652\u0670]")

Sheet = dict[str, Any]
"""What stands on a sheet, as values for `sheet.typ`; all texts are plain text for readers."""


@dataclass(frozen=True, kw_only=True)
class Letterhead:
    """Whose sheet it is, whom its reader can call, where its rules can be read, and the code of its answers."""

    clinic: Clinic
    numbers: Numbers
    """In the patient's language."""
    address: str
    code: str


def sheet(summary: Summary, report: Report, head: Letterhead) -> Sheet:
    """Return everything that stands on the sheet: the summary for the doctor, and the report for the patient."""
    pages = {"doctor": _for_the_doctor(summary, head), "patient": _for_the_patient(report, summary, head)}
    # Without the Arabic vowel signs, as in ordinary print: in a PDF a letter with one is copied and searched as two.
    plain = _VOWEL_SIGNS.sub("", json.dumps(pages, default=vars, ensure_ascii=False))
    return {
        "is_letter": head.clinic.country in LETTER,
        "title": summary.title,
        "logo": tuple(head.clinic.logo.content) if head.clinic.logo else (),
        "code": {"characters": head.code, "runs": _runs(head.code)},
        "address": head.address,
        **json.loads(plain),
    }


def _for_the_doctor(summary: Summary, head: Letterhead) -> Sheet:
    _ = summary.report.language.gettext
    words = {
        "name": _("Name"),
        "born": _("Date of birth"),
        "code": _("With this code, the answers can be opened in the check again. The code holds nothing else."),
        "rules": _("How this check counts, and why:"),
    }
    return {
        **_both(summary.report, summary.title, summary, head, words),
        "basis": summary.basis,
        "advice": summary.advice,
        "paragraphs": summary.paragraphs,
        "small": " ".join(filter(None, [summary.sums, summary.rules])),
        "to_write": [
            _("Symptoms since"),
            _("Medicines and supplements"),
            _("The patient’s question"),
            _("Examination and plan"),
        ],
    }


def _for_the_patient(report: Report, summary: Summary, head: Letterhead) -> Sheet:
    _, outcome, notices = report.language.gettext, report.assessment.outcome, report.assessment.notices
    words = {
        "code_title": _("Open this check again"),
        "code": _(
            "Type this code into the check, or scan it. Nothing is stored anywhere: the code is your answers. "
            "Whoever has this paper can read them."
        ),
    }
    others = dict.fromkeys(notice.phone for notice in notices if notice.phone and notice.phone != outcome.phone)
    steps = {_("Who"): outcome.whom, _("When"): outcome.when, _("What else to do"): outcome.prepare}
    return {
        **_both(report, _("%(check)s: your result", check=report.questionnaire.title), summary, head, words),
        "headline": outcome.title,
        "numbers": _whom_to_call(outcome.phone, report.language, head),
        "what": " ".join(filter(None, [outcome.finding, outcome.what])),
        "steps": [Paragraph(title, (text,)) for title, text in steps.items() if text],
        "also": report.also,
        "notices": [Paragraph(notice.title, (notice.text,)) for notice in notices],
        "numbers_of_notices": [words for phone in others for words in _whom_to_call(phone, report.language, head)],
        "passages": list(_passages(report, head)),
    }


def _both(report: Report, title: str, summary: Summary, head: Letterhead, words: Mapping[str, str]) -> Sheet:
    """Return what either page has, in its language."""
    language = report.language
    page = language.gettext("Page %(page)s of %(pages)s", page="{page}", pages="{pages}")
    return {
        "language": language.code,
        "title": title,
        "day": language.date(summary.day),
        "clinic": head.clinic.name_in(language.code),
        "phone": language.in_order(head.clinic.phone or ""),
        "appointment": language.in_order(head.clinic.appointment or ""),
        "words": {"page": page, "colon": language.colon, **words},
    }


def _passages(report: Report, head: Letterhead) -> Iterator[Paragraph]:
    """Yield what the patient can read at leisure: not much where help is needed now."""
    _, of, assessment = report.language.gettext, report.questionnaire, report.assessment
    if assessment.called_by:
        yield Paragraph(_("Why you get this advice"), tuple(map(report.named, assessment.called_by)))
    if not assessment.outcome.is_alarm:
        scored = [of.pills, of.yourself] if assessment.is_scored else []
        for passage in filter(None, [*scored, of.sooner, of.tell]):
            beside = (head.numbers.where,) if passage is of.sooner else ()
            yield Paragraph(passage.title, tuple(passage.points.values()), beside)
    yield Paragraph(_("Keep in mind"), (assessment.outcome.not_mean,))
    yield Paragraph(_("See your doctor"), (assessment.outcome.doctor,))


def _whom_to_call(phone: Phone, language: Language, head: Letterhead) -> list[str]:
    """Return whom to call, with the numbers and of which country they are."""
    numbers, clinic = head.numbers, head.clinic

    def line(name: str, several: tuple[str, ...], where: str = "") -> str:
        return f"{name}{language.colon}{' / '.join(map(language.number, several))}{where}" if several else ""

    own = f"{clinic.name_in(language.code)}{language.colon}{language.in_order(clinic.phone)}" if clinic.phone else ""
    crisis = numbers.crisis_name or language.gettext("Crisis line, day and night")
    found: dict[Phone, list[str | None]] = {
        "emergency": [line(numbers.where, numbers.emergency), numbers.emergency_note],
        "crisis": [line(crisis, numbers.crisis_in(language.code), f" ({numbers.where})")],
        "today": [numbers.today, line(numbers.where, numbers.today_numbers), own],
        "doctor": [own],
    }
    return [*filter(None, found[phone])]


def _runs(code: str) -> list[tuple[int, int, int]]:
    """Return the black squares of the QR code: where each run begins, from left and top, and its length."""
    rows = enumerate(segno.make(code, error="m", micro=False).matrix)
    return [(run.start(), down, len(run[0])) for down, row in rows for run in re.finditer(b"\1+", row)]


class BusyError(Exception):
    """As many PDFs as there may be are being made already."""


class PdfPool:
    """Makes PDFs, at most `places` at the same time.

    Whoever finds no place within `wait` seconds gets a `BusyError` instead of a place in a queue.
    """

    def __init__(self, places: int = 2, wait: float = 0.5) -> None:
        self.wait, self._places = wait, BoundedSemaphore(places)

    def pdf(self, sheet: Sheet, *, large_print: bool = False) -> bytes:
        """Return a sheet as a PDF. Raises `BusyError`."""
        bare = {**sheet, "logo": ()}
        with self.place():
            # A picture that cannot be drawn costs a sheet its picture; a letter that our fonts lack, in a clinic's
            # name say, costs it the mark of PDF/UA. It is a sheet all the same.
            for own, is_accessible in ((sheet, True), (bare, True), (sheet, False)):
                with suppress(TypstError):
                    return _compiled(own, large_print, is_accessible)
            return _compiled(bare, large_print, False)

    @contextmanager
    def place(self) -> Iterator[None]:
        """Take a place for as long as the block runs. Raises `BusyError`."""
        if not self._places.acquire(timeout=self.wait):
            raise BusyError
        try:
            yield
        finally:
            self._places.release()


def _compiled(sheet: Sheet, large_print: bool, is_accessible: bool) -> bytes:
    # The sheet arrives in the template as values, so that no text of it can be taken for markup.
    values = {"sheet": json.dumps(sheet), "large": "yes" if large_print else "no"}
    compiler = Compiler(TEMPLATE, font_paths=_fonts())
    made = compiler.compile(sys_inputs=values, format="pdf", pdf_standards=["ua-1"] if is_accessible else [])
    return cast(bytes, made)


@cache
def _fonts() -> Fonts:
    """Return our own fonts and no others, so that the sheet looks the same on every machine."""
    return Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
