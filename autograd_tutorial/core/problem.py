"The problem that every lesson trains on: a model, a loss, data and a start."

from collections.abc import Callable
from typing import Any
from warnings import warn

import torch
from torch import Tensor

from autograd_tutorial.core.checks import (
    check_data,
    check_float_tensor,
    check_function,
    check_loss,
    check_number,
    check_one_dtype,
    check_stretch,
    check_whole,
    gradient,
)

Loss = Callable[[Tensor, Tensor], Tensor]  # of (preds, targets), (n,) each, to a number, ()
Model = Callable[[Tensor, Tensor], Tensor]  # of time (n,) and params (P,) to preds (n,)


def check_vector(
    params: Any,  # (P,)
    dtype: torch.dtype | None = None,  # of what they go with, for the advice
) -> None:
    "`TypeError` or `ValueError` unless `params` is finite, float and (P,)."
    check_float_tensor(params, "params", dtype)
    if params.dim() != 1 or not len(params):
        raise ValueError(f"params must have shape (P,) with P >= 1, got {tuple(params.shape)}")


def check_start(
    time: Any,  # (n,) in s
    speed: Any,  # (n,) in m/s
    params: Any,  # (P,) where a run starts
) -> tuple[Tensor, Tensor]:  # time and speed as tensors, see `as_points`
    "`TypeError` or `ValueError` unless data and params are finite, of one float type, (n,) and (P,)."
    time, speed = check_data(time, speed, params=params)
    check_vector(params, time.dtype)
    check_one_dtype(time.dtype, params=params, time=time)
    return time, speed


def count_finite(
    losses: Tensor,  # (steps + 1,)
) -> int:
    "How many losses come before the first that is inf or nan."
    return int(losses.isfinite().int().cumprod(0).sum())


def check_descent(
    time: Tensor,  # (n,) in s
    speed: Tensor,  # (n,) in m/s
    params: Tensor,  # (P,) where a run starts
    loss_fn: Loss,  # of (preds, targets)
    model: Model,  # of (time, params)
) -> None:
    "`TypeError` or `ValueError` unless the loss at the start is one number that leads to params."
    leaf = params.detach().clone().requires_grad_()
    gradient(check_loss(loss_fn(check_stretch(model(time, leaf), speed), speed)), leaf)


def check_problem(
    time: Any,  # (n,) in s
    speed: Any,  # (n,) in m/s
    params: Any,  # (P,) where a run starts
    loss_fn: Any,  # of (preds, targets)
    model: Any,  # of (time, params)
) -> tuple[Tensor, Tensor]:  # time and speed as tensors, see `as_points`
    "`TypeError` or `ValueError` unless there is a loss at the start, one number that leads to params."
    check_function(loss_fn, "loss_fn")
    check_function(model, "model")
    time, speed = check_start(time, speed, params)
    check_descent(time, speed, params, loss_fn, model)
    return time, speed


def vmapped(
    f: Callable[[Tensor], Tensor],  # of a row
) -> Callable[[Tensor], Tensor]:  # of rows, (..., P)
    "`f` at all rows at once; where vmap does not do, at one after the other, with a warning."
    why: str | None = None  # None: not tried

    def alone(row: Tensor) -> Tensor:
        if row.requires_grad:
            return f(row)
        with torch.enable_grad():  # f may take a gradient itself
            return f(row.clone().requires_grad_()).detach()

    def at_each(rows: Tensor) -> Tensor:
        nonlocal why
        each, first = rows.flatten(0, -2), why is None
        if why is None:
            why = against_vmap(f, each[0])
        found = torch.stack([alone(row) for row in each]) if why else torch.vmap(f)(each)
        if first and why:
            warn(f"{why}: one run after the other instead, which is slower", stacklevel=4)
        return found.reshape(*rows.shape[:-1], *found.shape[1:])

    return at_each


