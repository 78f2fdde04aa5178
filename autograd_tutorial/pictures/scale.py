"Lesson 11: gradients before and after all-reduce."

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from torch import Tensor

from autograd_tutorial.core.checks import check_number
from autograd_tutorial.core.problem import Loss, Model
from autograd_tutorial.fit import mse, quadratic
from autograd_tutorial.pictures.live import Choice, Saved, Slider, live
from autograd_tutorial.pictures.plots import (
    BEST,
    PRESENT,
    new_axes,
    set_finding,
    set_label,
    side_by_side,
)
from autograd_tutorial.pictures.start import starting_point, with_room
from autograd_tutorial.scale import share_gradients, split_points

if TYPE_CHECKING:
    from ipywidgets import VBox
    from matplotlib.axes import Axes


MOST = 10  # workers that fit


def show_all_reduce(
    time: Tensor | None = None,  # (n,) in s, n >= 2; None is what `make_data` gives
    speed: Tensor | None = None,  # (n,) in m/s; given with `time`
    params: Tensor | None = None,  # (P,) where the gradients are taken; None is the article's start
    model: Model = quadratic,  # of (time, params)
    loss_fn: Loss = mse,  # of (preds, targets), a mean over points
) -> VBox | Saved:  # Saved where notebooks are saved
    "What each of up to ten workers finds, and all after all-reduce; `TypeError` or `ValueError`."
    time, speed, params = starting_point(time, speed, params, model, loss_fn)
    time, speed, params = with_room(time, speed, params, model, loss_fn)
    order = time.argsort()
    time, speed = time[order], speed[order]
    most = min(MOST, len(time))
    splits = {}
    for kind, split in SPLITS.items():
        sizes = [split(len(time), workers) for workers in range(1, most + 1)]
        slopes = [
            share_gradients(params, time, speed, each, loss_fn, model)[:, 0] for each in sizes
        ]
        splits[kind] = [Split(n, each.tolist()) for n, each in zip(sizes, slopes, strict=True)]
    full = splits["even"][0].slopes[0]
    check_number(full, "the gradient over these times")
    name = "slope of a" if model is quadratic else "slope of params[0]"
    return live(
        "scale",
        "Gradients before and after all-reduce",
        [
            Slider("workers", "Workers", min(4, most), (1, most), 1),
            Choice("split", "Shares", list(SPLITS), "even"),
            Choice("mean", "Mean", ["plain", "weighted"], "plain"),
            Choice("moment", "All-reduce", ["before", "after"], "before"),
        ],
        dict(time=time.tolist(), speed=speed.tolist(), name=name, full=full, splits=splits),
        lambda: _still(splits["uneven"][:3][-1], full, name),
    )


@dataclass(frozen=True)
class Split:
    "The points shared out among some workers."

    shares: list[int]  # (workers,) how many points each holds
    slopes: list[float]  # (workers,) what each finds, of the first param


def _uneven(points: int, workers: int) -> list[int]:
    "Each takes three fifths of what is left, and leaves one for each after it."
    shares: list[int] = []
    for after in range(workers - 1, -1, -1):
        left = points - sum(shares)
        shares.append(max(1, min(round(0.6 * left), left - after)) if after else left)
    return shares


SPLITS = {"even": split_points, "uneven": _uneven}


def _still(split: Split, full: float, name: str) -> Axes:
    "Before and after, with the plain mean."
    count = len(split.slopes)
    mean = sum(split.slopes) / count
    sizes = ", ".join(map(str, split.shares))
    left, right = side_by_side(2, 4.2, sharey=True)
    set_finding(left, f"{count} workers, each with a gradient of its own")
    set_finding(right, f"After all-reduce, plain mean of {sizes} points")
    for ax, values in ((left, split.slopes), (right, [mean] * count)):
        new_axes(ax, x="worker", y=name).set_xticks(range(count))
        ax.bar(range(count), values, color=PRESENT["color"], width=0.6)
        ax.axhline(full, **BEST)
    return set_label(left, -0.4, full, "gradient over all points", BEST, up=-9)
