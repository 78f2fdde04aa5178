"""What lesson 11 asks, and how it is judged."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from autograd_tutorial.exercises.checker import Exercise, Prediction, draw
from autograd_tutorial.fit import make_data, mse, quadratic
from autograd_tutorial.learning_rate import stability_edge


def _sizes(g: torch.Generator) -> dict[str, Any]:
    "Three or four shares, never all alike."
    count = 3 + int(torch.randint(2, (), generator=g))
    return {"sizes": (torch.randperm(7, generator=g)[:count] + 1).float()}


def _by_points(sizes: Tensor) -> Tensor:
    "How much a point counts in the mean over all, by how much it counts in the mean of the means: by autograd, for the first point of each share."
    points = [torch.zeros(int(each), dtype=torch.float64).requires_grad_() for each in sizes]
    over_all = torch.autograd.grad(torch.cat(points).mean(), points)
    of_means = torch.autograd.grad(torch.stack([each.mean() for each in points]).mean(), points)
    return torch.stack(
        [(one / other)[0] for one, other in zip(over_all, of_means, strict=True)]
    ).to(sizes.dtype)


q1 = Exercise(
    "q1",
    "loss_weights",
    inputs=_sizes,
    routes={
        "shares times workers": lambda s: s / s.sum() * len(s),
        "how much each point counts": _by_points,
    },
    mistakes={
        "do they add up to 1? That is right for a sum over workers, and DDP divides it by their number": lambda s: (
            s / s.sum()
        ),
        "are those the sizes themselves? A step would be many times too long": lambda s: s,
        "do small shares count more than large ones?": lambda s: s.mean() / s,
        "is the fraction upside down, all points over the share?": lambda s: s.sum() / s,
        "does each worker count as much as any other? That is the plain mean, which needs a cure": lambda s: (
            torch.ones_like(s)
        ),
        "is it divided by the number of workers, as DDP does already?": lambda s: (
            s / s.sum() / len(s)
        ),
        "is it divided by the largest share? All points are meant": lambda s: s / s.max(),
        "is the number of workers there, and the share missing?": lambda s: torch.full_like(
            s, len(s)
        ),
        "are the sizes times the number of workers, without all points below?": lambda s: (
            s * len(s)
        ),
        "is that one number? Each worker has its own": lambda s: (s / s.sum() * len(s)).sum(),
        "is it the root of that?": lambda s: (s / s.mean()).sqrt(),
        "are the weights scaled to length 1? They have to add up to the number of workers": lambda s: (
            s / s.norm()
        ),
    },
    hint="Write the mean over all points as a sum over workers, then as a plain mean over workers.",
    solution="""
def loss_weights(sizes):
    return sizes / sizes.sum() * len(sizes)
""",
)


def _ring(g: torch.Generator) -> dict[str, Any]:
    return {
        "workers": int(torch.randint(3, 9, (), generator=g)),
        "size": 1000 * (1 + draw(g).abs()),
    }


def _counted(workers: int, size: Tensor) -> Tensor:
    "Pass pieces round until everybody has all of all; each knows whose numbers are in each of its pieces."
    held = [[{rank} for _ in range(workers)] for rank in range(workers)]
    sent, turn = torch.zeros_like(size), 0
    while any(len(piece) < workers for row in held for piece in row):
        parcels = [
            ((rank - turn) % workers, held[rank][(rank - turn) % workers])
            for rank in range(workers)
        ]
        for rank, (at, piece) in enumerate(parcels):
            held[(rank + 1) % workers][at] = held[(rank + 1) % workers][at] | piece
        sent, turn = sent + size / workers, turn + 1
    return sent


q2 = Exercise(
    "q2",
    "bytes_sent",
    inputs=_ring,
    routes={"the formula": lambda n, b: 2 * (n - 1) / n * b, "a ring, piece by piece": _counted},
    mistakes={
        "is only the first half there, where the pieces are added up? Then they are handed out": lambda n, b: (
            (n - 1) / n * b
        ),
        "is it sent once round in full, without the cut into pieces?": lambda n, b: (n - 1) * b,
        "is that what all workers send together, or the whole in each turn? One worker was asked, and a turn sends one piece": lambda n, b: (
            2 * (n - 1) * b
        ),
        "are there N turns twice? After N - 1 each piece has met all": lambda n, b: 2 * b,
        "are there N turns twice, and is each whole? A turn sends one piece": lambda n, b: (
            2 * n * b
        ),
        "is the size missing?": lambda n, b: torch.full_like(b, 2 * (n - 1) / n),
        "is that one turn? There are 2(N - 1)": lambda n, b: b / n,
        "is there one turn too many in each half?": lambda n, b: 2 * (n + 1) / n * b,
        "is it cut into N - 1 pieces? Each worker has one of its own": lambda n, b: (
            2 * n / (n - 1) * b
        ),
    },
    hint="In each turn a worker sends one piece, a share 1/N of the whole. Count the turns until one piece has met all workers; then it must go round once more.",
    solution="""
def bytes_sent(workers, size):
    turns = 2 * (workers - 1)
    return turns * size / workers
