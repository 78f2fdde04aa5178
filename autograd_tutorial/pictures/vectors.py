"Lesson 8: the rows of a Jacobian, weighted and added up."

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from autograd_tutorial.core.checks import (
    check_float_tensor,
)
from autograd_tutorial.fit import mse, quadratic
from autograd_tutorial.pictures.live import Saved, choice, live, slider
from autograd_tutorial.pictures.plots import COLOURS, PRESENT, new_axes, set_finding
from autograd_tutorial.pictures.start import starting_point

if TYPE_CHECKING:
    from ipywidgets import VBox
    from matplotlib.axes import Axes


MOST = 40  # rows that fit


def explore_vjp(
    time: Tensor | None = None,  # (n,) in s, 2 <= n <= 40; None is what `make_data` gives
    speed: Tensor | None = None,  # (n,) in m/s; given with `time`
    params: Tensor | None = None,  # (3,) a, b, c, where to look; None is the article's start
) -> VBox | Saved:  # Saved where notebooks are saved
    "The rows of the quadratic's Jacobian, and what a v to choose adds up; `TypeError` or `ValueError` on bad input."
    time, speed, params = starting_point(time, speed, params)
    n = len(time)
    if n > MOST:
        raise ValueError(f"time must have at most {MOST} points, a row for each, got {n}")
    arrays = _products(time.double(), speed.double(), params.double())
    row = n // 2
    controls = [
        slider("first", "First row", row, (0, n - 1), 1),
        slider("many", "Rows", 1, (1, n), 1),
        choice("kind", "v holds", list(_WEIGHTS), next(iter(_WEIGHTS))),
    ]
    data = dict(time=time.tolist(), kinds=list(_WEIGHTS))
    return live(
        "vectors",
        "Rows of a Jacobian, weighted and added up",
        controls,
        data,
        arrays,
        lambda: _still(arrays),
    )


_WEIGHTS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "ones": lambda preds, speed: torch.ones_like(preds),
    "mse slopes": lambda preds, speed: torch.func.grad(mse)(preds, speed),
}


def _products(time: Tensor, speed: Tensor, params: Tensor) -> dict[str, Tensor]:
    "J (n, 3), the full v of each kind (K, n), and vᵀJ where v is cut to `many` rows from `first` on (K, n, n, 3)."
    walked = torch.func.vjp(lambda p: quadratic(time, p), params)
    preds, walk_back = walked[0], walked[1]
    (J,) = torch.func.vmap(walk_back)(torch.eye(len(time), dtype=time.dtype))
    v = torch.stack([weigh(preds, speed) for weigh in _WEIGHTS.values()])
    row = torch.arange(len(time))
    first, many = row[:, None, None], row[None, :, None] + 1
    lit = (row >= first) & (row < first + many)  # (first, many, row)
    (sums,) = torch.func.vmap(walk_back)((v[:, None, None] * lit).flatten(0, 2))
    arrays = dict(J=J, v=v, sums=sums.unflatten(0, (len(v), *lit.shape[:2])))
    for name, each in arrays.items():
        check_float_tensor(each, name)
    return arrays


def _still(arrays: dict[str, Tensor]) -> Axes:
    "For whoever runs no scripts: all rows, weighted by the slopes of the mse."
    import matplotlib.pyplot as plt

    v, J = arrays["v"][1], arrays["J"]
    axes = plt.subplots(1, 4, figsize=(9.6, 4.2), sharey=True, layout="constrained")[1]
    columns = [v, *(v[:, None] * J).T]
    totals = [
        "slopes of the mse",
        *(
            f"sum {total:,.4g}" if abs(total) < 1000 else f"sum {total:,.0f}"
            for total in arrays["sums"][1, 0, -1]
        ),
    ]
    for ax, values, name, total in zip(
        axes, columns, ("v", "v · t²", "v · t", "v · 1"), totals, strict=True
    ):
        new_axes(ax, x=name, y="row of J" if ax is axes[0] else "")
        ax.barh(range(len(v)), values.tolist(), color=PRESENT["color"])
        ax.locator_params(axis="x", nbins=3)
        ax.axvline(0, color=COLOURS["muted"][0], linewidth=0.8)
        set_finding(ax, f"{name}: {total}")
    axes[0].invert_yaxis()
    first: Axes = axes[0]
    return first
