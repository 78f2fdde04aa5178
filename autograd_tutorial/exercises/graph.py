"""What lesson 5 asks, and how it is judged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from autograd_tutorial.exercises.checker import Exercise, Prediction, draw
from autograd_tutorial.gradients import numeric_grad


def _steps() -> int:
    "Of the walk back through thirty doublings: one for each object that runs, and one for the leaf."
    ran: list[str] = []
    z = x = torch.tensor(3.0).requires_grad_()
    for _ in range(30):
        z = z + z
        z.grad_fn.register_hook(lambda *_: ran.append("+"))
    z.backward()
    return len(ran) + (x.grad is not None)


p1 = Prediction(
    "p1",
    (31, 2**30),
    _steps,
    "what does an object do with what comes in on two ways: pass each on, or wait and add?",
)


def _chain(x: Tensor) -> Tensor:
    return x.sin().exp() ** 2


def _refuse(x: Tensor) -> None:
    raise RuntimeError("nothing may be added to the leaf: no backward, and stop before its object")


def _ended(g: torch.Generator) -> dict[str, Any]:
    "A result whose leaf takes no gradient from `backward`."
    x = draw(g).requires_grad_()
    x.register_post_accumulate_grad_hook(_refuse)
    return {"y": _chain(x)}


def _objects(y: Tensor) -> list[Any]:
    "From the result to the leaf."
    fns: list[Any] = [y.grad_fn]
    while fns[-1].next_functions:
        fns.append(fns[-1].next_functions[0][0])
    return fns


def _locals(y: Tensor) -> list[Tensor]:
    return [fn(torch.ones(())).detach() for fn in _objects(y)[:-1]]


def _leaf(y: Tensor) -> Tensor:
    leaf: Tensor = _objects(y)[-1].variable
    return leaf


def _slope(y: Tensor) -> Tensor:
    return torch.autograd.grad(y, _leaf(y), retain_graph=True)[0]


q1 = Exercise(
    "q1",
    "slope_of",
    inputs=_ended,
    routes={"autograd": _slope, "a small push": lambda y: numeric_grad(_chain, _leaf(y).detach())},
    mistakes={
        "did the walk stop after the first operation?": lambda y: _locals(y)[0],
        "is the first operation left out? The walk starts at `y.grad_fn`": lambda y: (
            _locals(y)[1] * _locals(y)[2]
        ),
        "did the walk stop before the last operation?": lambda y: _locals(y)[0] * _locals(y)[1],
        "is every operation handed a 1, where it should get what the one before gave out?": lambda y: (
            _locals(y)[-1]
        ),
        "are the local derivatives added, where they multiply?": lambda y: torch.stack(
            _locals(y)
        ).sum(),
        "does the walk start with y itself? It starts with a 1: y moves as y does": lambda y: (
            y * _slope(y)
        ).detach(),
        "is that y, and not a slope?": lambda y: y.detach(),
        "is that the value of the leaf, and not a slope?": lambda y: _leaf(y).detach(),
        "is that dx/dy, the derivative upside down?": lambda y: 1 / _slope(y),
        "is it the rule's own record that is in the way? Hand over the number with `.detach()`": lambda y: (
            _slope(y).requires_grad_() * 1
        ),
    },
    hint="An object of the record can be called with what comes in; `next_functions[0][0]` is the next one, and the last has a `variable`.",
    solution="""
def slope_of(y):
    fn, slope = y.grad_fn, torch.ones(())
    while fn.next_functions:
        slope = fn(slope)
        fn = fn.next_functions[0][0]
    return slope.detach()
""",
)


def _times(g: torch.Generator) -> dict[str, Any]:
    n = int(torch.randint(3, 9, (), generator=g))
    return {"came": draw(g, n), "a": draw(g), "times": draw(g, n)}


def _by_autograd(came: Tensor, a: Tensor, times: Tensor) -> Tensor:
    leaf = a.detach().clone().requires_grad_()
    return torch.autograd.grad(leaf * times, leaf, came)[0]


q2 = Exercise(
    "q2",
    "back_to_a",
    inputs=_times,
    routes={
        "autograd": _by_autograd,
        "a small push": lambda came, a, times: numeric_grad(
            lambda at: (came.double() * (at * times.double())).sum(), a
        ),
    },
    mistakes={
        "is `a` one number, used n times? Then what goes out to it is one number too": lambda came, a, times: (
            came * times
        ),
        "is that the mean, where a value used n times gets the sum?": lambda came, a, times: (
            came * times
        ).mean(),
        "is the other factor left out?": lambda came, a, times: came.sum(),
        "is it multiplied by `a` itself? The local derivative is the other factor": lambda came, a, times: (
            (came * a).sum()
        ),
        "is what came in left out?": lambda came, a, times: times.sum(),
        "is the sum taken before the product? Each slope goes with its own factor": lambda came, a, times: (
            came.sum() * times.sum()
        ),
        "is `a` multiplied in again? What goes out to `a` does not depend on it": lambda came, a, times: (
            (came * times * a).sum()
        ),
        "is that the value, and not what goes back?": lambda came, a, times: (a * times).sum(),
        "is that what goes out to `times`?": lambda came, a, times: came * a,
    },
    hint="Each of the n products has the local derivative `times[i]`; `a` is used in all of them.",
    solution="""
