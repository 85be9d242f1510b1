"""The reviewer's desk: what a reviewer of the content reads on the command line."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.answers import QUESTIONNAIRE, VIGNETTE_LIST, harmless, harmless_but
from webapp.questionnaire import CONTENT, NUMBERS
from webapp.questionnaire.__main__ import main
from webapp.questionnaire.cases import VIGNETTES


class Said(NamedTuple):
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Said]
Edited = Callable[..., Path]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process. Nothing it prints may be a traceback."""

    def run(*arguments: str | Path) -> Said:
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = int(end.code or 0)
        said = Said(code, *capsys.readouterr())
        assert (said.code == 0) == (said.err == "")
        assert "Traceback" not in said.err
        return said

    return run


@pytest.fixture
def edited(tmp_path: Path) -> Edited:
    """Return a copy of the content file with some edits."""

    def edited(*edits: tuple[str, str], name: str = "new.toml") -> Path:
        text = CONTENT.read_text()
        for old, new in edits:
            assert old in text, f"{CONTENT.name} has no {old!r} any more; change this test with it"
            text = text.replace(old, new, 1)
        path = tmp_path / name
        path.write_text(text)
        return path

    return edited


def as_json(folder: Path, content: object) -> Path:
    path = folder / "answers.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def lines_below(heading: str, text: str) -> list[str]:
    """Return the indented lines below a heading."""
    lines = text.splitlines()
    start = lines.index(heading) + 1
    end = next((number for number in range(start, len(lines)) if not lines[number]), len(lines))
    return [line.strip() for line in lines[start:end]]


# ── check ────────────────────────────────────────────────────────────────────────────────────────────────


def test_check_says_in_one_line_that_the_shipped_file_is_fine(run: Run):
    for said in (run("check", CONTENT), run("check")):
        assert said.code == 0
        assert said.out.count("\n") == 1
        assert QUESTIONNAIRE.version in said.out
        assert QUESTIONNAIRE.checksum in said.out


def test_check_reads_the_telephone_numbers_too(run: Run, tmp_path: Path):
    assert run("check", NUMBERS).code == 0
    path = tmp_path / NUMBERS.name
    path.write_text("[NL]\n")
    said = run("check", path)
    assert said.code == 1
    assert f"{path}: NL.emergency: is missing" in said.err


def test_check_names_every_mistake_with_the_file_and_the_place(run: Run, edited: Edited):
    path = edited(("often = { points = 3", "often = { points = -3"), ('calls = "emergency"', 'calls = "ambulance"'))
    said = run("check", path)
    assert (said.code, said.out) == (1, "")
    first, second = said.err.splitlines()
    assert first.startswith(f"{path}: questions.alarm_now.options.seizure.calls: 'ambulance' is no outcome; known: ")
    assert second == f"{path}: questions.trembling.options.often.points: expected a whole number from 0, found -3"


def test_check_names_what_no_answers_can_lead_to(run: Run, edited: Edited):
    path = edited(("many = { from = 6", "many = { from = 15"), ("several = { from = 3", "several = { from = 14"))
    said = run("check", path)
    assert said.code == 1
    assert said.err.splitlines() == [
        f"{path}: grid.outcomes.many.{column}: no answers lead to this square" for column in ("few", "some", "many")
    ]


def test_check_names_an_outcome_that_no_answers_can_lead_to(run: Run, edited: Edited):
    path = edited(
        ("many = { from = 4", "many = { from = 22"),
        ('several = { few = "few",  some = "some"', 'several = { few = "few",  some = "few"'),
        ('many    = { few = "some", some = "raised"', 'many    = { few = "few",  some = "few"'),
    )
    said = run("check", path)
    assert f"{path}: outcomes.raised: no answers lead to this outcome" in said.err.splitlines()
    assert f"{path}: outcomes.some: no answers lead to this outcome" in said.err.splitlines()


# ── explain ──────────────────────────────────────────────────────────────────────────────────────────────


def test_explain_shows_every_question_with_its_answer(run: Run, tmp_path: Path):
    said = run("explain", as_json(tmp_path, harmless_but(health=("diarrhoea", "alcohol"))))
    assert said.code == 0
    for question in QUESTIONNAIRE.questions.values():
        assert f"  {question.id}: {question.ask}" in said.out.splitlines()
    for option in ("diarrhoea", "alcohol"):
        assert f"    {option}: {QUESTIONNAIRE.questions['health'].options[option].label}" in said.out
    assert QUESTIONNAIRE.checksum[:12] in said.out


