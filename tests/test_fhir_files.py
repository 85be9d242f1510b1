"""A file is judged as the form is, whatever program wrote it: no alarm sign is lost, nothing is dropped unsaid."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings

from tests.answers import Sent, harmless_but, sent
from tests.conftest import make_app
from tests.fhir import ENGLISH, Resource, changed, filed, item, items, multipart, only_answers, upload
from tests.house import HouseClient, by_id, parse, text_of
from tests.posting import chosen_in, post, taken_over
from webapp.fhir import CANONICAL, MOST_BYTES_FILED, SYSTEM, Filed, FileError, FileProblem, read_response
from webapp.questionnaire import problem_with
from webapp.questionnaire.model import NONE, Question

ALARM = "alarm_now"
CHUNK = 64 * 1024
EMERGENCY = ENGLISH.outcomes["emergency"]


def read(resource: Resource) -> Any:
    return read_response(ENGLISH, {CANONICAL}, json.dumps(resource).encode())


def open_in(found: Filed) -> list[Question]:
    """Return the questions without an answer that can be counted."""
    return [one for id, one in ENGLISH.questions.items() if problem_with(one, found.answers.get(id, ()))]


def refusal(resource: object, canonicals: tuple[str, ...] = (CANONICAL,)) -> FileProblem:
    """Return why a file is refused; fails when it is not."""
    with pytest.raises(FileError) as error:
        read_response(ENGLISH, canonicals, resource if isinstance(resource, bytes) else json.dumps(resource).encode())
    return error.value.problem


def answer(id: str, option: str) -> Resource:
    return {"valueCoding": {"system": SYSTEM, "code": f"{id}.{option}"}}


def given_as(id: str, *options: str) -> list[Resource]:
    """Return an item with these answers, whether they go together or not."""
    return [{"linkId": id, "answer": [answer(id, option) for option in options]}]


def shown(client: HouseClient, resource: Resource) -> tuple[Sent, str]:
    """Return what is filled in after an upload, and what is said about the file."""
    response = upload(client, json.dumps(resource).encode())
    assert response.status_code == 200
    page = parse(response.text)
    return chosen_in(page), text_of(by_id(page, "file"))


# ── Contradictions ───────────────────────────────────────────────────────────────────────────────────────

CLASHING: Mapping[str, list[Resource]] = {
    "in one item": given_as(ALARM, NONE, "seizure"),
    "in several items": [one for option in (NONE, "seizure", NONE) for one in given_as(ALARM, option)],
    "first the sign": given_as(ALARM, "seizure", NONE),
}


@pytest.mark.parametrize("clashing", CLASHING.values(), ids=CLASHING)
@pytest.mark.parametrize("is_alone", [True, False])
def test_a_sign_beside_none_of_these_stays_ticked_and_calls(
    client: HouseClient, clashing: list[Resource], is_alone: bool
):
    others = [] if is_alone else [one for one in items(filed(harmless_but())) if one["linkId"] != ALARM]
    chosen, said = shown(client, changed(item=[*clashing, *(one for one in others if "answer" in one)]))
    # The first part is always asked again; a sign of then is told with what it calls for.
    assert ALARM not in chosen
    assert EMERGENCY.title in said and ENGLISH.questions[ALARM].options["seizure"].label in said
    posted = text_of(parse(post(client, {ALARM: (NONE, "seizure")}).text))
    assert EMERGENCY.title in posted


@settings(max_examples=150)
@given(sent())
def test_any_answers_of_a_file_are_judged_as_those_of_a_form(answers: Sent):
    known = {id: [one for one in options if one in ENGLISH.questions[id].options] for id, options in answers.items()}
    file = changed(item=[one for id, options in answers.items() for one in given_as(id, *options)])
    if not any(known.values()):
        assert refusal(file) in (FileProblem.NOTHING_FITS, FileProblem.NO_QUESTIONNAIRE)
        return
    try:
        found = read(file)
    except FileError as error:
        assert error.problem is FileProblem.NOTHING_FITS
        found = None
    for id, question in ENGLISH.questions.items():
        kept = found.answers.get(id, ()) if found else ()
        alarms = {one for one in known.get(id, ()) if (call := question.options[one].calls) and call in ALARMS}
        assert alarms <= set(kept)
        problem = problem_with(question, answers.get(id, ()))
        if problem is None:
            assert set(kept) == set(answers[id])
        elif found and answers.get(id):
            assert question in [misfit.question for misfit in found.misfits]
            assert question in open_in(found) or set(answers[id]) > set(kept)


ALARMS = {outcome.id for outcome in ENGLISH.outcomes.values() if outcome.is_alarm}


def test_two_answers_to_a_question_that_takes_one_leave_it_open_and_say_so(client: HouseClient):
    file = changed(item=[one for option in ("never", "often", "sometimes") for one in given_as("fatigue", option)])
    file["item"] += given_as("stress", "often")
    chosen, said = shown(client, file)
    assert chosen == {"stress": ("often",)}
    assert ENGLISH.questions["fatigue"].ask in said
    assert ENGLISH.questions["fatigue"] in open_in(read(file))


def test_a_sign_that_we_do_not_have_is_said_and_none_of_these_does_not_hide_it(client: HouseClient):
    file = filed(harmless_but())
    item(file, ALARM)["answer"] = [
        answer(ALARM, NONE),
        {"valueCoding": {"system": SYSTEM, "code": "alarm_now.new", "display": "A new sign"}},
    ]
    chosen, said = shown(client, file)
    assert ALARM not in chosen
    assert "A new sign" in said


def test_a_clash_counts_as_an_open_question(client: HouseClient):
    file = filed(harmless_but())
    item(file, "conditions")["answer"] += [answer("conditions", "crohn")]
    assert open_in(read(file)) == [ENGLISH.questions["conditions"]]
    assert set(read(file).answers["conditions"]) == {NONE, "crohn"}


def test_a_name_that_stands_twice_is_refused_since_one_of_them_would_be_dropped():
    text = json.dumps(filed({ALARM: ("seizure",)}))
    twice = text.replace('"linkId": "alarm_now"', '"linkId": "alarm_now", "linkId": "stress"')
    assert twice != text
    assert refusal(twice.encode()) is FileProblem.UNREADABLE


# ── What must not be read, and what is said ──────────────────────────────────────────────────────────────


def test_what_was_entered_in_error_is_refused():
    assert refusal(changed(status="entered-in-error")) is FileProblem.RETRACTED


@pytest.mark.parametrize("status", ["in-progress", "stopped"])
def test_what_was_not_finished_is_said(client: HouseClient, status: str):
    unfinished, finished = (shown(client, changed(status=status))[1] for status in (status, "completed"))
    assert len(unfinished) > len(finished)
    assert read(changed(status=status)).is_unfinished


@pytest.mark.parametrize("status", ["completed", "amended"])
def test_what_was_finished_is_not_said_to_be_unfinished(status: str):
    assert not read(changed(status=status)).is_unfinished


MODIFIER = {"modifierExtension": [{"url": "https://example.org/negated", "valueBoolean": True}]}


@pytest.mark.parametrize("place", ["response", "item", "answer"])
def test_what_changes_the_meaning_in_a_way_that_we_do_not_know_is_refused(place: str):
    file = filed(harmless_but())
    own = item(file, "stress")
    {"response": file, "item": own, "answer": own["answer"][0]}[place].update(MODIFIER)
    assert refusal(file) is FileProblem.CHANGED_MEANING
    assert refusal(changed(implicitRules="https://example.org/rules")) is FileProblem.CHANGED_MEANING


@pytest.mark.parametrize(
    "file", [b"<QuestionnaireResponse/>", b'\xef\xbb\xbf<?xml version="1.0"?><Bundle/>', b"\n <a/>"]
)
def test_xml_is_called_xml(file: bytes):
    assert refusal(file) is FileProblem.XML


def test_every_reason_has_words_of_its_own(client: HouseClient):
    files = {
        FileProblem.UNREADABLE: b"{",
        FileProblem.XML: b"<a/>",
        FileProblem.TOO_LARGE: b" " * (MOST_BYTES_FILED + 1),
        FileProblem.RETRACTED: json.dumps(changed(status="entered-in-error")).encode(),
        FileProblem.CHANGED_MEANING: json.dumps(changed(implicitRules="a")).encode(),
        FileProblem.SEVERAL: json.dumps(bundle(changed(), changed())).encode(),
        FileProblem.NO_QUESTIONNAIRE: json.dumps(changed(questionnaire=None, item=[])).encode(),
        FileProblem.OTHER_QUESTIONNAIRE: json.dumps(changed(questionnaire="https://example.org/q", item=[])).encode(),
        FileProblem.NOTHING_FITS: json.dumps(changed(item=[])).encode(),
    }
    pages = {problem: upload(client, file) for problem, file in files.items()}
    said = {problem: text_of(by_id(parse(page.text), "file-error")) for problem, page in pages.items()}
    posted = client.post("/en/", data=b"{}", content_type="application/fhir+json")
    assert posted.status_code == 415
    said[FileProblem.NOT_IN_THE_FORM] = text_of(by_id(parse(posted.text), "file-error"))
    said[FileProblem.NO_FILE] = text_of(by_id(parse(upload(client, b"", name="").text), "file-error"))
    assert {page.status_code for page in pages.values()} == {422}
    assert len(set(said.values())) == len(FileProblem)


# ── What other programs write ────────────────────────────────────────────────────────────────────────────


def bundle(*resources: Resource, type: str = "searchset") -> Resource:
    entries = [{"resource": {"resourceType": "Patient", "id": "a"}}, *({"resource": one} for one in resources)]
    return {"resourceType": "Bundle", "type": type, "entry": entries}


@pytest.mark.parametrize("type", ["transaction", "searchset", "collection", "document", "batch", "message"])
def test_one_filled_in_check_in_a_bundle_is_taken(type: str):
    assert read(bundle(changed(), type=type)).answers == harmless_but()
    assert read(bundle(changed(), foreign(changed()), type=type)).answers == harmless_but()


def test_one_filled_in_check_in_parameters_is_taken():
    parameters = [{"name": "subject", "valueString": "a"}, {"name": "return", "resource": changed()}]
    assert read({"resourceType": "Parameters", "parameter": parameters}).answers == harmless_but()


def test_two_filled_in_checks_in_one_file_are_refused_since_they_may_be_of_two_people():
    assert refusal(bundle(changed(), filed({ALARM: ("seizure",)}))) is FileProblem.SEVERAL


def foreign(resource: Resource) -> Resource:
    """Return a response to a questionnaire of others that happens to use our ids and codes."""
    found: Resource = json.loads(json.dumps(resource).replace(SYSTEM, "https://example.org/codes"))
    return found | {"questionnaire": "https://example.org/questionnaire|1"}


ADDRESSES: Mapping[str, object] = {
    "missing": None,
    "relative": "Questionnaire/magnesium-check",
    "where it was found": "http://127.0.0.1:8000/en/questionnaire.json",
    "of a server, with a version": "https://fhir.example.org/r4/Questionnaire/17|2.0.0",
    "of a site of its own": "https://check.example.nl/questionnaire.json|2.0.0",
    "with http for https": CANONICAL.replace("https", "http"),
    "a reference of STU3": {"reference": "Questionnaire/17"},
    "a list": ["a"],
}


@pytest.mark.parametrize("address", ADDRESSES.values(), ids=ADDRESSES)
def test_a_file_is_known_by_its_codes_where_its_address_is_another_one(address: object):
    found = read(changed(questionnaire=address))
    assert (found.answers, found.misfits) == (harmless_but(), ())
    assert refusal(foreign(changed()) | {"questionnaire": address}) in (
        FileProblem.NO_QUESTIONNAIRE,
        FileProblem.OTHER_QUESTIONNAIRE,
    )


def test_a_questionnaire_that_the_file_contains_is_known_by_its_address():
    contained = [{"resourceType": "Questionnaire", "id": "q", "url": CANONICAL, "version": "9.9.9"}]
    assert read(changed(questionnaire="#q", contained=contained)).version == "9.9.9"


def test_a_questionnaire_that_is_derived_from_ours_is_known_by_the_codes():
    contained = [{"resourceType": "Questionnaire", "id": "q", "url": "https://a.example", "derivedFrom": [CANONICAL]}]
    assert read(changed(questionnaire="#q", contained=contained)).answers == harmless_but()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_file_in_any_encoding_of_json_is_read(encoding: str):
    file = json.dumps(changed(), ensure_ascii=False).encode(encoding)
    assert read_response(ENGLISH, {CANONICAL}, file).answers == harmless_but()


def test_a_question_in_a_group_or_in_an_answer_of_others_is_read_in_any_order():
    [first, *others] = [one for one in items(changed()) if "answer" in one]
    inside = {"linkId": "group", "item": [{"linkId": "age_group", "answer": [{"valueString": "x", "item": [first]}]}]}
    assert read(changed(item=[*reversed(others), inside])).answers == harmless_but()


def test_a_file_that_names_no_questionnaire_is_not_said_to_belong_to_another_one():
    assert refusal(foreign(changed()) | {"questionnaire": None}) is FileProblem.NO_QUESTIONNAIRE
    assert refusal(foreign(changed())) is FileProblem.OTHER_QUESTIONNAIRE


def rewritten(change: Any) -> Resource:
    """Return a file in which each answer is what a function makes of its coding."""
    file = filed(harmless_but(conditions=("crohn", "dairy"), trembling="often"))
    for one in items(only_answers(file)):
        if "answer" in one:
            one["answer"] = [change(answer["valueCoding"]) for answer in one["answer"]]
    return file


WORDS: Mapping[str, Any] = {
    "a code without a system": lambda coding: {"valueCoding": {"code": coding["code"]}},
    "the code of version 1": lambda coding: {
        "valueCoding": {"system": CANONICAL, "code": coding["code"].partition(".")[2]}
    },
    "a display alone": lambda coding: {"valueCoding": {"display": coding["display"]}},
    "a display in capitals": lambda coding: {"valueCoding": {"display": coding["display"].upper() + " "}},
    "a text": lambda coding: {"valueString": coding["display"]},
    "a code as a text": lambda coding: {"valueString": coding["code"]},
    "a concept": lambda coding: {"valueCodeableConcept": {"coding": [coding]}},
    "points and nulls beside it": lambda coding: {"valueCoding": coding, "valueString": None, "item": None},
}


@pytest.mark.parametrize("change", WORDS.values(), ids=WORDS)
def test_an_answer_in_other_words_is_taken_where_it_can_mean_one_thing_only(change: Any):
    found = read(rewritten(change))
    assert found.answers == harmless_but(conditions=("crohn", "dairy"), trembling="often")
    assert not found.misfits


def test_an_answer_without_anything_in_it_is_no_answer():
    file = changed()
    item(file, "stress")["answer"] += [{}, {"valueCoding": None}, {"item": []}]
    assert read(file).answers == harmless_but()


def test_a_file_that_others_have_blown_up_is_taken_up_to_a_mebibyte():
    translated = [{"url": "content", "valueString": "words " * 20} for _ in range(8)]
    long = json.dumps(
        rewritten(lambda coding: {"valueCoding": coding | {"_display": {"extension": translated}}}), indent=8
    )
    padded = long.encode() + b" " * (MOST_BYTES_FILED - len(long.encode()))
    assert len(padded) == MOST_BYTES_FILED >= 1024 * 1024
    assert read_response(ENGLISH, {CANONICAL}, padded).answers["trembling"] == ("often",)


def test_no_answer_is_lost_whatever_the_size_of_the_file(client: HouseClient):
    """werkzeug reads 64 KiB at once; when they end in the closing boundary, it leaves a carriage return behind."""
    answers = {"stress": ("often",)}
    around = CHUNK - len(multipart(b"", answers, "check.json"))
    for size in range(around - 4, around + len("\r\n--boundary--\r\n") + 4):
        assert chosen_in(parse(upload(client, b"x" * size, answers).text)) == answers


def test_a_site_of_its_own_and_one_without_read_each_others_files():
    own = "https://check.example.nl/questionnaire.json"
    one, other = make_app(CANONICAL=own).test_client(), make_app().test_client()
    for wrote, reads in ((one, other), (other, one)):
        file = post(wrote, harmless_but(), "/en/answers.json").data
        assert chosen_in(parse(upload(reads, file).text)) == taken_over(harmless_but())
