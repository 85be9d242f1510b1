"""Whole pages are made once, for as many addresses and in as many codings as are asked for, and never without end."""

from pathlib import Path
from shutil import copytree

import jinja2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.answers import harmless
from tests.conftest import make_app
from tests.posting import addresses, post
from webapp.delivery import FOREVER, LONGEST_KEY, MOST_PAGES, PAGE_CACHING

CODINGS = ["", "gzip", "gzip, deflate, br, zstd", "br;q=0, gzip;q=0"]

KEPT = ["/en/", "/nl/rules", "/en/rules.csv", "/content.toml", "/questionnaire.json", "/en/embed/example/", "/embed.js"]


@pytest.fixture
def client() -> FlaskClient:
    """A client that inspects nothing, as much is packed."""
    return FlaskClient(make_app(TRUSTED_HOSTS=["localhost"]))


def as_sent(response: TestResponse) -> tuple[int, list[tuple[str, str]], bytes]:
    headers = [header for header in response.headers.to_wsgi_list() if header[0] != "Date"]
    return response.status_code, sorted(headers), response.data


@pytest.mark.parametrize("accepts", CODINGS)
@pytest.mark.parametrize("address", KEPT)
def test_everyone_gets_the_same_and_a_head_tells_it(client: FlaskClient, address: str, accepts: str):
    headers = {"Accept-Encoding": accepts}
    first, second = (client.get(address, headers=headers) for _ in range(2))
    assert first.status_code == 200
    assert as_sent(first) == as_sent(second)
    assert as_sent(client.head(address, headers=headers)) == (*as_sent(first)[:2], b"")


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ({"If-None-Match": '"old"'}, 200),
        ({"If-None-Match": "*"}, 304),
        ({"If-None-Match": ""}, 200),
        ({"If-Modified-Since": "Sun, 22 Nov 2026 12:00:00 GMT"}, 200),
        ({"If-Match": '"old"'}, 200),
        ({"Range": "bytes=0-3"}, 200),
    ],
)
def test_only_the_tag_decides_whether_a_page_is_sent(client: FlaskClient, condition: dict[str, str], status: int):
    answers = [client.get("/en/", headers=condition) for _ in range(2)]
    assert as_sent(answers[0]) == as_sent(answers[1])
    assert answers[0].status_code == status


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost:80@evil.example", "a b", ""])
def test_another_host_gets_nothing_however_often_it_asks(client: FlaskClient, host: str):
    assert client.get("/en/").status_code == 200
    assert [client.get("/en/", headers={"Host": host}).status_code for _ in range(2)] == [400, 400]
    assert client.get("/en/", headers={"Host": "localhost:8000"}).status_code == 200


def test_a_post_is_never_answered_from_what_was_kept(client: FlaskClient):
    client.get("/en/")
    response = post(client, harmless(), "/en/")
    assert response.headers["Cache-Control"] == "no-store"
    assert response.text.count(" checked") == len(harmless())
    assert client.put("/en/").status_code == 405


def test_an_address_that_names_its_content_is_kept_for_good_and_no_other(client: FlaskClient):
    address = client.get("/en/").text.partition('stylesheet" href="')[2].partition('"')[0]
    assert client.get(address).headers["Cache-Control"] == FOREVER
    for other in ("/static/style.css", "/static/style.css?v=1"):
        assert client.get(other).headers["Cache-Control"] == PAGE_CACHING


def test_every_page_says_that_it_differs_by_coding_whether_packed_or_not(client: FlaskClient):
    for address in addresses(client.application, "GET"):
        for accepts in ("gzip", "identity"):
            response = client.get(address, headers={"Accept-Encoding": accepts})
            if response.status_code == 200 and address != "/healthz":
                assert "Accept-Encoding" in response.vary, address


def test_what_names_the_host_that_was_asked_for_is_kept_by_no_cache():
    client = FlaskClient(make_app())
    for address in addresses(client.application, "GET"):
        response = client.get(address, headers={"Host": "other.example:8443"})
        assert "no-store" in response.headers["Cache-Control"] or "other.example" not in response.text, address


# ── What is kept ─────────────────────────────────────────────────────────────────────────────────────────


def test_of_made_up_addresses_no_more_than_some_are_kept_and_no_long_ones():
    app = make_app(PROXY_HOPS=1)
    client, cache = FlaskClient(app), app.extensions["pages"]
    for root in ["/" + "x" * LONGEST_KEY, *(f"/{number}" for number in range(17))]:
        response = client.get("/en/about", headers={"X-Forwarded-Prefix": root})
        assert f'href="{root}/en/privacy"' in response.text
    assert 'href="/en/privacy"' in client.get("/en/about").text
    assert (cache.cache_info().currsize, cache.cache_info().maxsize) == (18, MOST_PAGES)
    client.get("/en/about")
    assert cache.cache_info().hits == 1


# ── Debugging ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def workshop(tmp_path: Path) -> Flask:
    """An app that is being changed: in debug mode, with templates of its own."""
    app = make_app(DEBUG=True)
    app.test_client_class = FlaskClient
    assert app.template_folder is not None
    folder = copytree(Path(app.root_path) / app.template_folder, tmp_path / "templates")
    app.jinja_loader = jinja2.FileSystemLoader(folder)  # type: ignore[misc]
    app.extensions["folder"] = folder
    return app


def test_in_debug_mode_a_changed_template_is_seen_at_once_and_nothing_is_kept(workshop: Flask):
    client, about = workshop.test_client(), workshop.extensions["folder"] / "about.html"
    assert client.get("/en/about").headers["Cache-Control"] == "no-store"
    about.write_text(about.read_text(encoding="utf-8").replace("</article>", "<p>anew</p></article>"), encoding="utf-8")
    assert "<p>anew</p>" in client.get("/en/about").text
    assert workshop.extensions["pages"].cache_info().currsize == 0
    assert client.get("/static/style.css").headers["Cache-Control"] == "no-store"


def test_in_debug_mode_an_error_in_a_template_is_told_with_its_message(workshop: Flask):
    (workshop.extensions["folder"] / "about.html").write_text("{{ nonsense_word }}", encoding="utf-8")
    with pytest.raises(jinja2.UndefinedError, match="nonsense_word"):
        workshop.test_client().get("/en/about")
