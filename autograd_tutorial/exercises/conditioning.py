"""What lesson 4 asks, and how it is judged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from autograd_tutorial.core.theory import Scale, standardise
from autograd_tutorial.exercises.checker import Exercise, draw
from autograd_tutorial.fit import quadratic
from autograd_tutorial.gradients import numeric_grad


def _table(g: torch.Generator) -> dict[str, Any]:
    "Three columns, each in a unit of its own."
    return {"table": 10 * draw(g, 3) + draw(g, 5, 3) * draw(g, 3).abs()}


def _by_column(table: Tensor) -> Tensor:
    return torch.stack([standardise(column)[0] for column in table.T], 1)


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
    mistakes={
        "is that the sample deviation, which divides by n - 1? Ask for `correction=0`": lambda t: (
            (t - t.mean(0)) / t.std(0)
        ),
        "are mean and deviation those of each row? `dim=0` runs down the columns": lambda t: (
            (t - t.mean(1, keepdim=True)) / t.std(1, correction=0, keepdim=True)
        ),
        "is there a mean for each row, where each column has one? `dim=0` runs down the columns": lambda t: (
            (t - t.mean(1)) / t.std(1, correction=0)
        ),
        "do all columns share one mean and one deviation? Each has its own": lambda t: (
            (t - t.mean()) / t.std(correction=0)
        ),
        "do all columns share one mean and one sample deviation? Each has its own": lambda t: (
            (t - t.mean()) / t.std()
        ),
        "is the table on its side? Columns should stay columns": lambda t: _by_column(t).T,
        "are brackets missing? Division comes before subtraction": lambda t: (
            t - t.mean(0) / t.std(0, correction=0)
        ),
        "is the mean still in?": lambda t: t / t.std(0, correction=0),
        "is it moved, but not divided?": lambda t: t - t.mean(0),
        "is that divided by the variance, the square of the deviation?": lambda t: (
            (t - t.mean(0)) / t.var(0, correction=0)
        ),
        "is the mean subtracted after the division, in the old unit?": lambda t: (
            t / t.std(0, correction=0) - t.mean(0)
        ),
        "is each column squeezed between 0 and 1, by its least and greatest?": lambda t: (
            (t - t.amin(0)) / (t.amax(0) - t.amin(0))
        ),
        "is that a sum of squares, where their mean was asked?": lambda t: (
            (t - t.mean(0)) / (t - t.mean(0)).norm(dim=0)
        ),
        "is that the mean size, without square and root?": lambda t: (
            (t - t.mean(0)) / (t - t.mean(0)).abs().mean(0)
        ),
        "is the sign the wrong way round?": lambda t: (t.mean(0) - t) / t.std(0, correction=0),
        "is the deviation that of the whole table? Each column has its own": lambda t: (
            (t - t.mean(0)) / t.std(correction=0)
        ),
        "is the mean that of the whole table? Each column has its own": lambda t: (
            (t - t.mean()) / t.std(0, correction=0)
        ),
        "is the mean that of each row? `dim=0` runs down the columns": lambda t: (
            (t - t.mean(1, keepdim=True)) / t.std(0, correction=0)
        ),
        "is that divided by the variance, and a sample's at that?": lambda t: (
            (t - t.mean(0)) / t.var(0)
        ),
        "is each column divided by its length, where it is moved first?": lambda t: (
            t / t.norm(dim=0)
        ),
        "is each column divided by its greatest, and not moved?": lambda t: t / t.amax(0),
        "are those the mean and deviation of the lesson's times? Each column has its own": lambda t: (
            (t - 9.5) / standardise(torch.arange(20.0))[1].std
        ),
        "`standardise` takes one column: can you hand it one after the other?": lambda t: (
            standardise(t)[0]
        ),
    },
    hint="`mean` and `std` take a `dim`: 0 gives one number a column, and these spread over the rows by themselves.",
    solution="""
def standardised(table):
    return (table - table.mean(dim=0)) / table.std(dim=0, correction=0)
