"""What lesson 6 asks, and how it is judged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from autograd_tutorial.exercises.checker import Exercise, _Try, draw
from autograd_tutorial.gradients import numeric_grad


def _auto(f: Callable[[Tensor], Tensor], x: Tensor, g: Tensor) -> Tensor:
    "What arrives at `x` when `g` arrives at `f(x)`, by autograd."
    at = x.detach().clone().requires_grad_()
    return torch.autograd.grad(f(at), at, g)[0]


def _push(f: Callable[[Tensor], Tensor], x: Tensor, g: Tensor) -> Tensor:
    "The same by a small push: the slope of the sum of g times f."
    return numeric_grad(lambda at: (g.double() * f(at)).sum(), x)


Way = Callable[[Callable[[Tensor], Tensor], Tensor, Tensor], Tensor]


def _four(way: Way) -> Callable[..., dict[str, Any]]:
    def route(g: Tensor, x: Tensor, y: Tensor, n: int) -> dict[str, Any]:
        made = {
            "x + y": lambda at: at + y,
            "x * y": lambda at: at * y,
            "-x": lambda at: -at,
            "x ** n": lambda at: at**n,
        }
        return {f"`{name}`": way(f, x, g) for name, f in made.items()}

    return route


def _right_four(g: Any, x: Any, y: Any, n: int) -> dict[str, Any]:
    return {"x + y": g, "x * y": g * y, "-x": -g, "x ** n": g * n * x ** (n - 1)}


def _changed(
    right: Callable[..., dict[str, Any]], key: str, made: Callable[..., Any]
) -> Callable[..., dict[str, Any]]:
    "A wrong answer: one of the rules is `made`."
    return lambda *given: {**right(*given), key: made(*given)}


def _each(names: tuple[str, ...]) -> Callable[..., dict[str, Any]]:
    "What is judged: every entry of the dictionary that comes back."
    return lambda result, *given: {f"`{name}`": _entry(result, name) for name in names}


def _entry(result: dict[str, Any], name: str) -> Any:
    if name not in result:
        raise KeyError(f"the dictionary has no {name!r}")
    return result[name]


class _Rules(Exercise):
    "Several rules in one answer: an input is missed only where the rule that is wrong needs it."

    def _ignores(self, name: str, answer: Any, tries: list[_Try]) -> bool:
        wrong = next(list(each.parts)[-1] for each in tries if each.problem)
        if not super()._ignores(name, answer, tries):
            return False
        return any(
            not torch.equal(want[wrong], tries[seed].wants[0][wrong])
            for seed, _, want in self._mixed[name]
        )


def _four_inputs(g: torch.Generator) -> dict[str, Any]:
    n = int(torch.randint(2, 5, (), generator=g))
    return {"g": draw(g, 3), "x": draw(g, 3), "y": draw(g, 3), "n": n}


q1 = _Rules(
    "q1",
    "at_x",
    inputs=_four_inputs,
    routes={"autograd": _four(_auto), "a small push": _four(_push)},
    mistakes={
        "are these the values? Asked is what goes back to `x`": lambda g, x, y, n: {
            "x + y": x + y,
            "x * y": x * y,
            "-x": -x,
            "x ** n": x**n,
        },
        "are these the slopes alone? Each is multiplied by the `g` that arrives": lambda g, x, y, n: (
            _right_four(torch.ones_like(g), x, y, n)
        ),
        "does `x + y` share `g` out? A push of x moves the sum by all of it": _changed(
            _right_four, "x + y", lambda g, x, y, n: g / 2
        ),
        "is `x * y` what goes to `y`? What goes to `x` has the other factor in it": _changed(
            _right_four, "x * y", lambda g, x, y, n: g * x
        ),
        "does `x * y` leave out the `g` that arrives?": _changed(
            _right_four, "x * y", lambda g, x, y, n: y
        ),
        "is `x + y` its slope without `g`? What goes back is `g` times that": _changed(
            _right_four, "x + y", lambda g, x, y, n: 1
        ),
        "is 1.0 what goes back from `x + y`? It is multiplied by `g`": _changed(
            _right_four, "x + y", lambda g, x, y, n: 1.0
        ),
        "is -1 what goes back from `-x`? It is multiplied by `g`": _changed(
            _right_four, "-x", lambda g, x, y, n: -1
        ),
        "is `x` added to the `g` that arrives at `x + y`? Of its own value the slope knows nothing": _changed(
            _right_four, "x + y", lambda g, x, y, n: g + x
        ),
        "has `-x` lost its sign?": _changed(_right_four, "-x", lambda g, x, y, n: g),
        "is that the slope of `-x` without `g`?": _changed(
            _right_four, "-x", lambda g, x, y, n: -torch.ones_like(g)
        ),
        "has the `n` in front of the power been lost?": _changed(
            _right_four, "x ** n", lambda g, x, y, n: g * x ** (n - 1)
        ),
        "did the power stay at `n`, where it goes down by one?": _changed(
            _right_four, "x ** n", lambda g, x, y, n: g * n * x**n
        ),
        "is that the rule for a square, whatever `n` is?": _changed(
            _right_four, "x ** n", lambda g, x, y, n: 2 * g * x
        ),
        "does `x ** n` leave out the `g` that arrives?": _changed(
            _right_four, "x ** n", lambda g, x, y, n: n * x ** (n - 1)
        ),
        "is `g` added, where the chain rule multiplies?": lambda g, x, y, n: {
            "x + y": g + 1,
            "x * y": g + y,
            "-x": g - 1,
            "x ** n": g + n * x ** (n - 1),
        },
    },
    hint="Ask of each: push x a little, how far does the result move? That, times `g`, goes back.",
    solution="""
