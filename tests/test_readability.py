"""The check is written in plain words: every piece of text reads easily, in Dutch and in English."""

import pytest

from tests.readability import FORMULAS, measured

PLAIN = 60


@pytest.mark.parametrize("language", FORMULAS)
def test_every_question_and_every_result_is_plain_language(language: str):
    hard = {place: round(ease) for place, ease in measured(language).items() if ease < PLAIN}
    assert not hard, "run: python -m tests.readability"
