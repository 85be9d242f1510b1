"""Measure and print one table: `make bench`. Wants wrk and nginx.

`python -m benchmarks --against ../before` also serves another checkout of this project and measures it in the same
rounds, with that checkout's own vignettes. `--rounds` and `--seconds` make it shorter or surer.

Each row gets one short run of wrk per round, every other round backwards; a first round warms up. The median of the
rounds counts, of ratios the median of each round's ratio, so that what else the machine does hits all rows alike. CPU
per request is the figure that holds: what the server's processes used, in the program and in the kernel. Since wrk
shares the machine with them, requests per second are a ratio at best.
"""

import json
import re
import statistics
import subprocess
import tempfile
import tomllib
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from benchmarks.server import HOST, Server, behind_nginx, serving
from benchmarks.table import Row, show
from tests.conftest import ROOT
from tests.test_first_view import CODINGS, ask, subresources

LEAST_OF_HELLO = 2
"""How many times hello world's requests per second the empty page is to reach through the sample nginx."""

MOST_OF_HELLO, MOST_OF_BEFORE = 12, 1.05
"""How many times hello world's CPU a result may cost, and how many times what it cost before."""

FORM = "application/x-www-form-urlencoded"
HEADERS = (f"-HHost: {HOST}", f"-HAccept-Encoding: {CODINGS['br']}", f"-HContent-Type: {FORM}")

POSTING = """local bodies, at = {%s}, 0
function request() at = at %% #bodies + 1; return wrk.format("POST", nil, nil, bodies[at]) end"""


class Run(NamedTuple):
    """What one run of wrk came to: requests answered, requests per second, seconds of CPU per request."""

    requests: int
    per_second: float
    cpu: float


@dataclass(frozen=True)
class Load:
    """One kind of request: a GET, or a POST of each of some bodies in turn."""

    name: str
    server: Server
    address: str
    bodies: Sequence[str] = ()
    connections: int = 8

    def run(self, seconds: int) -> Run:
        """Send it as often as it is answered. Raises `RuntimeError` when an answer fails."""
        with tempfile.NamedTemporaryFile("w", suffix=".lua", encoding="utf-8") as script:
            script.write(POSTING % ", ".join(map(json.dumps, self.bodies)) if self.bodies else "")
            script.flush()
            words = ["-t1", f"-c{self.connections}", f"-d{seconds}s", "-s", script.name, *HEADERS, self.address]
            before = self.server.cpu
            said = subprocess.run(["wrk", *words], capture_output=True, text=True, check=True).stdout  # noqa: S603, S607
            used = self.server.cpu - before
        summary = re.search(r"(\d+) requests in .*Requests/sec: *([\d.]+)", said, re.DOTALL)
        if summary is None or "Socket errors" in said or "Non-2xx" in said:
            raise RuntimeError(f"{self.name}: {said}")
        return Run(int(summary[1]), float(summary[2]), used / int(summary[1]))


def measure(rounds: int, seconds: int, against: Path | None) -> None:
    """Serve everything side by side, and show each section when it is measured."""
    with ExitStack() as stack:
        check, hello, nginx = map(stack.enter_context, (serving(), serving("benchmarks.hello:app"), behind_nginx()))
        site = f"http://127.0.0.1:{check.port}"
        show("first view", (*CODINGS, "requests"), _first_views(site))
        loads = {
            "hello": Load("Flask's hello world", hello, f"http://127.0.0.1:{hello.port}/"),
            "page": Load("the empty page", check, f"{site}/nl/"),
            "nginx": Load("the same through the sample nginx", nginx, f"https://127.0.0.1:{nginx.port}/nl/"),
        }
        for name, page, connections in (("a result", "result", 8), ("a PDF", "summary.pdf", 2)):
            for when, folder in {"": ROOT, ", before": against}.items():
                if folder:
                    # Each in a server of its own, since a worker that has made PDFs holds Typst and its fonts.
                    server = stack.enter_context(serving(folder=folder))
                    address = f"http://127.0.0.1:{server.port}/nl/{page}"
                    loads[page + when] = Load(name + when, server, address, vignettes(folder), connections)
        at_start = {key: load.server.memory for key, load in loads.items()}
        order = list(loads), list(reversed(loads))
        _, *runs = [{key: loads[key].run(seconds) for key in order[number % 2]} for number in range(rounds + 1)]
        columns = ["requests/s", "of hello", "CPU each", "of hello", "MB at start", "MB after", "requests"]
        rows = [_row(key, load, at_start[key], runs) for key, load in loads.items()]
        show(f"under load, {rounds} rounds", columns + ["of before"] * bool(against), rows)


def vignettes(folder: Path) -> list[str]:
    """Return the answers of a checkout's vignettes, as a browser sends them."""
    file = tomllib.loads((folder / "tests" / "vignettes.toml").read_text(encoding="utf-8"))
    return [urlencode(file["default"] | vignette.get("answers", {}), doseq=True) for vignette in file["vignette"]]


def median_ratio(runs: Sequence[Mapping[str, Run]], key: str, to: str, figure: str) -> float:
    """Return the median of each round's ratio of a figure between two loads."""
    return statistics.median(getattr(made[key], figure) / getattr(made[to], figure) for made in runs)


def _row(key: str, load: Load, at_start: float, runs: Sequence[Mapping[str, Run]]) -> Row:
    _, per_second, cpu = (statistics.median(figures) for figures in zip(*(made[key] for made in runs), strict=True))
    share, times = (median_ratio(runs, key, "hello", figure) for figure in ("per_second", "cpu"))
    cells = [f"{per_second:,.0f}", f"{share:.2f}×", f"{cpu * 1000:.3f} ms", f"{times:.1f}×"]
    cells += [f"{at_start:.0f}", f"{load.server.memory:.0f}", f"{sum(made[key].requests for made in runs):,}"]
    before = median_ratio(runs, key, f"{key}, before", "cpu") if f"{key}, before" in runs[0] else 0
    wanted, is_kept = {
        "nginx": (f"≥ {LEAST_OF_HELLO}× requests/s of hello", share >= LEAST_OF_HELLO),
        "result": (f"≤ {MOST_OF_HELLO}× of hello", times <= MOST_OF_HELLO and before <= MOST_OF_BEFORE),
    }.get(key, ("", True))
    if before:
        cells.append(f"{before:.2f}×")
        wanted += f", ≤ {MOST_OF_BEFORE}× of before" if wanted else ""
    return Row(load.name, cells, wanted, is_kept)


def _first_views(site: str) -> Iterator[Row]:
    """Ask in each language for page, stylesheet and script as browsers do, and count the bytes with all headers."""
    for lang, address in re.findall(r'hreflang="([\w-]+)" href="(/[^"]*)"', ask(site, "/nl/").text):
        addresses = [address, *subresources(ask(site, address).text)]
        sizes = [sum(ask(site, one, Accept_Encoding=accepts).size for one in addresses) for accepts in CODINGS.values()]
        yield Row(lang, [*(f"{size:,} B" for size in sizes), str(len(addresses))])


if __name__ == "__main__":
    parser = ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--against", type=Path, metavar="FOLDER", help="another checkout, measured in the same rounds")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=2, help="of each run")
    wanted = parser.parse_args()
    if wanted.against and not (wanted.against / "wsgi.py").is_file():
        parser.error(f"--against {wanted.against}: expected a checkout of this project, found no wsgi.py there")
    measure(wanted.rounds, wanted.seconds, wanted.against)
