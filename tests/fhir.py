"""What the tests of FHIR share: answers to try, what the rules make of them, and what a Questionnaire computes."""

import random
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from werkzeug.test import TestResponse

from tests.answers import Sent, harmless_but
from tests.conftest import make_app
from tests.house import HouseClient
from tests.posting import content_in
from webapp.fhir import CANONICAL, response_resource
from webapp.questionnaire import Assessment, Questionnaire, assess
from webapp.questionnaire.model import NONE

APP = make_app()
ENGLISH = content_in(APP)

CALCULATED = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression"
CONDITION = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-enableWhenExpression"

Resource = dict[str, Any]


def answer_sets(questionnaire: Questionnaire, number: int, *, calm: bool) -> list[Sent]:
    """Return complete answers, always the same ones; calm ones call for no outcome, so that the sums are shown."""
    chance = random.Random(17)
    return [_answers(questionnaire, chance, calm=calm) for _ in range(number)]


def _answers(questionnaire: Questionnaire, chance: random.Random, *, calm: bool) -> Sent:
    answers: Sent = {}
    for question in questionnaire.questions.values():
        options = [one.id for one in question.options.values() if not (calm and one.calls)]
        ticks = [option for option in options if option != NONE]
        if question.kind == "several" and ticks and chance.random() < 0.6:
            chosen = chance.sample(ticks, chance.randint(1, len(ticks)))
            answers[question.id] = tuple(option for option in ticks if option in chosen)
        else:
            answers[question.id] = (NONE,) if question.kind == "several" else (chance.choice(options),)
    return answers


def expected(questionnaire: Questionnaire, assessment: Assessment) -> dict[str, list[Any]]:
    """Return what the formulas should say: the points of each sum, or none, and the code of the outcome."""
    sums = {score: [assessment.sums[score].points] if assessment.sums else [] for score in questionnaire.scores}
    return sums | {"outcome": [f"outcome.{assessment.outcome.id}"]}


def items(resource: Resource) -> Iterator[Resource]:
    """Yield every item of a resource, in reading order."""
    for item in resource.get("item") or ():
        yield item
        yield from items(item)


def expressions(resource: Resource, url: str = CALCULATED) -> dict[str, str]:
    """Return the calculated expressions of a Questionnaire, or its conditions, by the id of the item."""
    return {
        item["linkId"]: extension["valueExpression"]["expression"]
        for item in items(resource)
        for extension in item.get("extension", ())
        if extension["url"] == url
    }


def item(resource: Resource, link_id: str) -> Resource:
    return next(item for item in items(resource) if item["linkId"] == link_id)


def filed(answers: Mapping[str, Any], assessment: Assessment | None = None) -> Resource:
    """Return our file of these answers."""
    found = assessment or assess(ENGLISH, answers)
    return response_resource(ENGLISH, found, canonical=CANONICAL, language="en", authored=date(2026, 11, 22))


def changed(**changes: Any) -> Resource:
    """Return the file of a harmless check, with some things changed."""
    return filed(harmless_but()) | changes


def only_answers(file: Resource) -> Resource:
    return file | {"item": [one for one in file["item"] if one["linkId"].startswith("part-")]}


NOTHING: Mapping[str, list[Any]] = {id: [] for id in (*ENGLISH.scores, "outcome")}


def multipart(file: bytes, others: Sent, name: str) -> bytes:
    """Return the body that a browser sends for the form: the file, and all other fields with it."""
    parts = [f'name="file"; filename="{name}"\r\nContent-Type: application/json\r\n\r\n'.encode() + file]
    parts += [f'name="{id}"\r\n\r\n{option}'.encode() for id, options in others.items() for option in options]
    start = b"--boundary\r\nContent-Disposition: form-data; "
    return b"".join(start + part + b"\r\n" for part in parts) + b"--boundary--\r\n"


def upload(
    client: HouseClient, file: bytes, others: Sent | None = None, name: str = "check.json", to: str = "/en/"
) -> TestResponse:
    body = multipart(file, others or {}, name)
    return client.post(to, data=body, content_type="multipart/form-data; boundary=boundary")
