"""The page for a clinic's web master: what the check is, how it looks on their site, and what to paste."""

from flask import Blueprint, render_template, request

from webapp.clinics import Clinic
from webapp.edition import Edition, edition, editions, follow_address
from webapp.snippet import Snippet

blueprint = Blueprint("embedding", __name__)
follow_address(blueprint)


@blueprint.get("/clinics")
def clinics() -> str:
    """Show the check as it will stand on a clinic's page, and the lines to paste, for a clinic and a language.

    The lines hold the host that was asked for, which a visitor can choose, so no cache may keep this page.
    """
    shown = _chosen_edition(_chosen_clinic())
    return render_template(
        "clinics.html",
        clinics=editions().clinics_with_a_page,
        shown=shown,
        snippet=Snippet(shown),
        languages=shown.languages,
    )


def _chosen_clinic() -> Clinic:
    clinics = editions().clinics_with_a_page
    return clinics.get(request.args.get("clinic", ""), next(iter(clinics.values())))


def _chosen_edition(clinic: Clinic) -> Edition:
    """Return the clinic's edition in the language asked for, in the page's own, or in the clinic's first."""
    wanted = (request.args.get("language", ""), edition().language.code, *clinic.languages, *editions().languages)
    found = (editions().find(lang, clinic.id, "embed") for lang in wanted)
    return next(one for one in found if one)
