"""Answers to try: the harmless ones, possible ones, and what a person could send instead."""

from collections.abc import Mapping
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st

from tests.cases import VIGNETTES, load_vignettes
from webapp.questionnaire import Questionnaire, load
from webapp.questionnaire.model import NONE, Question

# No deadline: on a busy machine the first example alone can take longer than Hypothesis allows.
settings.register_profile("questionnaire", max_examples=60, deadline=None)
settings.load_profile("questionnaire")

Sent = dict[str, tuple[str, ...]]

QUESTIONNAIRE = load()

SECOND_CONTENT = Path(__file__).parent / "second" / "content.toml"
SECOND_VIGNETTES = SECOND_CONTENT.with_name("vignettes.toml")
SECOND = load(SECOND_CONTENT)
"""Another questionnaire, invented and small: whatever holds must hold for it as well."""

VIGNETTE_LIST = load_vignettes(VIGNETTES)


def harmless(questionnaire: Questionnaire = QUESTIONNAIRE) -> Sent:
    """Return the answer without any consequence to every question."""
    return {question.id: (_harmless_option(question),) for question in questionnaire.questions.values()}


def harmless_but(**answers: str | tuple[str, ...]) -> Sent:
    """Return harmless answers, but for some."""
    return harmless() | {name: (value,) if isinstance(value, str) else value for name, value in answers.items()}


def possible(questionnaire: Questionnaire = QUESTIONNAIRE) -> st.SearchStrategy[Sent]:
    """Complete answers; about half of them call for no outcome, so that the grid is tried as often as the alarms."""
    return st.booleans().flatmap(lambda calm: scored(questionnaire) if calm else _complete(questionnaire, calm=False))


def scored(questionnaire: Questionnaire = QUESTIONNAIRE) -> st.SearchStrategy[Sent]:
    """Complete answers of which none calls for an outcome."""
    return _complete(questionnaire, calm=True)


def sent(questionnaire: Questionnaire = QUESTIONNAIRE) -> st.SearchStrategy[Sent]:
    """Anything that may arrive: questions left out, too many options, options that do not exist."""
    strategies = {
        question.id: st.lists(st.sampled_from([*question.options, "", "nonsense"]), max_size=4).map(tuple)
        for question in questionnaire.questions.values()
    }
    return st.fixed_dictionaries({}, optional=strategies)


def _complete(questionnaire: Questionnaire, *, calm: bool) -> st.SearchStrategy[Sent]:
    strategies = {question.id: _answer(question, calm) for question in questionnaire.questions.values()}
    return st.fixed_dictionaries(strategies)


def _answer(question: Question, calm: bool) -> st.SearchStrategy[tuple[str, ...]]:
    options = [option.id for option in question.options.values() if not (calm and option.calls)]
    if question.kind == "one":
        return st.sampled_from(options).map(lambda option: (option,))
    ticks = [option for option in options if option != NONE]
    some = st.lists(st.sampled_from(ticks), min_size=1, unique=True).map(tuple) if ticks else st.nothing()
    return st.just((NONE,)) | some


def _harmless_option(question: Question) -> str:
    return next(
        option.id
        for option in question.options.values()
        if not (option.points or option.calls or option.notices or option.stands_for)
    )


def urgency(questionnaire: Questionnaire = QUESTIONNAIRE) -> Mapping[str, int]:
    """Return how urgent each outcome is: the higher, the more urgent."""
    return {outcome: rank for rank, outcome in enumerate(reversed(tuple(questionnaire.outcomes)))}
