"""What lesson 11 asks, and how it is judged."""

from typing import Any

import torch
from torch import Tensor

from autograd_tutorial.exercises.checker import Exercise
from autograd_tutorial.exercises.drawing import draw, draw_share, draw_whole
from autograd_tutorial.exercises.predictions import Prediction
from autograd_tutorial.exercises.routes import loss_slopes, slope

p1 = Prediction("Late points, with a large t², are steep. The mean of the four is {mean:,.2f}.")
p2 = Prediction("It is {plain:,.0f}, where {full:,.0f} is right.")
p3 = Prediction("There it is {times:.2f} times too steep.")
p4 = Prediction(
    "A float32 rounds, and each group adds up in another order: the last of seven digits may differ."
)
p5 = Prediction(
    "One moves `a` by 0.53, the second takes it past 0.6. `fit_distributed` says: {told}."
)
p6 = Prediction("Two come from the file; the others were computed now.")
p7 = Prediction("A short message takes its time, whatever is in it.")
p8 = Prediction("A step then takes {compute:.2f} s of computing and {talk:.2f} s of talk.")
p9 = Prediction("The mse is a mean: copies change neither its curvature nor the edge.")


def _sizes(g: torch.Generator) -> dict[str, Any]:
    "Three or four shares, never all alike."
    return {"sizes": (torch.randperm(7, generator=g)[: draw_whole(g, 3, 4)] + 1).float()}


def _by_points(sizes: Tensor) -> Tensor:
    "How much a point counts in the mean over all, by how much it counts in the mean of the means: by autograd, for the first point of each share."
    points = [torch.zeros(int(each), dtype=torch.float64).requires_grad_() for each in sizes]
    over_all = torch.autograd.grad(torch.cat(points).mean(), points)
    of_means = torch.autograd.grad(torch.stack([each.mean() for each in points]).mean(), points)
    counts = [(one / other)[0] for one, other in zip(over_all, of_means, strict=True)]
    return torch.stack(counts).to(sizes.dtype)


def _wrong_weights(s: Tensor) -> dict[str, Any]:
    share, count = s / s.sum(), len(s)
    return {
        "do they add up to 1? That is right for a sum over workers, and DDP divides it by their number": share,
        "are those the sizes themselves? A step would be many times too long": s,
        "do small shares count more than large ones?": s.mean() / s,
        "does each worker count as much as any other? That is the plain mean, which needs a fix": (
            torch.ones_like(s)
        ),
        "is it divided by the number of workers, as DDP does already?": share / count,
        "is it divided by the number of workers alone? All points are meant": s / count,
        "is it divided by twenty, whatever number of points came?": s / 20,
    }


q1 = Exercise(
    "q1",
    "loss_weights",
    inputs=_sizes,
    routes={
        "shares times workers": lambda s: s / s.sum() * len(s),
        "how much each point counts": _by_points,
    },
    mistakes=_wrong_weights,
    hint_words="Write the mean over all points as a sum over workers, then as a plain mean over workers.",
    solution_code="""
def loss_weights(sizes):
    return sizes / sizes.sum() * len(sizes)
""",
    slips=("return sizes / sizes.sum()", "return sizes.mean() / sizes", "return sizes"),
)


def _killed(g: torch.Generator) -> dict[str, Any]:
    "Twenty steps; the death comes before the first file, right after one, or in between."
    every = draw_whole(g, 3, 5)
    died = every * draw_whole(g, 0, 3) + draw_whole(g, 0, every - 1)
    return {"seconds": draw(g, 20).abs(), "every": every, "died": died}


def _run_again(seconds: Tensor, every: int, died: int) -> Tensor:
    "Step by step, with what is in no file yet put down at each."
    since: list[Tensor] = []
    for step in range(died):
        since.append(seconds[step])
        if (step + 1) % every == 0:
            since.clear()
    return torch.stack([seconds.new_zeros(()), *since]).sum()


