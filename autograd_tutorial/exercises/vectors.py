"""What lesson 8 asks, and how it is judged."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from autograd_tutorial.exercises.checker import Exercise, Prediction, draw
from autograd_tutorial.fit import mse, quadratic, rmse
from autograd_tutorial.gradients import numeric_grad


def _weights_of_the_mean() -> str:
    time, params = torch.arange(20.0), torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    (row,) = torch.autograd.grad(quadratic(time, params), params, torch.ones(20) / 20)
    return "ones / 20" if torch.allclose(row, _rows(time).mean(0)) else "ones"


p1 = Prediction("p1", ("ones", "ones / 20"), _weights_of_the_mean, "how often is each row counted?")


def _weighted(g: torch.Generator) -> dict[str, Any]:
    return {"params": draw(g, 3), "time": draw(g, 5), "v": draw(g, 5)}


def _rows(time: Tensor) -> Tensor:
    "The Jacobian of the quadratic, (n, 3)."
    return torch.stack([time**2, time, torch.ones_like(time)], 1)


def _walked(params: Tensor, time: Tensor, v: Tensor) -> Tensor:
    p = params.clone().requires_grad_()
    return torch.autograd.grad(quadratic(time, p), p, grad_outputs=v)[0]


q1 = Exercise(
    "q1",
    "weighted_rows",
    inputs=_weighted,
    routes={
        "autograd": _walked,
        "a small push": lambda p, t, v: numeric_grad(
            lambda q: (v * quadratic(t.double(), q)).sum(), p
        ),
    },
    mistakes={
        "from many numbers, each needs its weight: give `backward(gradient=v)`, or `grad_outputs=v`": lambda p, t, v: (
            quadratic(t, p.clone().requires_grad_()).backward()
        ),
        "does `gradient=` hold ones? It should hold the `v` that came": lambda p, t, v: _rows(
            t
        ).sum(0),
        "is every row counted once, and averaged? Each counts as often as `v` says": lambda p, t, v: (
            _rows(t).mean(0)
        ),
        "is the sum of all rows multiplied by the sum of v? Each row has a weight of its own": lambda p, t, v: (
            _rows(t).sum(0) * v.sum()
        ),
        "is the weighted sum divided by the number of rows?": lambda p, t, v: v @ _rows(t) / len(t),
        "does `gradient=` hold the predictions?": lambda p, t, v: quadratic(t, p) @ _rows(t),
        "does `gradient=` hold the predictions times v? The walk back multiplies by their slopes already": lambda p, t, v: (
            (v * quadratic(t, p)) @ _rows(t)
        ),
        "is v squared? It counts once": lambda p, t, v: v**2 @ _rows(t),
        "have the weights lost their signs?": lambda p, t, v: v.abs() @ _rows(t),
        "is the sign the wrong way round?": lambda p, t, v: -v @ _rows(t),
        "is the order a, b, c turned round?": lambda p, t, v: (v @ _rows(t)).flip(0),
        "are the rows weighted, but not added up?": lambda p, t, v: v[:, None] * _rows(t),
        "is that the other product, the columns weighted by the params?": lambda p, t, v: (
            _rows(t) @ p
        ),
        "is that one number, the weighted sum of the predictions? Its slopes are asked": lambda p, t, v: (
            v @ quadratic(t, p)
        ),
    },
    hint="Make a copy of `params` that asks for gradients, predict, and walk back from all predictions at once, with a weight for each.",
    solution="""
def weighted_rows(params, time, v):
    p = params.clone().requires_grad_()
    quadratic(time, p).backward(gradient=v)
    return p.grad
