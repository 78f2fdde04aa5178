"""What lesson 10 asks, and how it is judged."""

from typing import Any

import torch
from torch import Tensor

from autograd_tutorial.exercises.checker import Exercise
from autograd_tutorial.exercises.drawing import draw, draw_share, draw_whole
from autograd_tutorial.exercises.predictions import Prediction

p1 = Prediction("It begins one step on; of `losses`, only the first is ours.")
p2 = Prediction("It is the first, at the same params. From the second on they part.")
p3 = Prediction("Adam's `a` ends at {Adam:.1f}, SGD's at {SGD:.1f}: the next lines say why.")
p4 = Prediction(
    "A tenth of the rate takes {times:.1f} times as many, not ten: the best rate needs its 18 for the steep error, by far the larger one; at a tenth the flat one decides, which is smaller to begin with. Then the exception ends the loop, of 1,000 epochs allowed."
)
p5 = Prediction("It suggests {rate:.1e}; the edge is at {edge:.1e}.")
p6 = Prediction("It suggests {rate:.4f}.")
p7 = Prediction("Over raw times it goes from {low:.0e} to {high:.0e}.")
p8 = Prediction(
    "It lies at {lowest:.1f}, the edge at {edge:.1f}: errors need a few steps to grow, and each rate has one."
)
p9 = Prediction("Over standardised times it goes from {least:.2f} to {most:.2f}.")
p10 = Prediction("Here it is {guess:.0%}: there are ten digits, about as many of each.")
p11 = Prediction(
    "Trained at the rate of `minimum`, {rate:.2f}. Ink at one place says much about a digit, so the network below has little left to win."
)
p12 = Prediction("The network reads {score:.0%} of the images, at a rate of {rate:.3f}.")


def _read(g: torch.Generator) -> dict[str, Any]:
    "Two dozen images of six digits, eleven of them read right; some, in any order, are held out."
    scores = draw(g, 24, 6)
    digits = scores.argmax(1)
    misread = torch.randperm(24, generator=g)[:13]
    digits[misread] = (digits[misread] + torch.randint(1, 6, (13,), generator=g)) % 6
    held = torch.randperm(24, generator=g)[: draw_whole(g, 5, 9)]
    return {"scores": scores, "digits": digits, "held": held}


def _unbeaten(scores: Tensor, digits: Tensor, held: Tensor) -> Tensor:
    "The share of those for which no digit gets more than the right one."
    own = scores[held].gather(1, digits[held][:, None])
    return (~(scores[held] > own).any(1)).sum() / len(held)


def _share(hits: Tensor) -> Tensor:
    return hits.float().mean()


def _wrong_shares(scores: Tensor, digits: Tensor, held: Tensor) -> dict[str, Any]:
    hits, n = scores.argmax(1) == digits, len(held)
    of_held, right = scores[held], digits[held]
    others = torch.ones_like(hits).index_fill(0, held, False)
    own = of_held.gather(1, right[:, None])[:, 0]
    return {
        "is that the share over all images, those that it learned from among them?": _share(hits),
        "are those the images that it learned from?": _share(hits[others]),
        "is it divided by the number of all images?": hits[held].sum() / len(hits),
        "does `~` turn round places, where it turns round true and false?": _share(hits[~held]),
        "are those the first images, where those at `held` were meant?": _share(hits[:n]),
        "do the digits belong to other images than the scores? Both are wanted at `held`": (
            _share(of_held.argmax(1) == digits[:n])
        ),
        "do the scores belong to other images than the digits? Both are wanted at `held`": (
            _share(scores[:n].argmax(1) == right)
        ),
        "is that the mean score of the right digit? How large it is does not count": own.mean(),
        "is that the probability of the right digit, where the largest score decides?": (
            of_held.softmax(1).gather(1, right[:, None]).mean()
        ),
        "is that the loss, as training has it? A share of images is asked": (
            torch.nn.functional.cross_entropy(of_held, right)
        ),
        "is the largest score compared with a digit? Its place says which digit": (
            _share(of_held.amax(1) == right)
        ),
        "does each digit choose its image? Each image, a row, chooses its digit: `argmax(1)`": (
            lambda scores, digits, held: _share(scores[held].argmax(0) == digits[held])
        ),
    }


