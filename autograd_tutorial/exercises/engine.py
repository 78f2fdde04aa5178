"""What lesson 6 asks, and how it is judged."""

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from autograd_tutorial.exercises.checker import Exercise
from autograd_tutorial.exercises.drawing import draw, draw_whole
from autograd_tutorial.exercises.predictions import Prediction
from autograd_tutorial.exercises.routes import Slope, by_slopes, slope
from autograd_tutorial.exercises.trials import Problem

p1 = Prediction(
    "The inverse gets 6; its own slope is -1/2², so 6 · (-1/4). A larger 2, a smaller quotient."
)
p2 = Prediction("Push any of them by 1, and the sum moves by 1: times 2.")
p3 = Prediction("The product, which has no name of yours, and `x` itself.")
p4 = Prediction("2 and 2 through the product, 1 from the sum: 2x + 1, as by hand.")
p5 = Prediction("Python gives up after some thousand calls within calls.")
p6 = Prediction("A loss of {loss:.4f}, and the slopes {slopes}.")
p7 = Prediction("One over twice the root.")
p8 = Prediction("One for each number that was computed.")

FILL_IN = "write behind the names that stand there, and end the function on `return`"
Rules = dict[str, Any]  # what goes back to `x`, by the operation


def _each(names: tuple[str, ...]) -> Callable[..., dict[str, Any]]:
    "What is judged: every entry of the dictionary that comes back."

    def entries(result: Rules, *given: Any) -> dict[str, Any]:
        if not isinstance(result, dict):
            came = "`None`" if result is None else f"of type {type(result).__name__}"
            words = f"the result is {came}, where the dictionary of the task was expected"
            raise Problem("none" if result is None else "type", words, FILL_IN)
        for name in names:
            if name not in result:
                raise Problem("type", f"the dictionary has no `{name}`", FILL_IN)
        return {f"`{name}`": result[name] for name in names}

    return entries


def _four_inputs(g: torch.Generator) -> dict[str, Any]:
    return {"g": draw(g, 3), "x": draw(g, 3), "y": draw(g, 3), "n": draw_whole(g, 2, 4)}


def _four(slope: Slope, g: Tensor, x: Tensor, y: Tensor, n: int) -> dict[str, Any]:
    return {
        "`x + y`": slope(lambda at: at + y, x, g),
        "`x * y`": slope(lambda at: at * y, x, g),
        "`-x`": slope(lambda at: -at, x, g),
        "`x ** n`": slope(lambda at: at**n, x, g),
    }


def _changed(right: Rules, name: str, made: Any) -> Rules:
    "Right but for one of the rules."
    return right | {name: made}


def _each_changed(right: Rules, words: str, made: Rules) -> dict[str, Any]:
    "The same mistake in one rule alone, for each."
    return {words.format(f"`{name}`"): _changed(right, name, each) for name, each in made.items()}


def _right_four(g: Tensor, x: Tensor, y: Tensor, n: int) -> Rules:
    return {"x + y": g, "x * y": g * y, "-x": -g, "x ** n": g * n * x ** (n - 1)}


def _wrong_four(g: Tensor, x: Tensor, y: Tensor, n: int) -> dict[str, Any]:
    right, ones = _right_four(g, x, y, n), torch.ones_like(g)
    slopes = _right_four(ones, x, y, n)
    add, times, _, power = (partial(_changed, right, name) for name in right)
    values = {"x + y": x + y, "x * y": x * y, "-x": -x, "x ** n": x**n}
    added = {name: g + slope for name, slope in slopes.items()}
    return {
        **_each_changed(
            right, "does {} leave out the `g` that arrives? It multiplies the slope", slopes
        ),
        **_each_changed(right, "is that the value of {}? Asked is what goes back to `x`", values),
        **_each_changed(right, "is `g` added at {}, where the chain rule multiplies?", added),
        "does `x + y` share `g` out? A push of x moves the sum by all of it": add(g / 2),
        "is `x * y` what goes to `y`? What goes to `x` has the other factor in it": times(g * x),
        "did the power stay at `n`, where it goes down by one?": power(g * n * x**n),
        "are brackets missing? `x**n - 1` takes 1 from the power, `x ** (n - 1)` from the exponent": (
            power(g * n * x**n - 1)
        ),
        "are `n` and `n - 1` in each other's places?": power(g * (n - 1) * x**n),
        "does `x` stand in the exponent, where `n` does?": power(g * n**x),
    }


