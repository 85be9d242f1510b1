"""Catalogs for the tests: every language there is, whether or not its catalog is complete at the moment."""

import re
from collections.abc import Callable
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from webapp.i18n import TRANSLATIONS, catalogs, load_languages, missing

PLACEHOLDER = re.compile(r"\{\w+\}|%\(\w+\)s")

LATIN = "abcdefghijklmnopqrstuvwxyz"
LETTERS = {"ar": "ابثدهفغحيجكلمنوپقرستعڤظخىز", "uk": "абцдефгхійклмнопкрстувшжиз"}
"""Letters to write stand-ins with, in the order of the Latin ones, for languages that are written in others."""

MARK = "≈"
"""What every stand-in begins with, so that nobody takes it for a translation."""


def read(path: Path, language: str | None = None) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language)


def complete_translations(folder: Path, source: Path = TRANSLATIONS) -> Path:
    """Return a folder with the same catalogs, all complete: that of the source itself, or a copy made in `folder`.

    In the copy a marked stand-in, made from the source text, takes the place of each translation that is missing or
    not confirmed. So layout, reading direction and journeys are tried in every language while texts are changing.
    """
    if load_languages(source).keys() >= catalogs(source).keys():
        return source
    copy_translations(folder, source)
    template = read(folder / "messages.pot")
    for language, path in catalogs(folder).items():
        catalog = read(path, language)
        for message in list(missing(template, catalog)):
            catalog.delete(message.id, message.context)
            catalog.add(message.id, _stand_in(message, catalog), context=message.context)
        with path.open("wb") as file:
            write_po(file, catalog)
    return folder


def copy_translations(folder: Path, source: Path = TRANSLATIONS) -> Path:
    """Copy what an app needs of a folder of translations."""
    for path in (*catalogs(source).values(), source / "messages.pot", source / "reviews.toml"):
        copy = folder / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    return folder


def _stand_in(message: Message, catalog: Catalog) -> str | tuple[str, ...]:
    write = _writer(str(catalog.locale))
    if isinstance(message.id, str):
        return write(message.id)
    return tuple(write(message.id[min(form, 1)]) for form in range(catalog.num_plurals))


def _writer(language: str) -> Callable[[str], str]:
    """Return what turns a source text into a stand-in, in the letters of a language; placeholders stay as they are."""
    own = LETTERS.get(language, LATIN)
    table = str.maketrans(LATIN + LATIN.upper(), own + own.upper())

    def write(text: str) -> str:
        kept = [*PLACEHOLDER.findall(text), ""]
        words = PLACEHOLDER.split(text)
        return f"{MARK} " + "".join(word.translate(table) + one for word, one in zip(words, kept, strict=True))

    return write
