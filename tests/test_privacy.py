"""Nothing of what a person answers is kept: not in a cookie, not in a cache, not in a log."""

import logging
import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask, request

from tests.answers import Sent, harmless_but
from tests.conftest import ROOT, free_port, make_app, need, wait_for
from tests.house import HouseClient
from tests.posting import A_PERSON_FOR, WITH_MISTAKES, addresses, post

ANYTHING = {**A_PERSON_FOR, **WITH_MISTAKES}
SENTINEL = "sentinel-4711"
SENTINEL_ANSWERS: Sent = harmless_but(stress=SENTINEL, **{SENTINEL: SENTINEL})


# ── Cookies and caches ───────────────────────────────────────────────────────────────────────────────────


def test_no_response_sets_a_cookie(app: Flask, client: HouseClient):
    for method in ("GET", "POST"):
        for address in addresses(app, method):
            response = client.open(address, method=method, headers={"Cookie": "session=x"})
            assert "Set-Cookie" not in response.headers, address
            assert "Cookie" not in response.vary


@pytest.mark.parametrize("answers", ANYTHING.values(), ids=ANYTHING)
def test_what_holds_answers_is_stored_nowhere(app: Flask, client: HouseClient, answers: Sent):
    for address in addresses(app, "POST"):
        response = post(client, answers, address)
        assert response.headers["Cache-Control"] == "no-store", address
        assert "ETag" not in response.headers


def test_the_check_itself_is_the_same_for_everybody(client: HouseClient):
    seen = {
        client.get("/en/", headers=headers, query_string=query).data
        for headers in ({}, {"Cookie": "a=b"}, {"Accept-Language": "nl"}, {"User-Agent": SENTINEL})
        for query in ({}, {"stress": "often"})
    }
    assert len(seen) == 1


def test_a_result_never_carries_answers_in_an_address(client: HouseClient):
    answers = A_PERSON_FOR["raised"]
    page = post(client, answers).text
    for question, options in answers.items():
        for option in options:
            assert f"{question}={option}" not in page


# ── Logs ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_answers_stay_out_of_the_log(client: HouseClient, caplog: pytest.LogCaptureFixture, capfd):
    caplog.set_level(logging.DEBUG)
    assert post(client, SENTINEL_ANSWERS).status_code == 422
    client.get(f"/en/{SENTINEL}?{SENTINEL}", headers={"Referer": SENTINEL})
    assert SENTINEL not in caplog.text + "".join(capfd.readouterr())


def test_an_error_is_logged_by_type_and_place_without_its_message(caplog: pytest.LogCaptureFixture, capfd):
    app = make_app(PROPAGATE_EXCEPTIONS=False)

    @app.post("/<lang>/fail")
    def fail(lang: str) -> str:
        try:
            raise KeyError(request.form["stress"])
        except KeyError as error:
            raise ValueError(f"cannot read {request.form}") from error

    caplog.set_level(logging.DEBUG)
    response = post(app.test_client(), SENTINEL_ANSWERS, "/en/fail")
    logged = caplog.text + "".join(capfd.readouterr())
    assert response.status_code == 500
    assert response.headers["Cache-Control"] == "no-store"
    assert "ValueError" in logged and Path(__file__).name in logged
    assert SENTINEL not in logged and "cannot read" not in logged
    for leak in (SENTINEL, "cannot read", "Traceback", "ValueError", "KeyError", ".py"):
        assert leak not in response.text


@contextmanager
def made_to_run(log: Path) -> Iterator[str]:
    """Serve with the very command of `make run`, its output in a file; yields the address."""
    make = need(shutil.which("make"), "make", "apt-get install make")
    port = free_port()
    dry_run = [make, "--no-print-directory", "--dry-run", "--assume-old=.venv/run", "run", f"PORT={port}"]
    command = subprocess.run(dry_run, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()[-1]
    need(ROOT / shlex.split(command)[0], "granian", "make run")
    with log.open("wb") as output:
        process = subprocess.Popen(
            shlex.split(command), cwd=ROOT, stdout=output, stderr=output, env=os.environ | {"PYTHONUNBUFFERED": "1"}
        )
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(10)


def test_the_server_logs_no_answers_no_addresses_and_no_visitors(tmp_path: Path):
    with made_to_run(tmp_path / "log") as site:
        server = HTTPConnection(site.removeprefix("http://"), timeout=10)
        headers = {"Referer": SENTINEL, "Content-Type": "application/x-www-form-urlencoded"}
        for method, address, status in (("GET", "/en/", 200), ("POST", "/en/result", 422), ("GET", "/nonsense", 404)):
            server.request(method, f"{address}?{SENTINEL}", urlencode(SENTINEL_ANSWERS, doseq=True), headers)
            response = server.getresponse()
            response.read()
            assert response.status == status
        server.close()
    logged = (tmp_path / "log").read_text()
    assert "Traceback" not in logged
    assert SENTINEL not in logged
    assert "GET" not in logged and "POST" not in logged
