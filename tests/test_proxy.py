"""The check behind the sample proxy, over TLS: at the top of a site and below a path."""

import http.client
import re
import shlex
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from tests.conftest import ROOT, SECONDS_TO_START, SECONDS_TO_STOP, free_port, need, running
from webapp.clinics import EXAMPLE

RUNNING = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")

HOST = "check.example.org"
OWN = {"Origin": f"https://{HOST}", "Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Proxy:
    port: int
    plain: int
    """The port without TLS."""
    trust: ssl.SSLContext
    folder: Path

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> tuple[http.client.HTTPResponse, str]:
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=self.trust, timeout=10)
        connection.request(method, path, body.encode() or None, {"Host": HOST, **headers})
        with closing(connection):
            response = connection.getresponse()
            return response, response.read().decode(errors="replace")


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    nginx = need(shutil.which("nginx") or shutil.which("/usr/sbin/nginx"), "nginx", "apt-get install nginx-light")
    openssl = need(shutil.which("openssl"), "openssl", "apt-get install openssl")
    folder = tmp_path_factory.mktemp("nginx")
    new = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}"]
    files = ["-keyout", folder / "key.pem", "-out", folder / "cert.pem"]
    subprocess.run([openssl, *new, *files], check=True, capture_output=True)
    tls, plain = free_port(), free_port()
    with running(MAGNESIUM_PROXY_HOPS="1", MAGNESIUM_TRUSTED_HOSTS=f'["{HOST}"]') as check:
        sample = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
        for place, here in {
            "127.0.0.1:8001": check.removeprefix("http://"),
            "listen [::]:443 ssl http2;": "",
            "listen [::]:80;": "",
            "listen 443 ssl": f"listen 127.0.0.1:{tls} ssl",
            "listen 80": f"listen 127.0.0.1:{plain}",
            f"/etc/letsencrypt/live/{HOST}/fullchain.pem": str(folder / "cert.pem"),
            f"/etc/letsencrypt/live/{HOST}/privkey.pem": str(folder / "key.pem"),
            "/var/log/nginx/": f"{folder}/",
            "/run/magnesium-check-": f"{folder}/",
        }.items():
            assert place in sample
            sample = sample.replace(place, here)
        kept = "".join(f"{kind}_temp_path {folder}/temp_{kind}; " for kind in ("proxy", "fastcgi", "uwsgi", "scgi"))
        config = folder / "nginx.conf"
        config.write_text(
            f"daemon off; user root; pid {folder}/pid; events {{}} http {{ {kept}\n{sample} }}", encoding="utf-8"
        )
        server = subprocess.Popen([nginx, "-p", folder, "-c", config, "-e", folder / "start.log"])
        try:
            _wait_for_port(tls)
            trust = ssl.create_default_context(cafile=str(folder / "cert.pem"))
            trust.check_hostname = False
            yield Proxy(tls, plain, trust, folder)
        finally:
            server.terminate()
            server.wait(SECONDS_TO_STOP)


def noted(proxy: Proxy) -> list[str]:
    """Return the lines of the proxy's log, without their times, when it has written down the latest request."""
    latest = f"/{uuid4()}"
    proxy.ask("GET", latest)
    for _ in range(1000):
        lines = (proxy.folder / "magnesium-check.log").read_text(encoding="utf-8").splitlines()
        if lines and lines[-1].endswith(latest):
            return [line.partition(" ")[2] for line in lines[:-1]]
        time.sleep(0.01)
    raise TimeoutError(latest)


def _wait_for_port(port: int) -> None:
    end = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < end:
        with socket.socket() as one:
            one.settimeout(0.1)
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(port)


@pytest.mark.parametrize("prefix", ["", "/tools/magnesium"])
def test_the_check_works_behind_the_sample_proxy(proxy: Proxy, prefix: str) -> None:
    response, page = proxy.ask("GET", f"{prefix}/en/")
    assert response.status == 200
    style = re.findall(r'rel="stylesheet" href="([^"]+)"', page)[0]
    assert style.startswith(f"{prefix}/static/")
    assert proxy.ask("GET", style)[0].status == 200
    response, page = proxy.ask("POST", f"{prefix}/en/result", "alarm_now=collapse", **OWN)
    assert response.status == 200
    assert 'data-outcome="emergency"' in page
    assert f'action="{prefix}/en/result#result"' in page
    _, page = proxy.ask("GET", f"{prefix}/en/clinics")
    assert f"https://{HOST}{prefix}/embed.js" in page
    assert (response.getheader("Strict-Transport-Security") is None) is bool(prefix)


def test_plain_http_leads_to_the_same_address_over_tls(proxy: Proxy) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", proxy.plain, timeout=10)) as connection:
        connection.request("GET", "/en/?a=b", headers={"Host": HOST})
        response = connection.getresponse()
    assert (response.status, response.getheader("Location")) == (301, f"https://{HOST}/en/?a=b")


