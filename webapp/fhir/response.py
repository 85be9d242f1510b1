"""One person's answers as a file for a clinic, a FHIR R4 QuestionnaireResponse, and such a file read back."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from webapp.fhir.path import OUTCOME
from webapp.fhir.wording import Resource, part_id, weight
from webapp.questionnaire import Assessment, Problem, Questionnaire, problem_with
from webapp.questionnaire.assess import Answered, Answers
from webapp.questionnaire.model import Part, Question, Text

MOST_BYTES_FILED = 64 * 1024
"""The largest file that is read; one with every answer in it takes about a quarter of this."""

_MOST_CHARACTERS_QUOTED = 120


def response_resource(
    questionnaire: Questionnaire,
    assessment: Assessment,
    *,
    canonical: str,
    language: str,
    authored: date,
) -> Resource:
    """Return the answers with their points, the sums where they are shown, and the outcome. Nobody's name.

    Only answers that can be counted are in it, in the order of the questionnaire: an alarm settles the outcome
    before the rest is filled in. `authored` is a day, since the minute would say more about the person than
    a clinic needs.
    """
    parts = (_part(part, assessment, canonical) for part in questionnaire.parts.values())
    return {
        "resourceType": "QuestionnaireResponse",
        "language": language,
        "questionnaire": f"{canonical}|{questionnaire.version}",
        "status": "completed",
        "authored": authored.isoformat(),
        "item": [*(part for part in parts if part["item"]), *_result(questionnaire, assessment, canonical)],
    }


class FileProblem(Enum):
    """Why a file cannot be taken as a filled-in check."""

    NO_FILE = "no_file"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    OTHER_QUESTIONNAIRE = "other_questionnaire"
    NOTHING_FITS = "nothing_fits"


class FileError(ValueError):
    """A file that cannot be taken as a filled-in check; the message never quotes it."""

    def __init__(self, problem: FileProblem) -> None:
        self.problem = problem
        super().__init__(problem.value)


@dataclass(frozen=True, kw_only=True)
class Misfit:
    """Something in a file that this questionnaire has no place for."""

    question: Question | None
    """The question it answers; None when there is no such question here."""
    words: str | None
    """What the file calls it; None when the answers exist but exclude each other."""


@dataclass(frozen=True, kw_only=True)
class Filed:
    """The answers in a file, as far as they fit."""

    answers: Answers
    version: str | None
    """The version of the questionnaire that was filled in; None when the file does not say."""
    misfits: tuple[Misfit, ...]


def read_response(questionnaire: Questionnaire, canonicals: Collection[str], file: bytes) -> Filed:
    """Return what a file holds of this questionnaire, whatever its version; sums and outcome are never taken over.

    Raises `FileError` when it is too large, is no QuestionnaireResponse, belongs to another questionnaire, or
    nothing in it fits.
    """
    if len(file) > MOST_BYTES_FILED:
        raise FileError(FileProblem.TOO_LARGE)
    resource = _parsed(file)
    canonical, _, version = str(resource.get("questionnaire", "")).partition("|")
    if canonical not in canonicals:
        raise FileError(FileProblem.OTHER_QUESTIONNAIRE)
    answers: dict[str, tuple[str, ...]] = {}
    misfits: list[Misfit] = []
    for item in _answered_items(resource):
        question = questionnaire.questions.get(str(item["linkId"]))
        if question is None:
            if item["linkId"] not in (*questionnaire.scores, OUTCOME):
                misfits.append(Misfit(question=None, words=_quoted(item.get("text"), item["linkId"]) or "?"))
            continue
        fitting, strange = _sorted_out(question, canonicals, item["answer"])
        misfits += (Misfit(question=question, words=words) for words in strange)
        chosen = tuple(dict.fromkeys((*answers.get(question.id, ()), *fitting)))
        match problem_with(question, chosen):
            case None:
                answers[question.id] = chosen
            case Problem.TWO_VALUES | Problem.CONTRADICTION:
                answers.pop(question.id, None)
                misfits.append(Misfit(question=question, words=None))
    if not answers:
        raise FileError(FileProblem.NOTHING_FITS)
    return Filed(answers=answers, version=_quoted(version), misfits=tuple(misfits))


def _part(part: Part, assessment: Assessment, canonical: str) -> Resource:
    own = (one for one in assessment.answered if one.options and one.question in part.questions)
    return {"linkId": part_id(part), "text": str(part.title), "item": [_question(one, canonical) for one in own]}


def _question(answered: Answered, canonical: str) -> Resource:
    question = answered.question
    answers = [
        {"valueCoding": {"extension": [weight(option.points)], **_coding(canonical, option.id, option.label)}}
        for option in answered.options
    ]
    return {"linkId": question.id, "text": str(question.ask), "answer": answers}


def _result(questionnaire: Questionnaire, assessment: Assessment, canonical: str) -> Iterator[Resource]:
    for id, own in assessment.sums.items():
        yield {"linkId": id, "text": str(own.score.name), "answer": [{"valueDecimal": own.points}]}
    coding = _coding(canonical, assessment.outcome.id, assessment.outcome.name)
    yield {"linkId": OUTCOME, "text": str(questionnaire.question), "answer": [{"valueCoding": coding}]}


def _coding(canonical: str, code: str, display: Text) -> Resource:
    return {"system": canonical, "code": code, "display": str(display)}


def _parsed(file: bytes) -> Resource:
    try:
        resource = json.loads(file)
    except (ValueError, RecursionError):
        raise FileError(FileProblem.UNREADABLE) from None
    if not isinstance(resource, dict) or resource.get("resourceType") != "QuestionnaireResponse":
        raise FileError(FileProblem.UNREADABLE)
    return resource


def _answered_items(resource: Resource) -> Iterator[Resource]:
    """Yield every item that has an answer, in reading order, however deep it stands."""
    waiting = [resource]
    while waiting:
        node = waiting.pop()
        if node.get("linkId") is not None and _dicts(node.get("answer")):
            yield node
        waiting += reversed([*_dicts(node.get("item")), *_dicts(node.get("answer"))])


def _sorted_out(
    question: Question, canonicals: Collection[str], answers: object
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the options that these answers choose, and what the others are called."""
    codings = [answer.get("valueCoding") for answer in _dicts(answers)]
    known = [coding for coding in codings if isinstance(coding, Mapping) and _is_ours(coding, question, canonicals)]
    strange = [coding if isinstance(coding, Mapping) else {} for coding in codings if coding not in known]
    words = (_quoted(coding.get("display"), coding.get("code")) or "?" for coding in strange)
    return tuple(coding["code"] for coding in known), tuple(words)


def _is_ours(coding: Mapping[str, Any], question: Question, canonicals: Collection[str]) -> bool:
    is_option = isinstance(coding.get("code"), str) and coding["code"] in question.options
    # Compared one by one: a file may hold a list here, which cannot be looked up in a set.
    return is_option and ("system" not in coding or any(coding["system"] == canonical for canonical in canonicals))


def _dicts(nodes: object) -> list[Resource]:
    return [node for node in nodes if isinstance(node, dict)] if isinstance(nodes, list) else []


def _quoted(*names: object) -> str | None:
    """Return the first name that is a text, cut to size and without what cannot be shown."""
    texts = (name for name in names if isinstance(name, str))
    cleaned = ("".join(filter(str.isprintable, text))[:_MOST_CHARACTERS_QUOTED].strip() for text in texts)
    return next(filter(None, cleaned), None)
