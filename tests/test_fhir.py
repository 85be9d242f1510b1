"""The clinic's computer understands it: the Questionnaire, the file with the answers, and the way back."""

import json
import random
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache, partial
from typing import Any

import fhirpathpy
import pytest
from fhir.resources.R4B.questionnaire import Questionnaire as R4Questionnaire
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse as R4Response
from fhirpathpy.models import models
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.answers import QUESTIONNAIRE, Sent, harmless_but, possible, scored, sent
from tests.conftest import ROOT, make_app, need
from tests.fhir import (
    APP,
    CONDITION,
    ENGLISH,
    Resource,
    answer_sets,
    changed,
    expected,
    expressions,
    filed,
    item,
    items,
    only_answers,
    upload,
)
from tests.house import HouseClient, by_id, parse, text_of
from tests.posting import A_PERSON_FOR, chosen_in, content_in, languages_of, post
from webapp.clinics import EXAMPLE
from webapp.earlier import taken_over
from webapp.fhir import CANONICAL, MOST_BYTES_FILED, SYSTEM, read_response, response_resource
from webapp.questionnaire import AnswersError, Assessment, ContentError, assess, problem_with
from webapp.upload import MOST_BYTES_UPLOADED

EXTRACT = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-observationExtract"
WEIGHT = "http://hl7.org/fhir/StructureDefinition/itemWeight"
TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"
ITEM_TYPES = {"group", "display", "choice", "integer"}
SECOND = ROOT / "tests" / "second" / "content.toml"

R4_STRING = re.compile(r"[ \r\n\t\S]+")
"""What R4 allows in a text; `\\s` is more than these spaces, in Python as in JavaScript."""

CLIENT = APP.test_client()


@cache
def questionnaire_file(address: str = "/questionnaire.json") -> Resource:
    response: Resource = json.loads(CLIENT.get(address).text)
    return response


def weight_of(element: Resource) -> int | None:
    return next((one["valueDecimal"] for one in element.get("extension", ()) if one["url"] == WEIGHT), None)


def codes(item: Resource) -> list[str]:
    """Return our ids of the answers, which the codes name behind the id of their item."""
    found = [answer["valueCoding"]["code"].split(".") for answer in item["answer"]]
    assert {link_id for link_id, _ in found} == {item["linkId"]}
    return [id for _, id in found]


def codings(node: Any) -> Iterator[Resource]:
    """Yield every coding of a resource that has one of our codes."""
    if isinstance(node, dict) and node.get("system") == SYSTEM:
        yield node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from codings(inner)


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


def test_the_version_is_comparable_as_every_release_of_the_sdc_profiles_wants_it():
    """Their constraint sdc-2, an error, names the extension in two ways."""
    urls = [
        one["url"] for one in questionnaire_file()["extension"] if one.get("valueCoding", {}).get("code") == "semver"
    ]
    assert sorted(urls) == [
        "http://hl7.org/fhir/5.0/StructureDefinition/extension-Questionnaire.versionAlgorithm[x]",
        "http://hl7.org/fhir/StructureDefinition/artifact-versionAlgorithm",
    ]


def test_every_question_has_its_number():
    numbers = [item(questionnaire_file(), id)["prefix"] for id in ENGLISH.questions]
    assert numbers == [f"{number}." for number in range(1, len(numbers) + 1)]


def test_sums_and_outcome_can_be_taken_over_as_observations():
    for id in (*ENGLISH.scores, "outcome"):
        own = item(questionnaire_file(), id)
        assert [one["code"] for one in own["code"]] == [id]
        assert {"url": EXTRACT, "valueBoolean": True} in own["extension"]


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
            assert coding["system"] == SYSTEM


@pytest.mark.parametrize("question", QUESTIONNAIRE.questions.values(), ids=lambda question: question.id)
def test_every_question_has_our_options_with_our_points(question: Any):
    found = item(questionnaire_file(), question.id)
    assert found["type"] == "choice"
    assert found["repeats"] == (question.kind == "several")
    options = {option["valueCoding"]["code"]: weight_of(option) for option in found["answerOption"]}
    assert options == {f"{question.id}.{option.id}": option.points for option in question.options.values()}
    assert {option["valueCoding"]["system"] for option in found["answerOption"]} == {SYSTEM}
    exclusive = [option["valueCoding"]["code"] for option in found["answerOption"] if "Exclusive" in json.dumps(option)]
    assert exclusive == ([f"{question.id}.none"] if question.kind == "several" else [])


