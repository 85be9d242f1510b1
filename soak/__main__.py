"""Wear the check out and print one table: `make soak`. Exits with 1 when a promise is broken.

`--seed 2` sends other hostile requests. `--share 0.02` is a short try, too short to judge by the memory that is kept.
"""

import asyncio
import statistics
import sys
import time
from argparse import ArgumentParser
from collections import Counter
from itertools import islice
from signal import SIGHUP, SIGKILL, SIGTERM

from benchmarks.server import serving
from benchmarks.table import Row, show
from soak.load import NO_ANSWER, SLOW_BODY, SLOW_HEADERS, SLOW_READING, Crowd, dawdle, disturb, people, starts, until
from tests.hostile import SENTINEL, hostile_requests
from tests.posting import languages_of
from webapp.app import create_app

SLOW, OF_EACH_KIND = (SLOW_HEADERS, SLOW_BODY, SLOW_READING), 64
SECONDS, MOST_SECONDS = 20, 2  # Of load; and by how many the slowest answer may be later beside slow clients.
AROUND, REQUESTS, CLIENTS = 1_000, 100_000, 32
MOST_MEGABYTES_KEPT = 20  # By both workers in the second half: one kilobyte kept of each request would be 50.


async def restarts() -> list[Row]:
    """Tell the life of a site with two workers, in which everything happens under load."""
    with serving(workers=2) as first:
        await until(lambda: starts(first) == 2)
        killed = await disturb(first, "a worker killed (-9)", SIGKILL, AROUND, coming=1)
        reloaded = await disturb(first, "reload (HUP)", SIGHUP, AROUND, coming=2, slow=1)
        with serving(workers=2, like=first) as second:
            await until(lambda: starts(second) == 2)
            replaced = await disturb(first, "replaced by a second server", SIGTERM, AROUND)
            ended = await disturb(second, "stopped (TERM)", SIGTERM, AROUND, slow=1, is_last=True)
    return [killed, reloaded, replaced, ended]


async def slow_clients(share: float) -> list[Row]:
    """Ask for pages and results: alone, and beside clients that never finish."""
    rows, alone = [], 30.0
    with serving(workers=2) as server:
        for count in (0, OF_EACH_KIND):
            waiting = [asyncio.create_task(dawdle(server.port, *kind)) for kind in SLOW * count]
            crowd = Crowd(server.port, 4, people())
            await asyncio.sleep(SECONDS * share)
            replies, still = await crowd.finish(), sum(not one.done() for one in waiting)
            for one in waiting:
                one.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
            took, failed = [one.over - one.begun for one in replies], sum(one.status != 200 for one in replies)
            cells = f"{len(took):,}", f"{failed}", f"{statistics.median(took):.3f} s", f"{max(took):.2f} s"
            is_kept = not failed and max(took) <= MOST_SECONDS + alone and still == len(waiting)
            words = f"{len(waiting)}, 0 failed, ≤ {MOST_SECONDS + alone:.1f} s"
            rows.append(Row(f"beside {still} slow clients", cells, words, is_kept))
            alone = max(took)
    return rows


async def hostile(share: float, seed: int) -> list[Row]:
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
    fell = sum(count for status, count in statuses.items() if status >= 500 and status != 503)  # 503: busy with PDFs
    counts = {"fell over (5xx)": fell, "workers that died": died, "answers in the log": told}
    return [
        Row("sent; hung up on, being no HTTP", [f"{len(replies):,}", f"{statuses[NO_ANSWER]:,}"]),
        *(Row(name, [f"{count}"], "0", not count) for name, count in counts.items()),
        Row("memory kept", [f"{kept:.0f} MB"], f"≤ {MOST_MEGABYTES_KEPT} MB", kept <= MOST_MEGABYTES_KEPT),
    ]


if __name__ == "__main__":
    parser = ArgumentParser(prog="python -m soak")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--share", type=float, default=1)
    wanted = parser.parse_args()
    broken = []
    for title, columns, measured in (
        ("restarts under load", ("requests", "in flight", "lost later", "took"), restarts()),
        ("slow clients", ("requests", "failed", "median", "slowest"), slow_clients(wanted.share)),
        (f"hostile requests, seed {wanted.seed}", (), hostile(wanted.share, wanted.seed)),
    ):
        rows = asyncio.run(measured)
        show(title, columns, rows)
        broken += [row.name for row in rows if not row.is_kept]
    if broken:
        sys.exit(f"broken: {', '.join(broken)}")
