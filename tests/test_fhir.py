"""The clinic's computer understands it: the Questionnaire, the file with the answers, and the way back."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import fhirpathpy
import pytest
from fhir.resources.R4B.questionnaire import Questionnaire as R4Questionnaire
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse as R4Response
from fhirpathpy.models import models
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from tests.answers import QUESTIONNAIRE, Sent, harmless_but, possible, scored, sent
from tests.conftest import make_app
from tests.house import HouseClient, by_id, parse, text_of
from tests.posting import chosen_in, content_in, languages_of, post
from webapp.clinics import EXAMPLE
from webapp.fhir import CANONICAL, MOST_BYTES_FILED, checked_canonical, read_response, response_resource
from webapp.questionnaire import Assessment, assess, problem_with
from webapp.upload import MOST_BYTES_UPLOADED

WEIGHT = "http://hl7.org/fhir/StructureDefinition/itemWeight"
TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"
CALCULATED = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression"
ITEM_TYPES = {"group", "display", "choice", "decimal"}
TODAY = date(2026, 11, 22)

APP = make_app()
CLIENT = APP.test_client()
ENGLISH = content_in(APP)

Resource = dict[str, Any]


@cache
def questionnaire_file(address: str = "/questionnaire.json") -> Resource:
    response: Resource = json.loads(CLIENT.get(address).text)
    return response


def items(resource: Resource) -> Iterator[Resource]:
    for item in resource.get("item", ()):
        yield item
        yield from items(item)


def item(resource: Resource, link_id: str) -> Resource:
    return next(item for item in items(resource) if item["linkId"] == link_id)


def expressions(resource: Resource) -> dict[str, str]:
    """Return the calculated expressions of a Questionnaire, by the id of the item."""
    return {
        item["linkId"]: extension["valueExpression"]["expression"]
        for item in items(resource)
        for extension in item.get("extension", ())
        if extension["url"] == CALCULATED
    }


def weight_of(element: Resource) -> int | None:
    return next((one["valueDecimal"] for one in element.get("extension", ()) if one["url"] == WEIGHT), None)


def filed(answers: Mapping[str, Any], assessment: Assessment | None = None) -> Resource:
    found = assessment or assess(ENGLISH, answers)
    return response_resource(ENGLISH, answers, found, canonical=CANONICAL, language="en", authored=TODAY)


def codes(item: Resource) -> list[str]:
    return [answer["valueCoding"]["code"] for answer in item["answer"]]


def multipart(file: bytes, others: Sent, name: str) -> bytes:
    """Return the body that a browser sends for the form: the file, and all other fields with it."""
    parts = [f'name="file"; filename="{name}"\r\nContent-Type: application/json\r\n\r\n'.encode() + file]
    parts += [f'name="{id}"\r\n\r\n{option}'.encode() for id, options in others.items() for option in options]
    start = b"--boundary\r\nContent-Disposition: form-data; "
    return b"".join(start + part + b"\r\n" for part in parts) + b"--boundary--\r\n"


def upload(
    client: HouseClient, file: bytes, others: Sent | None = None, name: str = "check.json", to: str = "/en/"
) -> TestResponse:
    body = multipart(file, others or {}, name)
    return client.post(to, data=body, content_type="multipart/form-data; boundary=boundary")


# ── The Questionnaire ────────────────────────────────────────────────────────────────────────────────────


def test_the_questionnaire_is_valid_r4():
    for lang in languages_of(APP):
        R4Questionnaire.model_validate(questionnaire_file(f"/{lang}/questionnaire.json"))


def test_the_questionnaire_says_what_it_is():
    found = questionnaire_file()
    assert (found["url"], found["version"]) == (CANONICAL, QUESTIONNAIRE.version)
    assert (found["status"], found["experimental"], found["subjectType"]) == ("active", True, ["Patient"])
    assert found["publisher"] and found["purpose"] and found["description"] and found["date"]
    related = [one["valueRelatedArtifact"] for one in found["extension"] if "valueRelatedArtifact" in one]
    assert [one["citation"] for one in related if one["type"] == "derived-from"] == [
        QUESTIONNAIRE.sources["article"].title
    ]
    assert len(related) == len(QUESTIONNAIRE.sources)


def test_every_item_has_a_type_we_use_and_an_id_of_its_own():
    found = list(items(questionnaire_file()))
    assert {item["type"] for item in found} == ITEM_TYPES
    ids = [item["linkId"] for item in found]
    assert len(ids) == len(set(ids))
    assert {*QUESTIONNAIRE.questions, *QUESTIONNAIRE.scores, "outcome"} <= set(ids)


def test_every_condition_names_an_answer_that_exists():
    found = questionnaire_file()
    for one in items(found):
        for condition in one.get("enableWhen", ()):
            options = [option["valueCoding"] for option in item(found, condition["question"])["answerOption"]]
            coding = condition["answerCoding"]
            assert coding["code"] in {option["code"] for option in options}
            assert coding["system"] == CANONICAL


@pytest.mark.parametrize("question", QUESTIONNAIRE.questions.values(), ids=lambda question: question.id)
def test_every_question_has_our_options_with_our_points(question: Any):
    found = item(questionnaire_file(), question.id)
    assert found["type"] == "choice"
    assert found["repeats"] == (question.kind == "several")
    options = {option["valueCoding"]["code"]: weight_of(option) for option in found["answerOption"]}
    assert options == {option.id: option.points for option in question.options.values()}
    assert {option["valueCoding"]["system"] for option in found["answerOption"]} == {CANONICAL}
    exclusive = [option["valueCoding"]["code"] for option in found["answerOption"] if "Exclusive" in json.dumps(option)]
    assert exclusive == (["none"] if question.kind == "several" else [])


def test_sums_and_outcome_are_read_only():
    found = [one["linkId"] for one in items(questionnaire_file()) if one.get("readOnly")]
    assert found == [*QUESTIONNAIRE.scores, "outcome"] == list(expressions(questionnaire_file()))


def test_an_alarm_shows_whom_to_call_right_after_its_question():
    part = item(questionnaire_file(), "part-safety")
    assert [one["linkId"] for one in part["item"]] == [
        "alarm_now",
        "alarm_now-emergency",
        "alarm_now-crisis",
        "alarm_today",
        "alarm_today-today",
        "alarm_today-crisis",
        "alarm_today-kidney",
    ]
    assert ENGLISH.outcomes["emergency"].title in item(part, "alarm_now-emergency")["text"]


def test_only_what_every_outcome_needs_is_required():
    assert [one["linkId"] for one in items(questionnaire_file()) if one.get("required")] == ["alarm_now"]


@pytest.mark.parametrize("lang", languages_of(APP))
def test_every_text_is_there_in_every_language(lang: str):
    words, others = content_in(APP, lang), [code for code in languages_of(APP) if code != lang]
    found = questionnaire_file(f"/{lang}/questionnaire.json")
    assert found["language"] == lang
    assert found["title"] == words.title
    for question in words.questions.values():
        own = item(found, question.id)
        assert own["text"] == question.ask
        shown = [option["valueCoding"]["display"] for option in own["answerOption"]]
        assert shown == [option.label for option in question.options.values()]
    for code in others:
        translated = content_in(APP, code)
        assert translations(found, "title")[code] == translated.title
        for question in translated.questions.values():
            own = item(found, question.id)
            assert translations(own, "text")[code] == question.ask
            for option in own["answerOption"]:
                coding = option["valueCoding"]
                assert translations(coding, "display")[code] == question.options[coding["code"]].label


def translations(element: Resource, name: str) -> dict[str, str]:
    """Return the translations of a text, by language."""
    found = {}
    for extension in element.get(f"_{name}", {}).get("extension", ()):
        assert extension["url"] == TRANSLATION
        parts = {part["url"]: part.get("valueCode") or part.get("valueString") for part in extension["extension"]}
        found[parts["lang"]] = parts["content"]
    return found


def test_nobody_is_offered_a_language_that_does_not_exist(client: HouseClient):
    assert client.get("/xx/questionnaire.json").status_code == 404


def test_other_sites_may_load_the_questionnaire(client: HouseClient):
    response = client.get("/questionnaire.json")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Content-Type"] == "application/fhir+json; charset=utf-8"
    assert "public" in response.headers["Cache-Control"]


def test_a_site_can_give_the_questionnaire_an_address_of_its_own():
    own = "https://check.example.nl/questionnaire.json"
    client = make_app(CANONICAL=own).test_client()
    assert client.get("/questionnaire.json").json["url"] == own
    file = post(client, harmless_but(), "/en/answers.json").text
    assert json.loads(file)["questionnaire"] == f"{own}|{QUESTIONNAIRE.version}"
    assert upload(client, file.encode()).status_code == 200
    assert upload(client, json.dumps(filed(harmless_but())).encode()).status_code == 200


@pytest.mark.parametrize("canonical", ["", "/questionnaire.json", "https://a b", "https://a|1", "https://a#b", 1, None])
def test_an_address_that_is_none_is_refused_at_start(canonical: object):
    with pytest.raises(ValueError, match="MAGNESIUM_CANONICAL"):
        checked_canonical(canonical)


# ── The file with the answers ────────────────────────────────────────────────────────────────────────────


@settings(max_examples=250)
@given(possible())
def test_the_file_of_any_answers_is_valid_and_agrees_with_the_rules(answers: Sent):
    assessment = assess(ENGLISH, answers)
    check_file(filed(answers, assessment), answers, assessment)


@settings(max_examples=100)
@given(sent(), st.sampled_from(list(ENGLISH.questions["alarm_now"].options)[:-1]))
def test_the_file_of_an_unfinished_alarm_is_valid_as_well(answers: Sent, alarm: str):
    answers = answers | {"alarm_now": (alarm,)}
    assessment = assess(ENGLISH, answers)
    check_file(filed(answers, assessment), answers, assessment)


@settings(max_examples=250)
@given(scored())
def test_the_file_of_scored_answers_is_valid_and_agrees_with_the_rules(answers: Sent):
    assessment = assess(ENGLISH, answers)
    assert assessment.is_scored
    check_file(filed(answers, assessment), answers, assessment)


def check_file(file: Resource, answers: Sent, assessment: Assessment) -> None:
    R4Response.model_validate(file)
    assert (file["status"], file["questionnaire"]) == ("completed", f"{CANONICAL}|{QUESTIONNAIRE.version}")
    assert not {"id", "identifier", "subject", "source", "author", "encounter"} & file.keys()
    found = {one["linkId"]: one for one in items(file)}
    assert len(found) == len(list(items(file)))
    assert found.keys() <= {one["linkId"] for one in items(questionnaire_file())}
    counted = {
        question.id: set(answers[question.id])
        for question in ENGLISH.questions.values()
        if problem_with(question, answers.get(question.id, ())) is None
    }
    assert {id: set(codes(one)) for id, one in found.items() if id in ENGLISH.questions} == counted
    for id in counted:
        options = {
            option["valueCoding"]["code"]: (option["valueCoding"]["display"], weight_of(option))
            for option in item(questionnaire_file(), id)["answerOption"]
        }
        for answer in found[id]["answer"]:
            coding = answer["valueCoding"]
            assert (coding["display"], weight_of(coding)) == options[coding["code"]]
            assert coding["system"] == CANONICAL
    sums = {score: found[score]["answer"][0]["valueDecimal"] for score in ENGLISH.scores if score in found}
    assert sums == {score: own.points for score, own in assessment.sums.items()}
    assert codes(found["outcome"]) == [assessment.outcome.id]


def weights(answers: list[Resource]) -> list[int | None]:
    """Compute SDC's `weight()`, which fhirpathpy lacks: the itemWeight of an answer's coding."""
    return [weight_of(answer["valueCoding"]) for answer in answers]


OPTIONS = {"userInvocationTable": {"weight": {"fn": weights, "arity": {0: []}}}}
MODEL = models["r4"]


@cache
def compiled(expression: str) -> Any:
    return fhirpathpy.compile(expression, MODEL, OPTIONS)


def calculate(file: Resource) -> dict[str, list[Any]]:
    """Let a FHIRPath engine compute what the Questionnaire says, from a response."""
    bare = json.loads(json.dumps(file))
    variable = questionnaire_file()["extension"][0]["valueExpression"]
    context = {"resource": bare, "questionnaire": questionnaire_file()}
    context[variable["name"]] = compiled(variable["expression"])(bare, context)
    return {id: compiled(expression)(bare, context) for id, expression in expressions(questionnaire_file()).items()}


@settings(max_examples=30)
@given(possible() | scored())
def test_a_fhirpath_engine_computes_our_sums_and_our_outcome_from_the_file(answers: Sent):
    assessment = assess(ENGLISH, answers)
    found = calculate(filed(answers, assessment))
    sums = {score: int(Decimal(found[score][0])) for score in ENGLISH.scores if found[score]}
    assert sums == {score: own.points for score, own in assessment.sums.items()}
    assert [coding["code"] for coding in found["outcome"]] == [assessment.outcome.id]


def test_a_fhirpath_engine_computes_nothing_while_questions_are_open():
    file = filed(harmless_but())
    file["item"] = [one for one in file["item"] if one["linkId"] in ("part-safety", "part-you")]
    assert calculate(file) == {"causes": [], "complaints": [], "outcome": []}


def test_a_fhirpath_engine_computes_no_sums_from_a_contradiction():
    file = filed(harmless_but(conditions=("crohn",)))
    item(file, "conditions")["answer"] += item(filed(harmless_but()), "conditions")["answer"]
    assert calculate(file) == {"causes": [], "complaints": [], "outcome": []}


def test_the_file_is_a_download_that_says_nothing_of_the_outcome(client: HouseClient):
    response = post(client, harmless_but(), "/en/answers.json")
    assert response.headers["Content-Type"] == "application/fhir+json; charset=utf-8"
    assert response.headers["Content-Disposition"].startswith("attachment; filename=")
    assert response.json["authored"] == date.today().isoformat()
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("lang", languages_of(APP))
def test_the_file_is_in_the_readers_language(client: HouseClient, lang: str):
    file = post(client, harmless_but(), f"/{lang}/answers.json").json
    assert file["language"] == lang
    assert item(file, "stress")["text"] == content_in(APP, lang).questions["stress"].ask


def test_without_all_answers_there_is_no_file_but_a_list_of_what_is_missing(client: HouseClient):
    response = post(client, {"age": ("18_64",)}, "/en/answers.json")
    assert response.status_code == 422
    assert "q-stress" in response.text


def test_an_alarm_gives_a_file_without_sums_and_with_what_was_answered(client: HouseClient):
    file = post(client, {"alarm_now": ("collapse",), "age": ("18_64", "65_plus")}, "/en/answers.json").json
    assert [one["linkId"] for one in items(file)] == ["part-safety", "alarm_now", "outcome"]
    assert codes(item(file, "outcome")) == ["emergency"]


def test_the_address_of_the_file_leads_to_the_check(client: HouseClient):
    assert client.get("/en/answers.json").status_code == 303


def test_the_result_offers_the_file(client: HouseClient):
    result = by_id(parse(post(client, harmless_but()).text), "result")
    assert "/en/answers.json" in [button.get("formaction") for button in result.iter("button")]


# ── The way back ─────────────────────────────────────────────────────────────────────────────────────────


@settings(max_examples=30)
@given(possible())
def test_export_import_export_gives_the_same_file(answers: Sent):
    first = post(CLIENT, answers, "/en/answers.json")
    page = upload(CLIENT, first.data)
    assert page.status_code == 200
    again = chosen_in(parse(page.text))
    assert {id: set(options) for id, options in again.items()} == {id: set(o) for id, o in answers.items()}
    assert post(CLIENT, again, "/en/answers.json").data == first.data


@pytest.mark.parametrize("mount", ["at", "embed"])
def test_a_clinics_own_check_opens_and_saves_files_as_well(client: HouseClient, mount: str):
    address = f"/en/{mount}/{EXAMPLE.id}/"
    file = post(client, harmless_but(), f"{address}answers.json").data
    assert chosen_in(parse(upload(client, file, to=address).text)) == harmless_but()


def test_the_answers_of_a_file_replace_all_others(client: HouseClient):
    file = json.dumps(filed({"alarm_now": ("collapse",)})).encode()
    page = parse(upload(client, file, harmless_but()).text)
    assert chosen_in(page) == {"alarm_now": ("collapse",)}


def test_an_alarm_in_a_file_is_shown_at_once(client: HouseClient):
    page = parse(upload(client, json.dumps(filed({"alarm_now": ("collapse",)})).encode()).text)
    assert ENGLISH.outcomes["emergency"].title in text_of(by_id(page, "file"))


OTHER_VERSION = "0.9.0"


def changed(**changes: Any) -> Resource:
    """Return the file of a harmless check, with some things changed."""
    return filed(harmless_but()) | changes


def test_an_older_version_keeps_what_fits_and_says_what_does_not(client: HouseClient):
    file = changed(questionnaire=f"{CANONICAL}|{OTHER_VERSION}")
    item(file, "stress")["answer"] = [{"valueCoding": {"system": CANONICAL, "code": "daily", "display": "Every day"}}]
    item(file, "conditions")["answer"] += [
        {"valueCoding": {"system": CANONICAL, "code": "gout", "display": "Gout <b>"}}
    ]
    item(file, "food")["answer"] += [{"valueCoding": {"system": CANONICAL, "code": "rarely"}}]
    item(file, "part-you")["item"] += [
        {"linkId": "coffee", "text": "Do you drink coffee?", "answer": [{"valueBoolean": True}]}
    ]
    response = upload(client, json.dumps(file).encode())
    said = text_of(by_id(parse(response.text), "file"))
    for words in (OTHER_VERSION, QUESTIONNAIRE.version, "Every day", "Gout <b>", "Do you drink coffee?"):
        assert words in said
    assert ENGLISH.questions["food"].ask in said
    kept = chosen_in(parse(response.text))
    assert kept == {id: o for id, o in harmless_but().items() if id not in ("stress", "food")}


def test_a_file_without_a_version_says_so(client: HouseClient):
    page = parse(upload(client, json.dumps(changed(questionnaire=CANONICAL)).encode()).text)
    assert len(chosen_in(page)) == len(QUESTIONNAIRE.questions)
    assert "version" in text_of(by_id(page, "file"))


def test_a_file_without_groups_is_read_as_well():
    file = filed(harmless_but())
    flat = [one for part in file["item"] for one in part.get("item", [part])]
    read = read_response(ENGLISH, {CANONICAL}, json.dumps(file | {"item": flat}).encode())
    assert read.answers == harmless_but()
    assert not read.misfits


def test_sums_and_outcome_of_a_file_are_never_taken_over(client: HouseClient):
    file = filed(harmless_but())
    item(file, "causes")["answer"] = [{"valueDecimal": 21}]
    item(file, "outcome")["answer"][0]["valueCoding"]["code"] = "raised"
    again = chosen_in(parse(upload(client, json.dumps(file).encode()).text))
    assert codes(item(post(client, again, "/en/answers.json").json, "outcome")) == ["few"]


def one_answer(link_id: str, **answer: Any) -> Resource:
    """Return a file with one answer, and nothing in it as it should be."""
    return changed(item=[{"linkId": link_id, "answer": [answer]}])


WRONG: Mapping[str, bytes] = {
    "an empty file": b"",
    "a text": b"my answers",
    "a picture": b"\x89PNG\r\n\x1a\n\x00\xff\xfe",
    "JSON that breaks off": b'{"resourceType": "QuestionnaireResponse"',
    "JSON without an end to its depth": b"[" * (MOST_BYTES_FILED - 1),
    "objects without an end to their depth": b'{"item":[' * 7_000,
    "a number too long": b'{"resourceType": ' + b"1" * 10_000 + b"}",
    "a list": b"[]",
    "null": b"null",
    "another resource": json.dumps({"resourceType": "Patient", "name": [{"family": "Jansen"}]}).encode(),
    "another questionnaire": json.dumps(changed(questionnaire="https://example.org/q|1")).encode(),
    "no questionnaire": json.dumps(changed(questionnaire=None)).encode(),
    "a questionnaire that is a list": json.dumps(changed(questionnaire=[])).encode(),
    "no items": json.dumps(changed(item=[])).encode(),
    "items that are none": json.dumps(changed(item=[1, None, "a", [], {"linkId": []}])).encode(),
    "an item that is a text": json.dumps(changed(item="age")).encode(),
    "an id that is a list": json.dumps(one_answer("x") | {"item": [{"linkId": ["age"], "answer": [{}]}]}).encode(),
    "an answer without a value": json.dumps(one_answer("age")).encode(),
    "an answer that is a text": json.dumps(one_answer("age", valueString="18_64")).encode(),
    "a code that is a list": json.dumps(one_answer("age", valueCoding={"code": ["18_64"]})).encode(),
    "a code of another system": json.dumps(
        one_answer("age", valueCoding={"code": "18_64", "system": "http://loinc.org"})
    ).encode(),
    "half a character": rb'{"resourceType":"QuestionnaireResponse","questionnaire":"'
    + CANONICAL.encode()
    + rb'|\ud800","item":[{"linkId":"\ud800","text":"\ud800","answer":[{}]}]}',
    "too large a file": json.dumps(filed(harmless_but())).encode() + b" " * MOST_BYTES_FILED,
    "a photo": b"\xff\xd8\xff" * (MOST_BYTES_UPLOADED // 4),
}


@pytest.mark.parametrize("file", WRONG.values(), ids=WRONG)
def test_a_wrong_file_gets_a_clear_error_and_loses_nothing(client: HouseClient, file: bytes):
    response = upload(client, file, harmless_but(stress="often"))
    assert response.status_code == 422
    page = parse(response.text)
    assert chosen_in(page) == harmless_but(stress="often")
    error = by_id(page, "file-error")
    assert len(text_of(error)) > 20
    assert [field.get("aria-describedby") for field in page.iter("input") if field.get("type") == "file"] == [
        "file-error"
    ]


def test_whoever_chooses_no_file_hears_so_and_loses_nothing(client: HouseClient):
    response = upload(client, b"", harmless_but(), name="")
    assert response.status_code == 422
    assert chosen_in(parse(response.text)) == harmless_but()


def test_what_is_larger_than_any_photo_is_refused_with_a_page(client: HouseClient):
    assert upload(client, b" " * MOST_BYTES_UPLOADED).status_code == 413


def test_a_file_is_let_through_for_filling_in_only(client: HouseClient):
    for address in ("/en/result", "/en/answers.json"):
        assert upload(client, b" " * MOST_BYTES_FILED, to=address).status_code == 413


def test_a_chosen_file_does_not_disturb_the_ordinary_post(client: HouseClient):
    answers = {question: list(options) for question, options in harmless_but().items()}
    assert client.post("/en/result", data=answers | {"file": "check.json"}).status_code == 200
    response = client.post("/en/", data=answers | {"file": "check.json"})
    assert response.status_code == 200
    assert chosen_in(parse(response.text)) == harmless_but()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.sampled_from(["age", "18_64", CANONICAL]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["item", "answer", "linkId", "valueCoding", "code", "system", "display", "text"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=30,
)


@settings(max_examples=50)
@given(JSON)
def test_whatever_stands_in_a_file_is_answered_with_a_page(value: Any):
    assert upload(CLIENT, json.dumps(changed(item=value)).encode()).status_code in (200, 422)
