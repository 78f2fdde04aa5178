"What `vjp`, `jvp`, `hvp` and `largest_curvature` have around their maths: checks, of results too."

import math
from collections.abc import Callable
from typing import Any
from warnings import catch_warnings, filterwarnings, warn

import torch
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel

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
    check_one_dtype(other.dtype, **{name: value, other_name: other})
    if value.shape != other.shape:
        wanted = f"{name} must have the shape of {other_name}, {tuple(other.shape)}"
        raise ValueError(f"{wanted}, got {tuple(value.shape)}")


def random_push(
    x: Any,  # what is to be pushed: any shape, not empty
    steps: Any,  # how many products are to follow, >= 1
    generator: Any,  # of the push; None: seeded with 42
) -> Tensor:  # x's shape
    "Where a search for the largest curvature begins; `TypeError` or `ValueError` on bad input."
    check_float_tensor(x, "x")
    if not x.numel():
        raise ValueError("x must hold a number or more, got none")
    check_whole(steps, "steps", 1)
    g = torch.Generator(x.device).manual_seed(42) if generator is None else generator
    check_generator(g)
    return torch.randn(x.shape, generator=g, dtype=x.dtype, device=x.device)


class Tried:
    """Directions of length 1 at right angles, and what of the Hessian is seen from them: a small table.

    Its largest and its least curvature close in on those of the whole Hessian, each as fast as
    power iteration or faster, so two of like size and opposite sign are told apart."""

    def __init__(self) -> None:
        self.us: list[Tensor] = []
        self.table = torch.zeros(0, 0, dtype=torch.float64)
        self.doubt = math.inf  # by which share of it the largest curvature may be wrong

    @property
    def is_settled(self) -> bool:
        return bool(self.doubt <= torch.finfo(self.us[0].dtype).eps ** 0.5)

    def add(
        self,
        u: Tensor,  # of length 1, at right angles to all before
        Hu: Tensor,
    ) -> Tensor:  # what Hu holds beyond all directions so far, its largest number 1 or -1
        "Take a direction in; `ValueError` unless its product is finite."
        check_float_tensor(Hu, "the product with the Hessian")
        self.us.append(u.detach())
        rest, seen = Hu.detach(), self.table.new_zeros(len(self.us))
        for _ in range(2):  # the second time takes what rounding left
            for i, each in enumerate(self.us):
                part = (each * rest).sum()
                rest = rest - part * each
                seen[i] += part.item()
        self.table = torch.nn.functional.pad(self.table, (0, 1, 0, 1))
        self.table[-1] = self.table[:, -1] = seen
        curvatures, mixes = torch.linalg.eigh(self.table)
        scale = rest.abs().max()  # squares of 1e30 or 1e-30 are inf and 0 in float32
        rest = rest / scale if scale > 0 else rest
        left = rest.norm().item() * scale.item()
        reach = curvatures.abs() + left * mixes[-1].abs()  # as far as each may be
        size = curvatures.abs().max()
        self.doubt = (reach[[0, -1]].max() / size - 1).item() if reach.any() else 0.0
        return rest

    def most_curved(self) -> tuple[Tensor, Tensor]:  # (); of length 1, its largest part > 0
        "The curvature of largest size and its direction, with a warning if it has not settled."
        curvatures, mixes = torch.linalg.eigh(self.table)
        at = curvatures.abs().argmax()
        if self.doubt > 1e-3:
            count = f"{len(self.us)} product{'s' * (len(self.us) > 1)}"
            where = f"{curvatures[at]:.4g}, and may be off by {self.doubt:.1%} or more"
            why = f"largest_curvature has not settled: after {count} it is {where}. Raise steps"
            warn(why, RuntimeWarning, stacklevel=3)
        mixed = zip(mixes[:, at].tolist(), self.us, strict=True)
        direction = torch.stack([share * u for share, u in mixed]).sum(0)
        largest = direction.flatten()[direction.abs().argmax()]
        return curvatures[at].to(direction), direction * largest.sign() / direction.norm()


def twice_back(
    f: Callable[[Tensor], Tensor],  # checked
    x: Tensor,  # where
    u: Tensor,  # a push for each number of x
) -> Tensor:  # Ju, the shape of f(x)
    """`jvp` by two walks back, for an f with an operation that has no rule forward.

    vᵀJ is linear in v, and its slope along u is Ju. `ValueError` where there is no second walk."""

    def moved(at: Tensor, keep: bool) -> Tensor:
        y = f(at.clone())
        v = torch.zeros_like(y, requires_grad=True)
        return _walked_twice(y, at, v, v, u, keep)

    return _by_simple_ways(moved, x, u)


def slopes_twice_back(
    f: Callable[[Tensor], Tensor],  # to one number, checked
    x: Tensor,  # where
    u: Tensor,  # a push for each number of x
) -> Tensor:  # Hu, x's shape
    "`hvp` by two walks back: uᵀH is Hu. `ValueError` where there is no second walk."

    def moved(at: Tensor, keep: bool) -> Tensor:
        y = f(at.clone())
        return _walked_twice(y, at, torch.ones_like(y, requires_grad=True), at, u, keep)

    return _by_simple_ways(moved, x, u)


def _walked_twice(y: Tensor, x: Tensor, v: Tensor, to: Tensor, u: Tensor, keep: bool) -> Tensor:
    "From y by v to x, and from there by u to `to`: with a record if `keep`; 0 where no way leads."
    nothing = torch.zeros_like(to)
    if not y.requires_grad:
        return nothing
    (g,) = torch.autograd.grad(y, x, v, create_graph=True, allow_unused=True)
    if g is None or not g.requires_grad:
        return nothing
    found, through = torch.autograd.grad(g, (to, v), u, create_graph=keep, allow_unused=True)
    if through is None:  # each vᵀJ is made of v: the record of the first walk has a gap
        raise RuntimeError("the first walk was once_differentiable")
    return nothing if found is None else found


def _by_simple_ways(moved: Callable[[Tensor, bool], Tensor], x: Tensor, u: Tensor) -> Tensor:
    "`moved` at x, without PyTorch's fast ways that can be walked back but once."
    keep = torch.is_grad_enabled() and (x.requires_grad or u.requires_grad)
    at = x if x.requires_grad else x.detach().requires_grad_()
    try:
        with (
            catch_warnings(),
            torch.enable_grad(),
            sdpa_kernel(SDPBackend.MATH),
            torch.backends.cudnn.flags(enabled=False),
        ):
            filterwarnings("ignore", "TF32 acceleration")  # PyTorch's own, about its next line
            with torch.backends.mkldnn.flags(enabled=False):
                return moved(at, keep)
    except RuntimeError as error:
        said = str(error).splitlines()[0]
        if "not implemented" not in said and "once_differentiable" not in said:
            raise  # a fault of f itself
        raise ValueError(
            "f has an operation that PyTorch differentiates neither forward nor twice:"
            f" write it with simpler ones. PyTorch says: {said}"
        ) from error
