"""Whatever is sent, to whatever address: a page comes back, no log tells of it, and no memory is kept of it.

`FUZZ_SEED=2 pytest tests/test_fuzz.py` tries other requests. `make soak` sends many more of them, to a real server.
"""

import gc
import json
import logging
import os
import sys
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from io import StringIO
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import Client

from tests.answers import QUESTIONNAIRE, Sent, sent
from tests.conftest import make_app
from tests.hostile import (
    FORM,
    MULTIPART,
    ODD_HEADERS,
    ODD_VALUES,
    SENTINEL,
    Hostile,
    addresses_of,
    hostile_requests,
    nodes,
    valid_file,
)
from tests.posting import post, upload
from tests.test_first_view import subresources
from webapp.app import create_app
from webapp.fhir import CANONICAL, FileError, read_response
from webapp.questionnaire import AnswersError, assess

SEED = int(os.environ.get("FUZZ_SEED", "1"))
LANGUAGE = "en"
TO_WARM_UP, REQUESTS = 800, 1_400

MOST_BLOCKS_KEPT = 1_000
"""Of memory, by all requests after the first ones together: one kept by each would be 1 400; what is seen is 500."""

APP = make_app()
CLIENT = APP.test_client()
FILE = json.dumps(valid_file(APP))


@dataclass(frozen=True)
class Fuzzed:
    """What became of many hostile requests."""

    fallen: list[Hostile]
    """Those that made the check fall over."""
    log: str
    blocks_kept: int


@pytest.fixture(scope="module")
def fuzzed() -> Fuzzed:
    app, written = create_app(), StringIO()
    client, requests = Client(app), hostile_requests(app, SEED, [LANGUAGE])
    with _listening(written):
        for address in addresses_of(app, "GET", [LANGUAGE]):
            client.get(address)
        fallen = list(_fallen(client, islice(requests, TO_WARM_UP)))
        before = _blocks()
        fallen += _fallen(client, islice(requests, REQUESTS))
        return Fuzzed(fallen, written.getvalue(), _blocks() - before)


@contextmanager
def _listening(written: StringIO) -> Iterator[None]:
    """Write down everything that is logged or printed."""
    listening, level = logging.StreamHandler(written), logging.root.level
    logging.root.addHandler(listening)
    logging.root.setLevel(logging.DEBUG)
    with redirect_stdout(written), redirect_stderr(written):
        yield
    logging.root.setLevel(level)
    logging.root.removeHandler(listening)


def _fallen(client: Client, requests: Iterator[Hostile]) -> Iterator[Hostile]:
    for request in requests:
        method, address, headers, body = request
        try:
            status = client.open(address, method=method, headers=dict(headers), data=body).status_code
        except Exception:
            traceback.print_exc()
            status = 500
        if status >= 500:
            yield request


def _blocks() -> int:
    gc.collect()
    return sys.getallocatedblocks()


def test_no_hostile_request_makes_the_check_fall_over(fuzzed: Fuzzed):
    assert not fuzzed.fallen, f"FUZZ_SEED={SEED}: {len(fuzzed.fallen)} fell\n{fuzzed.fallen[0]}\n{fuzzed.log[:2_000]}"


def test_no_hostile_request_reaches_a_log(fuzzed: Fuzzed):
    assert SENTINEL not in fuzzed.log


def test_no_memory_is_kept_of_hostile_requests(fuzzed: Fuzzed):
    assert fuzzed.blocks_kept < MOST_BLOCKS_KEPT


def test_no_memory_is_kept_of_made_up_addresses():
    client = Client(create_app())
    addresses = [*addresses_of(client.application, "GET", [LANGUAGE]), "/nonsense"]
    addresses += subresources(client.get(f"/{LANGUAGE}/").text)
    _visit(client, addresses, range(10))
    before = _blocks()
    _visit(client, addresses, range(10, 60))
    assert _blocks() - before < MOST_BLOCKS_KEPT


def _visit(client: Client, addresses: Iterable[str], numbers: Iterable[int]) -> None:
    """Ask for every address with each number in its query."""
    for number in numbers:
        for address in addresses:
            client.get(f"{address}{'&' if '?' in address else '?'}{number}")


# ── Files ────────────────────────────────────────────────────────────────────────────────────────────────

NODES = len(list(nodes(json.loads(FILE))))
NAMES = ("item", "answer", "linkId", "text", "valueCoding", "code", "system", "display")
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from([CANONICAL, *QUESTIONNAIRE.questions]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES) | st.text(), inner, max_size=4),
)


@pytest.mark.parametrize("value", ODD_VALUES, ids=lambda value: repr(value)[:20])
def test_a_file_with_an_odd_value_in_any_place_is_read_or_refused(value: object):
    for number in range(NODES):
        with suppress(FileError):
            read_response(QUESTIONNAIRE, {CANONICAL}, _file_with(value, number))


@given(JSON, st.integers(min_value=0, max_value=NODES - 1))
def test_a_file_with_anything_in_any_place_is_answered_as_a_page(value: object, number: int):
    assert upload(CLIENT, _file_with(value, number)).status_code in (200, 422)


def _file_with(value: object, number: int) -> bytes:
    """Return a valid file, but for the value of its node of this number."""
    file = json.loads(FILE)
    parent, key = next(islice(nodes(file), number, None))
    parent[key] = value
    return json.dumps(file).encode()


# ── Forms ────────────────────────────────────────────────────────────────────────────────────────────────


@given(sent())
def test_whatever_is_chosen_gets_the_result_of_the_rules_or_a_list_of_mistakes(answers: Sent):
    response = post(CLIENT, answers)
    try:
        expected = assess(QUESTIONNAIRE, answers)
    except AnswersError:
        assert response.status_code == 422
    else:
        assert response.status_code == 200
        assert f'data-outcome="{expected.outcome.id}"' in response.text


@given(st.binary(max_size=500), st.sampled_from([FORM, MULTIPART]))
def test_any_bytes_are_answered_as_a_page(body: bytes, content_type: str):
    assert CLIENT.post("/en/result", data=body, content_type=content_type).status_code in (200, 422)


@given(st.sampled_from(list(ODD_HEADERS)), st.text(st.characters(max_codepoint=255, exclude_characters="\r\n")))
def test_any_header_is_answered(name: str, value: str):
    for method, address in (("GET", "/en/"), ("POST", "/en/result")):
        assert Client(APP).open(address, method=method, headers={name: value}).status_code < 500