def test_no_code_means_two_things():
    names: dict[str, set[str]] = {}
    for coding in codings(questionnaire_file()):
        names.setdefault(coding["code"], set()).add(coding["display"])
    assert {code: found for code, found in names.items() if len(found) > 1} == {}


@pytest.mark.parametrize("question", ENGLISH.questions.values(), ids=lambda question: question.id)
def test_every_program_shows_the_help_and_what_counts_as_each_answer(question: Any):
    """Smart Forms and Medplum show neither items of the kind `help` nor anything but a label beside an answer."""
    found = questionnaire_file()
    part = item(found, f"part-{question.part}")["item"]
    own = next(one for one in part if one["linkId"] == question.id)
    assert (question.help or "") in own["text"]
    before = [one["text"] for one in part[: part.index(own)] if one["linkId"].startswith(f"{question.id}.")]
    assert [words.partition(" – ")[::2] for words in before] == [
        (option.label, option.detail) for option in question.options.values() if option.detail
    ]
    assert not any(one.get("item") for one in part)


def test_sums_and_outcome_are_read_only():
    found = [one["linkId"] for one in items(questionnaire_file()) if one.get("readOnly")]
    assert found == [*QUESTIONNAIRE.scores, "outcome"] == list(expressions(questionnaire_file()))


def test_an_alarm_shows_whom_to_call_right_after_its_question():
    part = item(questionnaire_file(), "part-safety")["item"]
    for question in ENGLISH.parts["safety"].questions:
        at = next(number for number, one in enumerate(part) if one["linkId"] == question.id)
        for outcome in ENGLISH.called_in([question]):
            at += 1
            assert outcome.title in part[at]["text"]
            assert [one["answerCoding"]["code"] for one in part[at]["enableWhen"]] == [
                f"{question.id}.{option.id}" for option in question.options.values() if option.calls == outcome.id
            ]


def test_only_what_every_outcome_needs_is_required():
    assert [one["linkId"] for one in items(questionnaire_file()) if one.get("required")] == ["alarm_now"]


@pytest.mark.parametrize("lang", languages_of(APP))
def test_every_language_has_a_questionnaire_of_its_own_and_stands_in_the_common_one(lang: str):
    words = content_in(APP, lang)
    own, common = questionnaire_file(f"/{lang}/questionnaire.json"), questionnaire_file()
    assert own["language"] == lang
    assert TRANSLATION not in json.dumps(own)
    for file, text in ((own, lambda element, name: element[name]), (common, partial(in_language, lang))):
        assert text(file, "title") == spaced(words.title)
        for question in words.questions.values():
            found = item(file, question.id)
            assert text(found, "text").startswith(spaced(question.ask))
            shown = [text(option["valueCoding"], "display") for option in found["answerOption"]]
            assert shown == [spaced(option.label) for option in question.options.values()]


def spaced(text: str) -> str:
    """Return a text with ordinary spaces, the only ones that R4 allows."""
    return re.sub(r"\s", " ", text)


def in_language(lang: str, element: Resource, name: str) -> str:
    """Return a text of the common file in a language."""
    return translations(element, name)[lang] if lang != questionnaire_file()["language"] else str(element[name])


def strings(node: Any) -> Iterator[str]:
    """Yield every text of a resource."""
    if isinstance(node, str):
        yield node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from strings(inner)


@pytest.mark.parametrize("lang", languages_of(APP))
def test_every_text_is_one_that_r4_allows(client: HouseClient, lang: str):
    for file in (questionnaire_file(), questionnaire_file(f"/{lang}/questionnaire.json")):
        assert [text for text in strings(file) if not re.fullmatch(R4_STRING, text)] == []
    answers = post(client, harmless_but(), f"/{lang}/answers.json").json
    assert [text for text in strings(answers) if not re.fullmatch(R4_STRING, text)] == []


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
    with pytest.raises(ContentError, match="MAGNESIUM_CANONICAL"):
        make_app(CANONICAL=canonical)


# ── The file with the answers ────────────────────────────────────────────────────────────────────────────


@settings(max_examples=100)
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


@settings(max_examples=100)
@given(scored())
def test_the_file_of_scored_answers_is_valid_and_agrees_with_the_rules(answers: Sent):
    assessment = assess(ENGLISH, answers)
    assert assessment.is_scored
    check_file(filed(answers, assessment), answers, assessment)


