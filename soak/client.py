"""Clients that ask and wait, as many at a time as there shall be."""

import asyncio
import time
from collections.abc import Iterator
from itertools import cycle
from typing import NamedTuple
from urllib.parse import urlencode

from tests.hostile import FORM, Hostile
from tests.posting import A_PERSON_FOR

NO_ANSWER = 0
"""In the place of a status, when the whole of an answer did not arrive."""

PATIENCE = 30
"""After how many seconds a client gives up."""


class Reply(NamedTuple):
    """What became of a request: when it was begun and over, in seconds of the machine's clock, and its status."""

    begun: float
    over: float
    status: int

    @property
    def seconds(self) -> float:
        return self.over - self.begun


def people() -> Iterator[bytes]:
    """Yield what people send, without end: the page, then the answers, in several languages and with every outcome."""
    for lang, answers in cycle((lang, answers) for lang in ("nl", "en", "ar") for answers in A_PERSON_FOR.values()):
        body = urlencode({question: list(chosen) for question, chosen in answers.items()}, doseq=True).encode()
        yield Hostile("GET", f"/{lang}/", {}, b"").on_the_wire()
        yield Hostile("POST", f"/{lang}/result", {"Content-Type": FORM}, body).on_the_wire()


async def ask(port: int, request: bytes, patience: float = PATIENCE) -> Reply:
    """Send one request over a connection of its own, and read the answer to its end."""
    begun, status = time.monotonic(), NO_ANSWER
    try:
        async with asyncio.timeout(patience):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(request)
                status = _status(await reader.read())
            finally:
                writer.close()
    except (OSError, TimeoutError):
        pass
    return Reply(begun, time.monotonic(), status)


def _status(answer: bytes) -> int:
    head, _, body = answer.partition(b"\r\n\r\n")
    sizes = [line.split(b":")[1] for line in head.lower().splitlines() if line.startswith(b"content-length:")]
    is_whole = head and all(len(body) >= int(size) for size in sizes)
    return int(head.split()[1]) if is_whole else NO_ANSWER


class Crowd:
    """Clients of whom each sends a request as soon as its last one is answered."""

    def __init__(self, port: int, clients: int, requests: Iterator[bytes], patience: float = PATIENCE) -> None:
        self.port, self.requests, self.patience = port, requests, patience
        self.replies: list[Reply] = []
        self._is_over = False
        self._clients = [asyncio.create_task(self._client()) for _ in range(clients)]

    async def stop(self) -> list[Reply]:
        """Let every client wait for its last answer, and return what became of all requests."""
        self._is_over = True
        return await self.finish()

    async def finish(self) -> list[Reply]:
        """Return what became of all requests when there are no more."""
        await asyncio.gather(*self._clients)
        return self.replies

    async def _client(self) -> None:
        for request in self.requests:
            self.replies.append(await ask(self.port, request, self.patience))
            if self._is_over:
                return
