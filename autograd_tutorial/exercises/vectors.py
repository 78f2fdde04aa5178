"""What lesson 8 asks, and how it is judged."""

from typing import Any

import torch
from torch import Tensor
from torch.func import hessian, jvp

from autograd_tutorial.core.problem import Loss
from autograd_tutorial.exercises.checker import Exercise
from autograd_tutorial.exercises.drawing import draw, draw_whole
from autograd_tutorial.exercises.predictions import Prediction
from autograd_tutorial.exercises.routes import Slope, by_slopes, loss_slopes, slope
from autograd_tutorial.fit import mse, quadratic, rmse

p1 = Prediction("How far each prediction moves for a push of `a`, of `b`, of `c`.")
p2 = Prediction(
    "The row of J that v picks: how far that one prediction moves for a push of each param."
)
p3 = Prediction("All rows, each once: what `preds.sum().backward()` gives.")
p4 = Prediction("They make {most:.0%} of it; the first ten give {early:.1%}.")
p5 = Prediction(
    "It is what `backward` has left in `params.grad` at each step on the mse since lesson 2."
)
p6 = Prediction("The steep direction moves them all, the flat one hardly any.")
p7 = Prediction(
    "One vjp gives a row of J, one jvp a column: as many as outputs backward, as inputs forward."
)
p8 = Prediction("Forward takes a pass for each input, back takes one.")
p9 = Prediction("Three passes forward, where backward has 3000 rows to fill.")
p10 = Prediction("3x², then 6x, then 6: at 2 the first two happen to agree.")
p11 = Prediction(
    "The first takes `u @ Hu` for a u drawn by chance. Hu is the next u: its part along the steepest has grown by {most:,.0f}, that along the middle one by {next:.0f}, so the second product is taken nearly along the steepest."
)
p12 = Prediction("The mse is a mean over the points, and so is its gradient.")
p13 = Prediction(
    "{it:.2f} instead of {other:.2f}: `c` hardly moves in ten steps, and a wrong gradient may well go downhill."
)
p14 = Prediction(
    "The slope is x³ + x·(3x²); its own is 3x² + 3x² + x·(6x), here 12 + 12 + 24. The saved 3x² is a constant, so the 24 is missing, and nothing says so."
)


def _wrong_rows(p: Tensor, t: Tensor, v: Tensor) -> dict[str, Any]:
    rows, preds = torch.vander(t, 3), quadratic(t, p)  # the Jacobian, (n, 3); (n,)
    return {
        "from many numbers, each needs its weight: give `backward(gradient=v)`, or `grad_outputs=v`": (
            lambda p, t, v: quadratic(t, p.clone().requires_grad_()).backward()
        ),
        "does `gradient=` hold ones? It should hold the `v` that came": rows.sum(0),
        "is the sum of all rows multiplied by the sum of v? Each row has a weight of its own": (
            rows.sum(0) * v.sum()
        ),
        "does `gradient=` hold the predictions times v? The walk back multiplies by their slopes already": (
            (v * preds) @ rows
        ),
        "are those slopes by time? By a, b and c were asked": (
            torch.stack([2 * v @ t, v.sum(), 0 * v.sum()])
        ),
    }


q1 = Exercise(
    "q1",
    "weighted_rows",
    inputs=lambda g: {"params": draw(g, 3), "time": draw(g, 5), "v": draw(g, 5)},
    routes=by_slopes(lambda slope, p, t, v: slope(lambda q: quadratic(t, q), p, v)),
    mistakes=_wrong_rows,
    hint_words="Make a copy of `params` that asks for gradients, predict, and walk back from all predictions at once, with a weight for each.",
    solution_code="""
def weighted_rows(params, time, v):
    p = params.clone().requires_grad_()
    quadratic(time, p).backward(gradient=v)
    return p.grad
""",
    slips=(
        "p = params.clone().requires_grad_()\nquadratic(time, p).backward()\nreturn p.grad",
        "p = params.clone().requires_grad_()\nquadratic(time, p).backward(gradient=torch.ones_like(v))\nreturn p.grad",
        "p = params.clone().requires_grad_()\npreds = quadratic(time, p)\npreds.backward(gradient=v * preds)\nreturn p.grad",
    ),
)


def _typical(moves: Tensor) -> Tensor:
    return moves.square().mean().sqrt()


def _two_curves(params: Tensor, time: Tensor, u: Tensor) -> Tensor:
    "By hand, in float64: from a curve a little before to one a little after."
    params, time, push = params.double(), time.double(), 1e-5 * u.double()
    before, after = quadratic(time, params - push), quadratic(time, params + push)
    return _typical((after - before) / 2e-5).float()


