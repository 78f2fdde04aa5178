"""What lesson 3 asks, and how it is judged."""

from typing import Any

import torch
from torch import Tensor

from autograd_tutorial.core.checks import gradient
from autograd_tutorial.exercises.checker import Exercise
from autograd_tutorial.exercises.drawing import draw, draw_share, draw_whole
from autograd_tutorial.exercises.predictions import Prediction
from autograd_tutorial.exercises.routes import Slope, by_slopes
from autograd_tutorial.fit import mse, rmse
from autograd_tutorial.gradients import numeric_grad

p1 = Prediction(
    "Nine steps at a hundredth of the rate go about a tenth as far as the one that took away 79%."
)
p2 = Prediction("The best possible is {best:.2f}.")
p3 = Prediction("Here the loss is the square of the error, so it goes by the square of the factor.")
p4 = Prediction(
    "Its overshooting has died out long before step 200, and what learns slowly gets furthest at the largest rate."
)
p5 = Prediction("It is answered by {to}, three times itself; (1.0, 0.0) is answered by {other}.")
p6 = Prediction(
    "The loss goes by the square of the factor: times {square:.3f}, two hundred times over."
)
p7 = Prediction("The squares of the misses pass the end, and what is past it becomes inf.")
p8 = Prediction(
    "Far out the rmse gets no steeper, so its steps do not grow: it jumps about at both."
)
p9 = Prediction(
    "At 0 the root is vertical: infinity meets the zero of the square, and their product is not a number."
)
p10 = Prediction(
    "One step takes off {share:.4%}, so k of them leave (1 - share)^k: a half at k = log(0.5) / log(1 - share)."
)


def _edge(slope: Slope, k: Tensor) -> Tensor:
    "The curvature is how much the slope of k x² rises from 0 to 1."
    one, zero = (slope(lambda x: k * x**2, torch.tensor(at, dtype=k.dtype)) for at in (1.0, 0.0))
    return 2 / (one - zero)


def _wrong_edges(k: Tensor) -> dict[str, Any]:
    return {
        "is k taken for the curvature? The curvature is the slope of the slope of k x²": 2 / k,
        "is that the rate that lands on the minimum in one step? The edge is twice as far": (
            1 / (2 * k)
        ),
        "is that 2/λ upside down?": k,
        "is that the curvature, and not the edge?": 2 * k,
        "is the edge of x² written in, where k was given?": torch.ones_like(k),
    }


q1 = Exercise(
    "q1",
    "edge_of",
    inputs=lambda g: {"k": draw(g).abs()},
    routes=by_slopes(_edge),
    mistakes=_wrong_edges,
    hint_words="What is the slope of k x², and what the slope of that?",
    solution_code="""
def edge_of(k):
    curvature = 2 * k
    return 2 / curvature
""",
    slips=(
        "curvature = k\nreturn 2 / curvature",
        "curvature = 2 * k\nreturn 1 / curvature",
        "curvature = 2 * k\nreturn curvature",
    ),
)


def _bowl(g: torch.Generator) -> dict[str, Any]:
    curvature, steps = draw(g).abs(), draw_whole(g, 2, 5)
    x, lr = draw(g), draw_share(g, 0.2, 3.0) / curvature
    return {"x": x, "lr": lr, "curvature": curvature, "steps": steps}


def _descended(slope: Slope, x: Tensor, lr: Tensor, curvature: Tensor, steps: int) -> Tensor:
    "Where descent on half of λx² arrives, step by step."
    for _ in range(steps):
        x = x - lr * slope(lambda at: curvature * at**2 / 2, x)
    return x


def _wrong_places(x: Tensor, lr: Tensor, c: Tensor, k: int) -> dict[str, Any]:
    one = 1 - lr * c  # what one step multiplies by
    return {
        "does it climb? The factor is 1 minus lr times the curvature": (1 + lr * c) ** k * x,
        "has a factor below 0 lost its sign? Past the minimum the error changes sides": (
            one.abs() ** k * x
        ),
        "is the factor multiplied by the steps, where it is raised to their power?": one * k * x,
        "is a 2 put in? This curvature holds it already": (1 - 2 * lr * c) ** k * x,
        "is the 1 missing from the factor?": (lr * c) ** k * x,
        "does every step take off the same? Its slope shrinks with x": x - k * lr * c * x,
        "is the slope at x = 1 used everywhere? At x it is curvature times x": x - k * lr * c,
        "does it shrink by exp(-lr·λ)? Only steps without end, each endlessly small, do": (
            (-lr * c * k).exp() * x
        ),
        "are brackets missing around 1 minus lr times the curvature? A product comes before a difference": (
            1 - (lr * c) ** k * x
        ),
        "are the brackets around the factor missing? `1 - lr * curvature` is raised to the power as a whole": (
            1 - lr * c**k * x
        ),
    }


q2 = Exercise(
    "q2",
    "after_steps",
    inputs=_bowl,
    routes=by_slopes(_descended),
    mistakes=_wrong_places,
    hint_words="Every step multiplies by the same factor, 1 - lr·λ.",
    solution_code="""
def after_steps(x, lr, curvature, steps):
    return (1 - lr * curvature) ** steps * x
""",
    slips=(
        "return (1 + lr * curvature) ** steps * x",
        "return (1 - lr * curvature) * steps * x",
        "return 1 - lr * curvature**steps * x",
        "return x - steps * lr * curvature * x",
    ),
)


