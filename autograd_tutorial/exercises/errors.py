"""What lesson 7 asks, and how it is judged."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from autograd_tutorial.core.checks import gradient
from autograd_tutorial.exercises.checker import Exercise, Prediction, draw
from autograd_tutorial.fit import mse, quadratic, rmse
from autograd_tutorial.gradients import numeric_grad


def _printed_in_kmh() -> str:
    "Whether a loop prints its least loss, 7.3 in the lesson and 0 here, whose predictions are multiplied in memory."
    x = torch.linspace(-1, 1, 9)
    speed, p = quadratic(x, torch.tensor([2.0, 1.0, 3.0])), torch.zeros(3).requires_grad_()
    for _ in range(400):
        preds = quadratic(x, p)
        preds.detach().mul_(3.6)
        loss = mse(preds, speed)
        slope = gradient(loss, p)
        with torch.no_grad():
            p -= 0.1 * slope
    return "reaches 7.3" if loss.item() < 1e-3 else "stays higher"


p1 = Prediction(
    "p1",
    ("reaches 7.3", "stays higher"),
    _printed_in_kmh,
    "which predictions does the loss compare, those from before the change or those from after it?",
)


def _rows(g: torch.Generator) -> dict[str, Any]:
    n = int(torch.randint(4, 8, (), generator=g))
    return {"params": draw(g, 3).requires_grad_(), "table": draw(g, n, 3), "speed": draw(g, n)}


def _and_gradient(loss: Tensor, params: Tensor, *_: Any) -> dict[str, Any]:
    return {"its gradient": gradient(loss, params)}


def _table_by_torch(params: Tensor, table: Tensor, speed: Tensor) -> dict[str, Any]:
    loss = torch.nn.functional.mse_loss(torch.mv(table, params), speed)
    return {"the loss": loss, "its gradient": gradient(loss, params)}


def _table_by_loop(params: Tensor, table: Tensor, speed: Tensor) -> dict[str, Any]:
    "The mean by a loop over the rows, its gradient by pushing."

    def loss(p: Tensor) -> Tensor:
        misses = [
            sum(row * p.detach().double()) - target
            for row, target in zip(table.double(), speed.double(), strict=True)
        ]
        return torch.as_tensor(sum(miss**2 for miss in misses) / len(misses))

    return {
        "the loss": loss(params).float().requires_grad_(),
        "its gradient": numeric_grad(loss, params),
    }


q1 = Exercise(
    "q1",
    "table_mse",
    inputs=_rows,
    routes={"autograd": _table_by_torch, "a loop and a small push": _table_by_loop},
    mistakes={
        "is that a sum, where a mean was asked?": lambda p, t, s: ((t @ p - s) ** 2).sum(),
        "is that the root, where the square was asked?": lambda p, t, s: rmse(t @ p, s),
        "do misses of both signs cancel, with no square?": lambda p, t, s: (t @ p - s).mean(),
        "is that the mean of the sizes, without a square?": lambda p, t, s: (
            (t @ p - s).abs().mean()
        ),
        "is the mean taken before the square?": lambda p, t, s: (t @ p - s).mean() ** 2,
        "is there a square for each row, still to be averaged?": lambda p, t, s: (t @ p - s) ** 2,
        "is a column of squares left, one below the other?": lambda p, t, s: (
            (t @ p[:, None] - s[:, None]) ** 2
        ),
        "is the record cut by `detach`?": lambda p, t, s: mse(t @ p, s).detach(),
        "is each number of a row compared by itself? Add up the row first": lambda p, t, s: (
            (t * p - s[:, None]) ** 2
        ).mean(),
        "is only the first prediction compared?": lambda p, t, s: (((t @ p)[0] - s) ** 2).mean(),
        "are all predictions averaged before they are compared?": lambda p, t, s: (
            ((t @ p).mean() - s).pow(2).mean()
        ),
    },
    hint="Print the shape of `preds`, that of `speed`, and that of their difference.",
    solution="""
def table_mse(params, table, speed):
    preds = table @ params
    return ((preds - speed) ** 2).mean()
