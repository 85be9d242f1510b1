"""The sheet for the doctor: it says what was answered, anyone can read it, and making it never eats the machine."""

import re
import shutil
import subprocess
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from functools import cache, partial
from io import BytesIO
from pathlib import Path

import page
import pdfua
import pytest
from babel.dates import format_date
from babel.support import NullTranslations
from flask import Flask
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject
from webapp.sheet import Sheet, SheetWriter
from werkzeug.test import TestResponse

from tests.answers import QUESTIONNAIRE, Sent, harmless, harmless_but, possible
from tests.conftest import make_app, need
from tests.house import HouseClient, parse, text_of
from tests.posting import A_PERSON_FOR, content_in, languages_of, post
from webapp.appearance import Logo
from webapp.clinics import Clinic
from webapp.i18n import Language
from webapp.paper import BusyError, PdfPool
from webapp.questionnaire import Questionnaire, assess, load_numbers
from webapp.questionnaire.assess import chosen_options

MOST_PAGES = 2
SETS_OF_ANSWERS = 200

ARABIC = "التعب الأرق العضلات المغنيسيوم الطبيب من هذا كل يوم أو عدم القدرة على التركيز والنوم"
CYRILLIC = "Усталость мышцы магний врач бывает ли недостаток сна тревога каждый день Київ ґанок їжа"

UNSCORED = [outcome for outcome in QUESTIONNAIRE.outcomes if outcome not in ("raised", "some", "few")]


