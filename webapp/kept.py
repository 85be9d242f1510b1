"""Fragments of pages that are the same for many readers: pure macros behind a cache.

A macro that is imported without context sees its arguments and the edition, and nothing of a request or a person.
"""

from collections.abc import Callable
from functools import lru_cache

from jinja2 import Environment
from markupsafe import Markup

TEMPLATE = "fragments.html"

MOST_FRAGMENTS = 4096
"""For one edition; the content of a check has some hundreds."""


class Fragments:
    """The macros of `fragments.html` by name, each rendered once for the same arguments."""

    def __init__(self, environment: Environment, *, is_cached: bool = True) -> None:
        self._macros = environment.get_template(TEMPLATE).module
        self._cached = lru_cache(maxsize=MOST_FRAGMENTS if is_cached else 0)(self._rendered)

    def __getattr__(self, name: str) -> Callable[..., Markup]:
        return lambda *arguments: self._fragment(name, arguments)

    def _fragment(self, name: str, arguments: tuple[object, ...]) -> Markup:
        """Return a fragment. Several ticks can be combined in more ways than could be kept, so these are drawn anew."""
        is_combination = any(isinstance(one, tuple) and len(one) > 1 for one in arguments)
        return self._rendered(name, arguments) if is_combination else self._cached(name, arguments)

    def _rendered(self, name: str, arguments: tuple[object, ...]) -> Markup:
        fragment: Markup = getattr(self._macros, name)(*arguments)
        return fragment
