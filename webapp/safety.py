"""The safety file: what could harm someone, what prevents it, which tests show that, and what no test can show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from flask import Blueprint, current_app, render_template

from webapp.delivery import finished
from webapp.edition import edition, follow_address
from webapp.questionnaire.table import reading

_HERE = Path(__file__).parent
HAZARDS = (_HERE if (_HERE / "docs").is_dir() else _HERE.parent) / "docs" / "hazards.toml"
"""Within the package where it is installed, beside it where it is developed: it is a document that people keep, and the
check must run without it."""

blueprint = Blueprint("safety", __name__)
follow_address(blueprint)


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
        return root.fill(SafetyFile, severities=root.tables("severities", lambda table, _: table.words("meaning")))


@blueprint.get("/safety")
@finished
def safety() -> str:
    """Draw the safety file, for clinics that must keep one."""
    return render_template("safety.html", file=current_app.extensions["safety"], questionnaire=edition().questionnaire)
