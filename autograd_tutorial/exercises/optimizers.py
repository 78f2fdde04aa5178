"""What lesson 9 asks, and how it is judged."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from autograd_tutorial.exercises.checker import Exercise, draw


def _slopes(g: torch.Generator) -> dict[str, Any]:
    "Four steps of two params."
    return {"grads": draw(g, 4, 2), "beta": 0.3 + 0.6 * torch.rand((), generator=g)}


def _velocity(grads: Tensor, beta: Tensor) -> Tensor:
    kept = torch.zeros_like(grads[0])
    for grad in grads:
        kept = beta * kept + grad
    return kept


def _as_moved(grads: Tensor, beta: Tensor) -> Tensor:
    "How far the last step of `torch.optim.SGD` with a rate of 1 moves."
    params = torch.zeros_like(grads[0]).requires_grad_()
    sgd = torch.optim.SGD([params], lr=1.0, momentum=beta.item())
    before = params.detach().clone()
    for grad in grads:
        before = params.detach().clone()
        params.grad = grad.clone()
        sgd.step()
    return before - params.detach()


q1 = Exercise(
    "q1",
    "velocity_after",
    inputs=_slopes,
    routes={"a loop": _velocity, "`torch.optim.SGD`": _as_moved},
    mistakes={
        "is that an average, with 1 - beta before the new slope? Momentum adds it whole": lambda gs, b: (
            (1 - b) * _velocity(gs, b)
        ),
        "is the newest slope first? The rows begin with the oldest": lambda gs, b: _velocity(
            gs.flip(0), b
        ),
        "does nothing fade? Each step keeps only a share of what was": lambda gs, b: gs.sum(0),
        "is that the last slope alone, without what was kept?": lambda gs, b: gs[-1],
        "is the new slope made smaller, and the old velocity kept whole?": lambda gs, b: (
            b * gs.sum(0)
        ),
        "is the whole made smaller once more after the last slope?": lambda gs, b: (
            b * _velocity(gs, b)
        ),
        "is the last slope missing?": lambda gs, b: _velocity(gs[:-1], b),
        "does it start from the first slope, and then add that once more?": lambda gs, b: (
            _velocity(gs, b) + b ** len(gs) * gs[0]
        ),
        "is the sign the wrong way round? The step subtracts it later": lambda gs, b: (
            -_velocity(gs, b)
        ),
        "does it look a step ahead, as Nesterov does?": lambda gs, b: gs[-1] + b * _velocity(gs, b),
        "is that the way walked so far, all velocities together?": lambda gs, b: sum(
            _velocity(gs[: k + 1], b) for k in range(len(gs))
        ),
    },
    hint="Start from zeros. For each row: a share `beta` of what there is, plus the row.",
    solution="""
def velocity_after(grads, beta):
    velocity = torch.zeros_like(grads[0])
    for grad in grads:
        velocity = beta * velocity + grad
    return velocity
""",
)


def _pieces(g: torch.Generator) -> dict[str, Any]:
    "Three pieces of unlike sizes."
    sizes = torch.randperm(6, generator=g)[:3] + 1
    return {"grads": draw(g, 3, 2), "sizes": sizes.float()}


def _weighted(grads: Tensor, sizes: Tensor) -> Tensor:
    return (sizes[:, None] * grads).sum(0) / sizes.sum()


q2 = Exercise(
    "q2",
    "gradient_of_all",
    inputs=_pieces,
    routes={
        "weights": _weighted,
        "a row for each point": lambda gs, s: gs.repeat_interleave(s.long(), dim=0).mean(0),
    },
    mistakes={
        "does a piece of one point count as much as one of six? Each point should count once": lambda gs, s: (
            gs.mean(0)
        ),
        "is that a sum over all points, where the mse is a mean?": lambda gs, s: (
            s[:, None] * gs
        ).sum(0),
        "are the gradients added as they are? `backward` does that, and each is a mean already": lambda gs, s: (
            gs.sum(0)
        ),
        "is it divided by the number of pieces, where the number of points was meant?": lambda gs, s: (
            (s[:, None] * gs).mean(0)
        ),
        "do small pieces count more than large ones?": lambda gs, s: (
            (gs / s[:, None]).sum(0) / (1 / s).sum()
        ),
        "is each mean divided by its size once more?": lambda gs, s: (gs / s[:, None]).sum(0),
        "are the sums divided by all points, before they are sums?": lambda gs, s: (
            gs.sum(0) / s.sum()
        ),
        "is that one row for each piece? They add up to one gradient": lambda gs, s: (
            s[:, None] * gs / s.sum()
        ),
        "are the params added up as well? Each has its own slope": lambda gs, s: _weighted(
            gs, s
        ).sum(),
        "are the weights squared? They need not have length 1, they need to add up to 1": lambda gs, s: (
            (s[:, None] * gs).sum(0) / s.norm()
        ),
        "is each mean divided by its size, where it was to be multiplied?": lambda gs, s: (
            (gs / s[:, None]).sum(0) / s.sum()
        ),
        "does only the largest piece count?": lambda gs, s: gs[s.argmax()],
    },
    hint="A mean times its size is a sum. Sums of pieces add up to the sum of all; then divide, once.",
    solution="""
def gradient_of_all(grads, sizes):
    weights = sizes / sizes.sum()
    return weights @ grads
