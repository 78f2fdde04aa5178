"""What lesson 1 asks, and how it is judged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from autograd_tutorial.exercises.checker import Exercise, Prediction, draw
from autograd_tutorial.gradients import numeric_grad


def _square(x: Tensor) -> Tensor:
    return x**2


def _cube(x: Tensor) -> Tensor:
    return x**3


def _auto(f: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    "The gradient of `f` at `x` by autograd, for routes."
    at = x.detach().clone().requires_grad_()
    return torch.autograd.grad(f(at).sum(), at)[0]


def _again() -> int:
    x = torch.tensor(2.0).requires_grad_()
    for _ in range(2):
        _square(x).backward()
    return int(x.grad)


p1 = Prediction("p1", (4, 8), _again, "does the second `backward` replace what the first one left?")


def _before_backward(t: Tensor) -> Any:
    t = t.detach().clone().requires_grad_()
    _cube(t)
    return t.grad


def _no_leaf(t: Tensor) -> Any:
    t = 1 * t.detach().clone().requires_grad_()
    _cube(t).backward()
    return t.grad


def _twice(t: Tensor) -> Any:
    t = t.detach().clone().requires_grad_()
    _cube(t).backward()
    _cube(t).backward()
    return t.grad


q1 = Exercise(
    "q1",
    "cube_slope",
    inputs=lambda g: {"t": draw(g)},
    routes={
        "autograd": lambda t: _auto(_cube, t),
        "a small push": lambda t: numeric_grad(_cube, t),
    },
    mistakes={
        "is that t³ itself, and not its slope?": _cube,
        "is that the slope of t²?": lambda t: 2 * t,
        "did you lose the factor 3 that comes down from the power?": lambda t: t**2,
        "did the power stay at 3 where it goes down by one?": lambda t: 3 * t**3,
        "did you lose the square?": lambda t: 3 * t,
        "is that dt/dy, the derivative upside down?": lambda t: 1 / (3 * t**2),
        "is the sign the wrong way round?": lambda t: -3 * t**2,
        "did two walks back add up in one `.grad`?": _twice,
        "is the push so small that t + h is t again?": lambda t: 0 * t,
        "is the push so large that the curve bends away?": lambda t: ((t + 0.1) ** 3 - t**3) / 0.1,
        "was `.grad` read before `backward`, or from a tensor that is no leaf? `backward` itself returns `None`, too": _before_backward,
        "was nothing asked to record? Call `requires_grad_()` on a copy of `t` first": lambda t: (
            _cube(t).backward()
        ),
    },
    hint="Make a copy of `t` that asks for gradients, compute its cube, walk back, and read `.grad` of the copy.",
    solution="""
def cube_slope(t):
    x = t.clone().requires_grad_()
    (x**3).backward()
    return x.grad
""",
)


def _refuse(x: Tensor) -> None:
    raise RuntimeError("this leaf takes no gradient from `backward`")


def _leaf_with_grad(g: torch.Generator) -> dict[str, Any]:
    "A leaf that `backward` cannot fill, and in half of the cases an old gradient in it."
    x, old, full = draw(g), draw(g), torch.rand((), generator=g) < 0.5
    x.requires_grad_().register_post_accumulate_grad_hook(_refuse)
    x.grad = old if full else None
    return {"x": x}


def _added(slope: Callable[[Tensor], Tensor]) -> Callable[[Tensor], dict[str, Any]]:
    "A route: the old gradient and the slope of x², and x as it was."

    def route(x: Tensor) -> dict[str, Any]:
        return {
            "`x.grad`": slope(x) + _old(x.grad),
            "`x` itself": x.detach().clone().requires_grad_(),
        }

    return route


def _put(made: Callable[[Tensor, Any], Any]) -> Callable[[Tensor], None]:
    "A wrong answer: `made` of x and the old gradient is put into x.grad."

    def answer(x: Tensor) -> None:
        x.grad = made(x.detach(), x.grad)

    return answer


def _old(grad: Any) -> Any:
    return 0 if grad is None else grad


q2 = Exercise(
    "q2",
    "walk_back",
    inputs=_leaf_with_grad,
    routes={
        "autograd": _added(lambda x: _auto(_square, x)),
        "a small push": _added(lambda x: numeric_grad(_square, x)),
    },
    mistakes={
        "does it overwrite the old gradient, where `backward` adds to it?": _put(
            lambda x, old: 2 * x
        ),
        "did you lose the 2 from the square?": _put(lambda x, old: x + _old(old)),
        "is the sign of the new slope the wrong way round?": _put(lambda x, old: _old(old) - 2 * x),
        "is the old gradient subtracted?": _put(lambda x, old: 2 * x - _old(old)),
        "are the two multiplied, where `backward` adds them?": _put(
            lambda x, old: 2 * x if old is None else 2 * x * old
        ),
        "is that x² itself, and not its slope?": _put(lambda x, old: x**2 + _old(old)),
        "is the slope added twice?": _put(lambda x, old: 4 * x + _old(old)),
        "is an old gradient kept as it is, with nothing added?": _put(
            lambda x, old: 2 * x if old is None else old
        ),
        "is nothing stored where `x.grad` was `None`?": _put(
            lambda x, old: None if old is None else 2 * x + old
        ),
        "is the slope computed, but not stored in `x.grad`?": lambda x: 2 * x.detach(),
        "does the slope carry a record? Take it from `x.detach()`": _put(
            lambda x, old: 2 * x.requires_grad_() + _old(old)
        ),
        "`.grad` starts as `None`: what will you add to then?": lambda x: x.grad.add_(
            2 * x.detach()
        ),
        "is that `backward` at work? Put the slope into `x.grad` yourself": lambda x: _square(
            x
        ).backward(),
    },
    hint="`x.grad` may be `None` or a tensor; the slope is 2x, taken from `x.detach()`.",
    solution="""
