"""The reviewer's desk: what a reviewer of the content reads on the command line."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.answers import QUESTIONNAIRE, SECOND, SECOND_CONTENT, SECOND_VIGNETTES, VIGNETTE_LIST
from webapp.questionnaire import CONTENT, NUMBERS, load
from webapp.questionnaire.__main__ import main
from webapp.questionnaire.cases import load_vignettes
from webapp.questionnaire.ways import count_ways
from webapp.questionnaire.ways_report import grouped, percent

SECOND_VIGNETTE_LIST = load_vignettes(SECOND_VIGNETTES)
DIFFERS = "Rules and texts that differ"
SAME = "Every rule and every text is the same."
WAYS = "All the ways to fill in the check"


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
def diff(run: Run) -> Run:
    """Compare the second questionnaire, or another old file, with a new file."""

    def diff(new: Path, old: Path = SECOND_CONTENT, vignettes: Path = SECOND_VIGNETTES) -> Said:
        said = run("diff", old, new, "--vignettes", vignettes)
        assert said.code == 0, said.err
        return said

    return diff


@pytest.fixture
def edited(tmp_path: Path) -> Edited:
    """Return a copy of the second questionnaire with some edits."""

    def edited(*edits: tuple[str, str]) -> Path:
        text = SECOND_CONTENT.read_text(encoding="utf-8")
        for old, new in edits:
            assert old in text, f"there is no {old!r} any more; change this test with it"
            text = text.replace(old, new, 1)
        path = tmp_path / "new.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return edited


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
    path.write_text("[NL]\n", encoding="utf-8")
    said = run("check", path)
    assert said.code == 1
    assert f"{path}: NL.emergency: is missing" in said.err


def test_check_names_every_mistake_with_the_file_and_the_place(run: Run, edited: Edited):
    path = edited(("often = { points = 2", "often = { points = -2"), ('phone = "doctor"', 'phone = "friend"'))
    said = run("check", path)
    assert (said.code, said.out) == (1, "")
    first, second = said.err.splitlines()
    assert first.startswith(f"{path}: outcomes.ask.phone: 'friend' is no telephone; known: ")
    assert second == f"{path}: questions.screen.options.often.points: expected a whole number from 0, found -2"


def test_check_names_what_no_answers_can_lead_to(run: Run, edited: Edited):
    said = run("check", path := edited(("wild = { from = 6", "wild = { from = 9")))
    assert said.code == 1
    assert said.err.splitlines() == [
        *(f"{path}: grid.outcomes.{row}.wild: no answers lead to this square" for row in ("good", "bad")),
        f"{path}: outcomes.ask: no answers lead to this outcome",
    ]


# ── diff ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_diff_of_the_shipped_file_with_itself_finds_nothing(run: Run):
    said = run("diff", CONTENT, CONTENT)
    assert SAME in said.out
    assert f"Vignettes: 0 of {len(VIGNETTE_LIST)} change outcome" in said.out
    assert "→" not in said.out


def test_diff_names_a_moved_threshold_its_vignettes_and_the_shares(diff: Run, edited: Edited):
    new = edited(("lively = { from = 4", "lively = { from = 5"))
    said = diff(new)
    assert lines_below(DIFFERS, said.out) == ["scores.habits.levels.lively.from: 4 → 5"]
    heading = f"Vignettes: 1 of {len(SECOND_VIGNETTE_LIST)} change outcome"
    assert lines_below(heading, said.out) == ["screen and coffee: change → fine"]
    before, after = count_ways(SECOND), count_ways(load(new))
    lines = {line.partition(" ")[0]: line for line in lines_below(WAYS, said.out)}
    for outcome in ("change", "fine"):
        assert f"{grouped(before.by_outcome[outcome])} → {grouped(after.by_outcome[outcome])}" in lines[outcome]
        assert lines[outcome].count(" % → ") == 2
    assert "→" not in lines["ask"]
    assert lines["all"].split(maxsplit=1)[1] == grouped(before.total)


CHANGES: list[tuple[list[tuple[str, str]], list[str]]] = [
    ([("often = { points = 2", "often = { points = 1")], ["questions.screen.options.often.points: 2 → 1"]),
    (
        [('yes = { points = 1, reason = "Bad nights make tired days." }', "yes = {}")],
        [
            "questions.tired.options.yes.points: 1 → 0",
            "questions.tired.options.yes.reason: “Bad nights make tired days.” → none",
        ],
    ),
    (
        [('at_most = 3\nat_most_reason = "Drinks', 'at_most = 4\nat_most_reason = "Drinks')],
        ["questions.drinks.at_most: 3 → 4"],
    ),
    (
        [('at_most = 3\nat_most_reason = "A room alone explains little."\n', "")],
        ["parts.bedroom.at_most: 3 → none", "parts.bedroom.at_most_reason: “A room alone explains little.” → none"],
    ),
    ([('calm = "fine", fair = "fine"', 'calm = "fine", fair = "change"')], ["grid.outcomes.good.fair: fine → change"]),
    ([('source = "survey"', 'source = "handbook"')], ["questions.screen.options.sometimes.source: survey → handbook"]),
    (
        [("https://example.org/handbook", "https://example.org/other")],
        ["sources.handbook.url: https://example.org/handbook → https://example.org/other"],
    ),
    ([('name = "Habits"', 'name = "Evenings"')], ["scores.habits.name: “Habits” → “Evenings”"]),
    (
        [('detail = "A litre or more."', 'detail = "More."')],
        ["questions.drinks.options.water.detail: “A litre or more.” → “More.”"],
    ),
    ([('often = "Often"', 'often = "Mostly"')], ["answers.often: “Often” → “Mostly”"]),
    (
        [("[tell.points]\n", '[tell.points]\nnew = "New"\n')],
        ["tell.points.new: added", "tell.points.new: none → “New”"],
    ),
    (
        [(f'version = "{SECOND.version}"', 'version = "9.0.0"'), (f"date = {SECOND.date}", "date = 2030-01-01")],
        [f"version: {SECOND.version} → 9.0.0", f"date: {SECOND.date} → 2030-01-01"],
    ),
    (
        [("reviews = []", 'reviews = [{ role = "GP", date = 2026-12-01, version = "1.0.0" }]')],
        ["reviews: none → GP, 2026-12-01, version 1.0.0"],
    ),
    ([("mention = true\n", "")], ["questions.drinks.mention: True → False"]),
    (
        [
            ('[sources.survey]\ntitle = "A survey that does not exist"\n', ""),
            ("[sources.handbook]\n", '[sources.survey]\ntitle = "A survey that does not exist"\n[sources.handbook]\n'),
        ],
        ["sources: now in the order survey, handbook"],
    ),
    (
        [("[tell]\n", '[pills]\ntitle = "Pills"\n[pills.points]\nask = "Ask."\n[tell]\n')],
        ["pills.title: none → “Pills”", "pills.points.ask: none → “Ask.”"],
    ),
]


@pytest.mark.parametrize(("edits", "expected"), CHANGES, ids=[expected[0] for _, expected in CHANGES])
def test_diff_names_what_changed_by_its_place(
    diff: Run, edited: Edited, edits: list[tuple[str, str]], expected: list[str]
):
    assert lines_below(DIFFERS, diff(edited(*edits)).out) == expected


def test_diff_names_an_option_that_is_added_or_removed_with_all_it_says(diff: Run, edited: Edited):
    new = edited(("none = {}", 'tea = { label = "Tea", points = 1, reason = "R", notices = [] }\nnone = {}'))
    place = "questions.drinks.options.tea"
    said = {"label": "“Tea”", "points": "1", "reason": "“R”", "source": "handbook"}
    assert lines_below(DIFFERS, diff(new).out) == [
        f"{place}: added",
        *(f"{place}.{key}: none → {value}" for key, value in said.items()),
    ]
    back = diff(SECOND_CONTENT, old=new)
    assert lines_below(DIFFERS, back.out) == [
        f"{place}: removed",
        *(f"{place}.{key}: {value} → none" for key, value in said.items()),
    ]


NEW_QUESTION = """[questions.naps]
part = "nights"
kind = "one"
origin = "invented"
label = "Naps"
ask = "Do you nap?"
why = "W"
[questions.naps.options]
yes = {}
no = {}
[questions.tired]
"""


def test_diff_names_a_new_question_and_the_vignettes_without_an_answer_to_it(diff: Run, edited: Edited):
    said = diff(edited(("[questions.tired]\n", NEW_QUESTION)))
    assert "questions.naps: added" in lines_below(DIFFERS, said.out)
    unfit = lines_below(f"Vignettes whose answers do not fit the new file: {len(SECOND_VIGNETTE_LIST)}", said.out)
    assert unfit == [f"{one.name}: naps: has no answer; known: yes, no" for one in SECOND_VIGNETTE_LIST]
    total = count_ways(SECOND).total
    assert f"{grouped(total)} → {grouped(2 * total)}" in said.out


def test_diff_names_vignettes_that_answer_a_question_that_is_gone(diff: Run, edited: Edited):
    new = edited(("[questions.tired]\n", NEW_QUESTION))
    vignettes = new.with_name("vignettes.toml")
    text = SECOND_VIGNETTES.read_text(encoding="utf-8")
    vignettes.write_text(text.replace("[default]\n", '[default]\nnaps = "no"\n'), encoding="utf-8")
    everyone = len(SECOND_VIGNETTE_LIST)
    said = diff(SECOND_CONTENT, old=new, vignettes=vignettes)
    assert f"Vignettes: 0 of {everyone} change outcome" in said.out
    unfit = lines_below(f"Vignettes whose answers do not fit the new file: {everyone}", said.out)
    assert unfit[0] == f"{SECOND_VIGNETTE_LIST[0].name}: naps: is no question; known: {', '.join(SECOND.questions)}"
    back = diff(new, vignettes=vignettes)
    moved = lines_below(f"Vignettes: {everyone} of {everyone} change outcome", back.out)
    assert moved[0] == f"{SECOND_VIGNETTE_LIST[0].name}: no outcome → {SECOND_VIGNETTE_LIST[0].outcome}"


MISFITS = {
    'screen = "always"': "screen: unknown: always; known: rarely, sometimes, often",
    'screen = ["rarely", "often"]': "screen: two values: rarely, often; known: rarely, sometimes, often",
    'drinks = ["milk", "none"]': "drinks: contradiction: milk, none; known: coffee, wine, water, milk, none",
    "screen = []": "screen: has no answer; known: rarely, sometimes, often",
    'mood = "fine"': f"mood: is no question; known: {', '.join(SECOND.questions)}",
}


@pytest.mark.parametrize(("answer", "problem"), MISFITS.items(), ids=MISFITS)
def test_diff_says_what_is_wrong_with_the_answers_of_a_vignette(diff: Run, tmp_path: Path, answer: str, problem: str):
    vignettes = tmp_path / "vignettes.toml"
    text = SECOND_VIGNETTES.read_text(encoding="utf-8")
    vignettes.write_text(
        text.replace('who = "Somebody who sleeps well."', f'who = "W"\nanswers.{answer}'), encoding="utf-8"
    )
    said = diff(SECOND_CONTENT, vignettes=vignettes)
    unfit = lines_below("Vignettes whose answers do not fit the new file: 1", said.out)
    assert unfit == [f"{SECOND_VIGNETTE_LIST[0].name}: {problem}"]


def test_diff_names_each_file_by_its_whole_path(run: Run, tmp_path: Path):
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        text = CONTENT.read_text(encoding="utf-8") + ("" if name == "old" else "\nx = 1\n")
        (tmp_path / name / "content.toml").write_text(text, encoding="utf-8")
    said = run("diff", tmp_path / "old" / "content.toml", tmp_path / "new" / "content.toml")
    assert said.err.startswith(f"{tmp_path / 'new' / 'content.toml'}: ")


# ── ways ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("arguments", [(), (CONTENT,), (SECOND_CONTENT,)], ids=["none", "shipped", "second"])
def test_ways_prints_the_ways_of_every_outcome_and_square(run: Run, arguments: tuple[Path, ...]):
    questionnaire = load(*arguments)
    ways, grid = count_ways(questionnaire), questionnaire.grid
    out = run("ways", *arguments).out
    header, *lines, everything = lines_below(WAYS, out)
    assert header.split()[0] == "outcome"
    for line, (outcome, number) in zip(lines, ways.by_outcome.items(), strict=True):
        assert line.startswith(outcome) and f" {grouped(number)} " in line
    assert everything.startswith("all") and grouped(ways.total) in everything
    top, *rows = lines_below("The scored ways, by square of the grid", out)
    assert top.split()[:4] == [grid.rows, "↓", grid.columns, "→"]
    for line, row in zip(rows, grid.outcomes, strict=True):
        assert line.startswith(row)
        assert all(grouped(ways.by_square[row, column]) in line for column in grid.outcomes[row])


def test_a_share_that_is_not_nothing_is_never_shown_as_nothing():
    assert [percent(part, 1_000_000) for part in (0, 1, 10, 1_000_000)] == [
        "0.000 %",
        "under 0.001 %",
        "0.001 %",
        "100.000 %",
    ]
    assert percent(0, 0) == "0.000 %"


# ── Bad input ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "{nowhere}"),
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


@pytest.mark.parametrize("arguments", [(), ("invent",), ("diff", "one.toml"), ("check", "a", "b")])
def test_wrong_usage_is_explained(run: Run, arguments: tuple[str, ...]):
    said = run(*arguments)
    assert said.code == 2
    assert said.err.startswith("usage: python -m webapp.questionnaire")


@pytest.mark.parametrize("command", ["check", "ways", "diff"])
def test_a_broken_content_file_is_named_by_every_command(run: Run, tmp_path: Path, command: str):
    path = tmp_path / "broken.toml"
    path.write_text("[grid", encoding="utf-8")
    said = run(command, path, *([CONTENT] if command == "diff" else []))
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"{path}: this is not TOML: ")


def test_broken_vignettes_are_named(run: Run, tmp_path: Path):
    path = tmp_path / "patients.toml"
    path.write_text('[[vignette]]\nname = "A"\n', encoding="utf-8")
    said = run("diff", CONTENT, CONTENT, "--vignettes", path)
    assert said.code == 1
    assert f"{path}: vignette 1.who: is missing; expected a text" in said.err.splitlines()


def test_the_commands_run_from_the_shell_in_any_encoding():
    command = [sys.executable, "-m", "webapp.questionnaire", "ways"]
    done = subprocess.run(command, capture_output=True, env={"PYTHONIOENCODING": "ascii"}, cwd=CONTENT.parents[2])
    assert (done.returncode, done.stderr) == (0, b"")
    assert grouped(count_ways(QUESTIONNAIRE).total).encode() in done.stdout
