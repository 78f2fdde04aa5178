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
from autograd_tutorial.workers import launch

HERE = Path(__file__).resolve().parent
RUNS = 20
WORKERS = (1, 2, 4)
POINTS = {3: 20, 300: 100_000, 3_000: 10_000, 30_000: 1_000, 300_000: 100, 3_000_000: 12}  # by params; but for the first the same table size

PAGE = """# What workers cost

Milliseconds a step, on one machine with {cores} cores, by processes that talk over Gloo and loopback: the gradient of a linear model's mse over a share of the points, then the all-reduce of that gradient, and the share of the all-reduce in the step.

| params | points | workers | gradient ms | all-reduce ms | step ms | all-reduce's share | speed-up |
|---|---|---|---|---|---|---|---|
{rows}

With more workers than cores they take turns, so four cannot be faster than two here. {told}

How: each number is the median over {runs} steps of the slowest worker, after five steps that are not counted; a barrier before each, outside the clock; one thread a worker. The model has one param for each column of a table of random float32 numbers. Python {python}, PyTorch {torch}, {system}; the load when it began was {load:.1f}, so where that is above 0 others were at work.
"""


def measured(params: int, points: int) -> tuple[float, float]:
    "Median seconds of one worker: its gradient, then the all-reduce."
    torch.set_num_threads(1)
    share = points // dist.get_world_size()
    g = torch.Generator().manual_seed(dist.get_rank())
    table, speed = torch.randn(share, params, generator=g), torch.randn(share, generator=g)
    leaf = torch.zeros(params, requires_grad=True)
    taken = []
    for _ in range(RUNS + 5):
        leaf.grad = None
        dist.barrier()
        began = perf_counter()
        ((table @ leaf - speed) ** 2).mean().backward()
        found = perf_counter()
        dist.all_reduce(leaf.grad)
        taken.append((found - began, perf_counter() - found))
    return tuple(statistics.median(column) for column in zip(*taken[5:], strict=True))


def main() -> None:
    rows, steps, load = [], {}, os.getloadavg()[0]
    for params in POINTS:
        for workers in WORKERS:
            found = launch(measured, workers, params, POINTS[params])
            gradient, talk = (1000 * max(column) for column in zip(*found, strict=True))
            step = steps[params, workers] = gradient + talk
            speedup = steps[params, 1] / step
            rows.append(f"| {params:,} | {POINTS[params]:,} | {workers} | {gradient:,.3f} | {talk:,.3f} | {step:,.3f} | {talk / step:.0%} | {speedup:.2f} |")
            print(rows[-1], flush=True)
    best = max(POINTS, key=lambda params: steps[params, 1] / steps[params, 2])
    told = f"Two workers are worth most with {best:,} params and {POINTS[best]:,} points: {steps[best, 1] / steps[best, 2]:.2f} times one."
    told += f" The lessons' three params and twenty points take {steps[3, 2] / steps[3, 1]:.1f} times as long with two."
    machine = dict(python=platform.python_version(), torch=torch.__version__, system=platform.system(), cores=os.cpu_count(), load=load)
    (HERE / "scale.md").write_text(PAGE.format(rows="\n".join(rows), runs=RUNS, told=told, **machine), encoding="utf-8")


if __name__ == "__main__":
    main()
