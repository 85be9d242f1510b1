"""For translators: every text of the content, taken out for the catalogs, and what each catalog still misses."""

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from webapp.i18n import report
from webapp.questionnaire import NUMBERS, load, load_numbers, texts


def extract_content(
    file: IO[bytes], _keywords: Any, _comment_tags: Any, **_options: Any
) -> Iterator[tuple[int, str, tuple[str, str], list[str]]]:
    """Yield the texts of a content file to pybabel (an extraction method, see babel.cfg)."""
    path = Path(file.name)
    lines = path.read_text(encoding="utf-8").splitlines()
    content = load_numbers(path) if path.name == NUMBERS.name else load(path)
    for text in texts(content):
        line = next((number for number, line in enumerate(lines, 1) if f'"{text}"' in line), 1)
        yield line, "pgettext", (text.place, str(text)), []


def fingerprint(*contents: object) -> str:
    """Return a short hash of all texts with their places: it stays the same where only numbers and rules change."""
    pairs = sorted((text.place, str(text)) for text in texts(contents))
    return hashlib.sha256(repr(pairs).encode()).hexdigest()[:12]


if __name__ == "__main__":
    for code, messages in report().items():
        sys.stdout.write(f"{code}: {len(messages)} to translate or to confirm\n")
        sys.stdout.writelines(f"    {message}\n" for message in messages)
    read = fingerprint(load(), load_numbers())
    sys.stdout.write(f'the texts to write into reviews.toml once a language is read: "{read}"\n')
