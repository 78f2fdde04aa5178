"The settings with which an optimizer of lesson 9 is at a goal first."

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from inspect import signature
from itertools import product
from typing import Any

import torch
from torch import Tensor

from autograd_tutorial.core.checks import check_number, check_whole, gradient
from autograd_tutorial.core.problem import Loss, Model, check_problem, vmapped
from autograd_tutorial.core.steps import progress
from autograd_tutorial.fit import mse, quadratic
from autograd_tutorial.tools.racing import Stepper, check_share

__all__ = ["Tuned", "steps_to", "tune"]

RATES = [10 ** (at / 16) for at in range(-112, 17)]  # sixteen to a power of ten, from 1e-7 to 10
BETAS = [0.3, 0.6, 0.8, 0.9, 0.98, 0.99, 0.995]


def steps_to(
    losses: Tensor,  # (..., steps + 1), as `race` and `sweep` give them
    goal: float,  # the loss to reach
) -> Tensor:  # (...), inf where it is not reached, or left again
    "From which step on a run stays at `goal` or below; `TypeError` or `ValueError`."
    if not isinstance(losses, Tensor) or not losses.is_floating_point():
        raise TypeError(f"losses must be a float tensor, got {losses!r}")
    if not losses.dim() or not losses.shape[-1]:
        raise ValueError(f"losses must have shape (..., steps + 1), got {tuple(losses.shape)}")
    over = ~(losses.detach() <= check_number(goal, "goal"))  # nan is over
    counts = torch.arange(1, losses.shape[-1] + 1, device=losses.device)
    last = (over * counts).amax(-1)  # how many steps end above
    return torch.where(last < len(counts), last.double(), torch.inf)


@dataclass(frozen=True)
class Tuned:
    "An optimizer with the settings that `tune` found. Call it on a leaf of params to make it."

    kind: Callable[..., Stepper]
    settings: dict[str, Any]  # what `kind` is called with
    steps: int | None  # how many it takes to the goal; None if it did not get there

    def __call__(self, params: Tensor) -> Stepper:
        return self.kind(params, **self.settings)


def tune(
    kind: Callable[..., Stepper],  # Descent, Momentum, Nesterov, Adam, or a class like them
    goal: float,  # the loss to reach first, and to stay at
    steps: int,  # how many at most, >= 1
    time: Tensor,  # (n,) in s
    speed: Tensor,  # (n,) in m/s
    params: Tensor,  # (P,) the start of every run; not changed
    loss_fn: Loss = mse,  # of (preds, targets); fast if vmap takes it
    model: Model = quadratic,  # of (time, params); the same
    lrs: Sequence[float] | Tensor | None = None,  # learning rates to try, each > 0; None: `RATES`
    betas: Sequence[float] | Tensor = BETAS,  # to try with each rate, from 0 to below 1
) -> Tuned:
    "The settings that are there first, with a bar if long; `TypeError` or `ValueError` on bad input."
    if not isinstance(kind, type) or not hasattr(kind, "direction"):
        raise TypeError(f"kind must be Descent, Momentum, Nesterov or Adam, got {kind!r}")
    check_number(goal, "goal")
    check_whole(steps, "steps", 1)
    time, speed = check_problem(time, speed, params, loss_fn, model)
    tried = _listed(RATES if lrs is None else lrs, "lrs"), _listed(betas, "betas")
    rates = [check_number(lr, "lr", positive=True) for lr in tried[0]]
    shares = [check_share(beta, "beta") for beta in tried[1]]
    takes_beta = len(_settings(kind, 0, 0)) > 1
    pairs = list(product(rates, shares if takes_beta else shares[:1]))
    grid = params.new_tensor(pairs)  # (L, 2) a rate and a beta in each row
    losses_at = vmapped(lambda p: loss_fn(model(time, p), speed))
    rows = params.detach().repeat(len(grid), 1).requires_grad_()  # (L, P)
    optimizer = kind(rows, **_settings(kind, grid[:, :1], grid[:, 1:]))
    needed = grid.new_zeros(len(grid), dtype=torch.float64)
    for step in progress(steps + 1, "tune"):
        losses = losses_at(rows)
        rows.grad = gradient(losses, rows).nan_to_num(0.0, 0.0, 0.0)  # what exploded stays there
        needed[~(losses <= goal)] = torch.inf if step == steps else step + 1  # nan is over
        optimizer.step()
    return _first(kind, grid, needed, losses.detach())


def _first(kind: Any, grid: Tensor, needed: Tensor, losses: Tensor) -> Tuned:
    "The row that needs the fewest steps; where none gets there, that with the least loss at the end."
    if not losses.isfinite().any():
        raise ValueError("no rate of lrs gives a finite loss: try smaller ones")
    reached = bool(needed.isfinite().any())
    order = needed if reached else losses.nan_to_num(torch.inf, torch.inf)
    at = int(order.argsort(stable=True)[0])
    return Tuned(kind, _settings(kind, *grid[at].tolist()), int(needed[at]) if reached else None)


def _settings(kind: Any, lr: Any, beta: Any) -> dict[str, Any]:
    takes = signature(kind).parameters
    if "betas" in takes:
        return dict(lr=lr, betas=(beta, 0.999))
    return dict(lr=lr, beta=beta) if "beta" in takes else dict(lr=lr)


def _listed(values: Any, name: str) -> list[Any]:
    given = values.tolist() if hasattr(values, "tolist") else values  # a tensor or an array
    if not isinstance(given, (list, tuple)):
        raise TypeError(f"{name} must be a list or a tensor (L,) of numbers to try, got {values!r}")
    if not given:
        raise ValueError(f"{name} must hold one number or more")
    return list(given)
