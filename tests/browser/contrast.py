"""The colours that a browser paints, as pairs that must stand apart: what is drawn, and what it is drawn on."""

from playwright.sync_api import Page

from webapp.appearance import contrast

SCHEMES = {
    "light": {"color_scheme": "light", "forced_colors": "none"},
    "dark": {"color_scheme": "dark", "forced_colors": "none"},
    "forced, light": {"color_scheme": "light", "forced_colors": "active"},
    "forced, dark": {"color_scheme": "dark", "forced_colors": "active"},
}
"""What readers can have set. Forced colours are those of the reader, of which Chromium imitates two sets."""

COLOURS = """
const hex = (colour) => "#" + colour.match(/[\\d.]+/g).slice(0, 3)
  .map((part) => Math.round(part).toString(16).padStart(2, "0")).join("");
const isClear = (colour) => /^rgba.*, 0\\)$/.test(colour);
const backdrop = (element) => {
  while (isClear(getComputedStyle(element).backgroundColor)) element = element.parentElement;
  return hex(getComputedStyle(element).backgroundColor);
};
const isSeen = (element) => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length;
"""
"""For scripts in a page: `backdrop` is the colour behind an element, its own if it has one."""


def too_close(page: Page, pairs: str, least: float) -> list[str]:
    """Return what stands out less than it must; `pairs` is a script that returns `[what, colour, colour]` for each."""
    found = page.evaluate(f"() => {{ {COLOURS} {pairs} }}")
    assert found, "nothing was looked at"
    return [f"{what}: {one} on {other}" for what, one, other in found if contrast(one, other) < least]
