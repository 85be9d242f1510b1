"""Texts are plain words: markup in a translation, in the content or in a post comes out as words."""

import pytest
from babel.support import NullTranslations
from flask import Flask

from tests.answers import harmless_but
from tests.conftest import make_app
from tests.house import HouseClient, parse, text_of
from tests.posting import Seen, content_in, every_page, post
from webapp.edition import Editions
from webapp.i18n import Language

MARKUP = "\"'><mark>&amp;</mark>"


class MarkedCatalog(NullTranslations):
    """A catalog whose translations all begin with markup."""

    def gettext(self, message: str) -> str:
        return MARKUP + message

    def ngettext(self, one: str, many: str, number: int) -> str:
        return MARKUP + (one if number == 1 else many)

    def pgettext(self, context: str, message: str) -> str:
        return MARKUP + message

    def npgettext(self, context: str, one: str, many: str, number: int) -> str:
        return self.ngettext(one, many, number)

    ugettext, ungettext, upgettext, unpgettext = gettext, ngettext, pgettext, npgettext


@pytest.fixture(scope="module")
def marked() -> Flask:
    """The app in English and in German, of which the German catalog is full of markup."""
    app = make_app()
    known: Editions = app.extensions["editions"]
    languages = {
        "de": Language(code="de", catalog=MarkedCatalog()),
        "en": Language(code="en", catalog=NullTranslations()),
    }
    app.extensions["editions"] = Editions(known.questionnaire, known.numbers, languages, known.clinics)
    return app


def brings_no_markup(seen: Seen) -> None:
    assert not list(seen.page.iter("mark")), seen
    assert text_of(seen.page).count(MARKUP) > 3, seen


def test_markup_in_a_catalog_comes_out_as_words_on_every_page(marked: Flask):
    pages = [seen for seen in every_page(marked) if seen.lang == "de"]
    assert len(pages) > 10
    for seen in pages:
        brings_no_markup(seen)


def test_markup_in_content_texts_comes_out_as_words(marked: Flask):
    title = content_in(marked, "de").start.title
    assert title.startswith(MARKUP)
    check = next(seen for seen in every_page(marked) if seen.name == "/de/")
    assert title in text_of(check.page)
    assert MARKUP in (check.page.find(".//form").get("data-missing") or "")


def test_markup_in_a_post_does_not_come_back_at_all(client: HouseClient):
    response = post(client, harmless_but(stress=MARKUP, nonsense=MARKUP) | {MARKUP: (MARKUP,)})
    assert response.status_code == 422
    assert "<mark" not in response.text
    assert MARKUP not in text_of(parse(response.text))
