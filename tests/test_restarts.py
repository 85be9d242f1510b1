"""What is lost when a worker dies. `make soak` lets more happen to the server, and for longer."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from soak.restarts import MOST_LOST_BY_KILL, Disturbed, kill


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Disturbed:
    """In a thread of its own: in this one Playwright may keep an event loop running, and there can be only one."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, kill(tmp_path_factory.mktemp("soak") / "log", seconds=0.5)).result()


def test_a_worker_that_dies_loses_what_it_was_working_on_and_nothing_more(killed: Disturbed):
    assert killed.lost_later == 0
    assert killed.lost_in_flight <= MOST_LOST_BY_KILL


def test_another_worker_takes_the_place_of_one_that_died(killed: Disturbed):
    assert killed.over > killed.begun
    assert any(reply.begun > killed.over for reply in killed.replies)
