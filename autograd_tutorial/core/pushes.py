"Functions of one result, at places that are pushed a little."

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from autograd_tutorial.core.checks import check_float_tensor, check_function, check_number


def check_push(
    f: Callable[[Tensor], Tensor],  # to one number
    x: Tensor | float,  # where, any shape
    h: float | None,  # the push; None: as far as suits x, and what f computes in
) -> tuple[Callable[[Tensor], Any], Tensor, Tensor]:  # f, x in float64, nobody's record; pushes
    "`TypeError` or `ValueError` unless `f` can be called, `x` is finite, and `h` > 0 moves all of it."
    check_function(f, "f")
    h = None if h is None else check_number(h, "h", positive=True)
    if isinstance(x, Tensor) or hasattr(x, "__len__"):
        check_float_tensor(x, "x")
        at = torch.as_tensor(x).detach().double().contiguous()
    else:
        at = torch.tensor(check_number(x, "x"), dtype=torch.float64)
    with torch.enable_grad():
        try:
            y = f(at.clone())
        except (RuntimeError, ValueError):
            f = _widened(f)
            y = f(at.clone())
    # Where the push is too short, rounding drowns the difference; where it is too long, the bend.
    kind = y.dtype if isinstance(y, Tensor) and y.is_floating_point() else at.dtype
    eps = torch.finfo(kind).eps
    fitting = (eps**0.5 * at.abs()).clamp(min=max(1e-4, eps ** (1 / 3)))
    pushes = (at + fitting) - at if h is None else torch.full_like(at, h)  # as far as x moves
    if (at + pushes == at).any():
        raise ValueError(f"h must move x, but {h:g} is lost in the digits of {at.abs().max():g}")
    return f, at, pushes if h is not None else _fitted(f, at, pushes, eps)


def _fitted(f: Callable[[Tensor], Any], at: Tensor, pushes: Tensor, eps: float) -> Tensor:
    "The pushes; where x is far from 1 in size, and half the push finds another slope, a shorter one."
    for i, size in enumerate(at.abs().flatten().tolist()):
        longest = pushes.flatten()[i].item()
        if size == 0 or 1e-2 < size < 1e4 or _doubt(f, at, i, longest, eps) < 1e-4:
            continue
        least = 6e-6 if size < 1 else torch.finfo(at.dtype).eps  # which moves x by a digit or two
        ends, here = (math.log10(longest), math.log10(least * size)), at.flatten()[i]
        tries = ((here + torch.logspace(*ends, 24, dtype=at.dtype)) - here).tolist()
        doubts = [_doubt(f, at, i, h, eps) for h in tries]
        if min(doubts) < 0.1:  # or else nothing is better
            pushes.view(-1)[i] = tries[doubts.index(min(doubts))]
    return pushes


def _doubt(f: Callable[[Tensor], Any], at: Tensor, i: int, h: float, eps: float) -> float:
    "By which share of it the slope along number i may be wrong: by rounding, and by what half of h finds."
    slopes, lost = [], 0.0
    for step in (h, h / 2):
        push = torch.zeros_like(at)
        push.view(-1)[i] = step
        up, down = at + push, at - push
        try:
            high, low = number_at(f, up), number_at(f, down)
        except ValueError:  # nan or inf there
            return math.inf
        wide = (up - down).view(-1)[i].item()
        if not wide:
            return math.inf
        slopes.append((high - low) / wide)
        lost = eps * max(abs(high), abs(low)) / wide
    size = sum(map(abs, slopes))
    return (abs(slopes[0] - slopes[1]) + lost) / size if size else math.inf


def in_float64(
    f: Callable[..., Any],  # of tensors
) -> Callable[..., Any]:
    "`f`, which may be given float64 though it computes with float32, as a module does."

    def either(*given: Tensor) -> Any:
        try:
            return f(*given)
        except (RuntimeError, ValueError):
            if torch.float64 not in _kinds([*given]):
                raise
        return _widened(f)(*given)

    return either


def _widened(f: Callable[..., Any]) -> Callable[..., Any]:
    "`f`, with float64 where float32 meets it: what goes through a float32 module."

    def wide(*x: Tensor) -> Any:
        before = torch.get_default_dtype()
        torch.set_default_dtype(torch.float64)
        try:
            with _Widened():
                return f(*x)
        finally:
            torch.set_default_dtype(before)

    return wide


class _Widened(TorchFunctionMode):
    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs, name = kwargs or {}, getattr(func, "__name__", "")
        if getattr(func, "__self__", None) == Tensor.dtype:  # some modules compare
            return torch.float64 if args[0].dtype == torch.float32 else args[0].dtype
        in_place = name.endswith("_") or func is torch.autograd.grad  # a copy would not do
        if torch.float64 in _kinds([args, kwargs]) and not in_place:
            args, kwargs = _in_float64(args), _in_float64(kwargs)
        return func(*args, **kwargs)


def _kinds(given: Any) -> set[torch.dtype]:
    if isinstance(given, Tensor):
        return {given.dtype}
    parts = given.values() if isinstance(given, dict) else given
    return set().union(*map(_kinds, parts)) if isinstance(given, (dict, list, tuple)) else set()


def _in_float64(given: Any) -> Any:
    if isinstance(given, Tensor):
        return given.double() if given.dtype == torch.float32 else given
    if isinstance(given, dict):
        return {name: _in_float64(each) for name, each in given.items()}
    return type(given)(map(_in_float64, given)) if type(given) in (list, tuple) else given


def number_at(
    f: Callable[[Tensor], Tensor],  # to one number
    x: Tensor,  # where
) -> float:
    "f(x), which may take gradients itself; `TypeError` or `ValueError` unless it is one finite number."
    with torch.enable_grad():
        y = f(x)
    if isinstance(y, Tensor) and y.numel() != 1:
        shape = tuple(y.shape)
        raise ValueError(
            f"f must return one number, got shape {shape}: reduce it, for instance with .sum()"
        )
    return check_number(y, "what f returns")
