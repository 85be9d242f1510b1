"""The code: it is the answers and nothing else, and it never gives answers that nobody gave."""

import random
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.answers import QUESTIONNAIRE, SECOND, Sent, possible, sent
from tests.posting import A_PERSON_FOR
from webapp.questionnaire import Questionnaire, problem_with
from webapp.questionnaire.code import ALPHABET, GROUP, CodeError, CodeProblem, decode, encode
from webapp.questionnaire.model import NONE, Option, Part, Question

SETS = 2_000
CODES_TO_SPOIL = 6

BOTH = pytest.mark.parametrize("of", [QUESTIONNAIRE, SECOND], ids=["shipped", "second"])


def any_answers(random: random.Random, of: Questionnaire = QUESTIONNAIRE) -> Sent:
    """Return a set of answers of any kind: none, some, all there are."""
    return {question.id: _any_answer(random, question) for question in of.questions.values()}


def _any_answer(random: random.Random, question: Question) -> tuple[str, ...]:
    if random.random() < 0.15:
        return ()
    if question.kind == "one":
        return (random.choice(list(question.options)),)
    ticks = [option for option in question.options if option != NONE]
    return tuple(one for one in ticks if random.random() < 0.5) or (NONE,)


def extremes(of: Questionnaire) -> list[Sent]:
    """Return sets in which everything is answered in the same way."""
    questions = of.questions.values()
    every = {id: [option for option in one.options if option != NONE] for id, one in of.questions.items()}
    return [
        {one.id: () for one in questions},
        {one.id: (next(iter(one.options)),) for one in questions},
        {one.id: (list(one.options)[-1],) for one in questions},
        {one.id: tuple(every[one.id]) if one.kind == "several" else (every[one.id][-1],) for one in questions},
    ]


def others(code: str) -> list[str]:
    """Return every code that differs in one character, and every one with two neighbours swapped."""
    places = [place for place, character in enumerate(code) if character != "-"]
    found = [code[:at] + other + code[at + 1 :] for at in places for other in ALPHABET if other != code[at]]
    for at, after in pairwise(places):
        if code[at] != code[after]:
            found.append(code[:at] + code[after] + code[at + 1 : after] + code[at] + code[after + 1 :])
    return found


def problem(code: str, of: Questionnaire = QUESTIONNAIRE) -> CodeError:
    with pytest.raises(CodeError) as caught:
        decode(of, code)
    return caught.value


@BOTH
def test_any_answers_come_back_as_they_were(of: Questionnaire):
    chance = random.Random(2_000)
    for answers in [*extremes(of), *(any_answers(chance, of) for _ in range(SETS))]:
        assert decode(of, encode(of, answers)) == answers


@given(answers=possible())
def test_a_complete_set_of_answers_comes_back(answers: Sent):
    inside = {id: tuple(o for o in one.options if o in answers[id]) for id, one in QUESTIONNAIRE.questions.items()}
    assert decode(QUESTIONNAIRE, encode(QUESTIONNAIRE, answers)) == inside


@given(answers=sent())
def test_what_cannot_be_counted_is_left_out_as_unanswered(answers: Sent):
    decoded = decode(QUESTIONNAIRE, encode(QUESTIONNAIRE, answers))
    for id, question in QUESTIONNAIRE.questions.items():
        given = answers.get(id, ())
        assert set(decoded[id]) == (set() if problem_with(question, given) else set(given))


@BOTH
def test_its_length_tells_nothing_of_the_answers(of: Questionnaire):
    chance = random.Random(1)
    codes = [encode(of, answers) for answers in (*extremes(of), *(any_answers(chance, of) for _ in range(100)))]
    assert len({len(code) for code in codes}) == 1
    assert len(set(codes)) > 90


def test_all_answers_to_the_shipped_questionnaire_fit_in_four_groups():
    code = encode(QUESTIONNAIRE, A_PERSON_FOR["raised"])
    assert [len(group) for group in code.split("-")] == [GROUP] * 4
    assert set(code) <= {*ALPHABET, "-"}


@BOTH
def test_one_wrong_character_and_two_swapped_neighbours_are_always_noticed(of: Questionnaire):
    chance = random.Random(7)
    for _ in range(CODES_TO_SPOIL):
        for code in others(encode(of, any_answers(chance, of))):
            problem(code, of)


def test_the_place_of_a_wrong_character_is_named():
    code = encode(QUESTIONNAIRE, A_PERSON_FOR["raised"])
    bare = code.replace("-", "")
    named = 0
    for at, character in enumerate(bare):
        wrong = bare[:at] + ALPHABET[(ALPHABET.index(character) + 11) % 32] + bare[at + 1 :]
        found = problem(wrong)
        assert found.problem is CodeProblem.MISTYPED
        assert found.places in ((), (at + 1,))
        named += bool(found.places)
    assert named > len(bare) / 2


def test_swapped_neighbours_are_named():
    bare = encode(QUESTIONNAIRE, A_PERSON_FOR["raised"]).replace("-", "")
    at = next(place for place, (one, other) in enumerate(pairwise(bare), 4) if bare[place] != bare[place + 1])
    assert problem(bare[:at] + bare[at + 1] + bare[at] + bare[at + 2 :]).places == (at + 1, at + 2)