def _wrong_losses(s: Tensor, every: int, died: int) -> dict[str, Any]:
    kept = died // every * every
    return {
        "does it begin again from the start? It goes on from the last file": s[:died].sum(),
        "are those the steps that the file has saved?": s[:kept].sum(),
        "does a count from 0 put the file one step late?": (
            s[(died - 1) // every * every + 1 : died].sum()
        ),
        "is that all that is done after the death? Only what was done before it is done twice": (
            s[kept:].sum()
        ),
        "are as many steps lost each time as lie between two files? Some were just saved": (
            s[died - every : died].sum()
        ),
        "are all of the last `every` steps lost? Some of them may be in the file": (
            s[max(died - every, 0) : died].sum()
        ),
        "are there steps in it that were not done yet when the worker died?": (
            s[kept : kept + every].sum()
        ),
        "is that the way to the next file? The loss is counted from the last one": (
            s[died : kept + every].sum()
        ),
        "is Python's `sum` of nothing no tensor, where no step is lost? `.sum()` of a tensor is one": (
            lambda s, every, died: sum(s[died // every * every : died])
        ),
        "is the last step missing that was done?": s[kept : max(died - 1, kept)].sum(),
        "is the first step after the file missing?": s[kept + 1 : max(died, kept + 1)].sum(),
        "is that a mean, where all seconds were asked?": s[kept:died].mean(),
        "is the first step left out, as if steps were counted from 1?": s[
            kept + 1 : died + 1
        ].sum(),
    }


q2 = Exercise(
    "q2",
    "seconds_lost",
    inputs=_killed,
    routes={
        "the steps since the file": lambda s, every, died: s[died - died % every : died].sum(),
        "step by step": _run_again,
    },
    mistakes=_wrong_losses,
    hint_words="With a file after every 4 steps and a death after 11, which step is the last in a file? Which steps were done since?",
    solution_code="""
def seconds_lost(seconds, every, died):
    saved = died // every * every
    return seconds[saved:died].sum()
""",
    slips=(
        "return seconds[:died].sum()",
        "return seconds[max(0, died - every):died].sum()",
        "saved = died // every * every\nreturn seconds[saved:].sum()",
    ),
)


def _ring(g: torch.Generator) -> dict[str, Any]:
    return {"workers": draw_whole(g, 3, 8), "size": 1000 * (1 + draw(g).abs())}


def _counted(workers: int, size: Tensor) -> Tensor:
    "Pass pieces round until everybody has all of all; each knows whose numbers are in each of its pieces."
    ranks = range(workers)
    held = [[{rank} for _ in ranks] for rank in ranks]
    turn = 0
    while any(len(piece) < workers for row in held for piece in row):
        parcels = [((rank - turn) % workers, held[rank][(rank - turn) % workers]) for rank in ranks]
        for rank, (at, piece) in enumerate(parcels):
            held[(rank + 1) % workers][at] = held[(rank + 1) % workers][at] | piece
        turn += 1
    return turn * size / workers


def _wrong_bytes(n: int, size: Tensor) -> dict[str, Any]:
    return {
        "is only the first half there, where the pieces are added up? Then they are handed out": (
            (n - 1) / n * size
        ),
        "is that what all workers send together, or the whole in each turn? One worker was asked, and a turn sends one piece": (
            2 * (n - 1) * size
        ),
        "are there N turns? There are N - 1 to add up, and as many to hand round": 1 * size,
        "are there N turns twice? After N - 1 each piece has met all": 2 * size,
        "are brackets missing? What counts is twice N - 1": 2 * n - size / n,
    }


q3 = Exercise(
    "q3",
    "bytes_sent",
    inputs=_ring,
    routes={"the formula": lambda n, b: 2 * (n - 1) / n * b, "a ring, piece by piece": _counted},
    mistakes=_wrong_bytes,
    hint_words="In each turn a worker sends one piece, a share 1/N of the whole. Count the turns until one piece has met all workers; then it must go round once more.",
    solution_code="""
def bytes_sent(workers, size):
    turns = 2 * (workers - 1)
    return turns * size / workers
""",
    slips=(
        "return (workers - 1) * size / workers",
        "return 2 * (workers - 1) * size",
        "return 2 * size",
    ),
)


def _split(g: torch.Generator) -> dict[str, Any]:
    "Some points over three workers, unevenly."
    sizes = [[6, 3, 1], [2, 7, 1], [4, 2, 6], [1, 2, 8]][draw_whole(g, 0, 3)]
    params, time, speed = draw(g, 3), draw(g, sum(sizes)), draw(g, sum(sizes))
    lr = draw_share(g, 0.01, 0.11)
    return {"params": params, "time": time, "speed": speed, "sizes": sizes, "lr": lr}


def _all_at_once(p: Tensor, t: Tensor, s: Tensor, sizes: list[int], lr: Tensor) -> Tensor:
    return p - lr * loss_slopes(slope, p, t, s)


def _grads(p: Tensor, t: Tensor, s: Tensor, sizes: list[int]) -> Tensor:
    "(workers, 3): the gradient of the mse of each share, by hand."
    X = torch.vander(t, 3)
    slopes = 2 * (X @ p - s)[:, None] * X  # (n, 3)
    return torch.stack([part.mean(0) for part in slopes.split(sizes)])


def _share_by_share(p: Tensor, t: Tensor, s: Tensor, sizes: list[int], lr: Tensor) -> Tensor:
    return p - lr * (torch.tensor(sizes) / len(t)) @ _grads(p, t, s, sizes)


def _one_after_the_other(p: Tensor, t: Tensor, s: Tensor, sizes: list[int], lr: Tensor) -> Tensor:
    for part, speed in zip(t.split(sizes), s.split(sizes), strict=True):
        p = p - lr * loss_slopes(slope, p, part, speed)
    return p


def _wrong_steps(p: Tensor, t: Tensor, s: Tensor, sizes: list[int], lr: Tensor) -> dict[str, Any]:
    n, count, points = torch.tensor(sizes).float(), len(sizes), len(t)
    grads = _grads(p, t, s, sizes)

    def step(grad: Tensor) -> Tensor:
        return p - lr * grad

    return {
        "is that the plain mean of the workers? A share of one point would count as much as one of seven": (
            step(grads.mean(0))
        ),
        "is it divided by the number of points, as if each gradient were that of one point?": (
            step(grads.sum(0) / points)
        ),
        "is each gradient times its size, and the sum never divided?": step(n @ grads),
        "is it weighted by size, and then divided by the number of workers too?": (
            step(n / points @ grads / count)
        ),
        "is it divided by the number of workers, where the number of points was meant?": (
            step(n @ grads / count)
        ),
        "is that the weight of question 1? DDP divides by the number of workers, and here nothing does": (
            step(count * n / points @ grads)
        ),
        "does each worker step by itself, after the one before? All start from the same params": (
            _one_after_the_other(p, t, s, sizes, lr)
        ),
    }


q4 = Exercise(
    "q4",
    "shared_step",
    inputs=_split,
    routes={"all points at once": _all_at_once, "share by share": _share_by_share},
    mistakes=_wrong_steps,
    hint_words="Split the points as two and one, and let each slope be 1. What should the total be, what is it, and what if one worker had found 4?",
    solution_code="""
def shared_step(params, time, speed, sizes, lr):
    total = torch.zeros_like(params)
    for t, s in zip(time.split(sizes), speed.split(sizes)):
        p = params.clone().requires_grad_()
        mse(quadratic(t, p), s).backward()
        total += p.grad * len(t) / len(time)  # what all_reduce does
    return params - lr * total
""",
    bug=lambda p, t, s, sizes, lr: p - lr * _grads(p, t, s, sizes).sum(0),
    symptom="its steps are too long, the more so the more workers there are",
    seen="VeOmni added up the pieces of a batch like that until 2026 (ByteDance-Seed/VeOmni#963 on GitHub).",
    repairs=(
        (
            "mse(quadratic(t, p), s).backward()",
            "(mse(quadratic(t, p), s) * len(t) / len(time)).backward()",
        ),
    ),
)
