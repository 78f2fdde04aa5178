"Lesson 10: the learning rate finder beside the edge."

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from autograd_tutorial.core.checks import (
    check_whole,
)
from autograd_tutorial.core.problem import Loss, Model
from autograd_tutorial.fit import mse, quadratic
from autograd_tutorial.learner import quadratic_learner
from autograd_tutorial.learning_rate import sweep
from autograd_tutorial.pictures.live import Saved, choice, live, stops
from autograd_tutorial.pictures.plots import BEST, PRESENT, new_axes, set_finding, set_label
from autograd_tutorial.pictures.runs import RATE, TIMES, all_runs
from autograd_tutorial.pictures.start import starting_point
from autograd_tutorial.tools.learners import need_fastai

if TYPE_CHECKING:
    from ipywidgets import VBox
    from matplotlib.axes import Axes


BEGINS = ["1e-9", "1e-7", "1e-5"]  # where a search may begin


def show_lr_find(
    time: Tensor | None = None,  # (n,) in s; None is what `make_data` gives
    speed: Tensor | None = None,  # (n,) in m/s; given with `time`
    params: Tensor | None = None,  # (P,) the start; None is the article's
    model: Model = quadratic,  # of (time, params), linear in params
    steps: int = 200,  # how many training takes at each rate, >= 1
) -> VBox | Saved:  # Saved where notebooks are saved
    "`lr_find` beside the edge, and beside training; `TypeError` or `ValueError` on bad input, `ImportError` without fastai."
    steps = check_whole(steps, "steps", 1)
    start = tuple(each.double() for each in starting_point(time, speed, params, model))
    need_fastai()

    def train(at: Tensor, loss_fn: Loss) -> tuple[Tensor, Tensor]:
        return sweep(stops(RATE), steps, at, start[1], start[2], loss_fn, model)

    told, arrays = all_runs(train, model, {"mse": mse}, (start[0], start[1], start[2]))
    finds = {}
    for kind, place in TIMES.items():
        if "error" in told[f"mse {kind}"]:
            raise ValueError(f"{kind} times: {told[f'mse {kind}']['error']}")
        if told[f"mse {kind}"]["edge"] is None:
            raise ValueError(
                "model must be linear in its params: otherwise there is no edge to hold lr_find against"
            )
        for begin in BEGINS:
            key = f"find {kind} {begin}"
            finds[key], arrays[key] = _search(
                place(start[0])(start[0]), start[1], start[2], model, float(begin)
            )
    shown = [
        RATE,
        choice("time", "Time", list(TIMES), "raw"),
        choice("begin", "Begin at", BEGINS, BEGINS[1]),
    ]
    data = dict(steps=steps, runs=told, finds=finds)
    return live(
        "learner", "The learning rate finder", shown, data, arrays, lambda: _still(data, arrays)
    )


def _search(
    time: Tensor, speed: Tensor, params: Tensor, model: Model, begin: float
) -> tuple[float | None, Tensor]:
    "What lr_find suggests, None where it finds no way down; powers of ten and smoothed losses, (2, S)."
    learn = quadratic_learner(time, speed, params, model=model, bar=False)
    try:
        found = learn.lr_find(begin, show_plot=False).valley
    except IndexError:  # too few steps before the loss is four times its best
        found = None
    curve = torch.tensor(
        [learn.recorder.lrs, [each.item() for each in learn.recorder.losses]], dtype=torch.float64
    )
    return found, torch.stack([curve[0].log10(), curve[1]])


def _still(data: dict[str, Any], arrays: dict[str, Tensor]) -> Axes:
    "For whoever runs no scripts: the search on raw times, and on standardised ones."
    import matplotlib.pyplot as plt

    axes = plt.subplots(1, 2, figsize=(9.6, 3.6), layout="constrained")[1]
    for ax, kind in zip(axes, TIMES, strict=True):
        key = f"find {kind} {BEGINS[1]}"
        found, edge, (powers, losses) = (
            data["finds"][key],
            data["runs"][f"mse {kind}"]["edge"],
            arrays[key],
        )
        ax.set(xscale="log", ylim=(0, 1.2 * losses[0].item()))
        new_axes(ax, x="learning rate", y="mse, smoothed")
        ax.plot(10**powers, losses, **PRESENT)
        ax.axvline(edge, **BEST)
        set_label(ax, edge, 1.12 * losses[0].item(), "edge", BEST, ha="right", right=-4)
        if found is not None:
            near = (10**powers - found).abs().argmin()
            ax.plot(found, losses[near], **{**PRESENT, "marker": "o"})
        says = "no suggestion" if found is None else f"lr_find suggests {found:.1e}"
        set_finding(ax, f"{kind.capitalize()} times: {says}, the edge is {edge:.1e}")
    left: Axes = axes[0]
    return left
