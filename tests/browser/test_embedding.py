"""The check in a frame on a clinic's own page, in real browsers: the journey, the height, and who is kept out."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Frame, FrameLocator, Page, Playwright, Response
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver

from tests.answers import harmless_but
from tests.browser.conftest import FLAGS, PATIENCE, wait_until
from tests.browser.hosting import CLINIC, Street, street
from tests.browser.other_browsers import firefox, until, webkit
from tests.browser.walking import PARTS, Given, fill_in, go_on, option
from tests.posting import A_PERSON_FOR

pytestmark = pytest.mark.browser

RAISED = harmless_but(conditions="crohn", health="diarrhoea", weakness="often", fatigue="often")
UNSCORED = ("emergency", "today", "not_scored")

FITS = "document.scrollingElement.scrollHeight <= innerHeight"
HEIGHT = "document.querySelector('iframe').getBoundingClientRect().height"
FOLLOWED = "document.documentElement.matches('.followed')"
DRAWN_TWICE = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"
CONTENT = "Math.ceil(document.body.getBoundingClientRect().height)"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    with street(tmp_path_factory.mktemp("clinics")) as found:
        yield found


@pytest.fixture(scope="module")
def strict_chromium(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    """A Chromium that gives no cookies to frames of other sites, as browsers do more and more."""
    flags = [*FLAGS, "--test-third-party-cookie-phaseout", "--site-per-process"]
    browser = playwright.chromium.launch(executable_path=chromium, args=flags)
    yield browser
    browser.close()


@pytest.fixture
def visit(strict_chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Open an address in a fresh profile: `visit(address, width=320)`. What the console says is in `page.said`."""
    contexts = []

    def open(address: str, width: int = 1280, height: int = 800, **settings: Any) -> Page:
        context = strict_chromium.new_context(viewport={"width": width, "height": height}, **settings)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.said = []  # type: ignore[attr-defined]
        page.on("console", lambda message: page.said.append(message.text))  # type: ignore[attr-defined]
        page.goto(address)
        return page

    yield open
    for context in contexts:
        context.close()


def check_in(page: Page) -> FrameLocator:
    found = page.frame_locator("iframe")
    found.locator("#check").wait_for()
    return found


def walk(frame: Any, answers: Given) -> None:
    frame.locator("#start a.next").first.click()
    for part in PARTS:
        fill_in(frame, part, answers)
        go_on(frame, part)
    frame.locator("#result").wait_for()


def submit(page: Page, answers: Given) -> None:
    """Fill in the framed check at once and ask for the result."""
    page.frames[1].evaluate(
        "answers => { for (const field of document.querySelectorAll('#check [name][value]'))"
        " field.checked = (answers[field.name] || []).includes(field.value);"
        " document.getElementById('check').submit() }",
        {question: list(options) for question, options in answers.items()},
    )
    page.frame_locator("iframe").locator("#result").wait_for()


def settled(page: Page) -> int:
    """Return the frame's height once it no longer changes and nothing in it is out of view."""
    page.wait_for_function("() => window.heard && window.heard.some(({ data }) => data.height)")
    frame = page.frames[1]
    frame.wait_for_function(FOLLOWED)
    last, height = -1, page.evaluate(HEIGHT)
    while height != last:
        frame.wait_for_function(DRAWN_TWICE)  # by then it has measured itself, and has told what it has to tell
        everything_heard(page, frame)
        last, height = height, page.evaluate(HEIGHT)
    return int(height)


def everything_heard(place: Page | Frame, frame: Frame, of: str = "parent") -> None:
    """Wait until a place has heard whatever a frame has said so far; `of` is how the frame reaches it."""
    asked = time.monotonic_ns() // 1000
    frame.evaluate(f"asked => {of}.postMessage({{ asked }}, '*')", asked)
    place.wait_for_function("asked => window.answered === asked", arg=asked)


# The journey