def check_file(file: Resource, answers: Sent, assessment: Assessment) -> None:
    R4Response.model_validate(file)
    assert (file["status"], file["questionnaire"]) == ("completed", f"{CANONICAL}|{QUESTIONNAIRE.version}")
    assert not {"id", "subject", "source", "author", "encounter"} & file.keys()
    assert file["text"]["status"] == "generated"
    shown = text_of(parse(f"<!doctype html><title>Narrative</title>{file['text']['div']}"))
    for tick in (tick for answered in assessment.answered for tick in answered.ticks):
        assert spaced(tick.question.ask) in shown and spaced(tick.option.label) in shown
    for call in assessment.calls:
        assert spaced(call.outcome.title) in shown
    found = {one["linkId"]: one for one in items(file)}
    assert len(found) == len(list(items(file)))
    assert found.keys() <= {one["linkId"] for one in items(questionnaire_file())}
    counted = {
        question.id: set(answers[question.id])
        for question in ENGLISH.questions.values()
        if problem_with(question, answers.get(question.id, ())) is None
    }
    assert {id: set(codes(one)) for id, one in found.items() if id in ENGLISH.questions} == counted
    for id, one in found.items():
        asked = item(questionnaire_file("/en/questionnaire.json"), id)
        assert one["text"] == asked["text"]
        # Medplum shows an answer when its coding is an option's, whole.
        offered = [option["valueCoding"] for option in asked.get("answerOption", ())]
        assert all(answer["valueCoding"] in offered for answer in one.get("answer", ()) if offered)
    sums = {score: found[score]["answer"][0]["valueInteger"] for score in ENGLISH.scores if score in found}
    assert sums == {score: own.points for score, own in assessment.sums.items()}
    assert codes(found["outcome"]) == [assessment.outcome.id]


def test_the_same_answers_are_the_same_record_and_others_are_not():
    one, again, other = (filed(answers) for answers in (harmless_but(), harmless_but(), harmless_but(stress="often")))
    assert one == again
    assert one["identifier"] != other["identifier"]
    assert one["identifier"]["value"].startswith("urn:uuid:")


# ── The formulas ─────────────────────────────────────────────────────────────────────────────────────────

MODEL = models["r4"]


def coding(_input: object, system: list[str], code: list[str]) -> list[Resource]:
    """Compute `%factory.Coding()`, which fhirpathpy lacks."""
    return [{"system": system[0], "code": code[0]}]


WITH_FACTORY = {"userInvocationTable": {"Coding": {"fn": coding, "arity": {2: ["AnyAtRoot", "AnyAtRoot"]}}}}


@cache
def compiled(expression: str) -> Any:
    return fhirpathpy.compile(expression, MODEL, WITH_FACTORY)


def calculate(file: Resource, questionnaire: Resource | None = None) -> dict[str, list[Any]]:
    """Let fhirpathpy compute in one pass what the Questionnaire says, from nothing but the answers of a file."""
    answers = only_answers(file)
    found = {}
    for id, expression in expressions(questionnaire or questionnaire_file()).items():
        values = compiled(expression)(answers, {"resource": answers, "factory": {}})
        found[id] = [value["code"] if isinstance(value, dict) else int(value) for value in values]
    return found


def calculate_in_javascript(
    files: list[Resource], formulas: Mapping[str, str] | None = None
) -> list[dict[str, list[Any]]]:
    """The same by fhirpath.js, for many files."""
    engine = need(ROOT / "node_modules" / "fhirpath", "fhirpath.js", "npm install")
    node = need(shutil.which("node"), "Node.js", "apt-get install nodejs")
    responses = [only_answers(file) for file in files]
    given = {"expressions": formulas or expressions(questionnaire_file()), "responses": responses}
    script = ROOT / "tests" / "fhirpath.cjs"
    run = subprocess.run([node, script, engine], input=json.dumps(given).encode(), capture_output=True, check=True)
    found: list[dict[str, list[Any]]] = json.loads(run.stdout)
    return found


NOTHING: Mapping[str, list[Any]] = {id: [] for id in (*ENGLISH.scores, "outcome")}


def answers_of(number: int, *, calm: bool) -> list[Sent]:
    return answer_sets(ENGLISH, number, calm=calm)


def test_two_fhirpath_engines_compute_our_sums_and_our_outcome_from_the_answers():
    sets = [*answers_of(100, calm=True), *answers_of(100, calm=False), *A_PERSON_FOR.values()]
    right = [expected(ENGLISH, assess(ENGLISH, answers)) for answers in sets]
    assert calculate_in_javascript([filed(answers) for answers in sets]) == right
    assert [calculate(filed(answers)) for answers in sets[-3:]] == right[-3:]


