"""The proof over all answers in plain text: how many lead where, and how a change of the content moves them."""

from collections.abc import Iterator, Sequence

from webapp.questionnaire.model import Level, Questionnaire, Score
from webapp.questionnaire.ways import count_ways


def report_ways(questionnaire: Questionnaire) -> Iterator[str]:
    """Yield, line by line, how many of all possible sets of answers lead to each outcome and each square."""
    yield edition(questionnaire)
    yield from compare_ways(questionnaire, questionnaire)
    yield from ("", "The scored ways, by square of the grid")
    by_square, grid = count_ways(questionnaire).by_square, questionnaire.grid
    rows, columns = questionnaire.scores[grid.rows], questionnaire.scores[grid.columns]
    top = [f"{rows.id} ↓ {columns.id} →", *(_range(columns, level) for level in columns.levels.values())]
    lines = [
        [_range(rows, row), *(grouped(by_square[row.id, column]) for column in columns.levels)]
        for row in rows.levels.values()
    ]
    yield from _aligned([top, *lines])


def compare_ways(old: Questionnaire, new: Questionnaire) -> Iterator[str]:
    """Yield how many ways lead to each outcome, and with an arrow how that moves."""
    before, after = count_ways(old), count_ways(new)
    scored = {outcome.id for questionnaire in (old, new) for outcome in questionnaire.scored_outcomes}
    rows = [["outcome", "ways", "of all", "of the scored"]]
    for outcome in dict.fromkeys([*before.by_outcome, *after.by_outcome]):
        one, other = before.by_outcome.get(outcome, 0), after.by_outcome.get(outcome, 0)
        share = _arrow(percent(one, before.total), percent(other, after.total))
        of_scored = _arrow(percent(one, before.scored), percent(other, after.scored)) if outcome in scored else "–"
        rows.append([outcome, _arrow(grouped(one), grouped(other)), share, of_scored])
    rows.append(["all", _arrow(grouped(before.total), grouped(after.total)), "", ""])
    yield from ("", "All the ways to fill in the check", *_aligned(rows))


def edition(questionnaire: Questionnaire) -> str:
    """Return which edition of the content speaks."""
    return f"Content {questionnaire.version} of {questionnaire.date}, checksum {questionnaire.checksum[:12]}"


def grouped(number: int) -> str:
    """Return a whole number with a space between thousands."""
    return f"{number:,}".replace(",", " ")


def percent(part: int, whole: int) -> str:
    """Return a share with three decimals; a share too small for those is never shown as nothing."""
    share = 100 * part / whole if whole else 0.0
    return "under 0.001 %" if part and share < 0.001 else f"{share:.3f} %"


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the rows of a table as lines, with the columns under each other."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  " + "   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _range(score: Score, level: Level) -> str:
    last = score.last_points(level)
    return f"{level.id} ({level.start}+)" if last is None else f"{level.id} ({level.start}–{last})"


def _arrow(one: str, other: str) -> str:
    return one if one == other else f"{one} → {other}"
