"""What the pages say was counted, was counted for these questions."""

from datetime import date
from pathlib import Path

import pytest

from tests.evidence import README, Evidence, quoted, quoted_in
from webapp.evidence import load_evidence
from webapp.questionnaire import ContentError, load

KINDS = {"accessibility", "privacy", "robustness", "security", "speed"}


def test_every_kind_has_been_counted_and_the_readme_quotes_it():
    assert set(load_evidence()) == KINDS
    assert quoted_in(README) == quoted(load_evidence())


def test_no_figure_is_older_than_the_content_it_speaks_of():
    for kind, run in load_evidence().items():
        assert run.version == load().version, f"[{kind}] of webapp/evidence.toml is outdated: see tests/evidence.py"


def test_a_run_replaces_its_own_figures_and_leaves_the_others(tmp_path: Path):
    file = tmp_path / "evidence.toml"
    readme = tmp_path / "README.md"
    readme.write_text("Before\n<!-- evidence -->\n<!-- /evidence -->\nAfter\n")
    file.write_text('# Head\n\n[other]\ndate = 2026-01-01\nversion = "0.9.0"\nfound = 1\n')
    evidence = Evidence()
    evidence.add("looks", "pages")
    evidence.add("looks", "pages", 2)
    evidence.put("looks", "tool", 'a "tool" 1.0')
    for _ in range(2):
        evidence.write(file, readme)
        runs = load_evidence(file)
        assert dict(runs["looks"].figures) == {"pages": 3, "tool": 'a "tool" 1.0'}
        assert (runs["looks"].date, runs["looks"].version) == (date.today(), load().version)
        assert (runs["other"].version, dict(runs["other"].figures)) == ("0.9.0", {"found": 1})
        assert file.read_text().startswith("# Head\n")
        assert quoted_in(readme) == quoted(runs)
        assert "pages 3, tool a" in readme.read_text()
        assert readme.read_text().startswith("Before\n") and readme.read_text().endswith("After\n")


@pytest.mark.parametrize(
    ("content", "mistake"),
    [
        ("[looks]\ndate = 2026-01-01", "evidence.toml: looks.version: is missing"),
        ('[looks]\nversion = "1"', "evidence.toml: looks.date: is missing"),
        ('[looks]\ndate = 2026-01-01\nversion = "1"\npages = [1]', "evidence.toml: looks.pages: is not known here"),
        ("looks = 3", "evidence.toml: looks: expected a table, found 3"),
    ],
)
def test_mistakes_are_named_by_their_place(tmp_path: Path, content: str, mistake: str):
    file = tmp_path / "evidence.toml"
    file.write_text(content)
    with pytest.raises(ContentError) as raised:
        load_evidence(file)
    assert any(one.startswith(mistake) for one in raised.value.mistakes)
