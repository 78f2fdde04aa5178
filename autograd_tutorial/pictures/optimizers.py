"Lesson 9: the race over the loss, seen from above."

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from inspect import signature
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from autograd_tutorial.core.checks import check_whole
from autograd_tutorial.core.problem import Model
from autograd_tutorial.core.pushes import in_float64
from autograd_tutorial.core.theory import best_params, design, spectrum
from autograd_tutorial.fit import mse, quadratic
from autograd_tutorial.optimizers import Adam, Descent, Momentum, Nesterov, race
from autograd_tutorial.pictures.conditioning import Bowl, bowl_of, kinds_of, show_path, with_bowls
from autograd_tutorial.pictures.live import Choice, Saved, Slider, live
from autograd_tutorial.pictures.plots import set_finding, side_by_side
from autograd_tutorial.pictures.runs import SCALES, follow, in_few_rows
from autograd_tutorial.pictures.start import starting_point
from autograd_tutorial.tools.racing import Maker
from autograd_tutorial.tools.tuning import RATES, Tuned, steps_to, tune

if TYPE_CHECKING:
    from ipywidgets import VBox
    from matplotlib.axes import Axes


SHARES = [10 ** (at / 16) for at in range(-48, 6)]  # of the edge, or of the way
KINDS: dict[str, type[Descent]] = dict(
    descent=Descent, momentum=Momentum, Nesterov=Nesterov, Adam=Adam
)


def show_race(
    time: Tensor | None = None,  # (n,) in s; None is what `make_data` gives
    speed: Tensor | None = None,  # (n,) in m/s; given with `time`
    params: Tensor | None = None,  # (P,) the start; None is the article's
    model: Model = quadratic,  # of (time, params), linear in params, P >= 2
    steps: int = 3500,  # how many each may take, >= 1
    optimizers: dict[str, dict[str, Maker]]
    | None = None,  # for raw and for standardised times, by name; None tunes four on a coarse grid
) -> VBox | Saved:  # Saved where notebooks are saved
    "The race over the mse, from above; `TypeError` or `ValueError` on bad input."
    steps = check_whole(steps, "steps", 1)
    time, speed, params = (each.double() for each in starting_point(time, speed, params, model))
    model = in_float64(model)
    _check_optimizers(optimizers)
    heats = with_bowls(
        lambda kind: _heat(kind, (optimizers or {}).get(kind), steps, time, speed, params, model)
    )
    names = [racer.name for racer in heats["standardised"].racers]
    first = "momentum" if "momentum" in names else names[0]
    return live(
        "optimizers",
        "The race" if optimizers else "The race, each as good as a coarse grid finds",
        [
            Slider("share", "Race (steps)", 100, (0, 100), 1, play=True, bare=True),
            Choice("optimizer", "Optimizer", names, first),
            kinds_of(heats),
        ],
        dict(heats=heats),
        lambda: _still(heats, names.index(first)),
    )


def _check_optimizers(optimizers: Any) -> None:
    kinds = " and ".join(SCALES)
    if optimizers is None:
        return
    if not isinstance(optimizers, dict) or set(optimizers) != set(SCALES):
        raise ValueError(f"optimizers must be a dict with {kinds}, got {optimizers!r}")
    names = [list(each) if isinstance(each, dict) else each for each in optimizers.values()]
    if not names[0] or names[0] != names[1]:
        raise ValueError(f"optimizers must have the same names for {kinds} times, got {names}")


@dataclass(frozen=True)
class Racer:
    "One of a race."

    name: str
    how: str  # its settings in a few words
    arrival: int | None  # the step from which on it is within 1% of the best; None: not at the end
    rule: str | None  # of KINDS, by its class; None: the caller's own
    settings: list[float]  # of that rule: its learning rate first


@dataclass(frozen=True)
class Heat:
    "A race over one kind of times; each of the runs is a racer's."

    bowl: Bowl
    steps: list[int]  # which of the steps are kept
    racers: list[Racer]
    turn: list[list[float]]  # (P, P) the directions of the bowl, in columns


def _heat(
    kind: str,
    optimizers: dict[str, Maker] | None,  # None: four, tuned
    steps: int,
    time: Tensor,
    speed: Tensor,
    params: Tensor,
    model: Model,
) -> Heat:
    makers = dict(optimizers or {})

    def train(time: Tensor) -> tuple[Tensor, Tensor]:
        makers.update(makers or _tuned(steps, time, speed, params, model))
        problem = in_few_rows(time, speed, params, mse, model)
        return race(makers, _steps_needed(makers, steps), *problem)

    bowl = bowl_of(follow(train, kind, time, speed, model).runs)
    losses, errors = bowl.runs.losses, bowl.runs.errors
    needed = steps_to(losses, _goal(bowl.runs.floor or 0, losses[0, 0].item()))
    racers = [
        Racer(name, _how(make), int(at) if math.isfinite(at) else None, *_rule(make, params))
        for (name, make), at in zip(makers.items(), needed.tolist(), strict=True)
    ]
    kept = _kept_steps(losses.shape[1] - 1)
    runs = replace(bowl.runs, losses=losses[:, kept], errors=errors[..., kept])
    X = design(model, SCALES[kind](time)(time), params)
    turn = [] if X is None else spectrum(2 * X.T @ X / len(X))[1].tolist()
    return Heat(replace(bowl, runs=runs), kept, racers, turn)


