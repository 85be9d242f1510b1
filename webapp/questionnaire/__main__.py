"""The reviewer's desk: check a content file, compare two files, count all ways."""

import argparse
import io
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from webapp.questionnaire.cases import VIGNETTES, load_vignettes
from webapp.questionnaire.compare import compare_content, compare_vignettes
from webapp.questionnaire.load import CONTENT, NUMBERS, load, load_numbers
from webapp.questionnaire.table import ContentError
from webapp.questionnaire.ways import count_ways
from webapp.questionnaire.ways_report import compare_ways, edition, report_ways


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Return 0, or 1 when a file has mistakes, or 2 when it cannot be read."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    chosen = _commands().parse_args(arguments)
    try:
        lines = list(chosen.run(chosen))
    except OSError as error:
        print(f"{error.filename}: cannot be read: {error.strerror}", file=sys.stderr)
        return 2
    except ContentError as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(lines))
    return 0


def _commands() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m webapp.questionnaire", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="name every mistake in a content file, by place")
    check.set_defaults(run=_check)
    diff = commands.add_parser("diff", help="say in words what a change of the content does")
    diff.add_argument("old", type=Path)
    diff.add_argument("new", type=Path)
    diff.add_argument("--vignettes", type=Path, help="default: tests/vignettes.toml of the checkout")
    diff.set_defaults(run=_diff)
    ways = commands.add_parser("ways", help="count all ways to fill in the check, and where they lead")
    ways.set_defaults(run=lambda chosen: report_ways(load(chosen.file)))
    for command in (check, ways):
        command.add_argument("file", type=Path, nargs="?", default=CONTENT, help="default: the file that is in use")
    return parser


def _check(chosen: argparse.Namespace) -> Iterator[str]:
    if chosen.file.name == NUMBERS.name:
        yield f"{chosen.file} is fine: {', '.join(load_numbers(chosen.file))}"
        return
    questionnaire = load(chosen.file)
    ways = count_ways(questionnaire)
    squares = {f"grid.outcomes.{row}.{column}": number for (row, column), number in ways.by_square.items()}
    outcomes = {f"outcomes.{outcome}": number for outcome, number in ways.by_outcome.items()}
    mistakes = [f"{place}: no answers lead to this square" for place, number in squares.items() if not number]
    mistakes += [f"{place}: no answers lead to this outcome" for place, number in outcomes.items() if not number]
    if mistakes:
        raise ContentError(f"{chosen.file}: {mistake}" for mistake in mistakes)
    yield f"{chosen.file} is fine: version {questionnaire.version}, checksum {questionnaire.checksum}"


def _diff(chosen: argparse.Namespace) -> Iterator[str]:
    old, new = load(chosen.old), load(chosen.new)
    yield f"Old: {edition(old)}"
    yield f"New: {edition(new)}"
    yield from compare_content(old, new)
    if chosen.vignettes or VIGNETTES.exists():
        yield from compare_vignettes(old, new, load_vignettes(chosen.vignettes or VIGNETTES))
    else:
        yield from ("", f"Vignettes: none, since there is no {VIGNETTES}")
    yield from compare_ways(old, new)


if __name__ == "__main__":
    sys.exit(main())
