"""The reviewer's desk: what a reviewer of the content reads on the command line."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.answers import SECOND, SECOND_CONTENT, SECOND_VIGNETTES, VIGNETTE_LIST
from tests.cases import load_vignettes
from tests.diff import main
from webapp.questionnaire import CONTENT, load
from webapp.questionnaire.ways import count_ways

SECOND_VIGNETTE_LIST = load_vignettes(SECOND_VIGNETTES)


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
        said = run(old, new, "--vignettes", vignettes)
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


def test_diff_names_every_mistake_with_the_file_and_the_place(run: Run, edited: Edited):
    path = edited(("often = { points = 2", "often = { points = -2"), ('phone = "doctor"', 'phone = "friend"'))
    said = run(SECOND_CONTENT, path)
    assert (said.code, said.out) == (1, "")
    first, second = said.err.splitlines()
    assert first.startswith(f"{path}: outcomes.ask.phone: 'friend' is no telephone; known: ")
    assert second == f"{path}: questions.screen.options.often.points: expected a whole number from 0, found -2"


def test_diff_names_what_no_answers_can_lead_to(run: Run, edited: Edited):
    said = run(SECOND_CONTENT, path := edited(("wild = { from = 6", "wild = { from = 9")))
    assert said.code == 1
    assert said.err.splitlines() == [
        *(f"{path}: grid.outcomes.{row}.wild: no answers lead here" for row in ("good", "bad")),
        f"{path}: outcomes.ask: no answers lead here",
    ]


def test_diff_of_the_shipped_file_with_itself_finds_nothing(run: Run):
    said = run(CONTENT, CONTENT)
    assert f"Vignettes: 0 of {len(VIGNETTE_LIST)} change outcome" in said.out
    assert "→" not in said.out


def test_diff_names_the_cases_and_the_shares_that_a_moved_threshold_moves(diff: Run, edited: Edited):
    new = edited(("lively = { from = 4", "lively = { from = 5"))
    said = diff(new)
    heading = f"Vignettes: 1 of {len(SECOND_VIGNETTE_LIST)} change outcome"
    assert lines_below(heading, said.out) == ["screen and coffee: change → fine"]
    before, after = count_ways(SECOND), count_ways(load(new))
    lines = dict(
        line.split(": ") for line in lines_below(f"All the ways to fill in the check: {before.total:,}", said.out)
    )
    for outcome in ("change", "fine"):
        one, other = before.by_outcome[outcome], after.by_outcome[outcome]
        scored = (sum(ways.by_square.values()) for ways in (before, after))
        shares = [f"{own / all:.3%} of the scored" for own, all in zip((one, other), scored, strict=True)]
        assert lines[outcome] == f"{one:,} ({shares[0]}) → {other:,} ({shares[1]})"
    assert "→" not in lines["ask"]


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
    unfit = lines_below(f"Vignettes whose answers do not fit the new file: {len(SECOND_VIGNETTE_LIST)}", said.out)
    assert unfit == [f"{one.name}: naps: has no answer; known: yes, no" for one in SECOND_VIGNETTE_LIST]
    total = count_ways(SECOND).total
    assert f"{total:,} → {2 * total:,}" in said.out


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
    said = run(tmp_path / "old" / "content.toml", tmp_path / "new" / "content.toml")
    assert said.err.startswith(f"{tmp_path / 'new' / 'content.toml'}: ")


# ── Bad input ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "arguments",
    [("{nowhere}", "{content}"), ("{content}", "{nowhere}"), ("{content}", "{content}", "--vignettes", "{nowhere}")],
    ids=" ".join,
)
def test_a_file_that_cannot_be_read_is_named(run: Run, tmp_path: Path, arguments: tuple[str, ...]):
    nowhere = tmp_path / "nowhere"
    said = run(*(argument.format(nowhere=nowhere, content=CONTENT) for argument in arguments))
    assert said == (1, "", f"{nowhere}: cannot be read: No such file or directory\n")


def test_a_folder_cannot_be_read(run: Run, tmp_path: Path):
    assert run(CONTENT, tmp_path) == (1, "", f"{tmp_path}: cannot be read: Is a directory\n")


@pytest.mark.parametrize("arguments", [(), ("one.toml",), ("a", "b", "c")])
def test_wrong_usage_is_explained(run: Run, arguments: tuple[str, ...]):
    said = run(*arguments)
    assert said.code == 2
    assert said.err.startswith("usage: python3 -m tests.diff")


@pytest.mark.parametrize("arguments", [("{broken}", "{fine}"), ("{fine}", "{broken}")], ids=" ".join)
def test_a_broken_content_file_is_named(run: Run, tmp_path: Path, arguments: tuple[str, ...]):
    path = tmp_path / "broken.toml"
    path.write_text("[grid", encoding="utf-8")
    said = run(*(argument.format(broken=path, fine=CONTENT) for argument in arguments))
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"{path}: this is not TOML: ")


def test_broken_vignettes_are_named(run: Run, tmp_path: Path):
    path = tmp_path / "patients.toml"
    path.write_text('[[vignette]]\nname = "A"\n', encoding="utf-8")
    said = run(CONTENT, CONTENT, "--vignettes", path)
    assert said.code == 1
    assert f"{path}: vignette 1.who: is missing; expected a text" in said.err.splitlines()


def test_the_command_runs_from_the_shell_with_python_alone_and_in_any_encoding():
    command = [sys.executable, "-S", "-m", "tests.diff", CONTENT, SECOND_CONTENT]
    done = subprocess.run(command, capture_output=True, env={"PYTHONIOENCODING": "ascii"}, cwd=CONTENT.parents[2])
    assert (done.returncode, done.stderr) == (0, b"")
