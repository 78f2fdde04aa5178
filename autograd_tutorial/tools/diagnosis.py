"What is wrong with a training step, as far as its loss and params tell."

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from autograd_tutorial.core.checks import check_function

if TYPE_CHECKING:
    pass


def diagnose(
    loss_fn: Callable[[Any], Any],  # of params, to the loss; is called several times
    params: Tensor | Sequence[Tensor] | Mapping[str, Tensor],  # pushed, and put back
) -> list[str]:  # a sentence for each finding; empty where all agrees
    """What is silently wrong with a gradient; `TypeError` or `ValueError` on bad input.

    Pushes 8 places of each tensor, and all along one random way: it may miss one."""
    named = _named(params)
    check_function(loss_fn, "loss_fn")
    state = _states(named)
    watch = _Watch()
    with torch.enable_grad(), _put_back(named.values()):
        loss, moved = _called(loss_fn, params, named, watch)
        trouble = _trouble(loss)
        wrong = [trouble] if trouble else _compared(loss_fn, params, named, loss)
    return state + moved + watch.broadcast + wrong + (watch.cuts if wrong else [])


def _named(params: Any) -> dict[str, Tensor]:
    "The tensors of `params` by name; `TypeError` unless it holds tensors, `ValueError` if none."
    if isinstance(params, Tensor):
        return {"params": params}
    if isinstance(params, Mapping):
        named = dict(params)
    elif isinstance(params, Sequence) and not isinstance(params, str):
        named = {f"params[{i}]": p for i, p in enumerate(params)}
    else:
        cure = (
            ": use list(...)"
            if isinstance(params, Iterator)
            else ": use torch.tensor(...)"
            if isinstance(params, float)
            else ""
        )
        raise TypeError(
            f"params must be a tensor, or a list or a dict of tensors, got {type(params).__name__}{cure}"
        )
    for name, p in named.items():
        if not isinstance(p, Tensor):
            raise TypeError(f"{name} must be a tensor, got {type(p).__name__}: use torch.tensor")
    if not named:
        raise ValueError("params must hold one tensor or more, got none")
    return named


def _states(named: dict[str, Tensor]) -> list[str]:
    "What can be seen before anything is computed; a tensor may be frozen while others learn."
    learning = any(p.requires_grad for p in named.values())
    return [said for name, p in named.items() for said in _state(name, p, learning)]


def _state(name: str, p: Tensor, learning: bool) -> list[str]:
    if p.is_complex():
        return [f"{name} is complex, and is not pushed: give its real and its imaginary part"]
    if not p.is_floating_point() and learning:
        return []
    if not p.is_floating_point():
        return [
            f"{name} holds {str(p.dtype).removeprefix('torch.')}, which has no slopes: use .float()"
        ]
    if not p.requires_grad:
        return [] if learning else [f"{name} asks for no gradient: call requires_grad_()"]
    if not p.is_leaf and p.grad_fn is not None and not p.retains_grad:
        return [
            f"{name} is no leaf but the result of {p.grad_fn.name()}, so its .grad stays None: step the leaf in place, under no_grad"
        ]
    if p.grad is not None and bool(p.grad.any()):
        return [f"{name}.grad is not cleared, and backward adds to it: set it to None"]
    return []


_CUTS = {
    "item": ".item()",
    "detach": ".detach()",
    "data": ".data",
    "tolist": ".tolist()",
    "__float__": "float(...)",
}
_DIFFERENCES = {
    "sub",
    "subtract",
    "__rsub__",
    "mse_loss",
    "l1_loss",
    "smooth_l1_loss",
    "huber_loss",
}


_SUMS, _NEGATIONS, _PRODUCTS = (
    {"add", "__radd__"},
    {"neg", "negative"},
    {"mul", "multiply", "__rmul__"},
)


def _numbers(values: Iterable[Any]) -> list[float]:
    return [each for each in values if isinstance(each, (int, float))]


class _Watch(TorchFunctionMode):
    "Notes where a record is left behind, and where a difference sets a column against a row."

    def __init__(self) -> None:
        super().__init__()
        self.cuts: list[str] = []
        self.broadcast: list[str] = []
        self.negated: list[Tensor] = []  # what a sum with them takes away

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        name = getattr(func, "__name__", "")
        name = func.__self__.__name__ if name == "__get__" else name
        given = [each for each in (*args, *(kwargs or {}).values()) if isinstance(each, Tensor)]
        if name in _CUTS and given and given[0].requires_grad:
            _note(self.cuts, f"loss_fn leaves the record behind with {_CUTS[name]}")
        if name in _NEGATIONS or (name in _PRODUCTS and -1 in _numbers(args)):
            self.negated.append(result)
        added = name in _SUMS and (
            -1 in _numbers((kwargs or {}).values())
            or any(each is old for each in given for old in self.negated)
        )
        if (name in _DIFFERENCES or added) and len(given) > 1:
            self._compare(*(tuple(each.shape) for each in given[:2]))
        return result

    def _compare(self, one: tuple[int, ...], other: tuple[int, ...]) -> None:
        flat, column = sorted((one, other), key=len)
        if len(flat) == 1 and flat[0] > 1 and column == (flat[0], 1):
            both = (flat[0], flat[0])
            _note(
                self.broadcast,
                f"a difference of shapes {one} and {other} has shape {both}: every one against every other; is that meant?",
            )


def _note(notes: list[str], said: str) -> None:
    if said not in notes:
        notes.append(said)


