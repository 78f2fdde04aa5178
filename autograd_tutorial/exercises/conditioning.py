"""What lesson 4 asks, and how it is judged."""

from typing import Any

import torch
from torch import Tensor

from autograd_tutorial.core.theory import Scale, best_params, standardise
from autograd_tutorial.exercises.checker import Exercise
from autograd_tutorial.exercises.drawing import draw, draw_share, draw_whole
from autograd_tutorial.exercises.predictions import Prediction
from autograd_tutorial.exercises.routes import Slope, by_slopes
from autograd_tutorial.fit import quadratic

p1 = Prediction(
    "A push of `c` moves each miss alike, and the slope of `a` counts them by t²: it changes {times:.1f} times as much as that of `c`."
)
p2 = Prediction("Its curvature, times 1: it answers along its own line, and faintly.")
p3 = Prediction(
    "With so small a λ each step multiplies it by nearly 1. Of the middle one {middle:.0%} is left, of the steepest nothing."
)
p4 = Prediction("Its λ is small, but nearly all of its error is still there: it holds {held:.0f}.")
p5 = Prediction(
    "The factor 1 - lr·λ is below 0 past 1/λ, half of an edge; here all three factors are above 0."
)
p6 = Prediction(
    "A step takes less than 0.001% off the flat error; at the edge's very brink it is still {brink:,}."
)
p7 = Prediction(
    "Now each time has its opposite, so that t times t², and t times 1, add up to 0: t leans on neither. But sizes still differ, up to 90 against 1."
)
p8 = Prediction("A step leaves 0.77 of the slowest errors. With raw times it took {raw:,}.")
p9 = Prediction(
    "Solved for the rmse it is lr·λmax/4. Above it a step shrinks the steep error, below it a step enlarges it: a fit of 200 steps ends there."
)
p10 = Prediction(
    "Its slopes shrink with the misses, so it goes to 0, as far as float64 can tell; those of the rmse do not."
)


def _table(g: torch.Generator) -> dict[str, Any]:
    "Three columns, each in a unit of its own."
    return {"table": 10 * draw(g, 3) + draw(g, 5, 3) * draw(g, 3).abs()}


def _by_column(table: Tensor) -> Tensor:
    return torch.stack([standardise(column)[0] for column in table.T], 1)


def _wrong_columns(t: Tensor) -> dict[str, Any]:
    mean, std = t.mean(0), t.std(0, correction=0)
    row_mean, row_std = t.mean(1, keepdim=True), t.std(1, correction=0, keepdim=True)
    table_mean, table_std = t.mean(), t.std(correction=0)
    moved, least = t - mean, t.amin(0)
    return {
        "is that the sample deviation, which divides by n - 1? Ask for `correction=0`": (
            moved / t.std(0)
        ),
        "are mean and deviation those of each row? `dim=0` runs down the columns": (
            (t - row_mean) / row_std
        ),
        "is there a mean for each row, where each column has one? `dim=0` runs down the columns": (
            lambda t: (t - t.mean(1)) / t.std(1, correction=0)
        ),
        "do all columns share one mean and one deviation? Each has its own": (
            (t - table_mean) / table_std
        ),
        "are brackets missing? Division comes before subtraction": t - mean / std,
        "is the mean still in?": t / std,
        "is it moved, but not divided?": moved,
        "is that divided by the variance, the square of the deviation?": moved / std**2,
        "is each column squeezed between 0 and 1, by its least and greatest?": (
            (t - least) / (t.amax(0) - least)
        ),
        "is that the mean size, without square and root?": moved / moved.abs().mean(0),
        "is the deviation that of the whole table? Each column has its own": moved / table_std,
        "`standardise` takes one column: can you hand it one after the other?": (
            lambda t: standardise(t)[0]
        ),
    }


q1 = Exercise(
    "q1",
    "standardised",
    inputs=_table,
    routes={
        "`standardise` for each column": _by_column,
        "PyTorch's `layer_norm`": lambda t: (
            torch.nn.functional.layer_norm(t.T, (len(t),), eps=0.0).T
        ),
    },
    mistakes=_wrong_columns,
    hint_words="`mean` and `std` take a `dim`: 0 gives one number a column, and these spread over the rows by themselves.",
    solution_code="""
def standardised(table):
    return (table - table.mean(dim=0)) / table.std(dim=0, correction=0)
""",
    slips=(
        "return (table - table.mean(dim=0)) / table.std(dim=0)",
        "return (table - table.mean()) / table.std(correction=0)",
        "return (table - table.mean(dim=1)) / table.std(dim=1, correction=0)",
        "return table - table.mean(dim=0) / table.std(dim=0, correction=0)",
    ),
)


