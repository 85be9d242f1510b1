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

FORCED = [scheme for scheme in SCHEMES if scheme.startswith("forced")]

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

LEAST_FOR_TEXT = 4.5
LEAST_FOR_LINES = 3
"""How far colours must stand apart, by WCAG 2.2, criteria 1.4.3 and 1.4.11."""

TEXTS = """
return [...document.querySelectorAll("body *:not(svg *)")]
  .filter((one) => isSeen(one) && [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
  .map((one) => [one.textContent.trim().slice(0, 40), hex(getComputedStyle(one).color), backdrop(one)]);
"""

EDGES = """
return [...document.querySelectorAll(".options label, button, .button")].filter(isSeen)
  .filter((one) => parseFloat(getComputedStyle(one).borderTopWidth) && !isClear(getComputedStyle(one).borderTopColor))
  .map((one) => [one.textContent.trim().slice(0, 40), hex(getComputedStyle(one).borderTopColor),
    backdrop(one.parentElement)]);
"""

FILLED = f"""() => {{ {COLOURS}
window.filled = [...document.querySelectorAll("main *:not(svg *)")].filter((one) => isSeen(one)
  && !isClear(getComputedStyle(one).backgroundColor) && backdrop(one) !== backdrop(one.parentElement));
}}"""
"""Notes what stands out by its ground."""

EDGELESS = """() => {
const hasEdge = (one) => {
  const style = getComputedStyle(one);
  const edges = ["Top", "Right", "Bottom", "Left"].filter((side) => parseFloat(style[`border${side}Width`]) >= 1);
  // What lies over other things needs an edge all around.
  return style.outlineStyle !== "none" || edges.length >= (style.position === "static" ? 1 : 4);
};
return window.filled.filter((one) => !hasEdge(one)).map((one) => one.outerHTML.slice(0, 80));
}"""


def pairs(page: Page, script: str) -> list[list[str]]:
    """Return `[what, colour, colour]` for each thing that a script finds."""
    found: list[list[str]] = page.evaluate(f"() => {{ {COLOURS} {script} }}")
    return found


def too_close(page: Page, script: str, least: float) -> list[str]:
    """Return what stands out less than it must."""
    found = pairs(page, script)
    assert found, "nothing was looked at"
    return [f"{what}: {one} on {other}" for what, one, other in found if contrast(one, other) < least]


def badly_coloured(page: Page) -> list[str]:
    """Return what cannot be seen: edges; and where colours are forced, texts, and what stood out by its ground."""
    page.evaluate(FILLED)
    found, has_edges = [], pairs(page, EDGES)
    for scheme, wishes in SCHEMES.items():
        page.emulate_media(**wishes)
        if has_edges:
            found += [f"{scheme}: edge of {one}" for one in too_close(page, EDGES, LEAST_FOR_LINES)]
        if scheme in FORCED:
            found += [f"{scheme}: {one}" for one in too_close(page, TEXTS, LEAST_FOR_TEXT)]
    found += [f"has no edge: {one}" for one in page.evaluate(EDGELESS)]
    page.emulate_media(**SCHEMES["light"])
    return found
