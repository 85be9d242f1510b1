"""What a change of the content does, in words: to the rules and texts, to the vignettes, and to all ways."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from webapp.questionnaire.assess import assess
from webapp.questionnaire.cases import Vignette, misfits
from webapp.questionnaire.explain import aligned, grouped, percent
from webapp.questionnaire.model import Questionnaire, Review, Source, Text
from webapp.questionnaire.ways import count_ways

HEADINGS = (
    "Version",
    "Added and removed",
    "Points",
    "Thresholds",
    "Caps",
    "Grid",
    "Sources",
    "Order",
    "Other rules",
    "Texts",
)
_HEADINGS_BY_TABLE = {
    "grid": "Grid",
    "sources": "Sources",
    "version": "Version",
    "date": "Version",
    "reviews": "Version",
}
_HEADINGS_BY_KEY = {"points": "Points", "start": "Thresholds", "at_most": "Caps", "source": "Sources"}
_TOLD_ELSEWHERE = {"checksum", "id", "questions"}

Facts = Mapping[str, Any]
"""Everything that a content file says, by place."""


class _Names(tuple[str, ...]):
    """The names in a table, in order."""

    __slots__ = ()


def compare_content(old: Questionnaire, new: Questionnaire) -> Iterator[str]:
    """Yield, line by line and by heading, every rule and text that differs."""
    before, after = _facts(old), _facts(new)
    found: dict[str, list[str]] = {heading: [] for heading in HEADINGS}
    removed, added = _tables_only_in(before, after), _tables_only_in(after, before)
    found["Added and removed"] += [line for place in removed for line in _whole(place, "removed", before)]
    found["Added and removed"] += [line for place in added for line in _whole(place, "added", after)]
    for place in [*before, *(place for place in after if place not in before)]:
        one, other = before.get(place), after.get(place)
        if one != other and not _is_in((*removed, *added), place):
            heading = _heading(place, one, other)
            found[heading] += filter(None, [_changed(heading, place, one, other)])
    for heading, lines in found.items():
        if lines:
            yield from ("", heading, *(f"  {line}" for line in lines))
    if not any(found.values()):
        yield from ("", "Every rule and every text is the same.")


def compare_vignettes(old: Questionnaire, new: Questionnaire, vignettes: Sequence[Vignette]) -> Iterator[str]:
    """Yield which vignettes lead to another outcome, and which cannot be judged any more."""
    moved, unfit = [], []
    for vignette in vignettes:
        before, after = (_outcome_of(questionnaire, vignette) for questionnaire in (old, new))
        if problems := misfits(new, vignette.answers):
            unfit.append(f"  {vignette.name}: {'; '.join(problems)}")
        elif before != after:
            moved.append(f"  {vignette.name}: {before} → {after}")
    yield from ("", f"Vignettes: {len(moved)} of {len(vignettes)} change outcome", *moved)
    if unfit:
        yield from ("", f"Vignettes whose answers do not fit the new file: {len(unfit)}", *unfit)


def compare_ways(old: Questionnaire, new: Questionnaire) -> Iterator[str]:
    """Yield how the share of all ways moves, for each outcome."""
    before, after = count_ways(old), count_ways(new)
    scored = {outcome.id for questionnaire in (old, new) for outcome in questionnaire.scored_outcomes}
    rows = [["outcome", "ways", "of all", "of the scored"]]
    for outcome in dict.fromkeys([*before.by_outcome, *after.by_outcome]):
        one, other = before.by_outcome.get(outcome, 0), after.by_outcome.get(outcome, 0)
        share = _arrow(percent(one, before.total), percent(other, after.total))
        of_scored = _arrow(percent(one, before.scored), percent(other, after.scored)) if outcome in scored else "–"
        rows.append([outcome, _arrow(grouped(one), grouped(other)), share, of_scored])
    rows.append(["all", _arrow(grouped(before.total), grouped(after.total)), "", ""])
    yield from ("", "All the ways to fill in the check", *aligned(rows))


def _facts(questionnaire: Questionnaire) -> Facts:
    return dict(_facts_at("", questionnaire)) | dict(_facts_at("questions", questionnaire.questions))


def _facts_at(place: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Text):
        yield value.place, value
    elif isinstance(value, Mapping):
        yield place, _Names(value)
        for name, item in value.items():
            yield from _facts_at(f"{place}.{name}", item)
    elif isinstance(value, Source) and place.startswith("questions."):
        yield place, value.id
    elif is_dataclass(value):
        for field in fields(value):
            if field.name not in _TOLD_ELSEWHERE:
                yield from _facts_at(f"{place}.{field.name}".removeprefix("."), getattr(value, field.name))
    else:
        yield place, value


def _tables_only_in(some: Facts, others: Facts) -> tuple[str, ...]:
    """Return the places of the questions, options, levels and the like that only one of the files has."""
    return tuple(
        f"{place}.{name}"
        for place, names in some.items()
        if isinstance(names, _Names) and place in others
        for name in names
        if name not in others[place] and f"{place}.{name}" not in some
    )


def _is_in(tables: Sequence[str], place: str) -> bool:
    return any(place.startswith(f"{table}.") for table in tables)


def _whole(place: str, what: str, facts: Facts) -> Iterator[str]:
    """Yield a table that was added or removed, with everything it says."""
    yield f"{place}: {what}"
    for other, fact in facts.items():
        if _is_in((place,), other) and fact and not isinstance(fact, _Names):
            yield f"  {other.removeprefix(f'{place}.')}: {_in_words(fact)}"


def _heading(place: str, one: Any, other: Any) -> str:
    if isinstance(one, Text) or isinstance(other, Text):
        return "Texts"
    if isinstance(one, _Names):
        return "Order"
    table, key = place.partition(".")[0], place.rpartition(".")[2]
    return _HEADINGS_BY_TABLE.get(table) or _HEADINGS_BY_KEY.get(key) or "Other rules"


def _changed(heading: str, place: str, one: Any, other: Any) -> str:
    """Return a difference in words; empty where only the names of added or removed tables differ."""
    before, after = _in_words(one), _in_words(other)
    table = place.rpartition(".")[0]
    match heading:
        case "Order":
            kept, now = [name for name in one if name in other], [name for name in other if name in one]
            return f"{place}: now {', '.join(now)}" if kept != now else ""
        case "Points":
            return f"{table}: {before} → {after}"
        case "Thresholds":
            return f"{table}: begins at {before} → {after} points"
    return f"{place}: {before} → {after}"


def _in_words(fact: Any) -> str:
    if isinstance(fact, Text):
        return f"“{fact}”"
    if isinstance(fact, tuple):
        return "; ".join(_in_words(item) for item in fact) or "none"
    if isinstance(fact, Review):
        return f"{fact.role}, {fact.date}, version {fact.version}"
    return "none" if fact is None else str(fact)


def _outcome_of(questionnaire: Questionnaire, vignette: Vignette) -> str:
    fits = not misfits(questionnaire, vignette.answers)
    return assess(questionnaire, vignette.answers).outcome.id if fits else "no outcome"


def _arrow(one: str, other: str) -> str:
    return one if one == other else f"{one} → {other}"
