"Lesson 11: gradients before and after all-reduce."

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor

from autograd_tutorial.core.problem import Loss, Model
from autograd_tutorial.fit import mse, quadratic
from autograd_tutorial.pictures.live import Saved, choice, live, slider
from autograd_tutorial.pictures.plots import BEST, PRESENT, set_finding, set_label
from autograd_tutorial.pictures.start import starting_point
from autograd_tutorial.scale import share_gradients, split_points

if TYPE_CHECKING:
    from ipywidgets import VBox
    from matplotlib.axes import Axes


_MOST_SHOWN = 10  # workers in the picture


def show_all_reduce(
    time: Tensor | None = None,  # (n,) in s, n >= 2; None is what `make_data` gives
    speed: Tensor | None = None,  # (n,) in m/s; given with `time`
    params: Tensor | None = None,  # (P,) where the gradients are taken; None is the article's start
    model: Model = quadratic,  # of (time, params)
    loss_fn: Loss = mse,  # of (preds, targets), a mean over points
) -> VBox | Saved:  # Saved where notebooks are saved
    "What each of up to ten workers finds, and what all have after all-reduce; `TypeError` or `ValueError` on bad input."
    time, speed, params = starting_point(time, speed, params, model, loss_fn)
    order = time.argsort()
    time, speed = time[order], speed[order]
    most = min(_MOST_SHOWN, len(time))
    ways = {"even": split_points, "uneven": _uneven}
    shares = {name: [way(len(time), n) for n in range(1, most + 1)] for name, way in ways.items()}
    full = share_gradients(params, time, speed, [len(time)], loss_fn, model)[0, 0].item()
    slopes = {
        name: [
            share_gradients(params, time, speed, sizes, loss_fn, model)[:, 0].tolist()
            for sizes in each
        ]
        for name, each in shares.items()
    }
    name = "slope of a" if model is quadratic else "slope of params[0]"
    data = dict(
        time=time.tolist(),
        speed=speed.tolist(),
        shares=shares,
        most=most,
        name=name,
        slopes=slopes,
        full=full,
    )
    shown = [
        slider("workers", "Workers", min(4, most), (1, most), 1),
        choice("split", "Shares", list(ways), "even"),
        choice("mean", "Mean", ["plain", "weighted"], "plain"),
        choice("moment", "All-reduce", ["before", "after"], "before"),
    ]
    return live(
        "scale",
        "Gradients before and after all-reduce",
        shown,
        data,
        {},
        lambda: _still(slopes, full, shares, most, name),
    )


def _uneven(points: int, workers: int) -> list[int]:
    "Each takes three fifths of what is left, and leaves one for each after it."
    shares: list[int] = []
    for after in range(workers - 1, -1, -1):
        left = points - sum(shares)
        shares.append(max(1, min(round(0.6 * left), left - after)) if after else left)
    return shares


def _still(
    slopes: dict[str, list[list[float]]],
    full: float,
    shares: dict[str, list[list[int]]],
    most: int,
    name: str,
) -> Axes:
    "For whoever runs no scripts: uneven shares, before and after, with the plain mean."
    import matplotlib.pyplot as plt

    n = min(3, most)
    sizes = shares["uneven"][n - 1]
    own = slopes["uneven"][n - 1]
    axes = plt.subplots(1, 2, figsize=(9.6, 4.2), layout="constrained", sharey=True)[1]
    after = [sum(own) / n] * n
    told = (
        (own, f"{n} workers, each with a gradient of its own"),
        (after, f"After all-reduce, plain mean of {', '.join(map(str, sizes))} points"),
    )
    for ax, (values, words) in zip(axes, told, strict=True):
        ax.bar(range(n), values, color=PRESENT["color"], width=0.6)
        ax.axhline(full, **BEST)
        ax.set(xlabel="worker", ylabel=name, xticks=range(n))
        set_finding(ax, words)
    set_label(axes[0], -0.4, full, "gradient over all points", BEST, up=-9)
    left: Axes = axes[0]
    return left
