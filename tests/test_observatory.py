"""The score that Mozilla's HTTP Observatory would give, computed from its published rules on our own responses.

The rules are those of version 1.4.8, https://github.com/mdn/mdn-http-observatory, `src/grader/charts.js` and
`src/analyzer/tests`; here stand the ones that can apply to us. The cases at the end were put to that program itself as
well, with the same scores. Two of its ten tests look at what is not ours to answer:
that plain http leads to https on the same host, and that the certificate is valid. For these the sample proxy is read.
"""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.datastructures import Headers

from tests.conftest import ROOT, make_app
from tests.house import parse

GRADES = {100: "A+", 90: "A", 85: "A-", 80: "B+", 70: "B", 65: "B-", 60: "C+", 50: "C", 45: "C-", 0: "D+ or below"}

LEAST_FOR_EXTRA_CREDIT = 90

SIX_MONTHS = 15_552_000
"""In seconds, as the Observatory counts them."""

UNSAFE = {"'unsafe-inline'", "'unsafe-eval'", "data:", "http:", "https:", "ftp:", "*"}


def score(headers: Headers, html: str) -> int:
    """Return the score of a page. Extra points count only where less than 10 were taken off."""
    points = modifiers(headers, html).values()
    lessened = 100 + sum(one for one in points if one < 0)
    return 100 + sum(points) if lessened >= LEAST_FOR_EXTRA_CREDIT else max(lessened, 0)


def grade(score: int) -> str:
    return next(name for least, name in GRADES.items() if score >= least)


def modifiers(headers: Headers, html: str) -> Mapping[str, int]:
    """Return what each test of the Observatory adds or takes off."""
    policy = policy_of(headers)
    return {
        "content-security-policy": of_policy(policy),
        "cookies": of_cookies(headers),
        "cross-origin-resource-sharing": -50 if "Access-Control-Allow-Origin" in headers else 0,
        "redirection": of_redirection((ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")),
        "referrer-policy": {"no-referrer": 5, "same-origin": 5, "strict-origin": 5, None: 0}.get(
            headers.get("Referrer-Policy"), -5
        ),
        "strict-transport-security": of_transport(headers.get("Strict-Transport-Security", "")),
        "subresource-integrity": of_scripts(html),
        "x-content-type-options": 0 if headers.get("X-Content-Type-Options") == "nosniff" else -5,
        "x-frame-options": 5 if "frame-ancestors" in policy else 0 if headers.get("X-Frame-Options") == "DENY" else -20,
        "cross-origin-resource-policy": {"same-origin": 10, "same-site": 10, "cross-origin": 0, None: 0}.get(
            headers.get("Cross-Origin-Resource-Policy"), -5
        ),
    }


def of_cookies(headers: Headers) -> int:
    """Judge a cookie as the mildest rule does: one that is not marked as secure. None is the best there is."""
    if "Set-Cookie" not in headers:
        return 0
    return -5 if "Strict-Transport-Security" in headers else -20


def policy_of(headers: Headers) -> Mapping[str, list[str]]:
    rules = [rule.split() for rule in headers.get("Content-Security-Policy", "").split(";") if rule.strip()]
    return {name: sources for name, *sources in rules}


def of_policy(policy: Mapping[str, list[str]]) -> int:
    """Judge where scripts, styles, objects and passive content may come from."""
    if not policy:
        return -25
    default = policy.get("default-src", ["*"])
    scripts, objects, styles = (policy.get(f"{kind}-src", default) for kind in ("script", "object", "style"))
    if UNSAFE.intersection(scripts, objects) or UNSAFE.difference(["'unsafe-eval'"]).intersection(scripts):
        return -20
    if any(source.startswith("http:") for sources in policy.values() for source in sources):
        return -20
    if UNSAFE.intersection(styles):
        return 0
    return 10 if default == ["'none'"] else 5


def of_redirection(proxy: str) -> int:
    """Judge what the sample proxy answers on plain http. 0 is the most that can be had."""
    return 0 if re.search(r"listen 80;[^}]*return 301 https://\$host\$request_uri;", proxy) else -20


def of_transport(header: str) -> int:
    """Judge the header alone: a site that browsers know beforehand ("preloaded") would have 5 more."""
    found = re.search(r"max-age=(\d+)", header)
    return -20 if not found else 0 if int(found[1]) >= SIX_MONTHS else -10


def of_scripts(html: str) -> int:
    """Judge the scripts of a page: those of our own origin need no integrity, though it would give 5 more."""
    sources = [script.get("src", "") for script in parse(html).iter("script")]
    return 0 if all(re.match(r"/(?!/)", source) for source in sources) else -5


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    file: Path = tmp_path_factory.mktemp("clinics") / "clinics.toml"
    file.write_text('[vecht]\nname = "De Vecht"\norigins = ["https://www.devecht.example"]\n')
    return make_app(CLINICS=str(file))


@pytest.mark.parametrize(("address", "expected"), [("/en/", 130), ("/en/at/vecht/", 130), ("/en/embed/vecht/", 120)])
def test_the_observatory_would_give_the_best_grade(app: Flask, address: str, expected: int):
    response = app.test_client().get(address)
    found = score(response.headers, response.text)
    assert (found, grade(found)) == (expected, "A+"), modifiers(response.headers, response.text)


def test_a_result_is_as_good_as_the_empty_check(app: Flask):
    client = app.test_client()
    empty, result = client.get("/en/"), client.post("/en/result")
    assert modifiers(result.headers, result.text) == modifiers(empty.headers, empty.text)


@pytest.mark.parametrize(
    ("header", "value", "expected"),
    [
        ("Content-Security-Policy", None, (75, "B")),
        (
            "Content-Security-Policy",
            "default-src 'none'; script-src 'unsafe-inline'; frame-ancestors 'none'",
            (80, "B+"),
        ),
        (
            "Content-Security-Policy",
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
            (120, "A+"),
        ),
        ("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'", (125, "A+")),
        ("Content-Security-Policy", "default-src 'none'", (125, "A+")),
        ("Cross-Origin-Resource-Policy", None, (120, "A+")),
        ("Referrer-Policy", "unsafe-url", (120, "A+")),
        ("Set-Cookie", "a=b", (125, "A+")),
        ("Strict-Transport-Security", None, (80, "B+")),
        ("Strict-Transport-Security", "max-age=60", (120, "A+")),
        ("X-Content-Type-Options", None, (125, "A+")),
    ],
)
def test_what_is_missing_costs_what_the_rules_say(
    app: Flask, header: str, value: str | None, expected: tuple[int, str]
):
    response = app.test_client().get("/en/")
    response.headers.pop(header, None)
    if value:
        response.headers[header] = value
    found = score(response.headers, response.text)
    assert (found, grade(found)) == expected
