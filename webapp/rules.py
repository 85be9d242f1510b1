"""The rules, for anyone to read: as a page, as a table, and as the very file that decides."""

import csv
import json
from io import StringIO

from flask import Blueprint, abort, current_app, render_template

from webapp.delivery import Finished, finished
from webapp.edition import edition, editions, follow_address
from webapp.fhir import MEDIA_TYPE, Wording, questionnaire_resource
from webapp.i18n import SOURCE
from webapp.questionnaire.model import Option, Part, Question
from webapp.questionnaire.ways import count_ways

blueprint = Blueprint("rules", __name__)
follow_address(blueprint)

files = Blueprint("files", __name__)


@blueprint.get("/rules")
@finished
def rules() -> str:
    """Draw every rule from the questionnaire: nothing on this page is typed twice."""
    questionnaire, ways = edition().questionnaire, count_ways(editions().questionnaire)
    return render_template("rules.html", questionnaire=questionnaire, ways=ways)


@blueprint.get("/rules/review")
@finished
def review() -> str:
    """Draw the same rules as a sheet for clinicians, to print and to write on."""
    return render_template("review.html", questionnaire=edition().questionnaire)


@blueprint.get("/rules.csv")
@finished
def table() -> Finished:
    """Hand out the points as a table for a spreadsheet."""
    parts = edition().questionnaire.parts.values()
    lines = [_line(part, one, option) for part in parts for one in part.questions for option in one.options.values()]
    written = StringIO(newline="")
    rows = csv.DictWriter(written, lines[0])
    rows.writeheader()
    rows.writerows(lines)
    return Finished(written.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8")


@files.get("/content.toml")
@finished
def content() -> Finished:
    """Hand out the bytes of the file that decides."""
    return Finished(current_app.extensions["content"], "application/toml; charset=utf-8")


@files.get("/questionnaire.json")
@files.get("/<string(length=2):lang>/questionnaire.json")
@finished
def questionnaire(lang: str | None = None) -> Finished:
    """Hand out the FHIR Questionnaire, which programs on other sites may load as well.

    In one language, or with every other language beside it, for the programs that read translations.
    """
    found = {code: editions().find(code, None, "site") for code in ([lang] if lang else editions().languages)}
    questionnaires = {code: edition.questionnaire for code, edition in found.items() if edition}
    if not questionnaires:
        abort(404)
    wording = Wording(
        canonical=current_app.config["CANONICAL"],
        language=lang or SOURCE,
        source=editions().questionnaire,
        questionnaires=questionnaires,
    )
    resource = json.dumps(questionnaire_resource(wording), ensure_ascii=False)
    return Finished(resource.encode(), MEDIA_TYPE)


def _line(part: Part, question: Question, option: Option) -> dict[str, object]:
    """Return a line of the table by column; csv leaves a cell empty where there is None."""
    source = option.source if option.points else None
    return {
        "part": part.id,
        "part_at_most": part.at_most,
        "question": question.id,
        "asked": question.ask,
        "at_most": question.at_most,
        "option": option.id,
        "answer": option.label,
        "detail": option.detail,
        "score": question.score,
        "points": option.points,
        "stands_for": option.stands_for,
        "calls": option.calls,
        "notices": " ".join(option.notices),
        "reason": option.reason,
        "source": source and source.title,
        "link": source and source.url,
    }
