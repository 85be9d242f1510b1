"""A clinic's page that wants to know: it reads all that it can of the frame, and of its own scrolling and history.

`python -m tests.browser.hostile_host 2000` tries that many random people at six widths, and says what differed. The
page does the watching, many people to a load, and a hand in the frame ticks for them.
"""

import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path

from playwright.sync_api import Browser, Error, Frame, Page, sync_playwright

from tests.answers import QUESTIONNAIRE
from tests.browser.conftest import FLAGS, PATIENCE
from tests.browser.hosting import Street, street
from tests.conftest import shell_path
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
addEventListener("message", ({ data }) => { if (!data.asked) seen.push(JSON.stringify(data)); });
addEventListener("magnesium-check", ({ detail }) => seen.push("event " + detail));
"""

SETTLED = """() => new Promise(done => {
  let last = -1, times = 0;
  (function look() {
    times = scrollY === last ? times + 1 : 0;
    last = scrollY;
    times > 5 ? done(last) : requestAnimationFrame(look);
  })();
})"""

HAND = """parts => {
  const form = document.getElementById("check");
  const drawn = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  const isShown = id => document.getElementById(id)?.offsetParent;
  const until = async (holds) => { while (!holds()) await new Promise(requestAnimationFrame); };
  let moves = 0, expected;
  addEventListener("hashchange", () => moves++);
  window.hand = {
    async begin(part) {
      document.getElementById("result")?.remove();
      const goes = location.hash !== "#" + part;
      const gone = new Promise(done => goes ? addEventListener("hashchange", done, { once: true }) : done());
      location.replace("#" + part);
      await gone;
      await until(() => isShown(part));
    },
    answer(answers) {
      const isChosen = ({ name, value }) => (answers[name] || []).includes(value);
      const fields = [...form.querySelectorAll("[name][value]")].filter((one) => one.checked !== isChosen(one));
      for (const field of fields) field.checked = isChosen(field);
      for (const field of fields) field.dispatchEvent(new Event("change", { bubbles: true }));
    },
    async ask() {
      const result = new Promise(done => form.addEventListener("result", done, { once: true }));
      form.requestSubmit();
      await result;
      await until(() => isShown("result"));
    },
    expect(name) {
      const part = location.hash.slice(1);
      const isPart = parts.includes(name) || (name === "result" && document.getElementById(name));
      moves = 0;
      expected = name === part ? [0, "#" + part] : isPart ? [1, "#" + name] : [2, "#" + part];
    },
    arrive: () => until(() => moves === expected[0] && location.hash === expected[1]),
    fit: (width) => until(() => innerWidth === width),
    wait() {},
  };
  addEventListener("message", async ({ source, data }) => {
    if (source !== parent || !data.hand) return;
    await hand[data.hand](data.given);
    await drawn();
    parent.postMessage({ asked: data.hand }, "*");
  });
}"""
"""What a person does in the frame; it tells the page around when it is done, and nothing else."""

HOST = f"""patience => {{
  const frame = document.querySelector("iframe"), {{ contentWindow, src }} = frame;
  const person = (hand, given) => new Promise((done, fail) => {{
    const late = setTimeout(() => fail(Error("the person never came to " + hand)), patience);
    addEventListener("message", function hear({{ data }}) {{
      if (data.asked !== hand) return;
      removeEventListener("message", hear);
      clearTimeout(late);
      done();
    }});
    contentWindow.postMessage({{ hand, given }}, "*");
  }});
  window.settled = {SETTLED};
  // Our script says hello whenever the frame has loaded. Messages keep their order: when the person has answered, what
  // was told before has come.
  let height;
  addEventListener("message", ({{ data }}) => {{ if (data.height) height = data.height; }});
  window.look = async () => {{
    contentWindow.postMessage({{ hello: "magnesium-check" }}, "*");
    await person("wait");
    return [height, frame.offsetHeight, scrollY, document.title, history.length];
  }};
  window.places = async (names) => {{
    const found = [];
    for (const name of names) {{
      scrollTo(0, 0);
      await person("expect", name);
      const loaded = new Promise(done => frame.addEventListener("load", done, {{ once: true }}));
      contentWindow.location.replace(src + "#" + name);
      await Promise.all([loaded, person("arrive")]);
      found.push([name, await settled()]);
    }}
    await person("wait");
    return found;
  }};
  window.watch = async ([part, people, names, widths]) => {{
    const all = [];
    const note = (what, ...found) => all.push([what, JSON.stringify(found)]);
    const heard = () => [...new Set(seen.splice(0).filter((one) => !/completed/.test(one)))].sort();
    const fit = async (width) => {{
      frame.style.setProperty("width", `${{width}}px`, "important");
      scrollTo(0, 0);
      await person("fit", width);
    }};
    const fitAll = async (state) => {{
      for (const width of widths) {{
        await fit(width);
        note(`${{state}}, made ${{width}} px wide`, frame.offsetHeight, scrollY);
      }}
      note(`${{state}} at ${{asking}} px, made as wide as all`, heard());
    }};
    const asking = widths.at(-1);
    await fit(asking);
    for (const answers of people) {{
      await person("begin", part);
      scrollTo(0, 0);
      seen.length = 0;
      await person("answer", answers);
      const [...before] = await look(), length = before.pop();
      note(`answers at ${{asking}} px`, before, heard());
      await fitAll("answers");
      if (names.length) note(`answers at ${{asking}} px, sent to names`, await places(names), heard());
      scrollTo(0, 0);
      await person("ask");
      const [...after] = (await settled(), await look()), longer = after.pop() - length;
      note(`result at ${{asking}} px`, after, longer, heard());
      await fitAll("result");
      if (names.length) note(`result at ${{asking}} px, sent to names`, await places(names), heard());
    }}
    return all;
  }};
}}"""
"""What the page can see: at a moment, when it sends the frame to a name, and of one person after another.

