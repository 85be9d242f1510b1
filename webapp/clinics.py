"""Clinics that offer the check under their own name, and what each of them has set."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


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
    phone: str | None = None
    website: str | None = None
    appointment: str | None = None

    def name_in(self, language: str) -> str:
        """Return the clinic's name as its patients know it in a language."""
        return self.names.get(language, self.name)


NO_CLINIC = Clinic()
"""The check on its own site: no name, no telephone number, framed by nobody."""
