"""What each class of response tells the browser, error pages included, and who may post."""

from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from werkzeug.http import parse_options_header

from tests.answers import harmless
from tests.conftest import make_app
from tests.house import HouseClient, by_id, parse, text_of
from tests.posting import languages_of, post
from webapp.check import FILE
from webapp.headers import name_file
from webapp.paper import PdfPool
from webapp.upload import MOST_BYTES_UPLOADED

CLINIC_ORIGIN = "https://www.devecht.example"

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
}

BY_THE_PAGE = ("Strict-Transport-Security", "Referrer-Policy")
"""Not said again of its stylesheets and scripts."""

# What only counts for documents; stylesheets and scripts, which are parts of one, do without.
DOCUMENTS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), browsing-topics=()",
}

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "'none'",
}

PUBLIC, KEPT, NEVER = "public, max-age=300", "public, max-age=31536000, immutable", "no-store"

# A viewer that saves or prints a sheet asks the reader's own cache for it once more, right after it was made.
TO_SAVE = "private, max-age=60"

# Who may frame it, who may load it, and how long it is kept.
OURS_ALONE = ("'none'", "same-origin")
THE_CLINICS = (f"'self' {CLINIC_ORIGIN}", "cross-origin")
FRAMED_BY_US = ("'self'", "cross-origin")
FOR_ALL = ("'none'", "cross-origin")
A_PART = (None, "cross-origin")

RESPONSES = [
    # method, address, status, (ancestors, who may load it), caching
    ("GET", "/", 302, OURS_ALONE, "private, max-age=300"),
    ("GET", "/en/", 200, OURS_ALONE, PUBLIC),
    ("POST", "/en/", 200, OURS_ALONE, NEVER),
    ("POST", "/en/result", 200, OURS_ALONE, NEVER),
    ("GET", "/en/result", 404, OURS_ALONE, NEVER),
    ("GET", "/en/about", 200, OURS_ALONE, PUBLIC),
    ("GET", "/en/rules", 200, OURS_ALONE, PUBLIC),
    ("GET", "/en/clinics", 200, OURS_ALONE, NEVER),
    ("GET", "/en/at/vecht/", 200, OURS_ALONE, PUBLIC),
    ("POST", "/en/at/vecht/result", 200, OURS_ALONE, NEVER),
    ("GET", "/en/embed/vecht/", 200, THE_CLINICS, PUBLIC),
    ("POST", "/en/embed/vecht/", 200, THE_CLINICS, NEVER),
    ("POST", "/en/embed/vecht/result", 200, THE_CLINICS, NEVER),
    ("GET", "/en/embed/vecht/result", 404, THE_CLINICS, NEVER),
    ("GET", "/en/embed/alone/", 200, FRAMED_BY_US, PUBLIC),
    ("HEAD", "/en/", 200, OURS_ALONE, PUBLIC),
    ("OPTIONS", "/en/result", 200, OURS_ALONE, NEVER),
    ("GET", "/en", 308, OURS_ALONE, NEVER),
    ("POST", "/en/summary.pdf", 200, OURS_ALONE, TO_SAVE),
    ("POST", "/en/answers.json", 200, OURS_ALONE, NEVER),
    ("POST", "/en/embed/vecht/summary.pdf", 200, THE_CLINICS, TO_SAVE),
    ("GET", "/en/privacy", 200, OURS_ALONE, PUBLIC),
    ("GET", "/en/questionnaire.json", 200, OURS_ALONE, PUBLIC),
    ("GET", "/en/rules.csv", 200, OURS_ALONE, PUBLIC),
    ("GET", "/embed.js", 200, A_PART, PUBLIC),
    ("GET", "/static/style.css", 200, A_PART, PUBLIC),
    ("GET", "/static/clinic/vecht.css", 200, A_PART, PUBLIC),
    # Errors
    ("GET", "/en/nothing", 404, OURS_ALONE, NEVER),
    ("GET", "/xx/", 404, OURS_ALONE, NEVER),
    ("GET", "/static/nothing.css", 404, FOR_ALL, NEVER),
    ("GET", "/en/at/nobody/", 404, OURS_ALONE, NEVER),
    ("GET", "/en/embed/nobody/", 404, ("'self' *", "cross-origin"), NEVER),
    ("DELETE", "/en/", 405, OURS_ALONE, NEVER),
    ("POST empty", "/en/result", 422, OURS_ALONE, NEVER),
    ("POST empty", "/en/embed/vecht/result", 422, THE_CLINICS, NEVER),
    ("POST foreign", "/en/result", 403, OURS_ALONE, NEVER),
    ("POST foreign", "/en/embed/vecht/result", 403, THE_CLINICS, NEVER),
    ("POST large", "/en/result", 413, OURS_ALONE, NEVER),
    ("POST large", "/en/embed/vecht/result", 413, THE_CLINICS, NEVER),
    ("POST empty", "/en/summary.pdf", 422, OURS_ALONE, NEVER),
    ("POST file", "/en/", 422, OURS_ALONE, NEVER),
    ("POST file", "/en/embed/vecht/", 422, THE_CLINICS, NEVER),
    ("POST large file", "/en/", 413, OURS_ALONE, NEVER),
    ("POST elsewhere", "/en/result", 400, OURS_ALONE, NEVER),
    ("POST failing", "/en/result", 500, OURS_ALONE, NEVER),
    ("POST failing", "/en/embed/vecht/result", 500, THE_CLINICS, NEVER),
    ("POST busy", "/en/summary.pdf", 503, OURS_ALONE, NEVER),
    ("POST busy", "/en/embed/vecht/summary.pdf", 503, THE_CLINICS, NEVER),
]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    file: Path = tmp_path_factory.mktemp("clinics") / "clinics.toml"
    file.write_text(
        f'[vecht]\nname = "De Vecht"\norigins = ["{CLINIC_ORIGIN}"]\naccent = "#8a1c3b"\n[alone]\nname = "Alone"\n'
    )
    return make_app(CLINICS=str(file), TRUSTED_HOSTS=["localhost"])