def test_explain_shows_points_caps_sums_levels_and_the_square(run: Run, tmp_path: Path):
    health = ["acid_tablets", "water_tablets", "diarrhoea"]
    answers = {name: own[0] for name, own in harmless().items()}
    answers |= {"age": "65_plus", "health": health, "trembling": "often", "fatigue": "often"}  # type: ignore[dict-item]
    said = run("explain", as_json(tmp_path, answers))
    reason = QUESTIONNAIRE.questions["trembling"].options["often"].reason
    assert f"3 points for complaints. {reason} [statpearls]" in said.out
    assert "together 5 points; at most 4 count" in said.out
    assert lines_below("Sums", said.out) == [
        "causes: 5 points = age 1 + health 4; level many (4+)",
        "complaints: 4 points = fatigue 1 + trembling 3; level several (3–5)",
    ]
    grid = [line.split() for line in lines_below("The grid, with the square of these answers in brackets", said.out)]
    assert grid[0] == ["complaints", "↓", "causes", "→", "few", "(0–1)", "some", "(2–3)", "many", "(4+)"]
    assert grid[1] == ["few", "(0–2)", "few", "few", "some"]
    assert grid[2] == ["several", "(3–5)", "few", "some", "[raised]"]
    assert grid[3] == ["many", "(6+)", "some", "raised", "raised"]
    assert lines_below("Outcome: raised", said.out) == ["decided by the grid"]
    assert f"Notice medicines: {QUESTIONNAIRE.notices['medicines'].title}" in said.out
    raised = QUESTIONNAIRE.outcomes["raised"]
    for text in (raised.title, raised.what, raised.whom, raised.when, raised.prepare, raised.not_mean, raised.doctor):
        assert text in said.out
    assert [line.partition(" ")[0] for line in lines_below("To mention to the doctor", said.out)] == [
        f"health.{option}" for option in health
    ]


def test_explain_says_what_an_unknown_could_change(run: Run, tmp_path: Path):
    answers = harmless_but(health="cancer_drugs", weakness="often", minerals="unknown", weight="unknown")
    said = run("explain", as_json(tmp_path, answers))
    weight, minerals, together = lines_below("What was not known", said.out)
    assert weight.startswith("weight.unknown")
    assert weight.endswith("if yes: 1 point more, outcome stays few")
    assert minerals.endswith("if yes: 4 points more, outcome few → raised")
    assert together == "all of them yes: outcome few → raised"


def test_explain_shows_no_score_where_an_answer_called_for_the_outcome(run: Run, tmp_path: Path):
    said = run("explain", as_json(tmp_path, {"alarm_now": ["collapse", "spasms"], "health": "kidney"}))
    called, no_score = lines_below("Outcome: emergency", said.out)
    assert called.startswith("called for by alarm_now.collapse (")
    assert "alarm_now.spasms (" in called
    assert no_score == "no score is shown"
    assert "Sums" not in said.out
    assert "no answer; none is needed for this outcome" in said.out
    assert "Notice kidney" in said.out


def test_explain_uses_the_content_file_it_is_given(run: Run, edited: Edited, tmp_path: Path):
    path = edited(("often = { points = 3", "often = { points = 2"))
    said = run("explain", "--content", path, as_json(tmp_path, harmless_but(trembling="often")))
    assert "complaints: 2 points = trembling 2; level few (0–2)" in said.out
    assert "causes: no points = nothing; level few (0–1)" in said.out


