"""Slow clients: their headers, their body, or their reading take as long as they like, while others want an answer."""

import asyncio
import socket
from collections.abc import Callable, Coroutine

from tests.hostile import FORM

SECONDS_BETWEEN_BYTES = 1

Slow = Callable[[int], Coroutine[None, None, None]]
"""Connects to a port, and goes on until it is cancelled or the server has had enough."""


async def slow_headers(port: int) -> None:
    """Send a byte of the headers every second."""
    await _drip(port, b"POST /en/result HTTP/1.1\r\nHost: localhost\r\nX: ")


async def slow_body(port: int) -> None:
    """Send all headers, and of the body a byte every second."""
    head = f"POST /en/result HTTP/1.1\r\nHost: localhost\r\nContent-Type: {FORM}\r\nContent-Length: 9999\r\n\r\n"
    await _drip(port, head.encode())


async def slow_reading(port: int) -> None:
    """Ask for pages one after the other, and read a byte of them every second."""
    own = socket.socket()
    own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    own.setblocking(False)
    loop = asyncio.get_running_loop()
    try:
        await loop.sock_connect(own, ("127.0.0.1", port))
        await loop.sock_sendall(own, b"GET /en/rules HTTP/1.1\r\nHost: localhost\r\n\r\n" * 20)
        while await loop.sock_recv(own, 1):
            await asyncio.sleep(SECONDS_BETWEEN_BYTES)
    finally:
        own.close()


async def _drip(port: int, beginning: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(beginning)
        while not reader.at_eof():
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(SECONDS_BETWEEN_BYTES)
    finally:
        writer.close()


SLOW: tuple[Slow, ...] = (slow_headers, slow_body, slow_reading)
