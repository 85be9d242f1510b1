"""What the tests count while they run, and where it is quoted from.

A test that stands for a promise in figures takes the fixture `evidence` and adds what it has counted:
`evidence.add("accessibility", "inspected")`. With `pytest --evidence` a run without failures writes the figures of its
kinds into `webapp/evidence.toml`, with today's date and the content version; other kinds stay as they are. `make bench`
and `make soak` do the same. The pages read that file, and the table in the README is drawn from it.
"""

import json
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from webapp.evidence import EVIDENCE, Figure, Run, load_evidence
from webapp.questionnaire import load

README = Path(__file__).parent.parent / "README.md"

COMMANDS = {"speed": "make bench", "robustness": "make soak"}
"""What makes the figures, where it is not `make evidence`."""

_QUOTED = re.compile(r"(?<=<!-- evidence -->\n).*?(?=<!-- /evidence -->)", re.DOTALL)


class Evidence:
    """Counts of one run, by kind and by name."""

    def __init__(self) -> None:
        self.kinds: dict[str, dict[str, Figure]] = {}

    def add(self, kind: str, name: str, amount: int = 1) -> None:
        """Add to a count."""
        figures = self.kinds.setdefault(kind, {})
        figures[name] = int(figures.get(name, 0)) + amount

    def put(self, kind: str, name: str, value: Figure) -> None:
        """Note a figure that is no count: the version of a tool, say."""
        self.kinds.setdefault(kind, {})[name] = value

    def write(self, path: Path = EVIDENCE, readme: Path = README) -> None:
        """Take these figures over into the file, kind by kind, and draw the table in the README anew."""
        day, version = date.today(), load().version
        new = {kind: Run(date=day, version=version, figures=figures) for kind, figures in self.kinds.items()}
        head = path.read_text().partition("\n")[0]
        runs = dict(sorted({**load_evidence(path), **new}.items()))
        path.write_text("".join([f"{head}\n", *(_table(kind, run) for kind, run in runs.items())]))
        readme.write_text(_QUOTED.sub(lambda _: quoted(runs), readme.read_text()))


def quoted(runs: Mapping[str, Run]) -> str:
    """Return the table of the README."""
    rows = ["| what | when | counted or measured | command |", "|---|---|---|---|"]
    for kind, run in sorted(runs.items()):
        figures = ", ".join(f"{name.replace('_', ' ')} {_shown(value)}" for name, value in sorted(run.figures.items()))
        rows.append(f"| {kind} | {run.date} | {figures} | `{COMMANDS.get(kind, 'make evidence')}` |")
    return "\n".join([*rows, ""])


def quoted_in(readme: Path) -> str | None:
    """Return the table that stands in a README; None when there is none."""
    found = _QUOTED.search(readme.read_text())
    return found and found.group()


def _shown(value: Figure) -> str:
    return f"{value:,}".replace(",", "\u202f") if isinstance(value, int) else value


def _table(kind: str, run: Run) -> str:
    figures = "".join(f"{name} = {json.dumps(value)}\n" for name, value in sorted(run.figures.items()))
    return f'\n[{kind}]\ndate = {run.date}\nversion = "{run.version}"\n{figures}'
