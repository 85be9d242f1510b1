"""Requests that no page of ours sends: valid ones, broken at random, and the same again for the same seed."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from random import Random
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import Flask

from tests.posting import A_PERSON_FOR
from webapp.check import FILE
from webapp.clinics import EXAMPLE
from webapp.page import LARGE_PRINT

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"

SENTINEL = "sentinel-4711"
"""Stands in every hostile request, as an answer: no log may hold it."""

ODD_TEXTS = (
    *("", " ", "none", "null", "0", "-1", "1e999", "9" * 5_000, "x" * 9_000, "\0", "\ufeff", "\u202e", "\ud800", "💊"),
    *("<b>&\"'", "{{ 7 * 7 }}", "%(n)s", "{emergency}", "%s%n", "../../etc/passwd", "'; --", "\r\nSet-Cookie: x=1"),
)
ODD_NAMES = ("age[]", "age[0][a]", "age.a", "AGE", "age ", "__class__", "csrf_token", FILE, LARGE_PRINT, *ODD_TEXTS)
ODD_VALUES = (None, True, 0, -1, 10**400, 1e308, float("inf"), float("nan"), [], [[]], {}, {"a": {}}, *ODD_TEXTS)
ODD_BYTES = (
    *(b"\0", b"\xff\xfe", b"\xc0\xaf", b"\xe0\x80\xaf", b"\xf0\x80\x80\xaf", b"\xed\xa0\x80", bytes(range(256))),
    *(b"%", b"%zz", b"%00", b"%c0%af", b"%ed%a0%80", b"%u0041", b"%25%30%30", b"+", b"&&=;=&", b"\r\n", b"--x", b'"'),
    *(b"{", b"}", b"[", b"]", b"\\", b"\\ud800", b"1e999", b"a" * 17_000, b"age=1&" * 3_000),
)
ODD_TYPES = (
    *("", "nonsense", "text/plain", "application/fhir+json", f"{FORM}; charset=utf-16", f"{FORM};" * 50, "\xff", FORM),
    *(f"multipart/form-data{boundary}" for boundary in ("", "; boundary=", "; boundary=y", "; boundary=\xff")),
)
FAR_AWAY = "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"
ODD_HEADERS: Mapping[str, tuple[str, ...]] = {
    "Accept": ("", "\xff", "text/html;q=x", "application/json," * 200),
    "Accept-Encoding": ("", "br;q=x, gzip;q=-1", "*", "br;q=0, *;q=1e999", "gzip," * 500, "\xff"),
    "Accept-Language": ("", "xx", "\xff,;q=;;,en;q=1e999;x", "en-" * 300, "*", "tr;q=nan, ar"),
    "Content-Encoding": ("gzip", "br", "nonsense"),
    "Content-Length": ("-1", "many", "0", "7", "99", "\xb2", "1" * 400),
    "Cookie": (f"stress={SENTINEL}", "\xff=1; session=\x01; ;=;", "a=b;" * 500),
    "Expect": ("100-continue", "nonsense"),
    "Host": ("", "a..b", "x" * 70, "a b<>", "[::1", "localhost:99999999", "localhost:x", "\xff", "a@b/c?d#e"),
    "If-Match": ("*", '"x"'),
    "If-Modified-Since": (FAR_AWAY, "\xff", "Mon, 32 Foo 2020 99:99:99 +9999999"),
    "If-None-Match": ("*", '"', 'W/"x", ' * 200, "\xff"),
    "If-Range": (FAR_AWAY, '"'),
    "Origin": ("null", "http://[::1", "://", "\xff", "http://localhost"),
    "Range": ("bytes=99999999-,-", "bytes=0-0", "bytes=-", "x=1", "bytes=" + "0-1," * 200, f"bytes=0-{'9' * 5_000}"),
    "Referer": (SENTINEL, "\xff"),
    "Sec-Fetch-Site": ("cross-site", "same-origin", "\xff"),
    "Transfer-Encoding": ("chunked", "gzip", "chunked, chunked", "nonsense"),
    "User-Agent": (SENTINEL, "\xff", "x" * 2_000),
    "X-Forwarded-Host": ("a..b", "\xff", "evil.example"),
    "X-Forwarded-Prefix": ("/evil", "\xff", "//"),
}

Fields = list[tuple[str, str]]
Sent = tuple[str, bytes]
"""A content type and a body."""
Node = tuple[Any, Any]
"""A dict or a list, and the key or the index of what stands in it."""


class Hostile(NamedTuple):
    """A request of which the headers, the body or both may be wrong."""

    method: str
    address: str
    headers: Mapping[str, str]
    body: bytes

    def on_the_wire(self) -> bytes:
        """Return what a client writes: headers that are not given are right."""
        headers = {"Host": "localhost", "Content-Length": str(len(self.body)), "Connection": "close"} | self.headers
        lines = [f"{self.method} {self.address} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + self.body


def hostile_requests(app: Flask, seed: int, languages: Iterable[str]) -> Iterator[Hostile]:
    """Yield requests without end, most of them to the addresses that take a POST, on every mount, in some languages."""
    random, file = Random(seed), valid_file(app)
    addresses = {method: list(addresses_of(app, method, languages)) for method in ("POST", "GET")}
    while True:
        content_type, body = random.choice((_form, _form, _parts, _upload, _json))(random, file)
        for _ in range(random.choice((0, 0, 1, 2, 3))):
            body = random.choice(BREAKS)(random, body)
        if SENTINEL.encode() not in body:
            body = _spliced(random, body, SENTINEL.encode())
        if random.random() < 0.1:
            content_type = random.choice(ODD_TYPES)
        odd = random.sample(list(ODD_HEADERS), random.choice((0, 0, 1, 3)))
        headers = {"Content-Type": content_type} | {name: random.choice(ODD_HEADERS[name]) for name in odd}
        method = "GET" if random.random() < 0.1 else "POST"
        yield Hostile(method, f"{random.choice(addresses[method])}?stress={SENTINEL}", headers, body)


def addresses_of(app: Flask, method: str, languages: Iterable[str]) -> Iterator[str]:
    """Yield every address that takes a method, pages and files, on each mount."""
    adapter = app.url_map.bind("localhost")
    for lang in languages:
        for rule in app.url_map.iter_rules():
            if method in (rule.methods or ()) and rule.arguments <= {"lang", "clinic"}:
                yield adapter.build(rule.endpoint, {"lang": lang, "clinic": EXAMPLE.id}, append_unknown=False)


def valid_file(app: Flask) -> dict[str, Any]:
    """Return the file of a check with a result, as the check itself hands it out."""
    answers = {question: list(chosen) for question, chosen in A_PERSON_FOR["raised"].items()}
    file: dict[str, Any] = json.loads(app.test_client().post("/en/answers.json", data=answers).data)
    return file


def nodes(tree: Any) -> Iterator[Node]:
    """Yield every node of a JSON document but its root."""
    for key, value in list(tree.items() if isinstance(tree, dict) else enumerate(tree)):
        yield tree, key
        if isinstance(value, dict | list):
            yield from nodes(value)


# ── Bodies of a known shape, with wrong parts ────────────────────────────────────────────────────────────


def _fields(random: Random) -> Fields:
    """Return a person's fields, up to four of them spoilt, and the sentinel among them."""
    person = random.choice(list(A_PERSON_FOR.values()))
    fields = [(question, option) for question, chosen in person.items() for option in chosen]
    for _ in range(random.randrange(5)):
        place = random.randrange(len(fields))
        name, value = fields[place]
        ways: tuple[Fields, ...] = (
            [(name, random.choice(ODD_TEXTS))],
            [(random.choice(ODD_NAMES), value)],
            [(name, value)] * random.choice((2, 20, 1_100)),
            [(name, value), (name, random.choice(fields)[1])],
            [("", "")],
        )
        fields[place : place + 1] = random.choice(ways)
    return [*fields, (random.choice((SENTINEL, fields[0][0])), SENTINEL)]


