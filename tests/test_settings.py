"""A mistake in a setting stops the start, and is named in a sentence."""

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT, make_app
from webapp.questionnaire import ContentError
from webapp.settings import DEFAULTS, PREFIX, read_settings, today

MISTAKES = [
    ("PROXY_HOPS", "two", "'two'"),
    ("PROXY_HOPS", "-1", "-1"),
    ("PROXY_HOPS", "1.5", "1.5"),
    ("PROXY_HOPS", "true", "True"),
    ("TRUSTED_HOSTS", "a.example,b.example", "'a.example,b.example'"),
    ("TRUSTED_HOSTS", '"check.example.org"', "'check.example.org'"),
    ("TRUSTED_HOSTS", "5", "5"),
    ("TRUSTED_HOSTS", "[]", "[]"),
    ("TRUSTED_HOSTS", "[5]", "[5]"),
    ("TRUSTED_HOSTS", '["Check.example.org"]', "'Check.example.org'"),
    ("TRUSTED_HOSTS", '["ok.example", "https://a.example"]', "'https://a.example'"),
    ("TRUSTED_HOSTS", '["a.example:8443"]', "'a.example:8443'"),
    ("TRUSTED_HOSTS", '["a.example/x"]', "'a.example/x'"),
    ("CANONICAL", "nonsense", "'nonsense'"),
    ("TIME_ZONE", "Europe/Atlantis", "'Europe/Atlantis'"),
    ("CONTENT", "/nope", "there is no /nope"),
    ("TRANSLATIONS", "/nope", "there is no /nope/messages.pot"),
]


@pytest.mark.parametrize(("name", "value", "named"), MISTAKES)
def test_a_mistake_is_named_with_its_setting(name: str, value: str, named: str):
    with pytest.raises(ContentError) as caught:
        read_settings({PREFIX + name: value}, {})
    (mistake,) = caught.value.mistakes
    assert mistake.startswith(f"{PREFIX}{name}: ")
    assert named in mistake


@pytest.mark.parametrize("name", ["TRUSTED_HOST", "trusted_hosts", "", "DEBUG"])
def test_a_name_that_is_no_setting_is_a_mistake(name: str):
    with pytest.raises(ContentError) as caught:
        read_settings({PREFIX + name: '["a.example"]', "OTHER": "x"}, {})
    (mistake,) = caught.value.mistakes
    assert mistake.startswith(f"{PREFIX}{name} is no setting")
    assert all(PREFIX + known in mistake for known in DEFAULTS)


def test_what_is_right_is_taken_and_what_is_given_wins():
    environment = {PREFIX + "TRUSTED_HOSTS": '["a.example", ".b.example", "10.0.0.1"]', PREFIX + "PROXY_HOPS": "2"}
    settings = read_settings(environment, {"PROXY_HOPS": 0, "TESTING": True})
    assert settings["TRUSTED_HOSTS"] == ["a.example", ".b.example", "10.0.0.1"]
    assert (settings["PROXY_HOPS"], settings["TESTING"]) == (0, True)
    assert read_settings({}, {}) == dict(DEFAULTS)


def test_all_mistakes_are_told_without_a_traceback():
    wrong = {PREFIX + "PROXY_HOPS": "two", PREFIX + "TRUSTED_HOST": "x"}
    start = subprocess.run(
        [sys.executable, "-c", "import wsgi"], cwd=ROOT, env=os.environ | wrong, capture_output=True, text=True
    )
    assert start.returncode == 1
    assert "Traceback" not in start.stderr
    assert all(name in start.stderr for name in wrong)


def test_the_day_is_that_of_the_time_zone():
    # These two are 26 hours apart, so never on the same day.
    days = set()
    for zone in ("Pacific/Kiritimati", "Etc/GMT+12"):
        with make_app(TIME_ZONE=zone).app_context():
            days.add(today())
    assert len(days) == 2
