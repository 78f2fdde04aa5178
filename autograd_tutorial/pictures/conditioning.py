"Lesson 4: the path over the loss, seen from above."

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch import Tensor

from autograd_tutorial.core.checks import (
    check_whole,
)
from autograd_tutorial.core.problem import Loss, Model, count_finite
from autograd_tutorial.fit import mse, quadratic
from autograd_tutorial.pictures.live import Saved, live, stops
from autograd_tutorial.pictures.plots import set_finding
from autograd_tutorial.pictures.runs import RATE, all_runs, bowl, controls, run_all_rates, show_path
from autograd_tutorial.pictures.start import starting_point

if TYPE_CHECKING:
    from ipywidgets import VBox
    from matplotlib.axes import Axes


def show_descent(
    time: Tensor | None = None,  # (n,) in s; None is what `make_data` gives
    speed: Tensor | None = None,  # (n,) in m/s; given with `time`
    params: Tensor | None = None,  # (P,) the start; None is the article's
    model: Model = quadratic,  # of (time, params), linear in params, P >= 2
    steps: int = 200,  # how many steps at each rate, >= 1
) -> VBox | Saved:  # Saved where notebooks are saved
    "The path over the mse, from above, at every rate; `TypeError` or `ValueError` on bad input."
    steps = check_whole(steps, "steps", 1)
    start = starting_point(time, speed, params, model)

    def train(time: Tensor, loss_fn: Loss) -> tuple[Tensor, Tensor]:
        return run_all_rates(steps, time, *start[1:], loss_fn, model)

    told, arrays = all_runs(train, model, {"mse": mse}, start)
    bowls = {key: bowl(key, facts) for key, facts in told.items()}
    first = 10**-4.5
    moved = [
        dict(each, value=first) if each["name"] == "lr" else each
        for each in controls(steps, ["mse"])
    ]
    shown = [each for each in moved if each["name"] != "loss"]
    return live(
        "conditioning",
        "Descent in the valley",
        shown,
        dict(steps=steps, runs=bowls),
        arrays,
        lambda: _still(bowls, arrays),
    )


def _still(bowls: dict[str, Any], arrays: dict[str, Tensor]) -> Axes:
    "For whoever runs no scripts: raw times at 3.16e-5 beside standardised ones at 0.316."
    import matplotlib.pyplot as plt

    axes = plt.subplots(1, 2, figsize=(9.6, 4.8), layout="constrained")[1]
    for ax, (key, facts), lr in zip(axes, bowls.items(), (10**-4.5, 10**-0.5), strict=True):
        at = stops(RATE).index(lr)
        count = count_finite(arrays[f"{key} losses"][at])
        show_path(ax, facts, arrays[f"{key} errors"][[0, -1], at, :count])
        set_finding(ax, _condition(key, facts))
    left: Axes = axes[0]
    return left


def _condition(key: str, facts: dict[str, Any]) -> str:
    steep, flat = (facts["directions"][end]["curvature"] for end in (0, -1))
    ratio = steep / flat
    return f"{key.split()[1].capitalize()} times: condition number {ratio:{',.0f' if ratio >= 1000 else '.2f'}}"
