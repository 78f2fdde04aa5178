"Lesson 4: a push and its answer; the path over the loss, seen from above."

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar
from warnings import warn

import torch
from torch import Tensor

from autograd_tutorial.core.checks import check_float_tensor, check_whole
from autograd_tutorial.core.problem import Model, count_finite
from autograd_tutorial.fit import mse, quadratic
from autograd_tutorial.pictures.live import Choice, Saved, Slider, live, stops
from autograd_tutorial.pictures.packing import listed
from autograd_tutorial.pictures.plots import (
    BEST,
    COLOURS,
    DATA,
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
    Runs,
    retrained,
    step_slider,
    sweep_over,
)
from autograd_tutorial.pictures.start import points_shown, starting_point, with_room

if TYPE_CHECKING:
    from ipywidgets import VBox
    from matplotlib.axes import Axes


ANGLE = Slider("angle", "Angle of v", 0.0, (0.0, 360.0), 5.0)


def explore_push(
    H: Tensor | None = None,  # (2, 2), symmetric; None is ((2, 1), (1, 2))
) -> VBox | Saved:  # Saved where notebooks are saved
    "A push v of length 1 and its answer Hv, to turn; `TypeError` or `ValueError` on bad input."
    H = torch.tensor([[2.0, 1.0], [1.0, 2.0]]) if H is None else H
    check_float_tensor(H, "H")
    H = H.detach().double()
    if H.shape != (2, 2) or not torch.allclose(H, H.T):
        raise ValueError(f"H must be symmetric, of shape (2, 2), got {H.tolist()}")
    turn = torch.tensor(stops(ANGLE), dtype=torch.float64).deg2rad()
    pushes = torch.stack([turn.cos(), turn.sin()], 1)  # (A, 2)
    data = dict(H=H.tolist(), answers=(pushes @ H.T).tolist())
    return live("push", "A push and its answer", [ANGLE], data, lambda: _still_push(H))


def _still_push(H: Tensor) -> Axes:
    "The push along the first param, and its answer."
    ax = new_axes(x="first param", y="second param")
    answer = H[:, 0].tolist()
    for (x, y), look, words in (((1.0, 0.0), DATA, "push v"), (answer, PRESENT, "answer Hv")):
        ax.annotate("", (x, y), (0, 0), arrowprops=dict(arrowstyle="->", color=look["color"], lw=2))
        set_label(ax, x, y, words, look, right=6, up=6)
    reach = 1.3 * max(1.0, *map(abs, answer))
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach), box_aspect=1)
    return set_finding(ax, f"A push of (1, 0) is answered by ({answer[0]:g}, {answer[1]:g})")


def show_descent(
    time: Tensor | None = None,  # (n,) in s; None is what `make_data` gives
    speed: Tensor | None = None,  # (n,) in m/s; given with `time`
    params: Tensor | None = None,  # (P,) the start; None is the article's
    model: Model = quadratic,  # of (time, params), linear in params, P >= 2
    steps: int = 200,  # how many steps at each rate, >= 1
) -> VBox | Saved:  # Saved where notebooks are saved
    "The path over the mse, from above, at every rate; `TypeError` or `ValueError` on bad input."
    steps = check_whole(steps, "steps", 1)
    time, speed, params = with_room(*starting_point(time, speed, params, model), model)
    fits: dict[str, Fits] = {}

    def bowl_over(kind: str) -> Bowl:
        fits[kind] = sweep_over(kind, steps, time, speed, params, model, curved=NO_BOWL)
        return bowl_of(fits[kind].runs)

    bowls = with_bowls(bowl_over)
    drawn = {
        kind: {name: value for name, value in vars(fits[kind]).items() if name != "runs"}
        for kind in bowls
    }
    shown = points_shown(time)
    return live(
        "conditioning",
        "Descent in the valley",
        [replace(RATE, value=10**-4.5), step_slider(steps), kinds_of(bowls)],
        dict(bowls=bowls, fits=drawn, time=listed(time[shown]), speed=listed(speed[shown])),
        lambda: _still(bowls),
        lambda asked: retrained(asked, steps, params, model, mse),
    )


Drawn = TypeVar("Drawn")


def with_bowls(
    draw: Callable[[str], Drawn],  # of a kind of times, in SCALES
) -> dict[str, Drawn]:  # by the kind
    "What `draw` gives for each kind; raw times that leave no bowl are left out, with a warning."
    drawn: dict[str, Drawn] = {}
    why: ValueError | None = None
    for kind in SCALES:
        try:
            drawn[kind] = draw(kind)
        except ValueError as error:
            if kind != "raw":
                raise why or error from None
            why = error
    if why:
        warn(f"standardised times alone are drawn: over raw ones, {why}", stacklevel=3)
    return drawn


