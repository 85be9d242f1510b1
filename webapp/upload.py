"""Files that people send: how much of one is read. What is read stays in memory, nothing touches the disk."""

from io import BytesIO
from typing import IO

from flask import Request

from webapp.fhir import MOST_BYTES_FILED

MOST_BYTES_UPLOADED = 8 * 1024 * 1024
"""What is let through, so that whoever picks a photo by mistake gets an answer and keeps what was filled in."""


class _Beginning(BytesIO):
    """Keeps the beginning of what is written to it: enough to see that a file is too large."""

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        super().write(data[: MOST_BYTES_FILED + 1 - self.tell()])
        return len(data)


class UploadRequest(Request):
    """A request whose files never leave memory; by default werkzeug writes larger ones to the disk."""

    def _get_file_stream(self, *_about: object, **_further: object) -> IO[bytes]:
        return _Beginning()
