"""The same ways in Firefox and WebKit: Back, Forward, reload, and what Firefox writes into its history."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.wait import WebDriverWait

from tests.browser.history_files import outcomes_and_answers_told_in, visits_of_firefox
from tests.browser.hosting import Street, street
from tests.browser.other_browsers import display, firefox, until, webkit
from tests.browser.test_alarm_cards import UNSEEN
from tests.browser.test_history import ANSWERS, many
from tests.browser.walking import FILL_IN_ALL, LAST_PART
from tests.conftest import SECONDS_TO_START, need, running

pytestmark = pytest.mark.filterwarnings("ignore:setting remote_server_addr:DeprecationWarning")

COUNT = "document.querySelectorAll('fieldset :checked').length"
SHOWS_RESULT = "document.querySelector('#result')?.offsetParent"
IS_BACK = f"({SHOWS_RESULT} && {COUNT} === {many(ANSWERS)}) || location.pathname === '/en/result'"
ASK = f"document.querySelector('#{LAST_PART} > .actions button.next').click()"
BINDINGS = "*/girepository-1.0/WebKit2-4.1.typelib"
NAMES = {"firefox": firefox, "webkit": webkit}


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    with street(tmp_path_factory.mktemp("clinics")) as found:
        yield found


@pytest.fixture(scope="module", params=NAMES)
def driver(request: pytest.FixtureRequest) -> Iterator[WebDriver]:
    with NAMES[request.param]() as driver:
        yield driver


@pytest.fixture(scope="module", params=NAMES)
def scriptless(request: pytest.FixtureRequest) -> Iterator[WebDriver]:
    with NAMES[request.param](has_script=False) as driver:
        yield driver


def fill_in(driver: WebDriver, address: str) -> None:
    driver.get(address)
    if "frame" in address:
        into_frame(driver)
    until(driver, "document.getElementById('check')")
    driver.execute_script(f"location.hash = '{LAST_PART}'")
    driver.execute_script(f"({FILL_IN_ALL})(arguments[0])", {id: list(values) for id, values in ANSWERS.items()})


def get_result(driver: WebDriver, address: str) -> None:
    fill_in(driver, address)
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


@pytest.mark.parametrize("where", ["tab", "frame"])
def test_back_finds_every_answer_and_forward_the_result(driver: WebDriver, places: Street, where: str):
    get_result(driver, f"{places.clinic}/frame" if where == "frame" else f"{places.check}/en/")
    go(driver, -1)
    wait_for(driver, f"document.getElementById('{LAST_PART}')?.offsetParent")
    go(driver, 1)
    wait_for(driver, SHOWS_RESULT)


def test_whoever_went_elsewhere_finds_the_result_again(driver: WebDriver, places: Street):
    get_result(driver, f"{places.check}/en/")
    driver.get(f"{places.check}/en/about")  # from another site, WebKit brings back no form
    driver.back()
    wait_for(driver, SHOWS_RESULT)


def test_a_reload_brings_the_result_back_or_says_that_it_was_not_kept(driver: WebDriver, places: Street):
    get_result(driver, f"{places.check}/en/")
    driver.refresh()
    until(driver, f"{SHOWS_RESULT} || location.pathname === '/en/result'")


def test_a_second_tab_shows_nothing_and_takes_nothing_from_the_first(driver: WebDriver, places: Street):
    get_result(driver, f"{places.check}/en/")
    first, address = driver.current_window_handle, driver.current_url
    driver.switch_to.new_window("tab")
    driver.get(address)
    until(driver, f"document.readyState === 'complete' && {COUNT} === 0 && !({SHOWS_RESULT})")
    driver.close()
    driver.switch_to.window(first)
    wait_for(driver, SHOWS_RESULT)


def test_a_double_click_leads_to_one_result(driver: WebDriver, places: Street):
    fill_in(driver, f"{places.check}/en/")
    driver.execute_script(f"{ASK}; {ASK}")
    wait_for(driver, SHOWS_RESULT)
    go(driver, -1)
    wait_for(driver, f"document.getElementById('{LAST_PART}')?.offsetParent")


def test_without_a_connection_the_page_says_so_and_keeps_the_answers(driver: WebDriver):
    with running() as site:
        fill_in(driver, f"{site}/en/")
    driver.execute_script(ASK)
    wait_for(
        driver, f"document.querySelector('#said[role=alert]') && document.getElementById('{LAST_PART}').offsetParent"
    )


def test_start_again_leaves_nothing(driver: WebDriver, places: Street):
    get_result(driver, f"{places.check}/en/")
    driver.execute_script("document.querySelector('[data-again]').click()")
    until(driver, f"{COUNT} === 0")
    for step in (-1, -1):
        go(driver, step)
        until(driver, f"document.readyState === 'complete' && {COUNT} === 0")


@pytest.mark.parametrize("where", ["tab", "frame"])
def test_without_the_script_back_finds_every_answer(scriptless: WebDriver, places: Street, where: str):
    get_result(scriptless, f"{places.clinic}/frame" if where == "frame" else f"{places.check}/en/")
    assert scriptless.execute_script("return matchMedia('(scripting: none)').matches")
    go(scriptless, -1)
    wait_for(scriptless, f"document.getElementById('{LAST_PART}')?.offsetParent")


def test_each_alarm_shows_its_card_in_view(driver: WebDriver, places: Street):
    check_that_each_alarm_shows_its_card(driver, places)


def test_each_alarm_shows_its_card_in_view_without_the_script_too(scriptless: WebDriver, places: Street):
    check_that_each_alarm_shows_its_card(scriptless, places)


def check_that_each_alarm_shows_its_card(driver: WebDriver, places: Street) -> None:
    driver.switch_to.default_content()
    driver.set_window_size(500, 800)
    driver.get(f"{places.check}/en/")
    until(driver, "document.readyState === 'complete' && document.hasFocus()")
    assert driver.execute_script(f"return ({UNSEEN})(false)") == []


def test_firefox_writes_down_no_outcome_and_no_answer(places: Street, tmp_path: Path):
    with firefox() as driver:
        get_result(driver, f"{places.check}/en/")
        driver.execute_script("document.querySelectorAll('#result details').forEach((one) => { one.open = true })")
        driver.execute_script("document.querySelector('#result .reasons a[href^=\"#q-\"]').click()")
        driver.get(f"{places.check}/en/#safety")
        driver.execute_script("document.querySelector('[value=suicide_danger]').click()")
        driver.execute_script("document.querySelector('label:has(:checked) + .call-now button').click()")
        until(driver, SHOWS_RESULT)
        profile = Path(driver.capabilities["moz:profile"])
        end = time.monotonic() + 60
        while not any("#result" in address for address, _ in visits_of_firefox(profile, tmp_path)):
            assert time.monotonic() < end
            time.sleep(0.2)
        assert outcomes_and_answers_told_in(visits_of_firefox(profile, tmp_path)) == []


def test_a_closed_tab_that_is_opened_again_has_its_result_or_says_that_it_was_not_kept(places: Street):
    with firefox(None, "-remote-allow-system-access") as driver:
        get_result(driver, f"{places.check}/en/")
        tab = driver.current_window_handle
        driver.switch_to.new_window("tab")
        other = driver.current_window_handle
        driver.switch_to.window(tab)
        driver.close()
        driver.switch_to.window(other)
        with driver.context("chrome"):
            until(driver, "SessionStore.getClosedTabCountForWindow(window)")
            driver.execute_script("SessionStore.undoCloseTab(window, 0)")
        WebDriverWait(driver, SECONDS_TO_START).until(lambda driver: len(driver.window_handles) > 1)
        driver.switch_to.window(next(one for one in driver.window_handles if one != other))
        until(driver, IS_BACK)


def test_in_webkit_too_a_closed_tab_that_is_opened_again_has_its_result_or_says_that_it_was_not_kept(places: Street):
    screen = need(shutil.which("Xvfb"), "Xvfb", "apt-get install xvfb")
    need(next(Path("/usr/lib").glob(BINDINGS), None), "PyGObject", "apt-get install python3-gi gir1.2-webkit2-4.1")
    answers = json.dumps({id: list(values) for id, values in ANSWERS.items()})
    fill_in = f"location.hash = '{LAST_PART}'; ({FILL_IN_ALL})({answers}); {ASK}"
    with display(screen) as number:
        environment = os.environ | {"DISPLAY": number, "WEBKIT_DISABLE_COMPOSITING_MODE": "1"}
        command = ["/usr/bin/python3", Path(__file__).with_name("webkit_tab.py"), f"{places.check}/en/"]
        command += [fill_in, SHOWS_RESULT, IS_BACK]
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
