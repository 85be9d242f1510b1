"""A person saves the file for a clinic and opens it again, with JavaScript and without."""

from pathlib import Path

from playwright.sync_api import Page

from tests.answers import QUESTIONNAIRE, harmless, harmless_but
from tests.browser.walking import chosen, focused, option, shown_parts, walk_through

ANSWERS = harmless_but(health=("alcohol", "kidney"), trembling="often")


def open_file(page: Page, file: Path) -> None:
    """Choose a file on the first part and send it."""
    page.locator("#start details:has(input[type=file]) summary").click()
    page.locator("#start input[type=file]").set_input_files(file)
    with page.expect_navigation():
        page.locator("#start button[formenctype]").click()


def saved(page: Page, folder: Path) -> Path:
    """Press the button on the result that saves the file."""
    with page.expect_download() as waiting:
        page.locator("#result button[formaction$='answers.json']").click()
    waiting.value.save_as(folder / waiting.value.suggested_filename)
    return folder / waiting.value.suggested_filename


def test_the_saved_file_fills_in_the_check_again(page: Page, tmp_path: Path):
    walk_through(page, ANSWERS)
    file = saved(page, tmp_path)
    assert file.suffix == ".json"
    assert shown_parts(page) == ["result"]
    page.goto("/en/")
    open_file(page, file)
    assert (shown_parts(page), focused(page)) == (["file"], "file")
    assert chosen(page) == ANSWERS
    with page.expect_navigation():
        page.locator("#file button").click()
    assert page.locator("#result").get_attribute("data-complaints") == "3"
    again = saved(page, tmp_path / "again")
    assert again.read_bytes() == file.read_bytes()


def test_a_wrong_file_loses_nothing_and_can_be_chosen_anew(page: Page, tmp_path: Path):
    wrong = tmp_path / "photo.jpg"
    wrong.write_bytes(b"\xff\xd8" * 1_000_000)
    page.goto("/en/#you")
    option(page, "stress", "often").check()
    page.goto("/en/#start")
    open_file(page, wrong)
    assert (shown_parts(page), focused(page)) == (["file"], "file")
    assert chosen(page) == {"stress": ("often",)}
    page.locator("#file a").click()
    assert shown_parts(page) == ["start"]


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