def _form(random: Random, _file: object) -> Sent:
    body = urlencode(_fields(random), errors="surrogatepass")
    return FORM, body.encode(random.choice((*["utf-8"] * 6, "utf-16", "utf-7")))


def _parts(random: Random, _file: object) -> Sent:
    name = random.choice(("name=%s", 'name="%s"', 'name="%s"; filename="%s"', "name*=utf-8''%s", 'name="%s'))
    return _multipart(random, [(name.replace("%s", field), value) for field, value in _fields(random)])


def _json(random: Random, file: Mapping[str, Any]) -> Sent:
    return "application/json", json.dumps([random.choice(ODD_VALUES), dict(_fields(random)), file]).encode()


def _upload(random: Random, file: Mapping[str, Any]) -> Sent:
    own = json.loads(json.dumps(file))
    for _ in range(random.randrange(4)):
        parent, key = random.choice(list(nodes(own)))
        parent[key] = random.choice(([parent[key], parent[key]], *ODD_VALUES))
    text = json.dumps(own, ensure_ascii=random.random() < 0.5)
    if random.random() < 0.3:
        twice = text.replace(": {", ': {"code": "x", "linkId": [], ', 1)
        text = random.choice((twice, _deep(random, text), f"[{text}]", text * 2, "9" * 60_000, text[1:]))
    name = random.choice((*ODD_TEXTS, "check.json", "C:\\check.json", "a; filename=b", '"'))
    return _multipart(random, [(f'name="{FILE}"; filename="{name}"', text), ("name=stress", SENTINEL)])


