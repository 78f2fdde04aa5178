"Lesson 3: the fit at every learning rate."

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from autograd_tutorial.core.checks import (
    check_whole,
)
from autograd_tutorial.core.problem import Loss, Model, count_finite
from autograd_tutorial.fit import mse, quadratic, rmse
from autograd_tutorial.pictures.live import Saved, live, stops
from autograd_tutorial.pictures.runs import RATE, all_runs, controls, run_all_rates, show_training
from autograd_tutorial.pictures.start import starting_point

if TYPE_CHECKING:
    from ipywidgets import VBox
    from matplotlib.axes import Axes


def explore_learning_rate(
    time: Tensor | None = None,  # (n,) in s; None is what `make_data` gives
    speed: Tensor | None = None,  # (n,) in m/s; given with `time`
    params: Tensor | None = None,  # (P,) the start; None is the article's
    model: Model = quadratic,  # of (time, params)
    loss_fn: Loss = mse,  # of (preds, targets)
    steps: int = 200,  # how many steps at each rate, >= 1
) -> VBox | Saved:  # Saved where notebooks are saved
    "The fit at every rate, to drag; `TypeError` or `ValueError` on bad input."
    start = starting_point(time, speed, params, model, loss_fn)
    steps, losses = check_whole(steps, "steps", 1), _choices(loss_fn)

    def train(time: Tensor, loss_fn: Loss) -> tuple[Tensor, Tensor]:
        return run_all_rates(steps, time, *start[1:], loss_fn, model)

    told, arrays = all_runs(train, model, losses, start)
    return _explorer(told, arrays, list(losses), start, steps)


def _choices(loss_fn: Loss) -> dict[str, Loss]:
    "The losses to choose from, the wanted one first."
    if loss_fn in (mse, rmse):
        return {each.__name__: each for each in (loss_fn, rmse if loss_fn is mse else mse)}
    return {getattr(loss_fn, "__name__", type(loss_fn).__name__): loss_fn}


def _explorer(
    told: dict[str, Any],
    arrays: dict[str, Tensor],
    losses: list[str],
    start: tuple[Tensor, Tensor, Tensor],
    steps: int,
) -> VBox | Saved:
    time, speed, _ = start
    data = dict(time=time.tolist(), speed=speed.tolist(), steps=steps, runs=told)
    return live(
        "learning_rate",
        "Learning rate explorer",
        controls(steps, losses),
        data,
        arrays,
        lambda: _still(told, arrays, losses[0], start),
    )


def _still(
    told: dict[str, Any], arrays: dict[str, Tensor], loss: str, start: tuple[Tensor, Tensor, Tensor]
) -> Axes:
    key, at = f"{loss} raw", stops(RATE).index(RATE["value"])
    if "error" in told[key]:
        raise ValueError(told[key]["error"])
    facts, losses = told[key], arrays[f"{key} losses"][at]
    errors = arrays[f"{key} errors"][:, at, count_finite(losses) - 1]
    preds = torch.tensor(facts["base"]) + errors.float() @ torch.tensor(facts["basis"])
    seen = [i for i, index in enumerate(facts["measured"]) if index is not None]
    drawn = [facts["measured"][i] for i in sorted(seen, key=lambda i: start[0][i].item())]
    order = sorted(seen, key=lambda i: start[0][i].item())
    best = torch.tensor(facts["base"])[drawn] if facts["best"] else None
    return show_training(
        losses,
        preds[drawn],
        start[0][order],
        start[1][order],
        f"{loss} at lr {RATE['value']:g}",
        best,
        facts["floor"],
    )
