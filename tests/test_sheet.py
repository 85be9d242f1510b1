"""The sheet: a page that a doctor can read, one that the patient can read, and making it never eats the machine."""

import re
import shutil
import subprocess
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path

import page
import pdfua
import pytest
from flask import Flask
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject
from werkzeug.test import TestResponse

from tests.answers import QUESTIONNAIRE, SECOND, Sent, harmless, harmless_but, possible
from tests.conftest import all_translations, languages_read_once, make_app, need
from tests.house import HouseClient, parse
from tests.pdf import pdftotext, squeezed, texts_of
from tests.posting import A_PERSON_FOR, content_in, languages_of, post
from webapp.appearance import Logo
from webapp.clinics import Clinic
from webapp.i18n import Language
from webapp.paper import BusyError, Letterhead, PdfPool, Sheet, sheet
from webapp.questionnaire import Questionnaire, assess, load_numbers
from webapp.questionnaire.code import encode
from webapp.questionnaire.model import NONE
from webapp.report import Report
from webapp.summary import Summary, record_text

LANGUAGES: Mapping[str, Language] = languages_read_once(all_translations())
NUMBERS = load_numbers()
DOCTORS = ("nl", "en", "de")
WITH_LAM_AND_ALEF = "لا شيء علامات الأسباب الآن الإسهال الاسم كلا ثلاثة الأمعاء السؤال بلا إلا"

DAY = date(2026, 11, 22)

