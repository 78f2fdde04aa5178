"""What lesson 2 asks, and how it is judged."""

from collections.abc import Callable
from typing import Any, cast

import torch
from torch import Tensor

from autograd_tutorial.core.checks import gradient
from autograd_tutorial.core.problem import Loss
from autograd_tutorial.exercises.checker import Exercise
from autograd_tutorial.exercises.drawing import draw, draw_points, draw_share, draw_whole
from autograd_tutorial.exercises.predictions import Prediction
from autograd_tutorial.exercises.routes import Slope, by_slopes, loss_slopes, slope
from autograd_tutorial.fit import mse, quadratic, rmse
from autograd_tutorial.gradients import numeric_grad

p1 = Prediction(
    "At the end t² is {a:.0f} and t is {b:.0f}, while `c` lifts every point by {c:.0f}."
)
p2 = Prediction("Every prediction against every point, without a word.")
p3 = Prediction(
    "The curve is too low, and t², t and 1 are never below 0: raising any of the three lifts it."
)
p4 = Prediction("`detach` shares memory, so `kept` moved along.")
p5 = Prediction(
    "As a ball rolls in a bowl without friction, old gradients carry the params past the minimum, and new ones stop them about as high on the other side: {course}."
)
p6 = Prediction(
    "Raise `c` by 1, and each miss changes by 1, so the rmse, a typical miss, by 1 at most: the slope lies between -1 and 1, and a thousand steps of 1e-3 move `c` by less than 1."
)


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
    params: Tensor = torch.linalg.solve(torch.vander(t), y)
    return params.float()


def _wrong_params(s: Tensor, w: Tensor, m: Tensor) -> dict[str, Any]:
    def abc(a: Tensor = s, b: Tensor = -2 * s * w, c: Tensor = s * w**2 + m) -> Tensor:
        return torch.stack([a, b, c])

    return {
        "has b lost its minus sign?": abc(b=2 * s * w),
        "did you lose the 2 of the middle term?": abc(b=-s * w),
        "is c more than the lowest value? What is the curve at t = 0?": abc(c=m),
        "is the steepness missing from b and c?": abc(b=-2 * w, c=w**2 + m),
        "is the steepness squared along with `when`? It stands outside the brackets": abc(
            c=(s * w) ** 2 + m
        ),
        "are those the three numbers as they came?": abc(s, w, m),
        "did the order a, b, c get turned round?": abc().flip(0),
    }


q1 = Exercise(
    "q1",
    "multiply_out",
    inputs=lambda g: {"steep": draw(g), "when": draw(g), "least": draw(g)},
    routes={
        "the slopes at t = 0": _by_derivatives,
        "the curve through three points": _through_points,
    },
    mistakes=_wrong_params,
    hint_words="Write (t - when)² as t² - 2·when·t + when², times `steep`, and collect what stands before t², before t, and alone.",
    solution_code="""
def multiply_out(steep, when, least):
    b = -2 * steep * when
    c = steep * when**2 + least
    return torch.tensor([steep, b, c])
""",
    slips=(
        "b = 2 * steep * when\nc = steep * when**2 + least\nreturn torch.tensor([steep, b, c])",
        "b = -2 * steep * when\nc = least\nreturn torch.tensor([steep, b, c])",
        "b = -steep * when\nc = steep * when**2 + least\nreturn torch.tensor([steep, b, c])",
    ),
)


def _pairs(g: torch.Generator) -> dict[str, Any]:
    n = draw_whole(g, 3, 8)
    return {"preds": draw(g, n).requires_grad_(), "targets": draw(g, n)}


def _by_torch(preds: Tensor, targets: Tensor) -> dict[str, Any]:
    loss = torch.nn.functional.mse_loss(preds, targets)
    return {"the loss": loss, "its gradient": gradient(loss, preds)}


def _by_loop(preds: Tensor, targets: Tensor) -> dict[str, Any]:
    "The mean by a loop, its gradient by pushing."

    def loss(p: Tensor) -> Tensor:
        squares = [(a - b) ** 2 for a, b in zip(p.tolist(), targets.tolist(), strict=True)]
        return torch.tensor(sum(squares) / len(squares), dtype=p.dtype)

    return {"the loss": loss(preds), "its gradient": numeric_grad(loss, preds)}


