"""The check in a frame on a clinic's own page, in real browsers: the journey, the height, and who is kept out."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, FrameLocator, Locator, Page, Playwright

from tests.answers import QUESTIONNAIRE, harmless_but
from tests.browser.conftest import FLAGS, PATIENCE, wait_until
from tests.browser.hostile_host import WATCH, WIDTHS, ask_for_result, opened, places, seen_now, watch_some
from tests.browser.hostile_host import answer as answer_all
from tests.browser.hosting import CLINIC, Street
from tests.browser.layout import set_text_size
from tests.browser.test_alarm_cards import CALLING, SIZES, touch
from tests.browser.walking import PARTS, Given, card_of, fill_in, go_on, option, walk
from tests.conftest import ROOT, running
from tests.posting import A_PERSON_FOR

pytestmark = pytest.mark.browser

RAISED = harmless_but(conditions="crohn", health="diarrhoea", weakness="often", fatigue="often")
WIDE_LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 40"><path d="M0 0h400v40H0z"/></svg>'
GUESSES = (PARTS[1], "q-alarm_today", "q-weight", "grid-words")

TWICE_DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
MEDIUM = """one => {
  one.style.fontSize = "medium";
  const size = getComputedStyle(one).fontSize;
  one.style.fontSize = "";
  return size;
}"""
UNSEEN_IN_FRAME = """async (part) => {
  const drawn = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  const step = document.getElementById(part), found = [];
  const seen = () => new Promise((done) => new IntersectionObserver(([{ intersectionRect }], watch) => {
    watch.disconnect();
    done(intersectionRect);
  }).observe(document.body));
  const isIn = (area) => (one) => {
    const { top, bottom, height } = one.getBoundingClientRect();
    return height > 0 && top >= area.top && bottom <= area.bottom;
  };
  const until = async (isSo) => {
    for (const end = performance.now() + 20000; performance.now() < end;) if (isSo(await seen())) return true;
    return false;
  };
  for (const input of step.querySelectorAll("[data-calls]")) {
    const label = input.closest("label"), card = label.nextElementSibling;
    label.scrollIntoView({ block: "end" });
    const isLow = await until(({ top, bottom }) => {
      const edge = label.getBoundingClientRect().bottom;
      return Math.abs(bottom - edge) < 2 || (top === 0 && bottom > edge);
    });
    if (!isLow) found.push(input.value + ": never at the lower edge");
    const before = await seen();
    input.focus({ preventScroll: true });
    input.click();
    const told = [input, card.querySelector("h3"), card.querySelector("a[href^='tel:']") || input];
    if (!await until((area) => told.every(isIn(area)))) found.push(input.value + ": out of view");
    await drawn();
    if ((await seen()).top !== before.top) found.push(input.value + ": the page around has moved");
    input.type === "checkbox" ? input.click() : input.form.reset();
  }
  return found;
}"""
"""Ticks each option of a part that calls for an outcome where it stands lowest on the screen of the page around; tells
where its box, or the title or the number of its card, is not in view."""

FITS = "document.scrollingElement.scrollHeight <= innerHeight"
TOP = "document.querySelector('iframe').getBoundingClientRect().top"
HEIGHT = "document.querySelector('iframe').getBoundingClientRect().height"
CONTENT = "Math.ceil(document.body.getBoundingClientRect().height)"


ISOLATED = [*FLAGS, "--site-per-process"]
"""Each site in a process of its own, as on a desktop computer."""


@pytest.fixture(scope="module")
def isolated(playwright: Playwright, shell: str) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=shell, args=ISOLATED)
    yield browser
    browser.close()


@pytest.fixture
def visit(isolated: Browser) -> Iterator[Callable[..., Page]]:
    """Open an address in a fresh profile: `visit(address, width=320)`. What the console says is in `page.said`."""
    contexts = []

    def open(address: str, width: int = 1280, height: int = 800, **settings: Any) -> Page:
        context = isolated.new_context(viewport={"width": width, "height": height}, **settings)
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
    last, height = -1, page.evaluate(HEIGHT)
    while height != last:
        page.wait_for_timeout(120)
        last, height = height, page.evaluate(HEIGHT)
    return int(height)


# The journey


@pytest.mark.parametrize(("width", "height", "text"), SIZES, ids=str)
def test_an_alarm_shows_its_card_in_view_and_the_page_around_is_not_moved(
    visit: Callable[..., Page], town: Street, width: int, height: int, text: int
) -> None:
    page = visit(f"{town.clinic}/script", width, height)
    frame = check_in(page)
    set_text_size(page.frames[1], text)
    assert frame.locator("body").evaluate(MEDIUM) == f"{text}px"
    settled(page)
    for part in dict.fromkeys(question.part for question, _ in reversed(CALLING)):
        page.evaluate("heard.length = 0")
        page.frames[1].evaluate("part => { location.hash = part }", part)
        page.wait_for_function("heard.some(({ data }) => data.top)")
        assert page.frames[1].evaluate(UNSEEN_IN_FRAME, part) == []
    question, sign = CALLING[0]
    box, card = option(frame, question.id, sign.id), card_of(frame, question.id, sign.id)
    place = lower_edge(page, box)
    touch(page, box)
    wait_until(page, lambda: is_seen(card.locator("h3"), height))
    assert is_seen(box, height) and page.evaluate("scrollY") == place
    show = card.locator("button")
    while not is_seen(show, height):  # in a card that is higher than the screen
        page.evaluate("scrollBy(0, 40)")
        draw(page)
    touch(page, show)
    frame.locator("#result").wait_for()


def lower_edge(page: Page, box: Locator) -> int:
    """Scroll the page around until an answer stands at the lower edge of the screen; return how far it is scrolled."""
    label = box.locator("xpath=ancestor::label")
    where = label.evaluate("one => one.getBoundingClientRect().toJSON()")
    frame = page.locator("iframe").evaluate("one => one.getBoundingClientRect().top + scrollY")
    page.evaluate("to => scrollTo(0, to)", frame + where["bottom"] + 2 - page.viewport_size["height"])
    place = int(page.evaluate("scrollY"))
    wait_until(page, lambda: abs(label.bounding_box()["y"] - (frame + where["top"] - place)) < 1)
    draw(page)
    return place


def draw(page: Page) -> None:
    """Wait until all stands where it belongs: a press goes to where things were drawn last."""
    for one in page.frames:
        one.evaluate(TWICE_DRAWN)


def is_seen(one: Locator, height: int) -> bool:
    """Whether all of something stands on the screen of the page around."""
    where = one.bounding_box()
    return bool(where) and where["y"] >= 0 and where["y"] + where["height"] <= height


def test_the_journey_works_in_chromium_without_third_party_cookies(
    playwright: Playwright, chromium: str, town: Street
) -> None:
    # To frames of other sites, browsers give no cookies more and more.
    flags = [*ISOLATED, "--test-third-party-cookie-phaseout"]
    with playwright.chromium.launch(executable_path=chromium, args=flags) as browser:
        page = browser.new_page()
        page.goto(f"{town.clinic}/script")
        frame = check_in(page)
        frame.locator("body").evaluate("() => document.cookie = 'tried=1; SameSite=None; Secure'")
        assert frame.locator("body").evaluate("() => document.cookie") == ""
        walk(frame, RAISED)
        assert frame.locator("#result").get_attribute("data-outcome") == "raised"
        frame.locator("#result").get_by_text("Change my answers").click()
        option(frame, "alarm_now", "none").uncheck()
        option(frame, "alarm_now", "collapse").check()
        frame.locator("#safety .call-now button:visible").first.click()
        frame.locator("#result[data-outcome=emergency]").wait_for()
        assert page.context.cookies() == []


def test_the_journey_works_in_chromium_without_javascript(visit: Callable[..., Page], town: Street) -> None:
    page = visit(f"{town.clinic}/frame", java_script_enabled=False)
    frame = page.frame_locator("iframe")
    walk(frame, RAISED)
    assert frame.locator("#result").get_attribute("data-outcome") == "raised"
    assert page.locator("iframe").bounding_box()["height"] == 804  # type: ignore[index] # with the border


# Who is kept out


def test_a_third_origin_cannot_frame_the_check(visit: Callable[..., Page], town: Street) -> None:
    page = visit(f"{town.stranger}/frame")
    wait_for_refusal(page)
    assert any("frame-ancestors" in words for words in page.said)  # type: ignore[attr-defined]


def test_a_foreign_page_that_posts_is_refused(visit: Callable[..., Page], town: Street) -> None:
    page = visit(f"{town.stranger}/post")
    with page.expect_response(f"{town.check}/**/result") as caught:
        page.get_by_role("button").click()
    assert caught.value.status == 403
    assert page.locator("#result").count() == 0


def test_a_foreign_page_that_posts_into_its_own_frame_shows_nothing(visit: Callable[..., Page], town: Street) -> None:
    page = visit(f"{town.stranger}/post-into-frame")
    page.get_by_role("button").click()
    wait_for_refusal(page)


def wait_for_refusal(page: Page) -> None:
    """Wait for the browser's own page of an error in the frame."""
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
    page.frames[1].evaluate("addEventListener('message', ({ source }) => source.postMessage({ asked: 'it' }, '*'))")
    neighbour.evaluate("parent.frames[0].postMessage({ hello: 'magnesium-check' }, '*')")
    neighbour.wait_for_function("window.answered === 'it'")  # after our own script has
    assert neighbour.evaluate("window.heard") is None


