"""The same ways in Firefox and WebKit: Back, Forward, reload, and what Firefox writes into its history."""

import json
import os
import random
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support import expected_conditions
from selenium.webdriver.support.wait import WebDriverWait

from tests.answers import QUESTIONNAIRE
from tests.browser.history_files import outcomes_and_answers_told_in, visits_of_firefox
from tests.browser.hosting import CLINIC, Line, Street, line_to
from tests.browser.other_browsers import display, firefox, until, webkit
from tests.browser.test_alarm_cards import UNSEEN
from tests.browser.test_embedding import FITS, HEIGHT
from tests.browser.test_history import ANSWERS, SCRIPT, SENT, TOLD, WHERE, many
from tests.browser.walking import CHOSEN, FILL_IN_ALL, LAST_PART, PARTS, Given, by_question
from tests.conftest import SECONDS_TO_START, need
from webapp.questionnaire import assess

pytestmark = pytest.mark.filterwarnings("ignore:setting remote_server_addr:DeprecationWarning")

OUTCOME = assess(QUESTIONNAIRE, ANSWERS).outcome.id

COUNT = "document.querySelectorAll('fieldset :checked').length"
SHOWS_RESULT = "document.querySelector('#result')?.offsetParent"
SHOWS_ERROR = {
    "firefox": "document.URL.startsWith('about:neterror')",  # after an empty page
    "MiniBrowser": "!document.getElementById('check')",
}
SHOWS_LAST_PART = f"document.getElementById('{LAST_PART}')?.offsetParent"
IS_BACK = f"({SHOWS_RESULT} && {COUNT} === {many(ANSWERS)})"
IS_BACK_OR_TOLD = {where: f"{IS_BACK} || {told}" for where, told in TOLD.items()}
ASK = f"document.querySelector('#{LAST_PART} > .actions button.next').click()"
TIMES_ASKED = "performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('/result')).length"
CHOOSE = """const [question, value] = arguments;
const option = document.querySelector(`fieldset [name="${question}"][value="${value}"]`);
if (!option.checked) option.click();"""
BINDINGS = "*/girepository-1.0/WebKit2-4.1.typelib"
TABS_CLOSED = "SessionStore.getClosedTabCountForWindow(window)"
NAMES = {"firefox": firefox, "webkit": webkit}


@pytest.fixture
def line(town: Street) -> Iterator[Line]:
    """A line of which no browser remembers a connection."""
    with line_to(town.check) as line:
        frame = f'<iframe src="{line.address}/en/embed/{CLINIC}/" title="Check" width="100%" height="800"></iframe>'
        line.clinic = town.put(f'{frame}<script src="{line.address}/embed.js" async></script>')
        yield line


@pytest.fixture(scope="module", params=NAMES)
def driver(request: pytest.FixtureRequest) -> Iterator[WebDriver]:
    with NAMES[request.param]() as driver:
        yield driver


@pytest.fixture(scope="module", params=NAMES)
def scriptless(request: pytest.FixtureRequest) -> Iterator[WebDriver]:
    with NAMES[request.param](has_script=False) as driver:
        yield driver


MADE_BY_SCRIPT = "frame made by the script"


def address_of(town: Street, where: str) -> str:
    pages = {"tab": f"{town.check}/en/", MADE_BY_SCRIPT: f"{town.clinic}/script"}
    return pages.get(where, f"{town.clinic}/adopted")


def fill_in(driver: WebDriver, address: str, where: str = "tab") -> None:
    driver.get(address)
    if where != "tab":
        into_frame(driver)
    until(driver, "document.getElementById('check')")
    driver.execute_script(f"location.hash = '{LAST_PART}'")
    driver.execute_script(f"({FILL_IN_ALL})(arguments[0])", {id: list(values) for id, values in ANSWERS.items()})


def get_result(driver: WebDriver, town: Street, where: str = "tab") -> None:
    fill_in(driver, address_of(town, where), where)
    driver.execute_script(ASK)
    until(driver, SHOWS_RESULT)


def into_frame(driver: WebDriver) -> None:
    driver.switch_to.default_content()
    until(driver, "document.querySelector('iframe')")
    driver.switch_to.frame(0)


def go(driver: WebDriver, steps: int) -> None:
    driver.execute_script(f"history.go({steps})")


