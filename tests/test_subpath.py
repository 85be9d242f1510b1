"""Below a path of another site, behind proxies: every address carries the prefix, and only trusted hosts are served."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.answers import harmless
from tests.conftest import ROOT, make_app
from tests.house import HouseClient, parse
from tests.posting import post
from webapp.clinics import EXAMPLE

PREFIX = "/tools/magnesium"

BEHIND_A_PROXY = {
    "X-Forwarded-For": "192.0.2.1",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "www.hospital.example",
    "X-Forwarded-Prefix": PREFIX,
}

SAMPLE = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")

ADDRESSES = ("href", "src", "action", "formaction")


@pytest.fixture(scope="module")
def app() -> Flask:
    return make_app(PROXY_HOPS=1, TRUSTED_HOSTS=["www.hospital.example"])


@pytest.fixture
def client(app: Flask) -> HouseClient:
    client = app.test_client()
    client.environ_base |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in BEHIND_A_PROXY.items()}
    return client


def every_page(client: HouseClient, app: Flask) -> Iterator[TestResponse]:
    """Fetch every page that an address alone leads to, every result, and some errors."""
    clinic = {"lang": "en", "clinic": EXAMPLE.id}
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.arguments <= clinic.keys():
            with app.test_request_context():
                address = rule.build({name: clinic[name] for name in rule.arguments})
            assert address
            yield client.get(address[1])
    for mount in ("", f"at/{EXAMPLE.id}/", f"embed/{EXAMPLE.id}/"):
        yield post(client, harmless(), f"/en/{mount}")
        yield post(client, harmless(), f"/en/{mount}result")
        yield post(client, {}, f"/en/{mount}result")
        yield client.post(f"/en/{mount}result", headers={"Origin": "https://evil.example"})
    yield client.get("/en/nothing")


def test_every_address_on_every_page_carries_the_prefix(client: HouseClient, app: Flask) -> None:
    pages = 0
    for response in every_page(client, app):
        if "Location" in response.headers:
            assert response.headers["Location"].startswith(f"{PREFIX}/"), response.request.path
        if response.mimetype != "text/html" or response.status_code in (302, 303, 308):
            continue
        pages += 1
        for element in parse(response.text).iter():
            for name in ADDRESSES:
                address = element.get(name, "")
                if address and not address.startswith(("#", "tel:", "data:", "https://")):
                    assert address.startswith(f"{PREFIX}/"), (response.request.path, element.tag, address)
    assert pages > 20


def test_the_lines_to_paste_carry_scheme_host_and_prefix(client: HouseClient) -> None:
    text = unescape(client.get("/en/clinics").text)
    ours = set(re.findall(r"https?://[\w.]*hospital\.example[^\s\"<]*", text))
    assert f"https://www.hospital.example{PREFIX}/embed.js" in ours
    assert f"https://www.hospital.example{PREFIX}/en/at/{EXAMPLE.id}/" in ours
    without_path = {address for address in ours if not address.startswith(f"https://www.hospital.example{PREFIX}/")}
    assert without_path <= {"https://www.hospital.example", "https://www.hospital.example;"}


def test_no_stylesheet_or_script_has_an_address_of_its_own(client: HouseClient) -> None:
    for file in ("style.css", "check.js", "frame.js", "embed.js", "clinics.js"):
        assert not re.search(r"""(url\(|["'`])/\w""", client.get(f"/static/{file}").text), file


@pytest.mark.parametrize("host", ["evil.example", "www.hospital.example.evil.example"])
def test_another_host_is_refused_without_an_echo(client: HouseClient, host: str) -> None:
    response = client.get("/en/", headers={"X-Forwarded-Host": host})
    assert response.status_code == 400
    assert host not in response.text


def test_liveness_asks_for_no_host(client: HouseClient) -> None:
    assert client.get("/healthz", headers={"X-Forwarded-Host": "10.0.0.7"}).text == "ok\n"


def test_without_proxies_what_a_visitor_forwards_is_ignored() -> None:
    client = make_app().test_client()
    assert PREFIX not in client.get("/en/", headers=BEHIND_A_PROXY).text
    assert "hospital" not in client.get("/en/clinics", headers=BEHIND_A_PROXY).text


def test_a_post_from_our_own_origin_passes_behind_the_proxy(client: HouseClient) -> None:
    own = {"Origin": "https://www.hospital.example"}
    assert client.post("/en/result", headers=own).status_code == 422


def test_the_location_below_a_path_is_complete_in_itself() -> None:
    blocks = re.split(r"location \S+ \{", SAMPLE.rpartition("server {")[2])
    server, site, below = (set(re.findall(r"^ +(\w+) +([^;]+);", block, re.MULTILINE)) for block in blocks)
    wanted = {(name, value) for name, value in server if not name.startswith(("listen", "server_name", "ssl_"))}
    assert {name for name, _ in wanted} >= {"access_log", "error_log", "client_body_buffer_size"}
    assert wanted <= below
    assert {name for name, _ in site} <= {name for name, _ in below}


def test_the_sample_proxy_sets_every_header_that_we_trust() -> None:
    for name in ("For", "Proto", "Host", "Prefix"):
        assert f"proxy_set_header X-Forwarded-{name} " in SAMPLE