def at_x(g, x, y, n):
    return {"x + y": g, "x * y": g * y, "-x": -g, "x ** n": g * n * x ** (n - 1)}
""",
    result="",
    after=_each(("x + y", "x * y", "-x", "x ** n")),
)


def _curved(way: Way) -> Callable[..., dict[str, Any]]:
    def route(g: Tensor, x: Tensor, z: Tensor) -> dict[str, Any]:
        made = {name: way(getattr(torch, name), x, g) for name in ("exp", "log", "sqrt")}
        return {
            **{f"`{name}(x)`": part for name, part in made.items()},
            "`relu(z)`": way(torch.relu, z, g),
        }

    return route


def _right_curves(g: Any, x: Any, z: Any) -> dict[str, Any]:
    return {
        "exp(x)": g * x.exp(),
        "log(x)": g / x,
        "sqrt(x)": g / (2 * x.sqrt()),
        "relu(z)": g * (z > 0),
    }


def _curve_inputs(g: torch.Generator) -> dict[str, Any]:
    return {
        "g": draw(g, 4),
        "x": draw(g, 4).abs(),
        "z": draw(g, 4) * torch.tensor([1.0, -1.0, 1.0, 1.0]),
    }


def _slopes_alone(g: Any, x: Any, z: Any) -> dict[str, Any]:
    return _right_curves(torch.ones_like(g), x, z)


q2 = _Rules(
    "q2",
    "curves",
    inputs=_curve_inputs,
    routes={"autograd": _curved(_auto), "a small push": _curved(_push)},
    mistakes={
        "are these the slopes, or the values, alone? Each slope is multiplied by the `g` that arrives": _slopes_alone,
        "is the rule of a power used for `exp(x)`? Here x stands in the exponent": _changed(
            _right_curves, "exp(x)", lambda g, x, z: g * x * (x - 1).exp()
        ),
        "is `g` exponentiated, where x is?": _changed(
            _right_curves, "exp(x)", lambda g, x, z: x * g.exp()
        ),
        "is `g` multiplied by x, where the slope of the logarithm is one over x?": _changed(
            _right_curves, "log(x)", lambda g, x, z: g * x
        ),
        "is the logarithm itself handed on?": _changed(
            _right_curves, "log(x)", lambda g, x, z: g * x.log()
        ),
        "has the 2 under the root's slope been lost?": _changed(
            _right_curves, "sqrt(x)", lambda g, x, z: g / x.sqrt()
        ),
        "has the root's slope the wrong sign? It rises": _changed(
            _right_curves, "sqrt(x)", lambda g, x, z: -g / (2 * x.sqrt())
        ),
        "is the root multiplied, where it divides?": _changed(
            _right_curves, "sqrt(x)", lambda g, x, z: g * x.sqrt() / 2
        ),
        "does relu hand on the value, where it hands on `g` or nothing?": _changed(
            _right_curves, "relu(z)", lambda g, x, z: g * z.relu()
        ),
        "is relu taken of `g`? What counts is the sign of z": _changed(
            _right_curves, "relu(z)", lambda g, x, z: g.relu()
        ),
        "does relu let through what z below 0 should stop?": _changed(
            _right_curves, "relu(z)", lambda g, x, z: g
        ),
        "is relu the wrong way round?": _changed(
            _right_curves, "relu(z)", lambda g, x, z: g * (z < 0)
        ),
        "is relu's slope of 0 or 1 handed on without `g`?": _changed(
            _right_curves, "relu(z)", lambda g, x, z: (z > 0).float()
        ),
    },
    hint="The slopes are a curve that is its own slope, one over x, half of one over the root, and a switch that is 1 or 0; each times `g`.",
    solution="""