def wait_for(driver: WebDriver, condition: str) -> None:
    until(driver, f"({condition}) && {COUNT} === {many(ANSWERS)}")


@pytest.mark.parametrize("where", ["tab", "frame", MADE_BY_SCRIPT])
def test_back_finds_every_answer_and_forward_the_result(driver: WebDriver, town: Street, where: str):
    get_result(driver, town, where)
    go(driver, -1)
    wait_for(driver, SHOWS_LAST_PART)
    go(driver, 1)
    wait_for(driver, SHOWS_RESULT)


def test_whoever_went_elsewhere_finds_the_result_again(driver: WebDriver, town: Street):
    get_result(driver, town)
    driver.get(f"{town.check}/en/about")  # from another site, WebKit brings back no form
    driver.back()
    wait_for(driver, SHOWS_RESULT)


@WHERE
def test_whoever_looks_something_up_finds_the_result_again(driver: WebDriver, town: Street, where: str):
    check_that_looking_something_up_costs_nothing(driver, town, where)


@WHERE
def test_without_the_script_whoever_looks_something_up_finds_the_result_again(
    scriptless: WebDriver, town: Street, where: str
):
    check_that_looking_something_up_costs_nothing(scriptless, town, where)


def check_that_looking_something_up_costs_nothing(driver: WebDriver, town: Street, where: str) -> None:
    get_result(driver, town, where)
    if where == "frame" and driver.name != "firefox":  # WebKitWebDriver presses beside what stands far down in a frame
        assert driver.execute_script(
            "return [...document.querySelectorAll('.footing .links a')].every((one) => one.target)"
        )
        return
    with coming_back(driver) as before:
        driver.find_element(By.CSS_SELECTOR, ".footing .links a").click()
        driver.switch_to.window(window_opened(driver, before))
    if where == "frame":
        into_frame(driver)
    wait_for(driver, SHOWS_RESULT)


@WHERE
def test_a_reload_brings_the_result_back_or_says_what_is_not_kept(driver: WebDriver, town: Street, where: str):
    get_result(driver, town, where)
    reload(driver, where)


@WHERE
def test_without_the_script_a_reload_brings_the_result_back_or_says_what_is_not_kept(
    scriptless: WebDriver, town: Street, where: str
):
    get_result(scriptless, town, where)
    reload(scriptless, where, is_posted=True)


def reload(driver: WebDriver, where: str, is_posted: bool = False) -> None:
    """Reload what was posted, perhaps, and wait for the result or the words."""
    driver.execute_script("document.documentElement.className = 'before'")
    driver.switch_to.default_content()
    driver.refresh()
    if where == "frame":
        into_frame(driver)
    elif is_posted and driver.name == "firefox":  # it asks whether to send the answers again, and WebKit does not
        WebDriverWait(driver, SECONDS_TO_START, 0.1).until(expected_conditions.alert_is_present()).accept()
    until(driver, f"!document.querySelector('html.before') && ({IS_BACK_OR_TOLD[where]})")


@WHERE
def test_a_second_tab_shows_nothing_and_takes_nothing_from_the_first(driver: WebDriver, town: Street, where: str):
    check_that_a_second_tab_takes_nothing(driver, town, where)


@WHERE
def test_without_the_script_a_second_tab_takes_nothing_either(scriptless: WebDriver, town: Street, where: str):
    check_that_a_second_tab_takes_nothing(scriptless, town, where)


def check_that_a_second_tab_takes_nothing(driver: WebDriver, town: Street, where: str) -> None:
    get_result(driver, town, where)
    address = driver.current_url
    with coming_back(driver):
        driver.switch_to.new_window("tab")
        driver.get(address)
        if where == "frame":
            into_frame(driver)
        until(driver, f"{TOLD[where]} && {COUNT} === 0 && !({SHOWS_RESULT})")
    if where == "frame":
        into_frame(driver)
    wait_for(driver, SHOWS_RESULT)


@WHERE
def test_a_double_click_leads_to_one_result(driver: WebDriver, town: Street, where: str):
    check_that_a_double_click_leads_to_one_result(driver, town, where)
    assert driver.execute_script(f"return {TIMES_ASKED}") == 1