def _deep(random: Random, inner: str) -> str:
    before, after = random.choice((("[", "]"), ('{"item": [', "]}"), ('{"linkId": ', "}"), ('{"valueCoding": ', "}")))
    depth = random.choice((50, 900, 950, 970, 980, 990, 1_000, 5_000))
    return before * depth + inner + after * depth


def _multipart(random: Random, parts: Fields) -> Sent:
    between, end = random.choice(
        (*[("--x\r\n", "--x--\r\n")] * 6, ("--x\n", "--x--"), ("--x\r\n", ""), ("--y\r\n", ""))
    )
    kind = random.choice(("", "\r\nContent-Type: text/plain; charset=utf-16", "\r\nContent-Transfer-Encoding: base64"))
    encoding = random.choice((*["utf-8"] * 6, "utf-16", "utf-32"))
    written = (
        f"{between}Content-Disposition: form-data; {name}{kind}\r\n\r\n".encode("utf-8", "surrogatepass")
        + value.encode(encoding, "surrogatepass")
        for name, value in parts
    )
    return MULTIPART, b"\r\n".join([*written, end.encode()])


# ── Bytes, whatever they stand for ───────────────────────────────────────────────────────────────────────


def _spliced(random: Random, body: bytes, what: bytes) -> bytes:
    place = random.randrange(len(body) + 1)
    return body[:place] + what + body[place:]


def _with_odd_bytes(random: Random, body: bytes) -> bytes:
    return _spliced(random, body, random.choice(ODD_BYTES))


def _with_other_bits(random: Random, body: bytes) -> bytes:
    changed = bytearray(body)
    for place in random.sample(range(len(body)), min(len(body), 8)):
        changed[place] ^= 1 << random.randrange(8)
    return bytes(changed)


def _cut_off(random: Random, body: bytes) -> bytes:
    return body[: random.randrange(len(body) + 1)]


def _with_a_slice_less_or_more(random: Random, body: bytes) -> bytes:
    start, end = sorted(random.randrange(len(body) + 1) for _ in range(2))
    return body[:start] + body[start:end] * random.choice((0, 2, 5)) + body[end:]


def _noise(random: Random, _body: bytes) -> bytes:
    return random.randbytes(random.choice((0, 1, 100, 5_000, 20_000)))


Break = Callable[[Random, bytes], bytes]
BREAKS: tuple[Break, ...] = (_with_odd_bytes, _with_other_bits, _cut_off, _with_a_slice_less_or_more, _noise)
