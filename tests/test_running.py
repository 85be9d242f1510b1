"""What `docs/running.md` and the samples in `deploy/` say about running the check is so."""

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from threading import Thread

import pytest

from tests.conftest import ROOT, SECONDS_TO_STOP, free_port, make_app, need, wait_for
from tests.house import HouseClient
from webapp.commands import EX_CONFIG, main
from webapp.questionnaire import ContentError
from webapp.settings import DEFAULTS

DEPLOY = ROOT / "deploy"
UNIT = (DEPLOY / "magnesium-check.service").read_text(encoding="utf-8")
RUNNING = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")


def test_every_setting_that_is_read_stands_in_the_table_and_no_other():
    assert set(re.findall(r"^\| `MAGNESIUM_(\w+)` \|", RUNNING, re.MULTILINE)) == set(DEFAULTS)


@pytest.mark.parametrize("file", sorted(DEPLOY.iterdir()), ids=lambda path: path.name)
def test_the_samples_name_no_setting_that_is_not_read(file: Path):
    assert set(re.findall(r"MAGNESIUM_([A-Z_]+)", file.read_text(encoding="utf-8"))) <= set(DEFAULTS)


def test_the_sample_proxy_passes_on_to_the_check_alone():
    proxy = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    (address,) = re.findall(r"--host (\S+) --port (\d+)", UNIT)
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


# ── magnesium-check ──────────────────────────────────────────────────────────────────────────────────────

COMMAND = [sys.executable, "-m", "webapp.commands"]
BAD_RELOADS = 3
GOOD = '[good]\nname = "Good"\n'
MISTAKES = ['[bad]\nname = "B"\naccent = "green"\n', "[bad\n", '[bad]\nname = "B"\nlogo = "none.svg"\n']


@dataclass
class Load:
    """Asks for a page and for a result in turns, until it is stopped."""

    address: str
    answered: int = 0
    lost: list[str] = field(default_factory=list)
    is_over: bool = False

    def run(self) -> None:
        answers = [None, b"alarm_now=collapse"]
        while not self.is_over:
            try:
                path, body = ("", None) if answers[0] is None else ("result", answers[0])
                with urllib.request.urlopen(f"{self.address}{path}", body, timeout=SECONDS_TO_STOP) as response:  # noqa: S310
                    response.read()
                self.answered += 1
            except OSError as error:
                self.lost.append(str(error))
            answers.reverse()
            time.sleep(0.02)  # as people would, and leaves the processor to what is tested


@contextmanager
def under_load(address: str) -> Iterator[Load]:
    load = Load(address)
    thread = Thread(target=load.run)
    thread.start()
    try:
        yield load
    finally:
        load.is_over = True
        thread.join()


def test_a_mistake_in_a_reload_is_named_and_loses_no_request_of_another_clinic(tmp_path: Path):
    port, file = free_port(), tmp_path / "clinics.toml"
    file.write_text(GOOD, encoding="utf-8")
    environment = os.environ | {"MAGNESIUM_CLINICS": str(file)}
    address = f"http://127.0.0.1:{port}/nl/at/good/"
    # One worker: when it answers, none still reads the file that is about to be spoiled.
    serve = [*COMMAND, "serve", "--port", str(port), "--workers", "1"]
    with stopped(subprocess.Popen(serve, cwd=ROOT, env=environment)) as server:
        until(lambda: is_there(address))
        reload = reload_of_the_unit(server.pid)
        with under_load(address) as load:
            for mistake in islice(cycle(MISTAKES), BAD_RELOADS):
                file.write_text(GOOD + mistake, encoding="utf-8")
                asked = load.answered
                bad = subprocess.run(reload, cwd=ROOT, env=environment, capture_output=True, text=True)
                assert bad.returncode == EX_CONFIG
                assert bad.stderr.startswith(str(file)) and "Traceback" not in bad.stderr
                until(lambda asked=asked: load.answered > asked)
        assert load.lost == []
        file.write_text(GOOD + '[new]\nname = "New"\n', encoding="utf-8")
        subprocess.run(reload, cwd=ROOT, env=environment, check=True)
        until(lambda: is_there(address.replace("good", "new")))


def reload_of_the_unit(server: int) -> list[str]:
    """Return what systemd does at a reload: one command after the other, until one fails."""
    commands = [line.replace("$MAINPID", str(server)) for line in re.findall(r"^ExecReload=(.*)", UNIT, re.MULTILINE)]
    program = re.escape(commands[0].removesuffix(" check"))
    return ["sh", "-c", re.sub(program, shlex.join(COMMAND), " && ".join(commands))]


def test_a_second_server_on_a_port_does_not_start_and_says_why(tmp_path: Path):
    with socket.socket() as first:
        first.bind(("127.0.0.1", 0))
        first.listen()
        port = str(first.getsockname()[1])
        second = subprocess.run([*COMMAND, "serve", "--port", port], cwd=ROOT, capture_output=True, text=True)
    assert (second.returncode, second.stderr) == (EX_CONFIG, f"Port {port} of 127.0.0.1 is in use.\n")


def test_a_server_with_a_mistake_does_not_start_and_says_why_without_a_traceback(tmp_path: Path):
    file = tmp_path / "clinics.toml"
    file.write_text(MISTAKES[0], encoding="utf-8")
    environment = os.environ | {"MAGNESIUM_CLINICS": str(file), "MAGNESIUM_PROXY_HOPS": "1"}
    start = subprocess.run([*COMMAND, "serve"], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert start.returncode == EX_CONFIG
    assert start.stderr.startswith(f"{file}: bad.accent: ") and len(start.stderr.splitlines()) == 1


@contextmanager
def stopped(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    try:
        yield process
    finally:
        process.terminate()
        process.wait(SECONDS_TO_STOP)


def is_there(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=SECONDS_TO_STOP) as response:  # noqa: S310
            return bool(response.status == 200)
    except OSError:
        return False


def test_the_commands_of_the_samples_are_commands_of_the_program():
    samples = [*DEPLOY.iterdir(), ROOT / "docs" / "running.md", ROOT / "clinics.example.toml"]
    named = {
        word
        for sample in samples
        for word in re.findall(r'magnesium-check["\s,]+([a-z]+)\b', sample.read_text(encoding="utf-8"))
    }
    assert {"check", "serve"} <= named & set(main.commands)
    assert int(re.findall(r"RestartPreventExitStatus=(\d+)", UNIT)[0]) == EX_CONFIG


READ = ["webapp", "translations", "docs/hazards.toml"]


def test_what_is_installed_holds_every_file_that_the_program_reads():
    packaging = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    folders = [ROOT / packaging["package-dir"].get(name, name.replace(".", "/")) for name in packaging["packages"]]
    held = {path for folder in folders for kind in packaging["package-data"]["*"] for path in folder.glob(kind)}
    held |= {path for folder in folders for path in folder.glob("*.py")}
    tracked = subprocess.run(["git", "ls-files", *READ], cwd=ROOT, capture_output=True, text=True, check=True)
    assert [path for path in tracked.stdout.split() if ROOT / path not in held] == []


@pytest.mark.parametrize("what", [*READ, "pyproject.toml", "requirements.txt"])
def test_the_container_is_given_what_the_program_reads(what: str):
    assert f"!{what}" in (ROOT / ".containerignore").read_text(encoding="utf-8").splitlines()
    copied = re.findall(r"^COPY (.+) \S+$", (DEPLOY / "Containerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert what in " ".join(copied).split()