WRONG_ANSWERS: Mapping[str, tuple[object, list[str]]] = {
    "no JSON": ("{", ["this is not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"]),
    "a list": ([], ["expected a table, found []"]),
    "a question answered twice": ('{"age": "18_64", "age": "65_plus"}', ["this is not JSON: 'age' is there twice"]),
    "a number": (harmless() | {"age": 44}, ["age: expected a text, found 44"]),
    "a number in a list": (
        harmless() | {"health": ["kidney", 1]},
        ["health: expected a list of strings, found 1 in it"],
    ),
    "an unknown question": (
        harmless() | {"mood": "fine"},
        [f"mood: is no question; known: {', '.join(QUESTIONNAIRE.questions)}"],
    ),
    "an unknown option": (
        harmless() | {"stress": ["always", "often"]},
        ["stress: 'always' is no option; known: never, sometimes, often"],
    ),
    "two answers": (
        harmless() | {"stress": ["never", "often"]},
        ["stress: has more than one answer; expected one of: never, sometimes, often"],
    ),
    "a contradiction": (
        harmless() | {"alarm_now": ["seizure", "none"]},
        ["alarm_now: has 'none' together with another option, which exclude each other"],
    ),
    "a missing answer": (
        {name: own for name, own in harmless().items() if name != "pregnant"},
        ["pregnant: has no answer; known: yes, no"],
    ),
    "a mistake beside an alarm": (
        {"alarm_now": "seizure", "stress": "always"},
        ["stress: 'always' is no option; known: never, sometimes, often"],
    ),
}


@pytest.mark.parametrize(("content", "mistakes"), WRONG_ANSWERS.values(), ids=WRONG_ANSWERS)
def test_explain_names_what_is_wrong_with_the_answers(run: Run, tmp_path: Path, content: object, mistakes: list[str]):
    path = as_json(tmp_path, content)
    said = run("explain", path)
    assert (said.code, said.out) == (1, "")
    assert said.err.splitlines() == [f"{path}: {mistake}" for mistake in mistakes]


@pytest.mark.parametrize("content", [b"\xff", b"[" * 100_000], ids=["not text", "too deep"])
def test_explain_refuses_what_is_no_json_at_all(run: Run, tmp_path: Path, content: bytes):
    path = tmp_path / "answers.json"
    path.write_bytes(content)
    said = run("explain", path)
    assert said.code == 1
    assert said.err.startswith(f"{path}: this is not JSON: ")


# ── diff ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_diff_of_a_file_with_itself_finds_nothing(run: Run):
    said = run("diff", CONTENT, CONTENT)
    assert "Every rule and every text is the same." in said.out
    assert f"Vignettes: 0 of {len(VIGNETTE_LIST)} change outcome" in said.out
    assert "→" not in said.out


def test_diff_names_a_moved_threshold_its_vignettes_and_the_shares(run: Run, edited: Edited):
    said = run("diff", CONTENT, edited(("many = { from = 4", "many = { from = 5")))
    assert said.code == 0
    assert lines_below("Thresholds", said.out) == ["scores.causes.levels.many: begins at 4 → 5 points"]
    moved = [vignette.name for vignette in VIGNETTE_LIST if vignette.sums.get("causes") == 4]
    heading = next(line for line in said.out.splitlines() if line.startswith("Vignettes:"))
    names = [line.partition(": ")[0] for line in lines_below(heading, said.out)]
    assert heading == f"Vignettes: {len(names)} of {len(VIGNETTE_LIST)} change outcome"
    assert names
    assert set(names) < set(moved)
    assert "coeliac disease, only tired: some → few" in lines_below(heading, said.out)
    shares = lines_below("All the ways to fill in the check", said.out)
    raised = next(line for line in shares if line.startswith("raised"))
    assert "2 475 078 188 → " in raised
    assert raised.count(" % → ") == 1
    assert "→" not in next(line for line in shares if line.startswith("emergency"))
    assert "2 282 521 714 753 536" in next(line for line in shares if line.startswith("all"))


CAUSES = QUESTIONNAIRE.scores["causes"].name
OFTEN = QUESTIONNAIRE.questions["stress"].options["often"].label

