"""From the start of the server's process to its first page: what a restart costs, and a new machine."""

import statistics
import time

from benchmarks.server import serving
from benchmarks.table import Promise, Row, Section

TIMES = 5
MOST_SECONDS = 1.0


def measure() -> Section:
    """Start the server several times."""
    seconds = sorted(_start() for _ in range(TIMES))
    median = statistics.median(seconds)
    promise = Promise(f"≤ {MOST_SECONDS:.0f} s", median <= MOST_SECONDS)
    cells = f"{median:.2f} s", f"{seconds[-1]:.2f} s"
    return Section(
        title="from process start",
        columns=("median", "slowest"),
        rows=[Row("the first page", cells, promise)],
        figures={"start_ms": round(median * 1000)},
    )


def _start() -> float:
    started = time.monotonic()
    with serving():
        return time.monotonic() - started
