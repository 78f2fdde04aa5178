"""What lesson 7 asks, and how it is judged."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from autograd_tutorial.core.checks import gradient
from autograd_tutorial.core.problem import Loss
from autograd_tutorial.exercises.checker import Exercise
from autograd_tutorial.exercises.drawing import draw, draw_points, draw_share, draw_whole
from autograd_tutorial.exercises.predictions import Prediction
from autograd_tutorial.exercises.routes import Slope, by_slopes, loss_slopes, push, slope
from autograd_tutorial.fit import mse, quadratic, rmse
from autograd_tutorial.gradients import numeric_grad

p1 = Prediction("`.item()` gives a number without a record, as `no_grad` did in lesson 1.")
p2 = Prediction("The new tensor has a record of its own, which never heard of `p`.")
p3 = Prediction("The assignment cuts off decimals without a word, and leaves {left}.")
p4 = Prediction(
    "As good as healthy, and the mse of the curve is {of_curve:.0f}: the predictions grew by 3.6 in memory, so the params shrank by 3.6."
)
p5 = Prediction(
    "It is {loss:,.0f} in every step, the mse of the first predictions; the params march off, always along the first gradient, to a curve whose mse is {of_curve:,.0f}."
)
p6 = Prediction("The walk back multiplies by the misses, as it finds them then.")
p7 = Prediction("It ends at {last:.3g}: twenty times the slope is past the edge.")
p8 = Prediction(
    "It is {loss:,} each time: the name `p` inside moved on to a new tensor; the one outside did not change."
)
p9 = Prediction("Not a word, and not a move: it skips what has no gradient.")
p10 = Prediction(
    "Every point pulls at every prediction, and all agree on the mean, nearly {mean:.1f}."
)
p11 = Prediction("So no row is a point any more, and a fit of them means nothing.")
p12 = Prediction(
    "Without `detach` it is {best}: over standardised times the middle of the curve is at 0 and lies low, so `a` alone nearly does. Who would not blame the noise? But two params of three have never moved."
)
p13 = Prediction(
    "The value is {root:g}, but the walk back passes the root all the same: `where` hands the branch that was not taken a slope of 0, and 0 times infinity is nan."
)
p14 = Prediction("Those named {settled}; their curves are wrong all the same.")


def _rows(g: torch.Generator) -> dict[str, Any]:
    n = draw_whole(g, 4, 7)
    return {"params": draw(g, 3).requires_grad_(), "table": draw(g, n, 3), "speed": draw(g, n)}


def _with_gradient(loss: Tensor, params: Tensor, *_: Any) -> dict[str, Any]:
    return {"its gradient": gradient(loss, params)}


def _table_by_torch(params: Tensor, table: Tensor, speed: Tensor) -> dict[str, Any]:
    loss = torch.nn.functional.mse_loss(torch.mv(table, params), speed)
    return {"the loss": loss, "its gradient": gradient(loss, params)}


def _table_by_loop(params: Tensor, table: Tensor, speed: Tensor) -> dict[str, Any]:
    "The mean by a loop over the rows, its gradient by pushing."

    def loss(p: Tensor) -> Tensor:
        rows = zip(table.double(), speed.double(), strict=True)
        return torch.stack([((row * p).sum() - target) ** 2 for row, target in rows]).mean()

    return {"the loss": loss(params.double()).float(), "its gradient": numeric_grad(loss, params)}


def _wrong_table_losses(p: Tensor, t: Tensor, s: Tensor) -> dict[str, Any]:
    preds = t @ p
    miss = preds - s
    return {
        "do misses of both signs cancel, with no square?": miss.mean(),
        "is that the mean of the sizes, without a square?": miss.abs().mean(),
        "is the mean taken before the square?": miss.mean() ** 2,
        "is that the root of the sum of squares?": miss.norm(),
        "are the squares taken before the difference?": (preds**2 - s**2).mean(),
        "is the miss doubled, where it should be squared?": 2 * miss.mean(),
        "is each number of a row compared by itself? Add up the row first": (
            ((t * p - s[:, None]) ** 2).mean()
        ),
        "does each prediction meet every speed? Row and speed belong together, one by one": (
            ((preds[:, None] - s) ** 2).sum() / len(s)
        ),
        "are all predictions averaged before they are compared?": ((preds.mean() - s) ** 2).mean(),
    }


q1 = Exercise(
    "q1",
    "table_mse",
    inputs=_rows,
    routes={"autograd": _table_by_torch, "a loop and a small push": _table_by_loop},
    mistakes=_wrong_table_losses,
    hint_words="Print the shape of `preds`, that of `speed`, and that of their difference.",
    solution_code="""
