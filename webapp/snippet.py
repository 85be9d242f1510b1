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
        """The script, which makes the frame and follows its height."""
        lines = Markup(
            '<script src="{script}" data-clinic="{clinic}" data-lang="{lang}" data-title="{title}" async></script>\n'
        ).format(
            script=self.script_address,
            clinic=self.edition.clinic.id,
            lang=self.edition.language.code,
            title=self.title,
        )
        return str(lines + self._link())

    @property
    def frame(self) -> str:
        """The frame alone, for sites that take no script."""
        lines = Markup(
            '<iframe src="{address}" title="{title}" width="100%" height="{height}" frameborder="0"'
            ' loading="lazy" referrerpolicy="no-referrer"></iframe>\n'
        ).format(address=self.frame_address, title=self.title, height=HEIGHT)
        return str(lines + self._link())

    def _link(self) -> Markup:
        words = self.edition.language.catalog.gettext("Open the check on a page of its own")
        link = '<p><a href="{address}" lang="{lang}">{words}</a></p>\n'
        return Markup(link).format(address=self.page_address, lang=self.edition.language.code, words=words)  # noqa: S704

    def _address(self, endpoint: str) -> str:
        return url_for(endpoint, **self.edition.clinic_address, _external=True)
