"""How a clinic looks in the check: its colours and its logo, tried when they are read, served as files of our own."""

import json
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, cast

import typst

Theme = Literal["light", "dark"]

STYLE = Path(__file__).parent / "static" / "style.css"

LEAST_CONTRAST = 4.5
"""For text, by WCAG 2.2, criterion 1.4.3."""

MOST_LOGO_BYTES = 100 * 1024
LOGO_TYPES = {".svg": "image/svg+xml", ".png": "image/png"}

_COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
_SURFACE = re.compile(r"--(card|ground|\w+-tint): (#[0-9a-f]{3,6});", re.IGNORECASE)
_COLOURS = re.compile(r":root \{(.*?)\}", re.DOTALL)


@dataclass(frozen=True)
class Logo:
    """A picture, as it will be served."""

    content: bytes
    suffix: str


@cache
def _colours(theme: Theme) -> str:
    """Return the lines of the stylesheet that give a theme its colours: those for light come first."""
    light, dark, *_ = _COLOURS.findall(STYLE.read_text(encoding="utf-8"))
    return cast(str, light if theme == "light" else dark)


def surfaces(theme: Theme) -> Mapping[str, str]:
    """Return the colours on which the accent may stand, by name, from the stylesheet itself."""
    return dict(_SURFACE.findall(_colours(theme)))


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21, as WCAG 2.2 defines it."""
    darker, lighter = sorted(map(_luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def mistake_in_accent(colour: str, theme: Theme) -> str | None:
    """Say why a colour cannot be the accent of a theme; None when it can."""
    if not _COLOUR.fullmatch(colour):
        return f"expected a colour such as #0b5563, found {colour!r}"
    for name, surface in surfaces(theme).items():
        if (found := contrast(colour, surface)) < LEAST_CONTRAST:
            ground = f"the {theme} theme's {name.replace('-', ' ')} {surface}"
            return f"{colour} has a contrast of {found:.1f} on {ground}; expected {LEAST_CONTRAST} or more"
    return None


def accent_for_dark(accent: str) -> str:
    """Return the accent made lighter, by twentieths of the way to white, until it can be read on dark ground."""
    steps = ([round(own + (255 - own) * step / 20) for own in _channels(accent)] for step in range(21))
    lightened = (f"#{bytes(channels).hex()}" for channels in steps)
    return next(colour for colour in lightened if not mistake_in_accent(colour, "dark"))


def stylesheet(accent: str | None, accent_dark: str | None, theme: Theme | None) -> str:
    """Return the few lines that give the check a clinic's colours, and its theme if it has one only.

    Without an accent of its own, the dark theme has the other one made lighter.
    """
    light = _properties(accent, "card")
    dark = _properties(accent_dark or (accent and accent_for_dark(accent)), "ground")
    if theme:
        own = f"{_colours(theme)} {light if theme == 'light' else dark} color-scheme: {theme};"
        return f"@media screen {{ :root {{ {own} }} }}\n"
    return f":root {{ {light} }}\n@media screen and (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"


def read_logo(path: Path) -> Logo:
    """Read a logo. Raises `ValueError` that says why it cannot be used, and `OSError` when it cannot be read."""
    suffix = path.suffix.lower()
    if suffix not in LOGO_TYPES:
        raise ValueError(f"expected a file that ends in {' or '.join(LOGO_TYPES)}, found {path.name!r}")
    content = path.read_bytes()
    if len(content) > MOST_LOGO_BYTES:
        raise ValueError(f"is {len(content)} bytes; expected at most {MOST_LOGO_BYTES}")
    why_not = _mistake_in_png(content) if suffix == ".png" else None
    if b"<!DOCTYPE" in content:
        why_not = "has a DOCTYPE; save it as plain SVG"
    if why_not := why_not or _mistake_on_paper(content):
        raise ValueError(f"{path.name}: {why_not}")
    return Logo(content, suffix)


def _properties(accent: str | None, on_accent: str) -> str:
    tint = f"color-mix(in srgb, {accent} 12%, var(--card))"
    return f"--accent: {accent}; --on-accent: var(--{on_accent}); --tint: {tint};" if accent else ""


def _mistake_in_png(content: bytes) -> str | None:
    if content[:8] != b"\x89PNG\r\n\x1a\n" or len(content) < 24:
        return "is no PNG"
    width, height = struct.unpack(">II", content[16:24])
    return None if 0 < width <= 2000 and 0 < height <= 2000 else f"is {width} × {height}; expected at most 2000 × 2000"


def _mistake_on_paper(content: bytes) -> str | None:
    """Say why a picture cannot be put on paper: that reads it to its end, which a browser may not care to do."""
    try:
        typst.compile(
            b"#image(bytes(json(bytes(sys.inputs.logo))))",
            sys_inputs={"logo": json.dumps(list(content))},
            font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=False),
        )
    except typst.TypstError as error:
        return str(error)
    return None


def _luminance(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (c / 255 for c in _channels(colour))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _channels(colour: str) -> bytes:
    """Return red, green and blue, also of a colour in short, such as `#fff`."""
    return bytes.fromhex(colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:]))
