"""For a clinic's web master: the page that shows the check on their site, and the lines that they paste into it."""

from dataclasses import dataclass

from flask import Blueprint, render_template, request, url_for
from markupsafe import Markup

from webapp.edition import Edition, edition, editions, follow_address

HEIGHT = 800
"""Of a frame without the script, in CSS pixels: a screenful, in which the check scrolls."""

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
    return render_template("clinics.html", clinics=known, shown=shown, snippet=Snippet(shown))


@dataclass(frozen=True)
class Snippet:
    """The lines to paste for an edition. All addresses are complete: they stand on another site."""

    edition: Edition

    @property
    def frame_address(self) -> str:
        return url_for("check_embed.check", **self.edition.address, _external=True)

    @property
    def page_address(self) -> str:
        """The check by itself, under the clinic's name."""
        return url_for("check_at.check", **self.edition.address, _external=True)

    @property
    def title(self) -> str:
        """What a screen reader says of the frame."""
        return f"{self.edition.questionnaire.title} – {self.edition.clinic_name}"

    @property
    def script(self) -> str:
        """The frame, and the script that lets it be as high as what it shows. The frame keeps the place meanwhile."""
        return f"{self._frame()}{self.script_alone}\n{self._link()}"

    @property
    def frame(self) -> str:
        """The frame alone, for sites that take no script."""
        return f"{self._frame()}{self._link()}"

    @property
    def place(self) -> str:
        """Where the script shall make the frame: for sites that have scripts in one place, or make pages by script."""
        lines = Markup('<div data-magnesium-check="{clinic}" data-lang="{lang}" data-title="{title}"></div>\n')
        clinic, lang = self.edition.clinic.id, self.edition.language.code
        return f"{lines.format(clinic=clinic, lang=lang, title=self.title)}{self._link()}"

    @property
    def script_alone(self) -> str:
        line = Markup('<script src="{script}" async></script>')
        return str(line.format(script=url_for("embed_script", _external=True)))

    def _frame(self) -> Markup:
        """Return the frame. Its height stands twice, since the rules of a theme win over attributes."""
        lines = (
            '<iframe src="{address}" title="{title}" width="100%" height="{height}"'
            ' style="width:100%;height:{height}px;border:0" loading="lazy" referrerpolicy="no-referrer"></iframe>\n'
        )
        return Markup(lines).format(address=self.frame_address, title=self.title, height=HEIGHT)  # noqa: S704

    def _link(self) -> Markup:
        language = self.edition.language
        words = language.gettext("Open the check on a page of its own")
        link = '<p><a href="{address}" lang="{lang}">{words}</a></p>\n'
        return Markup(link).format(address=self.page_address, lang=language.code, words=words)  # noqa: S704
