"""What the tests of FHIR share: answers to try, what the rules make of them, and what a Questionnaire computes."""

import random
from collections.abc import Iterator
from typing import Any

from tests.answers import Sent
from webapp.questionnaire import Assessment, Questionnaire
from webapp.questionnaire.model import NONE

CALCULATED = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression"

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
    for item in resource.get("item", ()):
        yield item
        yield from items(item)


def expressions(resource: Resource) -> dict[str, str]:
    """Return the calculated expressions of a Questionnaire, by the id of the item."""
    return {
        item["linkId"]: extension["valueExpression"]["expression"]
        for item in items(resource)
        for extension in item.get("extension", ())
        if extension["url"] == CALCULATED
    }
