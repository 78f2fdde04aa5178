"""What lesson 5 asks, and how it is judged."""

from typing import Any

import torch
from torch import Tensor

from autograd_tutorial.exercises.checker import Exercise
from autograd_tutorial.exercises.drawing import draw, draw_whole
from autograd_tutorial.exercises.predictions import Prediction
from autograd_tutorial.exercises.routes import Slope, by_slopes, slope
from autograd_tutorial.gradients import numeric_grad
from autograd_tutorial.graph.pytorch import record

p1 = Prediction("It multiplies what comes in by 2x, the slope of x², and x is {x:g}.")
p2 = Prediction("The end of the road: it adds to `x.grad`, and there is one for each leaf.")
p3 = Prediction(
    "Push `b`, and `y` moves in two ways, through the power and directly: both effects add up."
)
p4 = Prediction(
    "The short way is there in step 1. Still it waits until both have come in, adds, and only then goes on."
)
p5 = Prediction(
    "Each box is visited once, and so is the leaf; what arrives there has come by {ways:,} ways."
)
p6 = Prediction("`b` has the copy of one walk, the leaf the sum of two: 26 + 26.")
p7 = Prediction(
    "`detach` gives the value and leaves the record behind: a constant, like the 2 above."
)
p8 = Prediction("An addition has nothing that could be freed: 1 + 1 = {found:g} in `x.grad`.")
p9 = Prediction(
    "Nine operations: root, mean, square, minus, two plus, two times, taking apart; then the leaf."
)
p10 = Prediction(
    "Each product keeps the other factor of `a` or `b`: twenty t², twenty t. The square keeps twenty misses, the root its own result. `a` and `b` are not kept: t² and t ask for no slope."
)


def _long_or_short(g: torch.Generator) -> dict[str, Any]:
    "A result after one operation or up to four."
    x, n = draw(g).requires_grad_(), draw_whole(g, 1, 4)
    y = x.exp()
    for turn in range(1, n):
        y = y.exp() if turn == 2 else y.sin()
    return {"y": y}


def _objects(y: Tensor) -> list[Any]:
    "From the result to the leaf."
    fns: list[Any] = [y.grad_fn]
    while fns[-1].next_functions:
        fns.append(fns[-1].next_functions[0][0])
    return fns


def _leaf(y: Tensor) -> Tensor:
    leaf: Tensor = _objects(y)[-1].variable
    return leaf


def _slope(y: Tensor) -> Tensor:
    return torch.autograd.grad(y, _leaf(y), retain_graph=True)[0]


LEAF, REACHED = "the leaf", "what a walk back from `y` reaches"


def _by_record(y: Tensor) -> Tensor:
    graph = record(y)
    return torch.tensor(graph.nodes[graph.order[-1]].value).requires_grad_()


def _wrong_ends(y: Tensor) -> dict[str, Any]:
    leaf = _leaf(y)
    return {
        "is that a copy of the leaf? Nothing leads from `y` to it": (
            leaf.detach().clone().requires_grad_()
        ),
        "is that computed from the leaf? The leaf itself hangs at the end": leaf * 1,
        "is that the object, where the tensor that it stores into was asked?": (
            lambda y: _objects(y)[-1]
        ),
        "is that the first object of the walk? The leaf hangs at the last": lambda y: y.grad_fn,
        "is that the object one arrow on? Some roads are longer, and a tensor was asked": (
            lambda y: y.grad_fn.next_functions[0][0]
        ),
        "does it stop before the end? Roads differ in length": (
            lambda y: y.grad_fn.next_functions[0][0].variable
        ),
        "does the walk go past the end, where there are no more arrows?": _too_far,
        "is that the slope, where the leaf was asked?": _slope(y),
    }


def _too_far(y: Tensor) -> Any:
    fn = y.grad_fn
    while fn is not None:
        fn = fn.next_functions[0][0]


