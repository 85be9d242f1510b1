"""What `docs/running.md` and the samples in `deploy/` say about running the check is so."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import ROOT, SECONDS_TO_STOP, free_port, make_app, need, wait_for
from tests.house import HouseClient
from webapp.questionnaire import ContentError
from webapp.settings import DEFAULTS

DEPLOY = ROOT / "deploy"
RUNNING = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")


def test_every_setting_that_is_read_stands_in_the_table_and_no_other():
    assert set(re.findall(r"^\| `MAGNESIUM_(\w+)` \|", RUNNING, re.MULTILINE)) == set(DEFAULTS)


@pytest.mark.parametrize("file", sorted(DEPLOY.iterdir()), ids=lambda path: path.name)
def test_the_samples_name_no_setting_that_is_not_read(file: Path):
    assert set(re.findall(r"MAGNESIUM_([A-Z_]+)", file.read_text(encoding="utf-8"))) <= set(DEFAULTS)


def test_the_sample_proxy_passes_on_to_the_check_alone():
    unit, proxy = (
        (DEPLOY / "magnesium-check.service").read_text(encoding="utf-8"),
        (DEPLOY / "nginx.conf").read_text(encoding="utf-8"),
    )
    (address,) = re.findall(r"--host (\S+) --port (\d+)", unit)
    assert re.findall(r"^\s*server (\S+);", proxy, re.MULTILINE) == [":".join(address)]
    assert {upstream.rstrip("/") for upstream in re.findall(r"proxy_pass http://(\S+);", proxy)} == {"magnesium_check"}


# ── Health ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_health_asks_for_no_host_and_is_never_kept(method: str):
    response = make_app(TRUSTED_HOSTS=["check.example.org"]).test_client().open("/healthz", method=method)
    assert (response.status_code, response.headers["Cache-Control"]) == (200, "no-store")


def test_health_is_only_there_to_be_asked_for(client: HouseClient):
    assert client.post("/healthz").status_code == 404


def test_health_is_not_told_before_everything_is_loaded(tmp_path: Path):
    with pytest.raises(ContentError, match=r"MAGNESIUM_CONTENT: there is no .*content\.toml"):
        make_app(CONTENT=tmp_path / "content.toml")


# ── make run ─────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def made(target: str, port: int, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """Run a target of the Makefile on a port, and stop it in the end."""
    make = need(shutil.which("make"), "make", "apt-get install make")
    here = os.path.relpath(Path(sys.executable).parent, ROOT)
    command = [make, "--no-print-directory", "--assume-old=.venv/run", target, f"PORT={port}", f"BIN={here}"]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ | environment
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=SECONDS_TO_STOP)


def listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def until(is_so: Callable[[], bool]) -> None:
    """Wait for a condition. Raises `TimeoutError` when it does not come true."""
    deadline = time.monotonic() + SECONDS_TO_STOP
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.05)


def test_whoever_stops_make_stops_the_server_and_it_had_nothing_to_say():
    port = free_port()
    with made("run", port) as process:
        wait_for(f"http://127.0.0.1:{port}/healthz")
        process.terminate()
        printed, _ = process.communicate(timeout=SECONDS_TO_STOP)
    # What make itself says: the command, and that it was stopped.
    assert [line for line in printed.splitlines() if "granian" not in line and not line.startswith("make:")] == []
    until(lambda: not listens(port))


def test_a_second_start_on_the_same_port_says_that_it_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with made("run", port) as process:
            printed, _ = process.communicate(timeout=SECONDS_TO_STOP)
    assert process.returncode != 0
    assert f"Port {port} of 127.0.0.1 is in use" in printed


def test_whoever_changes_the_program_is_served_what_is_there_now():
    port = free_port()
    with made("dev", port):
        until(lambda: listens(port))
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/en/", timeout=SECONDS_TO_STOP) as page:
            assert page.headers["Cache-Control"] == "no-store"
    until(lambda: not listens(port))
