"""The check as one reader meets it: in a language, for a clinic, on a site of its own or in a frame."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Literal, cast

from flask import Blueprint, Flask, abort, current_app, g, request, url_for
from werkzeug.routing import RequestRedirect

from webapp.clinics import NO_CLINIC, Clinic
from webapp.i18n import Language
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
        """The parts of this edition's addresses, for `url_for`; those of pages on the site have no clinic."""
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
        self._localised, self._edition = cache(self._localise), cache(self._new)

    def offered_by(self, clinic: Clinic) -> tuple[str, ...]:
        """Return the languages that a clinic offers, its first one first; all where the check has none of its own."""
        return tuple(code for code in clinic.languages if code in self.languages) or tuple(self.languages)

    def find(self, lang: str, clinic: str | None, mount: Mount) -> Edition | None:
        """Return an edition; None if there is no such language or clinic."""
        found = NO_CLINIC if mount == "site" else self.clinics.get(clinic or "")
        if found is None or lang not in self.offered_by(found):
            return None
        return self._edition(lang, found.id, mount)

    def near(self, lang: str, clinic: str | None, mount: Mount) -> Edition | None:
        """Return the edition that was meant: in small letters, and in the clinic's first language if need be.

        Lines that a clinic pasted once stay on its site when a language is no longer offered.
        """
        lang, clinic = lang.lower(), clinic and clinic.lower()
        found = self.clinics.get(clinic or "") if mount != "site" else None
        others = self.offered_by(found) if found else ()
        return next((one for one in (self.find(other, clinic, mount) for other in (lang, *others)) if one), None)

    def for_the_doctor(self, edition: Edition) -> tuple[Edition, str]:
        """Return an edition in the language of the doctor, and no words; or itself, and which language it should have.

        The doctor's language need not be one that the clinic offers its patients, but the check must be there in it.
        """
        own = edition.language
        wanted = edition.clinic.languages_of_the_doctor(own.code)
        found = next((code for code in wanted if code in self.languages), None)
        if found:
            return self._edition(found, edition.clinic.id, edition.mount), ""
        return edition, (own.locale.languages.get(wanted[0], wanted[0]) if wanted else "")

    def _new(self, lang: str, clinic_id: str, mount: Mount) -> Edition:
        clinic = self.clinics.get(clinic_id, NO_CLINIC)
        offered = self.offered_by(clinic)
        numbers, questionnaire = self._localised(lang, clinic.country if clinic.country in self.numbers else "other")
        return Edition(
            language=self.languages[lang],
            clinic=clinic,
            mount=mount,
            numbers=numbers,
            questionnaire=questionnaire,
            languages=tuple(one for one in self.languages.values() if one.code in offered),
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
        first = request.path.partition("/")[2].partition("/")[0]
        g.edition = editions().find(first, None, "site") or editions().find(visitors_language(), None, "site")
    return cast(Edition, g.edition)


def tone(outcome: Outcome) -> str:
    """Return the class that gives an outcome its colours: by whom to phone, or by its rank in the grid."""
    ranks = edition().questionnaire.scored_outcomes
    return f"rank-{ranks.index(outcome) + 1}" if outcome in ranks else outcome.phone


def visitors_language() -> str:
    """Return the offered language that the visitor's browser prefers, or the first; a regional form counts as well."""
    offered = list(editions().languages)
    wanted = (tag.partition("-")[0].lower() for tag, quality in request.accept_languages if quality > 0)
    return next((language for language in wanted if language in offered), offered[0])


def outside_frame(endpoint: str, **values: Any) -> str:
    """Return the address of a page by itself: in this language and for this clinic, but never in the frame."""
    blueprint, _, view = endpoint.partition(".")
    mount: Mount = "site" if edition().mount == "site" else "at"
    return url_for(f"{_mounted(blueprint, mount)}.{view}", **values)


def mount(app: Flask, blueprint: Blueprint) -> None:
    """Mount a blueprint; an unknown language or clinic in the address becomes a 404."""
    for name in PREFIXES:
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
        meant = found or (editions().near(lang, clinic, mount) if request.method == "GET" else None)
        if meant is None:
            abort(404)
        g.edition = meant
        if not found:
            raise RequestRedirect(url_for(f".{(endpoint or '').partition('.')[2]}", **values))

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