q1 = Exercise(
    "q1",
    "leaf_of",
    inputs=_long_or_short,
    routes={
        "the objects in turn": lambda y: dict.fromkeys((LEAF, REACHED), _leaf(y)),
        "`record`": lambda y: dict.fromkeys((LEAF, REACHED), _by_record(y)),
    },
    mistakes=_wrong_ends,
    hint_words="`next_functions[0][0]` is the next object; go on while there is one, and the last has a `variable`.",
    solution_code="""
def leaf_of(y):
    fn = y.grad_fn
    while fn.next_functions:
        fn = fn.next_functions[0][0]
    return fn.variable
""",
    slips=(
        "return y.grad_fn.next_functions[0][0]",
        "return y.grad_fn.next_functions[0][0].variable",
        "fn = y.grad_fn\nwhile fn.next_functions:\n    fn = fn.next_functions[0][0]\nreturn fn",
        "fn = y.grad_fn\nwhile fn.next_functions:\n    fn = fn.next_functions[0][0]\nreturn fn.variable.clone()",
    ),
    result=LEAF,
    after=lambda leaf, y: {REACHED: leaf if leaf is _leaf(y) else None},
)


def _times(g: torch.Generator) -> dict[str, Any]:
    n = draw_whole(g, 3, 8)
    return {"came": draw(g, n), "a": draw(g), "times": draw(g, n)}


def _wrong_uses(came: Tensor, a: Tensor, times: Tensor) -> dict[str, Any]:
    return {
        "is `a` one number, used n times? Then what goes out to it is one number too": came * times,
        "is that the mean, where a value used n times gets the sum?": (came * times).mean(),
        "is it multiplied by `a` itself? The local derivative is the other factor": a * came.sum(),
        "is the sum taken before the product? Each slope goes with its own factor": (
            came.sum() * times.sum()
        ),
        "is that the value, and not what goes back?": (a * times).sum(),
        "does the last product alone count? `+=` adds up": came[-1] * times[-1],
    }


