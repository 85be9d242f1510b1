"""One person's answers as a file for a clinic: a FHIR R4 QuestionnaireResponse."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from html import escape
from uuid import NAMESPACE_URL, uuid5

from webapp.fhir.questionnaire import questionnaire_resource
from webapp.fhir.wording import SDC, Resource, Wording, code_of, outcome_code, plain
from webapp.questionnaire import Assessment, Questionnaire


def response_resource(
    questionnaire: Questionnaire, assessment: Assessment, *, canonical: str, language: str, authored: date
) -> Resource:
    """Return the answers, the sums where they are shown, and the outcome. Nobody's name.

    Only answers that can be counted are in it, in the order of the questionnaire: an alarm settles the outcome
    before the rest is filled in. `authored` is a day, since the minute would say more about the person than
    a clinic needs. The identifier is made of the content: the same file read twice is one record. Answers that
    are alike on the same day have the same one, so it identifies no person.
    """
    words = {language: questionnaire}
    wording = Wording(canonical=canonical, language=language, source=questionnaire, questionnaires=words)
    chosen = {code_of(*tick) for one in assessment.answered for tick in one.ticks} | {outcome_code(assessment.outcome)}
    sums = {id: [{"valueInteger": own.points}] for id, own in assessment.sums.items()}
    content = {
        "language": language,
        "questionnaire": f"{canonical}|{questionnaire.version}",
        "status": "completed",
        "authored": authored.isoformat(),
        "item": list(_answered(questionnaire_resource(wording)["item"], chosen, sums)),
    }
    identifier = uuid5(NAMESPACE_URL, json.dumps(content, sort_keys=True))
    return {
        "resourceType": "QuestionnaireResponse",
        "meta": {"profile": [f"{SDC}/sdc-questionnaireresponse"]},
        "text": {"status": "generated", "div": _narrative(questionnaire, assessment, language)},
        "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{identifier}"},
    } | content


def _answered(
    items: Sequence[Resource], chosen: Collection[str], sums: Mapping[str, list[Resource]]
) -> Iterator[Resource]:
    """Yield the items of the Questionnaire that have an answer, with its texts and the codings that it offers."""
    for item in items:
        options = [option["valueCoding"] for option in item.get("answerOption", ())]
        answers = sums.get(item["linkId"]) or [{"valueCoding": one} for one in options if one["code"] in chosen]
        inner = list(_answered(item.get("item", ()), chosen, sums))
        if answers or inner:
            content = {"item": inner} if inner else {"answer": answers}
            yield {"linkId": item["linkId"], "text": item["text"]} | content


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
    return plain(f"<div {attributes}><p>{escape(questionnaire.title)}</p><dl>{rows}</dl></div>")
