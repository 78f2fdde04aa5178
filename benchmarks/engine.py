"""Measure what arrays buy an engine: lesson 6's beside micrograd, of single numbers, and PyTorch: `python benchmarks/engine.py`, or `make bench`.

Writes engine.md beside itself.
"""

import gc
import os
import platform
import statistics
import timeit
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from autograd_tutorial import engine
from micrograd.engine import Value

HERE = Path(__file__).resolve().parent
RUNS = 15
POINTS = {"quadratic": (20, 200, 2000), "network": (20, 200)}
HIDDEN = 16

PAGE = """# What arrays buy

A value and all its gradients, in milliseconds, and how many times lesson 6's engine needs.

| task | numbers in | micrograd ms | lesson 6 ms | PyTorch ms | micrograd / lesson 6 | lesson 6 / PyTorch |
|---|---|---|---|---|---|---|
{rows}

For the twenty points of the lessons, one array at a time is {few:.1f} times as fast as one number at a time; for the largest network, {many:,.0f} times. PyTorch takes {small:.2f} times as long as lesson 6 for the twenty points, and {large:.2f} times for the largest network: at these sizes both spend their time between the operations, not in them.

How: one process and one thread; each task in all three engines in turns, {runs} times after one turn that is not counted; medians. As `timeit` does it, the garbage collector is run before each and off during it: micrograd leaves cycles behind, whose collection would come on top. The gradients of all three agree to a relative 1e-6, which is asserted before the clock starts. micrograd walks by a function that calls itself, so its sums are made pair by pair, which keeps its record flat; it computes in Python's floats, lesson 6 and PyTorch in float64. Python {python}, PyTorch {torch}, numpy {numpy}, {system}, {cores} cores.
"""


def summed(numbers: list[Any]) -> Any:
    "Pair by pair: as many additions as in a row, in a record that is not deep."
    while len(numbers) > 1:
        numbers = [sum(numbers[i : i + 2][1:], numbers[i]) for i in range(0, len(numbers), 2)]
    return numbers[0]


# Each task: from arrays of data and of params to the gradients, flat


def quadratic_by_numbers(data: list[np.ndarray], params: list[np.ndarray]) -> list[float]:
    (time, speed), (start,) = (each.tolist() for each in data), params
    leaves = a, b, c = [Value(each) for each in start.tolist()]
    misses = [a * t**2 + b * t + c - s for t, s in zip(time, speed, strict=True)]
    (summed([miss**2 for miss in misses]) * (1 / len(time))).__pow__(0.5).backward()
    return [leaf.grad for leaf in leaves]


def network_by_numbers(data: list[np.ndarray], params: list[np.ndarray]) -> list[float]:
    (rows, targets), leaves = (
        (each.tolist() for each in data),
        [[Value(each) for each in array.ravel().tolist()] for array in params],
    )
    into, shift, out = leaves
    losses = []
    for row, target in zip(rows, targets, strict=True):
        hidden = [
            (summed([x * into[i * HIDDEN + j] for i, x in enumerate(row)]) + shift[j]).relu()
            for j in range(HIDDEN)
        ]
        losses.append((summed([h * w for h, w in zip(hidden, out, strict=True)]) - target) ** 2)
    (summed(losses) * (1 / len(rows))).backward()
    return [leaf.grad for each in leaves for leaf in each]


def by_arrays(torch_or_engine: Any, loss: Callable[..., Any]) -> Callable[..., list[float]]:
    def task(data: list[np.ndarray], params: list[np.ndarray]) -> list[float]:
        leaves = [torch_or_engine.tensor(each).requires_grad_() for each in params]
        loss(*(torch_or_engine.tensor(each) for each in data), *leaves).backward()
        return [each for leaf in leaves for each in np.ravel(leaf.grad.data).tolist()]

    return task


def quadratic(time: Any, speed: Any, params: Any) -> Any:
    a, b, c = params
    return ((a * time**2 + b * time + c - speed) ** 2).mean().sqrt()


def network(rows: Any, targets: Any, into: Any, shift: Any, out: Any) -> Any:
    return (((rows @ into + shift).relu() @ out - targets) ** 2).mean()


def tasks(
    points: int,
) -> dict[str, tuple[list[np.ndarray], list[np.ndarray], dict[str, Callable[..., list[float]]]]]:
    "Data, params, and the ways from them to the gradients, by the name of the task."
    pick = np.random.default_rng(42)
    seconds = np.linspace(0, 19, points)
    line = [seconds, 0.75 * (seconds - 9.5) ** 2 + 1 + 3 * pick.normal(size=points)]
    table = [pick.normal(size=(points, 8)), pick.normal(size=points)]
    weights = [
        0.5 * pick.normal(size=(8, HIDDEN)),
        0.1 * pick.normal(size=HIDDEN),
        0.5 * pick.normal(size=HIDDEN),
    ]
    return {
        f"rmse of the quadratic, {points:,} points": (
            line,
            [pick.normal(size=3)],
            ways(quadratic_by_numbers, quadratic),
        ),
        f"network 8-{HIDDEN}-1, {points:,} points": (
            table,
            weights,
            ways(network_by_numbers, network),
        ),
    }


def ways(
    numbers: Callable[..., list[float]], loss: Callable[..., Any]
) -> dict[str, Callable[..., list[float]]]:
    return {
        "micrograd": numbers,
        "lesson 6": by_arrays(engine, loss),
        "PyTorch": by_arrays(torch, loss),
    }


def measured(
    data: list[np.ndarray],
    params: list[np.ndarray],
    ways: dict[str, Callable[..., list[float]]],
    runs: int = RUNS,
) -> list[float]:
    "Median seconds of each way, taken in turns, so that what slows the machine slows all."
    found = [np.array(way(data, params)) for way in ways.values()]
    for each in found:
        np.testing.assert_allclose(each, found[-1], rtol=1e-6, atol=1e-9)
    taken: list[list[float]] = [[] for _ in ways]
    for _ in range(runs):
        for way, seconds in zip(ways.values(), taken, strict=True):
            seconds.append(
                timeit.timeit(
                    lambda way=way: way(data, params),
                    setup="gc.collect()",
                    globals={"gc": gc},
                    number=1,
                )
            )
    return [statistics.median(seconds) for seconds in taken]


def row(name: str, numbers: int, seconds: list[float]) -> str:
    scalar, ours, theirs = (1000 * each for each in seconds)
    return f"| {name} | {numbers:,} | {scalar:,.2f} | {ours:.3f} | {theirs:.3f} | {scalar / ours:,.1f} | {ours / theirs:.2f} |"


def main() -> None:
    torch.set_num_threads(1)
    rows, found = [], []
    for kind, points in ((kind, points) for kind, sizes in POINTS.items() for points in sizes):
        name, (data, params, made) = next(each for each in tasks(points).items() if kind in each[0])
        found.append(measured(data, params, made))
        rows.append(row(name, sum(each.size for each in (*data, *params)), found[-1]))
        print(rows[-1], flush=True)
    first, last = found[0], found[-1]
    told = dict(
        few=first[0] / first[1],
        many=last[0] / last[1],
        small=first[2] / first[1],
        large=last[2] / last[1],
    )
    machine = dict(
        python=platform.python_version(),
        torch=torch.__version__,
        numpy=np.__version__,
        system=platform.system(),
        cores=os.cpu_count(),
    )
    page = PAGE.format(rows="\n".join(rows), runs=RUNS, **told, **machine)
    (HERE / "engine.md").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
