"""The content file and the telephone numbers: what is shipped loads, and every mistake is named by file and place."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import pytest

from tests.answers import QUESTIONNAIRE, SECOND, SECOND_CONTENT
from webapp.questionnaire import CONTENT, ContentError, load, load_numbers, texts

Edit = tuple[str, str]


def known(names: Iterable[str]) -> str:
    return f"known: {', '.join(names)}"


def edited(text: str, edits: Iterable[Edit]) -> str:
    """Return a text with each edit made once, where it first fits."""
    for old, new in edits:
        assert old in text, f"there is no {old!r} any more; change this test with it"
        text = text.replace(old, new, 1)
    return text


BASE = SECOND_CONTENT.read_text(encoding="utf-8")
"""What the mistakes are made in: the second questionnaire, which stays when a weight of the shipped one moves."""

SCORES, OUTCOMES, SOURCES = (known(names) for names in (SECOND.scores, SECOND.outcomes, SECOND.sources))
PHONES = known(["emergency", "today", "doctor", "crisis"])
VERSION = f'version = "{SECOND.version}"\n'
DATE = f"date = {SECOND.date}\n"
HABITS = '[scores.habits]\nname = "Habits"\n'
WARM = '[questions.warm]\npart = "bedroom"\nkind = "one"\nscore = "habits"\norigin = "invented"\n'
DRINKS = '[questions.drinks]\npart = "evening"\nkind = "several"\nscore = "habits"\nat_most = 3\n'
BEDROOM = 'intro = "Where you sleep."\nat_most = 3\nat_most_reason = "A room alone explains little."\n'
MILK = 'milk = { label = "Warm milk" }'
NONE_TICKED = "none = {}\n"
UNKNOWN = 'unknown = { stands_for = "yes" }'
OFTEN = "often = { points = 2"
DARK = 'dark = { label = "A dark one" }'
HARMLESS = "this answer may have no points, no outcome and no notice"
SHARED = ["yes", "no", "unknown", "none", "rarely", "often"]
ONE_SCORE = "a cap needs questions of one score"
CAP = "a cap needs kind 'several' and at least the points of the heaviest option"
REASON_OF_A_CAP = "a cap and its reason need each other"
NONE_ONLY_THERE = "expected 'none' in a question of kind 'several', and only there"


def outcome(name: str) -> str:
    """Return an outcome that the file does not have."""
    keys = ("name", "title", "finding", "whom", "when", "not_mean", "doctor")
    return f'[outcomes.{name}]\nphone = "doctor"\n' + "".join(f'{key} = "T"\n' for key in keys)


def calls(name: str, before: str = "ask") -> list[Edit]:
    """Add an outcome before another one, and let an option call for it."""
    return [
        (f"[outcomes.{before}]\n", f"{outcome(name)}[outcomes.{before}]\n"),
        (DARK, DARK.replace(" }", f', calls = "{name}" }}')),
    ]


def notices(*names: str) -> list[Edit]:
    """Add a notice, and options that add it or others."""
    listed = ", ".join(f'"{name}"' for name in names)
    return [
        ("[tell]\n", '[notices.help]\ntitle = "T"\ntext = "T"\n[tell]\n'),
        (MILK, MILK.replace(" }", f", notices = [{listed}] }}")),
    ]


def warm(old: str, new: str) -> list[Edit]:
    """Edit the head of one question."""
    return [(WARM, WARM.replace(old, new))]


def habits_named(name: str) -> list[Edit]:
    """Give a text of the file another value."""
    return [(HABITS, f"[scores.habits]\nname = {name}\n")]


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
            "reviews 1.version: is missing; expected a text",
            "reviews 1.name: is not known here",
            "reviews 2: expected a table, found 3",
            "reviews 2.date: is missing; expected a date such as 2026-11-22",
            "reviews 2.role: is missing; expected a text",
            "reviews 2.version: is missing; expected a text",
        ],
    ),
    "a key nobody knows": ([(VERSION, VERSION + 'author = "N"\n')], ["author: is not known here"]),
    "a start without its not_for": (
        [("not_for =", "colour =")],
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
    "a passage that may be left out, but not by half": (
        [("[tell]\n", '[pills]\ntitle = "T"\n[tell]\n')],
        ["pills.points: is missing; expected a table", "pills.points: is empty; expected at least one text"],
    ),
    "limits without whose judgement the points are": (
        [("judgement = ", "opinion = ")],
        ["limits.points.judgement: is missing; it stands beside every score"],
    ),
    # Texts
    "a text that is empty": (habits_named('"  "'), ["scores.habits.name: is empty; expected a text"]),
    "a text that is a number": (habits_named("3"), ["scores.habits.name: expected a text, found 3"]),
    "a text with markup": (
        habits_named('"a<b"'),
        ["scores.habits.name: has '<' or '>'; texts are plain words, without markup"],
    ),
    "a text with the end of markup": (
        habits_named('"a>b"'),
        ["scores.habits.name: has '<' or '>'; texts are plain words, without markup"],
    ),
    "a placeholder nobody fills": (
        habits_named('"{phone} {emergency} {crisis} }"'),
        [
            "scores.habits.name: '{phone}' is no placeholder; known: emergency, crisis",
            "scores.habits.name: '}' is no placeholder; known: emergency, crisis",
        ],
    ),
    # Scores and the grid
    "a score that is no table": (
        [("[scores.habits]\n", "[scores]\nextra = 3\n[scores.habits]\n")],
        [
            "scores.extra: expected a table, found 3",
            "scores.extra.levels: is missing; expected a table",
            "scores.extra.levels: the first level must begin at 0",
            "scores.extra.name: is missing; expected a text",
            "scores.extra.about: is missing; expected a text",
            "grid: needs each score once, as rows or as columns; known: extra, habits, nights",
        ],
    ),
    "a first level above 0": (
        [("calm = { from = 0", "calm = { from = 1")],
        ["scores.habits.levels: the first level must begin at 0"],
    ),
    "levels that do not rise": (
        [("fair = { from = 2", "fair = { from = 4")],
        ["scores.habits.levels.lively.from: expected more than 4, where the level before it begins"],
    ),
    "a level without a beginning": (
        [("fair = { from = 2, ", "fair = { ")],
        [
            "scores.habits.levels.fair.from: is missing; expected the number of points at which the level begins",
            "scores.habits.levels.fair.from: expected more than 0, where the level before it begins",
        ],
    ),
    "a level with half points": (
        [("fair = { from = 2, ", "fair = { from = 2.5, ")],
        [
            "scores.habits.levels.fair.from: expected a whole number, found 2.5",
            "scores.habits.levels.fair.from: expected more than 0, where the level before it begins",
        ],
    ),
    "a grid of an unknown score": (
        [('columns = "habits"', 'columns = "habit"')],
        [
            f"grid.columns: 'habit' is no score; {SCORES}",
            *(f"outcomes.{name}: nothing leads here; expected one of the two" for name in SECOND.outcomes),
        ],
    ),
    "a grid of one score": (
        [
            ('columns = "habits"', 'columns = "nights"'),
            ("good = { calm", "good = { good"),
            ("bad  = { calm", "bad  = { bad"),
        ],
        [
            "grid: needs each score once, as rows or as columns; known: habits, nights",
            *(
                f"grid.outcomes.{row}.{other}: is missing; expected a text"
                for row, other in (("good", "bad"), ("bad", "good"))
            ),
            *(
                f"grid.outcomes.{row}.{column}: is not known here"
                for row in ("good", "bad")
                for column in ("fair", "lively", "wild")
            ),
            *(f"outcomes.{name}: nothing leads here; expected one of the two" for name in ("ask", "change")),
        ],
    ),
    "a square with no outcome that exists": (
        [('wild = "ask"', 'wild = "asking"')],
        [
            f"grid.outcomes.bad.wild: 'asking' is no outcome; {OUTCOMES}",
            "outcomes.ask: nothing leads here; expected one of the two",
        ],
    ),
    "a square too few": (
        [('bad  = { calm = "fine", ', "bad  = { ")],
        ["grid.outcomes.bad.calm: is missing; expected a text"],
    ),
    "a square too many": (
        [('bad  = { calm = "fine", ', 'bad  = { calm = "fine", huge = "ask", ')],
        ["grid.outcomes.bad.huge: is not known here"],
    ),
    "a row too few": (
        [("good = { calm", "# good = { calm")],
        [
            "grid.outcomes.good: is missing; expected a table",
            *(f"grid.outcomes.good.{level}: is missing; expected a text" for level in SECOND.scores["habits"].levels),
        ],
    ),
    "a row too many": (
        [("good = { calm", 'odd = { calm = "fine" }\ngood = { calm')],
        ["grid.outcomes.odd: is not known here"],
    ),
    "a stray key in the grid": (
        [('columns = "habits"\n', 'columns = "habits"\ncolour = "red"\n')],
        ["grid.colour: is not known here"],
    ),
    "a heavier column that is milder": (
        [('bad  = { calm = "fine", fair = "change",', 'bad  = { calm = "change", fair = "fine",')],
        ["grid.outcomes.bad.fair: 'fine' is milder than 'change' beside it, which needs fewer points"],
    ),
    "a heavier row that is milder": (
        [('calm = "fine", fair = "fine",   lively', 'calm = "change", fair = "change", lively')],
        ["grid.outcomes.bad.calm: 'fine' is milder than 'change' beside it, which needs fewer points"],
    ),
    # Questions
    "an id with a capital": (
        [("questions.warm]", "questions.Warm]"), ("questions.warm.", "questions.Warm.")],
        ["questions.Warm: 'Warm' is no id; expected the form [a-z0-9]+(_[a-z0-9]+)*"],
    ),
    "a kind that does not exist": (
        warm('"one"', '"two"'),
        ["questions.warm.kind: 'two' is no kind of question; known: one, several"],
    ),
    "a question without kind": (
        warm('kind = "one"\n', ""),
        ["questions.warm.kind: is missing; expected a text"],
    ),
    "a score that does not exist": (
        warm('score = "habits"', 'score = "habit"'),
        [
            f"questions.warm.score: 'habit' is no score; {SCORES}",
            f"parts.bedroom.at_most: {ONE_SCORE}; found: habit, habits",
        ],
    ),
    "points without a score": (
        warm('score = "habits"\n', ""),
        [f"questions.warm.options.yes.points: the question has no score; {SCORES}"],
    ),
    "a part that does not exist": (
        warm('part = "bedroom"', 'part = "kitchen"'),
        [f"questions.warm.part: 'kitchen' is no part; {known(SECOND.parts)}"],
    ),
    "a question of an earlier part": (
        warm('part = "bedroom"', 'part = "evening"'),
        ["questions.warm.part: 'evening' comes before 'bedroom'; keep the order of the parts"],
    ),
    "an origin that does not exist": (
        warm('"invented"', '"book"'),
        [f"questions.warm.origin: 'book' is no origin; {known(SECOND.origins)}"],
    ),
    "a stray key in a question": (
        [(WARM, WARM + 'sources = "survey"\n')],
        ["questions.warm.sources: is not known here"],
    ),
    "a source of a question that nobody listed": (
        [('"survey"\n[questions.warm.options]', '"lore"\n[questions.warm.options]')],
        [
            f"questions.warm.source: 'lore' is no source; {SOURCES}",
        ],
    ),
    "mention that is neither true nor false": (
        [("mention = true", 'mention = "yes"')],
        ["questions.drinks.mention: expected true or false, found 'yes'"],
    ),
    "a part without a question": (
        [("[parts.bedroom]", '[parts.hobbies]\ntitle = "T"\nintro = "I"\n[parts.bedroom]')],
        ["parts.hobbies: has no question"],
    ),
    "only one option": (
        [("no = {}\nyes = { points = 2", "yes = { points = 2")],
        ["questions.warm.options: expected at least two options"],
    ),
    "ticks without none": ([(NONE_TICKED, "")], [f"questions.drinks.options: {NONE_ONLY_THERE}"]),
    "none where one answer is asked": (
        [("[questions.warm.options]\n", f"[questions.warm.options]\n{NONE_TICKED}")],
        [f"questions.warm.options: {NONE_ONLY_THERE}"],
    ),
    # Caps
    "a cap on a question with one answer": (
        [(WARM, WARM + 'at_most = 3\nat_most_reason = "R"\n')],
        [f"questions.warm.at_most: {CAP}"],
    ),
    "a cap below one option": ([(DRINKS, DRINKS.replace("3", "1"))], [f"questions.drinks.at_most: {CAP}"]),
    "a cap in words": (
        [(DRINKS, DRINKS.replace("3", '"three"'))],
        ["questions.drinks.at_most: expected a whole number, found 'three'", f"questions.drinks.at_most: {CAP}"],
    ),
    "a cap without a reason": (
        [('at_most_reason = "Drinks alone explain little."\n', "")],
        [f"questions.drinks.at_most_reason: {REASON_OF_A_CAP}"],
    ),
    "the reason of a cap without the cap": (
        [(DRINKS, DRINKS.replace("at_most = 3\n", ""))],
        [f"questions.drinks.at_most_reason: {REASON_OF_A_CAP}"],
    ),
    "a part's cap without a reason": (
        [(BEDROOM, BEDROOM.replace('at_most_reason = "A room alone explains little."\n', ""))],
        [f"parts.bedroom.at_most_reason: {REASON_OF_A_CAP}"],
    ),
    "the reason of a part's cap without the cap": (
        [(BEDROOM, BEDROOM.replace("at_most = 3\n", ""))],
        [f"parts.bedroom.at_most_reason: {REASON_OF_A_CAP}"],
    ),
    "a part's cap over two scores": (
        warm('score = "habits"', 'score = "nights"'),
        [f"parts.bedroom.at_most: {ONE_SCORE}; found: habits, nights"],
    ),
    "a part's cap over no score": (
        [
            (
                "[parts.bedroom]",
                '[parts.hobbies]\ntitle = "T"\nintro = "I"\nat_most = 1\nat_most_reason = "R"\n[parts.bedroom]',
            )
        ],
        ["parts.hobbies: has no question", f"parts.hobbies.at_most: {ONE_SCORE}; found: none"],
    ),
    "a part's cap below one option": (
        [(BEDROOM, BEDROOM.replace("3", "1"))],
        ["parts.bedroom.at_most: expected at least 2, the points of the heaviest option"],
    ),
    "a part's cap below nothing": (
        [(BEDROOM, BEDROOM.replace("3", "-3"))],
        [
            "parts.bedroom.at_most: expected a whole number from 0, found -3",
            "parts.bedroom.at_most: expected at least 2, the points of the heaviest option",
        ],
    ),
    # Options
    "points below 0": (
        [(OFTEN, "often = { points = -2")],
        ["questions.screen.options.often.points: expected a whole number from 0, found -2"],
    ),
    "half points": (
        [(OFTEN, "often = { points = 1.5")],
        ["questions.screen.options.often.points: expected a whole number, found 1.5"],
    ),
    "points that are true": (
        [(OFTEN, "often = { points = true")],
        ["questions.screen.options.often.points: expected a whole number, found True"],
    ),
    "points without a reason": (
        [(', reason = "Coffee keeps people awake."', "")],
        ["questions.drinks.options.coffee.reason: is missing; every point needs a reason"],
    ),
    "points without a source": (
        [(', source = "survey"', "")],
        ["questions.screen.options.sometimes.source: is missing; every point needs a source, here or at the question"],
    ),
    "a source nobody listed": (
        [(', source = "survey"', ', source = "surveys"')],
        [f"questions.screen.options.sometimes.source: 'surveys' is no source; {SOURCES}"],
    ),
    "an empty detail": (
        [('"Also tea and cola."', '""')],
        ["questions.drinks.options.coffee.detail: is empty; expected a text"],
    ),
    "points and an outcome together": (
        [*calls("stop"), (OFTEN, 'often = { calls = "stop", points = 2')],
        ["questions.screen.options.often.calls: an option gives points or calls for an outcome, not both"],
    ),
    "an outcome that does not exist": (
        [(DARK, DARK.replace(" }", ', calls = "ambulance" }'))],
        [f"questions.colour.options.dark.calls: 'ambulance' is no outcome; {OUTCOMES}"],
    ),
    "a notice that does not exist": (
        notices("help", "helps"),
        ["questions.drinks.options.milk.notices: 'helps' is no notice; known: help"],
    ),
    "a notice where none exists": (
        notices("help")[1:],
        ["questions.drinks.options.milk.notices: 'help' is no notice; known: none"],
    ),
    "a notice outside a list": (
        [(MILK, MILK.replace(" }", ', notices = "help" }'))],
        ["questions.drinks.options.milk.notices: expected a list of strings, found 'help'"],
    ),
    "a number among the notices": (
        [(MILK, MILK.replace(" }", ", notices = [1] }"))],
        ["questions.drinks.options.milk.notices: expected a list of strings, found 1 in it"],
    ),
    "an empty notice": (
        notices("help", " "),
        [
            "questions.drinks.options.milk.notices: expected a list of strings, found ' ' in it",
            "questions.drinks.options.milk.notices: ' ' is no notice; known: help",
        ],
    ),
    "an option without a label": (
        [(DARK, 'black = { lable = "A dark one" }')],
        [
            f"questions.colour.options.black.label: is missing; only these have a shared label: {', '.join(SHARED)}",
            "questions.colour.options.black.lable: is not known here",
        ],
    ),
    "an unknown that stands for nothing": (
        [(UNKNOWN, UNKNOWN.replace("yes", "maybe"))],
        ["questions.noise.options.unknown.stands_for: 'maybe' is no other option; known: no, yes"],
    ),
    "an unknown that stands for itself": (
        [(UNKNOWN, UNKNOWN.replace("yes", "unknown"))],
        ["questions.noise.options.unknown.stands_for: 'unknown' is no other option; known: no, yes"],
    ),
    "an unknown that stands for an alarm": (
        [*calls("stop"), (f"{DARK[:-2]}, ", f'unknown = {{ stands_for = "dark" }}\n{DARK[:-2]}, ')],
        ["questions.colour.options.unknown.stands_for: 'dark' is no other option; known: light"],
    ),
    "an unknown with points": (
        [(UNKNOWN, 'unknown = { stands_for = "yes", points = 1, reason = "R" }')],
        [f"questions.noise.options.unknown: {HARMLESS}"],
    ),
    "an unknown among ticks": (
        [(NONE_TICKED, f'unknown = {{ stands_for = "coffee" }}\n{NONE_TICKED}')],
        ["questions.drinks.options.unknown.stands_for: is for questions of kind 'one' only"],
    ),
    "none with points": (
        [(NONE_TICKED, 'none = { points = 1, reason = "R" }\n')],
        [f"questions.drinks.options.none: {HARMLESS}"],
    ),
    "none with a notice": (
        [*notices("help"), (NONE_TICKED, 'none = { notices = ["help"] }\n')],
        [f"questions.drinks.options.none: {HARMLESS}"],
    ),
    "none with an outcome": (
        [*calls("stop"), (NONE_TICKED, 'none = { calls = "stop" }\n')],
        [f"questions.drinks.options.none: {HARMLESS}"],
    ),
    # Outcomes, notices, sources
    "an outcome of the grid that an answer calls for": (
        [(DARK, DARK.replace(" }", ', calls = "ask" }'))],
        [
            "outcomes.ask: both an option and the grid lead here; expected one of the two",
            "outcomes.ask: stands below an outcome of the grid; options call for more urgent ones",
        ],
    ),
    "an outcome that nothing leads to": (
        calls("stop")[:1],
        ["outcomes.stop: nothing leads here; expected one of the two"],
    ),
    "an alarm that is milder than the grid": (
        calls("stop", before="change"),
        ["outcomes.stop: stands below an outcome of the grid; options call for more urgent ones"],
    ),
    "an outcome without its when": (
        [('when = "Tonight."\n', "")],
        ["outcomes.change.when: is missing; expected a text"],
    ),
    "an outcome without what was found": (
        [('finding = "Some of your habits could keep you awake."\n', "")],
        ["outcomes.change.finding: is missing; expected a text"],
    ),
    "an outcome with nobody to phone": (
        [('phone = "doctor"', 'phone = "ambulance"')],
        [f"outcomes.ask.phone: 'ambulance' is no telephone; {PHONES}"],
    ),
    "a notice with nobody to phone": (
        [*notices("help"), ("[notices.help]\n", '[notices.help]\nphone = "friend"\n')],
        [f"notices.help.phone: 'friend' is no telephone; {PHONES}"],
    ),
    "a notice that no answer adds": (
        notices("help")[:1],
        ["notices.help: no option adds this notice"],
    ),
    "a source without a safe address": (
        [('url = "https://', 'url = "http://')],
        ["sources.handbook.url: expected an address that begins with https://, found 'http://example.org/handbook'"],
    ),
    "a source without a title": (
        [('title = "A survey that does not exist"\n', "")],
        ["sources.survey.title: is missing; expected a text"],
    ),
    "mistakes in many places": (
        [
            (VERSION, ""),
            *warm('"one"', '"two"'),
            (OFTEN, "often = { points = -2"),
            ('title = "A survey that does not exist"\n', ""),
        ],
        [
            "version: is missing; expected a text",
            "sources.survey.title: is missing; expected a text",
            "questions.screen.options.often.points: expected a whole number from 0, found -2",
            "questions.warm.kind: 'two' is no kind of question; known: one, several",
        ],
    ),
}


@pytest.mark.parametrize(("edits", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named_by_file_and_place(tmp_path: Path, edits: list[Edit], expected: list[str]):
    path = tmp_path / "copy.toml"
    path.write_text(edited(BASE, edits), encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        load(path)
    assert sorted(caught.value.mistakes) == sorted(f"{path}: {mistake}" for mistake in expected)
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
    assert caught.value.mistakes == (f"{path}: {mistake}",)


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
    tables = "answers scores sources origins outcomes parts questions start grid tell sooner limits performance about"
    assert {f"{path}: {table}: is missing; expected a table" for table in tables.split()} <= missing


def test_a_question_alone_is_told_that_nothing_it_names_is_known(tmp_path: Path):
    path = tmp_path / "copy.toml"
    path.write_text('[questions.lonely]\nkind = "several"\nscore = "habits"\nat_most = 0\nat_most_reason = "R"\n')
    with pytest.raises(ContentError) as caught:
        load(path)
    assert {mistake for mistake in caught.value.mistakes if "questions.lonely" in mistake} == {
        f"{path}: questions.lonely.score: 'habits' is no score; known: none",
        f"{path}: questions.lonely.options: is missing; expected a table",
        f"{path}: questions.lonely.options: expected at least two options",
        f"{path}: questions.lonely.options: {NONE_ONLY_THERE}",
        *(
            f"{path}: questions.lonely.{key}: is missing; expected a text"
            for key in ("part", "origin", "label", "ask", "why")
        ),
    }


@pytest.mark.parametrize("read", [load, load_numbers])
def test_a_file_that_is_not_there_is_named(tmp_path: Path, read):
    with pytest.raises(ContentError, match=r"nowhere\.toml: cannot be read: No such file"):
        read(tmp_path / "nowhere.toml")


# ── What is shipped ──────────────────────────────────────────────────────────────────────────────────────


def test_the_checksum_is_that_of_the_bytes():
    assert QUESTIONNAIRE.checksum == hashlib.sha256(CONTENT.read_bytes()).hexdigest()


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
    path.write_text(edited(BASE, [(MILK, MILK.replace(" }", ', source = "survey" }'))]), encoding="utf-8")
    drinks = load(path).questions["drinks"]
    sources = {id: option.source.id for id, option in drinks.options.items() if option.source}
    assert sources == dict.fromkeys(drinks.options, "handbook") | {"milk": "survey"}


def test_what_the_file_leaves_out_has_a_harmless_default():
    question = SECOND.questions["colour"]
    assert (question.score, question.at_most, question.at_most_reason, question.mention, question.help) == (
        None,
        None,
        None,
        False,
        None,
    )
    never = SECOND.questions["screen"].options["rarely"]
    assert (never.points, never.detail, never.reason, never.source, never.calls, never.notices, never.stands_for) == (
        0,
        None,
        None,
        None,
        None,
        (),
        None,
    )
    assert never.label.place == "answers.rarely"
    assert (SECOND.notices, SECOND.pills, SECOND.yourself) == ({}, None, None)
    assert (SECOND.outcomes["fine"].what, SECOND.outcomes["fine"].prepare) == (None, None)
    assert (SECOND.parts["evening"].at_most, SECOND.parts["evening"].at_most_reason) == (None, None)


def test_what_may_be_left_out_is_read_where_it_stands():
    ask, coffee = SECOND.outcomes["ask"], SECOND.questions["drinks"].options["coffee"]
    assert (ask.what, ask.prepare) == ("Somebody should look at your nights with you.", "Write down when you sleep.")
    assert ask.finding == "Your nights are bad, and your habits could be why."
    assert (coffee.detail, coffee.detail and coffee.detail.place) == (
        "Also tea and cola.",
        "questions.drinks.options.coffee.detail",
    )
    for of, place in ((SECOND.parts["bedroom"], "parts.bedroom"), (SECOND.questions["drinks"], "questions.drinks")):
        assert of.at_most == 3
        assert of.at_most_reason and of.at_most_reason.place == f"{place}.at_most_reason"
    assert SECOND.judgement == "The points are invented."


def test_whose_number_is_shown_is_read_with_each_outcome_and_notice(tmp_path: Path):
    path = tmp_path / "copy.toml"
    edits = [
        *notices("help"),
        *calls("stop"),
        ('[outcomes.stop]\nphone = "doctor"', '[outcomes.stop]\nphone = "today"'),
    ]
    edits += [("[notices.help]\n", '[notices.help]\nphone = "crisis"\n')]
    path.write_text(edited(BASE, edits), encoding="utf-8")
    questionnaire = load(path)
    phones = {outcome.id: outcome.phone for outcome in questionnaire.outcomes.values()}
    assert phones == dict.fromkeys(SECOND.outcomes, "doctor") | {"stop": "today"}
    assert questionnaire.notices["help"].phone == "crisis"


def test_the_most_urgent_outcome_that_is_shipped_shows_the_emergency_number_and_no_other_does():
    first, *others = QUESTIONNAIRE.outcomes.values()
    assert first.phone == "emergency"
    assert all(outcome.phone != "emergency" for outcome in others)


def test_a_review_is_read_with_its_role_date_and_version(tmp_path: Path):
    path = tmp_path / "copy.toml"
    review = 'reviews = [{ role = "GP", date = 2026-12-01, version = "1.0.0" }]'
    path.write_text(edited(BASE, [("reviews = []", review)]), encoding="utf-8")
    assert [(own.role, own.date, own.version) for own in load(path).reviews] == [("GP", date(2026, 12, 1), "1.0.0")]


def test_a_cap_may_equal_the_heaviest_option(tmp_path: Path):
    path = tmp_path / "copy.toml"
    edits = [(DRINKS, DRINKS.replace("3", "2")), (BEDROOM, BEDROOM.replace("3", "2"))]
    path.write_text(edited(BASE, edits), encoding="utf-8")
    questionnaire = load(path)
    assert (questionnaire.questions["drinks"].at_most, questionnaire.parts["bedroom"].at_most) == (2, 2)


def test_the_place_of_a_text_is_where_it_stands_in_the_file():
    content = {text.place: str(text) for text in texts(SECOND)}
    assert content["title"] == SECOND.title
    assert content["questions.warm.ask"] == SECOND.questions["warm"].ask
    assert content["scores.habits.levels.calm.name"] == SECOND.scores["habits"].levels["calm"].name


def test_values_of_a_questionnaire_cannot_be_changed():
    for mapping in (SECOND.scores, SECOND.grid.outcomes, SECOND.grid.outcomes["good"]):
        with pytest.raises(TypeError):
            mapping["good"] = None  # type: ignore[index]
    for value in (SECOND, SECOND.grid, SECOND.questions["warm"]):
        with pytest.raises(AttributeError):
            value.id = "other"  # type: ignore[misc, union-attr]


# ── Telephone numbers ────────────────────────────────────────────────────────────────────────────────────


def test_every_country_has_an_emergency_number_and_somebody_for_a_crisis():
    numbers = load_numbers()
    assert all(own.emergency and own.country == country for country, own in numbers.items())
    assert all(own.crisis or own.crisis_words for own in numbers.values())
    assert numbers["other"].emergency_note


NUMBERS_BASE = """
[XX]
where = "Numbers of X"
emergency = ["1", "2"]
today = "Phone."
today_numbers = ["3"]
crisis = ["4", "5"]
crisis_name = "The line"
[XX.crisis_by_language]
nl = ["4"]
fr = ["5"]