def curves(g, x, z):
    slopes = {"exp(x)": x.exp(), "log(x)": 1 / x, "sqrt(x)": 0.5 / x.sqrt(), "relu(z)": z > 0}
    return {name: g * slope for name, slope in slopes.items()}
""",
    result="",
    after=_each(("exp(x)", "log(x)", "sqrt(x)", "relu(z)")),
)

SHAPES = [
    ((4, 3), (3,)),
    ((2, 3), (2, 1)),
    ((3, 2), ()),
    ((2, 3, 2), (3, 1)),
    ((2, 3), (2, 3)),
    ((4, 1), (1, 1)),
    ((2, 2, 3), (1, 1, 3)),
]


def _spread_inputs(g: torch.Generator) -> dict[str, Any]:
    "Each check begins with another pair of shapes."
    wide, shape = SHAPES[g.initial_seed() % len(SHAPES)]
    return {"g": draw(g, *wide), "shape": shape}


def _by_autograd(g: Tensor, shape: tuple[int, ...]) -> Tensor:
    return _auto(lambda p: p + torch.zeros_like(g), torch.zeros(shape), g)


def _by_index(g: Tensor, shape: tuple[int, ...]) -> Tensor:
    "Every number is added to the place that it was copied from."
    places = torch.arange(torch.zeros(shape).numel()).reshape(shape).expand(g.shape)
    return (
        torch.zeros(int(places.max()) + 1)
        .index_add(0, places.flatten(), g.flatten())
        .reshape(shape)
    )


def _reduced(g: Tensor, shape: tuple[int, ...], how: str) -> Any:
    "As it should be, by another reduction than a sum."
    while g.ndim > len(shape):
        g = getattr(g, how)(0) if how != "amax" else g.amax(0)
    for i, n in enumerate(shape):
        g = getattr(g, how)(i, keepdim=True) if n == 1 else g
    return g


def _front_only(g: Tensor, shape: tuple[int, ...]) -> Tensor:
    while g.ndim > len(shape):
        g = g.sum(0)
    return g


def _first(g: Tensor, shape: tuple[int, ...]) -> Tensor:
    return g.flatten()[: torch.zeros(shape).numel()].reshape(shape)


def _stretched_only(g: Tensor, shape: tuple[int, ...]) -> Tensor:
    for i, n in enumerate(reversed(shape)):
        g = g.sum(-1 - i, keepdim=True) if n == 1 else g
    return g


def _dropped(g: Tensor, shape: tuple[int, ...]) -> Tensor:
    g = _front_only(g, shape)
    return g.sum([i for i, n in enumerate(shape) if n == 1]) if 1 in shape else g


def _as_numpy(g: Tensor, shape: tuple[int, ...]) -> Tensor:
    g = g.sum(tuple(range(g.ndim - len(shape))))
    return g.sum(tuple(i for i, n in enumerate(shape) if n == 1), keepdim=True)


q3 = Exercise(
    "q3",
    "undo",
    inputs=_spread_inputs,
    routes={"autograd": _by_autograd, "a sum by index": _by_index},
    mistakes={
        "is `g` handed on as it is, spread out?": lambda g, shape: 1 * g,
        "is it averaged? Slopes of several uses add up": lambda g, shape: _reduced(
            g, shape, "mean"
        ),
        "is the largest slope kept, where they add up?": lambda g, shape: _reduced(
            g, shape, "amax"
        ),
        "is only the first copy's slope kept? Each use counts": _first,
        "is everything added into one number, whatever the shape?": lambda g, shape: g.sum(),
        "is that total spread over the shape? Each number of `p` gets only what its own copies get": lambda g, shape: (
            g.sum().expand(shape)
        ),
        "are the dimensions that came in front undone, and those of size 1 not?": _front_only,
        "are the dimensions of size 1 undone, and those that came in front not?": _stretched_only,
        "did a dimension of size 1 get lost in the sum? `keepdim=True` keeps it": _dropped,
        "is the first dimension summed, whatever the shape?": lambda g, shape: g.sum(0),
        "is `sum(())` to add up nothing, as in numpy? In torch it adds up everything: leave it out where no dimension is named": _as_numpy,
        "does `expand` spread further, where spreading is to be undone?": lambda g, shape: g.sum(
            -1, keepdim=True
        ),
    },
    hint="First sum away the dimensions that `g` has too many of; they came in front. Then sum, and keep, those where `shape` says 1.",
    solution="""
