"""Wear the check out and print one table: `make soak`. Exits with 1 when a promise is broken.

`--seed 2` sends other hostile requests. `--share 0.02` is a short try, too short to judge by the memory that is kept.
"""

import asyncio
import statistics
import sys
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import ExitStack
from itertools import islice
from signal import SIGHUP, SIGKILL, SIGTERM

from benchmarks.server import serving
from benchmarks.table import Row, show
from soak.client import NO_ANSWER, SLOW, Crowd, dawdle, people
from soak.restarts import disturb, starts, until
from tests.hostile import SENTINEL, hostile_requests
from tests.posting import languages_of
from webapp.app import create_app

AROUND = 1_000
SLOW_OF_EACH_KIND = 64
SECONDS, MOST_SECONDS = 20, 2
"""Seconds of load beside slow clients, and until the latest answer to others."""

REQUESTS, CLIENTS = 100_000, 32
MOST_MEGABYTES_KEPT = 20
"""By both workers in the second half of the hostile requests: one kilobyte kept of each would be 50."""

BUSY = 503
"""The one error that is wanted: as many PDFs as can be are being made already."""


async def restarts() -> AsyncIterator[Row]:
    """Tell the life of a site with two workers, in which everything happens under load."""
    with ExitStack() as stack:
        first = stack.enter_context(serving(workers=2))
        await until(lambda: starts(first) == 2)
        yield await disturb(first, "a worker killed (-9)", SIGKILL, AROUND, coming=1)
        yield await disturb(first, "reload (HUP)", SIGHUP, AROUND, coming=2, slow=1)
        second = stack.enter_context(serving(workers=2, like=first))
        await until(lambda: starts(second) == 2)
        yield await disturb(first, "replaced by a second server", SIGTERM, AROUND)
        yield await disturb(second, "stopped (TERM)", SIGTERM, AROUND, slow=1, is_last=True)


async def slow_clients(share: float) -> AsyncIterator[Row]:
    """Ask for pages and results: alone, and beside clients that never finish."""
    with serving(workers=2) as server:
        for count in (0, SLOW_OF_EACH_KIND):
            waiting = [asyncio.create_task(dawdle(server.port, *kind)) for kind in SLOW for _ in range(count)]
            crowd = Crowd(server.port, 4, people())
            await asyncio.sleep(SECONDS * share)
            replies, still = await crowd.finish(), sum(not one.done() for one in waiting)
            for one in waiting:
                one.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
            took, failed = [one.over - one.begun for one in replies], sum(one.status != 200 for one in replies)
            cells = f"{len(took):,}", f"{failed}", f"{statistics.median(took):.3f} s", f"{max(took):.2f} s"
            is_kept = not failed and max(took) <= MOST_SECONDS and still == len(waiting)
            yield Row(f"beside {still} slow clients", cells, f"{len(waiting)}, 0, ≤ {MOST_SECONDS} s", is_kept)


async def hostile(share: float, seed: int) -> AsyncIterator[Row]:
    """Send hostile requests to every address; the memory after one half is the yardstick for the other."""
    app, half = create_app(), int(REQUESTS * share / 2)
    requests = (request.on_the_wire() for request in hostile_requests(app, seed, languages_of(app)))
    with serving(workers=2) as server:
        workers = server.workers
        replies = await Crowd(server.port, CLIENTS, islice(requests, half), patience=5).finish(is_over=False)
        before = server.memory
        replies += await Crowd(server.port, CLIENTS, islice(requests, half), patience=5).finish(is_over=False)
        kept, died = server.memory - before, len(set(workers) - set(server.workers))
        told = server.log.read_bytes().count(SENTINEL.encode())
    statuses = Counter(reply.status for reply in replies)
    fell = sum(count for status, count in statuses.items() if status >= 500 and status != BUSY)
    yield Row("answered as a page or a refusal", [f"{len(replies) - fell - statuses[NO_ANSWER]:,}"])
    yield Row("hung up on, being no HTTP", [f"{statuses[NO_ANSWER]:,}"])
    for name, count in {"fell over (5xx)": fell, "workers that died": died, "answers in the log": told}.items():
        yield Row(name, [f"{count}"], "0", not count)
    yield Row("memory kept", [f"{kept:.0f} MB"], f"≤ {MOST_MEGABYTES_KEPT} MB", kept <= MOST_MEGABYTES_KEPT)


async def soak(share: float, seed: int) -> list[str]:
    """Run everything, one after the other, show each section, and return the names of broken promises."""
    broken = []
    for title, columns, measured in (
        ("restarts under load", ("requests", "in flight", "lost later", "took"), restarts()),
        ("slow clients", ("requests", "failed", "median", "slowest"), slow_clients(share)),
        (f"hostile requests, seed {seed}", (), hostile(share, seed)),
    ):
        rows = [row async for row in measured]
        show(title, columns, rows)
        broken += [row.name for row in rows if not row.is_kept]
    return broken


if __name__ == "__main__":
    parser = ArgumentParser(prog="python -m soak")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--share", type=float, default=1)
    wanted = parser.parse_args()
    if broken := asyncio.run(soak(wanted.share, wanted.seed)):
        sys.exit(f"broken: {', '.join(broken)}")