class OtherScript(NullTranslations):
    """A catalog with words of another script in place of every text; placeholders stay."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.words = words.split()

    def gettext(self, message: str) -> str:
        return " ".join(
            word if re.search(r"[%{]", word) else self.words[(place * 5 + len(message)) % len(self.words)]
            for place, word in enumerate(message.split())
        )

    def ngettext(self, singular: str, plural: str, num: int) -> str:
        return self.gettext(singular if num == 1 else plural)

    def pgettext(self, context: str, message: str) -> str:
        return self.gettext(message)


def sheet_for(answers: Sent, language: Language | None = None, clinic: Clinic | None = None) -> Sheet:
    language = language or Language(code="en", catalog=NullTranslations())
    questionnaire: Questionnaire = language.questionnaire(QUESTIONNAIRE, load_numbers()["NL"])
    return SheetWriter(questionnaire, language).write(
        chosen_options(questionnaire, answers),
        assess(questionnaire, answers),
        clinic=clinic or Clinic(),
        day=date(2026, 11, 22),
        address="https://check.example/en/rules",
    )


@pytest.fixture(scope="module")
def press() -> PdfPool:
    return PdfPool(places=2, wait=60)


def asked_for(app: Flask, lang: str, answers: Sent, **extra: str) -> TestResponse:
    fields = {**answers, **{name: (value,) for name, value in extra.items()}}
    return post(app.test_client(), fields, f"/{lang}/summary.pdf")


def texts_of(pdf: bytes) -> list[str]:
    """Return the text of each page in reading order, without white space, which depends on where lines end."""
    return [squeezed(page.extract_text()) for page in PdfReader(BytesIO(pdf)).pages]


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u2066-\u2069]", "", text)


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


@pytest.mark.parametrize("outcome", QUESTIONNAIRE.outcomes)
def test_every_outcome_in_every_language_is_accessible(app: Flask, outcome: str, tmp_path: Path):
    for lang in languages_of(app):
        pdf = asked_for(app, lang, A_PERSON_FOR[outcome]).data
        assert violations(pdf) == []
        assert findings(pdf, tmp_path) == []
        assert len(texts_of(pdf)) <= MOST_PAGES


@pytest.mark.parametrize("large_print", [False, True])
@pytest.mark.parametrize(("code", "words"), [("ar", ARABIC), ("ru", CYRILLIC), ("uk", CYRILLIC)])
def test_other_scripts_are_accessible_too(press: PdfPool, code: str, words: str, large_print: bool):
    language = Language(code=code, catalog=OtherScript(words))
    pdf = press.pdf(sheet_for(A_PERSON_FOR["raised"], language), large_print=large_print)
    assert violations(pdf) == []
    assert PdfReader(BytesIO(pdf)).trailer["/Root"]["/Lang"] == code
    if code != "ar":
        assert squeezed(sheet_for(A_PERSON_FOR["raised"], language).headline) in "".join(texts_of(pdf))


def without(*names: str):
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
def test_the_validator_sees_what_is_broken(press: PdfPool, damage):
    pdf = press.pdf(sheet_for(A_PERSON_FOR["raised"]))
    assert violations(_written(PdfWriter(BytesIO(pdf)))) == [], "written anew, but whole"
    assert violations(damage(pdf))


def test_it_has_a_title_a_language_bookmarks_and_its_own_fonts(app: Flask):
    for lang in languages_of(app):
        reader = PdfReader(BytesIO(asked_for(app, lang, A_PERSON_FOR["raised"]).data))
        content, root = content_in(app, lang), reader.trailer["/Root"]
        assert root["/Lang"] == lang
        assert content.title in reader.metadata.title
        assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
        headline, below = reader.outline
        assert headline.title == content.outcomes["raised"].title
        assert content.limits.title in [entry.title for entry in below]
        for font in _fonts(reader):
            assert font["/BaseFont"].partition("+")[2].startswith(("NotoSans", "Vazirmatn"))
            assert "/FontFile2" in font["/FontDescriptor"].get_object()


def _fonts(reader: PdfReader) -> Iterator[DictionaryObject]:
    for one in reader.pages:
        for font in one["/Resources"]["/Font"].values():
            yield font.get_object()["/DescendantFonts"][0].get_object()


def test_pdftotext_gives_the_text_in_reading_order(app: Flask, tmp_path: Path):
    text = squeezed(pdftotext(asked_for(app, "en", A_PERSON_FOR["raised"]).data, tmp_path, "-raw"))
    content = content_in(app)
    expected = [content.title, content.outcomes["raised"].title, content.scores["causes"].name]
    expected += [question.ask for question in content.questions.values()]
    expected += [content.limits.title, content.outcomes["raised"].doctor, content.version, content.checksum]
    at = 0
    for words in map(squeezed, expected):
        at = text.index(words, at) + len(words)


def pdftotext(pdf: bytes, folder: Path, *options: str) -> str:
    tool = need(shutil.which("pdftotext"), "pdftotext", "apt-get install poppler-utils")
    path = folder / "sheet.pdf"
    path.write_bytes(pdf)
    return subprocess.run([tool, *options, path, "-"], capture_output=True, check=True, text=True).stdout


# ── It says what was answered ────────────────────────────────────────────────────────────────────────────


@given(answers=possible(), number=st.integers(min_value=0))
@settings(max_examples=SETS_OF_ANSWERS, deadline=None, phases=[Phase.generate])  # a PDF is slow to shrink
def test_the_pdf_holds_every_question_with_what_was_answered_and_its_points(app: Flask, answers: Sent, number: int):
    languages = [lang for lang in languages_of(app) if not is_right_to_left(app, lang)]
    lang = languages[number % len(languages)]
    content = content_in(app, lang)
    assessment = assess(content, answers)
    pages = texts_of(asked_for(app, lang, answers).data)
    assert len(pages) <= MOST_PAGES + 1, "even with everything ticked"
    assert squeezed(assessment.outcome.title) in pages[0]
    for score, own in assessment.sums.items():
        assert squeezed(f"{content.scores[score].name}: {own.points}") in pages[0]
    words = _words(app, lang)
    for question, found in _table(pages, content, words).items():
        chosen = [option for option in content.questions[question].options.values() if option.id in answers[question]]
        shows_points = assessment.is_scored and content.questions[question].score
        if assessment.is_scored and chosen[0].stands_for:
            assert found.startswith(squeezed(chosen[0].label)) and found.endswith("0")
            continue
        expected = "".join(squeezed(option.label) + (str(option.points) if shows_points else "") for option in chosen)
        if any(cap.question.id == question for cap in assessment.caps):
            assert found.startswith(expected) and found.endswith(f"={content.questions[question].at_most}")
        else:
            assert found == expected


@pytest.mark.parametrize("outcome", QUESTIONNAIRE.outcomes)
def test_right_to_left_text_can_be_searched_and_copied(app: Flask, outcome: str, tmp_path: Path):
    """Word by word: where lines end and cells stand, readers of a PDF find orders of their own."""
    answers = A_PERSON_FOR[outcome]
    for lang in filter(partial(is_right_to_left, app), languages_of(app)):
        content = content_in(app, lang)
        text = pdftotext(asked_for(app, lang, answers).data, tmp_path)
        expected = [content.outcomes[outcome].title]
        for question in content.questions.values():
            expected += [question.ask, *(question.options[option].label for option in answers.get(question.id, ()))]
        assert {word for words in expected for word in words_in(words) if word not in text} == set()


def is_right_to_left(app: Flask, lang: str) -> bool:
    return bool(app.extensions["editions"].languages[lang].direction == "rtl")


def words_in(text: str) -> set[str]:
    """Return the words of three letters and more.

    Without those that carry vowel signs, which are drawn apart, and those with a lam-alef, whose two letters
    pdftotext gives in the order in which they are seen.
    """
    words = re.split(r"[^\w\u064b-\u0652]+", unicodedata.normalize("NFKC", text))
    return {word for word in words if len(word) > 2 and not re.search(r"[\u064b-\u0652]|ل[اأإآ]", word)}


@cache
def _words(app: Flask, lang: str) -> Sheet:
    """Return a sheet with everything that can stand on one, for its words."""
    content, answers = content_in(app, lang), harmless_but(weight="unknown")
    return SheetWriter(content, app.extensions["editions"].languages[lang]).write(
        chosen_options(content, answers),
        assess(content, answers),
        clinic=Clinic(),
        day=date.today(),
        address="",
    )


def _table(pages: list[str], content: Questionnaire, words: Sheet) -> dict[str, str]:
    """Return what the table says after each question, read from the PDF alone."""
    number = re.escape(squeezed(words.words["page"])).replace(r"\{page\}", r"\d+").replace(r"\{pages\}", r"\d+")
    footer = re.escape(squeezed(f"{words.title} · {words.day}")) + number
    text = re.sub(footer, "", "".join(pages))
    parts = {part.questions[0].id: squeezed(part.title) for part in content.parts.values()}
    heading, points = squeezed(words.words["question"] + words.words["answer"]), squeezed(words.words["points"])
    # The heading comes again on every page, with the part that goes on there.
    any_part = "|".join(map(re.escape, parts.values()))
    text = text.partition(squeezed(words.words["answers"]))[2]
    text = re.sub(f"{re.escape(heading)}({re.escape(points)})?({any_part})?", "", text)
    found: dict[str, str] = {}
    questions = list(content.questions.values())
    for question, following in zip(questions, [*questions[1:], None], strict=True):
        text = text.partition(squeezed(question.ask))[2]
        found[question.id] = text
        if following:
            found[question.id] = text.partition(squeezed(following.ask))[0].removesuffix(parts.get(following.id, ""))
    # What follows the table is what is unknown, or else what was asked.
    for remark in words.remarks:
        found[question.id] = found[question.id].partition(squeezed(remark.title))[0]
    return found


@pytest.mark.parametrize("outcome", UNSCORED)
def test_an_outcome_without_a_score_shows_no_points_on_paper(app: Flask, outcome: str):
    sheet = sheet_for(A_PERSON_FOR[outcome])
    assert sheet.grid is None and sheet.sums == () and sheet.caution == ""
    assert {line.points for part in sheet.parts for row in part.rows for line in row.lines} == {""}
    text = "".join(texts_of(asked_for(app, "en", A_PERSON_FOR[outcome]).data))
    assert squeezed(sheet.words["question"] + sheet.words["answer"] + sheet.words["points"]) not in text


def test_the_page_prints_the_same_as_the_pdf(app: Flask, client: HouseClient):
    for answers in A_PERSON_FOR.values():
        html = squeezed(text_of(parse(post(client, answers).text)))
        sheet = sheet_for(answers)
        for row in (row for part in sheet.parts for row in part.rows):
            assert squeezed(row.question + "".join(line.label + line.points for line in row.lines)) in html
        for one in (*sheet.findings, *sheet.remarks, *sheet.advice):
            assert squeezed(one.title) in html
        assert QUESTIONNAIRE.checksum in html


def test_alarm_signs_are_all_listed_and_what_was_not_answered_is_said():
    sheet = sheet_for({"alarm_now": ("collapse",), "alarm_today": ("thirst",)})
    labels = [
        QUESTIONNAIRE.questions[question].options[option].label
        for question, option in (("alarm_now", "collapse"), ("alarm_today", "thirst"))
    ]
    assert list(sheet.findings[0].points) == labels
    assert [len(row.lines) for part in sheet.parts for row in part.rows] == [1] * len(QUESTIONNAIRE.questions)
    assert sheet.parts[-1].rows[-1].lines[0].label == "Not answered"


def test_an_illness_that_was_not_ticked_is_said_to_have_been_asked():
    asked = next(one for one in sheet_for(harmless_but(health="diabetes")).remarks if "asked" in one.title)
    text = " ".join(asked.points)
    assert QUESTIONNAIRE.questions["conditions"].options["crohn"].label in text
    assert QUESTIONNAIRE.questions["health"].options["alcohol"].label in text
    assert QUESTIONNAIRE.questions["health"].options["diabetes"].label not in text


def test_every_sheet_ends_with_the_doctor():
    for outcome, answers in A_PERSON_FOR.items():
        assert sheet_for(answers).advice[-1].points == (QUESTIONNAIRE.outcomes[outcome].doctor,)


# ── How it is asked for ──────────────────────────────────────────────────────────────────────────────────


def test_it_is_shown_at_once_kept_nowhere_and_its_name_says_no_outcome(app: Flask):
    for lang in languages_of(app):
        for outcome, answers in A_PERSON_FOR.items():
            response = asked_for(app, lang, answers)
            assert response.mimetype == "application/pdf"
            assert response.headers["Cache-Control"] == "no-store"
            disposition = response.headers["Content-Disposition"]
            assert disposition.startswith("inline; filename") and ".pdf" in disposition
            assert content_in(app, lang).outcomes[outcome].name not in disposition


def test_a_pdf_is_not_compressed_a_second_time(app: Flask):
    fields = {name: list(values) for name, values in A_PERSON_FOR["raised"].items()}
    response = app.test_client().post("/en/summary.pdf", data=fields, headers={"Accept-Encoding": "br, gzip"})
    assert "Content-Encoding" not in response.headers
    assert response.data.startswith(b"%PDF")


def test_without_all_answers_it_says_what_is_missing(app: Flask):
    response = asked_for(app, "en", {})
    assert (response.status_code, response.mimetype) == (422, "text/html")


def test_its_address_alone_leads_to_the_check(client: HouseClient):
    response = client.get("/en/summary.pdf")
    assert (response.status_code, response.location) == (303, "/en/")


def test_large_print_is_larger_and_says_the_same(app: Flask):
    usual, large = (
        asked_for(app, "en", A_PERSON_FOR["raised"], **extra).data for extra in ({}, {"large_print": "yes"})
    )
    assert violations(large) == []
    assert len(texts_of(large)) > len(texts_of(usual))
    sizes = [min(size for size in _letter_sizes(pdf) if size) for pdf in (usual, large)]
    assert sizes[1] > 1.5 * sizes[0]
    for question in content_in(app).questions.values():
        assert squeezed(question.ask) in "".join(texts_of(large))


def _letter_sizes(pdf: bytes) -> set[float]:
    sizes: set[float] = set()
    for one in PdfReader(BytesIO(pdf)).pages:
        one.extract_text(
            visitor_text=lambda text, cm, tm, font, size: sizes.add(round(size, 1)) if text.strip() else None
        )
    return sizes


def test_the_switch_for_large_print_stays_where_it_was(client: HouseClient):
    fields = {name: list(values) for name, values in A_PERSON_FOR["raised"].items()}
    page = parse(client.post("/en/result", data=fields | {"large_print": "yes"}).text)
    switch = next(field for field in page.iter("input") if field.get("name") == "large_print")
    assert switch.get("checked") is not None


def test_the_button_opens_the_sheet_by_itself_and_needs_no_script(client: HouseClient):
    page = parse(post(client, A_PERSON_FOR["raised"]).text)
    button = next(one for one in page.iter("button") if (one.get("formaction") or "").endswith("summary.pdf"))
    assert button.get("type", "submit") == "submit"
    assert button.get("formtarget") == "_blank"


# ── A clinic's words, and words that nobody expected ─────────────────────────────────────────────────────


def test_no_text_is_taken_for_markup(press: PdfPool):
    name = '#panic("x") *bold* _it_ $x$ `code` <b> \\ [x] #image("/etc/passwd") @ref // "'
    sheet = replace(sheet_for(harmless(), clinic=Clinic(id="x", name=name, phone="020 123")), headline=name)
    pdf = press.pdf(sheet)
    assert squeezed(name) in texts_of(pdf)[0]
    assert violations(pdf) == []


def test_a_clinics_picture_and_appointment_page_stand_on_the_sheet(press: PdfPool):
    picture = Logo(b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 2"><path d="M0 0h4v2z"/></svg>', ".svg")
    clinic = Clinic(id="x", name="Clinic", phone="020 123", appointment="https://clinic.example/visit", logo=picture)
    bare, own = (press.pdf(sheet_for(harmless(), clinic=one)) for one in (replace(clinic, logo=None), clinic))
    assert "https://clinic.example/visit" in texts_of(own)[0]
    assert len(own) > len(bare)
    assert violations(own) == []


def test_only_a_sheet_with_very_many_ticks_has_smaller_letters():
    lists = ("conditions", "health")
    every = {id: tuple(QUESTIONNAIRE.questions[id].options)[:-1] for id in lists}
    assert not sheet_for(A_PERSON_FOR["raised"]).is_dense
    assert sheet_for(harmless_but(**every)).is_dense


def test_a_name_in_letters_that_the_fonts_lack_still_gives_a_sheet(press: PdfPool):
    pdf = press.pdf(sheet_for(harmless(), clinic=Clinic(id="x", name="诊所")))
    assert squeezed(QUESTIONNAIRE.outcomes["few"].title) in texts_of(pdf)[0]


def test_the_paper_is_the_one_of_the_clinics_country(press: PdfPool):
    def width(country: str) -> int:
        pdf = press.pdf(sheet_for(harmless(), clinic=Clinic(id="x", name="Clinic", country=country)))
        return round(PdfReader(BytesIO(pdf)).pages[0].mediabox.width)

    assert {country: width(country) for country in ("NL", "US", "CA", "GB")} == {
        "NL": 595,
        "US": 612,
        "CA": 612,
        "GB": 595,
    }


def test_the_date_is_long_and_in_the_language(app: Flask):
    for lang in languages_of(app):
        expected = format_date(date.today(), "long", locale=lang)
        text = PdfReader(BytesIO(asked_for(app, lang, A_PERSON_FOR["few"]).data)).pages[0].extract_text()
        assert {word for word in words_in(expected) if word not in text} == set()


# ── It never eats the machine ────────────────────────────────────────────────────────────────────────────


def test_beyond_the_bound_the_page_offers_printing_instead():
    app = make_app()
    press = app.extensions["pdf_pool"] = PdfPool(places=1, wait=0.01)
    with press.place():
        response = asked_for(app, "en", A_PERSON_FOR["raised"])
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    page = parse(response.text)
    assert any(one.get("role") == "alert" and "rint" in text_of(one) for one in page.iter("div"))
    assert any("sheet" in (one.get("class") or "").split() for one in page.iter("article"))
    assert asked_for(app, "en", A_PERSON_FOR["raised"]).status_code == 200


def test_a_place_is_free_again_after_a_failure(press: PdfPool):
    lonely = PdfPool(places=1, wait=0.01)
    with pytest.raises(ZeroDivisionError), lonely.place():
        raise ZeroDivisionError
    with lonely.place(), pytest.raises(BusyError), lonely.place():
        pass
    assert lonely.pdf(sheet_for(harmless())).startswith(b"%PDF")


def test_sheets_made_at_the_same_time_do_not_mix(press: PdfPool):
    outcomes = list(A_PERSON_FOR) * 3
    with ThreadPoolExecutor(6) as pool:
        made = pool.map(lambda outcome: press.pdf(sheet_for(A_PERSON_FOR[outcome])), outcomes)
    for outcome, pdf in zip(outcomes, made, strict=True):
        assert squeezed(sheet_for(A_PERSON_FOR[outcome]).headline) in texts_of(pdf)[0]
