"""What each class of response tells the browser, error pages included, and who may post."""

from pathlib import Path

import pytest
from flask import Flask

from tests.answers import harmless
from tests.conftest import make_app
from tests.house import HouseClient
from tests.posting import post

CLINIC_ORIGIN = "https://www.devecht.example"

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
}

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
    "font-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "'none'",
}

PUBLIC, KEPT, NEVER = "public, max-age=300", "public, max-age=31536000, immutable", "no-store"

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
    ("GET", "/en/result", 303, OURS_ALONE, NEVER),
    ("GET", "/en/about", 200, OURS_ALONE, PUBLIC),
    ("GET", "/en/rules", 200, OURS_ALONE, PUBLIC),
    ("GET", "/en/clinics", 200, OURS_ALONE, PUBLIC),
    ("GET", "/en/at/vecht/", 200, OURS_ALONE, PUBLIC),
    ("POST", "/en/at/vecht/result", 200, OURS_ALONE, NEVER),
    ("GET", "/en/embed/vecht/", 200, THE_CLINICS, PUBLIC),
    ("POST", "/en/embed/vecht/", 200, THE_CLINICS, NEVER),
    ("POST", "/en/embed/vecht/result", 200, THE_CLINICS, NEVER),
    ("GET", "/en/embed/vecht/result", 303, THE_CLINICS, NEVER),
    ("GET", "/en/embed/alone/", 200, FRAMED_BY_US, PUBLIC),
    ("GET", "/embed.js", 200, A_PART, PUBLIC),
    ("GET", "/static/style.css", 200, A_PART, PUBLIC),
    ("GET", "/static/clinic/vecht.css", 200, A_PART, PUBLIC),
    # Errors
    ("GET", "/en/nothing", 404, OURS_ALONE, NEVER),
    ("GET", "/xx/", 404, OURS_ALONE, NEVER),
    ("GET", "/static/nothing.css", 404, FOR_ALL, NEVER),
    ("GET", "/en/at/nobody/", 404, OURS_ALONE, NEVER),
    ("GET", "/en/embed/nobody/", 404, OURS_ALONE, NEVER),
    ("DELETE", "/en/", 405, OURS_ALONE, NEVER),
    ("POST empty", "/en/result", 422, OURS_ALONE, NEVER),
    ("POST empty", "/en/embed/vecht/result", 422, THE_CLINICS, NEVER),
    ("POST foreign", "/en/result", 403, OURS_ALONE, NEVER),
    ("POST foreign", "/en/embed/vecht/result", 403, THE_CLINICS, NEVER),
    ("POST large", "/en/result", 413, OURS_ALONE, NEVER),
    ("POST large", "/en/embed/vecht/result", 413, THE_CLINICS, NEVER),
]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    file: Path = tmp_path_factory.mktemp("clinics") / "clinics.toml"
    file.write_text(
        f'[vecht]\nname = "De Vecht"\norigins = ["{CLINIC_ORIGIN}"]\naccent = "#8a1c3b"\n[alone]\nname = "Alone"\n'
    )
    return make_app(CLINICS=str(file))


@pytest.mark.parametrize(
    ("method", "address", "status", "who", "caching"), RESPONSES, ids=lambda value: str(value).replace("/", "_")
)
def test_every_class_of_response_has_its_headers(
    client: HouseClient, method: str, address: str, status: int, who: tuple[str | None, str], caching: str
) -> None:
    match method:
        case "POST":
            response = post(client, harmless(), address)
        case "POST empty":
            response = client.post(address)
        case "POST foreign":
            response = client.post(address, headers={"Origin": "https://evil.example"})
        case "POST large":
            response = client.post(address, data={"age": "x" * 20_000})
        case _:
            response = client.open(address, method=method)
    ancestors, resource_policy = who
    frames = {"frame-src": "'self'"} if address == "/en/clinics" else {}
    assert response.status_code == status
    assert {name: response.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
    if ancestors is None:
        assert "Content-Security-Policy" not in response.headers
    else:
        policy = dict(rule.split(" ", 1) for rule in response.headers["Content-Security-Policy"].split("; "))
        assert policy == {**POLICY, "frame-ancestors": ancestors, **frames}
        assert {name: response.headers.get(name) for name in DOCUMENTS} == DOCUMENTS
    assert response.headers["Cross-Origin-Resource-Policy"] == resource_policy
    assert response.headers.get("X-Frame-Options") == ("DENY" if ancestors == "'none'" else None)
    assert response.headers["Cache-Control"] == caching


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