def test_the_journey_works_in_chromium_without_third_party_cookies(visit: Callable[..., Page], town: Street) -> None:
    page = visit(f"{town.clinic}/script")
    frame = check_in(page)
    frame.locator("body").evaluate("() => document.cookie = 'tried=1; SameSite=None; Secure'")
    assert frame.locator("body").evaluate("() => document.cookie") == ""
    walk(frame, RAISED)
    assert frame.locator("#result").get_attribute("data-outcome") == "raised"
    frame.locator("#result").get_by_text("Change my answers").click()
    option(frame, "alarm_now", "none").uncheck()
    option(frame, "alarm_now", "collapse").check()
    frame.locator("#safety .call-now button").first.click()
    frame.locator("#result[data-outcome=emergency]").wait_for()
    assert page.context.cookies() == []


def test_the_journey_works_in_chromium_without_javascript(visit: Callable[..., Page], town: Street) -> None:
    page = visit(f"{town.clinic}/frame", java_script_enabled=False)
    frame = page.frame_locator("iframe")
    walk(frame, RAISED)
    assert frame.locator("#result").get_attribute("data-outcome") == "raised"
    assert page.locator("iframe").bounding_box()["height"] == 804  # type: ignore[index] # with the border


@pytest.mark.filterwarnings("ignore:setting remote_server_addr:DeprecationWarning")  # Selenium's own, for WebKitGTK
@pytest.mark.parametrize("browser", [firefox, webkit])
def test_the_journey_works_in_firefox_and_webkit(
    browser: Callable[[], AbstractContextManager[WebDriver]], town: Street
) -> None:
    with browser() as driver:
        driver.get(f"{town.clinic}/script")
        until(driver, "window.heard && heard.some(({ data }) => data.event === 'ready')")
        assert driver.execute_script("return document.activeElement.tagName") == "BODY"
        start = driver.execute_script(f"return {HEIGHT}")
        with framed(driver):
            press(driver, "#start a.next")
            press(driver, "#safety > .actions .next")
            until(driver, "document.querySelector('#safety .above')")
            assert driver.execute_script("return document.querySelectorAll('#safety .wrong').length") == 2
        until(driver, f"heard.some(({{ data }}) => data.event === 'invalid') && {HEIGHT} > {start}")
        with framed(driver):
            for part in PARTS:
                assert until(driver, FITS)
                answer(driver, part, RAISED)
                press(driver, f"#{part} > .actions .next")
            assert until(driver, "document.querySelector('#result')?.dataset.outcome") == "raised"
        until(driver, "heard.some(({ data }) => data.event === 'completed')")
        assert print_opens(driver, f"{town.check}/en/at/{CLINIC}/summary.pdf")


def print_opens(driver: WebDriver, address: str) -> bool:
    """Press the button that prints, as a person would, and say whether the sheet opens in a window of its own."""
    before = set(driver.window_handles)
    with framed(driver):
        top = driver.execute_script("return document.querySelector('#result [formtarget]').getBoundingClientRect().top")
    driver.execute_script("scrollTo(0, document.querySelector('iframe').offsetTop + arguments[0] - 200)", top)
    with framed(driver):
        driver.find_element(By.CSS_SELECTOR, "#result [formtarget=_blank]").click()
    for _ in range(80):
        opened = set(driver.window_handles) - before
        if opened:
            driver.switch_to.window(opened.pop())
            if driver.current_url == address:
                return not driver.find_elements(By.TAG_NAME, "h1")  # a refusal would be a page of ours
        time.sleep(0.1)
    return False


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


# Who is kept out


def test_a_third_origin_cannot_frame_the_check(visit: Callable[..., Page], town: Street) -> None:
    page = visit(f"{town.stranger}/frame")
    wait_until(page, lambda: page.frames[1].url.startswith("chrome-error:"))
    wait_until(page, lambda: any("frame-ancestors" in words for words in page.said))  # type: ignore[attr-defined]


def test_a_foreign_page_that_posts_is_refused(visit: Callable[..., Page], town: Street) -> None:
    page = visit(f"{town.stranger}/post")
    with page.expect_response(f"{town.check}/**/result") as caught:
        page.get_by_role("button").click()
    assert caught.value.status == 403
    assert page.locator("#result").count() == 0


