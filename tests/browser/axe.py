"""axe-core: it looks for barriers by the rules of its own choice, which leaves out level AAA and the sizes of targets.

What depends on colours is looked at in every scheme, wherever something is painted as nothing before: a colour does
not depend on what words say. In forced colours axe-core does without `color-contrast`, which reads colours there that
are not the painted ones: contrast.py measures those.
"""

from collections.abc import Mapping
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Frame, Page

from tests.browser.contrast import COLOURS, badly_coloured

PAINTED_ANEW = f"""(seen) => {{ {COLOURS}
  const hasWords = (one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  const name = (one) => `${{one.localName}}.${{one.className}}`;
  const before = new Set(seen), found = new Map();
  for (const one of document.querySelectorAll("body *:not(svg *)")) {{
    const {{ color, backgroundColor, borderTopWidth, borderTopColor }} = getComputedStyle(one);
    const hasEdge = parseFloat(borderTopWidth) && !isClear(borderTopColor);
    if (!hasWords(one) && !hasEdge && isClear(backgroundColor) || !one.checkVisibility()) continue;
    const key = [name(one), color, hasEdge && borderTopColor];
    for (let at = one; at; at = at.parentElement) {{
      const ground = getComputedStyle(at).backgroundColor;
      if (!isClear(ground)) key.push(name(at), ground);
    }}
    if (!before.has(key.join())) found.set(key.join(), one);
  }}
  window.anew = [...found.values()];
  return [...found.keys()];
}}"""
"""What is painted as nothing before: another element or class, another colour, another edge, or other grounds."""

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


def _violations(place: Page | Frame, look: Mapping[str, Any], within: str = "document") -> list[str]:
    return [
        f"{violation['help']}: {', '.join(str(node['target']) for node in violation['nodes'])}"
        for violation in place.evaluate(f"look => axe.run({within}, look)", look)["violations"]
    ]


class Painter:
    """Looks in every scheme at what is painted as nothing before, on one page after another."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.looks = 0

    def __call__(self, page: Page, frame: Frame | None = None) -> list[str]:
        place = frame or page
        anew = place.evaluate(PAINTED_ANEW, list(self.seen))
        if not anew:
            return []
        self.seen.update(anew)
        self.looks += len(RULES_FOR)

        def violations(scheme: str) -> list[str]:
            rules = RULES_FOR.get(scheme)
            return _violations(place, LOOK | {"runOnly": rules}, "{ include: anew }") if rules else []

        return badly_coloured(page, place, violations)
