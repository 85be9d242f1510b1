"""The check as one reader meets it: in a language, for a clinic, on a site of its own or in a frame."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal, cast

from flask import Blueprint, Flask, abort, current_app, g, request, url_for
from werkzeug.routing import RequestRedirect

from webapp.clinics import NO_CLINIC, Clinic
from webapp.i18n import DEFAULT, Language
from webapp.questionnaire import Numbers, Questionnaire
from webapp.questionnaire.model import Outcome

Mount = Literal["site", "at", "embed"]

PREFIXES: Mapping[Mount, str] = {
    "site": "/<string(length=2):lang>",
    "at": "/<string(length=2):lang>/at/<clinic>",
    "embed": "/<string(length=2):lang>/embed/<clinic>",
}
"""Where the check is mounted: by itself, as a clinic's own, and in a frame on the clinic's site."""


@dataclass(frozen=True, eq=False)
class Edition:
    """A language, a clinic and a mount, and the questionnaire that goes with them."""

    language: Language
    clinic: Clinic
    mount: Mount
    numbers: Numbers
    questionnaire: Questionnaire
    languages: tuple[Language, ...]
    """The languages that this clinic offers."""

    @cached_property
    def clinic_name(self) -> str:
        return self.clinic.name_in(self.language.code)

    @property
    def is_framed(self) -> bool:
        return self.mount == "embed"

    @property
    def address(self) -> dict[str, str]:
        """The parts of this edition's addresses, for `url_for`."""
        return {"lang": self.language.code} if self.mount == "site" else self.clinic_address

    @property
    def clinic_address(self) -> dict[str, str]:
        """The same for the pages under the clinic's name, framed or not."""
        return {"lang": self.language.code, "clinic": self.clinic.id}


class Editions:
    """Every edition there is. Each is made at first use and kept: their number is bounded."""

    def __init__(
        self,
        questionnaire: Questionnaire,
        numbers: Mapping[str, Numbers],
        languages: Mapping[str, Language],
        clinics: Mapping[str, Clinic],
    ) -> None:
        self.questionnaire, self.numbers, self.languages, self.clinics = questionnaire, numbers, languages, clinics
        self._localised = lru_cache(maxsize=None)(self._localise)
        self._editions = lru_cache(maxsize=None)(self._edition)

    @property
    def clinics_with_a_page(self) -> dict[str, Clinic]:
        """The clinics that have addresses of their own, by id."""
        return {id: clinic for id, clinic in self.clinics.items() if id}

    def find(self, lang: str, clinic: str | None, mount: Mount) -> Edition | None:
        """Return an edition; None if there is no such language or clinic."""
        found = NO_CLINIC if mount == "site" else self.clinics.get(clinic or "")
        if lang not in self.languages or found is None or (found.languages and lang not in found.languages):
            return None
        return self._editions(lang, found.id, mount)

    def for_the_doctor(self, edition: Edition) -> tuple[Edition, str]:
        """Return an edition in the language of the doctor, and no words; or itself, and which language it should have.

        The doctor's language need not be one that the clinic offers its patients, but the check must be there in it.
        """
        own = edition.language
        wanted = edition.clinic.languages_of_the_doctor(own.code)
        found = next((code for code in wanted if code in self.languages), None)
        if found:
            return self._editions(found, edition.clinic.id, edition.mount), ""
        return edition, (own.locale.languages.get(wanted[0], wanted[0]) if wanted else "")

    def near(self, lang: str, clinic: str | None, mount: Mount) -> Edition | None:
        """Return the edition that was meant: in small letters, and in the clinic's first language if need be.

        Lines that a clinic pasted once stay on its site when a language is no longer offered.
        """
        lang, clinic = lang.lower(), clinic and clinic.lower()
        found = self.clinics.get(clinic or "")
        others = (*found.languages, *self.languages) if found and mount != "site" else ()
        return next((one for one in (self.find(other, clinic, mount) for other in (lang, *others)) if one), None)

    def _edition(self, lang: str, clinic_id: str, mount: Mount) -> Edition:
        clinic = self.clinics[clinic_id] if clinic_id else NO_CLINIC
        country = clinic.country if clinic.country in self.numbers else "other"
        numbers, questionnaire = self._localised(lang, country)
        return Edition(
            language=self.languages[lang],
            clinic=clinic,
            mount=mount,
            numbers=numbers,
            questionnaire=questionnaire,
            languages=tuple(one for one in self.languages.values() if one.code in (clinic.languages or self.languages)),
        )

    def _localise(self, lang: str, country: str) -> tuple[Numbers, Questionnaire]:
        numbers, language = self.numbers[country], self.languages[lang]
        return language.numbers(numbers), language.questionnaire(self.questionnaire, numbers)