""",
)


def _three_directions(g: torch.Generator) -> dict[str, Any]:
    "Steepest first; the rate lies on either side of the edge."
    curvatures = torch.tensor([4.0, 1.0, 0.2]) * draw(g, 3, high=1.0).abs()
    lr = draw(g, low=1.2, high=2.2).abs() / curvatures[0]
    return {
        "lr": lr,
        "curvatures": curvatures,
        "errors": draw(g, 3),
        "steps": int(torch.randint(2, 6, (), generator=g)),
    }


def _descended(
    slope: Callable[[Callable[[Tensor], Tensor], Tensor], Tensor],
) -> Callable[..., Tensor]:
    "How high descent on a bowl above 0 still stands, step by step."

    def answer(lr: Tensor, curvatures: Tensor, errors: Tensor, steps: int) -> Tensor:
        def height(e: Tensor) -> Tensor:
            return (curvatures / 2 * e**2).sum()

        for _ in range(steps):
            errors = errors - lr * slope(height, errors)
        return height(errors)

    return answer


q2 = Exercise(
    "q2",
    "excess",
    inputs=_three_directions,
    routes={
        "autograd": _descended(lambda f, x: torch.func.grad(f)(x)),
        "a small push": _descended(numeric_grad),
    },
    mistakes={
        "is a half lost? Each direction adds λ/2 times its error squared": lambda lr, c, e, k: (
            c * ((1 - lr * c) ** k * e) ** 2
        ).sum(),
        "is the error squared, but not the factor that shrinks it?": lambda lr, c, e, k: (
            c / 2 * (1 - lr * c) ** k * e**2
        ).sum(),
        "is the factor squared, but not the error?": lambda lr, c, e, k: (
            c / 2 * (1 - lr * c) ** (2 * k) * e
        ).sum(),
        "is only one step taken?": lambda lr, c, e, k: (c / 2 * ((1 - lr * c) * e) ** 2).sum(),
        "are those the errors that are left, where the mse was asked?": lambda lr, c, e, k: (
            (1 - lr * c) ** k * e
        ),
        "are those the factors alone, without errors and curvatures?": lambda lr, c, e, k: (
            (1 - lr * c) ** k
        ),
        "are the errors added up, without curvatures and squares?": lambda lr, c, e, k: (
            (1 - lr * c) ** k * e
        ).sum(),
        "do all directions shrink by one factor? Each has its own": lambda lr, c, e, k: (
            c / 2 * ((1 - lr * c[0]) ** k * e) ** 2
        ).sum(),
        "do the errors shrink by 1 - lr, without their curvature?": lambda lr, c, e, k: (
            c / 2 * ((1 - lr) ** k * e) ** 2
        ).sum(),
        "is the curvature squared along with the error?": lambda lr, c, e, k: (
            (c / 2 * (1 - lr * c) ** k * e) ** 2
        ).sum(),
        "is the error there once, where its square was asked?": lambda lr, c, e, k: (
            c / 2 * (1 - lr * c) ** k * e
        ).sum(),
        "is that how far it fell, and not how far above it still stands?": lambda lr, c, e, k: (
            c / 2 * ((1 - lr * c) ** (2 * k) - 1) * e**2
        ).sum(),
        "does every step take off the same? Each takes its share of what is left": lambda lr, c, e, k: (
            (c / 2 * (e - k * lr * c * e) ** 2).sum()
        ),
        "is the curvature doubled in the factor? It holds its 2 already": lambda lr, c, e, k: (
            c / 2 * ((1 - 2 * lr * c) ** k * e) ** 2
        ).sum(),
        "is the curvature halved in the factor? The half stands before the square alone": lambda lr, c, e, k: (
            (c / 2 * ((1 - lr * c / 2) ** k * e) ** 2).sum()
        ),
        "is that the flattest direction alone? All of them add up": lambda lr, c, e, k: (
            c / 2 * ((1 - lr * c) ** k * e) ** 2
        )[-1],
        "is there one step too many?": lambda lr, c, e, k: (
            c / 2 * ((1 - lr * c) ** (k + 1) * e) ** 2
        ).sum(),
        "is one step missing?": lambda lr, c, e, k: (
            c / 2 * ((1 - lr * c) ** (k - 1) * e) ** 2
        ).sum(),
        "is no step taken? That is the excess at the start": lambda lr, c, e, k: (
            c / 2 * e**2
        ).sum(),
        "is the factor multiplied by the steps, where it is raised to their power?": lambda lr, c, e, k: (
            (c / 2 * ((1 - lr * c) * k * e) ** 2).sum()
        ),
        "is the curvature missing before the squares?": lambda lr, c, e, k: (
            (((1 - lr * c) ** k * e) ** 2).sum() / 2
        ),
        "are the directions added before they are squared?": lambda lr, c, e, k: (
            ((c / 2).sqrt() * (1 - lr * c) ** k * e).sum() ** 2
        ),
        "is that one number for each direction? The mse adds them up": lambda lr, c, e, k: (
            c / 2 * ((1 - lr * c) ** k * e) ** 2
        ),
        "is that a mean over the directions, where they add up?": lambda lr, c, e, k: (
            c / 2 * ((1 - lr * c) ** k * e) ** 2
        ).mean(),
        "is that a root, as of an rmse?": lambda lr, c, e, k: (
            (c / 2 * ((1 - lr * c) ** k * e) ** 2).sum().sqrt()
        ),
        "does it climb? The factor is 1 minus lr times the curvature": lambda lr, c, e, k: (
            c / 2 * ((1 + lr * c) ** k * e) ** 2
        ).sum(),
        "does it shrink by exp(-lr·λ)? Only steps without end, each endlessly small, do": lambda lr, c, e, k: (
            (c / 2 * ((-lr * c * k).exp() * e) ** 2).sum()
        ),
    },
    hint="First the errors after all steps, one for each direction; then λ/2 · error² of each, added up.",
    solution="""