@pytest.mark.parametrize(
    ("method", "address", "status", "who", "caching"), RESPONSES, ids=lambda value: str(value).replace("/", "_")
)
def test_every_class_of_response_has_its_headers(
    app: Flask,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    address: str,
    status: int,
    who: tuple[str | None, str],
    caching: str,
) -> None:
    client = FlaskClient(app)
    match method:
        case "POST":
            response = post(client, harmless(), address)
        case "POST empty":
            response = client.post(address)
        case "POST foreign":
            response = client.post(address, headers={"Origin": "https://evil.example"})
        case "POST large":
            response = client.post(address, data={"age": "x" * 20_000})
        case "POST file":
            response = client.post(address, data={FILE: (BytesIO(b"nonsense"), "check.json")})
        case "POST large file":
            body = b"x" * (MOST_BYTES_UPLOADED + 1)
            response = client.post(address, data=body, content_type="multipart/form-data; boundary=x")
        case "POST elsewhere":
            response = client.post(address, headers={"Host": "evil.example"})
        case "POST failing":
            make_fail(app, monkeypatch)
            response = client.post(address)
        case "POST busy":
            monkeypatch.setitem(app.extensions, "pdf_pool", PdfPool(places=0, wait=0))
            response = post(client, harmless(), address)
        case _:
            response = client.open(address, method=method)
    ancestors, resource_policy = who
    frames = {"frame-src": "'self'"} if address == "/en/clinics" else {}
    assert response.status_code == status
    is_part = response.mimetype in ("text/css", "text/javascript")
    expected = {name: value for name, value in EVERYWHERE.items() if not (is_part and name in BY_THE_PAGE)}
    assert {name: response.headers.get(name) for name in EVERYWHERE} == dict.fromkeys(EVERYWHERE) | expected
    if ancestors is None:
        assert "Content-Security-Policy" not in response.headers
    else:
        policy = dict(rule.split(" ", 1) for rule in response.headers["Content-Security-Policy"].split("; "))
        assert policy == {**POLICY, "frame-ancestors": ancestors, **frames}
        assert {name: response.headers.get(name) for name in DOCUMENTS} == DOCUMENTS
    assert response.headers["Cross-Origin-Resource-Policy"] == resource_policy
    assert ("Access-Control-Allow-Origin" in response.headers) is address.endswith(("/questionnaire.json", "/embed.js"))
    assert response.headers.get("X-Frame-Options") == ("DENY" if ancestors == "'none'" else None)
    assert response.headers["Cache-Control"] == caching


