"""What is answered in front of Flask is what Flask would have answered, and nothing else is answered there."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.answers import harmless
from tests.conftest import make_app
from tests.posting import addresses, post
from webapp.delivery import FOREVER, PAGE_CACHING, finished
from webapp.keeping import MOST_PATHS, Shelf

CODINGS = ["", "gzip", "gzip, deflate, br, zstd", "br;q=0, gzip;q=0"]

KEPT = ["/en/", "/nl/rules", "/en/rules.csv", "/content.toml", "/questionnaire.json", "/en/embed/example/", "/embed.js"]


def noting(**settings: object) -> Flask:
    """Return an app that notes each path which Flask was asked for. Its client inspects nothing, as much is packed."""
    app = make_app(**settings)
    app.test_client_class = FlaskClient
    app.extensions["asked"] = []
    app.before_request(lambda: app.extensions["asked"].append(request.path))
    return app


@pytest.fixture
def app() -> Flask:
    return noting(TRUSTED_HOSTS=["localhost"])


@pytest.fixture
def asked(app: Flask) -> list[str]:
    """The paths that Flask was asked for."""
    paths: list[str] = app.extensions["asked"]
    return paths


def as_sent(response: TestResponse) -> tuple[int, list[tuple[str, str]], bytes]:
    return response.status_code, sorted(response.headers.to_wsgi_list()), response.data


@pytest.mark.parametrize("accepts", CODINGS)
@pytest.mark.parametrize("address", KEPT)
def test_flask_is_asked_once_and_everyone_gets_the_same(
    client: FlaskClient, asked: list[str], address: str, accepts: str
):
    first, second, third = (client.get(address, headers={"Accept-Encoding": accepts}) for _ in range(3))
    assert first.status_code == 200
    assert as_sent(first) == as_sent(second) == as_sent(third)
    assert asked == [address]


def test_only_what_is_finished_is_kept(app: Flask, client: FlaskClient, asked: list[str]):
    for address in addresses(app, "GET"):
        is_finished = "ETag" in client.get(address).headers
        before = len(asked)
        client.get(address)
        if address != "/healthz":
            assert (len(asked) == before) is is_finished, address


@pytest.mark.parametrize("accepts", CODINGS)
def test_asking_for_the_head_tells_the_same(client: FlaskClient, asked: list[str], accepts: str):
    headers = {"Accept-Encoding": accepts}
    head_of_flask = client.head("/en/", headers=headers)
    whole, head = client.get("/en/", headers=headers), client.head("/en/", headers=headers)
    assert as_sent(head_of_flask) == as_sent(head) == (200, sorted(whole.headers.to_wsgi_list()), b"")
    assert asked == ["/en/"] * 2


@pytest.mark.parametrize("accepts", CODINGS)
def test_whoever_has_the_page_is_told_so_in_the_same_words(client: FlaskClient, asked: list[str], accepts: str):
    headers = {"Accept-Encoding": accepts}
    tag = client.get("/en/", headers=headers).headers["ETag"]
    from_the_front = client.get("/en/", headers=headers | {"If-None-Match": tag})
    assert asked == ["/en/"]
    from_flask = client.get("/en/", headers=headers | {"If-None-Match": f'{tag}, "other"'})
    assert asked == ["/en/"] * 2
    assert as_sent(from_the_front) == as_sent(from_flask)
    assert (from_the_front.status_code, from_the_front.data) == (304, b"")


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
def test_conditions_of_any_kind_are_met_as_flask_would_meet_them(
    client: FlaskClient, condition: dict[str, str], status: int
):
    from_flask = client.get("/en/", headers=condition)
    client.get("/en/")
    afterwards = client.get("/en/", headers=condition)
    assert as_sent(from_flask) == as_sent(afterwards)
    assert from_flask.status_code == status


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost:80@evil.example", "a b", ""])
def test_another_host_gets_nothing_however_often_it_asks(client: FlaskClient, host: str):
    client.get("/en/")
    answers = [client.get("/en/", headers={"Host": host}) for _ in range(2)]
    assert as_sent(answers[0]) == as_sent(answers[1])
    assert answers[0].status_code == 400
    assert client.get("/en/", headers={"Host": "localhost:8000"}).status_code == 200


def test_a_post_is_never_answered_from_what_was_kept(client: FlaskClient):
    client.get("/en/")
    response = post(client, harmless(), "/en/")
    assert response.headers["Cache-Control"] == "no-store"
    assert response.text.count(" checked") == len(harmless())
    assert client.put("/en/").status_code == 405


def test_a_query_that_names_no_content_is_not_kept(client: FlaskClient, asked: list[str]):
    for number in range(3):
        client.get(f"/en/?n={number}")
        client.get(f"/static/style.css?v={number}")
    assert len(asked) == 6


def test_an_address_that_names_its_content_is_kept_apart_from_the_one_that_does_not(
    client: FlaskClient, asked: list[str]
):
    address = client.get("/en/").text.partition('stylesheet" href="')[2].partition('"')[0]
    asked.clear()
    for _ in range(2):
        assert client.get("/static/style.css").headers["Cache-Control"] == PAGE_CACHING
        assert client.get(address).headers["Cache-Control"] == FOREVER
    assert asked == ["/static/style.css"] * 2


def test_what_was_given_in_part_is_not_kept(client: FlaskClient):
    assert client.get("/en/", headers={"If-None-Match": "*"}).status_code == 304
    assert client.head("/en/").status_code == 200
    whole = client.get("/en/")
    assert whole.mimetype == "text/html"
    assert whole.content_length == len(whole.data) > 0


def test_a_page_that_many_want_at_once_is_made_once():
    app, made = Flask(__name__), []

    @app.get("/")
    @finished
    def page() -> str:
        made.append(request.path)
        time.sleep(0.05)
        return "page"

    with ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(lambda _: app.test_client().get("/").text, range(8)))
    assert (answers, made) == (["page"] * 8, ["/"])


def test_each_path_below_which_the_site_stands_has_pages_of_its_own():
    client = noting(PROXY_HOPS=1).test_client()
    for prefix in ("/one", "/two", "/one", "/two", ""):
        page = client.get("/en/", headers={"X-Forwarded-Prefix": prefix} if prefix else {})
        assert f'action="{prefix}/en/result#result"' in page.text


def test_no_more_paths_are_kept_than_a_site_can_have():
    app = noting(PROXY_HOPS=1)
    for number in range(MOST_PATHS * 2):
        response = app.test_client().get("/en/", headers={"X-Forwarded-Prefix": f"/{number}"})
        assert f'action="/{number}/en/result#result"' in response.text
    shelf: Shelf[str, str] = Shelf()
    for number in range(MOST_PATHS * 2):
        shelf.below(str(number))["page"] = "kept"
    assert len(shelf.kept) == MOST_PATHS
    assert shelf.below("0") == {"page": "kept"}
    assert shelf.below("new") == {}
