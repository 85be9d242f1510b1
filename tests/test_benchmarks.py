"""What the measurements stand on: whose CPU and memory they read, which place they name, and what they call kept."""

import sys
from collections.abc import Callable
from types import FrameType

import pytest

from benchmarks.load import a_result
from benchmarks.profile import THE_REST, place_of
from benchmarks.server import serving
from benchmarks.table import Promise, Row, Section

Look = Callable[[], FrameType]


def test_cpu_and_memory_are_those_of_the_process_that_answers():
    with serving() as server:
        request, used = a_result(server), server.cpu
        for _ in range(20):
            assert server.ask(request.address, request.body, request.headers).status == request.status
        assert server.cpu > used
        assert server.worker != server.pid
        assert 30 < server.memory.pss <= server.memory.rss


@pytest.mark.parametrize(
    ("files", "place"),
    [
        (["webapp/templates/result.html", "webapp/templates/components.html", "flask/app.py"], "template result.html"),
        (["webapp/check.py", "webapp/templates/check.html", "webapp/sheet.py"], "the sheet, its texts"),
        (["webapp/questionnaire/nearby.py", "webapp/questionnaire/model.py"], "what would lead to another result"),
        (["flask/app.py", "webapp/headers.py"], THE_REST),
    ],
)
def test_time_belongs_to_the_innermost_place_that_has_a_name(files: list[str], place: str):
    assert place_of(frame_in(files)) == place


def test_a_missed_promise_is_called_missed():
    rows = [Row("early", ("1 s",), Promise("≤ 2 s", True)), Row("late", ("3 s",), Promise("≤ 2 s", False))]
    head, early, late = Section(title="start", columns=("time",), rows=rows).lines()
    assert (early.partition(": ")[2], late.partition(": ")[2]) == ("kept", "MISSED")
    assert head.index("time") + len("time") == early.index("1 s") + len("1 s")


def frame_in(files: list[str]) -> FrameType:
    """Return a frame in the last of some files, each of which has called the next."""
    look: Look = sys._getframe
    for file in reversed(files):
        look = calling(look, file)
    return look()


def calling(look: Look, file: str) -> Look:
    def call() -> FrameType:
        return look()

    call.__code__ = call.__code__.replace(co_filename=file)
    return call