def test_without_any_one_answer_the_formulas_say_what_the_rules_say_or_nothing():
    cases = [
        (answers, missing) for answers in (*answers_of(6, calm=True), *A_PERSON_FOR.values()) for missing in answers
    ]
    files = [filed(answers) for answers, _ in cases]
    for file, (_, missing) in zip(files, cases, strict=True):
        for part in only_answers(file)["item"]:
            part["item"] = [one for one in part["item"] if one["linkId"] != missing]
    right = []
    for answers, missing in cases:
        try:
            right.append(expected(ENGLISH, assess(ENGLISH, answers | {missing: ()})))
        except AnswersError:
            right.append(dict(NOTHING))
    assert calculate_in_javascript(files) == right
    assert [calculate(file) for file in files[::120]] == right[::120]


def test_a_sum_needs_nothing_but_the_answers():
    for id, expression in expressions(questionnaire_file()).items():
        needed = {"%resource"} if id in ENGLISH.scores else {"%resource", "%factory", "%questionnaire"}
        assert set(re.findall(r"%\w+", expression)) == needed
        assert "weight()" not in expression
        # Every answer stands in the group of a part; beside the groups stand the sums, which may be missing or old.
        assert expression.count("%resource") == expression.count("%resource.item.item")


def test_a_sum_that_is_no_longer_true_is_not_there():
    """Medplum keeps what a formula gave before it gave nothing, and takes away what the condition takes away."""
    conditions = expressions(questionnaire_file(), CONDITION)
    assert list(conditions) == [*ENGLISH.scores, "outcome"]
    scored, calling, open_ = filed(harmless_but()), filed(A_PERSON_FOR["pregnant"]), filed(harmless_but())
    item(open_, "part-you")["item"].pop()
    for score in ENGLISH.scores:
        condition = compiled(conditions[score])
        found = [condition(only_answers(one), {"resource": only_answers(one)}) for one in (scored, calling, open_)]
        assert found == [[True], [False], [False]]


def test_the_outcome_is_there_unless_a_number_can_be_divided_by_zero_as_in_medplum():
    condition = expressions(questionnaire_file(), CONDITION)["outcome"]
    assert compiled(condition)({}, {"resource": {}}) == [True]
    assert calculate_in_javascript([filed(harmless_but())], {"outcome": condition}) == [{"outcome": [True]}]


def test_a_fhirpath_engine_computes_no_sums_from_a_contradiction():
    for answers in (harmless_but(conditions="crohn"), harmless_but(fatigue="often")):
        file = filed(harmless_but())
        changed = next(id for id in answers if answers[id] != harmless_but()[id])
        item(file, changed)["answer"] += item(filed(answers), changed)["answer"]
        assert calculate(file) == NOTHING


def test_a_fhirpath_engine_computes_nothing_from_an_answer_that_we_do_not_have():
    for answer in ({"valueCoding": {"system": SYSTEM, "code": "stress.daily"}}, {"valueString": "every day"}):
        file = filed(harmless_but())
        item(file, "stress")["answer"] = [answer]
        assert calculate(file) == NOTHING


def test_an_alarm_beside_none_of_these_is_still_an_alarm_to_a_fhirpath_engine():
    file = filed(harmless_but())
    item(file, "alarm_now")["answer"] += item(filed({"alarm_now": ("seizure",)}), "alarm_now")["answer"]
    assert calculate(file) == NOTHING | {"outcome": ["outcome.emergency"]}


def test_another_questionnaire_is_computed_as_well():
    app = make_app(CONTENT=SECOND)
    second = content_in(app)
    file = app.test_client().get("/en/questionnaire.json").json
    R4Questionnaire.model_validate(file)
    assert file["name"] == "".join(word.capitalize() for word in second.title.split())
    chance = random.Random(1)
    for _ in range(3):
        answers = {id: (chance.choice(list(question.options)),) for id, question in second.questions.items()}
        assessment = assess(second, answers)
        filled_in = response_resource(
            second, assessment, canonical=CANONICAL, language="en", authored=date(2026, 11, 22)
        )
        assert calculate(filled_in, file) == expected(second, assessment)
        assert read_response(second, {CANONICAL}, json.dumps(filled_in).encode()).answers == answers


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
    assert item(file, "stress")["text"] == spaced(content_in(APP, lang).questions["stress"].ask)


def test_without_all_answers_there_is_no_file_but_a_list_of_what_is_missing(client: HouseClient):
    response = post(client, {"age": ("18_64",)}, "/en/answers.json")
    assert response.status_code == 422
    assert "q-stress" in response.text


