"""The check under the very command of `make run`: its workers, its log, and what can happen to it."""

import asyncio
import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import SECONDS_TO_STOP, free_port, granian, wait_for


@dataclass(frozen=True)
class Server:
    """A running server: its port on this machine, the id of its first process, and the file its output goes to."""

    port: int
    pid: int
    log: Path

    @property
    def workers(self) -> list[int]:
        """The ids of the processes that answer; none when the server is gone (Linux)."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        return [int(pid) for pid in children.read_text().split()] if children.exists() else []

    @property
    def memory(self) -> float:
        """The memory of the workers together, in megabytes."""
        return sum(megabytes(worker) for worker in self.workers)

    def signal(self, kind: signal.Signals) -> None:
        """Send its first process a signal: HUP asks for new workers in the place of the old, TERM for the end."""
        os.kill(self.pid, kind)

    async def lose_a_worker(self) -> None:
        """Kill a worker, and return when it is dead."""
        worker = self.workers[0]
        os.kill(worker, signal.SIGKILL)
        while worker in self.workers:
            await asyncio.sleep(0.001)

    async def wait_for_log(self, line: str, times: int) -> None:
        """Wait until the log has a line so many times. Raises `TimeoutError`."""
        async with asyncio.timeout(SECONDS_TO_STOP):
            while self.log.read_text().count(line) < times:
                await asyncio.sleep(0.01)

    async def wait_for_end(self) -> None:
        """Wait until no worker is left. Raises `TimeoutError`."""
        async with asyncio.timeout(SECONDS_TO_STOP):
            while self.workers:
                await asyncio.sleep(0.01)


@contextmanager
def serving(log: Path, workers: int = 2, port: int | None = None) -> Iterator[Server]:
    """Serve the check from the moment it answers until the block ends.

    A port that another server listens on already is shared with it. Raises `TimeoutError` when it does not answer.
    """
    port = port or free_port()
    with log.open("wb") as output, granian("wsgi:app", port, workers, output) as process:
        wait_for(f"http://127.0.0.1:{port}/healthz")
        yield Server(port, process.pid, log)


def megabytes(pid: int) -> float:
    """Return the memory that a process has in use now, in megabytes (Linux)."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6