# The height and the words


@pytest.mark.parametrize("width", [320, 1280])
def test_from_the_first_question_on_the_frame_has_one_height_that_fits(
    visit: Callable[..., Page], town: Street, width: int
) -> None:
    page = visit(f"{town.clinic}/script", width)
    frame = check_in(page)
    start = fitting_height(page)
    frame.locator("#start a.next").first.click()
    heights = set()
    for part in PARTS:
        heights.add(fitting_height(page))
        if part != PARTS[-1]:
            go_on(frame, part)
            frame.locator(f"#{part} .above").wait_for()
            heights.add(fitting_height(page))
        fill_in(frame, part, RAISED if part != PARTS[-1] else {**RAISED, "insomnia": ()})
        go_on(frame, part)
    frame.locator("#result .missing").wait_for()
    fitting_height(page)
    frame.locator("#result .missing a").first.click()
    heights.add(fitting_height(page))
    frame.locator(f"#{PARTS[-1]} > .actions").get_by_text("Back").click()
    heights.add(fitting_height(page))
    (height,) = heights
    assert start < height
    page.set_viewport_size({"width": 1280 if width == 320 else 320, "height": 700})
    page.wait_for_function(f"height => {HEIGHT} !== height", arg=height)
    fitting_height(page)


def fitting_height(page: Page) -> int:
    """Return the frame's height. Nothing in it scrolls."""
    height = settled(page)
    assert height % 32 == 0
    assert page.frames[1].evaluate(FITS), (height, page.frames[1].evaluate(CONTENT))
    return height