def editions() -> Editions:
    """Return the editions of the running app."""
    return cast(Editions, current_app.extensions["editions"])


def edition() -> Edition:
    """Return the edition that is being asked for; the visitor's own language where the address names none."""
    if "edition" not in g:
        g.edition = _without_address()
    return cast(Edition, g.edition)


def tone(outcome: Outcome) -> str:
    """Return the class that gives an outcome its colours: by whom to phone, or by its rank in the grid."""
    ranks = edition().questionnaire.scored_outcomes
    return f"rank-{ranks.index(outcome) + 1}" if outcome in ranks else outcome.phone


def visitors_language() -> str:
    """Return the offered language that the visitor's browser prefers; a regional form counts as its language."""
    offered = list(editions().languages)
    wanted = (tag.partition("-")[0].lower() for tag, quality in request.accept_languages if quality > 0)
    default = DEFAULT if DEFAULT in offered else offered[0]
    return next((language for language in wanted if language in offered), default)


def outside_frame(endpoint: str, **values: Any) -> str:
    """Return the address of a page by itself: in this language and for this clinic, but never in the frame."""
    blueprint, _, view = endpoint.partition(".")
    mount: Mount = "site" if edition().mount == "site" else "at"
    return url_for(f"{_mounted(blueprint, mount)}.{view}", **values)


def mount(app: Flask, blueprint: Blueprint, mounts: tuple[Mount, ...]) -> None:
    """Mount a blueprint below each prefix; an unknown language or clinic in the address becomes a 404."""
    for name in mounts:
        app.register_blueprint(blueprint, name=_mounted(blueprint.name, name), url_prefix=PREFIXES[name])


def is_for_frame() -> bool:
    """Whether the address is that of a frame, of a clinic that there is or not."""
    return request.path.split("/")[2:3] == ["embed"]


def follow_address(blueprint: Blueprint) -> None:
    """Let a blueprint take its edition from the address, and `url_for` stay within that edition."""

    @blueprint.url_value_preprocessor
    def choose(endpoint: str | None, values: dict[str, Any] | None) -> None:
        values = values if values is not None else {}
        lang, clinic, mount = values.pop("lang"), values.pop("clinic", None), _mount_of(endpoint or "")
        found = editions().find(lang, clinic, mount)
        if found is None:
            near = editions().near(lang, clinic, mount)
            if near is None or request.method != "GET":
                abort(404)
            g.edition = near
            raise RequestRedirect(url_for(f".{(endpoint or '').partition('.')[2]}", **values))
        g.edition = found

    @blueprint.url_defaults
    def stay(endpoint: str, values: dict[str, Any]) -> None:
        for key, value in edition().address.items():
            if key == "lang" or _mount_of(endpoint) != "site":
                values.setdefault(key, value)


def _mounted(blueprint: str, mount: Mount) -> str:
    return blueprint if mount == "site" else f"{blueprint}_{mount}"


def _mount_of(endpoint: str) -> Mount:
    blueprint = endpoint.partition(".")[0]
    return next((one for one in PREFIXES if blueprint.endswith(f"_{one}")), "site")


def _without_address() -> Edition:
    first = request.path.partition("/")[2].partition("/")[0]
    lang = first if first in editions().languages else visitors_language()
    found = editions().find(lang, None, "site")
    if found is None:
        raise LookupError(lang)
    return found
