"""The settings of the program, from the environment: a mistake in one stops the start."""

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from flask import current_app

from webapp.fhir import CANONICAL, mistake_in_canonical
from webapp.i18n import TRANSLATIONS
from webapp.questionnaire import CONTENT, ContentError
from webapp.questionnaire.model import like

PREFIX = "MAGNESIUM_"

DEFAULTS: Mapping[str, Any] = {
    "TRUSTED_HOSTS": None,
    "PROXY_HOPS": 0,
    "CLINICS": None,
    "CONTENT": CONTENT,
    "TRANSLATIONS": TRANSLATIONS,
    "CANONICAL": CANONICAL,
    "TIME_ZONE": None,
}

_mistake_in_host = like(
    'a plain host name such as "check.example.org": small letters, without scheme, port and path',
    r"\.?[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\]",
)


def read_settings(environment: Mapping[str, str], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return every setting: as given, or else as the environment has it, or else the default.

    Raises `ContentError` that names each mistake. An unknown name is one too: a misspelt `TRUSTED_HOSTS` would
    serve every host.
    """
    found = {name.removeprefix(PREFIX): value for name, value in environment.items() if name.startswith(PREFIX)}
    known = ", ".join(PREFIX + name for name in DEFAULTS)
    mistakes = [f"{PREFIX}{name} is no setting; known: {known}" for name in sorted(found.keys() - DEFAULTS.keys())]
    settings = {**DEFAULTS, **{name: _read(name, value) for name, value in found.items()}, **given}
    hops, hosts = settings["PROXY_HOPS"], settings["TRUSTED_HOSTS"]
    if type(hops) is not int or hops < 0:
        mistakes.append(f"{PREFIX}PROXY_HOPS: {hops!r} is no whole number from 0 up")
    if hosts is not None and not (isinstance(hosts, list | tuple) and hosts and all(type(one) is str for one in hosts)):
        mistakes.append(f'{PREFIX}TRUSTED_HOSTS: {hosts!r} is no list of host names such as ["check.example.org"]')
    elif hosts:
        mistakes.extend(f"{PREFIX}TRUSTED_HOSTS: {why_not}" for why_not in map(_mistake_in_host, hosts) if why_not)
    if why_not := mistake_in_canonical(settings["CANONICAL"]):
        mistakes.append(f"{PREFIX}CANONICAL: {why_not}")
    if settings["TIME_ZONE"] and settings["TIME_ZONE"] not in available_timezones():
        mistakes.append(f"{PREFIX}TIME_ZONE: {settings['TIME_ZONE']!r} is no time zone such as Europe/Amsterdam")
    files = {"CONTENT": settings["CONTENT"], "TRANSLATIONS": Path(settings["TRANSLATIONS"], "messages.pot")}
    mistakes.extend(f"{PREFIX}{name}: there is no {path}" for name, path in files.items() if not Path(path).is_file())
    if mistakes:
        raise ContentError(mistakes)
    return settings


def today() -> date:
    """Return the day that it is where the check is offered, by `TIME_ZONE`, or else by the machine's clock."""
    zone = current_app.config["TIME_ZONE"]
    return datetime.now(ZoneInfo(zone) if zone else None).date()


def _read(name: str, value: str) -> Any:
    """Return numbers and lists as such. What cannot be read stays text, and is then named as a mistake."""
    with suppress(ValueError):
        return json.loads(value) if name in ("TRUSTED_HOSTS", "PROXY_HOPS") else value
    return value