def table_mse(params, table, speed):
    preds = table @ params
    return ((preds - speed) ** 2).mean()
""",
    result="the loss",
    after=_with_gradient,
    bug=lambda params, table, speed: ((table @ params[:, None] - speed) ** 2).mean(),
    symptom="it is least where all predictions are alike",
    repairs=(("(preds - speed)", "(preds - speed[:, None])"),),
)


def _run(g: torch.Generator) -> dict[str, Any]:
    return {
        **draw_points(g, 6, 6, leaf=True),
        "lr": draw_share(g, 0.01, 0.03).item(),
        "steps": draw_whole(g, 3, 5),
    }


def _after_steps(_: Any, params: Tensor, *__: Any) -> dict[str, Any]:
    zero = params.grad is None or not params.grad.any()  # zeros are no gradient left behind
    return {"`params` after the steps": params, "its `.grad`": None if zero else params.grad}


def _descended(
    slope: Slope, params: Tensor, time: Tensor, speed: Tensor, lr: float, steps: int
) -> dict[str, Any]:
    p = params.detach().clone()
    for _ in range(steps):
        p = p - lr * loss_slopes(slope, p, time, speed)
    return {"`params` after the steps": p.requires_grad_(), "its `.grad`": None}


def _moved(
    rate: float = 1.0,  # of `lr`
    keep: bool = False,  # old slopes, to be added to
    stand: bool = False,  # at the start, whose slopes are taken each time
    loss_fn: Loss = mse,
) -> Callable[..., None]:
    "A loop that may go wrong in several ways."

    def answer(params: Tensor, time: Tensor, speed: Tensor, lr: float, steps: int) -> None:
        start, found = params.detach().clone(), torch.zeros(3)
        for _ in range(steps):
            new = rate * loss_slopes(slope, start if stand else params, time, speed, loss_fn)
            found = found + new if keep else new
            with torch.no_grad():
                params -= lr * found
        params.grad = None

    return answer


def _renamed(quiet: bool) -> Callable[..., None]:
    "A loop whose step gives the name to a new tensor, under `no_grad` or not."

    def answer(params: Any, time: Tensor, speed: Tensor, lr: float, steps: int) -> None:
        for _ in range(steps):
            torch.autograd.backward(mse(quadratic(time, params), speed))
            with torch.set_grad_enabled(not quiet):
                params = params - lr * params.grad

    return answer


def _wrong_loops(p: Tensor, t: Tensor, s: Tensor, lr: float, steps: int) -> dict[str, Any]:
    def total(preds: Tensor, speed: Tensor) -> Tensor:
        return ((preds - speed) ** 2).sum()

    def sizes(preds: Tensor, speed: Tensor) -> Tensor:
        return (preds - speed).abs().mean()

    return {
        "does it climb, with old gradients that keep pushing? The gradient is subtracted, and then cleared": (
            _moved(-1.0, keep=True)
        ),
        "is the gradient never cleared, so that old ones keep pushing?": _moved(keep=True),
        "is the same loss walked back each time, and its gradient never cleared?": (
            _moved(stand=True, keep=True)
        ),
        "is that the descent of the rmse, where the mse was asked?": _moved(loss_fn=rmse),
        "is that the descent of a sum, where a mean was asked?": _moved(loss_fn=total),
        "is that the descent of the sizes of misses, without a square?": _moved(loss_fn=sizes),
        "is the loss computed without a record: under `no_grad`, from a copy, or from a new tensor that took the name? Step `params` in place, with `-=`": (
            _renamed(quiet=True)
        ),
        "is there no gradient yet, was it cleared before the step, or did a new, non-leaf tensor take the name, which `-=` avoids?": (
            _renamed(quiet=False)
        ),
    }


q2 = Exercise(
    "q2",
    "learn",
    inputs=_run,
    routes=by_slopes(_descended),
    mistakes=_wrong_loops,
    hint_words="Which line would have to see the new `params`, and how often does it run?",
    solution_code="""
