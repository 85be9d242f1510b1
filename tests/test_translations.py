"""Every language that is offered is complete, keeps what must be kept, and reaches every corner of every page."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import write_po
from click.testing import CliRunner
from flask import Flask

from tests.conftest import ROOT, all_translations, languages_read_once, make_app
from tests.house import Element, parse
from tests.pdf import pages_of
from tests.posting import A_PERSON_FOR, WITH_MISTAKES, post
from tests.translations import MARK, PLACEHOLDER, complete_translations, copy_translations, read
from translations.texts import fingerprint
from webapp.app import create_app
from webapp.commands import main
from webapp.i18n import SOURCE, TRANSLATIONS, catalogs, load_languages, load_reviews, report
from webapp.questionnaire import CONTENT, ContentError, load, load_numbers

OFFERED = sorted(languages_read_once().keys() - {SOURCE})
COMPLETE = sorted(catalogs())
"""The languages whose catalogs `all_translations` completes, so that what is tried does not depend on today's texts."""

MISSING = report()
TEXTS = fingerprint(load(), load_numbers())

# A pseudo-language that wraps every text in brackets, under the code of a language nobody has translated to.
PSEUDO = "eo"

IN_AN_ADDRESS = {"http", "localhost", "rules", "at", "own", PSEUDO}

CODE = re.compile(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}")

FROM_THE_CALENDAR = {*Locale(PSEUDO).months["format"]["wide"].values(), "de", "kaj", "aŭ", "la", "Esperanto"}


def catalog(language: str, folder: Path = TRANSLATIONS) -> Catalog:
    return read(catalogs(folder)[language], language)


def template() -> Catalog:
    return read(TRANSLATIONS / "messages.pot")


def messages(of: Catalog) -> Iterator[tuple[Message, list[str]]]:
    """Yield each message with all its translations: one, or one for each plural form."""
    for message in of:
        if message.id:
            yield message, [message.string] if isinstance(message.string, str) else list(message.string)


def test_the_template_holds_the_texts_of_the_program_as_it_is(tmp_path: Path):
    fresh = tmp_path / "messages.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", "babel.cfg", "--no-location"]
    subprocess.run([*command, "--omit-header", "-o", fresh, "."], cwd=ROOT, check=True)
    texts = {(message.context, message.id) for message in read(fresh)}
    assert texts == {(message.context, message.id) for message in template()}, "run: make translations"


@pytest.mark.parametrize("language", catalogs())
def test_a_language_is_offered_as_soon_as_its_catalog_is_complete(language: str):
    left = MISSING[language]
    assert (language in OFFERED) == (not left)
    if left:
        pytest.skip(f"{language} is not offered: {len(left)} texts to translate or to confirm, as {left[0]!r:.80}")


def test_a_text_that_changes_takes_its_languages_off_the_menu(tmp_path: Path):
    folder = copy_translations(tmp_path, all_translations())
    template = folder / "messages.pot"
    template.write_text(template.read_text().replace('msgid "Next"', 'msgid "Go on"'))
    assert set(load_languages(folder)) == {SOURCE}


def test_a_sentence_that_changes_in_the_content_takes_every_language_off_the_menu_until_it_is_translated(
    tmp_path: Path,
):
    folder, content = copy_translations(tmp_path, all_translations()), tmp_path / "content.toml"
    before = load().start.lead
    content.write_text(CONTENT.read_text(encoding="utf-8").replace(before, "Another lead."), encoding="utf-8")
    assert offered_by(create_app(CONTENT=content, TRANSLATIONS=folder)) == {SOURCE}

    language, *others = COMPLETE
    for code, is_confirmed in {language: True, others[0]: False}.items():
        translated = catalog(code, folder)
        translated.add("Another lead.", "≈", context=before.place, flags=[] if is_confirmed else ["fuzzy"])
        with catalogs(folder)[code].open("wb") as file:
            write_po(file, translated)
    app = create_app(CONTENT=content, TRANSLATIONS=folder)
    assert offered_by(app) == {SOURCE, language}
    assert "≈" in app.test_client().get(f"/{language}/").text
    assert app.test_client().get(f"/{others[0]}/").status_code == 404
    assert offered_by(create_app(TRANSLATIONS=folder)) == {SOURCE, *COMPLETE}


