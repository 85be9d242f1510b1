"""What `docs/running.md` and the samples in `deploy/` say about running the check is so."""

import re
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import ROOT, make_app
from tests.house import HouseClient

DEPLOY = ROOT / "deploy"
RUNNING = (ROOT / "docs" / "running.md").read_text()


def settings_read() -> set[str]:
    """Return the settings that our code looks up, and the one of Flask's that we name to whoever runs it."""
    code = "".join(path.read_text() for path in (ROOT / "webapp").rglob("*.py"))
    return {"TRUSTED_HOSTS", *re.findall(r'config\["(\w+)"\]', code)}


def test_every_setting_that_is_read_stands_in_the_table_and_no_other():
    assert set(re.findall(r"^\| `MAGNESIUM_(\w+)` \|", RUNNING, re.MULTILINE)) == settings_read()


@pytest.mark.parametrize("file", sorted(DEPLOY.iterdir()), ids=lambda path: path.name)
def test_the_samples_name_no_setting_that_is_not_read(file: Path):
    assert set(re.findall(r"MAGNESIUM_([A-Z_]+)", file.read_text())) <= settings_read()


def test_the_check_and_its_counters_use_one_folder_that_is_in_memory():
    units = "".join(path.read_text() for path in DEPLOY.glob("*.service"))
    (folder,) = set(re.findall(r"PROMETHEUS_MULTIPROC_DIR=(\S+)", units))
    (in_memory,) = re.findall(r"RuntimeDirectory=(\S+)", units)
    assert folder == f"/run/{in_memory}"


def test_the_sample_proxy_passes_on_to_the_check_alone():
    unit, proxy = (DEPLOY / "magnesium-check.service").read_text(), (DEPLOY / "nginx.conf").read_text()
    (address,) = re.findall(r"--host (\S+) --port (\d+)", unit)
    assert re.findall(r"^\s*server (\S+);", proxy, re.MULTILINE) == [":".join(address)]
    assert {upstream.rstrip("/") for upstream in re.findall(r"proxy_pass http://(\S+);", proxy)} == {"magnesium_check"}


# ── Health ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_health_asks_for_no_host_and_is_never_kept(method: str):
    response = make_app(TRUSTED_HOSTS=["check.example.org"]).test_client().open("/healthz", method=method)
    assert (response.status_code, response.headers["Cache-Control"]) == (200, "no-store")


def test_health_is_only_there_to_be_asked_for(client: HouseClient):
    assert client.post("/healthz").status_code == 404


def test_health_is_not_told_before_everything_is_loaded(tmp_path: Path):
    with pytest.raises(OSError, match=r"content\.toml"):
        make_app(CONTENT=tmp_path / "content.toml")


def test_asking_for_health_is_not_logged(capsys: pytest.CaptureFixture[str]):
    app: Flask = make_app(LOG="json")
    app.test_client().get("/healthz")
    assert capsys.readouterr().out == ""
    app.test_client().get("/embed.js")
    assert capsys.readouterr().out != ""
