"""Clinics that offer the check under their own name, what each of them has set, and what is wrong with it."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, get_args

from babel import Locale
from babel.languages import get_official_languages

from webapp.appearance import Logo, Theme, mistake_in_accent, read_logo
from webapp.questionnaire.model import Link, like
from webapp.questionnaire.table import Table, listed, reading

LOCAL_HOSTS = ("localhost", "127.0.0.1")
"""Where a site may be framed without TLS: on the developer's own machine."""

MOST_LETTERS_OF_A_NAME = 80

_ID = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")
_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")


def _mistake_in_name(name: str) -> str | None:
    hidden = next((sign for sign in name if not sign.isprintable()), None)
    if hidden:
        called = unicodedata.name(hidden, f"U+{ord(hidden):04X}")
        return f"has a character that cannot be seen, {called}, after {name.partition(hidden)[0]!r}"
    if len(name) > MOST_LETTERS_OF_A_NAME:
        return f"has {len(name)} letters; expected at most {MOST_LETTERS_OF_A_NAME}"
    return None


def _mistake_in_origin(origin: str) -> str | None:
    """Say why this is no exact origin; None when it is, letter for letter as a browser writes it."""
    scheme, _, rest = origin.partition("://")
    host, colon, port = rest.partition(":")
    why_not = None
    if scheme not in ("https", "http"):
        why_not = "is no origin; expected the form https://www.clinic.example"
    elif scheme == "http" and host not in LOCAL_HOSTS:
        why_not = f"is not https; http is for {listed(LOCAL_HOSTS)} only"
    elif not _HOST.fullmatch(host):
        why_not = (
            "is no exact origin; expected https:// and a host in small letters (xn--… for one with other letters), "
            "no '*' and nothing behind it"
        )
    elif colon and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        why_not = "has no valid port"
    elif port == {"https": "443", "http": "80"}[scheme]:
        why_not = "names the port that browsers leave out"
    return why_not and f"{origin!r} {why_not}"


def _mistake_in_country(country: str) -> str | None:
    """One that has no entry in `numbers.toml` is still a country."""
    no_countries = ("EU", "EZ", "QO", "UN", "XA", "XB", "ZZ")
    if re.fullmatch(r"[A-Z]{2}", country) and country in Locale("en").territories and country not in no_countries:
        return None
    return f"{country!r} is no country; expected an ISO 3166 code such as NL, BE or GB"


Name = Annotated[str, _mistake_in_name]
Telephone = Annotated[str, like("a telephone number such as +31 20 123 4567", r"\+?[0-9][0-9 ()./-]{1,28}[0-9]")]


@dataclass(frozen=True, kw_only=True)
class Clinic:
    """One clinic's settings. The safety texts are not among them: nobody can change those."""

    id: str = ""
    name: Name = ""
    names: Mapping[str, Name] = field(default_factory=lambda: MappingProxyType({}))
    """The clinic's name in other languages, by language code."""
    origins: Annotated[tuple[str, ...], _mistake_in_origin] = ()
    """The sites that may frame the check, as exact origins."""
    country: Annotated[str, _mistake_in_country] = "NL"
    languages: tuple[str, ...] = ()
    """The languages to offer; empty for all."""
    doctor_language: str | None = None
    """The language of the doctor's page on paper; None for the first of `languages`, or else the country's."""
    phone: Telephone | None = None
    website: Link | None = None
    appointment: Link | None = None
    accent: Annotated[str, partial(mistake_in_accent, theme="light")] | None = None
    """The colour of buttons and links; None for the check's own."""
    accent_dark: Annotated[str, partial(mistake_in_accent, theme="dark")] | None = None
    """The same in the dark theme; None for `accent` made lighter."""
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
    """Read the clinics of a file, by id; `languages` are the ones that they may name.

    Raises `ContentError` with every mistake found, each named by file and key.
    """
    with reading(path) as root:
        if not root.rest:
            root.wrong("", "there is no clinic in it")
        return root.tables(None, lambda table, name: _clinic(table, name, path.parent, sorted(languages)), names=_ID)


def _clinic(table: Table, id: str, folder: Path, languages: Iterable[str]) -> Clinic:
    for key in table.rest.keys() - _KEYS:
        table.wrong(key, f"is not known here; known: {listed(sorted(_KEYS))}")
        del table.rest[key]
    table.rest = {"country": Clinic.country, "names": {}, **table.rest}
    theme = table.optional_known("theme", "theme", ("auto", *get_args(Theme)))
    clinic = table.fill(Clinic, id=id, theme=None if theme == "auto" else theme, logo=_logo(table, folder))
    if clinic.accent_dark and clinic.accent is None:
        table.wrong("accent", "is missing; 'accent_dark' is its form for the dark theme")
    named = [("languages", code) for code in clinic.languages]
    named += [("doctor_language", clinic.doctor_language or ""), *((f"names.{code}", code) for code in clinic.names)]
    for key, code in named:
        table.check_known(key, code, "language of the check", languages)
    return clinic


def _logo(table: Table, folder: Path) -> Logo | None:
    file = table.words("logo") if "logo" in table.rest else ""
    try:
        return read_logo(folder / file) if file else None
    except (ValueError, OSError) as error:
        table.wrong("logo", str(error))
        return None
