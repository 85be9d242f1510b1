"""The first view is one round trip: few bytes, few requests, kept by the browser, as measured on the wire."""

import gzip
import re
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

import brotli
import pytest

from tests.house import parse

MOST_BYTES = 14_600
"""What a server may send before the first acknowledgement: ten packets of 1,460 bytes. With Brotli, as over TLS."""

MOST_REQUESTS = 3

CODINGS = {"gzip": "gzip, deflate", "br": "gzip, deflate, br, zstd"}
"""What browsers say they accept, by the coding that it leads to: on plain http, and on https."""


@dataclass(frozen=True)
class Answer:
    """A response as it came over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes
    size: int
    """All its bytes, status line and headers included."""

    @property
    def text(self) -> str:
        decode = {"gzip": gzip.decompress, "br": brotli.decompress, "": bytes}
        return decode[self.headers.get("content-encoding", "")](self.body).decode()


def ask(site: str, address: str, method: str = "GET", **headers: str) -> Answer:
    """Send one request over a bare socket."""
    where = urlsplit(site)
    lines = [f"{method} {address} HTTP/1.1", f"Host: {where.netloc}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    with socket.create_connection((where.hostname, where.port), timeout=10) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        with connection.makefile("rb") as stream:
            received = stream.read()
    head, _, body = received.partition(b"\r\n\r\n")
    status, *fields = head.decode("latin-1").split("\r\n")
    found = {name.lower(): value.strip() for name, value in (field.split(":", 1) for field in fields)}
    if found.get("transfer-encoding") == "chunked":
        raise AssertionError("sent in chunks, so its size is not known beforehand")
    return Answer(int(status.split()[1]), found, body, len(received))


def subresources(html: str) -> list[str]:
    """Return the addresses of what a browser with a script loads on its own for a page."""
    page = parse(re.sub(r"<noscript>.*?</noscript>", "", html))
    loaded = [element.get("src") for tag in ("script", "img", "iframe", "source") for element in page.iter(tag)]
    loaded += [link.get("href") for link in page.iter("link") if link.get("rel") not in ("alternate", "canonical")]
    return [address for address in loaded if address and not address.startswith("data:")]


@pytest.mark.parametrize("coding", CODINGS)
def test_the_first_view_fits_the_first_packets(site: str, coding: str, record_property):
    page = ask(site, "/en/", Accept_Encoding=CODINGS[coding])
    parts = {"/en/": page}
    for address in subresources(page.text):
        parts[address.partition("?")[0]] = ask(site, address, Accept_Encoding=CODINGS[coding])
    style = next(part.text for address, part in parts.items() if address.endswith(".css"))
    total = sum(part.size for part in parts.values())
    figures = ", ".join(f"{address} {part.size:,} ({len(part.body):,})" for address, part in parts.items())
    print(f"\nfirst view, {coding}: {total:,} bytes in {len(parts)} requests: {figures}")  # noqa: T201
    assert {part.headers["content-encoding"] for part in parts.values()} == {coding}
    assert not re.search(r"@import|url\(", style)
    assert all(address.startswith("/") for address in parts)
    assert len(parts) <= MOST_REQUESTS
    assert coding == "gzip" or total <= MOST_BYTES


def test_every_language_fits_as_well(site: str):
    links = re.findall(r'hreflang="\w+" href="([^"]+)"', ask(site, "/en/").text)
    pages = {address: ask(site, address, Accept_Encoding=CODINGS["br"]) for address in links or ["/en/"]}
    shared = [ask(site, address, Accept_Encoding=CODINGS["br"]) for address in subresources(ask(site, "/en/").text)]
    sizes = {address: page.size + sum(part.size for part in shared) for address, page in pages.items()}
    assert {address: size for address, size in sizes.items() if size > MOST_BYTES} == {}


@pytest.mark.parametrize("accepts", ["identity", *CODINGS.values()])
def test_a_second_visit_costs_a_line(site: str, accepts: str):
    first = ask(site, "/en/", Accept_Encoding=accepts)
    tag = first.headers["etag"]
    again = ask(site, "/en/", Accept_Encoding=accepts, If_None_Match=tag)
    assert not tag.startswith("W/")
    assert first.headers["cache-control"] == "public, max-age=300"
    assert "Accept-Encoding" in first.headers["vary"]
    assert (again.status, again.body) == (304, b"")
    for name in ("etag", "vary", "cache-control"):
        assert again.headers[name] == first.headers[name]
    assert ask(site, "/en/", Accept_Encoding=accepts, If_None_Match='"old"').status == 200


def test_each_coding_has_a_tag_of_its_own(site: str):
    answers = [ask(site, "/en/", Accept_Encoding=accepts) for accepts in ("identity", *CODINGS.values())]
    assert len({answer.headers["etag"] for answer in answers}) == 3
    assert len({answer.text for answer in answers}) == 1
    assert answers[1].size < answers[0].size / 2 and answers[2].size < answers[1].size


@pytest.mark.parametrize("accepts", ["gzip;q=0", "br;q=0, gzip;q=0", "identity", "nonsense", ""])
def test_nobody_gets_a_coding_that_was_refused(site: str, accepts: str):
    assert "content-encoding" not in ask(site, "/en/", Accept_Encoding=accepts).headers


def test_asking_for_the_head_tells_the_same_without_the_body(site: str):
    whole, head = (ask(site, "/en/", method, Accept_Encoding="gzip") for method in ("GET", "HEAD"))
    assert (head.status, head.body) == (200, b"")
    for headers in (whole.headers, head.headers):
        headers.pop("date", None)
    assert head.headers == whole.headers


def test_files_are_kept_for_good_under_an_address_that_names_their_content(site: str):
    for address in subresources(ask(site, "/en/").text):
        current, other = ask(site, address), ask(site, address.partition("?")[0] + "?v=old")
        assert "immutable" in current.headers["cache-control"], address
        assert "immutable" not in other.headers["cache-control"]
        assert ask(site, address, If_None_Match=current.headers["etag"]).status == 304
