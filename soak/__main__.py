"""Wear the check out and print one table: `make soak`. Exits with 1 when a promise is broken.

`--seed 2` sends other hostile requests, `--share 0.02` is a short try, and `--evidence` writes the figures of a full
run into webapp/evidence.toml, those of a broken promise as well.
"""

import asyncio
import sys
import tempfile
import time
from argparse import ArgumentParser
from pathlib import Path

from benchmarks.table import Section
from soak import connections, fuzz, restarts
from tests.evidence import Evidence


async def soak(share: float, seed: int, folder: Path) -> list[Section]:
    """Run everything, one after the other, and print each section when it is measured."""
    sections = []
    for measured in (
        restarts.measure(folder / "restarts.log"),
        connections.beside_slow_clients(folder / "slow.log", share),
        connections.crowded(folder / "connections.log", share),
        fuzz.measure(folder / "fuzz.log", share, seed),
    ):
        sections.append(await measured)
        sys.stdout.write("\n".join([*sections[-1].lines(), "", ""]))
        sys.stdout.flush()
    return sections


def main() -> None:
    parser = ArgumentParser(prog="python -m soak")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--share", type=float, default=1)
    parser.add_argument("--evidence", action="store_true")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sections = asyncio.run(soak(wanted.share, wanted.seed, Path(folder)))
    if wanted.evidence and wanted.share == 1:
        evidence = Evidence()
        for section in sections:
            for name, figure in section.figures.items():
                evidence.put("robustness", name, figure)
        evidence.write()
    broken = [row.name for section in sections for row in section.rows if row.promise and not row.promise.is_kept]
    if broken:
        sys.exit(f"broken: {', '.join(broken)}")


if __name__ == "__main__":
    main()
