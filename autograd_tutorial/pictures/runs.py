"Every run that the sliders can reach, by PyTorch, and what is known of it."

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from inspect import unwrap
from typing import Any

import torch
from torch import Tensor

from autograd_tutorial.core.problem import (
    Loss,
    Model,
    against_vmap,
    alike,
    around,
    check_descent,
    vmapped,
)
from autograd_tutorial.core.pushes import in_float64
from autograd_tutorial.core.theory import (
    Scale,
    best_params,
    design,
    jacobian,
    name_directions,
    scale_of,
    spectrum,
)
from autograd_tutorial.fit import mse, rmse
from autograd_tutorial.learning_rate import sweep
from autograd_tutorial.pictures.live import Choice, Slider, stops
from autograd_tutorial.pictures.packing import listed
from autograd_tutorial.pictures.start import MOST, points_shown

RATE = Slider("lr", "Learning rate", 1e-5, (1e-7, 1.0), 0.0625, log=True)
SCALES: dict[str, Callable[[Tensor], Scale]] = {  # by the kind of times that a reader chooses
    "raw": lambda time: Scale(time.new_tensor(0), time.new_tensor(1)),
    "standardised": scale_of,
}
TIME = Choice("time", "Time", list(SCALES), "raw")


def step_slider(
    steps: int,  # how many a run has
    stride: int = 1,  # how many from stop to stop
) -> Slider:
    "How far a run is shown."
    return Slider("step", "Steps", steps, (0, steps), stride, play=True)


