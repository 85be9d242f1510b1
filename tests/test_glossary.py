"""The words that matter are chosen once for each language, with a reason, and the catalogs keep to them."""

import re
import tomllib
import unicodedata

import pytest

from tests.conftest import languages_read_once
from tests.translations import read
from webapp.i18n import SOURCE, TRANSLATIONS, catalogs

GLOSSARY = tomllib.loads((TRANSLATIONS / "glossary.toml").read_text(encoding="utf-8"))

OFFERED = languages_read_once().keys() - {SOURCE}

TERMS = list(next(iter(GLOSSARY.values())))

ENDING = 3
"""Letters at the end of a word that its cases and plurals may change."""


def plain(text: str) -> str:
    """Return a text in small letters, without vowel signs and with ordinary spaces and hyphens."""
    letters = unicodedata.normalize("NFC", text).casefold().replace("\u2011", "-").replace("\u0307", "")
    return re.sub(r"\s+", " ", "".join(one for one in letters if unicodedata.category(one) != "Cf"))


def stems(word: str) -> list[str]:
    return [one[: max(3, len(one) - ENDING)] for one in re.findall(r"[\w-]+", plain(word))]


def test_every_language_says_the_same_thirty_terms():
    assert set(GLOSSARY) >= OFFERED, "add the words of what is offered to glossary.toml"
    assert len(TERMS) == 30
    for language, terms in GLOSSARY.items():
        assert list(terms) == TERMS, language
        assert all(term["word"] and term["why"] for term in terms.values()), language


@pytest.mark.parametrize("language", sorted(OFFERED & GLOSSARY.keys()))
def test_a_catalog_uses_the_words_that_were_chosen(language: str):
    said = [plain(str(message.string)) for message in read(catalogs()[language], language) if message.id]
    missing = [
        term
        for term, chosen in GLOSSARY[language].items()
        if not any(all(stem in text for stem in stems(form)) for form in chosen["word"].split(", ") for text in said)
    ]
    assert missing == []
