"""Questions are data: an invented questionnaire with other ids and another shape goes wherever the shipped one goes."""

import pytest

from tests.answers import QUESTIONNAIRE, SECOND, SECOND_CONTENT, SECOND_VIGNETTES, harmless
from tests.cases import Vignette, load_vignettes, misfits
from tests.conftest import make_app
from tests.diff import compare_vignettes, compare_ways, never_reached
from tests.house import HouseClient, parse, text_of
from tests.pdf import squeezed, texts_of
from tests.posting import chosen_in, post, result_of, upload
from webapp.questionnaire import AnswersError, Problem, assess
from webapp.questionnaire.model import Part, Question
from webapp.questionnaire.nearby import nearby
from webapp.questionnaire.ways import count_ways

PEOPLE = load_vignettes(SECOND_VIGNETTES)


# ── It is another one ────────────────────────────────────────────────────────────────────────────────────


def test_it_shares_no_id_with_the_shipped_one_that_a_program_could_lean_on():
    for table in ("parts", "questions", "scores", "outcomes", "notices", "origins", "sources"):
        assert not getattr(SECOND, table).keys() & getattr(QUESTIONNAIRE, table).keys(), table


def test_it_has_another_shape():
    grid = SECOND.grid
    assert [len(SECOND.scores[score].levels) for score in (grid.rows, grid.columns)] == [2, 4]
    assert len(SECOND.parts) != len(QUESTIONNAIRE.parts)
    options = [option for question in SECOND.questions.values() for option in question.options.values()]
    assert not any(option.calls or option.notices for option in options)
    assert any(option.stands_for for option in options)
    assert any(option.detail for option in options) and not all(option.detail for option in options)
    assert [of.id for of in SECOND.parts.values() if of.at_most] and [q for q in SECOND.questions.values() if q.at_most]
    assert any(question.score is None for question in SECOND.questions.values())


# ── It goes through the heart ────────────────────────────────────────────────────────────────────────────


def test_every_outcome_and_square_of_it_is_reached():
    assert list(never_reached(SECOND)) == []


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.name)
def test_it_says_to_its_people_what_is_written_down(person: Vignette):
    assert misfits(SECOND, person.answers) == ()
    assessment = assess(SECOND, person.answers)
    assert assessment.outcome.id == person.outcome
    assert {score: own.points for score, own in assessment.sums.items()} == person.sums
    assert assessment.if_all_unknown.id == (person.if_all_unknown or person.outcome)
    assert bool(assessment.unknowns) == (person.if_all_unknown is not None)


def test_every_outcome_and_every_square_can_be_reached():
    ways = count_ways(SECOND)
    assert all(ways.by_outcome.values())
    assert all(ways.by_square.values())
    assert sum(ways.by_square.values()) == ways.total


@pytest.mark.parametrize("question", SECOND.questions)
def test_without_alarms_every_answer_is_needed(question: str):
    answers = harmless(SECOND)
    del answers[question]
    with pytest.raises(AnswersError) as caught:
        assess(SECOND, answers)
    assert caught.value.problems == {question: Problem.MISSING}


def test_both_kinds_of_cap_take_points_away_from_somebody():
    capped = {type(cap.of) for person in PEOPLE for cap in assess(SECOND, person.answers).caps}
    assert capped == {Question, Part}


def test_somebody_is_near_a_more_urgent_outcome_and_somebody_near_a_milder_one():
    ups, downs = zip(*(nearby(SECOND, assess(SECOND, person.answers)) for person in PEOPLE), strict=True)
    assert any(ups) and any(downs)


def test_it_can_be_compared_with_itself_and_with_any_other():
    assert "→" not in "".join(compare_ways(SECOND, SECOND))
    heading, *_ = [line for line in compare_vignettes(SECOND, QUESTIONNAIRE, PEOPLE) if "do not fit" in line]
    assert heading.endswith(f": {len(PEOPLE)}")
    assert list(compare_ways(SECOND, QUESTIONNAIRE))


# ── It goes through the web ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def second() -> HouseClient:
    """A client of an app that serves it, in its own language: nobody has translated it."""
    return make_app(CONTENT=SECOND_CONTENT).test_client()


def test_its_page_asks_every_question(second: HouseClient):
    page = parse(second.get("/en/").text)
    assert [field.get("id") for field in page.iter("fieldset")] == [f"q-{id}" for id in SECOND.questions]
    assert SECOND.title in text_of(page)
    assert QUESTIONNAIRE.title not in text_of(page)


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.name)
def test_its_people_get_their_result_on_the_page(second: HouseClient, person: Vignette):
    result = result_of(post(second, person.answers))
    assert result.get("data-outcome") == person.outcome
    assert {score: int(result.get(f"data-{score}") or "") for score in person.sums} == person.sums
    reached = [cell for cell in result.iter("td") if "reached" in (cell.get("class") or "")]
    assert [text_of(cell).startswith(SECOND.outcomes[person.outcome].name) for cell in reached] == [True]
    assert text_of(result).endswith(f"{SECOND.outcomes[person.outcome].doctor} Change my answers Start again")


def test_its_grid_has_a_row_and_a_column_for_each_level(second: HouseClient):
    page = parse(second.get("/en/rules").text)
    grid = next(table for table in page.iter("table") if "grid" in (table.get("class") or ""))
    rows = [row for row in grid.iter("tr") if row.find("td") is not None]
    assert [len(row) for row in rows] == [5, 5, 5]


@pytest.mark.parametrize("address", ["/en/about", "/en/privacy", "/en/rules", "/en/rules/review", "/en/safety"])
def test_the_pages_around_it_can_be_read(second: HouseClient, address: str):
    assert second.get(address).status_code == 200


def test_its_sheet_its_file_and_its_table_are_made(second: HouseClient):
    answers = PEOPLE[0].answers
    pdf = post(second, answers, "/en/summary.pdf")
    assert squeezed(SECOND.title) in "".join(texts_of(pdf.data))
    file = post(second, answers, "/en/answers.json")
    again = parse(upload(second, file.data).text)
    assert chosen_in(again) == {name: tuple(own) for name, own in answers.items()}
    assert second.get("/en/questionnaire.json").json["title"] == SECOND.title
    assert len(second.get("/en/rules.csv").text.splitlines()) > len(SECOND.questions)


def test_nothing_on_its_pages_is_about_another_subject(second: HouseClient):
    pages = [
        second.get(address).text for address in ("/en/", "/en/about", "/en/rules", "/en/rules/review", "/en/privacy")
    ]
    pages += [post(second, person.answers).text for person in PEOPLE]
    for text in pages:
        assert "magnesium" not in text_of(parse(text)).lower()
