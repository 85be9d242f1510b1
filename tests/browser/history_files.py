"""What browsers write down of where people were: read from the files of their profiles."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.answers import QUESTIONNAIRE

Visits = list[tuple[str, str]]


def visits_of_chromium(profile: Path) -> Visits:
    """Return address and title of every visit in a profile of Chromium that is closed."""
    return _read(profile / "Default" / "History", "SELECT url, title FROM urls")


def visits_of_firefox(profile: Path, copy: Path) -> Visits:
    """Return the same of Firefox, which may be running: a copy of its files is read."""
    copy.mkdir(exist_ok=True)
    for file in profile.glob("places.sqlite*"):
        shutil.copy(file, copy)
    return _read(copy / "places.sqlite", "SELECT url, coalesce(title, '') FROM moz_places")


def _read(file: Path, question: str) -> Visits:
    with closing(sqlite3.connect(file)) as history:
        return [(str(address), str(title)) for address, title in history.execute(question)]


def outcomes_and_answers_told_in(visits: Visits) -> list[str]:
    """Return each visit whose address or title names an outcome or an option, by its id or by its words."""
    ids = {*QUESTIONNAIRE.outcomes, *(option for one in QUESTIONNAIRE.questions.values() for option in one.options)}
    beginnings = tuple(
        outcome.title.partition("{")[0].strip().casefold() for outcome in QUESTIONNAIRE.outcomes.values()
    )
    words = [outcome.name for outcome in QUESTIONNAIRE.outcomes.values()]
    words += [option.label for one in QUESTIONNAIRE.questions.values() for option in one.options.values()]
    told = []
    for address, title in visits:
        pieces = {piece for part in address.split("/")[3:] for piece in part.replace("#", "-").split("-")}
        if (
            title.casefold().startswith(beginnings)
            or pieces & (ids - {"few", "some", "none", "never", "no", "yes", "unknown"})
            or any(word.casefold() in title.casefold() for word in words if len(word) > len("Sometimes"))
        ):
            told.append(f"{address} {title}")
    return told