""",
    result="the loss",
    after=_and_gradient,
    bug=lambda params, table, speed: ((table @ params[:, None] - speed) ** 2).mean(),
    symptom="it is least where all predictions are alike",
)

_RATE = 0.02


def _run(g: torch.Generator) -> dict[str, Any]:
    n, steps = 6, int(torch.randint(3, 6, (), generator=g))
    return {
        "params": draw(g, 3).requires_grad_(),
        "time": draw(g, n, high=2.0),
        "speed": draw(g, n),
        "lr": _RATE,
        "steps": steps,
    }


def _slope(
    params: Tensor, time: Tensor, speed: Tensor, loss_fn: Callable[[Tensor, Tensor], Tensor] = mse
) -> Tensor:
    p = params.detach().clone().requires_grad_()
    return gradient(loss_fn(quadratic(time, p), speed), p)


def _pushed_slope(params: Tensor, time: Tensor, speed: Tensor) -> Tensor:
    return numeric_grad(lambda p: mse(quadratic(time.double(), p), speed.double()), params)


def _after_steps(_: Any, params: Tensor, *__: Any) -> dict[str, Any]:
    left = (
        params.grad if params.grad is not None and params.grad.any() else None
    )  # zeros are no gradient left behind
    return {"`params` after the steps": params, "its `.grad`": left}


def _descended(slope: Callable[[Tensor, Tensor, Tensor], Tensor]) -> Callable[..., dict[str, Any]]:
    def answer(
        params: Tensor, time: Tensor, speed: Tensor, lr: float, steps: int
    ) -> dict[str, Any]:
        p = params.detach().clone()
        for _ in range(steps):
            p = p - lr * slope(p, time, speed)
        return {"`params` after the steps": p.requires_grad_(), "its `.grad`": None}

    return answer


def _now(start: Tensor, now: Tensor) -> Tensor:
    return now


def _first(start: Tensor, now: Tensor) -> Tensor:
    return start


def _moved(
    place: Callable[[Tensor, Tensor], Tensor] = _now,
    times: Callable[[int], float] = lambda steps: 1.0,
    count: Callable[[int], int] = lambda steps: steps,
    clear: bool = True,
    keep: bool = False,
    loss_fn: Callable[[Tensor, Tensor], Tensor] = mse,
) -> Callable[..., None]:
    "A loop whose slopes, so many times, are those at a place: of (the start, the params now); added to the old ones, or not."

    def answer(params: Tensor, time: Tensor, speed: Tensor, lr: float, steps: int) -> None:
        start, slope = params.detach().clone(), torch.zeros(3)
        for _ in range(count(steps)):
            slope = times(steps) * _slope(place(start, params), time, speed, loss_fn) + (
                slope if keep else 0
            )
            with torch.no_grad():
                params -= lr * slope
        params.grad = None if clear else _slope(params, time, speed)

    return answer


def _summed(preds: Tensor, speed: Tensor) -> Tensor:
    return ((preds - speed) ** 2).sum()


def _renamed(quiet: bool) -> Callable[..., None]:
    "A loop whose step gives the name to a new tensor, under `no_grad` or not."

    def answer(params: Tensor, time: Tensor, speed: Tensor, lr: float, steps: int) -> None:
        for _ in range(steps):
            torch.autograd.backward(mse(quadratic(time, params), speed))
            with torch.set_grad_enabled(not quiet), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                params = params - lr * params.grad

    return answer


q2 = Exercise(
    "q2",
    "learn",
    inputs=_run,
    routes={"autograd": _descended(_slope), "a small push": _descended(_pushed_slope)},
    mistakes={
        "does it climb? The gradient is subtracted": _moved(times=lambda steps: -1.0),
        "does it climb, with old gradients that keep pushing? The gradient is subtracted, and then cleared": _moved(
            times=lambda steps: -1.0, keep=True
        ),
        "is only one step taken?": _moved(count=lambda steps: 1),
        "is one step missing?": _moved(count=lambda steps: steps - 1),
        "is there one step too many?": _moved(count=lambda steps: steps + 1),
        "is the gradient never cleared, so that old ones keep pushing?": _moved(keep=True),
        "is the same loss walked back each time, and its gradient never cleared?": _moved(
            _first, keep=True
        ),
        "is the learning rate left out?": _moved(times=lambda steps: 1 / _RATE),
        "is each step divided by their number?": _moved(times=lambda steps: 1 / steps),
        "is that the descent of the rmse, where the mse was asked?": _moved(loss_fn=rmse),
        "is that the descent of a sum, where a mean was asked?": _moved(loss_fn=_summed),
        "is the loss computed without a record: under `no_grad`, from a copy, or from a new tensor that took the name? Step `params` in place, with `-=`": _renamed(
            True
        ),
        "did the name move to a new tensor, which is no leaf? Step in place, with `-=`": _renamed(
            False
        ),
        "is the last gradient still there, to be cleared?": _moved(clear=False),
    },
    hint="Which line would have to see the new `params`, and how often does it run?",
    solution="""
def learn(params, time, speed, lr, steps):
    for step in range(steps):
        loss = mse(quadratic(time, params), speed)
        loss.backward()
        with torch.no_grad():
            params -= lr * params.grad
        params.grad = None
