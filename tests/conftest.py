"""What tests share: the app, a client that inspects every page, a real server and real browsers."""

import os
import secrets
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache

import webapp.app
from tests import hazards
from tests.evidence import Evidence
from tests.house import HouseClient
from tests.translations import complete_translations
from webapp.app import create_app
from webapp.i18n import TRANSLATIONS, Language, load_languages
from webapp.questionnaire import Questionnaire, load
from webapp.safety import load_safety_file

ROOT = Path(__file__).parent.parent
IN_CI = bool(os.environ.get("CI"))

SECONDS_TO_START = SECONDS_TO_STOP = 60
"""What a server may take on a busy machine before the test fails."""

SCRATCH = TemporaryDirectory(prefix="magnesium-tests-")
"""What the tests of one process share; gone when it ends."""

TEMPLATES = FileSystemBytecodeCache(SCRATCH.name)
"""Templates, compiled once for all apps of this process."""


COUNTED = Evidence()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--evidence", action="store_true", help="write down what was counted: see tests/evidence.py")


def pytest_configure(config: pytest.Config) -> None:
    file = load_safety_file()
    hazards.watch(
        config,
        [test for hazard in file.hazards.values() for test in hazard.tests] if file else [],
        skipping_fails=IN_CI,
    )


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if session.config.getoption("--evidence") and exitstatus == 0:
        COUNTED.write()


@pytest.fixture(scope="session")
def evidence() -> Evidence:
    return COUNTED


@pytest.fixture(scope="session")
def questionnaire() -> Questionnaire:
    return load()


@pytest.fixture(scope="session")
def app() -> Flask:
    return make_app()


@pytest.fixture
def client(app: Flask) -> HouseClient:
    return app.test_client()


@cache
def all_translations() -> Path:
    """Return a folder in which every catalog that exists is complete; see tests/translations.py."""
    return complete_translations(Path(SCRATCH.name, "translations"))


def languages_read_once(folder: Path = TRANSLATIONS, *contents: object) -> Mapping[str, Language]:
    """As `load_languages`, which takes a while; most apps of a test run have the same."""
    files = [(path, path.stat().st_mtime_ns) for path in folder.rglob("*.*") if path.is_file()]
    key = (frozenset(files), tuple(getattr(content, "checksum", None) for content in contents))  # numbers never change
    if key not in LANGUAGES_READ:
        LANGUAGES_READ[key] = load_languages(folder, *contents)
    return LANGUAGES_READ[key]


LANGUAGES_READ: dict[object, Mapping[str, Language]] = {}
webapp.app.load_languages = languages_read_once


def make_app(**settings: object) -> Flask:
    """Return an app in every language, whose client inspects what it fetches, and whose errors reach the test."""
    app = create_app(TESTING=True, **{"TRANSLATIONS": all_translations(), **settings})
    app.jinja_env.bytecode_cache = TEMPLATES
    app.test_client_class = HouseClient
    return app


def need(found: str | Path | None, what: str, how: str) -> str:
    """Return a tool's path; without it the test is skipped, saying so, and in CI it fails."""
    if found and Path(found).exists():
        return str(found)
    message = f"{what} is not installed: {how}"
    if IN_CI:
        pytest.fail(message)
    pytest.skip(message)


@contextmanager
def running(app: str = "wsgi:app", workers: int = 1, port: int | None = None, **environment: str) -> Iterator[str]:
    """Serve the check in every language, or another app, on a free port; yields its address when it answers."""
    port = port or free_port()
    environment = {"MAGNESIUM_TRANSLATIONS": str(all_translations()), **environment}
    with granian(app, port, workers, GRANIAN_LOG_ENABLED="false", **environment):
        wait_for(f"http://127.0.0.1:{port}/healthz")
        yield f"http://127.0.0.1:{port}"


@contextmanager
def granian(
    app: str, port: int, workers: int = 1, output: IO[bytes] | None = None, **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Start what `make run` starts, and stop it in the end."""
    command = command_to_run(app, PORT=port, WORKERS=workers)
    process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output, env=os.environ | environment)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(SECONDS_TO_STOP)


def command_to_run(app: str = "wsgi:app", **variables: object) -> list[str]:
    """Return the very command of `make run`, for this Python, with other values for variables of the Makefile."""
    make = need(shutil.which("make"), "make", "apt-get install make")
    ask = [make, "--no-print-directory", "--dry-run", "--assume-old=.venv/run", "run"]
    variables["BIN"] = os.path.relpath(Path(sys.executable).parent, ROOT)
    said = subprocess.run(
        [*ask, *(f"{name}={value}" for name, value in variables.items())],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [*shlex.split(said.splitlines()[-1])[1:-1], app]


def free_port() -> int:
    """Return a port of this machine on which nothing listens, below those that connections take by themselves."""
    while True:
        port = 10_000 + secrets.randbelow(22_000)
        with socket.socket() as free, suppress(OSError):
            free.bind(("127.0.0.1", port))
            return port


def wait_for(address: str) -> None:
    """Wait until a server that was just started answers.

    Raises `TimeoutError` when it never does.
    """
    end = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(address, timeout=1)  # noqa: S310
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(address)


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The address of the running check."""
    with running() as address:
        yield address


@pytest.fixture(scope="session")
def serve() -> Callable[..., object]:
    """Serve the app with settings of one's own: `with serve(MAGNESIUM_CLINICS=…) as address`."""
    return running


def chromium_path() -> str:
    """Return the system's Chromium, or the one that Playwright has installed."""
    from playwright.sync_api import sync_playwright

    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        with sync_playwright() as playwright:
            found = playwright.chromium.executable_path
    return need(found, "Chromium", "apt-get install chromium, or playwright install chromium")


def shell_path() -> str:
    """Return the same engine without windows, in two thirds of the time, for what pages look like; or else Chromium."""
    return shutil.which("chromium-headless-shell") or chromium_path()
