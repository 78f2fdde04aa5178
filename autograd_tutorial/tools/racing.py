"What an optimizer of lesson 9 and a race of them are given: types, and checks."

from collections.abc import Callable, Iterable
from functools import partial
from inspect import Parameter, signature
from typing import Any, Protocol

import torch
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


LEFT_OUT = {  # what torch.optim takes beside: what would do
    "momentum": "Momentum and Nesterov have it, as beta",
    "nesterov": "Nesterov is that",
    "dampening": "it scales each slope but the first, much as a smaller lr does",
    "weight_decay": "add weight_decay / 2 * (params**2).sum() to the loss for the same steps",
    "decoupled_weight_decay": "multiply params by 1 - lr * weight_decay before each step",
    "maximize": "take the loss with the other sign",
    "differentiable": "steps are never recorded here",
    "amsgrad": "it keeps the largest square that was seen, and rarely helps",
}
WANTED = "params must be a tensor, several, or dicts with params, as torch.optim takes them"
FASTER = "it changes how fast a step is computed, and not where it leads"


class Small(type):
    """The kind of the optimizers of lesson 9: each class is written for one tensor.

    Called with several, as `model.parameters()`, a list, or groups (dicts with `params` and
    settings of their own), it makes one optimizer for each, which step together."""

    def __init__(cls, name: str, bases: tuple[type, ...], space: dict[str, Any]) -> None:
        super().__init__(name, bases, space)
        kind: Any = cls
        written = signature(kind.__init__)
        cls.__signature__ = written.replace(parameters=[*written.parameters.values()][1:])

    def __call__(cls, params: Any, *settings: Any, **more: Any) -> Any:
        for name in more:
            _check_known(cls, name)
        make = super().__call__
        if callable(params) and not isinstance(params, torch.nn.ParameterList):
            got = getattr(params, "__name__", type(params).__name__)
            raise TypeError(f"{WANTED}, got {got}: use model.parameters()")
        if isinstance(params, Tensor) or not isinstance(params, Iterable):
            return make(params, *settings, **more)
        common = cls.__signature__.bind_partial(params, *settings, **more).arguments
        common.pop(next(iter(common)))
        groups = [_group(each) for each in params]
        for group in groups:
            for name in group:
                _check_known(cls, name)
        each: list[tuple[Tensor, Callable[[], Any]]] = [
            (p, partial(make, p, **{**common, **group}))
            for group in groups
            for p in _tensors(group.pop("params"))
        ]
        return Together(each)


def _check_known(cls: Small, name: str) -> None:
    takes = [*cls.__signature__.parameters]
    if name in takes:
        return
    theirs = torch.optim.Adam if "betas" in takes else torch.optim.SGD
    why = ""
    if name in signature(theirs).parameters:
        why = f", which torch.optim.{theirs.__name__} has: {LEFT_OUT.get(name, FASTER)}"
    raise TypeError(f"{cls.__name__} takes {', '.join(takes)}, got {name}{why}")


def _group(given: Any) -> dict[str, Any]:
    if isinstance(given, tuple) and len(given) == 2 and isinstance(given[0], str):
        given = given[1]  # of named_parameters
    if isinstance(given, dict) and "params" in given:
        return dict(given)
    if isinstance(given, Tensor):
        return dict(params=given)
    raise TypeError(f"{WANTED}, got {given!r} among them")


def _tensors(params: Any) -> list[Tensor]:
    return [params] if isinstance(params, Tensor) else [_group(each)["params"] for each in params]


class Together:
    "Optimizers of one tensor each, as one. What has no gradient is left alone, as torch.optim does."

    __slots__ = ("each", "made")  # so that setting lr here is not lost in silence

    def __init__(self, each: list[tuple[Tensor, Callable[[], Any]]]):
        if not each:
            raise ValueError("params must hold a tensor or more, got none")
        if len({id(p) for p, _ in each}) < len(each):
            raise ValueError("params must hold each tensor once, got one of them twice")
        self.each = each
        self.made = {p: make() for p, make in each if p.requires_grad}

    def step(self) -> None:
        moving = [(p, make) for p, make in self.each if p.grad is not None]
        if not moving:
            check_grad(self.each[0][0])
        for p, _ in moving:
            check_grad(p)
        self.made |= {p: make() for p, make in moving if p not in self.made}  # frozen until now
        for p, _ in moving:
            self.made[p].step()

    def zero_grad(self) -> None:
        for p, _ in self.each:
            p.grad = None


def check_params_and_lr(
    params: Any,  # a leaf that requires gradients
    lr: Any,  # > 0; one number, or (L, 1) for params (L, P)
) -> tuple[Tensor, Setting]:  # the same
    "`TypeError` or `ValueError` unless `params` can be stepped in place, at `lr`."
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
    "`ValueError` unless `backward` has left a gradient in `params.grad`, and a finite one."
    if params.grad is None:
        raise ValueError("params.grad is None: call backward() on a loss before step()")
    if params.grad.layout != torch.strided:
        cure = "for an Embedding, sparse=False"
        raise ValueError(f"params.grad must be dense, got {params.grad.layout}: {cure}")
    if not params.grad.isfinite().all():
        check_float_tensor(params.grad, "params.grad")


def step_if_finite(
    optimizer: Stepper,  # of these params
    params: Tensor,  # a leaf with a gradient
) -> None:
    "A step, unless the gradient is nan or inf: then the run has ended where it is."
    if params.grad is not None and params.grad.isfinite().all():
        optimizer.step()


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
