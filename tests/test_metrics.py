"""The counters tell how much is asked for and what breaks, and nothing about anybody."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.parser import text_string_to_metric_families

from tests.answers import QUESTIONNAIRE, Sent
from tests.conftest import ROOT, running
from tests.posting import A_PERSON_FOR
from webapp.app import create_app
from webapp.clinics import EXAMPLE
from webapp.watching import coarse

ENOUGH = 20
SENTINEL = "sentinel-4711"
FORM = "application/x-www-form-urlencoded"
AT_CLINIC = f"/en/at/{EXAMPLE.id}"
FILE = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n%b\r\n--x--'


def fetch(site: str, address: str, method: str = "GET", body: bytes | None = None, **headers: str) -> tuple[int, str]:
    """Return the status and the body of an answer."""
    with closing(HTTPConnection(site.removeprefix("http://"), timeout=10)) as connection:
        connection.request(method, address, body, headers)
        response = connection.getresponse()
        return response.status, response.read().decode(errors="replace")


@dataclass(frozen=True)
class Counted:
    """A running check and, on another port, its counters."""

    site: str
    counters: str
    folder: Path

    def ask(self, address: str, body: bytes | None = None, method: str | None = None, **headers: str) -> int:
        """Send a request, a POST if it has a body; return the status of the answer."""
        named = {"Content-Type": FORM} | {name.replace("_", "-"): value for name, value in headers.items()}
        return fetch(self.site, address, method or ("GET" if body is None else "POST"), body, **named)[0]

    def post(self, answers: Sent, address: str = "/en/result") -> int:
        return self.ask(address, urlencode(answers, doseq=True).encode())

    def upload(self, content: bytes) -> int:
        return self.ask(f"{AT_CLINIC}/", FILE % content, Content_Type="multipart/form-data; boundary=x")

    def scrape(self) -> str:
        return fetch(self.counters, "/metrics")[1]

    def samples(self) -> Iterator[tuple[str, Mapping[str, str], float]]:
        for family in text_string_to_metric_families(self.scrape()):
            for sample in family.samples:
                yield sample.name, sample.labels, sample.value

    def count(self, name: str, **labels: str) -> float:
        """Return the sum of all series of a name that have these labels."""
        return sum(value for found, has, value in self.samples() if found == name and labels.items() <= has.items())

    @property
    def workers(self) -> Mapping[int, float]:
        """The number of answers each worker has counted, by process id."""
        files = {int(path.stem.removeprefix("counter_")): str(path) for path in self.folder.glob("counter_*.db")}
        return {pid: _requests(MultiProcessCollector.merge([file])) for pid, file in files.items()}


def _requests(families: Iterable[Metric]) -> float:
    samples = (sample for family in families for sample in family.samples)
    return sum(sample.value for sample in samples if sample.name == "magnesium_requests_total")


@pytest.fixture(scope="module")
def count(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Counted]]:
    """Start a check that counts, with settings of one's own."""
    with ExitStack() as stack:

        def start(app: str = "wsgi:app", workers: int = 1, **settings: str) -> Counted:
            folder = tmp_path_factory.mktemp("counters")
            own = {"PROMETHEUS_MULTIPROC_DIR": str(folder)}
            site = stack.enter_context(running(app, workers, **own, **settings))
            counters = stack.enter_context(running("webapp.metrics:exposition", **own))
            return Counted(site, counters, folder)

        yield start


@pytest.fixture(scope="module")
def counted(count: Callable[..., Counted]) -> Counted:
    """A check with one worker, and an address that breaks."""
    return count("tests.test_metrics:breakable", GRANIAN_FACTORY="true")


def breakable() -> Flask:
    app = create_app()

    @app.get("/break")
    def break_down() -> str:
        raise ValueError(SENTINEL)

    return app


# ── What is counted ──────────────────────────────────────────────────────────────────────────────────────


def test_a_check_that_nobody_has_opened_has_counted_nothing(count: Callable[..., Counted]):
    untouched = count()  # but asked for its health, until it answered
    assert {value for _, _, value in untouched.samples()} == {0}


FEW = A_PERSON_FOR["few"]

