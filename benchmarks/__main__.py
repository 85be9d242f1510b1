"""Measures everything and prints one table: `make bench`.

All ratios are from one run, since machines differ and are noisy. Wants wrk, Chromium, and some minutes in which the
machine has nothing else to do.
"""

import argparse
import shutil
import sys

from benchmarks import first_view, load, memory, next_part, pdf, profile, slow_network, start_up
from tests.evidence import Evidence

MEASUREMENTS = {
    "load": load,
    "profile": profile,
    "start_up": start_up,
    "pdf": pdf,
    "first_view": first_view,
    "next_part": next_part,
    "slow_network": slow_network,
    "memory": memory,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--only", action="append", choices=MEASUREMENTS, help="measure this alone; may be repeated")
    parser.add_argument("--evidence", action="store_true", help="write the figures into webapp/evidence.toml")
    wanted = parser.parse_args()
    if wanted.only and wanted.evidence:
        parser.error("--evidence takes the figures of a whole run, not of a part of one")
    if not shutil.which("wrk"):
        sys.exit("wrk is not installed: apt-get install wrk")
    evidence = Evidence()
    for name in wanted.only or MEASUREMENTS:
        section = MEASUREMENTS[name].measure()
        sys.stdout.write("\n".join([*section.lines(), "", ""]))
        sys.stdout.flush()
        for key, figure in section.figures.items():
            evidence.put("speed", key, figure)
    if wanted.evidence:
        evidence.write()


if __name__ == "__main__":
    main()
