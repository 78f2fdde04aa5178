"Lesson 1: a secant that turns into a tangent."

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from autograd_tutorial.core.checks import check_float_tensor, check_function, check_number
from autograd_tutorial.core.pushes import number_at
from autograd_tutorial.pictures.live import Saved, Slider, live, stops
from autograd_tutorial.pictures.plots import BEST, DATA, PRESENT, new_axes, set_finding, set_label

if TYPE_CHECKING:
    from ipywidgets import VBox
    from matplotlib.axes import Axes


def _slope(f: Callable[[Tensor], Tensor], x: float) -> tuple[float, float]:
    "The value and the slope of `f` at `x`, by autograd, in float64."
    at = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    y = f(at)
    if not isinstance(y, Tensor) or y.shape != () or not y.requires_grad:
        raise ValueError(
            f"f must return one number that autograd can trace, got {y!r}: compute it from x with torch"
        )
    (slope,) = torch.autograd.grad(y, at, allow_unused=True)
    if slope is None:
        raise ValueError(f"f must compute its result from x, got {y!r}")
    return check_number(y, f"f at x = {x:g}"), check_number(slope, f"the slope of f at x = {x:g}")


def show_tangent(
    f: Callable[[Tensor], Tensor],  # one number to one number, elementwise on a tensor
    x: float,  # where the tangent touches; finite
    h: float | None = None,  # the push: draws the secant from x to x + h; finite, not 0
    ax: Axes | None = None,  # where to draw; None makes a new figure
) -> Axes:
    "`f` with its tangent, and the secant over h if given; `TypeError` or `ValueError` on bad input."
    check_function(f, "f")
    x = check_number(x, "x")
    h = None if h is None else check_number(h, "h")
    if h == 0:
        raise ValueError("h must not be 0: a secant needs two points")
    y, slope = _slope(f, x)
    grid = torch.linspace(min(-3.0, x - 1), max(3.0, x + 1), 200, dtype=torch.float64)
    curve = _values(f, grid)
    limits = _limits(curve)
    rise = None if h is None else number_at(f, torch.tensor(x + h, dtype=torch.float64)) - y
    ax = new_axes(ax, x="x", y="y")
    ax.plot(grid, curve, color=DATA["color"], linewidth=1.5)
    ax.plot(grid, y + slope * (grid - x), **BEST)
    ax.plot(x, y, **DATA)
    ax.set_ylim(*limits)
    end = _where_it_leaves(x, y, slope, grid.max().item(), limits)
    set_label(ax, end, y + slope * (end - x), "tangent", BEST, right=18)
    if h is None or rise is None:
        return set_finding(ax, f"At x = {x:.2f} the slope of the tangent is {slope:.2f}")
    _add_secant(ax, x, y, h, rise)
    finding = f"At x = {x:.2f}: secant {rise / h:.3f}, tangent {slope:.3f}, h = {h:.3g}"
    return set_finding(ax, finding)


def _limits(curve: Tensor) -> tuple[float, float]:
    "The lowest and the highest y of the picture."
    finite = curve[curve.isfinite()]
    if not len(finite):
        raise ValueError("f must be finite somewhere near x, got nan or inf on all of the picture")
    low, high = finite.min().item(), finite.max().item()
    room = 0.15 * (high - low) or 1.0
    return low - room, high + room


def _where_it_leaves(
    x: float, y: float, slope: float, right: float, limits: tuple[float, float]
) -> float:
    "The x at which the tangent leaves the picture on its right side."
    if slope == 0:
        return right
    return min(right, x + (limits[slope > 0] - y) / slope)


def _values(f: Callable[[Tensor], Tensor], grid: Tensor) -> Tensor:
    "f at each x of the grid; `ValueError` unless it has the grid's shape."
    with torch.no_grad():
        curve = f(grid)
    if not isinstance(curve, Tensor) or curve.shape != grid.shape:
        raise ValueError(
            "f must work on each number of a tensor alone, so that its curve can be drawn"
        )
    return curve