def kinds_of(
    drawn: dict[str, Any],  # by the kind of times
) -> Choice:
    "The kinds to choose from."
    return replace(TIME, options=list(drawn), value=next(iter(drawn)))


NO_BOWL = "model must be linear in two or more params: otherwise the mse has no bowl to draw"


@dataclass(frozen=True)
class Bowl:
    "Runs by the mse, over the plane of the steepest and the flattest direction."

    runs: Runs
    levels: list[float]  # losses for lines of equal loss, rising
    spans: tuple[float, float]  # how far the axes reach at least, across and up
    stretch: float  # how many times wider a unit across is drawn than one up


def bowl_of(
    runs: Runs,  # by the mse
) -> Bowl:
    "The runs with their bowl; `ValueError` where there is none."
    if len(runs.directions) < 2 or runs.floor is None:
        raise ValueError(NO_BOWL)
    ends = steep, flat = runs.directions[0], runs.directions[-1]
    if not flat.curvature > 1e-12 * steep.curvature:
        raise ValueError(
            "time must tell the params apart:"
            " over these times the mse does not change along some direction"
        )
    height = sum(end.curvature / 2 * end.start**2 for end in ends) or 1.0
    across, up = (1.25 * abs(end.start) or math.sqrt(2 * height / end.curvature) for end in ends)
    return Bowl(
        runs,
        levels=_levels(runs.floor, 2 * height),
        spans=(across, up),
        stretch=1.0 if 0.25 < up / across < 4 else up / across,
    )


def _levels(floor: float, height: float) -> list[float]:
    "1, 3, 10, 30 and so on, as far as they lie between the floor and the walls of the bowl."
    top = math.floor(math.log10(floor + height))
    rounds = [float(f"{lead}e{power}") for power in range(top - 4, top + 1) for lead in (1, 3)]
    levels = [level for level in rounds if 1.02 * floor < level < floor + height]
    even = [floor + share * height for share in (0.02, 0.1, 0.3, 0.6, 1.0)]
    return levels if len(levels) > 2 else even


def _still(bowls: dict[str, Bowl]) -> Axes:
    "Raw times at 3.16e-5 beside standardised ones at 0.316."
    axes = side_by_side(len(bowls), 4.8)
    for ax, (kind, bowl) in zip(axes, bowls.items(), strict=True):
        lr = 10**-4.5 if kind == "raw" else 10**-0.5
        rate = stops(RATE).index(lr)
        steps = count_finite(bowl.runs.losses[rate]) - 1
        show_path(ax, bowl, bowl.runs.errors[:, rate, : steps + 1], steps)
        ratio = bowl.runs.directions[0].curvature / bowl.runs.directions[-1].curvature
        number = f"{ratio:,.0f}" if ratio >= 1000 else f"{ratio:.2f}"
        set_finding(ax, f"{kind.capitalize()} times: condition number {number}")
    return axes[0]


def show_path(
    ax: Axes,  # where to draw
    bowl: Bowl,
    errors: Tensor,  # (P, S) of one run, along each direction
    steps: int,  # how many it took
) -> Axes:
    "A run over the lines of equal loss."
    new_axes(ax, x="off the best, steep direction", y="off the best, flat direction")
    turn = torch.linspace(0, 2 * math.pi, 121)
    for level in bowl.levels:
        wide, high = (
            math.sqrt(2 * (level - (bowl.runs.floor or 0)) / bowl.runs.directions[end].curvature)
            for end in (0, -1)
        )
        ax.plot(wide * turn.cos(), high * turn.sin(), color=COLOURS["muted"][0], linewidth=0.8)
    ax.plot(errors[0].cpu(), errors[-1].cpu(), **PRESENT, marker="o", markersize=3.5)
    ax.plot(0, 0, **{**BEST, "marker": "+", "markersize": 12, "markeredgewidth": 2})
    for at, words, down in ((0, "start", -11), (-1, f"after {steps:,} steps", -15)):
        x, y = errors[0, at].item(), errors[-1, at].item()
        set_label(ax, x, y, words, PRESENT, ha="center", up=down)
    across, up = bowl.spans
    if bowl.stretch == 1:
        across = up = max(across, up)
    ax.set(xlim=(-across, across), ylim=(-up, up), box_aspect=1)
    return ax
