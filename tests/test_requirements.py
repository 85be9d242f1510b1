"""What the check is made of: pinned with hashes, installed as pinned, and not older than a known weakness."""

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.version import Version

from tests.conftest import ROOT

FILES = ("requirements.txt", "requirements-dev.txt")

PIN = re.compile(r"([a-z0-9-]+)==(\S+)((?: +--hash=sha256:[0-9a-f]{64})+)")

ADVISORIES = tomllib.loads(Path(__file__).with_name("advisories.toml").read_text())


def pins(file: str) -> dict[str, str]:
    """Return the versions in a file of requirements, by package. Fails at a line that is no pin with its hashes."""
    lines = (ROOT / file).read_text().replace("\\\n", " ").splitlines()
    found = [PIN.fullmatch(line.strip()) for line in lines if line.strip()]
    assert None not in found, f"{file}: not every line is a version with its hashes"
    return {pin[1]: pin[2] for pin in found if pin}


@pytest.mark.parametrize("file", FILES)
def test_every_requirement_is_one_version_with_its_hashes(file: str):
    assert pins(file)


def test_the_tests_run_with_what_is_served():
    served, tested = (pins(file) for file in FILES)
    assert served.items() <= tested.items()


def test_what_is_installed_is_what_is_pinned():
    tested = pins("requirements-dev.txt")
    assert {name: version(name) for name in tested} == tested


@pytest.mark.parametrize("name", ADVISORIES)
def test_nothing_is_older_than_a_known_weakness(name: str):
    known = ADVISORIES[name]
    assert Version(pins("requirements.txt")[name]) >= Version(known["mended"]), known["advisory"]
