"""What can be read in a PDF, by a program of other people's making: poppler's `pdftotext`."""

import re
import shutil
import subprocess
import unicodedata

from tests.conftest import need


def pdftotext(pdf: bytes, *options: str) -> str:
    tool = need(shutil.which("pdftotext"), "pdftotext", "apt-get install poppler-utils")
    return subprocess.run([tool, *options, "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


def pages_of(pdf: bytes) -> list[str]:
    """Return the text of each page, in the order in which it was written."""
    return pdftotext(pdf, "-raw").split("\f")[:-1]


def texts_of(pdf: bytes) -> list[str]:
    """Return the same without white space, which depends on where lines end."""
    return [squeezed(page) for page in pages_of(pdf)]


def squeezed(text: str) -> str:
    """Return a text without white space, signs of direction and ligatures: browsers print fi as one letter."""
    return re.sub(r"[\s\u2066-\u2069]", "", unicodedata.normalize("NFKC", text))
