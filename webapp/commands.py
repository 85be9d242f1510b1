"""What an operator can ask on the command line: `flask clinics check | list | snippet ID`."""

import click
from flask import current_app
from flask.cli import AppGroup

from webapp.edition import editions
from webapp.snippet import Snippet

clinics = AppGroup("clinics", help="The clinics that offer the check under their own name.")


@clinics.command("check")
def check() -> None:
    """Say whether the file with the clinics can be used. With a mistake in it, no command gets as far as this."""
    path = current_app.config["CLINICS"]
    if path:
        click.echo(f"{path}: {len(editions().clinics_with_a_page)} clinics, nothing wrong")
    else:
        click.echo("MAGNESIUM_CLINICS is not set: no clinic but the built-in example")


@clinics.command("list")
def list_clinics() -> None:
    """List the clinics: id, name, country, languages, and the sites that may frame the check."""
    for clinic in editions().clinics_with_a_page.values():
        languages = ",".join(clinic.languages) or "all languages"
        origins = " ".join(clinic.origins) or "framed by no other site"
        click.echo(f"{clinic.id}\t{clinic.name}\t{clinic.country}\t{languages}\t{origins}")


@clinics.command("snippet")
@click.argument("id")
@click.option("--site", required=True, help="Where the check is served, such as https://check.example.org")
@click.option("--lang", default="nl", show_default=True, help="The language of the check.")
@click.option("--frame", is_flag=True, help="The frame alone, without the script.")
def snippet(id: str, site: str, lang: str, frame: bool) -> None:
    """Print what a clinic pastes into its page."""
    found = editions().find(lang, id, "embed")
    if found is None:
        known = ", ".join(editions().clinics_with_a_page)
        raise click.ClickException(f"no clinic {id!r} in language {lang!r}; known clinics: {known}")
    with current_app.test_request_context(base_url=site):
        lines = Snippet(found)
        click.echo(lines.frame if frame else lines.script, nl=False)
