"""From *Next* to the next part painted, on a phone's screen: at full speed, six times slower, and without a network.

From the release of the button, as the browser has noted it, to the second animation frame after the address has
changed: then the frame that shows the part is finished. That is up to one frame (17 ms) too long and never too short.
What comes after, from the finished frame to the glass, no script can see.

A step that asks the network for anything ends the measurement; the last row is without one.
"""

import statistics
from collections.abc import Iterator
from itertools import pairwise

from playwright.sync_api import BrowserContext, Page

from benchmarks.browser import phones
from benchmarks.table import Row, Section
from tests.answers import harmless
from tests.browser.walking import PARTS, fill_in, go_on, shown_parts, start

STEPS = ("start", *PARTS)
WALKS = 8
SLOWER = 6

PAINTED = """() => { window.painted = new Promise((done) => addEventListener("click", ({ timeStamp }) =>
  addEventListener("hashchange", () =>
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - timeStamp))), { once: true }),
  { once: true, capture: true })) }"""


def measure() -> Section:
    """Press *Next* some dozens of times in each state. Raises `RuntimeError` when a step asks for anything or fails."""
    with phones() as contexts:
        usual = _presses(next(contexts))
        slower = _presses(next(contexts), slower=SLOWER)
        offline = _presses(next(contexts), slower=SLOWER, is_offline=True)
    rows = {"at full speed": usual, f"{SLOWER}× slower": slower, f"{SLOWER}× slower, no network": offline}
    return Section(
        title="from Next to the next part",
        columns=("median", "95 %", "presses"),
        rows=[Row(name, _cells(times)) for name, times in rows.items()],
        figures={"next_ms": round(statistics.median(usual)), "next_slower_ms": round(statistics.median(slower))},
    )


def _presses(context: BrowserContext, slower: int = 1, is_offline: bool = False) -> list[float]:
    """Answer everything once, then go through the parts again and again; return the milliseconds of each step."""
    page = context.new_page()
    start(page)
    for part in PARTS[:-1]:
        fill_in(page, part, harmless())
        go_on(page, part)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    context.set_offline(is_offline)
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
    times = [time for _ in range(WALKS) for time in _walk(page)]
    context.close()
    if asked:
        raise RuntimeError(f"a step asked for {asked}")
    return times


def _walk(page: Page) -> Iterator[float]:
    page.evaluate("location.hash = 'start'")
    for here, there in pairwise(STEPS):
        page.evaluate(PAINTED)
        go_on(page, here)
        yield page.evaluate("painted")
        if shown_parts(page) != [there]:
            raise RuntimeError(f"from {here} to {shown_parts(page)}")


def _cells(times: list[float]) -> tuple[str, ...]:
    ninety_five = statistics.quantiles(times, n=20)[-1]
    return f"{statistics.median(times):.0f} ms", f"{ninety_five:.0f} ms", str(len(times))