q1 = Exercise(
    "q1",
    "share_right",
    inputs=_read,
    routes={
        "the largest score": lambda s, d, held: _share(s.argmax(1)[held] == d[held]),
        "no score above the right one": _unbeaten,
    },
    mistakes=_wrong_shares,
    hint_words="`argmax(1)` gives the place of the largest number in each row, and the places are the digits.",
    solution_code="""
def share_right(scores, digits, held):
    read = scores[held].argmax(1)
    return (read == digits[held]).float().mean()
""",
    slips=(
        "return (scores.argmax(1) == digits).float().mean()",
        "return (scores[held].argmax(1) == digits[held]).sum() / len(digits)",
        "return scores[held].softmax(1)[range(len(held)), digits[held]].mean()",
    ),
)


def _losses(g: torch.Generator) -> dict[str, Any]:
    "Four losses that fall, or a few more."
    n = 4 + g.initial_seed() % 3
    falling = (1 + 9 * torch.rand(n, generator=g)).sort(descending=True).values
    return {"losses": falling, "beta": draw_share(g, 0.3, 0.9)}


def _average(losses: Tensor, beta: Tensor, start: Tensor | float = 0.0) -> Tensor:
    kept = torch.zeros(()) + start
    for loss in losses:
        kept = beta * kept + (1 - beta) * loss
    return kept


def _smoothed(losses: Tensor, beta: Tensor) -> Tensor:
    return _average(losses, beta) / (1 - beta ** len(losses))


def _weighted(losses: Tensor, beta: Tensor) -> Tensor:
    weights = beta ** torch.arange(len(losses) - 1, -1, -1)
    return (weights * losses).sum() / weights.sum()


def _corrected_each_time(losses: Tensor, beta: Tensor) -> Tensor:
    kept = torch.zeros_like(losses[0])
    for count, loss in enumerate(losses, 1):
        kept = (beta * kept + (1 - beta) * loss) / (1 - beta**count)
    return kept


def _wrong_averages(losses: Tensor, beta: Tensor) -> dict[str, Any]:
    n, raw, right = len(losses), _average(losses, beta), _smoothed(losses, beta)
    return {
        "is the start at 0 still in it? Divide by what a row of ones would give": raw,
        "does it start from the first loss? That one would count too much": (
            _average(losses[1:], beta, start=losses[0])
        ),
        "does every loss count the same? Old ones fade": losses.mean(),
        "is the start made up for at every step, and kept? Make up for it once, at the end": (
            _corrected_each_time(losses, beta)
        ),
        "is each loss added whole, or the sum divided by 1 - beta, as after one loss? The start counts less and less": (
            raw / (1 - beta)
        ),
        "is n a factor of beta, where it is its power?": raw / (1 - beta * n),
        "is it divided by what is left of the start? The rest of 1 divides": raw / beta**n,
        "does it start from the first loss, and is the start at 0 made up for, too?": (
            _average(losses[1:], beta, start=losses[0]) / (1 - beta**n)
        ),
        "does the power take 1 - beta as a whole? It counts for beta alone": raw / (1 - beta) ** n,
        "is the power 2, however many losses there are?": raw / (1 - beta**2),
        "is the new loss added whole, as momentum has it?": right / (1 - beta),
        "are beta and 1 - beta swapped in the average alone?": (
            _average(losses, 1 - beta) / (1 - beta**n)
        ),
    }


q3 = Exercise(
    "q3",
    "smoothed",
    inputs=_losses,
    routes={"a running average": _smoothed, "weights that fade": _weighted},
    mistakes=_wrong_averages,
    hint_words="Smooth a row of ones in the same way. It should give 1; what does it give after four?",
    solution_code="""
def smoothed(losses, beta):
    kept = 0
    for loss in losses:
        kept = beta * kept + (1 - beta) * loss
    return kept / (1 - beta**len(losses))
""",
    slips=(
        "kept = 0\nfor loss in losses:\n    kept = beta * kept + (1 - beta) * loss\nreturn kept",
        "kept = losses[0]\nfor loss in losses[1:]:\n    kept = beta * kept + (1 - beta) * loss\nreturn kept",
        "return losses.mean()",
    ),
)


def _ends(g: torch.Generator) -> dict[str, Any]:
    "Two rates, some powers of ten apart."
    first = 10 ** -draw_share(g, 2.0, 4.0)
    return {"first": first, "last": first * 10 ** draw_share(g, 1.0, 3.0)}