q1 = Exercise(
    "q1",
    "at_x",
    inputs=_four_inputs,
    routes=by_slopes(_four),
    mistakes=_wrong_four,
    hint_words="Ask of each: push x a little, how far does the result move? That, times `g`, goes back.",
    solution_code="""
def at_x(g, x, y, n):
    return {"x + y": g, "x * y": g * y, "-x": -g, "x ** n": g * n * x ** (n - 1)}
""",
    slips=(
        'return {"x + y": g, "x * y": g * x, "-x": -g, "x ** n": g * n * x ** (n - 1)}',
        'return {"x + y": g / 2, "x * y": g * y, "-x": -g, "x ** n": g * n * x ** (n - 1)}',
        'return {"x + y": g, "x * y": g * y, "-x": -g, "x ** n": g * n * x**n}',
    ),
    result="",
    after=_each(("x + y", "x * y", "-x", "x ** n")),
)


def _curve_inputs(g: torch.Generator) -> dict[str, Any]:
    z = draw(g, 4) * torch.tensor([1.0, -1.0, 1.0, 1.0])
    return {"g": draw(g, 4), "x": draw(g, 4).abs(), "z": z}


def _curved(slope: Slope, g: Tensor, x: Tensor, z: Tensor) -> dict[str, Any]:
    made = {f"`{name}(x)`": slope(getattr(torch, name), x, g) for name in ("exp", "log", "sqrt")}
    return made | {"`relu(z)`": slope(torch.relu, z, g)}


def _wrong_curves(g: Tensor, x: Tensor, z: Tensor) -> dict[str, Any]:
    on = 1.0 * (z > 0)
    slopes = {"exp(x)": x.exp(), "log(x)": 1 / x, "sqrt(x)": 0.5 / x.sqrt(), "relu(z)": on}
    values = {"log(x)": x.log(), "sqrt(x)": x.sqrt(), "relu(z)": z.relu()}
    right = {name: g * slope for name, slope in slopes.items()}
    exp, log, sqrt, relu = (partial(_changed, right, name) for name in right)
    return {
        **_each_changed(
            right, "does {} leave out the `g` that arrives? It multiplies the slope", slopes
        ),
        **_each_changed(right, "is that the value of {}? Asked is what goes back", values),
        "is the rule of a power used for `exp(x)`? Here x stands in the exponent": (
            exp(g * x * (x - 1).exp())
        ),
        "is the logarithm itself handed on?": log(g * x.log()),
        "has the 2 under the root's slope been lost?": sqrt(g / x.sqrt()),
        "is that the slope of a square?": sqrt(2 * g * x),
        "does relu hand on the value, where it hands on `g` or nothing?": relu(g * z.relu()),
        "is relu the wrong way round?": relu(g * (z < 0)),
    }


q2 = Exercise(
    "q2",
    "curves",
    inputs=_curve_inputs,
    routes=by_slopes(_curved),
    mistakes=_wrong_curves,
    hint_words="The slopes are a curve that is its own slope, one over x, half of one over the root, and a switch that is 1 or 0; each times `g`.",
    solution_code="""
def curves(g, x, z):
    slopes = {"exp(x)": x.exp(), "log(x)": 1 / x, "sqrt(x)": 0.5 / x.sqrt(), "relu(z)": z > 0}
    return {name: g * slope for name, slope in slopes.items()}
""",
    slips=(
        'slopes = {"exp(x)": x.exp(), "log(x)": 1 / x, "sqrt(x)": 0.5 / x.sqrt(), "relu(z)": z.relu()}\nreturn {name: g * slope for name, slope in slopes.items()}',
        'slopes = {"exp(x)": x.exp(), "log(x)": 1 / x, "sqrt(x)": 1 / x.sqrt(), "relu(z)": z > 0}\nreturn {name: g * slope for name, slope in slopes.items()}',
        'slopes = {"exp(x)": x.exp(), "log(x)": x.log(), "sqrt(x)": 0.5 / x.sqrt(), "relu(z)": z > 0}\nreturn {name: g * slope for name, slope in slopes.items()}',
    ),
    result="",
    after=_each(("exp(x)", "log(x)", "sqrt(x)", "relu(z)")),
)

