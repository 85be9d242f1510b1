"""The rules, for anyone to read: as a page, as a table, and as the very file that decides."""

import csv
import json
from io import StringIO

from flask import Blueprint, Response, abort, current_app, render_template

from webapp.delivery import Finished, finished
from webapp.edition import edition, editions, follow_address
from webapp.fhir import MEDIA_TYPE, Wording, questionnaire_resource
from webapp.i18n import SOURCE
from webapp.questionnaire import Questionnaire
from webapp.questionnaire.ways import count_ways

blueprint = Blueprint("rules", __name__)
follow_address(blueprint)

files = Blueprint("files", __name__)

COLUMNS = ("question", "asked", "option", "answer", "score", "points", "at_most", "calls", "reason", "source", "link")


@blueprint.get("/rules")
@finished
def rules() -> str:
    """Draw every rule from the questionnaire: nothing on this page is typed twice."""
    ways = count_ways(editions().questionnaire)
    return render_template("rules.html", questionnaire=edition().questionnaire, ways=ways)


@blueprint.get("/rules.csv")
@finished
def table() -> Finished:
    """Hand out the points as a table for a spreadsheet."""
    return Finished(_table(edition().questionnaire).encode("utf-8-sig"), "text/csv; charset=utf-8")


@files.get("/content.toml")
@finished
def content() -> Finished:
    """Hand out the bytes of the file that decides."""
    return Finished(current_app.extensions["content"], "application/toml; charset=utf-8")


@files.get("/questionnaire.json")
@files.get("/<string(length=2):lang>/questionnaire.json")
def questionnaire(lang: str | None = None) -> Response:
    """Hand out the FHIR Questionnaire, which programs on other sites may load as well.

    In one language, or with every other language beside it, for the programs that read translations.
    """
    response = _questionnaire(lang=lang)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@finished
def _questionnaire(lang: str | None) -> Finished:
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


def _table(questionnaire: Questionnaire) -> str:
    written = StringIO(newline="")
    rows = csv.writer(written)
    rows.writerow(COLUMNS)
    for question in questionnaire.questions.values():
        for option in question.options.values():
            source = option.source if option.points else None
            rows.writerow(
                (
                    question.id,
                    question.ask,
                    option.id,
                    option.label,
                    question.score or "",
                    option.points,
                    "" if question.at_most is None else question.at_most,
                    option.calls or "",
                    option.reason or "",
                    source.title if source else "",
                    (source.url or "") if source else "",
                )
            )
    return written.getvalue()
