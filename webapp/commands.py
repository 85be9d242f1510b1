"""What an operator can ask on the command line: `magnesium-check check | serve | reload PID | clinics | snippet ID`."""

import os
import signal
import sys
from urllib.parse import urlsplit

import click
from flask import Flask

from webapp.app import create_app
from webapp.edition import Editions
from webapp.questionnaire import ContentError
from webapp.snippet import Snippet

EX_CONFIG = 78
"""The exit status of a program that is set up wrongly (sysexits.h)."""

SERVER = (
    *("--interface", "wsgi", "--http", "1", "--http1-buffer-size", "32768", "--no-ws", "--backpressure", "64"),
    *("--respawn-failed-workers", "--workers-kill-timeout", "15", "--log-level", "error"),
)


@click.group()
def main() -> None:
    """Check, serve and show the magnesium check. Settings come from the environment: see docs/running.md."""


@main.command()
def check() -> None:
    """Say whether the settings and every file that they name can be used, and what is wrong with them."""
    app = _load()
    editions, path = _editions(app), app.config["CLINICS"]
    click.echo(f"{app.config['CONTENT']}: content {editions.questionnaire.version}")
    click.echo(f"{app.config['TRANSLATIONS']}: {' '.join(editions.languages)}")
    count = f"{path}: clinics: {len(editions.clinics_with_a_page)}"
    click.echo(count if path else "MAGNESIUM_CLINICS is not set: the built-in example clinic alone")
    if app.config["TRUSTED_HOSTS"] is None:
        click.echo("MAGNESIUM_TRUSTED_HOSTS is not set: every host is served")
    click.echo("Nothing wrong.")


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8001, show_default=True)
@click.option("--workers", default=2, show_default=True)
def serve(host: str, port: int, workers: int) -> None:
    """Serve the check, if nothing is wrong."""
    _load()
    command = [sys.executable, "-m", "granian", *SERVER, "--host", host, "--port", str(port), "--workers", str(workers)]
    # Two arenas instead of one for each thread: less memory, at no cost that could be measured.
    os.execve(sys.executable, [*command, "webapp.wsgi:app"], {"MALLOC_ARENA_MAX": "2", **os.environ})  # noqa: S606


@main.command()
@click.argument("pid", type=int)
def reload(pid: int) -> None:
    """Let a server begin anew with what its files hold now, if nothing is wrong. Its own settings stay as they are."""
    _load()
    os.kill(pid, signal.SIGHUP)


@main.command()
def clinics() -> None:
    """List the clinics: id, name, country, languages, and the sites that may frame the check."""
    for clinic in _editions(_load()).clinics_with_a_page.values():
        languages = ",".join(clinic.languages) or "all languages"
        origins = " ".join(clinic.origins) or "framed by no other site"
        click.echo(f"{clinic.id}\t{clinic.name}\t{clinic.country}\t{languages}\t{origins}")


@main.command()
@click.argument("id")
@click.option("--site", required=True, help="Where the check is served, such as https://check.example.org")
@click.option("--lang", help="The language of the check; the clinic's first by default.")
@click.option("--frame", is_flag=True, help="The frame alone, without the script.")
def snippet(id: str, site: str, lang: str | None, frame: bool) -> None:
    """Print what a clinic pastes into its page."""
    app = _load()
    editions = _editions(app)
    clinic = editions.clinics_with_a_page.get(id)
    if clinic is None:
        raise click.ClickException(f"no clinic {id!r}; known: {', '.join(editions.clinics_with_a_page)}")
    languages = clinic.languages or tuple(editions.languages)
    found = editions.find(lang or languages[0], id, "embed")
    if found is None:
        raise click.ClickException(f"{id!r} does not offer {lang!r}; known: {', '.join(languages)}")
    if urlsplit(site).scheme not in ("https", "http") or not urlsplit(site).hostname:
        raise click.ClickException(f"{site!r} is no site; expected the form https://check.example.org")
    with app.test_request_context(base_url=site):
        lines = Snippet(found)
        click.echo(lines.frame if frame else lines.script, nl=False)


def _load() -> Flask:
    try:
        return create_app()
    except ContentError as error:
        click.echo(str(error), err=True)
        sys.exit(EX_CONFIG)


def _editions(app: Flask) -> Editions:
    editions: Editions = app.extensions["editions"]
    return editions


if __name__ == "__main__":
    main()
