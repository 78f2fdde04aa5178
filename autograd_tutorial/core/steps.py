"Doors for functions that train: bad input stays outside, and a step that fails changes nothing."

from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from inspect import BoundArguments, signature
from math import isfinite
from typing import Any, ParamSpec, TypeVar
from warnings import warn

import torch
from torch import Tensor

from autograd_tutorial.core.checks import (
    UNUSED,
    check_data,
    check_function,
    check_leaf,
    check_loss,
    check_number,
    check_recorded,
    check_stretch,
    check_three,
    check_whole,
)
from autograd_tutorial.core.problem import Loss, check_sweep, check_vector
from autograd_tutorial.core.saving import is_saving
from autograd_tutorial.core.theory import best_params, design

Args = ParamSpec("Args")
Result = TypeVar("Result")


def checked_step(
    function: Callable[Args, Result],  # of params, time, speed, lr, loss_fn, and perhaps steps
) -> Callable[Args, Result]:
    """Refuse bad input, and set a gradient aside that is left in `.grad`.

    Where a step fails, or is interrupted, `.grad` comes back, and params from before that step."""

    @wraps(function)
    def checked(*args: Args.args, **more: Args.kwargs) -> Result:
        given = bound(function, args, more)
        step = _check_step(given.arguments)
        try:
            result = function(*given.args, **given.kwargs)
            if step.loss is None:
                step.undo()  # no step, nothing cleared
            elif "steps" not in given.arguments:  # a loop has looked at each of its steps
                _check_finite(step.loss, step.params, given.arguments["lr"])
            elif isinstance(result, Tensor) and "model" in given.arguments:
                _tell_stall(result, step.loss_fn, given.arguments)
        except BaseException as error:
            unused = isinstance(error, TypeError) and step.is_without_gradient()
            step.undo()
            if unused:
                raise ValueError(UNUSED) from error
            raise
        return result

    return checked


def checked_sweep(
    function: Callable[Args, Result],  # of lrs, steps, time, speed, params, loss_fn, model
) -> Callable[Args, Result]:
    "Refuse bad input. `inspect.unwrap` gives the function without its door, to who has checked."

    @wraps(function)
    def checked(*args: Args.args, **more: Args.kwargs) -> Result:
        given = bound(function, args, more)
        values = given.arguments
        values["lrs"], values["time"], values["speed"] = check_sweep(*given.args)
        loss_fn = values["loss_fn"]
        values["loss_fn"] = lambda preds, targets: check_loss(loss_fn(preds, targets))
        return function(*given.args, **given.kwargs)

    return checked


def bound(
    function: Callable[..., Any],
    args: tuple[Any, ...],  # what it was called with
    more: dict[str, Any],
) -> BoundArguments:  # every argument under its name, the defaults too
    "`TypeError` where one is missing, or is one too many."
    try:
        given = signature(function).bind(*args, **more)
    except TypeError as error:
        raise TypeError(f"{function.__name__}: {error}") from None
    given.apply_defaults()
    return given


class _Step:
    "A loss function whose result is checked; each call begins a step, which can be undone."

    def __init__(self, loss_fn: Loss, params: Tensor):
        self.loss_fn, self.params = loss_fn, params
        self.before, self.grad = params.detach().clone(), params.grad
        self.loss: float | None = None  # None: no step has begun
        params.grad = None

    def __call__(self, preds: Tensor, targets: Tensor) -> Tensor:
        self.loss = None
        loss = check_recorded(check_loss(self.loss_fn(check_stretch(preds, targets), targets)))
        self.before = self.params.detach().clone()
        self.loss = loss.item()
        return loss

    def is_without_gradient(self) -> bool:
        return self.loss is not None and self.params.grad is None

    def undo(self) -> None:
        if self.loss is not None:
            with torch.no_grad():
                self.params.copy_(self.before)
        self.params.grad = self.grad


def _check_step(values: dict[str, Any]) -> _Step:
    "Check each value under its name, in place; what watches the steps."
    values["lr"] = check_number(values["lr"], "lr", positive=True)
    if "steps" in values:
        values["steps"] = check_whole(values["steps"], "steps")
    time, speed = check_data(values["time"], values["speed"], params=values["params"])
    check_leaf(values["params"], time)
    if "model" in values:
        check_vector(values["params"])
        check_function(values["model"], "model")
    else:
        check_three(values["params"])
    check_function(values["loss_fn"], "loss_fn")
    values["time"], values["speed"] = time.detach(), speed.detach()
    values["loss_fn"] = step = _Step(values["loss_fn"], values["params"])
    return step


def _check_finite(loss: float | None, params: Tensor, lr: float) -> None:
    "`FloatingPointError` that says why, unless loss (from before a step) and params are finite."
    if loss is not None and not isfinite(loss):
        why = f"lr {lr:g} is too large, or params, data or loss_fn are off"
        raise FloatingPointError(f"the loss is {loss}: {why}")
    if not params.isfinite().all():
        root = "; a root has no slope at 0, so rmse fails at a perfect fit" if loss == 0 else ""
        would = f"at lr {lr:g} the params would be {params.tolist()}"
        raise FloatingPointError(f"{would}{root}")


def _tell_stall(losses: Tensor, loss_fn: Loss, values: dict[str, Any]) -> None:
    "Warn where least squares gives less than half the loss, and 5,000 more steps at this pace would not."
    time, speed, params, model = (values[each] for each in ("time", "speed", "params", "model"))
    if len(losses) <= 1000 or len(params) > len(time):
        return
    try:
        base = model(time, torch.zeros_like(params)).detach().double()
        X = design(model, time, params)
        if X is None:  # not linear in params: nothing to compare with
            return
        preds = base + X @ best_params(time.double(), speed.double() - base, X)
        least = float(loss_fn(preds, speed.double()))
    except Exception:  # float64 does not suit the model
        return
    pace = losses[-1001] - losses[-1]  # in 1,000 steps
    if least < losses[-1] / 2 and 5 * pace < losses[-1] - least:
        cure = "a larger lr or, where that explodes, `standardise` (lesson 4)"
        why = f"the loss stalls at {losses[-1]:.4g}, where {least:.4g} is possible: {cure}"
        warn(why, RuntimeWarning, stacklevel=3)


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
            _check_finite(losses[-1], params, lr)
        except FloatingPointError as error:
            losses.pop()
            with torch.no_grad():
                params.copy_(before)
            kept = f"Kept: {len(losses)} losses, and the params from before that step"
            why = f"fit stopped at step {step + 1}: {error}. {kept}"
            warn(why, RuntimeWarning, stacklevel=4)  # where the checked function was called
            return


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
