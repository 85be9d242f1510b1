"""Back, Forward, reload, a second tab, a lost connection: whichever way people go, no answer is lost and no page lies.

Where one goes back, in Chromium with and without its cache of whole pages (bfcache), which no one can rely on; by
itself and in a clinic's frame. Firefox and WebKit go the same ways in test_history_elsewhere.py.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page, Playwright
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as StoodStill

from tests.answers import QUESTIONNAIRE, harmless, harmless_but
from tests.browser.conftest import FLAGS, PATIENCE, wait_until, with_profile
from tests.browser.history_files import outcomes_and_answers_told_in, visits_of_chromium
from tests.browser.hosting import Street
from tests.browser.test_alarm_cards import IN_VIEW
from tests.browser.walking import (
    LAST_PART,
    by_question,
    chosen,
    fill_in_all,
    get_result,
    option,
    shown_parts,
    unfold_result,
)

ANSWERS = harmless_but(conditions=("crohn", "dairy"), stress="often", minerals="unknown", trembling="often")

SHOWS = """([step, many]) => document.getElementById(step)?.offsetParent
  && document.querySelectorAll("fieldset :checked").length === many"""

SHOW_RESULT = f"#{LAST_PART} > .actions button.next:visible"

SENT = "[...new FormData(document.getElementById('shown'))]"
"""What the buttons of the result send."""

WORDS_ON_RELOADING = "If this page is loaded again, you may have to start from the beginning."

TOLD = {
    "tab": "document.querySelector('main h1')?.textContent === 'Your result was not kept'",
    "frame": "[...document.querySelectorAll('#start li')]"
    f".some((one) => one.offsetParent && one.textContent === '{WORDS_ON_RELOADING}')",
}
"""Where answers cannot be brought back, this is said."""

WHERE = pytest.mark.parametrize("where", ["tab", "frame"])
SCRIPT = pytest.mark.parametrize("has_script", [True, False], ids=["script", "no script"])


class Way:
    """A browser, and the people who come with it. Where it has a window, a profile takes long: there they share one."""

    def __init__(self, browser: Browser, has_window: bool) -> None:
        self.browser = browser
        self.has_window = has_window
        self.control = browser.new_browser_cdp_session()
        self.profiles: dict[bool, BrowserContext] = {}

    def profile(self, has_script: bool) -> BrowserContext:
        if has_script not in self.profiles:
            context = self.browser.new_context(java_script_enabled=has_script)
            context.set_default_timeout(PATIENCE)
            context.new_page()  # stays, and the window with it
            self.profiles[has_script] = context
        return self.profiles[has_script]

    def leave(self, has_script: bool) -> None:
        if not self.has_window:
            self.profiles.pop(has_script).close()
            return
        context = self.profiles[has_script]
        context.set_offline(False)
        for page in context.pages[1:]:
            self.close(page)

    def close(self, page: Page) -> None:
        """Close a page. Amid a navigation Chromium may say that it did and not do it (crbug.com/536385539)."""
        target = page.context.new_cdp_session(page).send("Target.getTargetInfo")["targetInfo"]["targetId"]
        while not page.is_closed():
            with suppress(StoodStill), page.expect_event("close", timeout=1000):
                self.control.send("Target.closeTarget", {"targetId": target})


@pytest.fixture(scope="module", params=["pages kept alive", "pages made anew"])
def way(request: pytest.FixtureRequest, playwright: Playwright, chromium: str, shell: str) -> Iterator[Way]:
    """Chromium as people have it; and as it is when memory is short, or an extension or a tool forbids the cache."""
    is_kept = request.param == "pages kept alive"
    ignored = ["--disable-back-forward-cache"] if is_kept else []
    program = chromium if is_kept else shell
    browser = playwright.chromium.launch(executable_path=program, args=FLAGS, ignore_default_args=ignored)
    yield Way(browser, has_window=is_kept)
    browser.close()


ONCE = pytest.mark.parametrize("way", ["pages kept alive"], indirect=True)
"""For ways on which nobody goes back: then there is no page to be kept."""


@contextmanager
def visitor(way: Way, has_script: bool = True) -> Iterator[BrowserContext]:
    try:
        yield way.profile(has_script)
    finally:
        way.leave(has_script)


def check_in(page: Page) -> Frame:
    """Return the frame in which the check stands: that of a clinic, or the page itself."""
    return page.frames[-1]


def open_check(context: BrowserContext, town: Street, where: str, has_script: bool = True) -> Page:
    page = context.new_page()
    clinic = f"{town.clinic}/{'script' if has_script else 'frame'}"
    page.goto(clinic if where == "frame" else f"{town.check}/en/")
    if where == "frame":
        page.wait_for_selector("iframe")
        page.frame_locator("iframe").locator("#start").wait_for()
    return page


def fill_in(page: Page) -> Frame:
    """Fill in everything and go to the last part."""
    check = check_in(page)
    check.locator("#start a.next").click()
    check.evaluate("part => { location.hash = part }", LAST_PART)
    fill_in_all(check, ANSWERS)
    return check


def entry(page: Page) -> int | None:
    """Return the place in the history of the whole page; None while pages take each other's place."""
    try:
        index: int = page.evaluate("navigation.currentEntry.index")
    except PlaywrightError:
        return None
    return index


