"""A server with one worker, as `make run` starts it, for as long as a measurement takes.

Granian's settings can be tried through the environment, where they hold for all that is compared:
`GRANIAN_BLOCKING_THREADS=2 python -m benchmarks --only load`.
"""

import os
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import NamedTuple

from tests.conftest import free_port, granian

CHECK = "wsgi:app"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

MOST_SECONDS_TO_START = 20
TICKS = os.sysconf("SC_CLK_TCK")


class Memory(NamedTuple):
    """The memory of a process in megabytes: all that it holds, and its share where several hold the same."""

    rss: float
    pss: float


@dataclass(frozen=True)
class Server:
    """A running server: its port on this machine, and the id of its first process, which starts the worker."""

    port: int
    pid: int

    @property
    def site(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def worker(self) -> int:
        """The id of the process that answers."""
        return self._children[0]

    @property
    def cpu(self) -> float:
        """The seconds of CPU that its processes have used so far, in the program and in the kernel."""
        stats = [Path(f"/proc/{pid}/stat").read_text() for pid in (self.pid, *self._children)]
        fields = [stat.rpartition(")")[2].split() for stat in stats]
        return sum(int(field[11]) + int(field[12]) for field in fields) / TICKS

    @property
    def memory(self) -> Memory:
        """The memory of the worker now (Linux)."""
        lines = Path(f"/proc/{self.worker}/smaps_rollup").read_text().splitlines()[1:]
        kibibytes = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)}
        return Memory(kibibytes["Rss"] * 1024 / 1e6, kibibytes["Pss"] * 1024 / 1e6)

    def ask(self, address: str, body: str = "", headers: Mapping[str, str] | None = None) -> HTTPResponse:
        """Send one request, a POST where there is a body, and return the response, read to its end."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("POST" if body else "GET", address, body or None, headers or {})
        response = connection.getresponse()
        response.read()
        connection.close()
        return response

    @property
    def _children(self) -> list[int]:
        return [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]


@contextmanager
def serving(app: str = CHECK) -> Iterator[Server]:
    """Serve an app from the moment it answers. Raises `TimeoutError` when it does not in time."""
    port = free_port()
    with granian(app, port, GRANIAN_LOG_ENABLED="false") as process:
        _wait_for(port)
        yield Server(port, process.pid)


def _wait_for(port: int) -> None:
    latest = time.monotonic() + MOST_SECONDS_TO_START
    while time.monotonic() < latest:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
        except OSError:
            time.sleep(0.005)
        else:
            return
    raise TimeoutError(port)