""",
)


def _pushed_data(g: torch.Generator) -> dict[str, Any]:
    return {"params": draw(g, 3), "time": draw(g, 6), "speed": 4 * draw(g, 6), "u": draw(g, 3)}


def _slopes(params: Tensor, time: Tensor, speed: Tensor, loss_fn: Any = rmse) -> Tensor:
    slopes: Tensor = torch.func.grad(lambda p: loss_fn(quadratic(time, p), speed))(params)
    return slopes


def _table(params: Tensor, time: Tensor, speed: Tensor, loss_fn: Any = rmse) -> Tensor:
    "The Hessian, (3, 3)."
    H: Tensor = torch.func.hessian(lambda p: loss_fn(quadratic(time, p), speed))(params)
    return H


def _pushed_slopes(params: Tensor, time: Tensor, speed: Tensor, u: Tensor) -> Tensor:
    "By hand, in float64: the slopes after a small push along u, less those before."

    def slopes(p: Tensor) -> Tensor:
        miss = quadratic(time.double(), p) - speed.double()
        return miss @ _rows(time.double()) / len(time) / miss.square().mean().sqrt()

    push = 1e-5 * u.double()
    moved: Tensor = (slopes(params.double() + push) - slopes(params.double() - push)) / 2e-5
    return moved.float()


def _unrecorded(params: Tensor, time: Tensor, speed: Tensor, u: Tensor) -> Tensor:
    at = params.clone().requires_grad_()
    slope = torch.autograd.grad(rmse(quadratic(time, at), speed), at)[0]
    return torch.autograd.grad(slope @ u, at)[0]


q2 = Exercise(
    "q2",
    "rmse_curving",
    inputs=_pushed_data,
    routes={
        "autograd": lambda p, t, s, u: torch.func.jvp(lambda q: _slopes(q, t, s), (p,), (u,))[1],
        "a small push": _pushed_slopes,
    },
    mistakes={
        "is that the Hessian of the mse? The root is missing": lambda p, t, s, u: (
            _table(p, t, s, mse) @ u
        ),
        "is that of the mse, divided by 2·rmse? As params move, that divisor moves too": lambda p, t, s, u: (
            _table(p, t, s, mse) @ u / (2 * rmse(quadratic(t, p), s))
        ),
        "is that of the mse, divided by rmse? The root has a slope of its own, and it moves with params": lambda p, t, s, u: (
            _table(p, t, s, mse) @ u / rmse(quadratic(t, p), s)
        ),
        "has the first gradient no record? Pass `create_graph=True`, to a walk from params that ask for gradients": _unrecorded,
        "is the gradient still in it? Clear `.grad` before the second walk": lambda p, t, s, u: (
            _slopes(p, t, s) + _table(p, t, s) @ u
        ),
        "is that the gradient, without a push?": lambda p, t, s, u: _slopes(p, t, s),
        "is that the gradient times u, one slope along u? How the slopes change is asked": lambda p, t, s, u: (
            _slopes(p, t, s) @ u
        ),
        "is that the gradient, weighted by u number by number?": lambda p, t, s, u: (
            _slopes(p, t, s) * u
        ),
        "is that the gradient somewhere else, where the push ends?": lambda p, t, s, u: _slopes(
            p + u, t, s
        ),
        "is that what a whole push changes? The rate of change at `params` is asked": lambda p, t, s, u: (
            _slopes(p + u, t, s) - _slopes(p, t, s)
        ),
        "is that the Hessian at u, times params? They have changed places": lambda p, t, s, u: (
            _table(u, t, s) @ p
        ),
        "is only the diagonal of the Hessian used?": lambda p, t, s, u: (
            _table(p, t, s).diagonal() * u
        ),
        "is that the Hessian, before the product?": lambda p, t, s, u: _table(p, t, s),
        "is that the product on both sides, the curvature along u?": lambda p, t, s, u: (
            u @ _table(p, t, s) @ u
        ),
        "are the rows of the Hessian added up, without u?": lambda p, t, s, u: _table(p, t, s).sum(
            0
        ),
        "is u shortened to length 1? It should count as it comes": lambda p, t, s, u: (
            _table(p, t, s) @ u / u.norm()
        ),
        "is the Hessian solved for u, where it should multiply it?": lambda p, t, s, u: (
            torch.linalg.pinv(_table(p, t, s)) @ u
        ),
    },
    hint="A function that gives the gradient, and how its result moves when `params` move along `u`; or the gradient with its own record, times u, walked back once more.",
    solution="""
def rmse_curving(params, time, speed, u):
    def slopes(p):
        return torch.func.grad(lambda q: rmse(quadratic(time, q), speed))(p)
    return torch.func.jvp(slopes, (params,), (u,))[1]
