"""What lesson 2 asks, and how it is judged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from autograd_tutorial.core.checks import gradient
from autograd_tutorial.exercises.checker import Exercise, Prediction, draw
from autograd_tutorial.fit import mse, quadratic, rmse
from autograd_tutorial.gradients import numeric_grad


def _kept_moves() -> str:
    own = torch.ones(3).requires_grad_()
    kept = own.detach()
    with torch.no_grad():
        own -= 1
    return "the new params" if torch.equal(kept, own) else "the start"


p1 = Prediction(
    "p1",
    ("the start", "the new params"),
    _kept_moves,
    "does `detach` copy, or does it share memory?",
)


def _vertex(g: torch.Generator) -> dict[str, Any]:
    return {"steep": draw(g), "when": draw(g), "least": draw(g)}


def _by_derivatives(steep: Tensor, when: Tensor, least: Tensor) -> Tensor:
    "c, b and a as the value, the slope and half of the slope of the slope at 0, by autograd."
    t = torch.zeros(()).requires_grad_()
    speed = steep * (t - when) ** 2 + least
    slope = torch.autograd.grad(speed, t, create_graph=True)[0]
    curvature = torch.autograd.grad(slope, t)[0]
    return torch.stack([curvature / 2, slope.detach(), speed.detach()])


def _through_points(steep: Tensor, when: Tensor, least: Tensor) -> Tensor:
    "The quadratic through three points, in float64."
    t = torch.tensor([-1.0, 0.0, 1.0], dtype=torch.float64)
    y = steep.double() * (t - when.double()) ** 2 + least.double()
    return torch.linalg.solve(torch.stack([t**2, t, torch.ones_like(t)], 1), y).float()


def _abc(*parts: Tensor) -> Tensor:
    return torch.stack(parts)


q1 = Exercise(
    "q1",
    "multiply_out",
    inputs=_vertex,
    routes={"autograd": _by_derivatives, "the curve through three points": _through_points},
    mistakes={
        "has b lost its minus sign?": lambda s, w, m: _abc(s, 2 * s * w, s * w**2 + m),
        "did you lose the 2 of the middle term?": lambda s, w, m: _abc(s, -s * w, s * w**2 + m),
        "is the lowest value missing from c?": lambda s, w, m: _abc(s, -2 * s * w, s * w**2),
        "is c more than the lowest value? What is the curve at t = 0?": lambda s, w, m: _abc(
            s, -2 * s * w, m
        ),
        "is the steepness missing from b and c?": lambda s, w, m: _abc(s, -2 * w, w**2 + m),
        "is the steepness squared along with `when`? It stands outside the brackets": lambda s, w, m: (
            _abc(s, -2 * s * w, (s * w) ** 2 + m)
        ),
        "is the lowest value multiplied by the steepness? It stands outside": lambda s, w, m: _abc(
            s, -2 * s * w, s * (w**2 + m)
        ),
        "is the lowest value subtracted, where it is added?": lambda s, w, m: _abc(
            s, -2 * s * w, s * w**2 - m
        ),
        "are those the three numbers as they came?": _abc,
        "is `when` still to be squared in c?": lambda s, w, m: _abc(s, -2 * s * w, s * w + m),
        "did the order a, b, c get turned round?": lambda s, w, m: _abc(
            s * w**2 + m, -2 * s * w, s
        ),
    },
    hint="Write (t - when)² as t² - 2·when·t + when², times `steep`, and collect what stands before t², before t, and alone.",
    solution="""
def multiply_out(steep, when, least):
    b = -2 * steep * when
    c = steep * when**2 + least
    return torch.tensor([steep, b, c])
