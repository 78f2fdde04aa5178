"""What lesson 10 asks, and how it is judged."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from autograd_tutorial.exercises.checker import Exercise, draw


def _losses(g: torch.Generator) -> dict[str, Any]:
    "Four losses that fall."
    falling = (1 + 9 * torch.rand(4, generator=g)).sort(descending=True).values
    return {"losses": falling, "beta": 0.3 + 0.6 * torch.rand((), generator=g)}


def _average(losses: Tensor, beta: Tensor) -> Tensor:
    kept = torch.zeros_like(losses[0])
    for loss in losses:
        kept = beta * kept + (1 - beta) * loss
    return kept


def _smoothed(losses: Tensor, beta: Tensor) -> Tensor:
    return _average(losses, beta) / (1 - beta ** len(losses))


def _weighted(losses: Tensor, beta: Tensor) -> Tensor:
    weights = beta ** torch.arange(len(losses) - 1, -1, -1)
    return (weights * losses).sum() / weights.sum()


def _from_first(losses: Tensor, beta: Tensor) -> Tensor:
    kept = losses[0]
    for loss in losses[1:]:
        kept = beta * kept + (1 - beta) * loss
    return kept


def _mended_each_time(losses: Tensor, beta: Tensor) -> Tensor:
    kept = torch.zeros_like(losses[0])
    for count, loss in enumerate(losses, 1):
        kept = (beta * kept + (1 - beta) * loss) / (1 - beta**count)
    return kept


q1 = Exercise(
    "q1",
    "smoothed",
    inputs=_losses,
    routes={"a running average": _smoothed, "weights that fade": _weighted},
    mistakes={
        "is the start at 0 still in it? Divide by what a row of ones would give": _average,
        "does it start from the first loss? That one would count too much": _from_first,
        "is the newest loss first? They begin with the oldest": lambda losses, beta: _smoothed(
            losses.flip(0), beta
        ),
        "are beta and 1 - beta swapped? The past keeps the share beta": lambda losses, beta: (
            _smoothed(losses, 1 - beta)
        ),
        "does every loss count the same? Old ones fade": lambda losses, beta: losses.mean(),
        "is that the last loss alone, with the smoothing turned off?": lambda losses, beta: losses[
            -1
        ],
        "is the start made up for at every step, and kept? Make up for it once, at the end": _mended_each_time,
        "is it divided by 1 - beta, as after one loss? The start counts less and less": lambda losses, beta: (
            _average(losses, beta) / (1 - beta)
        ),
        "is the last loss missing?": lambda losses, beta: _smoothed(losses[:-1], beta),
        "is the new loss added whole, as momentum has it?": lambda losses, beta: (
            _average(losses, beta) / (1 - beta) / (1 - beta ** len(losses))
        ),
        "is that after every loss? Only the last was asked": lambda losses, beta: torch.stack(
            [_smoothed(losses[: n + 1], beta) for n in range(len(losses))]
        ),
        "is the power one too high? It counts the losses": lambda losses, beta: (
            _average(losses, beta) / (1 - beta ** (len(losses) + 1))
        ),
        "is the power one too low? It counts the losses": lambda losses, beta: (
            _average(losses, beta) / (1 - beta ** (len(losses) - 1))
        ),
    },
    hint="Smooth a row of ones in the same way. It should give 1; what does it give after four?",
    solution="""
def smoothed(losses, beta):
    kept = 0
    for loss in losses:
        kept = beta * kept + (1 - beta) * loss
    return kept / (1 - beta**len(losses))
""",
)


def _ends(g: torch.Generator) -> dict[str, Any]:
    "Two rates, some powers of ten apart."
    low, far = torch.rand(2, generator=g)
    first = 10 ** (-2 - 2 * low)
    return {"first": first, "last": first * 10 ** (1 + 2 * far)}


q2 = Exercise(
    "q2",
    "middle_rate",
    inputs=_ends,
    routes={
        "a root": lambda a, b: (a * b).sqrt(),
        "halfway between the powers of ten": lambda a, b: 10 ** ((a.log10() + b.log10()) / 2),
    },
    mistakes={
        "is that halfway as a ruler has it? Rates grow by a factor, not by a step": lambda a, b: (
            (a + b) / 2
        ),
        "is that the power of ten, and not yet the rate?": lambda a, b: (a.log10() + b.log10()) / 2,
        "is that the natural logarithm, and not yet the rate?": lambda a, b: (a * b).log() / 2,
        "are natural logarithms taken back with a 10?": lambda a, b: 10 ** ((a * b).log() / 2),
        "are powers of ten taken back with e?": lambda a, b: ((a * b).log10() / 2).exp(),
        "is that a tenth of the last rate? That is another rule": lambda a, b: b / 10,
        "is a root missing?": lambda a, b: a * b,
        "is that the factor from the middle to an end, and not the middle?": lambda a, b: (
            b / a
        ).sqrt(),
        "is that the mean of the steps, turned over? Halfway in 1/rate is not halfway in the power": lambda a, b: (
            2 * a * b / (a + b)
        ),
        "is that where the search begins?": lambda a, b: a,
        "is that where the way down ends?": lambda a, b: b,
        "is that half of what lies between? Halfway is counted in factors": lambda a, b: (
            (b - a) / 2
        ),
        "is that a third of the way up, as a ruler has it?": lambda a, b: a + (b - a) / 3,
        "is that the sum of the logarithms, and not yet the rate?": lambda a, b: a.log() + b.log(),
        "is that half of the last rate?": lambda a, b: b / 2,
        "is it a third of the way, or two thirds?": lambda a, b: (a * a * b) ** (1 / 3),
        "is it two thirds of the way?": lambda a, b: (a * b * b) ** (1 / 3),
    },
    hint="From 1e-6 to 1e-2 the middle is 1e-4: as many factors of ten to either side.",
    solution="""