@WHERE
def test_without_the_script_a_double_click_leads_to_one_result_too(scriptless: WebDriver, town: Street, where: str):
    check_that_a_double_click_leads_to_one_result(scriptless, town, where)


def check_that_a_double_click_leads_to_one_result(driver: WebDriver, town: Street, where: str) -> None:
    fill_in(driver, address_of(town, where), where)
    driver.execute_script(f"{ASK}; {ASK}")
    wait_for(driver, SHOWS_RESULT)
    go(driver, -1)
    wait_for(driver, SHOWS_LAST_PART)


@WHERE
def test_without_a_connection_the_page_says_so_and_keeps_the_answers(driver: WebDriver, line: Line, where: str):
    ask_in_vain(driver, line, where)
    wait_for(driver, f"document.querySelector('#said[role=alert]')?.offsetParent && {SHOWS_LAST_PART}")
    line.mend()
    driver.execute_script(ASK)
    wait_for(driver, SHOWS_RESULT)


@WHERE
def test_without_the_script_back_finds_every_answer_after_a_lost_connection(
    scriptless: WebDriver, line: Line, where: str
):
    ask_in_vain(scriptless, line, where)
    shows_error = where == "tab" or scriptless.name == "firefox"  # WebKit leaves a frame as it was
    if shows_error:
        until(scriptless, SHOWS_ERROR[scriptless.name])
    line.mend()
    if shows_error:
        go(scriptless, -1)
    wait_for(scriptless, SHOWS_LAST_PART)
    scriptless.execute_script(ASK)
    wait_for(scriptless, SHOWS_RESULT)


def test_without_the_script_a_reload_after_a_lost_connection_asks_again_or_says_what_is_not_kept(
    scriptless: WebDriver, line: Line
):
    ask_in_vain(scriptless, line, "tab")
    until(scriptless, SHOWS_ERROR[scriptless.name])
    line.mend()
    reload(scriptless, "tab", is_posted=True)


def ask_in_vain(driver: WebDriver, line: Line, where: str) -> None:
    """Ask for the result when the connection has been lost."""
    fill_in(driver, f"{line.address}/en/" if where == "tab" else line.clinic, where)
    line.cut()
    driver.execute_script(ASK)
    WebDriverWait(driver, SECONDS_TO_START, 0.1).until(lambda _: line.calls_in_vain)


def test_what_is_printed_is_what_is_shown_whatever_was_changed(driver: WebDriver, town: Street):
    chance = random.Random(3)
    get_result(driver, town)
    for _ in range(4):
        question = chance.choice([one for one in QUESTIONNAIRE.questions.values() if one.part != "safety"])
        value = chance.choice([one for one in question.options.values() if not one.calls]).id
        before = answers_by(driver, CHOSEN)
        driver.execute_script(f"location.hash = 'q-{question.id}'")
        driver.execute_script(CHOOSE, question.id, value)
        is_changed = answers_by(driver, CHOSEN) != before
        go(driver, -1)
        until(driver, SHOWS_RESULT)
        assert is_shown(driver, "#result .when-outdated") is is_changed
        assert is_shown(driver, "#result [formaction$='summary.pdf']") is not is_changed
        assert answers_by(driver, SENT) == before
        if is_changed:
            driver.execute_script("document.querySelector('#result .when-outdated button').click()")
            until(driver, "document.querySelector('#result:not(.outdated)')?.offsetParent")
            assert answers_by(driver, SENT) == answers_by(driver, CHOSEN) != before


def answers_by(driver: WebDriver, script: str) -> dict[str, tuple[str, ...]]:
    return by_question(driver.execute_script(f"return {script}"))


def is_shown(driver: WebDriver, place: str) -> bool:
    shown: bool = driver.execute_script("return document.querySelector(arguments[0]).checkVisibility()", place)
    return shown


def test_start_again_leaves_nothing(driver: WebDriver, town: Street):
    get_result(driver, town)
    driver.execute_script("document.querySelector('[data-again]').click()")
    until(driver, f"{COUNT} === 0")
    for step in (-1, -1):
        go(driver, step)
        until(driver, f"document.readyState === 'complete' && {COUNT} === 0")