""",
)


def _few_of_many(g: torch.Generator) -> dict[str, Any]:
    return {"preds": draw(g, 8), "speed": draw(g, 8), "rows": torch.randperm(8, generator=g)[:3]}


def _mse_of(preds: Tensor, speed: Tensor, rows: Tensor) -> Tensor:
    return mse(preds[rows], speed[rows])


def _at(rows: Tensor, values: Tensor) -> Tensor:
    "`values` at `rows`, 0 elsewhere."
    return torch.zeros_like(values).index_copy(0, rows, values[rows])


q3 = Exercise(
    "q3",
    "choose_v",
    inputs=_few_of_many,
    routes={
        "autograd": lambda p, s, rows: torch.func.grad(_mse_of)(p, s, rows),
        "a small push": lambda p, s, rows: numeric_grad(lambda q: _mse_of(q, s.double(), rows), p),
    },
    mistakes={
        "is it divided by the number of all points? An mse over a few divides by how many they are": lambda p, s, rows: (
            _at(rows, 2 * (p - s)) / len(p)
        ),
        "is a factor 2 lost, from the square?": lambda p, s, rows: _at(rows, p - s) / len(rows),
        "is nothing divided? That suits a sum of squares, not their mean": lambda p, s, rows: _at(
            rows, 2 * (p - s)
        ),
        "is that the v of the mse over all points?": lambda p, s, rows: 2 * (p - s) / len(p),
        "do the other points still count? They should weigh nothing": lambda p, s, rows: (
            2 * (p - s) / len(rows)
        ),
        "do the other points count, and these not?": lambda p, s, rows: (
            (2 * (p - s) - _at(rows, 2 * (p - s))) / len(rows)
        ),
        "are those ones? They pick the predictions, and not how much the mse changes with each": lambda p, s, rows: (
            _at(rows, torch.ones_like(p))
        ),
        "does each of the few weigh the same? The mse changes more where the miss is larger": lambda p, s, rows: (
            _at(rows, torch.ones_like(p)) / len(rows)
        ),
        "is that the mse itself? v holds how much it changes with each prediction": _mse_of,
        "does v hold the mse at each of the few? It should hold how much it changes": lambda p, s, rows: (
            _at(rows, _mse_of(p, s, rows).expand(len(p)))
        ),
        "is that only the part of v that is not 0? v holds a number for each prediction": lambda p, s, rows: (
            2 * (p - s)[rows] / len(rows)
        ),
        "do the weights stand at the first places, where they belong at `rows`?": lambda p, s, rows: (
            torch.cat([2 * (p - s)[rows] / len(rows), torch.zeros(len(p) - len(rows))])
        ),
        "is the sign the wrong way round, from speed less prediction?": lambda p, s, rows: (
            _at(rows, 2 * (s - p)) / len(rows)
        ),
        "is the square still in? Its slope is twice the miss": lambda p, s, rows: (
            _at(rows, (p - s) ** 2) / len(rows)
        ),
        "is that the slope of the rmse?": lambda p, s, rows: torch.func.grad(
            lambda q: rmse(q[rows], s[rows])
        )(p),
        "is the speed missing from the misses?": lambda p, s, rows: _at(rows, 2 * p) / len(rows),
    },
    hint="Ask of each prediction how much the mse of the few changes with it; of most of them, not at all.",
    solution="""
def choose_v(preds, speed, rows):
    v = torch.zeros_like(preds)
    v[rows] = 2 * (preds - speed)[rows] / len(rows)
    return v
""",
)


def _passing_through(g: torch.Generator) -> dict[str, Any]:
    return {"x": draw(g, 6), "v": draw(g, 6)}


def _by_autograd(x: Tensor, v: Tensor) -> Tensor:
    at = x.clone().requires_grad_()
    return torch.autograd.grad(at - at.mean(), at, grad_outputs=v)[0]


q4 = Exercise(
    "q4",
    "centred_backward",
    inputs=_passing_through,
    routes={
        "autograd": _by_autograd,
        "a small push": lambda x, v: numeric_grad(lambda at: (v * (at - at.mean())).sum(), x),
    },
    mistakes={
        "is the mean taken from x? Its slope is 1/n, whatever x is; v decides": lambda x, v: (
            v - x.mean()
        ),
        "is 1/n taken from v as it is? What goes back through the mean is v, too": lambda x, v: (
            v - 1 / len(v)
        ),
        "is only the diagonal of J used, 1 - 1/n? Each x moves every y, through the mean": lambda x, v: (
            v * (1 - 1 / len(x))
        ),
        "is the sum of v taken away, where each x holds a part of 1/n of the mean?": lambda x, v: (
            v - v.sum()
        ),
        "is the sign of the mean's part lost?": lambda x, v: v + v.mean(),
        "is one part missing, that of x itself?": lambda x, v: -v.mean().expand(len(v)),
        "is that the forward, y? The backward hands on v": lambda x, v: x - x.mean(),
        "is that y times v? The slopes of y are asked, not y": lambda x, v: (x - x.mean()) * v,
        "is v multiplied by x? The slope of x itself is 1": lambda x, v: v * x - (v * x).mean(),
        "is the sign the wrong way round?": lambda x, v: v.mean() - v,
        "is v left out, as if it were all ones? Then every row counts alike, and nothing is left": lambda x, v: (
            torch.zeros_like(v)
        ),
        "is that one number? There is a slope for each x": lambda x, v: v.sum() - v.mean(),
        "is the mean divided by n once more?": lambda x, v: v - v.mean() / len(v),
    },
    hint="Push one x: its own y moves by 1, and what does the mean do to all of them?",
    solution="""
def centred_backward(x, v):
    return v - v.mean()
""",
    bug=lambda x, v: v.clone(),
    symptom="push one x up, and it claims that the other numbers of y stay where they are",
)
