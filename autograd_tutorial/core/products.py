"What `vjp`, `jvp`, `hvp` and `largest_curvature` have around their maths: checks, of results too."

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from autograd_tutorial.core.checks import (
    check_float_tensor,
    check_function,
    check_generator,
    check_one_dtype,
    check_whole,
)


def check_vjp(
    f: Any,  # what the caller gave, to be called with a tensor that requires gradients
    x: Any,  # where
    v: Any,  # a weight for each number of f(x)
) -> Callable[[Tensor], Tensor]:  # f; each call also checks its result
    "`TypeError` or `ValueError` unless `f` leads from `x`, finite and float, to numbers like `v`."
    check_function(f, "f")
    check_float_tensor(x, "x")

    def recorded(at: Tensor) -> Tensor:
        y = _check_result(f(at))
        if not y.requires_grad:
            raise ValueError(
                "f must compute its result from x with torch, but autograd recorded nothing:"
                " is it detached, or under no_grad?"
            )
        _check_like(v, y, "v", "f(x)")
        return y

    return recorded


def check_jvp(
    f: Any,  # what the caller gave
    x: Any,  # where
    u: Any,  # a push for each number of x
) -> Callable[[Tensor], Tensor]:  # f; each call also checks its result
    "`TypeError` or `ValueError` unless `f` takes `x`, finite, float, like `u`, to a float tensor."
    check_function(f, "f")
    check_float_tensor(x, "x")
    _check_like(u, x, "u", "x")
    return lambda at: _check_result(f(at))


def check_one_result(
    f: Any,  # what the caller gave
) -> Callable[[Tensor], Tensor]:  # f; each call also checks its result
    "`TypeError` or `ValueError` unless `f` returns a float tensor with one number, shape ()."
    check_function(f, "f")

    def reduced(at: Tensor) -> Tensor:
        y = _check_result(f(at))
        if y.shape != ():
            raise ValueError(
                f"f must return one number, shape (), got shape {tuple(y.shape)}:"
                " reduce it, for instance with .mean()"
            )
        return y

    return reduced


def _check_result(y: Any) -> Tensor:
    if not isinstance(y, Tensor) or not y.is_floating_point():
        raise TypeError(f"f must return a float tensor, got {y!r}")
    return y


def _check_like(value: Any, other: Tensor, name: str, other_name: str) -> None:
    "`value` must have the shape and float type of `other`."
    check_float_tensor(value, name)
    check_one_dtype(**{name: value, other_name: other})
    if value.shape != other.shape:
        wanted = f"{name} must have the shape of {other_name}, {tuple(other.shape)}"
        raise ValueError(f"{wanted}, got {tuple(value.shape)}")


def random_push(
    x: Any,  # what is to be pushed: any shape, not empty
    steps: Any,  # how many products are to follow, >= 1
    generator: Any,  # of the push; None: seeded with 42
) -> Tensor:  # x's shape
    "Where a power iteration begins; `TypeError` or `ValueError` on bad input."
    check_float_tensor(x, "x")
    if not x.numel():
        raise ValueError("x must hold a number or more, got none")
    check_whole(steps, "steps", 1)
    g = torch.Generator(x.device).manual_seed(42) if generator is None else generator
    check_generator(g)
    return torch.randn(x.shape, generator=g, dtype=x.dtype, device=x.device)


def settled_direction(
    u: Tensor,  # of length 1, where a power iteration ended
    Hu: Tensor,  # its product with the Hessian
    curvature: Tensor,  # (): the size of Hu, with the sign of u · Hu
) -> Tensor:  # u's shape, of length 1, its largest part > 0
    """The direction that belongs to `curvature`.

    Between two curvatures of equal size and opposite sign u swings for ever; H + curvature
    takes away the part of u that belongs to the other."""
    pure = Hu + curvature * u if curvature else u
    pure = pure / pure.norm()
    largest = pure.flatten()[pure.abs().argmax()]
    turned: Tensor = pure * largest.sign()
    return turned
