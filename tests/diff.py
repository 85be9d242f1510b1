"""What a change of the rules moves: the clinician's cases, and the shares of all ways to answer.

`python3 -m tests.diff OLD NEW` compares two content files; the words that differ between them are for `diff -u`.
"""

import argparse
import io
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.cases import VIGNETTES, Vignette, load_vignettes, misfits
from webapp.questionnaire import ContentError, Questionnaire, assess, load
from webapp.questionnaire.ways import Ways, count_ways


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what differs. Return 0, or 1 when a file cannot be read or has mistakes."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    parser = argparse.ArgumentParser(prog="python3 -m tests.diff", description=__doc__)
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--vignettes", type=Path, default=VIGNETTES)
    chosen = parser.parse_args(arguments)
    try:
        old, new, vignettes = load(chosen.old), load(chosen.new), load_vignettes(chosen.vignettes)
        if unreached := list(never_reached(new)):
            raise ContentError(f"{chosen.new}: {place}: no answers lead here" for place in unreached)
    except ContentError as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join([*compare_vignettes(old, new, vignettes), "", *compare_ways(old, new)]))
    return 0


def compare_vignettes(old: Questionnaire, new: Questionnaire, vignettes: Sequence[Vignette]) -> Iterator[str]:
    """Yield which cases lead to another outcome, which to other sums alone, and which cannot be judged any more."""
    moved, sums, unfit = [], [], []
    for vignette in vignettes:
        before, after = (_judged(questionnaire, vignette) for questionnaire in (old, new))
        if problems := misfits(new, vignette.answers):
            unfit.append(f"  {vignette.name}: {'; '.join(problems)}")
        elif before[0] != after[0]:
            moved.append(f"  {vignette.name}: {before[0]} → {after[0]}")
        elif before != after:
            sums.append(f"  {vignette.name}: {before[1]} → {after[1]}")
    yield from (f"Vignettes: {len(moved)} of {len(vignettes)} change outcome", *moved)
    if sums:
        yield from ("", f"Vignettes whose sums change, but not their outcome: {len(sums)}", *sums)
    if unfit:
        yield from ("", f"Vignettes whose answers do not fit the new file: {len(unfit)}", *unfit)


def compare_ways(old: Questionnaire, new: Questionnaire) -> Iterator[str]:
    """Yield how many ways lead to each outcome, and with an arrow how that moves."""
    before, after = count_ways(old), count_ways(new)
    scored = {outcome.id for questionnaire in (old, new) for outcome in questionnaire.scored_outcomes}
    yield f"All the ways to fill in the check: {_arrow(f'{before.total:,}', f'{after.total:,}')}"
    for outcome in dict.fromkeys([*before.by_outcome, *after.by_outcome]):
        yield f"  {outcome}: {_arrow(*(_share(ways, outcome, outcome in scored) for ways in (before, after)))}"


def never_reached(questionnaire: Questionnaire) -> Iterator[str]:
    """Yield the place of each square of the grid, and of each outcome, to which no way of answering leads."""
    ways = count_ways(questionnaire)
    yield from (f"grid.outcomes.{row}.{column}" for (row, column), number in ways.by_square.items() if not number)
    yield from (f"outcomes.{outcome}" for outcome, number in ways.by_outcome.items() if not number)


def _share(ways: Ways, outcome: str, is_scored: bool) -> str:
    number = ways.by_outcome.get(outcome, 0)
    whole, name = (sum(ways.by_square.values()), "the scored") if is_scored else (ways.total, "all")
    return f"{number:,} ({number / (whole or 1):.3%} of {name})"


def _judged(questionnaire: Questionnaire, vignette: Vignette) -> tuple[str, str]:
    if misfits(questionnaire, vignette.answers):
        return "no outcome", ""
    found = assess(questionnaire, vignette.answers)
    return found.outcome.id, ", ".join(f"{id} {sum.points}" for id, sum in found.sums.items())


def _arrow(one: str, other: str) -> str:
    return one if one == other else f"{one} → {other}"


if __name__ == "__main__":
    sys.exit(main())
