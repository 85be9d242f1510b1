"""Languages: which ones are offered, and every text in the language of the reader."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, reduce
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.dates import format_date
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from webapp.questionnaire import ContentError, Numbers, Questionnaire, Text, localise, texts
from webapp.questionnaire.model import Level, Score
from webapp.questionnaire.table import reading

SOURCE = "en"
"""The language in which the texts are written."""

DEFAULT = "nl"
"""The language for visitors whose own one is not offered."""

_HERE = Path(__file__).parent
TRANSLATIONS = next(one for one in (_HERE / "translations", _HERE.parent / "translations") if one.is_dir())
"""Within the package where it is installed, beside it where it is developed."""

_VARIANTS = {"en": "en_GB"}
"""Which form of a language the texts are written in, where it matters: it writes dates in another order."""

_HYPHEN, _SPACE = "\u2011", "\u00a0"
"""Those at which no line ends."""

_ISOLATE, _END_ISOLATE = "\u2066", "\u2069"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """When a translation was read, and the fingerprint of the English texts that it was read for."""

    date: date
    texts: str


@dataclass(frozen=True, kw_only=True)
class Review:
    """How far a translation has been checked. Each reading is None until it has taken place."""

    drafted: Reading | None = None
    native: Reading | None = None
    """Read by someone who grew up with the language."""
    clinician: Reading | None = None


@dataclass(frozen=True, kw_only=True)
class Language:
    """A language that is offered, with its finished catalog."""

    code: str
    catalog: NullTranslations
    review: Review = Review()

    @cached_property
    def locale(self) -> Locale:
        return Locale.parse(_VARIANTS.get(self.code, self.code))

    @cached_property
    def name(self) -> str:
        """The name of the language in that language."""
        name = self.locale.get_language_name(self.code) or self.code
        return name[0].upper() + name[1:]

    @cached_property
    def direction(self) -> str:
        """`ltr` or `rtl`, as the `dir` attribute wants it."""
        return self.locale.text_direction

    @property
    def separator(self) -> str:
        """What stands between the items of a list within a line."""
        return {"ar": "؛ ", "fr": "\u202f; "}.get(self.code, "; ")

    @property
    def colon(self) -> str:
        """What stands between a name and what is said of it."""
        return {"fr": "\u00a0: "}.get(self.code, ": ")

    def in_order(self, text: str) -> str:
        """Return signs such as `2–3` or a telephone number so that they keep their order in a right-to-left line."""
        return f"{_ISOLATE}{text}{_END_ISOLATE}" if text and self.direction == "rtl" else text

    def gettext(self, text: str, /, **values: object) -> str:
        """Return a text of the program in this language, with the values filled in. Plain text."""
        found = self.catalog.gettext(text)
        return found % values if values else found

    def ngettext(self, one: str, many: str, num: int, /, **values: object) -> str:
        """Return the form of a text that goes with a number, which it names as `num`."""
        return self.catalog.ngettext(one, many, num) % {"num": num, **values}

    def points(self, points: int) -> str:
        """Return a number of points in words."""
        return self.ngettext("%(num)s point", "%(num)s points", points)

    def range(self, score: Score, level: Level) -> str:
        """Return how many points a level takes: `2–3`, or `6+` for the highest."""
        last = score.last_points(level)
        end = "+" if last is None else f"–{last}" if last > level.start else ""
        return self.in_order(f"{level.start}{end}")

    def date(self, day: date) -> str:
        """Return a day in words."""
        return format_date(day, "long", locale=self.locale)

    def translate(self, text: Text) -> str:
        """Return a content text in this language. Plain text: it is for the template to escape it."""
        return str(self.catalog.pgettext(text.place, str(text)))

    def questionnaire(self, questionnaire: Questionnaire, numbers: Numbers) -> Questionnaire:
        """Return the questionnaire in this language, with the telephone numbers of a country filled in."""
        lines, words = numbers.crisis_in(self.code), numbers.crisis_words
        filled = {
            "{emergency}": self.alternatives(numbers.emergency),
            "{crisis}": self.translate(words) if words else self.alternatives(lines),
        }

        def translate(text: Text) -> str:
            return reduce(lambda words, one: words.replace(*one), filled.items(), self.translate(text))

        return localise(questionnaire, translate)

    def numbers(self, numbers: Numbers) -> Numbers:
        """Return the words that go with a country's telephone numbers in this language."""
        return localise(numbers, self.translate)

    def alternatives(self, numbers: tuple[str, ...]) -> str:
        """Return telephone numbers as words ("112 or 144"), for the middle of a sentence."""
        words = str(self.catalog.pgettext("numbers", "%(first)s or %(second)s"))
        return reduce(lambda first, second: words % {"first": first, "second": second}, map(self.number, numbers))

    def number(self, number: str) -> str:
        """Return a telephone number that is never broken over a line, and keeps its order in a right-to-left one."""
        return self.in_order(number.replace("-", _HYPHEN).replace(" ", _SPACE))


