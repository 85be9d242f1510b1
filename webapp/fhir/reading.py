"""A file of answers read back, whatever program wrote it: judged as the form is, and nothing is dropped unsaid."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from webapp.fhir.wording import OUTCOME, SYSTEM, Resource, code_of
from webapp.questionnaire import Problem, Questionnaire, problem_with
from webapp.questionnaire.assess import Answers
from webapp.questionnaire.model import NONE, Option, Question

MOST_BYTES_FILED = 1024 * 1024
"""The largest file that is read. Ours have 30 kB; other programs write translations behind every answer."""

_MOST_CHARACTERS_QUOTED = 120


class FileProblem(Enum):
    """Why a file cannot be taken as a filled-in check."""

    NO_FILE = "no_file"
    NOT_IN_THE_FORM = "not_in_the_form"
    TOO_LARGE = "too_large"
    XML = "xml"
    UNREADABLE = "unreadable"
    SEVERAL = "several"
    RETRACTED = "retracted"
    CHANGED_MEANING = "changed_meaning"
    NO_QUESTIONNAIRE = "no_questionnaire"
    OTHER_QUESTIONNAIRE = "other_questionnaire"
    NOTHING_FITS = "nothing_fits"


class FileError(ValueError):
    """A file that cannot be taken as a filled-in check; the message never quotes it."""

    def __init__(self, problem: FileProblem) -> None:
        self.problem = problem
        super().__init__(problem.value)


@dataclass(frozen=True, kw_only=True)
class Misfit:
    """Something in a file that this questionnaire has no place for, or that contradicts something else."""

    question: Question | None
    """The question it answers; None when there is no such question here."""
    words: str | None
    """What the file calls it; None when the answers exist but exclude each other."""


@dataclass(frozen=True, kw_only=True)
class Filed:
    """The answers in a file, as far as they fit."""

    answers: Answers
    """May contradict themselves: an alarm sign beside "none of these" stays ticked, as in the form."""
    version: str | None
    """The version of the questionnaire that was filled in; None when the file does not say."""
    authored: date | None = None
    """The day on which the answers were given; None when the file names none."""
    is_unfinished: bool = False
    """Whether the file says that its answers were not finished."""
    misfits: tuple[Misfit, ...] = ()


def read_response(questionnaire: Questionnaire, canonicals: Collection[str], file: bytes) -> Filed:
    """Return what a file holds of this questionnaire, whatever its version; sums and outcome are never taken over.

    The file is ours when it names one of our canonical addresses, or when its codes are of our system: other
    programs name the place where they found the questionnaire, or nothing.

    Raises `FileError` when the file cannot be used, with the reason.
    """
    if len(file) > MOST_BYTES_FILED:
        raise FileError(FileProblem.TOO_LARGE)
    resource = _only_response(_parsed(file), canonicals)
    if resource.get("status") == "entered-in-error":
        raise FileError(FileProblem.RETRACTED)
    _refuse_modifiers(_nodes(resource))
    answers: dict[str, tuple[str, ...]] = {}
    misfits: list[Misfit] = []
    given: dict[str, list[Resource]] = {}
    for item in _nodes(resource):
        link_id, own = item.get("linkId"), _dicts(item.get("answer"))
        if str(link_id) in questionnaire.questions:
            given.setdefault(str(link_id), []).extend(own)
        elif own and link_id not in (None, *questionnaire.scores, OUTCOME):
            misfits.append(Misfit(question=None, words=_quoted(item.get("text"), link_id) or "?"))
    systems = [SYSTEM, *canonicals]
    for question in questionnaire.questions.values():
        meant = [_meant(question, systems, answer) for answer in given.get(question.id, ())]
        strange = [words for words in meant if isinstance(words, str)]
        chosen = tuple(id for id, option in question.options.items() if option in meant)
        misfits += [Misfit(question=question, words=words) for words in strange]
        is_clash = problem_with(question, chosen) in (Problem.TWO_VALUES, Problem.CONTRADICTION)
        if is_clash:
            misfits.append(Misfit(question=question, words=None))
        if is_clash or strange:
            chosen = _kept(questionnaire, question, chosen)
        if chosen:
            answers[question.id] = chosen
    if not answers:
        raise FileError(FileProblem.NOTHING_FITS)
    return Filed(
        answers=answers,
        authored=day_of(resource.get("authored")),
        version=_named(resource)[1],
        is_unfinished=resource.get("status") in ("in-progress", "stopped"),
        misfits=tuple(dict.fromkeys(misfits)),
    )


def day_of(moment: object) -> date | None:
    """Return the day of a FHIR date or date with time; None where there is none, or only a month or a year."""
    try:
        return date.fromisoformat(str(moment)[:10])
    except ValueError:
        return None


def _parsed(file: bytes) -> Resource:
    try:
        resource = json.loads(file, object_pairs_hook=_unambiguous)
    except (ValueError, RecursionError):
        is_xml = file.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
        raise FileError(FileProblem.XML if is_xml else FileProblem.UNREADABLE) from None
    if not isinstance(resource, dict):
        raise FileError(FileProblem.UNREADABLE)
    return resource


def _unambiguous(pairs: list[tuple[str, Any]]) -> Resource:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _only_response(resource: Resource, canonicals: Collection[str]) -> Resource:
    """Return the one response that is ours: the resource itself, or an entry of a Bundle or of Parameters."""
    entries = [{"resource": resource}]
    if resource.get("resourceType") in ("Bundle", "Parameters"):
        _refuse_modifiers([resource])
        entries = [*_dicts(resource.get("entry")), *_dicts(resource.get("parameter"))]
    found = _dicts([entry.get("resource") for entry in entries])
    responses = [one for one in found if one.get("resourceType") == "QuestionnaireResponse"]
    ours = [one for one in responses if _is_ours(one, canonicals)]
    if len(ours) == 1:
        return ours[0]
    if ours or not responses:
        raise FileError(FileProblem.SEVERAL if ours else FileProblem.UNREADABLE)
    is_named = any(_named(one)[0] for one in responses)
    raise FileError(FileProblem.OTHER_QUESTIONNAIRE if is_named else FileProblem.NO_QUESTIONNAIRE)


def _is_ours(resource: Resource, canonicals: Collection[str]) -> bool:
    systems = [coding.get("system") for node in _nodes(resource) for coding in _codings(node)]
    return _named(resource)[0] in canonicals or any(own in systems for own in (SYSTEM, *canonicals))


def _named(resource: Resource) -> tuple[str | None, str | None]:
    """Return the address and the version of the questionnaire that a response names, itself or what it contains."""
    name = resource.get("questionnaire")
    if not isinstance(name, str):
        return None, None
    for contained in _dicts(resource.get("contained")):
        if name == f"#{contained.get('id')}" and isinstance(contained.get("url"), str):
            return contained["url"], _quoted(contained.get("version"))
    address, _, version = name.partition("|")
    return _quoted(address), _quoted(version)


def _refuse_modifiers(nodes: Iterable[Resource]) -> None:
    """Refuse what a reader who does not know it must not use, by the rules of FHIR."""
    if any(node.get("modifierExtension") or node.get("implicitRules") for node in nodes):
        raise FileError(FileProblem.CHANGED_MEANING)


def _nodes(resource: Resource) -> Iterator[Resource]:
    """Yield a response, its items and their answers, in reading order, however deep they stand."""
    waiting = [resource]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += reversed([*_dicts(node.get("item")), *_dicts(node.get("answer"))])


def _meant(question: Question, systems: Collection[str], answer: Resource) -> Option | str | None:
    """Return the one option that an answer means, by its code, or by its words where it has no code.

    Else return what it is called; None when there is nothing in it. A file may hold anything in any place.
    """
    values = [value for name, value in answer.items() if name.startswith("value") and value not in (None, "", {}, [])]
    if not values:
        return None
    codings = _codings(answer)
    names = [name for one in codings for name in (one.get("display"), one.get("code"))]
    texts = [str(value) for value in values if not isinstance(value, dict | list)]
    words = [one.get("code") for one in codings if "system" not in one or one["system"] in systems]
    if not any(isinstance(one.get("code"), str) for one in codings):
        words = [*names, *texts]
    given = {_folded(word) for word in words if isinstance(word, str)}
    options = question.options.values()
    found = [one for one in options if given & {one.id, code_of(question, one), _folded(one.label)}]
    return found[0] if len(found) == 1 else _quoted(*names, *texts) or "?"


def _kept(questionnaire: Questionnaire, question: Question, chosen: tuple[str, ...]) -> tuple[str, ...]:
    """Return what stays filled in of answers that clash with each other or stand beside one that we do not have.

    No alarm sign is ever lost. "None of these" stays only beside ticks, where the form shows the clash; where one
    answer is wanted, a browser would keep any one of several, so none stays but an alarm.
    """
    if question.kind == "one":
        alarms = [id for id, one in questionnaire.outcomes.items() if one.is_alarm]
        return tuple([id for id in chosen if question.options[id].calls in alarms][:1])
    return () if chosen == (NONE,) else chosen


def _codings(answer: Resource) -> list[Resource]:
    concept = answer.get("valueCodeableConcept")
    return _dicts([answer.get("valueCoding")]) + (_dicts(concept.get("coding")) if isinstance(concept, Mapping) else [])


def _folded(text: str) -> str:
    """Return a text as it is compared: without regard to capitals and to the sort of spaces."""
    return re.sub(r"\s+", " ", text).strip().casefold()


def _dicts(nodes: object) -> list[Resource]:
    return [node for node in nodes if isinstance(node, dict)] if isinstance(nodes, list) else []


def _quoted(*names: object) -> str | None:
    """Return the first name that is a text, cut to size and without what cannot be shown."""
    texts = (name for name in names if isinstance(name, str))
    cleaned = ("".join(filter(str.isprintable, text))[:_MOST_CHARACTERS_QUOTED].strip() for text in texts)
    return next(filter(None, cleaned), None)
