"""The log as lines of JSON: one for each answer, one for each error, and in neither a person or what they said."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import IO

from webapp.watching import Answer


class JsonLog:
    """Writes lines to a stream, each at once and whole. A stream that cannot be written to stops no answer."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def answer(self, answer: Answer) -> None:
        """Note an answer: what it was about, but never an outcome, since with its time that would be a person's."""
        self._write(
            endpoint=answer.seen.endpoint,
            clinic=answer.seen.clinic,
            method=answer.method,
            status=answer.status,
            ms_at_most=answer.ms_at_most,
        )

    def error(self, kind: str, places: list[str], endpoint: str | None) -> None:
        """Note an error by its type and its places in the code, the innermost first."""
        self._write(error=kind, places=places, endpoint=endpoint or "")

    def _write(self, **said: str | int | list[str]) -> None:
        line = json.dumps({"time": datetime.now(UTC).isoformat(timespec="seconds"), **said})
        with suppress(OSError):
            self._stream.write(f"{line}\n")
            self._stream.flush()
