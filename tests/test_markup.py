"""Every page is valid by the Nu Html Checker: all in one language of each direction, and in every language the check.

Pages differ between languages by nothing but their words, in which no markup can stand (test_escaping.py).
"""

import json
import os
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import ROOT, need
from tests.house import Element, parse
from tests.posting import every_page

JAR = Path(os.environ.get("VNU_JAR", ROOT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"))
WHOLE = ("en", "ar")
IN_EVERY_LANGUAGE = ("the check filled in", "raised", "nothing answered")

BROKEN = '<!doctype html><html lang="en"><title>Mistakes</title><p id="a"><p id="a">'


@pytest.fixture(scope="module")
def findings(app: Flask, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[str]]:
    """What the checker has to say, errors and warnings alike, by page; one run for all of them."""
    java = need(shutil.which("java"), "Java", "apt-get install default-jre-headless")
    jar = need(JAR, "the Nu Html Checker", "npm install --no-package-lock")
    pages = {str(seen): seen.html for seen in every_page(app) if seen.lang in WHOLE or seen.name in IN_EVERY_LANGUAGE}
    pages[BROKEN] = BROKEN
    folder = tmp_path_factory.mktemp("pages")
    paths = {folder / f"{number}.html": name for number, name in enumerate(pages)}
    for path, name in paths.items():
        path.write_text(pages[name], encoding="utf-8")
    # It runs for seconds: compiling itself to run for hours would take most of them.
    command = [
        java,
        "-Xss8m",
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-jar",
        jar,
        "--format",
        "json",
        "--exit-zero-always",
        *map(str, paths),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    found: dict[str, list[str]] = {name: [] for name in pages}
    for message in json.loads(done.stderr)["messages"]:
        name = paths[Path(message["url"].removeprefix("file:"))]
        found[name].append(f"line {message.get('lastLine')}: {message['message']} {message.get('extract', '')}")
    return found


def test_every_page_is_valid(findings: Mapping[str, list[str]]):
    assert len(findings) > 10
    problems = [f"{page}: {one}" for page, found in findings.items() if page != BROKEN for one in found]
    assert not problems, "\n".join(problems)


def test_the_checker_does_find_mistakes(findings: Mapping[str, list[str]]):
    assert any("Duplicate ID" in message for message in findings[BROKEN])


WRITTEN_OTHERWISE = ("ar", "uk")
"""Languages that are written in other letters than ours, so that our words are seen among theirs."""

NOT_PROSE = {"svg", "pre", "code", "bdi", "script", "style"}


@pytest.mark.parametrize("lang", WRITTEN_OTHERWISE)
def test_words_in_another_language_say_which(app: Flask, lang: str):
    found = [
        f"{seen}: {words}"
        for seen in every_page(app)
        if seen.lang == lang
        for words in prose(seen.page, lang)
        if re.search(r"(\b[A-Za-z]{2,}\s+){2}[A-Za-z]{2,}\b", words) and not letters_of_others(words)
    ]
    assert found == []


def test_words_in_another_language_are_found():
    page = parse(
        '<!doctype html><html lang="uk"><body><p>Said in English here</p><p lang="en">Said in English</p></body>'
    )
    assert list(prose(page, "uk")) == ["Said in English here"]


def prose(page: Element, lang: str) -> Iterator[str]:
    """Yield the texts of a page that stand there as words of a language; terms of a trade may be among them."""
    own = page.get("lang", lang)
    if page.tag in NOT_PROSE or own != lang:
        return
    yield from filter(None, [(page.text or "").strip()])
    for child in page:
        yield from prose(child, own)
        yield from filter(None, [(child.tail or "").strip()])


def letters_of_others(words: str) -> bool:
    return any(sign.isalpha() and not unicodedata.name(sign, "").startswith("LATIN") for sign in words)
