"""A clinic's page that wants to know: it reads all that it can of the frame, and of its own scrolling and history.

`python -m tests.browser.hostile_host 2000` tries that many random people at six widths, and says what differed.
"""

import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from playwright.sync_api import Frame, Page, sync_playwright

from tests.answers import QUESTIONNAIRE
from tests.browser.conftest import FLAGS
from tests.browser.hosting import Street, street
from tests.conftest import chromium_path
from webapp.questionnaire.model import NONE

Answers = Mapping[str, Sequence[str]]

WIDTHS = (280, 375, 680, 768, 1024, 1400)

PARTS = tuple(QUESTIONNAIRE.parts)

NAMES = (
    *PARTS,
    *(f"q-{question}" for question in QUESTIONNAIRE.questions),
    *(f"error-{question}" for question in QUESTIONNAIRE.questions),
    *("result", "grid-words", "file", "said", "nonsense"),
)
"""Places that an answer can move or bring forth, and parts."""

WATCH = """
window.seen = [];
addEventListener("message", ({ data }) => seen.push(JSON.stringify(data)));
addEventListener("magnesium-check", ({ detail }) => seen.push("event " + detail));
"""

ANSWER = """answers => {
  for (const field of document.querySelectorAll("#check [name][value]")) {
    const isChosen = (answers[field.name] || []).includes(field.value);
    if (field.checked === isChosen) continue;
    field.checked = isChosen;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
}"""

ASK_HEIGHT = """() => new Promise(done => {
  const frame = document.querySelector("iframe");
  addEventListener("message", function hear({ data }) {
    if (!data.height) return;
    removeEventListener("message", hear);
    done([data.height, frame.offsetHeight, scrollY, document.title, history.length]);
  });
  frame.contentWindow.postMessage({ hello: "magnesium-check" }, "*");
})"""
"""What the page can see at a moment."""

COMPLETED = '{"event": "completed"}'
"""Told once, so the first of many who share a page hears more."""

AGAIN = """part => new Promise(done => {
  document.getElementById("result")?.remove();
  location.replace("#" + part);
  (function look() {
    document.getElementById(part).offsetParent ? done() : requestAnimationFrame(look);
  })();
})"""

COUNT = "window.count = 0; addEventListener('hashchange', () => count++)"

ARRIVED = "([count, hash]) => window.count === count && location.hash === hash && new Promise(requestAnimationFrame)"

SETTLED = """() => new Promise(done => {
  let last = -1, times = 0;
  (function look() {
    times = scrollY === last ? times + 1 : 0;
    last = scrollY;
    times > 5 ? done(last) : requestAnimationFrame(look);
  })();
})"""


def opened(page: Page, town: Street) -> Frame:
    """Open the clinic's page and go to the first part, as a person does."""
    page.add_init_script(WATCH)
    page.goto(f"{town.clinic}/script")
    page.frame_locator("iframe").locator("#start a.next").first.click()
    page.frame_locator("iframe").locator(f"#{PARTS[0]}").wait_for()
    frame = page.frames[1]
    frame.evaluate(COUNT)
    return frame


def answer(frame: Frame, answers: Answers) -> None:
    frame.evaluate(ANSWER, {question: list(options) for question, options in answers.items()})


def ask_for_result(frame: Frame) -> None:
    """Ask for the result as the script does, and wait for it."""
    frame.evaluate(
        "new Promise(done => { const form = document.getElementById('check');"
        " form.addEventListener('result', done, { once: true }); form.requestSubmit() }).then(() => 0)"
    )
    frame.wait_for_function("document.getElementById('result').offsetParent")


def seen_now(page: Page) -> tuple[object, ...]:
    """Return what the page can see: the height told, that of the frame, its own place, title and history."""
    return tuple(page.evaluate(ASK_HEIGHT))


