"""Clients that ask and wait, as many at a time as there shall be, and slow ones that never finish."""

import asyncio
import socket
import time
from collections.abc import Iterator
from itertools import cycle
from typing import NamedTuple
from urllib.parse import urlencode

from tests.hostile import FORM, Hostile
from tests.posting import A_PERSON_FOR

NO_ANSWER = 0
"""In the place of a status, when the whole of an answer did not arrive."""

_BODY = f"POST /en/result HTTP/1.1\r\nHost: localhost\r\nContent-Type: {FORM}\r\nContent-Length: 9999\r\n\r\n"
SLOW = (
    (b"POST /en/result HTTP/1.1\r\nHost: localhost\r\nX: ", b"x"),
    (_BODY.encode(), b"x"),
    (b"GET /en/rules HTTP/1.1\r\nHost: localhost\r\n\r\n" * 20, b""),
)
"""What clients send that are slow with their headers, with their body, and with reading: at first, and every second."""


class Reply(NamedTuple):
    """What became of a request: when it was begun and over, in seconds of the machine's clock, and its status."""

    begun: float
    over: float
    status: int


def people() -> Iterator[bytes]:
    """Yield what people send, without end: the page, then the answers, in several languages and with every outcome."""
    for lang, answers in cycle((lang, answers) for lang in ("nl", "en", "ar") for answers in A_PERSON_FOR.values()):
        yield Hostile("GET", f"/{lang}/", {}, b"").on_the_wire()
        body = urlencode(answers, doseq=True).encode()
        yield Hostile("POST", f"/{lang}/result", {"Content-Type": FORM}, body).on_the_wire()


async def ask(port: int, request: bytes, patience: float) -> Reply:
    """Send one request over a connection of its own, and read the answer to its end, for some seconds at most."""
    begun, answer = time.monotonic(), b""
    try:
        async with asyncio.timeout(patience):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(request)
                answer = await reader.read()
            finally:
                writer.close()
    except (OSError, TimeoutError):
        await asyncio.sleep(0.01)  # Where nobody listens any more, the next one would be refused at once.
    head, _, body = answer.partition(b"\r\n\r\n")
    sizes = [line.split(b":")[1] for line in head.lower().splitlines() if line.startswith(b"content-length:")]
    is_whole = head and all(len(body) >= int(size) for size in sizes)
    return Reply(begun, time.monotonic(), int(head.split()[1]) if is_whole else NO_ANSWER)


class Crowd:
    """Clients of whom each sends a request as soon as its last one is answered."""

    def __init__(self, port: int, clients: int, requests: Iterator[bytes], patience: float = 30) -> None:
        self.replies: list[Reply] = []
        self._is_over = False
        self._clients = [asyncio.create_task(self._client(port, requests, patience)) for _ in range(clients)]

    async def finish(self, is_over: bool = True) -> list[Reply]:
        """Let every client wait for its last answer, now or when there are no more; return what became of all."""
        self._is_over = is_over
        await asyncio.gather(*self._clients)
        return self.replies

    async def _client(self, port: int, requests: Iterator[bytes], patience: float) -> None:
        for request in requests:
            self.replies.append(await ask(port, request, patience))
            if self._is_over:
                return


async def dawdle(port: int, beginning: bytes, more: bytes) -> None:
    """Send a beginning, and then a byte every second, or read one, until cancelled or the server has had enough."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    try:
        writer.write(beginning)
        while not reader.at_eof():
            writer.write(more)
            await (asyncio.sleep(1) if more else reader.read(1))
            await asyncio.sleep(0 if more else 1)
    finally:
        writer.close()