def test_a_clinic_goes_on_in_the_languages_that_are_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    lost, left = COMPLETE[:2]
    folder, file = copy_translations(tmp_path, all_translations()), tmp_path / "clinics.toml"
    change(folder, lost, "Next", "")
    lines = f'[both]\nname = "B"\nlanguages = ["{lost}", "{left}"]\n[one]\nname = "O"\nlanguages = ["{lost}"]\n'
    file.write_text(lines, encoding="utf-8")
    client = create_app(CLINICS=file, TRANSLATIONS=folder).test_client()
    assert client.get(f"/{lost}/embed/both/").headers["Location"] == f"/{left}/embed/both/"
    assert client.get(f"/{lost}/embed/one/", follow_redirects=True).status_code == 200
    monkeypatch.setenv("MAGNESIUM_TRANSLATIONS", str(folder))
    monkeypatch.setenv("MAGNESIUM_CLINICS", str(file))
    said = CliRunner().invoke(main, ["check"])
    assert (said.exit_code, f"{lost}: not offered, since it lacks 1 texts, such as 'Next'" in said.output) == (0, True)


def test_a_translation_with_another_placeholder_takes_its_language_off_the_menu(tmp_path: Path):
    folder = copy_translations(tmp_path, all_translations())
    change(folder, COMPLETE[0], "Part %(number)s of %(count)s", "%(nummer)s / %(count)s")
    change(folder, COMPLETE[1], "Please answer {count} more questions in this part.", "{conta}")
    assert set(load_languages(folder)) == {SOURCE, *COMPLETE[2:]}


def test_a_catalog_under_a_code_that_no_address_can_hold_is_named(tmp_path: Path):
    folder = copy_translations(tmp_path, all_translations())
    catalogs(folder)[COMPLETE[0]].parent.parent.rename(folder / "pt_BR")
    with pytest.raises(ContentError, match=r"pt_BR.* is no language of two small letters"):
        load_languages(folder)


def change(folder: Path, language: str, text: str, translation: str) -> None:
    """Give a text of a catalog another translation."""
    own = catalog(language, folder)
    own.get(text).string = translation
    with catalogs(folder)[language].open("wb") as file:
        write_po(file, own)


@pytest.mark.parametrize("language", catalogs())
def test_any_editor_for_catalogs_can_open_it(language: str):
    """By its header it knows the letters and the plural forms; it is the same after `make translations`."""
    own = catalog(language)
    head = dict(own.mime_headers)
    assert (head["Language"], head["Content-Type"]) == (language, "text/plain; charset=utf-8")
    assert head["Plural-Forms"] == Catalog(locale=language).plural_forms
    first = catalogs()[language].read_text(encoding="utf-8").partition("\n")[0]
    assert first.startswith("# The texts of the check in "), "its first line: # The texts of the check in …"


def offered_by(app: Flask) -> set[str]:
    return {*app.extensions["editions"].languages}


def test_for_the_tests_every_language_is_completed_by_marked_stand_ins(tmp_path: Path):
    source = copy_translations(tmp_path / "incomplete")
    for number, (language, path) in enumerate(catalogs(source).items()):
        own = read(path, language)
        for message in list(own)[number :: len(catalogs())]:
            if message.id:
                message.string = "" if isinstance(message.id, str) else ("",) * own.num_plurals
        with path.open("wb") as file:
            write_po(file, own)
    assert set(load_languages(source)) == {SOURCE}

    folder = complete_translations(tmp_path / "complete", source)
    assert load_languages(folder).keys() == {SOURCE, *catalogs()}
    assert complete_translations(tmp_path / "again", folder) == folder
    for language in catalogs():
        check_placeholders(catalog(language, folder))
        check_plurals(catalog(language, folder))
        before = {(message.context, message.id): message.string for message in catalog(language, source)}
        for message, translations in messages(catalog(language, folder)):
            if any(before.get((message.context, message.id)) or ()):
                assert message.string == before[message.context, message.id]
            else:
                assert all(translation.startswith(MARK) for translation in translations)
                words = PLACEHOLDER.sub("", "".join(translations))
                assert not (language in ("ar", "uk") and re.search("[a-z]", words)), words


def test_every_language_says_how_far_it_has_been_read():
    reviews = load_reviews(TRANSLATIONS / "reviews.toml")
    assert {SOURCE, *OFFERED} <= set(reviews), "add what is offered to reviews.toml"
    for language in (SOURCE, *OFFERED):
        review = reviews[language]
        assert review.drafted is not None, language
        assert review.drafted.texts == TEXTS, f'{language}: read it again, then write texts = "{TEXTS}" in reviews.toml'