KINDS: Mapping[str, tuple[Callable[[Counted], int], str, Mapping[str, str]]] = {
    "a page": (lambda on: on.ask("/en/"), "requests", {"endpoint": "check.check", "clinic": "", "status": "200"}),
    "a clinic's page": (lambda on: on.ask(f"{AT_CLINIC}/rules"), "requests", {"endpoint": "rules_at.rules"}),
    "a clinic": (lambda on: on.ask(f"{AT_CLINIC}/"), "requests", {"clinic": EXAMPLE.id}),
    "a refused result": (lambda on: on.post({}), "requests", {"endpoint": "check.result", "status": "422"}),
    "a PDF": (lambda on: on.post(FEW, "/en/summary.pdf"), "requests", {"endpoint": "check.summary"}),
    "a file": (lambda on: on.post(FEW, "/en/answers.json"), "requests", {"endpoint": "check.answers_file"}),
    "an upload": (lambda on: on.upload(b"nonsense"), "uploads", {"clinic": EXAMPLE.id, "status": "422"}),
    "an error": (lambda on: on.ask("/break"), "errors", {}),
    "an unknown address": (lambda on: on.ask("/nonsense"), "requests", {"endpoint": "", "status": "404"}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_answer_is_counted(counted: Counted, kind: str):
    ask, name, labels = KINDS[kind]
    before = counted.count(f"magnesium_{name}_total", **labels)
    ask(counted)
    assert counted.count(f"magnesium_{name}_total", **labels) == before + 1


def test_filling_in_the_check_is_no_upload(counted: Counted):
    before = counted.count("magnesium_uploads_total")
    assert counted.post({}, "/en/") == 200
    assert counted.count("magnesium_uploads_total") == before


# ── Several workers ──────────────────────────────────────────────────────────────────────────────────────


def test_the_counters_of_all_workers_are_added_up_and_a_dead_one_takes_none_with_it(count: Callable[..., Counted]):
    counted = count(workers=2, GRANIAN_RESPAWN_INTERVAL="0.1")
    asked = 0
    while asked < 5_000 and (len(counted.workers) < 2 or not all(counted.workers.values())):
        with ThreadPoolExecutor(8) as visitors:
            asked += sum(status == 200 for status in visitors.map(counted.ask, ["/en/"] * 50))
    assert len(counted.workers) == 2 and all(counted.workers.values())
    assert counted.count("magnesium_requests_total", endpoint="check.check") == asked
    os.kill(min(counted.workers), signal.SIGKILL)
    for _ in range(100):
        if len(counted.workers) == 3:
            break
        time.sleep(0.1)
    assert len(counted.workers) == 3
    assert counted.count("magnesium_requests_total", endpoint="check.check") == asked
    assert counted.ask("/en/") == 200
    assert counted.count("magnesium_requests_total", endpoint="check.check") == asked + 1


# ── What is not told ─────────────────────────────────────────────────────────────────────────────────────


def test_a_clinics_results_come_out_only_when_they_are_many(counted: Counted):
    outcomes = [*QUESTIONNAIRE.outcomes] * ENOUGH
    for outcome in outcomes[: ENOUGH - 1]:
        assert counted.post(A_PERSON_FOR[outcome], f"{AT_CLINIC}/result") == 200
        assert counted.count("magnesium_results_total") == 0
    counted.post(A_PERSON_FOR[outcomes[ENOUGH - 1]], f"{AT_CLINIC}/result")
    counted.post(A_PERSON_FOR[outcomes[ENOUGH - 1]], f"{AT_CLINIC}/result")
    shown = {labels["outcome"]: value for name, labels, value in counted.samples() if name == "magnesium_results_total"}
    assert shown == {outcome: outcomes[:ENOUGH].count(outcome) for outcome in QUESTIONNAIRE.outcomes}
    assert counted.count("magnesium_results_total", clinic=EXAMPLE.id) == ENOUGH


def test_every_label_is_a_name_of_our_own(counted: Counted):
    own = breakable()
    known = {
        "endpoint": {"", *own.view_functions},
        "clinic": {"", EXAMPLE.id},
        "outcome": set(QUESTIONNAIRE.outcomes),
        "status": {"200", "303", "400", "404", "405", "422", "500"},
        "le": {"+Inf", *(str(0.05 * 2**step) for step in range(9))},
    }
    headers = dict.fromkeys(("User_Agent", "Accept_Language", "Referer", "Cookie", "X_Forwarded_For"), SENTINEL)
    for method in ("GET", "POST", SENTINEL.upper()):
        for address in ("/en/", f"/{SENTINEL}", f"/en/at/{SENTINEL}/", f"/en/result?{SENTINEL}", f"/static/{SENTINEL}"):
            counted.ask(address, f"age={SENTINEL}".encode(), method, **headers)
    assert SENTINEL not in counted.scrape().lower()
    for name, labels, _ in counted.samples():
        for label, value in labels.items():
            assert value in known[label], (name, label)


def test_durations_are_told_in_steps_too_wide_to_tell_an_outcome(counted: Counted):
    counted.post(A_PERSON_FOR["emergency"])
    seconds = counted.count("magnesium_request_seconds_sum", endpoint="check.result")
    answers = counted.count("magnesium_request_seconds_count", endpoint="check.result")
    assert seconds >= answers * 0.05 > 0
    assert seconds / 0.05 == pytest.approx(round(seconds / 0.05))


@pytest.mark.parametrize(
    ("seconds", "told"), [(0, 50), (0.003, 50), (0.05, 50), (0.051, 100), (0.39, 400), (30, 51_200)]
)
def test_a_duration_is_rounded_up_to_a_step(seconds: float, told: int):
    assert coarse(seconds) == told


def test_the_check_itself_never_shows_its_counters(counted: Counted):
    assert counted.ask("/metrics") == 404


# ── Off by default ───────────────────────────────────────────────────────────────────────────────────────


def test_without_a_folder_nothing_is_counted_and_nothing_more_is_needed():
    environment = {name: value for name, value in os.environ.items() if name != "PROMETHEUS_MULTIPROC_DIR"}
    ask = "import sys, wsgi; wsgi.app.test_client().get('/en/'); sys.exit('prometheus_client' in sys.modules)"
    subprocess.run([sys.executable, "-c", ask], cwd=ROOT, env=environment, check=True)


def test_a_folder_that_cannot_be_used_stops_the_start(tmp_path: Path):
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "missing")}
    start = subprocess.run([sys.executable, "-c", "import wsgi"], cwd=ROOT, env=environment, capture_output=True)
    assert start.returncode != 0
    assert b"PROMETHEUS_MULTIPROC_DIR" in start.stderr
