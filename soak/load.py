"""Clients that ask and wait, slow ones that never finish, and what is lost when a worker or a server goes meanwhile."""

import asyncio
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import cycle
from signal import SIGKILL, Signals
from typing import NamedTuple
from urllib.parse import urlencode

from benchmarks.server import Server
from benchmarks.table import Row
from tests.conftest import SECONDS_TO_STOP
from tests.hostile import FORM, Hostile
from tests.posting import A_PERSON_FOR

NO_ANSWER = 0  # In the place of a status, when the whole of an answer did not arrive.
CLIENTS = 16
"""The kernel gives each connection to one worker for good; what waits for a worker that leaves is lost with it, one
request of each client at most. Who lost one and asks at once again can meet a killed worker a second time."""

POST = f"POST /en/result HTTP/1.1\r\nHost: localhost\r\nContent-Type: {FORM}\r\n"
SLOW_HEADERS = POST.encode(), b"x"
SLOW_BODY = f"{POST}Content-Length: 9999\r\n\r\n".encode(), b"x"
SLOW_READING = b"GET /en/rules HTTP/1.1\r\nHost: localhost\r\n\r\n" * 20, b""
"""What slow clients send, at first and every second."""


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
            with closing(writer):
                writer.write(request)
                answer = await reader.read()
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
    """Send a beginning, and then a byte every second, or read one, until the server has had enough."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    writer.write(beginning)
    while not reader.at_eof():
        await asyncio.sleep(1)
        writer.write(more) if more else await reader.read(1)


async def disturb(
    server: Server, name: str, kind: Signals, around: int, coming: int = 0, slow: int = 0, is_last: bool = False
) -> Row:
    """Send a signal to a server under load, KILL to a worker of it, between `around` requests before and as many after.

    It is over when the workers that it ends are gone and those `coming` are there; requests begun until then were in
    flight. `slow` clients never finish and would hold it up for ever. After the end of the last server nothing is lost.
    """
    leaving, there = server.workers[:1] if kind == SIGKILL else server.workers, starts(server) + coming
    crowd = Crowd(server.port, CLIENTS, people())
    waiting = [asyncio.create_task(dawdle(server.port, *SLOW_BODY)) for _ in range(slow)]
    await until(lambda: len(crowd.replies) >= around)
    begun = time.monotonic()
    os.kill(*leaving if kind == SIGKILL else server.pids, kind)
    await until(lambda: starts(server) >= there and not set(leaving) & set(server.workers))
    over = time.monotonic()
    await until(lambda: is_last or sum(reply.begun > over for reply in crowd.replies) >= around)
    await asyncio.gather(*waiting, return_exceptions=True)
    lost = [reply.begun for reply in await crowd.finish() if reply.status != 200]
    in_flight = sum(one <= (begun if is_last else over) for one in lost)
    later, most = 0 if is_last else len(lost) - in_flight, CLIENTS * (2 if kind == SIGKILL else 1)
    cells = f"{len(crowd.replies):,}", f"{in_flight}", f"{later}", f"{over - begun:.1f} s"
    return Row(name, cells, f"≤ {most} in flight, 0 later", in_flight <= most and not later)


def starts(server: Server) -> int:
    """Return how many workers have said so far that they answer."""
    return server.log.read_bytes().count(b"Started worker-")


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something is true. Raises `TimeoutError` when that takes longer than a server may take to stop."""
    async with asyncio.timeout(SECONDS_TO_STOP):
        while not condition():
            await asyncio.sleep(0.01)