def go(page: Page, steps: int) -> None:
    """Press Back or Forward. A frame's history is that of the page around it; nothing here says when it is there."""
    with suppress(PlaywrightError):  # the page may be gone before it has answered
        page.evaluate("steps => history.go(steps)", steps)


def is_so(page: Page, script: str, asked: object = None) -> bool:
    """Whether something is so in the check; not so while pages take each other's place."""
    try:
        return bool(check_in(page).evaluate(script, asked))
    except PlaywrightError:
        return False


def wait_for_step(page: Page, step: str, answers: int | None = None) -> Frame:
    """Wait until a step of the check is shown, with as many answers filled in; return the frame it is in."""
    wait_until(page, lambda: is_so(page, SHOWS, [step, many(ANSWERS) if answers is None else answers]))
    return check_in(page)


def many(answers: dict[str, tuple[str, ...]]) -> int:
    return sum(map(len, answers.values()))


@WHERE
def test_back_from_a_result_finds_every_answer_and_forward_the_result(way: Way, town: Street, where: str):
    with visitor(way) as context:
        page = open_check(context, town, where)
        get_result(check_in(page), ANSWERS)
        go(page, -1)
        check = wait_for_step(page, LAST_PART)
        assert (shown_parts(check), chosen(check)) == ([LAST_PART], ANSWERS)
        go(page, 1)
        check = wait_for_step(page, "result")
        assert (shown_parts(check), chosen(check)) == (["result"], ANSWERS)


@SCRIPT
@WHERE
def test_whoever_looks_something_up_finds_answers_and_result_again(
    way: Way, town: Street, where: str, has_script: bool
):
    with visitor(way, has_script) as context:
        page = open_check(context, town, where, has_script)
        get_result(check_in(page), ANSWERS)
        with context.expect_page() as opened:
            check_in(page).locator(".footing .links a").first.click()
        opened.value.wait_for_load_state()
        way.close(opened.value)
        assert (shown_parts(check_in(page)), chosen(check_in(page))) == (["result"], ANSWERS)
        page.goto(f"{town.clinic}/empty")
        go(page, -1)
        if where == "tab" and has_script:
            wait_for_step(page, "result")


def wait_for_result_or_words(page: Page, where: str) -> None:
    wait_until(page, lambda: is_so(page, SHOWS, ["result", many(ANSWERS)]) or is_so(page, TOLD[where]))


@ONCE
@SCRIPT
@WHERE
def test_a_reload_of_a_result_brings_it_back_or_says_what_is_not_kept(
    way: Way, town: Street, where: str, has_script: bool
):
    with visitor(way, has_script) as context:
        page = open_check(context, town, where, has_script)
        get_result(check_in(page), ANSWERS)
        page.reload()
        wait_for_result_or_words(page, where)


@ONCE
@SCRIPT
def test_the_address_of_a_result_says_in_a_second_tab_that_nothing_was_kept(way: Way, town: Street, has_script: bool):
    with visitor(way, has_script) as context:
        page = open_check(context, town, "tab")
        get_result(check_in(page), ANSWERS)
        second = context.new_page()
        with second.expect_response(f"{town.check}/en/result") as answer:
            second.goto(page.url)
        assert answer.value.status == 404
        second.locator("main a.button").click()
        second.locator("#start").wait_for()
        assert (shown_parts(second), chosen(second)) == (["start"], {})
        assert (shown_parts(page), chosen(page)) == (["result"], ANSWERS)


