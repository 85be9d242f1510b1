"""A designer's task: find a section of the result, move it by its tags, and look. Nothing else has to change."""

import re
from collections import Counter
from pathlib import Path

import jinja2
import pytest
from flask import Flask

from tests.conftest import make_app
from tests.house import text_of
from tests.posting import A_PERSON_FOR, post, result_of
from webapp.kept import fragment_cache

RESULT = Path(make_app().root_path) / "templates" / "result.html"
TEXT = RESULT.read_text(encoding="utf-8")
SECTIONS = re.findall(r"^<(?:details|section) class=\"passage.*?^</(?:details|section)>\n", TEXT, re.M | re.S)


@pytest.fixture
def app() -> Flask:
    """An app of its own, whose templates can be replaced."""
    return make_app()


def words_of(app: Flask) -> Counter[str]:
    return Counter(text_of(result_of(post(app.test_client(), A_PERSON_FOR["raised"]))).split())


def test_there_are_sections_to_move():
    assert len(SECTIONS) > 3


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: re.sub(r"\W+", " ", section)[:40])
def test_a_section_of_the_result_can_be_moved_by_its_tags(app: Flask, section: str):
    before = words_of(app)
    first, rest = TEXT.replace(section, "").split("{{ kept.take_along", 1)
    moved = jinja2.DictLoader({"result.html": f"{first}{section}{{{{ kept.take_along{rest}"})
    app.jinja_env.loader = jinja2.ChoiceLoader([moved, app.jinja_env.loader])
    app.jinja_env.cache.clear()
    app.extensions["fragments"] = fragment_cache(app.jinja_env)
    # Behind a condition it may not have been there before; nothing is lost.
    assert not before - words_of(app)
