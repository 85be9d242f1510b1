"""The questionnaire for other computers: a FHIR R4 Questionnaire with its points and its sums (SDC)."""

from collections.abc import Collection, Iterator

from webapp.fhir import path
from webapp.fhir.wording import CANONICAL, HL7, OUTCOME, SDC, Resource, Wording, code_of, outcome_code, plain
from webapp.questionnaire import Questionnaire, Text
from webapp.questionnaire.model import NONE, Option, Outcome, Question, Source

LICENCE = "MIT License, https://opensource.org/license/mit"

_EXTENSIONS = f"{HL7}/StructureDefinition"
_VERTICAL = {"url": f"{_EXTENSIONS}/questionnaire-choiceOrientation", "valueCode": "vertical"}
_SEMVER = {"system": f"{HL7}/version-algorithm", "code": "semver"}
_VERSION_ALGORITHMS = (
    {"url": f"{HL7}/5.0/StructureDefinition/extension-Questionnaire.versionAlgorithm[x]", "valueCoding": _SEMVER},
    {"url": f"{_EXTENSIONS}/artifact-versionAlgorithm", "valueCoding": _SEMVER},
)
"""How versions are compared, under the names that the profiles of SDC ask for: 4.0.0-ballot, and later."""


def questionnaire_resource(wording: Wording) -> Resource:
    """Return the Questionnaire: all texts, points and rules, for another program to show and to compute."""
    questionnaire = wording.questionnaires[wording.language]
    start = questionnaire.start
    reviewed = [review.date.isoformat() for review in questionnaire.reviews]
    # The reserved address answers nowhere; one that a site has chosen leads to its publisher.
    address = [{"system": "url", "value": wording.canonical}]
    contact = {"contact": [{"telecom": address}]} if wording.canonical != CANONICAL else {}
    return {
        "resourceType": "Questionnaire",
        "meta": {"profile": [f"{SDC}/sdc-questionnaire{kind}" for kind in ("", "-behave", "-extr-obsn")]},
        "language": wording.language,
        "extension": [*_VERSION_ALGORITHMS, *(_related(source) for source in questionnaire.sources.values())],
        "url": wording.canonical,
        "version": questionnaire.version,
        "name": wording.name,
        **wording.element("title", questionnaire.title),
        "status": "active",
        "experimental": True,
        "subjectType": ["Patient"],
        "date": questionnaire.date.isoformat(),
        **wording.element("publisher", questionnaire.title),
        **contact,
        **wording.element("description", start.lead, start.for_whom, start.not_for),
        **wording.element("purpose", questionnaire.question, questionnaire.judgement),
        "copyright": LICENCE,
        **({"lastReviewDate": max(reviewed)} if reviewed else {}),
        "code": [wording.coding(wording.name, questionnaire.title)],
        "item": [*_parts(wording, questionnaire), *_result(wording, questionnaire)],
    }


def _parts(wording: Wording, questionnaire: Questionnaire) -> Iterator[Resource]:
    for part in questionnaire.parts.values():
        items = [item for question in part.questions for item in _question(wording, questionnaire, question)]
        # Parts and sums share names, and an item's id is unique.
        text = wording.element("text", part.title, part.intro)
        yield {"linkId": f"part-{part.id}", **text, "type": "group", "item": items}


def _question(wording: Wording, questionnaire: Questionnaire, question: Question) -> Iterator[Resource]:
    """Yield what counts as each answer, the question, and the advice that appears once an answer calls for it.

    What counts comes first, as texts of their own: no program shows anything but a label beside an answer.
    """
    is_several = question.kind == "several"
    for option in question.options.values():
        if option.detail:
            words = wording.element("text", option.label, option.detail)
            yield {"linkId": code_of(question, option), **words, "type": "display"}
    control = {"system": f"{HL7}/questionnaire-item-control", "code": "check-box" if is_several else "radio-button"}
    shape = {"url": f"{_EXTENSIONS}/questionnaire-itemControl", "valueCodeableConcept": {"coding": [control]}}
    item = {
        "linkId": question.id,
        "extension": [shape, _VERTICAL] if is_several else [shape],
        "prefix": f"{list(questionnaire.questions).index(question.id) + 1}.",
        **wording.element("text", question.ask, question.help),
        "type": "choice",
        # Only what every outcome needs: an alarm settles the outcome before the other questions are answered.
        "required": next(iter(questionnaire.outcomes)) in {option.calls for option in question.options.values()},
        "repeats": is_several,
        "answerOption": [_option(wording, question, option) for option in question.options.values()],
    }
    yield item
    for outcome in questionnaire.called_in([question]):
        calling = {code_of(question, option) for option in question.options.values() if option.calls == outcome.id}
        yield _appearing(wording, item, outcome.id, _advice(outcome), calling)
    for notice in questionnaire.notices.values():
        if calling := {code_of(question, one) for one in question.options.values() if notice.id in one.notices}:
            yield _appearing(wording, item, notice.id, (notice.title, notice.text), calling)