def test_below_no_result_are_more_than_two_screens_of_white(visit: Callable[..., Page], town: Street) -> None:
    page = visit("about:blank")
    frame = opened(page, town)
    for answers in A_PERSON_FOR.values():
        answer_all(frame, answers)
        ask_for_result(frame)
        assert white_below(page) < 2


def white_below(page: Page) -> float:
    """Return how much of the frame is empty below what it shows, in screens."""
    return (settled(page) - page.frames[1].evaluate(CONTENT)) / page.viewport_size["height"]  # type: ignore[index]


def test_an_alarm_shows_at_its_tick_without_a_word_to_the_page_around(visit: Callable[..., Page], town: Street) -> None:
    page = visit(f"{town.clinic}/script", 320)
    frame = check_in(page)
    frame.locator("#start a.next").first.click()
    before = settled(page)
    heard = page.evaluate("heard.length")
    for value in ("collapse", "suicide_danger"):
        option(frame, "alarm_now", value).check()
        card_of(frame, "alarm_now", value).wait_for()
        assert settled(page) == before
        assert page.frames[1].evaluate(FITS)
    assert page.evaluate("heard.length") == heard


# What a page that wants to know can find out


@pytest.mark.parametrize("width", WIDTHS[::4])
def test_no_single_answer_changes_what_the_page_around_can_see(
    visit: Callable[..., Page], town: Street, width: int
) -> None:
    page = visit("about:blank", width)
    frame = opened(page, town)
    place_of_form = "document.getElementById('shown').getBoundingClientRect().top"
    seen = {(*seen_now(page), frame.evaluate(place_of_form))}
    said = page.evaluate("seen.length")
    for question in QUESTIONNAIRE.questions.values():
        for one in question.options:
            answer_all(frame, {question.id: [one]})
            assert page.evaluate("seen.length") == said
            seen.add((*seen_now(page), frame.evaluate(place_of_form)))
            said = page.evaluate("seen.length")
    assert len(seen) == 1, seen


