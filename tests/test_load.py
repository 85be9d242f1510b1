"""The content file and the telephone numbers: what is shipped loads, and every mistake is named by file and place."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import pytest

from tests.answers import QUESTIONNAIRE
from webapp.questionnaire import CONTENT, NUMBERS, ContentError, load, load_numbers, texts

Edit = tuple[str, str]


def known(names: Iterable[str]) -> str:
    return f"known: {', '.join(names)}"


def line_of(table: str, key: str) -> str:
    """Return the line of the shipped file that gives a key of a table its value."""
    lines = CONTENT.read_text().splitlines(keepends=True)
    return next(line for line in lines[lines.index(f"[{table}]\n") :] if line.startswith(f"{key} ="))


SCORES, OUTCOMES, NOTICES = (
    known(names) for names in (QUESTIONNAIRE.scores, QUESTIONNAIRE.outcomes, QUESTIONNAIRE.notices)
)
PHONES = known(["emergency", "today", "doctor", "crisis"])
VERSION = f'version = "{QUESTIONNAIRE.version}"\n'
DATE = f"date = {QUESTIONNAIRE.date}\n"
CAUSES = "[scores.causes]\n" + line_of("scores.causes", "name")
TREMBLING = '[questions.trembling]\npart = "complaints"\nkind = "one"\nscore = "complaints"\norigin = "article"\n'
HEALTH = '[questions.health]\npart = "causes"\nkind = "several"\nscore = "causes"\nat_most = 4\n'
CONDITIONS_NONE = "[questions.conditions.options.none]\n"
UNKNOWN = 'unknown = { stands_for = "yes" }'
UNDER_18 = "[questions.age.options.under_18]\n"
PREGNANT = '[questions.pregnant.options]\nyes = { calls = "not_scored" }\n'
ANOTHER_OUTCOME = "[outcomes.maybe]\n" + "".join(
    f'{key} = "doctor"\n' for key in ("phone", "name", "title", "what", "whom", "when", "prepare", "not_mean", "doctor")
)
HARMLESS = "this answer may have no points, no outcome and no notice"
CAP = "a cap needs kind 'several' and at least the points of the heaviest option"
NONE_ONLY_THERE = "expected 'none' in a question of kind 'several', and only there"


def trembling(old: str, new: str) -> list[Edit]:
    """Edit the head of one question."""
    return [(TREMBLING, TREMBLING.replace(old, new))]


def causes_named(name: str) -> list[Edit]:
    """Give a text of the file another value."""
    return [(CAUSES, f"[scores.causes]\nname = {name}\n")]


MISTAKES: Mapping[str, tuple[list[Edit], list[str]]] = {
    # The head of the file
    "no version": ([(VERSION, "")], ["version: is missing; expected a text"]),
    "half a version": ([(VERSION, 'version = "1.0"\n')], ["version: expected a version such as 1.0.0, found '1.0'"]),
    "a version with a tail": (
        [(VERSION, 'version = "1.0.0b"\n')],
        ["version: expected a version such as 1.0.0, found '1.0.0b'"],
    ),
    "a version that is a number": ([(VERSION, "version = 1\n")], ["version: expected a text, found 1"]),
    "no date": ([(DATE, "")], ["date: is missing; expected a date such as 2026-11-22"]),
    "a date in quotes": (
        [(DATE, 'date = "today"\n')],
        ["date: expected a date such as 2026-11-22, found 'today'"],
    ),
    "reviews that are no list": (
        [("reviews = []", 'reviews = "nobody"')],
        ["reviews: expected a list of tables, found 'nobody'"],
    ),
    "a review with a name instead of a version": (
        [("reviews = []", 'reviews = [{ role = "GP", date = 2026-12-01, name = "N" }, 3]')],
        [
            "reviews.0.version: is missing; expected a text",
            "reviews.0.name: is not known here",
            "reviews.1: expected a table, found 3",
            "reviews.1.date: is missing; expected a date such as 2026-11-22",
            "reviews.1.role: is missing; expected a text",
            "reviews.1.version: is missing; expected a text",
        ],
    ),
    "a key nobody knows": ([(VERSION, VERSION + 'author = "N"\n')], ["author: is not known here"]),
    "a start without its not_for": (
        [(line_of("start", "not_for"), "colour = 1\n")],
        ["start.not_for: is missing; expected a text", "start.colour: is not known here"],
    ),
    "a table that is missing": (
        [("[tell]\n", "[tells]\n"), ("[tell.points]", "[tells.points]")],
        [
            "tell: is missing; expected a table",
            "tell.title: is missing; expected a text",
            "tell.points: is missing; expected a table",
            "tell.points: is empty; expected at least one text",
            "tells: is not known here",
        ],
    ),
    "a list without texts": (
        [("[tell.points]\n", "[tell.points]\n[tell.old]\n")],
        ["tell.points: is empty; expected at least one text", "tell.old: is not known here"],
    ),
    # Texts
    "a text that is empty": (causes_named('"  "'), ["scores.causes.name: is empty; expected a text"]),
    "a text that is a number": (causes_named("3"), ["scores.causes.name: expected a text, found 3"]),
    "a text with markup": (
        causes_named('"a<b"'),
        ["scores.causes.name: has '<' or '>'; texts are plain words, without markup"],
    ),
    "a text with the end of markup": (
        causes_named('"a>b"'),
        ["scores.causes.name: has '<' or '>'; texts are plain words, without markup"],
    ),
    "a placeholder nobody fills": (
        causes_named('"{phone} {emergency} {crisis} }"'),
        [
            "scores.causes.name: '{phone}' is no placeholder; known: emergency, crisis",
            "scores.causes.name: '}' is no placeholder; known: emergency, crisis",
        ],
    ),
    # Scores and the grid
    "a score that is no table": (
        [("[scores.causes]\n", "[scores]\nextra = 3\n[scores.causes]\n")],
        [
            "scores.extra: expected a table, found 3",
            "scores.extra.levels: is missing; expected a table",
            "scores.extra.levels: the first level must begin at 0",
            "scores.extra.name: is missing; expected a text",
            "scores.extra.about: is missing; expected a text",
            "grid: needs each score once, as rows or as columns; known: extra, causes, complaints",
        ],
    ),
    "a first level above 0": (
        [("few = { from = 0", "few = { from = 1")],
        ["scores.causes.levels: the first level must begin at 0"],
    ),
    "levels that do not rise": (
        [("some = { from = 2", "some = { from = 4")],
        ["scores.causes.levels.many.from: expected more than 4, where the level before it begins"],
    ),
    "a level without a beginning": (
        [("some = { from = 2, ", "some = { ")],
        [
            "scores.causes.levels.some.from: is missing; expected the number of points at which the level begins",
            "scores.causes.levels.some.from: expected more than 0, where the level before it begins",
        ],
    ),
    "a level with half points": (
        [("some = { from = 2, ", "some = { from = 2.5, ")],
        [
            "scores.causes.levels.some.from: expected a whole number, found 2.5",
            "scores.causes.levels.some.from: expected more than 0, where the level before it begins",
        ],
    ),
    "a grid of an unknown score": (
        [('columns = "causes"', 'columns = "cause"')],
        [
            f"grid.columns: 'cause' is no score; {SCORES}",
            *(f"outcomes.{name}: nothing leads here; expected one of the two" for name in ("raised", "some", "few")),
        ],
    ),
    "a grid of one score": (
        [
            ('rows = "complaints"', 'rows = "causes"'),
            ("several = { few = ", "some = { few = "),
        ],
        ["grid: needs each score once, as rows or as columns; known: causes, complaints"],
    ),
    "a square with no outcome that exists": (
        [('many    = { few = "some"', 'many    = { few = "somewhat"')],
        [f"grid.outcomes.many.few: 'somewhat' is no outcome; {OUTCOMES}"],
    ),
    "a square too few": (
        [('many    = { few = "some", ', "many    = { ")],
        ["grid.outcomes.many.few: is missing; expected a text"],
    ),
    "a square too many": (
        [('many    = { few = "some", ', 'many    = { few = "some", huge = "raised", ')],
        ["grid.outcomes.many.huge: is not known here"],
    ),
    "a row too few": (
        [("few     = { few", "# few     = { few")],
        [
            "grid.outcomes.few: is missing; expected a table",
            *(f"grid.outcomes.few.{level}: is missing; expected a text" for level in ("few", "some", "many")),
        ],
    ),
    "a row too many": (
        [("few     = { few", 'lots = { few = "few" }\nfew     = { few')],
        ["grid.outcomes.lots: is not known here"],
    ),
    "a stray key in the grid": (
        [('columns = "causes"\n', 'columns = "causes"\ncolour = "red"\n')],
        ["grid.colour: is not known here"],
    ),
    "more causes that are milder": (
        [('several = { few = "few",  some = "some"', 'several = { few = "some",  some = "few"')],
        ["grid.outcomes.several.some: 'few' is milder than 'some' beside it, which needs fewer points"],
    ),
    "more complaints that are milder": (
        [('few = "few",  some = "few",    many = "some" }', 'few = "few",  some = "raised", many = "raised" }')],
        ["grid.outcomes.several.some: 'some' is milder than 'raised' beside it, which needs fewer points"],
    ),
    # Questions
    "an id with a capital": (
        [("questions.trembling]", "questions.Trembling]"), ("questions.trembling.", "questions.Trembling.")],
        ["questions.Trembling: 'Trembling' is no id; expected the form [a-z0-9]+(_[a-z0-9]+)*"],
    ),
    "a kind that does not exist": (
        trembling('"one"', '"two"'),
        ["questions.trembling.kind: 'two' is no kind of question; known: one, several"],
    ),
    "a question without kind": (
        trembling('kind = "one"\n', ""),
        ["questions.trembling.kind: is missing; expected a text"],
    ),
    "a score that does not exist": (
        trembling('score = "complaints"', 'score = "complaint"'),
        [f"questions.trembling.score: 'complaint' is no score; {SCORES}"],
    ),
    "points without a score": (
        trembling('score = "complaints"\n', ""),
        [
            f"questions.trembling.options.sometimes.points: the question has no score; {SCORES}",
            f"questions.trembling.options.often.points: the question has no score; {SCORES}",
        ],
    ),
    "a part that does not exist": (
        trembling('part = "complaints"', 'part = "muscles"'),
        [f"questions.trembling.part: 'muscles' is no part; {known(QUESTIONNAIRE.parts)}"],
    ),
    "a question of an earlier part": (
        trembling('part = "complaints"', 'part = "you"'),
        ["questions.trembling.part: 'you' comes before 'complaints'; keep the order of the parts"],
    ),
    "an origin that does not exist": (
        trembling('"article"', '"book"'),
        [f"questions.trembling.origin: 'book' is no origin; {known(QUESTIONNAIRE.origins)}"],
    ),
    "a stray key in a question": (
        [(TREMBLING, TREMBLING + 'sources = "statpearls"\n')],
        ["questions.trembling.sources: is not known here"],
    ),
    "a source of a question that nobody listed": (
        [('"statpearls"\n[questions.trembling.options]', '"lore"\n[questions.trembling.options]')],
        [f"questions.trembling.source: 'lore' is no source; {known(QUESTIONNAIRE.sources)}"],
    ),
    "mention that is neither true nor false": (
        [
            (HEALTH, HEALTH.replace("at_most = 4\n", 'at_most = 4\nmention = "yes"\n')),
            ('origin = "health"\nmention = true\n', 'origin = "health"\n'),
        ],
        ["questions.health.mention: expected true or false, found 'yes'"],
    ),
    "a part without a question": (
        [("[parts.causes]", '[parts.hobbies]\ntitle = "T"\nintro = "I"\n[parts.causes]')],
        ["parts.hobbies: has no question"],
    ),
    "a cap on a question with one answer": (
        [(TREMBLING, TREMBLING + "at_most = 3\n")],
        [f"questions.trembling.at_most: {CAP}"],
    ),
    "a cap below one option": ([(HEALTH, HEALTH.replace("4", "1"))], [f"questions.health.at_most: {CAP}"]),
    "a cap in words": (
        [(HEALTH, HEALTH.replace("4", '"four"'))],
        ["questions.health.at_most: expected a whole number, found 'four'", f"questions.health.at_most: {CAP}"],
    ),
    "only one option": (
        [(PREGNANT, "[questions.pregnant.options]\n")],
        ["questions.pregnant.options: expected at least two options"],
    ),
    "ticks without none": ([(CONDITIONS_NONE, "")], [f"questions.conditions.options: {NONE_ONLY_THERE}"]),
    "none where one answer is asked": (
        [("[questions.trembling.options]\n", "[questions.trembling.options]\nnone = {}\n")],
        [f"questions.trembling.options: {NONE_ONLY_THERE}"],
    ),
    # Options
    "points below 0": (
        [("often = { points = 3", "often = { points = -3")],
        ["questions.trembling.options.often.points: expected a whole number from 0, found -3"],
    ),
    "half points": (
        [("often = { points = 3", "often = { points = 1.5")],
        ["questions.trembling.options.often.points: expected a whole number, found 1.5"],
    ),
    "points that are true": (
        [("often = { points = 3", "often = { points = true")],
        ["questions.trembling.options.often.points: expected a whole number, found True"],
    ),
    "points without a reason": (
        [(line_of("questions.conditions.options.crohn", "reason"), "")],
        ["questions.conditions.options.crohn.reason: is missing; every point needs a reason"],
    ),
    "points without a source": (
        [(line_of("questions.conditions.options.crohn", "source"), "")],
        ["questions.conditions.options.crohn.source: is missing; every point needs a source, here or at the question"],
    ),
    "a source nobody listed": (
        [(line_of("questions.conditions.options.crohn", "source"), 'source = "galland"\n')],
        [f"questions.conditions.options.crohn.source: 'galland' is no source; {known(QUESTIONNAIRE.sources)}"],
    ),
    "points and an outcome together": (
        [(UNDER_18, UNDER_18 + 'points = 1\nreason = "R"\nsource = "article"\n')],
        ["questions.age.options.under_18.calls: an option gives points or calls for an outcome, not both"],
    ),
    "an outcome that does not exist": (
        [('calls = "emergency"', 'calls = "ambulance"')],
        [f"questions.alarm_now.options.seizure.calls: 'ambulance' is no outcome; {OUTCOMES}"],
    ),
    "a notice that does not exist": (
        [('notices = ["medicines"]', 'notices = ["medicines", "medicine"]')],
        [f"questions.health.options.acid_tablets.notices: 'medicine' is no notice; {NOTICES}"],
    ),
    "a notice outside a list": (
        [('notices = ["medicines"]', 'notices = "medicines"')],
        ["questions.health.options.acid_tablets.notices: expected a list of strings, found 'medicines'"],
    ),
    "a number among the notices": (
        [('notices = ["medicines"]', 'notices = [1, "medicines"]')],
        ["questions.health.options.acid_tablets.notices: expected a list of strings, found 1 in it"],
    ),
    "an empty notice": (
        [('notices = ["medicines"]', 'notices = ["medicines", " "]')],
        [
            "questions.health.options.acid_tablets.notices: expected a list of strings, found ' ' in it",
            f"questions.health.options.acid_tablets.notices: ' ' is no notice; {NOTICES}",
        ],
    ),
    "an option without a label": (
        [("most_days = { label", "every_day = { lable")],
        [
            "questions.food.options.every_day.label: is missing; only these have a shared label: "
            "never, sometimes, often, yes, no, unknown, none",
            "questions.food.options.every_day.lable: is not known here",
        ],
    ),
    "an unknown that stands for nothing": (
        [(UNKNOWN, UNKNOWN.replace("yes", "maybe"))],
        ["questions.weight.options.unknown.stands_for: 'maybe' is no other option; known: no, yes"],
    ),
    "an unknown that stands for itself": (
        [(UNKNOWN, UNKNOWN.replace("yes", "unknown"))],
        ["questions.weight.options.unknown.stands_for: 'unknown' is no other option; known: no, yes"],
    ),
    "an unknown that stands for an alarm": (
        [(PREGNANT, PREGNANT + f"{UNKNOWN}\n")],
        ["questions.pregnant.options.unknown.stands_for: 'yes' is no other option; known: no"],
    ),
    "an unknown with points": (
        [(UNKNOWN, 'unknown = { stands_for = "yes", points = 1, reason = "R", source = "article" }')],
        [f"questions.weight.options.unknown: {HARMLESS}"],
    ),
    "an unknown among ticks": (
        [(CONDITIONS_NONE, f'[questions.conditions.options.unknown]\nstands_for = "crohn"\n{CONDITIONS_NONE}')],
        ["questions.conditions.options.unknown.stands_for: is for questions of kind 'one' only"],
    ),
    "none with a notice": (
        [(CONDITIONS_NONE, f'{CONDITIONS_NONE}notices = ["kidney"]\n')],
        [f"questions.conditions.options.none: {HARMLESS}"],
    ),
    "none with an outcome": (
        [(CONDITIONS_NONE, f'{CONDITIONS_NONE}calls = "today"\n')],
        [f"questions.conditions.options.none: {HARMLESS}"],
    ),
    # Outcomes, notices, sources
    "an outcome of the grid that an answer calls for": (
        [(PREGNANT, PREGNANT.replace("not_scored", "raised"))],
        [
            "outcomes.raised: both an option and the grid lead here; expected one of the two",
            "outcomes.raised: stands below an outcome of the grid; options call for more urgent ones",
        ],
    ),
    "an outcome that nothing leads to": (
        [("[outcomes.raised]\n", f"{ANOTHER_OUTCOME}[outcomes.raised]\n")],
        ["outcomes.maybe: nothing leads here; expected one of the two"],
    ),
    "an alarm that is milder than the grid": (
        [
            (PREGNANT, PREGNANT.replace("not_scored", "maybe")),
            ("[outcomes.some]\n", f"{ANOTHER_OUTCOME}[outcomes.some]\n"),
        ],
        ["outcomes.maybe: stands below an outcome of the grid; options call for more urgent ones"],
    ),
    "an outcome without its when": (
        [(line_of("outcomes.raised", "when"), "")],
        ["outcomes.raised.when: is missing; expected a text"],
    ),
    "an outcome with nobody to phone": (
        [('phone = "emergency"', 'phone = "ambulance"')],
        [f"outcomes.emergency.phone: 'ambulance' is no telephone; {PHONES}"],
    ),
    "a notice with nobody to phone": (
        [('phone = "crisis"', 'phone = "friend"')],
        [f"notices.crisis.phone: 'friend' is no telephone; {PHONES}"],
    ),
    "a notice that no answer adds": (
        [("[notices.kidney]", '[notices.liver]\ntitle = "T"\ntext = "T"\n[notices.kidney]')],
        ["notices.liver: no option adds this notice"],
    ),
    "a source without a safe address": (
        [(line_of("sources.galland_1988", "url"), 'url = "http://example.org/"\n')],
        ["sources.galland_1988.url: expected an address that begins with https://, found 'http://example.org/'"],
    ),
    "a source without a title": (
        [(line_of("sources.galland_1988", "title"), "")],
        ["sources.galland_1988.title: is missing; expected a text"],
    ),
    "mistakes in many places": (
        [
            (VERSION, ""),
            *trembling('"one"', '"two"'),
            ("often = { points = 3", "often = { points = -3"),
            (line_of("sources.galland_1988", "title"), ""),
        ],
        [
            "version: is missing; expected a text",
            "sources.galland_1988.title: is missing; expected a text",
            "questions.trembling.options.often.points: expected a whole number from 0, found -3",
            "questions.trembling.kind: 'two' is no kind of question; known: one, several",
        ],
    ),
}


@pytest.mark.parametrize(("edits", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named_by_file_and_place(tmp_path: Path, edits: list[Edit], expected: list[str]):
    text = CONTENT.read_text()
    for old, new in edits:
        assert old in text, f"{CONTENT.name} has no {old!r} any more; change this test with it"
        text = text.replace(old, new, 1)
    path = tmp_path / "copy.toml"
    path.write_text(text)
    with pytest.raises(ContentError) as caught:
        load(path)
    assert sorted(caught.value.mistakes) == sorted(f"copy.toml: {mistake}" for mistake in expected)
    assert str(caught.value) == "\n".join(caught.value.mistakes)


@pytest.mark.parametrize(
    ("content", "mistake"),
    [
        (b"[grid", "this is not TOML: Expected ']' at the end of a table declaration (at end of document)"),
        (b"a = 1\na = 2\n", "this is not TOML: Cannot overwrite a value (at line 2, column 6)"),
        (b'a = "\xff"', "byte 5 is not UTF-8"),
    ],
)
@pytest.mark.parametrize("read", [load, load_numbers])
def test_a_file_that_is_no_toml_is_refused_with_the_place(tmp_path: Path, read, content: bytes, mistake: str):
    path = tmp_path / "copy.toml"
    path.write_bytes(content)
    with pytest.raises(ContentError) as caught:
        read(path)
    assert caught.value.mistakes == (f"copy.toml: {mistake}",)


@pytest.mark.parametrize("content", ["a = " + "[" * 20_000, "a = " + "9" * 20_000], ids=["too deep", "too long"])
def test_a_file_that_no_reader_can_take_is_refused(tmp_path: Path, content: str):
    path = tmp_path / "copy.toml"
    path.write_text(content)
    with pytest.raises(ContentError, match=r"copy\.toml: this is not TOML: "):
        load(path)


def test_an_empty_file_lacks_everything(tmp_path: Path):
    path = tmp_path / "copy.toml"
    path.touch()
    with pytest.raises(ContentError) as caught:
        load(path)
    missing = {mistake for mistake in caught.value.mistakes if mistake.endswith("is missing; expected a table")}
    tables = "answers scores sources origins notices outcomes parts questions start grid tell sooner limits performance"
    assert {f"copy.toml: {table}: is missing; expected a table" for table in tables.split()} <= missing


def test_a_question_alone_is_told_that_nothing_it_names_is_known(tmp_path: Path):
    path = tmp_path / "copy.toml"
    path.write_text('[questions.lonely]\nkind = "several"\nscore = "causes"\nat_most = 0\n')
    with pytest.raises(ContentError) as caught:
        load(path)
    assert {mistake for mistake in caught.value.mistakes if "questions.lonely" in mistake} == {
        "copy.toml: questions.lonely.score: 'causes' is no score; known: none",
        "copy.toml: questions.lonely.options: is missing; expected a table",
        "copy.toml: questions.lonely.options: expected at least two options",
        f"copy.toml: questions.lonely.options: {NONE_ONLY_THERE}",
        *(
            f"copy.toml: questions.lonely.{key}: is missing; expected a text"
            for key in ("part", "origin", "ask", "why")
        ),
    }


@pytest.mark.parametrize("read", [load, load_numbers])
def test_a_file_that_is_not_there_is_the_callers_concern(tmp_path: Path, read):
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "nowhere.toml")


# ── What is shipped ──────────────────────────────────────────────────────────────────────────────────────


def test_the_checksum_is_that_of_the_bytes():
    assert QUESTIONNAIRE.checksum == hashlib.sha256(CONTENT.read_bytes()).hexdigest()


def test_the_shipped_questions_are_those_of_the_specification():
    questions = """alarm_now alarm_today age pregnant weight food stress conditions health fatigue weakness trembling
        insomnia concentration nervousness blood_pressure minerals"""
    assert list(QUESTIONNAIRE.questions) == questions.split()
    assert list(QUESTIONNAIRE.parts) == ["safety", "you", "causes", "complaints"]
    assert list(QUESTIONNAIRE.outcomes) == ["emergency", "today", "not_scored", "raised", "some", "few"]


def test_every_question_knows_its_part_and_every_value_its_name():
    assert [q for part in QUESTIONNAIRE.parts.values() for q in part.questions] == list(
        QUESTIONNAIRE.questions.values()
    )
    for part in QUESTIONNAIRE.parts.values():
        assert {question.part for question in part.questions} == {part.id}
    for mapping in (QUESTIONNAIRE.scores, QUESTIONNAIRE.parts, QUESTIONNAIRE.questions, QUESTIONNAIRE.outcomes):
        assert [value.id for value in mapping.values()] == list(mapping)
    for mapping in (QUESTIONNAIRE.notices, QUESTIONNAIRE.sources):
        assert [value.id for value in mapping.values()] == list(mapping)
    for question in QUESTIONNAIRE.questions.values():
        assert [option.id for option in question.options.values()] == list(question.options)
    for score in QUESTIONNAIRE.scores.values():
        assert [level.id for level in score.levels.values()] == list(score.levels)


def test_every_point_of_the_shipped_file_has_a_reason_and_a_source():
    for question in QUESTIONNAIRE.questions.values():
        for option in question.options.values():
            assert not option.points or (option.reason and option.source)


def test_the_source_of_a_question_is_that_of_its_options_unless_they_have_their_own(tmp_path: Path):
    path = tmp_path / "copy.toml"
    path.write_text(CONTENT.read_text().replace("often = { points = 3", 'often = { source = "article", points = 3'))
    trembling = load(path).questions["trembling"]
    assert [option.source.id if option.source else None for option in trembling.options.values()] == [
        "statpearls",
        "statpearls",
        "article",
    ]


def test_what_the_file_leaves_out_has_a_harmless_default():
    fatigue = QUESTIONNAIRE.questions["fatigue"]
    never = fatigue.options["never"]
    assert (fatigue.at_most, fatigue.mention, fatigue.help) == (None, False, None)
    assert (never.points, never.reason, never.source, never.calls, never.notices, never.stands_for) == (
        0,
        None,
        None,
        None,
        (),
        None,
    )
    assert never.label.place == "answers.never"


def test_whose_number_is_shown_is_read_with_each_outcome_and_notice():
    phones = {outcome.id: outcome.phone for outcome in QUESTIONNAIRE.outcomes.values()}
    assert phones == dict.fromkeys(QUESTIONNAIRE.outcomes, "doctor") | {"emergency": "emergency", "today": "today"}
    assert {notice.id: notice.phone for notice in QUESTIONNAIRE.notices.values()} == {
        "crisis": "crisis",
        "kidney": None,
        "medicines": None,
    }


def test_a_review_is_read_with_its_role_date_and_version(tmp_path: Path):
    path = tmp_path / "copy.toml"
    review = 'reviews = [{ role = "GP", date = 2026-12-01, version = "1.0.0" }]'
    path.write_text(CONTENT.read_text().replace("reviews = []", review))
    assert [(own.role, own.date, own.version) for own in load(path).reviews] == [("GP", date(2026, 12, 1), "1.0.0")]


def test_a_cap_may_equal_the_heaviest_option(tmp_path: Path):
    path = tmp_path / "copy.toml"
    path.write_text(CONTENT.read_text().replace(HEALTH, HEALTH.replace("4", "2")))
    assert load(path).questions["health"].at_most == 2


def test_the_place_of_a_text_is_where_it_stands_in_the_file():
    content = {text.place: str(text) for text in texts(QUESTIONNAIRE)}
    assert content["title"] == QUESTIONNAIRE.title
    assert content["questions.trembling.ask"] == QUESTIONNAIRE.questions["trembling"].ask
    assert content["scores.causes.levels.few.name"] == QUESTIONNAIRE.scores["causes"].levels["few"].name


def test_values_of_a_questionnaire_cannot_be_changed():
    for mapping in (QUESTIONNAIRE.scores, QUESTIONNAIRE.grid.outcomes, QUESTIONNAIRE.grid.outcomes["few"]):
        with pytest.raises(TypeError):
            mapping["few"] = None  # type: ignore[index]
    for value in (QUESTIONNAIRE, QUESTIONNAIRE.grid, QUESTIONNAIRE.questions["age"]):
        with pytest.raises(AttributeError):
            value.id = "other"  # type: ignore[misc, union-attr]


# ── Telephone numbers ────────────────────────────────────────────────────────────────────────────────────


def test_every_country_has_an_emergency_number():
    numbers = load_numbers()
    assert list(numbers) == ["NL", "BE", "DE", "AT", "FR", "ES", "GB", "IE", "other"]
    assert all(own.emergency and own.country == country for country, own in numbers.items())
    assert numbers["GB"].emergency == ("999",)
    assert numbers["NL"].crisis == ("113", "0800-0113")
    assert numbers["BE"].today_numbers == ("1733",)
    assert all(own.crisis or own.crisis_words for own in numbers.values())
    assert numbers["NL"].emergency_note is None
    assert numbers["other"].emergency_note


NUMBERS_MISTAKES: Mapping[str, tuple[Edit, list[str]]] = {
    "no entry for other countries": (
        ("[other]", "[US]"),
        ["'other' is missing; it stands for every country that is not listed"],
    ),
    "a country in small letters": (
        ("[NL]", "[nl]"),
        ["nl: 'nl' is no id; expected the form [A-Z]{2}|other"],
    ),
    "no emergency number": (
        ('[NL]\nemergency = ["112"]\n', "[NL]\n"),
        ["NL.emergency: is missing; expected at least one telephone number"],
    ),
    "an empty list of emergency numbers": (
        ('[NL]\nemergency = ["112"]\n', "[NL]\nemergency = []\n"),
        ["NL.emergency: is missing; expected at least one telephone number"],
    ),
    "no crisis line and no words in its place": (
        ('crisis = ["113", "0800-0113"]\n', ""),
        ["NL.crisis: is missing; expected telephone numbers, or 'crisis_words' in their place"],
    ),
    "a number that is no text": (
        ('crisis = ["113", "0800-0113"]', 'crisis = [113, "0800-0113"]'),
        ["NL.crisis: expected a list of strings, found 113 in it"],
    ),
    "a key nobody knows": (('crisis = ["113"', 'fax = "no"\ncrisis = ["113"'), ["NL.fax: is not known here"]),
}


@pytest.mark.parametrize(("edit", "expected"), NUMBERS_MISTAKES.values(), ids=NUMBERS_MISTAKES)
def test_a_mistake_in_the_telephone_numbers_is_named_by_place(tmp_path: Path, edit: Edit, expected: list[str]):
    text = NUMBERS.read_text()
    assert edit[0] in text, f"{NUMBERS.name} has no {edit[0]!r} any more; change this test with it"
    path = tmp_path / "copy.toml"
    path.write_text(text.replace(*edit, 1))
    with pytest.raises(ContentError) as caught:
        load_numbers(path)
    assert caught.value.mistakes == tuple(f"copy.toml: {mistake}" for mistake in expected)