def test_a_forged_prefix_or_host_changes_nothing(proxy: Proxy) -> None:
    forged = {"X-Forwarded-Prefix": "/evil", "X-Forwarded-Host": "evil.example", "X-Forwarded-Port": "1"}
    _, page = proxy.ask("GET", "/en/clinics", **forged)
    assert [line for line in page.splitlines() if "evil" in line] == []
    assert f"https://{HOST}/embed.js" in page
    assert proxy.ask("GET", "/en/", Host="evil.example")[0].status == 400


@pytest.mark.parametrize("coding", ["br", "gzip", "identity"])
def test_a_page_is_asked_of_the_check_once(proxy: Proxy, coding: str) -> None:
    answers = [proxy.ask("GET", "/nl/about", **{"Accept-Encoding": coding})[0] for _ in range(3)]
    tag = answers[0].headers["ETag"]
    unchanged = proxy.ask("GET", "/nl/about", **{"Accept-Encoding": coding, "If-None-Match": tag})[0]
    assert {(answer.status, answer.headers["ETag"]) for answer in answers} == {(200, tag)}
    assert (unchanged.status, unchanged.headers["ETag"]) == (304, tag)
    assert {answer.headers.get("Content-Encoding", "identity") for answer in answers} == {coding}
    assert [line for line in noted(proxy) if line.endswith("/nl/about")][-4:] == [
        "GET 200 MISS /nl/about",
        "GET 200 HIT /nl/about",
        "GET 200 HIT /nl/about",
        "GET 304 HIT /nl/about",
    ]


def test_what_is_for_one_reader_is_asked_of_the_check_each_time(proxy: Proxy) -> None:
    for _ in range(2):
        for path in ("", "result", "summary.pdf", "answers.json"):
            assert proxy.ask("POST", f"/de/{path}", "alarm_now=collapse", **OWN)[0].status == 200
        assert proxy.ask("GET", "/de/clinics")[0].status == 200
    lines = [line for line in noted(proxy) if "/de/" in line]
    assert {line.split()[2] for line in lines if line.startswith("POST")} == {"-"}
    assert lines.count("GET 200 MISS /de/clinics") == 2


def test_a_body_in_very_small_chunks_reaches_no_disk(proxy: Proxy) -> None:
    # The sample puts what does not fit into a folder in memory; here that is one of ours.
    sample = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    assert set(re.findall(r"_(?:temp|cache)_path (/\w+/)", sample)) == {"/run/"}
    assert (proxy.folder / "bodies").is_dir()


COUNTS = re.findall(r"^awk .*?magnesium-check\.log", RUNNING, re.MULTILINE | re.DOTALL)


def counted(proxy: Proxy, command: str) -> dict[str, int]:
    """Run a command of docs/running.md on the log; return what it counts."""
    assert noted(proxy)
    words = shlex.split(command.replace("/var/log/nginx/", f"{proxy.folder}/"))
    printed = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    return {what: int(number) for number, what in (line.split(maxsplit=1) for line in printed.splitlines())}


def test_the_log_can_be_counted_as_the_documentation_says(proxy: Proxy) -> None:
    (command,) = COUNTS
    before = counted(proxy, command)
    for mount in ("/fr/", f"/fr/at/{EXAMPLE.id}/", f"/fr/embed/{EXAMPLE.id}/", f"/tools/magnesium/fr/at/{EXAMPLE.id}/"):
        proxy.ask("GET", mount)
        proxy.ask("POST", f"{mount}result", "alarm_now=collapse", **OWN)
        proxy.ask("POST", f"{mount}summary.pdf", "alarm_now=collapse", **OWN)
        proxy.ask("POST", f"{mount}result", "", **OWN)
        proxy.ask("GET", f"{mount}about")
    proxy.ask("GET", "/fr/%20POST%20200%20-%20/fr/result")
    after = counted(proxy, command)
    more = {what: number - before.get(what, 0) for what, number in after.items() if number != before.get(what)}
    assert more == {
        f"{clinic} {what}": times
        for clinic, times in (("-", 1), (EXAMPLE.id, 3))
        for what in ("check", "result", "result-refused", "summary.pdf")
    }


def test_the_proxy_keeps_nothing_of_an_answer(proxy: Proxy) -> None:
    answers = "alarm_now=none&alarm_today=withdrawal&" + "x" * 14_000
    assert proxy.ask("POST", "/en/result?tell=secret", answers, **OWN, Referer=f"https://{HOST}/me")[0].status == 200
    assert proxy.ask("GET", "/en/result")[0].status == 404 and proxy.ask("GET", "/en/")[0].status == 200
    folders = [path for path in proxy.folder.iterdir() if path.is_dir()]
    kept = [path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()]
    addresses = [re.search(rb"\nKEY: (.*)\n", file) for file in kept]
    assert addresses
    assert all(address and not address[1].endswith((b"/result", b"secret", b".pdf", b".json")) for address in addresses)
    assert "POST 200 - /en/result" in noted(proxy)
    log = (proxy.folder / "magnesium-check.log").read_text(encoding="utf-8")
    assert not any(word in log for word in ("withdrawal", "secret", "127.0.0.1", f"https://{HOST}/me"))