""",
)


def _split(g: torch.Generator) -> dict[str, Any]:
    "Ten points over three workers, unevenly."
    sizes = [(6, 3, 1), (2, 7, 1), (4, 2, 4), (1, 2, 7)][int(torch.randint(4, (), generator=g))]
    return {
        "params": draw(g, 3),
        "time": draw(g, 10),
        "speed": draw(g, 10),
        "sizes": list(sizes),
        "lr": 0.01 + 0.1 * torch.rand((), generator=g),
    }


def _grads(params: Tensor, time: Tensor, speed: Tensor, sizes: list[int]) -> Tensor:
    "(workers, 3): the gradient of the mse of each share, by hand."
    parts = zip(time.split(sizes), speed.split(sizes), strict=True)
    return torch.stack(
        [
            torch.stack(
                [
                    2 * ((quadratic(t, params) - s) * each).mean()
                    for each in (t**2, t, torch.ones_like(t))
                ]
            )
            for t, s in parts
        ]
    )


def _all_at_once(
    params: Tensor, time: Tensor, speed: Tensor, sizes: list[int], lr: Tensor
) -> Tensor:
    leaf = params.clone().requires_grad_()
    mse(quadratic(time, leaf), speed).backward()
    return params - lr * leaf.grad


def _share_by_share(
    params: Tensor, time: Tensor, speed: Tensor, sizes: list[int], lr: Tensor
) -> Tensor:
    return params - lr * (torch.tensor(sizes) / len(time)) @ _grads(params, time, speed, sizes)


def _too_long(params: Tensor, time: Tensor, speed: Tensor, sizes: list[int], lr: Tensor) -> Tensor:
    return params - lr * _grads(params, time, speed, sizes).sum(0)


q3 = Exercise(
    "q3",
    "shared_step",
    inputs=_split,
    routes={"all points at once": _all_at_once, "share by share": _share_by_share},
    mistakes={
        "is that the plain mean of the workers? A share of one point would count as much as one of seven": lambda p, t, s, n, lr: (
            p - lr * _grads(p, t, s, n).mean(0)
        ),
        "is it divided by the number of points, as if each gradient were that of one point?": lambda p, t, s, n, lr: (
            p - lr * _grads(p, t, s, n).sum(0) / len(t)
        ),
        "is each gradient times its size, and the sum never divided?": lambda p, t, s, n, lr: (
            p - lr * torch.tensor(n).float() @ _grads(p, t, s, n)
        ),
        "is it weighted by size, and then divided by the number of workers too?": lambda p, t, s, n, lr: (
            p - lr * (torch.tensor(n) / len(t)) @ _grads(p, t, s, n) / len(n)
        ),
        "is it divided by the number of workers, where the number of points was meant?": lambda p, t, s, n, lr: (
            p - lr * torch.tensor(n).float() @ _grads(p, t, s, n) / len(n)
        ),
        "is that the weight of question 1? DDP divides by the number of workers, and here nothing does": lambda p, t, s, n, lr: (
            p - lr * (len(n) * torch.tensor(n) / len(t)) @ _grads(p, t, s, n)
        ),
        "is the fraction upside down, all points over the share?": lambda p, t, s, n, lr: (
            p - lr * (len(t) / torch.tensor(n)) @ _grads(p, t, s, n)
        ),
        "is it divided by twenty, whatever number of points came?": lambda p, t, s, n, lr: (
            p - lr * (torch.tensor(n) / 20) @ _grads(p, t, s, n)
        ),
        "does only the first worker count?": lambda p, t, s, n, lr: p - lr * _grads(p, t, s, n)[0],
        "does only the last worker count?": lambda p, t, s, n, lr: p - lr * _grads(p, t, s, n)[-1],
        "does it climb?": lambda p, t, s, n, lr: 2 * p - _all_at_once(p, t, s, n, lr),
        "is the learning rate missing?": lambda p, t, s, n, lr: _all_at_once(
            p, t, s, n, torch.ones(())
        ),
        "is that how far it moves? Where it stands was asked": lambda p, t, s, n, lr: (
            _all_at_once(p, t, s, n, lr) - p
        ),
        "does each worker step by itself, after the one before? All start from the same params": lambda p, t, s, n, lr: (
            _one_after_the_other(p, t, s, n, lr)
        ),
        "do small shares weigh more than large ones?": lambda p, t, s, n, lr: (
            p
            - lr
            * (_grads(p, t, s, n) / torch.tensor(n)[:, None]).sum(0)
            / (1 / torch.tensor(n)).sum()
        ),
    },
    hint="Split the points as two and one, and let each slope be 1. What should the total be, what is it, and what if one worker had found 4?",
    solution="""
def shared_step(params, time, speed, sizes, lr):
    total = torch.zeros_like(params)
    for t, s in zip(time.split(sizes), speed.split(sizes)):
        p = params.clone().requires_grad_()
        mse(quadratic(t, p), s).backward()
        total += p.grad * len(t) / len(time)
    return params - lr * total
""",
    bug=_too_long,
    symptom="its steps are too long, the more so the more workers there are",
)


def _one_after_the_other(
    params: Tensor, time: Tensor, speed: Tensor, sizes: list[int], lr: Tensor
) -> Tensor:
    for t, s in zip(time.split(sizes), speed.split(sizes), strict=True):
        params = params - lr * _grads(params, t, s, [len(t)])[0]
    return params


def _larger_rate() -> int:
    "The edge over four copies of the points, by that over one."
    time, _ = make_data()
    one, four = (stability_edge(each) for each in (time, time.repeat(4)))
    return round(four / one)


p1 = Prediction(
    "p1", (1, 2, 4), _larger_rate, "the mse is a mean, so what do copies change in its curvature?"
)