def middle_rate(first, last):
    return (first * last).sqrt()
""",
)


def _decays(g: torch.Generator) -> dict[str, Any]:
    "Params larger than their gradient is, so that a decay in the wrong place may turn its sign."
    lr, wd = torch.rand(2, generator=g).tolist()
    return {"params": draw(g, 4), "grad": draw(g, 4), "lr": 0.1 + 0.4 * lr, "wd": 0.2 + 0.6 * wd}


def _decayed(params: Tensor, grad: Tensor, lr: float, wd: float) -> Tensor:
    return params * (1 - lr * wd) - lr * grad.sign()


def _by_adamw(params: Tensor, grad: Tensor, lr: float, wd: float) -> Tensor:
    leaf = params.clone().requires_grad_()
    leaf.grad = grad.clone()
    torch.optim.AdamW([leaf], lr=lr, eps=0.0, weight_decay=wd).step()
    return leaf.detach()


q3 = Exercise(
    "q3",
    "first_step",
    inputs=_decays,
    routes={"by hand": _decayed, "`torch.optim.AdamW`": _by_adamw},
    mistakes={
        "is the decay gone altogether?": lambda p, g, lr, wd: p - lr * g.sign(),
        "does it decay by `wd` alone? The rate belongs to it": lambda p, g, lr, wd: (
            p * (1 - wd) - lr * g.sign()
        ),
        "does it grow, where it should shrink?": lambda p, g, lr, wd: (
            p * (1 + lr * wd) - lr * g.sign()
        ),
        "is the step made smaller along with the params? Only the params shrink": lambda p, g, lr, wd: (
            (p - lr * g.sign()) * (1 - lr * wd)
        ),
        "is it a plain step, where Adam drops the size of a slope?": lambda p, g, lr, wd: (
            p * (1 - lr * wd) - lr * g
        ),
        "does it climb?": lambda p, g, lr, wd: p * (1 - lr * wd) + lr * g.sign(),
        "does the decay pull by the sign of a param alone? It pulls large ones more": lambda p, g, lr, wd: (
            p - lr * wd * p.sign() - lr * g.sign()
        ),
        "is the rate missing from the step?": lambda p, g, lr, wd: p * (1 - lr * wd) - g.sign(),
        "is that only the decay, without a step?": lambda p, g, lr, wd: p * (1 - lr * wd),
        "is the decay the same for every param? It is a share of each": lambda p, g, lr, wd: (
            p - lr * wd - lr * g.sign()
        ),
        "does the decay have the square of a param?": lambda p, g, lr, wd: (
            p - lr * wd * p**2 - lr * g.sign()
        ),
        "is that how far it moves? Where it stands was asked": lambda p, g, lr, wd: (
            -lr * wd * p - lr * g.sign()
        ),
        "is the decayed slope in the mean only? The decay has no place in Adam's averages at all": lambda p, g, lr, wd: (
            p - lr * (g + wd * p) / g.abs()
        ),
        "is the decayed slope in the squares only? The decay has no place in Adam's averages at all": lambda p, g, lr, wd: (
            p - lr * g / (g + wd * p).abs()
        ),
    },
    hint="With a huge `wd` every param should be pulled far. How far does this one move it? Try 0.1 and 100.",
    solution="""
def first_step(params, grad, lr, wd):
    mean, square = grad, grad**2
    params = params * (1 - lr * wd)
    return params - lr * mean / square.sqrt()
""",
    bug=lambda p, g, lr, wd: p - lr * (g + wd * p).sign(),
    symptom="every param moves by exactly `lr`, whatever `wd` is",
)
