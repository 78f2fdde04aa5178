"""What lesson 9 asks, and how it is judged."""

from typing import Any

import torch
from torch import Tensor

from autograd_tutorial.exercises.checker import Exercise
from autograd_tutorial.exercises.drawing import draw, draw_share
from autograd_tutorial.exercises.predictions import Prediction

p1 = Prediction("Each point is in as many batches as any other, and counts as much.")
p2 = Prediction(
    "More precisely {left:.2f}. Chances to be off partly cancel: n points leave about one over the root of n, and a little less where none is drawn twice."
)
p3 = Prediction("Each step takes a tenth away and puts 1 in: they balance at 1/(1 - beta).")
p4 = Prediction("At its first step Adam keeps the sign of a slope and drops its size.")
p5 = Prediction("In steps: momentum {momentum:,}, Nesterov {Nesterov:,}, Adam {Adam:,}.")
p6 = Prediction(
    "In steps: descent {descent}, momentum {momentum}, Nesterov {Nesterov}, Adam {Adam}. It evens out what is even already, and its steps are of one length, near and far."
)
p7 = Prediction(
    "From {before:,.0f} to {after:,.0f}: each param's move, alone, goes downhill; together they push the curve one way, and overshoot."
)
p8 = Prediction(
    "It took off the part that comes from the units: t² goes to 361, t to 19. What is left comes from columns that rise together."
)
p9 = Prediction("In the second half it still jumps between {low:.2f} and {high:.2f}.")


def _slopes(g: torch.Generator) -> dict[str, Any]:
    "Four steps of two params."
    return {"grads": draw(g, 4, 2), "beta": draw_share(g, 0.3, 0.9)}


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


def _wrong_velocities(grads: Tensor, beta: Tensor) -> dict[str, Any]:
    right, last = _velocity(grads, beta), grads[-1]
    way = torch.stack([_velocity(grads[: k + 1], beta) for k in range(len(grads))]).sum(0)
    return {
        "is that an average, with 1 - beta before the new slope? Momentum adds it whole": (
            (1 - beta) * right
        ),
        "is the newest slope first? The rows begin with the oldest": _velocity(grads.flip(0), beta),
        "does nothing fade? Each step keeps only a share of what was": grads.sum(0),
        "is that the last slope alone, without what was kept?": last,
        "is the new slope made smaller, and the old velocity kept whole?": beta * grads.sum(0),
        "is the whole made smaller once more after the last slope?": beta * right,
        "is the last slope missing?": _velocity(grads[:-1], beta),
        "does it start from the first slope, and then add that once more?": (
            right + beta ** len(grads) * grads[0]
        ),
        "is the sign the wrong way round? The step subtracts it later": -right,
        "does it look a step ahead, as Nesterov does?": last + beta * right,
        "is that the way walked so far, all velocities together?": way,
        "is the first slope missing?": _velocity(grads[1:], beta),
    }


q1 = Exercise(
    "q1",
    "velocity_after",
    inputs=_slopes,
    routes={"a loop": _velocity, "`torch.optim.SGD`": _as_moved},
    mistakes=_wrong_velocities,
    hint_words="Start from zeros. For each row: a share `beta` of what there is, plus the row.",
    solution_code="""
def velocity_after(grads, beta):
    velocity = torch.zeros_like(grads[0])
    for grad in grads:
        velocity = beta * velocity + grad
    return velocity
""",
    slips=(
        "return grads.sum(0)",
        "velocity = torch.zeros_like(grads[0])\nfor grad in grads:\n    velocity = beta * velocity + (1 - beta) * grad\nreturn velocity",
        "velocity = torch.zeros_like(grads[0])\nfor grad in grads:\n    velocity = beta * (velocity + grad)\nreturn velocity",
    ),
)


def _pieces(g: torch.Generator) -> dict[str, Any]:
    "Three pieces of unlike sizes."
    sizes = torch.randperm(6, generator=g)[:3] + 1
    return {"grads": draw(g, 3, 2), "sizes": sizes.float()}


def _wrong_weights(grads: Tensor, sizes: Tensor) -> dict[str, Any]:
    n, total, pieces = sizes.sum(), sizes @ grads, grads.sum(0)
    shrunk = grads / sizes[:, None]
    return {
        "does a piece of one point count as much as one of six? Each point should count once": (
            grads.mean(0)
        ),
        "is that a sum over all points, where the mse is a mean?": total,
        "are the gradients added as they are? `backward` does that, and each is a mean already": (
            pieces
        ),
        "is it divided by the number of pieces, where the number of points was meant?": (
            total / len(sizes)
        ),
        "do small pieces count more than large ones?": shrunk.sum(0) / (1 / sizes).sum(),
        "is each mean divided by its size once more?": shrunk.sum(0),
        "are the sums divided by all points, before they are sums?": pieces / n,
        "is that one row for each piece? They add up to one gradient": sizes[:, None] * grads / n,
        "are the params added up as well? Each has its own slope": (total / n).sum(),
        "are the weights squared? They need not have length 1, they need to add up to 1": (
            total / sizes.norm()
        ),
        "is each mean divided by its size, where it was to be multiplied?": shrunk.sum(0) / n,
        "does only the largest piece count?": grads[sizes.argmax()],
        "are the weights shares of the largest piece? They are shares of all points": total
        / sizes.max(),
    }