def test_no_outcome_and_no_mistake_changes_what_the_page_around_can_see(isolated: Browser, town: Street) -> None:
    people = [*A_PERSON_FOR.values(), harmless_but(stress=())]
    looks = watch_some(isolated, town, [PARTS[0], people, GUESSES, [768]])
    found = {what: {one for kind, one in looks if kind == what} for what, _ in looks}
    assert len(looks) == len(people) * len(found)
    assert {what: seen for what, seen in found.items() if len(seen) > 1} == {}


def test_every_outcome_and_a_list_of_mistakes_are_told_in_the_same_words(
    visit: Callable[..., Page], town: Street
) -> None:
    """Each on a page of its own: that the check has answered is told once, and must be told whatever it has said."""
    told = {}
    for name, answers in {**A_PERSON_FOR, "mistakes": harmless_but(stress=())}.items():
        page = visit("about:blank", 375)
        frame = opened(page, town)
        answer_all(frame, answers)
        ask_for_result(frame)
        assert name not in A_PERSON_FOR or white_below(page) < 2
        page.wait_for_function("() => seen.includes('event completed')")
        told[name] = str((seen_now(page), sorted({one for one in page.evaluate("seen") if "height" not in one})))
    assert len(set(told.values())) == 1, told


def test_a_result_without_the_script_of_the_check_looks_alike_too(visit: Callable[..., Page], town: Street) -> None:
    told, page = set(), visit("about:blank", 768)
    for outcome, answers in A_PERSON_FOR.items():
        page.goto(f"{town.clinic}/script")
        check_in(page)
        settled(page)
        submit(page, answers)
        page.wait_for_function("() => heard.some(({ data }) => data.event === 'completed')")
        height = settled(page)
        words = [one["data"] for one in page.evaluate("heard") if "height" not in one["data"]]
        assert all(len(data) == 1 and set(data) <= {"title", "event", "top"} for data in words), outcome
        told.add(str((height, words)))
    assert len(told) == 1, told


def test_a_page_around_that_sends_the_frame_elsewhere_changes_no_answer_and_no_part(
    visit: Callable[..., Page], town: Street
) -> None:
    page = visit("about:blank", 768)
    frame = opened(page, town)
    answer_all(frame, {"alarm_now": ["collapse"]})
    places(page, ("nonsense", "q-alarm_today"))
    assert frame.locator(f"#{PARTS[0]}").is_visible()
    assert option(frame, "alarm_now", "collapse").is_checked()