@WHERE
def test_without_the_script_back_finds_every_answer(scriptless: WebDriver, town: Street, where: str):
    get_result(scriptless, town, where)
    assert scriptless.execute_script("return matchMedia('(scripting: none)').matches")
    go(scriptless, -1)
    wait_for(scriptless, SHOWS_LAST_PART)


def test_the_journey_works_in_a_frame(driver: WebDriver, town: Street):
    driver.switch_to.default_content()
    driver.get(f"{town.clinic}/script")
    until(driver, "window.heard && heard.some(({ data }) => data.event === 'ready')")
    assert driver.execute_script("return document.activeElement.tagName") == "BODY"
    start = driver.execute_script(f"return {HEIGHT}")
    with framed(driver):
        press(driver, "#start a.next")
        press(driver, "#safety > .actions .next")
        until(driver, "document.querySelector('#safety .above')")
        assert driver.execute_script("return document.querySelectorAll('#safety .wrong').length") == 2
    until(driver, f"{HEIGHT} > {start}")
    with framed(driver):
        for part in PARTS:
            assert until(driver, FITS)
            answer(driver, part, ANSWERS)
            press(driver, f"#{part} > .actions .next")
        assert until(driver, "document.querySelector('#result')?.dataset.outcome") == OUTCOME
    until(driver, "heard.some(({ data }) => data.event === 'completed')")
    check_that_print_opens(driver, f"{town.check}/en/at/{CLINIC}/summary.pdf")


def check_that_print_opens(driver: WebDriver, address: str) -> None:
    """Press the button that prints, as a person would: the sheet opens in a window of its own."""
    with framed(driver):
        top = driver.execute_script("return document.querySelector('#result [formtarget]').getBoundingClientRect().top")
    driver.execute_script("scrollTo(0, document.querySelector('iframe').offsetTop + arguments[0] - 200)", top)
    with coming_back(driver) as before:
        with framed(driver):
            driver.find_element(By.CSS_SELECTOR, "#result [formtarget=_blank]").click()
        driver.switch_to.window(window_opened(driver, before))
        WebDriverWait(driver, SECONDS_TO_START, 0.1).until(lambda driver: driver.current_url == address)
        assert not driver.find_elements(By.TAG_NAME, "h1")  # a refusal would be a page of ours


@contextmanager
def coming_back(driver: WebDriver) -> Iterator[set[str]]:
    """Close the window that was gone to, whatever happens there: a tab more moves what later tests press.

    Yields the windows that were open before.
    """
    window, before = driver.current_window_handle, set(driver.window_handles)
    try:
        yield before
    finally:
        if driver.current_window_handle != window:
            driver.close()
        driver.switch_to.window(window)


def window_opened(driver: WebDriver, before: set[str]) -> str:
    WebDriverWait(driver, SECONDS_TO_START, 0.1).until(lambda driver: set(driver.window_handles) - before)
    (opened,) = set(driver.window_handles) - before
    return opened


@contextmanager
def framed(driver: WebDriver) -> Iterator[None]:
    driver.switch_to.frame(driver.find_element(By.TAG_NAME, "iframe"))
    yield
    driver.switch_to.default_content()


def press(driver: WebDriver, place: str) -> None:
    if driver.capabilities["browserName"] == "firefox":
        driver.find_element(By.CSS_SELECTOR, place).click()
    else:  # WebKit's driver does not scroll to what is in a frame
        driver.execute_script("document.querySelector(arguments[0]).click()", place)


def answer(driver: WebDriver, part: str, answers: Given) -> None:
    values = {question: list(options) for question, options in answers.items()}
    driver.execute_script(
        "for (const field of document.getElementById(arguments[0]).querySelectorAll('[name][value]'))"
        " if ((arguments[1][field.name] || []).includes(field.value)) field.click()",
        part,
        values,
    )


def test_each_alarm_shows_its_card_in_view(driver: WebDriver, town: Street):
    check_that_each_alarm_shows_its_card(driver, town)


def test_each_alarm_shows_its_card_in_view_without_the_script_too(scriptless: WebDriver, town: Street):
    check_that_each_alarm_shows_its_card(scriptless, town)


def check_that_each_alarm_shows_its_card(driver: WebDriver, town: Street) -> None:
    driver.switch_to.default_content()
    driver.set_window_size(500, 800)
    driver.get(f"{town.check}/en/")
    until(driver, "document.readyState === 'complete' && document.hasFocus()")
    assert driver.execute_script(f"return ({UNSEEN})(false)") == []


