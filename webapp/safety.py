"""The safety file: what could harm someone, what prevents it, which tests show that, and what no test can show."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from flask import Blueprint, current_app, render_template

from webapp.delivery import finished
from webapp.edition import edition, follow_address
from webapp.questionnaire.table import Table, reading

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


def load_safety_file(path: Path = HAZARDS) -> SafetyFile | None:
    """Return the safety file; None where the program was installed without it.

    Raises `ContentError` with every mistake found.
    """
    if not path.exists():
        return None
    with reading(path) as root:
        severities = root.tables("severities", lambda table, _: table.words("meaning"))
        hazards = root.tables("hazards", lambda table, name: _hazard(table, name, severities))
        file = root.fill(SafetyFile, severities=severities, hazards=hazards)
        _expect_sentences(root, remarks=file.remarks)
        return file


@blueprint.get("/safety")
@finished
def safety() -> str:
    """Draw the safety file, for clinics that must keep one."""
    return render_template("safety.html", file=current_app.extensions["safety"], questionnaire=edition().questionnaire)


def _hazard(table: Table, id: str, severities: Mapping[str, str]) -> Hazard:
    hazard = table.fill(Hazard, id=id)
    if hazard.severity:
        table.check_known("severity", hazard.severity, "severity", severities)
    for test in hazard.tests:
        if not _TEST.fullmatch(test):
            table.wrong("tests", f"{test!r} names no test; expected the form tests/test_file.py::test_name")
        if hazard.tests.count(test) > 1:
            table.wrong("tests", f"{test!r} is named more than once")
    _expect_sentences(table, prevented_by=hazard.prevented_by, not_shown=hazard.not_shown)
    return hazard


def _expect_sentences(table: Table, **lists: tuple[str, ...]) -> None:
    for key, sentences in lists.items():
        if not sentences:
            table.wrong(key, "is missing or empty; expected a list with at least one sentence")
