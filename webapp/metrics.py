"""Counters for Prometheus: how much is asked for, how long it takes and what breaks. Never by whom.

All workers count into files of one folder, `PROMETHEUS_MULTIPROC_DIR`, and `exposition` adds them up. It is a program
of its own, on a port of its own: `granian --interface wsgi --port 9464 webapp.metrics:exposition`.
"""

from collections import Counter as Tally
from threading import Lock

from prometheus_client import CollectorRegistry, Counter, Histogram, make_wsgi_app
from prometheus_client.multiprocess import MultiProcessCollector

from webapp.watching import SHORTEST, Answer

ENOUGH = 20
"""So many results of one clinic are published at once, so that none of them tells what one person was told."""

BUCKETS = [SHORTEST / 1000 * 2**step for step in range(9)]
"""The durations that `coarse` tells apart, in seconds: up to 12.8."""


class Counters:
    """The counters of one worker. All labels are names of our own. Raises `OSError` when the folder cannot be used."""

    def __init__(self) -> None:
        self.requests = Counter("magnesium_requests", "Answers sent.", ("endpoint", "clinic", "status"), registry=None)
        self.errors = Counter("magnesium_errors", "Answers with status 500.", registry=None)
        self.uploads = Counter("magnesium_uploads", "Files sent in.", ("clinic", "status"), registry=None)
        self.results = Counter(
            "magnesium_results", f"Results shown, published {ENOUGH} at a time.", ("clinic", "outcome"), registry=None
        )
        self.seconds = Histogram(
            "magnesium_request_seconds", "Durations, rounded up.", ("endpoint",), registry=None, buckets=BUCKETS
        )
        self.seconds.labels("")  # opens its file now: what is wrong with the folder stops the start, not an answer
        self._held_back: dict[str, list[str]] = {}
        self._lock = Lock()

    def count(self, answer: Answer) -> None:
        """Count an answer."""
        seen, status = answer.seen, str(answer.status)
        self.requests.labels(seen.endpoint, seen.clinic, status).inc()
        self.seconds.labels(seen.endpoint).observe(answer.ms_at_most / 1000)
        if answer.status == 500:
            self.errors.inc()
        if seen.is_upload:
            self.uploads.labels(seen.clinic, status).inc()
        if seen.outcome:
            self._count_result(seen.clinic, seen.outcome)

    def _count_result(self, clinic: str, outcome: str) -> None:
        with self._lock:
            held_back = self._held_back.setdefault(clinic, [])
            held_back.append(outcome)
            if len(held_back) < ENOUGH:
                return
            del self._held_back[clinic]
        for one, times in Tally(held_back).items():
            self.results.labels(clinic, one).inc(times)


_of_all_workers = CollectorRegistry()
MultiProcessCollector(_of_all_workers)  # type: ignore[no-untyped-call]
exposition = make_wsgi_app(_of_all_workers)
"""Answers with the counters of all workers, those that have died included."""
