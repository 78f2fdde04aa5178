"Lesson 8: the rows of a Jacobian, weighted and added up."

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from autograd_tutorial.core.checks import check_float_tensor
from autograd_tutorial.fit import mse, quadratic
from autograd_tutorial.pictures.live import Choice, Saved, Slider, live
from autograd_tutorial.pictures.plots import COLOURS, PRESENT, new_axes, set_finding, side_by_side
from autograd_tutorial.pictures.start import starting_point

if TYPE_CHECKING:
    from ipywidgets import VBox
    from matplotlib.axes import Axes


MOST = 40  # rows that fit
WEIGHTS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {  # of preds and speed, to v
    "ones": lambda preds, speed: torch.ones_like(preds),
    "mse slopes": lambda preds, speed: torch.func.grad(mse)(preds, speed),
}


def explore_vjp(
    time: Tensor | None = None,  # (n,) in s, 2 <= n <= 40; None is what `make_data` gives
    speed: Tensor | None = None,  # (n,) in m/s; given with `time`
    params: Tensor | None = None,  # (3,) a, b, c, where to look; None is the article's start
) -> VBox | Saved:  # Saved where notebooks are saved
    "The rows of the quadratic's Jacobian, and what v adds up; `TypeError` or `ValueError`."
    time, speed, params = (each.cpu() for each in starting_point(time, speed, params))
    n = len(time)
    if n > MOST:
        raise ValueError(f"time must have at most {MOST} points, a row for each, got {n}")
    table = _table(time.double(), speed.double(), params.double())
    return live(
        "vectors",
        "Rows of a Jacobian, weighted and added up",
        [
            Slider("first", "First row", n // 2, (0, n - 1), 1),
            Slider("many", "Rows", 1, (1, n), 1),
            Choice("kind", "v holds", list(WEIGHTS), "ones"),
        ],
        table,
        lambda: _still(table.J, table.weighted["mse slopes"]),
    )


@dataclass(frozen=True)
class Weighted:
    "The rows of a Jacobian, weighted by v."

    v: Tensor  # (n,)
    sums: Tensor  # (n, n, 3) vᵀJ where v is cut to so many rows, from 1 on, from so many a row on


@dataclass(frozen=True)
class Table:
    "All that the front end shows."

    time: list[float]
    J: Tensor  # (n, 3)
    weighted: dict[str, Weighted]  # by what v holds


def _table(time: Tensor, speed: Tensor, params: Tensor) -> Table:
    walked = torch.func.vjp(lambda p: quadratic(time, p), params)
    preds, walk_back = walked[0], walked[1]
    (J,) = torch.func.vmap(walk_back)(torch.eye(len(time), dtype=time.dtype))
    check_float_tensor(J, "J")
    row = torch.arange(len(time))
    first, many = row[:, None, None], row[None, :, None] + 1
    lit = (row >= first) & (row < first + many)  # (first, many, row)
    weighted = {}
    for kind, weigh in WEIGHTS.items():
        v = weigh(preds, speed)
        (sums,) = torch.func.vmap(torch.func.vmap(walk_back))(v * lit)
        check_float_tensor(sums, "vᵀJ")
        weighted[kind] = Weighted(v, sums)
    return Table(time.tolist(), J, weighted)


def _still(J: Tensor, slopes: Weighted) -> Axes:
    "All rows, weighted by the slopes of the mse."
    axes = side_by_side(4, 4.2, sharey=True)
    names = ("v", "v · t²", "v · t", "v · 1")
    totals = [
        f"{total:,.0f}" if abs(total) >= 1000 else f"{total:.4g}" for total in slopes.sums[0, -1]
    ]
    findings = ["slopes of the mse", *(f"sum {total}" for total in totals)]
    columns = [slopes.v, *(slopes.v[:, None] * J).T]
    for ax, name, finding, column in zip(axes, names, findings, columns, strict=True):
        new_axes(ax, x=name, y="row of J" if ax is axes[0] else "")
        ax.barh(range(len(column)), column.tolist(), color=PRESENT["color"])
        ax.locator_params(axis="x", nbins=3)
        ax.axvline(0, color=COLOURS["muted"][0], linewidth=0.8)
        set_finding(ax, f"{name}: {finding}")
    axes[0].invert_yaxis()
    return axes[0]
