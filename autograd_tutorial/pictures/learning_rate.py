"Lesson 3: the fit at every learning rate."

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from torch import Tensor

from autograd_tutorial.core.checks import check_whole
from autograd_tutorial.core.problem import Loss, Model, count_finite
from autograd_tutorial.fit import mse, quadratic, rmse, show_preds
from autograd_tutorial.pictures.live import Choice, Saved, Slider, live, stops
from autograd_tutorial.pictures.packing import listed
from autograd_tutorial.pictures.plots import (
    BEST,
    PRESENT,
    new_axes,
    set_finding,
    set_label,
    side_by_side,
)
from autograd_tutorial.pictures.runs import (
    RATE,
    SCALES,
    TIME,
    Fits,
    rate_slider,
    retrained,
    step_slider,
    stride_of,
    sweep_over,
)
from autograd_tutorial.pictures.start import points_shown, say_shown, starting_point, with_room

if TYPE_CHECKING:
    from ipywidgets import VBox
    from matplotlib.axes import Axes


def explore_learning_rate(
    time: Tensor | None = None,  # (n,) in s; None is what `make_data` gives
    speed: Tensor | None = None,  # (n,) in m/s; given with `time`
    params: Tensor | None = None,  # (P,) the start; None is the article's
    model: Model = quadratic,  # of (time, params)
    loss_fn: Loss | None = None,  # of (preds, targets); None: mse and rmse, to choose from
    steps: int = 200,  # how many steps at each rate, >= 1
) -> VBox | Saved:  # Saved where notebooks are saved
    "The fit at every rate, to drag; `TypeError` or `ValueError` on bad input."
    losses = [mse, rmse] if loss_fn is None else [loss_fn]
    time, speed, params = starting_point(time, speed, params, model, losses[0])
    time, speed, params = with_room(time, speed, params, model, losses[0])
    steps = check_whole(steps, "steps", 1)
    names = [getattr(each, "__name__", type(each).__name__) for each in losses]
    choose = [Choice("loss", "Loss", names, names[0])] if len(names) > 1 else []
    rate = rate_slider(time, speed, params, model, losses[0])
    problem = steps, time, speed, params, model
    fits = {
        name: {kind: _swept(kind, *problem, loss, stops(rate)) for kind in SCALES}
        for name, loss in zip(names, losses, strict=True)
    }
    each = [fit for kinds in fits.values() for fit in kinds.values() if isinstance(fit, Fits)]
    curved = any(fit.curve == len(fit.times) for fit in each)
    drawn = next((kind for kind in SCALES if isinstance(fits[names[0]][kind], Fits)), "raw")
    kinds = replace(TIME, value=drawn)
    shown = points_shown(time)
    say_shown(time)
    time, speed = time[shown], speed[shown]
    return live(
        "learning_rate",
        "Learning rate explorer",
        [rate, step_slider(steps, stride_of(steps) if curved else 1), *choose, kinds],
        dict(time=listed(time), speed=listed(speed), fits=fits),
        lambda: _still(fits[names[0]][drawn], names[0], time, speed, rate),
        lambda asked: retrained(asked, steps, params, model, losses[names.index(asked["loss"])]),
    )


@dataclass(frozen=True)
class Failed:
    "In place of runs: why there are none."

    error: str


def _swept(kind: str, *problem: Any) -> Fits | Failed:
    try:
        return sweep_over(kind, *problem)
    except ValueError as error:
        return Failed(str(error))


def _still(
    fits: Fits | Failed, loss: str, time: Tensor, speed: Tensor, slider: Slider = RATE
) -> Axes:
    "Where the run at the first rate ends, and how."
    if isinstance(fits, Failed):
        raise ValueError(fits.error)
    rate, floor = stops(slider).index(RATE.value), fits.runs.floor
    losses = fits.runs.losses[rate]
    count = count_finite(losses)
    errors = fits.runs.errors[:, rate, count - 1].cpu().double()
    base = fits.base.cpu().double()
    curve = base + errors @ fits.basis.cpu().double()
    points = zip(time.tolist(), speed.tolist(), fits.measured, strict=True)
    seen = sorted((t, s, at) for t, s, at in points if at is not None)
    columns = [*zip(*seen, strict=True)]
    t, s, at = base.new_tensor(columns[0]), base.new_tensor(columns[1]), list(columns[2])
    left, right = side_by_side(2, 3.4)
    room = 0.3 * (s.max() - s.min()).item() or 1.0
    show_preds(curve[at], t, s, left).set_ylim(s.min().item() - room, s.max().item() + room)
    if floor is not None:
        left.plot(t, base[at], **BEST)
        set_label(left, t[0].item(), base[at[0]].item(), "best possible", BEST, right=16, up=4)
    _show_losses(right, losses[:count], len(losses) - 1, floor)
    end = f"{losses[-1]:.4g} after {len(losses) - 1} steps"
    if count < len(losses):
        end = f"exploded after {count} step{'s' * (count != 1)}, the loss is {losses[-1]}"
    set_finding(right, f"{loss} at lr {RATE.value:g}: {end}")
    return left


def _show_losses(ax: Axes, losses: Tensor, steps: int, floor: float | None) -> None:
    from matplotlib.ticker import MaxNLocator

    log = bool((losses > 0).all())
    ax.set_yscale("log" if log else "linear")
    new_axes(ax, x="step", y="loss, log scale" if log else "loss")
    ax.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    ax.plot(losses.cpu().clamp(-1e30, 1e30), **PRESENT)  # a log axis ends at 1e300
    if floor:
        ax.plot([0, steps], [floor, floor], **BEST)
        set_label(ax, steps, floor, f"best possible {floor:.4g}", BEST, ha="right", up=9)
