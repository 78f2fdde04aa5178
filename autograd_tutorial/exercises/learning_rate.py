"""What lesson 3 asks, and how it is judged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from autograd_tutorial.core.checks import gradient
from autograd_tutorial.exercises.checker import Exercise, Prediction, draw
from autograd_tutorial.fit import mse, rmse
from autograd_tutorial.gradients import numeric_grad


def _far_out() -> str:
    "Descent on the size of x, as on an rmse far out, at a rate far too large."
    preds, targets = torch.tensor([2.0, 3.0]), torch.zeros(2)
    for _ in range(300):
        at = preds.clone().requires_grad_()
        preds = preds - 100 * torch.autograd.grad(rmse(at, targets), at)[0]
    return "no" if preds.isfinite().all() else "yes"


p1 = Prediction("p1", ("yes", "no"), _far_out, "how steep does a root get far out?")


def _curvature(k: Tensor, slope: Callable[[Callable[[Tensor], Tensor], Tensor], Tensor]) -> Tensor:
    "How much the slope of k x² rises from 0 to 1."
    one, zero = torch.tensor(1.0), torch.tensor(0.0)
    return slope(lambda x: k * x**2, one) - slope(lambda x: k * x**2, zero)


q1 = Exercise(
    "q1",
    "edge_of",
    inputs=lambda g: {"k": draw(g).abs()},
    routes={
        "autograd": lambda k: 2 / _curvature(k, lambda f, x: torch.func.grad(f)(x)),
        "a small push": lambda k: 2 / _curvature(k, numeric_grad),
    },
    mistakes={
        "is k taken for the curvature? The slope of k x² is 2 k x, and its slope is 2 k": lambda k: (
            2 / k
        ),
        "is that the rate that lands on the minimum in one step? The edge is twice as far": lambda k: (
            1 / (2 * k)
        ),
        "is that 2/λ upside down?": lambda k: k,
        "is that the curvature, and not the edge?": lambda k: 2 * k,
        "is the edge of x² written in, where k was given?": lambda k: torch.ones_like(k),
        "is the sign the wrong way round?": lambda k: -1 / k,
        "is a factor 2 lost twice?": lambda k: 1 / (4 * k),
        "is k squared along with x?": lambda k: 1 / k**2,
    },
    hint="The edge is 2/λ, and λ is the slope of the slope of k x².",
    solution="""
def edge_of(k):
    curvature = 2 * k
    return 2 / curvature
""",
)


def _bowl(g: torch.Generator) -> dict[str, Any]:
    lam, steps = draw(g).abs(), int(torch.randint(2, 6, (), generator=g))
    return {
        "x": draw(g),
        "lr": draw(g, low=0.2, high=3.0).abs() / lam,
        "curvature": lam,
        "steps": steps,
    }


def _descended(
    slope: Callable[[Callable[[Tensor], Tensor], Tensor], Tensor],
) -> Callable[..., Tensor]:
    "Where descent on half of λx² arrives, step by step."

    def answer(x: Tensor, lr: Tensor, curvature: Tensor, steps: int) -> Tensor:
        for _ in range(steps):
            x = x - lr * slope(lambda at: curvature * at**2 / 2, x)
        return x

    return answer


q2 = Exercise(
    "q2",
    "after_steps",
    inputs=_bowl,
    routes={
        "autograd": _descended(lambda f, x: torch.func.grad(f)(x)),
        "a small push": _descended(numeric_grad),
    },
    mistakes={
        "does it climb? The factor is 1 minus lr times the curvature": lambda x, lr, c, k: (
            (1 + lr * c) ** k * x
        ),
        "is only one step taken?": lambda x, lr, c, k: (1 - lr * c) * x,
        "is one step missing?": lambda x, lr, c, k: (1 - lr * c) ** (k - 1) * x,
        "is there one step too many?": lambda x, lr, c, k: (1 - lr * c) ** (k + 1) * x,
        "has a factor below 0 lost its sign? Past the minimum the error changes sides": lambda x, lr, c, k: (
            (1 - lr * c).abs() ** k * x
        ),
        "is the factor multiplied by the steps, where it is raised to their power?": lambda x, lr, c, k: (
            (1 - lr * c) * k * x
        ),
        "is a 2 put in? This curvature holds it already": lambda x, lr, c, k: (
            (1 - 2 * lr * c) ** k * x
        ),
        "is that the factor alone, without the start?": lambda x, lr, c, k: (1 - lr * c) ** k,
        "is the 1 missing from the factor?": lambda x, lr, c, k: (lr * c) ** k * x,
        "does every step take off the same? Its slope shrinks with x": lambda x, lr, c, k: (
            x - k * lr * c * x
        ),
        "is the slope at x = 1 used everywhere? At x it is curvature times x": lambda x, lr, c, k: (
            x - k * lr * c
        ),
        "is the curvature halved? The bowl is curvature/2 · x², its slope curvature · x": lambda x, lr, c, k: (
            (1 - lr * c / 2) ** k * x
        ),
        "is x raised to the power, too?": lambda x, lr, c, k: ((1 - lr * c) * x) ** k,
        "does it shrink by exp(-lr·λ)? Only steps without end, each endlessly small, do": lambda x, lr, c, k: (
            (-lr * c * k).exp() * x
        ),
        "is that how far it moved, and not where it is?": lambda x, lr, c, k: (
            x - (1 - lr * c) ** k * x
        ),
    },
    hint="Every step multiplies by the same factor, 1 - lr·λ.",
    solution="""
