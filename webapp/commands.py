"""What an operator can ask on the command line: `magnesium-check check | serve`."""

import os
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import click
from flask import Flask

from webapp.app import create_app
from webapp.edition import Editions
from webapp.i18n import report
from webapp.questionnaire import ContentError

EX_CONFIG = 78
"""The exit status of a program that is set up wrongly (sysexits.h)."""

SERVER = (
    *("--interface", "wsgi", "--http", "1", "--http1-buffer-size", "32768", "--no-ws", "--backpressure", "64"),
    *("--respawn-failed-workers", "--workers-kill-timeout", "15", "--log-level", "error"),
)


@click.group()
def main() -> None:
    """Check and serve the magnesium check. Settings come from the environment: see docs/running.md."""


@main.command()
def check() -> None:
    """Say what would be used, each clinic with its languages and the sites that may frame it, and what is wrong."""
    app, editions = _load()
    click.echo(f"content: {editions.questionnaire.version} of {app.config['CONTENT']}")
    click.echo(f"languages: {' '.join(editions.languages)}, of {app.config['TRANSLATIONS']}")
    for code, texts in report(Path(app.config["TRANSLATIONS"]), editions.questionnaire, editions.numbers).items():
        if texts:
            click.echo(f"    {code}: not offered, since it lacks {len(texts)} texts, such as {texts[0]!r}")
    click.echo(f"clinics: {app.config['CLINICS'] or 'the built-in example alone, since MAGNESIUM_CLINICS is not set'}")
    for clinic in editions.clinics.values():
        origins = " ".join(clinic.origins) or "framed by no other site"
        languages = " ".join(clinic.languages) or "all languages"
        click.echo(f"    {clinic.id}: {clinic.name}, {clinic.country}, {languages}, {origins}")
    click.echo(f"hosts: {app.config['TRUSTED_HOSTS'] or 'every host, since MAGNESIUM_TRUSTED_HOSTS is not set'}")
    click.echo("Nothing wrong.")


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8001, show_default=True)
@click.option("--workers", default=2, show_default=True)
def serve(host: str, port: int, workers: int) -> None:
    """Serve the check, if nothing is wrong and nothing else answers there: two would take turns."""
    _load()
    with suppress(OSError), socket.create_connection((host, port), timeout=1):
        _end(f"Port {port} of {host} is in use.")
    click.echo(f"Serving on http://{host}:{port}")
    command = [sys.executable, "-m", "granian", *SERVER, "--host", host, "--port", str(port), "--workers", str(workers)]
    # Two arenas instead of one for each thread: less memory, at no cost that could be measured.
    os.execve(sys.executable, [*command, "webapp.wsgi:app"], {"MALLOC_ARENA_MAX": "2", **os.environ})  # noqa: S606


def _load() -> tuple[Flask, Editions]:
    try:
        app = create_app()
    except ContentError as error:
        _end(str(error))
    return app, app.extensions["editions"]


def _end(why: str) -> NoReturn:
    click.echo(why, err=True)
    sys.exit(EX_CONFIG)


if __name__ == "__main__":
    main()