def load_languages(folder: Path = TRANSLATIONS, *contents: object) -> Mapping[str, Language]:
    """Return the languages whose catalog is complete, by code: the default first, then by name.

    A catalog is complete when it has a confirmed translation for every message of `messages.pot`, and for every text
    of the contents.
    """
    reviews = load_reviews(folder / "reviews.toml")
    languages = {SOURCE: Language(code=SOURCE, catalog=NullTranslations(), review=reviews.get(SOURCE, Review()))}
    template = _template(folder, contents)
    for code, path in catalogs(folder).items():
        catalog = _read(path, code)
        if not any(missing(template, catalog)):
            languages[code] = Language(code=code, catalog=_compiled(catalog), review=reviews.get(code, Review()))
    ordered = sorted(languages.values(), key=lambda language: (language.code != DEFAULT, language.name))
    return {language.code: language for language in ordered}


def catalogs(folder: Path = TRANSLATIONS) -> dict[str, Path]:
    """Return the file of each catalog in a folder, complete or not, by language code.

    Raises `ContentError` for a code that no address of the check can hold.
    """
    found = {path.parent.parent.name: path for path in sorted(folder.glob("*/LC_MESSAGES/messages.po"))}
    if odd := [code for code in found if not re.fullmatch("[a-z]{2}", code)]:
        raise ContentError(f"{found[code]}: {code!r} is no language of two small letters (ISO 639-1)" for code in odd)
    return found


def load_reviews(path: Path) -> Mapping[str, Review]:
    """Return how far each translation has been checked, by language code.

    Raises `ContentError` with every mistake found.
    """
    with reading(path) as root:
        return root.tables(None, lambda table, _: table.fill(Review))


def missing(template: Catalog, catalog: Catalog) -> Iterator[Message]:
    """Yield the messages that a catalog has not translated or not confirmed, or whose placeholders are others."""
    for message in template:
        if message.id:
            own = catalog.get(message.id, message.context)
            words = () if own is None else (own.string,) if isinstance(own.string, str) else own.string
            source = message.id if isinstance(message.id, str) else message.id[0]
            is_whole = words and all(words) and all(_placeholders(one) == _placeholders(source) for one in words)
            if not is_whole or own is None or own.fuzzy or own.check(catalog):
                yield message


def _placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{.*?\}|[{}]", text))


def report(folder: Path = TRANSLATIONS, *contents: object) -> dict[str, list[str]]:
    """Return the texts that each catalog still misses, of the program and of contents, by language code."""
    template = _template(folder, contents)
    open_in = {code: missing(template, _read(path, code)) for code, path in catalogs(folder).items()}
    return {code: [one.id if isinstance(one.id, str) else one.id[0] for one in own] for code, own in open_in.items()}


def _template(folder: Path, contents: object) -> Catalog:
    template = _read(folder / "messages.pot")
    for text in texts(contents):
        template.add(str(text), context=text.place)
    return template


def _read(path: Path, code: str | None = None) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=code)


def _compiled(catalog: Catalog) -> Translations:
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return Translations(compiled)