def excess(lr, curvatures, errors, steps):
    left = (1 - lr * curvatures) ** steps * errors
    return (curvatures / 2 * left**2).sum()
""",
)


def _curve(g: torch.Generator) -> dict[str, Any]:
    return {"params": draw(g, 3), "mean": draw(g), "std": draw(g).abs()}


def _multiplied_out(params: Tensor, mean: Tensor, std: Tensor) -> Tensor:
    a, b, c = params
    return torch.stack([a * std**2, 2 * a * mean * std + b * std, a * mean**2 + b * mean + c])


def _through_points(params: Tensor, mean: Tensor, std: Tensor) -> Tensor:
    "Solve for the params that pass through points of the curve."
    x = torch.linspace(-2, 2, 5, dtype=torch.float64)
    columns, speed = torch.stack([x**2, x, x**0], 1), quadratic(mean + std * x, params.double())
    solved: Tensor = torch.linalg.lstsq(columns, speed[:, None]).solution[:, 0]
    return solved.float()


q3 = Exercise(
    "q3",
    "same_curve",
    inputs=_curve,
    routes={"multiplying out": _multiplied_out, "least squares through the curve": _through_points},
    mistakes={
        "is that the way back, from x to t? Put mean + std·x for t": lambda p, m, s: Scale(
            m, s
        ).undo(p),
        "is c left as it was? At x = 0 the curve is where it was at the mean": lambda p, m, s: (
            torch.stack([*_multiplied_out(p, m, s)[:2], p[2]])
        ),
        "is the mixed term of the square lost, 2·mean·std·x?": lambda p, m, s: torch.stack(
            [p[0] * s**2, p[1] * s, p[0] * m**2 + p[1] * m + p[2]]
        ),
        "is the mixed term there once? The square of a sum has it twice": lambda p, m, s: (
            _multiplied_out(p, m, s) - torch.stack([0 * m, p[0] * m * s, 0 * m])
        ),
        "is `a` scaled once? It stands at a square": lambda p, m, s: (
            _multiplied_out(p, m, s) / torch.stack([s, s**0, s**0])
        ),
        "is the sign of the mean the wrong way round?": lambda p, m, s: _multiplied_out(p, -m, s),
        "is x divided by std, where it is multiplied?": lambda p, m, s: _multiplied_out(
            p, m, 1 / s
        ),
        "is the curve scaled, but not moved?": lambda p, m, s: _multiplied_out(p, 0 * m, s),
        "is the curve moved, but not scaled?": lambda p, m, s: _multiplied_out(p, m, s**0),
        "did the order a, b, c get turned round?": lambda p, m, s: _multiplied_out(p, m, s).flip(0),
        "is b·mean missing from c?": lambda p, m, s: (
            _multiplied_out(p, m, s) - torch.stack([0 * m, 0 * m, p[1] * m])
        ),
        "is c missing from c?": lambda p, m, s: (
            _multiplied_out(p, m, s) - torch.stack([0 * m, 0 * m, p[2]])
        ),
        "are those three speeds, where params were asked?": lambda p, m, s: quadratic(m + s * p, p),
        "are the params scaled and moved as if they were times?": lambda p, m, s: m + s * p,
        "are the params moved and scaled as if they were times?": lambda p, m, s: (p - m) / s,
        "are those the same three numbers? Over x they draw another curve": lambda p, m, s: (
            p.clone()
        ),
    },
    hint="Put mean + std·x for t in a·t² + b·t + c, multiply out, and collect what stands at x², x and 1.",
    solution="""