def _option(wording: Wording, question: Question, option: Option) -> Resource:
    extensions: list[Resource] = [{"url": f"{_EXTENSIONS}/itemWeight", "valueDecimal": option.points}]
    if question.kind == "several" and option.id == NONE:
        extensions.append({"url": f"{_EXTENSIONS}/questionnaire-optionExclusive", "valueBoolean": True})
    return {"extension": extensions, "valueCoding": wording.coding(code_of(question, option), option.label)}


def _result(wording: Wording, questionnaire: Questionnaire) -> Iterator[Resource]:
    """Yield the sums, the outcome, and the advice that goes with what the grid says."""
    shown = path.is_scored(questionnaire)
    for score in questionnaire.scores.values():
        yield _computed(wording, score.id, score.name, "integer", path.sum_of(questionnaire, score), shown)
    formula = path.outcome(questionnaire)
    item = _computed(wording, OUTCOME, questionnaire.question, "choice", formula, path.CAN_MAKE_CODINGS)
    item["answerOption"] = [
        {"valueCoding": wording.coding(outcome_code(outcome), outcome.name)}
        for outcome in questionnaire.outcomes.values()
    ]
    yield item
    for outcome in questionnaire.scored_outcomes:
        yield _appearing(wording, item, outcome.id, _advice(outcome), {outcome_code(outcome)})


def _advice(outcome: Outcome) -> tuple[Text | None, ...]:
    return outcome.title, outcome.what, outcome.whom, outcome.when, outcome.doctor


def _appearing(
    wording: Wording, item: Resource, name: str, words: tuple[Text | None, ...], codes: Collection[str]
) -> Resource:
    """Return a text that appears as soon as an item has an answer with one of these codes."""
    offered = (option["valueCoding"] for option in item["answerOption"])
    codings = [{key: one[key] for key in ("system", "code", "display")} for one in offered if one["code"] in codes]
    return {
        "linkId": f"{item['linkId']}-{name}",
        **wording.element("text", *words),
        "type": "display",
        "enableWhen": [{"question": item["linkId"], "operator": "=", "answerCoding": one} for one in codings],
        "enableBehavior": "any",
    }


def _computed(wording: Wording, id: str, name: Text, type: str, formula: str, condition: str) -> Resource:
    """Return an item that is computed, and that a clinic's record can take over as an observation.

    It is there on a condition, since a program may keep what a formula gave before it gave nothing.
    """
    survey = {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "survey"}
    values: dict[str, Resource] = {
        "calculatedExpression": {"valueExpression": {"language": "text/fhirpath", "expression": formula}},
        "enableWhenExpression": {"valueExpression": {"language": "text/fhirpath", "expression": condition}},
        "observationExtract": {"valueBoolean": True},
        "observation-extract-category": {"valueCodeableConcept": {"coding": [survey]}},
    }
    return {
        "linkId": id,
        "extension": [{"url": f"{SDC}/sdc-questionnaire-{name}"} | value for name, value in values.items()],
        "code": [wording.coding(id, name)],
        **wording.element("text", name),
        "type": type,
        "readOnly": True,
    }


def _related(source: Source) -> Resource:
    """Return a publication that the questionnaire rests on; the article is where it comes from."""
    artifact = {"type": "derived-from" if source.id == "article" else "citation", "citation": plain(source.title)}
    return {
        "url": f"{_EXTENSIONS}/artifact-relatedArtifact",
        "valueRelatedArtifact": artifact | ({"url": source.url} if source.url else {}),
    }