def against_vmap(
    f: Callable[[Tensor], Tensor],  # of a row
    row: Tensor,  # (P,); slopes are compared where it requires gradients
) -> str:  # "" where nothing is
    "Why `f` cannot be taken at many rows at once."
    try:
        many = around(lambda p: torch.vmap(f)(p[None])[0], row)
    except Exception as error:  # an `if`, `.item()`, a mask; or f fails by itself, also alone
        return f"vmap refuses model or loss_fn ({str(error)[:60]}...)"
    if alike(many, around(f, row)):
        return ""
    return "vmap gives other numbers than a plain step of model or loss_fn"


def around(
    f: Callable[[Tensor], Tensor],
    row: Tensor,  # (P,)
) -> tuple[Tensor, Tensor]:  # what f gives; its slopes (P,), or the same where row has none
    "A plain step of `f`, a little off `row`: at a bottom, slopes are rounding."
    at = (1.01 * row.detach() + 0.01).requires_grad_()
    with torch.enable_grad():
        value = f(at)
        leads = row.requires_grad and value.requires_grad
        return value.detach(), gradient(value, at) if leads else value.detach()


def alike(
    some: tuple[Tensor, Tensor],
    others: tuple[Tensor, Tensor],  # in the same order
) -> bool:
    "Whether no two differ by more than rounding, and a share of the largest number."
    sizes = [float(each.abs().nan_to_num(0.0, 0.0).max()) for each in others]
    return all(
        torch.allclose(one, other, 1e-3, 1e-3 * size, equal_nan=True)
        for one, other, size in zip(some, others, sizes, strict=True)
    )


def check_sweep(
    lrs: Any,  # (L,) learning rates
    steps: Any,  # how many
    *problem: Any,  # time, speed, params, loss_fn, model: see `check_problem`
) -> tuple[Tensor, Tensor, Tensor]:  # (L,) the rates, in the float type of params; time, speed
    "`TypeError` or `ValueError` unless every rate is > 0, and there is a problem to train on."
    given = lrs.tolist() if hasattr(lrs, "tolist") else lrs  # a tensor or an array
    if not isinstance(given, (list, tuple)) or not given:
        wanted = "lrs must be one or more learning rates in a list or a 1-d tensor"
        raise ValueError(f"{wanted}, got {lrs!r}")
    time, speed = check_problem(*problem)
    check_whole(steps, "steps")
    rates = [check_number(lr, "lr", positive=True) for lr in given]
    return time.new_tensor(rates), time, speed


def check_plane(
    time: Any,  # (n,) in s
    speed: Any,  # (n,) in m/s
    middle: Any,  # (P,)
    plane: Any,  # (P, 2)
    across: Any,  # (w,)
    up: Any,  # (h,)
    loss_fn: Any,  # of (preds, targets)
    model: Any,  # of (time, params)
) -> tuple[Tensor, Tensor]:  # time and speed as tensors, see `as_points`
    "`TypeError` or `ValueError` unless there is a loss over a plane of params."
    check_function(loss_fn, "loss_fn")
    check_function(model, "model")
    check_float_tensor(middle, "middle")
    time, speed = check_start(time, speed, middle)
    with torch.enable_grad():  # a loss may take a gradient itself
        preds = check_stretch(model(time, middle.detach().requires_grad_()), speed)
        check_loss(loss_fn(preds, speed))
    for name, value in dict(plane=plane, across=across, up=up).items():
        check_float_tensor(value, name, time.dtype)
    check_one_dtype(time.dtype, time=time, plane=plane, across=across, up=up)
    if plane.shape != (len(middle), 2):
        wanted = f"plane must have shape ({len(middle)}, 2), two directions in columns"
        raise ValueError(f"{wanted}, got {tuple(plane.shape)}")
    for name, value in dict(across=across, up=up).items():
        if value.dim() != 1 or not len(value):
            raise ValueError(f"{name} must have shape (k,) with k >= 1, got {tuple(value.shape)}")
    return time, speed
