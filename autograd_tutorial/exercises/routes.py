"Right answers that several exercises share: slopes by autograd, and by a small push."

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from autograd_tutorial.core.problem import Loss
from autograd_tutorial.fit import mse, quadratic
from autograd_tutorial.gradients import numeric_grad

Slope = Callable[..., Tensor]  # of (f, x), and what arrives at f(x)


def slope(
    f: Callable[[Tensor], Tensor],
    x: Tensor,  # where
    came: Tensor | None = None,  # what arrives at f(x); None: ones
) -> Tensor:  # x's shape
    "What arrives at `x`, by autograd; `x` itself is left alone."
    at = x.detach().clone().requires_grad_()
    y = f(at)
    return torch.autograd.grad(y, at, torch.ones_like(y) if came is None else came)[0]


def push(
    f: Callable[[Tensor], Tensor],
    x: Tensor,  # where
    came: Tensor | float = 1.0,  # what arrives at f(x)
) -> Tensor:  # x's shape
    "The same, by a small push."
    return numeric_grad(lambda at: (came * f(at)).sum(), x)


def loss_slopes(
    slope: Slope,
    params: Tensor,  # (3,)
    time: Tensor,  # (n,)
    speed: Tensor,  # (n,)
    loss_fn: Loss = mse,
) -> Tensor:  # (3,)
    "The gradient of a loss of the quadratic."
    return slope(lambda p: loss_fn(quadratic(time, p), speed), params)


def by_slopes(
    route: Callable[..., Any],  # of a `Slope` and the inputs, to what is right
) -> dict[str, Callable[..., Any]]:
    "Two routes in one: with the slopes of autograd, and with those of a small push, in float64."

    def pushed(*given: Any) -> Any:
        made = route(push, *map(in_float64, given))
        if isinstance(made, dict):
            return {name: _in_float32(part) for name, part in made.items()}
        return _in_float32(made)

    return {"autograd": partial(route, slope), "a small push": pushed}


def in_float64(
    value: Any,  # all but a float tensor comes back as it is
) -> Any:
    "The same in float64: a leaf, its record and its gradient, too."
    if not isinstance(value, Tensor) or not value.is_floating_point():
        return value
    copy = value.detach().double().requires_grad_(value.requires_grad)
    if not value.is_leaf:
        return 1 * copy
    copy.grad = None if value.grad is None else value.grad.double()
    return copy


def _in_float32(value: Tensor | None) -> Tensor | None:
    return None if value is None else value.detach().float()
