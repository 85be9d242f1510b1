"""A person saves the file for a clinic and opens it again, with JavaScript and without."""

import json
from datetime import date
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser, Page

from tests.answers import QUESTIONNAIRE, harmless, harmless_but
from tests.browser.conftest import watched
from tests.browser.walking import (
    LAST_PART,
    chosen,
    fill_in,
    focused,
    get_result,
    go_on,
    option,
    shown_parts,
    wait_for_result_of,
)
from tests.posting import taken_over
from webapp.fhir import MOST_BYTES_FILED
from webapp.upload import MOST_BYTES_UPLOADED

ANSWERS = harmless_but(health=("alcohol", "kidney"), trembling="often")

KEPT = taken_over(ANSWERS)
"""What of them is filled in again: the signs that call for help are always asked anew."""


def open_file(page: Page, file: Path) -> None:
    """Choose a file on the first part and send it."""
    page.locator("#start details:has(input[type=file]) summary").click()
    page.locator("#start input[type=file]").set_input_files(file)
    with page.expect_navigation():
        page.locator("#start button[formenctype]").click()


def saved(page: Page, folder: Path) -> Path:
    """Press the button on the result that saves the file."""
    page.locator("#result details:has([formaction$='answers.json']) summary").click()
    with page.expect_download() as waiting:
        page.locator("#result button[formaction$='answers.json']").click()
    waiting.value.save_as(folder / waiting.value.suggested_filename)
    return folder / waiting.value.suggested_filename


def test_the_saved_file_fills_in_the_check_again(page: Page, tmp_path: Path):
    page.goto("/en/")
    get_result(page, ANSWERS)
    file = saved(page, tmp_path)
    assert file.suffix == ".json"
    assert shown_parts(page) == ["result"]
    page.goto("/en/")
    open_file(page, file)
    assert (shown_parts(page), focused(page)) == (["file"], "file")
    assert chosen(page) == KEPT
    page.locator("#file a.next").click()
    assert shown_parts(page) == ["safety"]
    fill_in(page, "safety", ANSWERS)
    page.goto(f"{page.url.partition('#')[0]}#{LAST_PART}")
    with page.expect_navigation():
        go_on(page, LAST_PART)
    wait_for_result_of(page, ANSWERS)
    again = saved(page, tmp_path / "again")
    assert again.read_bytes() == file.read_bytes()


def test_a_wrong_file_loses_nothing_and_can_be_chosen_anew(page: Page, tmp_path: Path):
    wrong = tmp_path / "photo.jpg"
    wrong.write_bytes(b"\xff\xd8" * 10_000)
    page.goto("/en/#you")
    option(page, "stress", "often").check()
    page.goto("/en/#start")
    open_file(page, wrong)
    assert (shown_parts(page), focused(page)) == (["file"], "file")
    assert chosen(page) == {"stress": ("often",)}
    page.locator("#file .actions a").click()
    assert shown_parts(page) == ["start"]


def test_a_file_that_is_too_large_is_noticed_before_it_is_sent(scripted: Page, tmp_path: Path):
    film = tmp_path / "film.mp4"
    film.write_bytes(bytes(MOST_BYTES_FILED + 1))
    asked: list[str] = []
    scripted.goto("/en/#you")
    option(scripted, "stress", "often").check()
    scripted.goto("/en/#start")
    scripted.on("request", lambda request: asked.append(request.url))
    scripted.locator("#start details:has(input) summary").click()
    scripted.locator("#start input[type=file]").set_input_files(film)
    scripted.locator("#start button[formenctype]").click()
    assert scripted.locator("#said[role=alert]").is_visible()
    assert (asked, chosen(scripted)) == ([], {"stress": ("often",)})


def test_a_request_that_is_too_large_gets_our_page_and_back_loses_nothing(browser: Browser, site: str, tmp_path: Path):
    film = tmp_path / "film.mp4"
    film.write_bytes(bytes(MOST_BYTES_UPLOADED + 1))
    with watched(browser, site, java_script_enabled=False) as page:
        page.goto("/en/#you")
        option(page, "stress", "often").check()
        page.goto("/en/#start")
        page.locator("#start details:has(input) summary").click()
        page.locator("#start input[type=file]").set_input_files(film)
        with page.expect_response(lambda response: response.request.method == "POST") as answer:
            page.locator("#start button[formenctype]").click()
        assert answer.value.status == 413
        page.locator("main.page, main .page h1").wait_for()
        page.go_back()
        page.locator("#start").wait_for()
        assert chosen(page) == {"stress": ("often",)}


def test_a_change_of_language_keeps_what_was_said_about_the_file(app: Flask, page: Page, tmp_path: Path):
    day = {lang: app.extensions["editions"].languages[lang].date(date(2026, 1, 31)) for lang in ("en", "nl")}
    page.goto("/en/")
    get_result(page, ANSWERS)
    resource = json.loads(saved(page, tmp_path).read_text(encoding="utf-8"))
    resource["authored"] = "2026-01-31"
    resource["item"].append({"linkId": "shoes", "answer": [{"valueString": "42"}]})
    old = tmp_path / "old.json"
    old.write_text(json.dumps(resource), encoding="utf-8")
    page.goto("/en/")
    open_file(page, old)
    misfits = page.locator("#file li").count()
    assert misfits and day["en"] in page.locator("#file").inner_text()
    page.locator(".languages summary").click()
    page.locator(".languages button[lang=nl]").click()
    page.locator("html[lang=nl] #file").wait_for()
    assert shown_parts(page) == ["file"]
    assert page.locator("#file li").count() == misfits
    assert day["nl"] in page.locator("#file").inner_text()


def test_a_chosen_file_does_not_hinder_the_result(page: Page, tmp_path: Path):
    file = tmp_path / "check.json"
    file.write_text("{}")
    page.goto("/en/")
    page.locator("#start details:has(input[type=file]) summary").click()
    page.locator("#start input[type=file]").set_input_files(file)
    page.locator("#start a.next").click()
    for question, options in harmless().items():
        page.goto(f"/en/#{QUESTIONNAIRE.questions[question].part}")
        option(page, question, options[0]).check()
    with page.expect_navigation():
        page.locator("#complaints > .actions button.next").last.click()
    assert page.locator("#result").get_attribute("data-outcome") == "few"


def test_enter_on_the_file_does_not_leave_the_first_part(page: Page):
    page.goto("/en/")
    page.locator("#start details:has(input[type=file]) summary").click()
    with page.expect_file_chooser():
        page.locator("#start input[type=file]").focus()
        page.keyboard.press("Enter")
    assert shown_parts(page) == ["start"]