Shape = tuple[int, ...]
SHAPES: list[tuple[Shape, Shape]] = [
    ((4, 3), (3,)),
    ((2, 3), (2, 1)),
    ((3, 2), ()),
    ((2, 3, 2), (1, 2)),
    ((2, 3), (2, 3)),
    ((4, 1), (1, 1)),
    ((2, 2, 3), (1, 1, 3)),
]


def _spread_inputs(g: torch.Generator) -> dict[str, Any]:
    "Each check begins with another pair of shapes."
    wide, shape = SHAPES[g.initial_seed() % len(SHAPES)]
    return {"g": draw(g, *wide), "shape": shape}


def _by_index(g: Tensor, shape: Shape) -> Tensor:
    "Every number is added to the place that it was copied from."
    places = torch.arange(torch.zeros(shape).numel()).reshape(shape).expand(g.shape)
    return torch.zeros(shape).put(places, g, accumulate=True)


def _without_front(g: Tensor, shape: Shape) -> Tensor:
    return g.sum(tuple(range(g.ndim - len(shape)))) if g.ndim > len(shape) else g


def _as_numpy(g: Tensor, shape: Shape) -> Tensor:
    g = g.sum(tuple(range(g.ndim - len(shape))))
    return g.sum(tuple(i for i, n in enumerate(shape) if n == 1), keepdim=True)


def _wrong_reductions(g: Tensor, shape: Shape) -> dict[str, Any]:
    front, copies = _without_front(g, shape), g.numel() / torch.zeros(shape).numel()
    ones = [i for i, n in enumerate(shape) if n == 1]
    return {
        "is `g` handed on as it is, spread out?": 1 * g,
        "is it averaged? Slopes of several uses add up": _by_index(g, shape) / copies,
        "is everything added into one number, whatever the shape?": g.sum(),
        "is that total spread over the shape? Each number of `p` gets only what its own copies get": (
            g.sum().expand(shape)
        ),
        "are the dimensions that came in front undone, and those of size 1 not?": front,
        "did a dimension of size 1 get lost in the sum? `keepdim=True` keeps it": (
            front.sum(ones) if ones else front
        ),
        "is `sum(())` to add up nothing, as in numpy? In torch it adds up everything: leave it out where no dimension is named": _as_numpy,
    }


q3 = Exercise(
    "q3",
    "undo",
    inputs=_spread_inputs,
    routes={
        "autograd": lambda g, shape: slope(lambda p: p.expand(g.shape), torch.zeros(shape), g),
        "a sum by index": _by_index,
    },
    mistakes=_wrong_reductions,
    hint_words="First sum away the dimensions that `g` has too many of; they came in front. Then sum, and keep, those where `shape` says 1.",
    solution_code="""
def undo(g, shape):
    while g.ndim > len(shape):
        g = g.sum(0)
    for i, n in enumerate(shape):
        if n == 1:
            g = g.sum(i, keepdim=True)
    return g
""",
    slips=(
        "return g",
        "return g.sum()",
        "while g.ndim > len(shape):\n    g = g.sum(0)\nreturn g",
    ),
)


def _product_inputs(g: torch.Generator) -> dict[str, Any]:
    n, k, m = draw_whole(g, 5, 7), draw_whole(g, 2, 4), draw_whole(g, 2, 4)
    m += k == m
    return {"g": draw(g, n, m), "X": draw(g, n, k), "W": draw(g, k, m)}


def _wrong_products(g: Tensor, X: Tensor, W: Tensor) -> dict[str, Any]:
    right = X.T @ g
    return {
        "is that what arrives at `X`? Asked is `W`": g @ W.T,
        "is it averaged over the rows? Slopes of several uses add up": right / len(X),
        "is `X @ g` the order? The n rows of both have to meet, so one is transposed": (
            lambda g, X, W: X @ g
        ),
        "is `g @ X` the order? W's shape begins with the k of X": lambda g, X, W: g @ X,
        "is X only reshaped? Its numbers then stand in other rows, where it should be turned over": (
            X.reshape(X.shape[1], -1) @ g
        ),
    }


