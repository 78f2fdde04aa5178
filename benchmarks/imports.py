"""Measure what importing the package costs beside torch and matplotlib: `python benchmarks/imports.py`, or `make bench`.

Writes imports.md beside itself.
"""

import os
import platform
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
RUNS = 15
LIMIT = 1.1  # of torch and matplotlib together
WAYS = ("import torch, matplotlib", "import autograd_tutorial.fit")
CLOCK = "import time; begun = time.perf_counter(); {}; print(time.perf_counter() - begun)"

PAGE = """# What importing costs

| in a fresh process | median s | least s | most s |
|---|---|---|---|
{rows}

`autograd_tutorial.fit` takes {ratio:.3f} times as long as torch and matplotlib together; at most {limit} is wanted.

How: {runs} fresh processes for each, in turns, after one of each that is not counted; the clock runs inside the process, around the import alone. Python {python}, {system}, {cores} cores.
"""


def seconds(statement: str) -> float:
    "How long `statement` takes in a process of its own."
    return float(
        subprocess.check_output(
            [sys.executable, "-c", CLOCK.format(statement)], cwd=HERE.parent, text=True
        )
    )


def measured(runs: int = RUNS) -> dict[str, list[float]]:
    "Seconds of each way, taken in turns, so that what slows the machine slows all."
    for statement in WAYS:
        seconds(statement)
    turns = [{way: seconds(way) for way in WAYS} for _ in range(runs)]
    return {way: [turn[way] for turn in turns] for way in WAYS}


def ratio(found: dict[str, list[float]]) -> float:
    base, ours = (statistics.median(taken) for taken in found.values())
    return ours / base


def main() -> None:
    found = measured()
    rows = [
        f"| `{name}` | {statistics.median(taken):.3f} | {min(taken):.3f} | {max(taken):.3f} |"
        for name, taken in found.items()
    ]
    machine = dict(python=platform.python_version(), system=platform.system(), cores=os.cpu_count())
    page = PAGE.format(rows="\n".join(rows), ratio=ratio(found), limit=LIMIT, runs=RUNS, **machine)
    (HERE / "imports.md").write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()
