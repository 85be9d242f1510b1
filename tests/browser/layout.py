"""Where things stand: nothing is too small to be pressed, out of order, cut off or lost, however it is magnified."""

from playwright.sync_api import Frame, Page

WIDE = {"width": 1280, "height": 1024}
NARROW = {"width": 320, "height": 256}
"""The same screen at 400 %, which is what WCAG 2.2 asks for in criterion 1.4.10."""

GIVEN = {"least": 24, "high": {".options label, button, .button, .phone": 44, "summary, .tick": 24}}
"""In CSS pixels: how large what is pressed must be by WCAG 2.2, criterion 2.5.8, if it has no room around it; and
our own aim for how high the things are that lead through the check."""

LARGE, USUAL = 32, 16
"""Sizes of letters, in CSS pixels, that a reader can have chosen for every page. Ours take them as they are."""

SPACED = """
* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
p { margin-block-end: 2em !important; }
"""
"""What a reader may set by WCAG 2.2, criterion 1.4.12."""

TOO_SMALL = """({ least }) => {
  const isSeen = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.matches(".skip");
  const name = (one) => `${one.localName} ${one.textContent.trim().slice(0, 40)}`;
  // A link within a line of other words may be as high as the line.
  const isInASentence = (one) => getComputedStyle(one).display === "inline"
    && one.parentElement.textContent.trim().length > one.textContent.trim().length;
  const inputs = "input:not(label input), label:has(input)";
  const pressed = document.querySelectorAll(`a[href], button, summary, select, ${inputs}`);
  const targets = [...pressed].filter(isSeen).map((one) => ({ one, box: one.getBoundingClientRect() }));
  const isSmall = ({ box }) => box.width < least - .1 || box.height < least - .1;
  const middle = ({ left, right, top, bottom }) => [(left + right) / 2, (top + bottom) / 2];
  const isNear = ([x, y], { left, right, top, bottom }, reach) =>
    Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom)) < reach;
  const hasRoom = (small) => targets.every((other) => other.one === small.one
    || !isNear(middle(small.box), other.box, least / 2)
    && !(isSmall(other) && Math.hypot(...middle(small.box).map((at, i) => at - middle(other.box)[i])) < least));
  const small = targets.filter((target) => isSmall(target) && !isInASentence(target.one) && !hasRoom(target));
  const found = small.map(({ one, box }) => `is too small: ${name(one)}: ${box.width} × ${box.height}`);
  return targets.length > 3 ? found : ["has hardly anything to be pressed"];
}"""

LOW = """({ high }) => Object.entries(high).flatMap(([chosen, least]) => [...document.querySelectorAll(chosen)]
  .map((one) => [one, one.getBoundingClientRect().height])
  .filter(([one, height]) => one.checkVisibility() && height < least - .1)
  .map(([one, height]) => `is low: ${one.textContent.trim().slice(0, 40)}: ${height}`))"""

UP_THE_PAGE = """() => {
  const found = [];
  let before = null;
  for (const one of document.querySelectorAll("main :is(h2, h3, p, legend, label, li, dt, dd, summary, button)")) {
    if (!one.checkVisibility() || one.closest(".call-now")) continue;
    const { top, bottom } = one.getBoundingClientRect();
    const text = one.textContent.trim().slice(0, 40);
    if (before && bottom < before.top - 1) found.push(`${text} stands above ${before.text}`);
    before = { top, text };
  }
  return found;
}"""

# The review sheet has room to write on where there is room: on a narrow screen its columns for that are left out.
SEEN = """() => [...document.querySelectorAll("body *")].filter((one) => one.checkVisibility()
  && !one.closest(".review :is(thead, .mark)")).flatMap((one) => [...one.childNodes])
  .filter((one) => one.nodeType === Node.TEXT_NODE).map((one) => one.data.trim()).filter(Boolean).join(" ")"""

FAULTS = """() => {
  const OVERLAYS = ".call-now, .skip, .menu > div, .wide, .heard";
  const BOXES = ".button, button, label, legend, dt, dd, th, td, h1, h2, h3, p, li, summary, .care, .call-now, .notice";
  const room = document.documentElement.clientWidth;
  const isSeen = (one) => one.checkVisibility() && !one.closest(".wide, iframe, .heard");
  const name = (one) => `${one.tagName} ${one.textContent.trim().slice(0, 40)}`;
  const found = [];
  if (document.documentElement.scrollWidth > room) found.push("scrolls sideways");
  const lines = [];
  for (const one of document.querySelectorAll("body, body *:not(svg, svg *, .skip)")) {
    if (!isSeen(one)) continue;
    const { left, right, width } = one.getBoundingClientRect();
    if (width && (left < -1 || right > room + 1)) found.push(`leaves the page: ${name(one)}`);
    const { display, overflowX, overflowY } = getComputedStyle(one);
    if (display === "inline" || one.matches("progress, input")) continue;
    const isCut = (overflow, size, room) => ["hidden", "clip"].includes(overflow) && size > room + 1;
    if (isCut(overflowX, one.scrollWidth, one.clientWidth) || isCut(overflowY, one.scrollHeight, one.clientHeight)
      || one.matches(BOXES) && one.scrollWidth > one.clientWidth + 1) found.push(`is cut off: ${name(one)}`);
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode, parent = text.parentElement;
    if (!text.data.trim() || !parent.checkVisibility() || parent.closest(OVERLAYS)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const box of range.getClientRects()) if (box.width > 1) lines.push([text.data.trim(), box]);
  }
  // Of a line, the part that letters fill: what hangs over above and below may touch.
  lines.sort(([, a], [, b]) => a.top - b.top);
  for (const [at, [one, a]] of lines.entries()) for (const [other, b] of lines.slice(at + 1)) {
    if (b.top >= a.bottom) break;
    const deep = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    if (wide > 1 && deep > .4 * Math.min(a.height, b.height)) found.push(`lies over another: ${one} / ${other}`);
  }
  return [...new Set(found)];
}"""

LOOKS = (TOO_SMALL, LOW, UP_THE_PAGE, FAULTS)


def set_text_size(page: Page | Frame, size: int) -> None:
    """Set the size of letters, in CSS pixels, that the reader has chosen for every page."""
    context = (page if isinstance(page, Page) else page.page).context
    session = context.new_cdp_session(page)
    session.send("Page.setFontSizes", {"fontSizes": {"standard": size, "fixed": size}})
    session.detach()


def badly_placed(page: Page) -> list[str]:
    """Return what is too small, out of order, cut off or lost on a wide screen and on a narrow one."""
    found, said = [], []
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        faults, words = page.evaluate(
            f"given => [[{', '.join(LOOKS)}].flatMap((look) => look(given)), ({SEEN})()]", GIVEN
        )
        found += [f"{size['width']}: {one}" for one in faults]
        said.append(words)
    return found if said[0] == said[1] else [*found, "says something else on a narrow screen"]


def badly_placed_when_large(page: Page) -> list[str]:
    """Return what is cut off or lost in letters of twice the usual size."""
    page.set_viewport_size(WIDE)
    set_text_size(page, LARGE)
    assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") == LARGE
    found: list[str] = page.evaluate(FAULTS)
    set_text_size(page, USUAL)
    return found


def badly_placed_when_spaced(page: Page) -> list[str]:
    """Return what is cut off or lost where a reader spaces the text out. Our policy would keep their style out."""
    style = page.add_style_tag(content=SPACED)
    found = []
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        found += [f"{size['width']}: {one}" for one in page.evaluate(FAULTS)]
    style.evaluate("style => style.remove()")
    return found
