"""No silent change of content: each version of the content file stands in CHANGELOG.md with its checksum."""

import re
from pathlib import Path

from webapp.questionnaire import CONTENT, load

CHANGELOG = Path(__file__).parent.parent / "CHANGELOG.md"
_LINE = re.compile(r"^- Content (\d+\.\d+\.\d+) \(`([0-9a-f]{12})`\): \S", re.MULTILINE)


def test_the_content_file_only_changes_together_with_its_version_and_the_changelog():
    questionnaire = load()
    version, checksum = questionnaire.version, questionnaire.checksum[:12]
    listed = _LINE.findall(CHANGELOG.read_text(encoding="utf-8")) if CHANGELOG.exists() else []
    versions = [known for known, _ in listed]
    line = f"- Content {version} (`{checksum}`): what changed, in one sentence"
    assert len(set(versions)) == len(versions), f"{CHANGELOG.name}: a content version is listed twice"
    assert (version, checksum) in listed, (
        f"{CONTENT.name} is not the one that {CHANGELOG.name} lists as {version}. If {version} is published already, "
        f"raise `version` and `date` in {CONTENT.name} first and run this again. Then the line is:\n\n{line}\n"
        if version in versions
        else f"{CHANGELOG.name} does not list this version of {CONTENT.name}. Add this line:\n\n{line}\n"
    )
    assert version == max(versions, key=_as_numbers), f"{CHANGELOG.name} lists a later content version than {version}"


def _as_numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))
