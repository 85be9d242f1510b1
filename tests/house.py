"""What every response and every page must satisfy; the test client checks it on each one that it fetches."""

import re
from functools import lru_cache
from itertools import pairwise
from typing import Any

from flask.testing import FlaskClient
from lxml.etree import HTMLParser, fromstring
from lxml.etree import _Element as Element
from werkzeug.test import TestResponse

EVERYWHERE = {"X-Content-Type-Options": "nosniff"}

DOCUMENTS = {
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}


class HouseClient(FlaskClient):
    """A test client that inspects whatever it fetches. `skip` switches a check off by name."""

    skip: frozenset[str] = frozenset()

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        if response.request.path != "/healthz":
            check_headers(response)
        if response.mimetype == "text/html" and response.status_code not in (301, 302, 303, 304, 308):
            page = parse(response.text)
            for name, check in CHECKS.items():
                if name not in self.skip:
                    check(page, response)
        return response


@lru_cache(maxsize=512)
def parse(text: str) -> Element:
    """Parse a page strictly: whatever the parser would mend fails.

    A page that has been parsed is not parsed again: the client does it first, then each test that reads the page.
    Every reader gets the same elements, so none may change them.
    """
    parser = HTMLParser(remove_comments=True)
    page = fromstring(text, parser)
    assert not parser.error_log, parser.error_log
    assert page.getroottree().docinfo.doctype.lower() == "<!doctype html>"
    return page


def text_of(element: Element) -> str:
    """Return the text of an element, white space folded."""
    return " ".join("".join(element.itertext()).split())


def by_id(page: Element, id: str) -> Element:
    """Return the element with an id; fails when there is none."""
    return next(element for element in page.iter() if element.get("id") == id)


def check_headers(response: TestResponse) -> None:
    is_part_of_a_page = response.mimetype in ("text/css", "text/javascript")
    for name, value in (EVERYWHERE if is_part_of_a_page else EVERYWHERE | DOCUMENTS).items():
        assert response.headers.get(name) == value, name
    if not is_part_of_a_page:
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in response.headers
    assert response.headers["Cache-Control"]
    if response.mimetype == "application/pdf":
        # Viewers save and print it out of the browser's cache, which no one else shares.
        assert response.headers["Cache-Control"].startswith("private, max-age=")
    elif response.request.method == "POST" or response.status_code >= 400:
        assert response.headers["Cache-Control"] == "no-store"


def check_language(page: Element, response: TestResponse) -> None:
    assert page.get("lang")
    assert page.get("dir") in ("ltr", "rtl")


def check_headings(page: Element, response: TestResponse) -> None:
    assert len(list(page.iter("h1"))) == 1
    headings = [element for element in page.iter() if re.fullmatch(r"h[1-6]", str(element.tag))]
    for before, after in pairwise(headings):
        follows = f"{after.tag} “{text_of(after)}” follows {before.tag} “{text_of(before)}”"
        assert int(after.tag[1]) - int(before.tag[1]) <= 1, f"{follows}: a heading may go one level deeper at most"
    title = page.find("head/title")
    assert title is not None and title.text


def check_ids(page: Element, response: TestResponse) -> None:
    ids = [element.get("id") for element in page.iter() if element.get("id") is not None]
    assert len(ids) == len(set(ids)), sorted(id for id in ids if ids.count(id) > 1)
    for element in page.iter():
        for attribute in ("aria-labelledby", "aria-describedby", "for", "form"):
            for id in (element.get(attribute) or "").split():
                assert id in ids, f"{attribute}={id}"
        href = element.get("href") or ""
        assert not href.startswith("#") or href[1:] in ids, href


def check_labels(page: Element, response: TestResponse) -> None:
    parents = {child: parent for parent in page.iter() for child in parent}
    for field in (one for one in page.iter("input") if one.get("type") != "hidden"):
        label = parents[field]
        assert label.tag == "label" and text_of(label), field.attrib
    for group in page.iter("fieldset"):
        legend = group.find("legend")
        assert legend is not None and text_of(legend)
    for element in page.iter():
        if element.tag in ("button", "a", "summary"):
            assert text_of(element), element.attrib


def check_nothing_inline(page: Element, response: TestResponse) -> None:
    assert not list(page.iter("style"))
    for element in page.iter():
        assert "style" not in element.attrib
        assert not [name for name in element.attrib if str(name).startswith("on")]
        assert element.tag != "script" or element.get("src")


def check_everything_is_ours(page: Element, response: TestResponse) -> None:
    for element in page.iter():
        if element.tag in ("script", "img", "iframe") or (element.tag == "link" and element.get("rel") == "stylesheet"):
            address = element.get("src") or element.get("href") or ""
            assert address.startswith("/") and not address.startswith("//"), address


def check_texts(page: Element, response: TestResponse) -> None:
    assert not re.search(r"\{\w+\}|%\(\w+\)", text_of(page))


CHECKS = {
    "language": check_language,
    "headings": check_headings,
    "ids": check_ids,
    "labels": check_labels,
    "nothing_inline": check_nothing_inline,
    "everything_is_ours": check_everything_is_ours,
    "texts": check_texts,
}
