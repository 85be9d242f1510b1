"""Fragments of pages that are the same for many readers: pure macros behind a cache.

A macro that is imported without context sees its arguments and the edition, and nothing of a request or a person.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache, partial

from flask import Flask
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

    def __init__(self, environment: Environment, *, is_cached: bool) -> None:
        self._macros = environment.get_template(TEMPLATE).module
        self._cached = lru_cache(maxsize=MOST_FRAGMENTS if is_cached else 0)(self._rendered)

    def __getattr__(self, name: str) -> Callable[..., Markup]:
        def fragment(*arguments: object) -> Markup:
            # Several ticks can be combined in more ways than could be kept, so these are drawn anew.
            for one in arguments:
                if type(one) is tuple and len(one) > 1:
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


class FragmentCache:
    """The fragments of each edition, for the path that the site stands below: their links begin with it."""

    def __init__(self, app: Flask) -> None:
        self._new, self._is_debugging = partial(Fragments, app.jinja_env), app.debug
        self._kept = lru_cache(maxsize=MOST_EDITIONS)(lambda _edition, _root: self._new(is_cached=True))

    def of(self, edition: Edition, root: str) -> Fragments:
        """Return the fragments of an edition. A path of any length can be made up; long ones are not kept for."""
        is_cached = not self._is_debugging and len(root) <= LONGEST_KEY
        return self._kept(edition, root) if is_cached else self._new(is_cached=False)
