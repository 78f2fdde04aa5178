"Lesson 7: silent faults beside a healthy loop, to choose and to drag."

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from autograd_tutorial.core.checks import check_data, check_number, check_whole
from autograd_tutorial.core.problem import count_finite
from autograd_tutorial.core.theory import standardise
from autograd_tutorial.fit import make_data, mse, quadratic, show_preds
from autograd_tutorial.pictures.live import Saved, choice, live, slider
from autograd_tutorial.pictures.plots import BEST, PRESENT, new_axes, set_finding, set_label
from autograd_tutorial.tools.diagnosis import diagnose

if TYPE_CHECKING:
    from ipywidgets import VBox
    from matplotlib.axes import Axes


_Faulty = Callable[
    [Tensor, Tensor], Callable[[Tensor], Tensor]
]  # of x and speed, to a loss of params


def _healthy(x: Tensor, speed: Tensor) -> Callable[[Tensor], Tensor]:
    return lambda p: mse(quadratic(x, p), speed)


def _rebuilt(x: Tensor, speed: Tensor) -> Callable[[Tensor], Tensor]:
    return lambda p: speed.new_tensor(mse(quadratic(x, p), speed).item()).requires_grad_()


def _stale(x: Tensor, speed: Tensor) -> Callable[[Tensor], Tensor]:
    kept: list[Tensor] = []

    def loss_fn(p: Tensor) -> Tensor:
        if not kept:
            kept.append(quadratic(x, p))
        return mse(kept[0], speed)

    return loss_fn


def _cut(x: Tensor, speed: Tensor) -> Callable[[Tensor], Tensor]:
    return lambda p: mse(p[0] * x**2 + (p[1] * x + p[2]).detach(), speed)


def _shared(x: Tensor, speed: Tensor) -> Callable[[Tensor], Tensor]:
    def loss_fn(p: Tensor) -> Tensor:
        preds = quadratic(x, p)
        kmh = preds.detach()
        kmh *= 3.6
        return mse(preds, speed)

    return loss_fn


def _all_pairs(x: Tensor, speed: Tensor) -> Callable[[Tensor], Tensor]:
    return lambda p: ((quadratic(x, p)[:, None] - speed) ** 2).mean()


_FAULTS: dict[str, _Faulty] = {  # by the words on the button
    "not cleared": _healthy,
    "rebuilt loss": _rebuilt,
    "old preds": _stale,
    "detached": _cut,
    "same memory": _shared,
    "all pairs": _all_pairs,
    "integers": _healthy,
}


def _trained(fault: str, x: Tensor, speed: Tensor, lr: float, steps: int) -> dict[str, Any]:
    "The loss that a faulty loop prints at each step, the predictions, and what `diagnose` says after three steps."
    x = x.long().to(x.dtype) if fault == "integers" else x
    p = x.new_zeros(3).requires_grad_()
    loss_fn = _FAULTS.get(fault, _healthy)(x, speed)
    printed, preds, says = [], [], []
    for step in range(steps + 1):
        if step == min(3, steps):
            says = diagnose(loss_fn, p)
        loss = loss_fn(p)
        printed.append(loss.detach())
        preds.append(quadratic(x, p).detach())
        torch.autograd.backward(loss, retain_graph=True)
        with torch.no_grad():
            p -= lr * (0 if p.grad is None else p.grad)
        if fault != "not cleared":
            p.grad = None
    return dict(printed=torch.stack(printed), preds=torch.stack(preds), says=says)


def explore_faults(
    time: Tensor | None = None,  # (n,) in s; None is what `make_data` gives
    speed: Tensor | None = None,  # (n,) in m/s; given with `time`
    lr: float = 0.1,  # learning rate over standardised times, > 0
    steps: int = 80,  # how many steps of each loop, >= 1
) -> VBox | Saved:  # Saved where notebooks are saved
    "Seven silent faults beside a healthy loop, to choose and to drag; `TypeError` or `ValueError` on bad input."
    if (time is None) != (speed is None):
        raise ValueError("time and speed must be given together, or neither")
    time, speed = make_data() if time is None or speed is None else (time, speed)
    check_data(time, speed)
    lr, steps = check_number(lr, "lr", positive=True), check_whole(steps, "steps", 1)
    order = time.argsort()
    time, speed = time.detach()[order], speed.detach()[order]
    x = standardise(time)[0]
    runs = {name: _trained(name, x, speed, lr, steps) for name in ("healthy", *_FAULTS)}
    arrays = {f"{name} {part}": runs[name][part] for name in runs for part in ("printed", "preds")}
    low, high = speed.min().item(), speed.max().item()
    room = 0.4 * (high - low) or 1.0
    data = dict(
        time=time.tolist(),
        speed=speed.tolist(),
        low=low - room,
        high=high + room,
        steps=steps,
        checked=min(3, steps),
        says={name: runs[name]["says"] for name in _FAULTS},
    )
    controls = [
        choice("fault", "Fault", list(_FAULTS), "same memory"),
        slider("step", "Steps", steps, (0, steps), 1, play=True),
    ]
    return live(
        "errors", "Silent faults", controls, data, arrays, lambda: _still(time, speed, runs)
    )


def _still(time: Tensor, speed: Tensor, runs: dict[str, dict[str, Any]]) -> Axes:
    "For whoever runs no scripts: the fault that nothing on the screen gives away."
    import matplotlib.pyplot as plt

    left, right = plt.subplots(1, 2, figsize=(9.6, 3.6), layout="constrained")[1]
    faulty, healthy = runs["same memory"], runs["healthy"]
    good, bad = (run["preds"][count_finite(run["preds"].sum(1)) - 1] for run in (healthy, faulty))
    show_preds(bad, time, speed, left)
    left.plot(time, good, **BEST)
    off = mse(bad, speed)
    set_finding(left, f"Same memory: the mse of the curve is {off:.4g}")
    right.set_yscale("log")
    new_axes(right, x="step", y="printed loss, log scale")
    right.plot(faulty["printed"], **PRESENT)
    right.plot(healthy["printed"], **BEST)
    steps = len(healthy["printed"]) - 1
    set_label(right, 0.3 * steps, healthy["printed"][0].item(), "healthy: dashed", BEST)
    return set_finding(right, f"The loop prints {faulty['printed'][-1]:.4g}")