""",
)


def _points(g: torch.Generator) -> dict[str, Any]:
    "Params, times and speeds, a different number of points each time."
    n = int(torch.randint(4, 9, (), generator=g))
    return {"params": draw(g, 3), "time": draw(g, n, high=2.0), "speed": draw(g, n)}


def _misses(params: Tensor, time: Tensor, speed: Tensor) -> Tensor:
    return quadratic(time, params) - speed


def _columns(time: Tensor) -> Tensor:
    return torch.stack([time**2, time, torch.ones_like(time)], 1)


def _slopes(loss: Callable[[Tensor, Tensor], Tensor]) -> Callable[[Tensor, Tensor, Tensor], Tensor]:
    "The gradient of `loss` of the quadratic, by autograd."

    def answer(params: Tensor, time: Tensor, speed: Tensor) -> Tensor:
        p = params.detach().clone().requires_grad_()
        return torch.autograd.grad(loss(quadratic(time, p), speed), p)[0]

    return answer


_mse_slopes = _slopes(mse)


def _pushed(params: Tensor, time: Tensor, speed: Tensor) -> Tensor:
    return numeric_grad(lambda p: mse(quadratic(time.double(), p), speed.double()), params)


q2 = Exercise(
    "q2",
    "mse_slopes",
    inputs=_points,
    routes={"autograd": _mse_slopes, "a small push": _pushed},
    mistakes={
        "did you lose the 2 from the square?": lambda p, t, s: _mse_slopes(p, t, s) / 2,
        "is that a sum, where a mean was asked?": lambda p, t, s: _mse_slopes(p, t, s) * len(t),
        "is it divided by three params, where a mean over the points was asked?": lambda p, t, s: (
            _mse_slopes(p, t, s) * len(t) / 3
        ),
        "is that the gradient of the rmse?": _slopes(rmse),
        "is it divided by the 20 of the lesson? Here there are `len(time)` points": lambda p, t, s: (
            _mse_slopes(p, t, s) * len(t) / 20
        ),
        "is the miss squared in the slope, too? Of a square, twice the miss is left": lambda p, t, s: (
            2 * _misses(p, t, s) ** 2 @ _columns(t) / len(t)
        ),
        "is the miss averaged before it meets t² and t?": lambda p, t, s: (
            2 * _misses(p, t, s).mean() * _columns(t).mean(0)
        ),
        "is that the slope of the predictions, without the loss?": lambda p, t, s: _columns(t).sum(
            0
        ),
        "is that the mean slope of the predictions, without the loss?": lambda p, t, s: _columns(
            t
        ).mean(0),
        "is the sign the wrong way round? It is prediction minus speed": lambda p, t, s: (
            -_mse_slopes(p, t, s)
        ),
        "is every prediction compared with every speed? `[:, None]` makes a column": _slopes(
            lambda preds, speed: ((preds[:, None] - speed) ** 2).mean()
        ),
        "is that the loss, and not its gradient?": lambda p, t, s: mse(quadratic(t, p), s),
        "is that a slope for each point? Average over the points": lambda p, t, s: (
            2 * _misses(p, t, s)[:, None] * _columns(t)
        ),
        "did the order a, b, c get turned round?": lambda p, t, s: _mse_slopes(p, t, s).flip(0),
        "was `.grad` read before `backward`?": lambda p, t, s: p.clone().requires_grad_().grad,
    },
    hint="Twice each miss, times t², t and 1, averaged over the points; or let autograd walk back from the mse of a copy of `params`.",
    solution="""
def mse_slopes(params, time, speed):
    X = torch.stack([time**2, time, torch.ones_like(time)], 1)
    misses = X @ params - speed
    return 2 * misses @ X / len(time)