def stride_of(
    steps: int,
) -> int:
    "How many steps apart a curve is kept that is no sum of a few: some fifty in all, the last among them."
    return max((each for each in range(1, steps // 50 + 1) if steps % each == 0), default=1)


def rate_slider(
    time: Tensor,  # (n,) in s
    speed: Tensor,  # (n,) in m/s
    params: Tensor,  # (P,)
    model: Model,
    loss_fn: Loss,
) -> Slider:
    "RATE, with half of its stops where each run has curves of its own, a quarter where it takes long."
    try:
        time, speed, params, loss_fn, model = in_few_rows(time, speed, params, loss_fn, model)
        curved = design(model, time, params) is None
        row = params.detach().requires_grad_()
        slow = against_vmap(lambda p: loss_fn(model(time, p), speed), row)
    except Exception:  # the reader's own functions may raise anything, and are asked again
        return RATE
    share = 4 if slow or (curved and len(time) > 100) else 1 + curved
    return replace(RATE, step=share * RATE.step)


@dataclass(frozen=True)
class Direction:
    "An eigenvector of the Hessian."

    name: str  # steep, second, flat
    curvature: float
    start: float  # the error along it where a run starts


@dataclass(frozen=True)
class Runs:
    "A run at each rate, with one loss over one kind of times."

    losses: Tensor  # (L, S) before each step and after the last; the first that is inf or nan stays
    errors: Tensor  # (P, L, S) how far from the best params, along each direction
    floor: float | None  # the best possible loss, where it is known
    edge: float | None  # the rate past which the loss explodes, where there is one
    directions: list[Direction]  # the steepest first; none where the loss has no bowl


@dataclass(frozen=True)
class Fits:
    "Runs, with what draws the curve of each: its predictions are base + errors @ basis."

    runs: Runs
    times: list[float]  # (T,) in s
    curve: int  # how many of `times`, from the first on, make up the curve
    measured: list[int | None]  # (n,) at which of `times` each point is, None: at none
    base: Tensor  # (T,) the best possible predictions, where these are known
    basis: Tensor  # (P, T)
    start: list[float] | None = None  # (P,) the params that a polynomial of time starts from


def sweep_over(
    kind: str,  # of times, in SCALES
    steps: int,  # how many each run has
    time: Tensor,  # (n,) in s, as measured
    speed: Tensor,  # (n,) in m/s
    params: Tensor,  # (P,) the start of every run
    model: Model,
    loss_fn: Loss = mse,
    lrs: list[float] | None = None,  # None: every stop of RATE
    curved: str = "",  # what refuses a model that is not linear in params; "" lets it be
) -> Fits:
    "A run at each rate; `ValueError` where the reader's own functions fail."
    model = in_float64(model)

    def train(time: Tensor) -> tuple[Tensor, Tensor]:
        check_descent(time, speed, params, loss_fn, model)
        if curved and design(model, time, params) is None:
            raise ValueError(curved)
        problem = time, speed, params, loss_fn, model
        rates = params.new_tensor(lrs or stops(RATE))
        found: tuple[Tensor, Tensor]  # the sweep without its door: what the reader gave is checked
        few = in_few_rows(*problem)
        found = unwrap(sweep)(rates, steps, *few)
        X = design(model, time, params) if few[-1] is not model else None
        if X is not None and not _is_linear(model, X, time, found[1]):
            found = unwrap(sweep)(rates, steps, *problem)
        return found

    return follow(train, kind, time, speed, model, loss_fn)


def retrained(
    asked: dict[str, Any],  # time, speed, lr, and the kind of times
    steps: int,  # how many
    params: Tensor,  # (P,) the start
    model: Model,
    loss_fn: Loss,
) -> Fits:
    "One run over points as they were pulled, in float64; `ValueError` where it cannot be."
    start = params.double()
    time, speed = (start.new_tensor(asked[name]) for name in ("time", "speed"))
    return sweep_over(asked["kind"], steps, time, speed, start, model, loss_fn, [asked["lr"]])


def in_few_rows(
    time: Tensor,  # (n,) in s
    speed: Tensor,  # (n,) in m/s
    params: Tensor,  # (P,) the start
    loss_fn: Loss,
    model: Model,
) -> tuple[Tensor, Tensor, Tensor, Loss, Model]:
    "Many points, or a slow model, as P + 1 rows with the same mse; all as it is where that cannot be."
    n = len(time)
    row = params.detach().requires_grad_()
    bowl = loss_fn in (mse, rmse)
    many = bowl and (n > 100 or against_vmap(lambda p: model(time, p), row))
    X = design(model, time, params) if many else None
    if X is None:
        return time, speed, params, loss_fn, model
    offset = model(time.double(), torch.zeros_like(X[0]))
    rows = torch.linalg.qr(torch.column_stack([X, speed.double() - offset])).R.to(params)

    def loss(preds: Tensor, targets: Tensor) -> Tensor:
        of_mse = ((preds - targets) ** 2).sum() / n
        return of_mse if loss_fn is mse else of_mse.sqrt()

    few = around(lambda p: loss(rows[:, :-1] @ p, rows[:, -1]), row)
    if not alike(few, around(lambda p: loss_fn(model(time, p), speed), row)):  # a hook, for one
        return time, speed, params, loss_fn, model
    return rows[:, 0], rows[:, -1], params, loss, lambda _, p: rows[:, :-1] @ p


def follow(
    train: Callable[[Tensor], tuple[Tensor, Tensor]],  # over times: losses (L, S), paths (L, S, P)
    kind: str,  # of times, in SCALES
    time: Tensor,  # (n,) in s, as measured
    speed: Tensor,  # (n,) in m/s
    model: Model,
    loss_fn: Loss = mse,
) -> Fits:
    "What `train` does, with what is known of it; `ValueError` where the reader's own functions fail."
    try:
        scale = SCALES[kind](time)
        losses, paths = train(scale(time))
        if not losses[:, 0].isfinite().all():
            raise ValueError(
                "the loss at the start must be finite: change params, data, model or loss_fn"
            )
        X = design(model, scale(time), paths[0, 0])
        if X is None or not _is_linear(model, X, scale(time), paths):
            return _fits_of_any(losses, paths, time, speed, scale, model)
        return _fits_of_linear(losses, paths, X, time, speed, scale, model, loss_fn)
    except Exception as error:  # they may raise anything
        raise ValueError(f"{kind} times: {type(error).__name__}: {error}") from error


def _is_linear(model: Model, X: Tensor, time: Tensor, paths: Tensor) -> bool:
    "Whether the model gives what X gives, at some steps of every run."
    some = paths[:, [0, 1, paths.shape[1] // 4, -1]].double().flatten(0, 1)  # (4 L, P)
    some = some[(some.isfinite() & (some.abs() < 1e30)).all(1)]
    preds = vmapped(lambda p: model(time.double(), p))(some)
    by_X = model(time.double(), torch.zeros_like(some[0])) + some @ X.T
    size = preds.abs().amax(1, keepdim=True) + by_X.abs().amax(1, keepdim=True)
    return bool(((preds - by_X).abs() <= 1e-6 * size + 1e-9).all())


def _fits_of_linear(
    losses: Tensor,
    paths: Tensor,
    X: Tensor,
    time: Tensor,
    speed: Tensor,
    scale: Scale,
    model: Model,
    loss_fn: Loss,
) -> Fits:
    "Of a model that is linear in its params: its bowl, and how far each run is from its bottom."
    time, speed = time.double(), speed.double()
    curvatures, V = spectrum(2 * X.T @ X / len(time))
    offset = model(scale(time), torch.zeros_like(X[0]))
    best = best_params(time, speed - offset, X)
    errors = ((paths.double() - best) @ V).permute(2, 0, 1)
    start = errors[:, 0, 0]
    errors = errors.masked_fill(errors.abs() < 1e-5 * start.abs()[:, None, None], 0.0)
    fine = torch.linspace(time.min().item(), time.max().item(), 61, dtype=torch.float64)
    times = torch.cat([fine.to(time.device), time[points_shown(time)]])
    base = model(scale(times), best)
    told = zip(name_directions(len(V)), curvatures.tolist(), start.tolist(), strict=True)
    known = [Direction(name, max(0.0, curvature), at) for name, curvature, at in told]
    bowl = loss_fn in (mse, rmse)
    runs = Runs(
        *_ended(losses, errors),
        floor=loss_fn(offset + X @ best, speed).item() if bowl else None,
        edge=2 / known[0].curvature if loss_fn is mse and known[0].curvature else None,
        directions=known if bowl else [],
    )
    powers = torch.vander(scale(time), len(V))
    polynomial = torch.allclose(X, powers, rtol=1e-5, atol=1e-5) and not offset.any()
    return Fits(
        runs,
        times=listed(times),
        curve=len(fine),
        measured=list(range(len(fine), len(times))),
        base=base,
        basis=(jacobian(lambda p: model(scale(times), p), best) @ V).T,
        start=paths[0, 0].tolist() if polynomial and len(time) <= MOST else None,
    )


def _fits_of_any(
    losses: Tensor, paths: Tensor, time: Tensor, speed: Tensor, scale: Scale, model: Model
) -> Fits:
    "Of any other model: its predictions alone, to a thousandth of the speeds, at every few steps."
    order = time.argsort()
    if len(order) > 40:  # enough to draw a curve, and little enough to pack
        order = order[torch.linspace(0, len(order) - 1, 40).round().long()]
    drawn, stride = scale(time)[order], stride_of(paths.shape[1] - 1)
    preds = vmapped(lambda p: model(drawn, p))(paths[:, ::stride])
    preds = preds.repeat_interleave(stride, 1)[:, : paths.shape[1]]  # (L, S, T)
    span = (speed.max() - speed.min()).item() or 1.0
    fine = 2.0 ** math.floor(math.log2(span / 1000))  # a power of 2 leaves short numbers
    preds = (preds / fine).round() * fine
    at = {index: i for i, index in enumerate(order.tolist())}
    return Fits(
        Runs(*_ended(losses, preds.permute(2, 0, 1)), floor=None, edge=None, directions=[]),
        times=listed(time[order]),
        curve=len(order),
        measured=[at.get(i) for i in points_shown(time).tolist()],
        base=torch.zeros(len(order)),
        basis=torch.eye(len(order)),
    )


def _ended(losses: Tensor, errors: Tensor) -> tuple[Tensor, Tensor]:
    "The first loss that is not finite, kept to the end of its run, and no errors from there on."
    dead = (~losses.isfinite()).cummax(1).values  # (L, S)
    first = dead.int().argmax(1, keepdim=True)  # (L, 1), 0 where it lives
    return torch.where(dead, losses.gather(1, first), losses), errors.masked_fill(dead, 0.0)
