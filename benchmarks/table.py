"""The one table: what was measured, section by section, beside what was promised."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

NAME, CELL = 36, 13
"""The widths of the columns, in characters."""


class Promise(NamedTuple):
    """What was wanted, in words, and whether the measured figure keeps it."""

    wanted: str
    is_kept: bool

    def __str__(self) -> str:
        return f"wanted {self.wanted}: {'kept' if self.is_kept else 'MISSED'}"


class Row(NamedTuple):
    """One line: what was measured, and its figures with their units, a figure below each column's head."""

    name: str
    cells: tuple[str, ...]
    promise: Promise | None = None


@dataclass(frozen=True, kw_only=True)
class Section:
    """What one measurement found."""

    title: str
    columns: tuple[str, ...]
    rows: Iterable[Row]
    figures: Mapping[str, int] = field(default_factory=dict)
    """The figures by name, the unit at the end of the name, for whoever quotes them."""

    def lines(self) -> Iterator[str]:
        """Yield the section as text: its head, then its rows."""
        yield _line(self.title.upper(), self.columns)
        for row in self.rows:
            yield _line(row.name, row.cells, str(row.promise or ""))


def _line(name: str, cells: Iterable[str], note: str = "") -> str:
    return f"{name:{NAME}}{''.join(f'{cell:>{CELL}}' for cell in cells)}  {note}".rstrip()