def _wrong_losses(p: Tensor, t: Tensor) -> dict[str, Any]:
    right, miss = mse(p, t), p - t
    total = (miss**2).sum()
    return {
        "is that the mean of the sizes, without a square?": miss.abs().mean(),
        "do misses of both signs cancel, with no square?": miss.mean(),
        "is the mean taken before the square?": miss.mean() ** 2,
        "is every prediction compared with every target?": ((p[:, None] - t) ** 2).mean(),
        "is it divided by the 20 of the lesson? Here there are `len(preds)` points": total / 20,
        "is that times 2, where a square was asked? A power is `**`": (miss * 2).mean(),
        "are the numbers squared before they are subtracted?": (p**2 - t**2).mean(),
        "does the loss lead back to `preds`? A tensor made of numbers alone has forgotten them": (
            right.detach().requires_grad_()
        ),
    }


q2 = Exercise(
    "q2",
    "mean_squared",
    inputs=_pairs,
    routes={"autograd": _by_torch, "a loop and a small push": _by_loop},
    mistakes=_wrong_losses,
    hint_words="Its name says mean, squared, error. Which operation in the code has no word in that name?",
    solution_code="""
def mean_squared(preds, targets):
    misses = preds - targets
    squares = misses**2
    return squares.mean()
""",
    result="the loss",
    after=lambda loss, preds, targets: {
        "its gradient": torch.autograd.grad(loss, preds, allow_unused=True)[0]
    },
    bug=rmse,
    symptom="for misses of 3 and 3 it gives 3, and their mean square is 9",
)


def _wrong_mse_slopes(p: Tensor, t: Tensor, s: Tensor) -> dict[str, Any]:
    right, columns, misses = loss_slopes(slope, p, t, s), torch.vander(t, 3), quadratic(t, p) - s
    all_pairs = loss_slopes(slope, p, t, s, lambda preds, s: ((preds[:, None] - s) ** 2).mean())
    return {
        "is that a sum, where a mean was asked?": right * len(t),
        "is it divided by three params, where a mean over the points was asked?": right
        * (len(t) / 3),
        "is the sign the wrong way round? It is prediction minus speed": -right,
        "is that the gradient of the rmse?": loss_slopes(slope, p, t, s, rmse),
        "is it divided by the 20 of the lesson? Here there are `len(time)` points": right
        * (len(t) / 20),
        "is the miss averaged before it meets t² and t?": 2 * misses.mean() * columns.mean(0),
        "is every prediction compared with every speed? `[:, None]` makes a column": all_pairs,
        "is that the loss, and not its gradient?": mse(quadratic(t, p), s),
        "did the order a, b, c get turned round?": right.flip(0),
        "do the powers of t go down? The slopes are those of a, b and c: t stays as it is": (
            2 / len(t) * torch.stack([misses @ (2 * t), misses.sum(), torch.zeros(())])
        ),
    }


_COLUMNS = "X = torch.stack([time**2, time, torch.ones_like(time)], 1)"
q3 = Exercise(
    "q3",
    "mse_slopes",
    inputs=draw_points,
    routes=by_slopes(loss_slopes),
    mistakes=_wrong_mse_slopes,
    hint_words="Twice each miss, times t², t and 1, averaged over the points; or let autograd walk back from the mse of a copy of `params`.",
    solution_code="""
def mse_slopes(params, time, speed):
    a, b, c = params
    misses = a * time**2 + b * time + c - speed
    X = torch.stack([time**2, time, torch.ones_like(time)], 1)
    return 2 * misses @ X / len(time)
""",
    slips=(
        f"{_COLUMNS}\nmisses = speed - quadratic(time, params)\nreturn 2 * misses @ X / len(time)",
        f"{_COLUMNS}\nmisses = quadratic(time, params) - speed\nreturn 2 * misses @ X",
        "params.requires_grad_()\nmse(quadratic(time, params), speed).backward()\nreturn params.grad",
    ),
)


