"""The clinician's patients: the check says to each of them what the clinician wrote down."""

import pytest

from tests.answers import QUESTIONNAIRE, VIGNETTE_LIST, harmless, harmless_but
from tests.cases import Vignette, load_vignettes, misfits
from webapp.questionnaire import Assessment, ContentError, assess
from webapp.questionnaire.model import NONE, Part, Question

ASSESSMENTS = {
    vignette.name: assess(QUESTIONNAIRE, vignette.answers)
    for vignette in VIGNETTE_LIST
    if not misfits(QUESTIONNAIRE, vignette.answers)
}


@pytest.mark.parametrize("vignette", VIGNETTE_LIST, ids=lambda vignette: vignette.name)
def test_the_check_says_what_the_clinician_wrote_down(vignette: Vignette):
    assert misfits(QUESTIONNAIRE, vignette.answers) == ()
    assessment = ASSESSMENTS[vignette.name]
    sums = {score: own.points for score, own in assessment.sums.items()}
    found = assessment.outcome.id, sums
    assert found == (vignette.outcome, vignette.sums), f"now it is {found}"
    assert tuple(call.outcome.id for call in assessment.also_called) == vignette.also
    assert tuple(notice.id for notice in assessment.notices) == vignette.notices
    assert bool(assessment.unknowns) == (vignette.if_all_unknown is not None)
    assert assessment.if_all_unknown.id == (vignette.if_all_unknown or vignette.outcome)


def test_the_default_answers_are_the_harmless_ones():
    default = next(vignette for vignette in VIGNETTE_LIST if vignette.name == "nothing at all").answers
    assert default == harmless()


def test_every_outcome_has_a_vignette():
    assert {vignette.outcome for vignette in VIGNETTE_LIST} == set(QUESTIONNAIRE.outcomes)


def test_every_square_of_the_grid_has_a_vignette():
    """By the sums written down, so that a moved weight is told once: by the names of the vignettes that it moves."""
    visited = {QUESTIONNAIRE.square(vignette.sums) for vignette in VIGNETTE_LIST if vignette.sums}
    squares = {(row, column) for row, line in QUESTIONNAIRE.grid.outcomes.items() for column in line}
    grid = QUESTIONNAIRE.grid
    left = [f"{grid.rows} {row}, {grid.columns} {column}" for row, column in sorted(squares - visited)]
    assert not left, f"add a case for each of these: {'; '.join(left)}"


def test_every_notice_has_a_vignette():
    assert {notice for vignette in VIGNETTE_LIST for notice in vignette.notices} == set(QUESTIONNAIRE.notices)


def test_every_cap_has_vignettes_that_it_touches_and_that_it_does_not():
    scored = [assessment for assessment in ASSESSMENTS.values() if assessment.is_scored]
    for part in QUESTIONNAIRE.parts.values():
        for of in (part, *part.questions):
            if of.at_most is not None:
                given = {points_before_the_cap(of, assessment) for assessment in scored}
                assert {points for points in given if 0 < points <= of.at_most}, of.id
                assert {points for points in given if points > of.at_most}, of.id


def points_before_the_cap(of: Question | Part, assessment: Assessment) -> int:
    if isinstance(of, Part):
        return sum(one.points for one in assessment.answered if one.question.part == of.id)
    return sum(tick.option.points for one in assessment.answered if one.question == of for tick in one.ticks)


def test_every_unknown_answer_has_a_vignette():
    given = {
        (question, option) for vignette in VIGNETTE_LIST for question, own in vignette.answers.items() for option in own
    }
    for question in QUESTIONNAIRE.questions.values():
        for option in question.options.values():
            assert not option.stands_for or (question.id, option.id) in given


def test_every_option_that_gives_points_has_a_vignette():
    given = {
        (question, option) for vignette in VIGNETTE_LIST for question, own in vignette.answers.items() for option in own
    }
    for question in QUESTIONNAIRE.questions.values():
        for option in question.options.values():
            assert not option.points or (question.id, option.id) in given


# ── What the clinician wants of the weights together ─────────────────────────────────────────────────────


def test_complaints_alone_never_lead_to_the_most_urgent_outcome_of_the_grid():
    heaviest = {
        question.id: (max(question.options.values(), key=lambda option: option.points).id,)
        if question.kind == "one"
        else tuple(option for option in question.options if option != NONE)
        for question in QUESTIONNAIRE.questions.values()
        if question.score == QUESTIONNAIRE.grid.rows
    }
    assessment = assess(QUESTIONNAIRE, harmless() | heaviest)
    assert assessment.is_scored
    assert assessment.outcome != QUESTIONNAIRE.scored_outcomes[0]


def test_a_mineral_known_to_be_wrong_never_leads_to_the_mildest_outcome():
    assessment = assess(QUESTIONNAIRE, harmless_but(minerals="yes"))
    assert assessment.outcome != QUESTIONNAIRE.scored_outcomes[-1]


def test_mistakes_in_the_vignettes_are_named_by_place(tmp_path):
    path = tmp_path / "vignettes.toml"
    path.write_text(
        """
        ages = 3
        [default]
        age = 18
        [[vignette]]
        name = "twice"
        who = "Somebody."
        outcome = "few"
        sums = { causes = "many" }
        notices = "kidney"
        also = [1]
        [[vignette]]
        name = "twice"
        answers.food = ["rarely", 3]
        points = 3
        """,
        encoding="utf-8",
    )
    with pytest.raises(ContentError) as caught:
        load_vignettes(path)
    assert caught.value.mistakes == (
        f"{path}: default.age: expected a text, found 18",
        f"{path}: vignette 1.sums.causes: expected a whole number, found 'many'",
        f"{path}: vignette 1.also: expected a list of strings, found 1 in it",
        f"{path}: vignette 1.notices: expected a list of strings, found 'kidney'",
        f"{path}: vignette 2.answers.food: expected a list of strings, found 3 in it",
        f"{path}: vignette 2.who: is missing; expected a text",
        f"{path}: vignette 2.outcome: is missing; expected a text",
        f"{path}: vignette 2.points: is not known here",
        f"{path}: vignette: the name 'twice' is there twice",
        f"{path}: ages: is not known here",
    )
