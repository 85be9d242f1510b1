"""The safety file can be read, names tests that exist and ran, and stands on its page whole."""

import ast
import os
import re
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import ROOT, make_app
from tests.house import Element, HouseClient, by_id, parse, text_of
from tests.posting import languages_of
from webapp.questionnaire import ContentError, load
from webapp.safety import HAZARDS, SafetyFile, load_safety_file

FILE = load_safety_file()
assert FILE

MOUNTS = ("", "at/example/", "embed/example/")

WHOLE = """
date = 2026-11-26
version = "2.0.0"
remarks = ["Nobody has read it."]
scale = "Two words"
scale_url = "https://example.org/"
[severities.bad]
meaning = "It hurts."
[hazards.fall]
harm = "Someone falls."
cause = "The floor is wet."
severity = "bad"
prevented_by = ["A mat."]
tests = ["tests/test_floor.py::test_the_mat_lies_there"]
not_shown = ["Whether anyone steps on it."]
"""


# ── The tests it names ───────────────────────────────────────────────────────────────────────────────────


@cache
def names_in(path: str) -> frozenset[str]:
    """Return the names of all test functions in a file; none where there is no such file."""
    file = ROOT / path
    content = ast.parse(file.read_text(encoding="utf-8")) if file.exists() else ast.parse("")
    return frozenset(one.name for one in content.body if isinstance(one, ast.FunctionDef))


@pytest.mark.parametrize("hazard", FILE.hazards.values(), ids=lambda hazard: hazard.id)
def test_a_hazard_says_what_prevents_it_what_shows_that_and_what_nothing_shows(hazard):
    """That each named test has passed as well, the whole run itself shows in the end: see tests/hazards.py."""
    assert hazard.severity in FILE.severities
    assert hazard.prevented_by and hazard.not_shown and FILE.remarks
    assert len(set(hazard.tests)) == len(hazard.tests)
    for test in hazard.tests:
        path, _, name = test.partition("::")
        assert name in names_in(path), test


SMALL = """
import pytest

@pytest.mark.parametrize("number", [1, 2])
def test_passes(number):
    if number == 2:
        pytest.skip("one of them is enough")

def test_is_skipped():
    pytest.skip("a tool is missing")

def test_is_also_there():
    pass
"""

LEADING = """
from tests.hazards import watch

def pytest_configure(config):
    watch(config, {names!r}, skipping_fails={skipping_fails!r})
"""


@pytest.fixture
def run_small(tmp_path: Path):
    """Run a small suite of which some tests are named, in a process of its own; returns its code and what it said."""
    (tmp_path / "test_small.py").write_text(SMALL, encoding="utf-8")

    def run(*arguments: str, names: list[str], skipping_fails: bool = True) -> tuple[int, str]:
        leading = LEADING.format(names=[f"test_small.py::{name}" for name in names], skipping_fails=skipping_fails)
        (tmp_path / "conftest.py").write_text(leading, encoding="utf-8")
        plugins = ["-p", "xdist.plugin"] if "-n" in arguments else []
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *plugins, *arguments]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
        return done.returncode, done.stdout

    return run


@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["in one process", "by workers"])
def test_a_whole_run_fails_unless_each_named_test_has_passed(run_small, workers: list[str]):
    assert run_small(*workers, names=["test_passes", "test_is_also_there"])[0] == 0
    code, said = run_small(*workers, names=["test_passes", "test_that_nobody_wrote", "test_is_skipped"])
    assert code == 1
    assert sorted(re.findall(r"names test_small.py::(\w+), which (.*)", said)) == [
        ("test_is_skipped", "was skipped"),
        ("test_that_nobody_wrote", "did not run"),
    ]


def test_where_tools_may_be_missing_a_skipped_test_is_told_but_fails_nothing(run_small):
    code, said = run_small(names=["test_is_skipped"], skipping_fails=False)
    assert (code, "test_is_skipped, which was skipped" in said) == (0, True)
    assert run_small(names=["test_that_nobody_wrote"], skipping_fails=False)[0] == 1


@pytest.mark.parametrize("arguments", [["-k", "also"], ["test_small.py"], ["--deselect", "test_small.py::test_passes"]])
def test_a_run_of_some_tests_asks_for_no_others(run_small, arguments: list[str]):
    assert run_small(*arguments, names=["test_passes", "test_that_nobody_wrote"])[0] == 0


