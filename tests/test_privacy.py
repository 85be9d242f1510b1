"""Nothing of what a person answers is kept: not in a cookie, a cache, a file, a log, or the memory of the program."""

import gc
import logging
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from http.client import HTTPConnection
from io import BytesIO
from pathlib import Path
from wsgiref.util import setup_testing_defaults

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from flask_wtf import FlaskForm
from werkzeug.wrappers import Request as AnyRequest
from werkzeug.wrappers import Response

from tests.answers import Sent
from tests.conftest import ROOT, SECONDS_TO_STOP, command_to_run, free_port, wait_for
from tests.evidence import Evidence
from tests.house import HouseClient, by_id, parse, text_of
from tests.posting import A_PERSON_FOR, WITH_MISTAKES, addresses, every_page, post
from tests.sentinels import (
    CLINIC,
    MOUNTS,
    SENTINELS,
    WORD,
    Request,
    every_request,
    of_others,
    posting_views,
    sentinel_app,
    settings,
)
from webapp.app import MOST_BYTES_POSTED
from webapp.clinics import EXAMPLE
from webapp.fhir import Filed
from webapp.page import Page, Result
from webapp.questionnaire import Assessment
from webapp.report import Report

ANYTHING = {**A_PERSON_FOR, **WITH_MISTAKES}

SHEET_CACHING = "private, max-age=60"
"""Of the sheet as a PDF alone: a viewer that saves or prints it asks the reader's own cache for it once more."""

HOLDING_ANSWERS = (AnyRequest, FlaskForm, Assessment, Page, Result, Report, Filed)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sentinels")


@pytest.fixture(scope="module")
def recognising(folder: Path) -> Flask:
    """An app of whose answers some can be recognised as well."""
    return sentinel_app(folder)


@pytest.fixture(scope="module")
def requests(recognising: Flask) -> list[Request]:
    return list(every_request(recognising))


def send(app: Flask, request: Request) -> Response:
    """Send a request without a test client, which would remember its address."""
    path, _, query = request.address.partition("?")
    headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request.headers.items()}
    environ: dict[str, object] = headers | {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_TYPE": request.headers.get("Content-Type", ""),
        "CONTENT_LENGTH": str(len(request.body)),
        "wsgi.input": BytesIO(request.body),
    }
    setup_testing_defaults(environ)
    response = Response.from_app(app, environ, buffered=True)
    assert response.status_code == request.status, str(request)
    return response


# ── Cookies and caches ───────────────────────────────────────────────────────────────────────────────────


def test_no_response_sets_a_cookie(app: Flask, client: HouseClient):
    for method in ("GET", "POST"):
        for address in addresses(app, method):
            response = client.open(address, method=method, headers={"Cookie": "session=x"})
            assert "Set-Cookie" not in response.headers, address
            assert "Cookie" not in response.vary


@pytest.mark.parametrize("answers", ANYTHING.values(), ids=ANYTHING)
def test_what_holds_answers_is_stored_nowhere(app: Flask, client: HouseClient, answers: Sent):
    for address in addresses(app, "POST"):
        response = post(client, answers, address)
        caching = SHEET_CACHING if response.mimetype == "application/pdf" else "no-store"
        assert response.headers["Cache-Control"] == caching, address
        assert "ETag" not in response.headers


def test_the_check_itself_is_the_same_for_everybody(client: HouseClient):
    seen = {
        client.get("/en/", headers=headers, query_string=query).data
        for headers in ({}, {"Cookie": "a=b"}, {"Accept-Language": "nl"}, {"User-Agent": WORD})
        for query in ({}, {"stress": "often"})
    }
    assert len(seen) == 1


def test_a_result_never_carries_answers_in_an_address(client: HouseClient):
    answers = A_PERSON_FOR["raised"]
    page = post(client, answers).text
    for question, options in answers.items():
        for option in options:
            assert f"{question}={option}" not in page


# ── What is said about it ────────────────────────────────────────────────────────────────────────────────


def test_under_a_clinics_name_the_privacy_page_says_that_the_clinic_is_responsible(client: HouseClient):
    named = [
        EXAMPLE.name in text_of(by_id(parse(client.get(address).text), "content"))
        for address in ("/en/privacy", f"/en/at/{EXAMPLE.id}/privacy", f"/en/embed/{EXAMPLE.id}/privacy")
    ]
    assert named == [False, True, True]


def test_every_page_leads_to_the_privacy_page(client: HouseClient):
    for address in ("/en/", "/en/about", "/en/clinics", "/en/nothing"):
        assert 'href="/en/privacy"' in client.get(address).text, address


