"""Hostile requests to every address, over the wire, with workers that must live on."""

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from benchmarks.table import Promise, Row, Section
from soak.client import NO_ANSWER, Crowd, Reply
from soak.server import Server, serving
from tests.hostile import SENTINEL, hostile_requests
from tests.posting import languages_of
from webapp.app import create_app

REQUESTS = 100_000
CLIENTS = 32

MOST_MEGABYTES_KEPT = 20
"""For both workers together. One kilobyte kept of each request would be 50 MB; what threads take is far less."""

BUSY = 503
"""The one error that is wanted: as many sheets as can be are being made already."""


async def measure(log: Path, share: float, seed: int) -> Section:
    """Send all requests; the memory after one half is the yardstick for the other."""
    app = create_app()
    requests = (request.on_the_wire() for request in hostile_requests(app, seed, languages_of(app)))
    with serving(log) as server:
        workers = server.workers
        replies = await _send(server, requests, int(REQUESTS * share / 2))
        before = server.memory
        replies += await _send(server, requests, int(REQUESTS * share / 2))
        kept, is_alive = server.memory - before, server.workers == workers
    statuses = Counter(reply.status for reply in replies)
    fell = sum(count for status, count in statuses.items() if status >= 500 and status != BUSY)
    told = log.read_text().count(SENTINEL)
    rows = (
        Row("requests", (f"{len(replies):,}",)),
        Row("answered as a page or a refusal", (f"{len(replies) - fell - statuses[NO_ANSWER]:,}",)),
        Row("hung up on, being no HTTP", (f"{statuses[NO_ANSWER]:,}",)),
        Row("fell over (5xx)", (f"{fell}",), Promise("0", fell == 0)),
        Row("workers that died", ("no" if is_alive else "some",), Promise("none", is_alive)),
        Row("answers in the log", (f"{told}",), Promise("0", told == 0)),
        Row("memory kept", (f"{kept:.0f} MB",), Promise(f"≤ {MOST_MEGABYTES_KEPT} MB", kept <= MOST_MEGABYTES_KEPT)),
    )
    figures = {"bodies": len(replies), "bodies_fallen": fell, "answers_logged": told, "bodies_kept_mb": round(kept)}
    return Section(title=f"hostile requests, seed {seed}", columns=("",), rows=rows, figures=figures)


async def _send(server: Server, requests: Iterator[bytes], count: int) -> list[Reply]:
    return await Crowd(server.port, CLIENTS, islice(requests, count), patience=5).finish()
