"""The rules page, the sheet for reviewers, the table and the file say what the engine does: nothing is typed twice."""

import csv
import hashlib
import re
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.answers import QUESTIONNAIRE, harmless
from tests.conftest import ROOT, make_app
from tests.house import Element, HouseClient, by_id, parse, text_of
from tests.posting import content_in, post
from webapp.i18n import Language
from webapp.questionnaire import CONTENT, Questionnaire, load, texts
from webapp.questionnaire.model import Option, Part, Question
from webapp.questionnaire.ways import count_ways

ANOTHER = ROOT / "tests" / "second" / "content.toml"


class Shown(NamedTuple):
    """A questionnaire as readers of English meet it, and what is drawn from it."""

    file: Path
    client: HouseClient
    language: Language
    questionnaire: Questionnaire
    rules: Element
    sheet: Element
    table: list[dict[str, str]]

    @property
    def capped(self) -> list[Part | Question]:
        questionnaire = self.questionnaire
        every = (*questionnaire.parts.values(), *questionnaire.questions.values())
        return [one for one in every if one.at_most is not None]

    @property
    def options(self) -> Iterator[tuple[Question, Option]]:
        for question in self.questionnaire.questions.values():
            for option in question.options.values():
                yield question, option


def changed(folder: Path) -> Path:
    """Copy the shipped file with another weight, caps, reasons, sources, signs and outcomes."""
    text = CONTENT.read_text(encoding="utf-8")
    uncapped = (
        (question, option)
        for part in QUESTIONNAIRE.parts.values()
        for question in part.questions
        for option in question.options.values()
        if option.points and part.at_most is None and question.at_most is None
    )
    _, heavier = next(uncapped)
    lines = text.splitlines()
    at = next(number for number, line in enumerate(lines) if f'reason = "{heavier.reason}"' in line)
    at = next(number for number in range(at, 0, -1) if "points = " in lines[number])
    lines[at] = re.sub(r"points = \d+", f"points = {heavier.points + 3}", lines[at])
    text = re.sub(r"(?m)^at_most = (\d+)", lambda found: f"at_most = {int(found[1]) + 4}", "\n".join(lines))
    said = [outcome.title for outcome in QUESTIONNAIRE.outcomes.values()]
    said += [source.title for source in QUESTIONNAIRE.sources.values()]
    for question in QUESTIONNAIRE.questions.values():
        said += [option.detail for option in question.options.values() if option.detail]
        said += [option.reason for option in question.options.values() if option.reason]
    for words in set(said):
        text = text.replace(f'"{words}"', f'"{words} Changed."')
    copy = folder / "content.toml"
    copy.write_text(text, encoding="utf-8")
    return copy