""",
    result="",
    after=_after_steps,
    changes=("params",),
    bug=_moved(_first),
    symptom="every step is as long as the first, and goes the same way",
)


def _with_zeros(g: torch.Generator) -> dict[str, Any]:
    "Numbers of both signs, one of them 0, one next to it."
    x = draw(g, 5)
    zero, near = torch.randperm(5, generator=g)[:2].tolist()
    x[zero], x[near] = 0.0, -1e-6  # the second for whoever adds 1e-6
    return {"x": x.requires_grad_()}


def _its_slopes(result: Tensor, x: Tensor) -> dict[str, Any]:
    return {"its slopes": gradient(result, x)}


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
    return {
        "the result": series(at).float().requires_grad_(),
        "its slopes": numeric_grad(lambda each: series(each).sum(), at).float(),
    }


def _ripple(x: Tensor, at_zero: float) -> Tensor:
    safe = torch.where(x == 0, torch.ones_like(x), x)
    return torch.where(x == 0, torch.full_like(x, at_zero), safe.sin() / safe)


q3 = Exercise(
    "q3",
    "ripple",
    inputs=_with_zeros,
    routes={"PyTorch's `sinc`": _by_sinc, "its series and a small push": _by_series},
    mistakes={
        "is it 0 at 0, where 1 was asked?": lambda x: _ripple(x, 0.0),
        "is it nan at 0? Nothing may be divided by 0": lambda x: x.sin() / x,
        "is the division missing?": lambda x: x.sin(),
        "is that the cosine, its neighbour?": lambda x: x.cos(),
        "is the sign the wrong way round?": lambda x: -_ripple(x, 1.0),
        "is the record cut by `detach`?": lambda x: _ripple(x, 1.0).detach(),
        "is that one sum, where a value for each number was asked?": lambda x: _ripple(
            x, 1.0
        ).sum(),
    },
    hint="The walk back passes both arms of `where`. Which number must never be divided by?",
    solution="""
def ripple(x):
    safe = torch.where(x == 0, torch.ones_like(x), x)
    return torch.where(x == 0, torch.ones_like(x), safe.sin() / safe)
""",
    after=_its_slopes,
    bug=lambda x: torch.where(x == 0, torch.ones_like(x), x.sin() / x),
    symptom="its values are right, and its slope at 0 is nan",
)


def _points(g: torch.Generator) -> dict[str, Any]:
    n = int(torch.randint(4, 9, (), generator=g))
    return {
        "params": draw(g, 3).requires_grad_(),
        "time": draw(g, n, high=2.0),
        "speed": draw(g, n),
    }


def _held_by_cut(params: Tensor, time: Tensor, speed: Tensor) -> dict[str, Any]:
    loss = mse(params[0] * time**2 + params[1] * time + params[2].item(), speed)
    return {"the loss": loss, "its gradient": gradient(loss, params)}


def _held_by_push(params: Tensor, time: Tensor, speed: Tensor) -> dict[str, Any]:
    "All slopes by pushing, that of c struck out."
    slopes = _pushed_slope(params, time, speed).float()
    loss = mse(quadratic(time, params.detach()), speed)
    return {
        "the loss": loss.requires_grad_(),
        "its gradient": slopes * torch.tensor([1.0, 1.0, 0.0]),
    }


def _curve(params: Tensor, time: Tensor, held: tuple[bool, bool, bool]) -> Tensor:
    kept = torch.stack(
        [part.detach() if hold else part for part, hold in zip(params, held, strict=True)]
    )
    return quadratic(time, kept)


q4 = Exercise(
    "q4",
    "hold_c",
    inputs=_points,
    routes={"autograd": _held_by_cut, "a small push": _held_by_push},
    mistakes={
        "does `c` still answer? Its slope should be 0": lambda p, t, s: mse(quadratic(t, p), s),
        "is the record of all three cut?": lambda p, t, s: mse(quadratic(t, p.detach()), s),
        "is `c` left out of the curve? It should be held, not dropped": lambda p, t, s: mse(
            p[0] * t**2 + p[1] * t, s
        ),
        "is `b` held as well?": lambda p, t, s: mse(_curve(p, t, (False, True, True)), s),
        "is `a` held as well?": lambda p, t, s: mse(_curve(p, t, (True, False, True)), s),
        "is `a` held, in place of `c`?": lambda p, t, s: mse(_curve(p, t, (True, False, False)), s),
        "is that a tuple of three? `torch.stack` makes one tensor, with its record": lambda p, t, s: (
            mse(quadratic(t, (p[0], p[1], p[2].detach())), s)
        ),
        "is that a list of three? `torch.stack` makes one tensor, with its record": lambda p, t, s: (
            mse(quadratic(t, [p[0], p[1], p[2].detach()]), s)
        ),
        "is that the root, where the mse was asked?": lambda p, t, s: rmse(
            _curve(p, t, (False, False, True)), s
        ),
        "is that a sum, where a mean was asked?": lambda p, t, s: (
            (_curve(p, t, (False, False, True)) - s) ** 2
        ).sum(),
    },
    hint="Take `params` apart into a, b and c, and build the curve from them yourself.",
    solution="""
def hold_c(params, time, speed):
    a, b, c = params
    preds = a * time**2 + b * time + c.detach()
    return mse(preds, speed)
""",
    result="the loss",
    after=_and_gradient,
)
