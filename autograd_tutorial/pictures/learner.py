"Lesson 10: the learning rate finder beside the edge."

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from autograd_tutorial.core.checks import check_whole
from autograd_tutorial.core.problem import Model
from autograd_tutorial.core.pushes import in_float64
from autograd_tutorial.fit import mse, quadratic
from autograd_tutorial.learner import quadratic_learner
from autograd_tutorial.pictures.live import Choice, Saved, live
from autograd_tutorial.pictures.plots import (
    BEST,
    PRESENT,
    new_axes,
    set_finding,
    set_label,
    side_by_side,
)
from autograd_tutorial.pictures.runs import RATE, SCALES, TIME, Runs, in_few_rows, sweep_over
from autograd_tutorial.pictures.start import starting_point
from autograd_tutorial.tools.learners import need_fastai

if TYPE_CHECKING:
    from ipywidgets import VBox
    from matplotlib.axes import Axes


BEGINS = ["1e-9", "1e-7", "1e-5"]  # the rates at which a search may begin, as the reader sees them


def show_lr_find(
    time: Tensor | None = None,  # (n,) in s; None is what `make_data` gives
    speed: Tensor | None = None,  # (n,) in m/s; given with `time`
    params: Tensor | None = None,  # (P,) the start; None is the article's
    model: Model = quadratic,  # of (time, params), linear in params
    steps: int = 200,  # how many training takes at each rate, >= 1
) -> VBox | Saved:  # Saved where notebooks are saved
    "`lr_find` beside the edge; `TypeError`, `ValueError`, `ImportError` without fastai."
    steps = check_whole(steps, "steps", 1)
    time, speed, params = (each.double() for each in starting_point(time, speed, params, model))
    model = in_float64(model)
    need_fastai()
    why = "model must be linear in its params: otherwise there is no edge to hold lr_find against"
    problem = steps, time, speed, params, model
    runs = {kind: sweep_over(kind, *problem, curved=why).runs for kind in SCALES}
    if runs["raw"].edge is None:
        raise ValueError(why)
    searches = {
        kind: {
            begin: _search(scale_of(time)(time), speed, params, model, float(begin))
            for begin in BEGINS
        }
        for kind, scale_of in SCALES.items()
    }
    return live(
        "learner",
        "The learning rate finder",
        [RATE, TIME, Choice("begin", "Begin at", BEGINS, BEGINS[1])],
        dict(runs=runs, searches=searches),
        lambda: _still(runs, searches),
    )


@dataclass(frozen=True)
class Search:
    "What `lr_find` does."

    found: float | None  # the rate that it suggests, None where it finds no way down
    rates: Tensor  # (S,) that it tries, one step at each
    losses: Tensor  # (S,) smoothed


def _search(time: Tensor, speed: Tensor, params: Tensor, model: Model, begin: float) -> Search:
    time, speed, params, loss_fn, model = in_few_rows(time, speed, params, mse, model)
    learn = quadratic_learner(time, speed, params, loss_fn=loss_fn, model=model, bar=False)
    try:
        found = learn.lr_find(begin, show_plot=False).valley
    except IndexError:  # too few steps before the loss is four times its best
        found = None
    losses = [each.item() for each in learn.recorder.losses]
    return Search(found, torch.tensor(learn.recorder.lrs).double(), torch.tensor(losses).double())


def _still(runs: dict[str, Runs], searches: dict[str, dict[str, Search]]) -> Axes:
    "The search over raw times, and over standardised ones."
    axes = side_by_side(2, 3.6)
    for ax, kind in zip(axes, runs, strict=True):
        edge, search = runs[kind].edge or 0, searches[kind][BEGINS[1]]
        top = search.losses[0].item() if search.losses[0].isfinite() else 1.0
        ax.set(xscale="log", ylim=(0, 1.2 * top))
        new_axes(ax, x="learning rate", y="mse, smoothed")
        ax.plot(search.rates, search.losses, **PRESENT)
        ax.axvline(edge, **BEST)
        set_label(ax, edge, 1.12 * top, "edge", BEST, ha="right", right=-4)
        says = "no suggestion"
        if search.found is not None:
            near = (search.rates - search.found).abs().argmin()
            ax.plot(search.found, search.losses[near], marker="o", **PRESENT)
            says = f"lr_find suggests {search.found:.1e}"
        set_finding(ax, f"{kind.capitalize()} times: {says}, the edge is {edge:.1e}")
    return axes[0]