""",
)


def _pairs(g: torch.Generator) -> dict[str, Any]:
    n = int(torch.randint(3, 9, (), generator=g))
    return {"preds": draw(g, n).requires_grad_(), "targets": draw(g, n)}


def _by_loop(preds: Tensor, targets: Tensor) -> dict[str, Any]:
    "The mean by a loop, its gradient by pushing."

    def loss(p: Tensor) -> float:
        return sum((a - b) ** 2 for a, b in zip(p.tolist(), targets.tolist(), strict=True)) / len(
            targets
        )

    value = torch.tensor(loss(preds), dtype=preds.dtype).requires_grad_()
    return {"the loss": value, "its gradient": numeric_grad(loss, preds)}


def _slope_at(loss: Tensor, preds: Tensor, targets: Tensor) -> dict[str, Any]:
    return {"its gradient": torch.autograd.grad(loss, preds, allow_unused=True)[0]}


def _by_torch(preds: Tensor, targets: Tensor) -> dict[str, Any]:
    loss = torch.nn.functional.mse_loss(preds, targets)
    return {"the loss": loss, "its gradient": gradient(loss, preds)}


q3 = Exercise(
    "q3",
    "mean_squared",
    inputs=_pairs,
    routes={"autograd": _by_torch, "a loop and a small push": _by_loop},
    mistakes={
        "is that a sum, where a mean was asked?": lambda p, t: ((p - t) ** 2).sum(),
        "is that the mean of the sizes, without a square?": lambda p, t: (p - t).abs().mean(),
        "do misses of both signs cancel, with no square?": lambda p, t: (p - t).mean(),
        "is the mean taken before the square?": lambda p, t: (p - t).mean() ** 2,
        "is that half of the mean squared error?": lambda p, t: ((p - t) ** 2).mean() / 2,
        "is there a square for each point, still to be averaged?": lambda p, t: (p - t) ** 2,
        "is every prediction compared with every target?": lambda p, t: (
            (p[:, None] - t) ** 2
        ).mean(),
        "is it divided by the 20 of the lesson? Here there are `len(preds)` points": lambda p, t: (
            ((p - t) ** 2).sum() / 20
        ),
        "is it divided by one less than the number of points?": lambda p, t: (
            ((p - t) ** 2).sum() / (len(p) - 1)
        ),
        "is that times 2, where a square was asked? A power is `**`": lambda p, t: (
            (p - t) * 2
        ).mean(),
        "are the numbers squared before they are subtracted?": lambda p, t: (p**2 - t**2).mean(),
        "is that a plus, where the difference was meant?": lambda p, t: ((p + t) ** 2).mean(),
        "is it squared twice?": lambda p, t: ((p - t) ** 2).mean() ** 2,
        "is that a variance? It takes the mean away first": lambda p, t: (p - t).var(),
        "is that a variance, which takes the mean away first?": lambda p, t: (p - t).var(
            correction=0
        ),
        "is that the gradient, and not the loss?": lambda p, t: gradient(mse(p, t), p),
        "does the loss lead back to `preds`? A tensor made of numbers alone has forgotten them": lambda p, t: (
            mse(p, t).detach().requires_grad_()
        ),
        "is the record cut, by `detach`, `item` or `no_grad`?": lambda p, t: mse(p, t).detach(),
        "is the sign the wrong way round?": lambda p, t: -((p - t) ** 2).mean(),
    },
    hint="Its name says mean, squared, error. Which operation in the code has no word in that name?",
    solution="""
def mean_squared(preds, targets):
    return ((preds - targets) ** 2).mean()
