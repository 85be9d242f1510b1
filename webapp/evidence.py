"""Evidence: what was counted when the tests last ran in full, for the pages that quote it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from webapp.questionnaire.table import ContentError, Table, parse

EVIDENCE = Path(__file__).with_name("evidence.toml")

Figure = int | str


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run: its day, the content version it looked at, and what it counted, by name."""

    date: date
    version: str
    figures: Mapping[str, Figure]


def load_evidence(path: Path = EVIDENCE) -> Mapping[str, Run]:
    """Return the last run of each kind, by name.

    Raises `ContentError` with every mistake found, and `OSError` when the file cannot be read.
    """
    mistakes: list[str] = []
    runs = parse(path.name, path.read_bytes(), mistakes).tables(None, lambda table, _: _run(table))
    if mistakes:
        raise ContentError(mistakes)
    return runs


def _run(table: Table) -> Run:
    day = table.need("date", date, "a date such as 2026-11-22", date.min)
    version = table.words("version")
    figures = {key: value for key, value in table.rest.items() if type(value) in (int, str)}
    for key in figures:
        del table.rest[key]
    return Run(date=day, version=version, figures=figures)
