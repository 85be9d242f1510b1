"""Clinics that offer the check under their own name, what each of them has set, and what is wrong with it."""

import re
import unicodedata
from codecs import BOM_UTF8
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from babel import Locale
from babel.languages import get_official_languages

from webapp.appearance import Logo, Theme, accent_for_dark, mistake_in_accent, read_logo
from webapp.questionnaire import ContentError
from webapp.questionnaire.table import Table, listed, parse

LOCAL_HOSTS = ("localhost", "127.0.0.1")
"""Where a site may be framed without TLS: on the developer's own machine."""

MOST_LETTERS_OF_A_NAME = 80

_ID = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")
_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{1,28}[0-9]")


@dataclass(frozen=True, kw_only=True)
class Clinic:
    """One clinic's settings. The safety texts are not among them: nobody can change those."""

    id: str = ""
    name: str = ""
    names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """The clinic's name in other languages, by language code."""
    origins: tuple[str, ...] = ()
    """The sites that may frame the check, as exact origins."""
    country: str = "NL"
    languages: tuple[str, ...] = ()
    """The languages to offer; empty for all."""
    doctor_language: str | None = None
    """The language of the doctor's page on paper; None for the first of `languages`, or else the country's."""
    phone: str | None = None
    website: str | None = None
    appointment: str | None = None
    accent: str | None = None
    """The colour of buttons and links; None for the check's own."""
    accent_dark: str | None = None
    """The same in the dark theme; there whenever `accent` is."""
    theme: Theme | None = None
    """Light or dark, where the clinic's site is only that; None for what the visitor's device prefers."""
    logo: Logo | None = None

    @property
    def style(self) -> str | None:
        """The name under which the clinic's colours are served."""
        return f"clinic/{self.id}.css" if self.accent or self.theme else None

    @property
    def picture(self) -> str | None:
        """The name under which the clinic's logo is served."""
        return f"clinic/{self.id}{self.logo.suffix}" if self.logo else None

    def name_in(self, language: str) -> str:
        """Return the clinic's name as its patients know it in a language."""
        return self.names.get(language, self.name)

    def languages_of_the_doctor(self, patients: str) -> tuple[str, ...]:
        """Return the languages that a doctor can be expected to read, the best one first, for a patient's language.

        Where nothing is set these are the official languages of the country (Unicode CLDR): a patient who reads one
        of several is likely to have a doctor who does.
        """
        if self.doctor_language or self.languages:
            return (self.doctor_language or self.languages[0],)
        official = tuple(get_official_languages(self.country, de_facto=True))
        return (patients,) if patients in official else official


_KEYS = {one.name for one in fields(Clinic)} - {"id"}

NO_CLINIC = Clinic()
"""The check on its own site: no name, no telephone number, framed by nobody."""

ANY_SITE = Clinic(origins=("*",))
"""Frames the page that says there is no such clinic."""

EXAMPLE = Clinic(
    id="example",
    name="Example Clinic",
    origins=tuple(f"http://{host}:{port}" for host in LOCAL_HOSTS for port in (3000, 5500, 8000, 8080)),
    phone="+31 20 555 0100",
    accent="#1f4e8c",
    accent_dark="#9dbdf2",
)
"""Stands in where no clinic is set up, so that a web master can see a frame, also on their own machine."""


def load_clinics(path: Path, languages: Iterable[str]) -> Mapping[str, Clinic]:
    """Read the clinics of a file, by id; `languages` are the ones in which the check is offered.

    Raises `ContentError` with every mistake found, each named by file and key.
    """
    try:
        content = path.read_bytes().removeprefix(BOM_UTF8)  # some editors put it there
    except OSError as error:
        raise ContentError([f"{path}: cannot be read: {error.strerror}"]) from None
    mistakes: list[str] = []
    root = parse(str(path), content, mistakes)
    reader = _Reader(path.parent, _countries(), tuple(languages))
    if not root.rest:
        root.wrong("", "there is no clinic in it")
    clinics = root.tables(None, reader.clinic, names=_ID)
    if mistakes:
        raise ContentError(mistakes)
    return clinics