def test_firefox_writes_down_no_outcome_and_no_answer(town: Street, tmp_path: Path):
    with firefox() as driver:
        get_result(driver, town)
        driver.execute_script("document.querySelectorAll('#result details').forEach((one) => { one.open = true })")
        driver.execute_script("document.querySelector('#result .reasons a[href^=\"#q-\"]').click()")
        driver.get(f"{town.check}/en/#safety")
        driver.execute_script("document.querySelector('[value=suicide_danger]').click()")
        driver.execute_script("document.querySelector('label:has(:checked) + .call-now button').click()")
        until(driver, SHOWS_RESULT)
        profile = Path(driver.capabilities["moz:profile"])
        end = time.monotonic() + 60
        while not any("#result" in address for address, _ in visits_of_firefox(profile, tmp_path)):
            assert time.monotonic() < end
            time.sleep(0.2)
        assert outcomes_and_answers_told_in(visits_of_firefox(profile, tmp_path)) == []


@WHERE
@pytest.mark.parametrize("driver", ["firefox"], indirect=True)
def test_a_closed_tab_that_is_opened_again_has_its_result_or_says_that_it_was_not_kept(
    driver: WebDriver, town: Street, where: str
):
    close_tab_and_open_it_again(driver, town, where)


@WHERE
@pytest.mark.parametrize("scriptless", ["firefox"], indirect=True)
def test_without_the_script_a_closed_tab_has_its_result_or_says_that_it_was_not_kept(
    scriptless: WebDriver, town: Street, where: str
):
    close_tab_and_open_it_again(scriptless, town, where)


def close_tab_and_open_it_again(driver: WebDriver, town: Street, where: str) -> None:
    get_result(driver, town, where)
    tab = driver.current_window_handle
    driver.switch_to.new_window("tab")
    other = driver.current_window_handle
    with driver.context("chrome"):
        closed = driver.execute_script(f"return {TABS_CLOSED}")
    driver.switch_to.window(tab)
    driver.close()
    driver.switch_to.window(other)
    with driver.context("chrome"):
        until(driver, f"{TABS_CLOSED} > {closed}")
        driver.execute_script("SessionStore.undoCloseTab(window, 0)")
    WebDriverWait(driver, SECONDS_TO_START, 0.1).until(lambda driver: len(driver.window_handles) > 1)
    driver.close()
    driver.switch_to.window(driver.window_handles[0])
    if where == "frame":
        into_frame(driver)
    until(driver, " || ".join(IS_BACK_OR_TOLD.values()))


@SCRIPT
@WHERE
def test_in_webkit_too_a_closed_tab_that_is_opened_again_has_its_result_or_says_that_it_was_not_kept(
    town: Street, where: str, has_script: bool
):
    screen = need(shutil.which("Xvfb"), "Xvfb", "apt-get install xvfb")
    need(next(Path("/usr/lib").glob(BINDINGS), None), "PyGObject", "apt-get install python3-gi gir1.2-webkit2-4.1")
    answers = json.dumps({id: list(values) for id, values in ANSWERS.items()})
    fill_in = f"location.hash = '{LAST_PART}'; ({FILL_IN_ALL})({answers}); {ASK}"
    with display(screen) as number:
        environment = os.environ | {"DISPLAY": number, "WEBKIT_DISABLE_COMPOSITING_MODE": "1"}
        command = ["/usr/bin/python3", Path(__file__).with_name("webkit_tab.py"), address_of(town, where)]
        command += ["window" if where == "tab" else "frames[0]", str(has_script)]
        command += [fill_in, SHOWS_RESULT, " || ".join(IS_BACK_OR_TOLD.values())]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr


def test_a_history_that_tells_something_is_found_out():
    told = [
        ("http://localhost/en/rules#rule-conditions-crohn", "How this check decides"),
        ("http://localhost/en/#result", "Call 112 now – Magnesium check"),
    ]
    silent = [("http://localhost/en/#result", "Your result – Magnesium check"), ("http://localhost/en/#q-food", "")]
    assert len(outcomes_and_answers_told_in(told)) == len(told)
    assert outcomes_and_answers_told_in(silent) == []
