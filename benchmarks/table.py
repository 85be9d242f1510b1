"""One plain table: what was measured, section by section, beside what was wanted."""

import sys
from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Row(NamedTuple):
    """One line: what was measured, its figures with their units, and what was wanted, if anything."""

    name: str
    cells: Sequence[str]
    wanted: str = ""
    is_kept: bool = True


def show(title: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Print a section: a figure below each column's head."""
    for row in (Row(title.upper(), columns), *rows):
        note = f"  wanted {row.wanted}: {'kept' if row.is_kept else 'MISSED'}" if row.wanted else ""
        sys.stdout.write(f"{row.name:34}{''.join(f'{cell:>12}' for cell in row.cells)}{note}\n")
    sys.stdout.write("\n")
    sys.stdout.flush()