def _pushed_bowl(g: torch.Generator) -> dict[str, Any]:
    "A push, and the curvatures and directions of a bowl."
    directions, _ = torch.linalg.qr(draw(g, 3, 3))
    return {
        "push": draw(g, 3),
        "curvatures": draw(g, 3).abs().sort(descending=True).values,
        "directions": directions,
    }


def _answered(slope: Slope, push: Tensor, curvatures: Tensor, directions: Tensor) -> Tensor:
    return slope(lambda p: (curvatures / 2 * (p @ directions) ** 2).sum(), push)


def _wrong_answers(push: Tensor, c: Tensor, d: Tensor) -> dict[str, Any]:
    along, across = push @ d, d @ push
    return {
        "does each param have a curvature of its own? Each direction has": c * push,
        "are those the changes along each direction, where those of each param were asked?": (
            c * along
        ),
        "is `push` still to be taken apart? The curvatures belong to the directions": (
            d @ (c * push)
        ),
        "is `push` taken apart along rows? A direction is a column": d @ (c * across),
        "is it put together along rows? A direction is a column": (c * along) @ d,
        "are rows taken for directions? They are columns": (c * across) @ d,
    }


q2 = Exercise(
    "q2",
    "slopes_change",
    inputs=_pushed_bowl,
    routes=by_slopes(_answered),
    mistakes=_wrong_answers,
    hint_words="How much of each direction is in `push`? Along each, the slopes answer with its curvature; then put the answers together.",
    solution_code="""
def slopes_change(push, curvatures, directions):
    shares = push @ directions
    return directions @ (curvatures * shares)
""",
    slips=(
        "return curvatures * push",
        "shares = push @ directions\nreturn curvatures * shares",
        "shares = directions @ push\nreturn directions @ (curvatures * shares)",
        "return directions @ (curvatures * push)",
    ),
)


def _three_directions(g: torch.Generator) -> dict[str, Any]:
    "Steepest first; the rate lies on either side of the edge."
    curvatures = torch.tensor([4.0, 1.0, 0.2]) * draw(g, 3, high=1.0).abs()
    lr, errors, steps = draw_share(g, 1.2, 2.2) / curvatures[0], draw(g, 3), draw_whole(g, 2, 5)
    return {"lr": lr, "curvatures": curvatures, "errors": errors, "steps": steps}


def _descended(slope: Slope, lr: Tensor, curvatures: Tensor, errors: Tensor, steps: int) -> Tensor:
    "How high descent on a bowl above 0 still stands, step by step."

    def height(e: Tensor) -> Tensor:
        return (curvatures / 2 * e**2).sum()

    for _ in range(steps):
        errors = errors - lr * slope(height, errors)
    return height(errors)


def _wrong_excesses(lr: Tensor, c: Tensor, e: Tensor, k: int) -> dict[str, Any]:
    def excess(factors: Tensor) -> Tensor:  # what all steps multiply each error by
        return (c / 2 * (factors * e) ** 2).sum()

    one = 1 - lr * c  # what one step multiplies by
    left = one**k * e
    return {
        "is the error squared, but not the factor that shrinks it?": c / 2 @ (one**k * e**2),
        "do the errors shrink by 1 - lr, without their curvature?": excess((1 - lr) ** k),
        "is that one number for each direction? The mse adds them up": c / 2 * left**2,
        "is the error there once, where its square was asked?": c / 2 @ left,
        "does every step take off the same? Each takes its share of what is left": (
            excess(1 - k * lr * c)
        ),
        "is the factor multiplied by the steps, where it is raised to their power?": (
            excess(one * k)
        ),
        "does it climb? The factor is 1 minus lr times the curvature": excess((1 + lr * c) ** k),
        "is everything added up before it multiplies? Each direction has its own product": (
            (c / 2).sum() * (left**2).sum()
        ),
    }


q3 = Exercise(
    "q3",
    "excess",
    inputs=_three_directions,
    routes=by_slopes(_descended),
    mistakes=_wrong_excesses,
    hint_words="First the errors after all steps, one for each direction; then λ/2 · error² of each, added up.",
    solution_code="""
def excess(lr, curvatures, errors, steps):
    left = (1 - lr * curvatures) ** steps * errors
    return (curvatures / 2 * left**2).sum()
""",
    slips=(
        "left = (1 - lr * curvatures) ** steps * errors\nreturn (curvatures / 2 * left).sum()",
        "left = (1 - lr * curvatures) ** steps * errors\nreturn curvatures / 2 * left**2",
        "left = (1 - lr * curvatures) * steps * errors\nreturn (curvatures / 2 * left**2).sum()",
        "left = (1 - lr) ** steps * errors\nreturn (curvatures / 2 * left**2).sum()",
    ),
)