def same_curve(params, mean, std):
    a, b, c = params
    return torch.stack([a * std**2, (2 * a * mean + b) * std, quadratic(mean, params)])
""",
)


def _new_times(g: torch.Generator) -> dict[str, Any]:
    "Times to ask about, and others that were fitted."
    return {"params": draw(g, 3), "new": draw(g, 4), "time": draw(g) + draw(g, 6)}


def _own_scale(params: Tensor, new: Tensor, time: Tensor) -> Tensor:
    return quadratic((new - new.mean()) / new.std(correction=0), params)


q4 = Exercise(
    "q4",
    "predict",
    inputs=_new_times,
    routes={
        "the scale of the fit": lambda p, new, t: quadratic(standardise(t)[1](new), p),
        "params turned back": lambda p, new, t: quadratic(new, standardise(t)[1].undo(p)),
    },
    mistakes={
        "are the mean and deviation still those of the new times, and now a sample's?": lambda p, new, t: (
            quadratic((new - new.mean()) / new.std(), p)
        ),
        "are brackets missing? Division comes before subtraction": lambda p, new, t: quadratic(
            new - t.mean() / t.std(correction=0), p
        ),
        "are params that speak of x put to raw times?": lambda p, new, t: quadratic(new, p),
        "is the deviation still that of the new times?": lambda p, new, t: quadratic(
            (new - t.mean()) / new.std(correction=0), p
        ),
        "is the mean still that of the new times?": lambda p, new, t: quadratic(
            (new - new.mean()) / t.std(correction=0), p
        ),
        "are old and new times taken together? The params know the old ones": lambda p, new, t: (
            quadratic(standardise(torch.cat([t, new]))[1](new), p)
        ),
        "is that the sample deviation, which divides by n - 1?": lambda p, new, t: quadratic(
            (new - t.mean()) / t.std(), p
        ),
        "are the new times moved, but not divided?": lambda p, new, t: quadratic(new - t.mean(), p),
        "are the new times divided, but not moved?": lambda p, new, t: quadratic(
            new / t.std(correction=0), p
        ),
        "is that divided by the variance, the square of the deviation?": lambda p, new, t: (
            quadratic((new - t.mean()) / t.var(correction=0), p)
        ),
        "are the new times multiplied by the deviation, where they are divided?": lambda p, new, t: (
            quadratic((new - t.mean()) * t.std(correction=0), p)
        ),
        "is that the way back, from x to t?": lambda p, new, t: quadratic(
            t.mean() + t.std(correction=0) * new, p
        ),
        "are new times subtracted from the mean?": lambda p, new, t: quadratic(
            (t.mean() - new) / t.std(correction=0), p
        ),
        "is that x, where the speeds were asked?": lambda p, new, t: standardise(t)[1](new),
        "are those the params over t, where the speeds were asked?": lambda p, new, t: standardise(
            t
        )[1].undo(p),
        "are the speeds averaged? One for each new time was asked": lambda p, new, t: quadratic(
            standardise(t)[1](new), p
        ).mean(),
        "does the clock start at the first time, where it starts at the mean?": lambda p, new, t: (
            quadratic((new - t[0]) / t.std(correction=0), p)
        ),
        "is the mean added, where it is subtracted?": lambda p, new, t: quadratic(
            (new + t.mean()) / t.std(correction=0), p
        ),
        "are those the speeds at the times of the fit, where new ones are asked?": lambda p, new, t: (
            quadratic(standardise(t)[0], p)
        ),
        "are both turned, the times and the params? One is enough": lambda p, new, t: quadratic(
            standardise(t)[1](new), standardise(t)[1].undo(p)
        ),
    },
    hint="The params were fitted to x, and what x means was settled then: by `time`.",
    solution="""
def predict(params, new, time):
    x = (new - time.mean()) / time.std(correction=0)
    return quadratic(x, params)
""",
    bug=_own_scale,
    symptom="what it says of one time depends on which other times are asked along with it",
)
