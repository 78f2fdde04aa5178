"Lesson 2: the fit by hand, and the fit as a film."

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from autograd_tutorial.core.checks import check_data, check_float_tensor, check_three
from autograd_tutorial.fit import quadratic, show_preds
from autograd_tutorial.pictures.live import Saved, Slider, live
from autograd_tutorial.pictures.packing import listed

if TYPE_CHECKING:
    from ipywidgets import VBox
    from matplotlib.axes import Axes


HAND = [
    Slider("a", "a", 0.0, (-1.0, 2.0), 0.01),
    Slider("b", "b", 0.0, (-20.0, 5.0), 0.1),
    Slider("c", "c", 0.0, (-20.0, 100.0), 0.5),
]


def fit_by_hand(
    time: Tensor,  # (n,) in s
    speed: Tensor,  # (n,) in m/s
) -> VBox | Saved:  # Saved where notebooks are saved
    "A slider for each of a (-1 to 2), b (-20 to 5) and c (-20 to 100); `TypeError` or `ValueError`."
    time, speed = check_data(time, speed)
    flat = torch.zeros_like(time)
    return _live_fit("Fit by hand", HAND, None, time, speed, lambda: _still(flat, time, speed))


def play_fit(
    frames: list[Tensor] | Tensor,  # (3,) each, or (frames, 3): the params after each step
    time: Tensor,  # (n,) in s
    speed: Tensor,  # (n,) in m/s
) -> VBox | Saved:  # Saved where notebooks are saved
    "The curve after each step, to play and to scrub; `TypeError` or `ValueError` on bad input."
    time, speed = check_data(time, speed)
    if not isinstance(frames, (list, tuple, Tensor)):
        raise TypeError(f"frames must be a list of params, got {type(frames).__name__}")
    for params in frames:
        check_float_tensor(check_three(params), "each frame")
    if len(frames) < 2:
        raise ValueError(f"frames must be two or more, got {len(frames)}")
    steps = Slider("step", "Step", 0, (0, len(frames) - 1), 1, play=True)
    film = [params.tolist() for params in frames]
    return _live_fit(
        "Fit, step by step",
        [steps],
        film,
        time,
        speed,
        lambda: _still(quadratic(time.double(), frames[-1].detach()), time, speed),
    )


def _still(preds: Tensor, time: Tensor, speed: Tensor) -> Axes:
    "In float64: squares of 1e20 are inf in float32."
    return show_preds(preds.double(), time.double(), speed.double())


def _live_fit(
    title: str,
    controls: list[Slider],
    film: list[list[float]] | None,  # params after each step; None: the sliders are the params
    time: Tensor,
    speed: Tensor,
    draw: Callable[[], Axes],
) -> VBox | Saved:
    order = time.argsort()
    time, speed = time.detach()[order], speed.detach()[order]
    powers = (time.double() ** power for power in (2, 1, 0))  # 1e20 squared is inf in float32
    basis = [listed(each, time.dtype) for each in powers]
    data = dict(time=listed(time), speed=listed(speed), basis=basis, frames=film)
    return live("fit", title, controls, data, draw)