def places(page: Page, frame: Frame, names: Sequence[str] = NAMES) -> dict[str, int]:
    """Return where the page ends up when it sends the frame to each of some names."""
    found = {}
    for name in names:
        part = frame.evaluate("location.hash.slice(1)")
        page.evaluate("scrollTo(0, 0)")
        count = frame.evaluate("count = 0")
        page.evaluate(
            "name => { const { src, contentWindow } = document.querySelector('iframe');"
            " contentWindow.location.replace(src + '#' + name) }",
            name,
        )
        is_part = name in PARTS or (name == "result" and frame.query_selector("#result") is not None)
        count = 0 if name == part else 1 if is_part else 2
        frame.wait_for_function(ARRIVED, arg=[count, f"#{name if is_part else part}"])
        found[name] = page.evaluate(SETTLED)
    return found


def people(number: int, seed: int = 1) -> Iterator[Answers]:
    """Yield random people; about half of them have nothing that calls for an outcome."""
    choose = random.Random(seed)
    for _ in range(number):
        calm = choose.random() < 0.5
        person = {}
        for question in QUESTIONNAIRE.questions.values():
            options = [one.id for one in question.options.values() if not (calm and one.calls)]
            ticks = [one for one in options if one != NONE]
            is_none = not ticks or choose.random() < 0.5
            person[question.id] = (
                (choose.choice(options),)
                if question.kind == "one"
                else (NONE,)
                if is_none
                else choose.sample(ticks, choose.randint(1, len(ticks)))
            )
        yield person


MOST_AT_ONE_PAGE = 25
"""Each result is an entry of the history, of which Chromium counts 50."""


def try_people(page: Page, town: Street, those: Iterable[Answers]) -> Counter[tuple[object, ...]]:
    """Let people answer and ask for their result. Return all that the page saw, and how often it saw that."""
    frame = opened(page, town)
    seen: Counter[tuple[object, ...]] = Counter()
    page.evaluate(SETTLED)
    for person in those:
        frame.evaluate(AGAIN, PARTS[0])
        page.evaluate("scrollTo(0, 0); seen.length = 0")
        answer(frame, person)
        *before, length = seen_now(page)
        ask_for_result(frame)
        *after, longer = seen_now(page)
        heard = {json.dumps(json.loads(one)) for one in page.evaluate("seen.filter(one => one[0] == '{')")}
        seen[*before, *after, longer - length, *sorted(heard - {COMPLETED})] += 1
    return seen


def try_places(page: Page, town: Street, those: Iterable[Answers]) -> Counter[tuple[object, ...]]:
    """Let people answer, and send the frame to every name meanwhile. Return where the page ended up."""
    frame = opened(page, town)
    seen: Counter[tuple[object, ...]] = Counter()
    for person in those:
        frame.evaluate(AGAIN, PARTS[0])
        answer(frame, person)
        before = places(page, frame)
        ask_for_result(frame)
        page.evaluate(SETTLED)
        seen[*before.items(), *places(page, frame).items()] += 1
    return seen


def main(number: int) -> int:
    """Try this many people at each width, and where the page ends up for a hundredth of them."""
    with street(Path(tempfile.mkdtemp())) as town, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=[*FLAGS, "--site-per-process"])
        different = 0
        for width in WIDTHS:
            for attempt, tried in ((try_people, number), (try_places, max(2, number // 100))):
                seen: Counter[tuple[object, ...]] = Counter()
                those = people(tried)
                while some := list(islice(those, MOST_AT_ONE_PAGE)):
                    with browser.new_context(viewport={"width": width, "height": 800}) as context:
                        seen += attempt(context.new_page(), town, some)
                different += len(seen) - 1
                sys.stdout.write(f"{width} px, {attempt.__name__}: {tried} people, {len(seen)} different\n")
                for one, times in seen.most_common(4 if len(seen) > 1 else 0):
                    sys.stdout.write(f"    {times}: {one}\n")
                sys.stdout.flush()
        browser.close()
    return different


if __name__ == "__main__":
    sys.exit(bool(main(int(sys.argv[1]))))
