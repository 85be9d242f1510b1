"""A worker that is killed, a reload, a stop, and a second server on the same port: what is lost under load."""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.table import Promise, Row, Section
from soak.client import Crowd, Reply, people
from soak.server import Server, serving
from soak.slow import slow_body

CLIENTS = 16
MOST_LOST_BY_KILL = 2 * CLIENTS
"""Who lost a request and asks at once again can meet the dying worker a second time."""

MOST_LOST_BY_LEAVING = CLIENTS
"""The kernel gives each connection to one worker for good; what waits for a worker that leaves is lost with it."""

SECONDS_AROUND = 3
STARTED, REPLACED = "Started worker-", "Stopped old worker-"


@dataclass(frozen=True)
class Disturbed:
    """What became of requests while something happened to the server, and when it happened and was over."""

    replies: Sequence[Reply]
    begun: float
    over: float
    gone: float
    """When the last worker had left: what was begun earlier may have been in its hands."""

    @property
    def lost(self) -> list[Reply]:
        return [reply for reply in self.replies if reply.status != 200]

    @property
    def lost_in_flight(self) -> int:
        """How many were lost that had been begun while a worker was leaving."""
        return sum(reply.begun <= self.gone for reply in self.lost)

    @property
    def lost_later(self) -> int:
        return len(self.lost) - self.lost_in_flight

    def row(self, name: str, most_in_flight: int, most_later: int | None) -> Row:
        """Return the line of the table; `most_later` is None where nobody is there to answer later."""
        later = "–" if most_later is None else f"{self.lost_later}"
        wanted = f"≤ {most_in_flight} in flight" + ("" if most_later is None else f", {most_later} later")
        is_kept = self.lost_in_flight <= most_in_flight and (most_later is None or self.lost_later <= most_later)
        cells = f"{len(self.replies):,}", f"{self.lost_in_flight}", later, f"{self.over - self.begun:.1f} s"
        return Row(name, cells, Promise(wanted, is_kept))


async def measure(log: Path) -> Section:
    """Let one thing after the other happen to a server with two workers under load."""
    killed, reloaded, stopped, replaced = await kill(log), await reload(log), await stop(log), await replace(log)
    rows = (
        killed.row("a worker killed (-9)", MOST_LOST_BY_KILL, 0),
        reloaded.row("new workers (HUP)", MOST_LOST_BY_LEAVING, 0),
        stopped.row("the end (TERM)", MOST_LOST_BY_LEAVING, None),
        replaced.row("a second server, then the end", MOST_LOST_BY_LEAVING, 0),
    )
    figures = {
        "lost_by_kill": len(killed.lost),
        "lost_by_reload": len(reloaded.lost),
        "lost_by_stop": stopped.lost_in_flight,
        "lost_by_replacement": len(replaced.lost),
        "milliseconds_until_back": round((killed.over - killed.begun) * 1000),
    }
    columns = ("requests", "lost in flight", "lost later", "took")
    return Section(title=f"under load of {CLIENTS} clients", columns=columns, rows=rows, figures=figures)


async def kill(log: Path, seconds: float = SECONDS_AROUND) -> Disturbed:
    """Kill a worker. It is over when another one has taken its place."""
    with serving(log) as server:
        crowd = await _crowd(server, seconds)
        await server.lose_a_worker()
        begun = time.monotonic()
        await server.wait_for_log(STARTED, 3)
        over = time.monotonic()
        await asyncio.sleep(seconds)
        return Disturbed(await crowd.stop(), begun, over, gone=begun)


async def reload(log: Path) -> Disturbed:
    """Ask for new workers, beside a client that would hold up the old ones for ever."""

    async def replaced(server: Server) -> None:
        await server.wait_for_log(REPLACED, 2)

    replies, begun, over = await _signalled(log, signal.SIGHUP, replaced, SECONDS_AROUND)
    return Disturbed(replies, begun, over, gone=over)


async def stop(log: Path) -> Disturbed:
    """Stop the server, beside a client that would hold it up for ever."""
    replies, begun, over = await _signalled(log, signal.SIGTERM, Server.wait_for_end, 0)
    return Disturbed(replies, begun, over, gone=begun)


async def replace(log: Path) -> Disturbed:
    """Start a second server on the port of the first, and stop the first: how a new version takes over."""
    with serving(log) as first:
        crowd = await _crowd(first, SECONDS_AROUND)
        with serving(log.with_suffix(".second"), port=first.port) as second:
            await second.wait_for_log(STARTED, 2)
            begun = time.monotonic()
            first.signal(signal.SIGTERM)
            await first.wait_for_end()
            over = time.monotonic()
            await asyncio.sleep(SECONDS_AROUND)
            return Disturbed(await crowd.stop(), begun, over, gone=over)


async def _signalled(
    log: Path, kind: signal.Signals, done: Callable[[Server], Awaitable[None]], seconds_after: float
) -> tuple[Sequence[Reply], float, float]:
    """Send the server a signal and wait until all is done; return what became of requests, and when that was."""
    with serving(log) as server:
        crowd = await _crowd(server, SECONDS_AROUND)
        slow = asyncio.create_task(slow_body(server.port))
        await asyncio.sleep(1)
        begun = time.monotonic()
        server.signal(kind)
        await done(server)
        over = time.monotonic()
        slow.cancel()
        await asyncio.sleep(seconds_after)
        return await crowd.stop(), begun, over


async def _crowd(server: Server, seconds: float) -> Crowd:
    await server.wait_for_log(STARTED, 2)
    crowd = Crowd(server.port, CLIENTS, people())
    await asyncio.sleep(seconds)
    return crowd
