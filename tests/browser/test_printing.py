"""What comes out of a printer: the sheet for the doctor, or the questions to fill in by hand."""

import itertools
import os
import shutil
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Download, Page, Playwright
from pypdf import PdfReader

from tests.answers import QUESTIONNAIRE, harmless_but
from tests.browser.conftest import FLAGS, PATIENCE, wait_until
from tests.browser.hosting import CLINIC, Street
from tests.browser.other_browsers import display
from tests.browser.walking import get_result, jump_to_result
from tests.conftest import need
from tests.pdf import squeezed, texts_of
from tests.posting import A_PERSON_FOR, languages_of, post

pytestmark = pytest.mark.browser

MOST_PAGES_OF_A_RESULT = 2
MOST_PAGES_OF_THE_QUESTIONS = 3

ANSWERS_SHOWN = """() => [...document.querySelectorAll("#result .answers :is(dt, dd:not([hidden]))")].map((one) => {
  const copy = one.cloneNode(true);
  copy.querySelector("a")?.remove();
  return copy.textContent;
})"""
"""Each question and answer on the result, without the link that changes it, which is not printed."""


def printed(page: Page, paper: str = "A4") -> list[str]:
    """Print a page; return the text of each sheet."""
    page.emulate_media(media="print")
    pdf = page.pdf(format=paper)
    page.emulate_media(media="screen")
    return texts_of(pdf)


def is_right_to_left(app: Flask, lang: str) -> bool:
    return bool(app.extensions["editions"].languages[lang].direction == "rtl")


@pytest.mark.parametrize("outcome", QUESTIONNAIRE.outcomes)
def test_a_result_prints_whole_on_few_sheets(scripted: Page, app, outcome: str):
    for lang in languages_of(app) if outcome == "raised" else ("en",):
        jump_to_result(scripted, A_PERSON_FOR[outcome], lang)
        sheets = printed(scripted)
        assert len(sheets) <= MOST_PAGES_OF_A_RESULT
        if is_right_to_left(app, lang):  # read from a PDF, its words come in another order
            continue
        assert squeezed(scripted.locator("#result h2").first.text_content() or "") in sheets[0]
        for text in scripted.evaluate(ANSWERS_SHOWN):
            assert squeezed(text) in "".join(sheets), text
        assert f"1/{len(sheets)}" in sheets[0]


def test_whatever_is_ticked_a_result_fits_on_few_sheets_of_any_size(scripted: Page):
    lists = [id for id, question in QUESTIONNAIRE.questions.items() if question.kind == "several"]
    every = {id: tuple(QUESTIONNAIRE.questions[id].options)[:-1] for id in lists}
    jump_to_result(scripted, harmless_but(**every, weight="unknown", blood_pressure="unknown", minerals="unknown"))
    for paper, most in (("A4", MOST_PAGES_OF_A_RESULT), ("Letter", MOST_PAGES_OF_A_RESULT + 1)):
        assert len(printed(scripted, paper)) <= most


def test_only_the_result_is_printed(scripted: Page):
    jump_to_result(scripted, A_PERSON_FOR["raised"] | {"minerals": ("unknown",)})
    (change, *_) = scripted.locator("#result a[href='#q-minerals']").all_text_contents()
    assert change not in "".join(printed(scripted))
    scripted.emulate_media(media="print")
    assert scripted.locator("#result").is_visible()
    for screen_only in ("#start", "#you", "nav", "button", "#result .actions", ".footing .links"):
        assert not scripted.locator(f"{screen_only}:visible").count(), screen_only


def test_the_questions_print_as_a_form_for_the_waiting_room(scripted: Page, app):
    for lang in languages_of(app):
        scripted.goto(f"/{lang}/")
        sheets = printed(scripted)
        assert len(sheets) <= MOST_PAGES_OF_THE_QUESTIONS
        text = "".join(sheets)
        if is_right_to_left(app, lang):
            continue
        for question in scripted.locator("legend").all_text_contents():
            assert squeezed(question) in text
        for option in scripted.locator(".options label").all_text_contents():
            assert squeezed(option) in text
        scripted.emulate_media(media="print")
        for screen_only in ("button", "nav", "progress", ".why", ".call-now", ".points", ".actions"):
            assert not scripted.locator(f"{screen_only}:visible").count(), screen_only


def test_the_sheet_is_saved_from_the_browsers_own_viewer(
    playwright: Playwright, chromium: str, site: str, app: Flask, tmp_path: Path
):
    """In a real window, since Chromium shows a PDF nowhere else. Its button to save stands at the right of its bar."""
    screen = need(shutil.which("Xvfb"), "Xvfb", "apt-get install xvfb")
    with display(screen) as number:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=FLAGS, headless=False, env={**os.environ, "DISPLAY": number}
        )
        context = browser.new_context(base_url=site)
        page = context.new_page()
        jump_to_result(page, A_PERSON_FOR["raised"])
        with context.expect_page() as opened:
            page.locator("#result [formaction$='summary.pdf'][formtarget]").click()
        viewer = opened.value
        saved: list[Download] = []
        viewer.on("download", lambda download: saved.append(download))
        places = itertools.cycle(range(200, 80, -10))

        def pressed() -> bool:
            viewer.mouse.click(viewer.viewport_size["width"] - next(places), 28)
            return bool(saved)

        wait_until(viewer, pressed)
        name = saved[0].suggested_filename
        saved[0].save_as(tmp_path / name)
        browser.close()
    assert name == f"{QUESTIONNAIRE.title} {date.today().isoformat()}.pdf"
    made = PdfReader(BytesIO(post(app.test_client(), A_PERSON_FOR["raised"], "/en/summary.pdf").data))
    assert len(PdfReader(tmp_path / name).pages) == len(made.pages) > 1


# ── In a frame on a clinic's page ────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def windowed(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    """Chromium as people have it, which shows a PDF."""
    with playwright.chromium.launch(executable_path=chromium, args=FLAGS) as browser:
        yield browser


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no script"])
def test_from_a_frame_the_sheet_opens_by_itself(windowed: Browser, town: Street, has_script: bool):
    with windowed.new_context(java_script_enabled=has_script) as context:
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.goto(f"{town.clinic}/{'script' if has_script else 'frame'}")
        page.frame_locator("iframe").locator("#start").wait_for()
        get_result(page.frames[1], A_PERSON_FOR["raised"])
        with (
            context.expect_event("response", lambda response: response.url.endswith("summary.pdf")) as answered,
            context.expect_page() as opened,
        ):
            page.frame_locator("iframe").locator('[formaction$="summary.pdf"]').first.click()
        assert answered.value.status == 200
        assert answered.value.headers["content-type"] == "application/pdf"
        assert opened.value.url == f"{town.check}/en/at/{CLINIC}/summary.pdf"
        assert page.title() == "A clinic"
