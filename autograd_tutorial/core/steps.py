"Steps that change nothing where they fail: what `apply_step` and `fit` have around their loops."

from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from inspect import signature
from math import isfinite
from typing import Any, ParamSpec, TypeVar
from warnings import warn

import torch
from torch import Tensor

from autograd_tutorial.core.checks import (
    check_data,
    check_function,
    check_loss,
    check_number,
    check_one_dtype,
    check_params,
    check_whole,
)
from autograd_tutorial.core.saving import is_saving

Args = ParamSpec("Args")
Result = TypeVar("Result")


def progress(
    steps: int,  # how many
    what: str,  # the word before the bar
) -> Iterable[int]:
    "Count to `steps`, with a bar once it has taken a second."
    from tqdm.auto import trange

    bar: Iterable[int] = trange(
        steps, delay=1.0, leave=False, desc=what, unit="step", disable=is_saving()
    )
    return bar


def checked_step(
    function: Callable[Args, Result],  # of params, time, speed, lr, loss_fn, and perhaps steps
) -> Callable[Args, Result]:
    "Refuse bad input at the door; leave params and `.grad` as they were where the function fails."
    names = signature(function)

    @wraps(function)
    def checked(*args: Args.args, **more: Args.kwargs) -> Result:
        given = names.bind(*args, **more)
        given.apply_defaults()
        watched = _check_arguments(given.arguments)
        params, lr = given.arguments["params"], given.arguments["lr"]
        before, grad, params.grad = params.detach().clone(), params.grad, None
        try:
            result = function(*given.args, **given.kwargs)
            if "steps" not in given.arguments:  # a loop has looked at each of its steps
                check_finite(watched.last, params, lr)
        except Exception as error:
            unused = watched.last is not None and params.grad is None
            with torch.no_grad():
                params.copy_(before)
            params.grad = grad
            if isinstance(error, TypeError) and unused:
                raise ValueError(
                    "loss_fn must lead back to params, but it does not use preds"
                ) from error
            raise
        return result

    return checked


class _Watched:
    "A loss function whose result is checked, and kept."

    def __init__(self, loss_fn: Callable[[Tensor, Tensor], Tensor]):
        self.loss_fn = loss_fn
        self.last: float | None = None

    def __call__(self, preds: Tensor, targets: Tensor) -> Tensor:
        loss = check_loss(self.loss_fn(preds, targets))
        if not loss.requires_grad:
            raise ValueError(
                "loss_fn must lead back to params, but autograd recorded nothing:"
                " is it detached, or under no_grad?"
            )
        self.last = loss.item()
        return loss


def _check_arguments(values: dict[str, Any]) -> _Watched:
    "Check each value under its name, in place; the loss function that will be called."
    values["lr"] = check_number(values["lr"], "lr", positive=True)
    if "steps" in values:
        values["steps"] = check_whole(values["steps"], "steps")
    check_params(values["params"])
    check_data(values["time"], values["speed"])
    check_one_dtype(params=values["params"], time=values["time"])
    check_function(values["loss_fn"], "loss_fn")
    values["time"], values["speed"] = values["time"].detach(), values["speed"].detach()
    values["loss_fn"] = watched = _Watched(values["loss_fn"])
    return watched


def check_finite(
    loss: float | None,  # from before the step; None: no step was taken
    params: Tensor,  # the params from after it
    lr: float,
) -> None:
    "`FloatingPointError` that says why, unless loss and params are finite."
    if loss is not None and not isfinite(loss):
        why = f"lr {lr:g} is too large, or params, data or loss_fn are off"
        raise FloatingPointError(f"the loss is {loss}: {why}")
    if not params.isfinite().all():
        root = "; a root has no slope at 0, so rmse fails at a perfect fit" if loss == 0 else ""
        would = f"at lr {lr:g} the params would be {params.tolist()}"
        raise FloatingPointError(f"{would}{root}")


def finite_steps(
    steps: int,  # how many
    params: Tensor,  # put back to before a step that is not finite
    losses: list[float],  # which the loop appends to; the last is dropped after such a step
    lr: float,
) -> Iterator[int]:
    "Count to `steps`, with a bar; end, with a warning, where a step is not finite."
    for step in progress(steps, "fit"):
        before = params.detach().clone()
        yield step
        try:
            check_finite(losses[-1], params, lr)
        except FloatingPointError as error:
            losses.pop()
            with torch.no_grad():
                params.copy_(before)
            kept = f"Kept: {len(losses)} losses, and the params from before that step"
            warn(
                f"fit stopped at step {step + 1}: {error}. {kept}",
                RuntimeWarning,
                stacklevel=4,
            )
            return