def _stepped(
    slope: Slope, params: Tensor, time: Tensor, speed: Tensor, lr: float, loss_fn: Loss = rmse
) -> Tensor:
    return params - lr * loss_slopes(slope, params, time, speed, loss_fn)


def _wrong_one_steps(p: Tensor, t: Tensor, s: Tensor, lr: float) -> dict[str, Any]:
    grad = loss_slopes(slope, p, t, s, rmse)
    loss = rmse(quadratic(t, p), s)

    def by(loss_fn: Loss) -> Tensor:
        return _stepped(slope, p, t, s, lr, loss_fn)

    return {
        "is that a step on the mse? The rmse has a root": by(mse),
        "does it climb? The gradient points uphill": p + lr * grad,
        "is that how far they move, and not where they go?": lr * grad,
        "is the step twice as long? The slope of a root has a 2 below": p - 2 * lr * grad,
        "is the step half as long? The 2 from the square is there, too": p - lr * grad / 2,
        "is that the mean size of the misses? The rmse squares them first": by(
            lambda preds, s: (preds - s).abs().mean()
        ),
        "is that a step on half of the mse?": by(lambda preds, s: mse(preds, s) / 2),
        "is the slope of the mse divided by the mse, where the chain rule has the rmse?": (
            p - lr * grad / loss
        ),
        "is every prediction compared with every speed? `[:, None]` makes a column": by(
            lambda preds, s: ((preds[:, None] - s) ** 2).mean().sqrt()
        ),
        "is the loss itself subtracted, where its gradient was meant?": p - lr * loss,
        "are those the predictions from before the step? `apply_step` returns them, and moves the params": (
            quadratic(t, p)
        ),
    }


def _points_and_rate(g: torch.Generator) -> dict[str, Any]:
    return {**draw_points(g), "lr": draw_share(g, 0.1, 0.6).item()}


q4 = Exercise(
    "q4",
    "one_step",
    inputs=_points_and_rate,
    routes=by_slopes(_stepped),
    mistakes=_wrong_one_steps,
    hint_words="A copy of `params` that asks for gradients, its rmse, a walk back; then the old place less a part of the gradient.",
    solution_code="""
def one_step(params, time, speed, lr):
    p = params.clone().requires_grad_()
    rmse(quadratic(time, p), speed).backward()
    return params - lr * p.grad
""",
    slips=(
        "p = params.clone().requires_grad_()\nrmse(quadratic(time, p), speed).backward()\nreturn lr * p.grad",
        "p = params.clone().requires_grad_()\nmse(quadratic(time, p), speed).backward()\nreturn params - lr * p.grad",
        "params.requires_grad_()\nrmse(quadratic(time, params), speed).backward()\nwith torch.no_grad():\n    params -= lr * params.grad\nreturn params",
    ),
)


def _run(g: torch.Generator) -> dict[str, Any]:
    points = draw_points(g, 6, 6, leaf=True)
    return {**points, "lr": draw_share(g, 0.01, 0.03).item(), "steps": draw_whole(g, 4, 6)}


Rule = Callable[[Tensor, Tensor, float], Tensor]  # of (the sum of old slopes, this slope, lr)


def _right_rule(old: Tensor, now: Tensor, lr: float) -> Tensor:
    return lr * now


def _descend(
    slope: Slope,
    params: Tensor,
    time: Tensor,
    speed: Tensor,
    lr: float,
    steps: int,
    *,
    rule: Rule = _right_rule,
    descended: Loss = mse,  # the loss whose slopes it follows
) -> tuple[Tensor, Tensor]:  # the mse before each step and after the last; where params end
    p, old, losses = params.detach().clone(), torch.zeros_like(params), []
    for _ in range(steps):
        losses.append(mse(quadratic(time, p), speed))
        now = loss_slopes(slope, p, time, speed, descended)
        p, old = p - rule(old, now, lr), old + now
    return torch.stack([*losses, mse(quadratic(time, p), speed)]), p


def _trained(slope: Slope, *given: Any) -> dict[str, Any]:
    losses, p = _descend(slope, *given)
    return {"what comes back": losses[:-1], "`params` at the end": p.requires_grad_()}


