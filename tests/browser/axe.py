"""axe-core: it looks for barriers by the rules of its own choice, which leaves out level AAA and the sizes of targets.

What depends on colours is looked at in every scheme, at all words that are painted as none before: a colour does not
depend on what they say. In forced colours axe-core does without `color-contrast`, which reads colours there that are
not the painted ones: contrast.py measures those.
"""

from collections.abc import Mapping
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Frame, Page

from tests.browser.contrast import SCHEMES

PAINTED_ANEW = """(seen) => {
  const hasWords = (one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  const name = (one) => `${one.localName}.${one.className}`;
  const before = new Set(seen), found = new Map();
  for (const one of document.querySelectorAll("body *:not(svg *)")) {
    if (!hasWords(one) || !one.checkVisibility()) continue;
    const key = [name(one), getComputedStyle(one).color];
    for (let at = one; at; at = at.parentElement) {
      const ground = getComputedStyle(at).backgroundColor;
      if (!/^rgba.*, 0\\)$/.test(ground)) key.push(name(at), ground);
    }
    if (!before.has(key.join())) found.set(key.join(), one);
  }
  window.anew = [...found.values()];
  return [...found.keys()];
}"""
"""Words that are painted as none before: in another element or class, in another colour, or on other grounds."""

LOOK: dict[str, Any] = {"resultTypes": ["violations"], "iframes": False}

ABOUT_COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules that axe-core has about colours and would apply by itself."""

NOT_ABOUT_COLOURS = LOOK | {"rules": {id: {"enabled": False} for id in ABOUT_COLOURS}}

RULES_FOR = {"light": ABOUT_COLOURS, "dark": ABOUT_COLOURS, "forced, dark": ABOUT_COLOURS[1:]}
"""Which of them are applied when a reader has set what."""


def open_to_axe(browser: Browser, site: str | None = None) -> Page:
    """Return a page that lets axe-core in, which our policy would not, and whose colours change at once."""
    context = browser.new_context(base_url=site, bypass_csp=True, reduced_motion="reduce")
    context.add_init_script(AXE_SCRIPT)
    return context.new_page()


def built_wrong(place: Page | Frame) -> list[str]:
    """Return what axe-core finds that does not depend on colours."""
    return _violations(place, NOT_ABOUT_COLOURS)


def badly_painted(page: Page, frame: Frame | None = None, within: str = "document") -> list[str]:
    """Return what it finds that does, in every scheme."""
    found = []
    for scheme, rules in RULES_FOR.items():
        page.emulate_media(**SCHEMES[scheme])
        found += [f"{scheme}: {one}" for one in _violations(frame or page, LOOK | {"runOnly": rules}, within)]
    page.emulate_media(**SCHEMES["light"])
    return found


def _violations(place: Page | Frame, look: Mapping[str, Any], within: str = "document") -> list[str]:
    return [
        f"{violation['help']}: {', '.join(str(node['target']) for node in violation['nodes'])}"
        for violation in place.evaluate(f"look => axe.run({within}, look)", look)["violations"]
    ]


class Painter:
    """Looks on one page after another at what is painted as nothing before."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.looks = 0

    def __call__(self, page: Page, frame: Frame | None = None) -> list[str]:
        anew = (frame or page).evaluate(PAINTED_ANEW, list(self.seen))
        self.seen.update(anew)
        self.looks += len(RULES_FOR) if anew else 0
        return badly_painted(page, frame, within="{ include: anew }") if anew else []