That the check has answered is told once, so the first of many who share a page hears more.
"""


def opened(page: Page, town: Street) -> Frame:
    """Open the clinic's page and go to the first part, as a person does."""
    page.add_init_script(WATCH)
    page.goto(f"{town.clinic}/script")
    page.frame_locator("iframe").locator("#start a.next").first.click()
    page.frame_locator("iframe").locator(f"#{PARTS[0]}").wait_for()
    page.frames[1].evaluate(HAND, PARTS)
    page.evaluate(HOST, PATIENCE)
    return page.frames[1]


def answer(frame: Frame, answers: Answers) -> None:
    frame.evaluate("answers => hand.answer(answers)", {name: list(options) for name, options in answers.items()})


def ask_for_result(frame: Frame) -> None:
    """Ask for the result as the script does, and wait for it."""
    frame.evaluate("hand.ask()")


def seen_now(page: Page) -> tuple[object, ...]:
    """Return what the page can see: the height told, that of the frame, its own place, title and history."""
    return tuple(page.evaluate("look()"))


def places(page: Page, names: Sequence[str]) -> dict[str, int]:
    """Return where the page ends up when it sends the frame to each of some names."""
    return dict(page.evaluate("names => places(names)", names))


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


MOST_AT_ONE_PAGE = 40
"""Each result is an entry of the history, of which Chromium counts 50."""

AT_ONCE = 3
"""Browsers: each waits for its next frame much of the time."""


def watch(town: Street, asking: int, those: Sequence[Answers], names: Sequence[str] = ()) -> Counter[tuple[str, str]]:
    """Let people answer in a frame of a width, and ask for their result. Meanwhile the page makes the frame as wide as
    it likes, and sends it to some names.

    Return all that the page saw, with what happened, and how often it saw that.
    """
    seen: Counter[tuple[str, str]] = Counter()
    widths = [*(width for width in WIDTHS if width != asking), asking]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shell_path(), args=[*FLAGS, "--site-per-process"])
        for start in range(0, len(those), MOST_AT_ONE_PAGE):
            given = [PARTS[0], those[start : start + MOST_AT_ONE_PAGE], names, widths]
            try:
                looks = watch_some(browser, town, given)
            except Error as error:  # a browser that stood still: once more, and then it is a fault
                sys.stderr.write(f"{asking} px, from {start}: {error}\n")
                looks = watch_some(browser, town, given)
            seen.update(looks)
        browser.close()
    return seen


def watch_some(browser: Browser, town: Street, given: Sequence[object]) -> list[tuple[str, str]]:
    """Let some people share a page, in a browser window of its own. Return what that page saw."""
    with browser.new_context(viewport={"width": max(WIDTHS) + 100, "height": 800}) as context:
        page = context.new_page()
        opened(page, town)
        return [(what, found) for what, found in page.evaluate("all => watch(all)", given)]


def main(number: int) -> int:
    """Watch this many people, each at every width; a sixth of them ask at each. Send a hundredth to names, at each."""
    all = list(people(number))
    shared = [(width, all[place :: len(WIDTHS)], ()) for place, width in enumerate(WIDTHS)]
    sent = [(width, all[: max(2, number // 100)], NAMES) for width in WIDTHS]
    with street(Path(tempfile.mkdtemp())) as town, ThreadPoolExecutor(AT_ONCE) as pool:
        different = 0
        for attempts in (shared, sent):
            seen: Counter[tuple[str, str]] = Counter()
            for (asking, those, _), found in zip(
                attempts, pool.map(lambda attempt: watch(town, *attempt), attempts), strict=True
            ):
                seen += found
                kinds = len({what for what, _ in seen})
                sys.stderr.write(f"{asking} px: {len(those)} people; so far {len(seen) - kinds} looks differ\n")
            different += report(seen)
        return different


def report(seen: Counter[tuple[str, str]]) -> int:
    """Say how often the page looked at what, and how much of that differed. Return how much."""
    different = 0
    for what, looks in groupby(sorted(seen.items()), lambda look: look[0][0]):
        times = Counter({found: count for (_, found), count in looks})
        different += len(times) - 1
        sys.stdout.write(f"{what}: {times.total()} looks, {len(times)} different\n")
        for one, count in times.most_common(4 if len(times) > 1 else 0):
            sys.stdout.write(f"    {count}: {one}\n")
    sys.stdout.flush()
    return different


if __name__ == "__main__":
    sys.exit(bool(main(int(sys.argv[1]))))