@ONCE
@SCRIPT
def test_a_clinics_page_in_a_second_tab_starts_anew_and_takes_nothing_from_the_first(
    way: Way, town: Street, has_script: bool
):
    with visitor(way, has_script) as context:
        page = open_check(context, town, "frame", has_script)
        get_result(check_in(page), ANSWERS)
        second = check_in(open_check(context, town, "frame", has_script))
        assert (shown_parts(second), chosen(second)) == (["start"], {})
        assert (shown_parts(check_in(page)), chosen(check_in(page))) == (["result"], ANSWERS)


def test_after_a_change_of_language_nothing_asks_to_send_a_form_again(way: Way, town: Street):
    with visitor(way) as context:
        page = open_check(context, town, "tab")
        get_result(check_in(page), ANSWERS)
        page.locator(".languages summary").click()
        page.locator(".languages button[lang=nl]").click()
        page.locator("html[lang=nl] #result").wait_for()
        go(page, -1)
        wait_until(page, lambda: is_so(page, "document.documentElement.lang === 'en'"))
        wait_for_step(page, "result")
        go(page, 1)
        wait_until(page, lambda: is_so(page, "document.documentElement.lang === 'nl'"))
        wait_for_step(page, "result")


@SCRIPT
@WHERE
def test_a_double_click_asks_once(way: Way, town: Street, where: str, has_script: bool):
    with visitor(way, has_script) as context:
        asked: list[str] = []
        page = open_check(context, town, where, has_script)
        check = fill_in(page)
        page.on("request", lambda request: asked.append(request.method))
        check.locator(SHOW_RESULT).dblclick()
        wait_for_step(page, "result")
        go(page, -1)
        assert chosen(wait_for_step(page, LAST_PART)) == ANSWERS
        assert asked.count("POST") == 1 or not has_script  # without it, that is the browser's


@ONCE
@WHERE
def test_without_a_connection_the_page_says_so_and_keeps_the_answers(way: Way, town: Street, where: str):
    with visitor(way) as context:
        page = open_check(context, town, where)
        check = fill_in(page)
        context.set_offline(True)
        check.locator(SHOW_RESULT).click()
        check.locator("#said[role=alert]").wait_for()
        assert (shown_parts(check), chosen(check)) == ([LAST_PART], ANSWERS)
        context.set_offline(False)
        check.locator(SHOW_RESULT).click()
        check.locator("#result").wait_for()
        assert chosen(check) == ANSWERS
        assert not check.locator("#said").count()


@WHERE
def test_start_again_leaves_nothing_however_far_one_goes_back(way: Way, town: Street, where: str):
    with visitor(way) as context:
        page = open_check(context, town, where)
        get_result(check_in(page), ANSWERS)
        if where == "tab":
            page.locator(".languages summary").click()
            page.locator(".languages button[lang=nl]").click()
            page.locator("html[lang=nl] #result").wait_for()
            page.evaluate("document.querySelector('[name=code]').value = 'a code'")  # in a frame none is typed
        check_in(page).locator("[data-again]").click()
        assert not [code for code in check_in(page).locator("[name=code]").all() if code.input_value()]
        assert (shown_parts(check_in(page)), chosen(check_in(page))) == (["start"], {})
        for _ in range(8):
            before = entry(page)
            if before in (None, 0):
                break
            go(page, -1)
            wait_until(page, lambda before=before: entry(page) not in (None, before))
            if where == "frame" or page.url.startswith(town.check):
                wait_until(page, lambda: is_so(page, "document.readyState === 'complete'"))
                check = check_in(page)
                assert (chosen(check), check.locator("#result").count()) == ({}, 0)


def test_whoever_comes_after_start_again_keeps_what_is_filled_in(way: Way, town: Street):
    with visitor(way) as context:
        page = open_check(context, town, "tab")
        get_result(check_in(page), ANSWERS)
        page.locator("[data-again]").click()
        get_result(check_in(page), ANSWERS)
        page.goto(f"{town.clinic}/empty")
        go(page, -1)
        wait_for_step(page, "result")


