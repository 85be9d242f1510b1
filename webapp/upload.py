"""Files that people send: how much of one is read. What is read stays in memory, nothing touches the disk."""

from io import BytesIO
from typing import IO, Any

from flask import Request
from werkzeug.formparser import FormDataParser

from webapp.fhir import MOST_BYTES_FILED

MOST_BYTES_UPLOADED = 8 * 1024 * 1024
"""What is let through, so that whoever picks a photo by mistake gets an answer and keeps what was filled in."""


class _Beginning(BytesIO):
    """Keeps the beginning of what is written to it: enough to see that a file is too large."""

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        super().write(data[: MOST_BYTES_FILED + 1 - self.tell()])
        return len(data)


class _Parser(FormDataParser):
    """Takes off the carriage return that werkzeug leaves on a field when what it reads at once ends in the closing
    boundary (https://github.com/pallets/werkzeug/issues/3285): the field's answer would be unknown."""

    def parse(self, stream: IO[bytes], mimetype: str, *about: Any, **further: Any) -> Any:
        stream, fields, files = super().parse(stream, mimetype, *about, **further)
        if mimetype == "multipart/form-data":
            fields = type(fields)([(name, value.removesuffix("\r")) for name, value in fields.items(multi=True)])
        return stream, fields, files


class UploadRequest(Request):
    """A request whose files never leave memory; by default werkzeug writes larger ones to the disk."""

    form_data_parser_class = _Parser

    def _get_file_stream(self, *_about: object, **_further: object) -> IO[bytes]:
        return _Beginning()