def test_a_foreign_page_that_posts_into_its_own_frame_shows_nothing(visit: Callable[..., Page], town: Street) -> None:
    page = visit(f"{town.stranger}/post-into-frame")
    page.get_by_role("button").click()
    wait_until(page, lambda: page.frames[1].url.startswith("chrome-error:"))


def test_the_frame_answers_nobody_but_the_page_around_it(visit: Callable[..., Page], town: Street) -> None:
    page = visit(f"{town.clinic}/script")
    check_in(page)
    settled(page)
    page.evaluate(
        "src => document.body.append(Object.assign(document.createElement('iframe'), { src }))",
        f"{town.stranger}/empty",
    )
    page.frame_locator("iframe").nth(1).locator("h1").wait_for()
    neighbour = page.frames[2]
    frame = page.frames[1]
    frame.evaluate("addEventListener('message', ({ data }) => { window.greeted = data.hello })")
    neighbour.evaluate("parent.frames[0].postMessage({ hello: 'magnesium-check' }, '*')")
    frame.wait_for_function("window.greeted")
    everything_heard(neighbour, frame, "parent.frames[1]")
    assert neighbour.evaluate("window.heard") is None


# The height and the words


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_the_height_follows_every_step_and_error(visit: Callable[..., Page], town: Street, width: int) -> None:
    page = visit(f"{town.clinic}/script", width)
    frame = check_in(page)
    heights = [fitting_height(page)]
    frame.locator("#start a.next").first.click()
    for part in PARTS:
        frame.locator(f"#{part}").wait_for()
        heights.append(fitting_height(page))
        if part != PARTS[-1]:
            go_on(frame, part)
            frame.locator(f"#{part} .above").wait_for()
            assert fitting_height(page) >= heights[-1]
        fill_in(frame, part, RAISED if part != PARTS[-1] else {**RAISED, "insomnia": ()})
        go_on(frame, part)
    frame.locator("#result .missing").wait_for()
    fitting_height(page)
    frame.locator("#result .missing a").first.click()
    frame.locator(f"#{PARTS[-1]}").wait_for()
    back = fitting_height(page)
    assert len(set(heights)) > 2  # two parts may happen to be equally high
    assert min(heights) < back
    frame.locator(f"#{PARTS[-1]} > .actions").get_by_text("Back").click()
    frame.locator(f"#{PARTS[-2]}").wait_for()
    assert fitting_height(page) < back
    before = page.frames[1].evaluate("innerWidth")
    page.set_viewport_size({"width": 1280 if width == 320 else 320, "height": 700})
    page.frames[1].wait_for_function("before => innerWidth !== before", arg=before)
    narrower = fitting_height(page)
    page.set_viewport_size({"width": width, "height": 800})
    page.frames[1].wait_for_function("before => innerWidth === before", arg=before)
    assert fitting_height(page) != narrower


def fitting_height(page: Page) -> int:
    """Return the frame's height. Nothing in it scrolls, and it is not much higher than what it shows."""
    height = settled(page)
    assert height % 32 == 0
    assert page.frames[1].evaluate(FITS), (height, page.frames[1].evaluate(CONTENT))
    return height


def test_an_alarm_shows_at_its_tick_without_a_word_to_the_page_around(visit: Callable[..., Page], town: Street) -> None:
    page = visit(f"{town.clinic}/script", 320)
    frame = check_in(page)
    frame.locator("#start a.next").first.click()
    before = settled(page)
    heard = page.evaluate("heard.length")
    for value in ("collapse", "suicide_danger"):
        tick = option(frame, "alarm_now", value)
        tick.check()
        card = frame.locator("#safety .call-now").first
        card.wait_for()
        below = card.bounding_box()["y"] - tick.bounding_box()["y"]  # type: ignore[index]
        assert 0 < below < 150
        assert settled(page) == before
        assert page.frames[1].evaluate(FITS)
    assert page.evaluate("heard.length") == heard
    tick.uncheck()
    option(frame, "alarm_now", "collapse").uncheck()
    assert not frame.locator("#safety .call-now").first.is_visible()