CHANGES: Mapping[str, tuple[list[tuple[str, str]], str, list[str]]] = {
    "points": (
        [("often = { points = 3", "often = { points = 2")],
        "Points",
        ["questions.trembling.options.often: 3 → 2"],
    ),
    "a cap": ([("at_most = 4", "at_most = 5")], "Caps", ["questions.health.at_most: 4 → 5"]),
    "a cap taken away": (
        [("at_most = 4\n", "")],
        "Caps",
        ["questions.health.at_most: 4 → none"],
    ),
    "a square": (
        [('many    = { few = "some"', 'many    = { few = "raised"')],
        "Grid",
        ["grid.outcomes.many.few: some → raised"],
    ),
    "the source of an option": (
        [('source = "galland_1988"', 'source = "article"')],
        "Sources",
        ["questions.conditions.options.crohn.source: galland_1988 → article"],
    ),
    "a source": (
        [('url = "https://pubmed.ncbi.nlm.nih.gov/3294519/"', 'url = "https://example.org/"')],
        "Sources",
        ["sources.galland_1988.url: https://pubmed.ncbi.nlm.nih.gov/3294519/ → https://example.org/"],
    ),
    "a text": (
        [(f'name = "{CAUSES}"', 'name = "Risks"')],
        "Texts",
        [f"scores.causes.name: “{CAUSES}” → “Risks”"],
    ),
    "a shared label, once": (
        [(f'often = "{OFTEN}"', 'often = "Now and again"')],
        "Texts",
        [f"answers.often: “{OFTEN}” → “Now and again”"],
    ),
    "a text added": (
        [("[tell.points]\n", '[tell.points]\nnew = "New"\n')],
        "Texts",
        ["tell.points.new: none → “New”"],
    ),
    "the version": (
        [
            (f'version = "{QUESTIONNAIRE.version}"', 'version = "9.0.0"'),
            (f"date = {QUESTIONNAIRE.date}", "date = 2030-01-01"),
        ],
        "Version",
        [f"version: {QUESTIONNAIRE.version} → 9.0.0", f"date: {QUESTIONNAIRE.date} → 2030-01-01"],
    ),
    "a review": (
        [("reviews = []", 'reviews = [{ role = "GP", date = 2026-12-01, version = "1.0.0" }]')],
        "Version",
        ["reviews: none → GP, 2026-12-01, version 1.0.0"],
    ),
    "an outcome called for": (
        [('calls = "emergency"', 'calls = "today"')],
        "Other rules",
        ["questions.alarm_now.options.seizure.calls: emergency → today"],
    ),
    "a notice of an option": (
        [('notices = ["medicines"]', "notices = []")],
        "Other rules",
        ["questions.health.options.acid_tablets.notices: medicines → none"],
    ),
    "the order of the outcomes": (
        [
            ("[outcomes.emergency]", "[outcomes.swap]"),
            ("[outcomes.today]", "[outcomes.emergency]"),
            ("[outcomes.swap]", "[outcomes.today]"),
        ],
        "Order",
        ["outcomes: now today, emergency, not_scored, raised, some, few"],
    ),
}


@pytest.mark.parametrize(("edits", "heading", "expected"), CHANGES.values(), ids=CHANGES)
def test_diff_names_what_changed(
    run: Run, edited: Edited, edits: list[tuple[str, str]], heading: str, expected: list[str]
):
    said = run("diff", CONTENT, edited(*edits))
    assert said.code == 0
    assert lines_below(heading, said.out) == expected


NEW_OPTION = '[questions.health.options.gout]\nlabel = "Gout"\npoints = 1\nreason = "R"\nsource = "article"\n'


def test_diff_names_an_option_that_is_added_or_removed(run: Run, edited: Edited):
    kidney = "[questions.health.options.kidney]\n"
    new = edited((kidney, NEW_OPTION + kidney))
    added, *details = lines_below("Added and removed", run("diff", CONTENT, new).out)
    assert added == "questions.health.options.gout: added"
    assert details == ["label: “Gout”", "points: 1", "reason: “R”", "source: article"]
    out = run("diff", new, CONTENT).out
    assert lines_below("Added and removed", out)[0] == "questions.health.options.gout: removed"
    assert "Order" not in out.splitlines()
    assert "2 282 521 714 753 536" in out


NEW_QUESTION = """[questions.smoking]
part = "complaints"
kind = "one"
origin = "article"
ask = "Do you smoke?"
why = "W"
[questions.smoking.options]
yes = {}
no = {}
[questions.fatigue]
"""


def test_diff_names_a_new_question_and_the_vignettes_without_an_answer_to_it(run: Run, edited: Edited):
    said = run("diff", CONTENT, edited(("[questions.fatigue]\n", NEW_QUESTION)))
    assert "questions.smoking: added" in lines_below("Added and removed", said.out)
    scored = [vignette for vignette in VIGNETTE_LIST if vignette.sums]
    heading = f"Vignettes whose answers do not fit the new file: {len(scored)}"
    unfit = lines_below(heading, said.out)
    assert unfit == [f"{vignette.name}: smoking: has no answer; known: yes, no" for vignette in scored]
    assert "4 565 043 429 507 072" in said.out


