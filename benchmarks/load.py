"""Requests per second and CPU per request, beside Flask's hello world under the same server.

Load comes from wrk (Debian package `wrk`), in rounds: each row gets one short run per round, and its median counts, so
that what else the machine does hits all rows alike. What to know when reading the figures:

- wrk and the server share the machine. Where cores are few, wrk takes from the server what it needs to read answers,
  the more the larger they are. So CPU per request is the figure that holds; requests per second are a ratio at best.
- CPU is that of the server's processes, in the program and in the kernel, which a larger body costs more as well.
- The load is the same request again and again, in one language, over eight connections that stay open.
"""

import re
import statistics
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple
from urllib.parse import urlencode

from benchmarks.server import CHECK, FORM, Server, serving
from benchmarks.table import Promise, Row, Section
from tests.posting import A_PERSON_FOR
from tests.test_first_view import CODINGS, ask, subresources

ROUNDS = 7
SECONDS = 1
CONNECTIONS = 8

LEAST_OF_HELLO = 0.8
"""The share of hello world's requests per second that the empty page is to reach."""

MOST_CPU_OF_HELLO = 12
"""How many times hello world's CPU a result may cost."""

BARE, HELLO = "benchmarks.compared:bare", "benchmarks.compared:flask_hello"
GZIP = {"Accept-Encoding": CODINGS["gzip"]}
ANSWERS = urlencode(A_PERSON_FOR["raised"], doseq=True)


@dataclass(frozen=True, kw_only=True)
class Request:
    """One kind of request and the status that it is answered with; `key` names its figures."""

    key: str
    name: str
    server: Server
    address: str = "/"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    status: int = 200


class Run(NamedTuple):
    """What one run of wrk came to: requests answered, requests per second, seconds of CPU per request."""

    requests: int
    per_second: float
    cpu: float


def measure() -> Section:
    """Measure every kind of request. Raises `RuntimeError` when one is not answered as it should be."""
    with serving(BARE) as bare, serving(HELLO) as hello, serving(CHECK) as check:
        requests = tuple(_requests(bare, hello, check))
        for request in requests:
            _try(request)
        rounds = [[run(request) for request in requests] for _ in range(ROUNDS)]
    medians = {request.key: _median(runs) for request, *runs in zip(requests, *rounds, strict=True)}
    figures = {f"{key}_per_second": round(made.per_second) for key, made in medians.items()}
    return Section(
        title="under load",
        columns=("requests/s", "of hello", "CPU each", "of hello"),
        rows=[_row(request, medians[request.key], medians["hello"]) for request in requests],
        figures=figures | {f"{key}_cpu_us": round(made.cpu * 1e6) for key, made in medians.items()},
    )


def run(request: Request, seconds: int = SECONDS) -> Run:
    """Send a request as often as it is answered in some seconds. Raises `RuntimeError` when answers fail."""
    words = [f"-H{name}: {value}" for name, value in request.headers.items()]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        if request.body:
            script.write(f'wrk.method, wrk.body = "POST", "{request.body}"')
            script.flush()
            words += ["-s", script.name]
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", *words, request.server.site + request.address]
        before = request.server.cpu
        made = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603
        used = request.server.cpu - before
    summary = re.search(r"(\d+) requests in .*Requests/sec: *([\d.]+)", made, re.DOTALL)
    if summary is None or "Socket errors" in made or (request.status < 400 and "Non-2xx" in made):
        raise RuntimeError(f"{request.name}: {made}")
    return Run(int(summary[1]), float(summary[2]), used / int(summary[1]))


def a_result(check: Server) -> Request:
    """Return the request for a result with all questions answered, as a browser sends it over TLS."""
    headers = {"Accept-Encoding": CODINGS["br"]} | FORM
    return Request(key="result", name="a result", server=check, address="/nl/result", headers=headers, body=ANSWERS)


def _requests(bare: Server, hello: Server, check: Server) -> Iterator[Request]:
    """Yield what is measured. Pages are asked for with gzip, results with Brotli and once more with gzip."""
    page = ask(check.site, "/nl/", Accept_Encoding=GZIP["Accept-Encoding"])
    style = next(address for address in subresources(page.text) if "style.css" in address)
    known = GZIP | {"If-None-Match": page.headers["etag"]}
    yield Request(key="bare", name="a bare WSGI function", server=bare)
    yield Request(key="hello", name="Flask's hello world", server=hello)
    yield Request(key="page", name="the empty page", server=check, address="/nl/", headers=GZIP)
    yield Request(key="unchanged", name="the empty page, 304", server=check, address="/nl/", headers=known, status=304)
    yield Request(key="style", name="the stylesheet", server=check, address=style, headers=GZIP)
    yield Request(key="rules", name="the rules page", server=check, address="/nl/rules", headers=GZIP)
    result = a_result(check)
    yield result
    yield replace(result, key="result_gzip", name="a result, gzip", headers=GZIP | FORM)
    yield replace(result, key="refused", name="a result refused, 422", body=ANSWERS.partition("&")[0], status=422)
    yield replace(result, key="pdf", name="a PDF", address="/nl/summary.pdf")


def _try(request: Request) -> None:
    status = request.server.ask(request.address, request.body, request.headers).status
    if status != request.status:
        raise RuntimeError(f"{request.name}: expected {request.status}, found {status}")


def _median(runs: Sequence[Run]) -> Run:
    return Run(*(statistics.median(values) for values in zip(*runs, strict=True)))


def _row(request: Request, made: Run, hello: Run) -> Row:
    share, times = made.per_second / hello.per_second, made.cpu / hello.cpu
    promises = {
        "page": Promise(f"≥ {LEAST_OF_HELLO:.0%} of hello's requests/s", share >= LEAST_OF_HELLO),
        "result": Promise(f"≤ {MOST_CPU_OF_HELLO}× hello's CPU", times <= MOST_CPU_OF_HELLO),
    }
    cells = f"{made.per_second:,.0f}", f"{share:.0%}", f"{made.cpu * 1000:.3f} ms", f"{times:.1f}×"
    return Row(request.name, cells, promises.get(request.key))
