"""What someone waits for over slow 3G, where pages from a server lose: the first view, and the result.

Slow 3G is Chromium's own emulation: 400 kbit/s, and 400 ms before each answer. It does not delay connecting or TLS,
which would add two or three times 400 ms to the first view of any page.
"""

import statistics

from playwright.sync_api import BrowserContext

from benchmarks.browser import phones
from benchmarks.table import Row, Section
from tests.answers import harmless
from tests.browser.walking import PARTS, fill_in, go_on, start

VISITS = 3
LATENCY = 400
"""Milliseconds."""
BYTES_PER_SECOND = 400_000 / 8

PAINTED = """(kind) => new Promise((done) => new PerformanceObserver((list) => {
  const paints = list.getEntries().filter((paint) => paint.name !== "first-paint");
  if (paints.length) done(paints.at(-1).startTime);
}).observe({ type: kind, buffered: true }))"""


def measure() -> Section:
    """Visit with an empty cache, answer everything, and ask for the result."""
    with phones() as contexts:
        visits = [_visit(next(contexts)) for _ in range(VISITS)]
    first, result = (statistics.median(times) for times in zip(*visits, strict=True))
    return Section(
        title="over slow 3G",
        columns=("painted",),
        rows=[Row("the first view", (f"{first:,.0f} ms",)), Row("the result", (f"{result:,.0f} ms",))],
        figures={"first_paint_slow_3g_ms": round(first), "result_slow_3g_ms": round(result)},
    )


def _visit(context: BrowserContext) -> tuple[float, float]:
    """Return the milliseconds until the first content of the first view is painted, and the largest of the result."""
    page = context.new_page()
    network = {"offline": False, "latency": LATENCY}
    network |= {"downloadThroughput": BYTES_PER_SECOND, "uploadThroughput": BYTES_PER_SECOND}
    context.new_cdp_session(page).send("Network.emulateNetworkConditions", network)
    start(page)
    first = page.evaluate(PAINTED, "paint")
    for part in PARTS:
        fill_in(page, part, harmless())
        go_on(page, part)
    page.locator("#result").wait_for()
    page.wait_for_load_state()
    result = page.evaluate(PAINTED, "largest-contentful-paint")
    context.close()
    return first, result
