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
    moved, right, least = t - mean, (t - mean) / std, t.amin(0)
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
        "do all columns share one mean and one sample deviation? Each has its own": (
            (t - table_mean) / t.std()
        ),
        "is the table on its side? Columns should stay columns": right.T,
        "are brackets missing? Division comes before subtraction": t - mean / std,
        "is the mean still in?": t / std,
        "is it moved, but not divided?": moved,
        "is that divided by the variance, the square of the deviation?": moved / std**2,
        "is the mean subtracted after the division, in the old unit?": t / std - mean,
        "is each column squeezed between 0 and 1, by its least and greatest?": (
            (t - least) / (t.amax(0) - least)
        ),
        "is that a sum of squares, where their mean was asked?": moved / moved.norm(dim=0),
        "is that the mean size, without square and root?": moved / moved.abs().mean(0),
        "is the sign the wrong way round?": -right,
        "is the deviation that of the whole table? Each column has its own": moved / table_std,
        "is the mean that of the whole table? Each column has its own": (t - table_mean) / std,
        "is the mean that of each row? `dim=0` runs down the columns": (t - row_mean) / std,
        "is that divided by the variance, and a sample's at that?": moved / t.var(0),
        "is the mean still in, and the deviation a sample's?": t / t.std(0),
        "is each column divided by its length, where it is moved first?": t / t.norm(dim=0),
        "is each column divided by its greatest, and not moved?": t / t.amax(0),
        "`standardise` takes one column: can you hand it one after the other?": (
            lambda t: standardise(t)[0]
        ),
        "are both those of each row, and the deviation a sample's? `dim=0` runs down the columns": (
            (t - row_mean) / t.std(1, keepdim=True)
        ),
        "is that the median, where the mean was asked?": (t - t.median(0).values) / std,
        "is it multiplied by the deviation, where it is divided?": moved * std,
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
    right = d @ (c * along)
    return {
        "does each param have a curvature of its own? Each direction has": c * push,
        "are those the changes along each direction, where those of each param were asked?": (
            c * along
        ),
        "are those the shares of `push` along each direction? They are to be answered yet": along,
        "is `push` still to be taken apart? The curvatures belong to the directions": d
        @ (c * push),
        "is `push` taken apart along rows? A direction is a column": d @ (c * across),
        "is it put together along rows? A direction is a column": (c * along) @ d,
        "are rows taken for directions? They are columns": (c * across) @ d,
        "is `push` taken apart along rows, and not put together again?": c * across,
        "do the curvatures meet the params, mixed by the directions?": (d @ c) * push,
        "are the curvatures taken apart, where `push` was meant?": (c @ d) * push,
        "is it added up along the wrong side? What belongs to one param stands in a row": (
            (c * along * d).sum(0)
        ),
        "are the answers added up before each goes along its own direction?": (c * along).sum(),
        "is `push` turned, and not answered?": across,
        "is `push` scaled first, and then turned the wrong way?": (c * push) @ d,
        "does the steepest answer for all directions?": c[0] * push,
        "do all directions share the mean curvature?": c.mean() * push,
        "is the steepest direction there alone?": c[0] * along[0] * d[:, 0],
        "is the flattest direction there alone?": c[-1] * along[-1] * d[:, -1],
        "do the curvatures meet the directions in the opposite order?": d @ (c.flip(0) * along),
        "is the λ/2 of the rise in it? The slopes change by λ": right / 2,
        "is the push squared, as in the rise? In a slope it stands once": d @ (c * along**2),
        "is it divided by the curvatures, where it is multiplied?": d @ (along / c),
        "is that how much the mse rises? A change for each slope was asked": (
            (c / 2 * along**2).sum()
        ),
        "is that the Hessian, still to meet `push`?": (c * d) @ d.T,
        "is there a column for each direction, still to be added up?": c * along * d,
        "is that `push` less its answer, as after a step?": push - right,
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
    left, each = one**k * e, c / 2 * (one**k * e) ** 2
    return {
        "is a half lost? Each direction adds λ/2 times its error squared": 2 * excess(one**k),
        "is the error squared, but not the factor that shrinks it?": c / 2 @ (one**k * e**2),
        "is the factor squared, but not the error?": c / 2 @ (one ** (2 * k) * e),
        "is only one step taken?": excess(one),
        "are those the errors that are left, where the mse was asked?": left,
        "are those the factors alone, without errors and curvatures?": one**k,
        "are the errors added up, without curvatures and squares?": left.sum(),
        "do all directions shrink by one factor? Each has its own": excess(one[0] ** k),
        "do the errors shrink by 1 - lr, without their curvature?": excess((1 - lr) ** k),
        "is the curvature squared along with the error?": ((c / 2 * left) ** 2).sum(),
        "is the error there once, where its square was asked?": c / 2 @ left,
        "is that how far it fell, and not how far above it still stands?": (
            excess(one**0) - excess(one**k)
        ),
        "does every step take off the same? Each takes its share of what is left": (
            excess(1 - k * lr * c)
        ),
        "is the curvature doubled in the factor? It holds its 2 already": (
            excess((1 - 2 * lr * c) ** k)
        ),
        "is the curvature halved in the factor? The half stands before the square alone": (
            excess((1 - lr * c / 2) ** k)
        ),
        "is that the flattest direction alone? All of them add up": each[-1],
        "is there one step too many?": excess(one ** (k + 1)),
        "is one step missing?": excess(one ** (k - 1)),
        "is no step taken? That is the excess at the start": excess(one**0),
        "is the factor multiplied by the steps, where it is raised to their power?": (
            excess(one * k)
        ),
        "is the curvature missing before the squares?": (left**2).sum() / 2,
        "is that one number for each direction? The mse adds them up": each,
        "is that a mean over the directions, where they add up?": each.mean(),
        "is that a root, as of an rmse?": excess(one**k).sqrt(),
        "does it climb? The factor is 1 minus lr times the curvature": excess((1 + lr * c) ** k),
        "does it shrink by exp(-lr·λ)? Only steps without end, each endlessly small, do": (
            excess((-lr * c * k).exp())
        ),
        "is the square taken twice? The factor goes into the error, and that is squared": (
            excess(one ** (2 * k))
        ),
        "is that the steepest direction alone? All of them add up": each[0],
        "is everything added up before it multiplies? Each direction has its own product": (
            (c / 2).sum() * (left**2).sum()
        ),
        "is that the mean of the squared errors? Each direction adds λ/2 times its own": (
            (left**2).mean()
        ),
        "are the curvatures left out? Each direction adds λ/2 times its error squared": (
            left**2
        ).sum(),
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
    right, (a, b, c), none, one = _multiplied_out(p, m, s), p, 0 * m, s**0
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
        "is `a` scaled once? It stands at a square": right / torch.stack([s, one, one]),
        "is the sign of the mean the wrong way round?": _multiplied_out(p, -m, s),
        "is x divided by std, where it is multiplied?": _multiplied_out(p, m, 1 / s),
        "is the curve scaled, but not moved?": _multiplied_out(p, none, s),
        "is the curve moved, but not scaled?": _multiplied_out(p, m, one),
        "did the order a, b, c get turned round?": right.flip(0),
        "is b·mean missing from c?": right - torch.stack([none, none, b * m]),
        "is c missing from c?": right - torch.stack([none, none, c]),
        "are those three speeds, where params were asked?": quadratic(m + s * p, p),
        "are the params scaled and moved as if they were times?": m + s * p,
        "are the params moved and scaled as if they were times?": (p - m) / s,
        "is the x missing from mean + std·x, which stands for t?": (
            torch.stack([a * (m + s) ** 2, b * (m + s), c])
        ),
        "are those the same three numbers? Over x they draw another curve": p.clone(),
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
    new_mean, new_std = new.mean(), new.std(correction=0)
    x, scale = standardise(t)
    y, back = scale(new), scale.undo(p)

    def speeds(at: Tensor) -> Tensor:
        return quadratic(at, p)

    return {
        "are the mean and deviation still those of the new times, and now a sample's?": (
            speeds((new - new_mean) / new.std())
        ),
        "are brackets missing? Division comes before subtraction": speeds(new - mean / std),
        "are params that speak of x put to raw times?": speeds(new),
        "is the deviation still that of the new times?": speeds(moved / new_std),
        "is the mean still that of the new times?": speeds((new - new_mean) / std),
        "are old and new times taken together? The params know the old ones": (
            speeds(standardise(torch.cat([t, new]))[1](new))
        ),
        "is that the sample deviation, which divides by n - 1?": speeds(moved / t.std()),
        "are the new times moved, but not divided?": speeds(moved),
        "are the new times divided, but not moved?": speeds(new / std),
        "is that divided by the variance, the square of the deviation?": speeds(moved / std**2),
        "are the new times multiplied by the deviation, where they are divided?": (
            speeds(moved * std)
        ),
        "is that the way back, from x to t?": speeds(mean + std * new),
        "are new times subtracted from the mean?": speeds(-moved / std),
        "is that x, where the speeds were asked?": y,
        "are those the params over t, where the speeds were asked?": back,
        "are the speeds averaged? One for each new time was asked": speeds(y).mean(),
        "does the clock start at the first time, where it starts at the mean?": (
            speeds((new - t[0]) / std)
        ),
        "is the mean added, where it is subtracted?": speeds((new + mean) / std),
        "are those the speeds at the times of the fit, where new ones are asked?": speeds(x),
        "are both turned, the times and the params? One is enough": quadratic(y, back),
        "are the speeds turned back like times? They were never standardised": speeds(y) * std
        + mean,
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