@dataclass(frozen=True)
class _Reader:
    """Reads clinics; knows what they can refer to."""

    folder: Path
    countries: frozenset[str]
    languages: tuple[str, ...]

    def clinic(self, table: Table, id: str) -> Clinic:
        for key in table.rest.keys() - _KEYS:
            table.wrong(key, f"is not known here; known: {listed(sorted(_KEYS))}")
            del table.rest[key]
        accent, accent_dark = self._accents(table)
        return Clinic(
            id=id,
            name=_name(table, "name"),
            names=self._names(table),
            origins=_origins(table),
            country=self._country(table),
            languages=self._languages(table),
            doctor_language=table.optional_known("doctor_language", "language of the check", self.languages),
            phone=_phone(table),
            website=_link(table, "website"),
            appointment=_link(table, "appointment"),
            accent=accent,
            accent_dark=accent_dark,
            theme=_theme(table),
            logo=self._logo(table),
        )

    def _names(self, table: Table) -> Mapping[str, str]:
        if "names" not in table.rest:
            return MappingProxyType({})
        names = table.table("names")
        for code in names.rest:
            names.check_known(code, code, "language of the check", self.languages)
        return MappingProxyType({code: _name(names, code) for code in list(names.rest)})

    def _country(self, table: Table) -> str:
        country = table.words("country") if "country" in table.rest else Clinic.country
        if country and country not in self.countries:
            table.wrong("country", f"{country!r} is no country; expected an ISO 3166 code such as NL, BE or GB")
        return country

    def _languages(self, table: Table) -> tuple[str, ...]:
        languages = table.strings("languages")
        for language in languages:
            table.check_known("languages", language, "language of the check", self.languages)
        _check_once(table, "languages", languages)
        return languages

    def _accents(self, table: Table) -> tuple[str | None, str | None]:
        has_accent = "accent" in table.rest
        accent, dark = _colour(table, "accent", "light"), _colour(table, "accent_dark", "dark")
        if dark and not has_accent:
            table.wrong("accent", "is missing; 'accent_dark' is its form for the dark theme")
        return accent, dark or (accent and accent_for_dark(accent))

    def _logo(self, table: Table) -> Logo | None:
        file = table.words("logo") if "logo" in table.rest else ""
        if not file:
            return None
        try:
            return read_logo(self.folder / file)
        except ValueError as error:
            table.wrong("logo", str(error))
            return None


def _name(table: Table, key: str) -> str:
    name = table.words(key)
    hidden = next((sign for sign in name if not sign.isprintable()), None)
    if hidden:
        called = unicodedata.name(hidden, f"U+{ord(hidden):04X}")
        table.wrong(key, f"has a character that cannot be seen, {called}, after {name.partition(hidden)[0]!r}")
    if len(name) > MOST_LETTERS_OF_A_NAME:
        table.wrong(key, f"has {len(name)} letters; expected at most {MOST_LETTERS_OF_A_NAME}")
    return name


def _origins(table: Table) -> tuple[str, ...]:
    origins = table.strings("origins")
    for origin in origins:
        why_not = _mistake_in_origin(origin)
        if why_not:
            table.wrong("origins", f"{origin!r} {why_not}")
    _check_once(table, "origins", origins)
    return origins


def _mistake_in_origin(origin: str) -> str | None:
    """Say why this is no exact origin; None when it is, letter for letter as a browser writes it."""
    scheme, _, rest = origin.partition("://")
    host, colon, port = rest.partition(":")
    if scheme not in ("https", "http"):
        return "is no origin; expected the form https://www.clinic.example"
    if scheme == "http" and host not in LOCAL_HOSTS:
        return f"is not https; http is for {listed(LOCAL_HOSTS)} only"
    if not _HOST.fullmatch(host):
        return (
            "is no exact origin; expected https:// and a host in small letters (xn--… for one with other letters), "
            "no '*' and nothing behind it"
        )
    if colon and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        return "has no valid port"
    if port == {"https": "443", "http": "80"}[scheme]:
        return "names the port that browsers leave out"
    return None


def _link(table: Table, key: str) -> str | None:
    if key not in table.rest:
        return None
    link = table.words(key)
    if link and not _is_link(link):
        table.wrong(key, f"expected an address that begins with https://, found {link!r}")
    return link


def _is_link(link: str) -> bool:
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    is_clean = link.isprintable() and not re.search(r"""[\s<>"'`\\]""", link)
    return is_clean and parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc


def _phone(table: Table) -> str | None:
    if "phone" not in table.rest:
        return None
    phone = table.words("phone")
    if phone and not _PHONE.fullmatch(phone):
        table.wrong("phone", f"expected a telephone number such as +31 20 123 4567, found {phone!r}")
    return phone


def _colour(table: Table, key: str, theme: Theme) -> str | None:
    if key not in table.rest:
        return None
    colour = table.words(key)
    why_not = mistake_in_accent(colour, theme) if colour else None
    if why_not:
        table.wrong(key, why_not)
        return None
    return colour or None


def _theme(table: Table) -> Theme | None:
    theme = table.optional_known("theme", "theme", ("auto", "light", "dark"))
    return "light" if theme == "light" else "dark" if theme == "dark" else None


def _check_once(table: Table, key: str, values: tuple[str, ...]) -> None:
    for value in {value for value in values if values.count(value) > 1}:
        table.wrong(key, f"{value!r} is there twice")


def _countries() -> frozenset[str]:
    """Return the codes of all countries: one that has no entry in `numbers.toml` is still a country."""
    codes = {str(code) for code in Locale("en").territories if re.fullmatch(r"[A-Z]{2}", str(code))}
    return frozenset(codes - {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
