"""Whatever is posted, the check answers as a page: it never falls over."""

import json
from collections.abc import Mapping

import pytest

from tests.answers import QUESTIONNAIRE
from tests.hostile import FAR_AWAY, FORM, MULTIPART
from tests.house import HouseClient
from tests.posting import post
from webapp.app import MOST_BYTES_POSTED

PART = b"--x\r\nContent-Disposition: form-data; name=%b\r\n\r\n%b\r\n"

BODIES: Mapping[str, tuple[str, bytes]] = {
    "nothing": ("", b""),
    "no content type": ("", b"age=18_64"),
    "a nonsense content type": ("nonsense", b"age=18_64"),
    "a nonsense character set": (f"{FORM}; charset=nonsense", b"age=18_64"),
    "UTF-16": (f"{FORM}; charset=utf-16", "age=18_64".encode("utf-16")),
    "NUL bytes": (FORM, b"age=%00\x00&\x00=1&%00=%00"),
    "lone surrogates": (FORM, b"age=%ed%a0%80&age=\xed\xa0\x80&%ed%a0%80=1"),
    "bytes that are no text": (FORM, b"age=%ff\xfe&\xff=1"),
    "broken percent signs": (FORM, b"age=%&age=%zz&%=%&==&&&=;"),
    "thousands of fields": (FORM, b"&".join([b"a=1"] * 4_000)),
    "thousands of values for one question": (FORM, b"&".join([b"age=1"] * 2_700)),
    "multipart without boundary": ("multipart/form-data", PART % (b"age", b"18_64")),
    "multipart that does not end": (MULTIPART, PART % (b"age", b"18_64")),
    "multipart that breaks off": (MULTIPART, b"--x\r\nContent-Disposition: form-d"),
    "multipart without a header": (MULTIPART, b"--x\r\n\r\n18_64\r\n--x--"),
    "multipart with a hundred parts": (MULTIPART, PART % (b"age", b"1") * 150 + b"--x--"),
    "multipart with a part too large": (MULTIPART, PART % (b"age", b"1" * 15_000) + b"--x--"),
    "a file": (MULTIPART, PART % (b"age; filename=age", b"18_64") + b"--x--"),
    "text": ("text/plain", b"age=18_64"),
} | {
    f"JSON {value!r}": ("application/json", json.dumps(value).encode())
    for value in ([1], [[1, 2]], {"age": {"a": 1}}, {"age": None}, 1, "a", None)
}


@pytest.mark.parametrize(("content_type", "body"), BODIES.values(), ids=BODIES)
def test_a_post_that_makes_no_sense_is_an_empty_check(client: HouseClient, content_type: str, body: bytes):
    response = client.post("/en/result", data=body, content_type=content_type)
    assert response.status_code == 422
    expected = 415 if content_type == "application/json" else 200
    assert client.post("/en/", data=body, content_type=content_type).status_code == expected


@pytest.mark.parametrize("content_type", [FORM, MULTIPART, "application/json", "text/plain", ""])
def test_more_than_a_check_can_be_is_refused(client: HouseClient, content_type: str):
    body = PART % (b"age", b"1" * MOST_BYTES_POSTED) + b"--x--"
    assert client.post("/en/result", data=body, content_type=content_type).status_code == 413


def test_a_check_with_every_tick_is_not_more_than_that(client: HouseClient):
    every_tick = {question.id: tuple(question.options) for question in QUESTIONNAIRE.questions.values()}
    assert post(client, every_tick).status_code == 422


HEADERS = [
    {"Accept-Language": "\xff,;q=;;,en;q=1e999;x"},
    {"Accept-Encoding": "br;q=x, gzip;q=-1"},
    {"Content-Length": "-1"},
    {"Content-Length": "many"},
    {"Cookie": "\xff=1; session=\x00; ;=;"},
    {"Host": "a b<>"},
    {"If-Modified-Since": FAR_AWAY},
    {"If-None-Match": '"'},
    {"Range": "bytes=99999999-,-"},
]


@pytest.mark.parametrize("headers", HEADERS, ids=str)
def test_headers_that_make_no_sense_are_passed_over(client: HouseClient, headers: dict[str, str]):
    assert client.post("/en/result", data=b"age=18_64", content_type=FORM, headers=headers).status_code == 422
    assert client.get("/", headers=headers).status_code == 302
    assert client.get("/en/", headers=headers).status_code == 200


@pytest.mark.parametrize("host", ["a..b", "x" * 70])
@pytest.mark.parametrize("origin", [{}, {"Origin": "null"}], ids=str)
def test_a_host_that_cannot_be_one_is_refused(client: HouseClient, host: str, origin: dict[str, str]):
    for method, address in (("GET", "/en/nonsense"), ("POST", "/en/result")):
        response = client.open(address, method=method, headers={"Host": host, **origin})
        assert 400 <= response.status_code < 500
        assert host not in response.text


@pytest.mark.parametrize("origin", ["null", "http://[::1", "https://example.org", "localhost", "://", "\xff"])
def test_a_post_from_elsewhere_is_refused_whatever_it_says_it_is(client: HouseClient, origin: str):
    assert client.post("/en/result", data=b"", headers={"Origin": origin}).status_code == 403


@pytest.mark.parametrize(
    ("site", "status"), [("same-origin", 422), ("none", 422), ("same-site", 403), ("cross-site", 403), ("x", 403)]
)
def test_a_browser_that_says_where_a_post_comes_from_is_believed(client: HouseClient, site: str, status: int):
    for headers in ({"Sec-Fetch-Site": site}, {"Sec-Fetch-Site": site, "Origin": "null"}):
        assert client.post("/en/result", data=b"", headers=headers).status_code == status
