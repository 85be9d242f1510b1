"""Patients on paper: the clinician's vignettes, each with the answers given and the outcome expected."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from webapp.questionnaire.assess import Answers, Problem, problems_in
from webapp.questionnaire.model import Questionnaire
from webapp.questionnaire.table import Table, listed, reading

VIGNETTES = Path(__file__).with_name("vignettes.toml")


@dataclass(frozen=True, kw_only=True)
class Vignette:
    """A believable patient, and what the check should say."""

    name: str
    who: str
    answers: Answers
    """To every question: the vignette's own answers, and the default ones for the rest."""
    outcome: str
    sums: Mapping[str, int]
    """The points expected, by score; empty where no score is shown."""
    also: tuple[str, ...]
    """The other outcomes that were called for, most urgent first."""
    notices: tuple[str, ...]
    if_all_unknown: str | None
    """The outcome expected if every "I don't know" turned out to be yes; None where nobody wrote it down."""


def load_vignettes(path: Path) -> tuple[Vignette, ...]:
    """Read vignettes. Whether their answers fit a questionnaire is another question: see `misfits`.

    Raises `ContentError` with every mistake found.
    """
    with reading(path) as root:
        default = _answers(root.table("default"))
        vignettes = root.each("vignette", lambda table: _vignette(table, default))
        for name, number in Counter(vignette.name for vignette in vignettes).items():
            if number > 1:
                root.wrong("vignette", f"the name {name!r} is there twice")
        return vignettes


def misfits(questionnaire: Questionnaire, answers: Answers) -> tuple[str, ...]:
    """Say in words, by question, why these answers are none to this questionnaire; empty when they are."""
    questions = questionnaire.questions
    strange = [f"{name}: is no question; known: {listed(questions)}" for name in answers if name not in questions]
    wrong = [
        f"{name}: {_found(problem, answers.get(name, ()))}; known: {listed(questions[name].options)}"
        for name, problem in problems_in(questionnaire, answers).items()
    ]
    return (*strange, *wrong)


def _found(problem: Problem, own: Sequence[str]) -> str:
    return f"{problem.value.replace('_', ' ')}: {listed(own)}" if own else "has no answer"


def _vignette(table: Table, default: Answers) -> Vignette:
    sums = table.table("sums").rest if "sums" in table.rest else {}
    for score, points in sums.items():
        if type(points) is not int:
            table.wrong(f"sums.{score}", f"expected a whole number, found {points!r}")
    own = _answers(table.table("answers")) if "answers" in table.rest else {}
    answers = MappingProxyType({**default, **own})
    return table.fill(Vignette, answers=answers, sums=MappingProxyType(sums))


def _answers(table: Table) -> dict[str, tuple[str, ...]]:
    """Read an option, or a list of options, for each question."""
    return {
        name: table.strings(name) if isinstance(table.rest[name], list) else (table.words(name),)
        for name in list(table.rest)
    }