def _wrong_middles(a: Tensor, b: Tensor) -> dict[str, Any]:
    exponent = (a * b).log10() / 2
    return {
        "is that halfway as a ruler has it? Rates grow by a factor, not by a step": (a + b) / 2,
        "is that the power of ten, and not yet the rate?": exponent,
        "are natural logarithms taken back with a 10?": 10 ** ((a * b).log() / 2),
        "are powers of ten taken back with e?": exponent.exp(),
        "is that a tenth of the last rate? That is another rule": b / 10,
        "is that the factor from the middle to an end, and not the middle?": (b / a).sqrt(),
        "is that the mean of the steps, turned over? Halfway in 1/rate is not halfway in the power": (
            2 * a * b / (a + b)
        ),
        "is that half of what lies between? Halfway is counted in factors": (b - a) / 2,
        "is that the sum of the logarithms, and not yet the rate?": a.log() + b.log(),
        "are the rates averaged, where their powers of ten are?": 10 ** ((a + b) / 2),
        "is that half of the product, where its root was meant?": a * b / 2,
        "are brackets missing? And halfway as a ruler has it is not the middle here": a + b / 2,
    }


q2 = Exercise(
    "q2",
    "middle_rate",
    inputs=_ends,
    routes={
        "a root": lambda a, b: (a * b).sqrt(),
        "halfway between the powers of ten": lambda a, b: 10 ** ((a.log10() + b.log10()) / 2),
    },
    mistakes=_wrong_middles,
    hint_words="From 1e-6 to 1e-2 the middle is 1e-4: as many factors of ten to either side.",
    solution_code="""
def middle_rate(first, last):
    return (first * last).sqrt()
""",
    slips=(
        "return (first + last) / 2",
        "return (first.log10() + last.log10()) / 2",
        "return (last / first).sqrt()",
        "return last / 10",
    ),
)


def _decays(g: torch.Generator) -> dict[str, Any]:
    "Params larger than their gradient is, so that a decay in the wrong place may turn its sign."
    lr, wd = draw_share(g, 0.1, 0.5).item(), draw_share(g, 0.2, 0.8).item()
    return {"params": draw(g, 4), "grad": draw(g, 4), "lr": lr, "wd": wd}


def _decayed(params: Tensor, grad: Tensor, lr: float, wd: float) -> Tensor:
    return params * (1 - lr * wd) - lr * grad.sign()


def _by_adamw(params: Tensor, grad: Tensor, lr: float, wd: float) -> Tensor:
    leaf = params.clone().requires_grad_()
    leaf.grad = grad.clone()
    torch.optim.AdamW([leaf], lr=lr, eps=0.0, weight_decay=wd).step()
    return leaf.detach()


def _wrong_decays(p: Tensor, g: Tensor, lr: float, wd: float) -> dict[str, Any]:
    step, decayed, slope = lr * g.sign(), p * (1 - lr * wd), g + wd * p
    return {
        "does it decay by `wd` alone? The rate belongs to it": p * (1 - wd) - step,
        "is the step made smaller along with the params? Only the params shrink": (
            (p - step) * (1 - lr * wd)
        ),
        "is it a plain step, where Adam drops the size of a slope?": decayed - lr * g,
        "does the slope decay, where the params should?": p - step - lr * wd * g,
        "is only the decay left of the params? They shrink by it": lr * wd * p - step,
        "is `wd` subtracted by itself? The rate multiplies it": p * (1 - lr - wd) - step,
        "is the root gone? The square has another unit than the slope": decayed - lr / g,
        "does the decay stand in the slope still, and in the params?": (
            decayed - lr * (g + wd * decayed).sign()
        ),
        "is the decayed slope in the mean only? The decay has no place in Adam's averages at all": (
            p - lr * slope / g.abs()
        ),
        "is the decayed slope in the squares only? The decay has no place in Adam's averages at all": (
            p - lr * g / slope.abs()
        ),
    }


q4 = Exercise(
    "q4",
    "first_step",
    inputs=_decays,
    routes={"by hand": _decayed, "`torch.optim.AdamW`": _by_adamw},
    mistakes=_wrong_decays,
    hint_words="With a huge `wd` every param should be pulled far. How far does this one move it? Try 0.1 and 100.",
    solution_code="""
def first_step(params, grad, lr, wd):
    params = params * (1 - lr * wd)
    mean, square = grad, grad**2  # at the first step both averages are what they see
    return params - lr * mean / square.sqrt()
""",
    bug=lambda p, g, lr, wd: p - lr * (g + wd * p).sign(),
    symptom="every param moves by exactly `lr`, whatever `wd` is",
    seen="PyTorch's own `Adam` decays like that to this day; `AdamW` came after a paper (arxiv.org/abs/1711.05101).",
)