def make_fail(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every view for results fail, and let the error be shown as it is to a visitor."""
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    for name in ("check.result", "check_embed.result"):
        monkeypatch.setitem(app.view_functions, name, lambda: 1 / 0)


def test_even_a_failure_is_told_in_the_language_of_the_page(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    make_fail(app, monkeypatch)
    client = app.test_client()
    seen = {lang: parse(client.post(f"/{lang}/result").text) for lang in languages_of(app)}
    assert {lang: page.get("lang") for lang, page in seen.items()} == {lang: lang for lang in seen}
    assert len({text_of(by_id(page, "content")) for page in seen.values()}) == len(seen)


def test_liveness_is_two_letters_that_nobody_keeps(client: HouseClient) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.mimetype, response.text) == (200, "text/plain", "ok\n")
    assert response.headers["Cache-Control"] == NEVER


def test_an_address_with_its_version_is_kept_for_good(client: HouseClient) -> None:
    address = client.get("/en/").text.partition('stylesheet" href="')[2].partition('"')[0]
    assert client.get(address).headers["Cache-Control"] == KEPT


OUR_SITE, OTHER = "http://localhost", "https://evil.example"

SENDERS = [
    # Sec-Fetch-Site, Sec-Fetch-Dest, Origin, may post to the site, may post to the frame
    ("same-origin", "document", OUR_SITE, True, True),
    ("same-origin", "iframe", OUR_SITE, True, True),
    ("none", "document", None, True, True),
    ("cross-site", "document", OUR_SITE, True, True),  # WebKit: our frame opens a page on top
    ("cross-site", "document", OTHER, False, False),
    ("cross-site", "document", "null", False, False),
    ("same-site", "document", "https://neighbour.localhost", False, False),
    ("cross-site", "iframe", "null", False, True),  # our own frame, in a sandbox; or a foreign page that sees nothing
    ("cross-site", "document", "https://localhost", False, False),  # our host, but not the scheme of our site
    ("cross-site", "document", "ftp://localhost", False, False),
    (None, None, "https://localhost", False, False),
    ("cross-site", "empty", OTHER, False, False),
    (None, None, None, True, True),
    (None, None, OUR_SITE, True, True),
    (None, None, OTHER, False, False),
    (None, None, "null", False, False),
]


@pytest.mark.parametrize(("site", "dest", "origin", "to_site", "to_frame"), SENDERS)
def test_only_our_own_pages_may_post(
    client: HouseClient, site: str | None, dest: str | None, origin: str | None, to_site: bool, to_frame: bool
) -> None:
    sent = {"Sec-Fetch-Site": site, "Sec-Fetch-Dest": dest, "Origin": origin}
    headers = {name: value for name, value in sent.items() if value}
    for address, may in (
        ("/en/result", to_site),
        ("/en/at/vecht/result", to_site),
        ("/en/embed/vecht/result", to_frame),
    ):
        response = client.post(address, headers=headers)
        assert (response.status_code == 422) is may, address
        assert (response.status_code == 403) is not may, address


@pytest.mark.parametrize("view", ["summary.pdf", "answers.json"])
def test_nothing_comes_down_from_a_frame_that_may_be_a_strangers(client: HouseClient, view: str) -> None:
    address = f"/en/embed/vecht/{view}"
    strangers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "iframe"}
    for origin in ("null", OTHER):
        assert client.post(address, headers=strangers | {"Origin": origin}).status_code == 403
    for ours in ({"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "iframe"}, strangers | {"Origin": OUR_SITE}):
        assert client.post(address, headers=ours).status_code == 422


@pytest.mark.parametrize(
    "name", ["Magnesium check.pdf", "Магній.pdf", "استبيان.json", 'a "b"; ü.pdf', "değerlendirme 1.pdf"]
)
def test_a_file_keeps_its_name_in_letters_that_every_server_can_send(name: str) -> None:
    header = name_file(Response(), "attachment", name).headers["Content-Disposition"]
    assert header.isascii()
    _, options = parse_options_header(header)
    # Where both are given, filename* counts.
    assert unquote(options["filename"]) == name
