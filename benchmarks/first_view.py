"""What the first view costs on the wire, headers included: page, stylesheet and script, in each language."""

from benchmarks.server import serving
from benchmarks.table import Promise, Row, Section
from tests.test_first_view import CODINGS, MOST_BYTES, ask, subresources
from webapp.i18n import DEFAULT, load_languages


def measure() -> Section:
    """Ask for the first view as browsers do: with gzip as on plain http, with Brotli as on https."""
    with serving() as server:
        views = {lang: {coding: _sizes(server.site, lang, coding) for coding in CODINGS} for lang in load_languages()}
    ordered = sorted(views, key=lambda lang: sum(views[lang]["gzip"]))
    shown = {"smallest": ordered[0], "default": DEFAULT, "largest": ordered[-1]}
    return Section(
        title="first view",
        columns=("gzip", "Brotli", "requests"),
        rows=[_row(f"{lang}, the {name}", views[lang]) for name, lang in shown.items()],
        figures={f"{name}_first_view_bytes": sum(views[lang]["gzip"]) for name, lang in shown.items()},
    )


def _sizes(site: str, lang: str, coding: str) -> list[int]:
    page = ask(site, f"/{lang}/", Accept_Encoding=CODINGS[coding])
    others = [ask(site, address, Accept_Encoding=CODINGS[coding]) for address in subresources(page.text)]
    return [answer.size for answer in (page, *others)]


def _row(name: str, sizes: dict[str, list[int]]) -> Row:
    cells = *(f"{sum(sizes[coding]):,} B" for coding in ("gzip", "br")), str(len(sizes["gzip"]))
    return Row(name, cells, Promise(f"≤ {MOST_BYTES:,} B", sum(sizes["gzip"]) <= MOST_BYTES))