def walk_back(x):
    slope = 2 * x.detach()
    x.grad = slope if x.grad is None else x.grad + slope
""",
    result="",
    after=lambda result, x: {"`x.grad`": x.grad, "`x` itself": x},
    changes=("x",),
)


def _walked(g: torch.Generator) -> dict[str, Any]:
    "A leaf with the gradient of w³ in it, and a rate."
    w, lr = draw(g).requires_grad_(), 0.01 + 0.2 * torch.rand((), generator=g).item()
    _cube(w).backward()
    return {"w": w, "lr": lr}


def _moved(slope: Callable[[Tensor], Tensor]) -> Callable[[Tensor, float], dict[str, Any]]:
    "A route: what `w` should be, and that its gradient is cleared."

    def route(w: Tensor, lr: float) -> dict[str, Any]:
        leaf = (w.detach() - lr * slope(w)).requires_grad_()
        return {"what comes back": leaf, "`w` itself": leaf, "`w.grad`": None}

    return route


def _stepped(
    by: Callable[[Any, float], Any], clear: bool = True
) -> Callable[[Tensor, float], Tensor]:
    "A wrong answer: `w` is changed in place by `by`."

    def answer(w: Tensor, lr: float) -> Tensor:
        with torch.no_grad():
            w -= by(w, lr)
        if clear:
            w.grad = None
        return w

    return answer


def _new_leaf(w: Tensor, lr: float) -> Tensor:
    return (w - lr * w.grad).detach().requires_grad_()


def _recorded(w: Tensor, lr: float) -> Tensor:
    w -= lr * w.grad
    return w


def _lost(w: Tensor, lr: float) -> Tensor:
    with torch.no_grad():
        return w - lr * w.grad


def _cleared_first(w: Tensor, lr: float) -> Tensor:
    w.grad = None
    return _recorded(w, lr)


q3 = Exercise(
    "q3",
    "take_step",
    inputs=_walked,
    routes={
        "autograd": _moved(lambda w: _auto(_cube, w)),
        "a small push": _moved(lambda w: numeric_grad(_cube, w)),
    },
    mistakes={
        "does it climb? The gradient points uphill, so it is subtracted": _stepped(
            lambda w, lr: -lr * w.grad
        ),
        "is the old gradient still there, to be added to the next one?": _stepped(
            lambda w, lr: lr * w.grad, clear=False
        ),
        "is the learning rate left out?": _stepped(lambda w, lr: w.grad),
        "is a rate written in, where `lr` was given?": _stepped(lambda w, lr: 0.1 * w.grad),
        "is only the sign of the gradient used?": _stepped(lambda w, lr: lr * w.grad.sign()),
        "is the step taken twice?": _stepped(lambda w, lr: 2 * lr * w.grad),
        "is `w` subtracted, where its gradient was meant?": _stepped(lambda w, lr: lr * w),
        "is `w` multiplied, where a step is subtracted?": _stepped(lambda w, lr: w * (lr * w.grad)),
        "is that a new leaf? `w` itself has to move": _new_leaf,
        "did autograd watch the step? Put it inside `with torch.no_grad():`": _recorded,
        "is that a new tensor, or was `requires_grad` taken from it? Under `no_grad`, `w -= ...` changes the leaf itself": _lost,
        "is the gradient cleared before it is used, or read from a tensor that has none?": _cleared_first,
    },
    hint="`w = w - ...` makes a new tensor with a record. What changes a tensor in place, and what tells autograd to look away?",
    solution="""
def take_step(w, lr):
    with torch.no_grad():
        w -= lr * w.grad
    w.grad = None
    return w
""",
    result="what comes back",
    after=lambda result, w, lr: {
        "`w` itself": w,
        "`w.grad`": None if w.grad is None or not w.grad.any() else w.grad,
    },
    changes=("w",),
    bug=lambda w, lr: w - lr * w.grad,
    symptom="what comes back is no leaf, so the next `backward` leaves nothing in its `.grad`",
)


def _two_walks(x: Tensor, zero: bool = False, times: int = 2) -> Any:
    x = x.detach().clone().requires_grad_()
    for _ in range(times):
        if zero:
            x.grad = None
        _cube(x).backward()
    return x.grad


def _one_record(x: Tensor) -> Any:
    x = x.detach().clone().requires_grad_()
    y = _cube(x)
    y.backward()
    y.backward()
    return x.grad


q4 = Exercise(
    "q4",
    "two_walks",
    inputs=lambda g: {"x": draw(g)},
    routes={
        "autograd": lambda x: 2 * _auto(_cube, x),
        "a small push": lambda x: 2 * numeric_grad(_cube, x),
    },
    mistakes={
        "was the gradient cleared between the walks, or did only one happen?": lambda x: _two_walks(
            x, zero=True
        ),
        "did three walks add up?": lambda x: _two_walks(x, times=3),
        "is that x³ itself, and not a slope?": _cube,
        "is the sign the wrong way round?": lambda x: -6 * x**2,
        "are the slopes multiplied, where `.grad` adds them?": lambda x: (3 * x**2) ** 2,
        "is that the slope of x² twice?": lambda x: 4 * x,
        "did the power go down by two? The slope of x³ is 3x²": lambda x: 6 * x,
        "was `.grad` read before any `backward`, or from a tensor that is no leaf?": _before_backward,
    },
    hint="The first walk frees the record. What makes a new one?",
    solution="""
def two_walks(x):
    x = x.clone().requires_grad_()
    (x**3).backward()
    (x**3).backward()
    return x.grad
""",
    bug=_one_record,
    symptom="the second walk finds that the record of the first has been freed",
)