def _losses(g: torch.Generator) -> dict[str, Any]:
    "Three losses past the edge, where lr·λ is between 2.5 and 6."
    first, factor, lr = draw_share(g, 1, 9), 1 - draw_share(g, 2.5, 6), draw_share(g, 0.01, 0.9)
    return {"losses": first * factor ** torch.tensor([0, 2, 4]), "lr": lr}


def _edge_by_steps(losses: Tensor, lr: Tensor) -> Tensor:
    "The bowl on which three steps from 1 do the same, found by halving."
    low, high = torch.tensor(2.0), torch.tensor(8.0)  # lr·λ
    for _ in range(40):
        middle = (low + high) / 2
        grows = (1 - middle) ** 4 > losses[2] / losses[0]
        low, high = (low, middle) if grows else (middle, high)
    return 2 * lr / low


def _wrong_readings(losses: Tensor, lr: Tensor) -> dict[str, Any]:
    growth = losses[1] / losses[0]
    size = growth.sqrt()
    return {
        "is that how the loss grows, where the error was meant? The loss goes by its square": (
            2 * lr / (1 + growth)
        ),
        "has the factor lost its sign? Past the edge it is below -1": 2 * lr / (1 - size),
        "is the factor taken for lr·λ? It is 1 minus that": 2 * lr / size,
        "is the factor, sign and all, taken for lr·λ? It is 1 minus that": -2 * lr / size,
        "is that the curvature, and not the edge?": (1 + size) / lr,
    }


q3 = Exercise(
    "q3",
    "edge_from",
    inputs=_losses,
    routes={
        "the root of one step": lambda losses, lr: 2 * lr / (1 + (losses[1] / losses[0]).sqrt()),
        "a bowl that fits both": _edge_by_steps,
    },
    mistakes=_wrong_readings,
    hint_words="By what is the loss multiplied, so by what the error, and with which sign? That is 1 - lr·λ.",
    solution_code="""
def edge_from(losses, lr):
    factor = -(losses[1] / losses[0]).sqrt()
    curvature = (1 - factor) / lr
    return 2 / curvature
""",
    slips=(
        "factor = (losses[1] / losses[0]).sqrt()\ncurvature = (1 - factor) / lr\nreturn 2 / curvature",
        "factor = -losses[1] / losses[0]\ncurvature = (1 - factor) / lr\nreturn 2 / curvature",
        "factor = -(losses[1] / losses[0]).sqrt()\ncurvature = (1 - factor) / lr\nreturn curvature",
    ),
)


def _sometimes_perfect(g: torch.Generator) -> dict[str, Any]:
    "Predictions that hit every target in half of the cases; speeds, as in the lesson, so that a tiny number does not show."
    targets, misses = 20 * draw(g, 4), 20 * draw(g, 4)
    preds = targets.clone() if draw_share(g) < 0.5 else targets + misses
    return {"preds": preds.requires_grad_(), "targets": targets}


def _by_branch(preds: Tensor, targets: Tensor) -> dict[str, Any]:
    loss = mse(preds, targets) if torch.equal(preds, targets) else rmse(preds, targets)
    return {"the loss": loss, "its gradient": gradient(loss, preds)}


def _by_norm(preds: Tensor, targets: Tensor) -> dict[str, Any]:
    "The length of the misses over that of ones, and its slopes by pushing: to both sides alike, so 0 at a perfect fit."

    def length(p: Tensor) -> Tensor:
        return (p.double() - targets.double()).square().sum().div(len(targets)).sqrt()

    return {"the loss": length(preds).float(), "its gradient": numeric_grad(length, preds)}


def _wrong_losses(p: Tensor, t: Tensor) -> dict[str, Any]:
    square, root, perfect = mse(p, t), (mse(p, t) + 1e-12).sqrt(), torch.equal(p, t)
    zero = torch.zeros(())
    return {
        "is that the mse, without its root?": square,
        "is the loss of a perfect fit a number without a record? Make it from `preds`": (
            zero if perfect else root
        ),
        "does the loss of a perfect fit lead back to `preds`? What is made anew has forgotten them": (
            zero.clone().requires_grad_() if perfect else root
        ),
        "is a number added to each miss, so that no fit is perfect any more?": (
            ((p - t + 1e-6) ** 2).mean().sqrt()
        ),
        "is that the mean of the sizes, without square and root?": (p - t).abs().mean(),
        "is that a sum, where a mean was asked?": (square * len(t) + 1e-12).sqrt(),
        "is the added number so large that its root shows at a perfect fit?": (
            (square + 1e-6).sqrt()
        ),
    }


q4 = Exercise(
    "q4",
    "calm_rmse",
    inputs=_sometimes_perfect,
    routes={"autograd": _by_branch, "a small push": _by_norm},
    mistakes=_wrong_losses,
    hint_words="The root has no slope at 0. Keep the walk back away from it there: another formula in that case, or a tiny number under the root.",
    solution_code="""
def calm_rmse(preds, targets):
    misses = preds - targets
    square = (misses**2).mean()
    return (square + 1e-12).sqrt()
""",
    result="the loss",
    after=lambda loss, preds, targets: {
        "its gradient": torch.autograd.grad(loss, preds, allow_unused=True)[0]
    },
    bug=rmse,
    symptom="at a perfect fit its gradient is nan, and nothing that comes after the root can fix it",
    seen="PyTorch's own `norm` had it until 2017 (pytorch/pytorch#2421 on GitHub).",
    repairs=(("(misses**2).mean()", "(misses**2).mean() + 1e-12"),),
)
