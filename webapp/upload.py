"""What people send: how much of it is read. What is read stays in memory, nothing touches the disk."""

from contextlib import suppress
from io import BytesIO
from typing import IO

from flask import Request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.utils import cached_property

from webapp.fhir import MOST_BYTES_FILED

MOST_BYTES_UPLOADED = 8 * 1024 * 1024
"""What is let through, so that whoever picks a photo by mistake gets an answer and keeps what was filled in."""

MOST_BYTES_PASSED_OVER = 64 * 1024 * 1024
"""What is read of a body that is refused, and thrown away: a browser shows the answer only after it has sent all."""

_CHUNK = 64 * 1024


class _Beginning(BytesIO):
    """Keeps the beginning of what is written to it: enough to see that a file is too large."""

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        super().write(data[: MOST_BYTES_FILED + 1 - self.tell()])
        return len(data)


class UploadRequest(Request):
    """A request whose files never leave memory; by default werkzeug writes larger ones to the disk."""

    def _get_file_stream(self, *_about: object, **_further: object) -> IO[bytes]:
        return _Beginning()

    @cached_property
    def stream(self) -> IO[bytes]:
        """The body. One whose length is not told is read whole here, since werkzeug would cut it off at the limit.

        Raises `RequestEntityTooLarge`.
        """
        if self.content_length is not None or not self.environ.get("wsgi.input_terminated"):
            return super().stream
        body = BytesIO()
        while piece := self.input_stream.read(_CHUNK):
            if body.write(piece) and body.tell() > (self.max_content_length or MOST_BYTES_UPLOADED):
                raise RequestEntityTooLarge
        body.seek(0)
        return body

    def pass_over(self) -> None:
        """Read what is left of a body that was refused, if it is not longer than browsers may send by mistake."""
        begun: IO[bytes] | None = self.__dict__.get("stream")
        ends = begun or self.environ.get("wsgi.input_terminated")
        left = MOST_BYTES_PASSED_OVER if ends else min(MOST_BYTES_PASSED_OVER, self.content_length or 0)
        with suppress(OSError, HTTPException):
            while left > 0 and (piece := (begun or self.input_stream).read(min(_CHUNK, left))):
                left -= len(piece)