""",
)


def _walks(g: torch.Generator) -> dict[str, Any]:
    "Three steps of two params; plain numbers for the settings, as an optimizer takes them."
    lr, one, other = torch.rand(3, generator=g).tolist()
    return {
        "params": draw(g, 2),
        "grads": draw(g, 3, 2),
        "lr": 0.1 + lr,
        "betas": (0.3 + 0.6 * one, 0.9 + 0.09 * other),
    }


def _walk(
    params: Tensor,
    grads: Tensor,
    lr: float,
    betas: tuple[float, float],
    mends: tuple[int, int] = (1, 1),
    root: float = 0.5,
    power: int = 2,
) -> Tensor:
    "Adam without eps; `mends` says which of the averages are corrected for their start at 0."
    mean, square = torch.zeros_like(params), torch.zeros_like(params)
    for count, grad in enumerate(grads, 1):
        mean = betas[0] * mean + (1 - betas[0]) * grad
        square = betas[1] * square + (1 - betas[1]) * grad.abs() ** power
        one, other = (
            1 - beta**count if mend else 1.0 for beta, mend in zip(betas, mends, strict=True)
        )
        params = params - lr * (mean / one) / (square / other) ** root
    return params


def _outside(params: Tensor, grads: Tensor, lr: float, betas: tuple[float, float]) -> Tensor:
    mean, square = torch.zeros_like(params), torch.zeros_like(params)
    for count, grad in enumerate(grads, 1):
        mean = betas[0] * mean + (1 - betas[0]) * grad
        square = betas[1] * square + (1 - betas[1]) * grad**2
        params = params - lr * mean / (1 - betas[0] ** count) / (
            square.sqrt() / (1 - betas[1] ** count)
        )
    return params


def _stored(params: Tensor, grads: Tensor, lr: float, betas: tuple[float, float]) -> Tensor:
    mean, square = torch.zeros_like(params), torch.zeros_like(params)
    for count, grad in enumerate(grads, 1):
        mean = (betas[0] * mean + (1 - betas[0]) * grad) / (1 - betas[0] ** count)
        square = (betas[1] * square + (1 - betas[1]) * grad**2) / (1 - betas[1] ** count)
        params = params - lr * mean / square.sqrt()
    return params


def _from_first(params: Tensor, grads: Tensor, lr: float, betas: tuple[float, float]) -> Tensor:
    mean, square = grads[0], grads[0] ** 2
    for grad in grads:
        mean = betas[0] * mean + (1 - betas[0]) * grad
        square = betas[1] * square + (1 - betas[1]) * grad**2
        params = params - lr * mean / square.sqrt()
    return params


def _by_torch(params: Tensor, grads: Tensor, lr: float, betas: tuple[float, float]) -> Tensor:
    leaf = params.clone().requires_grad_()
    adam = torch.optim.Adam([leaf], lr=lr, betas=betas, eps=0.0)
    for grad in grads:
        leaf.grad = grad.clone()
        adam.step()
    return leaf.detach()


q3 = Exercise(
    "q3",
    "adam_walk",
    inputs=_walks,
    routes={"averages that make up for their start": _walk, "`torch.optim.Adam`": _by_torch},
    mistakes={
        "is only the average of the slopes mended, and not that of the squares?": lambda p, gs, lr, b: (
            _walk(p, gs, lr, b, (1, 0))
        ),
        "is only the average of the squares mended, and not that of the slopes?": lambda p, gs, lr, b: (
            _walk(p, gs, lr, b, (0, 1))
        ),
        "is the root gone? The square has another unit than the slope": lambda p, gs, lr, b: _walk(
            p, gs, lr, b, root=1.0
        ),
        "is the average one of sizes, where Adam's is one of squares?": lambda p, gs, lr, b: _walk(
            p, gs, lr, b, root=1.0, power=1
        ),
        "does it climb?": lambda p, gs, lr, b: 2 * p - _walk(p, gs, lr, b),
        "are the two betas swapped?": lambda p, gs, lr, b: _walk(p, gs, lr, (b[1], b[0])),
        "is that the sign of each slope, without any average?": lambda p, gs, lr, b: (
            p - lr * gs.sign().sum(0)
        ),
        "is only the first step taken?": lambda p, gs, lr, b: _walk(p, gs[:1], lr, b),
        "is the last step missing?": lambda p, gs, lr, b: _walk(p, gs[:-1], lr, b),
        "is the learning rate missing?": lambda p, gs, lr, b: _walk(p, gs, 1.0, b),
        "is the correction of the squares outside the root? It belongs to the square": _outside,
        "are the corrected averages kept? The next step needs them as they were": _stored,
        "do the averages start from the first slope? They start at 0, and the correction makes up for it": _from_first,
        "is that how far it moves? Where it stands was asked": lambda p, gs, lr, b: (
            _walk(p, gs, lr, b) - p
        ),
        "is that the plain step, without any average?": lambda p, gs, lr, b: p - lr * gs.sum(0),
        "does it correct by the first power at every step? The start counts less and less": lambda p, gs, lr, b: (
            p - (p - _walk(p, gs, lr, b, (0, 0))) * (1 - b[1]) ** 0.5 / (1 - b[0])
        ),
    },
    hint="Let both averages see one slope of 1. They should be 1, and they are 1 - beta. What do they have to be divided by, after one step, after two?",
    solution="""
def adam_walk(params, grads, lr, betas):
    mean, square = torch.zeros_like(params), torch.zeros_like(params)
    for step, grad in enumerate(grads, 1):
        mean = betas[0] * mean + (1 - betas[0]) * grad
        square = betas[1] * square + (1 - betas[1]) * grad**2
        slope = mean / (1 - betas[0]**step)
        size = (square / (1 - betas[1]**step)).sqrt()
        params = params - lr * slope / size
    return params
""",
    bug=lambda p, gs, lr, b: _walk(p, gs, lr, b, (0, 0)),
    symptom="its first steps are too long, or too short, and later ones come right",
)
