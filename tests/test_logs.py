"""The log as JSON: lines that any reader can take, and nothing in them about anybody."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from flask import Flask, request

from tests.answers import QUESTIONNAIRE, harmless_but
from tests.conftest import make_app, running
from tests.posting import A_PERSON_FOR, addresses, post
from webapp.clinics import EXAMPLE

SENTINEL = "sentinel-4711"
ANSWER = {"time", "endpoint", "clinic", "method", "status", "ms_at_most"}
ERROR = {"time", "error", "places", "endpoint"}


@pytest.fixture
def log() -> StringIO:
    return StringIO()


@pytest.fixture
def logged(log: StringIO) -> Flask:
    """A check that logs as JSON, and that breaks at one address."""
    with redirect_stdout(log):
        app = make_app(LOG="json", PROXY_HOPS=1, PROPAGATE_EXCEPTIONS=False)

    @app.post("/<lang>/fail")
    def fail(lang: str) -> str:
        raise ValueError(f"cannot read {request.form}")

    return app


def lines_of(log: StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_each_answer_is_one_line(logged: Flask, log: StringIO):
    client = logged.test_client()
    client.get(f"/en/at/{EXAMPLE.id}/")
    client.post("/nl/result")
    client.get("/nonsense")
    assert [tuple(line[key] for key in ("endpoint", "clinic", "method", "status")) for line in lines_of(log)] == [
        ("check_at.check", EXAMPLE.id, "GET", 200),
        ("check.result", "", "POST", 422),
        ("", "", "GET", 404),
    ]
    assert all(line.keys() == ANSWER for line in lines_of(log))


def test_a_line_tells_the_time_to_the_second_and_no_duration_that_tells_an_outcome(logged: Flask, log: StringIO):
    post(logged.test_client(), A_PERSON_FOR["emergency"])
    (line,) = lines_of(log)
    time = datetime.fromisoformat(str(line["time"]))
    assert time.microsecond == 0 and time.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - time) < timedelta(minutes=1)
    assert line["ms_at_most"] in (50 * 2**step for step in range(9))


def test_an_error_is_a_line_with_its_type_and_places(logged: Flask, log: StringIO, capfd: pytest.CaptureFixture[str]):
    post(logged.test_client(), harmless_but(stress=SENTINEL), "/en/fail")
    error, answer = lines_of(log)
    assert error.keys() == ERROR
    assert (error["error"], error["endpoint"], answer["status"]) == ("ValueError", "fail", 500)
    assert Path(__file__).name in str(error["places"])
    assert capfd.readouterr().err == ""


HEADERS = ("Accept-Encoding", "Accept-Language", "Content-Type", "Cookie", "Host", "If-None-Match", "Origin", "Range")
HEADERS += ("Referer", "Sec-Fetch-Site", "User-Agent", "X-Forwarded-For", "X-Forwarded-Host")

WORDS = {"plain": SENTINEL, "JSON": f'"}}\\,{{{SENTINEL}\n{{', "no ASCII": f"\xff\x85{SENTINEL}"}


@pytest.mark.parametrize("word", WORDS.values(), ids=WORDS)
def test_whatever_is_sent_nothing_of_it_gets_in(logged: Flask, log: StringIO, word: str):
    client = logged.test_client()
    for address in (f"/{quote(word)}", f"/en/at/{quote(word)}/", "/en/result", "/en/fail", f"/en/?{quote(word)}"):
        client.post(address, data={"age": word, word: word})
        client.open(address, method=word.partition("\n")[0].upper())
        for header in HEADERS:
            client.post(address, headers={header: word.partition("\n")[0]})
    assert len(lines_of(log)) >= 5 * (2 + len(HEADERS))
    assert SENTINEL not in log.getvalue().lower()
    assert {frozenset(line) for line in lines_of(log)} == {frozenset(ANSWER), frozenset(ERROR)}
    assert {line["method"] for line in lines_of(log) if "method" in line} == {"POST", "other"}


def test_no_line_depends_on_an_outcome(logged: Flask, log: StringIO):
    client = logged.test_client()
    for address in addresses(logged, "POST"):
        for outcome in QUESTIONNAIRE.outcomes:
            post(client, A_PERSON_FOR[outcome], address)
    told = ANSWER - {"time", "ms_at_most"}
    lines = {tuple(str(line[key]) for key in told) for line in lines_of(log) if "status" in line}
    assert len(lines) == len([*addresses(logged, "POST")])


def test_a_log_that_cannot_be_written_stops_no_answer():
    class Full(StringIO):
        def write(self, text: str) -> int:
            raise OSError(28, "No space left on device")

    with redirect_stdout(Full()):
        client = make_app(LOG="json").test_client()
    assert client.get("/en/").status_code == 200


def test_the_lines_of_several_workers_and_threads_stay_whole(capfd: pytest.CaptureFixture[str]):
    with running(workers=2, MAGNESIUM_LOG="json") as site, ThreadPoolExecutor(8) as visitors:
        capfd.readouterr()
        list(visitors.map(urlopen, [f"{site}/en/"] * 200))
        written = capfd.readouterr().out.splitlines()
    assert len(written) == 200
    assert all(json.loads(line).keys() == ANSWER for line in written)


def test_without_the_setting_nothing_is_written(log: StringIO):
    with redirect_stdout(log):
        client = make_app().test_client()
    client.get("/en/")
    assert log.getvalue() == ""


def test_an_unknown_kind_of_log_stops_the_start():
    with pytest.raises(ValueError, match="MAGNESIUM_LOG: 'yaml' is unknown; known: json"):
        make_app(LOG="yaml")
