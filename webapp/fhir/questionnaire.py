"""The questionnaire for other computers: a FHIR R4 Questionnaire with its points and its sums (SDC)."""

from collections.abc import Iterator, Sequence
from datetime import date

from webapp.fhir import path
from webapp.fhir.path import OUTCOME
from webapp.fhir.wording import HL7, SDC, Resource, Wording, part_id, weight
from webapp.questionnaire import Questionnaire, Text
from webapp.questionnaire.model import NONE, Option, Outcome, Question, Score, Source

_VERTICAL = {"url": f"{HL7}/StructureDefinition/questionnaire-choiceOrientation", "valueCode": "vertical"}


def questionnaire_resource(wording: Wording) -> Resource:
    """Return the Questionnaire: all texts, points and rules, for another program to show and to compute."""
    questionnaire = wording.questionnaires[wording.language]
    start, limits = questionnaire.start, questionnaire.limits
    reviews = {"lastReviewDate": _last_review(questionnaire)} if questionnaire.reviews else {}
    return {
        "resourceType": "Questionnaire",
        "meta": {"profile": [f"{SDC}/sdc-questionnaire", f"{SDC}/sdc-questionnaire-behave"]},
        "language": wording.language,
        "extension": [
            {
                "url": f"{HL7}/StructureDefinition/variable",
                "valueExpression": _expression(path.scored(questionnaire), path.SCORED),
            },
            *(_related(source) for source in questionnaire.sources.values()),
        ],
        "url": wording.canonical,
        "version": questionnaire.version,
        "name": "MagnesiumCheck",
        **wording.element("title", questionnaire.title),
        "status": "active",
        "experimental": True,
        "subjectType": ["Patient"],
        "date": questionnaire.date.isoformat(),
        **wording.element("publisher", questionnaire.title),
        **wording.element("description", start.lead, start.not_for),
        **wording.element("purpose", questionnaire.question, limits.points["judgement"], limits.points["diagnosis"]),
        **reviews,
        "item": [*_parts(wording, questionnaire), *_result(wording, questionnaire)],
    }


def _parts(wording: Wording, questionnaire: Questionnaire) -> Iterator[Resource]:
    for part in questionnaire.parts.values():
        questions = [item for question in part.questions for item in _question(wording, questionnaire, question)]
        yield {"linkId": part_id(part), **wording.element("text", part.title, part.intro), "type": "group"} | {
            "item": questions
        }


def _question(wording: Wording, questionnaire: Questionnaire, question: Question) -> Iterator[Resource]:
    """Yield a question and, for those that can call for an outcome at once, the advice that then appears."""
    is_several = question.kind == "several"
    yield {
        "linkId": question.id,
        "extension": [_control("check-box"), _VERTICAL] if is_several else [_control("radio-button")],
        **wording.element("text", question.ask),
        "type": "choice",
        # Only what every outcome needs: an alarm settles the outcome before the other questions are answered.
        "required": next(iter(questionnaire.outcomes)) in {option.calls for option in question.options.values()},
        "repeats": is_several,
        "answerOption": [_option(wording, question, option) for option in question.options.values()],
    } | ({"item": [_help(wording, question, question.help)]} if question.help else {})
    for outcome in questionnaire.outcomes.values():
        if calling := [option for option in question.options.values() if option.calls == outcome.id]:
            yield _advice(wording, question.id, outcome, calling)
    for notice in questionnaire.notices.values():
        if calling := [option for option in question.options.values() if notice.id in option.notices]:
            words = (notice.title, notice.text)
            yield _appearing(wording, question.id, notice.id, words, [(one.id, one.label) for one in calling])


def _option(wording: Wording, question: Question, option: Option) -> Resource:
    extensions: list[Resource] = [weight(option.points)]
    if question.kind == "several" and option.id == NONE:
        extensions.append({"url": f"{HL7}/StructureDefinition/questionnaire-optionExclusive", "valueBoolean": True})
    return {"extension": extensions, "valueCoding": wording.coding(option.id, option.label)}


def _help(wording: Wording, question: Question, help: Text) -> Resource:
    return {
        "linkId": f"{question.id}-help",
        "extension": [_control("help")],
        **wording.element("text", help),
        "type": "display",
    }


def _result(wording: Wording, questionnaire: Questionnaire) -> Iterator[Resource]:
    """Yield the two sums, the outcome, and the advice that goes with what the grid says."""
    for score in questionnaire.scores.values():
        yield _sum(wording, questionnaire, score)
    yield {
        "linkId": OUTCOME,
        "extension": [_calculated(path.outcome(questionnaire))],
        **wording.element("text", questionnaire.question),
        "type": "choice",
        "readOnly": True,
        "answerOption": [
            {"valueCoding": wording.coding(outcome.id, outcome.name)} for outcome in questionnaire.outcomes.values()
        ],
    }
    for outcome in questionnaire.scored_outcomes:
        yield _advice(wording, OUTCOME, outcome, [outcome])


def _sum(wording: Wording, questionnaire: Questionnaire, score: Score) -> Resource:
    return {
        "linkId": score.id,
        "extension": [_calculated(path.sum_of(questionnaire, score))],
        **wording.element("text", score.name),
        "type": "decimal",
        "readOnly": True,
    }


def _advice(wording: Wording, question: str, outcome: Outcome, calling: Sequence[Option | Outcome]) -> Resource:
    """Return the advice of an outcome, which appears with the answers that call for it."""
    words = (outcome.title, outcome.what, outcome.whom, outcome.when, outcome.doctor)
    answers = [(one.id, one.label if isinstance(one, Option) else one.name) for one in calling]
    return _appearing(wording, question, outcome.id, words, answers)


def _appearing(
    wording: Wording, question: str, name: str, words: tuple[Text, ...], answers: Sequence[tuple[str, Text]]
) -> Resource:
    """Return a text that appears as soon as a question has one of these answers."""
    codings = [wording.plain_coding(code, display) for code, display in answers]
    return {
        "linkId": f"{question}-{name}",
        **wording.element("text", *words),
        "type": "display",
        "enableWhen": [{"question": question, "operator": "=", "answerCoding": coding} for coding in codings],
        "enableBehavior": "any",
    }


def _calculated(expression: str) -> Resource:
    return {"url": f"{SDC}/sdc-questionnaire-calculatedExpression", "valueExpression": _expression(expression)}


def _expression(expression: str, name: str | None = None) -> Resource:
    return ({"name": name} if name else {}) | {"language": "text/fhirpath", "expression": expression}


def _control(code: str) -> Resource:
    coding = {"system": f"{HL7}/questionnaire-item-control", "code": code}
    return {
        "url": f"{HL7}/StructureDefinition/questionnaire-itemControl",
        "valueCodeableConcept": {"coding": [coding]},
    }


def _related(source: Source) -> Resource:
    """Return a publication that the questionnaire rests on; the article is where it comes from."""
    artifact = {"type": "derived-from" if source.id == "article" else "citation", "citation": source.title}
    return {
        "url": f"{HL7}/StructureDefinition/artifact-relatedArtifact",
        "valueRelatedArtifact": artifact | ({"url": source.url} if source.url else {}),
    }


def _last_review(questionnaire: Questionnaire) -> str:
    last: date = max(review.date for review in questionnaire.reviews)
    return last.isoformat()