def undo(g, shape):
    while g.ndim > len(shape):
        g = g.sum(0)
    for i, n in enumerate(shape):
        if n == 1:
            g = g.sum(i, keepdim=True)
    return g
""",
)


def _product_inputs(g: torch.Generator) -> dict[str, Any]:
    n, k, m = (int(each) for each in torch.randint(2, 5, (3,), generator=g))
    n, k, m = n + 3, k, m + (k == m)
    return {"g": draw(g, n, m), "X": draw(g, n, k), "W": draw(g, k, m)}


q4 = Exercise(
    "q4",
    "at_w",
    inputs=_product_inputs,
    routes={
        "autograd": lambda g, X, W: _auto(lambda w: X @ w, W, g),
        "a small push": lambda g, X, W: _push(lambda w: X.double() @ w, W, g),
    },
    mistakes={
        "is that what arrives at `X`? Asked is `W`": lambda g, X, W: g @ W.T,
        "is the product the right one, and turned over? Its shape is (m, k)": lambda g, X, W: (
            g.T @ X
        ),
        "is it averaged over the rows? Slopes of several uses add up": lambda g, X, W: (
            X.T @ g / len(X)
        ),
        "is `g` left out? The columns of X alone are summed": lambda g, X, W: X.sum(0)[
            :, None
        ].expand(W.shape),
        "is X left out? The rows of g alone are summed": lambda g, X, W: g.sum(0).expand(W.shape),
        "is only the first row used? Every row of X used W": lambda g, X, W: X[:1].T @ g[:1],
        "is the sign the wrong way round?": lambda g, X, W: -(X.T @ g),
        "is W multiplied in? It does not matter to its own slope, as with x · y": lambda g, X, W: (
            W * (X.T @ g)
        ),
        "is `X @ g` the order? The n rows of both have to meet, so one is transposed": lambda g, X, W: (
            X @ g
        ),
        "is `g @ X` the order? W's shape begins with the k of X": lambda g, X, W: g @ X,
        "is that W itself?": lambda g, X, W: 1 * W,
    },
    hint="What arrives at W has W's shape, (k, m); X is (n, k) and g is (n, m). Which one must be transposed, and which comes first?",
    solution="""
def at_w(g, X, W):
    return X.T @ g