def back_to_a(came, a, times):
    return (came * times).sum()
""",
)


def _parts(slope: Callable[[Tensor], Tensor]) -> Callable[[Tensor], dict[str, Any]]:
    "A route: the value with a record, the slope that autograd finds, and the slope of that: what is detached does not move with `x`."

    def route(x: Tensor) -> dict[str, Any]:
        return dict(
            zip(_ASKED, (slope(x.detach()), torch.zeros(())), strict=True), **{"the result": x**3}
        )

    return route


_ASKED = ("the slope that autograd finds at `x`", "the slope of that slope")


def _asked(result: Any, x: Tensor) -> dict[str, Any]:
    (slope,) = torch.autograd.grad(result, x, create_graph=True, allow_unused=True)
    again = (
        torch.autograd.grad(slope, x, allow_unused=True)[0]
        if slope is not None and slope.requires_grad
        else None
    )
    return dict(
        zip(
            _ASKED,
            (
                None if slope is None else slope.detach(),
                torch.zeros_like(x) if again is None else again,
            ),
            strict=True,
        )
    )


q3 = Exercise(
    "q3",
    "one_recorded",
    inputs=lambda g: {"x": draw(g).requires_grad_()},
    routes={
        "autograd": _parts(lambda x: torch.func.grad(lambda t: t * x**2)(x)),
        "a small push": _parts(lambda x: numeric_grad(lambda t: t * x**2, x)),
    },
    mistakes={
        "are all three factors recorded?": lambda x: x**3,
        "are two of the three factors recorded?": lambda x: x**2 * x.detach(),
        "is every factor detached, so that nothing is left to walk back?": lambda x: (
            x.detach() ** 3
        ),
        "is one factor missing?": lambda x: x * x.detach(),
        "is that three times the value?": lambda x: x * x.detach() ** 2 * 3,
        "is that copy a leaf of its own, not `x`? Then nothing leads back to `x`": lambda x: (
            x.detach().requires_grad_() * x.detach() ** 2
        ),
        "are the factors added?": lambda x: x + 2 * x.detach(),
        "is a third of x³ recorded, with all its factors? Of one factor alone, the slope does not move with `x`": lambda x: (
            x**3 / 3 + (2 * x**3 / 3).detach()
        ),
        "is half of x³ recorded, with two of its factors? Of one factor alone, the slope does not move with `x`": lambda x: (
            (x**2 * x.detach() + x.detach() ** 3) / 2
        ),
    },
    hint="A detached factor counts in the value, and is a constant to the walk back.",
    solution="""
def one_recorded(x):
    return x * x.detach() ** 2
""",
    after=_asked,
)


def _fork(b: Tensor) -> Tensor:
    return b**2 + b


def _kept(x: Tensor, f: Callable[[Tensor], Tensor] = _fork) -> Tensor:
    slope: Tensor = torch.func.grad(f)(2 * x.detach())
    return slope


def _past(x: Tensor) -> Any:
    x = x.clone().requires_grad_()
    b = 2 * x
    b.retain_grad()
    (b**2 + 2 * x).backward()
    return b.grad


q4 = Exercise(
    "q4",
    "slope_at_b",
    inputs=lambda g: {"x": draw(g)},
    routes={"autograd": _kept, "a small push": lambda x: numeric_grad(_fork, 2 * x)},
    mistakes={
        "is that the slope with respect to `x`? It has gone through one operation more": lambda x: (
            2 * _kept(x)
        ),
        "is the way through the power missing?": lambda x: torch.ones_like(x),
        "is that the slope at `x`, where `b` is twice as far?": lambda x: _kept(x / 2),
        "is that the value, and not a slope?": lambda x: _fork(2 * x),
        "is the sign the wrong way round?": lambda x: -_kept(x),
        "is `b` read before anything came back?": lambda x: 0 * x,
    },
    hint="Draw the graph of what is walked back, with `show_graph`. How many ways lead from the result to `b`?",
    solution="""
def slope_at_b(x):
    x = x.clone().requires_grad_()
    b = 2 * x
    b.retain_grad()
    (b**2 + b).backward()
    return b.grad
""",
    bug=_past,
    symptom="at x = 3 it returns 12, where 13 comes in at `b`",
)
