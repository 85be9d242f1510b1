"""How fast the check is, beside Flask's hello world under the same server: `make bench`.

Load comes from wrk (Debian package `wrk`). All rows are measured in one run, since machines differ and are noisy: the
ratios count, not the figures. CPU is that of the server's processes, user and system time, for each request answered.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from tests.posting import A_PERSON_FOR

ROOT = Path(__file__).parent.parent
SECONDS = 4
CONNECTIONS = 8
TICKS = os.sysconf("SC_CLK_TCK")

POST = 'wrk.method = "POST"\nwrk.body = "{body}"\nwrk.headers["Content-Type"] = "application/x-www-form-urlencoded"\n'
ANSWERS = urlencode({question: list(chosen) for question, chosen in A_PERSON_FOR["raised"].items()}, doseq=True)


class Row(NamedTuple):
    """One measurement: requests per second, and milliseconds of CPU per request."""

    name: str
    per_second: float
    cpu: float


@contextmanager
def serving(app: str) -> Iterator[tuple[str, int]]:
    """Serve an app with granian, one worker; yields its address and process id once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--no-log", app]
    process = subprocess.Popen(command, cwd=ROOT)  # noqa: S603
    try:
        while not _answers(port):
            time.sleep(0.005)
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.terminate()
        process.wait(10)


def _answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5)
    except OSError:
        return False
    return True


def measure(name: str, site: str, pid: int, address: str, *headers: str, post: bool = False) -> Row:
    """Send as many requests as fit into some seconds."""
    command = [
        "wrk",
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{SECONDS}s",
        *(word for header in headers for word in ("-H", header)),
    ]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        if post:
            script.write(POST.format(body=ANSWERS))
            script.flush()
            command += ["-s", script.name]
        before = _cpu(pid)
        made = subprocess.run([*command, site + address], capture_output=True, text=True, check=True).stdout  # noqa: S603
        used = _cpu(pid) - before
    requests = int(re.search(r"(\d+) requests in", made)[1])  # type: ignore[index]
    return Row(name, requests / SECONDS, used / requests * 1000)


def _cpu(pid: int) -> float:
    """Return the seconds of CPU that a process and its children have used."""
    pids = [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
    fields = [Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split() for one in pids]
    return sum(int(field[11]) + int(field[12]) for field in fields) / TICKS


def first_answer() -> float:
    """Return the seconds from the start of the server to the first page."""
    start = time.monotonic()
    with serving("wsgi:app"):
        return time.monotonic() - start


def main() -> None:
    if not shutil.which("wrk"):
        sys.exit("wrk is not installed: apt-get install wrk")
    rows = []
    with serving("benchmarks.compared:bare") as (site, pid):
        rows.append(measure("a bare WSGI function", site, pid, "/"))
    with serving("benchmarks.compared:flask_hello") as (site, pid):
        hello = measure("Flask's hello world", site, pid, "/")
        rows.append(hello)
    with serving("wsgi:app") as (site, pid):
        with urllib.request.urlopen(f"{site}/nl/") as page:  # noqa: S310
            tag = page.headers["ETag"]
        rows += [
            measure("the empty check", site, pid, "/nl/", "Accept-Encoding: gzip"),
            measure("the empty check, unchanged (304)", site, pid, "/nl/", f"If-None-Match: {tag}"),
            measure("a result", site, pid, "/nl/result", "Accept-Encoding: gzip", post=True),
            measure("a PDF", site, pid, "/nl/summary.pdf", post=True),
        ]
    sys.stdout.write(f"{'':34}{'requests/s':>12}{'of hello':>10}{'CPU ms':>9}{'of hello':>10}\n")
    for row in rows:
        ratios = row.per_second / hello.per_second, row.cpu / hello.cpu
        sys.stdout.write(f"{row.name:34}{row.per_second:12,.0f}{ratios[0]:10.0%}{row.cpu:9.3f}{ratios[1]:9.1f}×\n")
    sys.stdout.write(f"from the start of the server to the first page: {first_answer():.2f} s\n")


if __name__ == "__main__":
    main()