def test_every_part_and_the_result_take_as_much_of_the_history(visit: Callable[..., Page], town: Street) -> None:
    page = visit(f"{town.clinic}/script")
    frame = check_in(page)
    before = page.evaluate("history.length")
    frame.locator("#start a.next").first.click()
    lengths = set()
    for part in PARTS:
        frame.locator(f"#{part}").wait_for()
        lengths.add(page.evaluate("history.length"))
        fill_in(frame, part, RAISED)
        if part != PARTS[-1]:
            go_on(frame, part)
    assert lengths == {before + 1}
    page.evaluate("history.back()")
    frame.locator("#start").wait_for()
    page.evaluate("history.forward()")
    frame.locator(f"#{PARTS[-1]}").wait_for()
    go_on(frame, PARTS[-1])
    frame.locator("#result").wait_for()
    assert page.evaluate("history.length") == before + 2
    page.evaluate("history.back()")
    frame.locator(f"#{PARTS[-1]}").wait_for()
    assert all(option(frame, question, value).is_checked() for question, (value, *_) in RAISED.items())


def test_two_words_reach_the_page_as_events_each_once(visit: Callable[..., Page], town: Street) -> None:
    page = visit("about:blank")
    page.add_init_script(WATCH)
    page.goto(f"{town.clinic}/adopted")
    frame = check_in(page)
    frame.locator("#start a.next").first.click()
    go_on(frame, PARTS[0])
    for part in PARTS:
        fill_in(frame, part, RAISED)
        go_on(frame, part)
    frame.locator("#result").wait_for()
    page.wait_for_function("() => seen.includes('event completed')")
    frame.locator("#result").get_by_text("Change my answers").click()
    for part in PARTS:
        go_on(frame, part)
    frame.locator("#result").wait_for()
    settled(page)
    assert [one for one in page.evaluate("seen") if one.startswith("event")] == ["event ready", "event completed"]


def test_a_stranger_cannot_make_a_download_happen(visit: Callable[..., Page], town: Street) -> None:
    page = visit(f"{town.stranger}/download")
    downloads: list[object] = []
    page.on("download", lambda download: downloads.append(download))
    with page.context.expect_event("response", lambda response: response.url.endswith("answers.json")) as caught:
        page.get_by_role("button").click()
    assert caught.value.status == 403
    assert downloads == []


# Sites as they are


THEMES = {
    "a height by itself": "iframe { height: auto !important; max-width: 100% }",
    "a shape": "iframe { aspect-ratio: 16/9 !important; height: auto !important; width: 100% }",
    "a limit": "iframe { max-height: 100vh !important; min-height: 2000px !important }",
    "a border and room": "* { box-sizing: border-box } iframe { padding: 15px; border: 5px solid }",
    "room outside": "* { box-sizing: content-box } iframe { padding: 15px }",
}


def test_a_bar_at_the_top_of_the_page_around_covers_nothing_of_a_step(visit: Callable[..., Page], town: Street) -> None:
    page = visit(town.put(SCRIPT, "<style>iframe { scroll-margin-top: 60px }</style>"), 320, 600)
    frame = check_in(page)
    frame.locator("#start a.next").first.click()
    fill_in(frame, PARTS[0], RAISED)
    go_on(frame, PARTS[0])
    frame.locator(f"#{PARTS[1]}").wait_for()
    page.wait_for_function(f"Math.abs({TOP} - 60) < 2")


@pytest.mark.parametrize("css", THEMES.values(), ids=THEMES.keys())
def test_the_rules_of_a_theme_do_not_cut_the_frame_off(visit: Callable[..., Page], town: Street, css: str) -> None:
    page = visit(town.put(SCRIPT, f"<style>{css}</style>"), 600)
    check_in(page)
    fitting = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    settled(page)
    assert fitting
    assert page.frames[1].evaluate(FITS)


