"""Pieces of pages that are the same for every reader: rendered once, and kept."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from markupsafe import Markup

MOST_PATHS = 16
"""For how many paths things are kept. A site stands below one path; only a proxy that passes on anything names more."""

K = TypeVar("K")
V = TypeVar("V")


class Shelf(Generic[K, V]):
    """Keeps what was made once, for each path that the site stands below."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[K, V]] = {}

    def below(self, path: str) -> dict[K, V]:
        """Return what is kept for links that begin with a path."""
        return self.kept.setdefault(path, {}) if len(self.kept) < MOST_PATHS else self.kept.get(path, {})


Pieces = dict[tuple[object, ...], Any]
"""Rendered pieces by name, and what was made of them."""


class Keep(Extension):
    """The tag `{% keep "name", … %}…{% endkeep %}`: what stands between is rendered once for each name.

    The page that is shown has the pieces: `page.pieces`. A name is made of words of the template and ids of the
    content and of nothing that a visitor can choose freely, so that there is an end to the pieces.
    """

    tags = {"keep"}  # noqa: RUF012

    def parse(self, parser: Parser) -> list[nodes.Node]:
        """Turn the tag into: unless the pieces have this name, render the body into them; then put the piece out."""
        line = next(parser.stream).lineno
        words = [parser.parse_expression()]
        while parser.stream.skip_if("comma"):
            words.append(parser.parse_expression())
        body = parser.parse_statements(("name:endkeep",), drop_needle=True)
        name, pieces = parser.free_identifier(), nodes.Getattr(nodes.Name("page", "load"), "pieces", "load")
        render = nodes.CallBlock(self.call_method("render", [pieces, name]), [], [], body)
        made = [
            nodes.Assign(name, nodes.Tuple(words, "load")),
            nodes.If(nodes.Compare(name, [nodes.Operand("notin", pieces)]), [render], [], []),
            nodes.Output([nodes.Getitem(pieces, name, "load")]),
        ]
        return [node.set_lineno(line) for node in made]

    @staticmethod
    def render(pieces: Pieces, name: tuple[Any, ...], caller: Callable[[], str]) -> str:
        pieces[name] = Markup(caller())  # noqa: S704
        return ""