def test_diff_names_vignettes_that_answer_a_question_that_is_gone(run: Run, edited: Edited):
    new = edited(("[questions.fatigue]\n", NEW_QUESTION))
    vignettes = new.with_name("vignettes.toml")
    vignettes.write_text(VIGNETTES.read_text().replace("[default]\n", '[default]\nsmoking = "no"\n'))
    said = run("diff", new, CONTENT, "--vignettes", vignettes)
    assert f"Vignettes: 0 of {len(VIGNETTE_LIST)} change outcome" in said.out
    assert f"Vignettes whose answers do not fit the new file: {len(VIGNETTE_LIST)}" in said.out
    back = run("diff", CONTENT, new, "--vignettes", vignettes)
    assert f"Vignettes: {len(VIGNETTE_LIST)} of {len(VIGNETTE_LIST)} change outcome" in back.out
    assert "nothing at all: no outcome → few" in back.out


def test_diff_names_each_file_by_its_whole_path(run: Run, tmp_path: Path):
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "content.toml").write_text(CONTENT.read_text() + ("" if name == "old" else "\nx = 1\n"))
    said = run("diff", tmp_path / "old" / "content.toml", tmp_path / "new" / "content.toml")
    assert said.err.startswith(f"{tmp_path / 'new' / 'content.toml'}: ")


# ── ways ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_ways_prints_the_ways_of_every_outcome_and_square(run: Run):
    for said in (run("ways"), run("ways", CONTENT)):
        table = lines_below("All the ways to fill in the check", said.out)
        assert [line.partition(" ")[0] for line in table] == ["outcome", *QUESTIONNAIRE.outcomes, "all"]
        assert "2 282 521 714 753 536" in table[-1]
        assert "under 0.001 %" in said.out
        squares = lines_below("The scored ways, by square of the grid", said.out)
        assert [line.partition(" ")[0] for line in squares] == ["complaints", *QUESTIONNAIRE.grid.outcomes]
        assert "61 440" in squares[1]


# ── Bad input ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "{nowhere}"),
        ("explain", "{nowhere}"),
        ("explain", "--content", "{nowhere}", "{content}"),
        ("diff", "{nowhere}", "{content}"),
        ("diff", "{content}", "{nowhere}"),
        ("diff", "{content}", "{content}", "--vignettes", "{nowhere}"),
        ("ways", "{nowhere}"),
    ],
    ids=" ".join,
)
def test_a_file_that_cannot_be_read_is_named(run: Run, tmp_path: Path, arguments: tuple[str, ...]):
    nowhere = tmp_path / "nowhere"
    said = run(*(argument.format(nowhere=nowhere, content=CONTENT) for argument in arguments))
    assert said == (2, "", f"{nowhere}: cannot be read: No such file or directory\n")


def test_a_folder_cannot_be_read(run: Run, tmp_path: Path):
    assert run("check", tmp_path) == (2, "", f"{tmp_path}: cannot be read: Is a directory\n")


@pytest.mark.parametrize("arguments", [(), ("invent",), ("diff", "one.toml"), ("check", "a", "b"), ("explain",)])
def test_wrong_usage_is_explained(run: Run, arguments: tuple[str, ...]):
    said = run(*arguments)
    assert said.code == 2
    assert said.err.startswith("usage: python -m webapp.questionnaire")


@pytest.mark.parametrize("command", ["check", "ways", "diff"])
def test_a_broken_content_file_is_named_by_every_command(run: Run, tmp_path: Path, command: str):
    path = tmp_path / "broken.toml"
    path.write_text("[grid")
    said = run(command, path, *([CONTENT] if command == "diff" else []))
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"{path}: this is not TOML: ")


def test_broken_vignettes_are_named(run: Run, tmp_path: Path):
    path = tmp_path / "patients.toml"
    path.write_text('[[vignette]]\nname = "A"\n')
    said = run("diff", CONTENT, CONTENT, "--vignettes", path)
    assert said.code == 1
    assert f"{path}: vignette 1.who: is missing; expected a text" in said.err.splitlines()


def test_the_commands_run_from_the_shell_in_any_encoding():
    command = [sys.executable, "-m", "webapp.questionnaire", "ways"]
    done = subprocess.run(command, capture_output=True, env={"PYTHONIOENCODING": "ascii"}, cwd=CONTENT.parents[2])
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"2 282 521 714 753 536" in done.stdout