def _buggy(*given: Any) -> Tensor:
    "Old slopes keep pushing."
    losses, _ = _descend(slope, *given, rule=lambda old, now, lr: lr * (old + now))
    return losses[:-1]


def _loses_record(params: Tensor, time: Tensor, speed: Tensor, lr: float, steps: int) -> None:
    for _ in range(steps):
        mse(quadratic(time, params), speed).backward()
        with torch.no_grad():
            params = params - lr * cast(Tensor, params.grad)


def _loses_leaf(params: Tensor, time: Tensor, speed: Tensor, lr: float, steps: int) -> None:
    for _ in range(steps):
        mse(quadratic(time, params), speed).backward()
        params = params - lr * cast(Tensor, params.grad)


def _wrong_trainings(
    params: Tensor, time: Tensor, speed: Tensor, lr: float, steps: int
) -> dict[str, Any]:
    given = params, time, speed, lr, steps
    losses, _ = _descend(slope, *given)
    by_rmse, _ = _descend(slope, *given, descended=rmse)

    def by(rule: Rule) -> Tensor:
        return _descend(slope, *given, rule=rule)[0][:-1]

    return {
        "does it climb? The gradient is subtracted": by(lambda old, now, lr: -lr * now),
        "is every loss the first one? The params never move": by(lambda old, now, lr: 0 * now),
        "is each loss taken after its step, where it was asked before?": losses[1:],
        "is the gradient cleared before the step can use it? After the first, an empty one is subtracted": by(
            lambda old, now, lr: lr * old
        ),
        "is that the rmse, and its descent? The mse has no root": by_rmse[:-1].sqrt(),
        "is that the last loss alone, where all were asked?": losses[-2],
        "is that a copy that moves? `params` themselves have to": losses[:-1],
        "was nothing recorded? Not under `no_grad`, and not of a new tensor: `params -= ...` keeps the leaf": _loses_record,
        "is the gradient not there yet, or cleared too early, or is `params` a new tensor? `params -= ...` under `no_grad` keeps the leaf": _loses_leaf,
    }


q5 = Exercise(
    "q5",
    "train",
    inputs=_run,
    routes=by_slopes(_trained),
    mistakes=_wrong_trainings,
    hint_words="`backward` adds to what it finds. What does it find in the second round?",
    solution_code="""
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
    bug=_buggy,
    symptom="the first two losses are right, and then old slopes keep pushing",
    repairs=(
        ("        loss = mse", "        params.grad = None\n        loss = mse"),
        ("        loss.backward()", "        params.grad = None\n        loss.backward()"),
        (
            "        losses.append(loss.detach())",
            "        losses.append(loss.detach())\n        params.grad = None",
        ),
    ),
)

KEPT = "what was kept, after `params` took a step,"


def _after_a_step(kept: Any, params: Tensor) -> dict[str, Any]:
    with torch.no_grad():
        params *= -3
    return {KEPT: kept.detach() if isinstance(kept, Tensor) else kept}


def _wrong_copies(params: Tensor) -> dict[str, Any]:
    own = params.detach().clone()
    return {
        "are those zeros in the place of the numbers?": 0 * own,
        "is that a list? A tensor was wanted": own.tolist(),
        "is that one number of the three?": own[0],
        "is that the mean of the three?": own.mean(),
        "is nothing returned, or a gradient that is still `None`?": None,
    }


q6 = Exercise(
    "q6",
    "keep",
    inputs=lambda g: {"params": draw(g, 3).requires_grad_()},
    routes={
        "a clone": lambda params: {KEPT: params.detach().clone()},
        "numbers copied one by one": lambda params: {KEPT: torch.tensor(params.tolist())},
    },
    mistakes=_wrong_copies,
    hint_words="`detach` leaves the record behind, and `.data` hides it; neither copies the memory. What does?",
    solution_code="""
def keep(params):
    kept = params.detach().clone()
    return kept
""",
    result="",
    after=_after_a_step,
    bug=lambda params: params.detach(),
    symptom="after a step of `params`, what was kept has moved too",
    seen="PyTorch's own tutorial kept its best network like that until 2017, and so kept the last (pytorch/tutorials#188 on GitHub).",
    repairs=(("return kept", "return kept.clone()"),),
)
