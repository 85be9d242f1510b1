"""Templates are read and changed by people: no line is longer than a screen shows."""

from pathlib import Path

import pytest

from tests.conftest import ROOT

MOST_CHARACTERS = 160

NOT_YET_SHORT = {
    "accessibility.html",
    "privacy.html",
    "safety.html",
}
"""Templates that still have longer lines. Nothing is added here; whoever shortens one takes it out."""


@pytest.mark.parametrize("template", sorted((ROOT / "webapp" / "templates").glob("*.html")), ids=lambda path: path.name)
def test_no_line_of_a_template_is_longer_than_a_screen(template: Path):
    long = [
        f"{template.name}:{number}: {len(line)} characters"
        for number, line in enumerate(template.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > MOST_CHARACTERS
    ]
    if template.name in NOT_YET_SHORT:
        assert long, f"{template.name} is short now: take it out of NOT_YET_SHORT"
        pytest.xfail(f"{len(long)} lines")
    assert not long
