"Random inputs that several exercises share."

from typing import Any

import torch
from torch import Tensor


def draw(
    g: torch.Generator,
    *shape: int,  # none for a single number
    low: float = 0.5,  # the least size
    high: float = 3.0,  # the greatest
) -> Tensor:  # float32
    "Random numbers of both signs that keep away from 0."
    size = low + (high - low) * torch.rand(shape, generator=g)
    return size * (2.0 * torch.randint(0, 2, shape, generator=g) - 1)


def draw_whole(
    g: torch.Generator,
    least: int,
    most: int,  # which may come, too
) -> int:
    "A random whole number."
    return int(torch.randint(least, most + 1, (), generator=g))


def draw_share(
    g: torch.Generator,
    low: float = 0.0,
    high: float = 1.0,
) -> Tensor:  # float32, ()
    "A random number between the two."
    return low + (high - low) * torch.rand((), generator=g)


def draw_points(
    g: torch.Generator,
    least: int = 4,  # points
    most: int = 8,
    leaf: bool = False,  # whether params ask for gradients
) -> dict[str, Any]:  # params (3,), time (n,), speed (n,)
    "Params of a quadratic, and points that are not on it."
    n = draw_whole(g, least, most)
    params, time, speed = draw(g, 3), draw(g, n, high=2.0), draw(g, n)
    return {"params": params.requires_grad_(leaf), "time": time, "speed": speed}