def check_placeholders(own: Catalog) -> None:
    for message, translations in messages(own):
        sources = [message.id] if isinstance(message.id, str) else list(message.id)
        wanted = set(PLACEHOLDER.findall("".join(sources)))
        for translation in translations:
            assert set(PLACEHOLDER.findall(translation)) | {"%(num)s"} == wanted | {"%(num)s"}, (own.locale, message.id)
            assert not re.search(r"[<>]|&\w+;", translation), message.id
            assert translation == translation.strip() and "  " not in translation, message.id


def check_plurals(own: Catalog) -> None:
    for message, translations in messages(own):
        if not isinstance(message.id, str):
            assert len(translations) == own.num_plurals, message.id


@pytest.mark.parametrize("language", OFFERED)
def test_translations_keep_placeholders_and_bring_no_markup(language: str):
    check_placeholders(catalog(language))


@pytest.mark.parametrize("language", OFFERED)
def test_plural_forms_are_those_of_the_language(language: str):
    check_plurals(catalog(language))


@pytest.mark.parametrize("language", OFFERED)
def test_nothing_is_left_in_english(language: str):
    """A translation may equal its source when it is short; longer ones would be forgotten."""
    for message, translations in messages(catalog(language)):
        source = message.id if isinstance(message.id, str) else message.id[0]
        if len(source.split()) > 2:
            assert source not in translations
        if language in ("ar", "uk"):
            for translation in translations:
                # Names of programs and of their menus stand in quotes; the longest run of English left is a name.
                own_words = re.sub(r"«[^»]*»|\([^)]*\)|https://\S+", "", PLACEHOLDER.sub("", translation))
                assert not re.search(r"(\b[A-Za-z]{2,}\W+){4}", own_words), translation


@pytest.fixture(scope="module")
def pseudo(tmp_path_factory: pytest.TempPathFactory):
    """An app that also speaks the pseudo-language."""
    folder = copy_translations(tmp_path_factory.mktemp("translations"))
    own = Catalog(locale=PSEUDO)
    for message in template():
        if message.id:
            sources = (message.id,) if isinstance(message.id, str) else message.id
            wrapped = tuple(f"‹{source}›" for source in sources)
            own.add(message.id, wrapped[0] if len(wrapped) == 1 else wrapped, context=message.context)
    path = folder / PSEUDO / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_po(file, own)
    clinics = folder / "clinics.toml"
    clinics.write_text(f'[own]\nname = "‹Own›"\ndoctor_language = "{PSEUDO}"\n', encoding="utf-8")
    return make_app(TRANSLATIONS=folder, CLINICS=str(clinics)).test_client()


def unwrapped(page: Element) -> list[str]:
    """Return the visible words of a page that did not go through a catalog."""
    own_words = {"script", "style", "bdi", "code", "cite"}
    found: list[str] = []

    def visit(element: Element) -> None:
        foreign = element.get("lang") not in (None, PSEUDO)
        if element.tag not in own_words and not foreign:
            found.append(element.text or "")
            for child in element:
                visit(child)
        found.append(element.tail or "")

    visit(page)
    return without_wrapped(" ".join(found))


def without_wrapped(text: str) -> list[str]:
    """Return the words outside all brackets, which may stand in one another."""
    while text != (text := re.sub(r"‹[^‹›]*›", "", text)):
        pass
    return re.findall(r"[^\W\d_]{2,}", text)


def test_no_visible_word_of_the_check_escapes_translation(pseudo):
    pages = [
        pseudo.get(f"/{PSEUDO}/{page}") for page in ("", "about", "accessibility", "rules", "rules/review", "clinics")
    ]
    answers = (*A_PERSON_FOR.values(), *WITH_MISTAKES.values())
    pages += [post(pseudo, answer, f"/{PSEUDO}/result") for answer in answers]
    pages += [pseudo.get(f"/{PSEUDO}/nothing-here")]
    for page in pages:
        left = [word for word in unwrapped(parse(page.text)) if word not in FROM_THE_CALENDAR]
        assert not left, (page.request.path, left)


def test_no_word_of_the_pdf_escapes_translation(pseudo):
    for outcome, answers in A_PERSON_FOR.items():
        text = " ".join(pages_of(post(pseudo, answers, f"/{PSEUDO}/at/own/summary.pdf").data))
        left = without_wrapped(CODE.sub("", text))
        assert not [word for word in left if word not in FROM_THE_CALENDAR | IN_AN_ADDRESS], (outcome, left)