def learn(params, time, speed, lr, steps):
    for step in range(steps):
        mse(quadratic(time, params), speed).backward()
        with torch.no_grad():
            params -= lr * params.grad
        params.grad = None
""",
    result="",
    after=_after_steps,
    changes=("params",),
    bug=_moved(stand=True),
    symptom="every step is as long as the first, and goes the same way",
    repairs=(
        ("range(steps):", "range(steps):\n        preds = quadratic(time, params)"),
        (
            "        params.grad = None",
            "        params.grad = None\n        preds = quadratic(time, params)",
        ),
    ),
)


def _with_zeros(g: torch.Generator) -> dict[str, Any]:
    "Numbers of both signs, one of them 0, two next to it."
    x = draw(g, 5)
    zero, near, nearer = torch.randperm(5, generator=g)[:3].tolist()
    x[zero], x[near], x[nearer] = 0.0, -1e-6, -1e-8  # for whoever adds 1e-6 or 1e-8
    return {"x": x.requires_grad_()}


def _by_sinc(x: Tensor) -> dict[str, Any]:
    wave = torch.sinc(x / torch.pi)
    return {"the result": wave, "its slopes": gradient(wave, x)}


def _by_series(x: Tensor) -> dict[str, Any]:
    "1 - x²/6 + x⁴/120 and so on, and its slopes by pushing."

    def series(at: Tensor) -> Tensor:
        term = total = torch.ones_like(at)
        for k in range(1, 12):
            term = -term * at**2 / (2 * k * (2 * k + 1))
            total = total + term
        return total

    at = x.detach().double()
    return {"the result": series(at).float(), "its slopes": push(series, at).float()}


def _wrong_ripples(x: Tensor) -> dict[str, Any]:
    return {
        "is that PyTorch's `sinc` as it stands? It has a π in it": torch.sinc(x),
        "is that only the beginning of the series? It holds near 0 alone": 1 - x**2 / 6,
        "are the two arms of `where` in each other's places?": torch.where(x == 0, x / x, 1.0),
        "is that the cosine, its neighbour?": x.cos(),
        "is x kept above a limit by `clamp`? That changes every x below 0": x.sin()
        / x.clamp(min=1e-6),
    }


q5 = Exercise(
    "q5",
    "ripple",
    inputs=_with_zeros,
    routes={"PyTorch's `sinc`": _by_sinc, "its series and a small push": _by_series},
    mistakes=_wrong_ripples,
    hint_words="The walk back passes both arms of `where`. Which number must never be divided by?",
    solution_code="""
def ripple(x):
    one = torch.ones_like(x)
    safe = torch.where(x == 0, one, x)
    wave = safe.sin() / safe
    return torch.where(x == 0, one, wave)
""",
    after=lambda result, x: {"its slopes": gradient(result, x)},
    bug=lambda x: torch.where(x == 0, torch.ones_like(x), x.sin() / x),
    symptom="its values are right, and its slope at 0 is nan",
    seen="It has been reported again and again (pytorch/pytorch#18287, #68425 and #156212 on GitHub).",
)


def _held(slope: Slope, params: Tensor, time: Tensor, speed: Tensor) -> dict[str, Any]:
    "The loss of all three, and its gradient as one of a and b alone."
    ab, c = params.detach().split([2, 1])
    slopes = slope(lambda free: mse(quadratic(time, torch.cat([free, c])), speed), ab)
    loss = mse(quadratic(time, params), speed)
    return {"the loss": loss, "its gradient": torch.cat([slopes, 0 * c])}


def _wrong_holds(p: Tensor, t: Tensor, s: Tensor) -> dict[str, Any]:
    (a, b, c), (a_held, b_held, c_held) = p, p.detach()

    def preds(a: Tensor, b: Tensor, c: Tensor) -> Tensor:
        return quadratic(t, torch.stack([a, b, c]))

    return {
        "does `c` still answer? Its slope should be 0": mse(preds(a, b, c), s),
        "is the record of all three cut?": mse(preds(a_held, b_held, c_held), s),
        "is `c` left out of the curve? It should be held, not dropped": mse(preds(a, b, 0 * c), s),
        "is `b` held as well?": mse(preds(a, b_held, c_held), s),
        "are `a` and `b` held, and `c` free? It should be the other way round": (
            mse(preds(a_held, b_held, c), s)
        ),
        "is that a tuple of three? `torch.stack` makes one tensor, with its record": (
            lambda p, t, s: quadratic(t, p.unbind())
        ),
    }


q3 = Exercise(
    "q3",
    "hold_c",
    inputs=lambda g: draw_points(g, leaf=True),
    routes=by_slopes(_held),
    mistakes=_wrong_holds,
    hint_words="Take `params` apart into a, b and c, and build the curve from them yourself.",
    solution_code="""
