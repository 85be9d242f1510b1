"""Requests that can be recognised again: whatever a person or a browser can say in one is a sentinel, a unique word.

Answers that mean something cannot be unique words, so the content has two more: the ids of two ages that people choose.
"""

import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.answers import Sent, harmless_but
from tests.conftest import make_app
from tests.house import parse, text_of
from tests.posting import A_PERSON_FOR, WITH_MISTAKES
from webapp.app import MOST_BYTES_POSTED
from webapp.check import FILE
from webapp.fhir import MOST_BYTES_FILED
from webapp.page import CODE, LARGE_PRINT
from webapp.questionnaire import CONTENT
from webapp.upload import MOST_BYTES_UPLOADED

WORD = f"word{secrets.token_hex(6)}"
"""What nobody else says, in this run or in an earlier one."""

ADULT, OLD = (f"{age}{secrets.token_hex(6)}" for age in ("adult", "older"))
AGES = {"18_64": ADULT, "65_plus": OLD}
"""The ids of two ages, as the content of these apps has them."""

SENTINELS = (WORD, ADULT, OLD)

CLINIC = "vecht"
MOUNTS = ("/en/", f"/en/at/{CLINIC}/", f"/en/embed/{CLINIC}/")

FORM: Mapping[str, str] = {"Content-Type": "application/x-www-form-urlencoded"}

HEADERS: Mapping[str, str] = {
    "Referer": f"https://{WORD}.example/{WORD}",
    "User-Agent": WORD,
    "Cookie": f"session={WORD}; {WORD}=1",
    "Accept-Language": f"en, x-{WORD}",
    "Authorization": f"Bearer {WORD}",
    "If-None-Match": f'"{WORD}"',
    "X-Forwarded-For": WORD,
    "X-Forwarded-Host": f"{WORD}.example",
    "X-Forwarded-Prefix": f"/{WORD}",
    "X-Request-ID": WORD,
}

REFUSED: Mapping[str, Sent] = WITH_MISTAKES | {"an answer that does not exist": harmless_but(stress=WORD)}


@dataclass(frozen=True)
class Request:
    """A request as it goes over the wire, and the status that it must be answered with."""

    method: str
    address: str
    headers: Mapping[str, str]
    body: bytes
    status: int

    def __str__(self) -> str:
        return f"{self.method} {self.address.partition('?')[0]}: {self.status}"


def settings(folder: Path) -> dict[str, str]:
    """Write the content with sentinels and a clinic into a folder; return the settings that name them."""
    content, clinics = folder / "content.toml", folder / "clinics.toml"
    text = CONTENT.read_text()
    for age, sentinel in AGES.items():
        text = text.replace(f"[questions.age.options.{age}]", f"[questions.age.options.{sentinel}]")
    content.write_text(text)
    clinics.write_text(f'[{CLINIC}]\nname = "De Vecht"\norigins = ["https://www.devecht.example"]\n')
    return {"CONTENT": str(content), "CLINICS": str(clinics)}


def sentinel_app(folder: Path, **more: object) -> Flask:
    """Return an app that takes the requests below."""
    return make_app(TRUSTED_HOSTS=["localhost", "127.0.0.1"], **settings(folder), **more)


def of_others(request: Request) -> Request:
    """Return the same request of people of the other age, who say nothing unique."""
    younger, older, word = ADULT.encode(), OLD.encode(), WORD.encode()
    body = request.body.replace(word, b"word").replace(younger, b"*").replace(older, younger).replace(b"*", older)
    headers = {name: value.replace(WORD, "word") for name, value in request.headers.items()}
    return replace(request, address=request.address.replace(WORD, "word"), headers=headers, body=body)


def every_request(app: Flask) -> Iterator[Request]:
    """Yield every sort of post there is: each view on each mount with each outcome and mistake, files, and errors."""
    for mount in MOUNTS:
        for answers in A_PERSON_FOR.values():
            for view in posting_views(app):
                yield _form(mount + view, answers, 422 if view == "search" else 200)
            yield _form(f"{mount}search", {CODE: (_code(app, answers),)}, 200)
        for answers in REFUSED.values():
            for view in posting_views(app):
                yield _form(mount + view, answers, 422 if view else 200)
        yield from _files(app, mount)
        yield from _errors(mount)


def posting_views(app: Flask) -> list[str]:
    """Return the addresses below a mount that take posts."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("check.")]
    return [rule.rule.partition(">/")[2] for rule in rules if "POST" in (rule.methods or ())]


def _code(app: Flask, answers: Sent) -> str:
    page = app.test_client().post("/en/result", data=_form("", answers, 200).body, headers=dict(FORM))
    return text_of(next(parse(page.text).iter("code")))


def _form(address: str, answers: Sent, status: int, method: str = "POST", **headers: str) -> Request:
    fields = {question: [AGES.get(option, option) for option in options] for question, options in answers.items()}
    body = urlencode(fields | {LARGE_PRINT: [WORD], WORD: [WORD]}, doseq=True).encode()
    headers = FORM | headers
    return Request(method, f"{address}?{WORD}={WORD}", HEADERS | headers, body, status)


def _files(app: Flask, mount: str) -> Iterator[Request]:
    filed = _form("/en/answers.json", A_PERSON_FOR["few"], 200)
    made = app.test_client().post(filed.address, data=filed.body, headers=dict(filed.headers)).json
    made["item"].append({"linkId": "other", "text": "Another question", "answer": [{"valueString": WORD}]})
    yield _upload(mount, json.dumps(made).encode(), 200)
    yield _upload(mount, WORD.encode(), 422)
    yield _upload(mount, WORD.encode().ljust(MOST_BYTES_FILED + 1), 422)
    yield _upload(mount, WORD.encode().ljust(MOST_BYTES_UPLOADED + 1), 413)


def _upload(address: str, content: bytes, status: int) -> Request:
    file = FileStorage(BytesIO(content), f"{WORD}.json", content_type=f"application/{WORD}")
    boundary, body = encode_multipart({FILE: file, "age": ADULT, WORD: WORD})
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    return Request("POST", f"{address}?{WORD}", HEADERS | headers, body, status)


def _errors(mount: str) -> Iterator[Request]:
    answers = A_PERSON_FOR["few"]
    yield _form(f"{mount}result", answers, 400, Host=f"{WORD}.example")
    yield _form(f"{mount}result", answers, 403, Origin=f"https://{WORD}.example")
    yield _form(f"{mount}{WORD}", answers, 404)
    yield _form(f"/en/at/{WORD}/result", answers, 404)
    yield _form(f"{mount}result", answers, 405, method="PUT")
    yield _form(f"{mount}result", {"age": (WORD * MOST_BYTES_POSTED,)}, 413)
    yield _form(f"{mount}result", answers, 200, method="OPTIONS")
    yield _form(f"{mount}result", answers, 404, method="GET")
