"What is silently wrong with a gradient: slopes beside those by pushing, and the usual suspects."

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from autograd_tutorial.core.checks import check_function

__all__ = ["diagnose"]


def diagnose(
    loss_fn: Callable[[Any], Any],  # of params, to the loss; is called several times
    params: Tensor | Sequence[Tensor] | Mapping[str, Tensor],  # pushed, and put back
) -> list[str]:  # a sentence for each finding; empty where all agrees
    """What is silently wrong with a gradient; `TypeError` or `ValueError` on bad input.

    Pushes 8 places of each tensor, and all along one random way: it may miss one."""
    tensors = _tensors_by_name(params)
    check_function(loss_fn, "loss_fn")
    learning = any(p.requires_grad for p in tensors.values())
    found = [_wrong_from_the_start(name, p, learning) for name, p in tensors.items()]
    with torch.enable_grad(), _restored(tensors.values()) as before:
        with _Suspects() as suspects:
            loss = loss_fn(params)
        for (name, p), old in zip(tensors.items(), before, strict=True):
            if not torch.equal(p, old):
                found.append(f"loss_fn changes {name} in place: compute with a copy")
        wrong = _wrong_loss(loss) or _wrong_slopes(lambda: loss_fn(params), tensors, loss)
    found += suspects.broadcasts + wrong + (suspects.cuts if wrong else [])
    return list(dict.fromkeys(said for said in found if said))


def _tensors_by_name(params: Any) -> dict[str, Tensor]:
    "`params` as a dict; `TypeError` unless it holds tensors, `ValueError` if none."
    if isinstance(params, Tensor):
        return {"params": params}
    if isinstance(params, Mapping):
        tensors = dict(params)
    elif isinstance(params, Sequence) and not isinstance(params, str):
        tensors = {f"params[{i}]": p for i, p in enumerate(params)}
    else:
        cures = {Iterator: ": use list(...)", float: ": use torch.tensor(...)"}
        cure = "".join(words for kind, words in cures.items() if isinstance(params, kind))
        wanted = "params must be a tensor, or a list or a dict of tensors"
        raise TypeError(f"{wanted}, got {type(params).__name__}{cure}")
    for name, p in tensors.items():
        if not isinstance(p, Tensor):
            raise TypeError(f"{name} must be a tensor, got {type(p).__name__}: use torch.tensor")
    if not tensors:
        raise ValueError("params must hold one tensor or more, got none")
    return tensors


@contextmanager
def _restored(tensors: Iterable[Tensor]) -> Iterator[list[Tensor]]:
    "Copies of the tensors; whatever the block writes into them is undone."
    kept = [(p, p.detach().clone()) for p in tensors]
    try:
        yield [old for _, old in kept]
    finally:
        with torch.no_grad():
            for p, old in kept:
                if not torch.equal(p, old):
                    p.copy_(old)


def _wrong_from_the_start(name: str, p: Tensor, learning: bool) -> str:
    "What can be seen before a loss is computed; a tensor may be frozen while others learn."
    if p.is_complex():
        return f"{name} is complex, and is not pushed: give its real and its imaginary part"
    if not p.requires_grad and learning:
        return ""
    if not p.is_floating_point():
        kind = str(p.dtype).removeprefix("torch.")
        return f"{name} holds {kind}, which has no slopes: use .float()"
    if not p.requires_grad:
        return f"{name} asks for no gradient: call requires_grad_()"
    if p.grad_fn is not None and not p.retains_grad:
        what = f"a non-leaf tensor, the result of {p.grad_fn.name()}, so its .grad stays None"
        return f"{name} is {what}: step the leaf in place, under no_grad"
    if p.grad is not None and p.grad.any():
        return f"{name}.grad is not cleared, and backward adds to it: set it to None"
    return ""


_CUTS = {
    "item": ".item()",
    "detach": ".detach()",
    "data": ".data",
    "tolist": ".tolist()",
    "__float__": "float(...)",
}
_DIFFERENCES = "sub subtract __rsub__ mse_loss l1_loss smooth_l1_loss huber_loss".split()


class _Suspects(TorchFunctionMode):
    "Where a record is left behind, and where a difference sets a column against a row."

    def __init__(self) -> None:
        super().__init__()
        self.cuts: list[str] = []
        self.broadcasts: list[str] = []
        self.negated: list[Tensor] = []  # a sum with one of them is a difference

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        name = getattr(func, "__name__", "")
        name = func.__self__.__name__ if name == "__get__" else name
        given = [*args, *(kwargs or {}).values()]
        tensors = [value for value in given if isinstance(value, Tensor)]
        by_minus_one = any(isinstance(value, (int, float)) and value == -1 for value in given)
        if name in _CUTS and tensors and tensors[0].requires_grad:
            self.cuts.append(f"loss_fn leaves the record behind with {_CUTS[name]}")
        turned = by_minus_one and name in ("mul", "multiply", "__rmul__")
        if turned or name in ("neg", "negative"):
            self.negated.append(result)
        subtracted = by_minus_one or any(p is old for p in tensors for old in self.negated)
        is_difference = name in _DIFFERENCES or (subtracted and name in ("add", "__radd__"))
        if is_difference and len(tensors) > 1:
            self._look_at_shapes(*(tuple(p.shape) for p in tensors[:2]))
        return result

    def _look_at_shapes(self, one: tuple[int, ...], other: tuple[int, ...]) -> None:
        row, column = sorted((one, other), key=len)
        if len(row) == 1 and row[0] > 1 and column == (row[0], 1):
            what = f"a difference of shapes {one} and {other} has shape {(row[0], row[0])}"
            self.broadcasts.append(f"{what}: every one against every other; is that meant?")