q4 = Exercise(
    "q4",
    "at_w",
    inputs=_product_inputs,
    routes=by_slopes(lambda slope, g, X, W: slope(lambda w: X @ w, W, g)),
    mistakes=_wrong_products,
    hint_words="What arrives at W has W's shape, (k, m); X is (n, k) and g is (n, m). Which one must be transposed, and which comes first?",
    solution_code="""
def at_w(g, X, W):
    return X.T @ g
""",
    slips=(
        "return X @ g",
        "return g @ W.T",
        "return X.T @ g / len(X)",
    ),
)


def _slopes_of(g: torch.Generator) -> dict[str, Any]:
    "Five values; each is made of some that came before it, always of the last two."
    slopes, used = torch.tril(draw(g, 5, 5), -1), torch.rand(5, 5, generator=g) < 0.6
    last_two = torch.triu(torch.ones(5, 5, dtype=torch.bool), -2)
    return {"slopes": slopes * (used | last_two)}


def _recorded(slopes: Tensor) -> Tensor:
    "By autograd: make the values as the table says, and walk back."

    def last(pushes: Tensor) -> Tensor:
        values: list[Tensor] = []
        for push, row in zip(pushes, slopes, strict=True):
            values.append(sum((r * v for r, v in zip(row, values, strict=False)), push))
        return values[-1]

    return slope(last, torch.zeros(len(slopes)))


def _solved(slopes: Tensor) -> Tensor:
    "As one system of equations: what arrives is what all users hand on."
    end = torch.eye(len(slopes))
    arrived: Tensor = torch.linalg.solve(end - slopes.T, end[-1])
    return arrived


def _walk(
    slopes: Tensor,
    put: Callable[[Tensor, Tensor], Tensor] = torch.add,
    order: range = range(4, -1, -1),
    rest: float = 0.0,  # of all but the last, before the walk
) -> Tensor:
    grads = torch.full((len(slopes),), rest)
    grads[-1] = 1
    for i in order:
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


def _wrong_orders(slopes: Tensor) -> dict[str, Any]:
    end = torch.tensor([0.0, 0, 0, 0, 1])
    return {
        "is it walked from first to last, or only one value far? The end comes first, and each hands on what arrived": (
            _walk(slopes, order=range(5))
        ),
        "is a value walked again each time that something arrives? Wait until everything has": (
            _depth_first(slopes)
        ),
        "are local derivatives added alone? Each is multiplied by what arrived, `grads[i]`": (
            slopes.sum(0) + end
        ),
        "does nothing arrive before the end? Row `i` of `slopes` is what was made, column `j` what it was made from, and the walk begins at the last `i`": end,
        "is the derivative left out? It multiplies what arrived": _walk((slopes != 0).float()),
        "do all begin with a slope of 1, where only the end does?": _walk(slopes, rest=1.0),
        "is that the last row alone? What it hands on is handed on again": slopes[-1],
        "is the column just below the diagonal left out? A value may be made from the one before it": (
            _walk(slopes.tril(-2))
        ),
        "does the loop over `i` end too early?": _walk(slopes, order=range(4, 1, -1)),
    }


q6 = Exercise(
    "q6",
    "walk_back",
    inputs=_slopes_of,
    routes={"autograd": _recorded, "a system of equations": _solved},
    mistakes=_wrong_orders,
    hint_words="Look at a value that two others use. What is in its place when the second one hands its slope on?",
    solution_code="""
def walk_back(slopes):
    n = len(slopes)
    grads = torch.zeros(n)
    grads[-1] = 1
    for i in reversed(range(n)):
        for j in range(i):
            if slopes[i, j] != 0:
                grads[j] += grads[i] * slopes[i, j]
    return grads
""",
    bug=lambda slopes: _walk(slopes, lambda old, new: new),
    symptom="a value that two others use gets the slope of one use alone",
    seen="Andrej Karpathy wrote the same `=` in his video about micrograd, and marks it in the notebook that goes with it (karpathy/nn-zero-to-hero on GitHub).",
)