def _multiplied_out(params: Tensor, mean: Tensor, std: Tensor) -> Tensor:
    a, b, c = params
    return torch.stack([a * std**2, 2 * a * mean * std + b * std, a * mean**2 + b * mean + c])


def _through_points(params: Tensor, mean: Tensor, std: Tensor) -> Tensor:
    "The params with which points of the curve are met."
    x = torch.linspace(-2, 2, 5, dtype=torch.float64)
    return best_params(x, quadratic(mean + std * x, params.double())).float()


def _wrong_curves(p: Tensor, m: Tensor, s: Tensor) -> dict[str, Any]:
    right, (a, b, c), none = _multiplied_out(p, m, s), p, 0 * m
    return {
        "is that the way back, from x to t? Put mean + std·x for t": Scale(m, s).undo(p),
        "is c left as it was? At x = 0 the curve is where it was at the mean": (
            torch.stack([*right[:2], c])
        ),
        "is the mixed term of the square lost, 2·mean·std·x?": (
            torch.stack([right[0], b * s, right[2]])
        ),
        "is the mixed term there once? The square of a sum has it twice": (
            right - torch.stack([none, a * m * s, none])
        ),
        "are those three speeds, where params were asked?": quadratic(m + s * p, p),
        "are the params scaled and moved as if they were times?": m + s * p,
        "are the params moved and scaled as if they were times?": (p - m) / s,
    }


q4 = Exercise(
    "q4",
    "same_curve",
    inputs=lambda g: {"params": draw(g, 3), "mean": draw(g), "std": draw(g).abs()},
    routes={"multiplying out": _multiplied_out, "least squares through the curve": _through_points},
    mistakes=_wrong_curves,
    hint_words="Put mean + std·x for t in a·t² + b·t + c, multiply out, and collect what stands at x², x and 1.",
    solution_code="""
def same_curve(params, mean, std):
    a, b, c = params
    return torch.stack([a * std**2, (2 * a * mean + b) * std, quadratic(mean, params)])
""",
    slips=(
        "a, b, c = params\nreturn torch.stack([a * std**2, (2 * a * mean + b) * std, c])",
        "a, b, c = params\nreturn torch.stack([a * std**2, b * std, quadratic(mean, params)])",
        "return (params - mean) / std",
    ),
)


def _new_times(g: torch.Generator) -> dict[str, Any]:
    "Times to ask about, and others that were fitted."
    return {"params": draw(g, 3), "new": draw(g, 4), "time": draw(g) + draw(g, 6)}


def _wrong_speeds(p: Tensor, new: Tensor, t: Tensor) -> dict[str, Any]:
    mean, std, moved = t.mean(), t.std(correction=0), new - t.mean()
    _, scale = standardise(t)

    def speeds(at: Tensor) -> Tensor:
        return quadratic(at, p)

    return {
        "are brackets missing? Division comes before subtraction": speeds(new - mean / std),
        "are params that speak of x put to raw times?": speeds(new),
        "are old and new times taken together? The params know the old ones": (
            speeds(standardise(torch.cat([t, new]))[1](new))
        ),
        "is that the sample deviation, which divides by n - 1?": speeds(moved / t.std()),
        "are the new times moved, but not divided?": speeds(moved),
        "are the new times divided, but not moved?": speeds(new / std),
        "is that the way back, from x to t?": speeds(mean + std * new),
        "are both turned, the times and the params? One is enough": quadratic(
            scale(new), scale.undo(p)
        ),
        "are the speeds turned back like times? They were never standardised": (
            speeds(scale(new)) * std + mean
        ),
    }


q5 = Exercise(
    "q5",
    "predict",
    inputs=_new_times,
    routes={
        "the scale of the fit": lambda p, new, t: quadratic(standardise(t)[1](new), p),
        "params turned back": lambda p, new, t: quadratic(new, standardise(t)[1].undo(p)),
    },
    mistakes=_wrong_speeds,
    hint_words="The params were fitted to x, and what x means was settled then: by `time`.",
    solution_code="""
def predict(params, new, time):
    mean, std = time.mean(), time.std(correction=0)
    x = (new - mean) / std
    return quadratic(x, params)
""",
    bug=lambda p, new, t: quadratic(standardise(new)[0], p),
    symptom="what it says of one time depends on which other times are asked along with it",
    seen="DeepChem standardised what it judged by in the same way, until 2016 (deepchem/deepchem#51 on GitHub).",
    repairs=(("(new - mean) / std", "(new - time.mean()) / time.std(correction=0)"),),
)
