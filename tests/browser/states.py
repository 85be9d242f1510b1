"""Every state in which a person can meet the check, ready to open: pages, parts, cards, outcomes, mistakes, errors."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from io import BytesIO
from unittest.mock import patch

from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page, Route
from werkzeug.test import TestResponse

from tests.answers import QUESTIONNAIRE, harmless_but
from tests.browser.walking import LAST_PART, PARTS, go_on, option
from tests.posting import A_PERSON_FOR, WITH_MISTAKES, errors, post
from webapp.check import FILE
from webapp.fhir import CANONICAL, MOST_BYTES_FILED
from webapp.paper import PdfPool
from webapp.questionnaire.model import NONE

PLACES = {"site": "/{}/", "at": "/{}/at/example/", "embed": "/{}/embed/example/"}
"""Where the check stands, by mount: by itself, under a clinic's name and in its colours, and in a clinic's frame."""

ALARMS = (("alarm_now", "collapse"), ("alarm_now", "suicide_danger"), ("alarm_today", "dark_thoughts"))
"""Ticks that show a card at once: with the emergency number alone, and with the lines for people in a crisis."""

THE_LONGEST = harmless_but(
    conditions=tuple(id for id in QUESTIONNAIRE.questions["conditions"].options if id != NONE),
    health=tuple(id for id in QUESTIONNAIRE.questions["health"].options if id != NONE),
    **{question.id: "unknown" for question in QUESTIONNAIRE.questions.values() if "unknown" in question.options},
)
"""A result with all that can stand on one: warnings, a sum that is cut off, and what is not known yet."""

OUTCOMES = {**A_PERSON_FOR, "the longest result": THE_LONGEST}


@dataclass(frozen=True)
class State:
    """A page as the server sends it, the place on it that is asked for, and what the person does then."""

    name: str
    address: str
    response: TestResponse
    act: Callable[[Page], object] | None = None

    def open(self, page: Page) -> None:
        """Bring a browser into this state. The server has answered before: to a POST, say, or while it was busy."""
        page.route("**", lambda route: self._answer(route), times=1)
        path, *place = self.address.partition("#")
        page.goto("".join((f"{path}?{id(self)}", *place)))  # the same address again would only be scrolled to
        if self.act:
            self.act(page)

    def _answer(self, route: Route) -> None:
        response = self.response
        route.fulfill(status=response.status_code, headers=dict(response.headers), body=response.get_data())

    def __str__(self) -> str:
        return f"{self.name} at {self.address}"


@cache
def every_state(app: Flask, lang: str, mount: str = "site") -> tuple[State, ...]:
    """Return every state in a language."""
    return tuple(_every_state(FlaskClient(app), PLACES[mount].format(lang)))


def _every_state(client: FlaskClient, root: str) -> Iterator[State]:
    yield from _while_answering(client, root)
    yield from _after_sending(client, root)
    yield from _with_a_file(client, root)
    yield from _pages_around(client, root)
    for name, response in errors(client, root):
        yield State(name, response.request.path, response)


def the_check(states: Iterable[State]) -> list[State]:
    """Return the states in which the words of the content fill the page most, for what only differs by their length."""
    return [one for one in states if one.name in ("start", *PARTS, "nothing answered", "the longest result")]


def unfold(page: Page) -> None:
    """Open whatever is folded, but the menu of languages, which would cover the rest."""
    page.evaluate("document.querySelectorAll('details:not(.menu)').forEach((one) => { one.open = true })")


def _while_answering(client: FlaskClient, root: str) -> Iterator[State]:
    check = client.get(root)
    yield State("start", root, check)
    if 'class="menu"' in check.text:
        yield State("the menu of languages", root, check, lambda page: page.locator(".menu summary").click())
    for part in PARTS:
        yield State(part, f"{root}#{part}", check)
        if part != LAST_PART:
            yield State(f"{part} left out", f"{root}#{part}", check, partial(go_on, part=part))
    for question, alarm in ALARMS:
        tick = partial(_tick, question=question, value=alarm)
        yield State(f"the card for {alarm}", f"{root}#safety", check, tick)
    filled_in = post(client, OUTCOMES["the longest result"], root)
    for part in PARTS:
        yield State(f"{part} filled in", f"{root}#{part}", filled_in)


def _tick(page: Page, question: str, value: str) -> None:
    option(page, question, value).check()


def _after_sending(client: FlaskClient, root: str) -> Iterator[State]:
    for name, answers in OUTCOMES.items():
        yield State(name, f"{root}result#result", post(client, answers, f"{root}result"))
    for name, answers in WITH_MISTAKES.items():
        refused = post(client, answers, f"{root}result")
        first = re.findall(r'<li><a href="(#q-\w+)"', refused.text)[0]
        yield State(name, f"{root}result#result", refused)
        yield State(f"{name}, at the first of them", f"{root}result{first}", refused)
    with patch.dict(client.application.extensions, pdf_pool=PdfPool(places=0, wait=0)):
        busy = post(client, A_PERSON_FOR["raised"], f"{root}summary.pdf")
    yield State("too busy for a PDF", f"{root}summary.pdf#result", busy)


def _with_a_file(client: FlaskClient, root: str) -> Iterator[State]:
    filed = post(client, A_PERSON_FOR["today"], f"{root}answers.json").get_data()
    version = QUESTIONNAIRE.version.encode()
    files = {
        "the file of an earlier check": filed,
        "the file of another version": filed.replace(b"|" + version, b"|0").replace(b'"stress"', b'"haste"'),
        "a file of another questionnaire": filed.replace(CANONICAL.encode(), b"https://questions.example"),
        "a file without answers": filed.replace(b'"answer"', b'"no answer"'),
        "a file that is none": b"nonsense",
        "a file that is too large": b" " * (MOST_BYTES_FILED + 1),
    }
    for name, content in files.items():
        response = client.post(root, data={FILE: (BytesIO(content), "check.json")})
        yield State(name, f"{root}#file", response)
    yield State("no file", f"{root}#file", client.post(root, data={FILE: (BytesIO(), "")}))


def _pages_around(client: FlaskClient, root: str) -> Iterator[State]:
    lang, _, clinic = root.strip("/").partition("/")
    named = {"lang": lang} | ({"clinic": clinic.rpartition("/")[2]} if clinic else {})
    known = client.application.url_map.bind("localhost")
    for rule in client.application.url_map.iter_rules():
        if rule.arguments == named.keys() and "GET" in (rule.methods or ()):
            address = known.build(rule.endpoint, named)
            response = client.get(address)
            is_page = response.status_code == 200 and response.mimetype == "text/html"
            if is_page and address.startswith(root) and address != root:
                yield State(f"the page {address.removeprefix(root)}", address, response)
