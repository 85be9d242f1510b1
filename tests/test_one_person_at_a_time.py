"""Nobody is shown anything of anybody else: what an app has served before changes no later response.

Caches make this a danger: a fragment that is kept for the next reader must not depend on the person it was made for.
"""

import random
from collections.abc import Iterator
from io import BytesIO
from typing import Any, NamedTuple

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.answers import QUESTIONNAIRE, VIGNETTE_LIST, Sent
from tests.conftest import TEMPLATES
from tests.posting import A_PERSON_FOR, WITH_MISTAKES, languages_of
from webapp.app import create_app
from webapp.check import FILE
from webapp.page import LARGE_PRINT
from webapp.questionnaire.model import NONE

FRESH_APPS = 4
"""How many apps are made that have served nobody else; each answers a share of the requests first of all."""

CLINICS = """
[north]
name = "North Clinic"
origins = ["https://north.example"]
phone = "+31 20 555 0101"

[south]
name = "South Clinic"
country = "BE"
accent = "#8a1c3b"
appointment = "https://south.example/appointment"
"""


class Asked(NamedTuple):
    """A request: one person asks for one thing."""

    address: str
    data: dict[str, Any]


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Any:
    clinics = tmp_path_factory.mktemp("clinics") / "clinics.toml"
    clinics.write_text(CLINICS, encoding="utf-8")

    def make() -> Flask:
        app = create_app(CLINICS=clinics)
        app.jinja_env.bytecode_cache = TEMPLATES
        return app

    return make


def test_an_app_that_has_served_hundreds_answers_like_a_fresh_one(make: Any):
    used = make()
    asked = list(requests(languages_of(used)))
    random.Random(1).shuffle(asked)
    assert len(asked) > 300
    for one in asked:
        send(used, one)
    fresh = [make() for _ in range(FRESH_APPS)]
    for number, one in enumerate(asked):
        expected, found = send(fresh[number % FRESH_APPS], one), send(used, one)
        assert found.status_code == expected.status_code < 500, one
        assert found.data == expected.data, one
        assert dict(found.headers) == dict(expected.headers), one


def requests(languages: list[str]) -> Iterator[Asked]:
    """Yield what many different people ask for, each in some language, at some clinic, in some frame or in none."""
    people = [dict(vignette.answers) for vignette in VIGNETTE_LIST]
    people += [*WITH_MISTAKES.values(), *with_one_tick_more(people[0])]
    roads = ["", "at/north/", "embed/north/", "at/south/", "embed/south/"]
    choose = random.Random(2)
    for person in people:
        for road in choose.sample(roads, 2):
            root = f"/{choose.choice(languages)}/{road}"
            large_print = {LARGE_PRINT: "yes"} if choose.random() < 0.3 else {}
            data = {question: list(options) for question, options in person.items()} | large_print
            yield Asked(f"{root}result", data)
            if choose.random() < 0.3:
                yield Asked(root, data)
            if choose.random() < 0.1:
                yield Asked(f"{root}{choose.choice(['summary.pdf', 'answers.json'])}", data)
    for content in (b"nonsense", b"", b"{}"):
        yield Asked(f"/{choose.choice(languages)}/", A_PERSON_FOR["some"] | {FILE: (content, "check.json")})


def with_one_tick_more(person: Sent) -> Iterator[Sent]:
    """Yield a person once for each tick that could be made, and for each other answer."""
    for question in QUESTIONNAIRE.questions.values():
        for option in question.options:
            ticked = tuple(one for one in person[question.id] if one != NONE) if question.kind == "several" else ()
            yield person | {question.id: (*ticked, option)}


def send(app: Flask, asked: Asked) -> TestResponse:
    data = {name: _again(value) for name, value in asked.data.items()}
    return app.test_client().post(asked.address, data=data)


def _again(value: Any) -> Any:
    """Return what is sent; a file has to be opened for each request."""
    if isinstance(value, tuple) and isinstance(value[0], bytes):
        return BytesIO(value[0]), value[1]
    return list(value) if isinstance(value, tuple) else value