SCRIPT = '<script src="{check}/embed.js" data-clinic="vecht" data-lang="en" async></script>'
FRAME = '<iframe src="{check}/en/embed/vecht/" height="800" style="width:100%;height:800px;border:0"></iframe>'
HOLDER = '<div data-magnesium-check="Vecht" data-lang="EN-gb"></div>'
PLACED = {
    "a script in the body": ("", SCRIPT),
    "a script in the head and a place": ('<script src="{check}/embed.js"></script>', HOLDER),
    "a tag manager": (
        "<script>addEventListener('load', () => document.head.append("
        "Object.assign(document.createElement('script'), { src: '{check}/embed.js' })))</script>",
        HOLDER,
    ),
    "a module": ('<script type="module" src="{check}/embed.js"></script>', HOLDER),
    "with integrity": ('<script crossorigin src="{check}/embed.js"></script>', HOLDER),
    "a place that comes later": (
        '<script src="{check}/embed.js"></script>',
        f"<script>addEventListener('load', () => {{ const one = document.createElement('main');"
        f" one.innerHTML = '{HOLDER}'; document.body.append(one) }})</script>",
    ),
    "the frame and the script": (
        "",
        '<iframe src="{check}/en/embed/vecht/"></iframe>' + SCRIPT.replace("data-clinic", "data-x"),
    ),
    "capitals": ("", SCRIPT.replace('"vecht"', '"Vecht"').replace('"en"', '"EN"')),
    "a language that is not there": ("", SCRIPT.replace('"en"', '"xx"')),
}


@pytest.mark.parametrize(("head", "body"), PLACED.values(), ids=PLACED.keys())
def test_the_frame_stands_wherever_it_is_asked_for_and_once(
    visit: Callable[..., Page], town: Street, head: str, body: str
) -> None:
    page = visit("about:blank")
    page.add_init_script(WATCH)
    page.goto(town.put(body, head))
    check_in(page)
    page.wait_for_function("() => seen.includes('event ready')")
    assert page.locator("body iframe").count() == page.locator("iframe").count() == 1
    assert page.evaluate("seen.filter(one => one === 'event ready').length") == 1


def test_a_place_that_goes_and_comes_back_has_one_frame(visit: Callable[..., Page], town: Street) -> None:
    page = visit(town.put(f"<main>{HOLDER}</main>", '<script src="{check}/embed.js"></script>'))
    for _ in range(3):
        check_in(page)
        assert page.locator("iframe").count() == 1
        page.evaluate("document.querySelector('main').replaceChildren()")
        page.locator("iframe").wait_for(state="detached")
        page.evaluate(f"document.querySelector('main').innerHTML = '{HOLDER}'")


@pytest.mark.parametrize(
    ("head", "body", "words"),
    [
        (SCRIPT, "", "cannot be shown in the head"),
        ("", SCRIPT.replace("vecht", "vechtt"), "does not answer"),
        ("", "<script>{inlined}</script>", "must be loaded from its own address"),
    ],
    ids=["in the head", "an unknown clinic", "copied into the page"],
)
def test_what_cannot_be_shown_is_told_in_the_console(
    visit: Callable[..., Page], town: Street, head: str, body: str, words: str
) -> None:
    code = (ROOT / "webapp" / "static" / "embed.js").read_text(encoding="utf-8")
    page = visit("about:blank")
    page.clock.install()
    with page.expect_console_message(lambda message: words in message.text):
        page.goto(town.put(body.replace("{inlined}", code), head))
        page.clock.fast_forward("01:00")


def test_an_unknown_clinic_is_told_in_the_frame_with_the_number_to_call(
    visit: Callable[..., Page], town: Street
) -> None:
    page = visit(town.put(SCRIPT.replace("vecht", "vechtt")))
    frame = page.frame_locator("iframe")
    assert frame.locator("h1").inner_text()
    assert frame.locator("a[href='tel:112']").count()
    assert frame.locator("base[target=_blank]").count()