# ── Responses ────────────────────────────────────────────────────────────────────────────────────────────


def pages(app: Flask) -> dict[str, str]:
    """Fetch everything that has an address, and pages for wrong ones, on each mount: head and body."""
    client = FlaskClient(app)
    wrong = [f"{mount}nothing" for mount in MOUNTS]
    return {address: head_and_body(client.get(address)) for address in [*readable(app), *wrong]}


def readable(app: Flask) -> Iterator[str]:
    """Yield every address that can be read: those of pages, of files, and of the parts of pages."""
    named, adapter = {"lang": "en", "clinic": CLINIC, "name": "style.css"}, app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()):
            yield adapter.build(
                rule.endpoint, {name: named[name] for name in rule.arguments - set(rule.defaults or ())}
            )


def head_and_body(response: Response) -> str:
    response.headers.pop("Date", None)
    return f"{response.headers}{response.get_data()!r}"


def test_no_answer_comes_back_to_anyone_else(recognising: Flask, requests: list[Request], evidence: Evidence):
    before = pages(recognising)
    for one in requests:
        response = send(recognising, one)
        assert not any(sentinel in str(response.headers) for sentinel in SENTINELS), str(one)
        assert WORD.encode() not in response.data, str(one)
        evidence.add("privacy", "posted")
    assert pages(recognising) == before
    evidence.add("privacy", "pages", len(requests) + len(before))


# ── Memory ───────────────────────────────────────────────────────────────────────────────────────────────


def living_objects() -> Iterator[object]:
    """Yield every object that something in this program still refers to, one step beyond what Python keeps track of.

    It sees neither memory that was freed and not yet used again, nor what libraries in C or Rust hold on their own.
    """
    gc.collect()
    gc.unfreeze()
    seen: set[int] = set()
    waiting: list[object] = gc.get_objects()
    while waiting:
        one = waiting.pop()
        yield one
        for part in gc.get_referents(one):
            if not gc.is_tracked(part) and id(part) not in seen:
                seen.add(id(part))
                waiting.append(part)


def holds_answers(one: object) -> bool:
    """Whether an object is an answer, or is made of answers."""
    match one:
        case str():
            return any(sentinel in one for sentinel in SENTINELS)
        case bytes() | bytearray():
            return any(sentinel.encode() in one for sentinel in SENTINELS)
        case BytesIO(closed=False):
            return holds_answers(one.getvalue())
    return isinstance(one, HOLDING_ANSWERS)


def test_nothing_in_memory_holds_an_answer_once_it_has_been_sent(
    recognising: Flask, requests: list[Request], evidence: Evidence
):
    # Pages that other tests of this process keep would only have to be looked through as well.
    parse.cache_clear()
    every_page.cache_clear()
    for one in requests:
        send(recognising, of_others(one))
    before = {id(one) for one in living_objects() if holds_answers(one)}
    for one in requests:
        send(recognising, one)
    living = list(living_objects())
    evidence.put("privacy", "objects", len(living))
    assert [f"{type(one)}: {one!r:.100}" for one in living if holds_answers(one) and id(one) not in before] == []


def test_what_was_answered_is_gone_before_anyone_looks_for_cycles(recognising: Flask, requests: list[Request]):
    answered = [one for one in requests if one.status in (200, 403, 404, 405, 413, 422)]
    gc.collect()
    gc.disable()
    try:
        before = {id(one) for one in gc.get_objects() if isinstance(one, HOLDING_ANSWERS)}
        for one in answered:
            send(recognising, one)
        left = [one for one in gc.get_objects() if isinstance(one, HOLDING_ANSWERS) and id(one) not in before]
    finally:
        gc.enable()
    assert len(answered) > 50
    assert left == []


# ── Logs ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_no_answer_reaches_a_log_of_any_level(
    recognising: Flask, requests: list[Request], caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
):
    caplog.set_level(logging.DEBUG)
    recognising.logger.debug("listening")
    for one in requests:
        send(recognising, one)
    logged = caplog.text + "".join(capfd.readouterr())
    assert "listening" in logged
    assert not any(sentinel in logged for sentinel in SENTINELS)


def fail() -> str:
    """Stand for a view that fails with everything it was sent in its message."""
    try:
        raise KeyError(request.get_data(parse_form_data=False)[:1000])
    except KeyError as error:
        raise ValueError(f"cannot read {request.form} {request.headers} {request.url}") from error


