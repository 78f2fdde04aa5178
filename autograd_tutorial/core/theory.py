"What can be known of a fit without training it: curvatures, directions, the best params, scaled times."

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor

from autograd_tutorial.core.checks import (
    as_points,
    check_data,
    check_float_tensor,
    check_function,
    check_one_dtype,
    check_points,
    check_three,
)
from autograd_tutorial.core.problem import Model, check_vector
from autograd_tutorial.core.pushes import in_float64

__all__ = ["Scale", "best_params", "standardise"]  # what readers call


class Scale(NamedTuple):
    "How times were standardised. Call it on other times; `undo` turns params back."

    mean: Tensor  # (), in the unit of time
    std: Tensor  # (), the same, > 0

    def __call__(self, time: Tensor) -> Tensor:
        time = as_points(time, "time", self.std.dtype)
        check_float_tensor(time, "time", self.std.dtype)
        return (time - self.mean) / self.std

    def undo(self, params: Tensor) -> Tensor:
        "a, b, c of the same curve over raw times, (3,); errors on bad input."
        check_float_tensor(check_three(params), "params")
        a, b, c = params[0] / self.std**2, params[1] / self.std, params[2]
        back = a, b - 2 * a * self.mean, c - b * self.mean + a * self.mean**2
        return torch.stack(back)


def scale_of(
    time: Tensor,  # (n,) in any unit; must vary
) -> Scale:
    "Mean and deviation of times that have been checked; `ValueError` unless they vary."
    mean, std = time.mean(), time.std(correction=0)
    check_float_tensor(torch.stack([mean, std]), "the mean and deviation of time")
    if not (std > 0 and time.max() > time.min()):  # of 0.1 seven times, rounding leaves a deviation
        raise ValueError(f"time must vary to be standardised, got {time[0]:g} throughout")
    return Scale(mean, std)


def standardise(
    time: Tensor,  # (n,) in any unit; must vary
) -> tuple[Tensor, Scale]:  # (n,) with mean 0 and deviation 1; what undoes it
    "Shift and scale `time`; `TypeError` or `ValueError` on bad input."
    time = as_points(time, "time")
    check_points(time, "time")
    scale = scale_of(time)
    return scale(time), scale


def hessian(
    f: Callable[[Tensor], Tensor],  # (P,) to one number
    p: Tensor,  # (P,) where
) -> Tensor:  # (P, P)
    "By `torch.func.hessian`; where it refuses what a loop can train, by walking back twice."
    try:
        H: Tensor = torch.func.hessian(f)(p)
    except Exception:  # or f fails by itself, also below
        twice: Callable[..., Any] = vars(torch.autograd.functional)["hessian"]
        H = twice(in_float64(f), p)
    return H


def jacobian(
    f: Callable[[Tensor], Tensor],  # (P,) to (n,)
    p: Tensor,  # (P,) where
) -> Tensor:  # (n, P)
    "A pass forward for each param; where an operation has no rule forward, one back for each point."
    try:
        table: Tensor = torch.func.jacfwd(f)(p)
    except Exception:  # or f fails by itself, also below
        with torch.enable_grad():
            at = p.detach().requires_grad_()
            rows = [torch.autograd.grad(each, at, retain_graph=True)[0] for each in f(at)]
        table = torch.stack(rows)
    return table


def design(
    model: Model,
    time: Tensor,  # (n,)
    params: Tensor,  # (P,) where to look
) -> Tensor | None:  # (n, P) in float64, or None where the model is not linear
    "The matrix X with preds = X p + what they are at p = 0, if there is one."
    at, p = time.double(), params.detach().double()
    f = in_float64(lambda p: model(at, p))
    X, elsewhere = (jacobian(f, each) for each in (p, 1.7 * p + 0.3))
    return X if torch.allclose(X, elsewhere, rtol=1e-6, atol=1e-9) else None


def best_params(
    time: Tensor,  # (n,)
    speed: Tensor,  # (n,)
    X: Tensor | None = None,  # (n, P); None is that of the quadratic
) -> Tensor:  # (P,) in the float type of speed
    "The params with the least mse, by least squares in float64; `TypeError` or `ValueError` on bad input."
    time, speed = check_data(time, speed) if X is None else (time, as_points(speed, "speed"))
    columns = torch.vander(time.double(), 3) if X is None else X  # t², t, 1
    check_float_tensor(columns, "the powers of time" if X is None else "X")
    if columns.shape[:-1] != speed.shape:
        raise ValueError(f"X must have shape ({len(speed)}, P), got {tuple(columns.shape)}")
    best: Tensor = torch.linalg.lstsq(columns.double(), speed.double()[:, None]).solution[:, 0]
    return best.to(speed.dtype)


def spectrum(
    H: Tensor,  # (P, P), symmetric: a Hessian
) -> tuple[Tensor, Tensor]:  # (P,), the largest first; directions, columns (P, P)
    "Eigenvalues and eigenvectors, the largest part of each > 0; `ValueError` unless H is finite."
    check_float_tensor(H, "the Hessian over these times")
    values, V = (each.flip(-1) for each in torch.linalg.eigh(H))
    largest = V.gather(0, V.abs().argmax(0, keepdim=True))  # (1, P)
    return values, V * largest.sign()


def name_directions(
    count: int,  # how many directions
) -> list[str]:  # the steepest first
    "Words for the eigenvectors of the Hessian."
    if count == 1:
        return ["only"]
    ordinals = ["second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"]
    far = [f"number {i}" for i in range(9, count)]
    middle = ["middle"] if count == 3 else (ordinals + far)[: count - 2]
    return ["steep", *middle, "flat"]


def check_place(
    time: Any,  # (n,) in s
    model: Any,  # of (time, params)
    params: Any,  # (P,) where to take the Hessian; None is 0 of `count` params
    speed: Any,  # (n,); may be None where the model is linear in params
    count: int | None,  # how many params the model has; None: not known
) -> tuple[Tensor, Tensor, Tensor]:  # time (n,), params (P,), speed (n,), all in float64
    "`TypeError` or `ValueError` unless the Hessian of the mse is known there."
    check_function(model, "model")
    time, targets = check_data(time, time if speed is None else speed, params=params)
    if params is None and count is None:
        raise ValueError("params must be given with a model of your own: where to look, shape (P,)")
    p = time.new_zeros(count or 0) if params is None else params
    check_vector(p, time.dtype)
    check_one_dtype(time.dtype, params=p, time=time)
    at, p = time.detach().double(), p.detach().double()
    if speed is None and design(model, at, p) is None:
        wanted = "speed must be given with a model that is not linear in its params"
        raise ValueError(f"{wanted}: the curvatures depend on it")
    return at, p, torch.zeros_like(at) if speed is None else targets.detach().double()