def _add_secant(ax: Axes, x: float, y: float, h: float, rise: float) -> None:
    left, right = ax.get_xlim()
    ax.plot([left, right], [y + rise / h * (end - x) for end in (left, right)], **PRESENT)
    ring = {**PRESENT, "linestyle": "none", "fillstyle": "none"}
    ax.plot([x, x + h], [y, y + rise], marker="o", markersize=7, **ring)
    ax.set_xlim(left, right)
    set_label(ax, x + h, y + rise, "secant", PRESENT, ha="right", right=-6, up=11)


def explore_tangent(
    f: Callable[[Tensor], Tensor],  # one number to one number, elementwise on a tensor
    ends: tuple[float, float] = (-2.5, 2.5),  # where x can be dragged; f finite to 1 beyond
) -> VBox | Saved:  # Saved where notebooks are saved
    "`f` with a secant and a tangent to drag; `TypeError` or `ValueError` on bad input."
    check_function(f, "f")
    if not isinstance(ends, (tuple, list)) or len(ends) != 2:
        raise ValueError(f"ends must be (lower, higher), got {ends!r}")
    low, high = (check_number(end, "each of ends") for end in ends)
    if not low < high:
        raise ValueError(f"ends must be (lower, higher), got {ends!r}")
    x = Slider("x", "x", low, (low, high), (high - low) / 50)
    start = min(stops(x), key=lambda stop: abs(stop - 2))
    h = Slider("h", "push h", 1.0, (1e-3, 1.0), 0.1, log=True)
    data = _tangents(f, x, h, torch.linspace(low, high + 1, 121, dtype=torch.float64))
    controls = [replace(x, value=start), h]
    return live(
        "gradients", "Secant and tangent", controls, data, lambda: show_tangent(f, start, 1.0)
    )


def _tangents(f: Callable[[Tensor], Tensor], x: Slider, h: Slider, grid: Tensor) -> dict[str, Any]:
    "Value, slope and secant slopes at every stop, in float64: a small push leaves few digits."
    curve = _values(f, grid)
    check_float_tensor(curve, f"f from {grid[0]:g} to {grid[-1]:g}")
    at = torch.tensor(stops(x), dtype=torch.float64).requires_grad_()
    pushes = torch.tensor(stops(h), dtype=torch.float64)
    value = f(at)
    if not value.requires_grad:
        raise ValueError(
            "f must compute its result from x with torch, so that autograd can trace it"
        )
    (slope,) = torch.autograd.grad(value.sum(), at)
    check_float_tensor(slope, f"the slope of f from {at[0]:g} to {at[-1]:g}")
    rise = (_values(f, at.detach()[:, None] + pushes) - value.detach()[:, None]) / pushes
    low, high = _limits(curve)
    known = dict(value=value, slope=slope, rise=rise, powers=_powers(grid, curve, at, slope))
    return dict(xs=grid.tolist(), ys=curve.tolist(), low=low, high=high, **known)


def _powers(grid: Tensor, curve: Tensor, at: Tensor, slope: Tensor) -> list[float] | None:
    "The curve as a polynomial of the place between the ends, -1 to 1, where one has its values and slopes."
    half, middle = (grid[-1] - grid[0]) / 2, (grid[-1] + grid[0]) / 2
    u, u_stops = (grid - middle) / half, (at.detach() - middle) / half
    for count in range(2, 22):
        X = torch.vander(u, count, increasing=True)
        found = torch.linalg.lstsq(X, curve.double()[:, None]).solution[:, 0]
        by = found[1:] * torch.arange(1, count) / half
        slopes = torch.vander(u_stops, count - 1, increasing=True) @ by
        pairs = ((X @ found, curve, 1e-12), (slopes, slope, 1e-9))
        if all((one - two).abs().max() <= share * two.abs().max() for one, two, share in pairs):
            return [*found.tolist()]
    return None