""",
    result="the loss",
    after=_slope_at,
    bug=rmse,
    symptom="for misses of 3 and 3 it gives 3, and their mean square is 9",
)


def _run(g: torch.Generator) -> dict[str, Any]:
    n, steps, lr = (
        6,
        int(torch.randint(4, 7, (), generator=g)),
        0.01 + 0.02 * torch.rand((), generator=g).item(),
    )
    return {
        "params": draw(g, 3).requires_grad_(),
        "time": draw(g, n, high=2.0),
        "speed": draw(g, n),
        "lr": lr,
        "steps": steps,
    }


_Rule = Callable[[Tensor, Tensor, float], Tensor]
_Slope = Callable[[Tensor, Tensor, Tensor], Tensor]


def _descent(
    rule: _Rule, slope_of: _Slope = _mse_slopes, count: int = 0, late: bool = False
) -> Callable[..., tuple[Tensor, Tensor]]:
    "Steps by `rule` of (the sum of old slopes, this slope, lr): the losses, and where params end."

    def walk(
        params: Tensor, time: Tensor, speed: Tensor, lr: float, steps: int
    ) -> tuple[Tensor, Tensor]:
        p, old, losses = params.detach().clone(), torch.zeros_like(params), []
        for _ in range(steps + count):
            before = mse(quadratic(time, p), speed)
            slope = slope_of(p, time, speed)
            p, old = p - rule(old, slope, lr), old + slope
            losses.append(mse(quadratic(time, p), speed) if late else before)
        return torch.stack(losses), p

    return walk


def _right(old: Tensor, slope: Tensor, lr: float) -> Tensor:
    return lr * slope


def _losses(
    of: Callable[[Tensor], Tensor] = lambda losses: losses, rule: _Rule = _right, **how: Any
) -> Callable[..., Tensor]:
    "A wrong answer: something made of the losses; `params` stay where they are."
    return lambda *given: of(_descent(rule, **how)(*given)[0])


def _trained(slope_of: _Slope) -> Callable[..., dict[str, Any]]:
    "A route: the losses in float64, and where `params` end."

    def route(params: Tensor, time: Tensor, speed: Tensor, lr: float, steps: int) -> dict[str, Any]:
        losses, p = _descent(_right, slope_of)(
            params.detach().double(), time.double(), speed.double(), lr, steps
        )
        return {
            "what comes back": losses.float(),
            "`params` at the end": p.float().requires_grad_(),
        }

    return route


def _short_of_one(params: Tensor, *rest: Any) -> Tensor:
    "The last step is not taken."
    losses, short = _descent(_right)(params, *rest)[0], _descent(_right, count=-1)(params, *rest)[1]
    with torch.no_grad():
        params.copy_(short)
    return losses


q4 = Exercise(
    "q4",
    "train",
    inputs=_run,
    routes={"autograd": _trained(_mse_slopes), "a small push": _trained(_pushed)},
    mistakes={
        "does it climb? The gradient is subtracted": _losses(
            rule=lambda old, slope, lr: -lr * slope
        ),
        "is every loss the first one? The params never move": _losses(
            rule=lambda old, slope, lr: 0 * slope
        ),
        "is the learning rate left out?": _losses(rule=lambda old, slope, lr: slope),
        "is each loss taken after its step, where it was asked before?": _losses(late=True),
        "is one step missing?": _losses(count=-1),
        "is there one step too many?": _losses(count=1),
        "is the gradient cleared before the step can use it? After the first, an empty one is subtracted": _losses(
            rule=lambda old, slope, lr: lr * old
        ),
        "is a rate written in, where `lr` was given?": _losses(
            rule=lambda old, slope, lr: 1e-5 * slope
        ),
        "is that the rmse, and its descent? The mse has no root": _losses(
            torch.sqrt, slope_of=_slopes(rmse)
        ),
        "is the root taken of each loss? The mse has none": _losses(torch.sqrt),
        "are the steps those of the rmse, where the mse was given?": _losses(
            slope_of=_slopes(rmse)
        ),
        "does `return` stand inside the loop, and end it in the first round?": _losses(
            lambda losses: losses[:1]
        ),
        "is that the last loss alone, where all were asked?": _losses(lambda losses: losses[-1]),
        "are those the params, where the losses were asked?": lambda *given: _descent(_right)(
            *given
        )[1].requires_grad_(),
        "is that a copy that moves? `params` themselves have to": _losses(),
        "is the last step missing?": _short_of_one,
    },
    hint="`backward` adds to what it finds. What does it find in the second round?",
    solution="""
def train(params, time, speed, lr, steps):
    losses = []
    for step in range(steps):
        loss = mse(quadratic(time, params), speed)
        loss.backward()
        with torch.no_grad():
            params -= lr * params.grad
        params.grad = None
        losses.append(loss.detach())
    return torch.stack(losses)
""",
    result="what comes back",
    after=lambda result, params, *rest: {"`params` at the end": params},
    changes=("params",),
    bug=_losses(rule=lambda old, slope, lr: lr * (old + slope)),
    symptom="the first two losses are right, and then old slopes keep pushing",
)

KEPT = "what was kept, after `params` took a step,"


def _after_a_step(kept: Any, params: Tensor) -> dict[str, Any]:
    with torch.no_grad():
        params *= -3
    return {KEPT: kept.detach() if isinstance(kept, Tensor) else kept}


q5 = Exercise(
    "q5",
    "keep",
    inputs=lambda g: {"params": draw(g, 3).requires_grad_()},
    routes={
        "a clone": lambda params: {KEPT: params.detach().clone()},
        "numbers copied one by one": lambda params: {KEPT: torch.tensor(params.tolist())},
    },
    mistakes={
        "are those zeros in the place of the numbers?": lambda params: torch.zeros(3),
        "is that a list? A tensor was wanted": lambda params: params.tolist(),
        "is that one number of the three?": lambda params: params.detach().clone()[0],
        "is that the mean of the three?": lambda params: params.detach().mean(),
        "is nothing returned, or a gradient that is still `None`?": lambda params: params.grad,
    },
    hint="`detach` leaves the record behind, and `.data` hides it; neither copies the memory. What does?",
    solution="""
def keep(params):
    return params.detach().clone()
""",
    result="",
    after=_after_a_step,
    bug=lambda params: params.detach(),
    symptom="after a step of `params`, what was kept has moved too",
)
