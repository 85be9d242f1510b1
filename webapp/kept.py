"""Fragments of pages that are the same for many readers: pure macros behind a cache.

A macro that is imported without context sees its arguments and the edition, and nothing of a request or a person.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache

from flask import current_app, request
from jinja2 import Environment
from markupsafe import Markup

from webapp.delivery import LONGEST_KEY
from webapp.edition import Edition

TEMPLATE = "fragments.html"

MOST_FRAGMENTS = 4096
"""For one edition; the content of a check has some hundreds."""

MOST_EDITIONS = 128
"""For how many editions, and paths that the site stands below, fragments are kept: some 300 kB each."""


class Fragments:
    """The macros of `fragments.html` by name, each rendered once for the same arguments."""

    def __init__(self, environment: Environment, most: int = MOST_FRAGMENTS) -> None:
        self._macros = environment.get_template(TEMPLATE).module
        self._cached = lru_cache(maxsize=most)(self._rendered)

    def __getattr__(self, name: str) -> Callable[..., Markup]:
        def fragment(*arguments: object) -> Markup:
            for one in arguments:
                if type(one) is tuple and len(one) > 1:
                    # Several ticks can be combined in more ways than could be kept, so these are drawn anew.
                    return self._rendered(name, arguments)
            return self._cached(name, arguments)

        setattr(self, name, fragment)
        return fragment

    def each(self, name: str, several: Iterable[tuple[object, ...]]) -> Markup:
        """Return a fragment for each tuple of arguments, in a row."""
        fragment = getattr(self, name)
        return Markup("".join([fragment(*arguments) for arguments in several]))  # noqa: S704 - of Markup alone

    def _rendered(self, name: str, arguments: tuple[object, ...]) -> Markup:
        fragment: Markup = getattr(self._macros, name)(*arguments)
        return fragment


def fragment_cache(environment: Environment) -> Callable[..., Fragments]:
    """Return a cache for the fragments of each edition, and of the path that the site stands below: links have it."""
    return lru_cache(maxsize=MOST_EDITIONS)(lambda _edition, _root: Fragments(environment))


def fragments_of(edition: Edition) -> Fragments:
    """Return the fragments of an edition. A path of any length can be made up; nothing is kept for long ones."""
    if current_app.debug or len(request.root_path) > LONGEST_KEY:
        return Fragments(current_app.jinja_env, most=0)
    kept: Fragments = current_app.extensions["fragments"](edition, request.root_path)
    return kept
