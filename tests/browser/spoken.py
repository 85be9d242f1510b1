"""What a screen reader is told: the accessibility tree that Chromium hands to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

LANDMARKS = ["banner", "main", "contentinfo"]
"""What every page has, in this order."""


@dataclass(frozen=True)
class Spoken:
    """One thing that a screen reader can come to."""

    role: str
    name: str
    description: str
    within: tuple["Spoken", ...]

    def all(self, *roles: str) -> "list[Spoken]":
        """Return everything inside with one of these roles, in reading order."""
        inside = [spoken for child in self.within for spoken in (child, *child.all())]
        return [spoken for spoken in inside if not roles or spoken.role in roles]

    @property
    def words(self) -> str:
        return " ".join(spoken.name for spoken in self.all("StaticText"))


def read(page: Page) -> Spoken:
    """Return the page as its accessibility tree has it, without what is hidden from a screen reader."""
    session = page.context.new_cdp_session(page)
    nodes = {node["nodeId"]: node for node in session.send("Accessibility.getFullAXTree")["nodes"]}
    session.detach()
    return _spoken(next(iter(nodes.values())), nodes)[0]


def _spoken(node: Mapping[str, Any], nodes: Mapping[str, Mapping[str, Any]]) -> tuple[Spoken, ...]:
    children = (nodes[id] for id in node.get("childIds", []) if id in nodes)
    within = tuple(spoken for child in children for spoken in _spoken(child, nodes))
    if node["ignored"]:
        return within
    role, name, description = (node.get(key, {}).get("value", "") for key in ("role", "name", "description"))
    return (Spoken(role, " ".join(name.split()), " ".join(description.split()), within),)


def badly_told(page: Page) -> list[str]:
    """Return which landmarks are missing, out of order or without words, and what else a reader cannot find by."""
    tree = read(page)
    landmarks = [one.role for one in tree.all(*LANDMARKS) if one.all("StaticText")]
    found = [] if landmarks == LANDMARKS else [f"has other landmarks: {landmarks}"]
    found += ["a navigation has no name" for one in tree.all("navigation") if not one.name]
    return found if tree.all("heading") else [*found, "has no heading"]