q2 = Exercise(
    "q2",
    "gradient_of_all",
    inputs=_pieces,
    routes={
        "weights": lambda grads, sizes: (sizes[:, None] * grads).sum(0) / sizes.sum(),
        "a row for each point": lambda grads, sizes: grads.repeat_interleave(
            sizes.long(), dim=0
        ).mean(0),
    },
    mistakes=_wrong_weights,
    hint_words="A mean times its size is a sum. Sums of pieces add up to the sum of all; then divide, once.",
    solution_code="""
def gradient_of_all(grads, sizes):
    weights = sizes / sizes.sum()
    return weights @ grads
""",
    slips=("return grads.mean(0)", "return sizes @ grads", "return grads.sum(0)"),
)

Betas = tuple[float, float]


def _walks(g: torch.Generator) -> dict[str, Any]:
    "Three steps of two params; plain numbers for the settings, as an optimizer takes them."
    lr, one, other = torch.rand(3, generator=g).tolist()
    betas = 0.3 + 0.6 * one, 0.9 + 0.09 * other
    return {"params": draw(g, 2), "grads": draw(g, 3, 2), "lr": 0.1 + lr, "betas": betas}


def _walk(
    params: Tensor,
    grads: Tensor,
    lr: float,
    betas: Betas,
    *,
    corrected: tuple[bool, bool] = (True, True),  # for their start at 0: the mean, the square
    root: float = 0.5,  # the power to which the average of squares is raised
    power: int = 2,
    outside: bool = False,  # the square is corrected outside of the root
    stored: bool = False,  # the corrected averages are kept
    start: Tensor | float = 0.0,  # of the mean; its square is that of the square
) -> Tensor:
    "Adam without eps, which may go wrong in several ways."
    mean, square = start + 0 * params, start**2 + 0 * params
    for count, grad in enumerate(grads, 1):
        mean = betas[0] * mean + (1 - betas[0]) * grad
        square = betas[1] * square + (1 - betas[1]) * grad.abs() ** power
        one, other = (
            1 - beta**count if yes else 1.0 for beta, yes in zip(betas, corrected, strict=True)
        )
        size = square**root / other if outside else (square / other) ** root
        params = params - lr * (mean / one) / size
        if stored:
            mean, square = mean / one, square / other
    return params


def _by_torch(params: Tensor, grads: Tensor, lr: float, betas: Betas) -> Tensor:
    leaf = params.clone().requires_grad_()
    adam = torch.optim.Adam([leaf], lr=lr, betas=betas, eps=0.0)
    for grad in grads:
        leaf.grad = grad.clone()
        adam.step()
    return leaf.detach()


def _wrong_walks(p: Tensor, grads: Tensor, lr: float, betas: Betas) -> dict[str, Any]:
    given, right = (p, grads, lr, betas), _walk(p, grads, lr, betas)
    uncorrected = _walk(*given, corrected=(False, False))
    return {
        "is only the average of the slopes corrected, and not that of the squares?": (
            _walk(*given, corrected=(True, False))
        ),
        "is only the average of the squares corrected, and not that of the slopes?": (
            _walk(*given, corrected=(False, True))
        ),
        "is the root gone? The square has another unit than the slope": _walk(*given, root=1.0),
        "is the average one of sizes, where Adam's is one of squares?": (
            _walk(*given, root=1.0, power=1)
        ),
        "does it climb?": 2 * p - right,
        "are the two betas swapped?": _walk(p, grads, lr, betas[::-1]),
        "is that the sign of each slope, without any average?": p - lr * grads.sign().sum(0),
        "is only the first step taken?": _walk(p, grads[:1], lr, betas),
        "is the last step missing?": _walk(p, grads[:-1], lr, betas),
        "is the learning rate missing?": _walk(p, grads, 1.0, betas),
        "is the correction of the squares outside the root? It belongs to the square": (
            _walk(*given, outside=True)
        ),
        "are the corrected averages kept? The next step needs them as they were": (
            _walk(*given, stored=True)
        ),
        "do the averages start from the first slope? They start at 0, and the correction makes up for it": (
            _walk(*given, corrected=(False, False), start=grads[0])
        ),
        "is that how far it moves? Where it stands was asked": right - p,
        "is that the plain step, without any average?": p - lr * grads.sum(0),
        "does it correct by the first power at every step? The start counts less and less": (
            p - (p - uncorrected) * (1 - betas[1]) ** 0.5 / (1 - betas[0])
        ),
    }


q3 = Exercise(
    "q3",
    "adam_walk",
    inputs=_walks,
    routes={"averages that make up for their start": _walk, "`torch.optim.Adam`": _by_torch},
    mistakes=_wrong_walks,
    hint_words="Let both averages see one slope of 1. They should be 1, and they are 1 - beta. What do they have to be divided by, after one step, after two?",
    solution_code="""
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
    bug=lambda *given: _walk(*given, corrected=(False, False)),
    symptom="its first steps are too long, or too short, and later ones come right",
    seen="BERT was trained without it: mostly an oversight, wrote its author (google-research/bert#153 on GitHub).",
    repairs=(
        (
            "lr * slope / size",
            "lr * slope / (1 - betas[0]**step) / (size / (1 - betas[1]**step) ** 0.5)",
        ),
    ),
)
