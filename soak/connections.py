"""Two hundred connections at once, and slow clients beside others."""

import asyncio
import statistics
from collections.abc import Sequence
from pathlib import Path

from benchmarks.table import Promise, Row, Section
from soak.client import Crowd, Reply, people
from soak.server import serving
from soak.slow import SLOW

CONNECTIONS, SECONDS = 200, 60
SLOW_CLIENTS = 64
"""Of each kind."""

OTHERS = 4
SECONDS_BESIDE = 20

MOST_SECONDS = 10
"""The latest answer when two hundred ask at once."""

MOST_SECONDS_BESIDE = 2
"""The latest answer beside slow clients."""

MOST_MEGABYTES_KEPT = 20
"""For both workers together, in the second half of the time: by then every thread and every kept page is there."""


async def crowded(log: Path, share: float) -> Section:
    """Keep all connections busy for a minute; a request has one of its own."""
    with serving(log) as server:
        crowd = Crowd(server.port, CONNECTIONS, people())
        await asyncio.sleep(SECONDS * share / 2)
        before = server.memory
        await asyncio.sleep(SECONDS * share / 2)
        replies = await crowd.stop()
        kept = server.memory - before
    is_flat = Promise(f"≤ {MOST_MEGABYTES_KEPT} MB", kept <= MOST_MEGABYTES_KEPT)
    rows = (_row(f"{CONNECTIONS} connections", replies, MOST_SECONDS), Row("memory kept", (f"{kept:.0f} MB",), is_flat))
    figures = {"connections": CONNECTIONS, "connections_answered": len(replies), "connections_failed": failed(replies)}
    return Section(title="all at once", columns=COLUMNS, rows=rows, figures=figures)


async def beside_slow_clients(log: Path, share: float) -> Section:
    """Ask for pages and results without and then with slow clients: of headers, of bodies, and of reading."""
    with serving(log) as server:
        alone = await _others(server.port, share)
        slow = [asyncio.create_task(kind(server.port)) for kind in SLOW for _ in range(SLOW_CLIENTS)]
        await asyncio.sleep(1)
        beside = await _others(server.port, share)
        still = sum(not one.done() for one in slow)
        for one in slow:
            one.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
    rows = _row("alone", alone, MOST_SECONDS_BESIDE), _row(f"beside {still} slow clients", beside, MOST_SECONDS_BESIDE)
    figures = {"slow_clients": still, "failed_beside_slow": failed(beside)}
    return Section(title="slow clients", columns=COLUMNS, rows=rows, figures=figures)


COLUMNS = ("requests", "failed", "median", "slowest")


def failed(replies: Sequence[Reply]) -> int:
    """Return how many of these requests, which are all in order, got another answer than theirs, or none."""
    return sum(reply.status != 200 for reply in replies)


def _row(name: str, replies: Sequence[Reply], most_seconds: float) -> Row:
    seconds = [reply.seconds for reply in replies]
    cells = f"{len(replies):,}", f"{failed(replies)}", f"{statistics.median(seconds):.3f} s", f"{max(seconds):.2f} s"
    is_kept = failed(replies) == 0 and max(seconds) <= most_seconds
    return Row(name, cells, Promise(f"0 failed, ≤ {most_seconds} s", is_kept))


async def _others(port: int, share: float) -> list[Reply]:
    crowd = Crowd(port, OTHERS, people())
    await asyncio.sleep(SECONDS_BESIDE * share)
    return await crowd.stop()