def _wrong_moves(p: Tensor, t: Tensor, u: Tensor) -> dict[str, Any]:
    rows = torch.vander(t, 3)  # the Jacobian, (n, 3)
    moves = rows @ u
    return {
        "do moves up and down cancel? Their squares do not": moves.mean(),
        "do moves up and down cancel before the square is taken?": moves.mean().abs(),
        "is that the mean of the sizes, without squares?": moves.abs().mean(),
        "is that a sum of squares, without mean and root?": moves.square().sum(),
        "is that the one that moves furthest?": moves.abs().max(),
        "is that how large the predictions are once they have moved? How far they move is asked": (
            _typical(quadratic(t, p + u))
        ),
        "is each param pushed by itself? All are pushed at once, and what they do adds up": (
            _typical(rows * u)
        ),
        "is u shortened to length 1? It should count as it comes": _typical(moves) / u.norm(),
        "is the mean move taken away first, as a standard deviation has it?": moves.std(),
        "does u weigh the predictions, as in a backward? It is a push, a number for each param": (
            lambda p, t, u: quadratic(t, p.clone().requires_grad_()).backward(gradient=u)
        ),
    }


q2 = Exercise(
    "q2",
    "typical_move",
    inputs=lambda g: {
        "params": draw(g, 3),
        "time": draw(g, draw_whole(g, 4, 7)),
        "u": draw(g, 3),
    },
    routes={
        "forward mode": lambda p, t, u: _typical(jvp(lambda q: quadratic(t, q), (p,), (u,))[1]),
        "two curves": _two_curves,
    },
    mistakes=_wrong_moves,
    hint_words="First how far each of them moves: one pass forward, with `u` as the push. The lesson did it for the steep direction.",
    solution_code="""
def typical_move(params, time, u):
    moves = torch.func.jvp(lambda p: quadratic(time, p), (params,), (u,))[1]
    return moves.square().mean().sqrt()
""",
    slips=(
        "moves = torch.func.jvp(lambda p: quadratic(time, p), (params,), (u,))[1]\nreturn moves.mean()",
        "return quadratic(time, params + u).square().mean().sqrt()",
        "rows = torch.func.jacrev(lambda p: quadratic(time, p))(params)\nreturn (rows * u).square().mean().sqrt()",
    ),
)


def _pushed_data(g: torch.Generator) -> dict[str, Any]:
    return {"params": draw(g, 3), "time": draw(g, 6), "speed": 4 * draw(g, 6), "u": draw(g, 3)}


def _twice_walked(params: Tensor, time: Tensor, speed: Tensor, u: Tensor) -> Tensor:
    def slopes(p: Tensor) -> Tensor:
        walked: Tensor = torch.func.grad(lambda q: rmse(quadratic(time, q), speed))(p)
        return walked

    moved: Tensor = jvp(slopes, (params,), (u,))[1]
    return moved


def _pushed_slopes(params: Tensor, time: Tensor, speed: Tensor, u: Tensor) -> Tensor:
    "By hand, in float64: the slopes after a small push along u, less those before."

    def slopes(p: Tensor) -> Tensor:
        miss = quadratic(time.double(), p) - speed.double()
        return miss @ torch.vander(time.double(), 3) / len(time) / miss.square().mean().sqrt()

    push = 1e-5 * u.double()
    moved = (slopes(params.double() + push) - slopes(params.double() - push)) / 2e-5
    return moved.float()


def _unrecorded(params: Tensor, time: Tensor, speed: Tensor, u: Tensor) -> Tensor:
    at = params.clone().requires_grad_()
    slope = torch.autograd.grad(rmse(quadratic(time, at), speed), at)[0]
    return torch.autograd.grad(slope @ u, at)[0]


def _wrong_curvings(p: Tensor, t: Tensor, s: Tensor, u: Tensor) -> dict[str, Any]:
    def table(at: Tensor, loss_fn: Loss = rmse) -> Tensor:
        H: Tensor = hessian(lambda q: loss_fn(quadratic(t, q), s))(at)  # (3, 3)
        return H

    def slopes(at: Tensor) -> Tensor:
        return loss_slopes(slope, at, t, s, rmse)

    H, here, loss = table(p), slopes(p), rmse(quadratic(t, p), s)
    of_mse = table(p, mse) @ u
    return {
        "is that the Hessian of the mse? The root is missing": of_mse,
        "is that of the mse, divided by 2·rmse? As params move, that divisor moves too": (
            of_mse / (2 * loss)
        ),
        "is that of the mse, divided by rmse? The root has a slope of its own, and it moves with params": (
            of_mse / loss
        ),
        "has the first gradient no record? Pass `create_graph=True`, to a walk from params that ask for gradients": _unrecorded,
        "is the gradient still in it? Clear `.grad` before the second walk": here + H @ u,
        "is that the gradient times u, one slope along u? How the slopes change is asked": here @ u,
        "is that the gradient, weighted by u number by number?": here * u,
        "is that the gradient somewhere else, where the push ends?": slopes(p + u),
        "is that what a whole push changes? The rate of change at `params` is asked": (
            slopes(p + u) - here
        ),
        "is only the diagonal of the Hessian used?": H.diagonal() * u,
    }