def test_characters_that_no_code_has_are_named_by_place():
    bare = encode(QUESTIONNAIRE, A_PERSON_FOR["raised"]).replace("-", "")
    found = problem(f"{bare[:3]}u{bare[4:9]}+{bare[10:]}")
    assert (found.problem, found.places) == (CodeProblem.CHARACTER, (4, 10))


@pytest.mark.parametrize(
    ("code", "expected"), [("", "EMPTY"), (" - ", "EMPTY"), ("ABCD", "LENGTH"), ("0" * 5000, "LENGTH")]
)
def test_a_code_of_another_length_is_said_to_be(code: str, expected: str):
    found = problem(code)
    assert found.problem is CodeProblem[expected]
    assert found.length == len(code.replace("-", "").replace(" ", ""))
    assert found.expected == len(encode(QUESTIONNAIRE, {}).replace("-", ""))


def test_case_spaces_hyphens_and_letters_that_look_alike_do_not_matter():
    chance = random.Random(3)
    seen = set()
    for _ in range(200):
        answers = any_answers(chance)
        code = encode(QUESTIONNAIRE, answers)
        seen |= set(code)
        for written in (
            code.lower(),
            code.replace("-", ""),
            code.replace("-", " "),
            f" \u2066{code}\u2069\n".replace("-", "\u2011"),
            code.replace("0", "o").replace("1", "l"),
            code.replace("0", "O").replace("1", "I"),
            "".join(chr(ord(one) + 0xFEE0) if one != "-" else one for one in code),
            code.translate({ord("0") + digit: 0x660 + digit for digit in range(10)}),
        ):
            assert decode(QUESTIONNAIRE, written) == answers
    assert {"0", "1"} <= seen


@given(code=st.text())
def test_no_text_makes_it_fall_over(code: str):
    try:
        decode(QUESTIONNAIRE, code)
    except CodeError as error:
        assert all(1 <= place <= max(error.length, error.expected) for place in error.places)


def test_random_characters_are_practically_never_answers():
    chance = random.Random(11)
    tries = 2_000
    read = 0
    for _ in range(tries):
        try:
            decode(QUESTIONNAIRE, "".join(chance.choices(ALPHABET, k=16)))
            read += 1
        except CodeError:
            pass
    assert read <= 2


# ── Another content ──────────────────────────────────────────────────────────────────────────────────────


def changed(**questions: Question | None) -> Questionnaire:
    """Return the shipped questionnaire with other questions in the place of some, or without them."""

    def own(part: Part) -> Part:
        found = (questions.get(one.id, one) for one in part.questions)
        return replace(part, questions=tuple(one for one in found if one))

    return replace(QUESTIONNAIRE, version="9.0.0", parts={id: own(part) for id, part in QUESTIONNAIRE.parts.items()})


def with_option(question: str, id: str) -> Question:
    own = QUESTIONNAIRE.questions[question]
    new: Option = replace(next(iter(own.options.values())), id=id)
    return replace(own, options={**own.options, id: new})


def test_a_code_made_with_other_questions_gives_no_answers():
    chance = random.Random(5)
    for other in (changed(stress=None), changed(food=with_option("food", "never")), SECOND):
        for _ in range(200):
            found = problem(encode(other, any_answers(chance, other)))
            assert found.problem in (CodeProblem.OTHER_QUESTIONS, CodeProblem.MISTYPED, CodeProblem.LENGTH)


def test_texts_and_points_may_change_without_a_new_code():
    answers = A_PERSON_FOR["raised"]
    stress = QUESTIONNAIRE.questions["stress"]
    options = {id: replace(option, points=option.points + 1) for id, option in stress.options.items()}
    assert encode(changed(stress=replace(stress, options=options)), answers) == encode(QUESTIONNAIRE, answers)


def test_a_content_with_more_ways_to_answer_has_longer_codes():
    conditions = QUESTIONNAIRE.questions["conditions"]
    a_tick = next(iter(conditions.options.values()))
    many = {f"tick{number}": replace(a_tick, id=f"tick{number}") for number in range(170)}
    long = changed(conditions=replace(conditions, options={**many, NONE: conditions.options[NONE]}))
    answers = dict.fromkeys(long.questions, ()) | {"conditions": tuple(list(many)[::3])}
    code = encode(long, answers)
    assert len(code.split("-")) > len(encode(QUESTIONNAIRE, {}).split("-"))
    assert decode(long, code) == answers
    for other in others(code)[::7]:
        problem(other, long)


if __name__ == "__main__":
    chance = random.Random()
    sets = 200_000
    for _ in range(sets):
        answers = any_answers(chance)
        assert decode(QUESTIONNAIRE, encode(QUESTIONNAIRE, answers)) == answers
    spoiled = [code for _ in range(200) for code in others(encode(QUESTIONNAIRE, any_answers(chance)))]
    for code in spoiled:
        problem(code)
    print(f"{sets} sets came back; of {len(spoiled)} spoiled codes every one was noticed")  # noqa: T201
