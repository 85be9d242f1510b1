"""What the measurements stand on: medians of rounds, the CPU and the memory of whoever answers, and what is kept."""

import pytest

from benchmarks.__main__ import Run, median_ratio, vignettes
from benchmarks.server import serving
from benchmarks.table import Row, show
from tests.answers import VIGNETTE_LIST
from tests.conftest import ROOT
from tests.test_first_view import ask


def test_one_disturbed_round_moves_no_ratio():
    rounds = [{"page": Run(1, 1, cpu), "hello": Run(1, 1, 1)} for cpu in (3, 90, 2, 3, 3)]
    assert median_ratio(rounds, "page", "hello", "cpu") == 3


def test_every_vignette_is_sent():
    assert len(set(vignettes(ROOT))) == len({str(vignette.answers) for vignette in VIGNETTE_LIST})


def test_cpu_and_memory_are_those_of_the_process_that_answers():
    with serving() as server:
        (worker,) = server.workers
        assert worker not in server.pids and server.memory > 0
        used = server.cpu
        while server.cpu == used:
            assert ask(f"http://127.0.0.1:{server.port}", "/en/").status == 200


def test_a_missed_promise_is_called_missed(capsys: pytest.CaptureFixture[str]):
    show("start", ["time"], [Row("early", ["1 s"], "≤ 2 s"), Row("late", ["3 s"], "≤ 2 s", is_kept=False)])
    head, early, late = capsys.readouterr().out.splitlines()[:3]
    assert (early.rpartition(": ")[2], late.rpartition(": ")[2]) == ("kept", "MISSED")
    assert head.index("time") + len("time") == early.index("1 s") + len("1 s")
