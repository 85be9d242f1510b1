"""The safety file: what could harm someone, what prevents it, which tests show that, and what no test can show."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from flask import Blueprint, current_app, render_template

from webapp.delivery import finished
from webapp.edition import edition, follow_address
from webapp.questionnaire.table import ContentError, Table, parse

_HERE = Path(__file__).parent
HAZARDS = (_HERE if (_HERE / "docs").is_dir() else _HERE.parent) / "docs" / "hazards.toml"
"""Within the package where it is installed, beside it where it is developed: it is a document that people keep, and the
check must run without it."""

blueprint = Blueprint("safety", __name__)
follow_address(blueprint)

_TEST = re.compile(r"tests/(?:\w+/)*test_\w+\.py::test_\w+")


@dataclass(frozen=True, kw_only=True)
class Hazard:
    """One way in which someone could be harmed."""

    id: str
    harm: str
    cause: str
    severity: str
    prevented_by: tuple[str, ...]
    tests: tuple[str, ...]
    """The tests that show it, as `file::name`."""
    not_shown: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SafetyFile:
    """All hazards, and the scale of their severity, worst first."""

    date: date
    version: str
    """The content version for which it was drawn up."""
    remarks: tuple[str, ...]
    scale: str
    """Where the words of the scale come from."""
    scale_url: str
    severities: Mapping[str, str]
    """What each word of the scale means."""
    hazards: Mapping[str, Hazard]

    @property
    def tests(self) -> frozenset[str]:
        """Every test that is named."""
        return frozenset(test for hazard in self.hazards.values() for test in hazard.tests)


def load_safety_file(path: Path = HAZARDS) -> SafetyFile | None:
    """Return the safety file; None where the program was installed without it.

    Raises `ContentError` with every mistake found.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    mistakes: list[str] = []
    root = parse(path.name, content, mistakes)
    severities = root.tables("severities", lambda table, _: table.words("meaning"))
    hazards = root.tables("hazards", lambda table, name: _hazard(table, name, severities))
    file = root.fill(SafetyFile, remarks=_sentences(root, "remarks"), severities=severities, hazards=hazards)
    root.close()
    if mistakes:
        raise ContentError(mistakes)
    return file


@blueprint.get("/safety")
@finished
def safety() -> str:
    """Draw the safety file, for clinics that must keep one."""
    return render_template("safety.html", file=current_app.extensions["safety"], questionnaire=edition().questionnaire)


def _hazard(table: Table, id: str, severities: Mapping[str, str]) -> Hazard:
    tests = table.strings("tests")
    for test in tests:
        if not _TEST.fullmatch(test):
            table.wrong("tests", f"{test!r} names no test; expected the form tests/test_file.py::test_name")
        if tests.count(test) > 1:
            table.wrong("tests", f"{test!r} is named more than once")
    return table.fill(
        Hazard,
        id=id,
        severity=table.known("severity", "severity", severities),
        prevented_by=_sentences(table, "prevented_by"),
        tests=tests,
        not_shown=_sentences(table, "not_shown"),
    )


def _sentences(table: Table, key: str) -> tuple[str, ...]:
    found = table.strings(key)
    if not found:
        table.wrong(key, "is missing or empty; expected a list with at least one sentence")
    return found
