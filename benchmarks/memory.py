"""The memory of one worker: at its start, and after many results."""

from benchmarks.load import a_result, run
from benchmarks.server import Memory, serving
from benchmarks.table import Row, Section

RESULTS = 50_000
SECONDS_BETWEEN = 10


def measure() -> Section:
    """Look at the start, after the first results, and when there were enough."""
    measured = after_results(RESULTS)
    first, early, last = measured[0], measured[1], measured[-1]
    rows = [Row(f"after {results:,} results", _cells(memory)) for results, memory in (first, early, last)]
    figures = {"memory_at_start_mb": round(first[1].pss), "memory_after_results_mb": round(last[1].pss)}
    return Section(
        title="memory of a worker",
        columns=("RSS", "PSS"),
        rows=rows,
        figures=figures | {"results_for_memory": last[0]},
    )


def after_results(count: int) -> list[tuple[int, Memory]]:
    """Return the memory of one worker after how many results, every some seconds, from none to at least `count`."""
    with serving() as server:
        results, measured = 0, [(0, server.memory)]
        while results < count:
            results += run(a_result(server), SECONDS_BETWEEN).requests
            measured.append((results, server.memory))
    return measured


def _cells(memory: Memory) -> tuple[str, ...]:
    return tuple(f"{megabytes:.0f} MB" for megabytes in memory)