def _tuned(
    steps: int, time: Tensor, speed: Tensor, params: Tensor, model: Model
) -> dict[str, Maker]:
    "Four optimizers, each with the settings that get it to the goal first."
    X = design(model, time, params)
    if X is None:
        raise ValueError("model must be linear in its params")
    best = best_params(time, speed - model(time, torch.zeros_like(params)), X)
    goal = _goal(mse(model(time, best), speed).item(), mse(model(time, params), speed).item())
    edge = len(time) / torch.linalg.eigvalsh(X.T @ X)[-1].item()
    way = (best - params).abs().max().item()  # a step of Adam's moves each param by about lr
    problem = in_few_rows(time, speed, params, mse, model)
    found: dict[str, Maker] = {}
    for name, kind in KINDS.items():
        unit = way if kind is Adam else edge
        lrs = [unit * share for share in SHARES] if unit > 0 else RATES
        for most in sorted({min(200, steps), steps}):  # 200 do over standardised times
            found[name] = made = tune(kind, goal, most, *problem, lrs)
            if made.steps is not None:
                break
    return found


def _goal(floor: float, first: float) -> float:
    "An rmse within 1% of the best; where the best is 0, what a float32 tells from it."
    return max(1.01**2 * floor, 1e-7 * first)


def _steps_needed(makers: dict[str, Maker], steps: int) -> int:
    "A quarter more than the last one needs."
    tuned = [make.steps for make in makers.values() if isinstance(make, Tuned)]
    needed = [each for each in tuned if each is not None]
    return min(steps, math.ceil(1.25 * max(needed)) + 1) if needed else steps


def _kept_steps(last: int) -> list[int]:
    "All steps of a short race; of a long one each of the first, and then fewer and fewer."
    if last <= 500:
        return list(range(last + 1))
    return sorted({round(last * (i / 500) ** 2) for i in range(501)})


def _rule(make: Maker, params: Tensor) -> tuple[str | None, list[float]]:
    "Which of the lesson's optimizers it makes, and with what numbers; it must step as that one does."
    leaves = [params.clone().requires_grad_() for _ in range(2)]
    made: Any = make(leaves[0])
    settings = {
        name: getattr(made, name) for name in ("lr", "beta", "betas", "eps") if hasattr(made, name)
    }
    kind = next((each for each in KINDS.values() if each.__name__ == type(made).__name__), None)
    if kind is None or {"params", *settings} != set(signature(kind).parameters):
        return None, []
    for leaf, stepper in zip(leaves, (made, kind(leaves[1], **settings)), strict=True):
        for size in (3.0, -1.0, 0.5):
            leaf.grad = torch.full_like(leaf, size)
            stepper.step()
    if not torch.equal(*leaves):
        return None, []
    parts = (part if isinstance(part, tuple) else (part,) for part in settings.values())
    return kind.__name__, [float(each) for part in parts for each in part]


def _how(make: Maker) -> str:
    "The settings in a few words, where they can be known."
    settings = make.settings if isinstance(make, Tuned) else getattr(make, "keywords", {})
    parts = []
    for name, value in settings.items():
        numbers = value if isinstance(value, (tuple, list)) else (value,)
        parts.append(f"{name} {', '.join(map(_short, numbers))}")
    return ", ".join(parts)


def _short(value: Any) -> str:
    plain = isinstance(value, (int, float)) and not isinstance(value, bool)
    return f"{value:.3g}".replace("e-0", "e-") if plain else str(value)


def _still(heats: dict[str, Heat], racer: int) -> Axes:
    "One optimizer over raw times, and over standardised ones."
    axes = side_by_side(len(heats), 4.8)
    for ax, (kind, heat) in zip(axes, heats.items(), strict=True):
        show_path(ax, heat.bowl, heat.bowl.runs.errors[:, racer], heat.steps[-1])
        name, arrival = heat.racers[racer].name, heat.racers[racer].arrival
        needed = "not" if arrival is None else f"{arrival:,} steps to"
        set_finding(ax, f"{kind.capitalize()} times, {name}: {needed} within 1% of the best")
    return axes[0]