def test_a_frame_that_is_hidden_at_first_is_as_high_as_what_it_shows_once_it_is_seen(
    visit: Callable[..., Page], town: Street
) -> None:
    page = visit(town.put(f'<div id="later" style="display: none">{SCRIPT}</div>'), 768)
    page.wait_for_function("() => window.heard && window.heard.some(({ data }) => data.event === 'ready')")
    assert not page.evaluate("heard.some(({ data }) => data.height)")
    page.evaluate("document.getElementById('later').style.display = 'block'")
    fitting_height(page)


def test_a_reserved_place_moves_nothing_and_keeps_anchors(visit: Callable[..., Page], town: Street) -> None:
    lines = FRAME + '<script src="{check}/embed.js" async></script>'
    address = town.put(f'{lines}<h2 id="contact">Contact</h2><div style="height: 2000px"></div>')
    page = visit("about:blank")
    page.add_init_script(
        "window.shifts = 0; new PerformanceObserver(list => list.getEntries().forEach("
        "one => shifts += one.value)).observe({ type: 'layout-shift', buffered: true })"
    )
    page.goto(address)
    check_in(page)
    settled(page)
    assert page.evaluate("shifts") <= 0.1
    page.goto("about:blank")
    page.goto(f"{address}#contact")
    check_in(page)
    settled(page)
    assert abs(page.evaluate("document.getElementById('contact').getBoundingClientRect().top")) < 20


def test_the_name_of_the_frame_follows_its_language(visit: Callable[..., Page], town: Street) -> None:
    page = visit(f"{town.clinic}/script")
    frame = check_in(page)
    for _ in range(2):
        title = frame.locator("html").evaluate("page => document.querySelector('script[data-title]').dataset.title")
        page.wait_for_function("title => document.querySelector('iframe').title === title", arg=title)
        if frame.locator(".languages summary").count():
            frame.locator(".languages summary").click()
        frame.locator(".languages button").first.click()
        frame.locator("html:not([lang=en]) #check").wait_for()


def test_a_long_name_beside_a_logo_makes_no_phone_scroll_sideways(visit: Callable[..., Page], tmp_path: Path) -> None:
    (tmp_path / "wide.svg").write_text(WIDE_LOGO, encoding="utf-8")
    names = {
        "one": "Noordwest Ziekenhuisgroep locatie Alkmaar",
        "two": ("Huisartsenpost " * 5).strip(),
        "three": "W" * 80,
    }
    file = tmp_path / "clinics.toml"
    clinics = (f'[{id}]\nname = "{name}"\nlogo = "wide.svg"\n' for id, name in names.items())
    file.write_text("\n".join(clinics), encoding="utf-8")
    with running(MAGNESIUM_CLINICS=str(file)) as check:
        page = visit("about:blank", 280)
        for id, mount in itertools.product(names, ("at", "embed")):
            page.goto(f"{check}/nl/{mount}/{id}/")
            assert page.locator("header img").count()
            assert page.evaluate("document.documentElement.scrollWidth") <= 280, (id, mount)


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
        page.context.expect_event("response", lambda response: response.url == address) as sheet,
        page.context.expect_page() as opened,
    ):
        page.frame_locator("iframe").locator("#result [formtarget=_blank]").first.click()
    assert sheet.value.status == 200
    assert sheet.value.headers["content-type"] == "application/pdf"
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
    page.get_by_text("A phone", exact=True).click()
    page.wait_for_function("document.querySelector('iframe').offsetWidth === 375")
    page.wait_for_function("before => document.querySelector('iframe').offsetHeight > before", arg=wide["height"])
    narrow = page.locator("iframe").bounding_box()
    assert wide and narrow
    assert narrow["width"] == 375 < wide["width"]
    assert [words for words in page.said if "Content Security Policy" in words] == []  # type: ignore[attr-defined]
