"""The rules page, the table and the file say what the engine does: nothing is typed twice."""

import csv
import hashlib
import re
from io import StringIO
from pathlib import Path

import pytest

from tests.answers import harmless_but
from tests.conftest import make_app
from tests.house import HouseClient, by_id, parse, text_of
from tests.posting import post
from webapp.questionnaire import CONTENT, Questionnaire, load
from webapp.questionnaire.ways import count_ways


@pytest.fixture(scope="module")
def page(app):
    return parse(app.test_client().get("/en/rules").text)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))


def test_every_question_and_every_option_stands_on_the_page_with_what_it_does(page, questionnaire: Questionnaire):
    for question in questionnaire.questions.values():
        rule = text_of(by_id(page, f"rule-{question.id}"))
        assert question.ask in rule and question.why in rule
        assert questionnaire.origins[question.origin] in rule
        for option in question.options.values():
            row = by_id(page, f"rule-{question.id}-{option.id}")
            assert option.label in text_of(row)
            if option.points:
                assert option.reason in text_of(row) and option.source.title in text_of(row)
                assert re.match(rf"{option.points} point", text_of(row))
                assert [link.get("href") for link in row.iter("a")][:1] == [option.source.url] * bool(option.source.url)


def test_levels_outcomes_notices_limits_and_sources_stand_on_the_page(page, questionnaire: Questionnaire):
    text = text_of(page)
    assert questionnaire.checksum in text and questionnaire.version in text
    for outcome in questionnaire.outcomes.values():
        assert outcome.name in text
    for notice in questionnaire.notices.values():
        assert notice.text.split("{")[0] in text
    for source in questionnaire.sources.values():
        assert source.title in text
    for point in questionnaire.performance.points.values():
        assert point in text


def test_the_ways_to_answer_are_those_of_the_proof(page, questionnaire: Questionnaire):
    ways = count_ways(questionnaire)
    text = text_of(page)
    for count in (ways.total, *ways.by_outcome.values()):
        assert f"{count:,}" in text


def test_the_file_that_is_handed_out_is_the_one_that_decides(client: HouseClient, questionnaire: Questionnaire):
    content = client.get("/content.toml").data
    assert content == CONTENT.read_bytes()
    assert hashlib.sha256(content).hexdigest() == questionnaire.checksum


def test_the_table_has_a_row_for_every_option(client: HouseClient, questionnaire: Questionnaire):
    found = rows(client.get("/en/rules.csv").text)
    expected = [
        (question.id, option.id, str(option.points))
        for question in questionnaire.questions.values()
        for option in question.options.values()
    ]
    assert [(row["question"], row["option"], row["points"]) for row in found] == expected


def test_a_point_changed_in_the_file_changes_engine_page_table_and_result(tmp_path: Path):
    copy = tmp_path / "content.toml"
    text = CONTENT.read_text()
    stress = text.index("[questions.stress.options]")
    copy.write_text(text[:stress] + text[stress:].replace("points = 1", "points = 7", 1))
    client = make_app(CONTENT=copy).test_client()
    assert load(copy).questions["stress"].options["often"].points == 7
    page = parse(client.get("/en/rules").text)
    assert text_of(by_id(page, "rule-stress-often")).startswith("7 points")
    table = rows(client.get("/en/rules.csv").text)
    assert [row["points"] for row in table if (row["question"], row["option"]) == ("stress", "often")] == ["7"]
    result = parse(post(client, harmless_but(stress="often")).text)
    assert by_id(result, "result").get("data-causes") == "7"
    assert "7 points" in text_of(by_id(result, "result"))


def test_every_answer_that_counted_links_to_its_rule(client: HouseClient):
    rules = parse(client.get("/en/rules").text)
    answers = harmless_but(conditions=("crohn", "dairy"), health=("alcohol",), trembling="often", stress="often")
    links = re.findall(r'href="/en/rules#([^"]+)"', post(client, answers).text)
    assert links == [
        "rule-stress-often",
        "rule-conditions-crohn",
        "rule-conditions-dairy",
        "rule-health-alcohol",
        "rule-trembling-often",
    ]
    for link in links:
        by_id(rules, link)


def test_what_would_lead_elsewhere_is_never_shown_with_an_alarm(client: HouseClient):
    shown = 'class="nearby'
    assert shown in post(client, harmless_but()).text
    for answers in ({"alarm_now": "collapse"}, {"alarm_today": "thirst"}, {"age": "under_18"}, {"pregnant": "yes"}):
        assert shown not in post(client, harmless_but(**answers)).text


def test_a_review_that_is_recorded_stands_on_the_page(tmp_path: Path):
    copy = tmp_path / "content.toml"
    review = '[{ role = "general practitioner", date = 2027-01-02, version = "1.0.0" }]'
    copy.write_text(CONTENT.read_text().replace("reviews = []", f"reviews = {review}"))
    text = make_app(CONTENT=copy).test_client().get("/en/rules").text
    assert "general practitioner" in text and "January 2, 2027" in text
