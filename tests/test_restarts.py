"""What is lost when a worker dies or leaves. `make soak` lets more happen to the server, and for longer."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from signal import SIGKILL, SIGTERM

import pytest

from benchmarks.server import serving
from benchmarks.table import Row
from soak.restarts import disturb, starts, until

AROUND = 100
"""Requests before and after."""


@pytest.fixture(scope="module")
def disturbed() -> dict[str, Row]:
    """In a thread of its own: in this one Playwright may keep an event loop running, and there can be only one."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return {row.name: row for row in thread.submit(asyncio.run, _disturbed()).result()}


async def _disturbed() -> list[Row]:
    with serving(workers=2) as first, serving(workers=2, like=first) as second:
        await until(lambda: starts(first) == starts(second) == 2)
        replaced = await disturb(first, "replaced", SIGTERM, AROUND)
        return [replaced, await disturb(second, "killed", SIGKILL, AROUND, coming=1)]


@pytest.mark.parametrize("name", ["replaced", "killed"])
def test_a_worker_that_goes_loses_what_it_was_working_on_and_nothing_more(name: str, disturbed: dict[str, Row]):
    assert disturbed[name].is_kept, disturbed[name]