def _wrong_loss(loss: Any) -> list[str]:
    "Why no walk back can start at `loss`; empty if one can."
    if not isinstance(loss, Tensor):
        return [f"the loss is a {type(loss).__name__}, not a tensor: it has no record"]
    if not loss.requires_grad:
        return ["the loss has no record: no param with a gradient leads to it"]
    if loss.numel() != 1:
        return [f"the loss has shape {tuple(loss.shape)}, where one number is needed: use .mean()"]
    return [] if loss.isfinite() else [f"the loss is {loss.item()}"]


def _wrong_slopes(loss_fn: Callable[[], Any], named: dict[str, Tensor], loss: Tensor) -> list[str]:
    "A sentence for each tensor whose slopes by autograd and by pushing differ."

    def value() -> float:
        with torch.enable_grad():
            return float(loss_fn().detach())

    if value() != loss.item():
        differs = "loss_fn gives two losses for the same params, so no push was tried"
        return [f"{differs}: does it draw at random, or remember?"]
    tensors = {name: p for name, p in named.items() if p.requires_grad and not p.is_complex()}
    if not tensors:
        return []
    grads = torch.autograd.grad(
        loss.sum(), list(tensors.values()), retain_graph=True, allow_unused=True
    )
    by_tensor = [
        _wrong_gradient(name, grad, _Pushed(p, value, loss.dtype))
        for (name, p), grad in zip(tensors.items(), grads, strict=True)
    ]
    return [said for said in by_tensor if said]


class _Slope(NamedTuple):
    "A slope by pushing both ways."

    value: float
    noise: float  # how much of it may be rounding
    bend: float  # how far the slopes to the right and to the left part


class _Pushed:
    "A tensor to push: along which directions, and how the loss answers."

    def __init__(self, p: Tensor, loss: Callable[[], float], dtype: torch.dtype):
        self.p, self.loss = p, loss
        self.eps = max(torch.finfo(each).eps for each in (p.dtype, dtype))

    def directions(self) -> Iterator[tuple[str, Tensor]]:
        "Up to eight places, and, where there are more, all along a random way; each of length 1."
        shape, count = self.p.shape, self.p.numel()
        for i in torch.linspace(0, count - 1, min(count, 8)).round().long() if count else []:
            one = self.p.new_zeros(count)
            one[i] = 1
            place = str([int(at) for at in torch.unravel_index(i, shape)]) if shape else ""
            yield place, one.view(shape)
        if count > 8:
            g = torch.Generator().manual_seed(0)
            signs = 2.0 * torch.randint(0, 2, shape, generator=g) - 1
            yield ", all places together", signs.to(self.p) / count**0.5

    def slope(self, direction: Tensor, size: float = 1.0) -> _Slope:
        "That along `direction`, by central differences over `size` times the usual push."
        with torch.no_grad(), _restored([self.p]) as (start,):
            h = size * self.eps ** (1 / 3) * max(1.0, float((start * direction).norm()))
            losses = []
            for push in (0.0, h, -h):
                self.p.copy_(start + push * direction)
                losses.append(self.loss())
        middle, up, down = losses
        right, left = (up - middle) / h, (middle - down) / h
        noise = 32 * self.eps * max(abs(up), abs(down)) / h
        return _Slope((right + left) / 2, noise, abs(right - left))

    def confirms(self, direction: Tensor, slope: _Slope) -> bool:
        "Whether a push of an eighth and one of eight times the length say the same."
        short, far = (self.slope(direction, size) for size in (1 / 8, 8.0))
        same = not any(
            _differ(other.value, slope.value, 0.03, slope.noise + other.noise)
            for other in (short, far)
        )
        return same and short.bend <= 0.2 * abs(slope.value) + 2 * short.noise


def _wrong_gradient(name: str, grad: Tensor | None, pushed: _Pushed) -> str:
    "Where autograd and pushing differ; empty if nowhere, or at kinks, where no slope is right."
    if grad is not None and not grad.isfinite().all():
        bad = int((~grad.isfinite()).sum())
        wrong = f"the gradient of {name} has {bad} nan or inf"
        return f"{wrong}: is there a root or a log of 0 on the way?"
    walked = torch.zeros_like(pushed.p) if grad is None else grad
    flat = not walked.any()
    for place, direction in pushed.directions():
        by_autograd, slope = float((walked * direction).sum()), pushed.slope(direction)
        flat = flat and slope.bend <= 2 * slope.noise
        differs = _differ(by_autograd, slope.value, 0.05, slope.noise + 3 * slope.bend)
        if differs and pushed.confirms(direction, slope):
            said = "no way leads to it" if grad is None else f"its slope is {by_autograd:.4g}"
            return f"{name}{place}: autograd says {said}, a push says {slope.value:.4g}"
    return f"every slope along {name} is 0: a minimum, or no way leads to it" if flat else ""


def _differ(one: float, other: float, share: float, noise: float) -> bool:
    return abs(one - other) > share * max(abs(one), abs(other)) + noise
