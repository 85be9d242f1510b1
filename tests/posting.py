"""How tests send answers to the check, what they read on the page that comes back, and every page there is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from io import BytesIO

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.answers import QUESTIONNAIRE, VIGNETTE_LIST, Sent, harmless_but
from tests.house import Element, HouseClient, by_id, parse
from webapp.check import FILE
from webapp.earlier import is_asked_again
from webapp.questionnaire import Questionnaire
from webapp.questionnaire.model import NONE

A_PERSON_FOR: Mapping[str, Sent] = {vignette.outcome: dict(vignette.answers) for vignette in reversed(VIGNETTE_LIST)}
"""Complete answers for each outcome: those of the first vignette that has it."""

WITH_MISTAKES: Mapping[str, Sent] = {
    "nothing answered": {},
    "a contradiction": harmless_but(conditions=("crohn", NONE)),
    "an alarm among the mistakes": harmless_but(alarm_now=("collapse", NONE), stress=()),
}

ASKED_AGAIN = [id for id, question in QUESTIONNAIRE.questions.items() if is_asked_again(QUESTIONNAIRE, question)]

SCORES = ("causes", "complaints")


def taken_over(answers: Sent) -> Sent:
    """Return what of somebody's answers is filled in again from an earlier check."""
    return {id: tuple(own) for id, own in answers.items() if id not in ASKED_AGAIN}


def post(client: HouseClient, answers: Mapping[str, tuple[str, ...]], address: str = "/en/result") -> TestResponse:
    # As lists, since the test client takes a tuple for a file.
    return client.post(address, data={question: list(options) for question, options in answers.items()})


def upload(client: HouseClient, content: bytes, lang: str = "en") -> TestResponse:
    return client.post(f"/{lang}/", data={FILE: (BytesIO(content), "check.json")})


def result_of(response: TestResponse) -> Element:
    """Return the section with the result, or with what is missing for one."""
    return by_id(parse(response.text), "result")


def sums_of(result: Element) -> dict[str, int]:
    """Return the sums that a result shows to machines; empty where no score is shown."""
    return {score: int(points) for score in SCORES if (points := result.get(f"data-{score}")) is not None}


def chosen_in(page: Element) -> Sent:
    """Return the answers that are filled in on a page, by question."""
    chosen: Sent = {}
    for field in page.iter("input"):
        if field.get("checked") is not None:
            chosen[field.attrib["name"]] = (*chosen.get(field.attrib["name"], ()), field.attrib["value"])
    return chosen


def languages_of(app: Flask) -> list[str]:
    """Return the codes of the languages that an app offers."""
    return list(app.extensions["editions"].languages)


def content_in(app: Flask, lang: str = "en") -> Questionnaire:
    """Return the questionnaire as readers of a language meet it, telephone numbers filled in."""
    edition = app.extensions["editions"].find(lang, None, "site")
    questionnaire: Questionnaire = edition.questionnaire
    return questionnaire


def addresses(app: Flask, method: str, lang: str = "en") -> Iterator[str]:
    """Yield every address of the site that takes a method, without those of clinics and of single files."""
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()) and rule.arguments <= {"lang"}:
            yield app.url_map.bind("localhost").build(rule.endpoint, {"lang": lang} if rule.arguments else {})


@dataclass(frozen=True)
class Seen:
    """A page that was fetched, inspected and parsed."""

    name: str
    lang: str
    status: int
    html: str

    @cached_property
    def page(self) -> Element:
        return parse(self.html)

    def __str__(self) -> str:
        return f"{self.lang}: {self.name}"


@cache
def every_page(app: Flask) -> tuple[Seen, ...]:
    """Fetch every page there is, in every language: the fixed ones, each outcome, each sort of mistake, and errors."""
    client = app.test_client()
    return tuple(
        Seen(name, lang, response.status_code, response.text)
        for lang in languages_of(app)
        for name, response in _every_page(client, lang)
    )


def _every_page(client: HouseClient, lang: str) -> Iterator[tuple[str, TestResponse]]:
    for address in addresses(client.application, "GET", lang):
        if address.startswith(f"/{lang}/"):
            response = client.get(address)
            if response.status_code == 200 and response.mimetype == "text/html":
                yield address, response
    for name, answers in {**A_PERSON_FOR, **WITH_MISTAKES}.items():
        yield name, post(client, answers, f"/{lang}/result")
    yield "the check filled in", post(client, A_PERSON_FOR["raised"], f"/{lang}/")
    yield "a file that is none", upload(client, b"nonsense", lang)
    filed = post(client, A_PERSON_FOR["raised"], f"/{lang}/answers.json")
    yield "the file of an earlier check", upload(client, filed.data, lang)
    yield from errors(client, f"/{lang}/")


def errors(client: FlaskClient, root: str) -> Iterator[tuple[str, TestResponse]]:
    """Yield the name and the page of each error that a visitor can meet below a path."""
    yield "no such page", client.get(f"{root}nonsense")
    yield "no such method", client.put(root)
    yield "not from us", client.post(f"{root}result", headers={"Origin": "https://example.org"})
    yield "too large", client.post(f"{root}result", data=b"a" * 20_000)
