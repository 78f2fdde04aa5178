"""Measure what a step costs with one, two and four processes on this machine: `python benchmarks/scale.py`, or `make bench`.

Writes scale.md beside itself.
"""

import os
import platform
import statistics
from pathlib import Path
from time import perf_counter

import torch
import torch.distributed as dist
from autograd_tutorial.tools.workers import launch

HERE = Path(__file__).resolve().parent
RUNS, UNCOUNTED = 40, 10
WORKERS = (1, 2, 4)
POINTS = {
    3: 20,
    300: 100_000,
    3_000: 10_000,
    30_000: 1_000,
    300_000: 100,
    3_000_000: 12,
}  # by params; but for the first the same table size

PAGE = """# What workers cost

Milliseconds a step, on one machine with {cores} cores, by processes that talk over Gloo and loopback: the gradient of a linear model's mse over a share of the points, then the all-reduce of that gradient, and the share of the all-reduce in the step.

| params | points | workers | gradient ms | all-reduce ms | step ms | all-reduce's share | speed-up |
|---|---|---|---|---|---|---|---|
{rows}

{told}

How: each number is the median over {runs} steps, after {uncounted} that are not counted. A barrier stands before each step. The step begins with the first worker and ends with the last; its gradient ends when the last worker has one, and what follows is all-reduce. One thread a worker. The model has one param for each column of a table of random float32 numbers. Python {python}, PyTorch {torch}, {system}; the load when it began was {load:.1f}, so where that is above 0 others were at work.
"""


def moments(params: int, points: int) -> list[tuple[float, float, float]]:
    "When one worker began each step, had its gradient and had the common one, by a clock that all processes share."
    torch.set_num_threads(1)
    share = points // dist.get_world_size()
    g = torch.Generator().manual_seed(dist.get_rank())
    table, speed = torch.randn(share, params, generator=g), torch.randn(share, generator=g)
    leaf = torch.zeros(params, requires_grad=True)
    taken = []
    for _ in range(UNCOUNTED + RUNS):
        leaf.grad = None
        dist.barrier()
        began = perf_counter()
        ((table @ leaf - speed) ** 2).mean().backward()
        found = perf_counter()
        dist.all_reduce(leaf.grad)
        taken.append((began, found, perf_counter()))
    return taken[UNCOUNTED:]


def measured(workers: int, params: int) -> tuple[float, float]:
    "Median milliseconds until the last gradient is there, and of the whole step."
    runs = torch.tensor(
        launch(moments, workers, params, POINTS[params]), dtype=torch.float64
    )  # (workers, runs, 3)
    began = runs[:, :, 0].amin(0)
    found, ended = (1000 * (runs[:, :, k].amax(0) - began) for k in (1, 2))
    return statistics.median(found.tolist()), statistics.median(ended.tolist())


def told(steps: dict[tuple[int, int], float]) -> str:
    "What the rows say."

    def gain(params: int, workers: int) -> float:
        return steps[params, 1] / steps[params, workers]

    best = max(POINTS, key=lambda params: gain(params, 2))
    slower = [f"{params:,}" for params in POINTS if gain(params, 2) < 1]
    four = [f"{params:,}" for params in POINTS if gain(params, 4) > gain(params, 2)]
    return " ".join(
        (
            f"Two workers are worth most with {best:,} params and {POINTS[best]:,} points: {gain(best, 2):.2f} times one.",
            f"They are slower than one with {', '.join(slower) or 'none of these'} params;",
            f"the lessons' three params and twenty points take {1 / gain(3, 2):.1f} times as long with two.",
            f"With more workers than cores they take turns: four are faster than two {'with ' + ', '.join(four) + ' params' if four else 'nowhere here'}.",
        )
    )


def main() -> None:
    rows, steps, load = [], {}, os.getloadavg()[0]
    for params in POINTS:
        for workers in WORKERS:
            gradient, step = measured(workers, params)
            steps[params, workers] = step
            speedup, talk = steps[params, 1] / step, step - gradient
            rows.append(
                f"| {params:,} | {POINTS[params]:,} | {workers} | {gradient:,.3f} | {talk:,.3f} | {step:,.3f} | {talk / step:.0%} | {speedup:.2f} |"
            )
            print(rows[-1], flush=True)
    machine = dict(
        python=platform.python_version(),
        torch=torch.__version__,
        system=platform.system(),
        cores=os.cpu_count(),
        load=load,
    )
    page = PAGE.format(
        rows="\n".join(rows), runs=RUNS, uncounted=UNCOUNTED, told=told(steps), **machine
    )
    (HERE / "scale.md").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
