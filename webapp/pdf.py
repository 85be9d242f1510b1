"""The sheet as a PDF: made in memory by Typst, accessible (PDF/UA-1), and never more than a few at a time."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from queue import Empty, LifoQueue
from typing import cast

from typst import Compiler, Fonts, TypstError

from webapp.sheet import Sheet

TEMPLATE = Path(__file__).with_name("sheet.typ")
FONTS = Path(__file__).with_name("fonts")


class BusyError(Exception):
    """As many PDFs as there may be are being made already."""


class Press:
    """Makes PDFs, at most `places` at the same time.

    Whoever finds no place within `wait` seconds gets a `BusyError` instead of a place in a queue. Every place
    has a compiler of its own, since one cannot be used by two threads. They are made at first use.
    """

    def __init__(self, places: int = 2, wait: float = 0.5) -> None:
        self.wait = wait
        self._places: LifoQueue[Compiler | None] = LifoQueue()
        for _ in range(places):
            self._places.put(None)

    def pdf(self, sheet: Sheet, *, large_print: bool = False) -> bytes:
        """Return the sheet as a PDF. Raises `BusyError`."""
        # The sheet arrives in the template as values, so that no text of it can be taken for markup.
        values = {"sheet": json.dumps(sheet, default=vars), "large": "yes" if large_print else "no"}
        with self.place() as compiler:
            try:
                made = compiler.compile(sys_inputs=values, format="pdf", pdf_standards=["ua-1"])
            except TypstError:
                # A letter that our fonts lack, in a clinic's name say: no PDF/UA then, but a sheet all the same.
                made = compiler.compile(sys_inputs=values, format="pdf")
        return cast(bytes, made)

    @contextmanager
    def place(self) -> Iterator[Compiler]:
        """Take a place for as long as the block runs. Raises `BusyError`."""
        try:
            compiler = self._places.get(timeout=self.wait)
        except Empty:
            raise BusyError from None
        try:
            compiler = compiler or _compiler()
            yield compiler
        finally:
            self._places.put(compiler)


def _compiler() -> Compiler:
    return Compiler(TEMPLATE, font_paths=_fonts())


@cache
def _fonts() -> Fonts:
    """Return our own fonts and no others, so that the sheet looks the same on every machine."""
    return Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