[other]
where = "Numbers elsewhere"
emergency = ["9"]
emergency_note = "Or another."
today = "Phone."
crisis_words = "a line"
"""

NUMBERS_MISTAKES: Mapping[str, tuple[Edit, list[str]]] = {
    "no entry for other countries": (
        ("[other]", "[US]"),
        ["'other' is missing; it stands for every country that is not listed"],
    ),
    "a country in small letters": (
        ("[other]", '[us]\nwhere = "W"\nemergency = ["1"]\ntoday = "T"\ncrisis = ["1"]\n[other]'),
        ["us: 'us' is no id; expected the form [A-Z]{2}|other"],
    ),
    "a country without its name": (('where = "Numbers of X"\n', ""), ["XX.where: is missing; expected a text"]),
    "no emergency number": (
        ('emergency = ["1", "2"]\n', ""),
        ["XX.emergency: is missing; expected at least one telephone number"],
    ),
    "an empty list of emergency numbers": (
        ('emergency = ["1", "2"]\n', "emergency = []\n"),
        ["XX.emergency: is missing; expected at least one telephone number"],
    ),
    "no crisis line and no words in its place": (
        ('crisis_words = "a line"\n', ""),
        ["other.crisis: is missing; expected telephone numbers, or 'crisis_words' in their place"],
    ),
    "a number that is no text": (
        ('crisis = ["4", "5"]', 'crisis = ["4", "5", 6]'),
        ["XX.crisis: expected a list of strings, found 6 in it"],
    ),
    "a crisis line for a language that the country does not have": (
        ('fr = ["5"]', 'fr = ["6"]'),
        ["XX.crisis_by_language.fr: '6' is no number of 'crisis'; known: 4, 5"],
    ),
    "a language without any crisis line": (
        ('fr = ["5"]', "fr = []"),
        ["XX.crisis_by_language.fr: is empty; expected at least one number of 'crisis'"],
    ),
    "a key nobody knows": (('crisis = ["4"', 'fax = "no"\ncrisis = ["4"'), ["XX.fax: is not known here"]),
}


def test_a_country_is_read_with_all_that_it_says(tmp_path: Path):
    path = tmp_path / "copy.toml"
    path.write_text(NUMBERS_BASE, encoding="utf-8")
    own, other = load_numbers(path)["XX"], load_numbers(path)["other"]
    assert (own.country, own.where, own.emergency, own.today, own.today_numbers, own.crisis, own.crisis_name) == (
        "XX",
        "Numbers of X",
        ("1", "2"),
        "Phone.",
        ("3",),
        ("4", "5"),
        "The line",
    )
    assert (own.emergency_note, own.crisis_words) == (None, None)
    assert (other.emergency_note, other.today_numbers, other.crisis, other.crisis_name, other.crisis_words) == (
        "Or another.",
        (),
        (),
        None,
        "a line",
    )


def test_a_crisis_line_that_speaks_one_language_is_for_its_readers_and_others_see_all(tmp_path: Path):
    path = tmp_path / "copy.toml"
    path.write_text(NUMBERS_BASE, encoding="utf-8")
    own = load_numbers(path)["XX"]
    assert [own.crisis_in(language) for language in ("nl", "fr", "de")] == [("4",), ("5",), ("4", "5")]


@pytest.mark.parametrize(("edit", "expected"), NUMBERS_MISTAKES.values(), ids=NUMBERS_MISTAKES)
def test_a_mistake_in_the_telephone_numbers_is_named_by_place(tmp_path: Path, edit: Edit, expected: list[str]):
    path = tmp_path / "copy.toml"
    path.write_text(edited(NUMBERS_BASE, [edit]), encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        load_numbers(path)
    assert caught.value.mistakes == tuple(f"{path}: {mistake}" for mistake in expected)
