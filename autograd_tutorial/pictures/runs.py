"""Every run that the explorer's sliders can reach, by PyTorch."""

from __future__ import annotations

import math
from collections.abc import Callable
from inspect import unwrap
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from autograd_tutorial.core.problem import Loss, Model, check_descent, count_finite
from autograd_tutorial.core.theory import (
    best_params,
    design,
    name_directions,
    scale_of,
    spectrum,
)
from autograd_tutorial.fit import mse, rmse, show_preds
from autograd_tutorial.learning_rate import sweep
from autograd_tutorial.pictures.live import choice, slider, stops
from autograd_tutorial.pictures.plots import (
    BEST,
    COLOURS,
    PRESENT,
    new_axes,
    set_finding,
    set_label,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Train = Callable[[Tensor, Loss], tuple[Tensor, Tensor]]  # time, loss_fn to a sweep


RATE = slider("lr", "Learning rate", 1e-5, (-7.0, 0.0), 0.0625, log=True)


def controls(
    steps: int,  # how many each run has
    losses: list[str],  # the names to choose from, the first at the start
) -> list[dict[str, Any]]:
    "What the reader can move."
    kinds = list(TIMES)
    return [
        RATE,
        slider("step", "Steps", steps, (0, steps), 1, play=True),
        choice("loss", "Loss", losses, losses[0]),
        choice("time", "Time", kinds, kinds[0]),
    ]


TIMES: dict[str, Callable[[Tensor], Callable[[Tensor], Tensor]]] = {
    "raw": lambda time: lambda t: t,
    "standardised": lambda time: scale_of(time).__call__,
}


def run_all_rates(
    steps: int,
    time: Tensor,  # (n,)
    speed: Tensor,  # (n,)
    start: Tensor,  # (P,)
    loss_fn: Loss,
    model: Model,
) -> tuple[Tensor, Tensor]:  # losses (L, steps + 1), params (L, steps + 1, P)
    "A run at every stop of RATE, from what has been checked but for its loss."
    check_descent(time, speed, start, loss_fn, model)
    rates = start.new_tensor(stops(RATE))
    runs: tuple[Tensor, Tensor] = unwrap(sweep)(rates, steps, time, speed, start, loss_fn, model)
    return runs


def _runs(
    train: Train,
    model: Model,
    loss_fn: Loss,
    place: Callable[[Tensor], Tensor],  # raw or standardised
    data: tuple[Tensor, Tensor, Tensor],  # time, speed, start
) -> tuple[dict[str, Any], Tensor, Tensor]:
    "What the front end needs to know, losses (L, S), errors (P, L, S)."
    time, _, start = data
    losses, paths = train(place(time), loss_fn)
    if not losses[:, 0].isfinite().all():
        raise ValueError(
            "the loss at the start must be finite: change params, data, model or loss_fn"
        )
    X = design(model, place(time), start)
    if X is None or not _is_linear(model, X, place(time), paths):
        return _without_theory(model, place, time, losses, paths)
    return _with_theory(model, loss_fn, place, data, losses, paths, X)


def _is_linear(model: Model, X: Tensor, time: Tensor, paths: Tensor) -> bool:
    "Whether the model gives what X gives, at some steps of every run."
    some = paths[:, [0, 1, paths.shape[1] // 4, -1]].double().flatten(0, 1)  # (4 L, P)
    some = some[(some.isfinite() & (some.abs() < 1e30)).all(1)]
    preds = torch.func.vmap(lambda p: model(time.double(), p))(some)
    by_X = model(time.double(), torch.zeros_like(some[0])) + some @ X.T
    size = preds.abs().amax(1, keepdim=True) + by_X.abs().amax(1, keepdim=True)
    return bool(((preds - by_X).abs() <= 1e-6 * size + 1e-9).all())


def _with_theory(
    model: Model,
    loss_fn: Loss,
    place: Callable[[Tensor], Tensor],
    data: tuple[Tensor, Tensor, Tensor],
    losses: Tensor,
    paths: Tensor,
    X: Tensor,
) -> tuple[dict[str, Any], Tensor, Tensor]:
    time, speed, start = data
    curvatures, V = spectrum(2 * X.T @ X / len(time))
    curvatures = curvatures.clamp(min=0)
    offset = model(place(time.double()), torch.zeros_like(start).double())
    best = best_params(time, speed.double() - offset, X)
    errors = ((paths.double() - best) @ V).permute(2, 0, 1)
    fine = torch.linspace(time.min().item(), time.max().item(), 61, dtype=torch.float64)
    times = torch.cat([fine, time.double()])
    base = model(place(times), best)
    first = (start.double() - best) @ V
    bowl = loss_fn in (mse, rmse)
    facts = dict(
        times=times.tolist(),
        curve=len(fine),
        measured=list(range(len(fine), len(times))),
        base=base.tolist(),
        basis=(torch.func.jacrev(lambda p: model(place(times), p))(best) @ V).T.tolist(),
        best=base[: len(fine)].tolist() if bowl else None,
        floor=loss_fn(base[len(fine) :], speed.double()).item() if bowl else None,
        edge=2 / curvatures[0].item() if loss_fn is mse and curvatures[0] > 0 else None,
        directions=[
            dict(name=name, curvature=at, start=e)
            for name, at, e in zip(
                name_directions(len(V)), curvatures.tolist(), first.tolist(), strict=True
            )
        ]
        if bowl
        else [],
    )
    near = errors.abs() < 1e-5 * first.abs()[:, None, None]
    return facts, losses, errors.masked_fill(near, 0.0)


def _without_theory(
    model: Model, place: Callable[[Tensor], Tensor], time: Tensor, losses: Tensor, paths: Tensor
) -> tuple[dict[str, Any], Tensor, Tensor]:
    order = time.argsort()
    if len(order) > 60:  # enough to draw a curve, and little enough to pack
        order = order[torch.linspace(0, len(order) - 1, 60).round().long()]
    at = place(time)[order]
    preds = torch.func.vmap(torch.func.vmap(lambda p: model(at, p)))(paths)  # (L, S, n)
    count = len(order)
    where = {index: i for i, index in enumerate(order.tolist())}
    facts = dict(
        times=time[order].tolist(),
        curve=count,
        measured=[where.get(i) for i in range(len(time))],
        base=[0.0] * count,
        basis=torch.eye(count).tolist(),
        best=None,
        floor=None,
        edge=None,
        directions=[],
    )
    return facts, losses, preds.permute(2, 0, 1)


def all_runs(
    train: Train,  # trains at every stop of RATE
    model: Model,
    losses: dict[str, Loss],
    data: tuple[Tensor, Tensor, Tensor],  # time, speed, start
) -> tuple[dict[str, Any], dict[str, Tensor]]:  # for the front end: data, arrays
    "Every loss on raw and on standardised times."
    told: dict[str, Any] = {}
    arrays: dict[str, Tensor] = {}
    for name, loss_fn in losses.items():
        for kind, place in TIMES.items():
            key = f"{name} {kind}"
            try:
                told[key], found, errors = _runs(train, model, loss_fn, place(data[0]), data)
            except Exception as error:  # the reader's own functions may raise anything
                told[key] = dict(error=f"{type(error).__name__}: {error}")
                continue
            arrays[f"{key} losses"], arrays[f"{key} errors"] = _ended(found, errors)
    return told, arrays


def _ended(losses: Tensor, errors: Tensor) -> tuple[Tensor, Tensor]:
    "The same runs, with the first loss that is not finite kept to the end, and no errors from there."
    dead = (~losses.isfinite()).cummax(1).values  # (L, S)
    first = dead.int().argmax(1, keepdim=True)  # (L, 1), 0 where it lives
    return torch.where(dead, losses.gather(1, first), losses), errors.masked_fill(dead, 0.0)


def show_training(
    losses: Tensor,  # (steps + 1,) before each step and after the last
    preds: Tensor,  # (n,) of the last params whose loss was finite
    time: Tensor,  # (n,) in s
    speed: Tensor,  # (n,) in m/s
    what: str,  # the loss and the rate, for the title
    best: Tensor | None = None,  # (n,) the best possible predictions
    floor: float | None = None,  # and their loss
) -> Axes:  # the one of the losses
    "The curve that a run reached, beside its losses."
    import matplotlib.pyplot as plt

    axes = plt.subplots(1, 2, figsize=(9.6, 3.4), facecolor=COLOURS["ground"][0])[1]
    axes[0].figure.set_layout_engine("constrained", w_pad=0.15)
    _show_curve(axes[0], preds, losses, time, speed, best)
    return _show_losses(axes[1], losses, floor, what)


def _show_curve(
    ax: Axes, preds: Tensor, losses: Tensor, time: Tensor, speed: Tensor, best: Tensor | None
) -> None:
    count, steps = count_finite(losses), len(losses) - 1
    room = 0.3 * (speed.max() - speed.min()).item() or 1.0
    low, high = speed.min().item() - room, speed.max().item() + room
    show_preds(preds, time, speed, ax).set_ylim(low, high)
    if best is not None:
        ax.plot(time, best, **BEST)
        set_label(ax, time[0].item(), best[0].item(), "best possible", BEST, right=16, up=4)
    what = (
        f"After {steps} steps the curve misses"
        if count > steps
        else "Before it exploded the curve missed"
    )
    set_finding(ax, f"{what} by {rmse(preds, speed):.4g} (rmse)")


def _show_losses(ax: Axes, losses: Tensor, floor: float | None, what: str) -> Axes:
    from matplotlib.ticker import MaxNLocator

    count, steps = count_finite(losses), len(losses) - 1
    log = bool((losses[:count] > 0).all())
    ax.set_yscale("log" if log else "linear")
    new_axes(ax, x="step", y="loss, log scale" if log else "loss")
    ax.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    ax.plot(range(count), losses[:count].cpu(), **PRESENT)
    if floor:
        ax.plot([0, steps], [floor, floor], **BEST)
        set_label(ax, steps, floor, f"best possible {floor:.4g}", BEST, ha="right", up=9)
    end = f"{losses[-1].item():.4g} after {steps} steps"
    if count <= steps:
        end = f"exploded at step {count + 1}, the loss is {losses[count].item()}"
    return set_finding(ax, f"{what}: {end}")


def bowl(
    key: str,  # loss and time, for the message
    facts: dict[str, Any],  # of one set of runs, as `all_runs` tells it
) -> dict[str, Any]:
    "What the front end draws of one set of runs: ellipses, and axes that hold the start."
    if "error" in facts:
        raise ValueError(f"{key.split()[1]} times: {facts['error']}")
    directions = facts["directions"]
    if len(directions) < 2:
        raise ValueError(
            "model must be linear in two or more params: otherwise the mse has no bowl to draw"
        )
    ends = directions[0], directions[-1]
    if not ends[1]["curvature"] > 1e-12 * ends[0]["curvature"]:
        raise ValueError(
            "time must tell the params apart: over these times the mse does not change along some direction"
        )
    height = sum(each["curvature"] / 2 * each["start"] ** 2 for each in ends) or 1.0
    spans = [
        1.25 * abs(each["start"]) or math.sqrt(2 * height / each["curvature"]) for each in ends
    ]
    ratio = spans[1] / spans[0]
    stretch = 1.0 if 0.25 < ratio < 4 else ratio
    kept = {name: facts[name] for name in ("floor", "edge", "directions")}
    return dict(kept, levels=_levels(facts["floor"], 2 * height), spans=spans, stretch=stretch)


def _levels(floor: float, height: float) -> list[float]:
    "Losses for lines of equal loss: 1, 3, 10, 30 and so on, as far as they lie between the floor and its walls."
    top = math.floor(math.log10(floor + height))
    rounds = [float(f"{lead}e{power}") for power in range(top - 4, top + 1) for lead in (1, 3)]
    found = [level for level in rounds if 1.02 * floor < level < floor + height]
    return (
        found
        if len(found) > 2
        else [floor + share * height for share in (0.02, 0.1, 0.3, 0.6, 1.0)]
    )


def show_path(
    ax: Axes,  # where to draw
    bowl: dict[str, Any],  # what `bowl` gives
    path: Tensor,  # (2, S) errors along the steep and the flat direction, at each step
    steps: int | None = None,  # how many they are; None: S - 1
) -> Axes:
    "A run over the lines of equal loss."
    new_axes(ax, x="off the best, steep direction", y="off the best, flat direction")
    turn = torch.linspace(0, 2 * math.pi, 121)
    radii = [
        [
            math.sqrt(2 * (level - bowl["floor"]) / bowl["directions"][end]["curvature"])
            for end in (0, -1)
        ]
        for level in bowl["levels"]
    ]
    for across, up in radii:
        ax.plot(across * turn.cos(), up * turn.sin(), color=COLOURS["muted"][0], linewidth=0.8)
    ax.plot(*path, **PRESENT, marker="o", markersize=3.5)
    ax.plot(0, 0, **{**BEST, "marker": "+", "markersize": 12, "markeredgewidth": 2})
    set_label(ax, path[0, 0].item(), path[1, 0].item(), "start", PRESENT, ha="center", up=-11)
    set_label(
        ax,
        path[0, -1].item(),
        path[1, -1].item(),
        f"after {path.shape[1] - 1 if steps is None else steps:,} steps",
        PRESENT,
        ha="center",
        up=-15,
    )
    across, up = bowl["spans"]
    if bowl["stretch"] == 1:
        across = up = max(across, up)
    ax.set(xlim=(-across, across), ylim=(-up, up), box_aspect=1)
    return ax