# ── The file ─────────────────────────────────────────────────────────────────────────────────────────────


def read(folder: Path, content: str) -> SafetyFile | None:
    file = folder / "hazards.toml"
    file.write_text(content, encoding="utf-8")
    return load_safety_file(file)


def test_a_whole_file_is_read(tmp_path: Path):
    file = read(tmp_path, WHOLE)
    assert file and file.hazards["fall"].tests == ("tests/test_floor.py::test_the_mat_lies_there",)
    assert [hazard.severity for hazard in file.hazards.values()] == list(file.severities)


def test_without_a_file_there_is_none(tmp_path: Path):
    assert load_safety_file(tmp_path / "hazards.toml") is None


@pytest.mark.parametrize(
    ("line", "other", "mistake"),
    [
        ('severity = "bad"', "", "hazards.fall.severity: is missing"),
        ('harm = "Someone falls."', 'harm = " "', "hazards.fall.harm: is empty"),
        ('cause = "The floor is wet."', "cause = 3", "hazards.fall.cause: expected a text, found 3"),
        ('cause = "The floor is wet."', 'cause = "It"\nlikelihood = 1', "hazards.fall.likelihood: is not known here"),
        ("[hazards.fall]", "[hazards.Fall]", "hazards.Fall: 'Fall' is no id"),
        ("date = 2026-11-26", 'date = "today"', "date: expected a date"),
        ('version = "2.0.0"', "", "version: is missing"),
        ('meaning = "It hurts."', "", "severities.bad.meaning: is missing"),
        ('remarks = ["Nobody has read it."]', "remarks = [1]", "remarks: expected a list of strings, found 1 in it"),
    ],
)
def test_a_mistake_is_named_by_its_place(tmp_path: Path, line: str, other: str, mistake: str):
    assert WHOLE.count(line) == 1
    with pytest.raises(ContentError) as raised:
        read(tmp_path, WHOLE.replace(line, other))
    assert any(f"hazards.toml: {mistake}" in one for one in raised.value.mistakes), raised.value.mistakes


# ── The page ─────────────────────────────────────────────────────────────────────────────────────────────


def page_of(file: SafetyFile | None) -> Element:
    """Return the page of an app that has this safety file, or none."""
    app = make_app()
    app.extensions["safety"] = file
    response = app.test_client().get("/en/safety")
    assert response.status_code == 200
    return parse(response.text)


@pytest.mark.parametrize("mount", MOUNTS)
def test_the_page_draws_the_whole_file(app: Flask, client: HouseClient, mount: str):
    for lang in languages_of(app):
        page = parse(client.get(f"/{lang}/{mount}safety").text)
        words = text_of(page)
        assert all(remark in words for remark in (*FILE.remarks, FILE.scale, *FILE.severities.values()))
        for hazard in FILE.hazards.values():
            entry = text_of(by_id(page, f"hazard-{hazard.id}"))
            told = (hazard.harm, hazard.cause, *hazard.prevented_by, *hazard.tests, *hazard.not_shown)
            assert [words for words in told if words not in entry] == []
            assert hazard.severity in entry.lower()


def test_the_page_tells_the_version_of_the_rules_and_whether_the_file_is_older():
    same, older = page_of(replace(FILE, version=load().version)), page_of(replace(FILE, version="0.9.0"))
    assert load().version in text_of(same) and load().version in text_of(older) and "0.9.0" in text_of(older)
    assert [len([one for one in page.iter() if one.get("class") == "notice"]) for page in (same, older)] == [0, 1]


def test_an_installation_without_the_file_says_so():
    assert HAZARDS.name in text_of(page_of(None))


def test_all_that_is_not_translated_is_marked_as_english(client: HouseClient):
    page = parse(client.get("/en/safety").text)
    marked = " ".join(text_of(one) for one in page.iter() if one.get("lang") == "en" and one is not page)
    for hazard in FILE.hazards.values():
        told = (hazard.harm, hazard.cause, *hazard.prevented_by, *hazard.not_shown)
        assert [words for words in told if words not in marked] == []