@pytest.fixture(scope="module", params=["as shipped", "changed", "another questionnaire"])
def shown(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Shown:
    files = {"as shipped": lambda: CONTENT, "another questionnaire": lambda: ANOTHER}
    file = files.get(request.param, lambda: changed(tmp_path_factory.mktemp("changed")))()
    app = make_app(CONTENT=file)
    client = app.test_client()
    return Shown(
        file=file,
        client=client,
        language=app.extensions["editions"].languages["en"],
        questionnaire=content_in(app),
        rules=parse(client.get("/en/rules").text),
        sheet=parse(client.get("/en/rules/review").text),
        table=list(csv.DictReader(StringIO(client.get("/en/rules.csv").text.removeprefix("\ufeff")))),
    )


def with_class(page: Element, name: str, tag: str = "*") -> list[Element]:
    return [one for one in page.iter() if name in (one.get("class") or "").split() and tag in ("*", one.tag)]


def rows_on_page(shown: Shown, question: Question) -> list[Element]:
    (answers,) = with_class(by_id(shown.rules, f"rule-{question.id}"), "choices")
    return answers.findall("li")


def rows_on_sheet(shown: Shown, question: Question) -> list[Element]:
    rows = by_id(shown.sheet, f"rule-{question.id}").findall("tr")
    return rows[2 if question.at_most is not None else 1 :]


def weight(shown: Shown, question: Question, option: Option) -> str:
    if option.calls:
        return shown.questionnaire.outcomes[option.calls].name
    if option.stands_for:
        return str(question.options[option.stands_for].points)
    return shown.language.points(option.points) if question.score else ""


def test_every_question_stands_on_page_and_sheet_with_why_it_is_asked_and_where_it_comes_from(shown: Shown):
    for question in shown.questionnaire.questions.values():
        for page in (shown.rules, shown.sheet):
            rule = text_of(by_id(page, f"rule-{question.id}"))
            for words in (question.ask, question.help, question.why, shown.questionnaire.origins[question.origin]):
                assert (words or "") in rule


@pytest.mark.parametrize("rows_of", [rows_on_page, rows_on_sheet])
def test_every_answer_stands_there_with_its_weight_reason_source_and_warnings(shown: Shown, rows_of):
    for question in shown.questionnaire.questions.values():
        for option, row in zip(question.options.values(), rows_of(shown, question), strict=True):
            words = text_of(row)
            assert option.label in words and (option.detail or "") in words
            assert weight(shown, question, option) in words
            if option.points:
                assert option.reason in words and option.source.title in words
                links = [link.get("href") for link in row.iter("a")]
                assert not option.source.url or option.source.url in links
            for notice in option.notices:
                assert shown.questionnaire.notices[notice].title in words


@pytest.mark.parametrize("which", ["rules", "sheet"])
def test_every_cap_stands_there_with_its_reason(shown: Shown, which: str):
    caps = [text_of(cap) for cap in with_class(getattr(shown, which), "cap")]
    assert len(caps) == len(shown.capped)
    for capped in shown.capped:
        (cap,) = (cap for cap in caps if cap.endswith(capped.at_most_reason) and str(capped.at_most) in cap)
        caps.remove(cap)


def test_every_outcome_stands_on_the_page_with_the_answers_that_call_for_it(shown: Shown):
    (outcomes,) = with_class(shown.rules, "outcomes")
    for outcome, item in zip(shown.questionnaire.outcomes.values(), outcomes.findall("li"), strict=True):
        words = text_of(item)
        for said in (outcome.name, outcome.title, outcome.finding, outcome.when):
            assert said in words
        for question, option in shown.options:
            if option.calls == outcome.id:
                assert question.ask in words and option.label in words


def test_the_sheet_holds_whatever_a_reader_of_the_check_is_asked_or_told(shown: Shown):
    told = shown.questionnaire
    passages = (told.pills, told.yourself, told.tell, told.sooner, told.limits)
    words = text_of(shown.sheet)
    for text in texts((told.parts, told.scores, told.outcomes, told.notices, passages)):
        assert text in words, text.place


def test_the_sheet_leaves_room_to_agree_to_change_and_to_remark_on_every_row(shown: Shown):
    rows = [row for table in with_class(shown.sheet, "review") for row in table.iter("tr")]
    assert len(rows) > len(list(shown.options))
    for row in rows:
        assert len(with_class(row, "mark")) == 3


def test_the_sheet_asks_for_a_role_and_a_date_and_says_to_which_version_it_belongs(shown: Shown):
    (by_hand,) = with_class(shown.sheet, "by-hand")
    assert len(by_hand.findall("span")) == 2
    assert shown.questionnaire.checksum in text_of(shown.sheet)
    for table in with_class(shown.sheet, "review"):
        assert shown.questionnaire.version in text_of(next(table.iter("thead")))


def test_the_sheet_is_found_from_the_rules_and_in_the_guide_for_contributors(shown: Shown):
    assert "/en/rules/review" in [link.get("href") for link in shown.rules.iter("a")]
    assert "/en/rules/review" in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_levels_warnings_limits_both_looks_and_sources_stand_on_the_page(shown: Shown):
    told, page = shown.questionnaire, text_of(shown.rules)
    assert told.checksum in page and told.version in page
    for text in texts((told.scores, told.notices, told.limits, told.performance)):
        assert text in page, text.place
    for source in told.sources.values():
        assert source.title in page


def test_the_ways_to_answer_are_those_of_the_proof_and_never_told_as_shares(shown: Shown):
    ways = count_ways(shown.questionnaire)
    assert f"{ways.total:,}" in text_of(shown.rules)
    names, numbers = ([text_of(one) for one in shown.rules.iter(tag)] for tag in ("dt", "dd"))
    counted = dict(zip(names, numbers, strict=True))
    for outcome, count in ways.by_outcome.items():
        told = counted[shown.questionnaire.outcomes[outcome].name]
        assert re.match(rf"{count:,} way", told) and "%" not in told


def test_the_file_that_is_handed_out_is_the_one_that_decides(shown: Shown):
    content = shown.client.get("/content.toml").data
    assert content == shown.file.read_bytes()
    assert hashlib.sha256(content).hexdigest() == shown.questionnaire.checksum


def test_the_table_has_a_row_for_every_answer_with_all_that_is_known_of_it(shown: Shown):
    parts = shown.questionnaire.parts
    for (question, option), row in zip(shown.options, shown.table, strict=True):
        source = option.source if option.points else None
        expected: Mapping[str, object] = {
            "part": question.part,
            "part_at_most": parts[question.part].at_most,
            "question": question.id,
            "asked": question.ask,
            "at_most": question.at_most,
            "option": option.id,
            "answer": option.label,
            "detail": option.detail,
            "score": question.score,
            "points": option.points,
            "stands_for": option.stands_for,
            "calls": option.calls,
            "notices": " ".join(option.notices),
            "reason": option.reason,
            "source": source.title if source else None,
            "link": source.url if source else None,
        }
        assert row == {column: "" if value is None else str(value) for column, value in expected.items()}


def test_the_changed_copy_differs_in_all_that_it_is_meant_to_show(tmp_path: Path):
    before, after = load(), load(changed(tmp_path))
    for question, question_after in zip(before.questions.values(), after.questions.values(), strict=True):
        assert question.at_most is None or question.at_most < question_after.at_most
    points_before, points_after = (
        [option.points for question in one.questions.values() for option in question.options.values()]
        for one in (before, after)
    )
    assert points_before != points_after
    assert not {source.title for source in before.sources.values()} & {one.title for one in after.sources.values()}
    assert not {outcome.title for outcome in before.outcomes.values()} & {one.title for one in after.outcomes.values()}


def test_every_answer_that_counted_links_to_its_question_and_to_no_answer(client: HouseClient):
    counting = {
        question.id: (next(option.id for option in question.options.values() if option.points),)
        for question in QUESTIONNAIRE.questions.values()
        if any(option.points for option in question.options.values())
    }
    links = re.findall(r'href="/en/rules#([^"]+)"', post(client, harmless() | counting).text)
    assert links == [f"rule-{question}" for question in counting]


def test_no_address_on_page_or_sheet_can_tell_an_answer(shown: Shown):
    of_questions = {f"rule-{question}" for question in shown.questionnaire.questions}
    for page in (shown.rules, shown.sheet):
        ids = {id for one in page.iter() if (id := one.get("id") or "").startswith("rule-")}
        assert ids == of_questions


def test_what_would_lead_elsewhere_is_never_shown_beside_what_an_answer_calls_for(client: HouseClient):
    english = client.application.extensions["editions"].languages["en"]
    would = english.catalog.gettext("What would lead to another result")
    assert would in post(client, harmless()).text
    for question in QUESTIONNAIRE.questions.values():
        for option in question.options.values():
            if option.calls:
                assert would not in post(client, harmless() | {question.id: (option.id,)}).text


def with_reviews(reviews: str, folder: Path) -> Path:
    """Return a copy of the content with other reviews."""
    copy = folder / "content.toml"
    text = re.sub(r"(?m)^reviews = .*$", f"reviews = {reviews}", CONTENT.read_text(encoding="utf-8"))
    copy.write_text(text, encoding="utf-8")
    return copy


def test_a_review_that_is_recorded_stands_on_rules_sheet_and_about(tmp_path: Path):
    review = f'[{{ role = "district nurse", date = 2027-01-02, version = "{QUESTIONNAIRE.version}" }}]'
    copy = with_reviews(review, tmp_path)
    client = make_app(CONTENT=copy).test_client()
    (recorded,) = load(copy).reviews
    for page in ("rules", "rules/review", "about"):
        words = client.get(f"/en/{page}").text
        assert recorded.role in words and "2 January 2027" in words, page


def test_the_page_about_the_check_says_that_nobody_has_reviewed_it_and_who_publishes_it(tmp_path: Path):
    client = make_app(CONTENT=with_reviews("[]", tmp_path)).test_client()
    here = client.application.extensions["editions"]
    words = text_of(parse(client.get("/en/at/example/about").text))
    assert here.clinics["example"].name_in("en") in words
    assert here.languages["en"].catalog.gettext("No clinician has reviewed these rules yet.") in words


def test_no_text_says_that_nobody_has_reviewed_what_somebody_has():
    unreviewed = re.compile("clinician has reviewed|not reviewed by a clinician")
    places = {text.place for text in texts(QUESTIONNAIRE) if unreviewed.search(text)}
    if QUESTIONNAIRE.reviews:
        assert places == set(), "a review is recorded, and these texts say that there is none"
    else:
        told = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
        assert places and {place for place in places if f"`{place}`" not in told} == set()
