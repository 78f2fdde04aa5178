"""What lesson 9 asks, and how it is judged."""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from autograd_tutorial.exercises.checker import Exercise
from autograd_tutorial.exercises.drawing import draw, draw_share, draw_whole
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
    "Four steps of two params, or a few more."
    more = g.initial_seed()
    return {"grads": draw(g, 4 + more % 2, 2 + more % 3), "beta": draw_share(g, 0.3, 0.9)}


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
    right = _velocity(grads, beta)
    way = torch.stack([_velocity(grads[: k + 1], beta) for k in range(len(grads))]).sum(0)
    return {
        "is that an average, with 1 - beta before the new slope? Momentum adds it whole": (
            (1 - beta) * right
        ),
        "does nothing fade? Each step keeps only a share of what was": grads.sum(0),
        "is the whole made smaller once more after the last slope?": beta * right,
        "does it start from the first slope, and then add that once more?": (
            right + beta ** len(grads) * grads[0]
        ),
        "are beta and 1 - beta in each other's places?": beta * _velocity(grads, 1 - beta),
        "is that an average that starts from the first slope? Momentum adds each whole, from rest": (
            (1 - beta) * right + beta ** len(grads) * grads[0]
        ),
        "does it look a step ahead, as Nesterov does?": grads[-1] + beta * right,
        "is that the way walked so far, all velocities together?": way,
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
    "Three pieces of unlike sizes and two params, or one more of each."
    more = g.initial_seed() % 2
    sizes = torch.randperm(6, generator=g)[: 3 + more] + 1
    return {"grads": draw(g, 3 + more, 2 + more), "sizes": sizes.float()}


def _wrong_weights(grads: Tensor, sizes: Tensor) -> dict[str, Any]:
    total = sizes @ grads
    return {
        "does a piece of one point count as much as one of six? Each point should count once": (
            grads.mean(0)
        ),
        "is that a sum over all points, where the mse is a mean?": total,
        "are the gradients added as they are? `backward` does that, and each is a mean already": grads.sum(
            0
        ),
        "is it divided by the number of pieces, where the number of points was meant?": (
            total / len(sizes)
        ),
        "is each mean divided by its size, where it is to be multiplied? A mean times its size is a sum": (
            (grads / sizes[:, None]).sum(0)
        ),
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


def _slopes_of_a(g: torch.Generator) -> dict[str, Any]:
    "The slope of one param at each of five to seven points; a batch is neither one of them nor all."
    points = draw_whole(g, 5, 7)
    return {"slopes": draw(g, points), "n": draw_whole(g, 2, points - 1)}


def _by_formula(slopes: Tensor, n: int) -> Tensor:
    points = len(slopes)
    return slopes.std(correction=0) * math.sqrt((points - n) / (points - 1) / n)


def _by_all_batches(slopes: Tensor, n: int) -> Tensor:
    return torch.combinations(slopes, n).mean(1).std(correction=0)


def _wrong_spreads(slopes: Tensor, n: int) -> dict[str, Any]:
    N, of_one = len(slopes), slopes.std(correction=0)
    batches = torch.combinations(slopes, n)
    return {
        "may a point come twice, in draws that know nothing of each other? In a batch none does": (
            of_one / n**0.5
        ),
        "is that how large the slopes of batches are, and not how far they spread?": (
            batches.mean(1).square().mean().sqrt()
        ),
        "is a point paired with itself, too? In a batch none comes twice": (
            torch.combinations(slopes, n, with_replacement=True).mean(1).std(correction=0)
        ),
        "are the 20 and the 19 those of the lesson? Count the points that came": (
            of_one * ((20 - n) / 19 / n) ** 0.5
        ),
        "is the factor's root missing?": of_one / n**0.5 * (N - n) / (N - 1),
        "is the rest divided by all points, where one less was meant?": (
            of_one * ((N - n) / N / n) ** 0.5
        ),
        "is the spread of the points divided by one less than they are? Ask for `correction=0`": (
            slopes.std() * ((N - n) / (N - 1) / n) ** 0.5
        ),
        "is the spread of the batches divided by one less than they are? These are all there are: ask for `correction=0`": (
            batches.mean(1).std()
        ),
        "may a point come twice, and is `correction=0` missing? In a batch none does": (
            slopes.std() / n**0.5
        ),
        "is that the mean slope, and not how far batches are off it?": batches.mean(1).mean(),
        "is n below the spread itself, where its root belongs? And no point is drawn twice": (
            of_one / n
        ),
        "are those a few batches, as one epoch has them? All that can be drawn are asked": (
            lambda slopes, n: torch.stack([each.mean() for each in slopes.split(n)]).std(
                correction=0
            )
        ),
        "is that a mean distance? The spread is the root of a mean square": (
            (batches.mean(1) - slopes.mean()).abs().mean()
        ),
        "is that the spread inside a batch? The batches are to be compared with each other": (
            batches.std(1, correction=0).mean()
        ),
    }


q3 = Exercise(
    "q3",
    "batch_spread",
    inputs=_slopes_of_a,
    routes={"the formula": _by_formula, "all batches": _by_all_batches},
    mistakes=_wrong_spreads,
    hint_words="Make every batch, as the lesson did for twenty points, or take its formula and ask where its 20 and its 19 come from.",
    solution_code="""
def batch_spread(slopes, n):
    points = len(slopes)
    left = (points - n) / (points - 1)
    return slopes.std(correction=0) * (left / n) ** 0.5
""",
    slips=(
        "return slopes.std(correction=0) / n**0.5",
        "return slopes.std(correction=0) * ((20 - n) / 19 / n) ** 0.5",
        "return torch.combinations(slopes, n).std(1, correction=0).mean()",
    ),
)

Betas = tuple[float, float]
Fix = Callable[[float, int], float]


def _walks(g: torch.Generator) -> dict[str, Any]:
    "Three steps of two params; plain numbers for the settings, as an optimizer takes them."
    lr, one, other = torch.rand(3, generator=g).tolist()
    betas = 0.3 + 0.6 * one, 0.9 + 0.09 * other
    return {"params": draw(g, 2), "grads": draw(g, 3, 2), "lr": 0.1 + lr, "betas": betas}


def _fix(beta: float, count: int) -> float:
    "What makes up for the start at 0."
    return 1 - beta**count


def _none(beta: float, count: int) -> float:
    return 1.0


def _walk(
    params: Tensor,
    grads: Tensor,
    lr: float,
    betas: Betas,
    *,
    fixes: tuple[Fix, Fix] = (_fix, _fix),  # what divides the mean, the square
    fixed: Betas | None = None,  # the betas that these take; None: the same
    root: float = 0.5,  # the power to which the average of squares is raised
    power: int = 2,
    outside: bool = False,  # the square is corrected outside of the root
    stored: bool = False,  # the corrected averages are kept
    start: Tensor | float = 0.0,  # of the mean; its square is that of the square
    of_mean: bool = False,  # whether the mean is squared
) -> Tensor:
    "Adam without eps, which may go wrong in several ways."
    mean, square = start + 0 * params, start**2 + 0 * params
    for count, grad in enumerate(grads, 1):
        mean = betas[0] * mean + (1 - betas[0]) * grad
        seen = mean if of_mean else grad
        square = betas[1] * square + (1 - betas[1]) * seen.abs() ** power
        one, other = (fix(beta, count) for fix, beta in zip(fixes, fixed or betas, strict=True))
        size = square**root / other if outside else (square / other) ** root
        params = params - lr * mean / one / size
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
    uncorrected = _walk(*given, fixes=(_none, _none))
    return {
        "is only the average of the slopes corrected, and not that of the squares?": (
            _walk(*given, fixes=(_fix, _none))
        ),
        "is only the average of the squares corrected, and not that of the slopes?": (
            _walk(*given, fixes=(_none, _fix))
        ),
        "is the root gone? The square has another unit than the slope": _walk(*given, root=1.0),
        "is the average one of sizes, where Adam's is one of squares?": (
            _walk(*given, root=1.0, power=1)
        ),
        "are the two betas swapped?": _walk(p, grads, lr, betas[::-1]),
        "is the correction of the squares outside the root? It belongs to the square": (
            _walk(*given, outside=True)
        ),
        "are the corrected averages kept? The next step needs them as they were": (
            _walk(*given, stored=True)
        ),
        "do the averages start from the first slope? They start at 0, and the correction makes up for it": (
            _walk(*given, fixes=(_none, _none), start=grads[0])
        ),
        "are the averages multiplied by what makes up for their start, where it divides?": (
            _walk(*given, fixes=(lambda beta, count: 1 / (1 - beta**count),) * 2)
        ),
        "are they divided by the share of the start, beta to a power? The rest of 1 was meant": (
            _walk(*given, fixes=(lambda beta, count: beta**count,) * 2)
        ),
        "does the power take 1 - beta as a whole? It counts for beta alone": (
            _walk(*given, fixes=(lambda beta, count: (1 - beta) ** count,) * 2)
        ),
        "are the two betas swapped in what divides?": _walk(*given, fixed=betas[::-1]),
        "are the two betas swapped in the averages?": (
            _walk(p, grads, lr, betas[::-1], fixed=betas)
        ),
        "has the average of squares the beta of the slopes?": (
            _walk(p, grads, lr, (betas[0], betas[0]), fixed=betas)
        ),
        "are beta and 1 - beta in each other's places in the average of slopes?": (
            _walk(p, grads, lr, (1 - betas[0], betas[1]), fixed=betas)
        ),
        "is each slope added whole to its average? 1 - beta of it was meant": (
            p + (right - p) / (1 - betas[0])
        ),
        "is each square added whole to its average? 1 - beta of it was meant": (
            p + (right - p) * (1 - betas[1]) ** 0.5
        ),
        "is the average squared, where the slope is?": _walk(*given, of_mean=True),
        "do the averages start from the first slope, and are made up for, too?": (
            _walk(*given, start=grads[0])
        ),
        "do the averages start at 1? They start at 0": _walk(*given, start=1.0),
        "is the average never divided by the size?": _walk(*given, root=0.0),
        "does it correct by the first power at every step? The start counts less and less": (
            p - (p - uncorrected) * (1 - betas[1]) ** 0.5 / (1 - betas[0])
        ),
    }


q4 = Exercise(
    "q4",
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
    bug=lambda *given: _walk(*given, fixes=(_none, _none)),
    symptom="its first steps are too long, or too short, and later ones come right",
    seen="BERT was trained without it: mostly an oversight, wrote its author (google-research/bert#153 on GitHub).",
    repairs=(
        (
            "lr * slope / size",
            "lr * slope / (1 - betas[0]**step) / (size / (1 - betas[1]**step) ** 0.5)",
        ),
    ),
)
