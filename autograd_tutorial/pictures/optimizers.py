"Lesson 9: the race over the loss, seen from above."

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from autograd_tutorial.core.checks import (
    check_whole,
)
from autograd_tutorial.core.problem import Loss, Model
from autograd_tutorial.core.theory import best_params, design
from autograd_tutorial.fit import mse, quadratic
from autograd_tutorial.optimizers import (
    Adam,
    Descent,
    Momentum,
    Nesterov,
    race,
)
from autograd_tutorial.pictures.live import Saved, choice, live, slider
from autograd_tutorial.pictures.plots import set_finding
from autograd_tutorial.pictures.runs import TIMES, all_runs, bowl, show_path
from autograd_tutorial.pictures.start import starting_point
from autograd_tutorial.tools.racing import Maker
from autograd_tutorial.tools.tuning import RATES, Tuned, steps_to, tune

if TYPE_CHECKING:
    from ipywidgets import VBox
    from matplotlib.axes import Axes

Setting = float | Tensor  # one number, or (L, 1): one for each row of params (L, P)


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
    "The race over the mse, from above, on raw and on standardised times; `TypeError` or `ValueError` on bad input."
    steps = check_whole(steps, "steps", 1)
    start = tuple(each.double() for each in starting_point(time, speed, params, model))
    entered = _check_entered(optimizers)

    def train(at: Tensor, loss_fn: Loss) -> tuple[Tensor, Tensor]:
        kind = next(
            name for name, place in TIMES.items() if torch.equal(place(start[0])(start[0]), at)
        )
        if kind not in entered:
            entered[kind] = _tuned(steps, at, start, model)
        return race(
            entered[kind], _length(entered[kind], steps), at, start[1], start[2], mse, model
        )

    told, arrays = all_runs(train, model, {"mse": mse}, (start[0], start[1], start[2]))
    heats = {
        f"mse {kind}": _heat(f"mse {kind}", told, arrays, entered.get(kind, {})) for kind in TIMES
    }
    names = list(dict.fromkeys(name for each in entered.values() for name in each))
    shown = [
        slider("share", "Race (%)", 100, (0, 100), 1, play=True),
        choice("optimizer", "Optimizer", names, "momentum" if "momentum" in names else names[0]),
        choice("time", "Time", list(TIMES), "raw"),
    ]
    title = "The race" if optimizers else "The race, each as good as a coarse grid finds"
    return live(
        "optimizers",
        title,
        shown,
        dict(heats=heats),
        arrays,
        lambda: _still(heats, arrays, shown[1]["value"]),
    )


def _check_entered(optimizers: Any) -> dict[str, dict[str, Maker]]:
    if optimizers is None:
        return {}
    if not isinstance(optimizers, dict) or set(optimizers) != set(TIMES):
        raise ValueError(
            f"optimizers must be a dict with {' and '.join(TIMES)}, got {optimizers!r}"
        )
    names = [list(each) if isinstance(each, dict) else each for each in optimizers.values()]
    if not names[0] or names[0] != names[1]:
        raise ValueError(
            f"optimizers must have the same names for {' and '.join(TIMES)} times, got {names}"
        )
    return dict(optimizers)


def _tuned(steps: int, at: Tensor, start: tuple[Tensor, ...], model: Model) -> dict[str, Maker]:
    "Four optimizers, each with the settings that get it to the goal first."
    _, speed, params = start
    X = design(model, at, params)
    if X is None:
        raise ValueError("model must be linear in its params")
    best = best_params(at, speed - model(at, torch.zeros_like(params)), X)
    goal = _goal(mse(model(at, best), speed).item(), mse(model(at, params), speed).item())
    edge = len(at) / torch.linalg.eigvalsh(X.T @ X)[-1].item()
    way = (best - params).abs().max().item()  # a step of Adam's moves each param by about lr
    found: dict[str, Maker] = {}
    for name, kind in KINDS.items():
        unit = way if kind is Adam else edge
        lrs = [unit * each for each in SHARES] if unit > 0 else RATES
        soon = tune(
            kind, goal, min(200, steps), at, speed, params, mse, model, lrs
        )  # enough over standardised times
        late = soon.steps is None and steps > 200
        found[name] = tune(kind, goal, steps, at, speed, params, mse, model, lrs) if late else soon
    return found


def _goal(floor: float, first: float) -> float:
    "An rmse within 1% of the best; where the best is 0, what a float32 tells from it."
    return max(1.01**2 * floor, 1e-7 * first)


def _length(entered: dict[str, Maker], steps: int) -> int:
    "A quarter more than the last one needs."
    needed = [
        each.steps
        for each in entered.values()
        if isinstance(each, Tuned) and each.steps is not None
    ]
    return min(steps, math.ceil(1.25 * max(needed)) + 1) if needed else steps


def _heat(
    key: str, told: dict[str, Any], arrays: dict[str, Tensor], entered: dict[str, Maker]
) -> dict[str, Any]:
    "What the front end is told of one race; `arrays` keeps some 500 of its steps."
    facts = bowl(key, told[key])
    losses = arrays[f"{key} losses"]
    needed = steps_to(losses, _goal(facts["floor"], losses[0, 0].item()))
    kept = _kept(losses.shape[1] - 1)
    for name in ("losses", "errors"):
        arrays[f"{key} {name}"] = arrays[f"{key} {name}"][..., kept]
    racers = [
        dict(name=name, how=_how(make), arrival=int(at) if math.isfinite(at) else None)
        for (name, make), at in zip(entered.items(), needed.tolist(), strict=True)
    ]
    return dict(facts, steps=kept, racers=racers)


def _kept(last: int) -> list[int]:
    "All steps of a short race; of a long one each of the first, and then fewer and fewer."
    return (
        list(range(last + 1))
        if last <= 500
        else sorted({round(last * (i / 500) ** 2) for i in range(501)})
    )


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


def _still(heats: dict[str, Any], arrays: dict[str, Tensor], name: str) -> Axes:
    "For whoever runs no scripts: one optimizer on raw times, and on standardised ones."
    import matplotlib.pyplot as plt

    axes = plt.subplots(1, 2, figsize=(9.6, 4.8), layout="constrained")[1]
    for ax, (key, heat) in zip(axes, heats.items(), strict=True):
        at = next(i for i, racer in enumerate(heat["racers"]) if racer["name"] == name)
        show_path(ax, heat, arrays[f"{key} errors"][[0, -1], at], heat["steps"][-1])
        needed = heat["racers"][at]["arrival"]
        end = (
            "not within 1% of the best"
            if needed is None
            else f"{needed:,} steps to within 1% of the best"
        )
        set_finding(ax, f"{key.split()[1].capitalize()} times, {name}: {end}")
    left: Axes = axes[0]
    return left
