"""The code of a result: shown with it, typed elsewhere, told where it is wrong, and never more than the answers."""

import pytest
from flask import Flask

from tests.answers import VIGNETTE_LIST
from tests.cases import Vignette
from tests.conftest import make_app
from tests.house import HouseClient, by_id, parse, text_of
from tests.posting import A_PERSON_FOR, ASKED_AGAIN, chosen_in, post, result_of, taken_over
from webapp.page import CODE
from webapp.questionnaire.code import ALPHABET


def code_of(client: HouseClient, answers: dict[str, tuple[str, ...]], address: str = "/en/result") -> str:
    return text_of(next(one for one in by_id(parse(post(client, answers, address).text), "code").iter("code")))


def type_code(client: HouseClient, code: str, root: str = "/en/"):
    return client.post(f"{root}search", data={CODE: code})


@pytest.mark.parametrize("vignette", VIGNETTE_LIST, ids=lambda vignette: vignette.name)
def test_a_code_brings_back_every_answer_but_those_about_now(client: HouseClient, vignette: Vignette):
    page = parse(type_code(client, code_of(client, dict(vignette.answers))).text)
    assert chosen_in(page) == taken_over(vignette.answers)


def test_typed_at_another_server_in_another_language_at_a_clinic_it_leads_to_the_same_result(app: Flask):
    here, elsewhere = app.test_client(), make_app().test_client()
    answers = A_PERSON_FOR["raised"]
    there = chosen_in(parse(type_code(elsewhere, code_of(here, answers).lower(), "/nl/at/example/").text))
    again = there | {id: answers[id] for id in ASKED_AGAIN}
    assert post(elsewhere, again, "/nl/result").data == post(here, answers, "/nl/result").data


def test_a_wrong_character_is_told_by_its_place_and_nothing_is_lost(client: HouseClient):
    code = code_of(client, A_PERSON_FOR["some"])
    other = ALPHABET[ALPHABET.index(code[0]) - 1]
    response = client.post("/en/search", data={CODE: other + code[1:], "age": "65_plus"})
    page = parse(response.text)
    assert response.status_code == 422
    assert "1" in text_of(by_id(page, "file-error"))
    assert chosen_in(page) == {"age": ("65_plus",)}
    typed = next(field for field in page.iter("input") if field.get("name") == CODE)
    assert typed.get("value") == other + code[1:]


@pytest.mark.parametrize("typed", ["", "   ", "AAAA", "ÄÖÜ?-<b>", "0" * 16, "Z" * 80])
def test_what_is_no_code_is_said_in_words(client: HouseClient, typed: str):
    response = type_code(client, typed)
    assert response.status_code == 422
    assert "<b>-" not in response.text
    assert text_of(by_id(parse(response.text), "file-error"))


def test_the_record_says_the_same_as_text_and_holds_the_code(client: HouseClient):
    answers = A_PERSON_FOR["raised"]
    response = post(client, answers, "/en/record.txt")
    assert response.mimetype == "text/plain"
    assert response.headers["Cache-Control"] == "no-store"
    assert code_of(client, answers) in response.text
    assert post(client, {}, "/en/record.txt").status_code == 422


def test_a_code_never_stands_in_an_address(client: HouseClient):
    answers = A_PERSON_FOR["raised"]
    code = code_of(client, answers)
    result = result_of(post(client, answers))
    assert not [one for one in result.iter() if code in (one.get("href") or "") + (one.get("formaction") or "")]
    assert not chosen_in(parse(client.get(f"/en/?{CODE}={code}").text))