def test_an_error_is_logged_by_type_and_place_without_its_message(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], evidence: Evidence
):
    app = sentinel_app(tmp_path, PROPAGATE_EXCEPTIONS=False)
    reaching = [one for one in every_request(app) if one.method == "POST" and one.status in (200, 422)]
    requests = [one for one in reaching if len(one.body) <= MOST_BYTES_POSTED]
    for name in app.view_functions:
        if name.startswith("check"):
            app.view_functions[name] = fail
    caplog.set_level(logging.DEBUG)
    for one in requests:
        said = head_and_body(send(app, replace(one, status=500)))
        for leak in (*SENTINELS, "cannot read", "Traceback", "ValueError", "KeyError", ".py"):
            assert leak not in said, str(one)
        evidence.add("privacy", "posted")
        evidence.add("privacy", "pages")
    logged = caplog.text + "".join(capfd.readouterr())
    assert caplog.text.count("ValueError") == len(requests) and Path(__file__).name in logged
    assert "cannot read" not in logged
    assert not any(sentinel in logged for sentinel in SENTINELS)


def test_an_error_while_answering_an_error_is_logged_without_its_message(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
):
    app = sentinel_app(tmp_path, PROPAGATE_EXCEPTIONS=False)
    app.after_request_funcs[None].append(lambda _: fail())
    sent = next(one for one in every_request(app) if one.method == "POST" and one.status == 200)
    send(app, replace(sent, status=500))
    logged = caplog.text + "".join(capfd.readouterr())
    assert caplog.text.count("ValueError") == 2
    assert "cannot read" not in logged
    assert not any(sentinel in logged for sentinel in SENTINELS)


def test_what_was_sent_is_gone_after_an_error_that_nobody_foresaw(tmp_path: Path):
    app = sentinel_app(tmp_path, PROPAGATE_EXCEPTIONS=False)
    sent = [replace(one, status=500) for one in every_request(app) if one.method == "POST" and one.status == 200]
    for name in app.view_functions:
        if name.startswith("check"):
            app.view_functions[name] = fail
    send(app, sent[0])
    gc.collect()
    gc.disable()
    try:
        before = {id(one) for one in gc.get_objects()}
        for one in sent[:20]:
            send(app, one)
        new = [one for one in gc.get_objects() if id(one) not in before]
    finally:
        gc.enable()
    assert [one for one in new if isinstance(one, (*HOLDING_ANSWERS, ValueError, KeyError))] == []


@contextmanager
def made_to_run(**environment: str) -> Iterator[tuple[str, Callable[[], str]]]:
    """Serve with the very command of `make run`, which may not write a single byte into any file.

    Yields the address, and what ends the server and returns all that it has printed.
    """
    port = free_port()
    process = subprocess.Popen(
        ["sh", "-c", 'ulimit -f 0 && exec "$@"', "sh", *command_to_run(PORT=port)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"} | environment,
    )

    def printed() -> str:
        process.send_signal(signal.SIGTERM)
        return process.communicate(timeout=SECONDS_TO_STOP)[0]

    try:
        wait_for(f"http://127.0.0.1:{port}/healthz")
        yield f"127.0.0.1:{port}", printed
    finally:
        if process.poll() is None:
            printed()


def test_the_server_writes_no_answer_no_address_and_no_visitor_anywhere(
    folder: Path, requests: list[Request], evidence: Evidence
):
    environment = {f"MAGNESIUM_{name}": value for name, value in settings(folder).items()}
    with made_to_run(**environment, MAGNESIUM_TRUSTED_HOSTS='["127.0.0.1"]') as (site, printed):
        for one in requests:
            with closing(HTTPConnection(site, timeout=SECONDS_TO_STOP)) as connection:
                connection.request(one.method, one.address, one.body, dict(one.headers))
                response = connection.getresponse()
                body = response.read()
            assert response.status == one.status, str(one)
            assert not any(sentinel in str(response.headers) for sentinel in SENTINELS), str(one)
            assert WORD.encode() not in body, str(one)
            evidence.add("privacy", "posted")
            evidence.add("privacy", "pages")
        logged = printed()
    assert logged == ""


def test_the_posts_reach_every_view_with_every_outcome(recognising: Flask, requests: list[Request]):
    for mount in MOUNTS:
        for view in posting_views(recognising):
            sent = [one.status for one in requests if one.address.partition("?")[0] == mount + view]
            assert sent.count(200) >= len(A_PERSON_FOR)
    assert {one.status for one in requests} == {200, 400, 403, 404, 405, 413, 422}