def _more_inputs(g: torch.Generator) -> dict[str, Any]:
    n, m = draw_whole(g, 3, 5), draw_whole(g, 2, 4)
    return {"g": draw(g, n, m), "x": draw(g, n, m), "r": draw(g, n * m), "s": draw(g, n)}


def _three_more(slope: Slope, g: Tensor, x: Tensor, r: Tensor, s: Tensor) -> dict[str, Any]:
    return {
        "`tanh`": slope(torch.tanh, x, g),
        "`reshape`": slope(torch.ravel, x, r),
        "`max`": slope(lambda at: at.amax(1), x, s),
    }


def _wrong_more(g: Tensor, x: Tensor, r: Tensor, s: Tensor) -> dict[str, Any]:
    y, ones = x.tanh(), torch.ones_like(x)
    top, wide, back = (x == x.amax(1, True)) * ones, s[:, None] * ones, r.reshape(x.shape)
    slopes = {"tanh": 1 - y**2, "reshape": ones, "max": top}
    right = {"tanh": g * (1 - y**2), "reshape": back, "max": wide * top}
    values, sig = {"tanh": y, "reshape": x.ravel(), "max": x.amax(1)}, x.sigmoid()
    tanh, reshape, largest = (partial(_changed, right, name) for name in right)
    return {
        **_each_changed(right, "does {} leave out what arrives? It multiplies the slope", slopes),
        **_each_changed(right, "is that the value of {}? Asked is what goes back to `x`", values),
        "is the square of the result lost? The slope of tanh is 1 - tanh²": tanh(g * (1 - y)),
        "is x squared, where the result is?": tanh(g * (1 - x**2)),
        "is that the slope of the sigmoid?": tanh(g * sig * (1 - sig)),
        "is the slope of the sigmoid written with tanh? The slope of tanh is 1 - tanh²": (
            tanh(g * y * (1 - y))
        ),
        "is that the slope of tanh², and not of tanh?": tanh(2 * g * y),
        "is the square of cosh lost?": tanh(g / x.cosh()),
        "is `g` multiplied by the result, where its slope is 1 - tanh²?": tanh(g * y),
        "is `r` handed on in the shape in which it came? `x` has a shape of its own": reshape(
            1 * r
        ),
        "are rows and columns exchanged? A reshape keeps the order of the numbers": (
            reshape(r.reshape(x.T.shape).T)
        ),
        "does every number of a row get `s`? Only the largest moves the maximum": largest(wide),
        "is that the largest of each column? `max(1)` has one for each row": (
            largest(wide * (x == x.amax(0)))
        ),
        "is there one maximum of all? `max(1)` has one for each row": (
            largest(wide * (x == x.max()))
        ),
    }


q5 = Exercise(
    "q5",
    "three_more",
    inputs=_more_inputs,
    routes=by_slopes(_three_more),
    mistakes=_wrong_more,
    hint_words="tanh has the slope 1 - tanh². A reshape only moves numbers, so move them back. A push of what is not the largest of its row leaves the maximum where it is.",
    solution_code="""
def three_more(g, x, r, s):
    top = torch.zeros_like(x)
    top[torch.arange(len(x)), x.argmax(1)] = s
    return {"tanh": g * (1 - x.tanh() ** 2), "reshape": r.reshape(x.shape), "max": top}
""",
    slips=(
        'top = s[:, None].expand(x.shape)\nreturn {"tanh": g * (1 - x.tanh() ** 2), "reshape": r.reshape(x.shape), "max": top}',
        'top = s[:, None] * (x == x.amax(1, keepdim=True))\nreturn {"tanh": g * (1 - x.tanh() ** 2), "reshape": r, "max": top}',
        'top = s[:, None] * (x == x.amax(1, keepdim=True))\nreturn {"tanh": g * x.tanh(), "reshape": r.reshape(x.shape), "max": top}',
    ),
    result="",
    after=_each(("tanh", "reshape", "max")),
)
