"Where a picture starts: the caller's data and params, or the article's."

from warnings import warn

import torch
from torch import Tensor

from autograd_tutorial.core.checks import check_data, check_function, check_one_dtype, check_three
from autograd_tutorial.core.problem import Loss, Model, check_vector
from autograd_tutorial.fit import make_data, mse, quadratic

MOST = 400  # points that are drawn


def points_shown(
    time: Tensor,  # (n,)
) -> Tensor:  # (m,) which of them are drawn, m <= 400
    "All, or as many as a picture has room for, evenly spread over the times."
    if len(time) <= MOST:
        return torch.arange(len(time), device=time.device)
    even = torch.linspace(0, len(time) - 1, MOST, device=time.device)
    return time.argsort()[even.round().long()]


def say_shown(
    time: Tensor,  # (n,)
    what: str = "drawn, and all are trained on",  # what happens to those that are
) -> None:
    "Warn if not all points are shown."
    if len(time) > MOST:
        warn(f"{MOST} of the {len(time):,} points are {what}", stacklevel=3)


def with_room(
    time: Tensor,  # (n,)
    speed: Tensor,  # (n,)
    params: Tensor,  # (P,)
    model: Model,
    loss_fn: Loss = mse,
) -> tuple[Tensor, Tensor, Tensor]:
    "The same; in float64 where the loss at the start is too large for float32."
    try:
        fits = bool(loss_fn(model(time, params), speed).isfinite().all())
    except Exception:  # the reader's own functions may raise anything, and are asked again
        fits = True
    return (time, speed, params) if fits else (time.double(), speed.double(), params.double())


def starting_point(
    time: Tensor | None = None,  # (n,) in s; None is what `make_data` gives
    speed: Tensor | None = None,  # (n,) in m/s; given with `time`
    params: Tensor | None = None,  # (P,); None is the article's
    model: Model = quadratic,  # of (time, params)
    loss_fn: Loss = mse,  # of (preds, targets)
) -> tuple[Tensor, Tensor, Tensor]:
    "Time, speed and params to start from; `TypeError` or `ValueError` on bad input."
    check_function(model, "model")
    check_function(loss_fn, "loss_fn")
    if model is not quadratic and params is None:
        raise ValueError("params must be given with a model of your own: its start, shape (P,)")
    if (time is None) != (speed is None):
        wanted = "time and speed go together: give both, or neither for the data of make_data"
        raise ValueError(wanted)
    g = torch.Generator().manual_seed(42)
    points, start = make_data(g), torch.randn(3, generator=g)
    time, speed = points if time is None or speed is None else (time, speed)
    time, speed = check_data(time, speed, params=params)
    params = start.to(time) if params is None else params
    if model is quadratic:
        check_three(params, time)
    check_vector(params, time.dtype)
    check_one_dtype(time.dtype, params=params, time=time)
    return time.detach(), speed.detach(), params.detach()
