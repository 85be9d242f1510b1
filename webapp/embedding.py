"""For a clinic's web master: the page that shows the check on their site, and the lines that they paste into it."""

from flask import Blueprint, render_template, request

from webapp.edition import edition, editions, follow_address

blueprint = Blueprint("embedding", __name__)
follow_address(blueprint)


@blueprint.get("/clinics")
def clinics() -> str:
    """Show the check as it will stand on a clinic's page, and the lines to paste, for a clinic and a language.

    The lines hold the host that was asked for, which a visitor can choose, so no cache may keep this page. The
    language is the one asked for, the page's own, or the clinic's first.
    """
    known = editions().clinics
    clinic = known.get(request.args.get("clinic", ""), next(iter(known.values())))
    wanted = (request.args.get("language", ""), edition().language.code, *clinic.languages, *editions().languages)
    shown = next(one for one in (editions().find(lang, clinic.id, "embed") for lang in wanted) if one)
    return render_template("clinics.html", clinics=known, shown=shown)