def after_steps(x, lr, curvature, steps):
    return (1 - lr * curvature) ** steps * x
""",
)


def _sometimes_perfect(g: torch.Generator) -> dict[str, Any]:
    "Predictions that hit every target in half of the cases; speeds, as in the lesson, so that a tiny number does not show."
    targets, n = 20 * draw(g, 4), 20 * draw(g, 4)
    preds = targets.clone() if torch.rand((), generator=g) < 0.5 else targets + n
    return {"preds": preds.requires_grad_(), "targets": targets}


def _by_branch(preds: Tensor, targets: Tensor) -> dict[str, Any]:
    loss = mse(preds, targets) if torch.equal(preds, targets) else rmse(preds, targets)
    return {"the loss": loss, "its gradient": gradient(loss, preds)}


def _by_norm(preds: Tensor, targets: Tensor) -> dict[str, Any]:
    "The length of the misses, and its slopes by pushing: to both sides alike, so 0 at a perfect fit."

    def length(p: Tensor) -> Tensor:
        return (p.double() - targets.double()).norm() / len(targets) ** 0.5

    return {"the loss": length(preds).float(), "its gradient": numeric_grad(length, preds)}


q3 = Exercise(
    "q3",
    "calm_rmse",
    inputs=_sometimes_perfect,
    routes={"autograd": _by_branch, "a small push": _by_norm},
    mistakes={
        "is that the mse, without its root?": mse,
        "is the record cut, by `detach`, `item` or `no_grad`?": lambda p, t: rmse(p, t).detach(),
        "is the loss of a perfect fit a number without a record? Make it from `preds`": lambda p, t: (
            torch.zeros(()) if torch.equal(p, t) else rmse(p, t)
        ),
        "does the loss of a perfect fit lead back to `preds`? What is made anew has forgotten them": lambda p, t: (
            torch.zeros(()).requires_grad_() if torch.equal(p, t) else rmse(p, t)
        ),
        "is a number added to each miss, so that no fit is perfect any more?": lambda p, t: (
            ((p - t + 1e-6) ** 2).mean().sqrt()
        ),
        "is that the mean of the sizes, without square and root?": lambda p, t: (
            (p - t).abs().mean()
        ),
        "is that a sum, where a mean was asked?": lambda p, t: (mse(p, t) * len(t) + 1e-12).sqrt(),
        "is the added number so large that it shows?": lambda p, t: (mse(p, t) + 1.0).sqrt(),
        "is the added number so large that its root shows at a perfect fit?": lambda p, t: (
            mse(p, t) + 1e-6
        ).sqrt(),
        "is the sign the wrong way round?": lambda p, t: -(mse(p, t) + 1e-12).sqrt(),
    },
    hint="The root has no slope at 0. Keep the walk back away from it there: another formula in that case, or a tiny number under the root.",
    solution="""
def calm_rmse(preds, targets):
    return (mse(preds, targets) + 1e-12).sqrt()
""",
    result="the loss",
    after=lambda loss, preds, targets: {
        "its gradient": torch.autograd.grad(loss, preds, allow_unused=True)[0]
    },
    bug=rmse,
    symptom="at a perfect fit its gradient is nan, and nothing that comes after the root can mend it",
)
