"""What the tests count while they run, and the file that the pages quote it from.

A test that stands for a promise in figures takes the fixture `evidence` and adds what it has counted:
`evidence.add("accessibility", "inspected")`. With `pytest --evidence` a run without failures writes the figures of its
kinds into `webapp/evidence.toml`, with today's date and the content version; other kinds stay as they are.
"""

import json
from datetime import date
from pathlib import Path

from webapp.evidence import EVIDENCE, Figure, Run, load_evidence
from webapp.questionnaire import load


class Evidence:
    """Counts of one run of the tests, by kind and by name."""

    def __init__(self) -> None:
        self.kinds: dict[str, dict[str, Figure]] = {}

    def add(self, kind: str, name: str, amount: int = 1) -> None:
        """Add to a count."""
        figures = self.kinds.setdefault(kind, {})
        figures[name] = int(figures.get(name, 0)) + amount

    def put(self, kind: str, name: str, value: Figure) -> None:
        """Note a figure that is no count: the version of a tool, say."""
        self.kinds.setdefault(kind, {})[name] = value

    def write(self, path: Path = EVIDENCE) -> None:
        """Take these figures over into the file, kind by kind."""
        day, version = date.today(), load().version
        new = {kind: Run(date=day, version=version, figures=figures) for kind, figures in self.kinds.items()}
        head = path.read_text().partition("\n")[0]
        runs = {**load_evidence(path), **new}
        path.write_text("".join([f"{head}\n", *(_table(kind, runs[kind]) for kind in sorted(runs))]))


def _table(kind: str, run: Run) -> str:
    figures = "".join(f"{name} = {json.dumps(value)}\n" for name, value in sorted(run.figures.items()))
    return f'\n[{kind}]\ndate = {run.date}\nversion = "{run.version}"\n{figures}'
