"What an optimizer of lesson 9 and a race of them are given: types, and checks."

from collections.abc import Callable
from functools import partial
from inspect import Parameter, signature
from typing import Any, Protocol

from torch import Tensor

from autograd_tutorial.core.checks import (
    check_float_tensor,
    check_function,
    check_leaf,
    check_number,
    check_whole,
)
from autograd_tutorial.core.problem import check_problem

Setting = float | Tensor  # one number, or (L, 1): one for each row of params (L, P)


class Stepper(Protocol):
    "What `torch.optim` and the optimizers of lesson 9 have in common."

    def step(self) -> Any: ...


Maker = Callable[[Tensor], Stepper]  # makes an optimizer from a leaf of params


def check_params_and_lr(
    params: Any,  # a leaf that requires gradients
    lr: Any,  # > 0; one number, or (L, 1) for params (L, P)
) -> tuple[Tensor, Setting]:  # the same
    "`TypeError` or `ValueError` unless `params` can be stepped in place, at `lr`."
    if isinstance(params, (list, tuple)) and len(params) == 1 and isinstance(params[0], Tensor):
        raise TypeError("params must be one tensor, got a list with one in it: pass p, not [p]")
    check_leaf(params)
    return params, _check_rows(lr, "lr", params, partial(check_number, positive=True))


def check_share(
    value: Any,  # what the caller gave
    name: str,  # its name in the message
) -> float:  # the same number
    "`value` as a float; `TypeError` if it is no number, `ValueError` unless 0 <= value < 1."
    number = check_number(value, name)
    if not 0 <= number < 1:
        raise ValueError(f"{name} must be a number from 0 to below 1, got {number!r}")
    return number


def check_beta(
    beta: Any,  # 0 <= beta < 1; one number, or (L, 1) for params (L, P)
    params: Tensor,
    name: str = "beta",  # its name in the message
) -> Setting:  # the same
    "`TypeError` or `ValueError` unless `beta` is a share of the past for these params."
    return _check_rows(beta, name, params, check_share)


def check_betas(
    betas: Any,  # of slope and square
    params: Tensor,
) -> tuple[Setting, Setting]:  # the same
    "`TypeError` or `ValueError` unless `betas` are two shares of the past for these params."
    if not isinstance(betas, (tuple, list)) or len(betas) != 2:
        raise ValueError(f"betas must be two numbers from 0 to below 1, got {betas!r}")
    return check_beta(betas[0], params, "betas"), check_beta(betas[1], params, "betas")


def _check_rows(
    value: Any, name: str, params: Tensor, check: Callable[[Any, str], float]
) -> Setting:
    if not isinstance(value, Tensor) or not value.dim():
        return check(value, name)
    check_float_tensor(value, name)
    if params.dim() != 2 or value.shape != (len(params), 1):
        raise ValueError(
            f"{name} must be one number, or (L, 1) for (L, P) params,"
            f" got {tuple(value.shape)} for params {tuple(params.shape)}"
        )
    for number in value.flatten().tolist():
        check(number, name)
    return value


def check_grad(
    params: Tensor,  # a leaf, about to be stepped
) -> None:
    "`ValueError` unless `backward` has left a gradient in `params.grad`."
    if params.grad is None:
        raise ValueError("params.grad is None: call backward() on a loss before step()")


def check_race(
    optimizers: Any,  # by name; each makes one from a leaf of params
    steps: Any,  # how many
    *problem: Any,  # time, speed, params, loss_fn, model: see `check_problem`
) -> tuple[Tensor, Tensor]:  # time and speed as tensors, see `as_points`
    "`TypeError` or `ValueError` unless each entry makes an optimizer that steps by itself."
    if not isinstance(optimizers, dict) or not optimizers:
        raise TypeError(f"optimizers must be a dict of one or more, by name, got {optimizers!r}")
    time, speed = check_problem(*problem)
    check_whole(steps, "steps")
    for name, make in optimizers.items():
        check_function(make, f"optimizers[{name!r}]")
        made = make(problem[2].detach().clone().requires_grad_())
        if not callable(getattr(made, "step", None)):
            raise TypeError(
                f"each of optimizers must make an optimizer with a step(), got {made!r}"
            )
        closure = signature(made.step).parameters.get("closure")
        if closure is not None and closure.default is Parameter.empty:
            raise TypeError(
                "each of optimizers must step without a closure,"
                f" got {type(made).__name__}, which needs one"
            )
    return time, speed
