"""Templates are read and changed by people: no line is longer than a screen shows."""

from pathlib import Path

import pytest

from tests.conftest import ROOT

MOST_CHARACTERS = 160


@pytest.mark.parametrize("template", sorted((ROOT / "webapp" / "templates").glob("*.html")), ids=lambda path: path.name)
def test_no_line_of_a_template_is_longer_than_a_screen(template: Path):
    long = [
        f"{template.name}:{number}: {len(line)} characters"
        for number, line in enumerate(template.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > MOST_CHARACTERS
    ]
    assert not long
