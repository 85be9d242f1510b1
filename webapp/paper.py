"""The sheet: a page for the doctor and a page for the patient, as an accessible PDF (PDF/UA-1) that Typst makes."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from queue import Empty, LifoQueue
from typing import Any, cast

import segno
from typst import Compiler, Fonts, TypstError

from webapp.clinics import Clinic
from webapp.i18n import Language
from webapp.questionnaire import Numbers
from webapp.questionnaire.model import Outcome, Passage, Phone
from webapp.report import Report
from webapp.summary import Summary

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
    return {
        "is_letter": head.clinic.country in LETTER,
        "title": summary.title,
        "logo": tuple(head.clinic.logo.content) if head.clinic.logo else (),
        "code": {"characters": head.code, "runs": _runs(head.code)},
        "address": head.address,
        "doctor": _without_vowel_signs(_for_the_doctor(summary, head)),
        "patient": _without_vowel_signs(_for_the_patient(report, summary, head)),
    }


def _without_vowel_signs(value: Any) -> Any:
    """Return texts without the Arabic vowel signs, which ordinary print leaves out as well.

    In a PDF a letter with such a sign is copied and searched as the letter twice.
    """
    if isinstance(value, str):
        return _VOWEL_SIGNS.sub("", value)
    if isinstance(value, dict):
        return {key: _without_vowel_signs(one) for key, one in value.items()}
    return [_without_vowel_signs(one) for one in value] if isinstance(value, list | tuple) else value


def _for_the_doctor(summary: Summary, head: Letterhead) -> Sheet:
    language = summary.report.language
    _ = language.gettext
    return {
        **_top(summary.report, summary.title, summary, head),
        "basis": summary.basis,
        "advice": vars(summary.advice),
        "paragraphs": [vars(one) for one in summary.paragraphs],
        "small": " ".join(filter(None, [summary.sums, summary.rules])),
        "to_write": summary.to_write,
        "words": {
            **_words(language),
            "name": _("Name"),
            "born": _("Date of birth"),
            "code": _("With this code, the answers can be opened in the check again. It holds nothing else."),
            "rules": _("How this check counts, and why:"),
        },
    }


def _for_the_patient(report: Report, summary: Summary, head: Letterhead) -> Sheet:
    language, of, outcome = report.language, report.questionnaire, report.assessment.outcome
    _ = language.gettext
    title = _("%(check)s: your result", check=of.title)
    return {
        **_top(report, title, summary, head),
        "headline": outcome.title,
        "numbers": list(_whom_to_call(outcome.phone, language, head)),
        "what": " ".join(filter(None, [outcome.finding, outcome.what])),
        "steps": [
            _passage(_("Who"), outcome.whom),
            _passage(_("When"), outcome.when),
            *([_passage(_("Good to know"), outcome.prepare)] if outcome.prepare else []),
        ],
        "also": report.also,
        "notices": [_passage(notice.title, notice.text) for notice in report.assessment.notices],
        "numbers_of_notices": [
            words
            for phone in dict.fromkeys(notice.phone for notice in report.assessment.notices if notice.phone)
            if phone != outcome.phone
            for words in _whom_to_call(phone, language, head)
        ],
        "passages": list(_passages(report, outcome, head)),
        "words": {
            **_words(language),
            "code_title": _("Open this check again"),
            "code": _(
                "Type this code into the check, or scan it. Nothing is stored anywhere: the code is your answers. "
                "Whoever has this paper can read them."
            ),
        },
    }


def _top(report: Report, title: str, summary: Summary, head: Letterhead) -> Sheet:
    language = report.language
    return {
        "language": language.code,
        "title": title,
        "day": language.date(summary.day),
        "clinic": head.clinic.name_in(language.code),
        "phone": language.in_order(head.clinic.phone or ""),
        "appointment": language.in_order(head.clinic.appointment or ""),
    }


def _words(language: Language) -> Sheet:
    page = language.gettext("Page %(page)s of %(pages)s", page="{page}", pages="{pages}")
    return {"page": page, "separator": language.separator}


def _passages(report: Report, outcome: Outcome, head: Letterhead) -> Iterator[Sheet]:
    """Yield what the patient can read at leisure: not much where help is needed now."""
    _, of = report.language.gettext, report.questionnaire
    called_by = report.assessment.called_by
    if called_by:
        yield _passage(_("Why you get this advice"), *(report.named(tick) for tick in called_by))
    if not outcome.is_alarm:
        scored = (of.pills, of.yourself) if report.assessment.is_scored else ()
        yield from (_as_it_stands(passage) for passage in filter(None, scored))
        yield {**_as_it_stands(of.sooner), "beside": [head.numbers.where]}
        yield _as_it_stands(of.tell)
    yield _passage(_("What this does not mean"), outcome.not_mean)
    yield _passage(_("See your doctor"), outcome.doctor)


def _whom_to_call(phone: Phone, language: Language, head: Letterhead) -> Iterator[str]:
    """Yield whom to call, with the numbers and of which country they are."""
    _, numbers, clinic = language.gettext, head.numbers, head.clinic
    called: dict[Phone, tuple[str, tuple[str, ...]]] = {
        "emergency": ("", numbers.emergency),
        "crisis": (numbers.crisis_name or _("Crisis line, day and night"), numbers.crisis_in(language.code)),
        "today": ("", numbers.today_numbers),
        "doctor": ("", ()),
    }
    name, lines = called[phone]
    if phone == "today":
        yield numbers.today
    if lines:
        where = f" ({numbers.where})" if name else ""
        yield f"{name or numbers.where}: {' / '.join(map(language.number, lines))}{where}"
    if phone == "emergency" and numbers.emergency_note:
        yield numbers.emergency_note
    if phone in ("today", "doctor") and clinic.phone:
        yield f"{clinic.name_in(language.code)}: {language.in_order(clinic.phone)}"


def _passage(title: str, *points: str) -> Sheet:
    return {"title": title, "points": points, "beside": ()}


def _as_it_stands(passage: Passage) -> Sheet:
    return _passage(passage.title, *passage.points.values())


def _runs(code: str) -> tuple[tuple[int, int, int], ...]:
    """Return the black squares of the QR code: where each run begins, from left and top, and its length."""
    runs = []
    for down, row in enumerate(segno.make(code, error="m", micro=False).matrix):
        at = 0
        for is_black, squares in groupby(row):
            length = len(list(squares))
            if is_black:
                runs.append((at, down, length))
            at += length
    return tuple(runs)


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
        with self.place() as compiler:
            # A picture that cannot be drawn costs a sheet its picture; a letter that our fonts lack, in a clinic's
            # name say, costs it the mark of PDF/UA. It is a sheet all the same.
            for own, is_accessible in ((sheet, True), ({**sheet, "logo": ()}, True), (sheet, False)):
                with suppress(TypstError):
                    return _compiled(compiler, own, large_print, is_accessible)
            return _compiled(compiler, {**sheet, "logo": ()}, large_print, False)

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


def _compiled(compiler: Compiler, sheet: Sheet, large_print: bool, is_accessible: bool) -> bytes:
    # The sheet arrives in the template as values, so that no text of it can be taken for markup.
    values = {"sheet": json.dumps(sheet), "large": "yes" if large_print else "no"}
    return cast(
        bytes, compiler.compile(sys_inputs=values, format="pdf", pdf_standards=["ua-1"] if is_accessible else [])
    )


@cache
def _fonts() -> Fonts:
    """Return our own fonts and no others, so that the sheet looks the same on every machine."""
    return Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
