"""Name every mistake in a content file, or in one of telephone numbers, by its place."""

import argparse
import io
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from webapp.questionnaire.load import CONTENT, NUMBERS, load, load_numbers
from webapp.questionnaire.model import Questionnaire
from webapp.questionnaire.table import ContentError
from webapp.questionnaire.ways import count_ways


def main(arguments: Sequence[str] | None = None) -> int:
    """Check one file. Return 0, or 1 when it cannot be read or has mistakes."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    parser = argparse.ArgumentParser(prog="python3 -m webapp.questionnaire", description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", default=CONTENT, help="default: the content that is in use")
    file: Path = parser.parse_args(arguments).file
    try:
        if file.name == NUMBERS.name:
            print(f"{file} is fine: {', '.join(load_numbers(file))}")
            return 0
        questionnaire = load(file)
        if mistakes := list(_never_reached(questionnaire)):
            raise ContentError(f"{file}: {mistake}" for mistake in mistakes)
    except ContentError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{file} is fine: version {questionnaire.version}, checksum {questionnaire.checksum}")
    return 0


def _never_reached(questionnaire: Questionnaire) -> Iterator[str]:
    ways = count_ways(questionnaire)
    squares = {f"grid.outcomes.{row}.{column}": number for (row, column), number in ways.by_square.items()}
    outcomes = {f"outcomes.{outcome}": number for outcome, number in ways.by_outcome.items()}
    return (f"{place}: no answers lead here" for place, number in (squares | outcomes).items() if not number)


if __name__ == "__main__":
    sys.exit(main())
