"""One person's answers as a file for a clinic: a FHIR R4 QuestionnaireResponse."""

import json
from collections.abc import Iterator
from datetime import date
from html import escape
from uuid import NAMESPACE_URL, uuid5

from webapp.fhir.wording import (
    OUTCOME,
    SDC,
    SYSTEM,
    Resource,
    code_of,
    in_a_row,
    outcome_code,
    part_id,
    part_text,
    plain,
    question_text,
)
from webapp.questionnaire import Assessment, Questionnaire, Text
from webapp.questionnaire.assess import Answered
from webapp.questionnaire.model import Part


def response_resource(
    questionnaire: Questionnaire,
    assessment: Assessment,
    *,
    canonical: str,
    language: str,
    authored: date,
) -> Resource:
    """Return the answers, the sums where they are shown, and the outcome. Nobody's name.

    Only answers that can be counted are in it, in the order of the questionnaire: an alarm settles the outcome
    before the rest is filled in. `authored` is a day, since the minute would say more about the person than
    a clinic needs. The identifier is made of the content: the same file read twice is one record. Answers that
    are alike on the same day have the same one, so it identifies no person.
    """
    parts = (_part(part, assessment) for part in questionnaire.parts.values())
    content = {
        "language": language,
        "questionnaire": f"{canonical}|{questionnaire.version}",
        "status": "completed",
        "authored": authored.isoformat(),
        "item": [*(part for part in parts if part["item"]), *_result(questionnaire, assessment)],
    }
    identifier = uuid5(NAMESPACE_URL, json.dumps(content, sort_keys=True))
    resource = {
        "resourceType": "QuestionnaireResponse",
        "meta": {"profile": [f"{SDC}/sdc-questionnaireresponse"]},
        "text": {"status": "generated", "div": _narrative(questionnaire, assessment, language)},
        "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{identifier}"},
    } | content
    return {name: plain(value) for name, value in resource.items()}


def _part(part: Part, assessment: Assessment) -> Resource:
    own = (one for one in assessment.answered if one.options and one.question in part.questions)
    return {"linkId": part_id(part), "text": in_a_row(part_text(part)), "item": [_question(one) for one in own]}


def _question(answered: Answered) -> Resource:
    question = answered.question
    answers = [{"valueCoding": _coding(code_of(question, option), option.label)} for option in answered.options]
    return {"linkId": question.id, "text": in_a_row(question_text(question)), "answer": answers}


def _result(questionnaire: Questionnaire, assessment: Assessment) -> Iterator[Resource]:
    for id, own in assessment.sums.items():
        yield {"linkId": id, "text": str(own.score.name), "answer": [{"valueInteger": own.points}]}
    coding = _coding(outcome_code(assessment.outcome), assessment.outcome.name)
    yield {"linkId": OUTCOME, "text": str(questionnaire.question), "answer": [{"valueCoding": coding}]}


def _coding(code: str, display: Text) -> Resource:
    return {"system": SYSTEM, "code": code, "display": str(display)}


def _narrative(questionnaire: Questionnaire, assessment: Assessment, language: str) -> str:
    """Return all that was asked, answered and called for, for a program that shows nothing but texts."""
    called = [call.outcome for call in assessment.calls] or [assessment.outcome]
    lines: list[tuple[str, tuple[str, ...]]] = [(outcome.name, (outcome.title,)) for outcome in called]
    lines += [(own.score.name, (f"{own.points} ({own.level.name})",)) for own in assessment.sums.values()]
    lines += [(one.question.ask, tuple([option.label for option in one.options])) for one in assessment.answered]
    rows = "".join(
        f"<dt>{escape(name)}</dt>" + "".join(f"<dd>{escape(value)}</dd>" for value in values)
        for name, values in lines
        if values
    )
    attributes = f'xmlns="http://www.w3.org/1999/xhtml" lang="{language}" xml:lang="{language}"'
    return f"<div {attributes}><p>{escape(questionnaire.title)}</p><dl>{rows}</dl></div>"