q2 = Exercise(
    "q2",
    "back_to_a",
    inputs=_times,
    routes=by_slopes(lambda slope, came, a, times: slope(lambda at: at * times, a, came)),
    mistakes=_wrong_uses,
    hint_words="Each of the n products has the local derivative `times[i]`; `a` is used in all of them.",
    solution_code="""
def back_to_a(came, a, times):
    return (came * times).sum()
""",
    slips=(
        "return came * times",
        "return (came * times).mean()",
        "return a * came.sum()",
    ),
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


def _wrong_chains(y: Tensor) -> dict[str, Any]:
    each = [fn(torch.ones(())).detach() for fn in _objects(y)[:-1]]
    return {
        "did the walk stop after the first operation?": each[0],
        "is the first operation left out? The walk starts at `y.grad_fn`": each[1] * each[2],
        "did the walk stop before the last operation?": each[0] * each[1],
        "does the walk start with y itself? It starts with a 1: y moves as y does": (
            y.detach() * _slope(y)
        ),
        "is every operation handed a 1, where it should get what the one before gave out?": each[
            -1
        ],
        "are the local derivatives added up? One multiplies the other": torch.stack(each).sum(),
        "is that the value of the leaf, and not a slope?": _leaf(y).detach(),
        "is what came in multiplied in twice? An object has done so already": (
            each[0] ** 4 * each[1] ** 2 * each[2]
        ),
    }


q3 = Exercise(
    "q3",
    "slope_of",
    inputs=_ended,
    routes={"autograd": _slope, "a small push": lambda y: numeric_grad(_chain, _leaf(y).detach())},
    mistakes=_wrong_chains,
    hint_words="An object of the record can be called with what comes in; `next_functions[0][0]` is the next one, and the last has a `variable`.",
    solution_code="""
def slope_of(y):
    fn, slope = y.grad_fn, torch.ones(())
    while fn.next_functions:
        slope = fn(slope)
        fn = fn.next_functions[0][0]
    return slope.detach()
""",
    slips=(
        "return y.grad_fn(torch.ones(())).detach()",
        "fn = y.grad_fn\nwhile fn.next_functions:\n    slope = fn(torch.ones(()))\n    fn = fn.next_functions[0][0]\nreturn slope.detach()",
        "fn, slope = y.grad_fn, y\nwhile fn.next_functions:\n    slope = fn(slope)\n    fn = fn.next_functions[0][0]\nreturn slope.detach()",
    ),
)


FOUND, AGAIN = "the slope that autograd finds at `x`", "the slope of that slope"


def _one_factor(slope: Slope, x: Tensor) -> dict[str, Any]:
    "The value with a record, the slope that autograd finds, and the slope of that: what is detached does not move with `x`."
    found = slope(lambda t: t * x.detach() ** 2, x)
    return {FOUND: found, AGAIN: torch.zeros(()), "the result": x**3}


def _found(result: Any, x: Tensor) -> dict[str, Any]:
    (found,) = torch.autograd.grad(result, x, create_graph=True, allow_unused=True)
    again = None
    if found is not None and found.requires_grad:
        (again,) = torch.autograd.grad(found, x, allow_unused=True)
    return {
        FOUND: None if found is None else found.detach(),
        AGAIN: torch.zeros_like(x) if again is None else again,
    }


def _wrong_records(x: Tensor) -> dict[str, Any]:
    still = x.detach()
    return {
        "are all three factors recorded?": x**3,
        "are two of the three factors recorded?": x**2 * still,
        "is every factor detached, so that nothing is left to walk back?": still**3,
        "is one factor missing?": x * still,
        "is that copy a leaf of its own, not `x`? Then nothing leads back to `x`": (
            still.clone().requires_grad_() * still**2
        ),
        "is a third of x³ recorded, with all its factors? Of one factor alone, the slope does not move with `x`": (
            x**3 / 3 + 2 * still**3 / 3
        ),
    }


q4 = Exercise(
    "q4",
    "one_recorded",
    inputs=lambda g: {"x": draw(g).requires_grad_()},
    routes=by_slopes(_one_factor),
    mistakes=_wrong_records,
    hint_words="A detached factor counts in the value, and is a constant to the walk back.",
    solution_code="""
def one_recorded(x):
    return x * x.detach() ** 2
""",
    slips=(
        "return x**3",
        "return x.detach() ** 3",
        "return x * x * x.detach()",
    ),
    after=_found,
)


def _fork(b: Tensor) -> Tensor:
    return b**2 + b


def _past(x: Tensor) -> Tensor:
    "What arrives at `b` where one of the two ways leads past it."
    return slope(lambda b: b**2, 2 * x)


def _wrong_forks(x: Tensor) -> dict[str, Any]:
    right = slope(_fork, 2 * x)
    return {
        "is that the slope with respect to `x`? It has gone through one operation more": 2 * right,
        "is the way through the power missing?": torch.ones_like(x),
        "is that the slope at `x`, where `b` is twice as far?": slope(_fork, x),
        "is that the value, and not a slope?": _fork(2 * x),
        "is that `b`, and not a slope?": 2 * x,
    }


q5 = Exercise(
    "q5",
    "slope_at_b",
    inputs=lambda g: {"x": draw(g)},
    routes=by_slopes(lambda slope, x: slope(_fork, 2 * x)),
    mistakes=_wrong_forks,
    hint_words="Draw the graph of what is walked back, with `show_graph`. How many ways lead from the result to `b`?",
    solution_code="""
def slope_at_b(x):
    x = x.clone().requires_grad_()
    b = 2 * x
    b.retain_grad()
    (b**2 + b).backward()
    return b.grad
""",
    bug=_past,
    symptom="at x = 3 it returns 12, where 13 comes in at `b`",
    seen="Values with two uses are where engines go wrong: micrograd's first version did (karpathy/micrograd#2 on GitHub).",
)