def test_what_is_printed_is_what_is_shown_whatever_was_changed(way: Way, town: Street):
    chance = random.Random(14)
    with visitor(way) as context:
        page = open_check(context, town, "tab")
        get_result(check_in(page), ANSWERS)
        for _ in range(6):
            question = chance.choice([one for one in QUESTIONNAIRE.questions.values() if one.part != "safety"])
            value = chance.choice([one for one in question.options.values() if not one.calls]).id
            page.evaluate("scrollTo(0, document.body.scrollHeight)")
            page.evaluate("id => { location.hash = 'q-' + id }", question.id)
            before = chosen(page)
            option(page, question.id, value).check()
            is_changed = chosen(page) != before
            go(page, -1)
            wait_for_step(page, "result", page.locator("fieldset :checked").count())
            notice = page.locator("#result .when-outdated")
            assert notice.is_visible() is is_changed
            assert not is_changed or notice.evaluate(IN_VIEW)
            assert page.locator("#result [formaction$='summary.pdf']").first.is_visible() is not (is_changed)
            assert to_print(page) == before
            if is_changed:
                notice.locator("button").click()
                page.locator("#result:not(.outdated)").wait_for()
                assert to_print(page) == chosen(page)


def test_in_a_frame_nothing_outdated_can_be_printed(way: Way, town: Street):
    """There a result that an answer was changed on is left for good: *Back* goes to the part it was asked for in."""
    with visitor(way) as context:
        page = open_check(context, town, "frame")
        get_result(check_in(page), ANSWERS)
        check = check_in(page)
        unfold_result(check)
        check.locator("#result a[href='#q-food']").first.click()
        option(check, "food", "rarely").check()
        go(page, -1)
        check = wait_for_step(page, LAST_PART)
        assert not check.locator("[formaction$='summary.pdf']:visible").count()
        check.locator(SHOW_RESULT).click()
        check.locator("#result").wait_for()
        assert to_print(check)["food"] == ("rarely",)
        assert to_print(check) == chosen(check)


def test_without_the_script_the_paper_is_that_of_the_result(way: Way, town: Street):
    with visitor(way, has_script=False) as context:
        page = open_check(context, town, "tab")
        get_result(check_in(page), ANSWERS)
        unfold_result(page)
        page.locator("#result a[href='#q-food']").first.click()
        option(page, "food", "rarely").check()
        go(page, -1)
        wait_for_step(page, "result")
        with context.expect_event("request", lambda one: one.url.endswith("summary.pdf")) as asked:
            page.locator("#result [formaction$='summary.pdf']").first.click()
        sent = parse_qs(asked.value.post_data or "")
        assert {id: tuple(values) for id, values in sent.items() if id in ANSWERS} == ANSWERS


def to_print(page: Page | Frame) -> dict[str, tuple[str, ...]]:
    """Return the answers that the buttons of the result send."""
    return by_question(page.evaluate(SENT))


# ── Without JavaScript ───────────────────────────────────────────────────────────────────────────────────


@WHERE
def test_without_the_script_back_finds_every_answer(way: Way, town: Street, where: str):
    with visitor(way, has_script=False) as context:
        page = open_check(context, town, where, has_script=False)
        get_result(check_in(page), ANSWERS)
        go(page, -1)
        wait_for_step(page, LAST_PART)
        assert chosen(check_in(page)) == ANSWERS


def lose_connection(page: Page) -> None:
    """Ask for the result while there is none: the browser shows an error of its own. Then there is one again."""
    check = fill_in(page)
    page.context.set_offline(True)
    check.locator(SHOW_RESULT).click()
    wait_until(page, lambda: is_so(page, "location.protocol === 'chrome-error:'"))
    page.context.set_offline(False)


@WHERE
def test_without_the_script_back_finds_every_answer_after_a_lost_connection(way: Way, town: Street, where: str):
    with visitor(way, has_script=False) as context:
        page = open_check(context, town, where, has_script=False)
        lose_connection(page)
        go(page, -1)
        check = wait_for_step(page, LAST_PART)
        assert chosen(check) == ANSWERS
        check.locator(SHOW_RESULT).click()
        assert chosen(wait_for_step(page, "result")) == ANSWERS


@ONCE
@WHERE
def test_without_the_script_a_reload_after_a_lost_connection_asks_again_or_starts_anew(
    way: Way, town: Street, where: str
):
    with visitor(way, has_script=False) as context:
        page = open_check(context, town, where, has_script=False)
        lose_connection(page)
        page.reload()
        wait_for_result_or_words(page, where)