@contextmanager
def _put_back(tensors: Iterable[Tensor]) -> Iterator[None]:
    "Whatever the block does to the numbers."
    kept = [(p, p.detach().clone()) for p in tensors]
    try:
        yield
    finally:
        with torch.no_grad():
            for p, before in kept:
                if not torch.equal(p, before):
                    p.copy_(before)


def _called(
    loss_fn: Callable[[Any], Any], params: Any, named: dict[str, Tensor], watch: _Watch
) -> tuple[Any, list[str]]:
    "The loss, and which params it changed."
    before = {name: p.detach().clone() for name, p in named.items()}
    with watch:
        loss = loss_fn(params)
    moved = [name for name, p in named.items() if not torch.equal(p.detach(), before[name])]
    return loss, [f"loss_fn changes {name} in place: compute with a copy" for name in moved]


def _trouble(loss: Any) -> str:
    "Why no walk back can start at `loss`; empty if one can."
    if not isinstance(loss, Tensor):
        return f"the loss is a {type(loss).__name__}, not a tensor: it has no record"
    if not loss.requires_grad:
        return "the loss has no record: no param with a gradient leads to it"
    if loss.numel() != 1:
        return f"the loss has shape {tuple(loss.shape)}, where one number is needed: use .mean()"
    return "" if bool(loss.isfinite()) else f"the loss is {loss.item()}"


def _compared(
    loss_fn: Callable[[Any], Any], params: Any, named: dict[str, Tensor], loss: Tensor
) -> list[str]:
    "A sentence for each tensor whose slopes by autograd and by pushing differ."

    def value() -> float:
        return float(loss_fn(params).detach())

    if value() != loss.item():
        return [
            "loss_fn gives two losses for the same params, so no push was tried: does it draw at random, or remember?"
        ]
    tracked = {name: p for name, p in named.items() if p.requires_grad and not p.is_complex()}
    if not tracked:
        return []
    grads = torch.autograd.grad(
        loss.sum(), list(tracked.values()), retain_graph=True, allow_unused=True
    )
    pairs, eps = zip(tracked.items(), grads, strict=True), torch.finfo(loss.dtype).eps
    return [
        said
        for (name, p), grad in pairs
        if (said := _judged(name, p, grad, max(eps, torch.finfo(p.dtype).eps), value))
    ]


def _judged(
    name: str, p: Tensor, grad: Tensor | None, eps: float, value: Callable[[], float]
) -> str:
    "Where autograd and pushing part; empty if nowhere, or where left and right part, as they do at a kink."
    if grad is not None and not grad.isfinite().all():
        return f"the gradient of {name} has {int((~grad.isfinite()).sum())} nan or inf: is there a root or a log of 0 on the way?"
    walked = torch.zeros_like(p) if grad is None else grad.detach()
    flat = not walked.any()
    for place, way in _ways(p):
        slope = float((walked * way).sum())
        pushed, noise, spread = _pushed(p, way, eps, value)
        flat = flat and spread <= 2 * noise
        if _apart(slope, pushed, 0.05, noise + 3 * spread) and _borne_out(
            p, way, eps, value, pushed, noise
        ):
            said = "no way leads to it" if grad is None else f"its slope is {slope:.4g}"
            return f"{name}{place}: autograd says {said}, a push says {pushed:.4g}"
    return f"every slope along {name} is 0: a minimum, or no way leads to it" if flat else ""


def _borne_out(
    p: Tensor, way: Tensor, eps: float, value: Callable[[], float], pushed: float, noise: float
) -> bool:
    "Whether a push of an eighth and one of eight times the size say the same."
    others = [_pushed(p, way, eps, value, times) for times in (1 / 8, 8.0)]
    agree = all(not _apart(other, pushed, 0.03, noise + more) for other, more, _ in others)
    return agree and others[0][2] <= 0.2 * abs(pushed) + 2 * others[0][1]


def _place(p: Tensor, i: int) -> str:
    "Where `i` is in `p`, as an index."
    return (
        str([int(each) for each in torch.unravel_index(torch.tensor(i), p.shape)])
        if p.dim()
        else ""
    )


def _apart(one: float, other: float, share: float, noise: float) -> bool:
    return abs(one - other) > share * max(abs(one), abs(other)) + noise


def _ways(p: Tensor) -> Iterator[tuple[str, Tensor]]:
    "Up to eight places, and, where there are more, a random way along all of them; each of length 1."
    count = p.numel()
    for i in torch.linspace(0, count - 1, min(count, 8)).round().long().tolist() if count else []:
        one = torch.zeros(count, dtype=p.dtype, device=p.device)
        one[i] = 1
        yield _place(p, i), one.view(p.shape)
    if count > 8:
        signs = 2.0 * torch.randint(0, 2, p.shape, generator=torch.Generator().manual_seed(0)) - 1
        yield ", all places together", signs.to(p) / count**0.5


def _pushed(
    p: Tensor, way: Tensor, eps: float, value: Callable[[], float], times: float = 1.0
) -> tuple[float, float, float]:
    "The slope by central differences, how much of it may be rounding, and how far right and left part."
    kept = p.detach().clone()
    h = times * eps ** (1 / 3) * max(1.0, float((kept * way).norm()))
    with _put_back([p]), torch.no_grad():
        middle = value()
        ends = [_at(p, kept + sign * h * way, value) for sign in (1, -1)]
    right, left = (ends[0] - middle) / h, (middle - ends[1]) / h
    noise = 32 * eps * max(map(abs, ends)) / h
    return (right + left) / 2, noise, abs(right - left)


def _at(p: Tensor, moved: Tensor, value: Callable[[], float]) -> float:
    with torch.no_grad():
        p.copy_(moved)
    with torch.enable_grad():
        return value()