def test_nothing_that_is_said_gives_an_outcome_away(visit: Callable[..., Page], town: Street) -> None:
    told = set()
    for outcome, answers in A_PERSON_FOR.items():
        page = visit(f"{town.clinic}/script", 768)
        check_in(page)
        settled(page)
        submit(page, answers)
        page.wait_for_function("() => heard.some(({ data }) => data.event === 'completed')")
        settled(page)
        heard = [one["data"] for one in page.evaluate("heard")]
        assert all(set(data) in ({"height"}, {"event"}) for data in heard), outcome
        told.add(str(heard))
    assert len(A_PERSON_FOR) == 6
    assert len(told) == 1, told


def test_every_word_reaches_the_page_as_an_event(visit: Callable[..., Page], town: Street) -> None:
    page = visit(f"{town.clinic}/adopted")
    page.evaluate("window.words = []; addEventListener('magnesium-check', ({ detail }) => words.push(detail))")
    frame = check_in(page)
    frame.locator("#start a.next").first.click()
    go_on(frame, PARTS[0])
    for part in PARTS:
        fill_in(frame, part, RAISED)
        go_on(frame, part)
    frame.locator("#result").wait_for()
    page.wait_for_function("() => words.includes('completed')")
    assert [word for word in page.evaluate("words") if word != "ready"] == [
        "step",
        "invalid",
        *["step"] * 3,
        "completed",
    ]


def test_nothing_takes_the_focus_or_scrolls_on_load(visit: Callable[..., Page], town: Street) -> None:
    page = visit(f"{town.clinic}/script", height=400)
    check_in(page)
    settled(page)
    assert page.evaluate("[document.activeElement.tagName, scrollY]") == ["BODY", 0]


def test_a_step_brings_the_top_of_the_frame_into_view(visit: Callable[..., Page], town: Street) -> None:
    page = visit(f"{town.clinic}/script", 320, 600)
    frame = check_in(page)
    frame.locator("#start a.next").first.click()
    settled(page)
    assert -2 <= page.evaluate("document.querySelector('iframe').getBoundingClientRect().top") < 600


def test_print_opens_the_sheet_on_top(visit: Callable[..., Page], town: Street) -> None:
    page = visit(f"{town.clinic}/script")
    check_in(page)
    submit(page, RAISED)
    address = f"{town.check}/en/at/{CLINIC}/summary.pdf"
    with (
        page.context.expect_event("response", lambda response: response.url == address) as answered,
        page.context.expect_page() as opened,
    ):
        page.frame_locator("iframe").locator("#result [formtarget=_blank]").first.click()
    sheet: Response = answered.value
    assert sheet.status == 200
    assert sheet.headers["content-type"] == "application/pdf"
    assert opened.value.evaluate("window.opener") is None
    assert page.frame_locator("iframe").locator("#result").is_visible()


def test_a_strict_policy_of_the_clinic_is_not_violated(visit: Callable[..., Page], town: Street) -> None:
    page = visit("about:blank")
    page.add_init_script(
        "addEventListener('securitypolicyviolation', event => (window.violated ||= []).push(event.violatedDirective))"
    )
    page.goto(f"{town.clinic}/strict")
    check_in(page)
    submit(page, RAISED)
    settled(page)
    assert page.evaluate("window.violated || []") == []
    assert page.frames[1].evaluate("window.violated || []") == []
    assert [words for words in page.said if "Content Security Policy" in words] == []  # type: ignore[attr-defined]


def test_the_page_for_clinics_shows_the_frame_live(visit: Callable[..., Page], town: Street) -> None:
    page = visit(f"{town.check}/en/clinics", 1280)
    frame = page.frame_locator("iframe")
    frame.locator("#start").wait_for()
    wide = page.locator("iframe").bounding_box()
    assert wide and wide["width"] > 375
    page.get_by_text("A phone", exact=True).click()
    page.wait_for_function(
        "least => { const { width, height } = document.querySelector('iframe').getBoundingClientRect();"
        " return width === 375 && height > least }",
        arg=wide["height"],
    )
    assert [words for words in page.said if "Content Security Policy" in words] == []  # type: ignore[attr-defined]
