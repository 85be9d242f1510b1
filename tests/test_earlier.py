"""An earlier check that is filled in again: its day is told, the signs that call for help are asked anew."""

import json
from datetime import date, timedelta

import pytest

from tests.answers import QUESTIONNAIRE, harmless, harmless_but
from tests.house import HouseClient, by_id, parse, text_of
from tests.posting import ASKED_AGAIN, chosen_in, post, taken_over, upload
from webapp.earlier import ANSWERED_ON, FILED, MOST_MISFITS

LONG_AGO = date(2026, 1, 31)


def filed(client: HouseClient, authored: str | None = LONG_AGO.isoformat(), **answers: str) -> bytes:
    """Return the file of somebody's check, as if it had been made on a day."""
    resource = json.loads(post(client, harmless_but(**answers), "/en/answers.json").data)
    resource["authored"] = authored
    return json.dumps({name: value for name, value in resource.items() if value is not None}).encode()


def in_words(client: HouseClient, lang: str = "en") -> str:
    words: str = client.application.extensions["editions"].languages[lang].date(LONG_AGO)
    return words


def hidden_in(html: str) -> list[tuple[str, str]]:
    return [
        (field.attrib["name"], field.attrib["value"])
        for field in by_id(parse(html), "check").iter("input")
        if field.get("type") == "hidden"
    ]


def test_what_may_call_for_help_is_the_first_part():
    assert {QUESTIONNAIRE.questions[id].part for id in ASKED_AGAIN} == {next(iter(QUESTIONNAIRE.parts))}
    assert {QUESTIONNAIRE.questions[id].part for id in QUESTIONNAIRE.questions if id not in ASKED_AGAIN} == {
        *list(QUESTIONNAIRE.parts)[1:]
    }


def test_the_signs_that_call_for_help_are_asked_again_and_all_else_is_filled_in(client: HouseClient):
    page = upload(client, filed(client, stress="often")).text
    assert chosen_in(parse(page)) == taken_over(harmless_but(stress="often"))


def test_a_sign_that_was_ticked_then_is_told_with_what_to_do(client: HouseClient):
    page = parse(upload(client, filed(client, alarm_now="seizure")).text)
    assert "alarm_now" not in chosen_in(page)
    told = text_of(by_id(page, "file"))
    assert QUESTIONNAIRE.questions["alarm_now"].options["seizure"].label in told
    numbers = [one.get("href") for one in by_id(page, "file").iter("a") if (one.get("href") or "").startswith("tel:")]
    assert numbers


def test_the_day_of_the_answers_stands_on_the_page_and_on_the_result_and_goes_along(client: HouseClient):
    page = upload(client, filed(client)).text
    assert in_words(client) in text_of(by_id(parse(page), "file"))
    assert (ANSWERED_ON, LONG_AGO.isoformat()) in hidden_in(page)
    data = {**{id: list(options) for id, options in harmless().items()}, **dict(hidden_in(page))}
    result = client.post("/en/result", data=data).text
    assert in_words(client) in text_of(by_id(parse(result), "result"))
    sent = [field for field in parse(result).iter("input") if field.get("form") == "shown"]
    assert [field.get("value") for field in sent if field.get("name") == ANSWERED_ON] == [LONG_AGO.isoformat()]
    again = client.post("/en/answers.json", data=data).json
    assert again and again["authored"] == LONG_AGO.isoformat()


@pytest.mark.parametrize(
    "day", ["", "2026", "2026-13-01", "yesterday", (date.today() + timedelta(2)).isoformat(), "<b>2026-01-01"]
)
def test_a_day_that_cannot_be_right_is_left_out(client: HouseClient, day: str):
    data = {**{id: list(options) for id, options in harmless().items()}, ANSWERED_ON: day}
    page = client.post("/en/result", data=data).text
    assert page == client.post("/en/result", data={id: list(options) for id, options in harmless().items()}).text


@pytest.mark.parametrize("authored", [None, "2026", (date.today() + timedelta(2)).isoformat()])
def test_a_file_without_a_day_is_said_to_have_none(client: HouseClient, authored: str | None):
    page = upload(client, filed(client, authored)).text
    assert ANSWERED_ON not in dict(hidden_in(page))
    assert in_words(client) not in page


def test_another_language_says_the_same_about_a_file(client: HouseClient):
    resource = json.loads(filed(client, alarm_today="tingling"))
    resource["status"] = "in-progress"
    resource["questionnaire"] = resource["questionnaire"].partition("|")[0] + "|0.9"
    resource["item"].append({"linkId": "other", "text": "Shoe <size>", "answer": [{"valueString": "42"}]})
    page = upload(client, json.dumps(resource).encode()).text
    kept = {id: list(options) for id, options in chosen_in(parse(page)).items()}
    fields: dict[str, list[str]] = {}
    for name, value in hidden_in(page):
        fields.setdefault(name, []).append(value)
    back = client.post("/en/", data={**kept, **fields}).text
    assert text_of(by_id(parse(back), "file")) == text_of(by_id(parse(page), "file"))
    other = client.post("/nl/", data={**kept, **fields}).text
    assert in_words(client, "nl") in text_of(by_id(parse(other), "file"))
    assert "Shoe <size>" in text_of(by_id(parse(other), "file"))
    assert hidden_in(other) == hidden_in(page)


@pytest.mark.parametrize(
    "value", ["", "|", "nonsense", "alarm_now|", "alarm_now|nonsense", "|x", "a|b|c", "\x00\u202e"]
)
@pytest.mark.parametrize("kind", ["", "version|", "unfinished|", "sign|", "misfit|"])
def test_nothing_posted_in_these_fields_makes_it_fall_over(client: HouseClient, kind: str, value: str):
    data = {**{id: list(options) for id, options in harmless().items()}, FILED: ["version||1", *[kind + value] * 50]}
    for address in ("/en/", "/en/result"):
        response = client.post(address, data=data)
        assert response.status_code == 200
        assert response.text.count(f'name="{FILED}" value="misfit|') <= MOST_MISFITS