""",
)


def _slopes_of(g: torch.Generator) -> dict[str, Any]:
    "Five values; each is made of some that came before it."
    slopes = torch.tril(draw(g, 5, 5), -1)
    used = torch.rand(5, 5, generator=g) < 0.6
    used |= torch.diag(torch.ones(4, dtype=torch.bool), -1) | torch.diag(
        torch.ones(3, dtype=torch.bool), -2
    )
    return {"slopes": slopes * used}


def _recorded(slopes: Tensor) -> Tensor:
    "By autograd: make the values as the table says, and walk back."
    pushes = torch.zeros(len(slopes)).requires_grad_()
    values: list[Tensor] = []
    for i, row in enumerate(slopes):
        values.append(
            pushes[i] + sum((row[j] * value for j, value in enumerate(values)), torch.tensor(0.0))
        )
    return torch.autograd.grad(values[-1], pushes)[0]


def _solved(slopes: Tensor) -> Tensor:
    "As one system of equations: what arrives is what all users hand on."
    n = len(slopes)
    return torch.linalg.solve(torch.eye(n) - slopes.T, torch.eye(n)[-1])


def _walk(
    slopes: Tensor,
    put: Callable[[Tensor, Tensor], Tensor],
    order: Callable[[int], Any] = lambda n: reversed(range(n)),
    begin: float = 1.0,
) -> Tensor:
    n = len(slopes)
    grads = torch.zeros(n)
    grads[-1] = begin
    for i in order(n):
        for j in range(i):
            if slopes[i, j] != 0:
                grads[j] = put(grads[j], grads[i] * slopes[i, j])
    return grads


def _depth_first(slopes: Tensor) -> Tensor:
    "A child is entered at once, before all that arrives at it has arrived; what it has by then is handed on again."
    grads, waiting = torch.zeros(len(slopes)), [len(slopes) - 1]
    grads[-1] = 1
    while waiting:
        i = waiting.pop()
        for j in range(i):
            if slopes[i, j] != 0:
                grads[j] += grads[i] * slopes[i, j]
                waiting.append(j)
    return grads


def _local_only(slopes: Tensor) -> Tensor:
    "Every value hands on its local derivatives, whatever arrived at it."
    grads = slopes.sum(0)
    grads[-1] = 1
    return grads


q5 = Exercise(
    "q5",
    "walk_back",
    inputs=_slopes_of,
    routes={"autograd": _recorded, "a system of equations": _solved},
    mistakes={
        "is it walked from first to last? What arrives at the end has to be known first": lambda slopes: (
            _walk(slopes, torch.add, range)
        ),
        "is a value walked again each time that something arrives? Wait until everything has": _depth_first,
        "are local derivatives added alone? Each is multiplied by what arrived, `grads[i]`": _local_only,
        "are `i` and `j` the wrong way round in `slopes`? Row `i` is what was made, column `j` what it was made from": lambda slopes: (
            _walk(slopes.T, torch.add)
        ),
        "does the end begin with 0? Its slope with respect to itself is 1": lambda slopes: _walk(
            slopes, torch.add, begin=0.0
        ),
        "is the end left out? It gets the 1 that the walk begins with": lambda slopes: (
            _walk(slopes, torch.add) * torch.tensor([1.0, 1, 1, 1, 0])
        ),
        "is only the last use counted, where an earlier one is overwritten too?": lambda slopes: (
            _walk(slopes, lambda old, new: old if old != 0 else new)
        ),
        "are slopes that arrive from several uses multiplied, where they add up?": lambda slopes: (
            _walk(slopes, lambda old, new: old * new if old != 0 else new)
        ),
        "is only the largest kept, where all add up?": lambda slopes: _walk(
            slopes, lambda old, new: torch.maximum(old, new) if old != 0 else new
        ),
    },
    hint="Look at a value that two others use. What is in its place when the second one hands its slope on?",
    solution="""
def walk_back(slopes):
    n = len(slopes)
    grads = torch.zeros(n)
    grads[-1] = 1
    for i in reversed(range(n)):
        for j in range(i):
            grads[j] += grads[i] * slopes[i, j]
    return grads
""",
    bug=lambda slopes: _walk(slopes, lambda old, new: new),
    symptom="a value that two others use gets the slope of one use alone",
)
