"""A worker that is killed, a reload, a second server on the same port, and the end: what is lost under load."""

import asyncio
import os
import signal
import time
from collections.abc import Callable

from benchmarks.server import Server
from benchmarks.table import Row
from soak.client import SLOW, Crowd, dawdle, people
from tests.conftest import SECONDS_TO_STOP

CLIENTS = 16
MOST_LOST = {signal.SIGKILL: 2 * CLIENTS, signal.SIGHUP: CLIENTS, signal.SIGTERM: CLIENTS}
"""The kernel gives each connection to one worker for good; what waits for a worker that leaves is lost with it. Who
lost a request and asks at once again can meet a dying worker a second time."""


async def disturb(
    server: Server, name: str, kind: signal.Signals, around: int, coming: int = 0, slow: int = 0, is_last: bool = False
) -> Row:
    """Send a signal to a server under load, KILL to a worker of it, between `around` requests before and as many after.

    It is over when the workers that it ends are gone and those `coming` are there; what is lost of requests that were
    begun until then was in flight. `slow` clients, which never finish their bodies, would hold it up for ever. After
    the end of the last server there is nothing to lose.
    """
    leaving = server.workers[:1] if kind == signal.SIGKILL else server.workers
    there = starts(server) + coming
    crowd = Crowd(server.port, CLIENTS, people())
    waiting = [asyncio.create_task(dawdle(server.port, *SLOW[1])) for _ in range(slow)]
    await until(lambda: len(crowd.replies) >= around)
    begun = time.monotonic()
    os.kill(*leaving if kind == signal.SIGKILL else server.pids, kind)
    await until(lambda: starts(server) >= there and not set(leaving) & set(server.workers))
    over = time.monotonic()
    enough = 0 if is_last else len(crowd.replies) + around
    await until(lambda: len(crowd.replies) >= enough)
    for one in waiting:
        one.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    lost = [reply.begun for reply in await crowd.finish() if reply.status != 200]
    in_flight = sum(one <= (begun if is_last else over) for one in lost)
    later, most = 0 if is_last else len(lost) - in_flight, MOST_LOST[kind]
    cells = f"{len(crowd.replies):,}", f"{in_flight}", f"{later}", f"{over - begun:.1f} s"
    return Row(name, cells, f"≤ {most} in flight, 0 later", in_flight <= most and not later)


def starts(server: Server) -> int:
    """Return how many workers have said so far that they answer."""
    return server.log.read_bytes().count(b"Started worker-")


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something is true. Raises `TimeoutError` when that takes longer than a server may take to stop."""
    async with asyncio.timeout(SECONDS_TO_STOP):
        while not condition():
            await asyncio.sleep(0.01)