def hold_c(params, time, speed):
    a, b, c = params
    preds = a * time**2 + b * time + c.detach()
    return mse(preds, speed)
""",
    slips=(
        "return mse(quadratic(time, params.detach()), speed)",
        "a, b, c = params\nreturn mse(a * time**2 + b * time, speed)",
        "a, b, c = params\nreturn mse(a * time**2 + (b * time + c).detach(), speed)",
    ),
    result="the loss",
    after=_with_gradient,
)


def _one_rate(g: torch.Generator) -> dict[str, Any]:
    return {**draw_points(g, leaf=True), "lr": draw_share(g, 0.01, 0.1).requires_grad_()}


def _with_slope_of_rate(loss: Tensor, *given: Any) -> dict[str, Any]:
    (found,) = torch.autograd.grad(loss, given[-1], allow_unused=True)
    return {"its slope of `lr`": found}


def _after_one(
    slope: Slope, params: Tensor, time: Tensor, speed: Tensor, lr: Tensor
) -> dict[str, Any]:
    def loss(rate: Tensor) -> Tensor:
        return mse(quadratic(time, params - rate * found), speed)

    found = loss_slopes(slope, params, time, speed)
    return {"the loss": loss(lr), "its slope of `lr`": slope(loss, lr)}


def _wrong_ends(p: Tensor, t: Tensor, s: Tensor, lr: Tensor) -> dict[str, Any]:
    def grad(at: Tensor, loss_fn: Loss = mse) -> Tensor:
        return loss_slopes(slope, at, t, s, loss_fn)

    def at(params: Tensor, loss_fn: Loss = mse) -> Tensor:
        return loss_fn(quadratic(t, params), s)

    end = p - lr * grad(p)
    return {
        "does `lr` lose its record on the way: by `item`, `float` or `detach`, or by a step under `no_grad`?": (
            at(p - lr.detach() * grad(p))
        ),
        "are those the params after the step? Their loss is asked": end,
        "is that the step of the rmse, where the mse was asked?": at(p - lr * grad(p, rmse)),
        "is the step that of a sum, where a mean was asked?": at(p - lr * len(t) * grad(p)),
        "does `torch.autograd.grad` give a tuple? The gradient has to be taken out of it": (
            lambda p, t, s, lr: p - lr * torch.autograd.grad(mse(quadratic(t, p), s), p)
        ),
        "are the params gone, with the step alone left?": at(lr * grad(p)),
        "is that a guess from the slope, as if the loss fell along a straight line? Compute it where the step ends": (
            at(p) - lr * grad(p).square().sum()
        ),
    }


q4 = Exercise(
    "q4",
    "loss_after",
    inputs=_one_rate,
    routes=by_slopes(_after_one),
    mistakes=_wrong_ends,
    hint_words="`torch.autograd.grad` gives the gradient and stores it nowhere; then which line makes the new params, so that `lr` is in their record?",
    solution_code="""
def loss_after(params, time, speed, lr):
    (grad,) = torch.autograd.grad(mse(quadratic(time, params), speed), params)
    moved = params - lr * grad
    return mse(quadratic(time, moved), speed)
""",
    slips=(
        "(grad,) = torch.autograd.grad(mse(quadratic(time, params), speed), params)\nmoved = params - lr.item() * grad\nreturn mse(quadratic(time, moved), speed)",
        "(grad,) = torch.autograd.grad(mse(quadratic(time, params), speed), params)\nwith torch.no_grad():\n    params -= lr * grad\nreturn mse(quadratic(time, params), speed)",
        "mse(quadratic(time, params), speed).backward()\nmoved = params - lr * params.grad\nreturn mse(quadratic(time, moved), speed)",
    ),
    result="the loss",
    after=_with_slope_of_rate,
)
