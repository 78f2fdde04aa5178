"Lesson 7: silent faults beside a healthy loop, to choose and to drag."

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from autograd_tutorial.core.checks import check_data, check_number, check_whole
from autograd_tutorial.core.problem import count_finite
from autograd_tutorial.core.theory import scale_of
from autograd_tutorial.fit import make_data, mse, quadratic, show_preds
from autograd_tutorial.pictures.live import Choice, Saved, live
from autograd_tutorial.pictures.packing import listed
from autograd_tutorial.pictures.plots import (
    BEST,
    PRESENT,
    new_axes,
    set_finding,
    set_label,
    side_by_side,
)
from autograd_tutorial.pictures.runs import step_slider
from autograd_tutorial.pictures.start import points_shown, say_shown
from autograd_tutorial.tools.diagnosis import diagnose

if TYPE_CHECKING:
    from ipywidgets import VBox
    from matplotlib.axes import Axes


def _healthy(p: Tensor, x: Tensor, speed: Tensor, first: Tensor) -> Tensor:
    return mse(quadratic(x, p), speed)


def _rebuilt(p: Tensor, x: Tensor, speed: Tensor, first: Tensor) -> Tensor:
    return speed.new_tensor(mse(quadratic(x, p), speed).item()).requires_grad_()


def _stale(p: Tensor, x: Tensor, speed: Tensor, first: Tensor) -> Tensor:
    return mse(first, speed)


def _cut(p: Tensor, x: Tensor, speed: Tensor, first: Tensor) -> Tensor:
    return mse(p[0] * x**2 + (p[1] * x + p[2]).detach(), speed)


def _shared(p: Tensor, x: Tensor, speed: Tensor, first: Tensor) -> Tensor:
    preds = quadratic(x, p)
    kmh = preds.detach()
    kmh *= 3.6
    return mse(preds, speed)


def _all_pairs(p: Tensor, x: Tensor, speed: Tensor, first: Tensor) -> Tensor:
    return ((quadratic(x, p)[:, None] - speed) ** 2).mean()


FAULTS = {  # by the words on the button: the loss of p; `first` are the predictions before the loop
    "not cleared": _healthy,
    "rebuilt loss": _rebuilt,
    "old preds": _stale,
    "detached": _cut,
    "same memory": _shared,
    "all pairs": _all_pairs,
    "integers": _healthy,
}


@dataclass(frozen=True)
class Loop:
    "What a loop, healthy or not, comes to; what `diagnose` says after some of its steps."

    printed: Tensor  # (steps + 1,) the loss that it prints at each step
    preds: Tensor  # (steps + 1, n) what its curve is then
    says: list[str]


def train_with_fault(
    fault: str,  # one of `FAULTS`; any other word: none
    x: Tensor,  # (n,) standardised times
    speed: Tensor,  # (n,) in m/s
    lr: float = 0.1,  # learning rate, > 0
    steps: int = 80,  # how many, >= 1
) -> Loop:
    "A loop with a fault in it, from params of 0."
    x = x.long().to(x.dtype) if fault == "integers" else x
    p = x.new_zeros(3).requires_grad_()
    fn, first = FAULTS.get(fault, _healthy), quadratic(x, p)
    printed, preds, says = [], [], []
    for step in range(steps + 1):
        if step == min(3, steps):
            says = [str(one) for one in diagnose(lambda p: fn(p, x, speed, first), p)]
        loss = fn(p, x, speed, first)
        printed.append(loss.detach())
        preds.append(quadratic(x, p).detach())
        torch.autograd.backward(loss, retain_graph=True)
        with torch.no_grad():
            p -= lr * (0 if p.grad is None else p.grad)
        if fault != "not cleared":
            p.grad = None
    return Loop(torch.stack(printed), torch.stack(preds), says)


def explore_faults(
    time: Tensor | None = None,  # (n,) in s; None is what `make_data` gives
    speed: Tensor | None = None,  # (n,) in m/s; given with `time`
    lr: float = 0.1,  # learning rate over standardised times, > 0
    steps: int = 80,  # how many steps of each loop, >= 1
) -> VBox | Saved:  # Saved where notebooks are saved
    "Seven silent faults beside a healthy loop, to drag; `TypeError` or `ValueError` on bad input."
    if (time is None) != (speed is None):
        raise ValueError("time and speed must be given together, or neither")
    time, speed = make_data() if time is None or speed is None else (time, speed)
    time, speed = check_data(time, speed)
    lr, steps = check_number(lr, "lr", positive=True), check_whole(steps, "steps", 1)
    say_shown(time, "taken, evenly spread over the times")
    time, speed = (each[points_shown(time)] for each in (time, speed))
    order = time.argsort()
    time, speed = time.detach()[order].cpu(), speed.detach()[order].cpu()
    x = scale_of(time)(time)
    loops = {fault: train_with_fault(fault, x, speed, lr, steps) for fault in FAULTS}
    healthy = train_with_fault("healthy", x, speed, lr, steps)
    data = dict(
        time=listed(time),
        speed=listed(speed),
        checked=min(3, steps),
        healthy=healthy,
        loops=loops,
    )
    return live(
        "errors",
        "Silent faults",
        [Choice("fault", "Fault", list(FAULTS), "same memory"), step_slider(steps)],
        data,
        lambda: _still(time, speed, loops["same memory"], healthy),
    )


def _still(time: Tensor, speed: Tensor, faulty: Loop, healthy: Loop) -> Axes:
    "The fault that nothing on the screen gives away."
    left, right = side_by_side(2, 3.6)
    good, bad = (loop.preds[count_finite(loop.preds.sum(1)) - 1] for loop in (healthy, faulty))
    show_preds(bad, time, speed, left)
    left.plot(time, good, **BEST)
    set_finding(left, f"Same memory: the mse of the curve is {mse(bad, speed):.4g}")
    right.set_yscale("log")
    new_axes(right, x="step", y="printed loss, log scale")
    right.plot(faulty.printed, **PRESENT)
    right.plot(healthy.printed, **BEST)
    at = 0.3 * (len(healthy.printed) - 1)
    set_label(right, at, healthy.printed[0].item(), "healthy: dashed", BEST)
    return set_finding(right, f"The loop prints {faulty.printed[-1]:.4g}")
