"""The check behind the sample proxy, over TLS: at the top of a site and below a path."""

import http.client
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ROOT, SECONDS_TO_START, SECONDS_TO_STOP, free_port, need, running

HOST = "check.example.org"
OWN = {"Origin": f"https://{HOST}", "Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Proxy:
    port: int
    trust: ssl.SSLContext
    folder: Path

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> tuple[http.client.HTTPResponse, str]:
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=self.trust, timeout=10)
        connection.request(method, path, body.encode() or None, {"Host": HOST, **headers})
        with closing(connection):
            response = connection.getresponse()
            return response, response.read().decode()


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
        sample = (ROOT / "deploy" / "nginx.conf").read_text()
        for place, here in {
            "127.0.0.1:8001": check.removeprefix("http://"),
            "listen 443 ssl": f"listen 127.0.0.1:{tls} ssl",
            "listen 80": f"listen 127.0.0.1:{plain}",
            f"/etc/letsencrypt/live/{HOST}/fullchain.pem": str(folder / "cert.pem"),
            f"/etc/letsencrypt/live/{HOST}/privkey.pem": str(folder / "key.pem"),
            "/var/log/nginx/": f"{folder}/",
        }.items():
            assert place in sample
            sample = sample.replace(place, here)
        kept = "".join(f"{kind}_temp_path {folder}/temp_{kind}; " for kind in ("proxy", "fastcgi", "uwsgi", "scgi"))
        kept += f"client_body_temp_path {folder}/temp_body; "
        config = folder / "nginx.conf"
        config.write_text(f"daemon off; pid {folder}/pid; events {{}} http {{ {kept}\n{sample} }}")
        server = subprocess.Popen([nginx, "-p", folder, "-c", config, "-e", folder / "start.log"])
        try:
            _wait_for_port(tls)
            trust = ssl.create_default_context(cafile=str(folder / "cert.pem"))
            trust.check_hostname = False
            yield Proxy(tls, trust, folder)
        finally:
            server.terminate()
            server.wait(SECONDS_TO_STOP)


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


def test_a_forged_prefix_or_host_changes_nothing(proxy: Proxy) -> None:
    forged = {"X-Forwarded-Prefix": "/evil", "X-Forwarded-Host": "evil.example", "X-Forwarded-Port": "1"}
    _, page = proxy.ask("GET", "/en/clinics", **forged)
    assert [line for line in page.splitlines() if "evil" in line] == []
    assert f"https://{HOST}/embed.js" in page
    assert proxy.ask("GET", "/en/", Host="evil.example")[0].status == 400


def test_the_proxy_keeps_nothing_of_an_answer(proxy: Proxy) -> None:
    answers = "alarm_now=none&alarm_today=withdrawal&" + "x" * 14_000
    assert proxy.ask("POST", "/en/result?tell=secret", answers, **OWN, Referer=f"https://{HOST}/me")[0].status == 200
    kept = [path for path in proxy.folder.rglob("*") if path.is_file() and "temp_" in str(path)]
    assert kept == []
    log = (proxy.folder / "magnesium-check.log").read_text()
    assert "POST /en/result 200" in log
    assert not any(word in log for word in ("withdrawal", "secret", "127.0.0.1", f"https://{HOST}/me"))
