"""Who has read which texts: an entry speaks of texts, so that a change of points makes no language unread."""

from datetime import date
from pathlib import Path

import pytest

from tests.answers import SECOND, SECOND_CONTENT
from translations.texts import fingerprint
from webapp.i18n import Reading, Review, load_reviews
from webapp.questionnaire import ContentError, Text, load


def changed(folder: Path, old: str, new: str) -> str:
    """Return the fingerprint of the second questionnaire after an edit."""
    text = SECOND_CONTENT.read_text(encoding="utf-8")
    assert old in text
    path = folder / "copy.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return fingerprint(load(path))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("often = { points = 2", "often = { points = 3"),
        ("lively = { from = 4", "lively = { from = 5"),
        (f'version = "{SECOND.version}"', 'version = "9.0.0"'),
        ('lively = "change", wild = "change"', 'lively = "change", wild = "ask"'),
    ],
)
def test_a_change_of_rules_keeps_the_fingerprint_of_the_texts(tmp_path: Path, old: str, new: str):
    assert changed(tmp_path, old, new) == fingerprint(SECOND)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('often = "Often"', 'often = "Mostly"'),
        ('label = "Coffee", detail = "Also tea and cola.", ', 'label = "Coffee", '),
    ],
)
def test_a_change_of_texts_changes_their_fingerprint(tmp_path: Path, old: str, new: str):
    assert changed(tmp_path, old, new) != fingerprint(SECOND)


def test_a_text_at_another_place_is_another_text():
    assert fingerprint(Text("questions.one.ask", "Who?")) != fingerprint(Text("questions.two.ask", "Who?"))


def test_a_reading_names_its_day_and_its_texts(tmp_path: Path):
    path = tmp_path / "reviews.toml"
    path.write_text('[nl]\nnative = { date = 2026-12-01, texts = "0123456789ab" }\n', encoding="utf-8")
    assert load_reviews(path) == {"nl": Review(native=Reading(date=date(2026, 12, 1), texts="0123456789ab"))}


def test_mistakes_in_the_reviews_are_named_by_place(tmp_path: Path):
    path = tmp_path / "reviews.toml"
    path.write_text('[nl]\nnative = { date = "today", version = "1.0.0" }\nread = true\n', encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        load_reviews(path)
    assert set(caught.value.mistakes) == {
        f"{path}: nl.native.date: expected a date such as 2026-11-22, found 'today'",
        f"{path}: nl.native.texts: is missing; expected a text",
        f"{path}: nl.native.version: is not known here",
        f"{path}: nl.read: is not known here",
    }