CLINIC = Clinic(id="x", name="Clinic", phone="020 123", appointment="https://clinic.example/visit")
PICTURE = Logo(b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 2"><path d="M0 0h4v2z"/></svg>', ".svg")

EVERYTHING: Sent = {
    question.id: tuple(option for option in question.options if option != NONE)
    if question.kind == "several" and question.score
    else (list(question.options)[-1],)
    for question in QUESTIONNAIRE.questions.values()
}
"""Every tick that gives points, and the last answer to all else: the most that a scored sheet can hold."""

EVERY_ALARM = EVERYTHING | {
    question.id: tuple(option for option in question.options if option != NONE)
    for question in QUESTIONNAIRE.questions.values()
    if question.kind == "several"
}

AN_ALARM: Sent = {"alarm_now": ("collapse",), "alarm_today": ("thirst",)}
"""Signs that need help now, and no other answer."""


def summary_for(answers: Sent, lang: str = "en", of: Questionnaire = QUESTIONNAIRE, meant_for: str = "") -> Summary:
    return Summary(report=report_for(answers, lang, of), day=DAY, meant_for=meant_for)


@cache
def questionnaire_in(lang: str) -> Questionnaire:
    return LANGUAGES[lang].questionnaire(QUESTIONNAIRE, NUMBERS["NL"])


def report_for(answers: Sent, lang: str = "en", of: Questionnaire = QUESTIONNAIRE) -> Report:
    is_ours = of is QUESTIONNAIRE
    questionnaire = questionnaire_in(lang) if is_ours else LANGUAGES[lang].questionnaire(of, NUMBERS["NL"])
    return Report(questionnaire, LANGUAGES[lang], assess(questionnaire, answers))


def sheet_for(answers: Sent, lang: str = "en", doctors: str = "", clinic: Clinic | None = None) -> Sheet:
    head = Letterhead(
        clinic=clinic or Clinic(),
        numbers=LANGUAGES[lang].numbers(NUMBERS["NL"]),
        address="https://check.example/en/rules",
        code=encode(QUESTIONNAIRE, answers),
    )
    return sheet(summary_for(answers, doctors or lang), report_for(answers, lang), head)


@pytest.fixture(scope="module")
def pool() -> PdfPool:
    return PdfPool(places=2, wait=60)


def asked_for(app: Flask, lang: str, answers: Sent, **extra: str) -> TestResponse:
    fields = {**answers, **{name: (value,) for name, value in extra.items()}}
    return post(app.test_client(), fields, f"/{lang}/summary.pdf")


def strings_in(value: object) -> Iterator[str]:
    """Yield every text of a sheet, or of a part of it."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from strings_in(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from strings_in(one)


# ── Two pages, each in the language of its reader ────────────────────────────────────────────────────────


@pytest.mark.parametrize("outcome", QUESTIONNAIRE.outcomes)
def test_no_word_of_the_patients_language_is_on_the_doctors_page_nor_the_other_way_round(outcome: str):
    answers = A_PERSON_FOR[outcome]
    own = {lang: sheet_for(answers, lang) for lang in LANGUAGES}
    for doctors in DOCTORS:
        for lang in LANGUAGES:
            both = sheet_for(answers, lang, doctors)
            assert both["doctor"] == own[doctors]["doctor"]
            assert both["patient"] == own[lang]["patient"]


def test_each_page_is_marked_with_its_language(pool: PdfPool):
    reader = PdfReader(BytesIO(pool.pdf(sheet_for(A_PERSON_FOR["raised"], "tr", "nl"))))
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "nl"
    marked = set(_languages_in(root["/StructTreeRoot"]))
    assert "tr" in marked and marked <= {"nl", "tr"}


def _languages_in(element: DictionaryObject) -> Iterator[str]:
    if "/Lang" in element:
        yield str(element["/Lang"])
    children = element.get("/K", [])
    for child in children if isinstance(children, list) else [children]:
        found = child.get_object()
        if isinstance(found, DictionaryObject):
            yield from _languages_in(found)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_whatever_is_answered_there_are_two_pages_in_normal_print(pool: PdfPool, lang: str):
    for answers in (EVERYTHING, EVERY_ALARM):
        made = sheet_for(answers, lang, clinic=replace(CLINIC, name="A clinic " * 8, country="US"))
        assert len(PdfReader(BytesIO(pool.pdf(made))).pages) == 2


@pytest.mark.parametrize("country", ["NL", "DE", "AT", "CH", "FR", "GB", "US", "ES", "PL", "TR", "UA"])
def test_the_doctors_page_is_in_the_language_of_the_clinics_country(app: Flask, country: str):
    expected = {"AT": "de", "CH": "de", "GB": "en", "US": "en", "UA": "uk"}.get(country, country.lower())
    assert Clinic(country=country).languages_of_the_doctor("ar")[0] == expected


def test_a_patient_who_reads_one_of_the_countrys_languages_has_a_doctor_who_does():
    assert Clinic(country="BE").languages_of_the_doctor("fr") == ("fr",)
    assert Clinic(country="BE").languages_of_the_doctor("tr")[0] == "nl"


def test_a_clinic_can_say_which_language_its_doctors_read():
    clinic = Clinic(country="NL", languages=("tr", "nl"))
    assert clinic.languages_of_the_doctor("nl") == ("tr",)
    assert replace(clinic, doctor_language="en").languages_of_the_doctor("nl") == ("en",)


def test_the_doctors_language_is_read_from_the_file_and_need_not_be_offered_to_patients(tmp_path: Path):
    file = tmp_path / "clinics.toml"
    file.write_text('[x]\nname = "X"\nlanguages = ["tr"]\ndoctor_language = "de"\n', encoding="utf-8")
    client = make_app(CLINICS=str(file)).test_client()
    first, second = texts_of(post(client, A_PERSON_FOR["raised"], "/tr/at/x/summary.pdf").data)
    assert squeezed(summary_for(A_PERSON_FOR["raised"], "de").basis) in first
    assert squeezed(report_for(A_PERSON_FOR["raised"], "tr").assessment.outcome.title) in second


def test_a_doctors_language_that_is_not_offered_is_said_in_the_patients(app: Flask):
    editions = app.extensions["editions"]
    here = editions.find("tr", None, "site")
    japanese = replace(here, clinic=Clinic(country="JP"))
    found, meant_for = editions.for_the_doctor(japanese)
    assert found.language.code == "tr"
    assert meant_for == LANGUAGES["tr"].locale.languages["ja"]
    assert meant_for in summary_for(harmless(), "tr", meant_for=meant_for).basis


# ── Anyone can read it ───────────────────────────────────────────────────────────────────────────────────


def violations(pdf: bytes) -> list[str]:
    report = page.validate_pdf_bytes(pdf, profile=page.ValidationProfile.PDF_UA_1)
    assert report.is_compliant == (not report.failures)
    return [failure.message for failure in report.failures]


def findings(pdf: bytes, folder: Path) -> list[str]:
    """Return what a second validator finds."""
    path = folder / "sheet.pdf"
    path.write_bytes(pdf)
    return [finding.message for finding in pdfua.validate(str(path)).findings]


@pytest.mark.parametrize(("number", "lang"), list(enumerate(LANGUAGES)))
def test_it_is_accessible_for_every_outcome_and_in_every_language(
    pool: PdfPool, number: int, lang: str, tmp_path: Path
):
    outcomes = list(A_PERSON_FOR)
    answers = A_PERSON_FOR[outcomes[number % len(outcomes)]]
    for large_print in (False, True):
        pdf = pool.pdf(sheet_for(answers, lang, DOCTORS[number % len(DOCTORS)], CLINIC), large_print=large_print)
        assert violations(pdf) == []
        assert findings(pdf, tmp_path) == []


def without(*names: str) -> Callable[[bytes], bytes]:
    """Return a way to break a PDF: leave these entries of its catalog out."""

    def damage(pdf: bytes) -> bytes:
        writer = PdfWriter(BytesIO(pdf))
        for name in names:
            del writer._root_object[NameObject(name)]
        return _written(writer)

    return damage


def with_the_title_hidden(pdf: bytes) -> bytes:
    writer = PdfWriter(BytesIO(pdf))
    writer._root_object[NameObject("/ViewerPreferences")] = DictionaryObject()
    return _written(writer)


def with_an_unmarked_line(pdf: bytes) -> bytes:
    writer = PdfWriter(BytesIO(pdf))
    contents = writer.pages[0]["/Contents"].get_object()
    contents.set_data(contents.get_data() + b"\n0 0 m 100 100 l S\n")
    return _written(writer)


def _written(writer: PdfWriter) -> bytes:
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "damage",
    [
        without("/StructTreeRoot", "/MarkInfo"),
        without("/Lang"),
        without("/Metadata"),
        with_the_title_hidden,
        with_an_unmarked_line,
    ],
    ids=["no tags", "no language", "no metadata", "title hidden", "content without a tag"],
)
def test_the_validator_sees_what_is_broken(pool: PdfPool, damage: Callable[[bytes], bytes]):
    pdf = pool.pdf(sheet_for(A_PERSON_FOR["raised"]))
    assert violations(_written(PdfWriter(BytesIO(pdf)))) == [], "written anew, but whole"
    assert violations(damage(pdf))


def test_it_has_a_title_a_language_bookmarks_and_its_own_fonts(pool: PdfPool):
    for lang in LANGUAGES:
        made = sheet_for(A_PERSON_FOR["raised"], lang)
        reader = PdfReader(BytesIO(pool.pdf(made)))
        root = reader.trailer["/Root"]
        assert root["/Lang"] == lang
        assert reader.metadata.title == made["title"]
        assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
        titles = [entry.title for entry in _flat(reader.outline)]
        assert made["patient"]["headline"] in titles
        assert {one["title"] for one in (*made["doctor"]["paragraphs"], *made["patient"]["passages"])} <= set(titles)
        for font in _fonts(reader):
            assert font["/BaseFont"].partition("+")[2].startswith(("NotoSans", "Vazirmatn"))
            assert "/FontFile2" in font["/FontDescriptor"].get_object()


def _flat(outline: list) -> Iterator[DictionaryObject]:
    for entry in outline:
        if isinstance(entry, list):
            yield from _flat(entry)
        else:
            yield entry


def _fonts(reader: PdfReader) -> Iterator[DictionaryObject]:
    for one in reader.pages:
        for font in one["/Resources"]["/Font"].values():
            yield font.get_object()["/DescendantFonts"][0].get_object()


@pytest.mark.parametrize("outcome", QUESTIONNAIRE.outcomes)
def test_pdftotext_gives_the_text_in_reading_order(pool: PdfPool, outcome: str, tmp_path: Path):
    made = sheet_for(A_PERSON_FOR[outcome], "nl", "en", CLINIC)
    text = squeezed(pdftotext(pool.pdf(made), "-raw"))
    doctor, patient = made["doctor"], made["patient"]
    expected = [doctor["title"], doctor["basis"], *strings_in(doctor["advice"])]
    for one in doctor["paragraphs"]:
        expected += [one["title"], *one["points"], *one["beside"]]
    expected += [*doctor["to_write"], made["code"]["characters"], doctor["small"]]
    expected += [patient["title"], patient["headline"], *patient["numbers"], patient["what"], *patient["also"]]
    for one in (*patient["notices"], *patient["passages"]):
        expected += [one["title"], *one["points"], *one["beside"]]
    expected += [made["code"]["characters"]]
    at = 0
    for words in map(squeezed, expected):
        assert words in text[at:], words
        at = text.index(words, at) + len(words)


@pytest.mark.parametrize("outcome", QUESTIONNAIRE.outcomes)
def test_right_to_left_text_can_be_searched_and_copied(pool: PdfPool, outcome: str, tmp_path: Path):
    """Word by word: where lines end and columns stand, readers of a PDF find orders of their own."""
    for lang in (lang for lang, language in LANGUAGES.items() if language.direction == "rtl"):
        made = sheet_for(A_PERSON_FOR[outcome], lang)
        made["patient"]["also"] = [WITH_LAM_AND_ALEF]
        text = unicodedata.normalize("NFKC", pdftotext(pool.pdf(made)))
        for part in ("advice", "paragraphs", "headline", "what", "steps", "passages", "also"):
            texts = strings_in((made["doctor"].get(part, ""), made["patient"].get(part, "")))
            assert {word for one in texts for word in re.findall(r"\w+", one) if word not in text} == set()


def test_arabic_is_printed_without_vowel_signs():
    signs = sheet_for(harmless(), "ar", clinic=replace(CLINIC, name="مُستشفًى"))["doctor"]["clinic"]
    assert signs == "مستشفى"


@pytest.mark.parametrize("large_print", [False, True])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_leaves_the_margins_or_runs_over_anything(pool: PdfPool, lang: str, large_print: bool, tmp_path: Path):
    clinic = replace(CLINIC, name="Huisartsenpraktijk " * 4, appointment="https://clinic.example/" + "visit/" * 12)
    made = sheet_for(EVERYTHING, lang, "de", clinic)
    for width, height, words in _words(pdftotext(pool.pdf(made, large_print=large_print), "-bbox")):
        for left, top, right, bottom, word in words:
            assert left > 40 and right < width - 40 and top > 20 and bottom < height - 15, word
        boxes = sorted(words)
        for place, (left, top, right, bottom, word) in enumerate(boxes):
            for other_left, other_top, other_right, other_bottom, other in boxes[place + 1 :]:
                if other_left > right:
                    break
                across = min(right, other_right) - other_left
                down = min(bottom, other_bottom) - max(top, other_top)
                is_over = across > 1.5 and down > 0.45 * min(bottom - top, other_bottom - other_top)
                assert not is_over, (word, other, left, top)


def _words(html: str) -> Iterator[tuple[float, float, list[tuple[float, float, float, float, str]]]]:
    """Yield the size of each page and where its words stand, in points, as `pdftotext -bbox` tells."""
    for one in html.split("<page ")[1:]:
        width, height = (float(number) for number in re.findall(r'"([\d.]+)"', one)[:2])
        found = re.findall(r'<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)</word>', one)
        words = [(*(float(number) for number in numbers), word) for *numbers, word in found]
        yield width, height, words  # type: ignore[misc]


def test_large_print_is_larger_and_says_the_same(pool: PdfPool):
    made = sheet_for(A_PERSON_FOR["raised"], "nl", "en")
    usual, large = (pool.pdf(made, large_print=is_large) for is_large in (False, True))
    assert len(texts_of(large)) > len(texts_of(usual))
    sizes = [min(size for size in _letter_sizes(pdf) if size) for pdf in (usual, large)]
    assert sizes[1] > 1.4 * sizes[0]
    said = "".join(texts_of(large))
    for words in (*strings_in(made["doctor"]["paragraphs"]), *strings_in(made["patient"]["passages"])):
        assert squeezed(words) in said


def _letter_sizes(pdf: bytes) -> set[float]:
    sizes: set[float] = set()
    for one in PdfReader(BytesIO(pdf)).pages:
        one.extract_text(
            visitor_text=lambda text, cm, tm, font, size: sizes.add(round(size, 1)) if text.strip() else None
        )
    return sizes


# ── It says what was answered, and what was advised ──────────────────────────────────────────────────────


@given(answers=possible(), number=st.integers(min_value=0))
@settings(max_examples=25, deadline=None, phases=[Phase.generate])  # a PDF is slow to shrink
def test_whatever_was_answered_stands_on_the_doctors_page(pool: PdfPool, answers: Sent, number: int):
    languages = [lang for lang, language in LANGUAGES.items() if language.direction == "ltr"]
    lang = languages[number % len(languages)]
    report = report_for(answers, lang)
    first, second = texts_of(pool.pdf(sheet_for(answers, "en", lang)))
    assert squeezed(report.assessment.outcome.title) in first
    for one in report.assessment.answered:
        for option in one.options:
            if one.question.kind == "several" and option.id != NONE:
                assert squeezed(option.label) in first
            if one.question.kind == "one":
                assert squeezed(one.question.label) in first
    assert squeezed(encode(QUESTIONNAIRE, answers)) in first
    assert squeezed(encode(QUESTIONNAIRE, answers)) in second


def paragraph(answers: Sent, title: str, of: Questionnaire = QUESTIONNAIRE) -> tuple[str, ...]:
    found = (one for one in summary_for(answers, of=of).paragraphs if one.title == title)
    return next((one.points for one in found), ())


def label(question: str, option: str) -> str:
    return QUESTIONNAIRE.questions[question].options[option].label


def test_alarm_signs_are_all_listed_even_those_that_did_not_decide():
    answers = AN_ALARM
    first, second = paragraph(answers, "Alarm signs")
    assert first.startswith(label("alarm_now", "collapse")) and second.startswith(label("alarm_today", "thirst"))
    (said,) = [words for words in summary_for(answers).advice.beside if label("alarm_today", "thirst") in words]
    assert QUESTIONNAIRE.outcomes["today"].name in said


def test_what_was_not_answered_is_said_and_never_looks_like_a_no():
    alarms, not_answered, _ = summary_for(AN_ALARM).paragraphs
    assert not_answered.title == "Not answered"
    for id, question in QUESTIONNAIRE.questions.items():
        assert (question.label in not_answered.points[0]) == (id not in AN_ALARM)
    ticked = [label(id, option) for id, options in AN_ALARM.items() for option in options]
    assert all(sign.startswith(name) for sign, name in zip(alarms.points, ticked, strict=True))


def test_without_an_alarm_sign_it_says_how_many_were_asked_about():
    signs = [
        option
        for question in QUESTIONNAIRE.questions.values()
        for option in question.options.values()
        if option.calls and QUESTIONNAIRE.outcomes[option.calls].is_alarm
    ]
    (words,) = paragraph(harmless(), "Alarm signs")
    assert str(len(signs)) in words


def test_symptoms_stand_by_how_often_the_most_frequent_first():
    scale = {option.id: option.label for option in QUESTIONNAIRE.questions["fatigue"].options.values()}
    never, sometimes, often = scale.values()
    answers = harmless_but(fatigue=list(scale)[2], insomnia=list(scale)[1], nervousness=list(scale)[2])
    first, second, third = paragraph(answers, "Symptoms")
    names = {id: question.label for id, question in QUESTIONNAIRE.questions.items()}
    assert first == f"{often}: {names['fatigue']}; {names['nervousness']}"
    assert second == f"{sometimes}: {names['insomnia']}"
    assert third.startswith(never) and names["trembling"] in third


def test_a_finding_is_listed_when_it_is_so_and_said_to_be_unknown_when_it_is():
    name = QUESTIONNAIRE.questions["blood_pressure"].label
    assert name in paragraph(harmless_but(blood_pressure="yes"), "Causes and findings")
    unknown = harmless_but(blood_pressure="unknown")
    assert name not in paragraph(unknown, "Causes and findings")
    assert name in paragraph(unknown, "The patient does not know")[0]


def test_an_illness_that_was_not_ticked_is_said_to_have_been_asked():
    (found,) = [one for one in summary_for(harmless_but(health="diabetes")).paragraphs if "Causes" in one.title]
    assert found.points == (label("health", "diabetes"),)
    (beside,) = found.beside
    assert label("conditions", "crohn") in beside and label("health", "diabetes") not in beside


def test_every_answer_to_another_questionnaire_stands_in_its_summary_too():
    answers = harmless(SECOND) | {"drinks": ("coffee", "milk"), "noise": ("unknown",), "awake": ("often",)}
    said = record_text(summary_for(answers, of=SECOND))
    for id, question in SECOND.questions.items():
        named = [question.options[option].label for option in answers[id] if option != NONE]
        assert question.label in said or all(name in said for name in named), id


def test_points_are_on_the_doctors_page_alone_and_only_where_a_score_is_shown():
    for answers in A_PERSON_FOR.values():
        report, made = report_for(answers), sheet_for(answers)
        assert all(words in made["doctor"]["small"] for words in report.sums)
        assert bool(report.sums) == report.assessment.is_scored
        assert not any(sums in words for sums in report.sums for words in strings_in(made["patient"]))


def test_the_patients_page_begins_with_what_to_do_and_says_of_which_country_a_number_is():
    for outcome, answers in A_PERSON_FOR.items():
        made = sheet_for(answers)["patient"]
        assert made["headline"] == content().outcomes[outcome].title
        numbers = " ".join(strings_in((made["numbers"], made["numbers_of_notices"], made["passages"])))
        assert outcome in ("pregnant", "today") or NUMBERS["NL"].where in numbers


def content() -> Questionnaire:
    return LANGUAGES["en"].questionnaire(QUESTIONNAIRE, NUMBERS["NL"])


def test_where_help_is_needed_now_the_patients_page_is_short():
    length = {
        outcome: sum(map(len, strings_in(sheet_for({**answers, "health": (NONE,)})["patient"])))
        for outcome, answers in A_PERSON_FOR.items()
    }
    alarms = [outcome for outcome in length if QUESTIONNAIRE.outcomes[outcome].is_alarm]
    scored = [outcome.id for outcome in QUESTIONNAIRE.scored_outcomes]
    assert max(length[one] for one in alarms) < min(length[one] for one in scored)


def test_the_text_for_a_record_says_what_the_doctors_page_says():
    for lang in LANGUAGES:
        for answers in (EVERYTHING, *A_PERSON_FOR.values()):
            summary = summary_for(answers, lang)
            text = record_text(summary, "CODE")
            for one in (summary.advice, *summary.paragraphs):
                assert all(words in text for words in (one.title, *one.points, *one.beside))
            assert "CODE" in text and summary.basis in text and summary.sums in text


def test_the_code_is_read_back_from_the_printed_page(pool: PdfPool, tmp_path: Path):
    reader = need(shutil.which("zbarimg"), "zbarimg", "apt-get install zbar-tools")
    painter = need(shutil.which("pdftoppm"), "pdftoppm", "apt-get install poppler-utils")
    for outcome, answers in (("raised", A_PERSON_FOR["raised"]), ("nothing more than an alarm", AN_ALARM)):
        (tmp_path / "sheet.pdf").write_bytes(pool.pdf(sheet_for(answers, "ar", "nl")))
        subprocess.run([painter, "-r", "150", "-gray", "-png", tmp_path / "sheet.pdf", tmp_path / "page"], check=True)
        for picture in sorted(tmp_path.glob("page-*.png")):
            read = subprocess.run([reader, "-q", "--raw", picture], capture_output=True, check=True, encoding="utf-8")
            assert read.stdout.strip() == encode(QUESTIONNAIRE, answers), outcome


# ── How it is asked for ──────────────────────────────────────────────────────────────────────────────────


def test_it_is_shown_at_once_stored_by_no_cache_of_others_and_its_name_says_no_outcome(app: Flask):
    for number, (outcome, answers) in enumerate(A_PERSON_FOR.items()):
        lang = languages_of(app)[number]
        response = asked_for(app, lang, answers)
        assert response.mimetype == "application/pdf"
        assert response.headers["Cache-Control"].startswith("private")
        disposition = response.headers["Content-Disposition"]
        assert disposition.startswith("inline; filename") and ".pdf" in disposition
        assert content_in(app, lang).outcomes[outcome].name not in disposition


def test_below_a_dutch_clinic_the_first_page_is_dutch_and_the_second_the_patients(app: Flask):
    first, second = texts_of(asked_for(app, "pl", A_PERSON_FOR["raised"]).data)
    assert squeezed(summary_for(A_PERSON_FOR["raised"], "nl").basis) in first
    assert squeezed(content_in(app, "pl").outcomes["raised"].title) in second
    assert squeezed(content_in(app, "pl").outcomes["raised"].title) not in first


def test_a_pdf_is_not_compressed_a_second_time(app: Flask):
    fields = {name: list(values) for name, values in A_PERSON_FOR["raised"].items()}
    response = app.test_client().post("/en/summary.pdf", data=fields, headers={"Accept-Encoding": "br, gzip"})
    assert "Content-Encoding" not in response.headers
    assert response.data.startswith(b"%PDF")


def test_without_all_answers_it_says_what_is_missing(app: Flask):
    response = asked_for(app, "en", {})
    assert (response.status_code, response.mimetype) == (422, "text/html")


def test_its_address_alone_says_that_nothing_is_kept(client: HouseClient):
    assert client.get("/en/summary.pdf").status_code == 404


def test_large_print_is_made_when_it_is_asked_for(app: Flask):
    usual, large = (asked_for(app, "en", A_PERSON_FOR["raised"], **one).data for one in ({}, {"large_print": "yes"}))
    assert len(texts_of(large)) > len(texts_of(usual))


def test_the_switch_for_large_print_stays_where_it_was(client: HouseClient):
    fields = {name: list(values) for name, values in A_PERSON_FOR["raised"].items()}
    found = parse(client.post("/en/result", data=fields | {"large_print": "yes"}).text)
    switch = next(field for field in found.iter("input") if field.get("name") == "large_print")
    assert switch.get("checked") is not None


def test_the_button_opens_the_sheet_by_itself_and_needs_no_script(client: HouseClient):
    found = parse(post(client, A_PERSON_FOR["raised"]).text)
    button = next(one for one in found.iter("button") if (one.get("formaction") or "").endswith("summary.pdf"))
    assert button.get("type", "submit") == "submit"
    assert button.get("formtarget") == "_blank"


# ── A clinic's words, and words that nobody expected ─────────────────────────────────────────────────────


def test_no_text_is_taken_for_markup(pool: PdfPool):
    name = '#panic("x") *bold* _it_ $x$ `code` <b> \\ [x] #image("/etc/passwd") @ref // "'
    made = sheet_for(harmless(), clinic=Clinic(id="x", name=name, phone="020 123"))
    made["patient"]["headline"] = name
    pdf = pool.pdf(made)
    assert all(squeezed(name) in text for text in texts_of(pdf))
    assert violations(pdf) == []


def test_a_clinics_picture_and_appointment_page_stand_on_the_sheet(pool: PdfPool):
    bare, own = (pool.pdf(sheet_for(harmless(), clinic=replace(CLINIC, logo=logo))) for logo in (None, PICTURE))
    assert squeezed(str(CLINIC.appointment)) in texts_of(own)[0]
    assert len(own) > len(bare)
    assert violations(own) == []


@pytest.mark.parametrize(
    "broken",
    [
        Logo(b"\x89PNG\r\n\x1a\n" + b"\0" * 32, ".png"),
        Logo(b'<svg xmlns="http://www.w3.org/2000/svg" width="0" height="0"/>', ".svg"),
        Logo(b"nonsense", ".svg"),
    ],
    ids=["a cut PNG", "a drawing without a size", "no drawing"],
)
def test_a_broken_picture_costs_the_sheet_its_picture_and_nothing_else(pool: PdfPool, broken: Logo):
    pdf = pool.pdf(sheet_for(harmless(), clinic=replace(CLINIC, logo=broken)))
    assert len(texts_of(pdf)) == 2
    assert violations(pdf) == []


def test_a_name_in_letters_that_the_fonts_lack_still_gives_a_sheet_with_its_picture(pool: PdfPool):
    bare, own = (
        pool.pdf(sheet_for(harmless(), clinic=Clinic(id="x", name="诊所", logo=logo))) for logo in (None, PICTURE)
    )
    assert squeezed(QUESTIONNAIRE.outcomes["few"].title) in texts_of(own)[0]
    assert len(own) > len(bare)


def test_the_paper_is_the_one_of_the_clinics_country(pool: PdfPool):
    def width(country: str) -> int:
        pdf = pool.pdf(sheet_for(harmless(), clinic=Clinic(id="x", name="Clinic", country=country)))
        return round(PdfReader(BytesIO(pdf)).pages[0].mediabox.width)

    a4, letter = 595, 612
    widths = {"NL": a4, "US": letter, "CA": letter, "GB": a4}
    assert {country: width(country) for country in widths} == widths


# ── It never eats the machine ────────────────────────────────────────────────────────────────────────────


def test_beyond_the_bound_the_page_offers_printing_instead():
    app = make_app()
    pool = app.extensions["pdf_pool"] = PdfPool(places=1, wait=0.01)
    with pool.place():
        response = asked_for(app, "en", A_PERSON_FOR["raised"])
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    alerts = [one for one in parse(response.text).iter("div") if one.get("role") == "alert"]
    assert any(button.get("data-print") is not None for one in alerts for button in one.iter("button"))
    assert asked_for(app, "en", A_PERSON_FOR["raised"]).status_code == 200


def test_a_place_is_free_again_after_a_failure():
    lonely = PdfPool(places=1, wait=0.01)
    with pytest.raises(ZeroDivisionError), lonely.place():
        raise ZeroDivisionError
    with lonely.place(), pytest.raises(BusyError), lonely.place():
        pass
    assert lonely.pdf(sheet_for(harmless())).startswith(b"%PDF")


def test_sheets_made_at_the_same_time_do_not_mix(pool: PdfPool):
    outcomes = list(A_PERSON_FOR) * 3
    with ThreadPoolExecutor(6) as threads:
        made = threads.map(lambda outcome: pool.pdf(sheet_for(A_PERSON_FOR[outcome])), outcomes)
    for outcome, pdf in zip(outcomes, made, strict=True):
        assert squeezed(content().outcomes[outcome].title) in texts_of(pdf)[0]