def test_an_alarm_gives_a_file_without_sums_and_with_what_was_answered(client: HouseClient):
    file = post(client, {"alarm_now": ("collapse",), "age": ("18_64", "65_plus")}, "/en/answers.json").json
    assert [one["linkId"] for one in items(file)] == ["part-safety", "alarm_now", "outcome"]
    assert codes(item(file, "outcome")) == ["emergency"]


def test_the_address_of_the_file_alone_says_that_nothing_was_kept(client: HouseClient):
    assert client.get("/en/answers.json").status_code == 404


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
    kept = taken_over(QUESTIONNAIRE, answers)
    assert {id: set(options) for id, options in again.items()} == {id: set(o) for id, o in kept.items()}
    assert post(CLIENT, {**answers, **again}, "/en/answers.json").data == first.data


@pytest.mark.parametrize("mount", ["at", "embed"])
def test_a_clinics_own_check_opens_and_saves_files_as_well(client: HouseClient, mount: str):
    address = f"/en/{mount}/{EXAMPLE.id}/"
    file = post(client, harmless_but(), f"{address}answers.json").data
    assert chosen_in(parse(upload(client, file, to=address).text)) == taken_over(QUESTIONNAIRE, harmless_but())


def test_the_answers_of_a_file_replace_all_others(client: HouseClient):
    file = json.dumps(changed(item=[item(filed(harmless_but(stress="often")), "stress")])).encode()
    page = parse(upload(client, file, harmless_but()).text)
    assert chosen_in(page) == {"stress": ("often",)}


def test_an_alarm_in_a_file_is_shown_at_once(client: HouseClient):
    page = parse(upload(client, json.dumps(filed({"alarm_now": ("collapse",)})).encode()).text)
    assert ENGLISH.outcomes["emergency"].title in text_of(by_id(page, "file"))


OTHER_VERSION = "0.9.0"


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
    # "None of these" beside an illness that we do not have cannot stand: the question is open again.
    still_there = taken_over(QUESTIONNAIRE, harmless_but())
    assert kept == {id: o for id, o in still_there.items() if id not in ("stress", "food", "conditions")}


def test_a_file_without_a_version_says_so(client: HouseClient):
    page = parse(upload(client, json.dumps(changed(questionnaire=CANONICAL)).encode()).text)
    assert chosen_in(page) == taken_over(QUESTIONNAIRE, harmless_but())
    assert "version" in text_of(by_id(page, "file"))


def test_a_file_without_groups_is_read_as_well():
    file = filed(harmless_but())
    flat = [one for part in file["item"] for one in part.get("item", [part])]
    read = read_response(ENGLISH, {CANONICAL}, json.dumps(file | {"item": flat}).encode())
    assert read.answers == harmless_but()
    assert not read.misfits


def test_sums_and_outcome_of_a_file_are_never_taken_over(client: HouseClient):
    file = filed(harmless_but())
    item(file, "causes")["answer"] = [{"valueInteger": 21}]
    item(file, "outcome")["answer"][0]["valueCoding"]["code"] = "outcome.raised"
    again = chosen_in(parse(upload(client, json.dumps(file).encode()).text))
    assert codes(item(post(client, harmless_but() | again, "/en/answers.json").json, "outcome")) == ["few"]


def one_answer(link_id: str, **answer: Any) -> Resource:
    """Return a file with one answer, and nothing in it as it should be."""
    return changed(item=[{"linkId": link_id, "answer": [answer]}])


def foreign(**changes: Any) -> bytes:
    """Return a file with our ids and codes of somebody else."""
    return json.dumps(changed(**changes)).replace(SYSTEM, "https://example.org/codes").encode()


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
    "another questionnaire": foreign(questionnaire="https://example.org/q|1"),
    "no questionnaire": foreign(questionnaire=None),
    "a questionnaire that is a list": foreign(questionnaire=[]),
    "no items": json.dumps(changed(item=[])).encode(),
    "items that are none": json.dumps(changed(item=[1, None, "a", [], {"linkId": []}])).encode(),
    "an item that is a text": json.dumps(changed(item="age")).encode(),
    "an id that is a list": json.dumps(one_answer("x") | {"item": [{"linkId": ["age"], "answer": [{}]}]}).encode(),
    "an answer without a value": json.dumps(one_answer("age")).encode(),
    "an answer in words of others": json.dumps(one_answer("age", valueString="forty")).encode(),
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
