"""What a clinic pastes into its own page: the script, or the frame by itself, each with a link below."""

from dataclasses import dataclass

from flask import url_for
from markupsafe import Markup

from webapp.edition import Edition

HEIGHT = 800
"""Of a frame without the script, in CSS pixels: a screenful, in which the check scrolls."""


@dataclass(frozen=True)
class Snippet:
    """The lines to paste for an edition. All addresses are complete: they stand on another site."""

    edition: Edition

    @property
    def frame_address(self) -> str:
        return self._address("check_embed.check")

    @property
    def page_address(self) -> str:
        """The check by itself, under the clinic's name."""
        return self._address("check_at.check")

    @property
    def script_address(self) -> str:
        return url_for("embed_script", _external=True)

    @property
    def title(self) -> str:
        """What a screen reader says of the frame."""
        return f"{self.edition.questionnaire.title} – {self.edition.clinic_name}"

    @property
    def script(self) -> str:
        """The frame, and the script that lets it be as high as what it shows. The frame keeps the place meanwhile."""
        lines = Markup('{frame}<script src="{script}" async></script>\n')
        return str(lines.format(frame=self._frame(), script=self.script_address) + self._link())

    @property
    def frame(self) -> str:
        """The frame alone, for sites that take no script."""
        return str(self._frame() + self._link())

    @property
    def place(self) -> str:
        """Where the script shall make the frame: for sites that have scripts in one place, or make pages by script."""
        lines = Markup('<div data-magnesium-check="{clinic}" data-lang="{lang}" data-title="{title}"></div>\n')
        clinic, lang = self.edition.clinic.id, self.edition.language.code
        return str(lines.format(clinic=clinic, lang=lang, title=self.title) + self._link())

    @property
    def script_alone(self) -> str:
        return str(Markup('<script src="{script}" async></script>').format(script=self.script_address))

    def _frame(self) -> Markup:
        """Return the frame. Its height stands twice, since the rules of a theme win over attributes."""
        lines = (
            '<iframe src="{address}" title="{title}" width="100%" height="{height}"'
            ' style="width:100%;height:{height}px;border:0" loading="lazy" referrerpolicy="no-referrer"></iframe>\n'
        )
        return Markup(lines).format(address=self.frame_address, title=self.title, height=HEIGHT)  # noqa: S704

    def _link(self) -> Markup:
        words = self.edition.language.catalog.gettext("Open the check on a page of its own")
        link = '<p><a href="{address}" lang="{lang}">{words}</a></p>\n'
        return Markup(link).format(address=self.page_address, lang=self.edition.language.code, words=words)  # noqa: S704

    def _address(self, endpoint: str) -> str:
        return url_for(endpoint, **self.edition.clinic_address, _external=True)