@ONCE
def test_without_the_script_nothing_on_a_result_leads_away_from_it(way: Way, town: Street):
    with visitor(way, has_script=False) as context:
        page = open_check(context, town, "tab")
        get_result(check_in(page), ANSWERS)
        away = page.locator("a[href]:not([href^='#']):not([href^='tel:']):not([target=_blank])")
        places_to = {one.get_attribute("href") for one in away.all()}
        assert places_to == {"/en/"}  # the name of the check, and "Start again"


# ── After the browser has gone ───────────────────────────────────────────────────────────────────────────


@SCRIPT
def test_a_tab_that_the_browser_opens_again_has_its_result_or_says_what_is_not_kept(
    playwright: Playwright, chromium: str, town: Street, tmp_path: Path, has_script: bool
):
    """As after a crash. In a tab without the script, Chromium asks whether to send the form again."""
    settings = {"executable_path": chromium, "args": [*FLAGS, "--restore-last-session"]}
    settings["java_script_enabled"] = has_script
    context = with_profile(playwright, tmp_path, **settings)
    sites = {"tab": town.check, "frame": town.clinic} if has_script else {"frame": town.clinic}
    for where in sites:
        get_result(check_in(open_check(context, town, where, has_script)), ANSWERS)
    context.close()
    context = with_profile(playwright, tmp_path, **settings)
    blank = context.pages[0]
    is_back = (*TOLD.values(), f"({SHOWS})(['result', {many(ANSWERS)}])")
    for site in sites.values():
        wait_until(blank, lambda site=site: any(page.url.startswith(site) for page in context.pages))
        (again,) = (page for page in context.pages if page.url.startswith(site))
        wait_until(again, lambda again=again: any(is_so(again, one) for one in is_back))
    context.close()


# ── What stays on the disk ───────────────────────────────────────────────────────────────────────────────


def test_the_browsers_history_tells_no_outcome_and_no_answer(
    playwright: Playwright, chromium: str, town: Street, tmp_path: Path
):
    context = with_profile(playwright, tmp_path, executable_path=chromium, args=FLAGS)
    for alarm in (True, False):
        page = open_check(context, town, "tab")
        if alarm:
            page.goto(f"{town.check}/en/#safety")
            page.locator('[value="suicide_danger"]').check()
            page.locator("label:has(:checked) + .call-now button").click()
        else:
            get_result(check_in(page), ANSWERS)
            page.evaluate("document.querySelectorAll('#result details').forEach((one) => { one.open = true })")
            with page.expect_popup() as rules:
                page.locator("#result .reasons a[target]").first.click()
            rules.value.wait_for_load_state()
            page.locator("#result .reasons a[href^='#q-']").first.click()
            go(page, -1)
        page.locator("#result").wait_for()
    context.close()
    visits = visits_of_chromium(tmp_path)
    assert any("#result" in address for address, _ in visits)
    assert any("/rules" in address for address, _ in visits)
    assert outcomes_and_answers_told_in(visits) == []


@ONCE
def test_a_reload_in_the_middle_asks_first_but_never_an_alarm(way: Way, town: Street):
    with visitor(way) as context:
        page = open_check(context, town, "tab")
        asked: list[str] = []
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
        page.goto(f"{town.check}/en/#you")
        page.locator("[name=stress]").first.check()
        page.reload()
        assert asked == ["beforeunload"]
        page.goto(f"{town.check}/en/#safety")
        page.locator('[value="seizure"]').check()
        page.reload()
        assert asked == ["beforeunload"]
        page.evaluate("document.getElementById('check').reset()")
        page.goto(f"{town.check}/en/")
        get_result(check_in(page), ANSWERS)
        page.reload()
        assert asked == ["beforeunload"]


@pytest.mark.parametrize("missing", [("food",), ("food", "trembling")], ids=str)
def test_a_list_of_mistakes_comes_into_the_page_as_well(way: Way, town: Street, missing: tuple[str, ...]):
    with visitor(way) as context:
        page = open_check(context, town, "tab")
        page.goto(f"{town.check}/en/#{LAST_PART}")
        answers = {id: values for id, values in harmless().items() if id not in missing}
        fill_in_all(page, answers)
        page.locator(SHOW_RESULT).click()
        page.locator("#result .missing").wait_for()
        assert page.locator("fieldset.wrong").count() == len(missing)
        go(page, -1)
        wait_for_step(page, LAST_PART, many(answers))
        assert chosen(page) == answers
