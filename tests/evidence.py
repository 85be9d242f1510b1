"""What the tests count while they run, for the pages that quote it.

A test that stands for a promise in figures takes the fixture `evidence` and adds what it has counted:
`evidence.add("accessibility", "inspected")`. With `pytest --evidence` a run without failures writes the figures of its
kinds into `webapp/tested.toml`, with today's date; other kinds stay as they are.
"""

import json
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path

TESTED = Path(__file__).parent.parent / "webapp" / "tested.toml"


class Evidence:
    """Counts of one run, by kind and by name."""

    def __init__(self) -> None:
        self.kinds: dict[str, dict[str, int | str]] = {}

    def add(self, kind: str, name: str, amount: int = 1) -> None:
        """Add to a count."""
        figures = self.kinds.setdefault(kind, {})
        figures[name] = int(figures.get(name, 0)) + amount

    def put(self, kind: str, name: str, value: int | str) -> None:
        """Note a figure that is no count: the version of a tool, say."""
        self.kinds.setdefault(kind, {})[name] = value

    def write(self, path: Path = TESTED) -> None:
        """Take these figures over into the file, kind by kind."""
        text = path.read_text(encoding="utf-8")
        new = {kind: {"date": date.today(), **dict(sorted(figures.items()))} for kind, figures in self.kinds.items()}
        tables = sorted({**tomllib.loads(text), **new}.items())
        path.write_text(text.partition("\n")[0] + "\n" + "".join(_table(*table) for table in tables), encoding="utf-8")


def _table(kind: str, figures: Mapping[str, object]) -> str:
    lines = (f"{name} = {value if isinstance(value, date) else json.dumps(value)}\n" for name, value in figures.items())
    return f"\n[{kind}]\n{''.join(lines)}"
