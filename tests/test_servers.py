"""The check starts and answers alike under any locale and any WSGI server, and hostile sizes do not fill memory."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.conftest import ROOT, SECONDS_TO_STOP, command_to_run, free_port, wait_for
from tests.hostile import FORM
from webapp.app import MOST_BYTES_POSTED
from webapp.upload import MOST_BYTES_UPLOADED

LOCALES = {
    "C": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "C.UTF-8": {"LC_ALL": "C.UTF-8"},
    "Latin-1": {"LC_ALL": "en_US.ISO-8859-1", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
}

# Refuses what a server may not send: header text beyond Latin-1 (PEP 3333), say.
ASK_EVERYTHING = """
import hashlib, json, sys
from io import BytesIO
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator
from wsgi import app

answers = b"alarm_now=collapse"
said = {}
for lang in ("en", "ar", "tr", "uk"):
    for path in ("", "result", "summary.pdf", "answers.json"):
        for method, body in (("GET", b""), ("POST", answers)):
            environ = {"REQUEST_METHOD": method, "PATH_INFO": f"/{lang}/{path}", "QUERY_STRING": "", "SCRIPT_NAME": "",
                       "CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(body)),
                       "wsgi.input": BytesIO(body), "HTTP_HOST": "localhost"}
            setup_testing_defaults(environ)
            began = []
            response = validator(app)(environ, lambda status, headers, exc_info=None: began.extend((status, headers)))
            content = b"".join(response)
            response.close()
            for name, value in began[1]:
                f"{name}: {value}".encode("ascii")
            said[f"{method} {lang} {path}"] = [began[0], hashlib.sha256(content).hexdigest()]
json.dump(said, sys.stdout)
"""


def everything_said(locale: dict[str, str]) -> dict[str, list[str]]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "PYTHON"))}
    command = [sys.executable, "-W", "error", "-c", ASK_EVERYTHING]
    run = subprocess.run(command, cwd=ROOT, env=environment | locale, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    said: dict[str, list[str]] = json.loads(run.stdout)
    return said


def test_in_every_locale_a_strict_server_gets_the_same_answers():
    said = [everything_said(locale) for locale in LOCALES.values()]
    assert {status for status, _ in said[0].values()} == {"200 OK", "404 NOT FOUND"}
    assert all(one == said[0] for one in said)


# ── Sizes ────────────────────────────────────────────────────────────────────────────────────────────────

MOST_MB_MORE = 20
LONG = 390_000
"""Just below what granian takes by itself in the headers of one request."""


Server = tuple[int, subprocess.Popen[bytes]]
"""The port and the process."""


@contextmanager
def served(*without: str) -> Iterator[Server]:
    """Serve as `make run` does, but without some of its options and their values."""
    port = free_port()
    command = command_to_run(PORT=port)
    for option in without:
        del command[command.index(option) : command.index(option) + 2]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz")
        yield port, process
    finally:
        process.terminate()
        process.wait(SECONDS_TO_STOP)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with served() as (port, _):
        yield port


def megabytes(process: subprocess.Popen[bytes]) -> int:
    """Return the memory that the workers of a server hold for themselves (Pss)."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="utf-8").split()
    rollups = [Path(f"/proc/{child}/smaps_rollup").read_text(encoding="utf-8") for child in children]
    return (
        sum(int(line.split()[1]) for text in rollups for line in text.splitlines() if line.startswith("Pss:")) // 1024
    )


def ask(port: int, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, str]:
    with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request(method, path, body or None, headers)
        response = connection.getresponse()
        return response.status, response.read().decode(errors="replace")


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="memory is read from /proc")
@pytest.mark.parametrize(
    ("without", "taken"), [((), 431), (("--http", "--http1-buffer-size"), 200)], ids=["make run", "granian alone"]
)
def test_headers_of_any_length_are_not_kept(without: tuple[str, ...], taken: int):
    with served(*without) as (port, process):
        send_headers(port, 20, times=10)
        before = megabytes(process)
        assert ask(port, "GET", "/nl/", Cookie="x" * LONG)[0] == taken
        send_headers(port, LONG, times=15)
        assert ask(port, "GET", "/nl/")[0] == 200
        assert megabytes(process) - before <= MOST_MB_MORE


def send_headers(port: int, length: int, times: int) -> None:
    """Ask for pages and redirects with headers of a length, each time with others."""
    for number in range(times):
        long = str(number).ljust(length, "x")
        names = long.replace("xx", ".x")
        for header in ({"Accept-Encoding": long}, {"Host": long}, {"Host": names}, {"Accept-Language": long}):
            for path in ("/nl/", "/nl", "/", "/nl/clinics", "/nl/nothing"):
                with suppress(ConnectionError):  # refused while it was still being sent
                    ask(port, "GET", path, **header)


def test_http_2_whose_headers_have_a_wider_limit_is_not_spoken(port: int):
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        client.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(3) + b"\x04" + bytes(5))
        received = b""
        while piece := client.recv(4096):
            received += piece
        # A server that speaks it begins with a frame of settings.
        assert received[3:4] != b"\x04"
        assert b"200" not in received


def chunked(body: bytes) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:1000], body[1000:]) if part) + b"0\r\n\r\n"


@pytest.mark.parametrize(
    ("more", "status"), [(0, 200), (-200, 200), (1, 413), (1_000_000, 413)], ids=["full", "less", "over", "far over"]
)
def test_a_form_in_chunks_is_taken_whole_or_refused(port: int, more: int, status: int):
    body = b"alarm_now=collapse&x=".ljust(MOST_BYTES_POSTED + more, b"x")
    head = b"POST /en/result HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n"
    head += b"Content-Type: %b\r\n\r\n" % FORM.encode()
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        client.sendall(head + chunked(body))
        with client.makefile("rb") as stream:
            assert stream.readline().split()[1] == b"%d" % status
            assert b"</html>" in stream.read()


@pytest.mark.parametrize("size", [MOST_BYTES_UPLOADED + 1, 3 * MOST_BYTES_UPLOADED])
def test_whoever_sends_too_large_a_file_is_told_so_after_having_sent_it(port: int, size: int):
    # A browser sends all before it reads, and shows an error of its own if the connection ends before that.
    multipart = {"Content-Type": "multipart/form-data; boundary=x"}
    status, page = ask(port, "POST", "/en/", bytes(size), **multipart)
    assert status == 413
    assert page.rstrip().endswith("</html>")
