"""What a change of the content does, in words: to the rules and texts, and to the vignettes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from webapp.questionnaire.assess import assess
from webapp.questionnaire.cases import Vignette, misfits
from webapp.questionnaire.model import Level, Questionnaire, Review, Source, Text

_TOLD_ELSEWHERE = {"checksum", "id", "questions"}


def compare_content(old: Questionnaire, new: Questionnaire) -> Iterator[str]:
    """Yield a line for everything that differs: `place: old → new`, by place, in the order of the file."""
    before, after = _facts(old), _facts(new)
    yield from ("", "Rules and texts that differ" if before != after else "Every rule and every text is the same.")
    for place in dict.fromkeys([*before, *after]):
        one, other = before.get(place), after.get(place)
        if isinstance(one, list) and isinstance(other, list):
            yield from (f"  {place}.{name}: removed" for name in one if name not in other)
            yield from (f"  {place}.{name}: added" for name in other if name not in one)
            if [name for name in one if name in other] != (now := [name for name in other if name in one]):
                yield f"  {place}: now in the order {', '.join(now)}"
        elif one != other and list not in (type(one), type(other)):
            yield f"  {place}: {_in_words(one)} → {_in_words(other)}"


def compare_vignettes(old: Questionnaire, new: Questionnaire, vignettes: Sequence[Vignette]) -> Iterator[str]:
    """Yield which vignettes lead to another outcome, which to other sums alone, and which cannot be judged any more."""
    moved, sums, unfit = [], [], []
    for vignette in vignettes:
        before, after = (_judged(questionnaire, vignette) for questionnaire in (old, new))
        if problems := misfits(new, vignette.answers):
            unfit.append(f"  {vignette.name}: {'; '.join(problems)}")
        elif before[0] != after[0]:
            moved.append(f"  {vignette.name}: {before[0]} → {after[0]}")
        elif before != after:
            sums.append(f"  {vignette.name}: {before[1]} → {after[1]}")
    yield from ("", f"Vignettes: {len(moved)} of {len(vignettes)} change outcome", *moved)
    if sums:
        yield from ("", f"Vignettes whose sums change, but not their outcome: {len(sums)}", *sums)
    if unfit:
        yield from ("", f"Vignettes whose answers do not fit the new file: {len(unfit)}", *unfit)


def _facts(questionnaire: Questionnaire) -> Mapping[str, Any]:
    """Return everything that a content file says, by place; of a table, the list of the names in it."""
    return dict(_facts_at("", questionnaire)) | dict(_facts_at("questions", questionnaire.questions))


def _facts_at(place: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Text):
        yield value.place, value
    elif isinstance(value, Mapping):
        yield place, list(value)
        for name, item in value.items():
            yield from _facts_at(f"{place}.{name}", item)
    elif isinstance(value, Source) and place.startswith("questions."):
        yield place, value.id
    elif is_dataclass(value):
        for field in fields(value):
            if field.name not in _TOLD_ELSEWHERE:
                key = "from" if isinstance(value, Level) else field.name
                yield from _facts_at(f"{place}.{key}".removeprefix("."), getattr(value, field.name))
    elif value is not None and value != ():
        yield place, value


def _in_words(fact: Any) -> str:
    if isinstance(fact, Text):
        return f"“{fact}”"
    if isinstance(fact, tuple):
        return "; ".join(_in_words(item) for item in fact)
    if isinstance(fact, Review):
        return f"{fact.role}, {fact.date}, version {fact.version}"
    return "none" if fact is None else str(fact)


def _judged(questionnaire: Questionnaire, vignette: Vignette) -> tuple[str, str]:
    if misfits(questionnaire, vignette.answers):
        return "no outcome", ""
    found = assess(questionnaire, vignette.answers)
    return found.outcome.id, ", ".join(f"{id} {sum.points}" for id, sum in found.sums.items())