q3 = Exercise(
    "q3",
    "rmse_curving",
    inputs=_pushed_data,
    routes={"autograd": _twice_walked, "a small push": _pushed_slopes},
    mistakes=_wrong_curvings,
    hint_words="A function that gives the gradient, and how its result moves when `params` move along `u`; or the gradient with its own record, times u, walked back once more.",
    solution_code="""
def rmse_curving(params, time, speed, u):
    def slopes(p):
        return torch.func.grad(lambda q: rmse(quadratic(time, q), speed))(p)
    return torch.func.jvp(slopes, (params,), (u,))[1]
""",
    slips=(
        "H = torch.func.hessian(lambda p: mse(quadratic(time, p), speed))(params)\nreturn H @ u",
        "p = params.clone().requires_grad_()\n(slope,) = torch.autograd.grad(rmse(quadratic(time, p), speed), p)\nreturn torch.autograd.grad(slope @ u, p)[0]",
        "slope = torch.func.grad(lambda p: rmse(quadratic(time, p), speed))(params)\nreturn slope @ u",
    ),
)


def _few_of_many(g: torch.Generator) -> dict[str, Any]:
    "Eight points, of which three to five count."
    preds, speed, few = draw(g, 8), draw(g, 8), 3 + g.initial_seed() % 3
    return {"preds": preds, "speed": speed, "rows": torch.randperm(8, generator=g)[:few]}


def _of_the_few(slope: Slope, preds: Tensor, speed: Tensor, rows: Tensor) -> Tensor:
    return slope(lambda p: mse(p[rows], speed[rows]), preds)


def _wrong_weights(p: Tensor, s: Tensor, rows: Tensor) -> dict[str, Any]:
    def few(values: Tensor) -> Tensor:  # at `rows`; 0 elsewhere
        return torch.zeros_like(values).index_copy(0, rows, values[rows])

    n, twice, ones = len(rows), 2 * (p - s), torch.ones_like(p)
    right, loss = few(twice) / n, mse(p[rows], s[rows])
    return {
        "is it divided by the number of all points? An mse over a few divides by how many they are": (
            few(twice) / len(p)
        ),
        "do the other points still count? They should weigh nothing": twice / n,
        "do the other points count, and these not?": (twice - few(twice)) / n,
        "are those ones? They pick the predictions, and not how much the mse changes with each": (
            few(ones)
        ),
        "is that only the part of v that is not 0? v holds a number for each prediction": (
            right[rows]
        ),
        "do the weights stand at the first places, where they belong at `rows`?": (
            torch.cat([right[rows], 0 * p[n:]])
        ),
        "is that the slope of the rmse?": right / (2 * loss.sqrt()),
    }


q4 = Exercise(
    "q4",
    "choose_v",
    inputs=_few_of_many,
    routes=by_slopes(_of_the_few),
    mistakes=_wrong_weights,
    hint_words="Ask of each prediction how much the mse of the few changes with it; of most of them, not at all.",
    solution_code="""
def choose_v(preds, speed, rows):
    v = torch.zeros_like(preds)
    v[rows] = 2 * (preds - speed)[rows] / len(rows)
    return v
""",
    slips=(
        "v = torch.zeros_like(preds)\nv[rows] = 2 * (preds - speed)[rows] / len(preds)\nreturn v",
        "v = torch.zeros_like(preds)\nv[rows] = 1\nreturn v",
        "return 2 * (preds - speed)[rows] / len(rows)",
    ),
)


def _centred(g: torch.Generator) -> dict[str, Any]:
    n = draw_whole(g, 4, 7)
    return {"x": draw(g, n), "v": draw(g, n)}


def _wrong_backwards(x: Tensor, v: Tensor) -> dict[str, Any]:
    return {
        "is the mean taken from x? Its slope is 1/n, whatever x is; v decides": v - x.mean(),
        "is 1/n taken from v as it is? What goes back through the mean is v, too": v - 1 / len(x),
        "is the mean forgotten? Each x moves every y, through it": v.clone(),
        "is the sum of v taken away, where each x holds a part of 1/n of the mean?": v - v.sum(),
        "is it divided by twenty, whatever number came?": v - v.sum() / 20,
    }


q5 = Exercise(
    "q5",
    "centred_backward",
    inputs=_centred,
    routes=by_slopes(lambda slope, x, v: slope(lambda at: at - at.mean(), x, v)),
    mistakes=_wrong_backwards,
    hint_words="Push one x: its own y moves by 1, and what does the mean do to all of them?",
    solution_code="""
def centred_backward(x, v):
    through_x = v
    through_mean = v.mean()
    return through_x - through_mean
""",
    bug=lambda x, v: v - v / len(x),
    symptom="push one x up, and it claims that the other numbers of y stay where they are",
    seen="CrypTen's batch norm forgot, too, that a mean moves with its inputs, and so did its test (facebookresearch/CrypTen#143 on GitHub).",
    repairs=(("- through_mean", "- through_mean.sum()"),),
)
